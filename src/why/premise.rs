//! What the triple patterns and paths of a rule stand for in one of its solutions.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple, Variable};
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

use crate::store::{In, Store, StoreError};

/// How many things a path may lead through.
const REACH: usize = 100_000;

/// Blank nodes of a pattern are variables that no solution shows; under names of their own it does. What the pattern shows of itself
/// does not bound what is shown here.
pub fn without_blanks(mut pattern: GraphPattern) -> GraphPattern {
    name(&mut pattern);
    while let GraphPattern::Project { inner, .. } = pattern {
        pattern = *inner;
    }
    pattern
}

fn name(pattern: &mut GraphPattern) {
    let term = |term: &mut TermPattern| {
        if let TermPattern::BlankNode(blank) = term {
            *term = TermPattern::Variable(Variable::new_unchecked(format!("blank_{}", blank.as_str())));
        }
    };
    match pattern {
        GraphPattern::Bgp { patterns } => {
            for triple in patterns {
                term(&mut triple.subject);
                term(&mut triple.object);
            }
        }
        GraphPattern::Path { subject, object, .. } => {
            term(subject);
            term(object);
        }
        other => crate::query::inner(other).into_iter().for_each(name),
    }
}

/// The variables that the triple patterns, paths and assignments of a pattern bind, in their order.
pub fn variables(pattern: &GraphPattern) -> Vec<Variable> {
    let mut found = Vec::new();
    pattern.on_in_scope_variable(|variable| {
        if !found.contains(variable) {
            found.push(variable.clone());
        }
    });
    found
}

/// Premises in one solution.
pub struct Premises<'a, F> {
    /// Where they are.
    pub store: &'a Store,
    /// The value of a variable in the solution.
    pub of: &'a F,
}

