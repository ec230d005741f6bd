//! Cytoscape JSON (`.cyjs`): elements with data and positions, for Cytoscape and Cytoscape.js.

use serde_json::{Map, Value as Json, json};

use super::table::{self, Column, NODE_COLUMNS, TIE_COLUMNS, Value};
use crate::graph::Graph;
use crate::plan::Plan;
use crate::scene::Scene;
use crate::style::Style;
use crate::{DiagramError, Options};

/// The graph as Cytoscape's elements.
pub(super) fn graph(graph: &Graph, style: &Style, scene: &Scene, options: &Options) -> Result<String, DiagramError> {
    let plan = Plan::new(graph, style, options)?;
    let nodes: Vec<Json> = plan
        .nodes
        .iter()
        .map(|spot| {
            let mut data = data(&NODE_COLUMNS, table::node(graph, scene, spot.index));
            data.insert("id".to_owned(), json!(graph.nodes[spot.index].id));
            let (x, y) = (data.shift_remove("x"), data.shift_remove("y"));
            data.insert("fill".to_owned(), json!(spot.look.fill.to_string()));
            data.insert("stroke".to_owned(), json!(spot.look.stroke.to_string()));
            json!({ "data": data, "position": { "x": x.unwrap_or(json!(0)), "y": y.unwrap_or(json!(0)) } })
        })
        .collect();
    let edges: Vec<Json> = table::ties(&plan)
        .into_iter()
        .enumerate()
        .map(|(k, t)| {
            let tie = &graph.ties[t];
            let mut data = data(&TIE_COLUMNS, table::tie(tie));
            data.insert("id".to_owned(), json!(format!("edge:{k}")));
            data.insert("source".to_owned(), json!(graph.nodes[tie.from].id));
            data.insert("target".to_owned(), json!(graph.nodes[tie.to].id));
            json!({ "data": data })
        })
        .collect();
    let whole = json!({
        "format_version": "1.0",
        "generated_by": "civigraph",
        "data": { "name": crate::text::one_line(&graph.title) },
        "elements": { "nodes": nodes, "edges": edges },
    });
    let mut text = serde_json::to_string_pretty(&whole).map_err(|e| DiagramError::Format { format: "cytoscape", reason: e.to_string() })?;
    text.push('\n');
    Ok(text)
}

fn data(columns: &[Column], row: Vec<Option<Value>>) -> Map<String, Json> {
    let mut data = Map::new();
    for ((name, _), value) in columns.iter().zip(row) {
        match value {
            None => {}
            Some(Value::Text(text)) => drop(data.insert((*name).to_owned(), json!(text))),
            Some(Value::Number(number)) => drop(data.insert((*name).to_owned(), json!(number))),
            Some(Value::Truth(truth)) => drop(data.insert((*name).to_owned(), json!(truth))),
        }
    }
    data
}
