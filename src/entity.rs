//! One thing with what is known of it: its facts in the order and under the headings of its shapes, the claims it has a
//! part in, told from its side, what is stated about it, and what a rule concluded; every line with its citations.
//!
//! Nothing is merged and nothing is chosen: values of which there can be only one stand side by side, each with the
//! places that say so.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use oxigraph::model::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};

use crate::ontology::Ontology;
use crate::query::answer::Shown;
use crate::schema::{Form, Kind, Schema, local};
use crate::store::{In, StoreError};
use crate::tie::{self, Fold, Tense};
use crate::values::period::Period;
use crate::vocab::{CODE, rdf, rdfs, skos};

mod claim;
mod html;
pub mod page;
pub mod setting;
mod when;

/// What a page is made from.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The graph, and how its things are called.
    pub shown: Shown<'a>,
    /// The ontology.
    pub ontology: &'a Ontology,
    /// The kinds.
    pub schema: &'a Schema,
}

/// Which claims are wanted, and how many lines under a heading.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// Claims that held at this time; facts have no time and stay.
    pub at: Option<Period>,
    /// Only claims that certainly held then.
    pub certain: bool,
    /// At most so many lines under one heading.
    pub most: Option<usize>,
}

/// One thing on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The thing.
    pub thing: NamedNode,
    /// Its id, as commands take it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its kinds, the most special first: name and what people call one.
    pub kinds: Vec<(String, String)>,
    /// The time that was asked about, and whether only what is certain.
    pub at: Option<(Period, bool)>,
    /// What is known, under headings.
    pub sections: Vec<Section>,
}

/// What stands under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub heading: String,
    /// Its lines, in order.
    pub lines: Vec<Line>,
    /// How many lines were left out.
    pub left_out: usize,
}

/// One thing that is said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The key or the words of the tie it begins with; may be empty.
    pub lead: String,
    /// Whether lead and value read on as one sentence.
    pub reads_on: bool,
    /// The values; several only where there can be one and the citations disagree.
    pub values: Vec<Value>,
}

/// A value with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Value {
    /// The words, some of which name things.
    pub parts: Vec<Part>,
    /// What it rests on.
    pub basis: Basis,
}

/// A piece of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Words.
    Text(String),
    /// A thing or an address, with what it is called.
    Node(String, NamedNode),
}

/// What a statement rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Basis {
    /// The places that say so, with their labels, in order of their IRIs.
    pub citations: BTreeMap<NamedNode, String>,
    /// The rules that concluded it, where no place says so.
    pub rules: BTreeSet<String>,
}

impl Basis {
    /// Notes one of the graphs that a statement is in. Graphs that are neither citations nor rules say nothing of where
    /// it comes from.
    fn note(&mut self, graph: &GraphName, shown: Shown<'_>) {
        let GraphName::NamedNode(graph) = graph else { return };
        if let Some(rule) = graph.as_str().strip_prefix(shown.base.graph("inferred/").as_str()) {
            self.rules.insert(rule.to_owned());
        } else if tie::is_citation(shown.base, graph) || *graph == shown.base.graph("registry") {
            let label = shown.term(&graph.clone().into());
            self.citations.insert(graph.clone(), label);
        }
    }

    /// Whether only rules say so.
    pub fn is_concluded(&self) -> bool {
        self.citations.is_empty() && !self.rules.is_empty()
    }

    /// Whether every place is one of another's.
    fn is_within(&self, other: &Self) -> bool {
        self.citations.keys().all(|place| other.citations.contains_key(place))
    }

    /// The places behind a value: ` [RA 2025 §3.1.1 ¶4]`; nothing where there are none.
    fn noted(&self) -> String {
        let places: Vec<&str> = self.citations.values().map(String::as_str).collect();
        if places.is_empty() { String::new() } else { format!(" [{}]", places.join("; ")) }
    }

    fn add(&mut self, other: &Self) {
        self.citations.extend(other.citations.clone());
        self.rules.extend(other.rules.iter().cloned());
    }
}

