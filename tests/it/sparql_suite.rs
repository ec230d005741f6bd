//! The W3C SPARQL 1.0 and 1.1 test suites for queries, through the path that `query` takes: parsed within its bounds,
//! evaluated by its store, written in one of its formats and read back.
//!
//! The suites are read from `../shared/suites` or from the folder that `CIVIGRAPH_SUITES` names. `tests/sparql/w3c-fails.txt`
//! lists the cases that are known to fail, each with its reason; a case that fails and is not listed breaks the test, and
//! so does a case that is listed and passes. Left out are updates, which civigraph does not have, and the evaluation of
//! `SERVICE`, which it refuses.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::{env, fs};

use civigraph::dataset::{DEFAULT_GRAPH, Dataset, Terms};
use civigraph::iri::{Base, Prefixes};
use civigraph::query::answer::{self, Heading, Layout, RowFormat, Shown};
use civigraph::query::{on_a_deep_stack, parse};
use civigraph::sparql::{Joins, order};
use civigraph::store::Store;
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::dataset::CanonicalizationAlgorithm;
use oxigraph::model::vocab::rdf;
use oxigraph::model::{BlankNode, Graph, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, TermRef, Triple};
use oxigraph::sparql::QueryResults;
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsParser, ReaderQueryResultsParserOutput};
use spargebra::Query;

const BASE: &str = "http://suite.test/";
const MF: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const QT: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#";
const RS: &str = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#";

/// The manifests of queries, and how many cases they hold together.
const MANIFESTS: [&str; 5] = [
    "sparql10/manifest-syntax.ttl",
    "sparql10/manifest-evaluation.ttl",
    "sparql11/manifest-sparql11-query.ttl",
    "sparql11/manifest-sparql11-results.ttl",
    "sparql11/syntax-fed/manifest.ttl",
];
const CASES: usize = 817;

#[test]
fn the_w3c_suites_pass() {
    let Some(root) = crate::support::suite("sparql") else {
        println!("skipped: the suites are not at ../shared/suites, and CIVIGRAPH_SUITES names no folder");
        return;
    };
    on_a_deep_stack("suite", move || all(&root)).expect("a thread").join().expect("no case ends the thread");
}

fn all(root: &Path) {
    let mut cases = Vec::new();
    for manifest in MANIFESTS {
        collect(root, manifest, &mut cases);
    }
    assert_eq!(cases.len(), CASES, "the number of cases in {}", root.display());
    let list = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sparql/w3c-fails.txt")).expect("the list");
    let expected: BTreeSet<_> = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let mut surprises = Vec::new();
    for case in &cases {
        let outcome = catch_unwind(AssertUnwindSafe(|| run(root, case))).unwrap_or_else(|_| Err("it panics".to_owned()));
        match (outcome, expected.contains(case.name.as_str())) {
            (Ok(()), false) | (Err(_), true) => {}
            (Ok(()), true) => surprises.push(format!("{} passes now: take it off the list", case.name)),
            (Err(reason), false) => surprises.push(format!("{} fails: {reason}", case.name)),
        }
    }
    println!("{} cases, {} expected to fail", cases.len(), expected.len());
    assert!(surprises.is_empty(), "{}", surprises.join("\n\n"));
}

struct Case {
    /// `sparql11/bind/bind01`.
    name: String,
    kind: String,
    query: String,
    data: Vec<String>,
    graphs: Vec<String>,
    result: Option<String>,
    /// Whether an answer may hold a row fewer times than the suite's (`REDUCED`).
    lax: bool,
}

