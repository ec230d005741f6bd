//! A source: a folder under `data/` that introduces itself in `source.toml` and holds records in files.
//!
//! Readers turn files into [`Record`]s, every value located; what a value means is not known here. Tables and
//! newline-delimited JSON are streamed; YAML and JSON files are read whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use crate::finding::{Finding, Severity};
use crate::iri;
use crate::location::{Located, Location};
use crate::project::{self, Project, ProjectError, files_under, plain};
use crate::record::{Cited, Field, Node, Record};

pub mod excerpt;
pub mod json;
pub mod table;
pub mod workbook;
pub mod yaml;

/// The file by which a folder introduces itself.
const INTRODUCTION: &str = "source.toml";
/// The tables that are about the source and hold no records.
const ABOUT: [&str; 2] = ["sections.csv", "coverage.csv"];
/// The largest file that is read whole, in bytes.
const WHOLE_LIMIT: u64 = 256 << 20;
/// The longest line of newline-delimited JSON, in bytes.
const LINE_LIMIT: u64 = 8 << 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Introduction {
    id: Option<String>,
    title: String,
    short: Option<String>,
    publisher: Option<String>,
    url: Option<String>,
    licence: Option<String>,
    language: Option<String>,
    issued: Option<DateText>,
    as_of: Option<toml::Spanned<DateText>>,
    as_of_note: Option<String>,
    document_sha256: Option<String>,
    document_note: Option<String>,
    #[serde(default)]
    registry: bool,
    #[serde(default)]
    expect: BTreeMap<String, toml::Spanned<Expected>>,
    #[serde(default)]
    tables: BTreeMap<toml::Spanned<String>, TableSettings<BTreeMap<toml::Spanned<String>, String>>>,
}

/// A date in TOML: its own, in quotes, or a bare year.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a date such as 2025-12-31, or \"2025-12\" in quotes")]
enum DateText {
    Quoted(String),
    Plain(toml::value::Datetime),
    Year(u16),
}

impl DateText {
    fn text(&self) -> String {
        match self {
            Self::Quoted(text) => text.clone(),
            Self::Plain(date) => date.to_string(),
            Self::Year(year) => format!("{year:04}"),
        }
    }
}

/// How many different things of a kind are plausible.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// At least so many.
    pub min: Option<usize>,
    /// At most so many.
    pub max: Option<usize>,
}

/// What `source.toml` says of one table. `C` is its columns with the keys they mean: with their spans as
/// read, with their places when introduced.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableSettings<C> {
    kind: Option<String>,
    #[serde(default)]
    columns: C,
    /// What stands between the members of a list in one cell; `;` unless said.
    separator: Option<String>,
    /// What stands between cells; seen from the header unless said.
    delimiter: Option<Delimiter>,
    /// Whether the table holds no records.
    #[serde(default)]
    skip: bool,
}

/// What `source.toml` says of one table, introduced.
type Settings = TableSettings<Vec<(Located<String>, String)>>;

/// A character that can stand between the cells of a table.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "char")]
struct Delimiter(u8);

impl TryFrom<char> for Delimiter {
    type Error = String;

    fn try_from(said: char) -> Result<Self, String> {
        match u8::try_from(said) {
            Ok(byte) if said.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(Self(byte)),
            _ => Err(format!("{said:?} cannot stand between cells; a comma, a semicolon, a tab or a bar can")),
        }
    }
}

/// A section of a source, as `sections.csv` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// `3.1.1`, or a short name for an unnumbered block.
    pub locator: String,
    /// Its heading.
    pub title: String,
    /// The page it starts on, as printed.
    pub page: Option<String>,
    /// The locator of the section it is part of.
    pub parent: Option<String>,
    /// Where it is listed.
    pub location: Location,
}

