//! Reading nodes and lists of the shapes graph, in one order: graphs keep none, and reports must not change from run to run.

use oxigraph::model::vocab::{rdf, rdfs};
use oxigraph::model::{Graph, NamedNodeRef, NamedOrBlankNode, Term};
use std::collections::{BTreeMap, HashSet};

/// What is wrong with a list.
pub(super) struct ListFault(pub(super) &'static str);

/// The values of a property, sorted as text.
pub(super) fn objects(graph: &Graph, subject: &NamedOrBlankNode, predicate: NamedNodeRef<'_>) -> Vec<Term> {
    let mut objects: Vec<_> = graph.objects_for_subject_predicate(subject, predicate).map(oxigraph::model::TermRef::into_owned).collect();
    if objects.len() > 1 {
        objects.sort_by_cached_key(ToString::to_string);
    }
    objects
}

/// The first value of a property.
pub(super) fn object(graph: &Graph, subject: &NamedOrBlankNode, predicate: NamedNodeRef<'_>) -> Option<Term> {
    objects(graph, subject, predicate).into_iter().next()
}

/// The members of a well-formed RDF list.
pub(super) fn list(graph: &Graph, head: &Term) -> Result<Vec<Term>, ListFault> {
    let mut members = Vec::new();
    let mut seen = HashSet::new();
    let mut node = head.clone();
    loop {
        let here = match node {
            Term::NamedNode(end) if end.as_ref() == rdf::NIL => return Ok(members),
            Term::NamedNode(node) => NamedOrBlankNode::from(node),
            Term::BlankNode(node) => node.into(),
            Term::Literal(_) => return Err(ListFault("expected a list, found a literal")),
            #[allow(unreachable_patterns, reason = "triple terms exist where another crate switches them on")]
            _ => return Err(ListFault("expected a list, found a triple")),
        };
        let (mut first, mut rest) = (objects(graph, &here, rdf::FIRST), objects(graph, &here, rdf::REST));
        if first.is_empty() && rest.is_empty() && members.is_empty() {
            return Err(ListFault("expected a list, found a node without `rdf:first`"));
        }
        match (first.len(), rest.len(), first.pop(), rest.pop()) {
            (1, 1, Some(first), Some(rest)) => {
                members.push(first);
                node = rest;
            }
            _ => {
                return Err(ListFault("expected one `rdf:first` and one `rdf:rest` for each member, found more or fewer"));
            }
        }
        if !seen.insert(here) {
            return Err(ListFault("expected an end, found a list that goes round in a circle"));
        }
    }
}

/// A class and all its subclasses in the graph.
pub(super) fn subclasses(graph: &Graph, class: NamedNodeRef<'_>) -> HashSet<NamedOrBlankNode> {
    let mut classes = HashSet::from([NamedOrBlankNode::from(class.into_owned())]);
    let mut todo: Vec<_> = classes.iter().cloned().collect();
    while let Some(class) = todo.pop() {
        for sub in graph.subjects_for_predicate_object(rdfs::SUB_CLASS_OF, &Term::from(class)) {
            if classes.insert(sub.into_owned()) {
                todo.push(sub.into_owned());
            }
        }
    }
    classes
}

/// All instances of a class or of its subclasses in the graph, sorted as text.
pub(super) fn instances(graph: &Graph, class: NamedNodeRef<'_>) -> Vec<NamedOrBlankNode> {
    let mut found = BTreeMap::new();
    for class in subclasses(graph, class) {
        for instance in graph.subjects_for_predicate_object(rdf::TYPE, &Term::from(class)) {
            found.insert(instance.to_string(), instance.into_owned());
        }
    }
    found.into_values().collect()
}
