//! The terms of the SHACL namespace: those the engine reads, and all those the standard defines.
//!
//! The full list is here so that a misspelt term (`sh:minCuont`) can be told from a right one: the standard ignores
//! what it does not know, and a constraint that is silently ignored is worse than one that is missing.

use oxigraph::model::{NamedNode, NamedNodeRef};

/// The SHACL namespace.
pub(super) const NAMESPACE: &str = "http://www.w3.org/ns/shacl#";

/// A term of the SHACL namespace by its local name, at compile time.
macro_rules! sh {
    ($name:literal) => {
        ::oxigraph::model::NamedNodeRef::new_unchecked(concat!("http://www.w3.org/ns/shacl#", $name))
    };
}
pub(super) use sh;

/// A term of the SHACL namespace by its local name.
pub(super) fn term(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{NAMESPACE}{name}"))
}

/// The local name of a term of the SHACL namespace.
pub(super) fn local(iri: NamedNodeRef<'_>) -> Option<&str> {
    iri.as_str().strip_prefix(NAMESPACE)
}

/// Whether the SHACL standard, its Advanced Features or its JavaScript extensions define this local name.
pub(super) fn is_defined(name: &str) -> bool {
    // `sh:MinCountConstraintComponent-minCount` is the parameter of a component as the vocabulary file names it.
    let name = name.split_once("ConstraintComponent-").map_or(name, |(_, parameter)| parameter);
    TERMS.contains(&name) || UNSUPPORTED.contains(&name) || COMPONENTS.contains(&name) || ADVANCED.contains(&name)
}

/// The defined local name that is closest to a misspelt one, if one is close enough to be meant.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let allowed = (name.len() / 3).clamp(1, 3);
    [TERMS, COMPONENTS]
        .into_iter()
        .flatten()
        .map(|known| {
            // A slip in upper or lower case is no distance, but decides between `sh:severity` and `sh:Severity`.
            let loose = strsim::damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase());
            (loose, strsim::damerau_levenshtein(name, known), *known)
        })
        .filter(|(loose, ..)| *loose <= allowed)
        .min()
        .map(|(.., known)| known)
}

/// Terms that would change what a shape means and that this engine does not carry out.
pub(super) fn is_unsupported(name: &str) -> bool {
    UNSUPPORTED.contains(&name)
}

/// Parameters of the core constraint components: a subject of one of these is a shape (section 2.1).
pub(super) const PARAMETERS: &[&str] = &[
    "and",
    "class",
    "closed",
    "datatype",
    "disjoint",
    "equals",
    "flags",
    "hasValue",
    "ignoredProperties",
    "in",
    "languageIn",
    "lessThan",
    "lessThanOrEquals",
    "maxCount",
    "maxExclusive",
    "maxInclusive",
    "maxLength",
    "minCount",
    "minExclusive",
    "minInclusive",
    "minLength",
    "node",
    "nodeKind",
    "not",
    "or",
    "pattern",
    "property",
    "qualifiedMaxCount",
    "qualifiedMinCount",
    "qualifiedValueShape",
    "qualifiedValueShapesDisjoint",
    "sparql",
    "uniqueLang",
    "xone",
];

/// Predicates that give a shape its targets (section 2.1.3).
pub(super) const TARGETS: &[&str] = &["targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf"];