/// A source, introduced.
#[derive(Debug, Clone)]
pub struct Source {
    /// The short name in citations: the folder's, unless the introduction says another.
    pub id: String,
    /// The folder, relative to the project.
    pub folder: String,
    /// Whether it is the registry: what needs no source cited for it.
    pub registry: bool,
    /// The title.
    pub title: String,
    /// A few characters for citations in tables and pictures (`CSA-P 2025`).
    pub short: String,
    /// Who published it: a thing's id, or words.
    pub publisher: Option<String>,
    /// Where it can be had.
    pub url: Option<String>,
    /// Under which terms.
    pub licence: Option<String>,
    /// The language of its texts, if it is not the project's.
    pub language: Option<String>,
    /// When it was issued (EDTF).
    pub issued: Option<String>,
    /// Up to which day it speaks, as `YYYY-MM-DD`, with its place in the introduction.
    pub as_of: Option<Located<String>>,
    /// Why that day.
    pub as_of_note: Option<String>,
    /// SHA-256 of the document that was read.
    pub document_sha256: Option<String>,
    /// What that document is.
    pub document_note: Option<String>,
    /// Its sections, in order.
    pub sections: Vec<Section>,
    /// Plausible counts by kind, each where it is said.
    pub expected: BTreeMap<String, Located<Expected>>,
    /// The introduction's own place.
    pub location: Location,
    tables: BTreeMap<String, (Location, Settings)>,
    /// The positions of the sections by their locators.
    listed: HashMap<String, usize>,
}

/// Introduces every source of a project, by folder name; the findings say which could not be.
///
/// # Errors
/// The folder `data/` cannot be listed.
pub fn sources(project: &Project) -> Result<(Vec<Source>, Vec<Finding>), ProjectError> {
    let mut sources = Vec::new();
    let mut findings = Vec::new();
    let mut folders = BTreeSet::new();
    let files = files_under(&project.root, "data")?;
    for file in &files {
        match file.split('/').collect::<Vec<_>>()[..] {
            [_, folder, _, ..] => {
                folders.insert(format!("data/{folder}"));
            }
            _ if file.ends_with(".md") => {}
            _ => findings.push(
                Finding::warning(
                    "unreadable-file",
                    "a file outside a source's folder is not read",
                    Location::file(&Arc::from(file.as_str())),
                )
                .hint(Some(format!("move it into a folder under data/ that has a {INTRODUCTION}"))),
            ),
        }
    }
    for folder in folders {
        match introduce(project, &folder) {
            Ok((source, more)) => {
                sources.push(source);
                findings.extend(more);
            }
            Err(finding) => findings.push(*finding),
        }
    }
    Ok((sources, findings))
}

