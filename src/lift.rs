//! Records and a schema make statements: every value a quad, every quad with the citation it rests on and its place.
//!
//! The lifter takes records one by one and never fails: what it cannot read becomes a finding, and the rest goes on.
//! References are looked up at the end, when everything is known that any source defines.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use oxigraph::model::{NamedNode, Quad, Term};

use crate::dataset::{Id, Terms};
use crate::finding::{Finding, Findings, LeftOut, Severity};
use crate::iri::{self, Base, Prefixes};
use crate::location::{Located, Location};
use crate::mend::{KEPT, Mend};
use crate::nearest::nearest;
use crate::record::{Cited, Field, Node, Record};
use crate::schema::{Form, Key, Kind, Schema};
use crate::source::matches::Matches;
use crate::source::{Sink, Source};
use crate::values::edtf;
use crate::vocab::{rdf, skos};

pub mod bounds;
mod claim;
mod clean;
pub mod late;
pub mod left_out;
pub mod registry;
mod resolve;
pub mod sources;
mod statements;
mod tag;
mod value;
mod when;

pub use left_out::{Fault, Quarantine};
pub use statements::Statements;

/// A thing that some record is about.
#[derive(Debug, Clone)]
pub struct Thing {
    /// The names of the kinds it was given, the first first.
    pub kinds: Vec<String>,
    /// Where it was first introduced.
    pub location: Location,
    /// The citations under which it was, with the place of each.
    cited: Vec<(Id, Location)>,
}

/// A value that refers to a thing.
#[derive(Debug, Clone)]
struct Reference {
    /// The thing; none where a name or something else stands in the place of an id.
    to: Option<NamedNode>,
    written: String,
    classes: Vec<NamedNode>,
    code: String,
    location: Location,
}

/// What one source contributed.
#[derive(Debug, Clone, Default)]
pub struct Contribution {
    /// How many records were read, nested ones included.
    pub records: usize,
    /// The things of each kind: one that is described in two places is one.
    pub things: BTreeMap<String, BTreeSet<Id>>,
    /// The places that are cited: section and, where narrower, the place in it.
    pub places: BTreeSet<(String, Option<String>)>,
}

/// Everything that was lifted.
#[derive(Debug, Default)]
pub struct Lifted {
    /// The dictionary.
    pub terms: Terms,
    /// The statements, in the order of the files.
    pub statements: Statements,
    /// The things, by the number of their IRI.
    pub things: HashMap<Id, Thing>,
    /// What each source contributed, by its id.
    pub contributions: BTreeMap<String, Contribution>,
    /// What was found on the way.
    pub findings: Findings,
    /// What of it can be mended without asking.
    pub mends: Vec<Mend>,
    /// Keys of things whose value could not be read, by the code of their shape: that they are missing is not said again.
    pub unread: HashSet<(Id, String)>,
    /// What of each source was left out, by its id.
    pub left_out: BTreeMap<String, LeftOut>,
    /// References in quarantine that lead nowhere: where to, and where they stand.
    astray: HashSet<(Id, Location)>,
    /// Whether a file was not read to its end: what it holds would seem to be missing everywhere.
    pub cut: bool,
    references: Vec<Reference>,
    claims: claim::Claims,
    /// Records that wait until everything is known, with their sources.
    waiting: Vec<(String, Record)>,
    /// The first name of each thing in each language.
    labels: HashMap<(Id, Option<String>), String>,
    /// The things that records are about and that were found to be another.
    pub joined: BTreeSet<String>,
}

/// What lifting needs to know besides the records.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Kinds, keys, code lists.
    pub schema: &'a Schema,
    /// For `prefix:name` references.
    pub prefixes: &'a Prefixes,
    /// The project's IRIs.
    pub base: &'a Base,
    /// The language of texts whose source says none.
    pub language: &'a str,
    /// Which things people found to be one.
    pub matches: &'a Matches,
    /// What is known without a record.
    pub registry: &'a registry::Registry,
}

