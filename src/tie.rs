//! Ties: claims and properties folded into what connects two things, as `ontology/style.ttl` says (`cg:Fold`).
//!
//! A membership is one tie from member to organization, worded by its role; a property such as "is part of" is a tie of
//! its own. Pages and paths stand on the same ties; the numbers of a network stand on the rows of a view.

mod tense;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use oxigraph::model::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};

use crate::iri::Base;
use crate::ontology::Ontology;
use crate::schema::{Form, Kind, Schema, local};
use crate::store::{In, Store, StoreError};
use crate::values::edtf::{self, Bounds};
use crate::values::period::Period;
use crate::vocab::{cg, rdf};

pub use tense::{Asked, Tense, Tenses, can_end};
pub use words::{code_words, fold_words, given_as, property_words};

/// A tie between two things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// The thing it starts from.
    pub from: NamedNode,
    /// The thing it leads to.
    pub to: NamedNode,
    /// The code or property that words it.
    pub relation: NamedNode,
    /// How it reads from its start: "is a member of".
    pub text: String,
    /// How it reads from its end: "has as member".
    pub back: String,
    /// The claim that was folded; none for a property.
    pub claim: Option<NamedNode>,
    /// When it held.
    pub when: When,
    /// What else its claim says in codes that change how it is to be read: "former", "planned".
    pub marks: Vec<String>,
    /// The mark among them that it bears because it was over when its sources spoke, as its dates say.
    pub ended: Option<String>,
    /// The citations it rests on, sorted.
    pub citations: Vec<NamedNode>,
}

/// Between when and when a claim held, and how that was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct When {
    /// As written, in EDTF; `as-of` and a day, where nothing else is known but that it held then.
    pub written: Vec<String>,
    /// Its bounds; the looser ones, where citations disagree.
    pub bounds: Bounds,
    /// Whether its writer was not sure (`2010?`, `2010~`).
    pub doubted: bool,
}

impl When {
    /// What the default graph says of several subjects, as of one that citations disagree on.
    ///
    /// # Errors
    /// The storage reported a fault.
    pub fn of_all<'s>(store: &Store, subjects: impl IntoIterator<Item = &'s NamedNode>) -> Result<Self, StoreError> {
        let mut subjects = subjects.into_iter();
        let Some(first) = subjects.next() else { return Ok(Self::default()) };
        let mut all = Self::of(store, first.as_ref())?;
        // What one leaves open is open.
        let early = |a: Option<Date>, b: Option<Date>| a.zip(b).map(|(a, b)| a.min(b));
        let late = |a: Option<Date>, b: Option<Date>| a.zip(b).map(|(a, b)| a.max(b));
        for subject in subjects {
            let other = Self::of(store, subject.as_ref())?;
            all.written.extend(other.written);
            all.bounds = Bounds {
                earliest_start: early(all.bounds.earliest_start, other.bounds.earliest_start),
                latest_start: late(all.bounds.latest_start, other.bounds.latest_start),
                earliest_end: early(all.bounds.earliest_end, other.bounds.earliest_end),
                latest_end: late(all.bounds.latest_end, other.bounds.latest_end),
            };
            all.doubted |= other.doubted;
        }
        all.written.sort();
        all.written.dedup();
        Ok(all)
    }

    /// What the default graph says of a subject.
    ///
    /// # Errors
    /// The storage reported a fault.
    pub fn of(store: &Store, subject: NamedNodeRef<'_>) -> Result<Self, StoreError> {
        let days = |property| -> Result<Vec<Date>, StoreError> {
            let days = store.objects(subject, property)?.into_iter().filter_map(|term| match term {
                Term::Literal(literal) => edtf::day(literal.value()),
                _ => None,
            });
            Ok(days.collect())
        };
        let mut written: Vec<String> = store
            .objects(subject, cg::EDTF)?
            .iter()
            .filter_map(|term| match term {
                Term::Literal(literal) => Some(literal.value().to_owned()),
                _ => None,
            })
            .collect();
        written.sort();
        if written.is_empty() {
            written.extend(days(cg::HELD_ON)?.into_iter().map(|day| format!("as-of {}", edtf::show(day))));
        }
        Ok(Self {
            written,
            bounds: Bounds {
                earliest_start: days(cg::EARLIEST_START)?.into_iter().min(),
                latest_start: days(cg::LATEST_START)?.into_iter().max(),
                earliest_end: days(cg::EARLIEST_END)?.into_iter().min(),
                latest_end: days(cg::LATEST_END)?.into_iter().max(),
            },
            doubted: !store.objects(subject, cg::DATE_QUALIFIER)?.is_empty(),
        })
    }
}

