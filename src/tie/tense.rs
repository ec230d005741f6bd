//! Whether a tie holds, is over or is yet to come: by what its codes say, else by its own time, else by the time of what it is a
//! part of. A role in a conference that is past reads "organized", the same role in a programme that goes on reads "organizes".

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use oxigraph::model::{GraphName, NamedNode, NamedNodeRef, Term, TermRef};

use super::Fold;
use super::words::has_over;
use crate::iri::Base;
use crate::ontology::Ontology;
use crate::query::time;
use crate::schema::{Kind, Schema};
use crate::store::{In, Store, StoreError};
use crate::values::edtf::{self, Bounds};
use crate::values::period::Period;
use crate::vocab::{cg, rdf};

/// Whether a tie holds, or happened; is over; is planned or expected; or is in doubt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tense {
    /// It holds, or it happened.
    #[default]
    Holds,
    /// It held and is over.
    Over,
    /// It is yet to come about, if at all.
    Ahead,
    /// It may be so: no source says it.
    InDoubt,
}

/// What an ontology says of time: the codes that end a claim or make it a plan, and what goes on.
#[derive(Debug, Clone, Default)]
pub struct Tenses {
    codes: HashMap<NamedNode, Tense>,
    /// Classes of what goes on, with those below them; roles and folds that go on.
    going: HashSet<NamedNode>,
}

impl Tenses {
    /// Reads them out of an ontology.
    pub fn of(ontology: &Ontology, schema: &Schema) -> Self {
        let over = schema.lists.values().flat_map(|list| list.codes.values()).filter(|code| code.ended_by_as_of);
        let mut codes: HashMap<NamedNode, Tense> = over.map(|code| (code.iri.clone(), Tense::Over)).collect();
        let is = |node: NamedNodeRef<'_>, property| {
            let said = ontology.graph.object_for_subject_predicate(node, property);
            matches!(said, Some(TermRef::Literal(literal)) if matches!(literal.value(), "true" | "1"))
        };
        let unreal = time::unreal(ontology, schema).into_iter();
        codes.extend(unreal.map(|code| if is(code.as_ref(), cg::IN_DOUBT) { (code, Tense::InDoubt) } else { (code, Tense::Ahead) }));
        let mut going: HashSet<NamedNode> = ontology
            .graph
            .triples_for_predicate(cg::GOES_ON)
            .filter_map(|triple| match triple.subject {
                oxigraph::model::NamedOrBlankNodeRef::NamedNode(node) if is(node, cg::GOES_ON) => Some(node.into_owned()),
                _ => None,
            })
            .collect();
        let below = schema.superclasses.iter().filter(|(_, above)| above.iter().any(|class| going.contains(class)));
        let below: Vec<NamedNode> = below.map(|(class, _)| class.clone()).collect();
        going.extend(below);
        Self { codes, going }
    }

    /// What a code says.
    pub fn get(&self, code: &NamedNode) -> Option<Tense> {
        self.codes.get(code).copied()
    }

    /// The first code by its IRI that says that something is over.
    pub fn over(&self) -> Option<&NamedNode> {
        self.codes.iter().filter(|(_, tense)| **tense == Tense::Over).map(|(code, _)| code).min()
    }

    /// What codes say together: what is planned goes before what is over.
    pub fn said<'c>(&self, codes: impl IntoIterator<Item = &'c NamedNode>) -> Option<Tense> {
        codes.into_iter().filter_map(|code| self.get(code)).max()
    }

    /// Whether a code, a fold or one of the classes of a thing goes on.
    pub fn goes_on(&self, node: &NamedNode) -> bool {
        self.going.contains(node)
    }
}

/// What the tense of a tie is told by.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The graph.
    pub store: &'a Store,
    /// The addresses of its places.
    pub base: &'a Base,
    /// The places that say the tie: it is worded by what their sources say, and not by what others do. All may speak, where there
    /// are none.
    pub places: Vec<NamedNode>,
    /// The kinds.
    pub schema: &'a Schema,
    /// What the ontology says of time.
    pub tenses: &'a Tenses,
    /// The time that is spoken of: that which was asked for, else the day up to which the sources speak; open at both ends where
    /// neither is known.
    pub period: Period,
}

