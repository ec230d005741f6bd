//! Three places that contradict each other in every sort of value: no answer, tie, row or tooltip puts a value beside a place that does
//! not say it. The records are under `tests/agreement`; every value there is one witness's own, so that its letters tell who said it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use civigraph::project::Project;
use civigraph::store::{In, Store};
use oxigraph::model::Term;
use oxigraph::sparql::{QueryResults, QuerySolution};
use spargebra::Query;

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
            "251000",
            "251,000",
            "6100",
            "1993-02/1999",
            "2025-05-27",
            "2015-07-27",
            "5555",
            "6500",
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
            "241000",
            "241,000",
            "6200",
            "1995-02/1997",
            "2025-05-28",
            "2015-07-28",
            "6666",
            ">7500",
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
            "231000",
            "231,000",
            "6300",
            "1996-02/1998",
            "2025-05-29",
            "2015-07-29",
        ],
    ),
];

const THINGS: [&str; 22] = [
    "net",
    "fund",
    "rec",
    "board",
    "ana",
    "pk",
    "series",
    "meet",
    "treaty",
    "aye-org",
    "bee-city",
    "count",
    "giver",
    "taker",
    "bob",
    "fair",
    "statute",
    "league",
    "hall",
    "aye-city",
    "first-post",
    "bee-org",
];

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

/// The lines of a table beside the witnesses, without its remarks.
fn table(name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join("tests/agreement").join(name)).expect("the table");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// The rows of a query over a graph, their terms as they are written.
fn rows(store: &Store, query: Query) -> Vec<BTreeMap<String, Term>> {
    let QueryResults::Solutions(solutions) = store.query(query, None).expect("it runs") else { return Vec::new() };
    let named = |row: QuerySolution| row.iter().map(|(variable, term)| (variable.as_str().to_owned(), term.clone())).collect();
    solutions.map(|row| named(row.expect("a row"))).collect()
}

#[test]
fn a_check_cites_the_place_that_says_the_value_it_speaks_of() {
    let scratch = Scratch::bare("");
    copy(&root().join("tests/agreement"), scratch.path());
    copy(&root().join("tests/agreement/faulty"), &scratch.path().join("data"));
    let (mut faults, mut found) = (Vec::new(), BTreeSet::new());
    let looked = cited_where_said(&scratch.project(), &mut found, &mut faults);
    for line in table("found.tsv") {
        let (stem, is_found) = (&line[0], line[1] == "yes");
        if found.contains(stem) != is_found {
            faults.push(format!("{stem}: found is {}, because {}", !is_found, line[2]));
        }
    }
    assert!(looked > 2, "only {looked} findings were looked at");
    // The report as well, which is longer.
    let report_too = cited_where_said(&civigraph::project::Project::open(&root()).expect("the project"), &mut BTreeSet::new(), &mut faults);
    assert!(report_too > 2, "only {report_too} findings were looked at");
    report(faults);
}

/// Runs the checks of a project; what they cite says what they speak of. Gives how many could be held to that.
fn cited_where_said(project: &Project, found: &mut BTreeSet<String>, faults: &mut Vec<String>) -> usize {
    let store = Store::from(civigraph::pipeline::make(project).expect("it is read").dataset.expect("a graph"));
    let (opened, _) = civigraph::pipeline::open(project).expect("the ontology");
    let mut looked = 0;
    for asset in project.assets("queries/checks/data", "rq").expect("the checks") {
        let query = civigraph::query::parse(&asset.text, &opened.ontology.prefixes).unwrap_or_else(|_| panic!("{}", asset.path));
        for row in rows(&store, query) {
            found.insert(asset.stem().to_owned());
            let (Some(Term::NamedNode(focus)), Some(Term::NamedNode(path)), Some(value), Some(Term::NamedNode(cited))) =
                (row.get("focus"), row.get("path"), row.get("value"), row.get("cited"))
            else {
                continue;
            };
            looked += 1;
            let says = store
                .quads(Some(focus.as_ref().into()), Some(path.as_ref()), Some(value.as_ref()), Some(In::Graph(cited.as_ref())))
                .next()
                .is_some();
            if !says {
                faults.push(format!("{}: {focus} {path} {value} is not said at {cited}", asset.stem()));
            }
        }
    }
    looked
}