/// One rule of folding: how claims of a class, or statements with a property, become ties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// The class of claims that are folded.
    pub class: Option<NamedNode>,
    /// The property that is a tie by itself.
    pub property: Option<NamedNode>,
    /// Of the things of which class it words the property; of all that no other fold is for without one.
    pub subject: Option<NamedNode>,
    /// The property of the claim that leads to the tie's start.
    pub from: Option<NamedNode>,
    /// The property of the claim that leads to the tie's end.
    pub to: Option<NamedNode>,
    /// The property of the claim whose code words the tie.
    pub label: Option<NamedNode>,
    /// The property of the claim that leads to what it is a part of, whose time is the claim's where it has none.
    pub time: Option<NamedNode>,
    /// The property whose code tells the claim's role, be it of this end of it or of another.
    pub role: Option<NamedNode>,
    /// How it reads from its start, where no code words it.
    pub text: String,
    /// How it reads from its end.
    pub back: String,
    /// The rule itself.
    pub iri: NamedNode,
}

/// Of claims that contradict each other, as which of them each is counted, as the graph states it: most claims are not among them.
/// Costs a look at those alone.
///
/// # Errors
/// The storage reported a fault.
pub fn counted_as(store: &Store) -> Result<HashMap<NamedNode, NamedNode>, StoreError> {
    let mut counted = HashMap::new();
    for quad in store.quads(None, Some(cg::COUNTED_AS), None, Some(In::Default)) {
        let quad = quad?;
        if let (NamedOrBlankNode::NamedNode(claim), Term::NamedNode(as_)) = (quad.subject, quad.object) {
            counted.insert(claim, as_);
        }
    }
    Ok(counted)
}

/// The rules of folding, by their IRI.
pub fn folds(ontology: &Ontology, language: &str) -> Vec<Fold> {
    let role = |fold: &NamedNode| {
        let class = ontology.object(fold, cg::FOLDS_CLASS)?;
        ontology.subjects(cg::FOLDS_CLASS, &class).iter().find_map(|fold| ontology.object(fold, cg::FOLD_LABEL))
    };
    ontology
        .subjects(rdf::TYPE, cg::FOLD)
        .into_iter()
        .map(|fold| Fold {
            subject: ontology.object(&fold, cg::FOLD_SUBJECT),
            class: ontology.object(&fold, cg::FOLDS_CLASS),
            property: ontology.object(&fold, cg::FOLDS_PROPERTY),
            from: ontology.object(&fold, cg::FOLD_FROM),
            to: ontology.object(&fold, cg::FOLD_TO),
            label: ontology.object(&fold, cg::FOLD_LABEL),
            time: ontology.object(&fold, cg::FOLD_TIME),
            role: role(&fold),
            text: ontology.text(fold.as_ref(), cg::FOLD_TEXT, language).unwrap_or_else(|| "is tied to".to_owned()),
            back: ontology.text(fold.as_ref(), cg::FOLD_TEXT_BACK, language).unwrap_or_else(|| "is tied to".to_owned()),
            iri: fold,
        })
        .collect()
}

/// The rule that words a property of a thing of some classes.
pub fn fold_of<'f>(folds: &'f [Fold], property: &NamedNode, classes: &[Term]) -> Option<&'f Fold> {
    let own = || folds.iter().filter(|fold| fold.property.as_ref() == Some(property));
    let is_for = |fold: &&Fold| fold.subject.as_ref().is_some_and(|class| classes.contains(&Term::from(class.clone())));
    own().find(is_for).or_else(|| own().find(|fold| fold.subject.is_none()))
}

