//! Shapes made ready for one data graph: terms become numbers of the data, a class the set of its subclasses, a path a
//! route, a query a question. Everything that can be known before the first focus node is known here.

use super::constraint::{Constraint, Shape};
use super::data::{Id, IdSet, View};
use super::path::Route;
use super::query::Question;
use oxigraph::model::Term;
use spareval::ExpressionTerm as Value;

/// A constraint made ready for one data graph.
pub(super) enum Check {
    /// All that is needed is in the constraint.
    AsRead,
    /// The class and its subclasses.
    Class(IdSet),
    /// The other property of a pair.
    Property(Id),
    /// A limit to compare with.
    Limit(Value),
    /// The terms of `sh:in`, the predicates of `sh:closed`, the term of `sh:hasValue`.
    Terms(IdSet),
    /// A query.
    Question(Box<Question>),
}

/// A shape made ready for one data graph.
pub(super) struct Plan {
    pub(super) route: Option<Route>,
    pub(super) checks: Vec<Check>,
}

pub(super) fn plan(shape: &Shape, subclass_of: Id, view: &mut View<'_>) -> Plan {
    let route = shape.path.as_ref().map(|path| Route::new(path, false, view));
    let checks = shape.constraints.iter().map(|constraint| ready(shape, constraint, subclass_of, view)).collect();
    Plan { route, checks }
}

fn ready(shape: &Shape, constraint: &Constraint, subclass_of: Id, view: &mut View<'_>) -> Check {
    match constraint {
        Constraint::Class(class) => {
            let class = view.add(class.into());
            Check::Class(subclasses(view, Some(subclass_of), class))
        }
        Constraint::Equals(property) | Constraint::Disjoint(property) | Constraint::LessThan { property, .. } => {
            Check::Property(view.add(property.into()))
        }
        Constraint::Bound(_, limit) => Check::Limit(Value::from(Term::from(limit.clone()))),
        Constraint::HasValue(term) => Check::Terms(IdSet::from_iter([view.add(term.as_ref())])),
        Constraint::In(terms) => Check::Terms(terms.iter().map(|term| view.add(term.as_ref())).collect()),
        Constraint::Closed { allowed } => Check::Terms(allowed.iter().map(|name| view.add(name.into())).collect()),
        Constraint::Sparql(sparql) => Check::Question(Box::new(Question::new(sparql, shape, view))),
        _ => Check::AsRead,
    }
}

/// A class and its subclasses in the data.
pub(super) fn subclasses(view: &View<'_>, subclass_of: Option<Id>, class: Id) -> IdSet {
    let mut classes = IdSet::from_iter([class]);
    let mut todo = vec![class];
    while let Some(class) = todo.pop() {
        for (_, sub) in subclass_of.iter().flat_map(|id| view.triples().subjects(*id, class)) {
            if classes.insert(*sub) {
                todo.push(*sub);
            }
        }
    }
    classes
}