impl Context<'_> {
    /// The thing of an id: what stands for it, if it was found to be another.
    fn thing(&self, slug: &str) -> NamedNode {
        self.one(self.base.thing(slug))
    }

    /// What stands for a thing.
    fn one(&self, thing: NamedNode) -> NamedNode {
        let one = self.matches.of(thing.as_str());
        if one == thing.as_str() { thing } else { NamedNode::new_unchecked(one) }
    }
}

/// Lifts the records of one source.
pub struct Lifter<'a> {
    context: Context<'a>,
    source: &'a Source,
    as_of: Option<Date>,
    /// Of texts that say none.
    language: &'a str,
    /// The positions of the source's sections by their locators.
    sections: HashMap<String, usize>,
    /// The codes of the keys that could not be read since the record began.
    failed: Vec<String>,
    lifted: &'a mut Lifted,
    /// The names of everything, once everything is known.
    names: Option<&'a late::Names>,
    /// Whether the record at hand only mentions its thing.
    mention: bool,
    /// Whether it was made by a mapping.
    mapped: bool,
    /// Whether its texts for people may list several.
    splits_texts: bool,
}

/// A term that a value became, with its place, and what follows from it.
struct Value {
    /// None where only what follows is stated.
    term: Option<Term>,
    location: Location,
    also: Vec<(NamedNode, Term)>,
}

/// A key's values, read.
struct Read<'k> {
    key: &'k Key,
    values: Vec<Value>,
    nested: Vec<(Vec<Field>, Location)>,
}

impl<'a> Lifter<'a> {
    /// Starts on a source. An `as_of` that is no day is a finding.
    pub fn new(context: Context<'a>, source: &'a Source, lifted: &'a mut Lifted) -> Self {
        let as_of = source.as_of.as_ref().and_then(|said| {
            let day = edtf::day(&said.value);
            if day.is_none() {
                let message = format!("`{}` is not a day, expected YYYY-MM-DD", said.value);
                lifted.findings.push(Finding::error("unreadable-file", message, said.location.clone()));
            }
            day
        });
        lifted.contributions.entry(source.id.clone()).or_default();
        let mut language = source.language.as_deref().unwrap_or(context.language);
        if let Some(fault) = source.language.as_deref().and_then(tag::fault) {
            let message = format!("the source's language, `{language}`: {}", fault.why);
            let finding = if fault.malformed {
                Finding::error("language-tag", message, source.location.clone())
            } else {
                Finding::warning("language-tag", message, source.location.clone())
            };
            lifted.findings.push(finding.hint(fault.instead.map(|instead| format!("did you mean `{instead}`?"))));
            if fault.malformed {
                language = context.language;
            }
        }
        let mut sections = HashMap::new();
        for (position, section) in source.sections.iter().enumerate() {
            sections.entry(clean::composed(&section.locator).trim().to_owned()).or_insert(position);
        }
        Self {
            context,
            source,
            as_of,
            language,
            sections,
            failed: Vec::new(),
            lifted,
            names: None,
            mention: false,
            mapped: false,
            splits_texts: false,
        }
    }

    /// Takes a source up again, for what waited. What is wrong with the source itself has been said, and counts once.
    fn again(context: Context<'a>, source: &'a Source, lifted: &'a mut Lifted) -> Self {
        Self::new(context, source, lifted)
    }

    fn find(&mut self, finding: Finding) {
        let finding = self.source.excused(finding);
        let is_left_out = finding.left_out;
        if self.lifted.findings.push(finding) && is_left_out {
            self.lifted.left_out.entry(self.source.id.clone()).or_default().values += 1;
        }
    }

    /// Notes that a record is left out, whatever of it was; gives none.
    fn leaves_out(&mut self, values: usize) {
        if self.source.quarantine {
            let of = self.lifted.left_out.entry(self.source.id.clone()).or_default();
            (of.values, of.records) = (values, of.records + 1);
        }
    }