impl<'a> Around<'a> {
    /// The kinds of a thing, by name; a kind whose subclass is there too is left out.
    pub fn kinds(&self, thing: NamedNodeRef<'_>) -> Vec<&'a Kind> {
        let types = self.shown.store.objects(thing, rdf::TYPE).unwrap_or_default();
        let all: Vec<&'a Kind> = types
            .iter()
            .filter_map(|term| match term {
                Term::NamedNode(class) => self.schema.kind_of_class(class.as_str()),
                _ => None,
            })
            .collect();
        let special = |kind: &&&'a Kind| !all.iter().any(|other| other.name != kind.name && self.schema.is_a(&other.class, &kind.class));
        let mut kinds: Vec<&'a Kind> = all.iter().filter(special).copied().collect();
        kinds.sort_by(|a, b| a.name.cmp(&b.name));
        kinds
    }

    /// The id by which commands take a thing: the slug, else the prefixed name, else the IRI.
    pub fn id(&self, thing: &NamedNode) -> String {
        let iri = thing.as_str();
        self.shown.base.slug_of(iri).map(str::to_owned).or_else(|| self.shown.prefixes.shorten(iri)).unwrap_or_else(|| iri.to_owned())
    }

    /// What people call a thing: its label, else what its record says in a few words, else its id.
    pub fn name(&self, thing: &NamedNode) -> String {
        self.shown.label(thing.as_ref()).unwrap_or_else(|| self.described(thing).unwrap_or_else(|| self.id(thing)))
    }

    fn part(&self, thing: &NamedNode) -> Part {
        Part::Node(self.name(thing), thing.clone())
    }

    fn is_thing(&self, node: &NamedNode) -> bool {
        self.shown.base.slug_of(node.as_str()).is_some()
    }

    /// A value as it stands on a page.
    fn value(&self, term: &Term, form: Option<&Form>) -> Part {
        match term {
            Term::NamedNode(node) if self.is_thing(node) => self.part(node),
            Term::NamedNode(node) if tie::is_citation(self.shown.base, node) => self.part(node),
            Term::NamedNode(node) => match self.shown.label(node.as_ref()) {
                Some(label) => Part::Text(label),
                None if node.as_str().starts_with("http") => Part::Node(node.as_str().to_owned(), node.clone()),
                None => Part::Text(self.shown.term(term)),
            },
            Term::Literal(literal) if form == Some(&Form::Date) => Part::Text(when::words(literal.value())),
            other => Part::Text(self.shown.term(other)),
        }
    }

    /// The cited values of a property, in their order, each with what it rests on.
    fn stated(&self, subject: &NamedNode, property: &NamedNode) -> Result<Vec<(Term, Basis)>, StoreError> {
        let mut values: BTreeMap<String, (Term, Basis)> = BTreeMap::new();
        for quad in self.shown.store.quads(Some(subject.as_ref().into()), Some(property.as_ref()), None, Some(In::Named)) {
            let quad = quad?;
            let known = values.entry(quad.object.to_string()).or_insert_with(|| (quad.object.clone(), Basis::default()));
            known.1.note(&quad.graph_name, self.shown);
        }
        Ok(values.into_values().filter(|(_, basis)| !basis.is_concluded()).collect())
    }

    /// As [`stated`](Self::stated), of claims that are told as one.
    fn stated_of(&self, subjects: &[NamedNode], property: &NamedNode) -> Result<Vec<(Term, Basis)>, StoreError> {
        let mut all: BTreeMap<String, (Term, Basis)> = BTreeMap::new();
        for subject in subjects {
            for (term, basis) in self.stated(subject, property)? {
                all.entry(term.to_string()).or_insert_with(|| (term, Basis::default())).1.add(&basis);
            }
        }
        Ok(all.into_values().collect())
    }

    /// As [`objects`](Self::objects), of claims that are told as one.
    fn objects_of(&self, subjects: &[NamedNode], property: &NamedNode) -> Result<Vec<Term>, StoreError> {
        let mut all: Vec<Term> = Vec::new();
        for subject in subjects {
            let more = self.objects(subject, property)?;
            all.extend(more.into_iter().filter(|term| subjects.len() == 1 || !all.contains(term)).collect::<Vec<_>>());
        }
        Ok(all)
    }

    /// The values of a property in the default graph.
    fn objects(&self, subject: &NamedNode, property: &NamedNode) -> Result<Vec<Term>, StoreError> {
        self.shown.store.objects(subject.as_ref(), property.as_ref())
    }

    /// A thing that has no name, in the words of its record: a text that it must have, else its codes, numbers and what
    /// they belong to. `None` for what has no kind.
    fn described(&self, thing: &NamedNode) -> Option<String> {
        let kinds = self.kinds(thing.as_ref());
        let keys = || kinds.iter().flat_map(|kind| &kind.keys);
        let texts = |key: &&crate::schema::Key| key.form == Form::Text && key.min > 0;
        for key in keys().filter(texts) {
            if let Some(text) = self.text(thing, &key.property) {
                return Some(text);
            }
        }
        if let Some(fold) = tie::folds(self.ontology, self.shown.language).iter().find(|fold| self.folds(fold, &kinds)) {
            return claim::sentence(self, std::slice::from_ref(thing), fold).ok();
        }
        self.figures(std::slice::from_ref(thing), None, None)
    }

    /// The best text of a property: in the wanted language, else in any.
    fn text(&self, thing: &NamedNode, property: &NamedNode) -> Option<String> {
        let texts = self.objects(thing, property).ok()?;
        texts
            .iter()
            .filter_map(|term| match term {
                Term::Literal(literal) => {
                    Some((crate::ontology::preference(literal.language(), self.shown.language), literal.value().to_owned()))
                }
                _ => None,
            })
            .min()
            .map(|(_, text)| text)
    }

    /// A record of codes and numbers in one line: `members: >26, of the Alliance`; without what it says of `of`.
    /// Values that not all of `places` give say who does.
    fn figures(&self, things: &[NamedNode], of: Option<&NamedNode>, places: Option<&Basis>) -> Option<String> {
        let kinds = self.kinds(things.first()?.as_ref());
        let (mut head, mut figure, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        // Without a line that it stands in, a value says who gives it where not all who speak of the thing do.
        let mut own = Basis::default();
        for (_, basis) in self.stated_of(things, &rdf::TYPE.into_owned()).unwrap_or_default() {
            own.add(&basis);
        }
        let places = places.or(Some(&own));
        for key in kinds.iter().flat_map(|kind| &kind.keys).filter(|key| !key.inverse && !matches!(key.form, Form::Nested(_))) {
            let values = self.stated_of(things, &key.property).unwrap_or_default();
            let disputed = key.max == Some(1) && values.len() > 1;
            for (value, basis) in values {
                if matches!((&value, of), (Term::NamedNode(node), Some(of)) if node == of) {
                    continue;
                }
                let mut words = match self.value(&value, Some(&key.form)) {
                    Part::Text(text) | Part::Node(text, _) => text,
                };
                if disputed || places.is_some_and(|places| !places.is_within(&basis)) {
                    words.push_str(&basis.noted());
                }
                if disputed {
                    words.push_str(" ‡");
                }
                match &key.form {
                    Form::Code(_) if key.min > 0 => head.push(words),
                    Form::Number => figure.push(words),
                    Form::Date => rest.push(words),
                    Form::Reference(_) if key.min > 0 => rest.push(words),
                    Form::Text => rest.push(words.trim_end_matches('.').to_owned()),
                    _ => rest.push(format!("{} {words}", key.words())),
                }
            }
        }
        let main: Vec<String> = [head.join(", "), figure.join(", ")].into_iter().filter(|text| !text.is_empty()).collect();
        let mut words = main.join(": ");
        for more in rest {
            if !words.is_empty() {
                words.push_str(", ");
            }
            words.push_str(&more);
        }
        (!words.is_empty()).then_some(words)
    }

    fn folds(&self, fold: &Fold, kinds: &[&Kind]) -> bool {
        fold.class.as_ref().is_some_and(|class| kinds.iter().any(|kind| kind.class == *class))
    }

    /// The page of a thing. Costs a look at every statement that names it, and at the claims among them.
    ///
    /// # Errors
    /// The storage reported a fault.
    pub fn page(&self, thing: &NamedNode, wanted: Scope) -> Result<Page, StoreError> {
        let kinds = self.kinds(thing.as_ref());
        let folds = tie::folds(self.ontology, self.shown.language);
        let mut maker = Maker {
            around: *self,
            thing,
            folds: &folds,
            counted: tie::counted_as(self.shown.store)?,
            tenses: tie::Tenses::of(self.ontology, self.schema),
            wanted,
            named: BTreeSet::from([thing.clone()]),
            sections: BTreeMap::new(),
        };
        maker.facts(&kinds)?;
        let concluded = maker.incoming()?;
        maker.concluded(&kinds, concluded)?;
        if tie::is_citation(self.shown.base, thing) {
            maker.stated_here()?;
        }
        let sections = maker.finish();
        Ok(Page {
            thing: thing.clone(),
            id: self.id(thing),
            name: self.name(thing),
            kinds: kinds.iter().map(|kind| (kind.name.clone(), kind.label.clone())).collect(),
            at: wanted.at.map(|at| (at, wanted.certain)),
            sections,
        })
    }

    /// The statements that a page of the thing stands on: its own, and those of claims and records without a name that
    /// speak of it; with their citations, or once each. Sorted.
    ///
    /// # Errors
    /// The storage reported a fault.
    pub fn statements(&self, thing: &NamedNode, cited: bool) -> Result<Vec<Quad>, StoreError> {
        let store = self.shown.store;
        let which = if cited { In::Named } else { In::Default };
        let mut subjects = BTreeSet::from([thing.clone()]);
        for quad in store.quads(None, None, Some(thing.as_ref().into()), Some(In::Default)) {
            if let NamedOrBlankNode::NamedNode(subject) = quad?.subject
                && self.is_thing(&subject)
                && self.shown.label(subject.as_ref()).is_none()
            {
                subjects.insert(subject);
            }
        }
        let mut quads = Vec::new();
        for subject in subjects {
            for quad in store.quads(Some(subject.as_ref().into()), None, None, Some(which)) {
                quads.push(quad?);
            }
        }
        quads.sort_by_cached_key(ToString::to_string);
        quads.dedup();
        Ok(quads)
    }
}

/// Where a section stands on the page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A group of the shape, by its order.
    Group(i64),
    /// Claims of a kind; present, former, in doubt.
    Claims(String, u8),
    /// Records without a name, of a kind.
    Said(String),
    /// What a rule concluded.
    Concluded,
    /// What a place says.
    Stated,
}

struct Maker<'a> {
    around: Around<'a>,
    thing: &'a NamedNode,
    folds: &'a [Fold],
    /// Of claims that contradict each other, as which of them each is counted.
    counted: HashMap<NamedNode, NamedNode>,
    /// What the ontology says of time.
    tenses: tie::Tenses,
    wanted: Scope,
    /// The things that the page names already.
    named: BTreeSet<NamedNode>,
    sections: BTreeMap<(Place, String), Vec<(claim::Rank, Line)>>,
}

