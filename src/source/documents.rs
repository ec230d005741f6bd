//! Files that hold nested values: YAML, JSON, and newline-delimited JSON, whatever their name says of which.

use std::io::{BufRead, Read};

use crate::finding::Finding;
use crate::limits::Limit;
use crate::location::{Located, Location};
use crate::project::plain as words;
use crate::record::{Cited, Node};

use super::mapping::Engine;
use super::reader::{Input, Reader};
use super::{Sink, json, kinds, plain, rdf, text, xml, yaml};

/// YAML.
pub struct Yaml;
/// JSON, one value a file; several one after the other are read as well.
pub struct Json;
/// Newline-delimited JSON.
pub struct Lines;
/// XML, by a mapping.
pub struct Xml;

impl Reader for Yaml {
    fn endings(&self) -> &'static [&'static str] {
        &["yaml", "yml"]
    }

    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
        let encoding = input.settings().and_then(|(settings, _)| settings.encoding);
        let text = text::read_as(input.door, input.path, encoding).map_err(|unread| unread.finding(input.file))?;
        let documents = yaml::read(&text, input.file, input.door.limits)?;
        read_all(input, documents.into_iter().map(|document| (document, None)).collect(), sink);
        Ok(())
    }
}

impl Reader for Json {
    fn endings(&self) -> &'static [&'static str] {
        &["json", "geojson"]
    }

    fn knows(&self, start: &[u8]) -> bool {
        let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
        matches!(first, Some(b'{' | b'[')) && start.contains(&b'"')
    }

    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
        let encoding = input.settings().and_then(|(settings, _)| settings.encoding);
        let text = text::read_as(input.door, input.path, encoding).map_err(|unread| unread.finding(input.file))?;
        match json::read(&text, input.file, 1) {
            Ok(Some(document)) => read_all(input, vec![(document, None)], sink),
            Ok(None) => {}
            Err(fault) => {
                let values = json::values(&text);
                // One broken value is no list of values.
                if values.len() < 2 {
                    return Err(fault);
                }
                let mut documents = Vec::with_capacity(values.len());
                for (line, value) in values {
                    match json::read(value, input.file, line) {
                        Ok(Some(document)) => documents.push((document, Some(line))),
                        Ok(None) => {}
                        Err(_) if documents.is_empty() => return Err(fault),
                        Err(finding) => sink.finding(finding),
                    }
                }
                read_all(input, documents, sink);
            }
        }
        Ok(())
    }
}

impl Reader for Xml {
    fn endings(&self) -> &'static [&'static str] {
        &["xml"]
    }

    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
        let said = input.settings();
        let is_rdf = text::open(input.door, input.path).is_ok_and(|mut file| file.fill_buf().is_ok_and(|start| rdf::Nested.knows(start)));
        if said.is_none() && is_rdf {
            return rdf::Nested.read(input, sink);
        }
        if !said.as_ref().is_some_and(|(settings, _)| settings.is_mapping()) {
            let message = "nothing says what the elements of this file mean";
            let hint = format!("`civigraph import` proposes a mapping; format = \"iati\" under [tables.\"{}\"] if it is IATI", input.name);
            return Err(Finding::error("unreadable-file", message, Location::file(input.file)).hint(Some(hint)));
        }
        let encoding = said.and_then(|(settings, _)| settings.encoding);
        let text = text::read_as(input.door, input.path, encoding).map_err(|unread| unread.finding(input.file))?;
        if let Some(document) = xml::read(&text, input.file, input.door.limits)? {
            read_all(input, vec![(document, None)], sink);
        }
        Ok(())
    }
}

impl Reader for Lines {
    fn endings(&self) -> &'static [&'static str] {
        &["ndjson", "jsonl"]
    }

    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
        let encoding = input.settings().and_then(|(settings, _)| settings.encoding);
        let mut file = text::stream(input.door, input.path, encoding).map_err(|unread| unread.finding(input.file))?;
        let mut reading = Reading::begin(input, sink);
        let mut line = Vec::new();
        let limits = input.door.limits;
        let longest = limits.of(Limit::Cell);
        for number in 1.. {
            line.clear();
            let here = Location::new(input.file, number, 1, 1);
            match (&mut file).take(longest).read_until(b'\n', &mut line) {
                Ok(0) => break,
                Ok(_) if line.len() as u64 >= longest && !line.ends_with(b"\n") => {
                    let message = format!("the line is longer than {}", limits.words(Limit::Cell));
                    return Err(Finding::error("unreadable-file", message, here).hint(Limit::Cell.raised_by()));
                }
                Ok(_) => {}
                Err(error) => return Err(Finding::error("unreadable-file", words(&error), here)),
            }
            let text = text::text_of(&line)
                .map_err(|(message, column)| Finding::error("unreadable-file", message, Location::new(input.file, number, column, 1)))?;
            match json::read(text, input.file, number) {
                Ok(Some(node)) => reading.document(node, Some(number), sink),
                Ok(None) => {}
                Err(finding) => sink.finding(finding),
            }
        }
        reading.finish(sink);
        Ok(())
    }
}

