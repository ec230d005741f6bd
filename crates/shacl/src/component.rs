//! SPARQL-based constraint components (section 6) and the prefixes of their queries (section 5.2.1), as declared.

use super::fault::Fault;
use super::graph::{instances, object, objects};
use super::vocab::{self, sh};
use oxigraph::model::{Graph, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use std::collections::{BTreeMap, HashSet};

const OWL_IMPORTS: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/2002/07/owl#imports");

/// A declared component: what a shape has to say to use it, and the queries that then check the shape.
#[derive(Debug, Clone)]
pub(super) struct Component {
    pub(super) node: NamedNode,
    pub(super) parameters: Vec<Parameter>,
    /// For node shapes, for property shapes, for both.
    pub(super) node_validator: Option<NamedOrBlankNode>,
    pub(super) property_validator: Option<NamedOrBlankNode>,
    pub(super) validator: Option<NamedOrBlankNode>,
    pub(super) messages: Vec<Literal>,
}

/// A parameter of a component (section 6.2.1).
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) property: NamedNode,
    pub(super) optional: bool,
}

impl Parameter {
    /// The local name of the property, which is the name of the variable: what follows the last `#`, `/` or `:`.
    pub(super) fn variable(&self) -> &str {
        let iri = self.property.as_str();
        iri.rsplit(['#', '/', ':']).next().unwrap_or(iri)
    }
}

/// All components that the shapes graph declares, and what is wrong with them.
pub(super) fn read(shapes: &Graph) -> (Vec<Component>, Vec<(NamedOrBlankNode, Fault)>) {
    let (mut components, mut faults) = (Vec::new(), Vec::new());
    for node in instances(shapes, sh!("ConstraintComponent")) {
        let NamedOrBlankNode::NamedNode(name) = node.clone() else {
            continue;
        };
        let mut parameters = Vec::new();
        for parameter in objects(shapes, &node, sh!("parameter")) {
            let property = subject(&parameter).and_then(|parameter| object(shapes, &parameter, sh!("path")));
            match (subject(&parameter), property) {
                (Some(parameter), Some(Term::NamedNode(property))) => {
                    let optional = object(shapes, &parameter, sh!("optional"));
                    let optional = optional.is_some_and(|optional| optional == Literal::from(true).into());
                    parameters.push(Parameter { property, optional });
                }
                _ => faults.push((
                    node.clone(),
                    Fault::WrongValue {
                        parameter: vocab::term("parameter"),
                        expected: "a parameter with one property as its `sh:path`",
                        found: parameter,
                    },
                )),
            }
        }
        parameters.sort_by(|a, b| a.property.cmp(&b.property));
        let validator = |name: &str| object(shapes, &node, vocab::term(name).as_ref()).as_ref().and_then(subject);
        components.push(Component {
            node: name,
            parameters,
            node_validator: validator("nodeValidator"),
            property_validator: validator("propertyValidator"),
            validator: validator("validator"),
            messages: literals(shapes, &node, sh!("message")),
        });
    }
    (components, faults)
}

/// The prefixes that `sh:prefixes` of a query's node gives it, through `owl:imports` as well.
pub(super) fn prefixes(shapes: &Graph, node: &NamedOrBlankNode) -> Result<Vec<(String, String)>, Fault> {
    let mut todo = objects(shapes, node, sh!("prefixes"));
    let mut seen = HashSet::new();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    while let Some(ontology) = todo.pop() {
        let Some(ontology) = subject(&ontology).filter(|ontology| seen.insert(ontology.clone())) else {
            continue;
        };
        todo.extend(objects(shapes, &ontology, OWL_IMPORTS));
        for (prefix, namespace) in declared(shapes, &ontology) {
            match found.get(&prefix) {
                Some(other) if *other != namespace => {
                    let mut namespaces = [other.clone(), namespace];
                    namespaces.sort();
                    let [first, second] = namespaces;
                    return Err(Fault::AmbiguousPrefix { prefix, first, second });
                }
                _ => {
                    found.insert(prefix, namespace);
                }
            }
        }
    }
    Ok(found.into_iter().collect())
}

/// The prefixes that a node declares itself.
fn declared(shapes: &Graph, ontology: &NamedOrBlankNode) -> Vec<(String, String)> {
    objects(shapes, ontology, sh!("declare")).iter().filter_map(subject).filter_map(|it| pair(shapes, &it)).collect()
}

/// All prefixes declared anywhere in the shapes graph, for naming things in messages.
pub(super) fn all_prefixes(shapes: &Graph) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = shapes
        .triples_for_predicate(sh!("declare"))
        .filter_map(|triple| subject(&triple.object.into_owned()))
        .filter_map(|declaration| pair(shapes, &declaration))
        .collect();
    pairs.sort();
    pairs
}

fn pair(shapes: &Graph, declaration: &NamedOrBlankNode) -> Option<(String, String)> {
    match (object(shapes, declaration, sh!("prefix"))?, object(shapes, declaration, sh!("namespace"))?) {
        (Term::Literal(prefix), Term::Literal(namespace)) => Some((prefix.value().to_owned(), namespace.value().to_owned())),
        _ => None,
    }
}

/// The literals among the values of a property.
pub(super) fn literals(shapes: &Graph, node: &NamedOrBlankNode, property: NamedNodeRef<'_>) -> Vec<Literal> {
    let literal = |term| {
        if let Term::Literal(literal) = term { Some(literal) } else { None }
    };
    objects(shapes, node, property).into_iter().filter_map(literal).collect()
}

/// The term as a node that can have properties.
pub(super) fn subject(term: &Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(node) => Some(node.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        _ => None,
    }
}