    /// How many values of the source were left out.
    fn left_out(&self) -> usize {
        self.lifted.left_out.get(&self.source.id).map_or(0, |of| of.values)
    }

    fn state(&mut self, graphs: &[Id], subject: Id, property: Id, object: Id, location: &Location) {
        for graph in graphs {
            self.lifted.statements.push([subject, property, object, *graph], location);
        }
    }

    /// The graphs that a record's quads go into: its citations, or the registry. A record whose section is missing or unknown
    /// is read all the same, into a graph of its own, so that its other faults are said too; its finding keeps it from any store.
    fn graphs(&mut self, cited: &Cited, location: &Location, of_table: bool) -> Vec<Id> {
        let base = self.context.base;
        if self.source.registry {
            return vec![self.lifted.terms.id(base.graph("registry"))];
        }
        let Some(section) = &cited.section else {
            let hint = match of_table {
                true => "fill the column `section`",
                false => "write `section:` at the top of the file, or in the record",
            };
            self.find(
                Finding::error("missing-section", "nothing says which section of the source this rests on", location.clone())
                    .hint(Some(hint.to_owned())),
            );
            return self.uncited();
        };
        let written = section.value.as_str();
        let Some(listed) = self.sections.get(written).map(|position| &self.source.sections[*position]) else {
            let near = nearest(&section.value, self.source.sections.iter().map(|section| section.locator.clone()));
            self.find(
                Finding::error(
                    "unknown-section",
                    format!("`{}` is not listed in {}/sections.csv", section.value, self.source.folder),
                    section.location.clone(),
                )
                .hint(near.map(|near| format!("did you mean `{near}`?"))),
            );
            return self.uncited();
        };
        let places: Vec<Option<&str>> =
            if cited.at.is_empty() { vec![None] } else { cited.at.iter().map(|at| Some(at.value.as_str())).collect() };
        let mut graphs = Vec::with_capacity(places.len());
        let contribution = self.lifted.contributions.entry(self.source.id.clone()).or_default();
        for at in places {
            contribution.places.insert((listed.locator.clone(), at.map(str::to_owned)));
            graphs.push(self.lifted.terms.id(base.citation(&self.source.id, &listed.locator, at)));
        }
        graphs
    }

    /// Where a record goes that is cited to nothing: nowhere, if it is left out.
    fn uncited(&mut self) -> Vec<Id> {
        if self.source.quarantine { Vec::new() } else { vec![self.lifted.terms.id(self.context.base.graph("uncited"))] }
    }

    fn lift(&mut self, mut record: Record) {
        let before = self.left_out();
        let cleaned = clean::record(&mut record);
        cleaned.findings.into_iter().for_each(|finding| self.find(finding));
        cleaned.mends.into_iter().for_each(|mend| self.lifted.mend(mend));
        let Some(kind) = self.kind(&record.kind) else { return self.leaves_out(before) };
        // What was found to be another thing only mentions it: its name is one more.
        let joined = record.fields.iter().find(|field| field.key.value == "id").is_some_and(|field| match &field.value {
            Node::Text(id) => self.is_joined(&id.value),
            _ => false,
        });
        record.mention |= joined;
        if self.waits(kind, &record) {
            self.lifted.waiting.push((self.source.id.clone(), record));
            return;
        }
        let graphs = self.graphs(&record.cited, &record.location, record.separator.is_some());
        if graphs.is_empty() {
            return self.leaves_out(before);
        }
        (self.mention, self.mapped, self.splits_texts) = (record.mention, record.mapped, record.splits_texts);
        let made = self.record(kind, record.fields, &graphs, &record.cited, record.separator.as_ref(), &record.location, None);
        (self.mention, self.mapped) = (false, false);
        match made {
            Some(number) => self.extra(number, &graphs, &record.extra),
            None => self.leaves_out(before),
        }
    }

