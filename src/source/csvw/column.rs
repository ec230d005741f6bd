//! Columns as they are described, what they inherit from the table and the group, and the cells of a row read by them.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::fold::fold;
use crate::location::{Located, Location};
use crate::nearest::nearest;
use crate::record::Node;
use crate::source::Sink;

use super::datatype::Datatype;
use super::member::{get, said};

/// A column, or what columns inherit.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    pub(super) name: String,
    titles: Vec<String>,
    /// Where it is described.
    place: Option<Location>,
    pub(super) about: Option<Located<String>>,
    pub(super) property: Option<Located<String>>,
    pub(super) value: Option<Located<String>>,
    null: Vec<String>,
    separator: Option<String>,
    default: Option<String>,
    required: bool,
    pub(super) language: Option<String>,
    pub(super) datatype: Option<Datatype>,
    pub(super) suppressed: bool,
    pub(super) is_virtual: bool,
}

fn texts(node: &Node) -> Vec<String> {
    match node {
        Node::Text(text) => vec![text.value.clone()],
        Node::List(members, _) => members.iter().flat_map(texts).collect(),
        Node::Map(fields, _) => fields.iter().flat_map(|field| texts(&field.value)).collect(),
        Node::Empty(_) => Vec::new(),
    }
}

impl Column {
    /// The same with what an object says itself.
    pub(super) fn inheriting(&self, node: &Node, sink: &mut dyn Sink) -> Self {
        let mut own = self.clone();
        let text = |name: &str| said(node, name).cloned();
        own.about = text("aboutUrl").or(own.about);
        own.property = text("propertyUrl").or(own.property);
        own.value = text("valueUrl").or(own.value);
        own.separator = text("separator").map(|text| text.value).or(own.separator);
        own.default = text("default").map(|text| text.value).or(own.default);
        own.language = text("lang").map(|text| text.value).or(own.language);
        if let Some(null) = get(node, "null") {
            own.null = texts(null);
        }
        if let Some(required) = text("required") {
            own.required = required.value == "true";
        }
        if let Some(datatype) = get(node, "datatype") {
            match Datatype::read(datatype) {
                Ok(datatype) => own.datatype = Some(datatype),
                Err(why) => sink.finding(Finding::error("unreadable-setting", why, datatype.location().clone())),
            }
        }
        own
    }

    /// As one of the columns, with its name and titles.
    pub(super) fn named(mut self, node: &Node) -> Self {
        self.titles = get(node, "titles").or_else(|| get(node, "title")).map(texts).unwrap_or_default();
        self.name = said(node, "name").map(|name| name.value.clone()).or_else(|| self.titles.first().cloned()).unwrap_or_default();
        self.suppressed = said(node, "suppressOutput").is_some_and(|said| said.value == "true");
        self.is_virtual = said(node, "virtual").is_some_and(|said| said.value == "true");
        self.place = Some(node.location().clone());
        self
    }

    /// The same under a name.
    pub(super) fn called(&self, name: String) -> Self {
        Self { name, ..self.clone() }
    }

    fn is_null(&self, text: &str) -> bool {
        if self.null.is_empty() { text.is_empty() } else { self.null.iter().any(|null| null == text) }
    }
}

/// Holds a header against the columns: where none are described, the header names them; what does not agree is told of.
pub(super) fn meet(columns: &mut Vec<Column>, header: &[Located<String>], inherited: &Column, described: bool, sink: &mut dyn Sink) {
    if columns.is_empty() {
        let named = |(at, cell): (usize, &Located<String>)| {
            let name = cell.value.trim();
            Column { name: if name.is_empty() { format!("_col.{}", at + 1) } else { name.to_owned() }, ..inherited.clone() }
        };
        *columns = header.iter().enumerate().map(named).collect();
        return;
    }
    if !described {
        return;
    }
    let all: Vec<String> = header.iter().map(|cell| cell.value.clone()).collect();
    for (at, column) in columns.iter_mut().filter(|column| !column.is_virtual).enumerate() {
        let Some(cell) = header.get(at) else {
            let place = column.place.clone().or_else(|| header.first().map(|cell| cell.location.clone()));
            let Some(place) = place else { continue };
            let message = format!("`{}` is described, and the table has {} columns", column.name, header.len());
            sink.finding(Finding::error("unreadable-setting", message, place));
            continue;
        };
        if column.name.is_empty() {
            column.name = cell.value.trim().to_owned();
        }
        let known = if column.titles.is_empty() { std::slice::from_ref(&column.name) } else { &column.titles[..] };
        if !known.iter().any(|title| fold(title) == fold(&cell.value)) {
            let message = format!("column {} is described as `{}`, and its heading is `{}`", at + 1, known.join("` or `"), cell.value);
            let near =
                nearest(&known[0], all.iter().cloned()).map(|near| format!("`{near}` stands elsewhere: are the columns in another order?"));
            let place = column.place.clone().unwrap_or_else(|| cell.location.clone());
            sink.finding(Finding::warning("unreadable-setting", message, place).related(cell.location.clone(), "the heading").hint(near));
        }
    }
}

