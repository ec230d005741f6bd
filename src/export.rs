//! Exports: one enum of RDF formats, every fact about a format in one table; what is written is sorted, so that two
//! exports can be compared line by line. N-Triples and N-Quads are Oxigraph's; Turtle, TriG and JSON-LD are read by people, and
//! RDF/XML has names that must be chosen with care: these are written here.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io::Write;

use oxigraph::io::{RdfFormat, RdfSerializer};
use oxigraph::model::{GraphName, GraphNameRef, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, Term, TermRef};

use crate::iri::Prefixes;
use crate::store::{In, Store};
use crate::vocab::{rdf, rdfs, skos};

mod jsonld;
mod rdfxml;
mod refusal;
mod turtle;

pub use refusal::{ExportError, Refusal};

/// An RDF format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Turtle.
    Turtle,
    /// N-Triples.
    NTriples,
    /// RDF/XML.
    RdfXml,
    /// JSON-LD 1.1.
    JsonLd,
    /// TriG: with the named graphs, which are the citations.
    Trig,
    /// N-Quads: with the named graphs, which are the citations.
    NQuads,
}

/// What there is to know about a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The format.
    pub format: Format,
    /// The name on the command line.
    pub name: &'static str,
    /// The file ending.
    pub ending: &'static str,
    /// The media type.
    pub media: &'static str,
    /// Whether it holds named graphs.
    pub graphs: bool,
}

/// All formats.
pub const FORMATS: [Facts; 6] = [
    Facts { format: Format::Turtle, name: "turtle", ending: "ttl", media: "text/turtle", graphs: false },
    Facts { format: Format::NTriples, name: "ntriples", ending: "nt", media: "application/n-triples", graphs: false },
    Facts { format: Format::RdfXml, name: "rdfxml", ending: "rdf", media: "application/rdf+xml", graphs: false },
    Facts { format: Format::JsonLd, name: "jsonld", ending: "jsonld", media: "application/ld+json", graphs: false },
    Facts { format: Format::Trig, name: "trig", ending: "trig", media: "application/trig", graphs: true },
    Facts { format: Format::NQuads, name: "nquads", ending: "nq", media: "application/n-quads", graphs: true },
];

impl Format {
    /// By name or file ending.
    pub fn named(name: &str) -> Option<Self> {
        FORMATS.iter().find(|facts| facts.name == name || facts.ending == name).map(|facts| facts.format)
    }

    /// What there is to know about it.
    pub fn facts(self) -> Facts {
        FORMATS.into_iter().find(|facts| facts.format == self).expect("the table has every format")
    }
}

/// Which graphs an export holds, in the formats that have several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Graphs {
    /// The default graph, which is the merge, and every named graph, which are the citations.
    #[default]
    All,
    /// The default graph alone: every statement once.
    Default,
    /// The named graphs alone.
    Named,
}

impl Graphs {
    /// Each with its name on the command line.
    pub const ALL: [(Self, &'static str); 3] = [(Self::All, "all"), (Self::Default, "default"), (Self::Named, "named")];

    /// By name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, own)| *own == name).map(|(graphs, _)| graphs)
    }
}

/// Writes a whole store: the default graph, and in a format that has them, the named graphs, as far as they are wanted. Gives
/// the number of statements. Costs memory for all of them, to sort.
///
/// # Errors
/// The store or the output failed, or the format cannot hold a statement: then nothing is written.
pub fn write(store: &Store, format: Format, graphs: Graphs, prefixes: &Prefixes, out: &mut dyn Write) -> Result<usize, ExportError> {
    let which: &[In<'_>] = match graphs {
        _ if !format.facts().graphs => &[In::Default],
        Graphs::All => &[In::Default, In::Named],
        Graphs::Default => &[In::Default],
        Graphs::Named => &[In::Named],
    };
    let mut quads: Vec<Quad> = Vec::new();
    for part in which {
        for quad in store.quads(None, None, None, Some(*part)) {
            quads.push(quad?);
        }
    }
    quads.sort_unstable_by(order);
    match write_quads(&quads, format, prefixes, out) {
        Ok(()) => Ok(quads.len()),
        Err(ExportError::Refused(refusal)) => Err(ExportError::Refused(Box::new(placed(*refusal, store, prefixes)?))),
        Err(other) => Err(other),
    }
}

/// A refusal with every place that states what is refused.
fn placed(refusal: Refusal, store: &Store, prefixes: &Prefixes) -> Result<Refusal, ExportError> {
    let Quad { subject, predicate, object, .. } = &refusal.statement;
    let mut places: Vec<String> = Vec::new();
    for quad in store.quads(Some(subject.as_ref()), Some(predicate.as_ref()), Some(object.as_ref()), Some(In::Named)) {
        if let GraphName::NamedNode(graph) = quad?.graph_name {
            places.push(prefixes.shorten(graph.as_str()).unwrap_or_else(|| graph.to_string()));
        }
    }
    places.sort_unstable();
    Ok(Refusal { places, ..refusal })
}

/// The order of everything that is written: by graph, by subject, by property as [`property_order`] says, by object.
fn order(a: &Quad, b: &Quad) -> Ordering {
    let graph = |quad: &'_ Quad| match &quad.graph_name {
        GraphName::DefaultGraph => (0, String::new()),
        GraphName::NamedNode(node) => (1, node.as_str().to_owned()),
        GraphName::BlankNode(blank) => (2, blank.as_str().to_owned()),
    };
    let graphs = || match (a.graph_name.as_ref(), b.graph_name.as_ref()) {
        (GraphNameRef::NamedNode(a), GraphNameRef::NamedNode(b)) => a.as_str().cmp(b.as_str()),
        _ => graph(a).cmp(&graph(b)),
    };
    let subject = |quad: &'_ Quad| matches!(quad.subject, NamedOrBlankNode::BlankNode(_));
    let text = |node: NamedOrBlankNodeRef<'_>| -> String { node.to_string() };
    let subjects = || match (a.subject.as_ref(), b.subject.as_ref()) {
        (NamedOrBlankNodeRef::NamedNode(a), NamedOrBlankNodeRef::NamedNode(b)) => a.as_str().cmp(b.as_str()),
        (left, right) => (subject(a), text(left)).cmp(&(subject(b), text(right))),
    };
    graphs()
        .then_with(subjects)
        .then_with(|| property_order(a.predicate.as_ref()).cmp(&property_order(b.predicate.as_ref())))
        .then_with(|| a.predicate.as_str().cmp(b.predicate.as_str()))
        .then_with(|| object_order(a.object.as_ref()).cmp(&object_order(b.object.as_ref())))
}

