//! SPARQL inside shapes: parsing with the shapes graph's prefixes, and pre-binding (section 5.2 and appendix A).
//!
//! Pre-binding is done in the algebra, as the standard defines it: each triple pattern and path is joined with a table of
//! the pre-bound values. Because every leaf of the query then carries `$this`, one table may hold many focus nodes, and one
//! evaluation answers for all of them, unless the query counts or slices across focus nodes.

mod text;

use super::path::Path;
use oxigraph::model::Variable;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};
use spargebra::term::{GroundTerm, NamedNodePattern};
use spargebra::{Query, SparqlParser};
use text::{check_size, place_path, readable};

/// A query of a shape, parsed and found fit for pre-binding.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pattern: GraphPattern,
    kind: Kind,
    /// Whether one evaluation may answer for many focus nodes.
    pub(super) batches: bool,
    /// Whether `$shapesGraph` occurs.
    pub(super) reads_shapes: bool,
    /// Whether `$currentShape` occurs.
    pub(super) reads_current: bool,
}

/// What a query is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `sh:select`: each solution is a violation.
    Select,
    /// `sh:ask`: true for each value that is valid.
    Ask,
}

impl Prepared {
    /// Parses a query; the error says what is wrong with it.
    ///
    /// `path` takes the place of `$PATH`; `parameters` are bound in addition to `$this`, and to `$value` for `sh:ask`.
    pub(super) fn new(
        text: &str,
        kind: Kind,
        prefixes: &[(String, String)],
        path: Option<&Path>,
        parameters: &[String],
    ) -> Result<Self, String> {
        check_size(text)?;
        let text = place_path(text, path)?;
        let mut parser = SparqlParser::new();
        for (prefix, namespace) in prefixes {
            parser = parser
                .with_prefix(prefix.as_str(), namespace.as_str())
                .map_err(|error| format!("the namespace <{namespace}> of the prefix `{prefix}:` is not an IRI: {error}"))?;
        }
        let query = parser.parse_query(&text).map_err(|error| readable(&error.to_string(), &text))?;
        let mut pattern = match (query, kind) {
            (Query::Select { pattern, .. }, Kind::Select) | (Query::Ask { pattern, .. }, Kind::Ask) => pattern,
            (_, Kind::Select) => {
                return Err("expected a SELECT query, found another form".to_owned());
            }
            (_, Kind::Ask) => return Err("expected an ASK query, found another form".to_owned()),
        };
        let required: Vec<&str> =
            ["this"].into_iter().chain((kind == Kind::Ask).then_some("value")).chain(parameters.iter().map(String::as_str)).collect();
        let selects_this = outer_projection(&pattern).is_some_and(|variables| variables.iter().any(|variable| variable.as_str() == "this"));
        if kind == Kind::Select && !selects_this {
            return Err("expected `$this` among the variables that the query selects, found none".to_owned());
        }
        let batches = check_prebinding(&mut pattern, kind, &required)?;
        if kind == Kind::Ask {
            // The parser selects something of its own for ASK; here the answer is which values are left.
            pattern = std::mem::take(body(&mut pattern).0);
        }
        let reads = |name: &str| text.contains(&format!("${name}")) || text.contains(&format!("?{name}"));
        Ok(Self { pattern, kind, batches, reads_shapes: reads("shapesGraph"), reads_current: reads("currentShape") })
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// The query with a table of values bound in it. For `sh:ask` it selects the rows for which the answer is true.
    pub(super) fn bind(&self, variables: &[&str], rows: Vec<Vec<Option<GroundTerm>>>) -> Query {
        let variables: Vec<_> = variables.iter().map(|name| Variable::new_unchecked(*name)).collect();
        let table = GraphPattern::Values { variables, bindings: rows };
        let mut pattern = self.pattern.clone();
        visit(&mut pattern, false, &mut |pattern, in_exists| {
            // Inside EXISTS the current solution is already in force; a long table there would only be searched again.
            if in_exists && self.batches {
                return;
            }
            let leaf = match pattern {
                GraphPattern::Bgp { .. } | GraphPattern::Path { .. } => true,
                GraphPattern::Graph { name, .. } => matches!(name, NamedNodePattern::Variable(_)),
                _ => false,
            };
            if leaf {
                let right = Box::new(std::mem::take(pattern));
                *pattern = match *right {
                    GraphPattern::Bgp { patterns } if patterns.is_empty() => table.clone(),
                    _ => GraphPattern::Join { left: Box::new(table.clone()), right },
                };
            }
        });
        if self.kind == Kind::Ask {
            let variables = ["this", "value"].map(Variable::new_unchecked).to_vec();
            pattern = GraphPattern::Distinct { inner: Box::new(GraphPattern::Project { inner: Box::new(pattern), variables }) };
        }
        Query::Select { dataset: None, pattern, base_iri: None }
    }
}

/// Refuses what pre-binding forbids; `Ok(true)` where the query may be evaluated for many focus nodes at once.
fn check_prebinding(pattern: &mut GraphPattern, kind: Kind, required: &[&str]) -> Result<bool, String> {
    let (body, sliced) = body(pattern);
    let bound = |variable: &Variable| required.contains(&variable.as_str()) || matches!(variable.as_str(), "shapesGraph" | "currentShape");
    let reassigned = |variable: &Variable| format!("`${}` is bound already and cannot be given another value", variable.as_str());
    let mut problems = Vec::new();
    let mut batches = !sliced;
    visit(body, false, &mut |pattern, in_exists| match pattern {
        GraphPattern::Minus { .. } => {
            problems.push("MINUS cannot be used in a shape; use FILTER NOT EXISTS".to_owned());
        }
        GraphPattern::Values { .. } => problems.push("VALUES cannot be used in a shape; use FILTER with IN".to_owned()),
        GraphPattern::Service { .. } => problems.push("SERVICE cannot be used in a shape".to_owned()),
        GraphPattern::Extend { variable, .. } if bound(variable) => problems.push(reassigned(variable)),
        GraphPattern::Group { variables, aggregates, .. } => {
            problems.extend(aggregates.iter().filter(|(variable, _)| bound(variable)).map(|(name, _)| reassigned(name)));
            let groups = |name| variables.iter().any(|variable| variable.as_str() == name);
            batches &= !in_exists && groups("this") && (kind == Kind::Select || groups("value"));
        }
        GraphPattern::Project { variables, .. } => {
            let missing: Vec<_> = required
                .iter()
                .filter(|name| !variables.iter().any(|variable| variable.as_str() == **name))
                .map(|name| format!("`${name}`"))
                .collect();
            if !missing.is_empty() {
                problems.push(format!("a nested SELECT must select {} too", missing.join(", ")));
            }
            batches &= !in_exists;
        }
        GraphPattern::Slice { .. } | GraphPattern::Lateral { .. } => batches = false,
        _ => {}
    });
    match problems.into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(batches),
    }
}

