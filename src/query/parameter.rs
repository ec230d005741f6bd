//! A question's parameter: what it is called, what it takes, what it is without being given.

use oxigraph::model::{Literal, NamedNode, Term};

use crate::iri::{self, Base, Prefixes};
use crate::lift::{edtf, number};
use crate::nearest::nearest;
use crate::schema::Schema;
use crate::vocab::{CODE, xsd};

/// One parameter of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The variable it binds, without `?`.
    pub name: String,
    /// What it takes.
    pub kind: ParameterKind,
    /// What holds if it is not given, as the header says it.
    pub default: Option<String>,
    /// What it means.
    pub description: String,
}

/// What a parameter takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterKind {
    /// A thing: an id, a prefixed name or an IRI.
    Thing,
    /// A code of a list.
    Code(String),
    /// A day.
    Date,
    /// A number.
    Number,
    /// Text.
    Text,
}

impl Parameter {
    /// Reads `name kind [= default] — description`.
    ///
    /// # Errors
    /// What is missing.
    pub fn read(text: &str) -> Result<Self, String> {
        let (head, description) = text.split_once('—').ok_or("expected `name kind [= default] — what it means`")?;
        let (head, default) = match head.split_once('=') {
            Some((head, default)) => (head, Some(default.trim().to_owned())),
            None => (head, None),
        };
        let mut words = head.split_whitespace();
        let (Some(name), Some(kind), None) = (words.next(), words.next(), words.next()) else {
            return Err("expected a name and one of thing, code:<list>, date, number, text".to_owned());
        };
        let kind = match kind {
            "thing" => ParameterKind::Thing,
            "date" => ParameterKind::Date,
            "number" => ParameterKind::Number,
            "text" => ParameterKind::Text,
            other => match other.strip_prefix("code:") {
                Some(list) => ParameterKind::Code(list.to_owned()),
                None => return Err(format!("`{other}` is none of thing, code:<list>, date, number, text")),
            },
        };
        Ok(Self { name: name.trim_start_matches('?').to_owned(), kind, default, description: description.trim().to_owned() })
    }

    /// What it takes, in a word or two.
    pub fn takes(&self) -> String {
        match &self.kind {
            ParameterKind::Thing => "a thing's id".to_owned(),
            ParameterKind::Code(list) => format!("a code of `{list}`"),
            ParameterKind::Date => "a day, YYYY-MM-DD".to_owned(),
            ParameterKind::Number => "a number".to_owned(),
            ParameterKind::Text => "text".to_owned(),
        }
    }

    /// A given value as a term. `known` lists the ids of the graph's things, for checking and for the nearest name.
    ///
    /// # Errors
    /// What was expected, with the nearest right name.
    pub fn term(
        &self,
        given: &str,
        base: &Base,
        prefixes: &Prefixes,
        schema: &Schema,
        known: &dyn Fn() -> Vec<String>,
    ) -> Result<Term, String> {
        let wrong = |expected: &str| format!("`{}`: expected {expected}, found `{given}`", self.name);
        match &self.kind {
            ParameterKind::Text => Ok(Literal::from(given).into()),
            ParameterKind::Date => edtf::day(given)
                .map(|day| Literal::new_typed_literal(day.to_string(), xsd::DATE).into())
                .ok_or_else(|| wrong("a day, YYYY-MM-DD")),
            ParameterKind::Number => match number::read(given) {
                Ok(number) if number.qualifier == number::Qualifier::Exactly => {
                    Ok(Literal::new_typed_literal(number.value, xsd::DECIMAL).into())
                }
                _ => Err(wrong("a number")),
            },
            ParameterKind::Code(list) => {
                let scheme = NamedNode::new_unchecked(format!("{CODE}{list}"));
                let codes = schema.lists.get(&scheme).map(|list| &list.codes);
                let name = given.rsplit_once(':').map_or(given, |(_, name)| name);
                match codes.and_then(|codes| codes.get(name)) {
                    Some(code) => Ok(code.iri.clone().into()),
                    None => {
                        let near = codes.and_then(|codes| nearest(name, codes.keys().cloned()));
                        Err(with_nearest(format!("`{}`: no code `{given}` in the list `{list}`", self.name), near))
                    }
                }
            }
            ParameterKind::Thing => {
                if let Some(iri) = given.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
                    return NamedNode::new(iri)
                        .map(Term::from)
                        .map_err(|error| format!("`{}`: `{given}` is not an IRI: {error}", self.name));
                }
                if let Some(node) = prefixes.expand(given) {
                    return Ok(node.into());
                }
                if given.contains("://") {
                    return NamedNode::new(given)
                        .map(Term::from)
                        .map_err(|error| format!("`{}`: `{given}` is not an IRI: {error}", self.name));
                }
                let ids = known();
                if ids.iter().any(|id| id == given) {
                    return Ok(base.thing(given).into());
                }
                let near = nearest(given, ids.into_iter().filter(|id| iri::slug_fault(id).is_none()));
                Err(with_nearest(format!("`{}`: no thing `{given}`", self.name), near))
            }
        }
    }
}

fn with_nearest(message: String, near: Option<String>) -> String {
    match near {
        Some(near) => format!("{message}; did you mean `{near}`?"),
        None => message,
    }
}
