//! What is exported says the same as the graph, is the same every time, and changes only where the graph does.

use std::collections::BTreeSet;
use std::process::Command;

use civigraph::export::{FORMATS, Format, Graphs, write_quads};
use civigraph::iri::Prefixes;
use civigraph::store::{In, Store};
use oxigraph::io::{JsonLdProfileSet, RdfFormat, RdfParser};
use oxigraph::model::{BlankNode, GraphName, Literal, NamedNode, Quad, Term, Triple};
use proptest::prelude::*;
use sophia_api::term::SimpleTerm;

fn rdf(format: Format) -> RdfFormat {
    match format {
        Format::Turtle => RdfFormat::Turtle,
        Format::NTriples => RdfFormat::NTriples,
        Format::RdfXml => RdfFormat::RdfXml,
        Format::JsonLd => RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() },
        Format::Trig => RdfFormat::TriG,
        Format::NQuads => RdfFormat::NQuads,
    }
}

fn written(quads: &[Quad], format: Format, prefixes: &Prefixes) -> String {
    let mut bytes = Vec::new();
    write_quads(quads, format, prefixes, &mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).expect("UTF-8")
}

fn read(text: &str, format: Format) -> BTreeSet<String> {
    RdfParser::from_format(rdf(format))
        .for_slice(text.as_bytes())
        .map(|quad| quad.unwrap_or_else(|error| panic!("{format:?}: {error}\n{text:.2000}")).to_string())
        .collect()
}

fn flat(quads: &[Quad]) -> Vec<Quad> {
    quads.iter().cloned().map(|quad| Quad { graph_name: GraphName::DefaultGraph, ..quad }).collect()
}

fn prefixes() -> Prefixes {
    let mut prefixes = Prefixes::default();
    for (prefix, namespace) in [
        ("ex", "http://example.org/"),
        ("deep", "http://example.org/deep/"),
        ("xsd", "http://www.w3.org/2001/XMLSchema#"),
        ("http", "http://example.org/http#"),
        ("cut", "http://example.org/cu"),
    ] {
        prefixes.insert(prefix, namespace);
    }
    prefixes
}

fn iri() -> impl Strategy<Value = NamedNode> {
    "[a-zA-Z0-9_.~/#%:é-]{0,8}"
        .prop_filter_map("an IRI", |tail| NamedNode::new(format!("http://example.org/{}", tail.replace('%', "%25"))).ok())
}

fn term() -> impl Strategy<Value = Term> {
    let text = prop_oneof!["\\PC{0,12}", "[\"\\\\\n\r\t'a ]{0,10}", "[-+]?[0-9]{0,18}", "[0-9]{0,3}\\.[0-9]{0,3}", "true|false|TRUE|1"];
    let types = proptest::sample::select(vec!["string", "integer", "decimal", "boolean", "date", "double"]);
    prop_oneof![
        iri().prop_map(Term::from),
        (text.clone(), types).prop_map(|(text, name)| {
            Literal::new_typed_literal(text, NamedNode::new_unchecked(format!("http://www.w3.org/2001/XMLSchema#{name}"))).into()
        }),
        (text, "en|ur|pt-br").prop_map(|(text, tag)| Literal::new_language_tagged_literal_unchecked(text, tag).into()),
    ]
}

fn property() -> impl Strategy<Value = NamedNode> {
    prop_oneof![
        iri(),
        Just(NamedNode::new_unchecked("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")),
        Just(NamedNode::new_unchecked("http://www.w3.org/2004/02/skos/core#prefLabel")),
    ]
}