#[test]
fn a_rule_puts_nothing_together_that_no_place_does() {
    let project = civigraph::project::Project::open(folder()).expect("the project");
    let store = Store::from(civigraph::pipeline::make(&project).expect("it is read").dataset.expect("a graph"));
    let (opened, _) = civigraph::pipeline::open(&project).expect("the ontology");
    let ask = |text: &str| rows(&store, civigraph::query::parse(text, &opened.ontology.prefixes).unwrap_or_else(|_| panic!("{text}")));
    // What a rule derived of two things that a claim names both, and that no place names together.
    let mut faults: Vec<String> = ask("SELECT DISTINCT ?rule ?s ?p ?o {
           GRAPH ?rule { ?s ?p ?o } FILTER(CONTAINS(STR(?rule), '/graph/inferred/') && ?s != ?o)
           FILTER(?p != rdf:type)
           ?claim ?a ?s ; ?b ?o ; a cg:Claim .
           FILTER NOT EXISTS { ?s a cg:Claim } FILTER NOT EXISTS { ?o a cg:Claim }
           FILTER NOT EXISTS { GRAPH ?place { ?any ?c ?s ; ?d ?o } FILTER(CONTAINS(STR(?place), '/source/')) }
           FILTER NOT EXISTS { GRAPH ?place { ?s ?direct ?o } FILTER(CONTAINS(STR(?place), '/source/')) }
         }")
    .into_iter()
    .map(|row| format!("{row:?}"))
    .collect();
    for line in table("derived.tsv") {
        let (is, statement) = (line[0] == "yes", &line[1]);
        let holds =
            !ask(&format!("SELECT * {{ GRAPH ?rule {{ {statement} }} FILTER(CONTAINS(STR(?rule), '/graph/inferred/')) }}")).is_empty();
        if holds != is {
            faults.push(format!("{statement} is {}derived", if holds { "" } else { "not " }));
        }
    }
    report(faults);
}

#[test]
fn what_a_finding_pairs_is_counted_once_and_told_from_all() {
    let mut faults = Vec::new();
    for line in table("told.tsv") {
        let [command, wanted, unwanted] = &line[..] else { panic!("three columns: {line:?}") };
        let arguments: Vec<&str> = command.split('|').collect();
        let said = run(&arguments);
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let listed = |texts: &str| texts.split(" & ").filter(|text| !text.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        faults.extend(listed(wanted).iter().filter(|text| !said.contains(*text)).map(|text| format!("{command}: `{text}` is not said")));
        faults.extend(listed(unwanted).iter().filter(|text| said.contains(*text)).map(|text| format!("{command}: `{text}` is said")));
    }
    report(faults);
}

/// A row that cites somebody may hold only what those whom it cites say. The names of claims say what they are of, and are no values.
fn mispaired(what: &str, row: &str, faults: &mut Vec<String>) {
    let named = |part: &str| part.contains("/id/") && part.rsplit("/id/").next().is_some_and(|id| id.contains('/'));
    let row: String = row.split_inclusive([',', '"', '<', '>', ' ']).filter(|part| !named(part)).collect();
    let row = row.as_str();
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
            // One about several is asked of what the table says.
            _ => {
                let asked: Vec<Vec<String>> = table("parameters.tsv")
                    .into_iter()
                    .filter(|line| line[0] == question.name)
                    .map(|line| line[1..].iter().flat_map(|given| ["--param".to_owned(), given.clone()]).collect())
                    .collect();
                if asked.is_empty() {
                    faults.push(format!("{}: tests/agreement/parameters.tsv has no line for it", question.name));
                }
                asked
            }
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
