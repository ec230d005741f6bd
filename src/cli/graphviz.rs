//! `civigraph diagram --engine`: layout by an installed Graphviz.

use std::io::Write;
use std::time::Duration;

use super::Failure;
use crate::diagram::graphviz::Engine;
use crate::diagram::{DiagramError, Format, Graph, Options, Style};

/// How long Graphviz may take.
const LIMIT: Duration = Duration::from_secs(120);

/// Has Graphviz lay a graph out and writes what it drew.
pub fn draw(engine: &str, graph: &Graph, style: &Style, options: &Options, format: Format, out: &mut dyn Write) -> Result<(), Failure> {
    let engine = Engine::parse(engine).ok_or_else(|| {
        let all: Vec<&str> = Engine::ALL.into_iter().map(Engine::name).collect();
        Failure::Usage(format!("no engine `{engine}`"), Some(format!("there are {}", all.join(", "))))
    })?;
    let kind = match format {
        Format::Svg => "svg",
        Format::Png => "png",
        Format::Pdf => "pdf",
        other => {
            let message = format!("Graphviz draws svg, png and pdf, not {}", other.name());
            return Err(Failure::Usage(message, Some("leave the engine out for this format".to_owned())));
        }
    };
    let picture = engine.draw(graph, style, options, kind, LIMIT).map_err(|error| match error {
        DiagramError::NoGraphviz { .. } => Failure::Usage(error.to_string(), None),
        other => Failure::Input(other.to_string(), None),
    })?;
    out.write_all(&picture)?;
    Ok(())
}
