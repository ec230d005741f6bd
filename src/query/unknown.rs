//! What a query names that is nowhere in the graph or the ontology: nearly always a slip, which an answer without rows would
//! not tell.

use std::collections::BTreeSet;

use oxigraph::model::{NamedNode, NamedNodeRef};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern};

use super::answer::Shown;
use super::parameter::{Parameter, Takes};
use super::value::Known;
use crate::nearest::nearest;
use crate::ontology::Ontology;
use crate::schema::{Schema, local};
use crate::sparql::walk;
use crate::store::In;
use crate::vocab::{rdf, rdfs, xsd};

/// What a name stands for in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Class,
    Property,
    Thing,
}

/// One sentence for each name of a query that is unknown, with the nearest that is known. What stands for a parameter in
/// the text is not meant by who gives another value, and is left out. `opened` is asked for only where
/// the graph itself does not know a name.
pub fn notes<'a>(
    query: &Query,
    parameters: &[Parameter],
    shown: Shown<'a>,
    opened: impl FnOnce() -> (&'a Ontology, &'a Schema),
) -> Vec<String> {
    let foreign: Vec<(NamedNode, Role)> = mentioned(query, parameters).into_iter().filter(|(node, _)| !in_graph(shown, node)).collect();
    if foreign.is_empty() {
        return Vec::new();
    }
    let (ontology, schema) = opened();
    let in_ontology = |node: NamedNodeRef<'_>| {
        let graph = &ontology.graph;
        schema.terms.contains(&node.into_owned())
            || graph.triples_for_subject(node).next().is_some()
            || graph.triples_for_predicate(node).next().is_some()
            || graph.triples_for_object(node).next().is_some()
    };
    foreign
        .iter()
        .filter(|(node, _)| !in_ontology(node.as_ref()))
        .map(|(node, role)| {
            let short = |node: &NamedNode| shown.prefixes.shorten(node.as_str()).unwrap_or_else(|| node.to_string());
            let near = near(node, *role, shown, schema).map_or_else(String::new, |near| format!("; did you mean `{}`?", short(&near)));
            format!("`{}` is nowhere in the graph or the ontology{near}", short(node))
        })
        .collect()
}

/// The names that a query's patterns ask for, in the order of the algebra, each once; without those of the standards.
fn mentioned(query: &Query, parameters: &[Parameter]) -> Vec<(NamedNode, Role)> {
    let mut query = query.clone();
    let mut found: Vec<(NamedNode, Role)> = Vec::new();
    let mut add = |node: &NamedNode, role: Role| {
        let standard = [rdf::NAMESPACE, rdfs::NAMESPACE, xsd::NAMESPACE].iter().any(|namespace| node.as_str().starts_with(namespace));
        if !standard && !found.iter().any(|(known, _)| known == node) {
            found.push((node.clone(), role));
        }
    };
    walk::each(walk::pattern(&mut query), &mut |pattern| match pattern {
        GraphPattern::Bgp { patterns } => {
            for triple in patterns {
                if let NamedNodePattern::NamedNode(node) = &triple.predicate {
                    add(node, Role::Property);
                }
                let typed = triple.predicate == NamedNodePattern::NamedNode(rdf::TYPE.into_owned());
                if let TermPattern::NamedNode(node) = &triple.object {
                    add(node, if typed { Role::Class } else { Role::Thing });
                }
                if let TermPattern::NamedNode(node) = &triple.subject {
                    add(node, Role::Thing);
                }
            }
        }
        GraphPattern::Path { subject, path, object } => {
            steps(path, &mut |node| add(node, Role::Property));
            for end in [subject, object] {
                if let TermPattern::NamedNode(node) = end {
                    add(node, Role::Thing);
                }
            }
        }
        GraphPattern::Graph { name: NamedNodePattern::NamedNode(node), .. } => add(node, Role::Thing),
        GraphPattern::Values { variables, .. } if matches!(&variables[..], [only] if parameters.iter().any(|parameter| parameter.name == only.as_str())) =>
            {}
        GraphPattern::Values { bindings, .. } => {
            for term in bindings.iter().flatten().flatten() {
                if let GroundTerm::NamedNode(node) = term {
                    add(node, Role::Thing);
                }
            }
        }
        _ => {
            let bound = matches!(pattern, GraphPattern::Extend { .. });
            for expression in walk::expressions(pattern) {
                if let (true, Expression::NamedNode(node)) = (bound, &*expression) {
                    add(node, Role::Thing);
                }
                compared(expression, &mut |node| add(node, Role::Thing));
            }
        }
    });
    found
}

