//! An Excel workbook of things and ties: what a coordinator sorts, filters and pastes. Days and numbers are what they are, everything
//! else is text and never a formula; the same graph gives the same bytes.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::table;
use crate::graph::{Citation, Graph, TimeSpan};
use crate::plan::{Plan, whole_label, whole_reading};
use crate::scene::Scene;
use crate::style::Style;
use crate::text::{cell, one_line};
use crate::{Day, DiagramError, Options};

/// The most characters of a cell.
const CHARACTERS: usize = 32_767;
/// The widest column, in characters.
const WIDEST: usize = 60;

/// A cell's value.
enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Day(Day),
    Truth(bool),
}

/// The graph as a workbook: things, ties, and what the picture says about itself.
pub(super) fn graph(graph: &Graph, style: &Style, scene: &Scene, options: &Options) -> Result<Vec<u8>, DiagramError> {
    let plan = Plan::new(graph, style, options)?;
    let failed = |error: XlsxError| DiagramError::Format { format: "xlsx", reason: error.to_string() };
    let mut book = Workbook::new();
    // The library would write the time of day.
    let long_ago = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
    book.set_properties(&DocProperties::new().set_title(cell(&graph.title, 255)).set_creation_datetime(&long_ago));
    book.push_worksheet(sheet("Things", &things(graph, &plan)).map_err(failed)?);
    book.push_worksheet(sheet("Ties", &ties(graph, &plan)).map_err(failed)?);
    book.push_worksheet(sheet("About", &about(graph, scene)).map_err(failed)?);
    book.save_to_buffer().map_err(failed)
}

fn things(graph: &Graph, plan: &Plan) -> Vec<Vec<Cell>> {
    let facts = names(plan.nodes.iter().flat_map(|spot| graph.nodes[spot.index].facts.iter().map(|fact| fact.label.as_str())));
    // What has a column of its own already is not told twice.
    let figures = plan.nodes.iter().any(|spot| graph.nodes[spot.index].measured.is_some());
    let known: &[&str] = if figures { &["kind", "note", "counted", "number"] } else { &["kind", "note"] };
    let facts: Vec<&str> = facts.into_iter().filter(|fact| !known.contains(fact)).collect();
    let cited = plan.nodes.iter().map(|spot| graph.nodes[spot.index].citations.len()).max().unwrap_or(0);
    let mut degree = vec![0_u32; graph.nodes.len()];
    let mut claims = std::collections::BTreeSet::new();
    for tie in table::ties(plan).into_iter().map(|t| &graph.ties[t]) {
        // What places tell differently of one claim is one tie.
        if tie.counts_as().is_empty() || claims.insert((tie.counts_as(), tie.from, tie.to, &tie.relation)) {
            degree[tie.from] += 1;
            degree[tie.to] += u32::from(tie.to != tie.from);
        }
    }
    let mut heads = vec!["id", "name", "kind", "group", "ties", "note"];
    if figures {
        heads.extend(["counted", "number", "number is", "minimum", "maximum", "out of", "unit", "disputed"]);
    }
    heads.extend(&facts);
    let mut rows = vec![head(&heads, cited)];
    for spot in &plan.nodes {
        let node = &graph.nodes[spot.index];
        let group = node.group.as_ref().map_or(Cell::Empty, |group| text(&group.label));
        let ties = Cell::Number(f64::from(degree[spot.index]));
        let note = node.note.as_deref().map_or(Cell::Empty, text);
        let mut row = vec![text(&node.id), text(whole_label(graph, spot.index)), text(&node.class_label), group, ties, note];
        if figures {
            row.extend(figure(node));
        }
        for name in &facts {
            let values: Vec<String> = node.facts.iter().filter(|fact| fact.label == *name).map(|fact| one_line(&fact.told())).collect();
            row.push(text(&values.join("; ")));
        }
        rest(&mut row, node.bounds.as_ref(), &node.iri, &node.citations, cited);
        rows.push(row);
    }
    rows
}

/// The columns of a figure; empty where a thing is none.
fn figure(node: &crate::Node) -> [Cell; 8] {
    let Some(figure) = &node.measured else { return [const { Cell::Empty }; 8] };
    let number = |n: Option<f64>| n.filter(|n| n.is_finite()).map_or(Cell::Empty, Cell::Number);
    let is = if figure.value.is_some() { figure.qualifier.name().replace('-', " ") } else { "not stated".to_owned() };
    [
        text(&figure.measure.label),
        number(figure.value),
        text(&is),
        number(figure.low),
        number(figure.high),
        number(figure.out_of),
        text(&figure.unit),
        if node.disputed { Cell::Truth(true) } else { Cell::Empty },
    ]
}