fn introduce(project: &Project, folder: &str) -> Result<(Source, Vec<Finding>), Box<Finding>> {
    let path = format!("{folder}/{INTRODUCTION}");
    let file: Arc<str> = path.as_str().into();
    let unreadable = |message: String, place: Location| Box::new(Finding::error("unreadable-file", message, place));
    let text = match read_whole(&project.root.join(&path)) {
        Ok(text) => text,
        Err(Unread::Missing) => {
            let finding = unreadable(format!("the source's folder has no {INTRODUCTION}"), Location::file(&file));
            let hint = "write one with at least a `title`, and `as_of`, the day of which the source speaks: as_of = 2025-12-31";
            return Err(Box::new(finding.hint(Some(hint.to_owned()))));
        }
        Err(other) => return Err(unreadable(other.words(), Location::file(&file))),
    };
    let at = |span: std::ops::Range<usize>| {
        let before = text.get(..span.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let length = text.get(span).map_or(1, |value| value.lines().next().unwrap_or("").chars().count());
        Location::new(&file, before.matches('\n').count() + 1, before[line_start..].chars().count() + 1, length)
    };
    let said: Introduction = toml::from_str(&text).map_err(|error| {
        let place = error.span().map_or_else(|| Location::file(&file), at);
        let hint = error.message().starts_with("invalid date").then(|| "a month or a year stands in quotes: \"2025-12\"".to_owned());
        Box::new(unreadable(error.message().to_owned(), place).hint(hint))
    })?;
    let name = folder.rsplit('/').next().unwrap_or(folder).to_owned();
    let id = said.id.unwrap_or(name);
    if let Some(fault) = iri::slug_fault(&id) {
        let finding = unreadable(format!("`{id}` cannot name a source: {fault}"), Location::file(&file));
        return Err(Box::new(finding.hint(Some(format!("`{}` would do", iri::slugify(&id))))));
    }
    let (sections, findings) = sections(project, folder);
    let source = Source {
        short: said.short.unwrap_or_else(|| id.clone()),
        id,
        folder: folder.to_owned(),
        registry: said.registry,
        title: said.title,
        publisher: said.publisher,
        url: said.url,
        licence: said.licence,
        language: said.language,
        issued: said.issued.map(|date| date.text()),
        as_of: said.as_of.map(|date| Located::new(date.get_ref().text(), at(date.span()))),
        as_of_note: said.as_of_note,
        document_sha256: said.document_sha256,
        document_note: said.document_note,
        listed: sections.iter().enumerate().map(|(position, section)| (section.locator.clone(), position)).collect(),
        sections,
        expected: said.expect.into_iter().map(|(kind, e)| (kind, Located::new(*e.get_ref(), at(e.span())))).collect(),
        location: Location::file(&file),
        tables: said
            .tables
            .into_iter()
            .map(|(name, settings)| {
                let TableSettings { kind, columns, separator, delimiter, skip } = settings;
                let columns =
                    columns.into_iter().map(|(column, key)| (Located::new(column.get_ref().clone(), at(column.span())), key)).collect();
                (name.get_ref().clone(), (at(name.span()), TableSettings { kind, columns, separator, delimiter, skip }))
            })
            .collect(),
    };
    Ok((source, findings))
}

/// `sections.csv`: locator, title, page, parent. Without the file there are no sections.
fn sections(project: &Project, folder: &str) -> (Vec<Section>, Vec<Finding>) {
    let path = format!("{folder}/sections.csv");
    let file: Arc<str> = path.as_str().into();
    let mut sections: Vec<Section> = Vec::new();
    let mut listed: HashMap<String, usize> = HashMap::new();
    let mut findings = Vec::new();
    let Ok(input) = File::open(project.root.join(&path)) else { return (sections, findings) };
    let mut input = BufReader::new(input);
    skip_mark(&mut input);
    let delimiter = input.fill_buf().map_or(b',', table::delimiter);
    let mut table = table::Table::new(input, delimiter, &file);
    let mut header: Vec<String> = Vec::new();
    loop {
        let row = match table.row() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(finding) => {
                findings.push(finding);
                break;
            }
        };
        if header.is_empty() {
            header = row.iter().map(|cell| cell.value.trim().to_owned()).collect();
            for column in ["locator", "title"] {
                if !header.iter().any(|name| name == column) {
                    let message = format!("expected a column `{column}` among locator, title, page, parent");
                    findings.push(Finding::error("unreadable-file", message, Location::file(&file)));
                }
            }
            continue;
        }
        let cell = |name: &str| {
            let index = header.iter().position(|column| column == name)?;
            row.get(index).map(|cell| cell.value.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let place = row.first().map_or_else(|| Location::file(&file), |cell| cell.location.clone());
        let Some(locator) = cell("locator") else {
            findings.push(Finding::error("unreadable-file", "a section needs a locator", place));
            continue;
        };
        if let Some(first) = listed.get(&locator).map(|position| &sections[*position]) {
            let finding = Finding::error("duplicate-id", format!("the section `{locator}` is listed twice"), place);
            findings.push(finding.related(first.location.clone(), "first here"));
            continue;
        }
        let title = cell("title").unwrap_or_else(|| locator.clone());
        listed.insert(locator.clone(), sections.len());
        sections.push(Section { locator, title, page: cell("page"), parent: cell("parent"), location: place });
    }
    for section in &sections {
        if let Some(parent) = &section.parent
            && !listed.contains_key(parent)
        {
            let message = format!("the parent `{parent}` of section `{}` is not listed", section.locator);
            findings.push(Finding::error("unknown-section", message, section.location.clone()));
        }
    }
    (sections, findings)
}

/// A kind that a table may hold, and what such a table's file is called.
#[derive(Debug, Clone)]
pub struct TableKind {
    /// The kind.
    pub name: String,
    /// `people`, `status-events`.
    pub plural: String,
}

/// What comes out of reading: records and findings, in the order of the files.
pub trait Sink {
    /// Takes a record.
    fn record(&mut self, record: Record);
    /// Takes a finding.
    fn finding(&mut self, finding: Finding);
}

impl Source {
    /// The section of a locator.
    pub fn section(&self, locator: &str) -> Option<&Section> {
        self.sections.get(*self.listed.get(locator)?)
    }

    /// Reads the records of all the source's files, by path. `kinds` are what a table's file name may mean.
    ///
    /// # Errors
    /// The folder cannot be listed. What is wrong inside a file is a finding.
    pub fn read(&self, project: &Project, kinds: &[TableKind], sink: &mut dyn Sink) -> Result<(), ProjectError> {
        let mut unused: BTreeMap<&String, &Location> = self.tables.iter().map(|(name, (place, _))| (name, place)).collect();
        let mut names = Vec::new();
        for path in files_under(&project.root, &self.folder)? {
            let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
            // A spreadsheet program marks a workbook as open with a file beside it.
            let mark = name.starts_with("~$");
            if name == INTRODUCTION || ABOUT.contains(&name.as_str()) || name.ends_with(".md") || mark {
                continue;
            }
            unused.remove(&name);
            if self.tables.get(&name).is_some_and(|(_, settings)| settings.skip) {
                names.push(name);
                continue;
            }
            let file: Arc<str> = path.as_str().into();
            let full = project.root.join(&path);
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            let outcome = match ending {
                "yaml" | "yml" => self.read_yaml(&full, &file, sink),
                "json" => self.read_json(&full, &file, &name, kinds, sink),
                "ndjson" | "jsonl" => self.read_lines(&full, &file, &name, kinds, sink),
                "csv" => self.read_table(&full, &file, &name, None, kinds, sink),
                "tsv" => self.read_table(&full, &file, &name, Some(Delimiter(b'\t')), kinds, sink),
                "xlsx" | "xlsm" => self.read_workbook(&full, &file, &name, kinds, &mut unused, sink),
                "xls" | "xlsb" | "ods" => {
                    let message = format!("no reader for `.{ending}`: the file is left out");
                    let hint = "save it as .xlsx or .csv from the program that made it";
                    Err(Finding::warning("unreadable-file", message, Location::file(&file)).hint(Some(hint.to_owned())))
                }
                _ => Err(Finding::warning(
                    "unreadable-file",
                    format!("no reader for `.{ending}`: the file is left out"),
                    Location::file(&file),
                )
                .hint(Some("yaml, csv, tsv, xlsx, json and ndjson are read; notes go into .md files".to_owned()))),
            };
            if let Err(finding) = outcome {
                sink.finding(finding);
            }
            names.push(name);
        }
        for (name, place) in unused {
            let near = crate::nearest::nearest(name, names.iter().cloned());
            sink.finding(
                Finding::warning("unused-setting", format!("{} has no file `{name}`", self.folder), place.clone())
                    .hint(near.map(|near| format!("did you mean `{near}`?"))),
            );
        }
        Ok(())
    }

    fn read_yaml(&self, path: &Path, file: &Arc<str>, sink: &mut dyn Sink) -> Result<(), Finding> {
        let text = read_whole(path).map_err(|unread| unread.finding(file))?;
        for document in yaml::read(&text, file)? {
            records_of_document(document, sink);
        }
        Ok(())
    }

    fn read_json(&self, path: &Path, file: &Arc<str>, name: &str, kinds: &[TableKind], sink: &mut dyn Sink) -> Result<(), Finding> {
        let text = read_whole(path).map_err(|unread| unread.finding(file))?;
        match json::read(&text, file, 1)? {
            Some(Node::List(members, _)) => {
                let kind = self.kind_of(name, kinds);
                for member in members {
                    self.json_record(member, kind.as_ref(), file, sink);
                }
            }
            Some(document) => records_of_document(document, sink),
            None => {}
        }
        Ok(())
    }

    fn read_lines(&self, path: &Path, file: &Arc<str>, name: &str, kinds: &[TableKind], sink: &mut dyn Sink) -> Result<(), Finding> {
        let mut input = open(path).map_err(|unread| unread.finding(file))?;
        skip_mark(&mut input);
        let kind = self.kind_of(name, kinds);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let here = Location::new(file, number, 1, 1);
            let read = (&mut input).take(LINE_LIMIT).read_until(b'\n', &mut line);
            match read {
                Ok(0) => break,
                Ok(_) if line.len() as u64 >= LINE_LIMIT && !line.ends_with(b"\n") => {
                    let message = format!("the line is longer than {} MiB", LINE_LIMIT >> 20);
                    return Err(Finding::error("unreadable-file", message, here));
                }
                Ok(_) => {}
                Err(error) => return Err(Finding::error("unreadable-file", plain(&error), here)),
            }
            let text = text_of(&line)
                .map_err(|(message, column)| Finding::error("unreadable-file", message, Location::new(file, number, column, 1)))?;
            match json::read(text, file, number) {
                Ok(Some(node)) => self.json_record(node, kind.as_ref(), file, sink),
                Ok(None) => {}
                Err(finding) => sink.finding(finding),
            }
        }
        Ok(())
    }

    fn json_record(&self, node: Node, kind: Option<&String>, file: &Arc<str>, sink: &mut dyn Sink) {
        let own = match &node {
            Node::Map(fields, _) => fields.iter().find(|field| field.key.value == "kind").and_then(|field| match &field.value {
                Node::Text(text) => Some(text.clone()),
                _ => None,
            }),
            _ => None,
        };
        let Some(kind) = own.or_else(|| kind.map(|kind| Located::new(kind.clone(), Location::file(file)))) else {
            sink.finding(
                Finding::error("unknown-kind", "no kind is known for this record", node.location().clone())
                    .hint(Some("name the file after the kind (events.json), or give each record a `kind`".to_owned())),
            );
            return;
        };
        let node = match node {
            Node::Map(fields, place) => Node::Map(fields.into_iter().filter(|field| field.key.value != "kind").collect(), place),
            other => other,
        };
        record_of(node, kind, &Cited::default(), None, sink);
    }

    fn read_table(
        &self,
        path: &Path,
        file: &Arc<str>,
        name: &str,
        delimiter: Option<Delimiter>,
        kinds: &[TableKind],
        sink: &mut dyn Sink,
    ) -> Result<(), Finding> {
        let mut input = open(path).map_err(|unread| unread.finding(file))?;
        skip_mark(&mut input);
        let Some(kind) = self.kind_of(name, kinds) else {
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            return Err(Finding::error("unknown-kind", format!("`{stem}` names no kind"), Location::file(file)).hint(
                crate::nearest::nearest(stem, kinds.iter().map(|kind| kind.plural.clone()))
                    .map(|near| format!("did you mean `{near}`? Or say `kind` under [tables.\"{name}\"] in {INTRODUCTION}")),
            ));
        };
        let settings = self.tables.get(name).map(|(_, settings)| settings);
        let delimiter = match settings.and_then(|settings| settings.delimiter).or(delimiter) {
            Some(Delimiter(said)) => said,
            None => input.fill_buf().map_or(b',', table::delimiter),
        };
        let mut table = table::Table::new(input, delimiter, file);
        let Some(header) = table.row()? else { return Ok(()) };
        let columns = columns_of(name, header.into_iter().enumerate(), settings, sink)?;
        let kind = TableOf::new(kind, columns, settings);
        while let Some(row) = table.row()? {
            kind.record(row.into_iter().enumerate(), sink);
        }
        Ok(())
    }

    fn read_workbook(
        &self,
        path: &Path,
        file: &Arc<str>,
        name: &str,
        kinds: &[TableKind],
        unused: &mut BTreeMap<&String, &Location>,
        sink: &mut dyn Sink,
    ) -> Result<(), Finding> {
        let input = open(path).map_err(|unread| unread.finding(file))?;
        let mut workbook = workbook::Workbook::open(input, file)?;
        let sheets = workbook.sheets();
        let sole = sheets.len() == 1;
        if let Some((place, _)) = self.tables.get(name).filter(|_| !sole) {
            let first = sheets.first().map_or("…", |sheet| sheet.name.as_str());
            let message = format!("{name} has {} sheets: which is meant?", sheets.len());
            let hint = format!("write [tables.\"{name}/{first}\"]");
            sink.finding(Finding::warning("unused-setting", message, place.clone()).hint(Some(hint)));
        }
        for sheet in sheets {
            // What is said of the workbook is said of its only sheet.
            let full = format!("{name}/{}", sheet.name);
            unused.remove(&full);
            let settings = self.tables.get(&full).or_else(|| self.tables.get(name).filter(|_| sole)).map(|(_, settings)| settings);
            if settings.is_some_and(|settings| settings.skip) {
                continue;
            }
            let mut faults = Vec::new();
            let mut rows = workbook.rows(&sheet.name)?;
            let Some(header) = rows.row(&mut faults)? else { continue };
            faults.drain(..).for_each(|fault| sink.finding(fault));
            let place = header.first().map_or_else(|| Location::file(file), |(_, cell)| cell.location.clone());
            if sheet.hidden && settings.is_none() {
                let hint = format!("unhide it, or say what it is under [tables.\"{full}\"] in {INTRODUCTION}");
                let message = format!("the sheet `{}` is hidden and is not read", sheet.name);
                sink.finding(Finding::new(Severity::Info, "hidden-sheet", message, place).hint(Some(hint)));
                continue;
            }
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            let said = settings.and_then(|settings| settings.kind.clone());
            let meant = said.or_else(|| kind_named(&sheet.name, kinds)).or_else(|| kind_named(stem, kinds).filter(|_| sole));
            let Some(kind) = meant else {
                let near = crate::nearest::nearest(&sheet.name, kinds.iter().map(|kind| kind.plural.clone()));
                let or = format!("say `kind` or `skip = true` under [tables.\"{full}\"] in {INTRODUCTION}");
                let hint = near.map_or_else(|| or.clone(), |near| format!("did you mean `{near}`? Or {or}"));
                let message = format!("the sheet `{}` names no kind", sheet.name);
                sink.finding(Finding::error("unknown-kind", message, place).hint(Some(hint)));
                continue;
            };
            let columns = columns_of(&full, header.into_iter(), settings, sink)?;
            let kind = TableOf::new(kind, columns, settings);
            while let Some(row) = rows.row(&mut faults)? {
                faults.drain(..).for_each(|fault| sink.finding(fault));
                kind.record(row.into_iter(), sink);
            }
            faults.drain(..).for_each(|fault| sink.finding(fault));
        }
        Ok(())
    }

    /// The kind that a file of plain records holds: what the introduction says, or what its name means.
    fn kind_of(&self, name: &str, kinds: &[TableKind]) -> Option<String> {
        if let Some(kind) = self.tables.get(name).and_then(|(_, settings)| settings.kind.clone()) {
            return Some(kind);
        }
        kind_named(name.rsplit_once('.').map_or(name, |(stem, _)| stem), kinds)
    }
}

/// The kind that a file or sheet of this name holds: `people`, `Status events`, `StatusEvent`.
fn kind_named(name: &str, kinds: &[TableKind]) -> Option<String> {
    let folded = name.trim().replace(['_', ' '], "-").to_lowercase();
    kinds.iter().find(|kind| folded == iri::kebab(&kind.name) || folded == kind.plural || name == kind.name).map(|kind| kind.name.clone())
}

/// A table's columns by their numbers, under the names of keys.
///
/// # Errors
/// A finding: a column stands twice.
fn columns_of(
    name: &str,
    header: impl Iterator<Item = (usize, Located<String>)>,
    settings: Option<&Settings>,
    sink: &mut dyn Sink,
) -> Result<Vec<Option<Located<String>>>, Finding> {
    let mut columns: Vec<Option<Located<String>>> = Vec::new();
    for (index, cell) in header {
        columns.resize(index, None);
        columns.push((!cell.value.trim().is_empty()).then(|| Located::new(cell.value.trim().to_owned(), cell.location)));
    }
    let renamed = settings.map_or(&[][..], |settings| &settings.columns);
    for (column, _) in renamed {
        if columns.iter().flatten().all(|known| known.value != column.value) {
            let near = crate::nearest::nearest(&column.value, columns.iter().flatten().map(|known| known.value.clone()));
            sink.finding(
                Finding::warning("unused-setting", format!("{name} has no column `{}`", column.value), column.location.clone())
                    .hint(near.map(|near| format!("did you mean `{near}`?"))),
            );
        }
    }
    for column in columns.iter_mut().flatten() {
        if let Some((_, key)) = renamed.iter().find(|(known, _)| known.value == column.value) {
            column.value.clone_from(key);
        }
    }
    let mut first: HashMap<&str, &Location> = HashMap::new();
    for column in columns.iter().flatten() {
        if let Some(place) = first.insert(&column.value, &column.location) {
            let message = format!("the column `{}` stands twice", column.value);
            return Err(Finding::error("unreadable-file", message, column.location.clone()).related(place.clone(), "first here"));
        }
    }
    Ok(columns)
}

/// A table whose rows are records of one kind.
struct TableOf {
    kind: String,
    columns: Vec<Option<Located<String>>>,
    separator: Arc<str>,
}

impl TableOf {
    fn new(kind: String, columns: Vec<Option<Located<String>>>, settings: Option<&Settings>) -> Self {
        let separator = settings.and_then(|settings| settings.separator.as_deref()).unwrap_or(";").into();
        Self { kind, columns, separator }
    }

    /// Makes a record of one row: its cells by the numbers of their columns.
    fn record(&self, row: impl Iterator<Item = (usize, Located<String>)>, sink: &mut dyn Sink) {
        let mut fields = Vec::with_capacity(self.columns.len());
        let mut start = None;
        for (index, cell) in row {
            let start = start.get_or_insert_with(|| cell.location.clone());
            let trimmed = cell.value.trim();
            if trimmed.is_empty() {
                continue;
            }
            let Some(column) = self.columns.get(index) else {
                let message = format!("the row has more cells than the header, which has {}", self.columns.len());
                let hint = start.cell.is_none().then(|| "is a comma in a text not quoted?".to_owned());
                sink.finding(Finding::error("unknown-key", message, cell.location).hint(hint));
                continue;
            };
            let Some(column) = column else {
                sink.finding(Finding::error("unknown-key", "a cell under a column without a name", cell.location));
                continue;
            };
            let value = Node::Text(Located::new(trimmed.to_owned(), cell.location.clone()));
            let (key, value) = match column.value.split_once('@') {
                Some((key, language)) => {
                    let language = Located::new(language.to_owned(), column.location.clone());
                    (key, Node::Map(vec![Field { key: language, value }], cell.location))
                }
                None => (column.value.as_str(), value),
            };
            fields.push(Field { key: Located::new(key.to_owned(), column.location.clone()), value });
        }
        let Some(location) = start.filter(|_| !fields.is_empty()) else { return };
        let kind = Located::new(self.kind.clone(), location.clone());
        record_of(Node::Map(fields, location), kind, &Cited::default(), Some(&self.separator), sink);
    }
}

/// A document of records: `section`, `at`, and lists of records under their kinds.
fn records_of_document(document: Node, sink: &mut dyn Sink) {
    let fields = match document {
        Node::Map(fields, _) => fields,
        Node::Empty(_) => return,
        other => {
            let message = format!("expected kinds with lists of records, found {}", other.what());
            sink.finding(Finding::error("unreadable-record", message, other.location().clone()));
            return;
        }
    };
    let mut cited = Cited::default();
    let mut lists = Vec::new();
    for field in fields {
        match field.key.value.as_str() {
            "section" | "at" => cite(&mut cited, field, None, sink),
            _ => lists.push(field),
        }
    }
    for Field { key, value } in lists {
        match value {
            Node::List(members, _) => {
                for member in members {
                    record_of(member, key.clone(), &cited, None, sink);
                }
            }
            Node::Empty(_) => {}
            other => {
                let message = format!("expected a list of `{}` records, found {}", key.value, other.what());
                sink.finding(Finding::error("unreadable-record", message, other.location().clone()));
            }
        }
    }
}

fn record_of(node: Node, kind: Located<String>, outer: &Cited, separator: Option<&Arc<str>>, sink: &mut dyn Sink) {
    let (fields, location) = match node {
        Node::Map(fields, location) => (fields, location),
        other => {
            let message = format!("expected a record of keys and values, found {}", other.what());
            sink.finding(Finding::error("unreadable-record", message, other.location().clone()));
            return;
        }
    };
    let mut cited = outer.clone();
    let mut own = Vec::with_capacity(fields.len());
    for field in fields {
        match field.key.value.as_str() {
            "section" | "at" => cite(&mut cited, field, separator, sink),
            _ => own.push(field),
        }
    }
    sink.record(Record { kind, fields: own, cited, separator: separator.cloned(), location });
}

fn cite(cited: &mut Cited, field: Field, separator: Option<&Arc<str>>, sink: &mut dyn Sink) {
    let mut texts = Vec::new();
    for member in field.value.members() {
        match member {
            Node::Text(text) => match separator {
                Some(separator) => {
                    texts.extend(text.value.split(&**separator).map(|part| Located::new(part.trim().to_owned(), text.location.clone())))
                }
                None => texts.push(text.clone()),
            },
            other => {
                let message = format!("expected a locator under `{}`, found {}", field.key.value, other.what());
                sink.finding(Finding::error("unreadable-record", message, other.location().clone()));
            }
        }
    }
    if field.key.value == "at" {
        cited.at = texts;
        return;
    }
    if let [_, second, ..] = &texts[..] {
        let message = "a record is cited to one section; write it again under the other";
        sink.finding(Finding::error("unreadable-record", message, second.location.clone()));
    }
    cited.section = texts.into_iter().next();
}

/// Why a file was not read.
enum Unread {
    Missing,
    Folder,
    TooLarge,
    NotText(String, usize, usize),
    System(io::Error),
}

impl Unread {
    fn words(&self) -> String {
        match self {
            Self::Missing => "the file is not there".to_owned(),
            Self::Folder => "it is a folder, expected a file".to_owned(),
            Self::TooLarge => format!("the file is larger than {} MiB; use a line format (csv, ndjson)", WHOLE_LIMIT >> 20),
            Self::NotText(message, ..) => message.clone(),
            Self::System(error) => plain(error),
        }
    }

    fn finding(&self, file: &Arc<str>) -> Finding {
        let place = match self {
            Self::NotText(_, line, column) => Location::new(file, *line, *column, 1),
            _ => Location::file(file),
        };
        Finding::error("unreadable-file", self.words(), place)
    }
}

fn open(path: &Path) -> Result<BufReader<File>, Unread> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Unread::Missing,
        _ => Unread::System(error),
    })?;
    match file.metadata() {
        Ok(meta) if meta.is_dir() => Err(Unread::Folder),
        Ok(_) => Ok(BufReader::with_capacity(1 << 16, file)),
        Err(error) => Err(Unread::System(error)),
    }
}

