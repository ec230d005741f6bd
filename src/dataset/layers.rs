//! A graph that grows while rules add to it: a packed graph that stays as it is, what was added to it, and what of that is new.
//!
//! Asked like a dataset, so that a rule sees all there is; the graph [`NEW`] holds only what the last round added, so that a rule
//! can start from there.

use std::sync::Arc;

use oxigraph::model::{BlankNode, Term, TermRef};
use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};

use super::asked::{Quads, QueryTerm, quad, triple};
use super::{DEFAULT_GRAPH, Dataset, Id, QUAD_ORDERS, TRIPLE_ORDERS, Terms};
use crate::sealed::Damaged;

/// The name, for queries, of the graph of what the last round added to the default graph. It is nobody's data.
pub const NEW: &str = "urn:civigraph:new";
const NEW_GRAPH: Id = DEFAULT_GRAPH - 1;

/// What is added to a graph: quads of numbers, and the terms that the graph lacks.
#[derive(Debug, Default)]
pub struct Additions {
    /// How many terms the graph has; numbers from there on are those of `terms`.
    pub own: Id,
    /// Terms that the graph lacks.
    pub terms: Terms,
    /// The quads.
    pub quads: Vec<[Id; 4]>,
}

impl Additions {
    /// Nothing yet.
    pub fn to(graph: &Dataset) -> Self {
        Self { own: graph.terms() as Id, terms: Terms::default(), quads: Vec::new() }
    }

    /// The number of a term, a new one if neither the graph nor the additions have it.
    ///
    /// # Errors
    /// The graph is damaged.
    pub fn id<'a>(&mut self, graph: &Dataset, term: impl Into<TermRef<'a>>) -> Result<Id, Damaged> {
        let term = term.into();
        Ok(match graph.find(term)? {
            Some(id) => id,
            None => self.own + self.terms.id_of(term),
        })
    }
}

/// Rows in every order that a pattern may want.
#[derive(Debug, Default)]
struct Sorted {
    triples: [Vec<[Id; 3]>; 3],
    quads: [Vec<[Id; 4]>; 4],
}

impl Sorted {
    fn add(&mut self, triples: &[[Id; 3]], quads: &[[Id; 4]]) {
        for (rows, order) in self.triples.iter_mut().zip(TRIPLE_ORDERS) {
            rows.extend(triples.iter().map(|row| order.map(|at| row[at])));
            // The greater part is sorted already, which this sort makes use of.
            rows.sort();
            rows.dedup();
        }
        for (rows, order) in self.quads.iter_mut().zip(QUAD_ORDERS) {
            rows.extend(quads.iter().map(|row| order.map(|at| row[at])));
            rows.sort();
            rows.dedup();
        }
    }

    fn triples(&self, given: [Option<Id>; 3]) -> (usize, std::ops::Range<usize>) {
        let order = match given.map(|given| given.is_some()) {
            [false, true, _] => 1,
            [_, false, true] => 2,
            _ => 0,
        };
        (order, range(&self.triples[order], TRIPLE_ORDERS[order].iter().map_while(|at| given[*at])))
    }

    fn quads(&self, given: [Option<Id>; 4]) -> (usize, std::ops::Range<usize>) {
        (0..QUAD_ORDERS.len())
            .map(|order| (order, range(&self.quads[order], QUAD_ORDERS[order].iter().map_while(|at| given[*at]))))
            .min_by_key(|(_, range)| range.len())
            .unwrap_or((0, 0..0))
    }
}

/// The rows that start with these numbers.
fn range<const N: usize>(rows: &[[Id; N]], prefix: impl Iterator<Item = Id>) -> std::ops::Range<usize> {
    let prefix: Vec<Id> = prefix.collect();
    let start = rows.partition_point(|row| row[..prefix.len()] < prefix[..]);
    start..start + rows[start..].partition_point(|row| row[..prefix.len()] <= prefix[..])
}

/// A graph with what was added to it, for one round of rules. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Layers {
    graph: Dataset,
    terms: Arc<Terms>,
    added: Arc<Sorted>,
    new: Arc<Sorted>,
}

impl Layers {
    /// A graph to which nothing was added yet.
    pub fn on(graph: Dataset) -> Self {
        Self { graph, terms: Arc::default(), added: Arc::default(), new: Arc::default() }
    }

    /// The next round: `additions` are all so far, of which those of the default graph and of the named graphs that were not there
    /// before are given. Costs a merge of what is new with all that was added.
    #[must_use]
    pub fn then(self, additions: &Additions, triples: &[[Id; 3]], quads: &[[Id; 4]]) -> Self {
        let Self { graph, terms, added, .. } = self;
        drop(terms);
        let mut added = Arc::try_unwrap(added).unwrap_or_default();
        added.add(triples, quads);
        let mut new = Sorted::default();
        new.add(triples, quads);
        Self { graph, terms: Arc::new(additions.terms.clone()), added: Arc::new(added), new: Arc::new(new) }
    }

    /// How many new triples of the default graph, or, if `named`, new quads of named graphs have this property and this object.
    pub fn new_ones(&self, p: Option<Id>, o: Option<Id>, named: bool) -> usize {
        if named { self.new.quads([None, p, o, None]).1.len() } else { self.new.triples([None, p, o]).1.len() }
    }

    /// Whether the default graph had a triple before anything was added.
    ///
    /// # Errors
    /// The graph is damaged.
    pub fn had(&self, triple: [Id; 3]) -> Result<bool, Damaged> {
        let own = self.graph.terms() as Id;
        let [s, p, o] = triple.map(Some);
        Ok(triple.iter().all(|id| *id < own) && self.graph.default_matches(s, p, o).next().transpose()?.is_some())
    }

