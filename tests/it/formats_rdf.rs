//! Whatever is written as RDF is read by RDFLib, which had no part in the writing, as the same statements; what a format cannot hold is
//! refused with the term and its place, and nothing is written.

use std::collections::BTreeSet;

use civigraph::export::{ExportError, FORMATS, Format, Graphs, write_quads};
use civigraph::store::Store;
use oxigraph::model::{GraphName, Literal, NamedNode, Quad, Term};
use serde_json::Value;

use crate::hostile_terms::{draw, prefixes, quads};
use crate::support::{Scratch, has_python, python, report};

fn written(quads: &[Quad], format: Format) -> Result<Vec<u8>, ExportError> {
    let mut bytes = Vec::new();
    let result = write_quads(quads, format, &prefixes(), &mut bytes);
    assert!(result.is_ok() || bytes.is_empty(), "what is refused leaves nothing behind");
    result.map(|()| bytes)
}

/// A statement as the reader tells one.
fn told(quad: &Quad, graphs: bool) -> String {
    let object = match &quad.object {
        Term::NamedNode(node) => serde_json::json!(["iri", node.as_str()]),
        Term::Literal(literal) => {
            let tag = literal.language().unwrap_or_default().to_lowercase();
            let kind = if tag.is_empty() { literal.datatype().as_str() } else { "" };
            serde_json::json!(["literal", literal.value(), tag, kind])
        }
        Term::BlankNode(_) => serde_json::json!(["blank"]),
    };
    let graph = match &quad.graph_name {
        GraphName::NamedNode(node) if graphs => node.as_str(),
        _ => "",
    };
    serde_json::json!([subject(quad), ["iri", quad.predicate.as_str()], object, graph]).to_string()
}

fn subject(quad: &Quad) -> Value {
    match &quad.subject {
        oxigraph::model::NamedOrBlankNode::NamedNode(node) => serde_json::json!(["iri", node.as_str()]),
        oxigraph::model::NamedOrBlankNode::BlankNode(_) => serde_json::json!(["blank"]),
    }
}

#[test]
fn any_graph_of_hostile_terms_is_read_by_another_reader_as_it_was_or_refused() {
    let scratch = Scratch::bare("");
    let mut expected: Vec<(String, BTreeSet<String>)> = Vec::new();
    let mut refused = 0;
    for (number, quads) in draw(&quads(), 150).into_iter().enumerate() {
        for facts in FORMATS {
            let mut quads = quads.clone();
            if !facts.graphs {
                quads.iter_mut().for_each(|quad| quad.graph_name = GraphName::DefaultGraph);
            }
            let bytes = loop {
                match written(&quads, facts.format) {
                    Ok(bytes) => break bytes,
                    Err(ExportError::Refused(refusal)) => {
                        assert_eq!(facts.format, Format::RdfXml, "{refusal}");
                        assert!(refusal.to_string().contains(&refusal.term) && refusal.others().contains("turtle"), "{refusal}");
                        quads.retain(|quad| *quad != refusal.statement);
                        refused += 1;
                    }
                    Err(other) => panic!("{other}"),
                }
            };
            let file = format!("{number}.{}", facts.ending);
            scratch.write(&file, &bytes);
            expected.push((file, quads.iter().map(|quad| told(quad, facts.graphs)).collect()));
        }
    }
    assert!(refused > 30, "{refused} statements refused");
    if !has_python("rdflib") {
        return;
    }
    let mut faults = Vec::new();
    for some in expected.chunks(150) {
        let files: Vec<&str> = some.iter().map(|(file, _)| file.as_str()).collect();
        let read = python("tests/formats/rdf.py", &scratch, &files);
        for (file, expected) in some {
            let found: BTreeSet<String> = match &read[file] {
                Value::Array(quads) => quads.iter().map(Value::to_string).collect(),
                other => {
                    faults.push(format!("{file}: {other}\n{}", std::fs::read_to_string(scratch.path().join(file)).unwrap_or_default()));
                    continue;
                }
            };
            if found != *expected {
                let (lost, new): (Vec<_>, Vec<_>) = (expected.difference(&found).collect(), found.difference(expected).collect());
                faults.push(format!("{file}: not read {lost:?}\nread instead {new:?}"));
            }
        }
    }
    faults.iter_mut().for_each(|fault| *fault = fault.chars().take(1500).collect());
    report(faults);
}

fn refusal(property: &str, object: Term, format: Format) -> String {
    let ex = |name: &str| NamedNode::new_unchecked(format!("http://example.org/{name}"));
    let quads = [Quad::new(ex("s"), NamedNode::new_unchecked(property), object, ex("source/r/1"))];
    match written(&quads, format) {
        Err(error) => error.to_string(),
        Ok(bytes) => panic!("written: {}", String::from_utf8_lossy(&bytes)),
    }
}

#[test]
fn a_refusal_says_the_term_the_thing_the_reason_and_the_place() {
    let plain = || Term::from(Literal::from("x"));
    for (property, object, words) in [
        ("http://example.org/12", plain(), "rdfxml cannot hold the property <http://example.org/12> of <http://example.org/s>"),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#li", plain(), "keeps this name for itself"),
        ("http://example.org/p", Literal::from("a\u{1}b").into(), "no way to write the character U+0001"),
        ("http://example.org/p", Literal::new_language_tagged_literal_unchecked("x", "en us").into(), "the language tag `en us`"),
        ("http://example.org/p", NamedNode::new_unchecked("http://example.org/a b").into(), "an IRI may not hold the character ' '"),
    ] {
        let said = refusal(property, object, Format::RdfXml);
        assert!(said.contains(words) && said.contains("stated at http:ource/r/1"), "{said}");
    }
    for format in [Format::Turtle, Format::Trig, Format::NQuads, Format::NTriples, Format::JsonLd] {
        let said = refusal("http://example.org/a>b", plain(), format);
        assert!(said.contains("may not hold the character '>'"), "{said}");
    }
}

#[test]
fn an_export_with_graphs_holds_the_default_graph_too_or_what_is_asked_for() {
    let scratch = Scratch::small();
    scratch.write("data/s/1.yaml", "section: \"1\"\nOrganization: [{ id: a, name: \"A\" }]\n");
    let dataset = scratch.make().dataset.expect("a graph");
    let store = Store::from(dataset);
    let count = |graphs: Graphs, format: Format| {
        let mut bytes = Vec::new();
        let said = civigraph::export::write(&store, format, graphs, &prefixes(), &mut bytes).expect("it is written");
        let lines = String::from_utf8(bytes).expect("text");
        if format == Format::NQuads {
            assert_eq!(lines.lines().count(), said);
        }
        said
    };
    for format in [Format::NQuads, Format::Trig] {
        let (all, merged, cited) = (count(Graphs::All, format), count(Graphs::Default, format), count(Graphs::Named, format));
        assert!(merged > 0 && cited > 0);
        assert_eq!(all, merged + cited);
    }
}