/// What leads to a thing, and only by a rule.
type Concluded = Vec<(NamedNode, NamedNode, Basis)>;

impl<'a> Maker<'a> {
    fn push(&mut self, place: Place, heading: &str, rank: claim::Rank, line: Line) {
        for part in line.values.iter().flat_map(|value| &value.parts) {
            if let Part::Node(_, node) = part {
                self.named.insert(node.clone());
            }
        }
        self.sections.entry((place, heading.to_owned())).or_default().push((rank, line));
    }

    /// The thing's own statements, by key; those of what has no kind, by property.
    fn facts(&mut self, kinds: &[&Kind]) -> Result<(), StoreError> {
        let around = self.around;
        let mut own: BTreeMap<NamedNode, BTreeMap<String, (Term, Basis)>> = BTreeMap::new();
        for quad in around.shown.store.quads(Some(self.thing.as_ref().into()), None, None, Some(In::Named)) {
            let quad = quad?;
            let values = own.entry(quad.predicate.clone()).or_default();
            let known = values.entry(quad.object.to_string()).or_insert_with(|| (quad.object.clone(), Basis::default()));
            known.1.note(&quad.graph_name, around.shown);
        }
        let stated: BTreeSet<String> =
            own.values().flatten().filter(|(_, (_, basis))| !basis.is_concluded()).map(|(text, _)| text.clone()).collect();
        let mut said = BTreeSet::new();
        let mut rank = 0;
        if kinds.is_empty() {
            for (property, values) in &own {
                if property.as_ref() == rdf::TYPE {
                    continue;
                }
                let lead =
                    around.ontology.label(property.as_ref(), around.shown.language).unwrap_or_else(|| spaced(local(property.as_str())));
                rank = if [skos::PREF_LABEL, rdfs::LABEL].contains(&property.as_ref()) { 0 } else { rank + 1 };
                let parts = values.values().map(|(term, basis)| (around.value(term, None), basis.clone())).collect();
                self.values(Place::Group(0), "what it is", rank, &lead, false, parts);
            }
            return Ok(());
        }
        for key in kinds.iter().flat_map(|kind| &kind.keys) {
            if key.inverse || matches!(key.form, Form::Nested(_)) || !said.insert(key.name.clone()) {
                continue;
            }
            let Some(values) = own.get(&key.property) else { continue };
            rank += 1;
            let (order, heading) = key.group.clone().unwrap_or((i64::MAX, "facts".to_owned()));
            let terms: Vec<Term> = values.values().filter(|(_, basis)| !basis.citations.is_empty()).map(|(term, _)| term.clone()).collect();
            let values: Vec<(Part, Basis)> = values
                .iter()
                .filter(|(text, (_, basis))| !basis.is_concluded() || !stated.contains(*text))
                .map(|(_, (term, basis))| (around.value(term, Some(&key.form)), basis.clone()))
                .collect();
            let fold = self.property_fold(&key.property, self.thing)?;
            let cited = values.iter().filter(|(_, basis)| !basis.citations.is_empty()).count();
            if key.max == Some(1) && cited > 1 && when::differ(terms.iter()) {
                let values = values.into_iter().map(|(part, basis)| Value { parts: vec![part], basis }).collect();
                self.push(Place::Group(order), &heading, claim::Rank::new(rank, ""), Line { lead: key.words(), reads_on: false, values });
            } else {
                // Only ties read as sentences here: what else is told of a thing stands beside its key.
                let lead = if fold.is_some() { self.property_words(&key.property, self.thing, false)? } else { None };
                self.values(Place::Group(order), &heading, rank, &lead.clone().unwrap_or_else(|| key.words()), lead.is_some(), values);
            }
        }
        Ok(())
    }

