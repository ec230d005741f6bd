//! Exports: one enum of RDF formats, every fact about a format in one table; what is written is sorted, so that two
//! exports can be compared line by line. Turtle, TriG and JSON-LD are read by people and are written here; the others are
//! Oxigraph's.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io::{self, Write};

use oxigraph::io::{JsonLdProfileSet, RdfFormat, RdfSerializer};
use oxigraph::model::{GraphName, GraphNameRef, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, Term, TermRef};

use crate::iri::Prefixes;
use crate::store::{In, Store, StoreError};
use crate::vocab::{rdf, rdfs, skos};

mod jsonld;
mod turtle;

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

    fn rdf(self) -> RdfFormat {
        match self {
            Self::Turtle => RdfFormat::Turtle,
            Self::NTriples => RdfFormat::NTriples,
            Self::RdfXml => RdfFormat::RdfXml,
            Self::JsonLd => RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() },
            Self::Trig => RdfFormat::TriG,
            Self::NQuads => RdfFormat::NQuads,
        }
    }
}

/// Writes a whole store: the default graph, or with a format that has them, the named graphs. Gives the number of
/// statements. Costs memory for all of them, to sort.
///
/// # Errors
/// The store or the output failed.
pub fn write(store: &Store, format: Format, prefixes: &Prefixes, out: &mut dyn Write) -> Result<usize, StoreError> {
    let which = if format.facts().graphs { In::Named } else { In::Default };
    let mut quads = store.quads(None, None, None, Some(which)).collect::<Result<Vec<Quad>, _>>()?;
    quads.sort_unstable_by(order);
    write_quads(&quads, format, prefixes, out).map_err(StoreError::Output)?;
    Ok(quads.len())
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
/// The output could not be written.
pub fn write_quads(quads: &[Quad], format: Format, prefixes: &Prefixes, out: &mut dyn Write) -> io::Result<()> {
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
        Format::Turtle | Format::Trig => turtle::write(&sorted, format.facts().graphs, &used, out),
        Format::JsonLd => jsonld::write(&sorted, &used, out),
        Format::NTriples | Format::NQuads | Format::RdfXml => {
            let mut serializer = RdfSerializer::from_format(format.rdf());
            if format == Format::RdfXml {
                for (prefix, namespace) in &used {
                    serializer = serializer.with_prefix(prefix, namespace).map_err(io::Error::other)?;
                }
            }
            let mut writer = serializer.for_writer(&mut *out);
            for quad in &*sorted {
                if format.facts().graphs {
                    writer.serialize_quad(quad)?;
                } else {
                    writer.serialize_triple(oxigraph::model::TripleRef::from(quad.as_ref()))?;
                }
            }
            writer.finish()?;
            Ok(())
        }
    }
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
            // A prefix with a slash or a dot at its end could not be written as one.
            prefix.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && seen.range(*namespace..).next().is_some_and(|iri| iri.starts_with(namespace))
        })
        .map(|(prefix, namespace)| (prefix.to_owned(), namespace.to_owned()))
        .collect()
}
