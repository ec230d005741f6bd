//! Graphviz's engines, where Graphviz is installed: the graph goes in as DOT, the picture comes out, within a time limit.
//!
//! The program is started directly rather than through graphviz-rust's `exec`, which knows neither standard input nor a time limit.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::format::Format;
use super::graph::Graph;
use super::style::Style;
use super::{DiagramError, Options, lay_out};

/// A Graphviz engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Layers.
    Dot,
    /// Springs, small graphs.
    Neato,
    /// Forces, with clusters.
    Fdp,
    /// Forces, large graphs.
    Sfdp,
}

impl Engine {
    /// All engines.
    pub const ALL: [Self; 4] = [Self::Dot, Self::Neato, Self::Fdp, Self::Sfdp];

    /// The name of its program.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dot => "dot",
            Self::Neato => "neato",
            Self::Fdp => "fdp",
            Self::Sfdp => "sfdp",
        }
    }

    /// The engine of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.name() == name)
    }

    /// Draws a graph with Graphviz; `kind` is one of Graphviz's own formats: "svg", "png", "pdf", "plain".
    ///
    /// # Errors
    ///
    /// [`DiagramError::NoGraphviz`], [`DiagramError::Graphviz`] when it fails or takes longer than `limit`, and those of [`lay_out`].
    pub fn draw(
        self,
        graph: &Graph,
        style: &Style,
        options: &Options,
        kind: &'static str,
        limit: Duration,
    ) -> Result<Vec<u8>, DiagramError> {
        let program = self.name();
        let scene = lay_out(graph, style, options)?;
        let mut dot = Vec::new();
        Format::Dot.write(graph, style, &scene, options, &mut dot)?;
        let failed = |reason: String| DiagramError::Graphviz { program, reason };
        let spawned =
            Command::new(program).arg(format!("-T{kind}")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(DiagramError::NoGraphviz { program }),
            Err(e) => return Err(failed(e.to_string())),
        };
        // Each pipe has its own thread, so that neither side waits for a full one.
        let input = child.stdin.take();
        let writing = std::thread::spawn(move || {
            if let Some(mut input) = input {
                // Graphviz may stop reading; its own message tells why.
                let _ = input.write_all(&dot);
            }
        });
        let drain = |pipe: Option<Box<dyn Read + Send>>| {
            std::thread::spawn(move || {
                let mut read = Vec::new();
                if let Some(mut pipe) = pipe {
                    let _ = pipe.read_to_end(&mut read);
                }
                read
            })
        };
        let picture = drain(child.stdout.take().map(|p| Box::new(p) as Box<dyn Read + Send>));
        let messages = drain(child.stderr.take().map(|p| Box::new(p) as Box<dyn Read + Send>));
        let start = Instant::now();
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if start.elapsed() > limit => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(failed(format!("it took longer than {} s", limit.as_secs())));
                }
                Ok(None) => std::thread::sleep(Duration::from_millis(10)),
                Err(e) => return Err(failed(e.to_string())),
            }
        };
        let _ = writing.join();
        let picture = picture.join().unwrap_or_default();
        let messages = String::from_utf8_lossy(&messages.join().unwrap_or_default()).trim().to_owned();
        if !status.success() || picture.is_empty() {
            return Err(failed(if messages.is_empty() { status.to_string() } else { messages }));
        }
        Ok(picture)
    }
}
