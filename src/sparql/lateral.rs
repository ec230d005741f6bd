//! What is found behind an `OPTIONAL` or a `MINUS` of few rows is looked up for each of them. The evaluator orders patterns by
//! their shape alone: behind `GRAPH ?cited { … OPTIONAL { … } }` it may begin with all names of the graph, and find the rest anew for
//! each.
//!
//! For patterns, `GRAPH`, data and paths of at least one step, to look up with what is known is to join (SPARQL 1.1 §18.5): the answers
//! are the same.

use std::collections::BTreeSet;

use spargebra::algebra::GraphPattern;

use super::Joins;
use super::count::size;
use super::{path, walk};

/// Patterns of so many times the rows stay behind what has few; where it is less, the evaluator's order is as good.
const FAR_MORE: f64 = 4.0;

/// Puts the order into a query's joins where the evaluator would not find it.
pub fn rewrite(pattern: &mut GraphPattern, joins: Joins<'_>) {
    walk::each(pattern, &mut |pattern| {
        if matches!(pattern, GraphPattern::Join { .. }) {
            order(pattern, joins);
        }
    });
}

fn order(pattern: &mut GraphPattern, joins: Joins<'_>) {
    let mut parts = Vec::new();
    flatten(std::mem::take(pattern), &mut parts);
    let rows = |part: &GraphPattern| match joins {
        Joins::Counted(counts) => size(part, &BTreeSet::new(), counts).rows,
        Joins::Always | Joins::Never => 0.0,
    };
    let first = parts.iter().filter(|part| leaves_open(part)).map(&rows).reduce(f64::min);
    let is_later = |part: &GraphPattern| {
        is_simple(part)
            && match (joins, first) {
                (Joins::Never, _) | (_, None) => false,
                (Joins::Always, _) => true,
                (Joins::Counted(_), Some(first)) => rows(part) > FAR_MORE * first,
            }
    };
    let (later, sooner): (Vec<_>, Vec<_>) = parts.into_iter().partition(is_later);
    let join = |parts: Vec<GraphPattern>| {
        parts.into_iter().reduce(|left, right| GraphPattern::Join { left: Box::new(left), right: Box::new(right) })
    };
    *pattern = match (join(sooner), join(later)) {
        (Some(sooner), Some(later)) => GraphPattern::Lateral { left: Box::new(sooner), right: Box::new(later) },
        (Some(all), None) | (None, Some(all)) => all,
        (None, None) => GraphPattern::default(),
    };
}

/// The parts of a join in their order.
fn flatten(pattern: GraphPattern, parts: &mut Vec<GraphPattern>) {
    match pattern {
        GraphPattern::Join { left, right } => {
            flatten(*left, parts);
            flatten(*right, parts);
        }
        other => parts.push(other),
    }
}

/// Whether a pattern has an `OPTIONAL` or a `MINUS`, before which the evaluator puts what stands behind it.
fn leaves_open(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::LeftJoin { .. } | GraphPattern::Minus { .. } => true,
        GraphPattern::Filter { inner, .. } | GraphPattern::Extend { inner, .. } | GraphPattern::Graph { inner, .. } => leaves_open(inner),
        GraphPattern::Union { left, right } => leaves_open(left) || leaves_open(right),
        _ => false,
    }
}

/// Whether looking a pattern up with some of its variables known is the same as joining it.
fn is_simple(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Bgp { .. } => true,
        GraphPattern::Path { path, .. } => !path::may_have_no_step(path),
        GraphPattern::Graph { inner, .. } => is_simple(inner),
        GraphPattern::Join { left, right } => is_simple(left) && is_simple(right),
        _ => false,
    }
}