fn read_all(input: &Input<'_>, documents: Vec<(Node, Option<usize>)>, sink: &mut dyn Sink) {
    let mut reading = Reading::begin(input, sink);
    for (document, line) in documents {
        reading.document(document, line, sink);
    }
    reading.finish(sink);
}

/// The documents of one file on their way to records, by a mapping or as they are.
enum Reading<'i, 'a> {
    Mapped(Box<Engine<'i>>),
    Plain { input: &'i Input<'a>, kind: Option<String>, section: Option<Located<String>> },
}

impl<'i, 'a: 'i> Reading<'i, 'a> {
    fn begin(input: &'i Input<'a>, sink: &mut dyn Sink) -> Self {
        match input.settings() {
            Some((settings, mut parts)) if settings.is_mapping() => {
                parts.push(("file".to_owned(), input.name.rsplit_once('.').map_or(input.name, |(stem, _)| stem).to_owned()));
                // The ids are lent for as long as the engine lives: one file at a time is read.
                let ids = input.ids;
                let engine = Engine::new(settings, input.kinds, input.name, parts, input.section(), true, ids);
                engine.check(None, sink);
                Self::Mapped(Box::new(engine))
            }
            said => {
                let settings = said.map(|(settings, _)| settings);
                if let Some(settings) = settings
                    && !settings.columns.is_empty()
                {
                    let message = format!("`columns` says nothing of {}: its rows are objects, not lines of a table", input.name);
                    let hint = "say with `rows` where its rows are, and with `records` what they make".to_owned();
                    sink.finding(Finding::warning("unused-setting", message, settings.place.clone()).hint(Some(hint)));
                }
                let said = settings
                    .and_then(|settings| settings.section.as_ref())
                    .map(|section| Located::new(section.value.written.clone(), section.location.clone()));
                let section = said.or_else(|| (!input.source.sectioned).then(|| input.section()));
                let stem = input.name.rsplit_once('.').map_or(input.name, |(stem, _)| stem);
                let kind = settings.and_then(|settings| settings.kind.clone()).or_else(|| kinds::kind_named(stem, input.kinds));
                Self::Plain { input, kind, section }
            }
        }
    }

    /// One document; `line` where the file holds several, one a line.
    fn document(&mut self, document: Node, line: Option<usize>, sink: &mut dyn Sink) {
        match self {
            Self::Mapped(engine) => {
                let prefix = line.map_or_else(String::new, |line| format!("line {line}"));
                engine.document(&document, &prefix, line.and_then(|line| u32::try_from(line).ok()).unwrap_or(1), sink);
            }
            Self::Plain { input, kind, section } => {
                let cited = |at: Option<String>, place: &Location| Cited {
                    section: section.clone(),
                    at: at.filter(|_| section.is_some()).map(|at| Located::new(at, place.clone())).into_iter().collect(),
                };
                match document {
                    Node::List(members, _) => {
                        for (at, member) in members.into_iter().enumerate() {
                            let cited = cited(Some(at.to_string()), member.location());
                            one(member, kind.as_ref(), &cited, input, sink);
                        }
                    }
                    Node::Map(..) if line.is_some() || is_record(&document, kind.as_ref(), input) => {
                        let cited = cited(line.map(|line| format!("line {line}")), document.location());
                        one(document, kind.as_ref(), &cited, input, sink);
                    }
                    document => {
                        let cited = cited(None, document.location());
                        plain::document(document, &cited, input.kinds, sink);
                    }
                }
            }
        }
    }

    fn finish(self, sink: &mut dyn Sink) {
        if let Self::Mapped(engine) = self {
            engine.finish(sink);
        }
    }
}

/// Whether an object is one record of the file's kind and not a document of records: none of its names is a kind, and some are keys.
fn is_record(document: &Node, kind: Option<&String>, input: &Input<'_>) -> bool {
    let Node::Map(fields, _) = document else { return false };
    let Some(kind) = kind.and_then(|kind| input.kinds.iter().find(|known| known.name == *kind)) else { return false };
    let names = || fields.iter().map(|field| field.key.value.as_str());
    !names().any(|name| kinds::kind_named(name, input.kinds).is_some()) && names().any(|name| name == "id" || kind.key(name).is_some())
}

fn one(node: Node, kind: Option<&String>, cited: &Cited, input: &Input<'_>, sink: &mut dyn Sink) {
    let own = match &node {
        Node::Map(fields, _) => fields.iter().find(|field| field.key.value == "kind").and_then(|field| match &field.value {
            Node::Text(text) => Some(text.clone()),
            _ => None,
        }),
        _ => None,
    };
    let Some(kind) = own.or_else(|| kind.map(|kind| Located::new(kind.clone(), Location::file(input.file)))) else {
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
    plain::record(node, kind, cited, sink);
}
