//! Validation itself (section 3.4): focus nodes through shapes, values through constraints, all as numbers.
//!
//! A check runs in one of two ways: collecting results, or only asking whether there would be one, as `sh:or` and its
//! kin do, where nothing is built or written.

mod values;

use super::constraint::{Constraint, Shape, ShapeId, Target};
use super::data::{Data, Id, IdMap, View};
use super::message::{self, Found};
use super::path::Path;
use super::plan::{Check, Plan, plan, subclasses};
use super::query::{Answers, SHAPES_GRAPH};
use super::{Shapes, ValidationError, ValidationResult};
use oxigraph::model::vocab::{rdf, rdfs};
use oxigraph::model::{Literal, NamedNode, Term};
use std::cell::RefCell;
use std::collections::HashSet;

/// For how many focus nodes the answers of queries are kept.
const TOGETHER: usize = 1 << 14;

/// What is wanted of a check.
enum Wanted<'r> {
    /// Every result, one after the other; and how many there were so far.
    Results(&'r mut dyn FnMut(ValidationResult), usize),
    /// Whether there is one.
    Whether(bool),
}

impl Wanted<'_> {
    /// Nothing that is found from here on would matter.
    fn is_settled(&self) -> bool {
        matches!(self, Self::Whether(true))
    }
}

/// One validation of one data graph.
pub(super) struct Validation<'v> {
    shapes: &'v Shapes,
    view: View<'v>,
    plans: Vec<Plan>,
    rdf_type: Id,
    /// Which nodes conform to shapes that are asked more than once.
    known: RefCell<IdMap<(u32, Id), bool>>,
    /// What queries said about focus nodes for which they were asked together.
    answers: RefCell<Answers>,
}

/// A place where a constraint stands, and the node it is about.
#[derive(Clone, Copy)]
struct Place<'v> {
    shape: ShapeId,
    constraint: &'v Constraint,
    focus: Id,
}

impl<'v> Validation<'v> {
    pub(super) fn new(shapes: &'v Shapes, data: &'v Data) -> Self {
        let mut view = View::new(data);
        let rdf_type = view.add(rdf::TYPE.into());
        let subclass_of = view.add(rdfs::SUB_CLASS_OF.into());
        for shape in &shapes.shapes {
            for target in &shape.targets {
                match target {
                    Target::Node(node) => view.add(node.as_ref()),
                    Target::Class(name) | Target::SubjectsOf(name) | Target::ObjectsOf(name) => view.add(name.into()),
                };
            }
        }
        if let Some(graph) = &shapes.graph {
            view.add_shapes_graph(SHAPES_GRAPH.into(), graph);
        }
        let plans = shapes.shapes.iter().map(|shape| plan(shape, subclass_of, &mut view)).collect();
        Self { shapes, view, plans, rdf_type, known: RefCell::default(), answers: RefCell::default() }
    }

    /// All results, one after the other, in no particular order.
    pub(super) fn run(&self, found: &mut dyn FnMut(ValidationResult)) -> Result<(), ValidationError> {
        for (id, shape) in self.shapes.shapes.iter().enumerate() {
            if shape.targets.is_empty() || shape.deactivated {
                continue;
            }
            let focus_nodes = self.focus_nodes(shape);
            let mut wanted = Wanted::Results(found, 0);
            for some in focus_nodes.chunks(TOGETHER) {
                self.ask_together(id, some)?;
                for focus in some {
                    self.check_shape(id, *focus, &mut wanted)?;
                }
                self.answers.borrow_mut().forget();
            }
        }
        Ok(())
    }

