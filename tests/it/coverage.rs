//! No paragraph of the report is forgotten in silence: `coverage.csv` has a row for every section that `sections.csv`
//! lists, what it calls recorded is what the citation graphs hold, and what it calls left out says why.

use std::collections::BTreeSet;
use std::sync::Arc;

use civigraph::project::Project;
use civigraph::source::{sources, table::Table};

type Place = (String, Option<String>);

#[test]
fn coverage_and_citations_are_the_same_places() {
    let project = Project::open(&crate::support::root()).expect("the project");
    let made = civigraph::pipeline::make(&project).expect("it is read");
    let (sources, _) = sources(&project).expect("the sources");
    let mut faults = Vec::new();
    let mut held = 0;
    for source in sources.iter().filter(|source| !source.registry) {
        let path = format!("{}/coverage.csv", source.folder);
        let file: Arc<str> = path.as_str().into();
        let text = std::fs::read(crate::support::root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut table = Table::new(&text[..], b',', &file, Default::default());
        let header: Vec<String> = table.row().expect("a table").expect("a header").into_iter().map(|cell| cell.value).collect();
        assert_eq!(header, ["section", "at", "recorded", "why_not"]);
        let (mut recorded, mut seen, mut sections) = (BTreeSet::<Place>::new(), BTreeSet::<Place>::new(), BTreeSet::new());
        while let Some(row) = table.row().expect("a table") {
            let cell = |index: usize| row.get(index).map_or("", |cell| cell.value.trim()).to_owned();
            let place = (cell(0), Some(cell(1)).filter(|at| !at.is_empty()));
            let line = row[0].location.line;
            if !seen.insert(place.clone()) {
                faults.push(format!("{path}:{line}: {place:?} has two rows"));
            }
            sections.insert(place.0.clone());
            match (cell(2).is_empty(), cell(3).is_empty()) {
                (false, true) => {
                    recorded.insert(place);
                }
                (true, false) => {}
                _ => faults.push(format!("{path}:{line}: expected either what was recorded or why nothing was")),
            }
        }
        for section in &source.sections {
            if !sections.contains(&section.locator) {
                faults.push(format!("{path}: section {} has no row", section.locator));
            }
        }
        let cited = &made.contributions[&source.id].places;
        faults.extend(cited.difference(&recorded).map(|place| format!("{path}: {place:?} is cited by records, and not called recorded")));
        faults.extend(recorded.difference(cited).map(|place| format!("{path}: {place:?} is called recorded, and no record cites it")));
        held += recorded.len();
    }
    assert!(held > 150, "only {held} places are recorded");
    crate::support::report(faults);
}
