//! The validation report as RDF (section 3.6).

use super::ValidationResult;
use super::vocab::sh;
use oxigraph::model::vocab::rdf;
use oxigraph::model::{BlankNode, Graph, Literal, NamedNodeRef, Term, Triple};

/// The `sh:ValidationReport` of some results; it conforms where there are none.
///
/// Its blank nodes are numbered in the order of the results, so that the same results give the same report. They are
/// named apart from blank nodes of the data and the shapes by their prefix `validation`.
pub fn report(results: &[ValidationResult]) -> Graph {
    let mut graph = Graph::new();
    let mut last = 0_usize;
    let mut fresh = || {
        last += 1;
        BlankNode::new_unchecked(format!("validation{last}"))
    };
    let node = fresh();
    add(&mut graph, &node, rdf::TYPE, sh!("ValidationReport"));
    add(&mut graph, &node, sh!("conforms"), Literal::from(results.is_empty()));
    for result in results {
        let entry = fresh();
        add(&mut graph, &node, sh!("result"), entry.clone());
        add(&mut graph, &entry, rdf::TYPE, sh!("ValidationResult"));
        add(&mut graph, &entry, sh!("focusNode"), result.focus.clone());
        add(&mut graph, &entry, sh!("resultSeverity"), result.severity.iri());
        add(&mut graph, &entry, sh!("sourceShape"), result.shape.clone());
        add(&mut graph, &entry, sh!("sourceConstraintComponent"), result.component.clone());
        if let Some(path) = &result.path {
            let path = path.write(&mut graph, &mut fresh);
            add(&mut graph, &entry, sh!("resultPath"), path);
        }
        if let Some(value) = &result.value {
            add(&mut graph, &entry, sh!("value"), value.clone());
        }
        if let Some(constraint) = &result.constraint {
            add(&mut graph, &entry, sh!("sourceConstraint"), constraint.clone());
        }
        for message in &result.messages {
            add(&mut graph, &entry, sh!("resultMessage"), message.clone());
        }
    }
    graph
}

fn add(graph: &mut Graph, subject: &BlankNode, predicate: NamedNodeRef<'_>, object: impl Into<Term>) {
    graph.insert(&Triple::new(subject.clone(), predicate, object));
}
