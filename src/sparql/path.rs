//! Property paths as SPARQL 1.1 §18.4 has them, where the evaluator differs: a path that may have no step ties a term that
//! the query names to itself, whether the graph knows the term or not; and what two alternatives both find counts twice.

use oxigraph::model::Variable;
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};

use super::walk;

/// Rewrites every path of a pattern.
pub fn rewrite(pattern: &mut GraphPattern) {
    walk::each(pattern, &mut name_blank_nodes);
    let mut made = 0;
    walk::each(pattern, &mut |pattern| {
        if let GraphPattern::Path { subject, path, object } = pattern {
            *pattern = split(subject.clone(), path.clone(), object.clone(), &mut made);
        }
    });
}

/// Blank nodes as the variables that they are, where a path can be rewritten with them. No label stands in two patterns.
fn name_blank_nodes(pattern: &mut GraphPattern) {
    let named = |term: &mut TermPattern| {
        if let TermPattern::BlankNode(blank) = term {
            *term = Variable::new_unchecked(format!("_blank_{}", blank.as_str())).into();
        }
    };
    match pattern {
        GraphPattern::Bgp { patterns } => {
            for TriplePattern { subject, object, .. } in patterns {
                named(subject);
                named(object);
            }
        }
        GraphPattern::Path { subject, object, .. } => {
            named(subject);
            named(object);
        }
        _ => {}
    }
}

fn split(subject: TermPattern, path: PropertyPathExpression, object: TermPattern, made: &mut usize) -> GraphPattern {
    match path {
        PropertyPathExpression::NamedNode(predicate) => {
            let predicate = NamedNodePattern::NamedNode(predicate);
            GraphPattern::Bgp { patterns: vec![TriplePattern { subject, predicate, object }] }
        }
        PropertyPathExpression::Reverse(path) => split(object, *path, subject, made),
        PropertyPathExpression::Sequence(first, second) => {
            let middle = TermPattern::from(Variable::new_unchecked(format!("_path_{made}")));
            *made += 1;
            let left = Box::new(split(subject, *first, middle.clone(), made));
            GraphPattern::Join { left, right: Box::new(split(middle, *second, object, made)) }
        }
        PropertyPathExpression::Alternative(first, second) => {
            let left = Box::new(split(subject.clone(), *first, object.clone(), made));
            GraphPattern::Union { left, right: Box::new(split(subject, *second, object, made)) }
        }
        path if may_have_no_step(&path) => with_itself(subject, path, object),
        path => GraphPattern::Path { subject, path, object },
    }
}

/// Whether a path may tie a term to itself without a step.
pub(super) fn may_have_no_step(path: &PropertyPathExpression) -> bool {
    match path {
        PropertyPathExpression::NamedNode(_) | PropertyPathExpression::NegatedPropertySet(_) => false,
        PropertyPathExpression::Reverse(path) | PropertyPathExpression::OneOrMore(path) => may_have_no_step(path),
        PropertyPathExpression::Sequence(first, second) => may_have_no_step(first) && may_have_no_step(second),
        PropertyPathExpression::Alternative(first, second) => may_have_no_step(first) || may_have_no_step(second),
        PropertyPathExpression::ZeroOrMore(_) | PropertyPathExpression::ZeroOrOne(_) => true,
    }
}

/// The term that the query names is one end, itself among what is found at the other, exactly once.
fn with_itself(subject: TermPattern, path: PropertyPathExpression, object: TermPattern) -> GraphPattern {
    // Within GRAPH it makes the graph's name bound, which VALUES alone would not.
    let here = || Box::new(GraphPattern::Bgp { patterns: Vec::new() });
    let (term, other) = match (ground(&subject), ground(&object)) {
        (Some(start), Some(end)) if start == end => return *here(),
        (Some(term), None) => (term, &object),
        (None, Some(term)) => (term, &subject),
        _ => return GraphPattern::Path { subject, path, object },
    };
    let TermPattern::Variable(other) = other.clone() else { return GraphPattern::Path { subject, path, object } };
    let expression = match &term {
        GroundTerm::NamedNode(node) => Expression::NamedNode(node.clone()),
        GroundTerm::Literal(literal) => Expression::Literal(literal.clone()),
    };
    let itself = GraphPattern::Values { variables: vec![other.clone()], bindings: vec![vec![Some(term)]] };
    let same = Expression::SameTerm(Box::new(Expression::Variable(other)), Box::new(expression));
    let others =
        GraphPattern::Filter { expr: Expression::Not(Box::new(same)), inner: Box::new(GraphPattern::Path { subject, path, object }) };
    GraphPattern::Union { left: Box::new(GraphPattern::Join { left: here(), right: Box::new(itself) }), right: Box::new(others) }
}

fn ground(term: &TermPattern) -> Option<GroundTerm> {
    match term {
        TermPattern::NamedNode(node) => Some(node.clone().into()),
        TermPattern::Literal(literal) => Some(literal.clone().into()),
        TermPattern::BlankNode(_) | TermPattern::Variable(_) => None,
    }
}