/// All ties of a graph, sorted by ends, relation and claim. What only a rule derived is no tie of its own: the claim that
/// it was derived from is. Costs a look at every instance of every folded class.
///
/// # Errors
/// The storage reported a fault.
pub fn ties(store: &Store, ontology: &Ontology, schema: &Schema, base: &Base, language: &str) -> Result<Vec<Tie>, StoreError> {
    let mut ties = Vec::new();
    let folds = folds(ontology, language);
    let tenses = Tenses::of(ontology, schema);
    let counted = counted_as(store)?;
    let told_by = Told { tenses: &tenses, counted: &counted, store, ontology, schema, base, language };
    for fold in &folds {
        match (&fold.class, &fold.property) {
            (Some(class), _) => fold_claims(class, fold, &told_by, &mut ties)?,
            (None, Some(property)) => fold_property(property, fold, &folds, &told_by, &mut ties)?,
            (None, None) => {}
        }
    }
    ties.sort_by(|a, b| (&a.from, &a.to, &a.relation, &a.claim).cmp(&(&b.from, &b.to, &b.relation, &b.claim)));
    Ok(ties)
}

/// What one place says of a claim: its ends, the codes that word it, when, and what else changes how it reads.
#[derive(Debug, Clone, Default)]
struct Telling {
    from: Vec<NamedNode>,
    to: Vec<NamedNode>,
    labels: Vec<NamedNode>,
    written: Vec<String>,
    others: Vec<NamedNode>,
}

/// What each cited place says of a claim. No place is taken to say what another does.
fn tellings(store: &Store, base: &Base, claim: &NamedNode, fold: &Fold) -> Result<BTreeMap<NamedNode, Telling>, StoreError> {
    let mut told: BTreeMap<NamedNode, Telling> = BTreeMap::new();
    for quad in store.quads(Some(claim.as_ref().into()), None, None, Some(In::Named)) {
        let quad = quad?;
        let GraphName::NamedNode(graph) = quad.graph_name else { continue };
        if !is_citation(base, &graph) {
            continue;
        }
        let telling = told.entry(graph).or_default();
        let is = |property: &Option<NamedNode>| property.as_ref() == Some(&quad.predicate);
        match quad.object {
            Term::NamedNode(object) if is(&fold.from) => telling.from.push(object),
            Term::NamedNode(object) if is(&fold.to) => telling.to.push(object),
            Term::NamedNode(object) if is(&fold.label) => telling.labels.push(object),
            Term::NamedNode(object) => telling.others.push(object),
            Term::Literal(literal) if quad.predicate.as_ref() == cg::EDTF => telling.written.push(literal.value().to_owned()),
            Term::Literal(literal) if quad.predicate.as_ref() == cg::HELD_ON => telling.written.push(format!("as-of {}", literal.value())),
            _ => {}
        }
    }
    Ok(told)
}

/// What all folds are told by.
struct Told<'a> {
    tenses: &'a Tenses,
    counted: &'a HashMap<NamedNode, NamedNode>,
    store: &'a Store,
    ontology: &'a Ontology,
    schema: &'a Schema,
    base: &'a Base,
    language: &'a str,
}

impl Told<'_> {
    fn asked<'c>(&self, citations: impl IntoIterator<Item = &'c NamedNode>) -> Result<Asked<'_>, StoreError> {
        let places: Vec<NamedNode> = citations.into_iter().cloned().collect();
        let period = spoken_on(self.store, self.base, &places)?.map(Period::day).unwrap_or_default();
        Ok(Asked { store: self.store, base: self.base, places, schema: self.schema, tenses: self.tenses, period })
    }
}

