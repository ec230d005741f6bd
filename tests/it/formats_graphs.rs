//! Graphs whose names are hostile, written in every format of diagrams and read by readers that had no part in the writing: networkx, lxml,
//! openpyxl and Graphviz. Names are whole and what they were.

use std::collections::BTreeMap;
use std::process::Command;

use civigraph::diagram::{Format, Graph, Group, Line, Node, Options, Style, Tie, lay_out};
use serde_json::{Value, json};

use crate::hostile_terms::{MARKED, draw, text};
use crate::support::{Scratch, has_python, python, report};

/// Graphs of a few things each: marked names first, then names by chance.
fn graphs() -> Vec<Graph> {
    let mut names: Vec<String> = MARKED.iter().map(|&name| name.to_owned()).collect();
    names.extend(draw(&text(), 120));
    names.chunks(12).map(graph).collect()
}

pub fn graph(names: &[String]) -> Graph {
    let node = |(n, name): (usize, &String)| Node {
        id: format!("n{n:02}"),
        iri: format!("https://example.org/id/n{n}"),
        label: name.clone(),
        class: "https://example.org/ns#C".to_owned(),
        class_label: names[0].clone(),
        group: (n % 3 == 0).then(|| Group { key: "g".to_owned(), label: name.clone() }),
        line: if n == 1 { Line::Dashed } else { Line::Solid },
        note: (n == 1).then(|| names[1].clone()),
        ..Node::default()
    };
    let tie = |n: usize| Tie {
        from: n,
        to: n + 1,
        label: names[n].clone(),
        relation: format!("https://example.org/ns#r{}", n % 2),
        relation_label: "knows".to_owned(),
        directed: true,
        ..Tie::default()
    };
    Graph {
        title: names[names.len() - 1].clone(),
        nodes: names.iter().enumerate().map(node).collect(),
        ties: (0..names.len() - 1).map(tie).collect(),
        ..Graph::default()
    }
}

fn written(graph: &Graph, format: Format) -> Vec<u8> {
    let (style, options) = (Style::default(), Options::default());
    let scene = lay_out(graph, &style, &options).expect("a scene");
    let mut bytes = Vec::new();
    format.write(graph, &style, &scene, &options, &mut bytes).expect("it is written");
    bytes
}

/// A name as a file of a format holds it: what is missing is the id; what XML cannot hold is seen as `\u{fffd}`.
fn held(name: &str, id: &str, xml: bool) -> String {
    let name = if name.trim().is_empty() { id } else { name };
    if xml { name.chars().map(|c| if civigraph::text::is_xml(c) { c } else { '\u{fffd}' }).collect() } else { name.to_owned() }
}

/// A name as a page shows it.
pub fn shown(name: &str, id: &str) -> String {
    let line = civigraph::text::one_line(name);
    if line.is_empty() { id.to_owned() } else { line }
}

