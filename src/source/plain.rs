//! Records as they are: documents of kinds with lists of records, and rows whose columns are keys.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::finding::{Finding, Severity};
use crate::iri;
use crate::location::{Located, Location};
use crate::mend::Mend;
use crate::nearest::nearest;
use crate::record::{Cited, Field, Node, Record};

use super::grid::Made;
use super::kinds::{Sort, TableKey, TableKind, kind_named};
use super::mapping::TableSettings;
use super::mapping::convert::{Became, Ways};
use super::mapping::engine::Ids;
use super::{EXAMPLE, Sink};

/// A document of records: `section`, `at`, and lists of records under their kinds.
pub fn document(document: Node, outer: &Cited, kinds: &[TableKind], sink: &mut dyn Sink) {
    let fields = match document {
        Node::Map(fields, _) => fields,
        Node::Empty(_) => return,
        other => {
            let message = format!("expected kinds with lists of records, found {}", other.what());
            sink.finding(Finding::error("unreadable-record", message, other.location().clone()));
            return;
        }
    };
    let mut cited = outer.clone();
    let mut lists = Vec::new();
    for field in fields {
        match field.key.value.as_str() {
            "section" | "at" => cite(&mut cited, field, None, sink),
            _ => lists.push(field),
        }
    }
    for Field { mut key, value } in lists {
        // `organizations` is `Organization`, as a file of that name would be.
        if kinds.iter().all(|kind| kind.name != key.value)
            && let Some(kind) = kind_named(&key.value, kinds)
        {
            key.value = kind;
        }
        match value {
            Node::List(members, _) => {
                for member in members {
                    record(member, key.clone(), &cited, sink);
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

/// One record, of keys and values.
pub fn record(node: Node, kind: Located<String>, outer: &Cited, sink: &mut dyn Sink) {
    keyed(node, kind, outer, None, (false, false), sink);
}

/// A record that may be a row: what separates values in its cells, whether it says so itself, whether its id is made from its name.
fn keyed(
    node: Node,
    kind: Located<String>,
    outer: &Cited,
    separator: Option<&Arc<str>>,
    (splits_texts, by_name): (bool, bool),
    sink: &mut dyn Sink,
) {
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
    sink.record(Record {
        kind,
        fields: own,
        cited,
        separator: separator.cloned(),
        splits_texts,
        location,
        mapped: false,
        mention: false,
        by_name,
        extra: Vec::new(),
    });
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

/// A table's columns by their numbers, under the names of keys; those that are to be ignored are left out.
///
/// # Errors
/// A finding: a column stands twice.
pub fn columns_of(
    name: &str,
    header: Vec<(usize, Located<String>)>,
    kind: Option<&TableKind>,
    settings: Option<&TableSettings>,
    sink: &mut dyn Sink,
) -> Result<Vec<Option<Located<String>>>, Finding> {
    let mut columns: Vec<Option<Located<String>>> = Vec::new();
    for (index, cell) in header {
        columns.resize(index, None);
        columns.push((!cell.value.trim().is_empty()).then(|| Located::new(cell.value.trim().to_owned(), cell.location)));
    }
    renamed(name, &mut columns, settings, sink);
    let mut unread: Vec<Located<String>> = Vec::new();
    for slot in &mut columns {
        let Some(column) = slot else { continue };
        if settings.is_some_and(|settings| settings.ignore.iter().any(|pattern| pattern.value.is_match(&column.value))) {
            // Something must stand here, so that its cells are not strays.
            column.value = String::new();
            continue;
        }
        let Some(kind) = kind.filter(|kind| !kind.keys.is_empty()) else { continue };
        let (heading, language) = column.value.split_once('@').map_or((column.value.as_str(), None), |(a, b)| (a, Some(b)));
        if ["id", "section", "at"].contains(&heading) {
            continue;
        }
        if let Some(key) = kind.key_of_heading(heading.trim()) {
            column.value = match language {
                Some(language) => format!("{}@{language}", key.name),
                None => key.name.clone(),
            };
            continue;
        }
        let folded = crate::fold::fold(heading);
        if let Some(own) = ["id", "section", "at"].into_iter().find(|own| folded == *own) {
            column.value = own.to_owned();
            continue;
        }
        // What is nearly a key is a slip of the pen; other columns are somebody's own.
        let near = nearest(heading, kind.keys.iter().map(|key| key.name.clone()));
        if near.is_none() {
            unread.push(column.clone());
            column.value = String::new();
        }
    }
    if let Some(first) = unread.first() {
        let names: Vec<String> = unread.iter().take(12).map(|column| format!("`{}`", column.value)).collect();
        let what = if unread.len() == 1 { "a column is" } else { "columns are" };
        let more = if unread.len() > 12 { format!(" and {} more", unread.len() - 12) } else { String::new() };
        let message = format!("{name}: {what} not read, because no key has the name: {}{more}", names.join(", "));
        let hint = format!("say what they mean in source.toml: columns = {{ \"{}\" = \"…\" }}, or ignore = […]", first.value);
        sink.finding(Finding::new(Severity::Warning, "unread-columns", message, first.location.clone()).hint(Some(hint)));
    }
    let mut first: HashMap<&str, &Location> = HashMap::new();
    for column in columns.iter().flatten().filter(|column| !column.value.is_empty()) {
        if let Some(place) = first.insert(&column.value, &column.location) {
            let message = format!("the column `{}` stands twice", column.value);
            return Err(Finding::error("unreadable-file", message, column.location.clone()).related(place.clone(), "first here"));
        }
    }
    Ok(columns)
}

/// Gives columns the names that the settings have for them; what they name and the table lacks is told of.
pub fn renamed(name: &str, columns: &mut [Option<Located<String>>], settings: Option<&TableSettings>, sink: &mut dyn Sink) {
    let said = settings.map_or(&[][..], |settings| &settings.columns);
    let mut named: Vec<(usize, &str, &Location)> = Vec::new();
    for (column, key) in said {
        let exact = columns.iter().position(|known| known.as_ref().is_some_and(|known| known.value == column.value));
        let folded = crate::fold::fold(&column.value);
        let found = exact
            .or_else(|| columns.iter().position(|known| known.as_ref().is_some_and(|known| crate::fold::fold(&known.value) == folded)))
            .or_else(|| {
                let pattern = column.value.contains(['*', '?']).then(|| super::mapping::settings::glob(&column.value))?;
                let pattern = regex::Regex::new(&format!("^(?is:{pattern})$")).ok()?;
                columns.iter().position(|known| known.as_ref().is_some_and(|known| pattern.is_match(&known.value)))
            });
        match found {
            Some(index) => {
                if let Some((_, other, place)) = named.iter().find(|(_, other, _)| other == key) {
                    let message = format!("two columns are to be `{other}`");
                    sink.finding(
                        Finding::error("unreadable-setting", message, column.location.clone())
                            .related((*place).clone(), "the first")
                            .hint(Some("several columns into one value: key = \"{One} {Other}\" in a record of the mapping".to_owned())),
                    );
                    continue;
                }
                named.push((index, key, &column.location));
            }
            None if settings.is_some_and(|settings| settings.shipped) => {}
            None => {
                let near = nearest(&column.value, columns.iter().flatten().map(|known| known.value.clone()));
                sink.finding(
                    Finding::warning("unused-setting", format!("{name} has no column `{}`", column.value), column.location.clone())
                        .hint(near.map(|near| format!("did you mean `{near}`?"))),
                );
            }
        }
    }
    for (index, key, _) in named {
        if let Some(column) = &mut columns[index] {
            column.value = key.to_owned();
        }
    }
}

/// A table whose rows are records of one kind.
pub struct TableOf<'a> {
    kind: &'a TableKind,
    columns: Vec<Option<Located<String>>>,
    separator: Arc<str>,
    /// Whether the settings say so.
    said: bool,
    ways: Ways,
    /// What rows are cited to where they do not say.
    section: Option<Located<String>>,
    /// The ids that rows of the source have been given.
    ids: &'a RefCell<Ids>,
}

impl<'a> TableOf<'a> {
    /// A table of a kind, with its columns.
    pub fn new(
        kind: &'a TableKind,
        columns: Vec<Option<Located<String>>>,
        settings: Option<&TableSettings>,
        section: Option<Located<String>>,
        typed: bool,
        ids: &'a RefCell<Ids>,
    ) -> Self {
        let said = settings.and_then(|settings| settings.separator.as_deref());
        let separator = said.unwrap_or(";").into();
        let said = said.is_some();
        let ways = settings.map(|settings| settings.ways.clone());
        // Without settings a cell that says `n/a` is what it says.
        let ways =
            Ways { typed, null: settings.map(|settings| settings.ways.null.clone()).unwrap_or_default(), ..ways.unwrap_or_default() };
        Self { kind, columns, separator, said, ways, section, ids }
    }

    /// Makes a record of one row: its cells by the numbers of their columns. `at` is what the row is called.
    pub fn record(&self, row: Vec<(usize, Located<String>)>, at: &str, sink: &mut dyn Sink) {
        if let Some((_, first)) = row.first().filter(|(_, cell)| cell.value.trim_start().starts_with(EXAMPLE)) {
            let message = format!("a row that begins with `{EXAMPLE}` is an example and is not read");
            let hint = "delete it when you need it no more; if it is a record of yours, let its first cell begin otherwise".to_owned();
            sink.finding(Finding::new(Severity::Info, "example-row", message, first.location.clone()).hint(Some(hint)));
            return;
        }
        let mut fields = Vec::with_capacity(self.columns.len());
        let mut start = None;
        for (index, cell) in row {
            let start = start.get_or_insert_with(|| cell.location.clone());
            let trimmed = cell.value.trim();
            if trimmed.is_empty() || self.ways.is_null(trimmed) {
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
            if column.value.is_empty() {
                continue;
            }
            if trimmed.len() < cell.value.len() {
                sink.mend(Mend { location: cell.location.clone(), found: cell.value.clone(), instead: trimmed.to_owned() });
            }
            let (name, language) = column.value.split_once('@').map_or((column.value.as_str(), None), |(a, b)| (a, Some(b)));
            let Some(text) = self.text(name, Located::new(trimmed.to_owned(), cell.location.clone()), sink) else { continue };
            let value = match language {
                Some(language) => {
                    let language = Located::new(language.to_owned(), column.location.clone());
                    Node::Map(vec![Field { key: language, value: Node::Text(text) }], cell.location)
                }
                None => Node::Text(text),
            };
            fields.push(Field { key: Located::new(name.to_owned(), column.location.clone()), value });
        }
        let Some(location) = start.filter(|_| !fields.is_empty()) else { return };
        let kind = Located::new(self.kind.name.clone(), location.clone());
        let has = |fields: &[Field], name: &str| fields.iter().any(|field| field.key.value == name);
        let cited = match &self.section {
            Some(section) if !has(&fields, "section") => {
                Cited { section: Some(section.clone()), at: vec![Located::new(at.to_owned(), location.clone())] }
            }
            _ => Cited::default(),
        };
        let by_name = !self.kind.minted && !has(&fields, "id");
        let by_name = by_name && self.id_from_name(&mut fields, &location, sink);
        keyed(Node::Map(fields, location), kind, &cited, Some(&self.separator), (self.said, by_name), sink);
    }

    /// Tells of a date, or of yes and no, in a cell whose key takes neither: a program made it of what was typed.
    pub fn unlikely(&self, index: usize, cell: &Located<String>, made: Made, sink: &mut dyn Sink) {
        let Some(column) = self.columns.get(index).and_then(Option::as_ref).filter(|column| !column.value.is_empty()) else { return };
        let name = column.value.split('@').next().unwrap_or("");
        let key = self.kind.key(name);
        let is_name = self.kind.naming.as_deref() == Some(name);
        let strange = match key.map(|key| &key.sort) {
            None => ["id", "section", "at"].contains(&name),
            Some(Sort::Thing | Sort::Code(_) | Sort::Address | Sort::Other) => true,
            Some(Sort::Text) => is_name || key.is_some_and(|key| key.names),
            Some(Sort::Amount | Sort::Number) => true,
            Some(Sort::Truth) => made == Made::Date,
            Some(Sort::Date | Sort::Day | Sort::Year) => made == Made::Truth,
        };
        if !strange {
            return;
        }
        let (what, typed) = match made {
            Made::Date => ("a date", "1-2 or SEPT1"),
            Made::Truth => ("true or false", "true"),
        };
        let message = format!("`{name}`: the cell holds {what} and shows {}, and the key takes none", cell.value);
        let hint = format!("a spreadsheet makes that of what is typed, such as {typed}: format the cell as text, and write it anew");
        sink.finding(Finding::error("unlikely-cell", message, cell.location.clone()).hint(Some(hint)));
    }

    /// Gives a record without an id one that is made from its name. Two rows that would get the same are told of.
    fn id_from_name(&self, fields: &mut Vec<Field>, row: &Location, sink: &mut dyn Sink) -> bool {
        let Some(naming) = &self.kind.naming else { return false };
        let name = fields.iter().find(|field| field.key.value == *naming).and_then(|field| match &field.value {
            Node::Text(text) => Some(text.clone()),
            Node::Map(names, _) => names.iter().find_map(|name| if let Node::Text(text) = &name.value { Some(text.clone()) } else { None }),
            _ => None,
        });
        let Some(name) = name else { return false };
        let slug = iri::slug_for(&name.value);
        if let Some(first) = self.ids.borrow_mut().first(&slug, &name.value, row) {
            let message = format!("two rows have the name `{}`", name.value);
            let hint = "if they are two things, give each an `id`; if they are one, put what they say into one row".to_owned();
            let finding = Finding::error("duplicate-id", message, name.location.clone());
            sink.finding(finding.related(first, "first here").hint(Some(hint)));
        }
        let key = Located::new("id".to_owned(), name.location.clone());
        fields.insert(0, Field { key, value: Node::Text(Located::new(slug, name.location)) });
        true
    }

    /// A cell as a record would have said it: each of its parts, where it may be a list.
    fn text(&self, name: &str, cell: Located<String>, sink: &mut dyn Sink) -> Option<Located<String>> {
        let Some(key) = self.kind.key(name) else { return Some(cell) };
        if matches!(key.sort, Sort::Text | Sort::Other | Sort::Thing) {
            return Some(cell);
        }
        let parts: Vec<&str> = match key.sort {
            Sort::Address => iri::addresses(&cell.value, &self.separator),
            _ => cell.value.split(&*self.separator).collect(),
        };
        let mut read = Vec::with_capacity(parts.len());
        for part in parts {
            read.push(self.part(key, part.trim(), &cell.location, sink)?);
        }
        Some(Located::new(read.join(&self.separator), cell.location))
    }

    fn part(&self, key: &TableKey, part: &str, place: &Location, sink: &mut dyn Sink) -> Option<String> {
        match self.ways.convert(&key.sort, part) {
            Became::Value(value) => {
                // The order is the file's own word: what it means stands beside it for whoever reads the file alone.
                if self.ways.order.is_some() && matches!(key.sort, Sort::Date | Sort::Day) {
                    sink.mend(Mend { location: place.clone(), found: part.to_owned(), instead: value.clone() });
                }
                Some(value)
            }
            Became::Same => Some(part.to_owned()),
            Became::Unclear(why, hint) => {
                sink.finding(Finding::error(key.code.clone(), format!("`{}`: {why}", key.name), place.clone()).hint(Some(hint)));
                None
            }
        }
    }
}