    /// The focus nodes of a shape's targets (section 2.1.3), each once.
    fn focus_nodes(&self, shape: &Shape) -> Vec<Id> {
        let find = |name: &NamedNode| self.view.find(name.into());
        let triples = self.view.triples();
        let mut nodes = Vec::new();
        for target in &shape.targets {
            match target {
                Target::Node(node) => nodes.extend(self.view.find(node.as_ref())),
                Target::Class(class) => {
                    let subclass_of = self.view.find(rdfs::SUB_CLASS_OF.into());
                    let classes = find(class).map(|class| subclasses(&self.view, subclass_of, class));
                    for class in classes.into_iter().flatten() {
                        nodes.extend(triples.subjects(self.rdf_type, class).iter().map(|pair| pair.1));
                    }
                }
                Target::SubjectsOf(property) => {
                    nodes.extend(find(property).iter().flat_map(|id| triples.with(*id)).map(|pair| pair.1));
                }
                Target::ObjectsOf(property) => {
                    nodes.extend(find(property).iter().flat_map(|id| triples.with(*id)).map(|pair| pair.0));
                }
            }
        }
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// Asks the queries of a shape, and of the shapes that are about the same nodes, for all focus nodes at once.
    fn ask_together(&self, id: ShapeId, focus_nodes: &[Id]) -> Result<(), ValidationError> {
        let mut todo = vec![id];
        let mut seen = HashSet::from([id]);
        while let Some(id) = todo.pop() {
            let shape = &self.shapes.shapes[id];
            if shape.deactivated {
                continue;
            }
            for (constraint, check) in shape.constraints.iter().zip(&self.plans[id].checks) {
                if let Check::Question(question) = check
                    && question.batches()
                {
                    let mut rows = Vec::new();
                    for &focus in focus_nodes {
                        if question.asks_values() {
                            rows.extend(self.values(id, focus).into_iter().map(|value| (focus, Some(value))));
                        } else {
                            rows.push((focus, None));
                        }
                    }
                    self.answers.borrow_mut().ask(question, &self.view, &rows)?;
                }
                let same_nodes = shape.path.is_none();
                let inner = match constraint {
                    Constraint::Property(_) | Constraint::Node(_) | Constraint::And(_) if same_nodes => constraint.shapes(),
                    _ => Vec::new(),
                };
                todo.extend(inner.into_iter().filter(|id| seen.insert(*id)));
            }
        }
        Ok(())
    }

    /// The value nodes of a focus node: itself for a node shape, the ends of the path for a property shape.
    fn values(&self, shape: ShapeId, focus: Id) -> Vec<Id> {
        self.plans[shape].route.as_ref().map_or_else(|| vec![focus], |route| route.values(focus, &self.view))
    }

    fn conforms(&self, shape: ShapeId, focus: Id) -> Result<bool, ValidationError> {
        let mut wanted = Wanted::Whether(false);
        self.check_shape(shape, focus, &mut wanted)?;
        Ok(!wanted.is_settled())
    }

    fn check_shape(&self, id: ShapeId, focus: Id, wanted: &mut Wanted<'_>) -> Result<(), ValidationError> {
        let shape = &self.shapes.shapes[id];
        if shape.deactivated {
            return Ok(());
        }
        let key = u32::try_from(id).ok().filter(|_| shape.shared).map(|id| (id, focus));
        if let Some(conforms) = key.and_then(|key| self.known.borrow().get(&key).copied()) {
            match wanted {
                _ if conforms => return Ok(()),
                Wanted::Whether(found) => {
                    *found = true;
                    return Ok(());
                }
                Wanted::Results(..) => {}
            }
        }
        let before = if let Wanted::Results(_, count) = wanted { *count } else { 0 };
        let values = self.values(id, focus);
        for (constraint, check) in shape.constraints.iter().zip(&self.plans[id].checks) {
            self.check(Place { shape: id, constraint, focus }, check, &values, wanted)?;
            if wanted.is_settled() {
                break;
            }
        }
        if let Some(key) = key {
            let conforms = match wanted {
                Wanted::Results(_, count) => *count == before,
                Wanted::Whether(found) => !*found,
            };
            self.known.borrow_mut().insert(key, conforms);
        }
        Ok(())
    }

    fn check(&self, place: Place<'v>, check: &Check, values: &[Id], wanted: &mut Wanted<'_>) -> Result<(), ValidationError> {
        match (place.constraint, check) {
            (Constraint::MinCount(least), _) => {
                if (values.len() as u64) < *least {
                    self.count(place, values.len(), wanted);
                }
            }
            (Constraint::MaxCount(most), _) => {
                if values.len() as u64 > *most {
                    self.count(place, values.len(), wanted);
                }
            }
            (Constraint::HasValue(_), Check::Terms(terms)) => {
                if !values.iter().any(|value| terms.contains(value)) {
                    self.violation(place, None, &Found::Value, wanted);
                }
            }
            (Constraint::UniqueLang, _) => self.unique_languages(place, values, wanted),
            (Constraint::Equals(_), Check::Property(property)) => {
                self.equals(place, *property, values, wanted);
            }
            (Constraint::LessThan { or_equal, .. }, Check::Property(property)) => {
                self.less_than(place, *property, *or_equal, values, wanted);
            }
            (Constraint::QualifiedMin(qualified, least), _) => {
                let count = self.qualified(qualified, values)?;
                if (count as u64) < *least {
                    self.count(place, count, wanted);
                }
            }
            (Constraint::QualifiedMax(qualified, most), _) => {
                let count = self.qualified(qualified, values)?;
                if count as u64 > *most {
                    self.count(place, count, wanted);
                }
            }
            (Constraint::Closed { .. }, Check::Terms(allowed)) => {
                self.closed(place, allowed, values, wanted);
            }
            (Constraint::Property(shape), _) => {
                for &value in values {
                    self.check_shape(*shape, value, wanted)?;
                }
            }
            (Constraint::Sparql(_), Check::Question(question)) => {
                self.question(place, question, values, wanted)?;
            }
            _ => {
                for &value in values {
                    if !self.value_conforms(place, check, value)? {
                        self.violation(place, Some(value), &Found::Value, wanted);
                        if wanted.is_settled() {
                            break;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn count(&self, place: Place<'v>, count: usize, wanted: &mut Wanted<'_>) {
        self.violation(place, None, &Found::Count(count), wanted);
    }

    fn violation(&self, place: Place<'v>, value: Option<Id>, found: &Found, wanted: &mut Wanted<'_>) {
        self.add(place, None, value, found, wanted);
    }

    fn add(&self, place: Place<'v>, path: Option<Path>, value: Option<Id>, found: &Found, wanted: &mut Wanted<'_>) {
        if let Wanted::Whether(violated) = wanted {
            *violated = true;
            return;
        }
        let path = path.or_else(|| self.shapes.shapes[place.shape].path.clone());
        let value = value.map(|value| self.view.term(value).clone());
        self.push(place, path, value, Vec::new(), found, wanted);
    }

    fn push(
        &self,
        place: Place<'v>,
        path: Option<Path>,
        value: Option<Term>,
        mut messages: Vec<Literal>,
        found: &Found,
        wanted: &mut Wanted<'_>,
    ) {
        let found_one = match wanted {
            Wanted::Results(found_one, count) => {
                *count += 1;
                found_one
            }
            Wanted::Whether(violated) => {
                *violated = true;
                return;
            }
        };
        let shape = &self.shapes.shapes[place.shape];
        if messages.is_empty() {
            messages.clone_from(&shape.messages);
        }
        if messages.is_empty() {
            let names = &self.shapes.names;
            messages.push(message::default(names, &self.shapes.shapes, place.constraint, path.as_ref(), value.as_ref(), found));
        }
        found_one(ValidationResult {
            focus: self.view.term(place.focus).clone(),
            path,
            value,
            shape: shape.node.clone(),
            component: place.constraint.component(),
            constraint: match place.constraint {
                Constraint::Sparql(sparql) => sparql.source.clone(),
                _ => None,
            },
            severity: shape.severity.clone(),
            messages,
        });
    }
}
