//! The projects under `examples/`: files as they come, each read by a mapping, asked one question whose answer is held against the file
//! itself, counted here without civigraph.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use calamine::Reader as _;
use civigraph::finding::Severity;
use civigraph::pipeline;
use civigraph::project::Project;
use civigraph::query;
use civigraph::store::Store;
use oxigraph::model::Term;
use oxigraph::sparql::QueryResults;
use serde_json::Value;

/// An example's answer to its question: rows of texts, addresses by their last part.
fn answer(example: &str, question: &str) -> Vec<Vec<String>> {
    let folder = crate::support::root().join("examples").join(example);
    let project = Project::open(&folder).expect("the example");
    let made = pipeline::make(&project).expect("the example is read");
    let errors: Vec<_> = made.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{example}: {}", crate::support::shown_findings(&made));
    let cited: Vec<&civigraph::lift::Contribution> = made.contributions.values().collect();
    assert!(cited.iter().any(|contribution| contribution.places.iter().any(|(_, at)| at.is_some())) || example == "research");
    let store = Store::from(made.dataset.expect("a graph"));
    let text = fs::read_to_string(folder.join("queries").join(question)).expect("the question");
    let (opened, _) = pipeline::open(&project).expect("the ontology");
    let parsed = query::parse(&text, &opened.ontology.prefixes).expect("SPARQL");
    let QueryResults::Solutions(solutions) = store.query(parsed, None).expect("an answer") else { panic!("a table was expected") };
    solutions
        .map(|solution| {
            let solution = solution.expect("a row");
            let shown = |term: Option<&Term>| match term {
                Some(Term::NamedNode(node)) => node.as_str().rsplit(['/', '#']).next().unwrap_or("").to_owned(),
                Some(Term::Literal(literal)) => literal.value().to_owned(),
                _ => String::new(),
            };
            solution.variables().iter().map(|variable| shown(solution.get(variable))).collect()
        })
        .collect()
}

/// The answer's rows as a table from all columns but the last to the last, which is a number.
fn counted(rows: Vec<Vec<String>>) -> BTreeMap<String, f64> {
    rows.into_iter().map(|row| (row[..row.len() - 1].join(" | "), row[row.len() - 1].parse().expect("a number"))).collect()
}

fn raw(path: &str) -> String {
    fs::read_to_string(crate::support::root().join("examples").join(path)).expect("the file")
}

fn json(path: &str) -> Value {
    serde_json::from_str(&raw(path)).expect("JSON")
}

/// A line of CSV, quotes minded.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().expect("a cell").push(other),
        }
    }
    cells
}

fn rows(path: &str) -> Vec<Vec<String>> {
    raw(path).lines().skip(1).map(cells).collect()
}

fn tally(keys: impl Iterator<Item = String>) -> BTreeMap<String, f64> {
    let mut tally = BTreeMap::new();
    keys.for_each(|key| *tally.entry(key).or_insert(0.0) += 1.0);
    tally
}

#[test]
fn conferences_are_in_the_countries_that_the_lists_say() {
    let found = counted(answer("conferences", "events-per-country.rq"));
    let all = ["2025", "2026"].map(|year| rows(&format!("conferences/data/lists/conferences-{year}.csv"))).concat();
    let expected = tally(all.into_iter().map(|row| row[4].clone()).filter(|country| !country.is_empty()));
    assert_eq!(found, expected);
}

#[test]
fn states_became_parties_in_the_ways_that_the_treaty_status_says() {
    let found = counted(answer("treaties", "how-states-became-parties.rq"));
    let mut expected = BTreeMap::new();
    for treaty in ["18-12", "18-12-c"] {
        for row in rows(&format!("treaties/data/untc/treaty-{treaty}.csv")).into_iter().filter(|row| !row[2].is_empty()) {
            let how = match row[2].rsplit(' ').next().expect("a word") {
                "a" => "acceded",
                "A" => "accepted",
                "AA" => "approved-by-state",
                "d" => "succeeded",
                _ => "ratified",
            };
            *expected.entry(format!("treaty-{treaty} | {how}")).or_insert(0.0) += 1.0;
        }
    }
    assert_eq!(found, expected);
}

