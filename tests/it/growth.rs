//! The work of every shipped check, rule, question and view grows with the graph and with what it finds, and no faster.
//!
//! Counted are steps, not seconds: each quad that is looked at, each term that the evaluator compares, hashes or copies. The
//! graphs are the repository's own report once, twice, four and eight times over, in shapes that are hard on comparisons:
//! apart or with many things shared by all copies (each then a hub with everything tied to it), all cited to the same places or
//! each to its own, under the same names and acronyms or each under its own.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

use civigraph::dataset::{DEFAULT_GRAPH, Dataset, Id, QueryTerm, Terms};
use civigraph::pipeline::{self, Opened};
use civigraph::project::Project;
use civigraph::sealed::Damaged;
use civigraph::sparql::Joins;
use civigraph::{infer, query};
use oxigraph::model::{Literal, NamedNode, Term};
use oxigraph::sparql::QueryResults;
use spareval::{InternalQuad, QueryableDataset};
use spargebra::Query;

const SIZES: [usize; 4] = [1, 2, 4, 8];

/// How the copies hang together.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// Of a hundred things, how many are the same in all copies; what is said of them in claims never is.
    shared: u64,
    /// Whether all copies are cited to the same places.
    one_citation: bool,
    /// Whether things of different copies have names of their own.
    own_names: bool,
    /// Which things are shared.
    seed: u64,
}

const SHAPES: [Shape; 4] = [
    Shape { shared: 0, one_citation: true, own_names: false, seed: 1 },
    Shape { shared: 30, one_citation: false, own_names: true, seed: 2 },
    Shape { shared: 60, one_citation: true, own_names: true, seed: 3 },
    Shape { shared: 100, one_citation: false, own_names: false, seed: 4 },
];

/// Questions and views whose work still grows faster than the graph and the answer in one shape or another: paths and ties of several
/// groups of patterns that meet by one thing that many share. One that is mended is taken off.
const UNMENDED: [&str; 5] = [
    "connections/through-an-organization",
    "documents",
    "funding/leaders-of-funded-initiatives",
    "networks/coordinator-adviser-and-leader",
    "places/events-by-city",
];

#[test]
fn checks_grow_with_the_graph_and_find_no_more_than_it_has() {
    let world = World::open();
    let (checks, _) = civigraph::check::checks(&world.project).expect("the checks");
    let queries = checks.iter().map(|check| (check.name.clone(), world.parse(&check.asset.text))).collect();
    hold(&world, queries, false);
}

#[test]
fn rules_grow_with_the_graph_and_with_what_they_derive() {
    let world = World::open();
    let (rules, _) = infer::rules(&world.project, &world.opened.ontology.prefixes).expect("the rules");
    hold(&world, rules.iter().map(|rule| (rule.name.clone(), rule.query().clone())).collect(), true);
}

#[test]
fn questions_grow_with_the_graph_and_with_their_answers() {
    let world = World::open();
    let (questions, _) = query::catalogue(&world.project).expect("the questions");
    hold(&world, questions.iter().map(|question| (question.name.clone(), world.asked(question))).collect(), true);
}

#[test]
fn views_grow_with_the_graph_and_with_what_they_draw() {
    let world = World::open();
    let (views, _) = query::questions_under(&world.project, "queries/diagrams", |_| true).expect("the views");
    hold(&world, views.iter().map(|view| (view.name.clone(), world.asked(view))).collect(), true);
}

/// Holds queries to linear work in all shapes; where `answers`, the size of the answer is part of what work may grow with.
fn hold(world: &World, queries: Vec<(String, Query)>, answers: bool) {
    let mut faults = Vec::new();
    let mut steep = BTreeSet::new();
    // `CIVIGRAPH_GROWTH=1` shows all numbers, a part of a name those of one query.
    let shown = std::env::var("CIVIGRAPH_GROWTH").ok();
    let only = shown.clone().filter(|only| only != "1");
    let queries: Vec<_> = queries.into_iter().filter(|(name, _)| only.as_ref().is_none_or(|only| name.contains(only))).collect();
    for shape in SHAPES {
        let graphs: Vec<Dataset> = SIZES.iter().map(|copies| world.copies(*copies, shape)).collect();
        for (name, query) in &queries {
            let mut known: Vec<(f64, f64, usize)> = Vec::new();
            for graph in &graphs {
                let (steps, rows) = work(query, graph);
                // A cell of an answer is copied, hashed and compared at each of some ten steps of a plan.
                let cells = if answers { (rows * (columns(query) + 1)) as f64 } else { 0.0 };
                let measure = (graph.triples() + graph.quads()) as f64 + 20.0 * cells;
                known.push((measure, steps as f64, rows));
                // What has left the line is not taken to the largest size.
                if let [.., a, b, c] = known[..]
                    && steeper(a, b, c)
                {
                    break;
                }
            }
            if shown.is_some() {
                println!("{shape:?} {name}: {known:?}");
            }
            if known.windows(3).any(|three| steeper(three[0], three[1], three[2])) {
                steep.insert(name.clone());
                if !UNMENDED.contains(&name.as_str()) {
                    faults.push(format!("{name}, {shape:?}: graph and answer, steps, rows: {known:?}"));
                }
            } else if !answers && known.windows(3).any(|three| more_rows(three[0], three[1], three[2])) {
                faults.push(format!("{name}, {shape:?}: finds more than the graph grows: {known:?}"));
            }
        }
    }
    for name in UNMENDED.iter().filter(|name| queries.iter().any(|(known, _)| known == **name) && !steep.contains(**name)) {
        faults.push(format!("{name} grows with the graph and its answer now: take it off the list"));
    }
    crate::support::report(faults);
}

