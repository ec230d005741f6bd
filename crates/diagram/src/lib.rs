//! Diagrams: from a value that says what is to be drawn, through a scene with every mark in its place, to pictures and graph files.
//!
//! Three steps with values between them. A [`Graph`] and a [`Style`] are the input; [`lay_out`] gives a [`Scene`]; [`Format::write`]
//! turns it into a file. The first two are functions from values to values: no store, no clock, no hash order, so the same graph
//! gives the same bytes, in whatever order its nodes and ties were listed.
//!
//! ```
//! use civigraph_diagram::{Format, Graph, Node, Options, Style, Tie, lay_out};
//! let node = |id: &str| Node { id: id.into(), label: id.to_uppercase(), ..Node::default() };
//! let tie = Tie { from: 0, to: 1, label: "hosts".into(), directed: true, ..Tie::default() };
//! let graph = Graph { nodes: vec![node("centre"), node("alliance")], ties: vec![tie], ..Graph::default() };
//! let (style, options) = (Style::default(), Options::default());
//! let scene = lay_out(&graph, &style, &options)?;
//! let mut svg = Vec::new();
//! Format::Svg.write(&graph, &style, &scene, &options, &mut svg)?;
//! assert!(svg.starts_with(b"<svg"));
//! # Ok::<(), civigraph_diagram::DiagramError>(())
//! ```

#![warn(missing_docs)]

pub mod geometry;
pub mod graph;
pub mod graphviz;
pub mod quality;
pub mod scene;
pub mod style;
pub mod text;

mod drawing;
mod footnotes;
mod format;
mod group;
mod keep;
mod label;
mod layout;
mod measured;
mod money;
mod page;
mod paint;
mod plan;
mod route;

use std::collections::BTreeMap;

pub use format::Format;
pub use graph::{
    Amount, Citation, DISPUTED, Dated, Day, Fact, Graph, Group, Line, Measure, Measured, Node, Qualifier, Stage, Tie, TimeSpan,
};
pub use layout::{Extent, Layout};
pub use scene::Scene;
pub use style::{Colour, Figure, NodeStyle, Style, Theme, TieStyle};

/// How a graph is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Where things stand.
    pub layout: Layout,
    /// Which way a hierarchy reads.
    pub direction: Direction,
    /// On what ground.
    pub theme: Theme,
    /// What chance starts from; another seed gives another picture of the same graph.
    pub seed: u64,
    /// Whether ties carry footnote numbers and the page lists the citations.
    pub cite: bool,
    /// Dots per inch of pixel pictures; 96 is one dot a pixel.
    pub dpi: f64,
    /// At most so many nodes, the best connected; none draws all, up to [`MOST_NODES`].
    pub max_nodes: Option<usize>,
    /// Whether groups are kept together and drawn.
    pub hulls: bool,
    /// Which ties carry their label.
    pub labels: Labels,
    /// Places of nodes that must not move, by id: the middle of the node on an earlier picture.
    pub pins: BTreeMap<String, (f64, f64)>,
    /// The first day a timeline shows; none begins with the first bound.
    pub from: Option<Day>,
    /// The last day a timeline shows; none ends with the last bound.
    pub to: Option<Day>,
    /// Font files for scripts the bundled font lacks.
    pub fonts: Vec<Vec<u8>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            layout: Layout::Network,
            direction: Direction::Right,
            theme: Theme::Light,
            seed: 1,
            cite: false,
            dpi: 192.0,
            max_nodes: None,
            hulls: true,
            labels: Labels::Auto,
            pins: BTreeMap::new(),
            from: None,
            to: None,
            fonts: Vec::new(),
        }
    }
}

/// Whether data is a font file that texts can be measured and drawn with.
pub fn is_font(data: &[u8]) -> bool {
    crate::text::family(data).is_some()
}

/// The letters of a scene that neither the bundled fonts nor those it was laid out with have: a PNG or PDF shows boxes in their place.
pub fn lacking(scene: &Scene) -> std::collections::BTreeSet<char> {
    let lines = scene.items.iter().flat_map(|item| &item.marks).filter_map(|mark| match mark {
        scene::Mark::Text(text) => Some(&text.line),
        scene::Mark::Path { .. } => None,
    });
    lines.flat_map(|line| line.lacking()).collect()
}

/// The most nodes drawn without being told how many to keep: beyond, a picture shows nothing and takes minutes.
pub const MOST_NODES: usize = 6_000;

/// Which way a hierarchy reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    #[default]
    Right,
    /// From right to left.
    Left,
    /// From top to bottom.
    Down,
    /// From bottom to top.
    Up,
}

