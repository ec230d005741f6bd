//! Rows into records: which records a row makes, what they are called and cited to. How their values come about is in `fill`.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::finding::{Finding, Severity};
use crate::fold::fold;
use crate::iri;
use crate::location::{Located, Location};
use crate::nearest::nearest;
use crate::record::{Cited, Field, Node, Record};
use crate::source::Sink;
use crate::source::kinds::TableKind;

use super::path::{End, Path};
use super::settings::{Each, RecordSpec, TableSettings, Unknown};
use super::template::Place;

mod fill;

/// The ids that a source's mappings have made, and of what: so that two things do not become one.
#[derive(Debug, Default)]
pub struct Ids(HashMap<String, (String, Location, u64, bool)>);

impl Ids {
    /// Notes an id that was made from a name; gives the place where another row made it before.
    pub fn first(&mut self, slug: &str, name: &str, place: &Location) -> Option<Location> {
        let mut content = DefaultHasher::new();
        place.hash(&mut content);
        let new = || (name.to_lowercase(), place.clone(), content.finish(), false);
        let (_, first, ..) = self.0.entry(slug.to_owned()).or_insert_with(new);
        (first != place).then(|| first.clone())
    }
}

/// A row, as a reader gives it.
#[derive(Debug)]
pub struct Row<'n> {
    /// Its columns, or the object.
    pub node: &'n Node,
    /// What it is called: `row 17`, `grants.17`.
    pub at: String,
    /// Its number.
    pub number: u32,
}

/// Makes the records of one table, sheet or document.
pub struct Engine<'a> {
    settings: &'a TableSettings,
    kinds: &'a [TableKind],
    /// `file`, `sheet`, and what its name was taken apart into.
    known: Vec<(String, String)>,
    section: Located<String>,
    ids: &'a RefCell<Ids>,
    /// What it is called in findings.
    name: String,
    /// The places that gave something.
    given: HashSet<String>,
    /// Top-level names that rows had, with the first place of each.
    seen: BTreeMap<String, Location>,
    /// The paths to rows that led to none in any document, with what stands in their way.
    astray: Vec<Astray<'a>>,
    /// Where paths to rows are said that led to some.
    led: HashSet<&'a Location>,
    rows: usize,
    /// Whether rows are objects, whose names may be paths.
    nested: bool,
}

/// A path to rows that leads to none.
struct Astray<'a> {
    path: &'a Located<Path>,
    end: End,
    /// Whether nothing is read without it.
    is_all: bool,
}

/// What a template is filled from.
struct Scope<'n> {
    /// The row, and what in it has a record of its own, outermost first.
    nodes: Vec<&'n Node>,
    /// `row`, `column`, `value`.
    more: Vec<(&'static str, Located<String>)>,
    depth: usize,
}

/// A value, with the language it is in.
type Made = (Located<String>, Option<String>);

impl<'a> Engine<'a> {
    /// Starts on a table. `section` is what its rows are cited to where the settings say nothing.
    pub fn new(
        settings: &'a TableSettings,
        kinds: &'a [TableKind],
        name: &str,
        known: Vec<(String, String)>,
        section: Located<String>,
        nested: bool,
        ids: &'a RefCell<Ids>,
    ) -> Self {
        let name = name.to_owned();
        Self {
            settings,
            kinds,
            known,
            section,
            ids,
            name,
            given: HashSet::new(),
            seen: BTreeMap::new(),
            astray: Vec::new(),
            led: HashSet::new(),
            rows: 0,
            nested,
        }
    }

