//! `EXISTS` and `NOT EXISTS` as one join instead of a question asked of every row: what is inside is found once, and the rows are held
//! against it by what they share. It is done where SPARQL 1.1 §8.1 and §18.6 leave no difference, and where the graph's counts
//! say that it is far less work.
//!
//! An `EXISTS` sees its row: the row's values stand in for its variables, wherever inside they are. To find what is inside first and
//! compare afterwards is the same if every variable that both have always has a value on both sides, and if nothing inside looks at
//! a variable of the row where its own patterns have not bound it. Patterns, paths of at least one step, `GRAPH`, `UNION`, data and
//! filters are such; what takes away, counts or leaves open is left to be asked row by row.

use std::collections::BTreeSet;

use oxigraph::model::Variable;
use spargebra::algebra::{Expression, Function, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern};

use super::count::{Counts, size};
use super::{graph, path, walk};

/// When a join takes the place of questions.
#[derive(Clone, Copy)]
pub enum Joins<'c> {
    /// Never.
    Never,
    /// Wherever it gives the same, however small the graph: for tests.
    Always,
    /// Where it is far less work by the counts of the graph that is asked.
    Counted(&'c dyn Counts),
}

/// So many look-ups are made as the query is written: they take a part of a second.
const FEW: f64 = 200_000.0;
/// What looking something up costs, in rows that are read one behind the other.
const LOOKUP: f64 = 3.0;
/// Where so many rows are enough, no more than this times as many are expected to be asked.
const ASKED_OF_LIMIT: f64 = 1_000.0;

impl Joins<'_> {
    /// The variables by which rows are held against what is inside an `EXISTS`, if that is to be done. `limit` is how many rows are
    /// enough; `lookups` tells how often something is looked up to ask of one row.
    pub fn keys(
        self,
        rows: &GraphPattern,
        asked: &GraphPattern,
        limit: Option<usize>,
        lookups: impl Fn(&GraphPattern, &BTreeSet<Variable>, &dyn Counts) -> f64,
    ) -> Option<Vec<Variable>> {
        if matches!(self, Self::Never) {
            return None;
        }
        let visible = in_scope(rows);
        let shared: Vec<Variable> = in_scope(asked).intersection(&visible).cloned().collect();
        let (of_rows, of_asked) = (certain(rows), certain(asked));
        let always = shared.iter().all(|variable| of_rows.contains(variable) && of_asked.contains(variable));
        if shared.is_empty() || !always || !is_closed(asked, &visible) {
            return None;
        }
        let Self::Counted(counts) = self else { return Some(shared) };
        let mut questions = size(rows, &BTreeSet::new(), counts).rows;
        if let Some(limit) = limit {
            questions = questions.min(limit as f64 * ASKED_OF_LIMIT);
        }
        let each = lookups(asked, &shared.iter().cloned().collect(), counts).max(1.0);
        let once = size(asked, &BTreeSet::new(), counts).work;
        (questions * each > FEW && 2.0 * (once + questions) < questions * each * LOOKUP).then_some(shared)
    }
}

/// The variables that a pattern may give values to.
pub fn in_scope(pattern: &GraphPattern) -> BTreeSet<Variable> {
    let mut variables = BTreeSet::new();
    pattern.on_in_scope_variable(|variable| {
        variables.insert(variable.clone());
    });
    variables
}

/// The variables that have a value in every row of a pattern. May leave some out.
fn certain(pattern: &GraphPattern) -> BTreeSet<Variable> {
    match pattern {
        GraphPattern::Bgp { .. } => in_scope(pattern),
        GraphPattern::Path { subject, object, .. } => [subject, object]
            .into_iter()
            .filter_map(|term| match term {
                TermPattern::Variable(variable) => Some(variable.clone()),
                _ => None,
            })
            .collect(),
        GraphPattern::Values { variables, bindings } => variables
            .iter()
            .enumerate()
            .filter(|(index, _)| bindings.iter().all(|row| row.get(*index).is_some_and(Option::is_some)))
            .map(|(_, variable)| variable.clone())
            .collect(),
        GraphPattern::Join { left, right } | GraphPattern::Lateral { left, right } => &certain(left) | &certain(right),
        GraphPattern::Union { left, right } => &certain(left) & &certain(right),
        GraphPattern::LeftJoin { left, .. } | GraphPattern::Minus { left, .. } => certain(left),
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => certain(inner),
        GraphPattern::Project { inner, variables } => {
            let kept = variables.iter().cloned().collect();
            &certain(inner) & &kept
        }
        GraphPattern::Graph { name, inner } => {
            let mut variables = certain(inner);
            if let NamedNodePattern::Variable(name) = name
                && graph::binds(inner)
            {
                variables.insert(name.clone());
            }
            variables
        }
        GraphPattern::Group { .. } | GraphPattern::Service { .. } => BTreeSet::new(),
    }
}

/// Whether a pattern finds the same before and after the values of these variables stand in it, as far as they fit.
fn is_closed(pattern: &GraphPattern, visible: &BTreeSet<Variable>) -> bool {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Values { .. } => true,
        GraphPattern::Path { path, .. } => !path::may_have_no_step(path),
        GraphPattern::Join { left, right } | GraphPattern::Union { left, right } => is_closed(left, visible) && is_closed(right, visible),
        GraphPattern::Graph { inner, .. } => is_closed(inner, visible),
        GraphPattern::Filter { expr, inner } => {
            let bound = certain(inner);
            let mut expr = expr.clone();
            let mut open = false;
            graph::visit_all(&mut expr, &mut |variable| open |= visible.contains(variable) && !bound.contains(variable));
            !open && !is_chancy(&mut expr) && is_closed(inner, visible)
        }
        _ => false,
    }
}

/// Whether an expression gives something else each time.
fn is_chancy(expression: &mut Expression) -> bool {
    if let Expression::FunctionCall(Function::Rand | Function::Uuid | Function::StrUuid | Function::BNode, _) = expression {
        return true;
    }
    walk::parts(expression).into_iter().any(is_chancy)
}

/// The rows for which something is there, or with false those for which nothing is.
pub fn joined(rows: GraphPattern, asked: GraphPattern, keys: Vec<Variable>, wanted: bool) -> GraphPattern {
    let found = GraphPattern::Distinct { inner: Box::new(GraphPattern::Project { inner: Box::new(asked), variables: keys }) };
    if wanted {
        GraphPattern::Join { left: Box::new(found), right: Box::new(rows) }
    } else {
        GraphPattern::Minus { left: Box::new(rows), right: Box::new(found) }
    }
}
