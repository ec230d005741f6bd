//! The rules of the house that a reader cannot be trusted to remember: who may know whom, where IRIs are spelled, how
//! files begin.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// All Rust files under `src/`: path relative to it, and the text before its tests.
pub fn code() -> Vec<(String, String)> {
    let root = crate::support::root().join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a file");
            let text = text.split("#[cfg(test)]").next().unwrap_or("").to_owned();
            (path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/"), text)
        })
        .collect()
}

/// The station of a file: its top module.
fn station(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap_or(path)
}

#[test]
fn stations_know_only_those_before_them() {
    // Lower may not use higher; within a level all may use each other.
    let levels: &[&[&str]] = &[
        &[
            "vocab",
            "iri",
            "location",
            "finding",
            "nearest",
            "mend",
            "fold",
            "record",
            "text",
            "parallel",
            "dataset",
            "sealed",
            "limits",
            "door",
            "world",
            "stop",
            "bounded",
            "shacl",
            "sparql",
            "unfinished",
        ],
        &["project"],
        &["ontology", "source", "store"],
        &["schema", "inputs"],
        &["lift"],
        &["find", "query", "export", "diagram", "tie"],
        &["check", "infer", "description", "entity", "network", "path", "view", "template", "marked", "matching"],
        &["pipeline", "why"],
        &["session"],
        &["cli"],
    ];
    let level = |name: &str| levels.iter().position(|level| level.contains(&name));
    let mut faults = Vec::new();
    for (path, text) in code() {
        let own = station(&path);
        if ["lib", "main"].contains(&own) {
            continue;
        }
        let Some(own_level) = level(own) else {
            faults.push(format!("src/{path}: the module `{own}` has no place in tests/it/house.rs"));
            continue;
        };
        let used: BTreeSet<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(|line| line.split("crate::").skip(1))
            .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""))
            .filter(|name| !name.is_empty() && *name != own)
            .collect();
        for name in used {
            match level(name) {
                Some(other) if other <= own_level => {}
                Some(_) => faults.push(format!("src/{path} uses `{name}`, which stands above it")),
                None => {}
            }
        }
    }
    crate::support::report(faults);
}

#[test]
fn only_the_module_named_for_a_library_knows_it() {
    let homes: &[(&str, &[&str])] = &[
        ("clap", &["cli"]),
        ("annotate_snippets", &["cli"]),
        ("terminal_size", &["cli"]),
        ("oxigraph::store", &["store"]),
        ("graphviz_rust", &["diagram"]),
        ("fontdb", &["cli"]),
        ("krilla", &["diagram"]),
        ("granit_parser", &["source"]),
        ("jsonc_parser", &["source"]),
        ("csv_core", &["source"]),
        ("calamine", &["source"]),
        ("zip::", &["source", "marked"]),
        ("quick_xml", &["marked", "source"]),
        ("crc32fast", &["sealed"]),
        ("std::process::exit", &["cli"]),
        ("println!", &[]),
    ];
    let mut faults = Vec::new();
    for (path, text) in code() {
        for (library, stations) in homes {
            let used = text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(library));
            if used && !stations.contains(&station(&path)) {
                faults.push(format!("src/{path} knows `{library}`, which belongs to {stations:?}"));
            }
        }
    }
    crate::support::report(faults);
}

#[test]
fn files_come_in_through_one_door() {
    // Who may open files by itself: the door, what is written to where a person said, the store in its own folder, and what
    // asks the system about this process.
    let calls = [
        "File::open",
        "File::create",
        "File::options",
        "OpenOptions",
        "fs::read(",
        "fs::read_to_string(",
        "fs::write(",
        "fs::copy(",
        "from_path",
        "open_workbook",
    ];
    let homes = ["door.rs", "world/folder.rs", "store.rs", "cli/output.rs", "cli/memory.rs", "cli/timings.rs"];
    let mut faults = Vec::new();
    for (path, text) in code() {
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            if line.starts_with("//") || homes.contains(&path.as_str()) {
                continue;
            }
            for call in calls.iter().filter(|call| line.contains(**call)) {
                faults.push(format!("src/{path}:{}: `{call}`; src/door.rs is the way in, cli/output.rs the way out", number + 1));
            }
        }
    }
    crate::support::report(faults);
}