/// What a thing is comes first, then what it is called, then everything else.
fn property_order(property: NamedNodeRef<'_>) -> usize {
    [rdf::TYPE, skos::PREF_LABEL, rdfs::LABEL, skos::ALT_LABEL, skos::HIDDEN_LABEL]
        .into_iter()
        .position(|first| first == property)
        .unwrap_or(usize::MAX)
}

/// IRIs, then literals by value, language and datatype, then blank nodes.
fn object_order(object: TermRef<'_>) -> (u8, &str, &str, &str) {
    match object {
        TermRef::NamedNode(node) => (0, node.as_str(), "", ""),
        TermRef::Literal(literal) => (1, literal.value(), literal.language().unwrap_or(""), literal.datatype().as_str()),
        TermRef::BlankNode(blank) => (2, blank.as_str(), "", ""),
    }
}

/// Writes quads, those of one subject together; prefixes only as far as they are used.
///
/// # Errors
/// The format cannot hold one of them, and nothing is written; or the output could not be written.
pub fn write_quads(quads: &[Quad], format: Format, prefixes: &Prefixes, out: &mut dyn Write) -> Result<(), ExportError> {
    refusal::check(quads, format, prefixes).map_err(|refusal| ExportError::Refused(Box::new(refusal)))?;
    let is_sorted = quads.is_sorted_by(|a, b| order(a, b).is_le());
    let sorted = if is_sorted {
        std::borrow::Cow::Borrowed(quads)
    } else {
        let mut quads = quads.to_vec();
        quads.sort_unstable_by(order);
        quads.into()
    };
    let used = used(&sorted, prefixes);
    match format {
        Format::Turtle | Format::Trig => turtle::write(&sorted, format.facts().graphs, &used, out)?,
        Format::JsonLd => jsonld::write(&sorted, &used, out)?,
        Format::RdfXml => rdfxml::write(&sorted, &used, out)?,
        Format::NTriples | Format::NQuads => {
            let lines = if format == Format::NQuads { RdfFormat::NQuads } else { RdfFormat::NTriples };
            let mut writer = RdfSerializer::from_format(lines).for_writer(&mut *out);
            for quad in &*sorted {
                if format.facts().graphs {
                    writer.serialize_quad(quad)?;
                } else {
                    writer.serialize_triple(oxigraph::model::TripleRef::from(quad.as_ref()))?;
                }
            }
            writer.finish()?;
        }
    }
    Ok(())
}

fn used(quads: &[Quad], prefixes: &Prefixes) -> Vec<(String, String)> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for quad in quads {
        seen.insert(quad.predicate.as_str());
        if let NamedOrBlankNode::NamedNode(node) = &quad.subject {
            seen.insert(node.as_str());
        }
        match &quad.object {
            Term::NamedNode(node) => {
                seen.insert(node.as_str());
            }
            Term::Literal(literal) => {
                seen.insert(literal.datatype().as_str());
            }
            Term::BlankNode(_) => {}
        }
        if let GraphName::NamedNode(node) = &quad.graph_name {
            seen.insert(node.as_str());
        }
    }
    prefixes
        .iter()
        .filter(|(prefix, namespace)| {
            is_prefix(prefix)
                && oxigraph::model::NamedNode::new(*namespace).is_ok()
                && seen.range(*namespace..).next().is_some_and(|iri| iri.starts_with(namespace))
        })
        .map(|(prefix, namespace)| (prefix.to_owned(), namespace.to_owned()))
        .collect()
}

/// Whether every syntax takes this for a prefix, kept to ASCII: a letter first or nothing at all (`PN_PREFIX` of Turtle, `NCName` of XML), and no word
/// that a syntax has for itself.
fn is_prefix(prefix: &str) -> bool {
    const WORDS: [&str; 5] = ["a", "base", "false", "prefix", "true"];
    let lower = prefix.to_ascii_lowercase();
    (prefix.is_empty() || prefix.starts_with(|c: char| c.is_ascii_alphabetic()))
        && prefix.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        && !WORDS.contains(&lower.as_str())
}
