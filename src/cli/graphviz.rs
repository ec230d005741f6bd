//! `civigraph diagram --engine`: layout by an installed Graphviz.

use std::io::Write;

use super::Failure;
use crate::diagram::{Format, Graph, Options, Style};

/// Has Graphviz lay a graph out and writes what it drew.
pub fn draw(
    engine: &str,
    _graph: &Graph,
    _style: &Style,
    _options: &Options,
    _format: Format,
    _out: &mut dyn Write,
) -> Result<(), Failure> {
    Err(Failure::Usage(format!("the engine `{engine}` is not available"), None))
}
