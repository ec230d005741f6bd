//! Property paths (section 2.3.1): from the shapes graph, to text, back to RDF, and along the data.

use super::data::{Id, IdSet, View};
use super::graph::{self, ListFault};
use super::vocab::sh;
use oxigraph::model::vocab::rdf;
use oxigraph::model::{BlankNode, Graph, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use std::fmt;

/// A SHACL property path.
///
/// Its `Display` is SPARQL syntax, with whole IRIs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Path {
    /// A property (2.3.1.1).
    Predicate(NamedNode),
    /// One path after another; at least two (2.3.1.2).
    Sequence(Vec<Path>),
    /// Any of several paths; at least two (2.3.1.3).
    Alternative(Vec<Path>),
    /// A path from its end to its start (2.3.1.4).
    Inverse(Box<Path>),
    /// A path any number of times (2.3.1.5).
    ZeroOrMore(Box<Path>),
    /// A path at least once (2.3.1.6).
    OneOrMore(Box<Path>),
    /// A path once or not at all (2.3.1.7).
    ZeroOrOne(Box<Path>),
}

/// More steps than anyone writes: a small graph can spell an endless path by using a part of it twice in each part.
const MAX_STEPS: usize = 1_000;
const MAX_DEPTH: usize = 50;

impl Path {
    /// Reads the path that a node of the shapes graph stands for; the error says what was expected and found.
    pub(super) fn read(shapes: &Graph, node: &Term) -> Result<Self, String> {
        let mut steps = 0;
        read(shapes, node, MAX_DEPTH, &mut steps)
    }

    /// Writes the path as RDF into a graph and returns the node that stands for it.
    pub(super) fn write(&self, graph: &mut Graph, fresh: &mut impl FnMut() -> BlankNode) -> Term {
        match self {
            Self::Predicate(predicate) => predicate.clone().into(),
            Self::Sequence(steps) => write_list(steps, graph, fresh),
            Self::Alternative(paths) => {
                let list = write_list(paths, graph, fresh);
                write_node(sh!("alternativePath"), list, graph, fresh)
            }
            Self::Inverse(path) => write_around(sh!("inversePath"), path, graph, fresh),
            Self::ZeroOrMore(path) => write_around(sh!("zeroOrMorePath"), path, graph, fresh),
            Self::OneOrMore(path) => write_around(sh!("oneOrMorePath"), path, graph, fresh),
            Self::ZeroOrOne(path) => write_around(sh!("zeroOrOnePath"), path, graph, fresh),
        }
    }

    /// The path in SPARQL syntax, its properties named by the caller.
    pub(super) fn text(&self, name: &impl Fn(&NamedNode) -> String) -> String {
        match self {
            Self::Predicate(predicate) => name(predicate),
            Self::Sequence(steps) => join(steps, "/", name),
            Self::Alternative(paths) => join(paths, "|", name),
            Self::Inverse(path) => format!("^{}", path.atom(name)),
            Self::ZeroOrMore(path) => format!("{}*", path.atom(name)),
            Self::OneOrMore(path) => format!("{}+", path.atom(name)),
            Self::ZeroOrOne(path) => format!("{}?", path.atom(name)),
        }
    }

    fn atom(&self, name: &impl Fn(&NamedNode) -> String) -> String {
        match self {
            Self::Predicate(_) => self.text(name),
            _ => format!("({})", self.text(name)),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(&ToString::to_string))
    }
}

fn join(paths: &[Path], operator: &str, name: &impl Fn(&NamedNode) -> String) -> String {
    let parts: Vec<_> = paths
        .iter()
        .map(|path| match path {
            Path::Sequence(_) | Path::Alternative(_) => path.atom(name),
            _ => path.text(name),
        })
        .collect();
    parts.join(operator)
}