#[test]
fn domain_terms_are_spelled_in_no_rust_file() {
    let mut faults = Vec::new();
    for (path, text) in code() {
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            if line.starts_with("//") {
                continue;
            }
            let namespace = ["http://www.w3.org/ns/org#", "http://xmlns.com/foaf/", "http://schema.org/", "https://w3id.org/civigraph/"]
                .iter()
                .any(|iri| line.contains(iri));
            if namespace && path != "vocab.rs" {
                faults.push(format!("src/{path}:{} spells an IRI; vocab.rs is the place", number + 1));
            }
            for kind in ["\"Alliance\"", "\"Network\"", "\"Membership\"", "\"Observatory\"", "\"Person\"", "\"Event\""] {
                if line.contains(kind) {
                    faults.push(format!("src/{path}:{} names the kind {kind}", number + 1));
                }
            }
        }
    }
    crate::support::report(faults);
}

#[test]
fn files_open_by_saying_what_they_are_and_do_not_panic() {
    let mut faults = Vec::new();
    for (path, text) in code() {
        if !text.starts_with("//! ") {
            faults.push(format!("src/{path} does not open with what it is"));
        }
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            if line.starts_with("//") {
                continue;
            }
            for shout in [".unwrap()", "todo!", "unimplemented!", "panic!(", "dbg!("] {
                if line.contains(shout) {
                    faults.push(format!("src/{path}:{}: {shout}", number + 1));
                }
            }
        }
    }
    crate::support::report(faults);
}

#[test]
fn questions_that_ship_ask_of_nobodys_things() {
    let project = civigraph::project::Project::open(&crate::support::root()).expect("the project");
    let own = format!("<{}", project.base.as_str());
    let mut values: Vec<String> = project.own_values.iter().map(|own| own.value.clone()).collect();
    values.retain(|value| value.contains('-') || value.len() > 3);
    assert!(values.len() > 20, "the project says of what its questions are asked");
    let mut faults = Vec::new();
    for asset in project.assets("queries", "rq").expect("the queries") {
        if asset.text.contains(&own) {
            faults.push(format!("{} spells this project's addresses", asset.path));
        }
        for word in asset.text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
            if values.iter().any(|value| value == word) {
                faults.push(format!("{} names `{word}`; [questions] in civigraph.toml is the place", asset.path));
            }
        }
    }
    crate::support::report(faults);
}

/// Words that stand in this project's records and are everybody's.
const ANYBODYS: [&str; 3] = ["civil-society", "Civil society", "states-initially-assessed"];

#[test]
fn what_ships_names_nobodys_things() {
    let root = crate::support::root();
    let mut words: BTreeSet<String> = BTreeSet::new();
    // Countries, cities and treaties of the registry are the world's; the report's own records are not.
    for entry in std::fs::read_dir(root.join("data/csa-p-2025")).expect("the report's records").flatten() {
        let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
        for part in text.split(['\n', ',', '{', '}']).map(|part| part.trim().trim_start_matches("- ")) {
            let value = |key: &str| part.strip_prefix(key).map(|value| value.trim().trim_matches(['"', '\'']).to_owned());
            words.extend(value("id:").filter(|id| id.contains('-')));
            words.extend(value("name:").filter(|name| name.contains(' ') && name.chars().count() > 10));
        }
    }
    words.retain(|word| !ANYBODYS.contains(&word.as_str()));
    assert!(words.len() > 300, "the report's records have ids and names: {}", words.len());
    let mut files: Vec<(String, String)> = code().into_iter().map(|(path, text)| (format!("src/{path}"), text)).collect();
    for (folder, ending) in [("ontology", "ttl"), ("ontology", "rq"), ("ontology", "yaml"), ("queries", "rq"), ("mappings", "toml")] {
        let project = civigraph::project::Project::open(&root).expect("the project");
        files.extend(
            project
                .shipped_files()
                .filter(|(path, _)| path.starts_with(folder) && path.ends_with(ending))
                .map(|(path, text)| (path.to_string(), text.to_string())),
        );
    }
    let mut faults = Vec::new();
    for (path, text) in files {
        let parts: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').collect();
        for word in &words {
            let named = if word.contains(' ') { text.contains(word.as_str()) } else { parts.contains(word.as_str()) };
            if named {
                faults.push(format!("{path} names `{word}`, which is the report's"));
            }
        }
    }
    crate::support::report(faults);
}
