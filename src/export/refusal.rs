//! What a format cannot hold: found before anything is written, told with the term, the statement and the place it came
//! from, so that no file leaves the program that its readers refuse or read as something else.

use std::io;

use oxigraph::model::{GraphName, NamedOrBlankNode, Quad, Term};
use thiserror::Error;

use super::{Format, rdfxml};
use crate::iri::Prefixes;
use crate::store::StoreError;
use crate::values::text::is_xml;

/// Why an export was not written.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The output could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
    /// The format cannot hold a statement.
    #[error("{0}")]
    Refused(Box<Refusal>),
}

/// A statement that a format cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The format.
    pub format: Format,
    /// The statement.
    pub statement: Quad,
    /// What it has that cannot be written: `the property <http://example.org/12>`.
    pub term: String,
    /// Why the format cannot hold that.
    pub why: String,
    /// Where the statement stands, by prefixed name where there is one.
    pub places: Vec<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let subject = shown(&self.statement.subject.to_string());
        write!(f, "{} cannot hold {} of {subject}: {}", self.format.facts().name, self.term, self.why)?;
        if self.places.is_empty() { Ok(()) } else { write!(f, "; stated at {}", self.places.join(", ")) }
    }
}

impl Refusal {
    /// The formats that hold what this one does not.
    pub fn others(&self) -> String {
        let fit = |format: Format| fault(&self.statement, format).is_none();
        let names: Vec<&str> = super::FORMATS.iter().filter(|facts| fit(facts.format)).map(|facts| facts.name).collect();
        if names.is_empty() {
            "no RDF format can hold it; mend it where it is stated".to_owned()
        } else {
            format!("{} can hold it", names.join(", "))
        }
    }
}

/// The first statement that a format cannot hold.
///
/// # Errors
/// That statement, and why.
pub(super) fn check(quads: &[Quad], format: Format, prefixes: &Prefixes) -> Result<(), Refusal> {
    for quad in quads {
        if let Some((term, why)) = fault(quad, format) {
            let place = |iri: &str| prefixes.shorten(iri).unwrap_or_else(|| format!("<{iri}>"));
            let places = match &quad.graph_name {
                GraphName::NamedNode(graph) => vec![place(graph.as_str())],
                GraphName::BlankNode(_) | GraphName::DefaultGraph => Vec::new(),
            };
            return Err(Refusal { format, statement: quad.clone(), term, why, places });
        }
    }
    Ok(())
}

/// What of a statement a format cannot hold, and why.
fn fault(quad: &Quad, format: Format) -> Option<(String, String)> {
    if let Term::Literal(literal) = &quad.object {
        if let Some(tag) = literal.language().filter(|tag| !is_tag(tag)) {
            return Some((format!("the language tag `{}`", shown(tag)), "a tag is letters, then parts after hyphens".to_owned()));
        }
        if format == Format::RdfXml
            && let Some(odd) = literal.value().chars().find(|c| !is_xml(*c))
        {
            let why = format!("XML has no way to write the character U+{:04X}", u32::from(odd));
            return Some((format!("the value \"{}\" of {}", shown(literal.value()), quad.predicate), why));
        }
    }
    let nodes = [
        Some(("the property", quad.predicate.as_str())),
        match &quad.subject {
            NamedOrBlankNode::NamedNode(node) => Some(("the name", node.as_str())),
            NamedOrBlankNode::BlankNode(_) => None,
        },
        match &quad.object {
            Term::NamedNode(node) => Some(("the value", node.as_str())),
            Term::Literal(literal) => Some(("the datatype", literal.datatype().as_str())),
            Term::BlankNode(_) => None,
        },
        match &quad.graph_name {
            GraphName::NamedNode(node) if format.facts().graphs => Some(("the graph", node.as_str())),
            _ => None,
        },
    ];
    for (what, iri) in nodes.into_iter().flatten() {
        if let Some(odd) = iri.chars().find(|c| is_no_iri(*c) || (format == Format::RdfXml && !is_xml(*c))) {
            let why = format!("an IRI may not hold the character {odd:?}");
            return Some((format!("{what} <{}>", shown(iri)), why));
        }
    }
    if format == Format::RdfXml {
        let property = quad.predicate.as_str();
        if let Some(why) = rdfxml::property_fault(property) {
            return Some((format!("the property <{}>", shown(property)), why));
        }
    }
    None
}

/// What no IRI holds in any syntax of RDF (the `IRIREF` production of Turtle).
fn is_no_iri(c: char) -> bool {
    c <= ' ' || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\' | '\u{7f}')
}

/// `LANGTAG` of Turtle, without the at sign.
fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    parts.next().is_some_and(|first| !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_alphabetic()))
        && parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// A term in a message: its beginning, without what would steer a terminal.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(80).flat_map(char::escape_debug).collect();
    if text.chars().count() > 80 {
        short.push('…');
    }
    short.replace("\\\"", "\"").replace("\\'", "'")
}