/// A property of a path node, and the path it makes of another.
type Around = (NamedNodeRef<'static>, fn(Box<Path>) -> Path);

fn read(shapes: &Graph, node: &Term, depth: usize, steps: &mut usize) -> Result<Path, String> {
    *steps += 1;
    if depth == 0 || *steps > MAX_STEPS {
        return Err(format!(
            "expected at most {MAX_STEPS} steps nested at most {MAX_DEPTH} deep, found more (a path may not contain itself)"
        ));
    }
    let node = match node {
        Term::NamedNode(predicate) => return Ok(Path::Predicate(predicate.clone())),
        Term::BlankNode(node) => NamedOrBlankNode::from(node.clone()),
        other => {
            return Err(format!("expected a property or a blank node, found {other}"));
        }
    };
    let mut members = |node: &Term| -> Result<Vec<Path>, String> {
        let members = graph::list(shapes, node).map_err(|fault: ListFault| fault.0.to_owned())?;
        if members.len() < 2 {
            return Err(format!("expected a list of at least two paths, found {}", members.len()));
        }
        members.iter().map(|member| read(shapes, member, depth - 1, steps)).collect()
    };
    if graph::object(shapes, &node, rdf::FIRST).is_some() {
        return members(&node.into()).map(Path::Sequence);
    }
    if let Some(list) = single(shapes, &node, sh!("alternativePath"))? {
        return members(&list).map(Path::Alternative);
    }
    let around: [Around; 4] = [
        (sh!("inversePath"), Path::Inverse),
        (sh!("zeroOrMorePath"), Path::ZeroOrMore),
        (sh!("oneOrMorePath"), Path::OneOrMore),
        (sh!("zeroOrOnePath"), Path::ZeroOrOne),
    ];
    for (predicate, make) in around {
        if let Some(inner) = single(shapes, &node, predicate)? {
            return read(shapes, &inner, depth - 1, steps).map(|path| make(Box::new(path)));
        }
    }
    Err("expected a property, a list of paths, or a blank node with `sh:inversePath`, `sh:alternativePath`, \
         `sh:zeroOrMorePath`, `sh:oneOrMorePath` or `sh:zeroOrOnePath`, found none of these"
        .to_owned())
}

fn single(shapes: &Graph, node: &NamedOrBlankNode, predicate: NamedNodeRef<'_>) -> Result<Option<Term>, String> {
    let mut objects = graph::objects(shapes, node, predicate);
    match objects.len() {
        0 | 1 => Ok(objects.pop()),
        count => Err(format!("expected one value of {predicate}, found {count}")),
    }
}

fn write_list(paths: &[Path], graph: &mut Graph, fresh: &mut impl FnMut() -> BlankNode) -> Term {
    paths.iter().rev().fold(rdf::NIL.into_owned().into(), |rest, path| {
        let first = path.write(graph, fresh);
        let node = fresh();
        graph.insert(&Triple::new(node.clone(), rdf::FIRST, first));
        graph.insert(&Triple::new(node.clone(), rdf::REST, rest));
        node.into()
    })
}

fn write_around(predicate: NamedNodeRef<'_>, path: &Path, graph: &mut Graph, fresh: &mut impl FnMut() -> BlankNode) -> Term {
    let inner = path.write(graph, fresh);
    write_node(predicate, inner, graph, fresh)
}

fn write_node(predicate: NamedNodeRef<'_>, object: Term, graph: &mut Graph, fresh: &mut impl FnMut() -> BlankNode) -> Term {
    let node = fresh();
    graph.insert(&Triple::new(node.clone(), predicate, object));
    node.into()
}

/// A path with its properties as numbers.
#[derive(Debug)]
pub(super) enum Route {
    Step { predicate: Id, inverse: bool },
    Sequence(Vec<Route>),
    Alternative(Vec<Route>),
    Repeat { route: Box<Route>, zero: bool, many: bool },
}

impl Route {
    /// `inverse` turns the whole path round: a sequence is then walked from its end.
    pub(super) fn new(path: &Path, inverse: bool, view: &mut View<'_>) -> Self {
        let repeat = |path, zero, many, view: &mut View<'_>| Self::Repeat { route: Box::new(Self::new(path, inverse, view)), zero, many };
        match path {
            Path::Predicate(predicate) => Self::Step { predicate: view.add(predicate.into()), inverse },
            Path::Sequence(paths) => {
                let mut routes: Vec<_> = paths.iter().map(|path| Self::new(path, inverse, view)).collect();
                if inverse {
                    routes.reverse();
                }
                Self::Sequence(routes)
            }
            Path::Alternative(paths) => Self::Alternative(paths.iter().map(|path| Self::new(path, inverse, view)).collect()),
            Path::Inverse(path) => Self::new(path, !inverse, view),
            Path::ZeroOrMore(path) => repeat(path, true, true, view),
            Path::OneOrMore(path) => repeat(path, false, true, view),
            Path::ZeroOrOne(path) => repeat(path, true, false, view),
        }
    }

    /// The value nodes: all nodes at the end of the path, each once.
    pub(super) fn values(&self, start: Id, view: &View<'_>) -> Vec<Id> {
        let mut values = Vec::new();
        self.walk(start, view, &mut values);
        if !matches!(self, Self::Step { .. }) {
            values.sort_unstable();
            values.dedup();
        }
        values
    }

    /// Appends the nodes at the end of the path; some may be appended twice.
    fn walk(&self, start: Id, view: &View<'_>, ends: &mut Vec<Id>) {
        match self {
            Self::Step { predicate, inverse: false } => {
                ends.extend(view.triples().objects(start, *predicate).iter().map(|pair| pair.1));
            }
            Self::Step { predicate, inverse: true } => {
                ends.extend(view.triples().subjects(*predicate, start).iter().map(|pair| pair.1));
            }
            Self::Sequence(routes) => {
                let mut here = vec![start];
                for route in routes {
                    let mut next = Vec::new();
                    for &node in &here {
                        route.walk(node, view, &mut next);
                    }
                    next.sort_unstable();
                    next.dedup();
                    here = next;
                }
                ends.append(&mut here);
            }
            Self::Alternative(routes) => {
                for route in routes {
                    route.walk(start, view, ends);
                }
            }
            Self::Repeat { route, zero, many } => {
                if *zero {
                    ends.push(start);
                }
                if *many {
                    let mut seen = IdSet::default();
                    if *zero {
                        seen.insert(start);
                    }
                    let mut todo = vec![start];
                    let mut next = Vec::new();
                    while let Some(node) = todo.pop() {
                        route.walk(node, view, &mut next);
                        for end in next.drain(..) {
                            if seen.insert(end) {
                                ends.push(end);
                                todo.push(end);
                            }
                        }
                    }
                } else {
                    route.walk(start, view, ends);
                }
            }
        }
    }
}
