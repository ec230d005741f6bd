//! Records and a schema make statements: every value a quad, every quad with the citation it rests on and its place.
//!
//! The lifter takes records one by one and never fails: what it cannot read becomes a finding, and the rest goes on.
//! References are looked up at the end, when everything is known that any source defines.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use oxigraph::model::{Literal, NamedNode, Term};

use crate::dataset::{Id, Terms};
use crate::finding::Finding;
use crate::iri::{self, Base, Prefixes};
use crate::location::{Located, Location};
use crate::nearest::nearest;
use crate::record::{Cited, Field, Node, Record};
use crate::schema::{Form, Key, Kind, Schema, local};
use crate::source::{Sink, Source};
use crate::values::{edtf, number};
use crate::vocab::{CODE, cg, edtf as edtf_terms, rdf, schema as schema_org, xsd};

pub mod bounds;
pub mod sources;

/// A quad with the place it was written at.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Subject, predicate, object and graph.
    pub quad: [Id; 4],
    /// Where.
    pub location: Location,
}

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
    to: NamedNode,
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
    pub statements: Vec<Statement>,
    /// The things, by the number of their IRI.
    pub things: HashMap<Id, Thing>,
    /// What each source contributed, by its id.
    pub contributions: BTreeMap<String, Contribution>,
    /// What was found on the way.
    pub findings: Vec<Finding>,
    /// Keys of things whose value could not be read, by the code of their shape: that they are missing is not said again.
    pub unread: HashSet<(Id, String)>,
    references: Vec<Reference>,
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
}

/// Lifts the records of one source.
pub struct Lifter<'a> {
    context: Context<'a>,
    source: &'a Source,
    as_of: Option<Date>,
    /// The codes of the keys that could not be read since the record began.
    failed: Vec<String>,
    lifted: &'a mut Lifted,
}

/// So many different names that nobody defines get a hint: each costs a look at all things, and a table that refers to nothing has
/// one fault and not a hundred thousand.
const HINTS: usize = 200;

