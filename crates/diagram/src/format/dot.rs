//! DOT for Graphviz: nodes with their figures and places, groups as clusters, every text quoted by us.
//!
//! graphviz-rust prints the structures but escapes nothing, so every id and value passes through [`quoted`]: a label can never
//! become a node. Names stand there whole, in lines of a box's width.

use std::collections::BTreeMap;

use graphviz_rust::dot_structures as dot;
use graphviz_rust::printer::{DotPrinter, PrinterContext};

use super::svg::number;
use crate::graph::{Graph, Line};
use crate::plan::{LABEL_SIZE, Plan, full_label};
use crate::scene::Scene;
use crate::style::{Figure, Style};
use crate::text::{Weight, is_xml};
use crate::{DiagramError, Direction, Options};

/// The width of a label's lines.
const ROOM: f64 = 150.0;
/// The longest piece of a string, in bytes: Graphviz reads none beyond 16,384, and adds pieces together.
const PIECE: usize = 8_000;

/// The graph in DOT. Places are in points with y upwards, as Graphviz counts, so that `neato -n` keeps the picture.
pub(super) fn graph(graph: &Graph, style: &Style, scene: &Scene, options: &Options) -> Result<String, DiagramError> {
    let plan = Plan::new(graph, style, options)?;
    let direction = if options.direction == Direction::Right { "LR" } else { "TB" };
    let theme = options.theme;
    let mut stmts = vec![
        attributes(
            "graph",
            vec![
                text("label", &graph.title),
                plain("labelloc", "t"),
                plain("rankdir", direction),
                plain("overlap", "false"),
                plain("outputorder", "edgesfirst"),
                text("fontname", "DejaVu Sans"),
                text("bgcolor", &theme.ground().to_string()),
                text("fontcolor", &theme.ink().to_string()),
            ],
        ),
        attributes("node", vec![text("fontname", "DejaVu Sans"), plain("fontsize", "11"), text("style", "filled")]),
        attributes("edge", vec![text("fontname", "DejaVu Sans"), plain("fontsize", "9")]),
    ];
    let mut clusters: BTreeMap<usize, Vec<dot::Stmt>> = BTreeMap::new();
    for (k, spot) in plan.nodes.iter().enumerate() {
        let node = &graph.nodes[spot.index];
        let shape = Figure::TABLE.iter().find(|row| row.0 == spot.look.figure).map_or("box", |row| row.2);
        let rounded = if spot.look.figure == Figure::Rounded { "rounded,filled" } else { "filled" };
        let mut attributes = vec![
            text(
                "label",
                &lines(
                    &plan,
                    &format!("{}{}", full_label(graph, spot.index), plan.tail(spot.index, &plan.node_numbers(spot.index))),
                    spot.font,
                    ROOM,
                ),
            ),
            text("tooltip", &spot.title),
            plain("shape", shape),
            text("style", rounded),
            text("fillcolor", &spot.look.fill.to_string()),
            text("color", &spot.look.stroke.to_string()),
            text("fontcolor", &spot.look.ink.to_string()),
            text("class", &node.class),
        ];
        if is_link(&node.iri) {
            attributes.push(text("URL", &node.iri));
        }
        if let Some(place) = scene.places.get(spot.index).copied().flatten() {
            let middle = place.centre();
            attributes.push(text("pos", &format!("{},{}", number(middle.x * 0.75), number((scene.height - middle.y) * 0.75))));
        }
        let stmt = dot::Stmt::Node(dot::Node { id: name(k), attributes });
        match spot.group.filter(|_| options.hulls) {
            Some(g) => clusters.entry(g).or_default().push(stmt),
            None => stmts.push(stmt),
        }
    }
    for (g, mut members) in clusters {
        let band = &plan.groups[g];
        members.insert(0, dot::Stmt::Attribute(text("label", &band.group.label)));
        members.insert(1, dot::Stmt::Attribute(text("color", &band.hue.to_string())));
        stmts.push(dot::Stmt::Subgraph(dot::Subgraph { id: dot::Id::Plain(format!("cluster_{g}")), stmts: members }));
    }
    for strand in &plan.strands {
        let direction = match strand.heads {
            (false, false) => "none",
            (false, true) => "forward",
            (true, false) => "back",
            (true, true) => "both",
        };
        let line = match strand.line {
            Line::Solid => "solid",
            Line::Dashed => "dashed",
            Line::Dotted => "dotted",
        };
        let attributes = vec![
            text("label", &lines(&plan, &strand.whole, LABEL_SIZE, 118.0)),
            text("tooltip", &strand.sentences.join("; ")),
            plain("dir", direction),
            plain("style", line),
            text("color", &strand.look.ink.to_string()),
            text("fontcolor", &strand.look.text.to_string()),
        ];
        let ends = dot::EdgeTy::Pair(dot::Vertex::N(name(strand.from)), dot::Vertex::N(name(strand.to)));
        stmts.push(dot::Stmt::Edge(dot::Edge { ty: ends, attributes }));
    }
    let whole = dot::Graph::DiGraph { id: dot::Id::Plain("civigraph".to_owned()), strict: false, stmts };
    let mut printed = whole.print(&mut PrinterContext::default());
    printed.push('\n');
    Ok(printed)
}

fn lines(plan: &Plan, label: &str, size: f64, room: f64) -> String {
    let (lines, _) = plan.ruler.wrap(label, size, Weight::Regular, room, usize::MAX);
    lines.into_iter().map(|line| line.text).collect::<Vec<_>>().join("\n")
}

/// What a tool may open by a click: the web, nothing else; no address that is reserved for examples and leads nowhere (RFC 2606).
pub(super) fn is_link(iri: &str) -> bool {
    let Some(rest) = iri.strip_prefix("https://").or_else(|| iri.strip_prefix("http://")) else { return false };
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_ascii_lowercase();
    let within = |name: &str| host == name || host.strip_suffix(name).is_some_and(|front| front.ends_with('.'));
    !["example.org", "example.com", "example.net", "example", "test", "invalid", "localhost"].into_iter().any(within)
}

fn name(k: usize) -> dot::NodeId {
    dot::NodeId(dot::Id::Plain(format!("n{k}")), None)
}

fn plain(key: &str, value: &str) -> dot::Attribute {
    dot::Attribute(dot::Id::Plain(key.to_owned()), dot::Id::Plain(value.to_owned()))
}

fn text(key: &str, value: &str) -> dot::Attribute {
    dot::Attribute(dot::Id::Plain(key.to_owned()), dot::Id::Escaped(quoted(value)))
}

fn attributes(of: &str, list: Vec<dot::Attribute>) -> dot::Stmt {
    dot::Stmt::GAttribute(dot::GraphAttributes::new(of, list))
}

/// A quoted string of DOT, in pieces if it is long. A backslash is doubled, since `\N` and the like mean something to Graphviz.
fn quoted(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len() + 2);
    let mut begun = 0;
    quoted.push('"');
    for c in value.chars() {
        if quoted.len() - begun > PIECE {
            quoted.push_str("\" + \"");
            begun = quoted.len();
        }
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => {}
            // Graphviz reads entities in labels.
            '&' => quoted.push_str("&amp;"),
            c if !is_xml(c) => quoted.push('\u{fffd}'),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
