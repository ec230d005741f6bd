//! Rows in the order of some columns, and with names in place of things.
//!
//! What is ordered is what is shown, so that things stand by their names and numbers by their worth. Ordering holds all rows
//! at once; without it they go on as they come.

use std::cmp::Ordering;

use oxigraph::model::{Literal, Term, Variable};
use oxigraph::sparql::{QueryEvaluationError, QuerySolution, QuerySolutionIter};

use super::{AnswerError, Layout, is_number};
use crate::fold::fold;
use crate::nearest::nearest;

type Rows<'a> = Box<dyn Iterator<Item = Result<QuerySolution, QueryEvaluationError>> + 'a>;

/// What a value is ordered by: nothing comes last, numbers before texts.
#[derive(Debug, PartialEq, PartialOrd)]
enum Key {
    Number(f64),
    Text(String, String),
    Nothing,
}

/// The rows as they are to be written.
///
/// # Errors
/// There is no such column, or the query failed while all rows were asked for.
pub fn ordered<'a>(rows: QuerySolutionIter<'a>, variables: &[Variable], layout: &Layout<'a>) -> Result<Rows<'a>, AnswerError> {
    let columns = layout.sort.iter().map(|(name, from_last)| Ok((column(name, variables)?, *from_last)));
    let columns = columns.collect::<Result<Vec<_>, AnswerError>>()?;
    let (shown, named) = (layout.shown, layout.named);
    let variables: std::sync::Arc<[Variable]> = variables.into();
    let rows = rows.map(move |row| {
        let row = row?;
        if !named {
            return Ok(row);
        }
        let name = |term: Option<&Term>| {
            term.map(|term| match term {
                Term::NamedNode(_) => Literal::new_simple_literal(shown.named(term)).into(),
                other => other.clone(),
            })
        };
        let values: Vec<Option<Term>> = variables.iter().map(|variable| name(row.get(variable))).collect();
        Ok(QuerySolution::from((std::sync::Arc::clone(&variables), values)))
    });
    if columns.is_empty() {
        return Ok(Box::new(rows));
    }
    let mut all = Vec::new();
    for row in rows {
        let row = row?;
        let keys: Vec<Key> = columns.iter().map(|(column, _)| key(row.get(*column), layout)).collect();
        all.push((keys, row));
    }
    // Rows that are alike in the columns stay in the query's order.
    all.sort_by(|(one, _), (other, _)| {
        let ways = one.iter().zip(other).zip(&columns).map(|((one, other), (_, from_last))| match (one, other) {
            (Key::Nothing, _) | (_, Key::Nothing) => one.partial_cmp(other).unwrap_or(Ordering::Equal),
            _ if *from_last => other.partial_cmp(one).unwrap_or(Ordering::Equal),
            _ => one.partial_cmp(other).unwrap_or(Ordering::Equal),
        });
        ways.fold(Ordering::Equal, Ordering::then)
    });
    Ok(Box::new(all.into_iter().map(|(_, row)| Ok(row))))
}

/// A column by its variable, or by its head in a table.
fn column(name: &str, variables: &[Variable]) -> Result<usize, AnswerError> {
    let bare = name.trim_start_matches('?');
    let found = variables.iter().position(|variable| variable.as_str() == bare);
    let found = found.or_else(|| variables.iter().position(|variable| super::head(variable.as_str()) == bare.to_lowercase()));
    found.ok_or_else(|| {
        let names = || variables.iter().map(|variable| variable.as_str().to_owned());
        let near = nearest(bare, names());
        let rest =
            near.map_or_else(|| format!("there are {}", names().collect::<Vec<_>>().join(", ")), |near| format!("did you mean `{near}`?"));
        AnswerError::Format(format!("the answer has no column `{name}`; {rest}"))
    })
}

fn key(term: Option<&Term>, layout: &Layout<'_>) -> Key {
    let Some(term) = term else { return Key::Nothing };
    let text = layout.shown.term(term);
    match text.parse::<f64>() {
        Ok(number) if is_number(term.as_ref()) && !number.is_nan() => Key::Number(number),
        _ => Key::Text(fold(&text), text),
    }
}
