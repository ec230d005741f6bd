//! Turtle and TriG for people: one stanza a subject, `a` first, then names, then the other properties in order.
//!
//! A change of one statement changes its own lines and no others, so that two exports can be read as a `git diff`.
//! Follows RDF 1.1 Turtle, section 6, and RDF 1.1 TriG, section 4.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Write};

use oxigraph::model::{GraphNameRef, LiteralRef, NamedNodeRef, NamedOrBlankNodeRef, Quad, TermRef};

use crate::vocab::{rdf, xsd};

/// Objects that fit on a line of this many characters stand on one; more stand one a line.
const LINE: usize = 100;

/// Writes quads that are sorted by graph, subject, property and object; of the `prefixes`, those that a name is
/// shortened by. The text is held in memory until it is known which.
///
/// # Errors
/// The output could not be written.
pub fn write(quads: &[Quad], graphs: bool, prefixes: &[(String, String)], out: &mut dyn Write) -> io::Result<()> {
    let names = Names { prefixes, used: RefCell::default() };
    let mut body = Vec::new();
    stanzas(quads, graphs, &names, &mut body)?;
    let used = names.used.into_inner();
    for (prefix, namespace) in prefixes.iter().filter(|(prefix, _)| used.contains(prefix.as_str())) {
        writeln!(out, "@prefix {prefix}: <{namespace}> .")?;
    }
    if !used.is_empty() {
        writeln!(out)?;
    }
    out.write_all(&body)
}

fn stanzas(quads: &[Quad], graphs: bool, names: &Names<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut first = true;
    let mut gap = |out: &mut dyn Write| if std::mem::take(&mut first) { Ok(()) } else { writeln!(out) };
    if !graphs {
        for stanza in quads.chunk_by(|a, b| a.subject == b.subject) {
            gap(out)?;
            subject(stanza, "", names, out)?;
        }
        return Ok(());
    }
    for graph in quads.chunk_by(|a, b| a.graph_name == b.graph_name) {
        let Some(name) = graph.first().map(|quad| quad.graph_name.as_ref()) else { continue };
        gap(out)?;
        let margin = match name {
            GraphNameRef::NamedNode(node) => {
                writeln!(out, "{} {{", names.iri(node))?;
                "    "
            }
            GraphNameRef::BlankNode(blank) => {
                writeln!(out, "{blank} {{")?;
                "    "
            }
            GraphNameRef::DefaultGraph => "",
        };
        for (index, stanza) in graph.chunk_by(|a, b| a.subject == b.subject).enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            subject(stanza, margin, names, out)?;
        }
        if !margin.is_empty() {
            writeln!(out, "}}")?;
        }
    }
    Ok(())
}

fn subject(stanza: &[Quad], margin: &str, names: &Names<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(head) = stanza.first() else { return Ok(()) };
    let name = match head.subject.as_ref() {
        NamedOrBlankNodeRef::NamedNode(node) => names.iri(node),
        NamedOrBlankNodeRef::BlankNode(blank) => blank.to_string(),
    };
    write!(out, "{margin}{name}")?;
    let mut rows = stanza.chunk_by(|a, b| a.predicate == b.predicate).peekable();
    while let Some(row) = rows.next() {
        let property = match row[0].predicate.as_ref() {
            rdf::TYPE => "a".to_owned(),
            other => names.iri(other),
        };
        let objects: Vec<String> = row.iter().map(|quad| names.term(quad.object.as_ref())).collect();
        let length: usize = objects.iter().map(|object| object.chars().count() + 3).sum();
        write!(out, "\n{margin}    {property}")?;
        if objects.len() > 1 && margin.len() + property.len() + length > LINE {
            write!(out, "\n{margin}        {}", objects.join(&format!(" ,\n{margin}        ")))?;
        } else {
            write!(out, " {}", objects.join(" , "))?;
        }
        out.write_all(if rows.peek().is_some() { b" ;" } else { b" .\n" })?;
    }
    Ok(())
}

struct Names<'a> {
    prefixes: &'a [(String, String)],
    used: RefCell<BTreeSet<&'a str>>,
}

impl Names<'_> {
    /// A prefixed name where one can be written with no other escape than that of `/`, else the whole IRI.
    fn iri(&self, node: NamedNodeRef<'_>) -> String {
        let iri = node.as_str();
        self.prefixes
            .iter()
            .filter_map(|(prefix, namespace)| Some((prefix, namespace.len(), iri.strip_prefix(namespace.as_str())?)))
            .filter(|(_, _, local)| is_plain(local))
            .max_by_key(|(_, length, _)| *length)
            .map_or_else(
                || node.to_string(),
                |(prefix, _, local)| {
                    self.used.borrow_mut().insert(prefix);
                    format!("{prefix}:{}", local.replace('/', "\\/"))
                },
            )
    }

    fn term(&self, term: TermRef<'_>) -> String {
        match term {
            TermRef::NamedNode(node) => self.iri(node),
            TermRef::BlankNode(blank) => blank.to_string(),
            TermRef::Literal(literal) => self.literal(literal),
        }
    }

    fn literal(&self, literal: LiteralRef<'_>) -> String {
        let value = literal.value();
        if let Some(language) = literal.language() {
            return format!("{}@{language}", quoted(value));
        }
        let datatype = literal.datatype();
        let bare = match datatype {
            xsd::STRING => return quoted(value),
            xsd::BOOLEAN => matches!(value, "true" | "false"),
            xsd::INTEGER => is_digits(value.strip_prefix(['+', '-']).unwrap_or(value)),
            xsd::DECIMAL => value
                .strip_prefix(['+', '-'])
                .unwrap_or(value)
                .split_once('.')
                .is_some_and(|(whole, part)| (whole.is_empty() || is_digits(whole)) && is_digits(part)),
            _ => false,
        };
        if bare { value.to_owned() } else { format!("{}^^{}", quoted(value), self.iri(datatype)) }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a local name needs no escape in Turtle's `PN_LOCAL` except before a slash, kept to ASCII for readers that know no more.
fn is_plain(local: &str) -> bool {
    local.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'))
        && !local.starts_with(['-', '.'])
        && !local.ends_with('.')
}

/// A string in quotes, on several lines if it has some; what could upset a reader or a terminal is escaped.
fn quoted(value: &str) -> String {
    let long = value.contains('\n');
    let marks = if long { "\"\"\"" } else { "\"" };
    let mut text = String::with_capacity(value.len() + 2 * marks.len());
    text.push_str(marks);
    for character in value.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' if long => text.push('\n'),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            other if other.is_control() || is_direction(other) => text.push_str(&format!("\\u{:04X}", u32::from(other))),
            other => text.push(other),
        }
    }
    text.push_str(marks);
    text
}

/// Marks that turn the direction of text: they would make a line read other than it is.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
