//! What can be wrong with a shapes graph: one readable page.
//!
//! A shapes graph is a program. A fault in it is reported at the shape where it stands, with all other faults,
//! before anything is validated, because a shape that means nothing finds nothing and looks like success.

use super::vocab;
use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use std::fmt;
use thiserror::Error;

/// The shapes graph cannot be used: all faults that were found in it, ordered by shape.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", list(.faults))]
pub struct ShapesError {
    /// At least one.
    pub faults: Vec<ShapeFault>,
}

fn list(faults: &[ShapeFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// One fault and the shape it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeFault {
    /// The node in the shapes graph that has the fault.
    pub shape: NamedOrBlankNode,
    /// The nearest node with an IRI that leads to `shape`, where `shape` is a blank node: what to look for in the file.
    pub owner: Option<NamedNode>,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for ShapeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.shape, &self.owner) {
            (NamedOrBlankNode::NamedNode(shape), _) => write!(f, "shape {shape}: {}", self.fault),
            (NamedOrBlankNode::BlankNode(_), Some(owner)) => {
                write!(f, "in shape {owner}: {}", self.fault)
            }
            (NamedOrBlankNode::BlankNode(shape), None) => {
                write!(f, "shape {shape}: {}", self.fault)
            }
        }
    }
}

/// What can be wrong in a shape.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// A term in the `sh:` namespace that SHACL does not define.
    #[error("{} is not a term of SHACL", name(.term.as_ref()))]
    UnknownTerm {
        /// The term as it is written.
        term: NamedNode,
        /// The term that is probably meant.
        nearest: Option<NamedNode>,
    },
    /// A term of the SHACL Advanced Features or of SHACL-JS, or an entailment regime: it would silently have no effect.
    #[error("{} asks for an extension of SHACL that is not supported", name(.term.as_ref()))]
    Unsupported {
        /// The term as it is written.
        term: NamedNode,
    },
    /// A property shape without `sh:path` (section 2.3).
    #[error("expected one `sh:path`, because this is a property shape, found none")]
    MissingPath,
    /// A node shape with `sh:path` (section 2.2).
    #[error("expected a node shape, found a property shape, because it has `sh:path`")]
    UnexpectedPath,
    /// A property path that SHACL does not allow (section 2.3.1).
    #[error("ill-formed path: {reason}")]
    IllFormedPath {
        /// What was expected and found.
        reason: String,
    },
    /// A value that a parameter may not have.
    #[error("{}: expected {expected}, found {}", name(.parameter.as_ref()), term(.found))]
    WrongValue {
        /// The parameter.
        parameter: NamedNode,
        /// What it may have.
        expected: &'static str,
        /// What it has.
        found: Term,
    },
    /// More values than a parameter may have.
    #[error("{}: expected one value, found {found}", name(.parameter.as_ref()))]
    TooManyValues {
        /// The parameter.
        parameter: NamedNode,
        /// The number of values.
        found: usize,
    },
    /// A parameter that only makes sense for the values of a path.
    #[error("{} needs a property shape, found a node shape (it has no `sh:path`)", name(.parameter.as_ref()))]
    NeedsPath {
        /// The parameter.
        parameter: NamedNode,
    },
    /// A list that is not a well-formed RDF list.
    #[error("{}: ill-formed list: {reason}", name(.parameter.as_ref()))]
    IllFormedList {
        /// The parameter.
        parameter: NamedNode,
        /// What was expected and found.
        reason: &'static str,
    },
    /// A reference to a shape about which the shapes graph says nothing.
    #[error("{} names {target}, and the shapes graph does not describe it", name(.parameter.as_ref()))]
    NoSuchShape {
        /// The parameter that refers to the shape.
        parameter: NamedNode,
        /// The shape that is not there.
        target: NamedNode,
        /// The shape that is probably meant.
        nearest: Option<NamedNode>,
    },
    /// A regular expression that cannot be used.
    #[error("`sh:pattern`: expected a regular expression, found {pattern:?}: {reason}")]
    BadPattern {
        /// The expression.
        pattern: String,
        /// Where and why it is not one.
        reason: String,
    },
    /// A SPARQL query that cannot be used, or that pre-binding forbids (section 5.2 and appendix A).
    #[error("{}: {reason}", name(.parameter.as_ref()))]
    BadQuery {
        /// `sh:select` or `sh:ask`.
        parameter: NamedNode,
        /// Where and why it cannot be used.
        reason: String,
    },
    /// A prefix that is declared twice, with two namespaces (section 5.2.1).
    #[error("the prefix `{prefix}:` stands for both <{first}> and <{second}>")]
    AmbiguousPrefix {
        /// The prefix.
        prefix: String,
        /// One namespace.
        first: String,
        /// The other.
        second: String,
    },
    /// A shape that refers to itself, directly or through other shapes (section 3.4.3: undefined).
    #[error("the shape refers to itself{}", by_way_of(.through))]
    Recursive {
        /// The other named shapes on the way.
        through: Vec<NamedNode>,
    },
    /// Shapes inside shapes, deeper than anyone writes.
    #[error("expected shapes nested at most {limit} deep, found more")]
    TooDeep {
        /// The depth that is allowed.
        limit: usize,
    },
}

impl Fault {
    /// What to do about it, where that can be said.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownTerm { nearest: Some(nearest), .. } => Some(format!("did you mean {}?", name(nearest.as_ref()))),
            Self::NoSuchShape { nearest: Some(nearest), .. } => Some(format!("did you mean {nearest}?")),
            Self::MissingPath => Some("add `sh:path`, the property whose values the shape is about".to_owned()),
            Self::Recursive { .. } => Some("take the reference back to the shape out, or say it as a SPARQL constraint".to_owned()),
            _ => None,
        }
    }
}

/// `sh:minCount` for terms of SHACL, the whole IRI for others: faults are about files that declare their own prefixes.
fn name(term: NamedNodeRef<'_>) -> String {
    vocab::local(term).map_or_else(|| term.to_string(), |local| format!("`sh:{local}`"))
}

fn term(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => name(node.as_ref()),
        Term::BlankNode(_) => "a blank node".to_owned(),
        other => other.to_string(),
    }
}

fn by_way_of(shapes: &[NamedNode]) -> String {
    if shapes.is_empty() {
        return String::new();
    }
    let names: Vec<_> = shapes.iter().map(ToString::to_string).collect();
    format!(" through {}", names.join(", "))
}
