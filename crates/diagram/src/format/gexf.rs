//! GEXF 1.3 for Gephi: typed attributes, colours and places, and the time of nodes and ties as `start` and `end`.
//!
//! GEXF knows one start and one end. The widest span is written there (earliest start, latest end), so that nothing that may have held
//! is hidden by Gephi's time filter; all four bounds stand in the attributes. Whether a tie has a direction is an attribute too, since
//! networkx refuses a file with both kinds of edges.

use std::fmt::Write as _;

use super::svg::number;
use super::table::{self, Column, NODE_COLUMNS, TIE_COLUMNS, Value};
use crate::graph::{Graph, TimeSpan};
use crate::plan::Plan;
use crate::scene::Scene;
use crate::style::Style;
use crate::text::{escape, escape_exactly, one_line};
use crate::{DiagramError, Options};

/// The graph in GEXF.
pub(super) fn graph(graph: &Graph, style: &Style, scene: &Scene, options: &Options) -> Result<String, DiagramError> {
    let plan = Plan::new(graph, style, options)?;
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gexf xmlns=\"http://gexf.net/1.3\" xmlns:viz=\"http://gexf.net/1.3/viz\" version=\"1.3\">\n  <meta>\n    <creator>civigraph</creator>\n",
    );
    let _ = writeln!(xml, "    <description>{}</description>\n  </meta>", escape(&one_line(&graph.title)));
    let dated = graph.nodes.iter().map(|n| &n.bounds).chain(graph.ties.iter().map(|t| &t.bounds)).any(|b| !span(b.as_ref()).is_empty())
        || graph.nodes.iter().any(|n| !n.spans.is_empty());
    let mode = if dated { "mode=\"dynamic\" timeformat=\"date\"" } else { "mode=\"static\"" };
    let _ = writeln!(xml, "  <graph defaultedgetype=\"directed\" {mode}>");
    for (class, columns) in [("node", &NODE_COLUMNS[1..]), ("edge", &TIE_COLUMNS[1..])] {
        let _ = writeln!(xml, "    <attributes class=\"{class}\" mode=\"static\">");
        for (name, kind) in columns {
            let _ = writeln!(xml, "      <attribute id=\"{name}\" title=\"{name}\" type=\"{kind}\"/>");
        }
        xml.push_str("    </attributes>\n");
    }
    xml.push_str("    <nodes>\n");
    for spot in &plan.nodes {
        let node = &graph.nodes[spot.index];
        let label = crate::plan::whole_label(graph, spot.index);
        let _ = writeln!(
            xml,
            "      <node id=\"{}\" label=\"{}\"{}>",
            escape_exactly(&node.id),
            escape_exactly(label),
            span(node.bounds.as_ref())
        );
        values(&mut xml, &NODE_COLUMNS[1..], table::node(graph, scene, spot.index).split_off(1));
        if !node.spans.is_empty() {
            xml.push_str("        <spells>\n");
            for dated in &node.spans {
                let _ = writeln!(xml, "          <spell{}/>", span(Some(&dated.span)));
            }
            xml.push_str("        </spells>\n");
        }
        let c = spot.look.stroke;
        let _ = writeln!(xml, "        <viz:color r=\"{}\" g=\"{}\" b=\"{}\"/>", c.0, c.1, c.2);
        if let Some(p) = scene.places.get(spot.index).copied().flatten().map(|r| r.centre()) {
            let _ = writeln!(xml, "        <viz:position x=\"{}\" y=\"{}\" z=\"0\"/>", number(p.x), number(scene.height - p.y));
        }
        let _ = writeln!(xml, "        <viz:size value=\"{}\"/>\n      </node>", number(spot.font));
    }
    xml.push_str("    </nodes>\n    <edges>\n");
    for (k, t) in table::ties(&plan).into_iter().enumerate() {
        let tie = &graph.ties[t];
        let (from, to) = (escape_exactly(&graph.nodes[tie.from].id), escape_exactly(&graph.nodes[tie.to].id));
        let label = escape_exactly(crate::plan::whole_reading(tie));
        let _ = writeln!(xml, "      <edge id=\"e{k}\" source=\"{from}\" target=\"{to}\" label=\"{label}\"{}>", span(tie.bounds.as_ref()));
        values(&mut xml, &TIE_COLUMNS[1..], table::tie(tie).split_off(1));
        xml.push_str("      </edge>\n");
    }
    xml.push_str("    </edges>\n  </graph>\n</gexf>\n");
    Ok(xml)
}

fn span(span: Option<&TimeSpan>) -> String {
    let Some(span) = span else { return String::new() };
    let start = span.earliest_start.map(|d| format!(" start=\"{d}\"")).unwrap_or_default();
    let end = span.latest_end.map(|d| format!(" end=\"{d}\"")).unwrap_or_default();
    start + &end
}

fn values(xml: &mut String, columns: &[Column], row: Vec<Option<Value>>) {
    xml.push_str("        <attvalues>\n");
    for ((name, _), value) in columns.iter().zip(row) {
        let Some(value) = value.map(|value| value.xml()) else { continue };
        let _ = writeln!(xml, "          <attvalue for=\"{name}\" value=\"{value}\"/>");
    }
    xml.push_str("        </attvalues>\n");
}
