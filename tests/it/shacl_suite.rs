//! The W3C data-shapes test suite, and our own cases of shapes with faults and of messages.
//!
//! The suite is read from `../shared/suites` or from the folder that `CIVIGRAPH_SUITES` names. `tests/shacl/w3c-fails.txt`
//! lists the cases that are known to fail; a case that fails and is not listed breaks the test, and so does a case that
//! is listed and passes.

use civigraph::shacl::{Data, Severity, ShapeFault, Shapes, ValidationResult, report, validate};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::dataset::CanonicalizationAlgorithm;
use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{
    BlankNode, Graph, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Term, TermRef, Triple, TripleRef,
};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, proptest};
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

const BASE: &str = "http://suite.test/";
const MF: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const SHT: &str = "http://www.w3.org/ns/shacl-test#";
const SH: &str = "http://www.w3.org/ns/shacl#";

#[test]
fn the_w3c_suite_passes() {
    let Some(root) = crate::support::suite("shacl") else {
        println!("skipped: the suites are not at ../shared/suites, and CIVIGRAPH_SUITES names no folder");
        return;
    };
    let root = root.join("data-shapes-test-suite/tests");
    let mut cases = Vec::new();
    let mut seen = HashSet::new();
    collect(&root, "manifest.ttl", &mut seen, &mut cases);
    // The one case that its manifest forgets.
    collect(&root, "sparql/component/nodeValidator-001.ttl", &mut seen, &mut cases);
    assert_eq!(cases.len(), CASES, "the number of cases in {}", root.display());

    let list = fs::read_to_string(folder().join("w3c-fails.txt")).unwrap();
    let expected: BTreeSet<_> = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let mut surprises = Vec::new();
    for case in &cases {
        match (run(&root, case), expected.contains(case.name.as_str())) {
            (Ok(()), false) | (Err(_), true) => {}
            (Ok(()), true) => surprises.push(format!("{} passes now: take it off the list", case.name)),
            (Err(reason), false) => surprises.push(format!("{} fails: {reason}", case.name)),
        }
    }
    println!("{} cases, {} expected to fail", cases.len(), expected.len());
    assert!(surprises.is_empty(), "{}", surprises.join("\n\n"));
}

#[test]
fn our_own_cases_are_as_expected() {
    let mut surprises = Vec::new();
    let mut cases: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    for case in cases {
        let found = without_labels(&outcome(&case));
        let file = case.join("expected.txt");
        if env::var_os("CIVIGRAPH_BLESS").is_some() {
            fs::write(&file, &found).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if expected != found {
            surprises.push(format!("{}\nexpected\n{expected}found\n{found}", case.display()));
        }
    }
    assert!(surprises.is_empty(), "{}\n(CIVIGRAPH_BLESS=1 writes what is found into expected.txt)", surprises.join("\n"));
}

/// What a case comes to: its faults with their hints, the failure, or its results, one a line.
fn outcome(case: &Path) -> String {
    let shapes = match Shapes::read(&turtle(&case.join("shapes.ttl"), BASE)) {
        Ok(shapes) => shapes,
        Err(error) => {
            let line = |fault: &ShapeFault| {
                let hint = fault.fault.hint().map_or_else(String::new, |hint| format!("  hint: {hint}\n"));
                format!("{fault}\n{hint}")
            };
            return error.faults.iter().map(line).collect();
        }
    };
    let data = case.join("data.ttl");
    let data = if data.is_file() { turtle(&data, BASE) } else { Graph::new() };
    match validate(&shapes, &Data::from(&data)) {
        Ok(results) if results.is_empty() => "conforms\n".to_owned(),
        Ok(results) => results.iter().map(line).collect(),
        Err(error) => format!("failure: {error}\n"),
    }
}

/// Blank nodes without their labels, which the parser draws by lot.
fn without_labels(text: &str) -> String {
    let mut pieces = text.split("_:");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + "_:" + piece.trim_start_matches(|c: char| c.is_ascii_hexdigit()))
}

