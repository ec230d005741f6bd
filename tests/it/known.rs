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

/// What `civigraph import` says of a file of this name and text, among others beside it, and the mapping that it writes.
fn taken_in(name: &str, text: &str, beside: &[(&str, &str)]) -> (String, String, crate::support::Scratch) {
    let scratch = crate::support::Scratch::bare("title = \"Known\"\nbase = \"https://example.org/\"\n");
    let folder = scratch.path().join("came");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in beside.iter().chain([&(name, text)]) {
        std::fs::write(folder.join(name), text).expect("a file");
    }
    let file = folder.join(name).display().to_string();
    let output = crate::support::civigraph(&scratch, &["import", &file, "--source", "s"]);
    let said = crate::support::stderr(&output);
    let mapping = std::fs::read_to_string(scratch.path().join("data/s/source.toml")).unwrap_or_default();
    (said, mapping, scratch)
}

#[test]
fn a_known_format_is_recognised_in_a_list_of_its_objects() {
    let bods = r#"[{ "statementId": "1", "recordId": "e1", "recordType": "entity", "recordDetails": { "name": "Lake Works" } },
        { "statementId": "2", "recordId": "p1", "recordType": "person", "recordDetails": { "names": [{ "fullName": "A. Person" }] } }]"#;
    let (said, mapping, scratch) = taken_in("statements.json", bods, &[]);
    assert!(mapping.contains("format = \"bods\""), "{said}");
    let made = scratch.make();
    assert_eq!(made.findings.iter().filter(|finding| finding.severity == civigraph::finding::Severity::Error).count(), 0);
    let things = &made.contributions["s"].things;
    assert_eq!((things["Organization"].len(), things["Person"].len()), (1, 1));
}

#[test]
fn a_word_that_most_headings_begin_with_tells_nothing() {
    let register = "club_number,club_name,club_type,registered_on\n1,Lake Rowers,Other,1965-04-29\n2,Hill Walkers,Trust,1970-01-02\n";
    let (said, mapping, _) = taken_in("register.csv", register, &[]);
    assert!(mapping.contains("name = \"{club_name}\""), "{said}\n{mapping}");
    assert!(mapping.contains("id = \"{club_name}\""), "{said}\n{mapping}");
}

#[test]
fn a_claim_that_speaks_of_nothing_is_not_proposed() {
    let (said, mapping, _) = taken_in("readings.csv", "taken,level\n2025-01-02,a\n2025-01-03,b\n", &[]);
    assert!(mapping.is_empty(), "{mapping}");
    assert!(said.contains("no column of it was understood"), "{said}");
}

#[test]
fn a_table_with_a_description_beside_it_means_what_that_says() {
    let description = r#"{ "@context": "http://www.w3.org/ns/csvw", "url": "clubs.csv",
        "tableSchema": { "aboutUrl": "https://clubs.example/{nr}", "columns": [
            { "name": "nr", "titles": "Nr" }, { "name": "club", "titles": "Club", "propertyUrl": "skos:prefLabel" }] } }"#;
    let table = "Nr,Club\n1,Lake Rowers\n";
    let (said, mapping, scratch) = taken_in("clubs.csv", table, &[("clubs.csv-metadata.json", description)]);
    assert!(mapping.contains("format = \"csvw\"") && mapping.contains("clubs.csv-metadata.json"), "{said}\n{mapping}");
    assert!(scratch.path().join("data/s/clubs.csv").is_file(), "the table comes with its description");
    // A description of another table says nothing of this one.
    let other = description.replace("clubs.csv", "others.csv");
    let (said, mapping, _) = taken_in("clubs.csv", "Name,Country\nLake Rowers,Kenya\n", &[("clubs.csv-metadata.json", &other)]);
    assert!(!mapping.contains("csvw"), "{said}\n{mapping}");
}
