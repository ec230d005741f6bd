//! Tables of every sort, once their cells are read: which row is the header, and what becomes of the rows below it.

use std::collections::HashSet;
use std::io::BufRead;

use crate::finding::{Finding, Severity};
use crate::fold::fold;
use crate::location::{Located, Location};
use crate::nearest::nearest;
use crate::record::{Field, Node};

use super::grid::{Cells, Grid};
use super::kinds::{TableKind, kind_called};
use super::mapping::engine::{Engine, Row};
use super::mapping::settings::{Each, TableSettings};
use super::plain::{TableOf, columns_of, renamed};
use super::reader::{Input, Reader};
use super::{INTRODUCTION, NOT_READ, Sink, table, text};

/// How many rows are looked at for a header that is not the first.
const LOOK: usize = 15;

/// A table and what is known of it.
pub struct Sheet<'i> {
    /// What it is called: the file, or the file and the sheet.
    pub name: String,
    /// What its name may say of its kind, the nearest first.
    pub named: Vec<String>,
    /// What is said of it.
    pub settings: Option<&'i TableSettings>,
    /// What its name was taken apart into.
    pub parts: Vec<(String, String)>,
    /// What stands before `row 17` in a citation: the sheet, where there are several.
    pub prefix: String,
    /// Whether people do not see it.
    pub hidden: bool,
    /// Whether a program wrote its numbers.
    pub typed: bool,
}

impl Sheet<'_> {
    fn at(&self, row: u32) -> String {
        if self.prefix.is_empty() { format!("row {row}") } else { format!("{} row {row}", self.prefix) }
    }
}

/// Reads one table into records.
///
/// # Errors
/// A finding where reading had to end.
pub fn read(grid: &mut dyn Grid, mut sheet: Sheet<'_>, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
    let mut faults = Vec::new();
    let settings = sheet.settings;
    let mapped = settings.filter(|settings| settings.is_mapping());
    let mut ahead: Vec<Cells> = Vec::new();
    while ahead.len() < LOOK {
        let Some(row) = grid.row(&mut faults)? else { break };
        ahead.push(row);
    }
    let Some(place) = ahead.first().and_then(|row| row.first()).map(|(_, cell)| cell.location.clone()) else {
        faults.drain(..).for_each(|fault| sink.finding(fault));
        return Ok(());
    };
    // The guide and the lists of a template are for people, and for the cells that choose from them.
    if settings.is_none() && ahead[0].first().is_some_and(|(_, cell)| cell.value.starts_with(NOT_READ)) {
        return Ok(());
    }
    if sheet.hidden && settings.is_none() {
        let hint = format!("unhide it, or say what it is under [tables.\"{}\"] in {INTRODUCTION}", sheet.name);
        let message = format!("the sheet `{}` is hidden and is not read", sheet.prefix);
        sink.finding(Finding::new(Severity::Info, "hidden-sheet", message, place).hint(Some(hint)));
        return Ok(());
    }
    faults.drain(..).for_each(|fault| sink.finding(fault));
    let kind = match mapped {
        Some(_) => None,
        None => Some(kind_of(&sheet, input, &place)?),
    };
    let header_at = header(&ahead, &sheet, kind, sink)?;
    let mut rows = ahead.drain(..).skip(header_at);
    let Some(header) = rows.next() else { return Ok(()) };
    let rest: Vec<Cells> = rows.collect();
    match (mapped, kind) {
        (Some(settings), _) => {
            let mut columns = named(header);
            renamed(&sheet.name, &mut columns, Some(settings), sink);
            let mut parts = std::mem::take(&mut sheet.parts);
            parts.push(("file".to_owned(), input.name.rsplit_once('.').map_or(input.name, |(stem, _)| stem).to_owned()));
            parts.push(("sheet".to_owned(), sheet.prefix.clone()));
            let mut settings = settings.clone();
            settings.ways.typed = sheet.typed;
            let mut engine = Engine::new(&settings, input.kinds, &sheet.name, parts, input.section(), false, input.ids);
            let known: Vec<Located<String>> = columns.iter().flatten().cloned().collect();
            engine.check(Some(&known), sink);
            each_row(grid, rest, &mut faults, sink, &mut |_, cells, sink| {
                let Some((_, first)) = cells.first() else { return };
                let (place, number) = (first.location.clone(), first.location.line);
                let fields = cells
                    .into_iter()
                    .map(|(index, cell)| {
                        let key = columns.get(index).cloned().flatten();
                        Field { key: key.unwrap_or_else(|| Located::new(letters(index), cell.location.clone())), value: Node::Text(cell) }
                    })
                    .collect();
                let node = Node::Map(fields, place);
                engine.row(&Row { node: &node, at: sheet.at(number), number }, sink);
            })?;
            engine.finish(sink);
        }
        (None, Some(kind)) => {
            let columns = columns_of(&sheet.name, header, Some(kind), settings, sink)?;
            let said = settings
                .and_then(|settings| settings.section.as_ref())
                .map(|section| Located::new(section.value.written.clone(), section.location.clone()));
            let section = said.or_else(|| (!input.source.sectioned && !input.source.registry).then(|| input.section()));
            let table = TableOf::new(kind, columns, settings, section, sheet.typed, input.ids);
            each_row(grid, rest, &mut faults, sink, &mut |grid, cells, sink| {
                for (index, cell) in &cells {
                    if let Some(made) = grid.made(&cell.location) {
                        table.unlikely(*index, cell, made, sink);
                    }
                }
                let number = cells.first().map_or(0, |(_, cell)| cell.location.line);
                table.record(cells, &sheet.at(number), sink);
            })?;
        }
        (None, None) => {}
    }
    Ok(())
}