impl Direction {
    /// The direction of a name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "right" => Some(Self::Right),
            "left" => Some(Self::Left),
            "down" => Some(Self::Down),
            "up" => Some(Self::Up),
            _ => None,
        }
    }

    /// Whether layers stand beside each other.
    pub(crate) fn is_across(self) -> bool {
        matches!(self, Self::Right | Self::Left)
    }

    /// Whether ties lead against the way one reads.
    pub(crate) fn is_back(self) -> bool {
        matches!(self, Self::Left | Self::Up)
    }
}

/// Which ties carry their label in the picture; the legend and tooltips name all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Labels {
    /// All, unless there are so many that the labels would hide the picture.
    #[default]
    Auto,
    /// All.
    All,
    /// None.
    None,
}

/// Why a diagram was not drawn or written.
#[derive(Debug, thiserror::Error)]
pub enum DiagramError {
    /// The graph has no nodes.
    #[error("expected something to draw, found no nodes")]
    Empty,
    /// The graph is larger than a picture can show.
    #[error("expected at most {limit} nodes, found {nodes}: say how many of the best connected to keep (--max-nodes)")]
    TooManyNodes {
        /// How many there are.
        nodes: usize,
        /// How many are drawn at most.
        limit: usize,
    },
    /// Two nodes have one id.
    #[error("expected every node to have its own id, found {id:?} twice")]
    SameId {
        /// The id.
        id: String,
    },
    /// A tie leads to a node that is not there.
    #[error("expected ties between the {nodes} nodes, found tie {tie} to node {node}")]
    NoSuchNode {
        /// The tie's number.
        tie: usize,
        /// The number of the node it names.
        node: usize,
        /// How many nodes there are.
        nodes: usize,
    },
    /// The picture is too large for its format.
    #[error("expected a picture of at most {limit} × {limit} dots, found {width} × {height}: {}", smaller(*width, *height, *limit))]
    TooLarge {
        /// Its width in dots.
        width: f64,
        /// Its height in dots.
        height: f64,
        /// The most a side may have.
        limit: f64,
    },
    /// A library could not make the file.
    #[error("could not make the {format} file: {reason}")]
    Format {
        /// The format's name.
        format: &'static str,
        /// What the library said.
        reason: String,
    },
    /// Graphviz is not installed.
    #[error(
        "expected the program `{program}` of Graphviz on the PATH, found none: install graphviz, or leave the engine out to use the built-in layouts"
    )]
    NoGraphviz {
        /// The program's name.
        program: &'static str,
    },
    /// Graphviz did not draw the graph.
    #[error("graphviz ({program}) gave no picture: {reason}")]
    Graphviz {
        /// The program's name.
        program: &'static str,
        /// What it said.
        reason: String,
    },
    /// The format has no room for what the layout draws.
    #[error(
        "{format} holds boxes and lines, no bars: svg, png, pdf and html draw figures, xlsx, graphml, gexf and cytoscape hold their numbers"
    )]
    NoBars {
        /// The format's name.
        format: &'static str,
    },
    /// The format was left out when the program was compiled.
    #[error("this civigraph was compiled without {format}: compile it with `--features {format}`")]
    NotCompiled {
        /// The format's name, which is its feature's.
        format: &'static str,
    },
    /// The file could not be written.
    #[error("could not write the picture: {0}")]
    Write(#[from] std::io::Error),
}

/// What makes a picture that is too large smaller.
fn smaller(width: f64, height: f64, limit: f64) -> String {
    let over = width.max(height) / limit;
    let dpi = if over < 4.0 { "lower the dpi (--dpi), " } else { "" };
    format!(
        "{dpi}draw a part of it (a period with --from and --to, a kind with --include, what is near one thing with --focus, or --max-nodes), or write svg, pdf or html, which have no limit"
    )
}

/// Gives everything in a graph its place on a page.
///
/// Deterministic: the same graph, style and options give the same scene, in whatever order nodes and ties are listed.
/// Costs about n² for up to 400 nodes and n·√n beyond.
///
/// # Errors
///
/// [`DiagramError::Empty`], [`DiagramError::TooManyNodes`], [`DiagramError::SameId`] or [`DiagramError::NoSuchNode`].
pub fn lay_out(graph: &Graph, style: &Style, options: &Options) -> Result<Scene, DiagramError> {
    let plan = plan::Plan::new(graph, style, options)?;
    let drawing = options.layout.arrange(&plan);
    Ok(page::compose(&plan, drawing))
}

/// The examples of the README are compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
