//! The scene: everything that will stand on the page, each mark with its place, size and colour, and nothing about a file format.

use super::geometry::{Point, Rect, Step};
use super::graph::Line;
use super::style::Colour;
use crate::text::{TextLine, Weight};

/// A drawn page.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// Its width in pixels.
    pub width: f64,
    /// Its height in pixels.
    pub height: f64,
    /// Its colour.
    pub ground: Option<Colour>,
    /// The language of its texts.
    pub language: String,
    /// What it is called.
    pub title: String,
    /// What it shows, in a sentence, for those who cannot see it.
    pub description: String,
    /// Everything drawn, from the back to the front.
    pub items: Vec<Item>,
    /// Where each node of the graph stands; none if it was left out. In the order of the graph's nodes.
    pub places: Vec<Option<Rect>>,
    /// Which ties of the graph are drawn, in the order of the graph's ties.
    pub drawn: Vec<bool>,
    /// What was left out or is missing, as said on the page.
    pub notes: Vec<String>,
}

/// Marks that belong together and can be pointed at as one.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it shows.
    pub of: Of,
    /// What a tooltip says.
    pub title: String,
    /// What is drawn, from the back to the front.
    pub marks: Vec<Mark>,
}

/// What an item shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// Title, footnotes, scales.
    Page,
    /// A group's hull, box or lane.
    Group(String),
    /// A tie or several drawn as one line: their numbers in the graph, and of the nodes it leads from and to.
    Tie {
        /// The ties' numbers in the graph.
        ties: Vec<usize>,
        /// The number of the node it starts from.
        from: usize,
        /// The number of the node it leads to.
        to: usize,
    },
    /// A node: its number in the graph.
    Node(usize),
    /// The legend's line for a class of things.
    ClassKey(String),
    /// The legend's line for a relation.
    RelationKey(String),
}

/// One thing drawn.
#[derive(Debug, Clone)]
pub enum Mark {
    /// A path.
    Path {
        /// Its steps.
        steps: Vec<Step>,
        /// What fills it.
        fill: Option<Paint>,
        /// What draws its outline.
        stroke: Option<Stroke>,
    },
    /// A line of text.
    Text(Text),
}

/// What fills a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Paint {
    /// One colour, from 0 (cannot be seen) to 1 (covers all).
    Solid(Colour, f64),
    /// Slanting stripes on the ground: not known exactly.
    Hatched(Colour),
    /// From nothing at the left to the colour at the right, or the other way round.
    Fading {
        /// The colour.
        colour: Colour,
        /// Whether it is nothing at the left.
        from_left: bool,
    },
}

/// How an outline or a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub ink: Colour,
    /// Its width in pixels.
    pub width: f64,
    /// Solid or broken.
    pub line: Line,
}

/// A line of text in its place.
#[derive(Debug, Clone)]
pub struct Text {
    /// Where its baseline is, at the end that `anchor` says.
    pub at: Point,
    /// Which end of it stands there.
    pub anchor: Anchor,
    /// The font size in pixels.
    pub size: f64,
    /// How heavy it is.
    pub weight: Weight,
    /// Its colour.
    pub ink: Colour,
    /// The colour of a seam around the letters that keeps lines from running into them.
    pub halo: Option<Colour>,
    /// What it says, every glyph in its place.
    pub line: TextLine,
}

/// Which end of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Left,
    /// Its middle.
    Middle,
    /// Its right end.
    Right,
}

impl Text {
    /// How wide it is.
    pub fn width(&self) -> f64 {
        self.line.width * self.size
    }

    /// The box the text takes.
    pub fn bounds(&self) -> Rect {
        let width = self.width();
        let x = match self.anchor {
            Anchor::Left => self.at.x,
            Anchor::Middle => self.at.x - width / 2.0,
            Anchor::Right => self.at.x - width,
        };
        Rect::new(x, self.at.y - self.size * 0.8, width, self.size * 1.04)
    }
}

impl Mark {
    /// A filled and outlined path.
    pub fn shape(steps: Vec<Step>, fill: Colour, stroke: Colour, width: f64) -> Self {
        Self::Path { steps, fill: Some(Paint::Solid(fill, 1.0)), stroke: Some(Stroke { ink: stroke, width, line: Line::Solid }) }
    }

    /// A drawn line.
    pub fn line(steps: Vec<Step>, ink: Colour, width: f64, line: Line) -> Self {
        Self::Path { steps, fill: None, stroke: Some(Stroke { ink, width, line }) }
    }

    /// The box it takes, handles of curves included.
    pub fn bounds(&self) -> Option<Rect> {
        match self {
            Self::Path { steps, stroke, .. } => {
                let points = steps.iter().flat_map(|s| s.points());
                let seam = stroke.map_or(0.0, |s| s.width / 2.0);
                Rect::all(points.map(|p| Rect::new(p.x, p.y, 0.0, 0.0))).map(|r| r.grown(seam))
            }
            Self::Text(text) => Some(text.bounds()),
        }
    }

    /// Makes it so many times as large, seen from the origin.
    pub fn scale(&mut self, by: f64) {
        match self {
            Self::Path { steps, stroke, .. } => {
                for step in steps {
                    *step = step.map(|p| p * by);
                }
                if let Some(stroke) = stroke {
                    stroke.width *= by;
                }
            }
            Self::Text(text) => {
                text.at = text.at * by;
                text.size *= by;
            }
        }
    }

    /// Moves it.
    pub fn shift(&mut self, by: Point) {
        match self {
            Self::Path { steps, .. } => {
                for step in steps {
                    *step = step.map(|p| p + by);
                }
            }
            Self::Text(text) => text.at = text.at + by,
        }
    }
}