/// How many columns a query's answer has.
fn columns(query: &Query) -> usize {
    let mut columns = 0;
    if let Query::Select { pattern, .. } = query {
        pattern.on_in_scope_variable(|_| columns += 1);
    }
    columns.max(3)
}

/// Whether the last doubling cost clearly more for each statement than the one before. A line gives 1, a square 2. What costs less than
/// a step for every four statements is not held to it.
fn steeper(a: (f64, f64, usize), b: (f64, f64, usize), c: (f64, f64, usize)) -> bool {
    let (before, now) = ((b.1 - a.1) / (b.0 - a.0).max(1.0), (c.1 - b.1) / (c.0 - b.0).max(1.0));
    now > 1.5 * before && c.1 - b.1 > 0.25 * (c.0 - b.0)
}

fn more_rows(a: (f64, f64, usize), b: (f64, f64, usize), c: (f64, f64, usize)) -> bool {
    let more = |from: usize, to: usize| to.saturating_sub(from) as f64;
    more(b.2, c.2) > 2.0 * 1.3 * more(a.2, b.2).max(20.0)
}

/// The repository's project, its graph and its ontology.
struct World {
    project: Project,
    opened: Opened,
    graph: Dataset,
    /// Which terms are things that several copies may share: what claims, statements and footnotes are about.
    entities: Vec<bool>,
}

impl World {
    fn open() -> Self {
        let project = Project::open(&crate::support::root()).expect("the project");
        let made = pipeline::make(&project).expect("it is read");
        let (graph, opened) = (made.dataset.expect("a graph"), made.opened.expect("an ontology"));
        let entity = opened
            .ontology
            .prefixes
            .expand("cg:Entity")
            .and_then(|entity| graph.find(entity.as_ref().into()).expect("it is whole"))
            .expect("there are things");
        let type_ = graph.find(civigraph::vocab::rdf::TYPE.into()).expect("it is whole").expect("there are types");
        let mut entities = vec![false; graph.terms()];
        let of = graph.default_matches(None, Some(type_), Some(entity));
        of.for_each(|triple| entities[triple.expect("it is whole")[0] as usize] = true);
        Self { project, opened, graph, entities }
    }

    fn parse(&self, text: &str) -> Query {
        query::parse(text, &self.opened.ontology.prefixes).expect("a shipped query is SPARQL")
    }

    /// A question as the project asks it: of the things that `civigraph.toml` names.
    fn asked(&self, question: &query::Question) -> Query {
        let bindings: Vec<(String, Term)> = question
            .parameters
            .iter()
            .filter_map(|parameter| match &parameter.default {
                query::parameter::Default::Value(value) if parameter.kind != query::ParameterKind::Text => {
                    Some((parameter.name.clone(), self.project.base.thing(value).into()))
                }
                _ => None,
            })
            .collect();
        query::bind(self.parse(&question.asset.text), &bindings)
    }

    /// The graph so many times over.
    fn copies(&self, copies: usize, shape: Shape) -> Dataset {
        let base = self.project.base.as_str();
        let (things, places) = (format!("{base}id/"), format!("{base}source/"));
        let mut terms = Terms::default();
        let mut quads = Vec::new();
        // The numbers of the first copy, in which nothing has a new name.
        let firsts: Vec<Id> = (0..self.graph.terms() as Id).map(|id| terms.id(self.graph.term(id).expect("it is whole"))).collect();
        let first = |id: Id| firsts[id as usize];
        for copy in 0..copies {
            let mut known: HashMap<(Id, bool), Id> = HashMap::new();
            let mut renamed = |id: Id, own_subject: bool| {
                *known.entry((id, own_subject)).or_insert_with(|| {
                    let term = self.graph.term(id).expect("it is whole");
                    let own = match &term {
                        Term::NamedNode(node) if node.as_str().starts_with(&things) => {
                            !self.entities[id as usize] || dice(node.as_str(), shape.seed) >= shape.shared
                        }
                        Term::NamedNode(node) => node.as_str().starts_with(&places) && !shape.one_citation,
                        // A thing that all copies share has one name.
                        Term::Literal(literal) => shape.own_names && own_subject && literal.language().is_some(),
                        Term::BlankNode(_) => false,
                    };
                    if copy == 0 || !own {
                        return terms.id(term);
                    }
                    match term {
                        Term::NamedNode(node) => terms.id(NamedNode::new_unchecked(format!("{}~{copy}", node.as_str()))),
                        Term::Literal(literal) => terms.id(Literal::new_language_tagged_literal_unchecked(
                            format!("{} {copy}", literal.value()),
                            literal.language().unwrap_or("en"),
                        )),
                        blank @ Term::BlankNode(_) => terms.id(blank),
                    }
                })
            };
            for triple in self.graph.default_matches(None, None, None) {
                let [s, p, o] = triple.expect("it is whole");
                let subject = renamed(s, false);
                let own = copy > 0 && subject != first(s);
                // What is shared is described once.
                if copy == 0 || own || !self.entities[s as usize] {
                    quads.push([subject, renamed(p, false), renamed(o, own), DEFAULT_GRAPH]);
                }
            }
            for quad in self.graph.named_matches(None, None, None, None) {
                let [s, p, o, g] = quad.expect("it is whole");
                let subject = renamed(s, false);
                let own = copy > 0 && subject != first(s);
                if copy == 0 || own || !self.entities[s as usize] {
                    quads.push([subject, renamed(p, false), renamed(o, own), renamed(g, false)]);
                }
            }
        }
        Dataset::pack(&terms, &quads)
    }
}