    /// Values of one key: those that rest on the same places share a line.
    fn values(&mut self, place: Place, heading: &str, rank: i64, lead: &str, reads_on: bool, values: Vec<(Part, Basis)>) {
        /// Longer values get a line of their own.
        const SHORT: usize = 40;
        let mut by_basis: BTreeMap<(Option<Part>, Basis), Vec<Part>> = BTreeMap::new();
        for (part, basis) in values {
            let (Part::Text(text) | Part::Node(text, _)) = &part;
            let own = (text.chars().count() > SHORT).then(|| part.clone());
            by_basis.entry((own, basis)).or_default().push(part);
        }
        for ((_, basis), mut found) in by_basis {
            found.sort();
            let line = Line { lead: lead.to_owned(), reads_on, values: vec![Value { parts: joined(found), basis }] };
            self.push(place.clone(), heading, claim::Rank::new(rank, ""), line);
        }
    }

    /// What leads to the thing: claims, records without a name, other things.
    fn incoming(&mut self) -> Result<Concluded, StoreError> {
        let around = self.around;
        let mut incoming: BTreeMap<NamedNode, BTreeMap<NamedNode, Basis>> = BTreeMap::new();
        for quad in around.shown.store.quads(None, None, Some(self.thing.as_ref().into()), Some(In::Named)) {
            let quad = quad?;
            let NamedOrBlankNode::NamedNode(subject) = quad.subject else { continue };
            if quad.predicate.as_ref() == rdf::TYPE {
                continue;
            }
            let basis = incoming.entry(subject).or_default().entry(quad.predicate).or_default();
            basis.note(&quad.graph_name, around.shown);
        }
        let mut concluded = Vec::new();
        // Claims that contradict each other are one line, at the first of them.
        let mut together: BTreeMap<NamedNode, Vec<NamedNode>> = BTreeMap::new();
        for claim in incoming.keys() {
            if let Some(as_) = self.counted.get(claim) {
                together.entry(as_.clone()).or_default().push(claim.clone());
            }
        }
        let mut told: BTreeSet<NamedNode> = BTreeSet::new();
        let all: BTreeMap<_, _> = incoming
            .iter()
            .filter(|(claim, _)| self.counted.contains_key(*claim))
            .map(|(claim, said)| (claim.clone(), said.clone()))
            .collect();
        for (subject, mut properties) in incoming {
            if !around.is_thing(&subject) || told.contains(&subject) {
                continue;
            }
            let subjects = self.counted.get(&subject).and_then(|as_| together.get(as_)).cloned().unwrap_or_else(|| vec![subject.clone()]);
            for other in subjects.iter().filter(|other| **other != subject) {
                told.insert(other.clone());
                for (property, basis) in &all[other] {
                    properties.entry(property.clone()).or_default().add(basis);
                }
            }
            let kinds = around.kinds(subject.as_ref());
            let fold = self.folds.iter().find(|fold| around.folds(fold, &kinds));
            let stated: Vec<(&NamedNode, &Basis)> = properties.iter().filter(|(_, basis)| !basis.citations.is_empty()).collect();
            if stated.is_empty() {
                concluded.extend(properties.into_iter().map(|(property, basis)| (subject.clone(), property, basis)));
                continue;
            }
            match (fold, kinds.first()) {
                (Some(fold), Some(kind)) => self.claim(&subjects, kind, fold, &stated)?,
                (None, Some(kind)) if around.shown.label(subject.as_ref()).is_none() => self.said(&subjects, kind, &stated)?,
                _ if !self.held(&subjects, true)? => {
                    self.named.insert(subject.clone());
                }
                _ => {
                    for (property, basis) in stated {
                        self.pointed(&subject, property, basis, &kinds)?;
                    }
                }
            }
        }
        Ok(concluded)
    }

