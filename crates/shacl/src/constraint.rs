//! A shape and its constraints as they are after reading: nothing here refers to data.

use super::Severity;
use super::path::Path;
use super::sparql::Prepared;
use super::vocab;
use oxigraph::model::{Literal, NamedNode, NamedOrBlankNode, Term};
use regex::Regex;

/// The place of a shape among [`Shapes`](super::Shapes).
pub(super) type ShapeId = usize;

#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) node: NamedOrBlankNode,
    /// There for a property shape, not there for a node shape.
    pub(super) path: Option<Path>,
    pub(super) targets: Vec<Target>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) severity: Severity,
    pub(super) messages: Vec<Literal>,
    pub(super) deactivated: bool,
    /// Whether more than one constraint refers to it, so that it pays to remember which nodes conform.
    pub(super) shared: bool,
}

/// What a shape is about (section 2.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Node(Term),
    Class(NamedNode),
    SubjectsOf(NamedNode),
    ObjectsOf(NamedNode),
}

/// One constraint of a shape: one value of a parameter, or all parameters of a component (section 2.1.4).
#[derive(Debug, Clone)]
pub(super) enum Constraint {
    Class(NamedNode),
    Datatype(NamedNode),
    NodeKind(NodeKind),
    MinCount(u64),
    MaxCount(u64),
    Bound(Bound, Literal),
    MinLength(u64),
    MaxLength(u64),
    Pattern { pattern: String, regex: Regex },
    LanguageIn(Vec<String>),
    UniqueLang,
    Equals(NamedNode),
    Disjoint(NamedNode),
    LessThan { property: NamedNode, or_equal: bool },
    Not(ShapeId),
    And(Vec<ShapeId>),
    Or(Vec<ShapeId>),
    Xone(Vec<ShapeId>),
    Node(ShapeId),
    Property(ShapeId),
    QualifiedMin(Qualified, u64),
    QualifiedMax(Qualified, u64),
    Closed { allowed: Vec<NamedNode> },
    HasValue(Term),
    In(Vec<Term>),
    Sparql(Box<Sparql>),
}

/// `sh:qualifiedValueShape` with the shapes of its siblings where it is disjoint with them (section 4.7.3).
#[derive(Debug, Clone)]
pub(super) struct Qualified {
    pub(super) shape: ShapeId,
    pub(super) siblings: Vec<ShapeId>,
}

/// A SPARQL-based constraint, or the use of a SPARQL-based constraint component (sections 5 and 6).
#[derive(Debug, Clone)]
pub(super) struct Sparql {
    /// `sh:sourceConstraint`: the constraint's node; none for a component.
    pub(super) source: Option<Term>,
    /// The component, `sh:SPARQLConstraintComponent` for `sh:sparql`.
    pub(super) component: NamedNode,
    /// The parameters' variable names and values.
    pub(super) parameters: Vec<(String, Term)>,
    pub(super) messages: Vec<Literal>,
    pub(super) query: Prepared,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    MinExclusive,
    MinInclusive,
    MaxExclusive,
    MaxInclusive,
}

impl Bound {
    pub(super) const ALL: [(&'static str, Self); 4] = [
        ("minExclusive", Self::MinExclusive),
        ("minInclusive", Self::MinInclusive),
        ("maxExclusive", Self::MaxExclusive),
        ("maxInclusive", Self::MaxInclusive),
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeKind {
    pub(super) iri: bool,
    pub(super) blank: bool,
    pub(super) literal: bool,
}

impl NodeKind {
    /// The six kinds of section 4.1.3 by their local names.
    pub(super) fn named(name: &str) -> Option<Self> {
        let (iri, blank, literal) = match name {
            "IRI" => (true, false, false),
            "BlankNode" => (false, true, false),
            "Literal" => (false, false, true),
            "BlankNodeOrIRI" => (true, true, false),
            "BlankNodeOrLiteral" => (false, true, true),
            "IRIOrLiteral" => (true, false, true),
            _ => return None,
        };
        Some(Self { iri, blank, literal })
    }

    pub(super) fn allows(self, term: &Term) -> bool {
        match term {
            Term::NamedNode(_) => self.iri,
            Term::BlankNode(_) => self.blank,
            Term::Literal(_) => self.literal,
            #[allow(unreachable_patterns, reason = "triple terms exist where another crate switches them on")]
            _ => false,
        }
    }
}

impl Constraint {
    /// The IRI of the constraint's component, as results name it.
    pub(super) fn component(&self) -> NamedNode {
        let name = match self {
            Self::Sparql(sparql) => return sparql.component.clone(),
            Self::Class(_) => "Class",
            Self::Datatype(_) => "Datatype",
            Self::NodeKind(_) => "NodeKind",
            Self::MinCount(_) => "MinCount",
            Self::MaxCount(_) => "MaxCount",
            Self::Bound(Bound::MinExclusive, _) => "MinExclusive",
            Self::Bound(Bound::MinInclusive, _) => "MinInclusive",
            Self::Bound(Bound::MaxExclusive, _) => "MaxExclusive",
            Self::Bound(Bound::MaxInclusive, _) => "MaxInclusive",
            Self::MinLength(_) => "MinLength",
            Self::MaxLength(_) => "MaxLength",
            Self::Pattern { .. } => "Pattern",
            Self::LanguageIn(_) => "LanguageIn",
            Self::UniqueLang => "UniqueLang",
            Self::Equals(_) => "Equals",
            Self::Disjoint(_) => "Disjoint",
            Self::LessThan { or_equal: false, .. } => "LessThan",
            Self::LessThan { or_equal: true, .. } => "LessThanOrEquals",
            Self::Not(_) => "Not",
            Self::And(_) => "And",
            Self::Or(_) => "Or",
            Self::Xone(_) => "Xone",
            Self::Node(_) => "Node",
            Self::Property(_) => "Property",
            Self::QualifiedMin(..) => "QualifiedMinCount",
            Self::QualifiedMax(..) => "QualifiedMaxCount",
            Self::Closed { .. } => "Closed",
            Self::HasValue(_) => "HasValue",
            Self::In(_) => "In",
        };
        vocab::term(&format!("{name}ConstraintComponent"))
    }

    /// The shapes that the constraint refers to.
    pub(super) fn shapes(&self) -> Vec<ShapeId> {
        match self {
            Self::Not(shape) | Self::Node(shape) | Self::Property(shape) => vec![*shape],
            Self::And(shapes) | Self::Or(shapes) | Self::Xone(shapes) => shapes.clone(),
            Self::QualifiedMin(qualified, _) | Self::QualifiedMax(qualified, _) => [&[qualified.shape], &qualified.siblings[..]].concat(),
            _ => Vec::new(),
        }
    }
}
