//! Every question of the repository's own project runs, by name as a user would ask it, and its answer is the one in
//! `queries/expected/`. After a change that is meant to change answers: `CIVIGRAPH_BLESS=1 cargo test --test it questions::`,
//! and read what was written.

use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::support::Scratch;
use civigraph::project::Project;
use civigraph::query;
use civigraph::store::{In, Store};

fn civigraph(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_civigraph"))
        .args(["--project", &project_folder().to_string_lossy()])
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs")
}

/// A copy of the repository's project with its graph built, so that tests leave the repository alone.
fn project_folder() -> &'static std::path::Path {
    static COPY: OnceLock<Scratch> = OnceLock::new();
    COPY.get_or_init(|| {
        let copy = Scratch::repository();
        let output = Command::new(env!("CARGO_BIN_EXE_civigraph"))
            .args(["--project", &copy.path().to_string_lossy(), "build"])
            .output()
            .expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        copy
    })
    .path()
}

#[test]
fn every_question_gives_the_expected_answer() {
    let project = Project::open(&crate::support::root()).expect("the project");
    let (questions, findings) = query::catalogue(&project).expect("the catalogue");
    assert!(findings.is_empty(), "{findings:?}");
    assert!(questions.len() >= 3, "the questions are gone");
    let mut faults = Vec::new();
    for question in &questions {
        let output = civigraph(&["query", &question.name, "--format", "csv"]);
        if !output.status.success() {
            faults.push(format!("{}: {}", question.name, String::from_utf8_lossy(&output.stderr)));
            continue;
        }
        let found = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
        if found.lines().count() < 2 {
            faults.push(format!("{}: no row; a question whose answer is unknown says so in a row", question.name));
        }
        let expected = crate::support::root().join("queries/expected").join(format!("{}.csv", question.name));
        faults.extend(crate::support::expect(&expected, &found));
        let text = &question.asset.text;
        if !text.contains("ORDER BY") {
            faults.push(format!("{}: the query has no ORDER BY", question.name));
        }
        if question.notes.is_empty() {
            faults.push(format!("{}: the header does not say what the answer means and leaves out", question.name));
        }
        if spargebra::SparqlParser::new().parse_query(text).is_err() {
            faults.push(format!(
                "{}: the query does not declare all its prefixes, so it would not paste into another endpoint",
                question.name
            ));
        }
    }
    crate::support::report(faults);
}

#[test]
fn every_view_draws_the_same_bytes_twice() {
    let project = Project::open(&crate::support::root()).expect("the project");
    let (views, _) = query::questions_under(&project, "queries/diagrams", |_| true).expect("the views");
    assert!(views.len() >= 3, "the views are gone");
    let mut faults = Vec::new();
    for view in &views {
        let draw = || civigraph(&["diagram", &view.name]);
        let (first, second) = (draw(), draw());
        if !first.status.success() {
            faults.push(format!("{}: {}", view.name, String::from_utf8_lossy(&first.stderr)));
        } else if first.stdout != second.stdout || !first.stdout.starts_with(b"<") {
            faults.push(format!("{}: two runs differ, or it is no SVG", view.name));
        }
    }
    crate::support::report(faults);
}

#[test]
fn the_repositorys_own_data_has_no_finding_at_error_level() {
    let made = civigraph::pipeline::make(&Project::open(&crate::support::root()).expect("the project")).expect("it is read");
    assert!(!made.findings.any_at_least(civigraph::finding::Severity::Error), "{}", crate::support::shown_findings(&made));
}

#[test]
fn every_quad_of_the_default_graph_is_in_a_named_graph() {
    let made = civigraph::pipeline::make(&Project::open(&crate::support::root()).expect("the project")).expect("it is read");
    let store = Store::from(made.dataset.expect("a graph"));
    let mut homeless = Vec::new();
    for quad in store.quads(None, None, None, Some(In::Default)) {
        let quad = quad.expect("a quad");
        let mut homes =
            store.quads(Some(quad.subject.as_ref()), Some(quad.predicate.as_ref()), Some(quad.object.as_ref()), Some(In::Named));
        if homes.next().is_none() {
            homeless.push(quad.to_string());
        }
    }
    assert!(homeless.is_empty(), "{homeless:#?}");
}

#[test]
fn exports_are_sorted_and_say_the_same_in_every_format() {
    let canonical = |format: &str| {
        let output = civigraph(&["export", "--format", format]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout, civigraph(&["export", "--format", format]).stdout, "two exports as {format} differ");
        let rdf = oxigraph::io::RdfFormat::from_extension(civigraph::export::Format::named(format).expect("a format").facts().ending)
            .expect("known");
        let mut lines: Vec<String> = oxigraph::io::RdfParser::from_format(rdf)
            .for_slice(&output.stdout)
            .map(|quad| quad.unwrap_or_else(|error| panic!("{format}: {error}")).to_string())
            .collect();
        lines.sort();
        lines.dedup();
        lines
    };
    let flat = canonical("ntriples");
    assert!(flat.len() > 5000, "{} triples", flat.len());
    for format in ["turtle", "jsonld", "rdfxml"] {
        assert!(canonical(format) == flat, "{format} says something else than ntriples");
    }
    assert!(canonical("trig") == canonical("nquads"));
}

#[test]
fn a_project_says_of_what_a_question_is_asked_and_keeps_questions_of_its_own_in_parts() {
    let scratch = Scratch::bare(
        "title = \"T\"\nbase = \"https://example.org/\"\nparts = [\"valley\"]\n\n[questions.\"rivers/members\"]\nriver = \"indus\"\nrivr = \"x\"\n\n\
         [questions.\"rivers/membrs\"]\nriver = \"indus\"\n",
    );
    let question = "# # Who is a member?\n# All.\n#+ parameter: river thing — the river\nSELECT ?s WHERE { VALUES ?river { UNDEF } ?s ?p ?river } ORDER BY ?s\n";
    scratch.write("valley/queries/rivers/members.rq", question);
    scratch.write("valley/ontology/codes/role.ttl", "# The valley's own roles replace the shipped ones.\n");
    let project = scratch.project();
    let (questions, findings) = query::catalogue(&project).expect("the catalogue");
    let own = query::named(&questions, "rivers/members").expect("the part's question is there");
    assert_eq!(own.parameters[0].default, query::parameter::Default::Value("indus".to_owned()));
    assert_eq!(&*own.asset.path, "valley/queries/rivers/members.rq");
    let said: Vec<String> = findings.iter().map(|finding| format!("{} {} {:?}", finding.location, finding.message, finding.hint)).collect();
    assert_eq!(
        said,
        [
            "civigraph.toml:7:1 the question `rivers/members` has no parameter `rivr` Some(\"did you mean `river`?\")",
            "civigraph.toml:9:12 no question or view is called `rivers/membrs` Some(\"did you mean `rivers/members`?\")",
        ]
    );
    let roles = project.assets("ontology", "ttl").expect("the ontology");
    let role = roles.iter().find(|asset| &*asset.within == "ontology/codes/role.ttl").expect("the roles");
    assert_eq!((&*role.path, role.shipped), ("valley/ontology/codes/role.ttl", false));
}

#[test]
fn a_part_that_is_no_folder_of_the_project_is_refused() {
    for part in ["nowhere", "../elsewhere", "", "/"] {
        let scratch = Scratch::bare(&format!("title = \"T\"\nbase = \"https://example.org/\"\nparts = [\"{part}\"]\n"));
        let error = Project::open(scratch.path()).expect_err("it is refused").to_string();
        assert!(error.contains("parts:"), "{error}");
    }
}