/// A number below 100 that a text always gives.
fn dice(text: &str, seed: u64) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 20) % 100
}

/// The steps that a query takes, and the rows it gives.
pub fn work(query: &Query, graph: &Dataset) -> (u64, usize) {
    STEPS.set(0);
    let (evaluator, query) = civigraph::sparql::prepared(query.clone(), Joins::Counted(graph));
    let results = evaluator.for_query(query).on_queryable_dataset(Counted(graph.clone())).execute();
    let rows = match results.expect("a shipped query can be evaluated") {
        QueryResults::Solutions(rows) => rows.inspect(|row| assert!(row.is_ok(), "{row:?}")).count(),
        QueryResults::Graph(triples) => triples.inspect(|triple| assert!(triple.is_ok(), "{triple:?}")).count(),
        QueryResults::Boolean(_) => 1,
    };
    (STEPS.get(), rows)
}

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

fn step(steps: usize) {
    STEPS.set(STEPS.get() + steps as u64);
}

/// A graph that counts.
#[derive(Clone)]
struct Counted(Dataset);

/// A term that counts whenever the evaluator does something with it.
struct Seen(QueryTerm);

impl Clone for Seen {
    fn clone(&self) -> Self {
        step(1);
        Self(self.0.clone())
    }
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        step(1);
        self.0 == other.0
    }
}

impl Eq for Seen {}

impl Hash for Seen {
    fn hash<H: Hasher>(&self, state: &mut H) {
        step(1);
        self.0.hash(state);
    }
}

impl<'a> QueryableDataset<'a> for Counted {
    type InternalTerm = Seen;
    type Error = Damaged;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Seen>,
        predicate: Option<&Seen>,
        object: Option<&Seen>,
        graph_name: Option<Option<&Seen>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Seen>, Damaged>> + use<'a> {
        let id = |term: Option<&Seen>| match term {
            Some(Seen(QueryTerm::Known(id))) => Some(*id),
            _ => None,
        };
        let of_graph = graph_name.flatten();
        if let (Some(_), false) = (of_graph, subject.is_some() || object.is_some()) {
            // A graph and a property are given: which rows are passed over on the way is not seen from here.
            let given = self.0.named_work(id(subject), id(predicate), id(object), id(of_graph)).expect("it is whole");
            let found = self.0.named_matches(id(subject), id(predicate), id(object), id(of_graph)).count();
            step(given.saturating_sub(found));
        }
        let inner = |term: Option<&Seen>| term.map(|seen| seen.0.clone());
        let (s, p, o) = (inner(subject), inner(predicate), inner(object));
        let g = graph_name.map(inner);
        let found: Box<dyn Iterator<Item = Result<InternalQuad<QueryTerm>, Damaged>> + 'a> =
            Box::new(self.0.internal_quads_for_pattern(s.as_ref(), p.as_ref(), o.as_ref(), g.as_ref().map(Option::as_ref)));
        found.map(|quad| {
            step(1);
            quad.map(|quad| InternalQuad {
                subject: Seen(quad.subject),
                predicate: Seen(quad.predicate),
                object: Seen(quad.object),
                graph_name: quad.graph_name.map(Seen),
            })
        })
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<Seen, Damaged>> + use<'a> {
        self.0.graphs().map(|graph| graph.map(|graph| Seen(QueryTerm::Known(graph))))
    }

    fn contains_internal_graph_name(&self, graph_name: &Seen) -> Result<bool, Damaged> {
        self.0.contains_internal_graph_name(&graph_name.0)
    }

    fn internalize_term(&self, term: Term) -> Result<Seen, Damaged> {
        self.0.internalize_term(term).map(Seen)
    }

    fn externalize_term(&self, term: Seen) -> Result<Term, Damaged> {
        self.0.externalize_term(term.0)
    }
}
