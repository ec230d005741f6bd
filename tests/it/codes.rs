//! Every code that a finding can have is in the registry, and its example gives exactly it.

use std::collections::BTreeSet;
use std::sync::Arc;

use civigraph::finding::{CODES, Severity};
use civigraph::pipeline;
use civigraph::project::Project;
use civigraph::world::Memory;

/// What cannot be an example in words; the cases of workbooks make these.
const OF_WORKBOOKS: &[&str] = &["hidden-sheet", "unlikely-cell", "macro-workbook"];
/// What nothing gives alone: a record is left out because it has another fault, two natures clash in the shapes as well.
const AFTER_OTHERS: &[(&str, &str)] = &[
    ("left-out", "Entity-name"),
    ("left-out", "Membership-member"),
    ("left-out", "membership-in-nothing"),
    ("conflicting-kind", "two-natures"),
    ("two-dates", "duplicate-id"),
    ("two-dates", "ends-before-it-starts"),
    ("two-become-one", "Entity-name"),
];

#[test]
fn an_example_gives_exactly_its_finding() {
    let mut faults = Vec::new();
    for code in CODES.iter().filter(|code| !OF_WORKBOOKS.contains(&code.name)) {
        let mut files = Memory::from_iter([
            ("civigraph.toml", "title = \"T\"\nbase = \"https://example.org/\"\n"),
            ("data/s/source.toml", "title = \"S\"\nas_of = 2025-12-31\n"),
            ("data/s/sections.csv", "locator,title,page,parent\n1,One,1,\n1.1,One one,2,1\n"),
        ]);
        for (path, text) in code.example {
            files.put(*path, text);
        }
        let made = pipeline::make(&Project::of_world(Arc::new(files)).expect("a project")).expect("it is read");
        let found: Vec<(&str, Severity)> = made.findings.iter().map(|finding| (finding.code.as_str(), finding.severity)).collect();
        if !found.contains(&(code.name, code.severity)) {
            faults.push(format!("{}: no {} of it: {found:?}", code.name, code.severity));
        }
        let first = code.example.first().map(|(path, _)| *path);
        if !made.findings.iter().any(|finding| finding.code == code.name && Some(&*finding.location.file) == first) {
            faults.push(format!("{}: not at its first file\n{}", code.name, crate::support::shown_findings(&made)));
        }
        let others = found
            .iter()
            .filter(|(name, severity)| *name != code.name && *severity > Severity::Info && !AFTER_OTHERS.contains(&(code.name, name)));
        faults.extend(others.map(|(name, severity)| format!("{}: its example gives the {severity} {name} too", code.name)));
    }
    crate::support::report(faults);
}

#[test]
fn no_finding_has_a_code_that_nobody_explains() {
    let known: BTreeSet<&str> = CODES.iter().map(|code| code.name).collect();
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    for (path, text) in crate::house::code() {
        let text = text.split("#[cfg(test)]").next().unwrap_or("").to_owned();
        // The first text in quotes behind a constructor of findings is the code.
        for made in ["Finding::error(", "Finding::warning(", "Finding::info(", "Finding::new(", "self.finding("] {
            for after in text.split(made).skip(1) {
                let arguments = after.trim_start();
                let arguments = arguments
                    .strip_prefix("Severity::")
                    .map_or(arguments, |rest| rest.split_once(',').map_or("", |(_, rest)| rest.trim_start()));
                let Some(code) = arguments.strip_prefix('"').and_then(|rest| rest.split('"').next()) else { continue };
                used.insert(code.to_owned());
                if !known.contains(code) && !path.starts_with("shacl") {
                    faults.push(format!("src/{path}: `{code}` is not in src/finding/codes.rs"));
                }
            }
        }
    }
    faults.extend(known.iter().filter(|code| !used.contains(**code)).map(|code| format!("`{code}` is made nowhere: take it out")));
    crate::support::report(faults);
}
