//! JSON-LD 1.1, compacted: one node object a subject, names by prefix, plain strings and numbers where they lose nothing.
//!
//! The context holds prefixes only, so that any reader expands it without fetching anything (JSON-LD 1.1, section 4.1.5).

use std::io::{self, Write};

use oxigraph::model::{LiteralRef, NamedOrBlankNodeRef, Quad, Term, TermRef};
use serde_json::{Map, Value, json};

use crate::vocab::{rdf, xsd};

/// Writes quads of one graph that are sorted by subject, property and object; `prefixes` are those that are used.
///
/// # Errors
/// The output could not be written.
pub fn write(quads: &[Quad], prefixes: &[(String, String)], out: &mut dyn Write) -> io::Result<()> {
    let names = Names::new(quads, prefixes);
    let context: Map<String, Value> = names.prefixes.iter().map(|(prefix, namespace)| (prefix.clone(), json!(namespace))).collect();
    writeln!(out, "{{\n  \"@context\": {},\n  \"@graph\": [", indented(&Value::Object(context), 2)?)?;
    let mut stanzas = quads.chunk_by(|a, b| a.subject == b.subject).peekable();
    while let Some(stanza) = stanzas.next() {
        let comma = if stanzas.peek().is_some() { "," } else { "" };
        writeln!(out, "    {}{comma}", indented(&names.node(stanza), 4)?)?;
    }
    writeln!(out, "  ]\n}}")
}

/// Pretty JSON whose lines after the first are moved right.
fn indented(value: &Value, by: usize) -> io::Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(io::Error::other)?;
    Ok(text.replace('\n', &format!("\n{}", " ".repeat(by))))
}

struct Names<'a> {
    prefixes: Vec<&'a (String, String)>,
}

impl<'a> Names<'a> {
    /// Keeps the prefixes that JSON-LD takes for some: they end as one does, and no IRI has them for its scheme.
    fn new(quads: &[Quad], prefixes: &'a [(String, String)]) -> Self {
        let is_scheme = |prefix: &str| {
            let leads = |iri: &str| iri.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(':'));
            quads.iter().any(|quad| {
                leads(quad.predicate.as_str())
                    || matches!(quad.subject.as_ref(), NamedOrBlankNodeRef::NamedNode(node) if leads(node.as_str()))
                    || match &quad.object {
                        Term::NamedNode(node) => leads(node.as_str()),
                        Term::Literal(literal) => leads(literal.datatype().as_str()),
                        Term::BlankNode(_) => false,
                    }
            })
        };
        let fits = |(prefix, namespace): &&(String, String)| {
            !prefix.is_empty() && namespace.ends_with([':', '/', '?', '#', '[', ']', '@']) && !is_scheme(prefix)
        };
        Self { prefixes: prefixes.iter().filter(fits).collect() }
    }

    fn iri(&self, iri: &str) -> String {
        self.prefixes
            .iter()
            .filter_map(|(prefix, namespace)| Some((prefix, namespace.len(), iri.strip_prefix(namespace.as_str())?)))
            .filter(|(_, _, local)| !local.starts_with("//"))
            .max_by_key(|(_, length, _)| *length)
            .map_or_else(|| iri.to_owned(), |(prefix, _, local)| format!("{prefix}:{local}"))
    }

    fn node(&self, stanza: &[Quad]) -> Value {
        let mut node = Map::new();
        if let Some(head) = stanza.first() {
            let id = match head.subject.as_ref() {
                NamedOrBlankNodeRef::NamedNode(node) => self.iri(node.as_str()),
                NamedOrBlankNodeRef::BlankNode(blank) => blank.to_string(),
            };
            node.insert("@id".to_owned(), id.into());
        }
        for row in stanza.chunk_by(|a, b| a.predicate == b.predicate) {
            let types = row[0].predicate.as_ref() == rdf::TYPE && row.iter().all(|quad| !quad.object.is_literal());
            let (key, mut values): (String, Vec<Value>) = if types {
                ("@type".to_owned(), row.iter().map(|quad| self.id(quad.object.as_ref()).into()).collect())
            } else {
                (self.iri(row[0].predicate.as_str()), row.iter().map(|quad| self.value(quad.object.as_ref())).collect())
            };
            let value = if values.len() == 1 { values.remove(0) } else { Value::Array(values) };
            node.insert(key, value);
        }
        Value::Object(node)
    }

    fn id(&self, term: TermRef<'_>) -> String {
        match term {
            TermRef::NamedNode(node) => self.iri(node.as_str()),
            other => other.to_string(),
        }
    }

    fn value(&self, term: TermRef<'_>) -> Value {
        match term {
            TermRef::Literal(literal) => self.literal(literal),
            other => json!({ "@id": self.id(other) }),
        }
    }

    fn literal(&self, literal: LiteralRef<'_>) -> Value {
        let value = literal.value();
        if let Some(language) = literal.language() {
            return json!({ "@value": value, "@language": language });
        }
        match literal.datatype() {
            xsd::STRING => value.into(),
            xsd::BOOLEAN if value == "true" || value == "false" => (value == "true").into(),
            // A number comes back in its canonical form: only what is written so may become one, and only as far as
            // every reader counts exactly.
            xsd::INTEGER => match value.parse::<i64>() {
                Ok(number) if number.to_string() == value && number.unsigned_abs() < 1 << 53 => number.into(),
                _ => json!({ "@value": value, "@type": self.iri(xsd::INTEGER.as_str()) }),
            },
            datatype => json!({ "@value": value, "@type": self.iri(datatype.as_str()) }),
        }
    }
}