    /// Says what the mapping has wrong before any row: kinds and keys that are not, columns that the header does not have.
    pub fn check(&self, header: Option<&[Located<String>]>, sink: &mut dyn Sink) {
        for record in &self.settings.records {
            let Some(kind) = self.kinds.iter().find(|kind| kind.name == record.kind.value) else {
                let near = nearest(&record.kind.value, self.kinds.iter().map(|kind| kind.name.clone()));
                sink.finding(
                    Finding::error("unknown-kind", format!("`{}` is not a kind", record.kind.value), record.kind.location.clone())
                        .hint(near.map(|near| format!("did you mean `{near}`?"))),
                );
                continue;
            };
            for (key, _) in &record.keys {
                if key.value != "id" && kind.key(&key.value).is_none() {
                    let near = nearest(&key.value, kind.keys.iter().map(|key| key.name.clone()));
                    let hint = near.map_or_else(
                        || format!("`civigraph schema {}` lists its keys", kind.name),
                        |near| format!("did you mean `{near}`?"),
                    );
                    let message = format!("`{}` is not a key of {}", key.value, kind.name);
                    sink.finding(Finding::error("unknown-key", message, key.location.clone()).hint(Some(hint)));
                }
            }
        }
        let Some(header) = header.filter(|_| !self.settings.shipped) else { return };
        let mut templates = Vec::new();
        for (_, value) in self.settings.values.iter().chain(self.settings.records.iter().flat_map(|record| &record.keys)) {
            value.templates(&mut templates);
        }
        let conditions = self.settings.conditions.iter().chain(self.settings.records.iter().flat_map(|record| &record.conditions));
        templates.extend(conditions.map(|condition| &condition.value));
        let mut told = HashSet::new();
        for template in templates {
            for place in template.value.places() {
                let is_column = header.iter().any(|column| column.value == place.name || fold(&column.value) == place.folded);
                if is_column || self.is_known(&place.name) || !told.insert((place.name.clone(), template.location.clone())) {
                    continue;
                }
                let near = nearest(&place.name, header.iter().map(|column| column.value.clone()));
                let some: Vec<String> = header.iter().take(12).map(|column| format!("`{}`", column.value)).collect();
                let hint = near.map_or_else(|| format!("it has {}", some.join(", ")), |near| format!("did you mean `{near}`?"));
                let message = format!("{} has no column `{}`", self.name, place.name);
                sink.finding(Finding::error("unused-setting", message, template.location.clone()).hint(Some(hint)));
            }
        }
    }

    fn is_known(&self, name: &str) -> bool {
        ["row", "column", "value", "file", "sheet", ".", "at"].contains(&name)
            || self.known.iter().any(|(known, _)| known == name)
            || self.settings.values.iter().any(|(known, _)| known.value == name)
    }

    /// Makes the records of a document's own rows: what `rows` leads to, for each of the record's kinds in the order they are said.
    pub fn document(&mut self, document: &Node, prefix: &str, number: u32, sink: &mut dyn Sink) {
        let settings = self.settings;
        for spec in &settings.records {
            let path = spec.rows.as_ref().or(settings.rows.as_ref());
            let found = match path {
                Some(path) => path.value.find(document),
                None => match document {
                    Node::List(members, _) => members.iter().enumerate().map(|(at, member)| (at.to_string(), member)).collect(),
                    other => vec![(String::new(), other)],
                },
            };
            if let Some(path) = path {
                self.led_to(path, spec.rows.is_none(), found.is_empty(), document);
            }
            for (path, node) in found {
                let at = match (prefix, path.as_str()) {
                    ("", path) => path.to_owned(),
                    (prefix, "") => prefix.to_owned(),
                    (prefix, path) => format!("{prefix} {path}"),
                };
                let row = Row { node, at, number };
                self.note(node);
                self.row_of(&row, std::slice::from_ref(spec), sink);
            }
        }
    }

    /// Remembers whether a path led to rows; the first document in which it did not says why.
    fn led_to(&mut self, path: &'a Located<Path>, is_all: bool, nowhere: bool, document: &Node) {
        if !nowhere {
            self.led.insert(&path.location);
        } else if !self.astray.iter().any(|known| known.path.location == path.location)
            && let Some(end) = path.value.end(document)
        {
            self.astray.push(Astray { path, end, is_all });
        }
    }

    /// Makes the records of a table's row.
    pub fn row(&mut self, row: &Row<'_>, sink: &mut dyn Sink) {
        self.note(row.node);
        let settings = self.settings;
        self.row_of(row, &settings.records, sink);
    }

