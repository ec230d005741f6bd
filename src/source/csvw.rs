//! CSV on the Web: tables with a JSON file beside them that says what their columns are (W3C Recommendation of 2015). Every cell becomes the
//! statement that its column's `propertyUrl` says of its row's `aboutUrl`, cited to its row.
//!
//! Read are tables and groups of them, dialects, columns with what they inherit, datatypes with their formats and bounds, `null`, `default`,
//! `separator`, `lang`, virtual columns. Remarks beside the tables (`dc:title`, `notes`) are about the file, and say nothing for the graph.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use encoding_rs::Encoding;
use oxigraph::model::{GraphName, Literal, NamedNode, Quad, Term};

use crate::finding::Finding;
use crate::location::{Located, Location};
use crate::record::Node;
use crate::vocab::{rdf, xsd};

use self::column::Column;
use self::member::{get, said};
use self::template::Names;
use super::reader::{Input, Reader};
use super::{Sink, json, table, text};

mod column;
mod datatype;
mod member;
mod template;

/// The format's name in `source.toml`.
pub const NAME: &str = "csvw";

/// Tables that a JSON file beside them describes.
pub struct Described;

/// The tables that a description speaks of.
fn tables(document: &Node) -> &[Node] {
    match get(document, "tables") {
        Some(Node::List(tables, _)) => tables,
        _ => std::slice::from_ref(document),
    }
}

/// The names of the files that a description speaks of.
pub fn files(text: &str) -> Vec<String> {
    let file: Arc<str> = NAME.into();
    let Ok(Some(document)) = json::read(text, &file, 1) else { return Vec::new() };
    tables(&document).iter().filter_map(|table| Some(said(table, "url")?.value.clone())).filter(|url| is_beside(url)).collect()
}

/// Whether an address is the name of a file in the folder.
fn is_beside(url: &str) -> bool {
    !url.is_empty() && !url.contains("..") && !url.starts_with('/') && !url.contains(':') && !url.contains('\\')
}

impl Reader for Described {
    fn endings(&self) -> &'static [&'static str] {
        &[]
    }

    fn format(&self) -> Option<&'static str> {
        Some(NAME)
    }

    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
        let text = text::read_whole(input.door, input.path).map_err(|unread| unread.finding(input.file))?;
        let Some(document) = json::read(&text, input.file, 1)? else { return Ok(()) };
        let prefixes = input.settings().map_or(&[][..], |(settings, _)| &settings.prefixes);
        let mut names = Names { base: format!("urn:civigraph:{}:", input.source.id), prefixes };
        let mut group = Column::default();
        if let Some(Node::List(context, _)) = get(&document, "@context") {
            for node in context {
                if let Some(base) = said(node, "@base") {
                    names.base.clone_from(&base.value);
                }
                if let Some(language) = said(node, "@language") {
                    group.language = Some(language.value.clone());
                }
            }
        }
        group = group.inheriting(&document, sink);
        if get(&document, "tables").is_none() && get(&document, "url").is_none() {
            let message = "this describes no table: it has neither `tables` nor the `url` of one";
            return Err(Finding::error("unreadable-file", message, document.location().clone()));
        }
        for described in tables(&document) {
            if let Err(finding) = one(described, &document, &group, &names, input, sink) {
                sink.cut(finding);
            }
        }
        Ok(())
    }
}

/// What says how a table is written.
struct Dialect {
    delimiter: u8,
    headers: usize,
    skipped: usize,
    comment: Option<String>,
    encoding: Option<&'static Encoding>,
}

impl Dialect {
    fn of(table: &Node, group: &Node) -> Self {
        let dialect = get(table, "dialect").or_else(|| get(group, "dialect"));
        let text = |name: &str| dialect.and_then(|dialect| said(dialect, name)).map(|text| text.value.as_str());
        let number = |name: &str| text(name).and_then(|text| text.parse().ok());
        Self {
            delimiter: text("delimiter").and_then(|text| text.bytes().next()).unwrap_or(b','),
            headers: number("headerRowCount").unwrap_or(usize::from(text("header") != Some("false"))),
            skipped: number("skipRows").unwrap_or(0),
            comment: text("commentPrefix").filter(|prefix| !prefix.is_empty()).map(str::to_owned),
            encoding: text("encoding").and_then(|label| Encoding::for_label(label.as_bytes())),
        }
    }
}