fn each_row(
    grid: &mut dyn Grid,
    ahead: Vec<Cells>,
    faults: &mut Vec<Finding>,
    sink: &mut dyn Sink,
    take: &mut dyn FnMut(&dyn Grid, Cells, &mut dyn Sink),
) -> Result<(), Finding> {
    for row in ahead {
        take(grid, row, sink);
    }
    while let Some(row) = grid.row(faults)? {
        faults.drain(..).for_each(|fault| sink.finding(fault));
        take(grid, row, sink);
    }
    faults.drain(..).for_each(|fault| sink.finding(fault));
    Ok(())
}

/// Columns by their numbers; a second one of a name is told apart.
fn named(header: Cells) -> Vec<Option<Located<String>>> {
    let mut columns: Vec<Option<Located<String>>> = Vec::new();
    let mut seen = HashSet::new();
    for (index, cell) in header {
        let name = cell.value.split_whitespace().collect::<Vec<_>>().join(" ");
        columns.resize(index, None);
        let mut shown = name.clone();
        let mut number = 2;
        while !name.is_empty() && !seen.insert(shown.clone()) {
            shown = format!("{name} ({number})");
            number += 1;
        }
        columns.push((!name.is_empty()).then(|| Located::new(shown, cell.location)));
    }
    columns
}

fn kind_of<'i>(sheet: &Sheet<'_>, input: &Input<'i>, place: &Location) -> Result<&'i TableKind, Finding> {
    let said = sheet.settings.and_then(|settings| settings.kind.clone());
    let meant = said.clone().or_else(|| sheet.named.iter().find_map(|name| kind_called(name, input.kinds)));
    let stem = sheet.named.first().cloned().unwrap_or_default();
    let known = meant.as_ref().and_then(|meant| input.kinds.iter().find(|kind| kind.name == *meant));
    if let Some(known) = known {
        return Ok(known);
    }
    if let Some(said) = said {
        let place = sheet.settings.map_or(place, |settings| &settings.place).clone();
        let near = nearest(&said, input.kinds.iter().map(|kind| kind.name.clone()));
        return Err(Finding::error("unknown-kind", format!("`{said}` is not a kind"), place)
            .hint(near.map(|near| format!("did you mean `{near}`?"))));
    }
    let near = nearest(&stem, input.kinds.iter().map(|kind| kind.plural.clone()));
    if sheet.prefix.is_empty() {
        let hint = near.map_or_else(
            || format!("`civigraph import {}` proposes what its columns mean", input.file),
            |near| format!("did you mean `{near}`? Or say `kind` under [tables.\"{}\"] in {INTRODUCTION}", sheet.name),
        );
        return Err(Finding::error("unknown-kind", format!("`{stem}` names no kind"), Location::file(input.file)).hint(Some(hint)));
    }
    let or = format!("say `kind` or `skip = true` under [tables.\"{}\"] in {INTRODUCTION}", sheet.name);
    let hint = near.map_or_else(|| or.clone(), |near| format!("did you mean `{near}`? Or {or}"));
    Err(Finding::error("unknown-kind", format!("the sheet `{}` names no kind", sheet.prefix), place.clone()).hint(Some(hint)))
}