const TERMS: &[&str] = &[
    "AbstractResult",
    "BlankNode",
    "BlankNodeOrIRI",
    "BlankNodeOrLiteral",
    "ConstraintComponent",
    "IRI",
    "IRIOrLiteral",
    "Info",
    "Literal",
    "NodeKind",
    "NodeShape",
    "Parameter",
    "Parameterizable",
    "PrefixDeclaration",
    "PropertyGroup",
    "PropertyShape",
    "ResultAnnotation",
    "SPARQLAskExecutable",
    "SPARQLAskValidator",
    "SPARQLConstraint",
    "SPARQLConstructExecutable",
    "SPARQLExecutable",
    "SPARQLSelectExecutable",
    "SPARQLSelectValidator",
    "SPARQLUpdateExecutable",
    "Severity",
    "Shape",
    "ValidationReport",
    "ValidationResult",
    "Validator",
    "Violation",
    "Warning",
    "alternativePath",
    "and",
    "ask",
    "class",
    "closed",
    "conforms",
    "construct",
    "datatype",
    "deactivated",
    "declare",
    "defaultValue",
    "description",
    "detail",
    "disjoint",
    "equals",
    "flags",
    "focusNode",
    "group",
    "hasValue",
    "ignoredProperties",
    "in",
    "inversePath",
    "labelTemplate",
    "languageIn",
    "lessThan",
    "lessThanOrEquals",
    "maxCount",
    "maxExclusive",
    "maxInclusive",
    "maxLength",
    "message",
    "minCount",
    "minExclusive",
    "minInclusive",
    "minLength",
    "name",
    "namespace",
    "node",
    "nodeKind",
    "nodeValidator",
    "not",
    "oneOrMorePath",
    "optional",
    "or",
    "order",
    "parameter",
    "path",
    "pattern",
    "prefix",
    "prefixes",
    "property",
    "propertyValidator",
    "qualifiedMaxCount",
    "qualifiedMinCount",
    "qualifiedValueShape",
    "qualifiedValueShapesDisjoint",
    "result",
    "resultMessage",
    "resultPath",
    "resultSeverity",
    "select",
    "severity",
    "shapesGraph",
    "shapesGraphWellFormed",
    "sourceConstraint",
    "sourceConstraintComponent",
    "sourceShape",
    "sparql",
    "suggestedShapesGraph",
    "targetClass",
    "targetNode",
    "targetObjectsOf",
    "targetSubjectsOf",
    "uniqueLang",
    "update",
    "validator",
    "value",
    "xone",
    "zeroOrMorePath",
    "zeroOrOnePath",
];

const COMPONENTS: &[&str] = &[
    "AndConstraintComponent",
    "ClassConstraintComponent",
    "ClosedConstraintComponent",
    "DatatypeConstraintComponent",
    "DisjointConstraintComponent",
    "EqualsConstraintComponent",
    "ExpressionConstraintComponent",
    "HasValueConstraintComponent",
    "InConstraintComponent",
    "JSConstraintComponent",
    "LanguageInConstraintComponent",
    "LessThanConstraintComponent",
    "LessThanOrEqualsConstraintComponent",
    "MaxCountConstraintComponent",
    "MaxExclusiveConstraintComponent",
    "MaxInclusiveConstraintComponent",
    "MaxLengthConstraintComponent",
    "MinCountConstraintComponent",
    "MinExclusiveConstraintComponent",
    "MinInclusiveConstraintComponent",
    "MinLengthConstraintComponent",
    "NodeConstraintComponent",
    "NodeKindConstraintComponent",
    "NotConstraintComponent",
    "OrConstraintComponent",
    "PatternConstraintComponent",
    "PropertyConstraintComponent",
    "PropertyShapeComponent",
    "QualifiedMaxCountConstraintComponent",
    "QualifiedMinCountConstraintComponent",
    "SPARQLConstraintComponent",
    "UniqueLangConstraintComponent",
    "XoneConstraintComponent",
];

/// Entailment regimes (section 1.5), SHACL Advanced Features and SHACL-JS: what these ask for would not be done here.
const UNSUPPORTED: &[&str] = &["entailment", "expression", "js", "rule", "target", "values"];

/// Other terms of the Advanced Features and SHACL-JS, which are harmless alone.
const ADVANCED: &[&str] = &[
    "Function",
    "JSConstraint",
    "JSExecutable",
    "JSFunction",
    "JSLibrary",
    "JSRule",
    "JSTarget",
    "JSTargetType",
    "JSValidator",
    "Rule",
    "Rules",
    "SPARQLFunction",
    "SPARQLRule",
    "SPARQLTarget",
    "SPARQLTargetType",
    "Target",
    "TargetType",
    "TripleRule",
    "annotationProperty",
    "annotationValue",
    "annotationVarName",
    "condition",
    "filterShape",
    "intersection",
    "jsFunctionName",
    "jsLibrary",
    "jsLibraryURL",
    "nodes",
    "object",
    "predicate",
    "resultAnnotation",
    "returnType",
    "subject",
    "this",
    "union",
];