fn quads() -> impl Strategy<Value = Vec<Quad>> {
    proptest::collection::vec((iri(), property(), term(), iri()).prop_map(|(s, p, o, g)| Quad::new(s, p, o, g)), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_for_people_reads_back_as_it_was(quads in quads()) {
        for format in [Format::Turtle, Format::Trig, Format::JsonLd] {
            let quads = if format.facts().graphs { quads.clone() } else { flat(&quads) };
            let text = written(&quads, format, &prefixes());
            let mut backwards = quads.clone();
            backwards.reverse();
            prop_assert_eq!(&written(&backwards, format, &prefixes()), &text, "the order of what comes in does not matter");
            let expected: BTreeSet<String> = quads.iter().map(ToString::to_string).collect();
            prop_assert_eq!(read(&text, format), expected, "{}", text);
        }
    }
}

#[test]
fn the_projects_graph_reads_back_from_every_format() {
    let scratch = crate::support::Scratch::repository();
    let project = scratch.project();
    let dataset = scratch.make().dataset.expect("the project makes a graph");
    let (opened, _) = civigraph::pipeline::open(&project).expect("the ontology");
    let store = Store::from(dataset);
    for facts in FORMATS {
        let which: &[In<'_>] = if facts.graphs { &[In::Default, In::Named] } else { &[In::Default] };
        let quads = which.iter().flat_map(|which| store.quads(None, None, None, Some(*which)));
        let quads: Vec<Quad> = quads.map(|quad| quad.expect("a quad")).collect();
        let expected: BTreeSet<String> = quads.iter().map(ToString::to_string).collect();
        let mut bytes = Vec::new();
        let count =
            civigraph::export::write(&store, facts.format, Graphs::All, &opened.ontology.prefixes, &mut bytes).expect("it is written");
        assert_eq!(count, expected.len());
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert!(read(&text, facts.format) == expected, "{} says something else", facts.name);
        // RDFLib, where it is, is a reader that had no part in the writing.
        if ["turtle", "trig", "jsonld"].contains(&facts.name) {
            scratch.write("graph", &text);
            other_reader(&scratch, facts.name, expected.len());
        }
    }
}

fn other_reader(scratch: &crate::support::Scratch, format: &str, statements: usize) {
    let script = "import sys, rdflib\nname = {'jsonld': 'json-ld'}.get(sys.argv[2], sys.argv[2])\n\
                  g = rdflib.Dataset() if name == 'trig' else rdflib.Graph()\ng.parse(sys.argv[1], format=name)\n\
                  print(sum(1 for _ in g.quads((None, None, None, None))) if name == 'trig' else len(g))";
    let python = Command::new("python3").args(["-c", "import rdflib"]).output();
    if !python.is_ok_and(|output| output.status.success()) {
        println!("skipped: reading {format} with RDFLib (python3 or rdflib is not installed)");
        return;
    }
    let graph = scratch.path().join("graph");
    let output = Command::new("python3").args(["-c", script]).arg(graph).arg(format).output().expect("python3 runs");
    assert!(output.status.success(), "{format}: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), statements.to_string(), "{format} as RDFLib counts it");
}

#[test]
fn turtle_for_people_is_laid_out_so() {
    let ex = |name: &str| NamedNode::new_unchecked(format!("http://example.org/{name}"));
    let a = NamedNode::new_unchecked("http://www.w3.org/1999/02/22-rdf-syntax-ns#type");
    let label = NamedNode::new_unchecked("http://www.w3.org/2004/02/skos/core#prefLabel");
    let long = |n: usize| Term::from(ex(&format!("a-thing-with-a-rather-long-name-number-{n}")));
    let quad = |s: &str, p: &NamedNode, o: Term| Quad::new(ex(s), p.clone(), o, GraphName::DefaultGraph);
    let quads = [
        quad("b", &ex("about"), long(2)),
        quad("b", &ex("about"), long(1)),
        quad("b", &ex("about"), long(3)),
        quad("b", &label, Literal::new_language_tagged_literal_unchecked("Two\nlines \"here\"", "en").into()),
        quad("b", &a, ex("Kind").into()),
        quad("a/1.2", &ex("size"), Literal::from(12).into()),
        quad("a/1.2", &a, ex("Kind").into()),
    ];
    let expected = r#"@prefix ex: <http://example.org/> .

ex:a\/1.2
    a ex:Kind ;
    ex:size 12 .

ex:b
    a ex:Kind ;
    <http://www.w3.org/2004/02/skos/core#prefLabel> """Two
lines \"here\""""@en ;
    ex:about
        ex:a-thing-with-a-rather-long-name-number-1 ,
        ex:a-thing-with-a-rather-long-name-number-2 ,
        ex:a-thing-with-a-rather-long-name-number-3 .
"#;
    assert_eq!(written(&quads, Format::Turtle, &prefixes()), expected);
    let in_graph: Vec<Quad> = quads[5..].iter().cloned().map(|quad| Quad { graph_name: ex("g").into(), ..quad }).collect();
    let expected = "@prefix ex: <http://example.org/> .\n\nex:g {\n    ex:a\\/1.2\n        a ex:Kind ;\n        ex:size 12 .\n}\n";
    assert_eq!(written(&in_graph, Format::Trig, &prefixes()), expected);
    assert_eq!(written(&[], Format::Turtle, &prefixes()), "");
    assert_eq!(read(&written(&[], Format::JsonLd, &prefixes()), Format::JsonLd).len(), 0);
}

#[test]
fn one_new_statement_changes_its_own_lines() {
    let ex = |name: String| NamedNode::new_unchecked(format!("http://example.org/{name}"));
    let mut quads: Vec<Quad> = (0..40)
        .map(|n| Quad::new(ex(format!("s{}", n / 4)), ex(format!("p{}", n % 4)), ex(format!("o{n}")), GraphName::DefaultGraph))
        .collect();
    let lines = |quads: &[Quad]| -> BTreeSet<String> { written(quads, Format::Turtle, &prefixes()).lines().map(str::to_owned).collect() };
    let before = lines(&quads);
    quads.push(Quad::new(ex("s5".to_owned()), ex("p2".to_owned()), ex("one-more".to_owned()), GraphName::DefaultGraph));
    let after = lines(&quads);
    assert_eq!((before.difference(&after).count(), after.difference(&before).count()), (1, 1));
}

/// A graph with blank nodes, which a CONSTRUCT query may give, is compared as a graph, by Sophia.
#[test]
fn blank_nodes_keep_their_places() {
    let ex = |name: &str| NamedNode::new_unchecked(format!("http://example.org/{name}"));
    let (x, y) = (BlankNode::new_unchecked("x"), BlankNode::new_unchecked("y"));
    let quads = [
        Quad::new(x.clone(), ex("p"), y.clone(), GraphName::DefaultGraph),
        Quad::new(y.clone(), ex("p"), x.clone(), GraphName::DefaultGraph),
        Quad::new(ex("a"), ex("p"), x, GraphName::DefaultGraph),
        Quad::new(y, ex("q"), Literal::from("end"), GraphName::DefaultGraph),
    ];
    let sophia = |triples: Vec<Triple>| -> Vec<[SimpleTerm<'static>; 3]> {
        let node = |node: &NamedNode| SimpleTerm::Iri(sophia_api::term::IriRef::new_unchecked(node.as_str().to_owned().into()));
        let blank = |blank: &BlankNode| SimpleTerm::BlankNode(sophia_api::term::BnodeId::new_unchecked(blank.as_str().to_owned().into()));
        triples
            .iter()
            .map(|triple| {
                let subject = match &triple.subject {
                    oxigraph::model::NamedOrBlankNode::NamedNode(name) => node(name),
                    oxigraph::model::NamedOrBlankNode::BlankNode(name) => blank(name),
                };
                let object = match &triple.object {
                    Term::NamedNode(name) => node(name),
                    Term::BlankNode(name) => blank(name),
                    // The one kind of literal here is a plain string.
                    Term::Literal(literal) => SimpleTerm::LiteralDatatype(
                        literal.value().to_owned().into(),
                        sophia_api::term::IriRef::new_unchecked(literal.datatype().as_str().to_owned().into()),
                    ),
                };
                [subject, node(&triple.predicate), object]
            })
            .collect()
    };
    let expected = sophia(quads.iter().cloned().map(Triple::from).collect());
    for format in [Format::Turtle, Format::JsonLd] {
        let text = written(&quads, format, &prefixes());
        let found: Vec<Triple> =
            RdfParser::from_format(rdf(format)).for_slice(text.as_bytes()).map(|quad| quad.expect("it parses").into()).collect();
        assert!(sophia_isomorphism::isomorphic_graphs(&sophia(found), &expected).expect("sophia compares"), "{text}");
    }
}