    /// Whether a triple was added to the default graph.
    pub fn gained(&self, triple: [Id; 3]) -> bool {
        self.added.triples[0].binary_search(&triple).is_ok()
    }

    /// The number of a term that is there.
    ///
    /// # Errors
    /// The graph is damaged.
    pub fn find(&self, term: TermRef<'_>) -> Result<Option<Id>, Damaged> {
        Ok(match self.graph.find(term)? {
            None => self.terms.find(term).map(|id| id + self.graph.terms() as Id),
            found => found,
        })
    }

    /// The term of a number.
    ///
    /// # Errors
    /// The graph is damaged.
    pub fn term(&self, id: Id) -> Result<TermRef<'_>, Damaged> {
        let own = self.graph.terms() as Id;
        if id < own { self.graph.term_ref(id) } else { Ok(self.terms.term(id - own)) }
    }

    fn triples_in(sorted: &Arc<Sorted>, given: [Option<Id>; 3]) -> impl Iterator<Item = [Id; 3]> + use<> {
        let (order, range) = sorted.triples(given);
        let sorted = Arc::clone(sorted);
        range.map(move |index| {
            let mut triple = [0; 3];
            for (position, id) in TRIPLE_ORDERS[order].into_iter().zip(sorted.triples[order][index]) {
                triple[position] = id;
            }
            triple
        })
    }

    fn quads_in(sorted: &Arc<Sorted>, given: [Option<Id>; 4]) -> impl Iterator<Item = [Id; 4]> + use<> {
        let (order, range) = sorted.quads(given);
        let sorted = Arc::clone(sorted);
        range.filter_map(move |index| {
            let mut quad = [0; 4];
            for (position, id) in QUAD_ORDERS[order].into_iter().zip(sorted.quads[order][index]) {
                quad[position] = id;
            }
            given.iter().zip(quad).all(|(wanted, found)| wanted.is_none_or(|wanted| wanted == found)).then_some(quad)
        })
    }
}

/// What an answer shows of a term that has a number: a blank node of that number, which costs no copy of its text. Blank nodes of
/// one's own stay strings, so that they are told apart.
fn shown(id: Id) -> Term {
    BlankNode::new_from_unique_id(SHOWN | u128::from(id)).into()
}

const SHOWN: u128 = 0xC161_6EAF << 96;

/// The number that an answer of [`Layers`] shows; a term without a number as it is.
///
/// # Errors
/// The term, which has no number.
pub fn number(term: Term) -> Result<Id, Term> {
    match &term {
        Term::BlankNode(blank) => {
            blank.as_ref().unique_id().filter(|id| id >> 32 == SHOWN >> 32).map(|id| (id & u128::from(Id::MAX)) as Id).ok_or(term)
        }
        _ => Err(term),
    }
}

impl<'a> QueryableDataset<'a> for Layers {
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
        let (Ok(s), Ok(p), Ok(o)) = (asked(subject), asked(predicate), asked(object)) else {
            return Box::new(std::iter::empty()) as Quads;
        };
        // The packed graph does not know the numbers of added terms.
        let own = self.graph.terms() as Id;
        let packed = [s, p, o].iter().flatten().all(|id| *id < own);
        match graph_name.map(asked) {
            Some(Ok(None)) => {
                let old = packed.then(|| self.graph.default_matches(s, p, o)).into_iter().flatten();
                Box::new(old.chain(Self::triples_in(&self.added, [s, p, o]).map(Ok)).map(|row| row.map(triple)))
            }
            Some(Ok(Some(NEW_GRAPH))) => Box::new(Self::triples_in(&self.new, [s, p, o]).map(|[s, p, o]| Ok(quad([s, p, o, NEW_GRAPH])))),
            Some(Ok(Some(g))) => {
                let old = (packed && g < own).then(|| self.graph.named_matches(s, p, o, Some(g))).into_iter().flatten();
                Box::new(old.chain(Self::quads_in(&self.added, [s, p, o, Some(g)]).map(Ok)).map(|row| row.map(quad)))
            }
            None => {
                let old = packed.then(|| self.graph.named_matches(s, p, o, None)).into_iter().flatten();
                Box::new(old.chain(Self::quads_in(&self.added, [s, p, o, None]).map(Ok)).map(|row| row.map(quad)))
            }
            Some(Err(())) => Box::new(std::iter::empty()),
        }
    }

    fn internalize_term(&self, term: Term) -> Result<QueryTerm, Damaged> {
        if matches!(&term, Term::NamedNode(node) if node.as_str() == NEW) {
            return Ok(QueryTerm::Known(NEW_GRAPH));
        }
        Ok(match self.find(term.as_ref())? {
            Some(id) => QueryTerm::Known(id),
            None => QueryTerm::New(Arc::new(term)),
        })
    }

    fn externalize_term(&self, term: QueryTerm) -> Result<Term, Damaged> {
        Ok(match term {
            QueryTerm::Known(id) => shown(id),
            QueryTerm::New(term) => Arc::unwrap_or_clone(term),
        })
    }

    fn externalize_expression_term(&self, term: QueryTerm) -> Result<ExpressionTerm, Damaged> {
        Ok(match term {
            QueryTerm::Known(id) => self.term(id)?.into_owned().into(),
            QueryTerm::New(term) => Arc::unwrap_or_clone(term).into(),
        })
    }
}