    /// Another thing that names this one under a key.
    fn pointed(&mut self, subject: &NamedNode, property: &NamedNode, basis: &Basis, kinds: &[&Kind]) -> Result<(), StoreError> {
        let key = kinds.iter().flat_map(|kind| &kind.keys).find(|key| key.property == *property && !key.inverse);
        let Some(key) = key else { return Ok(()) };
        let lead = self.property_words(property, subject, true)?.unwrap_or_else(|| tie::given_as(&key.words()));
        let (order, heading) = key.group.clone().unwrap_or((i64::MAX, "facts".to_owned()));
        let line = Line {
            lead: lead.clone(),
            reads_on: true,
            values: vec![Value { parts: vec![self.around.part(subject)], basis: basis.clone() }],
        };
        self.push(Place::Group(order), &heading, claim::Rank::new(1000, lead), line);
        Ok(())
    }

    /// How a statement of a thing reads, from it or from its object: now, once the thing is over, or ahead of it.
    fn property_words(&self, property: &NamedNode, of: &NamedNode, back: bool) -> Result<Option<String>, StoreError> {
        let Around { shown, ontology, schema } = self.around;
        let mut places = BTreeSet::new();
        for quad in shown.store.quads(Some(of.as_ref().into()), Some(property.as_ref()), None, Some(In::Named)) {
            if let GraphName::NamedNode(place) = quad?.graph_name {
                places.insert(place);
            }
        }
        let period = match self.wanted.at {
            Some(at) => at,
            None => tie::spoken_on(shown.store, shown.base, &places)?.map(Period::day).unwrap_or_default(),
        };
        let places = places.into_iter().collect();
        let tense = tie::Asked { store: shown.store, base: shown.base, places, schema, tenses: &self.tenses, period }.statement(of)?;
        let classes = shown.store.objects(of.as_ref(), rdf::TYPE)?;
        Ok(tie::property_words(ontology, self.folds, property, &classes, (tense, back), shown.language))
    }

