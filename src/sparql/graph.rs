//! `GRAPH ?g { … }` as SPARQL 1.1 §18.6 has it: what is inside is evaluated in each graph by itself, and only its rows are
//! joined with the graph's name. The evaluator puts the name into every pattern inside instead, which is the same only as
//! long as nothing inside looks at the name, parts rows by it, or counts across graphs.

use oxigraph::model::Variable;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern};

use super::walk;

/// Rewrites every `GRAPH` with a variable.
pub fn rewrite(pattern: &mut GraphPattern) {
    let mut made = 0;
    walk::each(pattern, &mut |pattern| {
        let GraphPattern::Graph { name: NamedNodePattern::Variable(name), inner } = pattern else { return };
        walk::each(inner, &mut without_idle_minus);
        let mut own = None;
        if mentions(inner, name) {
            let other = Variable::new_unchecked(format!("_graph_{made}"));
            made += 1;
            rename(inner, name, &other);
            own = Some(other);
        }
        let mut subselect = false;
        project(inner, name, &mut subselect);
        if !binds(inner) {
            let rows = std::mem::take(&mut **inner);
            **inner = GraphPattern::Join { left: Box::default(), right: Box::new(rows) };
        }
        if subselect {
            // The name is known before, so that the subselect is evaluated in that graph alone.
            let rows = std::mem::take(&mut **inner);
            **inner = GraphPattern::Lateral { left: Box::default(), right: Box::new(rows) };
        }
        if let Some(own) = own {
            let name = name.clone();
            let variable = |variable: &Variable| Box::new(Expression::Variable(variable.clone()));
            let expr = Expression::Or(
                Box::new(Expression::Not(Box::new(Expression::Bound(own.clone())))),
                Box::new(Expression::SameTerm(variable(&own), variable(&name))),
            );
            *pattern = GraphPattern::Filter { expr, inner: Box::new(std::mem::take(pattern)) };
        }
    });
}

/// Whether the evaluator learns the graph's name from a pattern: data alone does not tell it.
pub(super) fn binds(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } => true,
        GraphPattern::Values { .. } | GraphPattern::Graph { .. } | GraphPattern::Service { .. } => false,
        GraphPattern::Join { left, right } | GraphPattern::Lateral { left, right } => binds(left) || binds(right),
        GraphPattern::Union { left, right } => binds(left) && binds(right),
        GraphPattern::LeftJoin { left, .. } | GraphPattern::Minus { left, .. } => binds(left),
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::Group { inner, .. } => binds(inner),
    }
}

/// A `MINUS` whose sides share no variable takes nothing away; with the graph's name in both sides it would.
fn without_idle_minus(pattern: &mut GraphPattern) {
    let GraphPattern::Minus { left, right } = pattern else { return };
    let variables = |pattern: &GraphPattern| {
        let mut variables = Vec::new();
        pattern.on_in_scope_variable(|variable| variables.push(variable.clone()));
        variables
    };
    let of_left = variables(left);
    if !variables(right).iter().any(|variable| of_left.contains(variable)) {
        *pattern = std::mem::take(&mut **left);
    }
}

/// Has subselects let the graph's name through.
fn project(pattern: &mut GraphPattern, name: &Variable, found: &mut bool) {
    if let GraphPattern::Project { variables, .. } = pattern {
        *found = true;
        if !variables.contains(name) {
            variables.push(name.clone());
        }
    }
    for inner in walk::inner(pattern) {
        project(inner, name, found);
    }
}

fn mentions(pattern: &mut GraphPattern, name: &Variable) -> bool {
    let mut found = false;
    visit(pattern, &mut |variable| found |= variable == name);
    found
}

fn rename(pattern: &mut GraphPattern, from: &Variable, to: &Variable) {
    visit(pattern, &mut |variable| {
        if variable == from {
            *variable = to.clone();
        }
    });
}

/// Shows every variable of a pattern, wherever it stands.
pub(super) fn visit(pattern: &mut GraphPattern, change: &mut dyn FnMut(&mut Variable)) {
    walk::each(pattern, &mut |pattern| {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    visit_term(&mut triple.subject, change);
                    visit_term(&mut triple.object, change);
                    if let NamedNodePattern::Variable(variable) = &mut triple.predicate {
                        change(variable);
                    }
                }
            }
            GraphPattern::Path { subject, object, .. } => {
                visit_term(subject, change);
                visit_term(object, change);
            }
            GraphPattern::Values { variables, .. } | GraphPattern::Project { variables, .. } => variables.iter_mut().for_each(&mut *change),
            GraphPattern::Group { variables, aggregates, .. } => {
                variables.iter_mut().for_each(&mut *change);
                for (variable, aggregate) in aggregates {
                    change(variable);
                    if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                        visit_expression(expr, change);
                    }
                }
            }
            GraphPattern::Extend { variable, .. } => change(variable),
            GraphPattern::Graph { name: NamedNodePattern::Variable(variable), .. }
            | GraphPattern::Service { name: NamedNodePattern::Variable(variable), .. } => change(variable),
            _ => {}
        }
        if !matches!(pattern, GraphPattern::Group { .. }) {
            for expression in walk::expressions(pattern) {
                visit_expression(expression, change);
            }
        }
    });
}

fn visit_term(term: &mut TermPattern, change: &mut dyn FnMut(&mut Variable)) {
    if let TermPattern::Variable(variable) = term {
        change(variable);
    }
}

/// Shows the variables of an expression, those of patterns within it too.
pub(super) fn visit_all(expression: &mut Expression, change: &mut dyn FnMut(&mut Variable)) {
    if let Expression::Exists(pattern) = expression {
        visit(pattern, change);
    }
    if let Expression::Variable(variable) | Expression::Bound(variable) = expression {
        change(variable);
    }
    for part in walk::parts(expression) {
        visit_all(part, change);
    }
}

/// Shows the variables of an expression, without those of patterns within it.
fn visit_expression(expression: &mut Expression, change: &mut dyn FnMut(&mut Variable)) {
    if let Expression::Variable(variable) | Expression::Bound(variable) = expression {
        change(variable);
    }
    for part in walk::parts(expression) {
        visit_expression(part, change);
    }
}
