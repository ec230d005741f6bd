//! Walking through a query's algebra, the patterns within its expressions too.

use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};

/// The pattern of a query, whatever its form.
pub fn pattern(query: &mut Query) -> &mut GraphPattern {
    match query {
        Query::Select { pattern, .. } | Query::Construct { pattern, .. } | Query::Describe { pattern, .. } | Query::Ask { pattern, .. } => {
            pattern
        }
    }
}

/// The patterns directly inside a pattern.
pub fn inner(pattern: &mut GraphPattern) -> Vec<&mut GraphPattern> {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => Vec::new(),
        GraphPattern::Join { left, right }
        | GraphPattern::LeftJoin { left, right, .. }
        | GraphPattern::Lateral { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right } => vec![left, right],
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Graph { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::Group { inner, .. }
        | GraphPattern::Service { inner, .. } => vec![inner],
    }
}

/// The expressions that stand in a pattern itself.
pub fn expressions(pattern: &mut GraphPattern) -> Vec<&mut Expression> {
    match pattern {
        GraphPattern::LeftJoin { expression, .. } => expression.iter_mut().collect(),
        GraphPattern::Filter { expr, .. } => vec![expr],
        GraphPattern::Extend { expression, .. } => vec![expression],
        GraphPattern::OrderBy { expression, .. } => expression
            .iter_mut()
            .map(|by| match by {
                OrderExpression::Asc(expression) | OrderExpression::Desc(expression) => expression,
            })
            .collect(),
        GraphPattern::Group { aggregates, .. } => aggregates
            .iter_mut()
            .filter_map(|(_, aggregate)| match aggregate {
                AggregateExpression::FunctionCall { expr, .. } => Some(expr),
                AggregateExpression::CountSolutions { .. } => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The expressions directly inside an expression.
pub fn parts(expression: &mut Expression) -> Vec<&mut Expression> {
    match expression {
        Expression::NamedNode(_) | Expression::Literal(_) | Expression::Variable(_) | Expression::Bound(_) | Expression::Exists(_) => {
            Vec::new()
        }
        Expression::Or(left, right)
        | Expression::And(left, right)
        | Expression::Equal(left, right)
        | Expression::SameTerm(left, right)
        | Expression::Greater(left, right)
        | Expression::GreaterOrEqual(left, right)
        | Expression::Less(left, right)
        | Expression::LessOrEqual(left, right)
        | Expression::Add(left, right)
        | Expression::Subtract(left, right)
        | Expression::Multiply(left, right)
        | Expression::Divide(left, right) => vec![left, right],
        Expression::UnaryPlus(inner) | Expression::UnaryMinus(inner) | Expression::Not(inner) => vec![inner],
        Expression::In(left, list) => std::iter::once(&mut **left).chain(list).collect(),
        Expression::If(condition, yes, no) => vec![condition, yes, no],
        Expression::Coalesce(list) | Expression::FunctionCall(_, list) => list.iter_mut().collect(),
    }
}

/// Shows every pattern, those within `EXISTS` too, the inner ones before those around them.
pub fn each(pattern: &mut GraphPattern, change: &mut dyn FnMut(&mut GraphPattern)) {
    for inner in inner(pattern) {
        each(inner, change);
    }
    for expression in expressions(pattern) {
        each_within(expression, change);
    }
    change(pattern);
}

fn each_within(expression: &mut Expression, change: &mut dyn FnMut(&mut GraphPattern)) {
    if let Expression::Exists(pattern) = expression {
        each(pattern, change);
    }
    for part in parts(expression) {
        each_within(part, change);
    }
}