    /// The rule that words a property of a thing.
    fn property_fold(&self, property: &NamedNode, of: &NamedNode) -> Result<Option<&'a Fold>, StoreError> {
        if !self.folds.iter().any(|fold| fold.property.as_ref() == Some(property)) {
            return Ok(None);
        }
        Ok(tie::fold_of(self.folds, property, &self.around.shown.store.objects(of.as_ref(), rdf::TYPE)?))
    }

    /// Whether a thing that names this one held at the time that is asked about. What has a time of its own is held to it; of
    /// what says none nothing is certain, unless it has a name and so is a thing apart from what it says here.
    fn held(&self, subjects: &[NamedNode], named: bool) -> Result<bool, StoreError> {
        let Some(at) = self.wanted.at else { return Ok(true) };
        let bounds = tie::When::of_all(self.around.shown.store, subjects)?.bounds;
        Ok((named && bounds.is_empty()) || at.meets(&bounds, self.wanted.certain))
    }

    /// A record without a name that speaks of this thing.
    fn said(&mut self, subjects: &[NamedNode], kind: &Kind, stated: &[(&NamedNode, &Basis)]) -> Result<(), StoreError> {
        let around = self.around;
        let Some(subject) = subjects.first() else { return Ok(()) };
        if !self.held(subjects, false)? {
            return Ok(());
        }
        let text = kind.keys.iter().filter(|key| key.form == Form::Text && key.min > 0).find_map(|key| around.text(subject, &key.property));
        let told = text.is_some();
        let mut basis = Basis::default();
        for (_, places) in stated {
            basis.add(places);
        }
        let words = text.or_else(|| around.figures(subjects, Some(self.thing), Some(&basis))).unwrap_or_else(|| around.id(subject));
        let mut parts = vec![Part::Node(words.clone(), subject.clone())];
        // What it is said of, where that is something else.
        for key in kind.keys.iter().filter(|key| key.min > 0 && !key.inverse && matches!(key.form, Form::Reference(_))) {
            let others: Vec<Part> = around
                .objects_of(subjects, &key.property)?
                .into_iter()
                .filter_map(|term| match term {
                    Term::NamedNode(node) if node != *self.thing => Some(around.part(&node)),
                    _ => None,
                })
                .collect();
            if !others.is_empty() && told {
                parts.push(Part::Text(format!(" ({}: ", key.words())));
                parts.extend(joined(others));
                parts.push(Part::Text(")".to_owned()));
            }
        }
        let marks = tie::marks(around.shown.store, around.schema, subject, &[], around.ontology)?;
        if !marks.is_empty() {
            parts.push(Part::Text(format!(" ({})", marks.join(", "))));
        }
        let line = Line { lead: String::new(), reads_on: true, values: vec![Value { parts, basis }] };
        self.push(Place::Said(kind.plural.clone()), &kind.plural.replace('-', " "), claim::Rank::new(0, words), line);
        Ok(())
    }

    /// What only rules say, where the page does not name the other thing already.
    fn concluded(&mut self, kinds: &[&Kind], incoming: Concluded) -> Result<(), StoreError> {
        let around = self.around;
        let mut lines: BTreeMap<((String, bool), bool, NamedNode), Basis> = BTreeMap::new();
        let (ontology, language) = (around.ontology, around.shown.language);
        // In words of its own it reads on; else a key stands before its value.
        let words = |property: &NamedNode, back: bool| {
            let label = || ontology.label(property.as_ref(), language).unwrap_or_else(|| spaced(local(property.as_str())));
            let own = tie::property_words(ontology, self.folds, property, &[], (Tense::Holds, back), language);
            match (own, back) {
                (Some(own), _) => (own, true),
                (None, true) => (tie::given_as(&label()), true),
                (None, false) => (label(), false),
            }
        };
        for quad in around.shown.store.quads(Some(self.thing.as_ref().into()), None, None, Some(In::Named)) {
            let quad = quad?;
            let Term::NamedNode(other) = quad.object else { continue };
            let keyed = kinds.iter().flat_map(|kind| &kind.keys).any(|key| key.property == quad.predicate);
            if quad.predicate.as_ref() == rdf::TYPE || keyed || self.named.contains(&other) || other == *self.thing {
                continue;
            }
            lines.entry((words(&quad.predicate, false), true, other)).or_default().note(&quad.graph_name, around.shown);
        }
        for (subject, property, basis) in incoming {
            if !self.named.contains(&subject) && around.shown.label(subject.as_ref()).is_some() {
                lines.entry((words(&property, true), false, subject)).or_default().add(&basis);
            }
        }
        let mut seen = BTreeSet::new();
        // Several properties may say the same of the same thing, for the sake of several vocabularies: one is enough here.
        for (((lead, reads_on), forward, other), basis) in lines.into_iter().filter(|(_, basis)| basis.is_concluded()) {
            let claim = !forward || around.is_thing(&other) || other.as_str().starts_with(CODE);
            if !claim || !seen.insert(other.clone()) || around.shown.label(other.as_ref()).is_none() {
                continue;
            }
            let value = around.value(&other.clone().into(), None);
            let line = Line { lead: lead.clone(), reads_on, values: vec![Value { parts: vec![value], basis }] };
            self.push(Place::Concluded, "concluded by rules", claim::Rank::new(0, lead), line);
        }
        Ok(())
    }

    /// What a place says: the things and claims that are stated there, by kind.
    fn stated_here(&mut self) -> Result<(), StoreError> {
        let around = self.around;
        let mut subjects = BTreeSet::new();
        for quad in around.shown.store.quads(None, None, None, Some(In::Graph(self.thing.as_ref()))) {
            if let NamedOrBlankNode::NamedNode(subject) = quad?.subject {
                subjects.insert(subject);
            }
        }
        for subject in subjects {
            let Some(kind) = around.kinds(subject.as_ref()).first().copied() else { continue };
            let part = around.part(&subject);
            let name = around.name(&subject);
            let line =
                Line { lead: kind.label.clone(), reads_on: false, values: vec![Value { parts: vec![part], basis: Basis::default() }] };
            self.push(Place::Stated, "what it says", claim::Rank::new(0, format!("{} {name}", kind.label)), line);
        }
        Ok(())
    }

    fn finish(self) -> Vec<Section> {
        let most = self.wanted.most.unwrap_or(usize::MAX);
        self.sections
            .into_iter()
            .map(|((_, heading), lines)| {
                let mut lines = claim::arrange(lines);
                lines.dedup();
                let left_out = lines.len().saturating_sub(most);
                lines.truncate(most);
                Section { heading: capital(&heading), lines, left_out }
            })
            .collect()
    }
}

/// Parts with commas between them.
fn joined(parts: Vec<Part>) -> Vec<Part> {
    let mut all = Vec::with_capacity(2 * parts.len());
    for part in parts {
        if !all.is_empty() {
            all.push(Part::Text(", ".to_owned()));
        }
        all.push(part);
    }
    all
}

/// `presentStatus` in words: `present status`.
fn spaced(name: &str) -> String {
    crate::iri::kebab(name).replace(['-', '_'], " ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
