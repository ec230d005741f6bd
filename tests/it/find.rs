//! Finding things: every line of `tests/find/*.tsv` is a case: a text, the ids of the first things found for it in their
//! order (`-` for none), and why the first is one. `report.tsv` asks this repository's own project, any other file the
//! project `tests/find/_<name>`. To add a case, add a line.

use std::path::Path;

use crate::support::Scratch;
use civigraph::find::{Filter, Match, Names, make};
use civigraph::pipeline::{self, Opened};
use civigraph::project::Project;
use civigraph::store::Store;

struct Case {
    line: String,
    text: String,
    first: Vec<String>,
    because: String,
}

fn cases(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).expect("the cases");
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().unwrap_or("").trim().to_owned();
            let (text, first, because) = (cell(), cell(), cell());
            let first = first.split(' ').filter(|id| *id != "-").map(str::to_owned).collect();
            Case { line: format!("{}:{}", file.file_name().unwrap_or_default().to_string_lossy(), number + 1), text, first, because }
        })
        .collect()
}

/// The project that a file of cases asks.
fn project(name: &str) -> Scratch {
    if name == "report" {
        return Scratch::repository();
    }
    let folder = crate::support::root().join("tests/find").join(format!("_{name}"));
    let scratch = Scratch::bare("");
    crate::support::copy(&folder, scratch.path());
    scratch
}

/// A project's graph, held in memory.
fn made(project: &Project) -> (Store, Opened) {
    let made = pipeline::make(project).expect("the project is read");
    let opened = made.opened.expect("an ontology in order");
    (Store::from(made.dataset.expect("a graph")), opened)
}

/// A project's index, made on the spot.
fn index(name: &str) -> Names {
    let scratch = project(name);
    let project = scratch.project();
    let (store, opened) = made(&project);
    Names::of(&store, opened.naming(&project)).expect("an index")
}

fn find(names: &Names, text: &str) -> Vec<Match> {
    names.find(text, &Filter { limit: 20, kinds: Vec::new() }).expect("the index is whole")
}

fn fault(case: &Case, found: &[Match]) -> Option<String> {
    let ids: Vec<&str> = found.iter().map(|found| found.id.as_str()).collect();
    let expected: Vec<&str> = case.first.iter().map(String::as_str).collect();
    let because = found.first().map(Match::because).unwrap_or_default();
    let right = if expected.is_empty() { ids.is_empty() } else { ids.starts_with(&expected) };
    (!right || because != case.because)
        .then(|| format!("{}: {}\n  expected {expected:?}, {}\n  found    {ids:?}, {because}", case.line, case.text, case.because))
}

#[test]
fn every_text_finds_what_is_expected_and_says_why() {
    let mut faults = Vec::new();
    for name in ["languages", "report"] {
        let cases = cases(&crate::support::root().join(format!("tests/find/{name}.tsv")));
        assert!(cases.len() >= 15, "the cases are gone");
        let names = index(name);
        faults.extend(cases.iter().filter_map(|case| fault(case, &find(&names, &case.text))));
    }
    crate::support::report(faults);
}

#[test]
fn the_index_that_a_build_keeps_finds_what_one_made_on_the_spot_finds() {
    let scratch = project("languages");
    let project = scratch.project();
    let (store, opened) = made(&project);
    let on_the_spot = Names::of(&store, opened.naming(&project)).expect("an index");
    let builds = civigraph::store::Builds::new(project.store_folder());
    let lock = builds.lock(|_| panic!("nobody else builds here")).expect("a lock");
    let wish = pipeline::Wish { fail_on: civigraph::finding::Severity::Error, force: false, most: usize::MAX };
    let built = pipeline::build(&project, &lock, &builds, civigraph::store::Backend::Memory, wish, &mut |_| {}).expect("a build");
    assert!(matches!(built, pipeline::Built::New(..)), "the project has errors");
    let kept = Names::open(builds.names().expect("a build").expect("its index"), &project.base).expect("an index");
    for case in cases(&crate::support::root().join("tests/find/languages.tsv")) {
        assert_eq!(find(&kept, &case.text), find(&on_the_spot, &case.text), "{}", case.text);
    }
}

#[test]
fn the_same_graph_gives_the_same_index() {
    let scratch = project("languages");
    let project = scratch.project();
    let (store, opened) = made(&project);
    let first = make(&store, opened.naming(&project)).expect("an index");
    let (again, opened) = made(&project);
    assert!(first == make(&again, opened.naming(&project)).expect("an index"), "two indexes of one graph differ");
}

#[test]
fn only_things_of_the_wanted_kinds_and_those_below_are_found() {
    let names = index("report");
    let of = |kind: &str| names.find("pakistan", &Filter { limit: 500, kinds: vec![kind.to_owned()] }).expect("the index is whole");
    let (events, organizations) = (of("Event"), of("Organization"));
    assert!(!events.is_empty() && events.iter().all(|found| found.kinds.iter().all(|kind| kind.name == "Event")), "{events:?}");
    let kinds: std::collections::BTreeSet<&str> =
        organizations.iter().flat_map(|found| &found.kinds).map(|kind| kind.name.as_str()).collect();
    assert!(kinds.contains("Alliance"), "an alliance is an organization: {kinds:?}");
    assert!(!kinds.contains("Event"), "{kinds:?}");
}

#[test]
fn a_damaged_index_gives_an_error_or_a_wrong_answer_and_nothing_worse() {
    let scratch = project("languages");
    let project = scratch.project();
    let (store, opened) = made(&project);
    let whole = make(&store, opened.naming(&project)).expect("an index");
    let mut refused = 0;
    let mut ask = |bytes: Vec<u8>| {
        let Ok(names) = Names::from_bytes(bytes, &project.base) else {
            refused += 1;
            return;
        };
        for text in ["aliance", "water", "viet nam", "VNM", "RCSN", "xqzt forum peace"] {
            refused += usize::from(names.find(text, &Filter { limit: 20, kinds: vec!["Organization".to_owned()] }).is_err());
        }
    };
    for length in (0..whole.len()).step_by(whole.len() / 40) {
        ask(whole[..length].to_vec());
    }
    for at in (0..whole.len()).step_by(97) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xFF;
        ask(bytes);
    }
    assert!(refused > 40, "a file that is cut short was taken for whole: {refused}");
}

#[test]
fn long_and_odd_texts_are_answered_too() {
    let names = index("languages");
    let long = "water ".repeat(10_000);
    let odd = ["", " ", "\u{0}", "\u{202E}", &long, &"x".repeat(100_000), "'\"`$(", "🏞", "\u{0301}\u{0301}"];
    for text in odd {
        let found = find(&names, text);
        assert!(found.is_empty() || text.starts_with("water"), "{text:?} found {:?}", found.first().map(|found| &found.id));
    }
}
