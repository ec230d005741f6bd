//! RDF/XML: one element a subject, one a statement, every property by a qualified name that XML takes.
//!
//! Follows RDF 1.1 XML Syntax, sections 2 and 6. Not every graph can be written: the end of a property's IRI must be a name in
//! XML (`NCName`), some names mean something else in this syntax, and XML 1.0 has no control characters.
//! [`property_fault`] and `refusal.rs` say so before anything is written.

use std::collections::BTreeMap;
use std::io::{self, Write};

use oxigraph::model::{NamedNodeRef, NamedOrBlankNodeRef, Quad, TermRef};

use crate::values::text::escape;
use crate::vocab::{rdf, xsd};

/// The namespaces whose one prefix XML itself has given away.
const TAKEN: [&str; 2] = ["http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"];
/// Names of the RDF namespace that mean something else as a property or an element (sections 6.2.1 to 6.2.7).
const SYNTAX: [&str; 12] =
    ["RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li", "aboutEach", "aboutEachPrefix", "bagID"];

/// Writes triples that are sorted by subject, property and object; of the `prefixes`, those that may stand in XML.
///
/// # Errors
/// The output could not be written.
pub fn write(quads: &[Quad], prefixes: &[(String, String)], out: &mut dyn Write) -> io::Result<()> {
    let names = Names::new(prefixes);
    let mut blanks = Blanks::default();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    write!(out, "<rdf:RDF xmlns:rdf=\"{}\"", rdf::NAMESPACE)?;
    for (prefix, namespace) in &names.prefixes {
        write!(out, "\n         xmlns:{prefix}=\"{}\"", escape(namespace))?;
    }
    writeln!(out, ">")?;
    for stanza in quads.chunk_by(|a, b| a.subject == b.subject) {
        let Some(head) = stanza.first() else { continue };
        // The first type gives the element its name, where it has a prefix.
        let class = match (head.predicate.as_ref() == rdf::TYPE, head.object.as_ref()) {
            (true, TermRef::NamedNode(class)) => names.element(class),
            _ => None,
        };
        let tag = class.as_deref().unwrap_or("rdf:Description");
        match head.subject.as_ref() {
            NamedOrBlankNodeRef::NamedNode(node) => writeln!(out, "  <{tag} rdf:about=\"{}\">", escape(node.as_str()))?,
            NamedOrBlankNodeRef::BlankNode(blank) => writeln!(out, "  <{tag} rdf:nodeID=\"{}\">", blanks.name(blank.as_str()))?,
        }
        for quad in stanza.iter().skip(usize::from(class.is_some())) {
            statement(quad, &names, &mut blanks, out)?;
        }
        writeln!(out, "  </{tag}>")?;
    }
    writeln!(out, "</rdf:RDF>")
}

fn statement(quad: &Quad, names: &Names<'_>, blanks: &mut Blanks, out: &mut dyn Write) -> io::Result<()> {
    let (name, scope) = names.property(quad.predicate.as_ref());
    match quad.object.as_ref() {
        TermRef::NamedNode(node) => writeln!(out, "    <{name}{scope} rdf:resource=\"{}\"/>", escape(node.as_str())),
        TermRef::BlankNode(blank) => writeln!(out, "    <{name}{scope} rdf:nodeID=\"{}\"/>", blanks.name(blank.as_str())),
        TermRef::Literal(literal) => {
            let kind = match (literal.language(), literal.datatype()) {
                (Some(language), _) => format!(" xml:lang=\"{}\"", escape(language)),
                (None, xsd::STRING) => String::new(),
                (None, datatype) => format!(" rdf:datatype=\"{}\"", escape(datatype.as_str())),
            };
            // A reader makes a line feed of a carriage return that is not written as a reference (XML 1.0, section 2.11).
            let value = escape(literal.value()).replace('\r', "&#13;");
            writeln!(out, "    <{name}{scope}{kind}>{value}</{name}>")
        }
    }
}

/// Why a property cannot be an element's name; none if it can.
pub fn property_fault(iri: &str) -> Option<String> {
    if iri.strip_prefix(rdf::NAMESPACE).is_some_and(|local| SYNTAX.contains(&local)) {
        return Some("the syntax keeps this name for itself".to_owned());
    }
    split(iri).is_none().then(|| "its end is no name in XML: letters, then letters, digits, `-`, `_` and `.`".to_owned())
}

/// Where an IRI parts into a namespace and the longest name at its end.
fn split(iri: &str) -> Option<(&str, &str)> {
    let name = iri.char_indices().rev().take_while(|(_, c)| is_name(*c)).last()?.0;
    iri[name..]
        .char_indices()
        .filter(|(_, c)| is_start(*c))
        .map(|(at, _)| iri.split_at(name + at))
        .find(|(namespace, _)| !namespace.is_empty() && !TAKEN.contains(namespace))
}

/// `NCNameStartChar` of Namespaces in XML 1.0.
fn is_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | 'a'..='z' | '_' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// `NCNameChar` of Namespaces in XML 1.0.
fn is_name(c: char) -> bool {
    is_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

fn is_ncname(text: &str) -> bool {
    text.starts_with(is_start) && text.chars().all(is_name)
}

struct Names<'a> {
    prefixes: Vec<(&'a str, &'a str)>,
}

impl<'a> Names<'a> {
    fn new(prefixes: &'a [(String, String)]) -> Self {
        // Names that begin with `xml` are reserved, and `rdf` is declared already.
        let fits = |(prefix, namespace): &(&str, &str)| {
            is_ncname(prefix) && !prefix.to_ascii_lowercase().starts_with("xml") && *prefix != "rdf" && !TAKEN.contains(namespace)
        };
        Self { prefixes: prefixes.iter().map(|(prefix, namespace)| (prefix.as_str(), namespace.as_str())).filter(fits).collect() }
    }

    fn prefixed(&self, iri: &str) -> Option<String> {
        self.prefixes
            .iter()
            .chain([&("rdf", rdf::NAMESPACE)])
            .filter_map(|(prefix, namespace)| Some((prefix, namespace.len(), iri.strip_prefix(namespace)?)))
            .filter(|(_, _, local)| is_ncname(local))
            .max_by_key(|(_, length, _)| *length)
            .map(|(prefix, _, local)| format!("{prefix}:{local}"))
    }

    fn element(&self, class: NamedNodeRef<'_>) -> Option<String> {
        self.prefixed(class.as_str()).filter(|_| property_fault(class.as_str()).is_none())
    }

    /// A property's name, and the declaration of its namespace if no prefix of the whole document has it.
    fn property(&self, property: NamedNodeRef<'_>) -> (String, String) {
        self.prefixed(property.as_str()).map_or_else(
            || {
                let (namespace, local) = split(property.as_str()).unwrap_or((property.as_str(), ""));
                (format!("ns:{local}"), format!(" xmlns:ns=\"{}\"", escape(namespace)))
            },
            |name| (name, String::new()),
        )
    }
}

/// Blank nodes by number: their own labels may be no names in XML.
#[derive(Default)]
struct Blanks(BTreeMap<String, usize>);

impl Blanks {
    fn name(&mut self, label: &str) -> String {
        let next = self.0.len() + 1;
        format!("b{}", self.0.entry(label.to_owned()).or_insert(next))
    }
}
