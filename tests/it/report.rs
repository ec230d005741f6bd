//! What was decided on reading the report is what the graph holds: every row of the table in `data/csa-p-2025/NOTES.md`
//! has a pattern in `tests/report/traps.rq`, and the findings on the report are those of `tests/report/findings.txt`.
//!
//! What the report says is what the graph holds, at the paragraph that says it: `tests/report/facts.tsv` has a row a fact, drawn
//! from every section. To add one, add a row: section, paragraph, the fact in our own words,
//! and what holds it as `WHO: key = value; key = value`, where WHO is an id or, for "some record of it", a kind, and `*` is any value;
//! `when = as-of` asks that it held as of the source, `cite:SOURCE/SECTION/PARAGRAPH` names a place.

use std::collections::BTreeSet;
use std::process::Command;

use civigraph::pipeline;
use civigraph::project::Project;
use civigraph::store::{In, Store};
use civigraph::vocab::cg;
use oxigraph::model::{NamedNode, Term};

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

/// `WHO: key = value; key = value` as the words before the colon and the pairs behind it.
fn parts(held: &str) -> Option<(&str, Vec<(&str, &str)>)> {
    let (who, pairs) = held.split_once(": ")?;
    let pairs: Option<Vec<_>> = pairs.split("; ").map(|pair| pair.split_once(" = ")).collect();
    Some((who.trim(), pairs?.into_iter().map(|(key, value)| (key.trim(), value.trim())).collect()))
}

#[test]
fn facts_drawn_from_every_section_are_held_at_their_paragraph() {
    let project = Project::open(&crate::support::root()).expect("the project");
    let (opened, _) = pipeline::open(&project).expect("the ontology");
    let made = pipeline::make(&project).expect("it is read");
    let coverage = std::fs::read_to_string(crate::support::root().join("data/csa-p-2025/coverage.csv")).expect("the coverage");
    let mut undrawn: BTreeSet<&str> = coverage.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let places: BTreeSet<(String, Option<String>)> = made.contributions["csa-p-2025"].places.clone();
    undrawn.retain(|section| places.iter().any(|(held, _)| held == section));
    let store = Store::from(made.dataset.expect("a graph"));
    let value = |term: &Term, written: &str| match term {
        Term::NamedNode(iri) => {
            let place = written.strip_prefix("cite:").map(|at| at.splitn(3, '/').collect::<Vec<_>>());
            let place = place.and_then(|at| Some(project.base.citation(at.first()?, at.get(1)?, at.get(2).copied())));
            written == "*"
                || iri.as_str() == written
                || place.as_ref() == Some(iri)
                || *iri == project.base.thing(written)
                || iri.as_str().ends_with(&format!("/code/{written}"))
                || {
                    let code = iri.as_str().split("/code/").nth(1).and_then(|code| code.split_once('/'));
                    code.is_some_and(|(_, name)| name == written)
                }
        }
        Term::Literal(literal) => written == "*" || literal.value() == written,
        _ => false,
    };
    let text = std::fs::read_to_string(crate::support::root().join("tests/report/facts.tsv")).expect("the facts");
    let (mut faults, mut rows) = (Vec::new(), 0);
    for (number, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.is_empty()) {
        rows += 1;
        let cells: Vec<&str> = line.split('\t').collect();
        let mut wrong = |why: &str| faults.push(format!("tests/report/facts.tsv:{}: {why}\n  {line}", number + 1));
        let [section, at, _fact, held] = cells[..] else {
            wrong("expected four cells: section, at, fact, held by");
            continue;
        };
        let Some((who, pairs)) = parts(held) else {
            wrong("expected `WHO: key = value; key = value`");
            continue;
        };
        undrawn.remove(section);
        let graph = project.base.citation("csa-p-2025", section, (!at.is_empty()).then_some(at));
        let kind = opened.schema.kinds.get(who);
        // A key means the same property wherever it appears.
        let key_of = |name: &str| kind.into_iter().chain(opened.schema.kinds.values()).find_map(|kind| kind.key(name));
        let mut candidates: Option<BTreeSet<NamedNode>> = kind.is_none().then(|| BTreeSet::from([project.base.thing(who)]));
        for (key, written) in &pairs {
            let Some(found) = key_of(key) else {
                wrong(&format!("no kind has the key `{key}`"));
                candidates = None;
                break;
            };
            let (property, written) = match *written {
                "as-of" => (cg::HELD_ON, "*"),
                written => (found.property.as_ref(), written),
            };
            let mut subjects = BTreeSet::new();
            for quad in store.quads(None, Some(property), None, Some(In::Graph(graph.as_ref()))) {
                let quad = quad.expect("a quad");
                let (one, other) = (Term::from(quad.subject), quad.object);
                let (subject, object) = if found.inverse { (other, one) } else { (one, other) };
                if let (Term::NamedNode(subject), true) = (subject, value(&object, written)) {
                    subjects.insert(subject);
                }
            }
            candidates = Some(candidates.map_or_else(|| subjects.clone(), |before| &before & &subjects));
            if candidates.as_ref().is_some_and(BTreeSet::is_empty) {
                wrong(&format!("nothing there has `{key} = {written}` as well"));
                break;
            }
        }
        if let (Some(kind), Some(candidates)) = (kind, &candidates) {
            let typed = |subject: &NamedNode| {
                let types = store.quads(Some(subject.as_ref().into()), Some(oxigraph::model::vocab::rdf::TYPE), None, None);
                types.flatten().any(|quad| quad.object == Term::from(kind.class.clone()))
            };
            if !candidates.is_empty() && !candidates.iter().any(typed) {
                wrong(&format!("what has these values is no {who}"));
            }
        }
    }
    assert!(rows >= 200, "only {rows} facts are left");
    faults.extend(undrawn.into_iter().map(|section| format!("no fact is drawn from section {section}")));
    crate::support::report(faults);
}