/// Reads one of the tables.
fn one(described: &Node, group: &Node, outer: &Column, names: &Names<'_>, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
    let Some(url) = said(described, "url") else {
        return Err(Finding::error("unreadable-file", "a table without the `url` of its file", described.location().clone()));
    };
    if said(described, "suppressOutput").is_some_and(|said| said.value == "true") {
        return Ok(());
    }
    let lost = |message: String| Finding::error("unreadable-file", message, url.location.clone());
    if !is_beside(&url.value) {
        return Err(lost(format!("`{}` is no file beside this one, and nothing is fetched", url.value)));
    }
    let folder = input.file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let file: Arc<str> = format!("{folder}/{}", url.value).into();
    let path = input.path.parent().unwrap_or(Path::new("")).join(&url.value);
    // A schema of several tables stands in a file of its own.
    let loaded = match get(described, "tableSchema").or_else(|| get(group, "tableSchema")) {
        Some(Node::Text(name)) => {
            let schema: Arc<str> = format!("{folder}/{}", name.value).into();
            let known = is_beside(&name.value).then(|| input.path.parent().unwrap_or(Path::new("")).join(&name.value));
            let path = known.ok_or_else(|| lost(format!("`{}` is no file beside this one, and nothing is fetched", name.value)))?;
            let text = text::read_whole(input.door, &path).map_err(|unread| unread.finding(&schema))?;
            json::read(&text, &schema, 1)?
        }
        _ => None,
    };
    let schema = loaded.as_ref().or_else(|| get(described, "tableSchema").or_else(|| get(group, "tableSchema")));
    let inherited = outer.inheriting(described, sink);
    let inherited = schema.map_or_else(|| inherited.clone(), |schema| inherited.inheriting(schema, sink));
    let mut columns: Vec<Column> = match schema.and_then(|schema| get(schema, "columns")) {
        Some(Node::List(columns, _)) => columns.iter().map(|node| inherited.inheriting(node, sink).named(node)).collect(),
        _ => Vec::new(),
    };
    let dialect = Dialect::of(described, group);
    let stream = text::stream(input.door, &path, dialect.encoding).map_err(|unread| match unread.is_missing() {
        true => lost(format!("there is no file `{}` beside this one", url.value)),
        false => unread.finding(&file),
    })?;
    let mut rows = table::Table::new(stream, dialect.delimiter, &file, input.door.limits);
    let locator = file.strip_prefix(input.source.folder.as_str()).unwrap_or(&url.value).trim_start_matches('/').to_owned();
    let section = match input.settings().and_then(|(settings, _)| settings.section.as_ref()) {
        Some(section) => section.value.written.clone(),
        None if input.source.sectioned && !input.source.registry => {
            let message = "nothing says which section of the source this table rests on";
            let hint = format!("write section = \"…\" under [tables.\"{}\"] in source.toml", input.name);
            return Err(Finding::error("missing-section", message, url.location.clone()).hint(Some(hint)));
        }
        None => locator.clone(),
    };
    let names = Names { base: names.base.clone(), prefixes: names.prefixes };
    let of_table = Table { names: &names, url: &url.value, section: &section, place: Location::file(&file) };
    let (mut number, mut seen) = (0_usize, HashSet::new());
    let keys: Vec<String> = schema.and_then(|schema| get(schema, "primaryKey")).map_or_else(Vec::new, |keys| {
        let texts = keys.members().iter().filter_map(|key| if let Node::Text(key) = key { Some(key.value.clone()) } else { None });
        texts.collect()
    });
    let mut header = 0;
    let mut skipped = 0;
    while let Some(cells) = rows.row()? {
        if skipped < dialect.skipped {
            skipped += 1;
            continue;
        }
        if dialect.comment.as_ref().is_some_and(|prefix| cells.first().is_some_and(|cell| cell.value.starts_with(prefix.as_str()))) {
            continue;
        }
        if header < dialect.headers {
            header += 1;
            column::meet(&mut columns, &cells, &inherited, schema.is_some(), sink);
            continue;
        }
        if cells.iter().all(|cell| cell.value.is_empty()) {
            continue;
        }
        number += 1;
        if columns.is_empty() {
            columns = (1..=cells.len()).map(|at| inherited.called(format!("_col.{at}"))).collect();
        }
        let place = cells.first().map_or_else(|| of_table.place.clone(), |cell| cell.location.clone());
        let read = column::read(&columns, &cells, number, sink);
        if !keys.is_empty() {
            let key: Vec<String> = keys.iter().map(|key| read.first(key).unwrap_or_default()).collect();
            if !seen.insert(key.clone()) {
                let message = format!("`{}` stands in two rows, and its column is the key of the table", key.join(", "));
                sink.finding(Finding::error("duplicate-id", message, place.clone()));
            }
        }
        of_table.state(&columns, &read, &place, sink);
    }
    Ok(())
}

