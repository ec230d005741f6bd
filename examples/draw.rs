//! Draws a graph given as JSON: `cargo run --example draw -- tests/diagrams/csa-p.json out.png layout=hierarchy theme=dark`.
//! For looking at pictures while working on the layouts; the program's own command is `civigraph diagram`.

use std::error::Error;
use std::time::Instant;

use civigraph::diagram::quality::Quality;
use civigraph::diagram::{Colour, Direction, Figure, Format, Graph, Labels, Layout, NodeStyle, Options, Style, Theme, TieStyle, lay_out};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, settings @ ..] = args.as_slice() else {
        return Err("usage: draw GRAPH.json OUT.(svg|png|…) [name=value …]".into());
    };
    let text = std::fs::read_to_string(input)?;
    let json: serde_json::Value = serde_json::from_str(&text)?;
    let graph: Graph = serde_json::from_value(json.clone())?;
    let style = style(&json["style"]);
    let mut options = Options::default();
    for setting in settings {
        let (name, value) = setting.split_once('=').ok_or("expected name=value")?;
        match name {
            "layout" => options.layout = Layout::parse(value).ok_or("no such layout")?,
            "theme" => options.theme = Theme::parse(value).ok_or("no such theme")?,
            "direction" => options.direction = Direction::parse(value).ok_or("no such direction")?,
            "seed" => options.seed = value.parse()?,
            "dpi" => options.dpi = value.parse()?,
            "cite" => options.cite = value == "true",
            "hulls" => options.hulls = value == "true",
            "labels" => options.labels = if value == "none" { Labels::None } else { Labels::All },
            "max_nodes" => options.max_nodes = Some(value.parse()?),
            _ => return Err(format!("no setting {name}").into()),
        }
    }
    let format = output.rsplit('.').next().and_then(Format::parse).ok_or("no such format")?;
    let start = Instant::now();
    let scene = lay_out(&graph, &style, &options)?;
    let placed = start.elapsed();
    let mut bytes = Vec::new();
    format.write(&graph, &style, &scene, &options, &mut bytes)?;
    std::fs::write(output, &bytes)?;
    eprintln!(
        "{output}: {} nodes, {} ties, laid out in {placed:?}, written after {:?}, {} × {}, {} bytes",
        graph.nodes.len(),
        graph.ties.len(),
        start.elapsed(),
        scene.width,
        scene.height,
        bytes.len()
    );
    eprintln!("  {:?}", Quality::of(&graph, &scene));
    for note in &scene.notes {
        eprintln!("  note: {note}");
    }
    Ok(())
}

fn style(json: &serde_json::Value) -> Style {
    let mut style = Style::default();
    let text = |v: &serde_json::Value, key: &str| v[key].as_str().map(str::to_owned);
    for (class, v) in json["nodes"].as_object().into_iter().flatten() {
        let colour = |key| text(v, key).and_then(|t| Colour::parse(&t));
        let figure = text(v, "figure").and_then(|f| Figure::parse(&f));
        style.nodes.insert(
            class.clone(),
            NodeStyle { fill: colour("fill"), ink: colour("ink"), stroke: colour("stroke"), figure, caption: text(v, "caption") },
        );
    }
    for (relation, v) in json["ties"].as_object().into_iter().flatten() {
        let ink = text(v, "ink").and_then(|t| Colour::parse(&t));
        style.ties.insert(relation.clone(), TieStyle { ink, line: None, caption: text(v, "caption") });
    }
    style
}