/// What stands under the outermost SELECT, and whether that has LIMIT or OFFSET.
fn body(pattern: &mut GraphPattern) -> (&mut GraphPattern, bool) {
    match pattern {
        GraphPattern::Slice { inner, .. } => (body(inner).0, true),
        GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } => body(inner),
        GraphPattern::Project { inner, .. } => (inner, false),
        other => (other, false),
    }
}

/// The variables of the outermost SELECT.
fn outer_projection(pattern: &GraphPattern) -> Option<&Vec<Variable>> {
    match pattern {
        GraphPattern::Slice { inner, .. } | GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } => outer_projection(inner),
        GraphPattern::Project { variables, .. } => Some(variables),
        _ => None,
    }
}

/// Calls `act` for each pattern in a pattern, also those inside EXISTS, from the leaves up.
fn visit(pattern: &mut GraphPattern, in_exists: bool, act: &mut dyn FnMut(&mut GraphPattern, bool)) {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => {}
        GraphPattern::Join { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right }
        | GraphPattern::Lateral { left, right } => {
            visit(left, in_exists, act);
            visit(right, in_exists, act);
        }
        GraphPattern::LeftJoin { left, right, expression } => {
            visit(left, in_exists, act);
            visit(right, in_exists, act);
            if let Some(expression) = expression {
                visit_expression(expression, act);
            }
        }
        GraphPattern::Filter { expr, inner } => {
            visit(inner, in_exists, act);
            visit_expression(expr, act);
        }
        GraphPattern::Extend { inner, expression, .. } => {
            visit(inner, in_exists, act);
            visit_expression(expression, act);
        }
        GraphPattern::OrderBy { inner, expression } => {
            visit(inner, in_exists, act);
            for key in expression {
                let (OrderExpression::Asc(key) | OrderExpression::Desc(key)) = key;
                visit_expression(key, act);
            }
        }
        GraphPattern::Group { inner, aggregates, .. } => {
            visit(inner, in_exists, act);
            for (_, aggregate) in aggregates {
                if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                    visit_expression(expr, act);
                }
            }
        }
        GraphPattern::Graph { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::Service { inner, .. } => visit(inner, in_exists, act),
    }
    act(pattern, in_exists);
}

fn visit_expression(expression: &mut Expression, act: &mut dyn FnMut(&mut GraphPattern, bool)) {
    match expression {
        Expression::Exists(pattern) => visit(pattern, true, act),
        Expression::NamedNode(_) | Expression::Literal(_) | Expression::Variable(_) | Expression::Bound(_) => {}
        Expression::Or(a, b)
        | Expression::And(a, b)
        | Expression::Equal(a, b)
        | Expression::SameTerm(a, b)
        | Expression::Greater(a, b)
        | Expression::GreaterOrEqual(a, b)
        | Expression::Less(a, b)
        | Expression::LessOrEqual(a, b)
        | Expression::Add(a, b)
        | Expression::Subtract(a, b)
        | Expression::Multiply(a, b)
        | Expression::Divide(a, b) => {
            visit_expression(a, act);
            visit_expression(b, act);
        }
        Expression::UnaryPlus(a) | Expression::UnaryMinus(a) | Expression::Not(a) => visit_expression(a, act),
        Expression::In(a, list) => {
            visit_expression(a, act);
            list.iter_mut().for_each(|item| visit_expression(item, act));
        }
        Expression::If(a, b, c) => {
            visit_expression(a, act);
            visit_expression(b, act);
            visit_expression(c, act);
        }
        Expression::Coalesce(list) | Expression::FunctionCall(_, list) => {
            list.iter_mut().for_each(|item| visit_expression(item, act));
        }
    }
}