    fn note(&mut self, node: &Node) {
        self.rows += 1;
        if let Node::Map(fields, _) = node
            && self.seen.len() < 1000
        {
            for field in fields {
                if !self.seen.contains_key(&field.key.value) {
                    self.seen.insert(field.key.value.clone(), field.key.location.clone());
                }
            }
        }
    }

    fn row_of(&mut self, row: &Row<'_>, specs: &[RecordSpec], sink: &mut dyn Sink) {
        let place = row.node.location().clone();
        let more = vec![("row", Located::new(row.number.to_string(), place.clone())), ("at", Located::new(row.at.clone(), place.clone()))];
        let mut scope = Scope { nodes: vec![row.node], more, depth: 0 };
        if !self.hold(&self.settings.conditions, &scope) {
            return;
        }
        let mut made_here: HashSet<u64> = HashSet::new();
        for (index, spec) in specs.iter().enumerate() {
            match &spec.each {
                None => self.record(spec, index, &scope, row, &row.at, &mut made_here, sink),
                Some(Each::Path(path)) => {
                    for (path, node) in path.find(row.node) {
                        scope.nodes.push(node);
                        let at = match row.at.as_str() {
                            "" => path,
                            outer if outer.contains(' ') => format!("{outer} {path}"),
                            outer => format!("{outer}.{path}"),
                        };
                        self.record(spec, index, &scope, row, &at, &mut made_here, sink);
                        scope.nodes.pop();
                    }
                }
                Some(Each::Part(template, separator)) => {
                    for (whole, _) in self.fill(&template.value, &scope) {
                        for part in whole.value.split(separator.as_str()).map(str::trim).filter(|part| !part.is_empty()) {
                            let mut inner = Scope { nodes: scope.nodes.clone(), more: scope.more.clone(), depth: 0 };
                            inner.more.push(("value", Located::new(part.to_owned(), whole.location.clone())));
                            self.record(spec, index, &inner, row, &row.at, &mut made_here, sink);
                        }
                    }
                }
                Some(Each::Column(pattern)) => {
                    let Node::Map(fields, _) = row.node else { continue };
                    for field in fields {
                        let Some(found) = pattern.captures(&field.key.value) else { continue };
                        let heading = found.get(1).map_or(field.key.value.as_str(), |group| group.as_str());
                        let Some(cell) = self.texts(&field.value).into_iter().next() else { continue };
                        self.given.insert(field.key.value.clone());
                        let mut inner = Scope { nodes: scope.nodes.clone(), more: scope.more.clone(), depth: 0 };
                        inner.more.push(("column", Located::new(heading.to_owned(), field.key.location.clone())));
                        inner.more.push(("value", cell));
                        self.record(spec, index, &inner, row, &row.at, &mut made_here, sink);
                    }
                }
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn record(
        &mut self,
        spec: &RecordSpec,
        index: usize,
        scope: &Scope<'_>,
        row: &Row<'_>,
        at: &str,
        made_here: &mut HashSet<u64>,
        sink: &mut dyn Sink,
    ) {
        if !self.hold(&spec.conditions, scope) {
            return;
        }
        let Some(kind) = self.kinds.iter().find(|kind| kind.name == spec.kind.value) else { return };
        let mut findings = Vec::new();
        let mut fields: Vec<Field> = Vec::with_capacity(spec.keys.len());
        let mut id: Option<Located<String>> = None;
        let mut content = DefaultHasher::new();
        for (key, value) in &spec.keys {
            if key.value == "id" {
                id = self.evaluate(value, scope, None, &mut findings).into_iter().next().map(|(id, _)| id);
                if id.is_none() {
                    if index == 0 && spec.conditions.is_empty() && spec.each.is_none() {
                        let message = "there is nothing in this row to make an id from";
                        sink.finding(
                            Finding::error("missing-id", message, row.node.location().clone())
                                .related(key.location.clone(), "this is to be its id"),
                        );
                    }
                    return;
                }
                continue;
            }
            let Some(known) = kind.key(&key.value) else { continue };
            let made = self.evaluate(value, scope, Some(known), &mut findings);
            for (text, language) in &made {
                (&key.value, &text.value, language).hash(&mut content);
            }
            if let Some(value) = fill::node_of(made, known) {
                fields.push(Field { key: key.clone(), value });
            }
        }
        for finding in findings {
            sink.finding(finding);
        }
        let content = content.finish();
        if let Some(written) = id {
            let slug = iri::slug_for(&written.value);
            if !written.value.starts_with('<') {
                self.claim_id(&slug, &written, content, spec, row, sink);
            }
            let shown = if written.value.starts_with('<') { written.value } else { slug };
            fields.insert(
                0,
                Field {
                    key: Located::new("id".to_owned(), written.location.clone()),
                    value: Node::Text(Located::new(shown, written.location)),
                },
            );
        }
        let mut whole = DefaultHasher::new();
        (
            &spec.kind.value,
            content,
            fields.first().and_then(|field| match &field.value {
                Node::Text(text) if field.key.value == "id" => Some(text.value.clone()),
                _ => None,
            }),
        )
            .hash(&mut whole);
        if !made_here.insert(whole.finish()) {
            return;
        }
        let section = match &self.settings.section {
            Some(template) => self.fill(&template.value, scope).into_iter().next().map(|(text, _)| text),
            None => None,
        };
        let place = scope.nodes.last().map_or(row.node, |node| node).location().clone();
        let narrowed = spec.at.as_ref().or(self.settings.at.as_ref()).map(|template| {
            let mut scope = Scope { nodes: scope.nodes.clone(), more: scope.more.clone(), depth: 0 };
            scope.more.insert(0, ("at", Located::new(at.to_owned(), place.clone())));
            self.fill(template, &scope).into_iter().map(|(text, _)| text).collect::<Vec<_>>()
        });
        let at = narrowed.unwrap_or_else(|| if at.is_empty() { Vec::new() } else { vec![Located::new(at.to_owned(), place.clone())] });
        let cited = Cited { section: Some(section.unwrap_or_else(|| self.section.clone())), at };
        let extra = if index == 0 && self.settings.unknown == Unknown::Keep { self.extra(row.node) } else { Vec::new() };
        let kind = Located::new(spec.kind.value.clone(), place.clone());
        sink.record(Record {
            kind,
            fields,
            cited,
            separator: None,
            splits_texts: false,
            location: place,
            mapped: true,
            mention: spec.mention,
            by_name: false,
            extra,
        });
    }

    /// The columns that nothing is said of, for those who want to keep them.
    fn extra(&self, node: &Node) -> Vec<Field> {
        let Node::Map(fields, _) = node else { return Vec::new() };
        fields.iter().filter(|field| !self.is_used(&field.key.value) && !self.texts(&field.value).is_empty()).cloned().collect()
    }

    fn claim_id(&mut self, slug: &str, written: &Located<String>, content: u64, spec: &RecordSpec, row: &Row<'_>, sink: &mut dyn Sink) {
        let words = written.value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let mut ids = self.ids.borrow_mut();
        let Some((known, first, before, mention)) = ids.0.get(slug) else {
            ids.0.insert(slug.to_owned(), (words, row.node.location().clone(), content, spec.mention));
            return;
        };
        if *known != words && !spec.mention && !mention && iri::slug_fault(&words).is_some() {
            let message = format!("`{}` and `{known}` would both have the id `{slug}`", written.value);
            let hint = "if they are two things, add a column to the template of `id`".to_owned();
            sink.finding(
                Finding::warning("two-become-one", message, written.location.clone()).related(first.clone(), "first here").hint(Some(hint)),
            );
        } else if !spec.mention && !mention && *before != content && *first != *row.node.location() {
            let message = format!("two rows make the id `{slug}`, and say different things of it");
            let hint = "if they are two things, add a column to the template of `id`; if rows only mention it, say `mention = true`";
            sink.finding(
                Finding::error("duplicate-id", message, written.location.clone())
                    .related(first.clone(), "first here")
                    .hint(Some(hint.to_owned())),
            );
        }
    }

    /// Says what the whole table showed: columns that nothing is said of, settings that no row had anything for.
    pub fn finish(self, sink: &mut dyn Sink) {
        for astray in self.astray.iter().filter(|astray| !self.settings.shipped && !self.led.contains(&astray.path.location)) {
            sink.finding(self.no_rows(astray));
        }
        if self.rows == 0 || self.settings.shipped {
            return;
        }
        if self.settings.unknown == Unknown::Note {
            let unused: Vec<(&String, &Location)> = self.seen.iter().filter(|(name, _)| !self.is_used(name)).collect();
            if let Some((_, first)) = unused.iter().min_by_key(|(_, place)| (*place).clone()) {
                let names: Vec<String> = unused.iter().take(12).map(|(name, _)| format!("`{name}`")).collect();
                let more = if unused.len() > 12 { format!(" and {} more", unused.len() - 12) } else { String::new() };
                let what = if unused.len() == 1 { "a column is" } else { "columns are" };
                let message = format!("{}: {what} not read: {}{more}", self.name, names.join(", "));
                let hint = "name them under `ignore`, or keep them as they are with unknown = \"keep\"".to_owned();
                sink.finding(Finding::new(Severity::Info, "unread-columns", message, (*first).clone()).hint(Some(hint)));
            }
        }
        if self.nested {
            let mut told = HashSet::new();
            for (_, value) in self.settings.records.iter().flat_map(|record| &record.keys) {
                let mut templates = Vec::new();
                value.templates(&mut templates);
                for template in templates {
                    for place in template.value.places() {
                        if self.given.contains(&place.name)
                            || self.is_known(&place.name)
                            || !told.insert(place.name.clone())
                            || place.up > 0
                        {
                            continue;
                        }
                        let near = nearest(&place.name, self.seen.keys().cloned());
                        let message = format!("none of the {} rows of {} has `{}`", self.rows, self.name, place.name);
                        sink.finding(
                            Finding::warning("unused-setting", message, template.location.clone())
                                .hint(near.map(|near| format!("did you mean `{near}`?"))),
                        );
                    }
                }
            }
        }
    }

    /// What is said of a path that led to no row of the whole file.
    fn no_rows(&self, astray: &Astray<'_>) -> Finding {
        let End { missing, there } = &astray.end;
        let message = match missing {
            Some(missing) => format!("{} has no rows there: nothing in it is called `{missing}`", self.name),
            None => format!("{} has no rows there", self.name),
        };
        let some: Vec<String> = there.iter().take(12).map(|name| format!("`{name}`")).collect();
        let near = missing.as_ref().and_then(|missing| nearest(missing, there.iter().cloned()));
        let hint = near
            .map(|near| format!("did you mean `{near}`?"))
            .or_else(|| (!some.is_empty()).then(|| format!("there are {}", some.join(", "))));
        // A part that only some files have may be missing, and a filter may let nothing through; where all rows would be, nothing at all was read.
        let severity = if astray.is_all && missing.is_some() { Severity::Error } else { Severity::Warning };
        Finding::new(severity, "unused-setting", message, astray.path.location.clone()).hint(hint)
    }

    /// Whether the mapping says anything of a column.
    fn is_used(&self, name: &str) -> bool {
        let folded = fold(name);
        let names = |place: &Place| {
            place.name == name || place.folded == folded || place.name.split(['.', '[']).next().is_some_and(|first| first == name)
        };
        let mut templates = Vec::new();
        for (_, value) in self.settings.values.iter().chain(self.settings.records.iter().flat_map(|record| &record.keys)) {
            value.templates(&mut templates);
        }
        let conditions = self.settings.conditions.iter().chain(self.settings.records.iter().flat_map(|record| &record.conditions));
        templates.extend(conditions.map(|condition| &condition.value));
        self.given.contains(name)
            || self.settings.ignore.iter().any(|pattern| pattern.value.is_match(name))
            || templates.iter().any(|template| template.value.places().any(names))
            || self.settings.records.iter().any(|record| match &record.each {
                Some(Each::Path(path)) => path.begins_with(name),
                Some(Each::Part(template, _)) => template.value.places().any(names),
                Some(Each::Column(pattern)) => pattern.is_match(name),
                None => false,
            })
    }
}