fn ties(graph: &Graph, plan: &Plan) -> Vec<Vec<Cell>> {
    let all = table::ties(plan);
    let cited = all.iter().map(|&t| graph.ties[t].citations.len()).max().unwrap_or(0);
    let mut rows = vec![head(
        &[
            "from",
            "from name",
            "how",
            "to",
            "to name",
            "directed",
            "note",
            "amount",
            "amount is",
            "currency",
            "disputed",
            "claim",
            "counted as",
            "also named in",
        ],
        cited,
    )];
    for tie in all.into_iter().map(|t| &graph.ties[t]) {
        let (from, to) = (&graph.nodes[tie.from], &graph.nodes[tie.to]);
        let amount = tie.amount.as_ref();
        let mut row = vec![
            text(&from.id),
            text(whole_label(graph, tie.from)),
            text(whole_reading(tie)),
            text(&to.id),
            text(whole_label(graph, tie.to)),
            Cell::Truth(tie.directed),
            tie.note.as_deref().map_or(Cell::Empty, text),
            amount.and_then(|amount| amount.value).filter(|value| value.is_finite()).map_or(Cell::Empty, Cell::Number),
            amount.map_or(Cell::Empty, |amount| {
                text(&if amount.value.is_some() { amount.qualifier.name().replace('-', " ") } else { "not stated".to_owned() })
            }),
            amount.map_or(Cell::Empty, |amount| text(&amount.currency)),
            text(&tie.disputed.join("; ")),
            text(&tie.claim),
            text(tie.counts_as()),
            text(&tie.also.iter().map(|place| one_line(&place.label)).collect::<Vec<_>>().join("; ")),
        ];
        rest(&mut row, tie.bounds.as_ref(), &tie.relation, &tie.citations, cited);
        rows.push(row);
    }
    rows
}

/// What stands on the page beside the picture.
fn about(graph: &Graph, scene: &Scene) -> Vec<Vec<Cell>> {
    let mut rows = vec![vec![text("what"), text("says")]];
    let mut say = |what: &str, says: &str| {
        if !one_line(says).is_empty() {
            rows.push(vec![text(what), text(says)]);
        }
    };
    say("title", &graph.title);
    say("subtitle", &graph.subtitle);
    say("time", graph.as_of.as_deref().unwrap_or_default());
    graph.sources.iter().for_each(|source| say("source", source));
    say("licence", graph.licence.as_deref().unwrap_or_default());
    scene.notes.iter().for_each(|note| say("note", note));
    rows
}

/// The heads of a sheet: its own, then those of time, IRI and citations.
fn head(own: &[&str], cited: usize) -> Vec<Cell> {
    let mut heads: Vec<Cell> = own.iter().map(|name| text(name)).collect();
    heads.extend(["when", "earliest start", "latest start", "earliest end", "latest end", "iri"].map(text));
    for n in 1..=cited {
        heads.push(text(&format!("citation {n}")));
        heads.push(text(&format!("citation {n} iri")));
    }
    heads
}

fn rest(row: &mut Vec<Cell>, span: Option<&TimeSpan>, iri: &str, citations: &[Citation], cited: usize) {
    row.push(span.map_or(Cell::Empty, |span| text(&span.label)));
    for day in span.map_or([None; 4], |span| [span.earliest_start, span.latest_start, span.earliest_end, span.latest_end]) {
        row.push(day.map_or(Cell::Empty, Cell::Day));
    }
    row.push(text(iri));
    for n in 0..cited {
        let citation = citations.get(n);
        row.push(citation.map_or(Cell::Empty, |citation| text(&citation.label)));
        row.push(citation.map_or(Cell::Empty, |citation| text(&citation.iri)));
    }
}

/// The different names, in the order in which they come.
fn names<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for name in all {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn text(value: &str) -> Cell {
    if value.trim().is_empty() { Cell::Empty } else { Cell::Text(cell(value, CHARACTERS)) }
}

/// A sheet with its heads frozen, its columns as wide as their longest value, and a filter over all of it.
fn sheet(name: &str, rows: &[Vec<Cell>]) -> Result<Worksheet, XlsxError> {
    let top = Format::new().set_align(FormatAlign::Top);
    let (bold, wrapped, date) = (top.clone().set_bold(), top.clone().set_text_wrap(), top.clone().set_num_format("yyyy-mm-dd"));
    let columns = rows.first().map_or(0, Vec::len);
    let mut widths = vec![4_usize; columns];
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    for (r, row) in rows.iter().enumerate() {
        let r = u32::try_from(r).expect("no picture has more things or ties than a sheet has rows");
        for (c, value) in row.iter().enumerate() {
            let column = u16::try_from(c).unwrap_or(u16::MAX);
            let wide = match value {
                Cell::Empty => 0,
                Cell::Text(text) => {
                    sheet.write_string_with_format(r, column, text, if r == 0 { &bold } else { &wrapped })?;
                    text.chars().count()
                }
                Cell::Number(number) => {
                    sheet.write_number_with_format(r, column, *number, &top)?;
                    12
                }
                Cell::Truth(truth) => {
                    sheet.write_boolean_with_format(r, column, *truth, &top)?;
                    6
                }
                Cell::Day(day) => match excel(*day) {
                    Some(value) => {
                        sheet.write_datetime_with_format(r, column, &value, &date)?;
                        10
                    }
                    // Excel's calendar begins in 1900 and ends in 9999.
                    None => {
                        sheet.write_string_with_format(r, column, day.to_string(), &wrapped)?;
                        12
                    }
                },
            };
            widths[c] = widths[c].max(wide);
        }
    }
    for (column, wide) in widths.into_iter().enumerate() {
        sheet.set_column_width(u16::try_from(column).unwrap_or(u16::MAX), (wide.min(WIDEST) + 2) as f64)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Some(last_row), Some(last_column)) = (rows.len().checked_sub(1), columns.checked_sub(1)) {
        let last_row = u32::try_from(last_row).unwrap_or(u32::MAX);
        sheet.autofilter(0, 0, last_row, u16::try_from(last_column).unwrap_or(u16::MAX))?;
    }
    Ok(sheet)
}

fn excel(day: Day) -> Option<ExcelDateTime> {
    let (year, month, day) = day.ymd();
    ExcelDateTime::from_ymd(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?).ok()
}