/// Reads a text file whole, without a byte-order mark.
fn read_whole(path: &Path) -> Result<String, Unread> {
    let mut file = open(path)?;
    let mut bytes = Vec::new();
    (&mut file).take(WHOLE_LIMIT + 1).read_to_end(&mut bytes).map_err(Unread::System)?;
    if bytes.len() as u64 > WHOLE_LIMIT {
        return Err(Unread::TooLarge);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    match text_of(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err((message, column)) => {
            let good = String::from_utf8_lossy(&bytes[..column.min(bytes.len())]).into_owned();
            let line = good.matches('\n').count() + 1;
            let column = good.rsplit('\n').next().map_or(1, |last| last.chars().count());
            Err(Unread::NotText(message, line, column.max(1)))
        }
    }
}

/// Bytes as text: UTF-8 without NUL. Otherwise what is wrong, and at which byte, from 1.
fn text_of(bytes: &[u8]) -> Result<&str, (String, usize)> {
    match std::str::from_utf8(bytes) {
        Ok(text) => match text.find('\0') {
            Some(at) => Err(("a NUL byte stands here".to_owned(), at + 1)),
            None => Ok(text),
        },
        Err(error) => {
            let at = error.valid_up_to();
            let byte = bytes.get(at).copied().unwrap_or(0);
            Err((format!("byte 0x{byte:02X} is not UTF-8; save the file as UTF-8"), at + 1))
        }
    }
}

fn skip_mark(input: &mut impl BufRead) {
    if input.fill_buf().is_ok_and(|start| start.starts_with(b"\xEF\xBB\xBF")) {
        input.consume(3);
    }
}

/// Every file of a project that a build reads, by path, for recognising an unchanged one.
///
/// # Errors
/// A folder cannot be listed.
pub fn input_files(project: &Project) -> Result<Vec<String>, ProjectError> {
    let mut files = vec![project::MANIFEST.to_owned()];
    for folder in ["data", "ontology", "queries"] {
        files.extend(files_under(&project.root, folder)?);
    }
    for part in &project.parts {
        for folder in ["ontology", "queries"] {
            files.extend(files_under(&project.root, &format!("{part}/{folder}"))?);
        }
    }
    Ok(files)
}