fn collect(root: &Path, file: &str, cases: &mut Vec<Case>) {
    let manifest = graph(root, file);
    let node = NamedNode::new(format!("{BASE}{file}")).expect("an IRI").into();
    for included in object(&manifest, &node, MF, "include").into_iter().flat_map(|head| members(&manifest, head)) {
        collect(root, &local(&included), cases);
    }
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    for entry in object(&manifest, &node, MF, "entries").into_iter().flat_map(|head| members(&manifest, head)) {
        let kind = objects(&manifest, &entry, rdf::TYPE.as_str()).next().map_or_else(String::new, |kind| tail(&kind));
        let action = object(&manifest, &entry, MF, "action").expect("an action");
        let name = format!("{folder}/{}", tail(&entry));
        let syntax = kind.contains("Syntax");
        if !syntax && kind != "QueryEvaluationTest" && kind != "CSVResultFormatTest" {
            continue;
        }
        let named = |what: &str| -> Vec<String> {
            let files = objects(&manifest, &action, &format!("{QT}{what}"));
            let file = |term: Term| match object(&manifest, &term, QT, "graph") {
                Some(inner) => local(&inner),
                None => local(&term),
            };
            files.map(file).collect()
        };
        let query = if syntax { local(&action) } else { local(&object(&manifest, &action, QT, "query").expect("a query")) };
        let result = object(&manifest, &entry, MF, "result").map(|term| local(&term));
        let lax = object(&manifest, &entry, MF, "resultCardinality").is_some();
        cases.push(Case { lax, name, kind, query, data: named("data"), graphs: named("graphData"), result });
    }
}

fn run(root: &Path, case: &Case) -> Result<(), String> {
    let text = fs::read_to_string(root.join(&case.query)).map_err(|error| error.to_string())?;
    let based = format!("BASE <{BASE}{}>\n{text}", case.query);
    let query = parse(&based, &Prefixes::default());
    match (case.kind.contains("Negative"), case.kind.contains("Syntax"), query) {
        (true, _, Err(_)) | (false, true, Ok(_)) => Ok(()),
        (true, _, Ok(_)) => Err("it is not refused".to_owned()),
        (false, _, Err(error)) => Err(format!("it is refused: {}:{} {error}", error.line - 1, error.column)),
        (false, false, Ok(query)) => {
            evaluate(root, case, query.clone(), Joins::Never)?;
            evaluate(root, case, query, Joins::Always).map_err(|error| format!("with joins: {error}"))
        }
    }
}

fn evaluate(root: &Path, case: &Case, query: Query, joins: Joins<'_>) -> Result<(), String> {
    let store = load(root, case, &query)?;
    let file = case.result.as_ref().ok_or("no result is named")?;
    let ending = file.rsplit('.').next().unwrap_or_default();
    let ordered = format!("{query:?}").contains("OrderBy");
    match store.query_joined(query, joins, None).map_err(|error| error.to_string())? {
        found @ QueryResults::Graph(_) => {
            let QueryResults::Graph(triples) = found else { unreachable!() };
            let found: Graph = triples.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?.into_iter().collect();
            same(&graph(root, file), &found)
        }
        QueryResults::Boolean(found) => {
            let mut out = Vec::new();
            let format = if ending == "srj" { RowFormat::Json } else { RowFormat::Xml };
            answer::write_boolean(found, format, &mut out).map_err(|error| error.to_string())?;
            let format = if ending == "srj" { QueryResultsFormat::Json } else { QueryResultsFormat::Xml };
            let found = table(&out, format)?;
            same(&expected(root, file, false)?, &found)
        }
        QueryResults::Solutions(rows) => {
            let (wanted, standard) = match ending {
                "csv" => (RowFormat::Csv, QueryResultsFormat::Csv),
                "tsv" => (RowFormat::Tsv, QueryResultsFormat::Tsv),
                "srx" => (RowFormat::Xml, QueryResultsFormat::Xml),
                _ => (RowFormat::Json, QueryResultsFormat::Json),
            };
            let (prefixes, base) = (Prefixes::default(), Base::new(BASE).expect("a base"));
            let shown = Shown { store: &store, prefixes: &prefixes, base: &base, language: "en", raw: true };
            let heading = Heading::default();
            let layout = Layout { format: wanted, shown, width: 80, limit: None, heading: &heading, named: false, sort: &[] };
            let mut out = Vec::new();
            answer::write_rows(rows, layout, &mut out).map_err(|error| error.to_string())?;
            if ending == "csv" {
                let read = |bytes: &[u8]| {
                    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
                    let mut lines: Vec<String> = text.lines().map(without_labels).collect();
                    lines.sort();
                    lines.join("\n")
                };
                let (expected, found) = (read(&fs::read(root.join(file)).map_err(|error| error.to_string())?), read(&out));
                return if expected == found { Ok(()) } else { Err(format!("expected\n{expected}\nfound\n{found}")) };
            }
            let expected = expected(root, file, ordered)?;
            if case.lax {
                let found = rows_as_graph(&out, standard, false)?;
                let rows = |graph: &Graph| -> BTreeSet<String> { graph.iter().map(|triple| triple.object.to_string()).collect() };
                return if rows(&expected) == rows(&found) && found.len() <= expected.len() {
                    Ok(())
                } else {
                    Err("other rows".to_owned())
                };
            }
            let indexed = expected.iter().any(|triple| triple.predicate.as_str() == "index:");
            same(&expected, &rows_as_graph(&out, standard, ordered && indexed)?)
        }
    }
}

