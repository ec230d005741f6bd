//! Mermaid: a flowchart for Markdown pages. Texts are quoted and everything Mermaid could read as markup is written as an entity.

use std::fmt::Write as _;

use crate::graph::{Graph, Line};
use crate::plan::{Plan, full_label};
use crate::style::{Figure, Style};
use crate::{DiagramError, Direction, Options};

/// The graph as a flowchart.
pub(super) fn graph(graph: &Graph, style: &Style, options: &Options) -> Result<String, DiagramError> {
    let plan = Plan::new(graph, style, options)?;
    let mut text = String::new();
    let title = crate::text::one_line(&graph.title);
    if !title.is_empty() {
        // JSON strings are YAML strings.
        let quoted = serde_json::Value::String(title).to_string();
        let _ = writeln!(text, "---\ntitle: {quoted}\n---");
    }
    let direction = if options.direction == Direction::Right { "LR" } else { "TD" };
    let _ = writeln!(text, "flowchart {direction}");
    let node = |v: usize| {
        let spot = &plan.nodes[v];
        let (open, close) = Figure::TABLE.iter().find(|row| row.0 == spot.look.figure).map_or(("[", "]"), |row| row.3);
        let tail = plan.tail(spot.index, &plan.node_numbers(spot.index));
        format!("n{v}{open}\"{}\"{close}", quoted(&format!("{}{tail}", full_label(graph, spot.index))))
    };
    let grouped = |v: usize| plan.nodes[v].group.is_some() && options.hulls;
    for (g, band) in plan.groups.iter().enumerate().filter(|_| options.hulls) {
        let _ = writeln!(text, "  subgraph g{g}[\"{}\"]", quoted(&band.group.label));
        for &v in &band.members {
            let _ = writeln!(text, "    {}", node(v));
        }
        let _ = writeln!(text, "  end");
    }
    for v in (0..plan.nodes.len()).filter(|&v| !grouped(v)) {
        let _ = writeln!(text, "  {}", node(v));
    }
    for strand in &plan.strands {
        let (from, to, heads) =
            if strand.heads == (true, false) { (strand.to, strand.from, (false, true)) } else { (strand.from, strand.to, strand.heads) };
        let line = match (strand.line, heads) {
            (Line::Solid, (false, false)) => "---",
            (Line::Solid, (true, _)) => "<-->",
            (Line::Solid, _) => "-->",
            (_, (false, false)) => "-.-",
            (_, (true, _)) => "<-.->",
            _ => "-.->",
        };
        let label = quoted(&strand.whole);
        let label = if label.is_empty() { String::new() } else { format!("|\"{label}\"|") };
        let _ = writeln!(text, "  n{from} {line}{label} n{to}");
    }
    for (c, class) in plan.classes.iter().enumerate() {
        let look = class.look;
        let _ = writeln!(text, "  classDef c{c} fill:{},stroke:{},color:{}", look.fill, look.stroke, look.ink);
        let members: Vec<String> =
            (0..plan.nodes.len()).filter(|&v| graph.nodes[plan.nodes[v].index].class == class.key).map(|v| format!("n{v}")).collect();
        let _ = writeln!(text, "  class {} c{c}", members.join(","));
    }
    Ok(text)
}

/// Letters and digits as they are, signs that mean nothing to Mermaid or to the Markdown it reads in labels too, the rest as entities:
/// a number with a dot would begin a list, an address would become a link, `fa:fa-car` a picture.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    let line = crate::text::one_line(text);
    let mut before = ' ';
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let within = before.is_alphanumeric() && rest.peek().is_some_and(|next| next.is_alphanumeric());
        let harmless = match c {
            ' ' | ',' | '?' => true,
            '-' | '.' => within && !quoted.to_ascii_lowercase().ends_with("www"),
            c => c.is_alphanumeric() || !c.is_ascii(),
        };
        if harmless {
            quoted.push(c);
        } else {
            let _ = write!(quoted, "#{};", u32::from(c));
        }
        // With these pairs Mermaid keeps entities while it parses and takes any for its own: a joiner without width parts them.
        if matches!((c, rest.peek()), ('ﬂ', Some('°')) | ('¶', Some('ß'))) {
            quoted.push('\u{2060}');
        }
        before = c;
    }
    quoted
}
