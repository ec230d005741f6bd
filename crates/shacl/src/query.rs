//! Asking the queries of shapes: the data as a SPARQL dataset, and answers for many focus nodes at a time.

use super::ValidationError;
use super::constraint::{Shape, Sparql};
use super::data::{Id, IdMap, QuickHasher, Triples, View};
use super::sparql::{Kind, Prepared};
use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use spareval::{InternalQuad, QueryEvaluationError, QueryEvaluator, QueryResults, QuerySolution, QueryableDataset};
use spargebra::term::GroundTerm;
use std::collections::HashSet;
use std::convert::Infallible;
use std::hash::BuildHasherDefault;
use std::rc::Rc;

/// The name that `$shapesGraph` is bound to.
pub(super) const SHAPES_GRAPH: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("urn:civigraph:shapes-graph");

/// A blank node stands in a query as an IRI with its number: a table of values cannot hold blank nodes.
const BLANK: &str = "urn:civigraph:blank-node:";

/// How many focus nodes are asked about together.
const BATCH: usize = 1_000;

/// A query of a shape with everything bound that does not depend on the focus node.
#[derive(Debug)]
pub(super) struct Question {
    query: Prepared,
    variables: Vec<String>,
    constants: Vec<Option<GroundTerm>>,
    shape: NamedOrBlankNode,
}

impl Question {
    pub(super) fn new(sparql: &Sparql, shape: &Shape, view: &mut View<'_>) -> Self {
        let mut bound = sparql.parameters.clone();
        if sparql.query.reads_shapes {
            bound.push(("shapesGraph".to_owned(), SHAPES_GRAPH.into()));
        }
        if sparql.query.reads_current {
            bound.push(("currentShape".to_owned(), shape.node.clone().into()));
        }
        let mut variables = vec!["this".to_owned()];
        if sparql.query.kind() == Kind::Ask {
            variables.push("value".to_owned());
        }
        let mut constants = Vec::new();
        for (name, term) in bound {
            let id = view.add(term.as_ref());
            variables.push(name);
            constants.push(ground(view, id));
        }
        Self { query: sparql.query.clone(), variables, constants, shape: shape.node.clone() }
    }

    /// Whether the answer is a truth for each value, not a list of violations.
    pub(super) fn asks_values(&self) -> bool {
        self.query.kind() == Kind::Ask
    }

    pub(super) fn batches(&self) -> bool {
        self.query.batches
    }

    /// Evaluates the query for some focus nodes (and values).
    fn solutions(&self, view: &View<'_>, rows: &[(Id, Option<Id>)]) -> Result<Vec<QuerySolution>, ValidationError> {
        let table = rows
            .iter()
            .map(|(focus, value)| {
                let own = [Some(*focus), *value].into_iter().flatten().map(|id| ground(view, id));
                own.chain(self.constants.iter().cloned()).collect()
            })
            .collect();
        let variables: Vec<_> = self.variables.iter().map(String::as_str).collect();
        let query = self.query.bind(&variables, table);
        let failed = |error: QueryEvaluationError| ValidationError::Query { shape: self.shape.clone(), reason: error.to_string() };
        match QueryEvaluator::new().prepare(&query).execute(view).map_err(failed)? {
            QueryResults::Solutions(solutions) => solutions.collect::<Result<_, _>>().map_err(failed),
            QueryResults::Boolean(_) | QueryResults::Graph(_) => Ok(Vec::new()),
        }
    }
}

/// What has been answered for the focus nodes of the shape that is being validated.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// By the address of the question: questions stand still while a validation runs.
    asked: IdMap<usize, Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    /// The focus nodes, and the values, that were asked about.
    about: HashSet<(Id, Option<Id>), BuildHasherDefault<QuickHasher>>,
    /// The violations of each focus node.
    solutions: IdMap<Id, Rc<Vec<QuerySolution>>>,
    /// The values for which the answer is true.
    valid: HashSet<(Id, Id), BuildHasherDefault<QuickHasher>>,
}

impl Answers {
    /// Asks about many focus nodes (and values) ahead of time.
    pub(super) fn ask(&mut self, question: &Question, view: &View<'_>, rows: &[(Id, Option<Id>)]) -> Result<(), ValidationError> {
        let asked = self.asked.entry(address(question)).or_default();
        asked.about.extend(rows);
        let mut grouped: IdMap<Id, Vec<QuerySolution>> = IdMap::default();
        for rows in rows.chunks(BATCH) {
            for solution in question.solutions(view, rows)? {
                let find = |name: &str| solution.get(name).and_then(|term| view.find(term.as_ref()));
                match (find("this"), question.asks_values()) {
                    (Some(focus), true) => asked.valid.extend(find("value").map(|value| (focus, value))),
                    (Some(focus), false) => grouped.entry(focus).or_default().push(solution),
                    (None, _) => {}
                }
            }
        }
        asked.solutions.extend(grouped.into_iter().map(|(focus, solutions)| (focus, Rc::new(solutions))));
        Ok(())
    }

    pub(super) fn forget(&mut self) {
        self.asked.clear();
    }

    /// The violations that a SELECT finds for a focus node.
    pub(super) fn solutions(&self, question: &Question, view: &View<'_>, focus: Id) -> Result<Rc<Vec<QuerySolution>>, ValidationError> {
        match self.asked.get(&address(question)) {
            Some(asked) if asked.about.contains(&(focus, None)) => Ok(asked.solutions.get(&focus).cloned().unwrap_or_default()),
            _ => question.solutions(view, &[(focus, None)]).map(Rc::new),
        }
    }

