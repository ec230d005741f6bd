//! Rows as JSON objects, one a line: what `jq`, notebooks and databases take without knowing SPARQL.
//!
//! Every object has every column, `null` where a row has no value, so that the columns do not depend on the first row.

use std::io::Write;

use oxigraph::model::{Term, Variable};
use oxigraph::sparql::QuerySolution;
use serde_json::{Map, Number, Value};

use super::AnswerError;
use crate::vocab::xsd;

/// Writes a row.
///
/// # Errors
/// The output could not be written.
pub fn row(variables: &[Variable], row: &QuerySolution, out: &mut dyn Write) -> Result<(), AnswerError> {
    let object: Map<String, Value> =
        variables.iter().map(|variable| (variable.as_str().to_owned(), row.get(variable).map_or(Value::Null, value))).collect();
    serde_json::to_writer(&mut *out, &object).map_err(std::io::Error::from)?;
    Ok(writeln!(out)?)
}

/// A number as a number where JSON has it digit for digit, yes and no as such, everything else as text.
fn value(term: &Term) -> Value {
    let Term::Literal(literal) = term else {
        return match term {
            Term::NamedNode(node) => node.as_str().into(),
            other => other.to_string().into(),
        };
    };
    let text = literal.value();
    let number = || match literal.datatype() {
        xsd::INTEGER => text.parse::<i64>().ok().map(Number::from),
        xsd::DECIMAL | xsd::DOUBLE => text.parse::<f64>().ok().filter(|number| exact(text, *number)).and_then(Number::from_f64),
        _ => None,
    };
    match (literal.datatype(), text) {
        (xsd::BOOLEAN, "true" | "1") => true.into(),
        (xsd::BOOLEAN, "false" | "0") => false.into(),
        _ => number().map_or_else(|| text.into(), Value::Number),
    }
}

/// Whether a number says as much as its text: JSON readers have some sixteen digits.
fn exact(text: &str, number: f64) -> bool {
    number.is_finite() && text.bytes().filter(u8::is_ascii_digit).count() <= 15
}
