//! How large patterns are: how many rows they have and how many are looked at for them, from what a graph counts.
//!
//! Only the order of work is chosen by these numbers, never what is found; they need not be right, only cheap.

use std::collections::BTreeSet;

use oxigraph::model::{NamedNodeRef, TermRef, Variable};
use spargebra::algebra::GraphPattern;
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

/// The end of a statement by which others are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Its subject.
    Subject,
    /// Its object.
    Object,
}

/// What a graph tells of how often something occurs in it. Each answer costs a few searches.
pub trait Counts {
    /// How many statements have these terms, in the default graph or in all named ones.
    fn count(&self, terms: [Option<TermRef<'_>>; 3], named: bool) -> usize;

    /// How many statements of a property a subject or object of it has on average.
    fn spread(&self, property: NamedNodeRef<'_>, end: End, named: bool) -> f64;
}

/// The size of a pattern.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// How many rows it has.
    pub rows: f64,
    /// How many rows are made on the way to them.
    pub work: f64,
}

/// The size of a pattern once some variables have a value.
pub fn size(pattern: &GraphPattern, known: &BTreeSet<Variable>, counts: &dyn Counts) -> Size {
    let mut items = Vec::new();
    flatten(pattern, false, &mut items);
    let mut known = known.clone();
    let mut size = Size { rows: 1.0, work: 0.0 };
    while !items.is_empty() {
        let sizes = items.iter().map(|item| item.rows(&known, counts));
        let best = sizes.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        let Some((index, rows)) = best else { break };
        let item = items.swap_remove(index);
        size.rows *= rows;
        size.work += size.rows;
        match item {
            Item::Triple(triple, _) => [Some(&triple.subject), Some(&triple.object)].into_iter().flatten().for_each(|term| {
                if let TermPattern::Variable(variable) = term {
                    known.insert(variable.clone());
                }
            }),
            Item::Other(other) => other.on_in_scope_variable(|variable| {
                known.insert(variable.clone());
            }),
        }
    }
    size
}

/// A part of a join.
enum Item<'p> {
    /// A triple, and whether in named graphs.
    Triple(&'p TriplePattern, bool),
    Other(&'p GraphPattern),
}

fn flatten<'p>(pattern: &'p GraphPattern, named: bool, items: &mut Vec<Item<'p>>) {
    match pattern {
        GraphPattern::Bgp { patterns } => items.extend(patterns.iter().map(|triple| Item::Triple(triple, named))),
        GraphPattern::Join { left, right } | GraphPattern::Lateral { left, right } => {
            flatten(left, named, items);
            flatten(right, named, items);
        }
        GraphPattern::Graph { inner, .. } => flatten(inner, true, items),
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Group { inner, .. }
        | GraphPattern::LeftJoin { left: inner, .. }
        | GraphPattern::Minus { left: inner, .. } => flatten(inner, named, items),
        other => items.push(Item::Other(other)),
    }
}

impl Item<'_> {
    fn rows(&self, known: &BTreeSet<Variable>, counts: &dyn Counts) -> f64 {
        match self {
            Item::Triple(triple, named) => triple_rows(triple, *named, known, counts),
            Item::Other(GraphPattern::Values { bindings, .. }) => bindings.len() as f64,
            Item::Other(GraphPattern::Union { left, right }) => size(left, known, counts).rows + size(right, known, counts).rows,
            Item::Other(GraphPattern::Slice { inner, length, .. }) => {
                let rows = size(inner, known, counts).rows;
                length.map_or(rows, |length| rows.min(length as f64))
            }
            // A path is some steps from an end that is known, and else as many as there are statements.
            Item::Other(GraphPattern::Path { subject, object, .. }) => {
                let has = |term: &TermPattern| !matches!(term, TermPattern::Variable(variable) if !known.contains(variable));
                match (has(subject), has(object)) {
                    (true, true) => 1.0,
                    (true, false) | (false, true) => 20.0,
                    (false, false) => counts.count([None; 3], false) as f64,
                }
            }
            Item::Other(_) => 1.0,
        }
    }
}

fn triple_rows(triple: &TriplePattern, named: bool, known: &BTreeSet<Variable>, counts: &dyn Counts) -> f64 {
    let constant = |term: &TermPattern| match term {
        TermPattern::NamedNode(_) | TermPattern::Literal(_) => true,
        TermPattern::Variable(_) | TermPattern::BlankNode(_) => false,
    };
    let bound = |term: &TermPattern| matches!(term, TermPattern::Variable(variable) if known.contains(variable));
    let property = match &triple.predicate {
        NamedNodePattern::NamedNode(property) => Some(property.as_ref()),
        NamedNodePattern::Variable(_) => None,
    };
    match (bound(&triple.subject), bound(&triple.object), property) {
        (true, true, _) => 1.0,
        (true, false, _) if constant(&triple.object) => 1.0,
        (false, true, _) if constant(&triple.subject) => 1.0,
        (true, false, Some(property)) => counts.spread(property, End::Subject, named),
        (false, true, Some(property)) => counts.spread(property, End::Object, named),
        (true, false, None) => 10.0,
        (false, true, None) => 100.0,
        (false, false, _) => counts.count([of_term(&triple.subject), property.map(TermRef::from), of_term(&triple.object)], named) as f64,
    }
}

fn of_term(term: &TermPattern) -> Option<TermRef<'_>> {
    match term {
        TermPattern::NamedNode(node) => Some(node.as_ref().into()),
        TermPattern::Literal(literal) => Some(literal.as_ref().into()),
        TermPattern::Variable(_) | TermPattern::BlankNode(_) => None,
    }
}