    /// Whether an ASK is true of a value.
    pub(super) fn is_true(&self, question: &Question, view: &View<'_>, focus: Id, value: Id) -> Result<bool, ValidationError> {
        match self.asked.get(&address(question)) {
            Some(asked) if asked.about.contains(&(focus, Some(value))) => Ok(asked.valid.contains(&(focus, value))),
            _ => question.solutions(view, &[(focus, Some(value))]).map(|rows| !rows.is_empty()),
        }
    }
}

fn address(question: &Question) -> usize {
    std::ptr::from_ref(question).addr()
}

fn ground(view: &View<'_>, id: Id) -> Option<GroundTerm> {
    match view.term(id) {
        Term::NamedNode(node) => Some(node.clone().into()),
        Term::Literal(literal) => Some(literal.clone().into()),
        _ => Some(NamedNode::new_unchecked(format!("{BLANK}{id}")).into()),
    }
}

/// A term as queries see it: a number, or a value that a query has computed and the data does not have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Known(Id),
    Computed(Box<Term>),
}

impl<'a> QueryableDataset<'a> for &'a View<'a> {
    type InternalTerm = Node;
    type Error = Infallible;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Node>,
        predicate: Option<&Node>,
        object: Option<&Node>,
        graph_name: Option<Option<&Node>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Node>, Infallible>> + use<'a> {
        let view: &'a View<'a> = self;
        let graph = match (graph_name, &view.shapes) {
            (Some(None), _) => Some((view.triples(), None)),
            (None, Some((name, triples))) => Some((triples, Some(*name))),
            (Some(Some(Node::Known(asked))), Some((name, triples))) if asked == name => Some((triples, Some(*name))),
            _ => None,
        };
        let terms = (number(subject), number(predicate), number(object));
        let (triples, name) = match (graph, terms) {
            (Some((triples, name)), (Ok(subject), Ok(predicate), Ok(object))) => (matching(triples, subject, predicate, object), name),
            _ => (Box::new(std::iter::empty()) as Box<dyn Iterator<Item = [Id; 3]>>, None),
        };
        triples.map(move |[subject, predicate, object]| {
            Ok(InternalQuad {
                subject: Node::Known(subject),
                predicate: Node::Known(predicate),
                object: Node::Known(object),
                graph_name: name.map(Node::Known),
            })
        })
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<Node, Infallible>> + use<'a> {
        self.shapes.iter().map(|(name, _)| Ok(Node::Known(*name))).collect::<Vec<_>>().into_iter()
    }

    fn contains_internal_graph_name(&self, graph_name: &Node) -> Result<bool, Infallible> {
        Ok(self.shapes.as_ref().is_some_and(|(name, _)| *graph_name == Node::Known(*name)))
    }

    fn internalize_term(&self, term: Term) -> Result<Node, Infallible> {
        if let Term::NamedNode(node) = &term
            && let Some(number) = node.as_str().strip_prefix(BLANK)
            && let Ok(id) = number.parse()
            && matches!(self.get(id), Some(Term::BlankNode(_)))
        {
            return Ok(Node::Known(id));
        }
        Ok(self.find(term.as_ref()).map_or_else(|| Node::Computed(Box::new(term)), Node::Known))
    }

    fn externalize_term(&self, term: Node) -> Result<Term, Infallible> {
        Ok(match term {
            Node::Known(id) => self.term(id).clone(),
            Node::Computed(term) => *term,
        })
    }
}

/// The number of a term in a pattern; an error for a computed term, which no triple has.
fn number(node: Option<&Node>) -> Result<Option<Id>, ()> {
    match node {
        None => Ok(None),
        Some(Node::Known(id)) => Ok(Some(*id)),
        Some(Node::Computed(_)) => Err(()),
    }
}

fn matching(triples: &Triples, subject: Option<Id>, predicate: Option<Id>, object: Option<Id>) -> Box<dyn Iterator<Item = [Id; 3]> + '_> {
    match (subject, predicate, object) {
        (Some(s), Some(p), Some(o)) => Box::new(triples.contains(s, p, o).then_some([s, p, o]).into_iter()),
        (Some(s), Some(p), None) => Box::new(triples.objects(s, p).iter().map(move |&(p, o)| [s, p, o])),
        (Some(s), None, o) => {
            let about = triples.about(s).iter().map(move |&(p, o)| [s, p, o]);
            Box::new(about.filter(move |triple| o.is_none_or(|o| triple[2] == o)))
        }
        (None, Some(p), Some(o)) => Box::new(triples.subjects(p, o).iter().map(move |&(o, s)| [s, p, o])),
        (None, Some(p), None) => Box::new(triples.with(p).iter().map(move |&(o, s)| [s, p, o])),
        (None, None, Some(o)) => {
            let predicates = triples.predicates();
            Box::new(predicates.flat_map(move |p| triples.subjects(p, o).iter().map(move |&(o, s)| [s, p, o])))
        }
        (None, None, None) => Box::new(triples.all_subjects().flat_map(move |s| triples.about(s).iter().map(move |&(p, o)| [s, p, o]))),
    }
}
