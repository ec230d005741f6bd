//! Formats that need no mapping: every folder `tests/known/<format>/` is a project's `data/` in that format, read by the mapping that ships;
//! `findings.txt` is what is found in it, `answer.csv` what every record came to be. Files bear the standard's own names for things; the
//! things are made up.

use civigraph::store::Store;
use oxigraph::sparql::QueryResults;

/// All that is said of what has an id, in short.
const ALL: &str = "SELECT ?thing ?property ?value WHERE { GRAPH ?cited { ?thing ?property ?value }
  FILTER(CONTAINS(STR(?cited), '/source/') && ?property NOT IN (cg:earliestStart, cg:latestStart, cg:earliestEnd, cg:latestEnd, cg:minimum, cg:maximum, cg:value, cg:qualifier)) }
  ORDER BY ?thing ?property ?value";

#[test]
fn known_formats_are_read_by_what_ships() {
    let folder = crate::support::root().join("tests/known");
    let mut faults = Vec::new();
    for case in crate::support::folders(&folder) {
        let scratch = crate::support::Scratch::bare("title = \"Known\"\nbase = \"https://example.org/\"\n");
        crate::support::copy(&case.join("data"), &scratch.path().join("data"));
        let made = scratch.make();
        faults.extend(crate::support::expect(&case.join("findings.txt"), &crate::support::shown_findings(&made)));
        let Some(dataset) = made.dataset else { continue };
        let (opened, _) = civigraph::pipeline::open(&scratch.project()).expect("the ontology");
        let query = civigraph::query::parse(ALL, &opened.ontology.prefixes).expect("SPARQL");
        let QueryResults::Solutions(solutions) = Store::from(dataset).query(query, None).expect("an answer") else {
            panic!("a table was expected")
        };
        let mut lines = String::new();
        for solution in solutions {
            let solution = solution.expect("a row");
            let cells: Vec<String> = solution.iter().map(|(_, term)| term.to_string()).collect();
            lines.push_str(&cells.join("\t").replace("https://example.org/id/", "id:").replace("https://w3id.org/civigraph/", "cg:"));
            lines.push('\n');
        }
        faults.extend(crate::support::expect(&case.join("answer.tsv"), &lines));
    }
    crate::support::report(faults);
}

#[test]
fn what_ships_is_recognised_by_import() {
    let folder = crate::support::root().join("tests/known");
    for case in crate::support::folders(&folder) {
        let format = case.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let sources = crate::support::folders(&case.join("data"));
        let files = sources.iter().flat_map(|source| std::fs::read_dir(source).expect("a folder"));
        let mut names: Vec<_> = files.map(|entry| entry.expect("a file").path()).filter(|path| !path.ends_with("source.toml")).collect();
        names.sort_by_key(|path| (!path.display().to_string().ends_with("-metadata.json"), path.clone()));
        let scratch = crate::support::Scratch::bare("title = \"Known\"\nbase = \"https://example.org/\"\n");
        let first = names.first().expect("a file").display().to_string();
        let output = crate::support::civigraph(&scratch, &["import", &first, "--dry-run"]);
        let said = crate::support::stderr(&output);
        let format = format.split('_').next().unwrap_or(&format);
        assert!(said.contains(&format!("format = \"{format}\"")), "{first}: {said}");
    }
}

#[test]
fn a_members_list_is_taken_in_without_an_error() {
    let scratch = crate::support::Scratch::bare("title = \"Members\"\nbase = \"https://example.org/\"\n");
    let list = crate::support::root().join("examples/members/data/list/members-list.xlsx").display().to_string();
    let output = crate::support::civigraph(&scratch, &["import", &list]);
    assert!(output.status.success(), "{}", crate::support::stderr(&output));
    let made = scratch.make();
    let errors = made.findings.iter().filter(|finding| finding.severity == civigraph::finding::Severity::Error).count();
    assert_eq!(errors, 0, "{}", crate::support::shown_findings(&made));
    let things = &made.contributions["members-list"].things;
    assert_eq!((things["Person"].len(), things["Funding"].len()), (4, 3), "the people are not called what their organizations are");
}