/// A row, read.
pub(super) struct Read<'r> {
    cells: HashMap<&'r str, (Vec<String>, Location)>,
    number: usize,
    line: u32,
}

/// Reads the cells of a row by their columns. What is no value of the column's datatype is told of and left out.
pub(super) fn read<'r>(columns: &'r [Column], row: &[Located<String>], number: usize, sink: &mut dyn Sink) -> Read<'r> {
    let mut cells = HashMap::new();
    let described = columns.iter().filter(|column| !column.is_virtual);
    let count = described.clone().count();
    for (at, column) in described.enumerate() {
        let Some(cell) = row.get(at) else { continue };
        let written = if cell.value.is_empty() { column.default.as_deref().unwrap_or("") } else { &cell.value };
        let parts: Vec<&str> = match &column.separator {
            Some(separator) if !written.is_empty() => written.split(separator.as_str()).map(str::trim).collect(),
            _ => vec![written],
        };
        let mut values = Vec::new();
        let mut null = false;
        for part in parts {
            // A string keeps its spaces; everything else is read without them.
            let is_text = column.datatype.as_ref().is_none_or(|datatype| datatype.base == "string");
            let part = if is_text { part } else { part.trim() };
            if column.is_null(part) || (part.is_empty() && !is_text) {
                null = true;
                continue;
            }
            match column.datatype.as_ref().map_or_else(|| Ok(part.to_owned()), |datatype| datatype.value(part)) {
                Ok(value) => values.push(value),
                Err(why) => {
                    let finding = Finding::error("csvw-value", format!("`{}`: {why}", column.name), cell.location.clone());
                    sink.finding(finding.hint(Some("correct the cell, or what the description says of the column".to_owned())));
                }
            }
        }
        if column.required && null && values.is_empty() {
            sink.finding(Finding::error(
                "csvw-value",
                format!("`{}` is required, and the cell says nothing", column.name),
                cell.location.clone(),
            ));
        }
        cells.insert(column.name.as_str(), (values, cell.location.clone()));
    }
    if let Some(more) = row.get(count).filter(|_| row.iter().skip(count).any(|cell| !cell.value.is_empty())) {
        let message = format!("the row has more cells than there are columns: {count} are described");
        sink.finding(Finding::error("csvw-value", message, more.location.clone()));
    }
    let line = row.first().map_or(0, |cell| cell.location.line);
    Read { cells, number, line }
}

impl Read<'_> {
    pub(super) fn values(&self, name: &str) -> &[String] {
        self.cells.get(name).map_or(&[], |(values, _)| values)
    }

    pub(super) fn first(&self, name: &str) -> Option<String> {
        self.values(name).first().cloned()
    }

    pub(super) fn place(&self, name: &str) -> Option<&Location> {
        self.cells.get(name).map(|(_, place)| place)
    }

    pub(super) fn is_empty(&self, name: &str) -> bool {
        self.values(name).is_empty()
    }

    /// What a variable of a template stands for.
    pub(super) fn variable(&self, name: &str, column: &str) -> Option<String> {
        match name {
            "_row" => Some(self.number.to_string()),
            "_sourceRow" => Some(self.line.to_string()),
            "_name" => Some(column.to_owned()),
            "_column" => None,
            name => Some(self.values(name).join(",")).filter(|value| !value.is_empty()),
        }
    }
}