/// Space is one space, as pages and pictures have it.
pub fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn any_graph_of_hostile_names_is_read_by_another_reader_as_it_was() {
    let scratch = Scratch::bare("");
    let graphs = graphs();
    let mut files: Vec<String> = Vec::new();
    let dot = Command::new("dot").arg("-V").output().is_ok();
    if !dot {
        println!("skipped: reading DOT (Graphviz is not installed)");
    }
    for (number, graph) in graphs.iter().enumerate() {
        for format in [Format::Graphml, Format::Gexf, Format::Cytoscape, Format::Svg, Format::Html, Format::Xlsx, Format::Dot] {
            if format == Format::Dot && !dot {
                continue;
            }
            let file = format!("{number}.{}", format.extension());
            scratch.write(&file, written(graph, format));
            files.push(file);
        }
    }
    if !["networkx", "openpyxl", "lxml"].into_iter().all(has_python) {
        return;
    }
    let read = python("tests/formats/graphs.py", &scratch, &files.iter().map(String::as_str).collect::<Vec<_>>());
    let mut faults = Vec::new();
    for file in &files {
        let (number, kind) = file.split_once('.').expect("an ending");
        let graph = &graphs[number.parse::<usize>().expect("a number")];
        let found = &read[file];
        if !found.is_object() {
            faults.push(format!("{file}: {found}"));
            continue;
        }
        let mut hold = |what: &str, found: &Value, expected: Value| {
            if *found != expected {
                faults.push(format!("{file} {what}: {}", difference(found, &expected)));
            }
        };
        let data = |name: &str, id: &str| held(name, id, kind != "cyjs");
        let all = |each: &dyn Fn(&str, &str) -> String| -> Value {
            let names: BTreeMap<&str, String> = graph.nodes.iter().map(|node| (node.id.as_str(), each(&node.label, &node.id))).collect();
            json!(names)
        };
        let ties = |reading: &dyn Fn(&Tie) -> String| -> Value {
            let id = |n: usize| graph.nodes[n].id.clone();
            let mut ties: Vec<Vec<String>> = graph.ties.iter().map(|tie| vec![id(tie.from), id(tie.to), reading(tie)]).collect();
            ties.sort();
            json!(ties)
        };
        match kind {
            "graphml" | "gexf" | "cyjs" => {
                hold("names", &found["nodes"], all(&data));
                hold("ties", &found["ties"], ties(&|tie| held(&tie.label, &tie.relation_label, kind != "cyjs")));
            }
            "xlsx" => {
                hold("names", &found["nodes"], all(&|name, id| held(name, id, false)));
                hold("ties", &found["ties"], ties(&|tie| held(&tie.label, &tie.relation_label, false)));
            }
            "html" => {
                hold("names", &found["nodes"], all(&shown));
                hold("ties", &found["ties"], ties(&|tie| shown(&tie.label, &tie.relation_label)));
                hold("scripts", &found["scripts"], json!(1));
                hold("handlers", &found["on"], json!([]));
                let links = found["links"].as_array().cloned().unwrap_or_default();
                let odd: Vec<&Value> = links
                    .iter()
                    .filter(|link| !link.as_str().is_some_and(|link| link == "#table" || link.starts_with("https://")))
                    .collect();
                hold("links", &json!(odd), json!([]));
            }
            "svg" => {
                hold("elements", &found["odd"], json!([]));
                let caption = civigraph::text::one_line(&graph.nodes[0].class_label);
                // Pointing at a thing names its kind and its group.
                let group = |node: &Node| {
                    let label = node.group.as_ref().map(|group| civigraph::text::one_line(&group.label)).unwrap_or_default();
                    if label.is_empty() || label == caption { String::new() } else { format!(" · {label}") }
                };
                let kind = if caption.is_empty() { String::new() } else { format!(" ({caption})") };
                let told = |node: &Node| format!("{}{kind}{}", shown(&node.label, &node.id), group(node));
                let names: BTreeMap<&str, String> = graph.nodes.iter().map(|node| (node.id.as_str(), told(node))).collect();
                hold("names", &found["nodes"], json!(names));
                // A letter of the other direction does not turn the words around a name.
                let called = |n: usize| shown(&graph.nodes[n].label, &graph.nodes[n].id);
                let told = |tie: &Tie| format!("{} {} {}", called(tie.from), shown(&tie.label, &tie.relation_label), called(tie.to));
                let bare = |text: String| text.replace(['\u{2068}', '\u{2069}'], "");
                let found: Vec<Vec<String>> = serde_json::from_value(found["ties"].clone()).expect("ties");
                let found: Vec<Vec<String>> = found.into_iter().map(|tie| tie.into_iter().map(bare).collect()).collect();
                // A line and its label are two marks of one tie.
                let found = sorted(found);
                let found: Vec<&Vec<String>> = found.iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect();
                let Value::Array(expected) = ties(&told) else { continue };
                let expected: Vec<Vec<String>> = expected
                    .into_iter()
                    .map(|tie| serde_json::from_value::<Vec<String>>(tie).expect("a tie").into_iter().map(bare).collect())
                    .collect();
                hold("ties", &json!(found), json!(sorted(expected)));
            }
            _ => {
                // Words longer than a line are parted; Graphviz tells a label as it stands in the file.
                let raw = |label: &Value| {
                    let label = spaced(&label.as_str().unwrap_or_default().replace("\\n", " "));
                    label.replace(' ', "").replace("\\\\", "\\").replace("&amp;", "&")
                };
                let bare = |name: &str, id: &str| spaced(&shown(name, id)).replace(' ', "");
                let labels: Vec<String> = found["labels"].as_array().into_iter().flatten().map(raw).collect();
                let expected: Vec<String> = graph.nodes.iter().map(|node| bare(&node.label, &node.id)).collect();
                let labelled: Vec<String> = found["ties"].as_array().into_iter().flatten().map(|tie| raw(&tie[2])).collect();
                let reading: Vec<String> = graph.ties.iter().map(|tie| bare(&tie.label, &tie.relation_label)).collect();
                hold("ties", &json!(sorted(labelled)), json!(sorted(reading)));
                hold("names", &json!(labels), json!(expected));
            }
        }
    }
    report(faults);
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}

fn difference(found: &Value, expected: &Value) -> String {
    let parts = |value: &Value| -> Vec<String> {
        match value {
            Value::Object(map) => map.iter().map(|(key, value)| format!("{key} {value}")).collect(),
            Value::Array(list) => list.iter().map(Value::to_string).collect(),
            other => vec![other.to_string()],
        }
    };
    let (found, expected) = (parts(found), parts(expected));
    let odd = found.iter().filter(|part| !expected.contains(part)).take(3).map(|part| format!("{part:.300}")).collect::<Vec<_>>();
    let lost = expected.iter().filter(|part| !found.contains(part)).take(3).map(|part| format!("{part:.300}")).collect::<Vec<_>>();
    format!("{odd:?}\n  is not {lost:?}")
}

#[test]
fn what_is_longer_than_a_spreadsheets_cell_is_seen_to_be_cut_and_nothing_else_is() {
    let long = "name ".repeat(8_000);
    let graph = graph(&[long.clone(), "other".to_owned()]);
    for format in [Format::Graphml, Format::Gexf, Format::Cytoscape] {
        assert!(String::from_utf8(written(&graph, format)).expect("text").contains(long.trim_end()), "{format:?}");
    }
    let dot = String::from_utf8(written(&graph, Format::Dot)).expect("text");
    assert!(dot.split('"').all(|piece| piece.len() < 16_000), "no piece longer than Graphviz reads");
}
