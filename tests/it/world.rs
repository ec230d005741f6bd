//! A project is read from wherever its files are: a folder, or memory.

use std::fs;
use std::sync::Arc;

use civigraph::pipeline;
use civigraph::project::Project;
use civigraph::session::{Asking, Session};
use civigraph::store::Store;
use civigraph::world::{Folder, Memory, World};
use oxigraph::sparql::QueryResults;

/// The repository's project with all its files in memory.
fn in_memory() -> Memory {
    let root = crate::support::root();
    let folder = Folder::of(&root);
    let project = Project::open(&root).expect("the project");
    let inside = project.homes().flat_map(|home| ["data", "ontology", "queries", "mappings"].map(|name| format!("{home}{name}")));
    let paths = inside.flat_map(|inside| folder.list(&inside).expect("listed"));
    let files = ["civigraph.toml".to_owned()].into_iter().chain(paths);
    files.map(|path| (path.clone(), fs::read(root.join(&path)).expect("read"))).collect()
}

#[test]
fn a_project_in_memory_is_the_graph_of_its_folder() {
    let written = |project: &Project| {
        let made = pipeline::make(project).expect("it is read");
        let findings = crate::support::shown_findings(&made);
        let store = Store::from(made.dataset.expect("a graph"));
        let quads: Vec<String> = store.quads(None, None, None, None).map(|quad| quad.expect("a quad").to_string()).collect();
        (findings, quads)
    };
    let (findings, quads) = written(&Project::open(&crate::support::root()).expect("the project"));
    let (found, stated) = written(&Project::of_world(Arc::new(in_memory())).expect("the same in memory"));
    assert_eq!(found, findings);
    assert_eq!(stated.len(), quads.len());
    let differ = stated.iter().zip(&quads).find(|(one, other)| one != other);
    assert!(differ.is_none(), "{differ:?}");
}

/// A project in memory whose one source has one table.
fn of_organizations(table: &str) -> Project {
    let files = [
        ("civigraph.toml", "title = \"T\"\nbase = \"https://example.org/\"\n"),
        ("data/s/source.toml", "title = \"S\"\nas_of = 2025-12-31\n"),
        ("data/s/organizations.csv", table),
    ];
    Project::of_world(Arc::new(Memory::from_iter(files))).expect("a project")
}

#[test]
fn a_few_lines_in_memory_are_built_and_asked() {
    let project = of_organizations("id,name\no-one,One\no-two,Two\n");
    let made = pipeline::make(&project).expect("it is read");
    assert_eq!(crate::support::shown_findings(&made).matches("error[").count(), 0, "{}", crate::support::shown_findings(&made));
    let session = Session::over(project, Store::from(made.dataset.expect("a graph"))).expect("a session");
    let text = "SELECT ?organization { ?organization a org:Organization }".to_owned();
    let prepared = session.prepare(&Asking { text, ..Asking::default() }).expect("a query");
    let QueryResults::Solutions(rows) = session.answer(prepared, None).expect("an answer") else { panic!("rows are asked for") };
    assert_eq!(rows.count(), 2);
}

#[test]
fn what_is_wrong_in_memory_has_its_place() {
    let project = of_organizations("id,nome\no-one,One\n");
    let found = crate::support::shown_findings(&pipeline::make(&project).expect("it is read"));
    assert!(found.contains("data/s/organizations.csv:1:4"), "{found}");
    let excerpt = civigraph::source::excerpt::Excerpts::of(&project)
        .around(&civigraph::location::Location::new(&"data/s/organizations.csv".into(), 1, 4, 4))
        .expect("the line");
    assert_eq!(excerpt.text, "id,nome");
}

#[test]
fn memory_without_a_manifest_is_no_project() {
    let error = Project::of_world(Arc::new(Memory::default())).expect_err("nothing is there");
    assert_eq!(error.to_string(), "cannot read civigraph.toml: the file is not there");
}
