//! GraphML, with every attribute typed: for networkx, igraph, yEd, Gephi.

use std::fmt::Write as _;

use super::table::{self, Column, NODE_COLUMNS, TIE_COLUMNS, Value};
use crate::graph::Graph;
use crate::plan::Plan;
use crate::scene::Scene;
use crate::style::Style;
use crate::text::{escape, escape_exactly};
use crate::{DiagramError, Options};

/// The graph in GraphML.
pub(super) fn graph(graph: &Graph, style: &Style, scene: &Scene, options: &Options) -> Result<String, DiagramError> {
    let plan = Plan::new(graph, style, options)?;
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd\">\n",
    );
    let _ = writeln!(xml, "  <key id=\"g_title\" for=\"graph\" attr.name=\"title\" attr.type=\"string\"/>");
    let mut keys = |domain: &str, columns: &[Column]| {
        for (name, kind) in columns {
            let _ = writeln!(xml, "  <key id=\"{domain}_{name}\" for=\"{domain}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>");
        }
    };
    keys("node", &NODE_COLUMNS);
    keys("edge", &TIE_COLUMNS);
    xml.push_str("  <graph id=\"civigraph\" edgedefault=\"directed\">\n");
    let _ = writeln!(xml, "    <data key=\"g_title\">{}</data>", escape(&crate::text::one_line(&graph.title)));
    for spot in &plan.nodes {
        let _ = writeln!(xml, "    <node id=\"{}\">", escape_exactly(&graph.nodes[spot.index].id));
        data(&mut xml, "node", &NODE_COLUMNS, table::node(graph, scene, spot.index));
        xml.push_str("    </node>\n");
    }
    for (k, t) in table::ties(&plan).into_iter().enumerate() {
        let tie = &graph.ties[t];
        let end = |v: usize| escape_exactly(&graph.nodes[v].id);
        // networkx refuses a graph with both kinds, so "undirected" is an attribute and not GraphML's own.
        let _ = writeln!(xml, "    <edge id=\"e{k}\" source=\"{}\" target=\"{}\">", end(tie.from), end(tie.to));
        data(&mut xml, "edge", &TIE_COLUMNS, table::tie(tie));
        xml.push_str("    </edge>\n");
    }
    xml.push_str("  </graph>\n</graphml>\n");
    Ok(xml)
}

fn data(xml: &mut String, domain: &str, columns: &[Column], row: Vec<Option<Value>>) {
    for ((name, _), value) in columns.iter().zip(row) {
        let Some(value) = value.map(|value| value.xml()) else { continue };
        let _ = writeln!(xml, "      <data key=\"{domain}_{name}\">{value}</data>");
    }
}