fn steps(path: &PropertyPathExpression, add: &mut dyn FnMut(&NamedNode)) {
    match path {
        PropertyPathExpression::NamedNode(node) => add(node),
        PropertyPathExpression::NegatedPropertySet(nodes) => nodes.iter().for_each(add),
        PropertyPathExpression::Reverse(path)
        | PropertyPathExpression::ZeroOrMore(path)
        | PropertyPathExpression::OneOrMore(path)
        | PropertyPathExpression::ZeroOrOne(path) => steps(path, add),
        PropertyPathExpression::Sequence(first, second) | PropertyPathExpression::Alternative(first, second) => {
            steps(first, add);
            steps(second, add);
        }
    }
}

/// The names that an expression compares something with, or gives as its value.
fn compared(expression: &mut Expression, add: &mut dyn FnMut(&NamedNode)) {
    let named = matches!(
        expression,
        Expression::Equal(..) | Expression::SameTerm(..) | Expression::In(..) | Expression::If(..) | Expression::Coalesce(..)
    );
    if named {
        for part in walk::parts(expression) {
            if let Expression::NamedNode(node) = part {
                add(node);
            }
        }
    }
    for part in walk::parts(expression) {
        compared(part, add);
    }
}

fn in_graph(shown: Shown<'_>, node: &NamedNode) -> bool {
    let node = node.as_ref();
    let store = shown.store;
    store.quads(Some(node.into()), None, None, None).next().is_some()
        || store.quads(None, Some(node), None, None).next().is_some()
        || store.quads(None, None, Some(node.into()), None).next().is_some()
        || store.quads(None, None, None, Some(In::Graph(node))).next().is_some()
}

/// The name that was likely meant: one of the same role, by what stands behind its prefix.
fn near(node: &NamedNode, role: Role, shown: Shown<'_>, schema: &Schema) -> Option<NamedNode> {
    let like = |all: BTreeSet<&NamedNode>| {
        let wanted = local(node.as_str());
        let same = all.iter().find(|other| local(other.as_str()).eq_ignore_ascii_case(wanted));
        let like = || {
            let near = nearest(wanted, all.iter().map(|other| local(other.as_str()).to_owned()))?;
            all.iter().find(|other| local(other.as_str()) == near)
        };
        same.or_else(like).map(|near| (*near).clone())
    };
    let list =
        schema.lists.values().find(|list| node.as_str().strip_prefix(list.scheme.as_str()).is_some_and(|rest| rest.starts_with('/')));
    if let Some(list) = list {
        return like(list.codes.values().map(|code| &code.iri).collect());
    }
    let classes = || schema.kinds.values().map(|kind| &kind.class).chain(schema.superclasses.keys());
    let properties = || schema.kinds.values().flat_map(|kind| &kind.keys).map(|key| &key.property);
    match (role, shown.base.slug_of(node.as_str())) {
        (Role::Class, _) => like(classes().collect()),
        (Role::Property, _) => like(properties().collect()),
        (Role::Thing, Some(id)) => {
            let ids = Known { shown, schema }.candidates(&Takes::Thing(Vec::new()));
            nearest(id, ids.into_iter().map(|candidate| candidate.value)).map(|near| shown.base.thing(&near))
        }
        // A class or property may be asked for as a thing: as the other end of `a`, or of a comparison.
        (Role::Thing, None) => like(classes().chain(properties()).collect()),
    }
}