impl<F: Fn(&Variable) -> Option<Term>> Premises<'_, F> {
    /// What a pattern stands for, each once, in the order of the pattern; none if it does not hold in this solution.
    /// What it says must not be there is no premise.
    pub fn of(&self, pattern: &GraphPattern) -> Result<Option<Vec<Triple>>, StoreError> {
        Ok(match pattern {
            GraphPattern::Bgp { patterns } => {
                let mut triples = Vec::new();
                for pattern in patterns {
                    match self.triple(pattern) {
                        Some(triple) if self.holds(&triple)? => triples.push(triple),
                        _ => return Ok(None),
                    }
                }
                Some(triples)
            }
            GraphPattern::Path { subject, path, object } => match (self.term(subject), self.term(object)) {
                (Some(from), Some(to)) => self.walk(path, &from)?.remove(&to.to_string()).map(|(_, triples)| triples),
                _ => None,
            },
            GraphPattern::Join { left, right } => match (self.of(left)?, self.of(right)?) {
                (Some(left), Some(right)) => Some(joined(left, right)),
                _ => None,
            },
            GraphPattern::LeftJoin { left, right, .. } => match self.of(left)? {
                Some(left) => Some(joined(left, self.of(right)?.unwrap_or_default())),
                None => None,
            },
            GraphPattern::Union { left, right } => match self.of(left)? {
                Some(left) => Some(left),
                None => self.of(right)?,
            },
            GraphPattern::Minus { left, .. } => self.of(left)?,
            GraphPattern::Extend { inner, variable, expression } => match expression {
                // The side of a UNION that gives another value is not the one that held.
                spargebra::algebra::Expression::NamedNode(node)
                    if (self.of)(variable).is_some_and(|term| term != Term::from(node.clone())) =>
                {
                    None
                }
                _ => self.of(inner)?,
            },
            GraphPattern::Filter { inner, .. }
            | GraphPattern::Graph { inner, .. }
            | GraphPattern::OrderBy { inner, .. }
            | GraphPattern::Project { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. } => self.of(inner)?,
            GraphPattern::Values { .. } => Some(Vec::new()),
            _ => None,
        })
    }

    fn term(&self, pattern: &TermPattern) -> Option<Term> {
        match pattern {
            TermPattern::NamedNode(node) => Some(node.clone().into()),
            TermPattern::Literal(literal) => Some(literal.clone().into()),
            TermPattern::Variable(variable) => (self.of)(variable),
            _ => None,
        }
    }

    fn triple(&self, pattern: &TriplePattern) -> Option<Triple> {
        let predicate = match &pattern.predicate {
            NamedNodePattern::NamedNode(node) => node.clone(),
            NamedNodePattern::Variable(variable) => match (self.of)(variable)? {
                Term::NamedNode(node) => node,
                _ => return None,
            },
        };
        triple(&self.term(&pattern.subject)?, &predicate, &self.term(&pattern.object)?)
    }

    fn holds(&self, triple: &Triple) -> Result<bool, StoreError> {
        let quads = self.store.quads(
            Some(triple.subject.as_ref()),
            Some(triple.predicate.as_ref()),
            Some(triple.object.as_ref()),
            Some(In::Default),
        );
        Ok(quads.into_iter().next().transpose()?.is_some())
    }

    /// Where a path leads from a term, and by what statements, the fewest first; by the written form of the end.
    fn walk(&self, path: &PropertyPathExpression, from: &Term) -> Result<Ends, StoreError> {
        match path {
            PropertyPathExpression::NamedNode(property) => self.step(from, Some(property), &[], true),
            PropertyPathExpression::Reverse(inner) => match &**inner {
                PropertyPathExpression::NamedNode(property) => self.step(from, Some(property), &[], false),
                PropertyPathExpression::Reverse(inner) => self.walk(inner, from),
                PropertyPathExpression::Sequence(first, second) => {
                    let back = |path: &PropertyPathExpression| Box::new(PropertyPathExpression::Reverse(Box::new(path.clone())));
                    self.walk(&PropertyPathExpression::Sequence(back(second), back(first)), from)
                }
                PropertyPathExpression::Alternative(one, other) => {
                    let back = |path: &PropertyPathExpression| Box::new(PropertyPathExpression::Reverse(Box::new(path.clone())));
                    self.walk(&PropertyPathExpression::Alternative(back(one), back(other)), from)
                }
                PropertyPathExpression::ZeroOrMore(inner) => {
                    let back = Box::new(PropertyPathExpression::Reverse(inner.clone()));
                    self.walk(&PropertyPathExpression::ZeroOrMore(back), from)
                }
                PropertyPathExpression::OneOrMore(inner) => {
                    let back = Box::new(PropertyPathExpression::Reverse(inner.clone()));
                    self.walk(&PropertyPathExpression::OneOrMore(back), from)
                }
                PropertyPathExpression::ZeroOrOne(inner) => {
                    let back = Box::new(PropertyPathExpression::Reverse(inner.clone()));
                    self.walk(&PropertyPathExpression::ZeroOrOne(back), from)
                }
                PropertyPathExpression::NegatedPropertySet(except) => self.step(from, None, except, false),
            },
            PropertyPathExpression::Sequence(first, second) => {
                let mut ends = Ends::new();
                for (_, (middle, before)) in self.walk(first, from)? {
                    for (key, (end, after)) in self.walk(second, &middle)? {
                        shorter(&mut ends, key, end, joined(before.clone(), after));
                    }
                }
                Ok(ends)
            }
            PropertyPathExpression::Alternative(one, other) => {
                let mut ends = self.walk(one, from)?;
                for (key, (end, triples)) in self.walk(other, from)? {
                    shorter(&mut ends, key, end, triples);
                }
                Ok(ends)
            }
            PropertyPathExpression::ZeroOrMore(inner) => {
                let mut ends = self.repeat(inner, from)?;
                ends.insert(from.to_string(), (from.clone(), Vec::new()));
                Ok(ends)
            }
            PropertyPathExpression::OneOrMore(inner) => self.repeat(inner, from),
            PropertyPathExpression::ZeroOrOne(inner) => {
                let mut ends = self.walk(inner, from)?;
                ends.insert(from.to_string(), (from.clone(), Vec::new()));
                Ok(ends)
            }
            PropertyPathExpression::NegatedPropertySet(except) => self.step(from, None, except, true),
        }
    }

    fn step(&self, from: &Term, property: Option<&NamedNode>, except: &[NamedNode], forward: bool) -> Result<Ends, StoreError> {
        let mut ends = Ends::new();
        let subject: Option<NamedOrBlankNode> = match from {
            Term::NamedNode(node) => Some(node.clone().into()),
            Term::BlankNode(blank) => Some(blank.clone().into()),
            Term::Literal(_) => None,
        };
        let quads = match (forward, &subject) {
            (true, None) => return Ok(ends),
            (true, Some(subject)) => self.store.quads(Some(subject.as_ref()), property.map(NamedNode::as_ref), None, Some(In::Default)),
            (false, _) => self.store.quads(None, property.map(NamedNode::as_ref), Some(from.as_ref()), Some(In::Default)),
        };
        for quad in quads {
            let quad = quad?;
            if except.contains(&quad.predicate) {
                continue;
            }
            let end = if forward { quad.object.clone() } else { Term::from(quad.subject.clone()) };
            shorter(&mut ends, end.to_string(), end, vec![Triple::from(quad)]);
        }
        Ok(ends)
    }

    /// One or more times.
    fn repeat(&self, path: &PropertyPathExpression, from: &Term) -> Result<Ends, StoreError> {
        let mut ends = Ends::new();
        let mut open = vec![(from.clone(), Vec::new())];
        while !open.is_empty() && ends.len() < REACH {
            let mut next = Vec::new();
            for (node, before) in open {
                for (key, (end, step)) in self.walk(path, &node)? {
                    if let Entry::Vacant(place) = ends.entry(key) {
                        let triples = joined(before.clone(), step);
                        place.insert((end.clone(), triples.clone()));
                        next.push((end, triples));
                    }
                }
            }
            open = next;
        }
        Ok(ends)
    }
}

/// Where a path ends, and by what statements it leads there; by the written form of the end.
type Ends = BTreeMap<String, (Term, Vec<Triple>)>;

fn shorter(ends: &mut Ends, key: String, end: Term, triples: Vec<Triple>) {
    match ends.get(&key) {
        Some((_, known)) if known.len() <= triples.len() => {}
        _ => _ = ends.insert(key, (end, triples)),
    }
}

fn joined(mut left: Vec<Triple>, right: Vec<Triple>) -> Vec<Triple> {
    for triple in right {
        if !left.contains(&triple) {
            left.push(triple);
        }
    }
    left
}

fn triple(subject: &Term, predicate: &NamedNode, object: &Term) -> Option<Triple> {
    let subject: NamedOrBlankNode = match subject {
        Term::NamedNode(node) => node.clone().into(),
        Term::BlankNode(blank) => blank.clone().into(),
        Term::Literal(_) => return None,
    };
    Some(Triple::new(subject, predicate.clone(), object.clone()))
}