#[test]
fn members_are_those_of_the_workbook_by_country() {
    let found = counted(answer("members", "members-per-country.rq"));
    let path = crate::support::root().join("examples/members/data/list/members-list.xlsx");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path).expect("the workbook");
    let sheet = book.worksheet_range("Members").expect("the sheet");
    let expected = tally(sheet.rows().skip(3).map(|row| row[3].to_string()).filter(|country| !country.is_empty()));
    assert_eq!(found, expected);
}

#[test]
fn grants_sum_up_by_programme_to_what_the_file_has() {
    let found = counted(answer("grants", "sum-per-programme.rq"));
    let mut expected = BTreeMap::new();
    for grant in json("grants/data/foundation/grants-360giving.json")["grants"].as_array().expect("grants") {
        let programme = grant["grantProgramme"][0]["title"].as_str().expect("a title").to_owned();
        *expected.entry(programme).or_insert(0.0) += grant["amountAwarded"].as_f64().expect("an amount");
    }
    assert_eq!(found, expected);
}

#[test]
fn seats_are_counted_by_term_and_party() {
    let found = counted(answer("parliament", "seats-per-party.rq"));
    let memberships = json("parliament/data/everypolitician/popolo-parliament.json")["memberships"].take();
    let expected = tally(memberships.as_array().expect("memberships").iter().map(|seat| {
        let text = |key: &str| seat[key].as_str().expect("a text").to_lowercase().replace('/', "-");
        format!("{} | {}", text("legislative_period_id"), text("on_behalf_of_id"))
    }));
    assert_eq!(found, expected);
}

#[test]
fn research_organizations_are_part_of_what_both_sides_say() {
    let found: BTreeSet<Vec<String>> = answer("research", "parts.rq").into_iter().collect();
    let mut expected = BTreeSet::new();
    let id = |value: &Value| format!("ror-org-{}", value.as_str().expect("an id").rsplit('/').next().expect("a part"));
    for entry in fs::read_dir(crate::support::root().join("examples/research/data/ror")).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let record: Value = serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
            for relation in record["relationships"].as_array().expect("relations") {
                match relation["type"].as_str() {
                    Some("parent") => _ = expected.insert(vec![id(&record["id"]), id(&relation["id"])]),
                    Some("child") => _ = expected.insert(vec![id(&relation["id"]), id(&record["id"])]),
                    _ => {}
                }
            }
        }
    }
    assert_eq!(found, expected);
}

#[test]
fn shares_are_those_of_the_statements() {
    let found = counted(answer("ownership", "shares.rq"));
    let mut expected = BTreeMap::new();
    for line in raw("ownership/data/register/bods-statements.json").lines() {
        let statement: Value = serde_json::from_str(line).expect("JSON");
        for interest in statement["interests"].as_array().into_iter().flatten() {
            let share = (interest["share"]["exact"].as_f64().expect("a share") * 100.0).round() / 100.0;
            let owned = statement["subject"]["describedByEntityStatement"].as_str().expect("an id");
            let owner = statement["interestedParty"]["describedByPersonStatement"].as_str().expect("an id");
            let (kind, from) = (interest["type"].as_str().expect("a type"), interest["startDate"].as_str().expect("a date"));
            expected.insert(format!("{owner} | {owned} | {kind} | {from}"), share);
        }
    }
    assert_eq!(found, expected);
}

#[test]
fn the_files_are_as_they_came_and_their_mappings_are_short() {
    let mut faults = Vec::new();
    let mut folders = crate::support::folders(&crate::support::root().join("examples"));
    folders.retain(|folder| folder.join("civigraph.toml").is_file());
    for folder in folders {
        for source in crate::support::folders(&folder.join("data")) {
            let lines = fs::read_to_string(source.join("source.toml"))
                .expect("an introduction")
                .lines()
                .filter(|line| !line.trim().is_empty())
                .count();
            if lines > 40 {
                faults.push(format!("{}: {lines} lines", source.display()));
            }
        }
        if !folder.join("README.md").is_file() {
            faults.push(format!("{} does not say what it is", folder.display()));
        }
    }
    let sums = raw("SHA256SUMS");
    for line in sums.lines() {
        let (sum, path) = line.split_once("  ").expect("a sum and a path");
        if sha256(&crate::support::root().join("examples").join(path)) != sum {
            faults.push(format!("{path} is not as it came"));
        }
    }
    crate::support::report(faults);
}

fn sha256(path: &Path) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(fs::read(path).expect("the file"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