/// A term that a value became, with its place; and what a claim's IRI calls it.
struct Value {
    term: Term,
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
        Self { context, source, as_of, failed: Vec::new(), lifted }
    }

    fn find(&mut self, finding: Finding) {
        self.lifted.findings.push(finding);
    }

    fn state(&mut self, graphs: &[Id], subject: Id, property: Id, object: Id, location: &Location) {
        for graph in graphs {
            self.lifted.statements.push(Statement { quad: [subject, property, object, *graph], location: location.clone() });
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
            return vec![self.lifted.terms.id(base.graph("uncited"))];
        };
        if !self.source.sections.iter().any(|known| known.locator == section.value) {
            let near = nearest(&section.value, self.source.sections.iter().map(|section| section.locator.clone()));
            self.find(
                Finding::error(
                    "unknown-section",
                    format!("`{}` is not listed in {}/sections.csv", section.value, self.source.folder),
                    section.location.clone(),
                )
                .hint(near.map(|near| format!("did you mean `{near}`?"))),
            );
            return vec![self.lifted.terms.id(base.graph("uncited"))];
        }
        let places: Vec<Option<&str>> =
            if cited.at.is_empty() { vec![None] } else { cited.at.iter().map(|at| Some(at.value.as_str())).collect() };
        let mut graphs = Vec::with_capacity(places.len());
        let contribution = self.lifted.contributions.entry(self.source.id.clone()).or_default();
        for at in places {
            contribution.places.insert((section.value.clone(), at.map(str::to_owned)));
            graphs.push(self.lifted.terms.id(base.citation(&self.source.id, &section.value, at)));
        }
        graphs
    }

    fn lift(&mut self, record: Record) {
        let Some(kind) = self.kind(&record.kind) else { return };
        let graphs = self.graphs(&record.cited, &record.location, record.separator.is_some());
        self.record(kind, record.fields, &graphs, &record.cited, record.separator.as_ref(), &record.location, None);
    }

    fn kind(&mut self, name: &Located<String>) -> Option<&'a Kind> {
        let kinds = &self.context.schema.kinds;
        let found = kinds.get(&name.value);
        if found.is_none() {
            let near = nearest(&name.value, kinds.keys().cloned());
            self.find(
                Finding::error("unknown-kind", format!("`{}` is not a kind", name.value), name.location.clone())
                    .label("no shape declares it")
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
        for field in fields {
            if field.key.value == "id" {
                id = Some(field.value);
                continue;
            }
            let Some(key) = kind.key(&field.key.value) else {
                let near = nearest(
                    &field.key.value,
                    kind.keys.iter().map(|key| key.name.clone()).chain(["id".to_owned(), "at".to_owned(), "section".to_owned()]),
                );
                self.find(
                    Finding::error(
                        "unknown-key",
                        format!("`{}` is not a key of {}", field.key.value, kind.name),
                        field.key.location.clone(),
                    )
                    .label("no shape declares it")
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
            let value = Value { term: outer.clone().into(), location: location.clone(), also: Vec::new() };
            if read.iter().all(|known| known.key.name != key.name) {
                read.push(Read { key, values: vec![value], nested: Vec::new() });
            }
        }
        for known in &read {
            let count = known.values.len() + known.nested.len();
            if known.key.max.is_some_and(|max| count > max as usize) {
                let max = known.key.max.unwrap_or(0);
                let place = known.values.get(max as usize).map_or(location, |value| &value.location).clone();
                let words = known.key.message.clone().unwrap_or_else(|| format!("`{}` takes at most {max}", known.key.name));
                self.find(Finding::error(known.key.code(), words, place).label(format!("expected at most {max}, found {count}")));
            }
        }
        let subject = match id {
            Some(node) => self.written_id(&node)?,
            None => self.minted_id(kind, &read, location)?,
        };
        let number = self.lifted.terms.id(subject.clone());
        self.lifted.unread.extend(std::mem::take(&mut self.failed).into_iter().map(|code| (number, code)));
        self.introduce(number, kind, graphs, location, &subject);
        let contribution = self.lifted.contributions.entry(self.source.id.clone()).or_default();
        contribution.records += 1;
        contribution.things.entry(kind.name.clone()).or_default().insert(number);
        let class = self.lifted.terms.id(kind.class.clone());
        let type_ = self.lifted.terms.id(rdf::TYPE.into_owned());
        self.state(graphs, number, type_, class, location);
        for Read { key, values, nested } in read {
            let property = self.lifted.terms.id(key.property.clone());
            for value in values {
                let object = self.lifted.terms.id(value.term);
                let (from, to) = if key.inverse { (object, number) } else { (number, object) };
                self.state(graphs, from, property, to, &value.location);
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
        if let Some(fault) = iri::slug_fault(&text.value) {
            let slug = iri::slugify(&text.value);
            self.find(
                Finding::error("invalid-id", format!("`{}` is not an id: {fault}", text.value), text.location.clone())
                    .hint((!slug.is_empty()).then(|| format!("`{slug}` would do"))),
            );
            return None;
        }
        Some(self.context.base.thing(&text.value))
    }

    fn minted_id(&mut self, kind: &Kind, read: &[Read<'_>], location: &Location) -> Option<NamedNode> {
        if kind.identified_by.is_empty() {
            self.find(
                Finding::error("missing-id", format!("this {} has no id", kind.name), location.clone())
                    .hint(Some("give it one: a short name in lower-case letters, digits and hyphens".to_owned())),
            );
            return None;
        }
        let mut parts = Vec::with_capacity(kind.identified_by.len());
        for name in &kind.identified_by {
            let values = read.iter().find(|known| known.key.name == *name).map_or(&[][..], |known| &known.values[..]);
            let mut names: Vec<String> = values.iter().map(|value| self.part(&value.term)).collect();
            names.sort();
            parts.push(if names.is_empty() { "_".to_owned() } else { names.join("+") });
        }
        if parts.iter().all(|part| part == "_") {
            let message = format!("this {} has none of the keys that name it: {}", kind.name, kind.identified_by.join(", "));
            self.find(Finding::error("missing-id", message, location.clone()));
            return None;
        }
        Some(self.context.base.thing(&format!("{}/{}", iri::kebab(&kind.name), parts.join("."))))
    }

    /// What a claim's IRI calls one of the values that name it.
    fn part(&self, term: &Term) -> String {
        let part = match term {
            Term::NamedNode(node) => match self.context.base.slug_of(node.as_str()) {
                Some(slug) => slug.replace('/', "~"),
                None => local(node.as_str()).to_owned(),
            },
            Term::Literal(literal) => literal.value().replace("..", "open").replace('/', "~"),
            Term::BlankNode(_) => String::new(),
        };
        let kept: String = part.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '~' | '.') { c } else { '-' }).collect();
        let kept = kept.trim_matches('-').to_owned();
        if kept.is_empty() || kept.len() > 200 { format!("{}x{:08x}", kept.get(..40).unwrap_or(""), hash(&part)) } else { kept }
    }

    fn introduce(&mut self, number: Id, kind: &Kind, graphs: &[Id], location: &Location, subject: &NamedNode) {
        let schema = self.context.schema;
        let minted = !kind.identified_by.is_empty();
        let mut faults = Vec::new();
        let shown = self.context.base.slug_of(subject.as_str()).unwrap_or(subject.as_str()).to_owned();
        let thing =
            self.lifted.things.entry(number).or_insert_with(|| Thing { kinds: Vec::new(), location: location.clone(), cited: Vec::new() });
        for graph in graphs {
            match thing.cited.iter().find(|(cited, _)| cited == graph) {
                Some((_, first)) => {
                    let what = if minted { "the same claim is made twice" } else { "this id is given twice" };
                    let hint = if minted {
                        "write it once, or cite it to another place"
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
            thing.kinds.push(kind.name.clone());
        }
        self.lifted.findings.append(&mut faults);
    }

    fn values(&mut self, key: &'a Key, node: &Node, separator: Option<&Arc<str>>) -> Read<'a> {
        let mut read = Read { key, values: Vec::new(), nested: Vec::new() };
        for member in node.members() {
            match (member, &key.form) {
                (Node::Empty(_), _) => {}
                (Node::Map(fields, place), Form::Nested(_)) => read.nested.push((fields.clone(), place.clone())),
                (Node::Map(fields, _), Form::Text) => {
                    for field in fields {
                        match &field.value {
                            Node::Text(text) => self.written(key, text, Some(&field.key), separator, &mut read.values),
                            other => self.unreadable(
                                key,
                                &format!("expected a text in `{}`, found {}", field.key.value, other.what()),
                                other.location(),
                            ),
                        }
                    }
                }
                (Node::Text(text), _) => self.written(key, text, None, separator, &mut read.values),
                (other, _) => {
                    let expected = key.form_words(self.context.prefixes);
                    self.unreadable(key, &format!("expected {expected}, found {}", other.what()), other.location());
                }
            }
        }
        read
    }

    /// One text: a value, or the values that it lists in the cell of a table.
    fn written(
        &mut self,
        key: &Key,
        text: &Located<String>,
        language: Option<&Located<String>>,
        separator: Option<&Arc<str>>,
        out: &mut Vec<Value>,
    ) {
        match separator {
            Some(separator) if key.is_list() && text.value.contains(&**separator) => {
                for part in text.value.split(&**separator).map(str::trim).filter(|part| !part.is_empty()) {
                    self.value(key, &Located::new(part.to_owned(), text.location.clone()), language, out);
                }
            }
            _ => self.value(key, text, language, out),
        }
    }

    fn unreadable(&mut self, key: &Key, message: &str, location: &Location) {
        let message = format!("`{}`: {message}", key.name);
        self.failed.push(key.code().to_owned());
        self.find(Finding::error(key.code(), message, location.clone()).hint(key.message.clone()));
    }

    fn value(&mut self, key: &Key, text: &Located<String>, language: Option<&Located<String>>, out: &mut Vec<Value>) {
        let written = text.value.as_str();
        let mut also = Vec::new();
        let term: Term = match &key.form {
            Form::Reference(classes) => match self.reference(key, text, classes.clone()) {
                Some(node) => node.into(),
                None => return,
            },
            Form::Nested(kind) => {
                let classes = self.context.schema.kinds.get(kind).map(|kind| kind.class.clone()).into_iter().collect();
                match self.reference(key, text, classes) {
                    Some(node) => node.into(),
                    None => return,
                }
            }
            Form::Code(scheme) => match self.code(key, text, scheme, &mut also) {
                Some(node) => node.into(),
                None => return,
            },
            Form::Text => {
                let tag =
                    language.map_or_else(|| self.source.language.as_deref().unwrap_or(self.context.language), |tag| tag.value.as_str());
                match Literal::new_language_tagged_literal(written, tag) {
                    Ok(literal) => literal.into(),
                    Err(_) => {
                        let place = language.map_or(&text.location, |tag| &tag.location).clone();
                        self.unreadable(key, &format!("`{tag}` is not a language tag such as en or ur"), &place);
                        return;
                    }
                }
            }
            Form::Literal(datatype) => match literal(written, datatype) {
                Ok(literal) => literal.into(),
                Err(expected) => {
                    self.unreadable(key, &format!("expected {expected}, found `{written}`"), &text.location);
                    return;
                }
            },
            Form::Iri => match NamedNode::new(written.trim_start_matches('<').trim_end_matches('>')) {
                Ok(node) => node.into(),
                Err(error) => {
                    self.unreadable(key, &format!("`{written}` is not an absolute IRI: {error}"), &text.location);
                    return;
                }
            },
            Form::Date => match edtf::read(written, self.as_of) {
                Ok(when) => {
                    also = date_statements(&when);
                    Literal::new_typed_literal(written.trim(), edtf_terms::EDTF).into()
                }
                Err(why) => {
                    self.unreadable(key, &format!("`{written}` is not a date: {why}"), &text.location);
                    return;
                }
            },
            Form::Number => match number::read(written) {
                Ok(number) => {
                    also = number_statements(&number);
                    Literal::new_typed_literal(written.trim(), cg::QUALIFIED_NUMBER).into()
                }
                Err(why) => {
                    self.unreadable(key, &format!("`{written}` is not a number: {why}"), &text.location);
                    return;
                }
            },
        };
        out.push(Value { term, location: text.location.clone(), also });
    }

    fn reference(&mut self, key: &Key, text: &Located<String>, classes: Vec<NamedNode>) -> Option<NamedNode> {
        let written = text.value.as_str();
        let to = if let Some(inner) = written.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            match NamedNode::new(inner) {
                Ok(node) => node,
                Err(error) => {
                    self.unreadable(key, &format!("`{written}` is not an IRI: {error}"), &text.location);
                    return None;
                }
            }
        } else if let Some(node) = self.context.prefixes.expand(written) {
            node
        } else if iri::slug_fault(written).is_none() || is_minted_path(written) {
            self.context.base.thing(written)
        } else {
            self.failed.push(key.code().to_owned());
            let slug = iri::slugify(written);
            let message = format!("`{written}` is not an id, a prefixed name or an IRI in <>");
            self.find(
                Finding::error(key.code(), message, text.location.clone())
                    .label(format!("expected {}", key.form_words(self.context.prefixes)))
                    .hint((!slug.is_empty()).then(|| format!("did you mean `{slug}`?"))),
            );
            return None;
        };
        self.lifted.references.push(Reference {
            to: to.clone(),
            written: written.to_owned(),
            classes,
            code: key.code().to_owned(),
            location: text.location.clone(),
        });
        Some(to)
    }

    fn code(&mut self, key: &Key, text: &Located<String>, scheme: &NamedNode, also: &mut Vec<(NamedNode, Term)>) -> Option<NamedNode> {
        let list = self.context.schema.lists.get(scheme)?;
        let written = text.value.as_str();
        let name = match written.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            Some(iri) => iri.strip_prefix(scheme.as_str()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(iri),
            None => written.rsplit_once(':').filter(|(prefix, _)| *prefix == list.name).map_or(written, |(_, name)| name),
        };
        let Some(code) = list.codes.get(name) else {
            self.failed.push(key.code().to_owned());
            let near = nearest(written, list.codes.keys().cloned());
            let some: Vec<&str> = list.codes.keys().map(String::as_str).take(12).collect();
            let all = if some.len() < list.codes.len() { format!("{}, …", some.join(", ")) } else { some.join(", ") };
            self.find(
                Finding::error(key.code(), format!("`{written}` is not a code of the list `{}`", list.name), text.location.clone())
                    .label("no such code")
                    .hint(Some(near.map_or_else(|| format!("the list has {all}"), |near| format!("did you mean `{near}`?")))),
            );
            return None;
        };
        if let Some(as_of) = self.as_of {
            let day: Term = Literal::new_typed_literal(as_of.to_string(), xsd::DATE).into();
            for (holds, property) in
                [(code.begun_by_as_of, cg::LATEST_START), (code.ended_by_as_of, cg::LATEST_END), (code.lasts_until_as_of, cg::EARLIEST_END)]
            {
                if holds {
                    also.push((property.into_owned(), day.clone()));
                }
            }
        }
        Some(code.iri.clone())
    }
}

impl Sink for Lifter<'_> {
    fn record(&mut self, record: Record) {
        self.lift(record);
    }

    fn finding(&mut self, finding: Finding) {
        self.find(finding);
    }
}

impl Lifted {
    /// Looks every reference up; what no record defines, or is of another kind, becomes a finding.
    pub fn resolve(&mut self, context: Context<'_>) {
        let references = std::mem::take(&mut self.references);
        let mut findings = Vec::new();
        let mut hints: HashMap<(String, Vec<NamedNode>), Option<String>> = HashMap::new();
        for reference in references {
            let found = self.terms.find(&Term::NamedNode(reference.to.clone())).and_then(|id| self.things.get(&id));
            let Some(thing) = found else {
                let ours = reference.to.as_str().starts_with(context.base.as_str()) || reference.to.as_str().starts_with(CODE);
                let cited = context.base.cited_place(reference.to.as_str()).is_some();
                if ours && !cited && !context.schema.terms.contains(&reference.to) {
                    let meant = (reference.written.clone(), reference.classes.clone());
                    let hint = match hints.get(&meant) {
                        Some(known) => known.clone(),
                        None if hints.len() >= HINTS => None,
                        None => hints.entry(meant).or_insert(self.meant(&reference, context)).clone(),
                    };
                    findings.push(
                        Finding::error(&reference.code, format!("`{}` is not defined", reference.written), reference.location)
                            .label("no record has this id")
                            .hint(hint.map(|near| format!("did you mean `{near}`?"))),
                    );
                }
                continue;
            };
            let fits = |name: &String| {
                context.schema.kinds.get(name).is_some_and(|kind| {
                    reference.classes.is_empty() || reference.classes.iter().any(|class| context.schema.is_a(&kind.class, class))
                })
            };
            if !thing.kinds.iter().any(fits) {
                let wanted: Vec<&str> = reference.classes.iter().map(|class| local(class.as_str())).collect();
                let is = thing.kinds.join(", ");
                findings.push(
                    Finding::error(
                        &reference.code,
                        format!("`{}` is of kind {is}, expected {}", reference.written, wanted.join(" or ")),
                        reference.location,
                    )
                    .label("wrong kind of thing")
                    .related(thing.location.clone(), format!("{is} here")),
                );
            }
        }
        self.findings.extend(findings);
    }

    /// The id that was probably meant: of a thing that fits, else of any. Costs a comparison with every thing.
    fn meant(&self, reference: &Reference, context: Context<'_>) -> Option<String> {
        let fits = |thing: &Thing| {
            thing.kinds.iter().any(|name| {
                context
                    .schema
                    .kinds
                    .get(name)
                    .is_some_and(|kind| reference.classes.iter().any(|class| context.schema.is_a(&kind.class, class)))
            })
        };
        let slugs = |only_fitting: bool| {
            self.things.iter().filter(move |(_, thing)| !only_fitting || fits(thing)).filter_map(|(id, _)| match self.terms.term(*id) {
                Term::NamedNode(node) => context.base.slug_of(node.as_str()).map(str::to_owned),
                _ => None,
            })
        };
        let written = context.base.slug_of(reference.to.as_str()).unwrap_or(&reference.written);
        nearest(written, slugs(true)).or_else(|| nearest(written, slugs(false)))
    }
}

/// `membership/cfhr.net4u-asia.coordinator`: the path of a claim that was minted.
fn is_minted_path(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, rest)| {
        iri::slug_fault(kind).is_none()
            && !rest.is_empty()
            && rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '+' | '~'))
    })
}

/// FNV-1a: short, stable and the same everywhere, for the rare claim whose value has no sayable name.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A literal of a datatype, if its text is in the datatype's lexical space (XML Schema 1.1, part 2).
fn literal(text: &str, datatype: &NamedNode) -> Result<Literal, &'static str> {
    let typed = |text: String| Ok(Literal::new_typed_literal(text, datatype.clone()));
    match datatype.as_ref() {
        xsd::STRING => Ok(Literal::from(text)),
        xsd::INTEGER => match text.parse::<i64>() {
            Ok(number) => typed(number.to_string()),
            Err(_) => Err("a whole number"),
        },
        xsd::DECIMAL => match number::read(text) {
            Ok(number) if number.qualifier == number::Qualifier::Exactly => typed(number.value),
            _ => Err("a decimal number"),
        },
        xsd::DOUBLE => match text.parse::<f64>() {
            Ok(_) => typed(text.to_owned()),
            Err(_) => Err("a number"),
        },
        xsd::BOOLEAN => match text {
            "true" | "yes" | "1" => typed("true".to_owned()),
            "false" | "no" | "0" => typed("false".to_owned()),
            _ => Err("true or false"),
        },
        xsd::DATE => edtf::day(text).map_or(Err("a day, YYYY-MM-DD"), |day| typed(day.to_string())),
        xsd::G_YEAR => {
            if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) {
                typed(text.to_owned())
            } else {
                Err("a year, YYYY")
            }
        }
        xsd::G_YEAR_MONTH => {
            if text.len() == 7 && edtf::read(text, None).is_ok() {
                typed(text.to_owned())
            } else {
                Err("a month, YYYY-MM")
            }
        }
        _ => typed(text.to_owned()),
    }
}

