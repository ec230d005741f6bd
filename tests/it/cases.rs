//! Every folder under `tests/cases/<topic>/` is a case: `data/` (and if need be `ontology/`, `queries/`) is what goes in,
//! `findings.txt` and `quads.nq` are what must come out. To add a case, add a folder, run with `CIVIGRAPH_BLESS=1`, and
//! read what was written. Where there is `more/data/` as well, it goes in on top, and takes nothing away of what was there:
//! a record changes its own statements and no other's. With a file `no-sections` the source lists none.

use std::path::Path;

use civigraph::store::{In, Store};
use oxigraph::model::GraphName;

/// The quads of citations and of the registry: what the case's own records say.
fn stated(dataset: &civigraph::dataset::Dataset) -> String {
    let store = Store::from(dataset.clone());
    let mut lines: Vec<String> = store
        .quads(None, None, None, Some(In::Named))
        .map(|quad| quad.expect("a quad"))
        .filter(|quad| match &quad.graph_name {
            GraphName::NamedNode(name) => {
                name.as_str().contains("/source/")
                    || name.as_str().ends_with("/graph/registry")
                    || name.as_str().contains("/graph/inferred/")
            }
            _ => false,
        })
        .map(|quad| format!("{quad} ."))
        .collect();
    lines.sort();
    lines.push(String::new());
    lines.join("\n")
}

fn run(topic: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    for case in crate::support::folders(topic) {
        let scratch = crate::support::Scratch::small();
        for folder in ["data", "ontology", "queries"] {
            if case.join(folder).is_dir() {
                crate::support::copy(&case.join(folder), &scratch.path().join(folder));
            }
        }
        // A source that lists no sections.
        if case.join("no-sections").exists() {
            std::fs::remove_file(scratch.path().join("data/s/sections.csv")).expect("the sections");
        }
        let made = scratch.make();
        if case.join("more").is_dir() {
            crate::support::copy(&case.join("more/data"), &scratch.path().join("data"));
            let (before, after) = (made.dataset.as_ref().map(stated), scratch.make().dataset.as_ref().map(stated));
            let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
            let known: std::collections::BTreeSet<&str> = after.lines().collect();
            let gone = before.lines().filter(|line| !known.contains(line)).map(|line| format!("{}: {line} is gone", case.display()));
            faults.extend(gone);
        }
        faults.extend(crate::support::expect(&case.join("findings.txt"), &crate::support::shown_findings(&made)));
        if case.join("quads.nq").exists() || (std::env::var_os("CIVIGRAPH_BLESS").is_some() && made.findings.is_empty()) {
            let quads = made.dataset.as_ref().map_or_else(String::new, stated);
            faults.extend(crate::support::expect(&case.join("quads.nq"), &quads));
        }
    }
    faults
}

#[test]
fn every_case_gives_the_expected_findings_and_quads() {
    let topics = crate::support::folders(&crate::support::root().join("tests/cases"));
    assert!(topics.len() >= 3, "the cases are gone");
    crate::support::report(topics.iter().flat_map(|topic| run(topic)).collect());
}

/// Whoever keeps a spreadsheet has not heard of these.
const WORDS_OF_THE_TRADE: &str =
    r"(^|[^/\w-])(IRIs?|shapes?|prefixed names?|node kind|blank nodes?|skos:|sh:[a-zA-Z]+|rdfs?:|cg:[a-zA-Z]+|https://\S*/(id|source)/\S+)";

#[test]
fn findings_speak_the_words_of_who_wrote_the_records() {
    let pattern = regex::Regex::new(WORDS_OF_THE_TRADE).expect("a pattern");
    let mut faults = Vec::new();
    let mut look = |place: &str, text: &str| {
        if let Some(found) = pattern.find(text) {
            faults.push(format!("{place}: `{}` in: {text}", found.as_str().trim()));
        }
    };
    for topic in crate::support::folders(&crate::support::root().join("tests/cases")) {
        for case in crate::support::folders(&topic) {
            let Ok(text) = std::fs::read_to_string(case.join("findings.txt")) else { continue };
            let mut of_the_data = false;
            for line in text.lines() {
                // What is wrong in the ontology is told to who writes one.
                of_the_data = if line.starts_with(' ') { of_the_data } else { line.starts_with("data/") };
                if of_the_data {
                    look(&case.display().to_string(), line);
                }
            }
        }
    }
    for code in civigraph::finding::CODES {
        look(code.name, code.why);
    }
    let project = civigraph::project::Project::shipped();
    let (opened, _) = civigraph::pipeline::open(&project).expect("the ontology");
    for key in opened.schema.kinds.values().flat_map(|kind| &kind.keys) {
        look(key.shape.as_str(), key.message.as_deref().unwrap_or(""));
        look(key.shape.as_str(), &key.form_words(&opened.ontology.prefixes).replace(" (xsd:", " ("));
    }
    for check in project.assets("queries/checks/data", "rq").expect("the checks") {
        for line in check.text.lines().filter(|line| line.contains("AS ?message") || line.contains("AS ?hint")) {
            let texts: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
            look(&check.path, &texts.join(" "));
        }
    }
    crate::support::report(faults);
}
