//! What was decided on reading the report is what the graph holds: every row of the table in `data/csa-p-2025/NOTES.md`
//! has a pattern in `tests/report/traps.rq`, and the findings on the report are those of `tests/report/findings.txt`.

use std::collections::BTreeSet;
use std::process::Command;

use civigraph::project::Project;

fn civigraph(folder: &std::path::Path, arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_civigraph"))
        .args(["--project", &folder.to_string_lossy()])
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs")
}

#[test]
fn every_decision_in_the_notes_holds_in_the_graph() {
    let copy = crate::support::Scratch::repository();
    assert!(civigraph(copy.path(), &["build"]).status.success());
    let notes = std::fs::read_to_string(crate::support::root().join("data/csa-p-2025/NOTES.md")).expect("the notes");
    let rows: BTreeSet<&str> = notes
        .lines()
        .filter_map(|line| line.strip_prefix("| "))
        .filter_map(|line| line.split(' ').next())
        .filter(|first| first.len() > 1 && first[1..].chars().all(|letter| letter.is_ascii_digit()))
        .collect();
    let text = std::fs::read_to_string(crate::support::root().join("tests/report/traps.rq")).expect("the patterns");
    let (mut proved, mut faults) = (BTreeSet::new(), Vec::new());
    for block in text.split("\n## ").skip(1) {
        let (name, pattern) = block.split_once('\n').unwrap_or((block, ""));
        if !proved.insert(name) {
            faults.push(format!("{name} has two patterns"));
        }
        let output = civigraph(copy.path(), &["query", &format!("ASK {{\n{pattern}\n}}")]);
        if String::from_utf8_lossy(&output.stdout).trim() != "yes" {
            faults.push(format!("{name} does not hold\n{pattern}\n{}", String::from_utf8_lossy(&output.stderr)));
        }
    }
    faults.extend(rows.difference(&proved).map(|name| format!("{name} stands in the notes and has no pattern")));
    faults.extend(proved.difference(&rows).map(|name| format!("{name} has a pattern and does not stand in the notes")));
    assert!(rows.len() >= 68, "the notes have only {} rows", rows.len());
    crate::support::report(faults);
}

#[test]
fn the_findings_on_the_report_are_the_expected_ones() {
    let made = civigraph::pipeline::make(&Project::open(&crate::support::root()).expect("the project")).expect("it is read");
    let file = crate::support::root().join("tests/report/findings.txt");
    crate::support::report(crate::support::expect(&file, &crate::support::shown_findings(&made)).into_iter().collect());
}
