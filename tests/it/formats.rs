//! Every format that is written has a reader that had no part in the writing: `tests/formats/readers.tsv` says which, and the test.

use std::collections::BTreeSet;

use civigraph::query::answer::RowFormat;

use crate::support::{report, root};

#[test]
fn every_format_has_a_reader_of_its_own_and_a_test_that_asks_it() {
    let table = std::fs::read_to_string(root().join("tests/formats/readers.tsv")).expect("the table");
    let mut listed = BTreeSet::new();
    let mut faults = Vec::new();
    for line in table.lines().skip(1) {
        let [format, reader, tests] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("three columns: {line}") };
        assert!(!reader.is_empty(), "{line}");
        listed.insert(format.to_owned());
        for test in tests.split(' ') {
            if !root().join(format!("tests/it/{test}.rs")).is_file() {
                faults.push(format!("{format}: there is no tests/it/{test}.rs"));
            }
        }
    }
    let rdf = civigraph::export::FORMATS.map(|facts| format!("rdf {}", facts.name));
    let rows = RowFormat::ALL.map(|(_, name, _)| format!("rows {name}"));
    let graphs = civigraph::diagram::Format::all().map(|format| format!("graph {}", format.name()));
    let written: BTreeSet<String> = rdf.into_iter().chain(rows).chain(graphs).collect();
    faults.extend(written.difference(&listed).map(|format| format!("{format} has no reader in tests/formats/readers.tsv")));
    faults.extend(listed.difference(&written).map(|format| format!("{format} is no format")));
    report(faults);
}
