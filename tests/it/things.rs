//! Things by name and on a page, on the report's graph: what people call things leads to them and to nothing else, and a
//! page says the same in every format.

use std::collections::{BTreeSet, HashSet};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::support::Scratch;
use civigraph::store::{Builds, In, Store};
use oxigraph::io::{JsonLdProfileSet, RdfFormat, RdfParser};
use oxigraph::model::NamedOrBlankNode;

fn report() -> &'static Scratch {
    static COPY: OnceLock<Scratch> = OnceLock::new();
    COPY.get_or_init(|| {
        let copy = Scratch::repository();
        let output = civigraph(&copy, &["build"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        copy
    })
}

fn civigraph(scratch: &Scratch, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_civigraph"))
        .arg("--project")
        .arg(scratch.path())
        .args(arguments)
        .env("COLUMNS", "200")
        .env("NO_COLOR", "1")
        .output()
        .expect("it runs")
}

fn store(scratch: &Scratch) -> Store {
    Builds::new(scratch.path().join(".civigraph")).open().expect("the graph")
}

#[test]
fn a_page_in_json_ld_says_what_the_graph_says() {
    let scratch = report();
    let store = store(scratch);
    for id in ["cfhr", "untoc", "pk"] {
        let output = civigraph(scratch, &["show", id, "--format", "jsonld"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let format = RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() };
        let parsed: BTreeSet<String> = RdfParser::from_format(format)
            .for_slice(&output.stdout)
            .map(|quad| {
                let quad = quad.expect("JSON-LD");
                format!("{} {} {}", quad.subject, quad.predicate, quad.object)
            })
            .collect();
        let subjects: HashSet<NamedOrBlankNode> =
            RdfParser::from_format(format).for_slice(&output.stdout).map(|quad| quad.expect("JSON-LD").subject).collect();
        let stored: BTreeSet<String> = subjects
            .iter()
            .flat_map(|subject| store.quads(Some(subject.as_ref()), None, None, Some(In::Default)))
            .map(|quad| {
                let quad = quad.expect("a quad");
                format!("{} {} {}", quad.subject, quad.predicate, quad.object)
            })
            .collect();
        assert!(stored.len() > 10, "{id}: {stored:?}");
        assert_eq!(parsed, stored, "{id}");
    }
}

#[test]
fn a_name_cannot_break_out_of_a_page() {
    let scratch = Scratch::bare("title = \"<b>T\"\nbase = \"https://example.org/\"\n");
    scratch.write("data/s/source.toml", "title = \"A source\"\nshort = \"S\"\nas_of = 2025-12-31\n");
    scratch.write("data/s/sections.csv", "locator,title,page,parent\n1,One,1,\n");
    scratch.write(
        "data/s/a.yaml",
        "section: \"1\"\nOrganization:\n  - id: x\n    name: \"</title><script>alert(1)</script> \\e[31m\\u202e [a](javascript:b)\"\n    url: \"https://example.org/'onload=x\"\n    at: p1\n",
    );
    let built = civigraph(&scratch, &["build"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let page = |format: &str| String::from_utf8(civigraph(&scratch, &["show", "x", "--format", format]).stdout).expect("UTF-8");
    let html = page("html");
    assert!(html.contains("&lt;script&gt;alert(1)"), "{html}");
    assert!(!html.contains("<script") && !html.contains("'onload") && !html.contains("<b>"), "{html}");
    assert!(html.contains("default-src 'none'"), "{html}");
    let markdown = page("markdown");
    assert!(!markdown.contains("<script") && markdown.contains("\\[a\\]"), "{markdown}");
    for text in [page("text"), markdown, html] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "a control character got through: {text:?}");
    }
}

#[test]
fn every_thing_of_the_report_has_a_page() {
    let scratch = report();
    let project = scratch.project();
    let (opened, _) = civigraph::pipeline::open(&project).expect("the ontology");
    let store = store(scratch);
    let shown = civigraph::query::answer::Shown {
        store: &store,
        prefixes: &opened.ontology.prefixes,
        base: &project.base,
        language: &project.language,
        raw: false,
    };
    let around = civigraph::entity::Around { shown, ontology: &opened.ontology, schema: &opened.schema };
    let mut pages = 0;
    let mut faults = Vec::new();
    let ids: BTreeSet<String> = store
        .quads(None, Some(civigraph::vocab::rdf::TYPE), None, Some(In::Default))
        .filter_map(|quad| match quad.expect("a quad").subject {
            NamedOrBlankNode::NamedNode(node) => project.base.slug_of(node.as_str()).map(str::to_owned),
            NamedOrBlankNode::BlankNode(_) => None,
        })
        .collect();
    for id in &ids {
        let page = around.page(&project.base.thing(id), civigraph::entity::Scope::default()).expect("a page");
        pages += 1;
        if page.sections.is_empty() || page.name.is_empty() {
            faults.push(format!("{id}: the page is empty"));
        }
        let uncited = page
            .sections
            .iter()
            .flat_map(|section| &section.lines)
            .filter(|line| line.values.iter().any(|value| value.basis.citations.is_empty() && value.basis.rules.is_empty()))
            .count();
        if uncited > 0 {
            faults.push(format!("{id}: {uncited} lines rest on nothing"));
        }
    }
    assert!(pages > 500, "{pages} pages");
    crate::support::report(faults);
}
