//! SHACL: shapes are read from a graph, checked for faults, and validate data.
//!
//! The whole of SHACL Core and SHACL-SPARQL (<https://www.w3.org/TR/shacl/>, whose sections the comments name). Three
//! stations: [`Shapes::read`] turns a shapes graph into shapes or into everything that is wrong with it; [`Data::index`]
//! turns triples into numbers; [`validate`] brings them together. [`report`](fn@report) writes the results as RDF.
//!
//! An own engine, because the places of faults are what civigraph exists for: a misspelt `sh:minCuont`, which the standard
//! lets pass in silence, is a fault here.
//!
//! ```
//! use civigraph_shacl::{Data, Shapes, validate};
//! use oxigraph::io::{RdfFormat, RdfParser};
//! use oxigraph::model::{Graph, Triple};
//!
//! let graph = |text: &'static str| -> Graph {
//!     let quads = RdfParser::from_format(RdfFormat::Turtle).for_slice(text);
//!     quads.map(|quad| Triple::from(quad.expect("this Turtle is well-formed"))).collect()
//! };
//! let shapes = Shapes::read(&graph(
//!     "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
//!      ex:Post a sh:NodeShape ; sh:targetClass ex:Post ; sh:property [ sh:path ex:holder ; sh:minCount 1 ] .",
//! ))?;
//! let data = graph("@prefix ex: <http://example.org/> . ex:chair a ex:Post .");
//! let results = validate(&shapes, &Data::from(&data))?;
//! assert_eq!(results[0].messages[0].value(), "`holder`: expected at least 1 value, found none");
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod check;
mod component;
mod constraint;
mod data;
mod fault;
mod graph;
mod literal;
mod message;
mod path;
mod plan;
mod query;
mod read;
mod report;
mod sparql;
mod vocab;

pub use data::Data;
pub use fault::{Fault, ShapeFault, ShapesError};
pub use path::Path;
pub use report::report;

use oxigraph::model::{Graph, Literal, NamedNode, NamedOrBlankNode, Term};
use thiserror::Error;
use vocab::sh;

/// The shapes of a shapes graph, ready to validate any number of data graphs.
#[derive(Debug, Clone)]
pub struct Shapes {
    shapes: Vec<constraint::Shape>,
    names: message::Names,
    /// The graph itself, where a query asks for `$shapesGraph` or `$currentShape`.
    graph: Option<Graph>,
}

impl Shapes {
    /// Reads all shapes of a shapes graph (section 2). Properties outside the `sh:` namespace are ignored.
    ///
    /// # Errors
    /// All faults of the shapes at once, ordered by shape: see [`Fault`].
    pub fn read(graph: &Graph) -> Result<Self, ShapesError> {
        read::read(graph)
    }

    /// Adds prefixes (`org`, `http://www.w3.org/ns/org#`) by which messages name things. Those that the shapes graph
    /// declares with `sh:declare` are known already.
    #[must_use]
    pub fn with_prefixes(mut self, prefixes: impl IntoIterator<Item = (String, String)>) -> Self {
        self.names.add(prefixes);
        self
    }

    /// The number of shapes, those inside other shapes included.
    pub fn len(&self) -> usize {
        self.shapes.len()
    }

    /// Whether there is no shape.
    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty()
    }
}

/// One violation of one constraint by one focus node (section 3.6.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationResult {
    /// `sh:focusNode`: the node that was validated.
    pub focus: Term,
    /// `sh:resultPath`: the path of the property shape, or the property that a closed shape or a query found.
    pub path: Option<Path>,
    /// `sh:value`: the value that breaks the constraint; none where values are missing or too many.
    pub value: Option<Term>,
    /// `sh:sourceShape`: the shape that has the constraint.
    pub shape: NamedOrBlankNode,
    /// `sh:sourceConstraintComponent`: the kind of constraint.
    pub component: NamedNode,
    /// `sh:sourceConstraint`: the SPARQL constraint, where it is one.
    pub constraint: Option<Term>,
    /// `sh:resultSeverity`.
    pub severity: Severity,
    /// `sh:resultMessage`: the messages of the query, of its constraint, or of the shape; else one in plain English.
    pub messages: Vec<Literal>,
}

/// How bad a violation is (section 2.1.4), from the worst.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// `sh:Violation`, where a shape does not say.
    Violation,
    /// `sh:Warning`.
    Warning,
    /// `sh:Info`.
    Info,
    /// A severity of one's own.
    Other(NamedNode),
}

impl Severity {
    /// The IRI of the severity.
    pub fn iri(&self) -> NamedNode {
        match self {
            Self::Violation => sh!("Violation").into_owned(),
            Self::Warning => sh!("Warning").into_owned(),
            Self::Info => sh!("Info").into_owned(),
            Self::Other(iri) => iri.clone(),
        }
    }
}

impl From<NamedNode> for Severity {
    fn from(iri: NamedNode) -> Self {
        [Self::Violation, Self::Warning, Self::Info].into_iter().find(|severity| severity.iri() == iri).unwrap_or(Self::Other(iri))
    }
}

/// Validation could not be done (section 3.4.1: a failure, which is not a result).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ValidationError {
    /// A query could not be evaluated.
    #[error("shape {shape}: the query cannot be evaluated: {reason}")]
    Query {
        /// The shape that has the query.
        shape: NamedOrBlankNode,
        /// What SPARQL says.
        reason: String,
    },
    /// A query bound `?failure` to true (section 5.3.2).
    #[error("shape {shape}: the query says that it cannot tell about {focus} (it bound `?failure` to true)")]
    Reported {
        /// The shape that has the query.
        shape: NamedOrBlankNode,
        /// The node it was asked about.
        focus: Term,
    },
}

/// Validates data against shapes (section 3.4).
///
/// The results are in one order, whatever the order of the triples: by focus node, path, component, value and message.
/// The cost is that of the focus nodes and their values; queries are evaluated for many focus nodes together where
/// what they say allows it.
///
/// # Errors
/// A SPARQL constraint that fails. Violations are results, not errors.
pub fn validate(shapes: &Shapes, data: &Data) -> Result<Vec<ValidationResult>, ValidationError> {
    let mut results = Vec::new();
    validate_each(shapes, data, &mut |result| results.push(result))?;
    results.sort_by_cached_key(|result| {
        (
            result.focus.to_string(),
            result.path.as_ref().map(ToString::to_string),
            result.component.clone(),
            result.value.as_ref().map(ToString::to_string),
            result.messages.first().map(ToString::to_string),
            result.shape.to_string(),
        )
    });
    Ok(results)
}

/// As [`validate`], each result given to `found` as soon as there is one and none kept: in no order that could be relied on,
/// in the memory of one. For data in which everything may be wrong.
///
/// # Errors
/// As of [`validate`], after what was found before.
pub fn validate_each(shapes: &Shapes, data: &Data, found: &mut dyn FnMut(ValidationResult)) -> Result<(), ValidationError> {
    check::Validation::new(shapes, data).run(found)
}

/// The examples of the README are compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