fn fold_claims(class: &NamedNode, fold: &Fold, told_by: &Told<'_>, ties: &mut Vec<Tie>) -> Result<(), StoreError> {
    let Told { tenses, counted, store, ontology, schema, base, language } = *told_by;
    let mut claims: BTreeSet<NamedNode> = BTreeSet::new();
    for quad in store.quads(None, Some(rdf::TYPE), Some(class.as_ref().into()), Some(In::Default)) {
        if let NamedOrBlankNode::NamedNode(claim) = quad?.subject {
            claims.insert(claim);
        }
    }
    // What contradicts each other is one claim that places tell differently.
    let mut told_as: BTreeMap<NamedNode, Vec<NamedNode>> = BTreeMap::new();
    for claim in claims {
        told_as.entry(counted.get(&claim).unwrap_or(&claim).clone()).or_default().push(claim);
    }
    for (claim, of) in told_as {
        let mut found: BTreeMap<(NamedNode, NamedNode, NamedNode, Vec<String>), (BTreeSet<String>, BTreeSet<NamedNode>, Option<Tense>)> =
            BTreeMap::new();
        let mut told: Vec<(NamedNode, Telling)> = Vec::new();
        for claim in &of {
            told.extend(tellings(store, base, claim, fold)?);
        }
        for (place, telling) in &told {
            let labels = if telling.labels.is_empty() { vec![class.clone()] } else { telling.labels.clone() };
            let marks = marked(schema, &telling.others, ontology);
            let tense = tenses.said(&telling.others);
            for (from, to) in telling.from.iter().flat_map(|from| telling.to.iter().map(move |to| (from, to))) {
                for relation in &labels {
                    let entry = found
                        .entry((from.clone(), to.clone(), relation.clone(), marks.clone()))
                        .or_insert_with(|| (BTreeSet::new(), BTreeSet::new(), tense));
                    entry.0.extend(telling.written.iter().cloned());
                    entry.1.insert(place.clone());
                }
            }
        }
        if found.is_empty() {
            continue;
        }
        let mut when = When::of_all(store, &of)?;
        let kind = schema.kind_of_class(class.as_str());
        let asked = told_by.asked(told.iter().map(|(place, _)| place))?;
        for ((from, to, relation, marks), (written, citations, said)) in found {
            let role = Some(&relation).filter(|relation| *relation != class);
            // What its codes say of it goes before what its dates say.
            let ended = kind.filter(|kind| marks.is_empty() && can_end(ontology, kind, &fold.iri, role));
            let ended = ended.and_then(|kind| ended_word(schema, kind, &when, asked.period.from));
            let tense = match said {
                Some(tense) => tense,
                None => asked.claim(&of, fold, role, &when.bounds)?,
            };
            let say = |back: bool| {
                let own = || {
                    fold_words(ontology, &fold.iri, tense, back, language)
                        .unwrap_or_else(|| if back { fold.back.clone() } else { fold.text.clone() })
                };
                if relation == *class {
                    return own();
                }
                code_words(ontology, &relation, tense, back, language).unwrap_or_else(|| {
                    match ontology.label(relation.as_ref(), language) {
                        Some(label) => format!("{} ({label})", own()),
                        None => own(),
                    }
                })
            };
            let (text, back) = (say(false), say(true));
            when.written = written.into_iter().collect();
            let marks = marks.into_iter().chain(ended.clone()).collect();
            let citations = citations.into_iter().collect();
            ties.push(Tie { from, to, relation, text, back, claim: Some(claim.clone()), when: when.clone(), marks, ended, citations });
        }
    }
    Ok(())
}

/// Codes that say that a claim is over or yet to come: those that bear on time, and those drawn with a broken line. The
/// codes that word the tie (`labels`) are not among them.
///
/// # Errors
/// The storage reported a fault.
pub fn marks(
    store: &Store,
    schema: &Schema,
    claim: &NamedNode,
    labels: &[NamedNode],
    ontology: &Ontology,
) -> Result<Vec<String>, StoreError> {
    let mut objects = Vec::new();
    for quad in store.quads(Some(claim.as_ref().into()), None, None, Some(In::Default)) {
        // The code that words the tie says enough by doing so.
        if let Term::NamedNode(object) = quad?.object
            && !labels.contains(&object)
        {
            objects.push(object);
        }
    }
    Ok(marked(schema, &objects, ontology))
}

fn marked(schema: &Schema, objects: &[NamedNode], ontology: &Ontology) -> Vec<String> {
    let mut marks = BTreeSet::new();
    for object in objects {
        let Some(scheme) = object.as_str().rsplit_once('/').map(|(scheme, _)| NamedNode::new_unchecked(scheme)) else { continue };
        let Some(code) = schema.lists.get(&scheme).and_then(|list| list.codes.get(local(object.as_str()))) else { continue };
        let broken = ontology.line(object).is_some_and(|line| line != "solid");
        if code.ended_by_as_of || broken {
            marks.insert(code.label.clone());
        }
    }
    marks.into_iter().collect()
}