impl Asked<'_> {
    /// The tense of a claim, or of several that are told as one, of which no code says it: by its own bounds, else by those of what it is a part of.
    ///
    /// # Errors
    /// The storage reported a fault.
    pub fn claim(&self, claims: &[NamedNode], fold: &Fold, role: Option<&NamedNode>, own: &Bounds) -> Result<Tense, StoreError> {
        let mut hosts = Vec::new();
        if let Some(property) = &fold.time {
            for claim in claims {
                for term in self.said(claim, property.as_ref())? {
                    if let Term::NamedNode(host) = term {
                        hosts.push(host);
                    }
                }
            }
        }
        let stays = self.tenses.goes_on(&fold.iri);
        let mut as_host = stays || role.is_some_and(|role| self.tenses.goes_on(role));
        if let (false, None, Some(property)) = (as_host, role, &fold.role) {
            for claim in claims {
                let roles = self.said(claim, property.as_ref())?;
                as_host |= roles.iter().any(|role| matches!(role, Term::NamedNode(role) if self.tenses.goes_on(role)));
            }
        }
        self.tense(own, &hosts, stays, as_host)
    }

    /// The tense of a role in something of which no claim is at hand.
    ///
    /// # Errors
    /// The storage reported a fault.
    pub fn role(&self, fold: &Fold, role: Option<&NamedNode>, host: &NamedNode, own: &Bounds) -> Result<Tense, StoreError> {
        let hosts = if fold.time.is_some() { std::slice::from_ref(host) } else { &[] };
        let stays = self.tenses.goes_on(&fold.iri);
        self.tense(own, hosts, stays, stays || role.is_some_and(|role| self.tenses.goes_on(role)))
    }

    /// The tense of a statement of a thing: by the thing's own time.
    ///
    /// # Errors
    /// The storage reported a fault.
    pub fn statement(&self, subject: &NamedNode) -> Result<Tense, StoreError> {
        self.tense(&Bounds::default(), std::slice::from_ref(subject), false, true)
    }

    /// What the sources of the tie say of something under a property.
    fn said(&self, subject: &NamedNode, property: NamedNodeRef<'_>) -> Result<Vec<Term>, StoreError> {
        let sources: Vec<&str> = self.places.iter().filter_map(|place| self.source(place.as_str())).collect();
        if sources.is_empty() {
            return self.store.objects(subject.as_ref(), property);
        }
        let mut found = Vec::new();
        for quad in self.store.quads(Some(subject.as_ref().into()), Some(property), None, Some(In::Named)) {
            let quad = quad?;
            if let GraphName::NamedNode(place) = &quad.graph_name
                && self.source(place.as_str()).is_some_and(|source| sources.contains(&source))
            {
                found.push(quad.object);
            }
        }
        Ok(found)
    }

    fn source<'p>(&self, place: &'p str) -> Option<&'p str> {
        self.base.cited_place(place).map(|(source, _)| source)
    }

    /// When something was, as the sources of the tie say; the looser ones of their bounds.
    fn bounds(&self, thing: &NamedNode) -> Result<Bounds, StoreError> {
        let days = |property| -> Result<Vec<Date>, StoreError> {
            let days = self.said(thing, property)?.into_iter().filter_map(|term| match term {
                Term::Literal(literal) => edtf::day(literal.value()),
                _ => None,
            });
            Ok(days.collect())
        };
        Ok(Bounds {
            earliest_start: days(cg::EARLIEST_START)?.into_iter().min(),
            latest_start: days(cg::LATEST_START)?.into_iter().max(),
            earliest_end: days(cg::EARLIEST_END)?.into_iter().min(),
            latest_end: days(cg::LATEST_END)?.into_iter().max(),
        })
    }

    /// `stays`: it holds whatever its host is like; `as_host`: it holds as long as its host goes on.
    fn tense(&self, own: &Bounds, hosts: &[NamedNode], stays: bool, as_host: bool) -> Result<Tense, StoreError> {
        let mut going = true;
        let mut found = at(own, self.period);
        for host in hosts {
            let classes = self.store.objects(host.as_ref(), rdf::TYPE)?;
            let lasts =
                |class: &NamedNode| self.tenses.goes_on(class) || self.schema.kind_of_class(class.as_str()).is_some_and(|kind| kind.lasts);
            going &= classes.iter().any(|class| matches!(class, Term::NamedNode(class) if lasts(class)));
            if found.is_none() {
                let marks = self.said(host, cg::MODALITY)?;
                let said = self.tenses.said(marks.iter().filter_map(|mark| match mark {
                    Term::NamedNode(mark) => Some(mark),
                    _ => None,
                }));
                found = match said {
                    Some(tense) => Some(tense),
                    None => at(&self.bounds(host)?, self.period),
                };
            }
        }
        Ok(match found {
            Some(Tense::Holds) if !stays && !going => Tense::Over,
            Some(tense) => tense,
            None if stays || hosts.is_empty() || (going && as_host) => Tense::Holds,
            None => Tense::Over,
        })
    }
}

/// What bounds say of a time: over before it, ahead of it, or that it held at some time of it; nothing, where they leave it open.
fn at(bounds: &Bounds, period: Period) -> Option<Tense> {
    if bounds.is_empty() || period == Period::default() {
        return None;
    }
    let before = |end: Date| period.from.is_some_and(|from| end < from);
    let after = |start: Date| period.to.is_some_and(|to| start > to);
    if bounds.latest_end.is_some_and(before) {
        return Some(Tense::Over);
    }
    if bounds.earliest_start.is_some_and(after) {
        return Some(Tense::Ahead);
    }
    let begun = bounds.latest_start.or(bounds.earliest_start).is_none_or(|start| !after(start));
    let lasts = bounds.earliest_end.map_or(bounds.latest_end.is_none(), |end| !before(end));
    (begun && lasts).then_some(Tense::Holds)
}

/// Whether claims of a kind can be over: they go on for a time, and have words for when they did.
pub fn can_end(ontology: &Ontology, kind: &Kind, fold: &NamedNode, role: Option<&NamedNode>) -> bool {
    kind.lasts && has_over(ontology, role.unwrap_or(fold))
}
