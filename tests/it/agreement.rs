//! Three places that contradict each other in every sort of value: no answer, tie, row or tooltip puts a value beside a place that does
//! not say it. The records are under `tests/agreement`; every value there is one witness's own, so that its letters tell who said it.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::support::{Scratch, copy, report, root};

/// What only one of the witnesses says, by the mark of its places.
const SAID: [(&str, &[&str]); 3] = [
    (
        "source/a/",
        &[
            "250000",
            "250,000",
            "1111",
            "2001",
            "2002",
            "2004",
            "2006",
            "2025-08-27",
            "27 August 2025",
            "Aye words",
            "Aye took",
            "Aye note",
            ">26",
            "Aye Own",
            "Aye City",
        ],
    ),
    (
        "source/b/",
        &[
            "240000",
            "240,000",
            "2222",
            "2011",
            "2012",
            "2014",
            "2016",
            "2025-08-28",
            "28 August 2025",
            "Bee words",
            "Bee took",
            "Bee note",
            "Bee Own",
            "Bee City",
        ],
    ),
    (
        "source/c/",
        &[
            "230000",
            "230,000",
            "3333",
            "2021",
            "2022",
            "2024",
            "2025-08-29",
            "29 August 2025",
            "Cee words",
            "Cee took",
            "Cee note",
            "~41",
            "Cee Own",
            "Cee City",
        ],
    ),
];

const THINGS: [&str; 12] = ["net", "fund", "rec", "board", "ana", "pk", "series", "meet", "treaty", "aye-org", "bee-city", "count"];

fn folder() -> &'static Path {
    static MADE: OnceLock<Scratch> = OnceLock::new();
    MADE.get_or_init(|| {
        let scratch = Scratch::bare("");
        copy(&root().join("tests/agreement"), scratch.path());
        let built = run_in(scratch.path(), &["build"]);
        assert!(scratch.path().join(".civigraph").exists(), "{built}");
        scratch
    })
    .path()
}

fn run_in(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_civigraph"))
        .args(["--project", &folder.to_string_lossy()])
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn run(arguments: &[&str]) -> String {
    run_in(folder(), arguments)
}

/// A row that cites somebody may hold only what those whom it cites say.
fn mispaired(what: &str, row: &str, faults: &mut Vec<String>) {
    if !row.contains("/source/") {
        return;
    }
    for (place, values) in SAID {
        for value in values.iter().filter(|value| row.contains(*value) && !row.contains(place)) {
            faults.push(format!("{what}: `{value}` stands beside places that do not say it:\n  {row}"));
        }
    }
}

#[test]
fn no_answer_puts_a_value_beside_a_place_that_does_not_say_it() {
    let project = civigraph::project::Project::open(folder()).expect("the project");
    let (questions, _) = civigraph::query::catalogue(&project).expect("the catalogue");
    let (mut faults, mut rows) = (Vec::new(), 0);
    for question in &questions {
        // A question about one thing is asked of every thing that it takes.
        let asked: Vec<Vec<String>> = match question.parameters.as_slice() {
            [] => vec![Vec::new()],
            [one] => THINGS.iter().map(|thing| vec!["--param".to_owned(), format!("{}={thing}", one.name)]).collect(),
            _ => continue,
        };
        for parameters in asked {
            let mut arguments = vec!["query", question.name.as_str(), "--format", "csv"];
            arguments.extend(parameters.iter().map(String::as_str));
            for row in run(&arguments).lines().skip(1) {
                rows += 1;
                mispaired(&format!("{} {}", question.name, parameters.join(" ")), row, &mut faults);
            }
        }
    }
    assert!(rows > 60, "only {rows} rows were looked at");
    report(faults);
}

#[test]
fn no_edge_of_a_graph_file_and_no_row_of_the_page_mixes_what_places_say() {
    let mut faults = Vec::new();
    let mut edges = 0;
    for view in ["funding", "membership", "governance", "participation", "partnerships", "countries", "ego", "events", "instruments"] {
        let focus: &[&str] = if view == "ego" { &["--focus", "rec", "--depth", "2"] } else { &[] };
        for (format, split) in [("graphml", "<edge "), ("gexf", "<edge "), ("html", "<tr data-from"), ("cyjs", "\"relation\"")] {
            let mut arguments = vec!["diagram", view, "--format", format];
            arguments.extend(focus);
            let text = run(&arguments);
            // What is said of things stands before the first tie.
            for edge in text.split(split).skip(1) {
                edges += 1;
                let edge = edge.split("</tbody>").next().unwrap_or_default().replace("&gt;", ">");
                // A place that only names the tie says none of its values.
                let said = edge.split("alsoNamedIn").next().unwrap_or_default().split("named without").next().unwrap_or_default();
                // The names of its ends are no values of it.
                let said = said.replace(" Own", "").replace(" City", "");
                mispaired(&format!("{view} as {format}"), &said.replace('\n', " "), &mut faults);
            }
        }
    }
    assert!(edges > 80, "only {edges} ties were looked at");
    report(faults);
}

#[test]
fn a_picture_marks_what_places_contradict_each_other_in_and_tells_both() {
    let mut faults = Vec::new();
    for (view, values) in [
        ("funding", ["230,000", "250,000", "240,000"]),
        ("events", ["27 August 2025", "28 August 2025", "29 August 2025"]),
        ("membership", ["2004 to 2005", "2014 to 2015", "2024 to 2025"]),
        ("figures", ["&gt; 26 [", "31 [", "≈ 41 ["]),
        ("instruments", ["2006", "2016", "2026"]),
    ] {
        let svg = run(&["diagram", view, "--cite"]);
        if !svg.contains('‡') || !svg.contains("citations disagree") {
            faults.push(format!("{view}: nothing is marked"));
        }
        faults.extend(values.iter().filter(|value| !svg.contains(**value)).map(|value| format!("{view}: {value} is not told")));
        // The steps of an instrument are no ties, and only ties are numbered: the page lists where steps are stated.
        let places = if view == "instruments" { run(&["diagram", view, "--format", "html"]) } else { svg };
        if !places.contains("AA §1") {
            faults.push(format!("{view}: the places are not told"));
        }
    }
    report(faults);
}

#[test]
fn a_page_says_of_each_value_who_states_it() {
    let mut faults = Vec::new();
    for thing in ["fund", "rec", "net", "ana", "meet", "treaty"] {
        let page = run(&["show", thing, "--format", "markdown"]);
        for (short, (_, values)) in ["AA §1", "BB §1", "CC §1"].iter().zip(SAID) {
            for line in page.lines().filter(|line| values.iter().any(|value| line.contains(value)) && !line.contains(short)) {
                faults.push(format!("{thing}: {line}"));
            }
        }
    }
    report(faults);
}
