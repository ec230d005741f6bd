//! The kinds that civigraph ships, by example: `ontology/examples/` is one good record a kind, `tests/shapes/invalid/` one
//! fault a file. To add a fault, add a file whose first line says which finding it must give:
//! `# expects: Membership-role`, or which findings, with commas. It is read beside the examples, and must give those and
//! no others.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Scratch;
use civigraph::finding::Finding;
use civigraph::pipeline;
use civigraph::project::Project;

const MANIFEST: &str = "title = \"Examples\"\nbase = \"https://example.org/\"\n";

/// A project of all examples, and one more file.
fn project(more: Option<&Path>) -> Scratch {
    let scratch = Scratch::bare(MANIFEST);
    scratch.write("data/examples/source.toml", "title = \"Examples\"\nshort = \"Ex\"\nas_of = 2025-12-31\n");
    scratch.write("data/examples/sections.csv", "locator,title,page,parent\n1,One,1,\n");
    crate::support::copy(&crate::support::root().join("ontology/examples"), &scratch.path().join("data/examples"));
    if let Some(file) = more {
        scratch.write("data/examples/~more.yaml", fs::read(file).expect("the file"));
    }
    scratch
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(crate::support::root().join(folder))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    files
}

fn stem(path: &Path) -> String {
    path.file_stem().expect("a stem").to_string_lossy().into_owned()
}

/// The codes that a fault's file says it must give.
fn expected(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).expect("the file");
    let codes = text.lines().next().and_then(|line| line.strip_prefix("# expects: "));
    let codes = codes.unwrap_or_else(|| panic!("{}: its first line is not `# expects: CODE`", path.display()));
    codes.split(',').map(|code| code.trim().to_owned()).collect()
}

#[test]
fn the_examples_have_no_finding() {
    let made = project(None).make();
    assert!(made.findings.is_empty(), "{}", crate::support::shown_findings(&made));
}

#[test]
fn every_kind_has_an_example_that_shows_it_and_every_key_is_used_in_one() {
    let scratch = project(None);
    let project = Project::open(scratch.path()).expect("the project");
    let (opened, _) = pipeline::open(&project).expect("the ontology");
    let texts: Vec<(String, String)> =
        files("ontology/examples").iter().map(|path| (stem(path), fs::read_to_string(path).expect("a file"))).collect();
    let all: String = texts.iter().map(|(_, text)| text.as_str()).collect();
    let mut faults = Vec::new();
    let mut stems = BTreeSet::new();
    for kind in opened.schema.kinds.values() {
        let mut name = String::new();
        for (index, character) in kind.name.char_indices() {
            if character.is_uppercase() && index > 0 {
                name.push('-');
            }
            name.extend(character.to_lowercase());
        }
        match texts.iter().find(|(stem, _)| *stem == name) {
            Some((_, text)) if text.contains(&format!("\n{}:", kind.name)) => {}
            _ => faults.push(format!("ontology/examples/{name}.yaml does not show a {}", kind.name)),
        }
        stems.insert(name);
        for key in &kind.keys {
            // Sameness is for the registry, an empty footnote is a finding: both have their file among the faults.
            if ["same_as", "empty"].contains(&key.name.as_str()) {
                continue;
            }
            let used = [" ", "{", "\n"].iter().any(|before| all.contains(&format!("{before}{}:", key.name)));
            if !used {
                faults.push(format!("the key `{}` of {} is in no example", key.name, kind.name));
            }
        }
    }
    for (stem, _) in texts.iter().filter(|(stem, _)| !stems.contains(stem)) {
        faults.push(format!("ontology/examples/{stem}.yaml is named after no kind"));
    }
    faults.dedup();
    crate::support::report(faults);
}

#[test]
fn every_fault_gives_its_finding_and_no_other() {
    let faults = files("tests/shapes/invalid");
    assert!(faults.len() >= 40, "the faults are gone");
    let mut wrong = Vec::new();
    for path in &faults {
        let expected = expected(path);
        let made = project(Some(path)).make();
        let codes: BTreeSet<String> = made.findings.iter().map(|finding: &Finding| finding.code.as_str().to_owned()).collect();
        if codes != expected {
            wrong.push(format!(
                "{} expects {expected:?}, found:\n{}",
                path.file_name().expect("a name").to_string_lossy(),
                crate::support::shown_findings(&made)
            ));
        }
    }
    crate::support::report(wrong);
}

#[test]
fn every_check_of_the_data_has_a_fault_or_a_reason_why_it_has_none() {
    let shown: BTreeSet<String> = files("tests/shapes/invalid").iter().flat_map(|path| expected(path)).collect();
    let excused = fs::read_to_string(crate::support::root().join("tests/shapes/not-by-a-record.txt")).expect("the list");
    let excused: BTreeSet<&str> = excused.lines().filter_map(|line| line.split_once(": ").map(|(code, _)| code)).collect();
    let mut wrong = Vec::new();
    for entry in fs::read_dir(crate::support::root().join("queries/checks/data")).expect("the checks") {
        let code = stem(&entry.expect("an entry").path());
        match (shown.contains(&code), excused.contains(code.as_str())) {
            (true, true) => wrong.push(format!("`{code}` has a fault, and a reason why it has none")),
            (false, false) => wrong.push(format!("the check `{code}` has no file under tests/shapes/invalid")),
            _ => {}
        }
    }
    crate::support::report(wrong);
}