fn without_labels(line: &str) -> String {
    line.split(',').map(|cell| if cell.starts_with("_:") { "_:" } else { cell }).collect::<Vec<_>>().join(",")
}

fn load(root: &Path, case: &Case, query: &Query) -> Result<Store, String> {
    let mut terms = Terms::default();
    let mut quads = Vec::new();
    let mut add = |file: &str, name: Option<&str>| {
        let name = name.map(|name| NamedNode::new_unchecked(format!("{BASE}{name}")));
        let graph = name.map_or(DEFAULT_GRAPH, |name| terms.id(name));
        for triple in &self::graph(root, file) {
            let row = [Term::from(triple.subject.into_owned()), triple.predicate.into_owned().into(), triple.object.into_owned()];
            let [s, p, o] = row.map(|term| terms.id(term));
            quads.push([s, p, o, graph]);
        }
    };
    for file in &case.data {
        add(file, None);
    }
    for file in &case.graphs {
        add(file, Some(file));
    }
    let (Query::Select { dataset, .. } | Query::Construct { dataset, .. } | Query::Describe { dataset, .. } | Query::Ask { dataset, .. }) =
        query;
    let from: BTreeSet<&NamedNode> =
        dataset.iter().flat_map(|dataset| dataset.default.iter().chain(dataset.named.iter().flatten())).collect();
    for node in from {
        let file = node.as_str().strip_prefix(BASE).ok_or("a graph from elsewhere")?;
        if !case.graphs.iter().any(|known| known == file) {
            add(file, Some(file));
        }
    }
    Ok(Store::from(Dataset::pack(&terms, &quads)))
}

/// What is expected, as a graph of rows.
fn expected(root: &Path, file: &str, ordered: bool) -> Result<Graph, String> {
    let bytes = fs::read(root.join(file)).map_err(|error| error.to_string())?;
    match file.rsplit('.').next().unwrap_or_default() {
        "srx" => table(&bytes, QueryResultsFormat::Xml),
        "srj" => table(&bytes, QueryResultsFormat::Json),
        "tsv" => table(&bytes, QueryResultsFormat::Tsv),
        _ => Ok(result_set(&graph(root, file), ordered)),
    }
}

/// A result set in the vocabulary of the suite, as a graph of rows.
fn result_set(graph: &Graph, ordered: bool) -> Graph {
    let mut rows = Graph::new();
    for triple in graph {
        let predicate = triple.predicate.as_str().strip_prefix(RS).unwrap_or_default();
        if predicate == "boolean" {
            let TermRef::Literal(value) = triple.object else { continue };
            add(&mut rows, &BlankNode::default(), "boolean:", Literal::from(value.value() == "true").into());
        }
        if predicate != "solution" {
            continue;
        }
        let row = BlankNode::default();
        let solution = triple.object.into_owned();
        add(&mut rows, &row, "row:", Literal::from(true).into());
        if ordered && let Some(Term::Literal(index)) = object(graph, &solution, RS, "index") {
            add(&mut rows, &row, "index:", Literal::from(index.value()).into());
        }
        for binding in objects(graph, &solution, &format!("{RS}binding")) {
            let Some(Term::Literal(variable)) = object(graph, &binding, RS, "variable") else { continue };
            let value = object(graph, &binding, RS, "value").expect("a value");
            add(&mut rows, &row, &format!("variable:{}", variable.value()), value);
        }
    }
    rows
}

/// Numbers count by their value and type: how an engine writes those it computes is its own affair.
fn add(rows: &mut Graph, row: &BlankNode, predicate: &str, value: Term) {
    let value = match value {
        Term::Literal(literal) if order::key(literal.as_ref().into()).starts_with('c') => {
            let key = order::key(literal.as_ref().into());
            Literal::new_typed_literal(key, literal.datatype()).into()
        }
        other => other,
    };
    rows.insert(&Triple::new(row.clone(), NamedNode::new_unchecked(predicate), value));
}

