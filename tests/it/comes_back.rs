//! What `civigraph export` writes comes back as the same graph, when it is read as a source: in the formats with graphs every statement in its graph, in the others
//! every statement of the default graph.

use std::collections::BTreeSet;

use civigraph::export::{FORMATS, Graphs};
use civigraph::pipeline;
use civigraph::project::Project;
use civigraph::store::{In, Store};
use oxigraph::model::GraphName;

use crate::support::{Scratch, root};

/// The statements of a project that rest on its sources, in their graphs or as the merge of these.
fn statements(store: &Store, graphs: bool) -> BTreeSet<String> {
    let quads = store.quads(None, None, None, Some(In::Named)).map(|quad| quad.expect("a quad"));
    let own = quads.filter(|quad| match &quad.graph_name {
        GraphName::NamedNode(name) => name.as_str().contains("/source/") || name.as_str().ends_with("/graph/registry"),
        _ => false,
    });
    own.map(|quad| if graphs { quad.to_string() } else { format!("{} {} {}", quad.subject, quad.predicate, quad.object) }).collect()
}

fn comes_back(folder: &std::path::Path) -> Vec<String> {
    let project = Project::open(folder).expect("a project");
    let made = pipeline::make(&project).expect("it is read");
    let opened = made.opened.expect("an ontology");
    let store = Store::from(made.dataset.expect("a graph"));
    let manifest = std::fs::read_to_string(folder.join("civigraph.toml")).expect("the manifest");
    let mut faults = Vec::new();
    for facts in FORMATS {
        let mut bytes = Vec::new();
        let graphs = if facts.graphs { Graphs::Named } else { Graphs::Default };
        civigraph::export::write(&store, facts.format, graphs, &opened.ontology.prefixes, &mut bytes).expect("written");
        let scratch = Scratch::bare(&manifest);
        for part in ["ontology", "queries"] {
            if folder.join(part).is_dir() {
                crate::support::copy(&folder.join(part), &scratch.path().join(part));
            }
        }
        for part in &project.parts {
            crate::support::copy(&folder.join(part), &scratch.path().join(part));
        }
        scratch.write("data/back/source.toml", "title = \"What was written\"\nregistry = true\n");
        scratch.write(&format!("data/back/graph.{}", facts.ending), &bytes);
        let again = scratch.make();
        let Some(dataset) = again.dataset.clone() else {
            faults.push(format!("{}: {}", facts.name, crate::support::shown_findings(&again)));
            continue;
        };
        let (before, after) = (statements(&store, facts.graphs), statements(&Store::from(dataset), facts.graphs));
        let gone: Vec<&String> = before.difference(&after).take(5).collect();
        // What rules concluded, and what the graph says of itself, is part of what is written of the default graph.
        let new: Vec<&String> = after
            .difference(&before)
            .filter(|_| facts.graphs)
            .filter(|quad| !quad.contains("/graph/registry>") || before.iter().any(|known| known.contains("/graph/registry>")))
            .take(5)
            .collect();
        if !gone.is_empty() {
            faults.push(format!("{} of {}: gone: {gone:#?}", facts.name, folder.display()));
        }
        if !new.is_empty() && facts.graphs && !new.iter().all(|quad| quad.contains("/graph/")) {
            faults.push(format!("{} of {}: new: {new:#?}", facts.name, folder.display()));
        }
    }
    faults
}

#[test]
fn what_is_written_comes_back_as_the_same_graph() {
    let folders = [root(), root().join("examples/ownership"), root().join("examples/parliament")];
    crate::support::report(folders.iter().flat_map(|folder| comes_back(folder)).collect());
}
