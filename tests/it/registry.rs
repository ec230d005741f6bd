//! Countries need no entry: a reference by id, code or name brings one into the graph, what a project says itself goes before,
//! and what nobody refers to stays out.

use std::sync::Arc;

use civigraph::pipeline::{self, Build};
use civigraph::project::Project;
use civigraph::store::{In, Store};
use civigraph::vocab::skos;
use civigraph::world::Memory;

fn made(files: &[(&str, &str)]) -> Build {
    let mut memory = Memory::from_iter([
        ("civigraph.toml", "title = \"T\"\nbase = \"https://example.org/\"\n"),
        ("data/s/source.toml", "title = \"S\"\nas_of = 2025-12-31\n"),
    ]);
    for (path, text) in files {
        memory.put(*path, text);
    }
    pipeline::make(&Project::of_world(Arc::new(memory)).expect("a project")).expect("it is read")
}

/// The names that things of the registry have in the graph: id and preferred name.
fn countries(made: &Build) -> Vec<String> {
    let store = Store::from(made.dataset.clone().expect("a graph"));
    let mut found: Vec<String> = Vec::new();
    for quad in store.quads(None, Some(skos::PREF_LABEL), None, Some(In::Named)) {
        let quad = quad.expect("a quad");
        if quad.graph_name.to_string() == "<https://example.org/graph/registry>" {
            let id = quad.subject.to_string().trim_start_matches("<https://example.org/id/").trim_end_matches('>').to_owned();
            found.push(format!("{id} {}", quad.object));
        }
    }
    found.sort();
    found
}

#[test]
fn a_country_that_is_referred_to_is_there() {
    // What is written, and what is there for it.
    let cases = [
        ("ke", "ke \"Kenya\"@en"),
        ("KE", "ke \"Kenya\"@en"),
        ("Kenya", "ke \"Kenya\"@en"),
        ("Viet Nam", "vn \"Vietnam\"@en"),
        ("vietnam", ""),
        ("Côte d'Ivoire", "ci \"Côte d'Ivoire\"@en"),
        ("COTE D’IVOIRE", "ci \"Côte d'Ivoire\"@en"),
        ("Bolivia, Plurinational State of", "bo \"Bolivia\"@en"),
        ("Islamic Republic of Pakistan", "pk \"Pakistan\"@en"),
        ("Czechoslovakia", "cshh \"Czechoslovakia\"@en"),
        ("USSR", "suhh \"Soviet Union\"@en"),
        ("Greenland", "gl \"Greenland\"@en"),
        ("Kenia", ""),
        ("zz", ""),
    ];
    for (written, expected) in cases {
        let row = format!("id,name,participating_country\nc-one,One,\"{written}\"\n");
        let made = made(&[("data/s/organizations.csv", &row)]);
        let errors = made.findings.count(civigraph::finding::Severity::Error);
        if expected.is_empty() {
            assert_eq!(errors, 1, "{written}: {}", crate::support::shown_findings(&made));
            let meant = written == "vietnam";
            assert_eq!(
                crate::support::shown_findings(&made).contains("did you mean `vn`"),
                meant,
                "{}",
                crate::support::shown_findings(&made)
            );
            continue;
        }
        assert_eq!(errors, 0, "{written}: {}", crate::support::shown_findings(&made));
        assert_eq!(countries(&made), [expected], "{written}");
    }
}

#[test]
fn what_a_project_says_of_a_country_goes_before() {
    let row = ("data/s/organizations.csv", "id,name,participating_country\nc-one,One,Kenya\nc-two,Two,ke\n");
    // Under its own id the name means the project's.
    let made_own = made(&[
        ("data/s/countries.csv", "id,name\nkenya,Kenya\n"),
        ("data/s/organizations.csv", "id,name,participating_country\nc-one,One,Kenya\n"),
    ]);
    assert_eq!(crate::support::shown_findings(&made_own).matches("error[").count(), 0, "{}", crate::support::shown_findings(&made_own));
    assert_eq!(countries(&made_own), [""; 0]);
    let same = made(&[("data/s/countries.csv", "id,name\nke,Republic of Kenya\n"), row]);
    assert_eq!(countries(&same), [""; 0]);
}

#[test]
fn what_is_no_country_is_not_taken_for_one() {
    // `in` and `at` are ids of countries; here something else is asked for.
    let made = made(&[("data/s/memberships.csv", "member,organization,role\nin,at,member\n")]);
    assert!(made.findings.count(civigraph::finding::Severity::Error) > 0);
}

#[test]
fn a_project_may_ship_a_registry_of_its_own() {
    let files = [
        (
            "ontology/registry/source.toml",
            "title = \"R\"\nregistry = true\n[tables.\"countries.csv\"]\nkind = \"Country\"\nseparator = \";\"\n",
        ),
        ("ontology/registry/countries.csv", "id,name,also\nxk,Kosovo,Kosova\n"),
        ("data/s/organizations.csv", "id,name,participating_country\nc-one,One,Kosova\n"),
    ];
    let found = made(&files);
    assert_eq!(found.findings.count(civigraph::finding::Severity::Error), 0, "{}", crate::support::shown_findings(&found));
    assert_eq!(countries(&found), ["xk \"Kosovo\"@en"]);
    let twice = made(&[
        files[0],
        ("ontology/registry/countries.csv", "id,name\nxk,Kosovo\nxk,Kosova\n"),
        ("data/s/organizations.csv", "id,name\no-one,One\n"),
    ]);
    assert!(crate::support::shown_findings(&twice).contains("this id is given twice: `xk`"), "{}", crate::support::shown_findings(&twice));
    let broken =
        made(&[("ontology/registry/countries.csv", "id;name\nxk,\"Kosovo\n"), ("data/s/organizations.csv", "id,name\nc-one,One\n")]);
    assert!(
        crate::support::shown_findings(&broken).contains("ontology/registry/countries.csv"),
        "{}",
        crate::support::shown_findings(&broken)
    );
}