/// What every row of a table is stated with.
struct Table<'t> {
    names: &'t Names<'t>,
    url: &'t str,
    section: &'t str,
    place: Location,
}

impl Table<'_> {
    fn state(&self, columns: &[Column], read: &column::Read<'_>, row: &Location, sink: &mut dyn Sink) {
        let at = format!("row {}", row.line);
        for column in columns.iter().filter(|column| !column.suppressed) {
            let place = read.place(&column.name).unwrap_or(row).clone();
            let address = |template: &Located<String>, sink: &mut dyn Sink| {
                let filled = template::fill(&template.value, &|name| read.variable(name, &column.name));
                let address = self.names.address(self.url, &filled);
                let node = NamedNode::new(&address);
                if node.is_err() {
                    let message = format!("`{}` makes `{address}`, which is no address", template.value);
                    sink.finding(Finding::error("csvw-value", message, place.clone()).label("made of this row"));
                }
                node.ok()
            };
            let subject = match &column.about {
                Some(template) => address(template, sink),
                None => NamedNode::new(self.names.address(self.url, &format!("#row={}", row.line))).ok(),
            };
            let property = match &column.property {
                Some(template) => address(template, sink),
                None => NamedNode::new(self.names.address(self.url, &format!("#{}", template::encoded(&column.name, false)))).ok(),
            };
            let (Some(subject), Some(property)) = (subject, property) else { continue };
            let objects: Vec<Term> = match &column.value {
                Some(template) if column.is_virtual || !read.is_empty(&column.name) => {
                    address(template, sink).map(Term::from).into_iter().collect()
                }
                Some(_) => Vec::new(),
                None => read.values(&column.name).iter().filter_map(|value| self.term(column, value)).collect(),
            };
            for object in objects {
                let object = match object {
                    Term::NamedNode(node) if property.as_ref() == rdf::TYPE => node.into(),
                    other => other,
                };
                let quad = Quad::new(subject.clone(), property.clone(), object, GraphName::DefaultGraph);
                sink.statement(quad, &Located::new(self.section.to_owned(), place.clone()), Some(&at));
            }
        }
    }

    fn term(&self, column: &Column, value: &str) -> Option<Term> {
        let base = column.datatype.as_ref().map_or("string", |datatype| datatype.base.as_str());
        if base == "anyURI" {
            return NamedNode::new(self.names.address(self.url, value)).ok().map(Term::from);
        }
        let local = datatype::local(base);
        Some(match (&column.language, local) {
            (Some(language), "string") if language != "und" => {
                Literal::new_language_tagged_literal(value, language.as_str()).unwrap_or_else(|_| Literal::from(value)).into()
            }
            (_, "string") => Literal::from(value).into(),
            (_, local) => {
                let datatype = if ["HTML", "JSON", "XMLLiteral"].contains(&local) { rdf::NAMESPACE } else { xsd::NAMESPACE };
                Literal::new_typed_literal(value, NamedNode::new_unchecked(format!("{datatype}{local}"))).into()
            }
        })
    }
}
