//! A dataset as Oxigraph's SPARQL engine wants to ask it.

use std::sync::Arc;

use oxigraph::model::{NamedNodeRef, Term, TermRef};
use spareval::{InternalQuad, QueryableDataset};

use super::{Dataset, Id};
use crate::sealed::Damaged;
use crate::sparql::count::{Counts, End};

/// A term of the dataset by its number, or one that a query made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum QueryTerm {
    /// In the dictionary.
    Known(Id),
    /// Not in it.
    New(Arc<Term>),
}

impl QueryTerm {
    /// The number of a term that is asked for; a term that the dictionary lacks fits nothing.
    pub(super) fn asked(term: Option<&Self>) -> Result<Option<Id>, ()> {
        match term {
            None => Ok(None),
            Some(Self::Known(id)) => Ok(Some(*id)),
            Some(Self::New(_)) => Err(()),
        }
    }
}

/// Quads as the engine takes them.
pub(super) type Quads = Box<dyn Iterator<Item = Result<InternalQuad<QueryTerm>, Damaged>>>;

pub(super) fn triple([s, p, o]: [Id; 3]) -> InternalQuad<QueryTerm> {
    let known = QueryTerm::Known;
    InternalQuad { subject: known(s), predicate: known(p), object: known(o), graph_name: None }
}

pub(super) fn quad([s, p, o, g]: [Id; 4]) -> InternalQuad<QueryTerm> {
    let known = QueryTerm::Known;
    InternalQuad { subject: known(s), predicate: known(p), object: known(o), graph_name: Some(known(g)) }
}

impl<'a> QueryableDataset<'a> for Dataset {
    type InternalTerm = QueryTerm;
    type Error = Damaged;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&QueryTerm>,
        predicate: Option<&QueryTerm>,
        object: Option<&QueryTerm>,
        graph_name: Option<Option<&QueryTerm>>,
    ) -> impl Iterator<Item = Result<InternalQuad<QueryTerm>, Damaged>> + use<'a> {
        let asked = QueryTerm::asked;
        let found: Quads = match (asked(subject), asked(predicate), asked(object), graph_name.map(asked)) {
            (Ok(s), Ok(p), Ok(o), Some(Ok(None))) => Box::new(self.default_matches(s, p, o).map(|row| row.map(triple))),
            (Ok(s), Ok(p), Ok(o), None) => Box::new(self.named_matches(s, p, o, None).map(|row| row.map(quad))),
            (Ok(s), Ok(p), Ok(o), Some(Ok(Some(g)))) => Box::new(self.named_matches(s, p, o, Some(g)).map(|row| row.map(quad))),
            _ => Box::new(std::iter::empty()),
        };
        found
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<QueryTerm, Damaged>> + use<'a> {
        self.graphs().map(|graph| graph.map(QueryTerm::Known))
    }

    fn contains_internal_graph_name(&self, graph_name: &QueryTerm) -> Result<bool, Damaged> {
        Ok(match graph_name {
            QueryTerm::Known(graph) => !self.range(self.quads, 0, &[*graph])?.is_empty(),
            QueryTerm::New(_) => false,
        })
    }

    fn internalize_term(&self, term: Term) -> Result<QueryTerm, Damaged> {
        Ok(match self.find(term.as_ref())? {
            Some(id) => QueryTerm::Known(id),
            None => QueryTerm::New(Arc::new(term)),
        })
    }

    fn externalize_term(&self, term: QueryTerm) -> Result<Term, Damaged> {
        Ok(match term {
            QueryTerm::Known(id) => self.term(id)?,
            QueryTerm::New(term) => Arc::unwrap_or_clone(term),
        })
    }
}

/// Of so many statements of a property the others with the same end are counted.
const SAMPLES: usize = 32;

impl Dataset {
    /// How many statements of a property a thing has at an end, on average over the things that have any: those that many are tied to
    /// are met more often among the statements that are looked at, and count for less.
    fn sampled(&self, property: Id, end: End, named: bool) -> Result<f64, Damaged> {
        // Both have the property first and then the object in one of their orders.
        let range = if named { self.range(self.quads, 2, &[property])? } else { self.range(self.triples, 1, &[property])? };
        let (mut things, mut samples) = (0.0, 0.0);
        for index in range.clone().step_by((range.len() / SAMPLES).max(1)) {
            let (subject, object) = if named {
                let row = self.row(self.quads, 2, index)?;
                (row[2], row[1])
            } else {
                let row = self.row(self.triples, 1, index)?;
                (row[2], row[1])
            };
            let met = match (end, named) {
                (End::Subject, true) => self.range(self.quads, 1, &[subject, property])?.len(),
                (End::Subject, false) => self.range(self.triples, 0, &[subject, property])?.len(),
                (End::Object, true) => self.range(self.quads, 2, &[property, object])?.len(),
                (End::Object, false) => self.range(self.triples, 1, &[property, object])?.len(),
            };
            things += 1.0 / met.max(1) as f64;
            samples += 1.0;
        }
        Ok(if samples == 0.0 { 0.0 } else { samples / things })
    }
}

/// Where it is damaged the numbers are large: whoever asks the graph is told.
impl Counts for Dataset {
    fn count(&self, terms: [Option<TermRef<'_>>; 3], named: bool) -> usize {
        let mut ids = [None; 3];
        for (id, term) in ids.iter_mut().zip(terms) {
            if let Some(term) = term {
                match self.find(term) {
                    Ok(Some(found)) => *id = Some(found),
                    Ok(None) => return 0,
                    Err(_) => return usize::MAX,
                }
            }
        }
        let [s, p, o] = ids;
        if named {
            return self.named_work(s, p, o, None).unwrap_or(usize::MAX);
        }
        let (order, prefix) = Self::triple_order([s, p, o]);
        self.range(self.triples, order, &prefix).map_or(usize::MAX, |range| range.len())
    }

    fn spread(&self, property: NamedNodeRef<'_>, end: End, named: bool) -> f64 {
        match self.find(property.into()) {
            Ok(Some(property)) => self.sampled(property, end, named).unwrap_or(f64::MAX),
            Ok(None) => 0.0,
            Err(_) => f64::MAX,
        }
    }
}