    fn kind(&mut self, name: &Located<String>) -> Option<&'a Kind> {
        let kinds = &self.context.schema.kinds;
        let found = kinds.get(&name.value);
        if found.is_none() {
            let near = nearest(&name.value, kinds.keys().cloned());
            self.find(
                Finding::error("unknown-kind", format!("`{}` is not a kind", name.value), name.location.clone())
                    .label("there is no such kind")
                    .hint(near.map(|near| format!("did you mean `{near}`?"))),
            );
        }
        found
    }

    /// Lifts one record, nested or not; gives the number of its IRI. `from` is the property by which a nested record
    /// leads to the record around it, with that record's IRI.
    #[allow(clippy::too_many_arguments)]
    fn record(
        &mut self,
        kind: &'a Kind,
        fields: Vec<Field>,
        graphs: &[Id],
        cited: &Cited,
        separator: Option<&Arc<str>>,
        location: &Location,
        from: Option<(&NamedNode, &NamedNode)>,
    ) -> Option<Id> {
        let mut id = None;
        let mut read: Vec<Read<'a>> = Vec::with_capacity(fields.len());
        let mut ends = when::Ends::default();
        for field in fields {
            if field.key.value == "id" {
                id = Some(field.value);
                continue;
            }
            let Some(key) = kind.key(&field.key.value) else {
                if let Some((key, later)) = kind.end(&field.key.value) {
                    self.end(&mut ends, key, later, &field.key.value, field.value);
                    continue;
                }
                let near = nearest(&field.key.value, kind.names().chain(["id", "at", "section"]).map(str::to_owned));
                self.find(
                    Finding::error(
                        "unknown-key",
                        format!("`{}` is not a key of {}", field.key.value, kind.name),
                        field.key.location.clone(),
                    )
                    .label("it has no such key")
                    .hint(
                        near.map(|near| format!("did you mean `{near}`?"))
                            .or_else(|| Some(format!("`civigraph schema {}` lists its keys", kind.name))),
                    ),
                );
                continue;
            };
            let more = self.values(key, &field.value, separator);
            match read.iter_mut().find(|known| known.key.name == key.name) {
                Some(known) => {
                    known.values.extend(more.values);
                    known.nested.extend(more.nested);
                }
                None => read.push(more),
            }
        }
        if let Some((property, outer)) = from
            && let Some(key) = kind.keys.iter().find(|key| key.property == *property && !key.inverse)
        {
            let value = Value { term: Some(outer.clone().into()), location: location.clone(), also: Vec::new() };
            if read.iter().all(|known| known.key.name != key.name) {
                read.push(Read { key, values: vec![value], nested: Vec::new() });
            }
        }
        self.interval(ends, &mut read);
        self.times(kind, &mut read);
        for known in &mut read {
            let count = known.values.len() + known.nested.len();
            if known.key.max.is_some_and(|max| count > max as usize) {
                let max = known.key.max.unwrap_or(0);
                let place = known.values.get(max as usize).map_or(location, |value| &value.location).clone();
                let words = known.key.message.clone().unwrap_or_else(|| format!("`{}` takes at most {max}", known.key.name));
                self.find(Finding::error(known.key.code(), words, place).label(format!("expected at most {max}, found {count}")));
                if self.source.quarantine {
                    known.values.truncate(max as usize);
                    known.nested.truncate((max as usize).saturating_sub(known.values.len()));
                }
            }
        }
        let subject = match id {
            Some(node) => self.written_id(&node)?,
            None => self.claim(kind, &read, location, separator.is_some() || self.mapped)?,
        };
        let number = self.lifted.terms.id(subject.clone());
        let whole = self.failed.is_empty();
        self.lifted.unread.extend(std::mem::take(&mut self.failed).into_iter().map(|code| (number, code)));
        if !self.introduce(number, kind, graphs, location, &subject, whole) {
            return None;
        }
        let contribution = self.lifted.contributions.entry(self.source.id.clone()).or_default();
        contribution.records += 1;
        contribution.things.entry(kind.name.clone()).or_default().insert(number);
        let class = self.lifted.terms.id(kind.class.clone());
        let type_ = self.lifted.terms.id(rdf::TYPE.into_owned());
        self.state(graphs, number, type_, class, location);
        for Read { key, values, nested } in read {
            let is_name = key.property == skos::PREF_LABEL;
            let property = self.lifted.terms.id(key.property.clone());
            for value in values {
                if let Some(term) = value.term {
                    let property = if is_name { self.name_or_alias(number, property, kind, &term) } else { property };
                    let object = self.lifted.terms.id(term);
                    let (from, to) = if key.inverse { (object, number) } else { (number, object) };
                    self.state(graphs, from, property, to, &value.location);
                }
                for (property, term) in value.also {
                    let property = self.lifted.terms.id(property);
                    let object = self.lifted.terms.id(term);
                    self.state(graphs, number, property, object, &value.location);
                }
            }
            for (fields, place) in nested {
                self.nested(key, fields, &place, (number, &subject), property, (graphs, cited));
            }
        }
        Some(number)
    }

    fn nested(
        &mut self,
        key: &'a Key,
        fields: Vec<Field>,
        place: &Location,
        outer: (Id, &NamedNode),
        property: Id,
        around: (&[Id], &Cited),
    ) {
        let Form::Nested(name) = &key.form else { return };
        let Some(kind) = self.context.schema.kinds.get(name) else { return };
        let (mut own, mut cited, mut narrowed) = (Vec::with_capacity(fields.len()), around.1.clone(), false);
        for field in fields {
            if field.key.value == "at" {
                narrowed = true;
                cited.at = field
                    .value
                    .members()
                    .iter()
                    .filter_map(|member| match member {
                        Node::Text(text) => Some(text.clone()),
                        _ => None,
                    })
                    .collect();
            } else {
                own.push(field);
            }
        }
        let graphs = if narrowed { self.graphs(&cited, place, false) } else { around.0.to_vec() };
        if graphs.is_empty() {
            return;
        }
        let from = key.inverse.then_some((&key.property, outer.1));
        let Some(inner) = self.record(kind, own, &graphs, &cited, None, place, from) else { return };
        let (subject, object) = if key.inverse { (inner, outer.0) } else { (outer.0, inner) };
        // The inner record's own key may have said it already; repetitions are dropped when the graph is packed.
        self.state(&graphs, subject, property, object, place);
    }

    fn written_id(&mut self, node: &Node) -> Option<NamedNode> {
        let Node::Text(text) = node else {
            let message = format!("expected an id, found {}", node.what());
            self.find(Finding::error("invalid-id", message, node.location().clone()));
            return None;
        };
        if let Some(inner) = text.value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            return match NamedNode::new(inner) {
                Ok(node) => Some(self.context.one(node)),
                Err(error) => {
                    let message = format!("`{}` is not an address: {error}", text.value);
                    self.find(Finding::error("invalid-id", message, text.location.clone()));
                    None
                }
            };
        }
        if let Some(fault) = iri::slug_fault(&text.value) {
            let slug = iri::slugify(&text.value);
            self.find(
                Finding::error("invalid-id", format!("`{}` is not an id: {fault}", text.value), text.location.clone())
                    .hint((!slug.is_empty()).then(|| format!("`{slug}` would do"))),
            );
            return None;
        }
        Some(self.context.thing(&text.value))
    }

    /// Whether an id is that of a thing that was found to be another; noted, so that decisions on nothing are found.
    fn is_joined(&mut self, id: &str) -> bool {
        let own = match id.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            Some(iri) => iri.to_owned(),
            None => self.context.base.thing(id).into_string(),
        };
        let joined = self.context.matches.of(&own) != own;
        if joined {
            self.lifted.joined.insert(own);
        }
        joined
    }

    /// Notes that a record is about a thing; whether it may be.
    fn introduce(&mut self, number: Id, kind: &Kind, graphs: &[Id], location: &Location, subject: &NamedNode, whole: bool) -> bool {
        let schema = self.context.schema;
        let minted = !kind.identified_by.is_empty();
        let mut faults = Vec::new();
        let shown = self.context.base.slug_of(subject.as_str()).unwrap_or(subject.as_str()).to_owned();
        let thing =
            self.lifted.things.entry(number).or_insert_with(|| Thing { kinds: Vec::new(), location: location.clone(), cited: Vec::new() });
        for graph in graphs {
            match thing.cited.iter().find(|(cited, _)| cited == graph) {
                // A row of a mapping may speak of one thing in several steps.
                Some(_) if self.mapped || self.mention => {}
                // What names it may be what could not be read.
                Some(_) if minted && !whole => break,
                Some((_, first)) => {
                    let what = if minted { "the same claim is made twice" } else { "this id is given twice" };
                    let hint = if minted {
                        "write it once, or cite it to another place; if they are two, give each an id"
                    } else {
                        "put the facts into one record, or cite the second to another place with `at`"
                    };
                    let finding = if minted {
                        Finding::warning("duplicate-id", "", location.clone())
                    } else {
                        Finding::error("duplicate-id", "", location.clone())
                    };
                    faults.push(
                        Finding { message: format!("{what} under one citation: `{shown}`"), ..finding }
                            .related(first.clone(), "first here")
                            .hint(Some(hint.to_owned())),
                    );
                    break;
                }
                None => thing.cited.push((*graph, location.clone())),
            }
        }
        if !thing.kinds.contains(&kind.name) {
            let clash = thing.kinds.iter().find(|other| {
                schema
                    .kinds
                    .get(*other)
                    .is_some_and(|other| !schema.is_a(&other.class, &kind.class) && !schema.is_a(&kind.class, &other.class))
            });
            let clash = clash.cloned();
            if let Some(other) = &clash {
                faults.push(
                    Finding::error(
                        "conflicting-kind",
                        format!("`{shown}` is of kind {} here and {other} elsewhere", kind.name),
                        location.clone(),
                    )
                    .related(thing.location.clone(), format!("{other} here")),
                );
            }
            if clash.is_some() {
                // One fault is enough: that it is given twice follows.
                faults.retain(|fault| fault.code != "duplicate-id");
            }
            if clash.is_none() || !self.source.quarantine {
                thing.kinds.push(kind.name.clone());
            }
        }
        let stands = !self.source.quarantine || faults.iter().all(|fault| fault.severity != Severity::Error);
        faults.into_iter().for_each(|fault| self.find(fault));
        stands
    }
}