/// The word for what goes on for a time and was over when its sources spoke, as its dates say: that of the code which says so
/// of claims without dates. None for what may go on, and for what happens at a time.
///
/// `spoke` is the day up to which its sources speak.
pub fn ended_word(schema: &Schema, kind: &Kind, when: &When, spoke: Option<Date>) -> Option<String> {
    let end = when.bounds.latest_end.filter(|_| kind.lasts)?;
    if spoke.is_none_or(|day| day <= end) {
        return None;
    }
    let codes = kind.keys.iter().filter_map(|key| match &key.form {
        Form::Code(scheme) => schema.lists.get(scheme),
        _ => None,
    });
    let word = codes.flat_map(|list| list.codes.values()).find(|code| code.ended_by_as_of).map(|code| code.label.clone());
    Some(word.unwrap_or_else(|| "ended".to_owned()))
}

/// The last day up to which the sources of some citations speak.
///
/// # Errors
/// The storage reported a fault.
pub fn spoken_on<'c>(store: &Store, base: &Base, citations: impl IntoIterator<Item = &'c NamedNode>) -> Result<Option<Date>, StoreError> {
    let mut spoke: Option<Date> = None;
    for citation in citations {
        let Some((source, _)) = base.cited_place(citation.as_str()) else { continue };
        for term in store.objects(base.source(source).as_ref(), cg::AS_OF)? {
            if let Term::Literal(day) = term {
                spoke = spoke.max(edtf::day(day.value()));
            }
        }
    }
    Ok(spoke)
}

fn fold_property(property: &NamedNode, fold: &Fold, folds: &[Fold], told_by: &Told<'_>, ties: &mut Vec<Tie>) -> Result<(), StoreError> {
    let Told { store, base, ontology, language, .. } = *told_by;
    let several = folds.iter().filter(|other| other.property.as_ref() == Some(property)).count() > 1;
    let mut cited: BTreeMap<(NamedNode, NamedNode), BTreeSet<NamedNode>> = BTreeMap::new();
    for quad in store.quads(None, Some(property.as_ref()), None, Some(In::Named)) {
        let quad = quad?;
        let (NamedOrBlankNode::NamedNode(from), Term::NamedNode(to), GraphName::NamedNode(graph)) =
            (quad.subject, quad.object, quad.graph_name)
        else {
            continue;
        };
        if is_citation(base, &graph) || graph == base.graph("registry") {
            cited.entry((from, to)).or_default().insert(graph);
        }
    }
    for ((from, to), citations) in cited {
        if several && fold_of(folds, property, &store.objects(from.as_ref(), rdf::TYPE)?).is_none_or(|best| best.iri != fold.iri) {
            continue;
        }
        let tense = told_by.asked(&citations)?.statement(&from)?;
        let say = |back: bool| fold_words(ontology, &fold.iri, tense, back, language);
        ties.push(Tie {
            text: say(false).unwrap_or_else(|| fold.text.clone()),
            back: say(true).unwrap_or_else(|| fold.back.clone()),
            from,
            to,
            relation: property.clone(),
            claim: None,
            when: When::default(),
            marks: Vec::new(),
            ended: None,
            citations: citations.into_iter().collect(),
        });
    }
    Ok(())
}

/// Whether a graph is a place in a source.
pub fn is_citation(base: &Base, graph: &NamedNode) -> bool {
    base.cited_place(graph.as_str()).is_some()
}

/// The ties that held at some time of a period, certainly or possibly; all without one.
pub fn during(ties: Vec<Tie>, period: Option<Period>, certain: bool) -> Vec<Tie> {
    match period {
        None => ties,
        Some(period) => {
            let mut held: Vec<Tie> = ties.into_iter().filter(|tie| period.meets(&tie.when.bounds, certain)).collect();
            // Then it was not over yet.
            for tie in &mut held {
                if let Some(word) = tie.ended.take() {
                    tie.marks.retain(|mark| *mark != word);
                }
            }
            held
        }
    }
}