fn line(result: &ValidationResult) -> String {
    let short =
        |term: &dyn ToString| term.to_string().replace(BASE, "").replace("^^<http://www.w3.org/2001/XMLSchema#", "^^<").replace(SH, "sh:");
    let mut parts = vec![short(&result.focus)];
    parts.extend(result.path.as_ref().map(|path| short(path)));
    parts.push(short(&result.component).trim_matches(['<', '>']).replace("ConstraintComponent", ""));
    parts.extend(result.value.as_ref().map(|value| short(value)));
    let severity = match &result.severity {
        Severity::Violation => String::new(),
        other => format!("{other:?}: "),
    };
    let messages: Vec<_> = result.messages.iter().map(|message| message.value()).collect();
    format!("{}\n  {severity}{}\n", parts.join("  "), messages.join(" / "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Lists that go round, paths and shapes in themselves, values of every wrong kind: faults or results, never a panic.
    #[test]
    fn no_shapes_graph_makes_it_panic(triples in vec((0..5_usize, 0..PREDICATES.len(), 0..17_usize), 1..40)) {
        let node = |index: usize| match index {
            0 | 1 => NamedOrBlankNode::from(BlankNode::new(format!("b{index}")).unwrap()),
            _ => NamedNode::new(format!("{BASE}{index}")).unwrap().into(),
        };
        let object = |index: usize| -> Term {
            match index {
                0..=4 => node(index).into(),
                5 => Literal::from(2).into(),
                6 => Literal::from(true).into(),
                7 => Literal::from("[a-c]").into(),
                8 => Literal::new_language_tagged_literal("a", "en").unwrap().into(),
                9 => Literal::new_typed_literal("x", xsd::INTEGER).into(),
                10 => Literal::from("SELECT $this ?value { $this ?p ?value }").into(),
                11 => Literal::from("ASK { FILTER(?value > 1) }").into(),
                12 => rdf::NIL.into_owned().into(),
                13 => NamedNode::new(format!("{SH}NodeShape")).unwrap().into(),
                14 => NamedNode::new(format!("{SH}ConstraintComponent")).unwrap().into(),
                15 => NamedNode::new(format!("{SH}IRI")).unwrap().into(),
                _ => Literal::from(1.5).into(),
            }
        };
        let graph: Graph = triples
            .into_iter()
            .map(|(s, p, o)| Triple::new(node(s), NamedNode::new(PREDICATES[p].replace("sh:", SH)).unwrap(), object(o)))
            .collect();
        if let Ok(shapes) = Shapes::read(&graph)
            && let Ok(results) = validate(&shapes, &Data::from(&graph))
        {
            report(&results);
        }
    }
}

const PREDICATES: [&str; 57] = [
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#first",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest",
    "http://www.w3.org/2000/01/rdf-schema#subClassOf",
    "http://suite.test/2",
    "sh:path",
    "sh:path",
    "sh:path",
    "sh:inversePath",
    "sh:alternativePath",
    "sh:zeroOrMorePath",
    "sh:oneOrMorePath",
    "sh:zeroOrOnePath",
    "sh:targetClass",
    "sh:targetNode",
    "sh:targetNode",
    "sh:targetSubjectsOf",
    "sh:targetObjectsOf",
    "sh:deactivated",
    "sh:message",
    "sh:severity",
    "sh:class",
    "sh:datatype",
    "sh:nodeKind",
    "sh:minCount",
    "sh:maxCount",
    "sh:minInclusive",
    "sh:maxExclusive",
    "sh:minLength",
    "sh:maxLength",
    "sh:pattern",
    "sh:flags",
    "sh:languageIn",
    "sh:uniqueLang",
    "sh:equals",
    "sh:disjoint",
    "sh:lessThan",
    "sh:lessThanOrEquals",
    "sh:not",
    "sh:and",
    "sh:or",
    "sh:xone",
    "sh:node",
    "sh:property",
    "sh:qualifiedValueShape",
    "sh:qualifiedMinCount",
    "sh:qualifiedMaxCount",
    "sh:qualifiedValueShapesDisjoint",
    "sh:closed",
    "sh:ignoredProperties",
    "sh:hasValue",
    "sh:in",
    "sh:sparql",
    "sh:select",
    "sh:ask",
    "sh:parameter",
    "sh:validator",
];

/// 98 of SHACL Core and 23 of SHACL-SPARQL.
const CASES: usize = 121;

struct Case {
    name: String,
    data: String,
    shapes: String,
    /// The manifest, and the node of the expected report in it.
    manifest: Graph,
    result: Term,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shacl")
}

fn collect(root: &Path, file: &str, seen: &mut HashSet<String>, cases: &mut Vec<Case>) {
    if !seen.insert(file.to_owned()) {
        return;
    }
    let manifest = turtle(&root.join(file), &format!("{BASE}{file}"));
    let mut included: Vec<_> = with(&manifest, MF, "include").map(|triple| local(&triple.object.into_owned())).collect();
    included.sort();
    for file in included {
        collect(root, &file, seen, cases);
    }
    for triple in with(&manifest, MF, "entries") {
        for entry in list(&manifest, triple.object) {
            let name = format!("{}/{}", file.rsplit_once('/').unwrap().0, local(&entry).rsplit('/').next().unwrap());
            let action = value(&manifest, &entry, MF, "action");
            cases.push(Case {
                name,
                data: local(&value(&manifest, &action, SHT, "dataGraph")),
                shapes: local(&value(&manifest, &action, SHT, "shapesGraph")),
                result: value(&manifest, &entry, MF, "result"),
                manifest: manifest.clone(),
            });
        }
    }
}

fn run(root: &Path, case: &Case) -> Result<(), String> {
    let read = |file: &str| turtle(&root.join(file), &format!("{BASE}{file}"));
    let found = Shapes::read(&read(&case.shapes))
        .map_err(|error| error.to_string())
        .and_then(|shapes| validate(&shapes, &Data::from(&read(&case.data))).map_err(|error| error.to_string()));
    if case.result == Term::NamedNode(NamedNodeRef::new(&format!("{SHT}Failure")).unwrap().into_owned()) {
        return found.map_or(Ok(()), |results| Err(format!("expected a failure, found {} results", results.len())));
    }
    let found = report(&found?);
    let expected = part(&case.manifest, &case.result, &HashSet::new());
    // Messages count only where a message is expected.
    let message = format!("{SH}resultMessage");
    let ignored =
        if expected.iter().any(|triple| triple.predicate.as_str() == message) { HashSet::new() } else { HashSet::from([message]) };
    let node = found.subject_for_predicate_object(rdf::TYPE, NamedNodeRef::new(&format!("{SH}ValidationReport")).unwrap());
    let found = part(&found, &node.unwrap().into_owned().into(), &ignored);
    if canonical(&expected) == canonical(&found) { Ok(()) } else { Err(format!("expected\n{}found\n{}", text(&expected), text(&found))) }
}

/// The report at a node: the standard properties of the report and its results, and what their paths consist of.
fn part(graph: &Graph, node: &Term, ignored: &HashSet<String>) -> Graph {
    let standard = [
        "conforms",
        "result",
        "focusNode",
        "resultMessage",
        "resultPath",
        "resultSeverity",
        "sourceConstraint",
        "sourceConstraintComponent",
        "sourceShape",
        "value",
    ];
    let mut part = Graph::new();
    let mut todo = vec![(node.clone(), false)];
    while let Some((node, in_path)) = todo.pop() {
        let Some(subject) = subject(&node) else {
            continue;
        };
        for triple in graph.triples_for_subject(&subject) {
            let predicate = triple.predicate.as_str();
            let name = predicate.strip_prefix(SH).unwrap_or_default();
            let wanted = in_path || triple.predicate == rdf::TYPE || standard.contains(&name);
            if !wanted || ignored.contains(predicate) {
                continue;
            }
            if part.insert(triple) {
                let follows_path = name == "resultPath" || in_path;
                if name == "result" || (follows_path && triple.object.is_blank_node()) {
                    todo.push((triple.object.into_owned(), follows_path));
                }
            }
        }
    }
    part
}

fn canonical(graph: &Graph) -> BTreeSet<String> {
    let mut graph = graph.clone();
    graph.canonicalize(CanonicalizationAlgorithm::Unstable);
    graph.iter().map(|triple| triple.to_string()).collect()
}

fn text(graph: &Graph) -> String {
    let lines: BTreeSet<_> = graph.iter().map(|triple| format!("  {triple}\n")).collect();
    lines.into_iter().collect()
}

fn turtle(file: &Path, base: &str) -> Graph {
    let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let parser = RdfParser::from_format(RdfFormat::Turtle).with_base_iri(base).unwrap();
    parser.for_slice(&bytes).map(|quad| Triple::from(quad.unwrap())).collect()
}

fn with<'g>(graph: &'g Graph, namespace: &str, name: &str) -> impl Iterator<Item = TripleRef<'g>> {
    let predicate = format!("{namespace}{name}");
    graph.iter().filter(move |triple| triple.predicate.as_str() == predicate)
}

fn value(graph: &Graph, subject: &Term, namespace: &str, name: &str) -> Term {
    let triple = with(graph, namespace, name).find(|triple| TermRef::from(triple.subject) == subject.as_ref());
    triple.unwrap_or_else(|| panic!("{subject} has {name}")).object.into_owned()
}

fn list(graph: &Graph, head: TermRef<'_>) -> Vec<Term> {
    let mut members = Vec::new();
    let mut node = head.into_owned();
    while let Some(NamedOrBlankNode::BlankNode(here)) = subject(&node) {
        let here = NamedOrBlankNodeRef::from(&here);
        members.push(graph.object_for_subject_predicate(here, rdf::FIRST).unwrap().into_owned());
        node = graph.object_for_subject_predicate(here, rdf::REST).unwrap().into_owned();
    }
    members
}

fn subject(term: &Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(node) => Some(node.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        _ => None,
    }
}

fn local(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().strip_prefix(BASE).unwrap().to_owned(),
        other => panic!("expected a file, found {other}"),
    }
}