fn date_statements(when: &edtf::When) -> Vec<(NamedNode, Term)> {
    let mut statements = Vec::new();
    let bounds = when.bounds;
    for (property, day) in [
        (cg::EARLIEST_START, bounds.earliest_start),
        (cg::LATEST_START, bounds.latest_start),
        (cg::EARLIEST_END, bounds.earliest_end),
        (cg::LATEST_END, bounds.latest_end),
    ] {
        if let Some(day) = day {
            statements.push((property.into_owned(), Literal::new_typed_literal(day.to_string(), xsd::DATE).into()));
        }
    }
    for (property, stated) in [(schema_org::START_DATE, when.start), (schema_org::END_DATE, when.end)] {
        let literal = match stated {
            Some(edtf::Stated::Year(year)) => Literal::new_typed_literal(format!("{year:04}"), xsd::G_YEAR),
            Some(edtf::Stated::Month(year, month)) => Literal::new_typed_literal(format!("{year:04}-{month:02}"), xsd::G_YEAR_MONTH),
            Some(edtf::Stated::Day(day)) => Literal::new_typed_literal(day.to_string(), xsd::DATE),
            None => continue,
        };
        statements.push((property.into_owned(), literal.into()));
    }
    if let Some(doubt) = when.qualifier {
        statements.push((cg::DATE_QUALIFIER.into_owned(), Literal::from(doubt.name()).into()));
    }
    statements
}

fn number_statements(number: &number::Qualified) -> Vec<(NamedNode, Term)> {
    let decimal = |text: &str| -> Term { Literal::new_typed_literal(text, xsd::DECIMAL).into() };
    let qualifier = NamedNode::new_unchecked(format!("{CODE}qualifier/{}", number.qualifier.name()));
    let mut statements = vec![(cg::VALUE.into_owned(), decimal(&number.value)), (cg::QUALIFIER.into_owned(), qualifier.into())];
    for (property, bound) in [(cg::MINIMUM, &number.minimum), (cg::MAXIMUM, &number.maximum)] {
        if let Some(bound) = bound {
            statements.push((property.into_owned(), decimal(bound)));
        }
    }
    statements
}
