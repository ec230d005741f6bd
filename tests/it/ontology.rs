//! The page about the ontology names what is there: every file, and every word that steers the program.

use std::fs;

#[test]
fn the_page_about_the_ontology_names_every_file_and_every_steering_word() {
    let folder = crate::support::root().join("ontology");
    let page = fs::read_to_string(folder.join("README.md")).expect("the page");
    let mut faults = Vec::new();
    for entry in fs::read_dir(&folder).expect("the ontology") {
        let entry = entry.expect("an entry");
        let mut name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            name.push('/');
        }
        if name != "README.md" && !page.contains(&format!("`{name}`")) {
            faults.push(format!("ontology/README.md does not say what `{name}` is"));
        }
    }
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let name = line.split('`').nth(1).expect("a name in backticks");
        if name.ends_with(".ttl") && !folder.join(name).is_file() {
            faults.push(format!("ontology/README.md tells of `{name}`, which is not there"));
        }
    }
    let mut terms = 0;
    for file in ["records.ttl", "drawing.ttl"] {
        let text = fs::read_to_string(folder.join(file)).expect("a file");
        for line in text.lines() {
            let Some((term, rest)) = line.split_once(" a owl:").filter(|(term, _)| term.starts_with("cg:")) else { continue };
            if !["AnnotationProperty", "DatatypeProperty", "Class"].iter().any(|kind| rest.starts_with(kind)) {
                continue;
            }
            terms += 1;
            if !page.contains(&format!("`{term}`")) {
                faults.push(format!("ontology/README.md does not explain `{term}` of {file}"));
            }
        }
    }
    assert!(terms > 20, "only {terms} steering words were found");
    crate::support::report(faults);
}
