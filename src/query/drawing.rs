//! A query as a view: its rows, or the triples it constructs, as `?from ?to ?relation` for a diagram.

use oxigraph::model::Variable;
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern};
use thiserror::Error;

/// Why a query cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DrawingError {
    /// The rows do not say what is tied to what.
    #[error("expected rows with ?from and ?to (and ?relation, if ties are to be named), found {0}")]
    Rows(String),
    /// The query gives neither rows nor triples.
    #[error("{0} gives nothing that could be drawn: expected SELECT with ?from and ?to, or CONSTRUCT")]
    Form(&'static str),
    /// All triples of the template start from blank nodes or end in them.
    #[error("no triple of the template runs between things that have a name")]
    Template,
}

/// The query as one whose rows a diagram takes: a SELECT as it is, a CONSTRUCT with each triple of its template as a row.
///
/// # Errors
/// It gives nothing of that form.
pub fn view(query: Query) -> Result<Query, DrawingError> {
    match query {
        Query::Select { .. } => {
            let mut columns = Vec::new();
            if let Query::Select { pattern, .. } = &query {
                pattern.on_in_scope_variable(|variable| columns.push(variable.as_str().to_owned()));
            }
            if columns.iter().any(|column| column == "from") {
                return Ok(query);
            }
            columns.sort();
            columns.dedup();
            Err(DrawingError::Rows(columns.iter().map(|column| format!("?{column}")).collect::<Vec<_>>().join(" ")))
        }
        Query::Construct { template, dataset, pattern, base_iri } => {
            let [from, relation, to] = ["from", "relation", "to"].map(Variable::new_unchecked);
            let rows = template
                .iter()
                .filter_map(|triple| {
                    let subject = expression(&triple.subject)?;
                    let object = expression(&triple.object)?;
                    let predicate = match &triple.predicate {
                        NamedNodePattern::NamedNode(node) => Expression::NamedNode(node.clone()),
                        NamedNodePattern::Variable(variable) => Expression::Variable(variable.clone()),
                    };
                    // The template's own ?from would stand in the way of the row's: each row is made in a projection.
                    let mut row = pattern.clone();
                    let mut made = Vec::new();
                    for (variable, expression) in [(&from, subject), (&relation, predicate), (&to, object)] {
                        let fresh = Variable::new_unchecked(format!("_drawn_{}", variable.as_str()));
                        row = GraphPattern::Extend { inner: Box::new(row), variable: fresh.clone(), expression };
                        made.push((fresh, variable.clone()));
                    }
                    row = GraphPattern::Project { inner: Box::new(row), variables: made.iter().map(|(fresh, _)| fresh.clone()).collect() };
                    for (fresh, variable) in made {
                        row = GraphPattern::Extend { inner: Box::new(row), variable, expression: Expression::Variable(fresh) };
                    }
                    Some(row)
                })
                .reduce(|left, right| GraphPattern::Union { left: Box::new(left), right: Box::new(right) })
                .ok_or(DrawingError::Template)?;
            let rows = GraphPattern::Project { inner: Box::new(rows), variables: vec![from, to, relation] };
            Ok(Query::Select { dataset, pattern: GraphPattern::Distinct { inner: Box::new(rows) }, base_iri })
        }
        Query::Ask { .. } => Err(DrawingError::Form("ASK")),
        Query::Describe { .. } => Err(DrawingError::Form("DESCRIBE")),
    }
}

fn expression(term: &TermPattern) -> Option<Expression> {
    match term {
        TermPattern::NamedNode(node) => Some(Expression::NamedNode(node.clone())),
        TermPattern::Literal(literal) => Some(Expression::Literal(literal.clone())),
        TermPattern::Variable(variable) => Some(Expression::Variable(variable.clone())),
        TermPattern::BlankNode(_) => None,
    }
}
