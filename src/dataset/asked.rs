//! A dataset as Oxigraph's SPARQL engine wants to ask it.

use std::sync::Arc;

use oxigraph::model::Term;
use spareval::{InternalQuad, QueryableDataset};

use super::{Dataset, Id};
use crate::sealed::Damaged;

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