/// Which of the first rows is the header: the one that was said, else the first, unless a later one knows far more of the names.
fn header(ahead: &[Cells], sheet: &Sheet<'_>, kind: Option<&TableKind>, sink: &mut dyn Sink) -> Result<usize, Finding> {
    if let Some((said, place)) = sheet.settings.and_then(|settings| Some((settings.header?, &settings.place))) {
        let line = |row: &Cells| row.first().map_or(0, |(_, cell)| cell.location.line);
        return ahead.iter().position(|row| line(row) == said).ok_or_else(|| {
            let rows: Vec<String> = ahead.iter().map(|row| line(row).to_string()).collect();
            let message = format!("{} has nothing in row {said}, where its header is said to be", sheet.name);
            Finding::error("unused-setting", message, place.clone()).hint(Some(format!("it begins with the rows {}", rows.join(", "))))
        });
    }
    let wanted = wanted(sheet.settings, kind);
    let score = |row: &Cells| row.iter().filter(|(_, cell)| wanted.contains(&fold(cell.value.split('@').next().unwrap_or("")))).count();
    let first = ahead.first().map_or(0, score);
    let best = ahead.iter().enumerate().map(|(at, row)| (score(row), std::cmp::Reverse(at))).max();
    let Some((_, std::cmp::Reverse(at))) = best.filter(|(count, _)| *count >= 2 && *count > first + 1 && first < 2) else { return Ok(0) };
    if at > 0
        && let (Some((_, title)), Some((_, header))) = (ahead[0].first(), ahead[at].first())
    {
        let message = format!("{}: the header was found in row {}; what stands above it is not read", sheet.name, header.location.line);
        let hint = format!("header = {} under [tables.\"{}\"] says so", header.location.line, sheet.name);
        sink.finding(Finding::new(Severity::Info, "title-rows", message, title.location.clone()).hint(Some(hint)));
    }
    Ok(at)
}

/// The names that a header would have, folded.
fn wanted(settings: Option<&TableSettings>, kind: Option<&TableKind>) -> HashSet<String> {
    let mut wanted: HashSet<String> = ["id", "section", "at"].map(fold).into_iter().collect();
    for key in kind.iter().flat_map(|kind| kind.keys.iter()) {
        wanted.extend([fold(&key.name), fold(&key.label)]);
    }
    if let Some(settings) = settings {
        wanted.extend(settings.columns.iter().map(|(column, _)| fold(&column.value)));
        let mut templates = Vec::new();
        let values = settings.values.iter().chain(settings.records.iter().flat_map(|record| &record.keys));
        values.into_iter().for_each(|(_, value)| value.templates(&mut templates));
        let conditions = settings.conditions.iter().chain(settings.records.iter().flat_map(|record| &record.conditions));
        templates.extend(conditions.map(|condition| &condition.value));
        wanted.extend(templates.iter().flat_map(|template| template.value.places()).map(|place| place.folded.clone()));
        for record in &settings.records {
            if let Some(Each::Part(template, _)) = &record.each {
                wanted.extend(template.value.places().map(|place| place.folded.clone()));
            }
        }
    }
    wanted
}

/// `A`, `Z`, `AA`: a column's letters.
pub fn letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + u8::try_from(column % 26).expect("less than 26"));
        match column / 26 {
            0 => break,
            rest => column = rest - 1,
        }
    }
    letters.reverse();
    String::from_utf8(letters).expect("capital letters")
}

/// CSV, TSV, and whatever else has something between its cells.
pub struct Separated;

impl Reader for Separated {
    fn endings(&self) -> &'static [&'static str] {
        &["csv", "tsv", "tab", "psv"]
    }

    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
        let (settings, parts) = input.settings().map_or((None, Vec::new()), |(settings, parts)| (Some(settings), parts));
        let mut file = text::stream(input.door, input.path, settings.and_then(|settings| settings.encoding))
            .map_err(|unread| unread.finding(input.file))?;
        let said = settings.and_then(|settings| settings.delimiter);
        let of_name = input.name.ends_with(".tsv").then_some(b'\t');
        let (first_line, of_line) = match table::excel_line(&mut file) {
            Some(delimiter) => (2, Some(delimiter)),
            None => (1, None),
        };
        let seen = |file: &mut Box<dyn BufRead>| file.fill_buf().map_or(b',', table::delimiter);
        let delimiter = said.or(of_line).or(of_name).unwrap_or_else(|| seen(&mut file));
        let mut table = table::Table::new(file, delimiter, input.file, input.door.limits).at_line(first_line);
        let stem = input.name.rsplit_once('.').map_or(input.name, |(stem, _)| stem).to_owned();
        let sheet =
            Sheet { name: input.name.to_owned(), named: vec![stem], settings, parts, prefix: String::new(), hidden: false, typed: false };
        read(&mut table, sheet, input, sink)
    }
}
