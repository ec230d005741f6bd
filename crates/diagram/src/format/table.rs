//! The graph as typed columns: what GraphML, GEXF and Cytoscape write of each node and tie, told once. Texts are as they were written,
//! whole: these files are computed with.

use crate::graph::{Graph, Line, Node, Tie, TimeSpan};
use crate::plan::{Plan, whole_label, whole_reading};
use crate::scene::Scene;
use crate::text::{escape_exactly, one_line};

/// A typed value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(f64),
    Truth(bool),
}

impl Value {
    /// As text between XML's tags or in its attributes.
    pub(super) fn xml(&self) -> String {
        match self {
            Self::Text(text) => escape_exactly(text),
            Self::Number(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string(),
        }
    }
}

/// A column's name and type: "string", "double" or "boolean", which GraphML and GEXF spell alike.
pub(super) type Column = (&'static str, &'static str);

pub(super) const NODE_COLUMNS: [Column; 25] = [
    ("label", "string"),
    ("iri", "string"),
    ("class", "string"),
    ("classLabel", "string"),
    ("group", "string"),
    ("groupLabel", "string"),
    ("line", "string"),
    ("note", "string"),
    ("weight", "double"),
    ("x", "double"),
    ("y", "double"),
    ("facts", "string"),
    ("citations", "string"),
    ("when", "string"),
    ("earliestStart", "string"),
    ("latestStart", "string"),
    ("earliestEnd", "string"),
    ("latestEnd", "string"),
    ("measure", "string"),
    ("value", "double"),
    ("qualifier", "string"),
    ("minimum", "double"),
    ("maximum", "double"),
    ("outOf", "double"),
    ("unit", "string"),
];

pub(super) const TIE_COLUMNS: [Column; 19] = [
    ("label", "string"),
    ("relation", "string"),
    ("relationLabel", "string"),
    ("directed", "boolean"),
    ("line", "string"),
    ("note", "string"),
    ("amount", "double"),
    ("qualifier", "string"),
    ("currency", "string"),
    ("citations", "string"),
    ("when", "string"),
    ("earliestStart", "string"),
    ("latestStart", "string"),
    ("earliestEnd", "string"),
    ("latestEnd", "string"),
    ("claim", "string"),
    ("countedAs", "string"),
    ("disputed", "string"),
    ("alsoNamedIn", "string"),
];

/// What is said of a node, in the order of the columns; none where nothing is said.
pub(super) fn node(graph: &Graph, scene: &Scene, index: usize) -> Vec<Option<Value>> {
    let node: &Node = &graph.nodes[index];
    let place = scene.places.get(index).copied().flatten().map(|r| r.centre());
    let facts: Vec<String> = node.facts.iter().map(|f| format!("{}: {}", one_line(&f.label), one_line(&f.told()))).collect();
    let mut row = vec![
        text(whole_label(graph, index)),
        text(&node.iri),
        text(&node.class),
        text(&node.class_label),
        node.group.as_ref().and_then(|g| text(&g.key)),
        node.group.as_ref().and_then(|g| text(&g.label)),
        text(line(node.line)),
        node.note.as_deref().and_then(text),
        node.weight.is_finite().then_some(Value::Number(node.weight)),
        place.map(|p| Value::Number((p.x * 100.0).round() / 100.0)),
        place.map(|p| Value::Number((p.y * 100.0).round() / 100.0)),
        text(&facts.join("; ")),
        text(&citations(&node.citations)),
    ];
    row.extend(when(node.bounds.as_ref()));
    let figure = node.measured.as_ref();
    let number = |n: Option<f64>| n.filter(|n| n.is_finite()).map(Value::Number);
    row.extend([
        figure.and_then(|f| text(&f.measure.label)),
        figure.and_then(|f| number(f.value)),
        figure.and_then(|f| text(f.qualifier.name())),
        figure.and_then(|f| number(f.low)),
        figure.and_then(|f| number(f.high)),
        figure.and_then(|f| number(f.out_of)),
        figure.and_then(|f| text(&f.unit)),
    ]);
    row
}

/// What is said of a tie, in the order of the columns.
pub(super) fn tie(tie: &Tie) -> Vec<Option<Value>> {
    let amount = tie.amount.as_ref();
    let mut row = vec![
        text(whole_reading(tie)),
        text(&tie.relation),
        text(&tie.relation_label),
        Some(Value::Truth(tie.directed)),
        text(line(tie.line)),
        tie.note.as_deref().and_then(text),
        amount.and_then(|a| a.value).filter(|v| v.is_finite()).map(Value::Number),
        amount.and_then(|a| text(a.qualifier.name())),
        amount.and_then(|a| text(&a.currency)),
        text(&citations(&tie.citations)),
    ];
    row.extend(when(tie.bounds.as_ref()));
    row.extend([text(&tie.claim), text(&tie.counted_as), text(&tie.disputed.join("; ")), text(&citations(&tie.also))]);
    row
}

fn line(line: Line) -> &'static str {
    match line {
        Line::Solid => "solid",
        Line::Dashed => "dashed",
        Line::Dotted => "dotted",
    }
}

fn when(span: Option<&TimeSpan>) -> [Option<Value>; 5] {
    let day = |d: Option<crate::Day>| d.map(|d| Value::Text(d.to_string()));
    span.map_or([const { None }; 5], |s| {
        [text(&s.label), day(s.earliest_start), day(s.latest_start), day(s.earliest_end), day(s.latest_end)]
    })
}

fn citations(list: &[crate::Citation]) -> String {
    let said: Vec<String> = list.iter().map(|c| [one_line(&c.label), one_line(&c.iri)].join(" ").trim().to_owned()).collect();
    said.join("; ")
}

fn text(value: &str) -> Option<Value> {
    (!value.trim().is_empty()).then(|| Value::Text(value.to_owned()))
}

/// The drawn ties in the plan's order.
pub(super) fn ties(plan: &Plan) -> Vec<usize> {
    plan.strands.iter().flat_map(|s| s.ties.iter().copied()).collect()
}
