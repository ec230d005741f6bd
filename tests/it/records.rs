//! The page on how to write records is a project: what it shows is built here as it stands there, and every way of writing a
//! date or a number that it names can be read.

use std::fs;

use crate::support::Scratch;

/// The page's code blocks that name the file they are: path and text.
fn files(page: &str) -> Vec<(&str, String)> {
    let mut files = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some((_, path)) = line.strip_prefix("```").and_then(|fence| fence.split_once(' ')) else { continue };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        files.push((path, text.join("\n") + "\n"));
    }
    files
}

/// A project of the page's files.
fn project(page: &str) -> Scratch {
    let scratch = Scratch::bare("");
    for (path, text) in files(page) {
        scratch.write(path, text);
    }
    scratch
}

#[test]
fn the_page_is_a_project_without_a_fault() {
    let page = fs::read_to_string(crate::support::root().join("docs/records.md")).expect("the page");
    let made = project(&page).make();
    assert_eq!(crate::support::shown_findings(&made), "");
    assert_eq!(made.records, 12, "the page's records");
    assert_eq!(made.citations, 7, "the page's citations");
}

#[test]
fn the_page_on_mappings_is_a_project_whose_only_note_is_of_the_title_above_a_header() {
    let page = fs::read_to_string(crate::support::root().join("docs/mapping.md")).expect("the page");
    let scratch = project(&page);
    scratch.write("civigraph.toml", "title = \"Mappings\"\nbase = \"https://example.org/\"\n");
    let made = scratch.make();
    let codes: Vec<&str> = made.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["title-rows"], "{}", crate::support::shown_findings(&made));
    let things = &made.contributions["list"].things;
    assert_eq!((things["Organization"].len(), things["Country"].len(), things["Membership"].len()), (3, 2, 3));
    let grants = &made.contributions["foundation"].things;
    assert_eq!((grants["Organization"].len(), grants["Funding"].len()), (3, 2));
    let known = page.lines().filter_map(|line| line.strip_prefix("| `\"")?.split_once('"')).map(|(name, _)| name);
    for format in known {
        assert!(crate::support::root().join(format!("mappings/{format}.toml")).is_file(), "{format} does not ship");
    }
}

#[test]
fn every_date_and_number_that_the_page_names_can_be_read() {
    let page = fs::read_to_string(crate::support::root().join("docs/records.md")).expect("the page");
    let part = |heading: &str| {
        let (_, rest) = page.split_once(heading).unwrap_or_else(|| panic!("no part {heading}"));
        rest.split("\n## ").next().expect("a part").to_owned()
    };
    let quoted = |text: &str| -> Vec<String> { text.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let dates: Vec<String> = part("## When\n")
        .lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(|row| quoted(row.split('|').nth(1).expect("a first column")))
        .collect();
    let numbers = quoted(&part("## How many\n"));
    assert!(dates.len() >= 8 && numbers.len() >= 7, "{dates:?} {numbers:?}");
    let mut rows = String::from("id,name,type,when,section\n");
    for (index, date) in dates.iter().enumerate() {
        rows += &format!("event-{index},Event {index},workshop,{date},2\n");
    }
    let mut counted = String::from("about,measure,value,section\n");
    for (index, number) in (0..dates.len().max(numbers.len())).zip(numbers.iter().cycle()) {
        counted += &format!("event-{index},participants,{number},2\n");
    }
    let scratch = project(&page);
    scratch.write("data/annual-report/events.csv", rows).write("data/annual-report/statistics.csv", counted);
    fs::remove_file(scratch.path().join("data/annual-report/participations.csv")).expect("removed");
    let read = scratch.make();
    assert_eq!(crate::support::shown_findings(&read), "");
    assert_eq!(read.records, 12 - 3 + dates.len() + dates.len().max(numbers.len()));
}