impl Sink for Lifter<'_> {
    fn record(&mut self, record: Record) {
        self.lift(record);
    }

    fn statement(&mut self, quad: Quad, cited: &Located<String>, at: Option<&str>) {
        self.stated(quad, cited, at);
    }

    fn finding(&mut self, finding: Finding) {
        self.find(finding);
    }

    fn cut(&mut self, finding: Finding) {
        // What is excused keeps nothing from being built.
        let is_left_out = self.source.excused(finding.clone()).left_out;
        self.lifted.cut |= finding.severity == Severity::Error && !is_left_out;
        let before = self.left_out();
        self.find(finding);
        if is_left_out {
            let of = self.lifted.left_out.entry(self.source.id.clone()).or_default();
            (of.values, of.files) = (before, of.files + 1);
        }
    }

    fn mend(&mut self, mend: Mend) {
        self.lifted.mend(mend);
    }
}

impl Lifted {
    /// Notes what can be mended.
    fn mend(&mut self, mend: Mend) {
        if self.mends.len() < KEPT && mend.found != mend.instead {
            self.mends.push(mend);
        }
    }

    /// Notes what is to stand in the place of a text.
    fn instead(&mut self, written: &Located<String>, instead: &str) {
        let (location, found) = (written.location.clone(), written.value.clone());
        self.mend(Mend { location, found, instead: instead.to_owned() });
    }
}