fn table(bytes: &[u8], format: QueryResultsFormat) -> Result<Graph, String> {
    rows_as_graph(bytes, format, false)
}

fn rows_as_graph(bytes: &[u8], format: QueryResultsFormat, indexed: bool) -> Result<Graph, String> {
    let mut graph = Graph::new();
    match QueryResultsParser::from_format(format).for_reader(bytes).map_err(|error| format!("cannot be read back: {error}"))? {
        ReaderQueryResultsParserOutput::Boolean(value) => {
            add(&mut graph, &BlankNode::default(), "boolean:", Literal::from(value).into());
        }
        ReaderQueryResultsParserOutput::Solutions(rows) => {
            // Blank nodes of the answer and those that stand for its rows may not meet.
            let mut known: BTreeMap<String, BlankNode> = BTreeMap::new();
            for (index, solution) in rows.enumerate() {
                let solution = solution.map_err(|error| format!("cannot be read back: {error}"))?;
                let row = BlankNode::default();
                add(&mut graph, &row, "row:", Literal::from(true).into());
                if indexed {
                    add(&mut graph, &row, "index:", Literal::from((index + 1).to_string()).into());
                }
                for (variable, term) in &solution {
                    let term = match term {
                        Term::BlankNode(blank) => known.entry(blank.as_str().to_owned()).or_default().clone().into(),
                        other => other.clone(),
                    };
                    add(&mut graph, &row, &format!("variable:{}", variable.as_str()), term);
                }
            }
        }
    }
    Ok(graph)
}

fn same(expected: &Graph, found: &Graph) -> Result<(), String> {
    let canonical = |graph: &Graph| {
        let mut graph = graph.clone();
        graph.canonicalize(CanonicalizationAlgorithm::Unstable);
        graph.iter().map(|triple| triple.to_string()).collect::<BTreeSet<_>>()
    };
    let (expected, found) = (canonical(expected), canonical(found));
    if expected == found {
        return Ok(());
    }
    let text = |lines: &BTreeSet<String>| lines.iter().map(|line| format!("  {line}\n")).collect::<String>();
    Err(format!("expected\n{}found\n{}", text(&expected), text(&found)))
}

fn graph(root: &Path, file: &str) -> Graph {
    let bytes = fs::read(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let format = match file.rsplit('.').next() {
        Some("rdf") => RdfFormat::RdfXml,
        Some("nt") => RdfFormat::NTriples,
        _ => RdfFormat::Turtle,
    };
    let parser = RdfParser::from_format(format).with_base_iri(format!("{BASE}{file}")).expect("a base").rename_blank_nodes();
    parser.for_slice(&bytes).map(|quad| Triple::from(quad.unwrap_or_else(|error| panic!("{file}: {error}")))).collect()
}

fn objects<'g>(graph: &'g Graph, subject: &Term, predicate: &str) -> impl Iterator<Item = Term> + 'g {
    let subject: Option<NamedOrBlankNode> = match subject {
        Term::NamedNode(node) => Some(node.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        Term::Literal(_) => None,
    };
    let predicate = predicate.to_owned();
    graph
        .iter()
        .filter(move |triple| Some(triple.subject.into_owned()) == subject && triple.predicate == NamedNodeRef::new_unchecked(&predicate))
        .map(|triple| triple.object.into_owned())
        .collect::<Vec<_>>()
        .into_iter()
}

fn object(graph: &Graph, subject: &Term, namespace: &str, name: &str) -> Option<Term> {
    objects(graph, subject, &format!("{namespace}{name}")).next()
}

fn members(graph: &Graph, head: Term) -> Vec<Term> {
    let mut members = Vec::new();
    let mut node = head;
    while let Some(first) = objects(graph, &node, rdf::FIRST.as_str()).next() {
        members.push(first);
        node = objects(graph, &node, rdf::REST.as_str()).next().expect("a rest");
    }
    members
}

fn local(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().strip_prefix(BASE).unwrap_or(node.as_str()).to_owned(),
        other => panic!("expected a file, found {other}"),
    }
}

fn tail(term: &Term) -> String {
    local(term).rsplit(['#', '/']).next().unwrap_or_default().to_owned()
}
