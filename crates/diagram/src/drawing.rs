//! What layouts hand on: where things stand, to be painted, and what is drawn, to be put on a page.

use super::geometry::Rect;
use super::group::Area;
use super::label::Preferred;
use super::route::Way;
use super::scene::{Item, Mark, Paint};

/// What a layout of boxes and lines decides, anywhere in the plane; nothing of it is drawn yet.
pub(crate) struct Placement {
    /// Where each node of the plan stands.
    pub(crate) places: Vec<Rect>,
    /// The way of each strand of the plan.
    pub(crate) ways: Vec<Way>,
    /// The outlines of groups, from the back to the front.
    pub(crate) areas: Vec<Area>,
    /// Where the label of each strand of the plan should stand; none leaves it to the painter.
    pub(crate) labels: Vec<Option<Preferred>>,
}

/// What a layout gives: everything drawn but title, legend and footnotes, anywhere in the plane.
#[derive(Default)]
pub(crate) struct Drawing {
    /// From the back to the front.
    pub(crate) items: Vec<Item>,
    /// Where each node of the plan stands.
    pub(crate) places: Vec<Rect>,
    /// How many ties are hatched because their amount is not known exactly.
    pub(crate) hatched: usize,
    /// What fillings of bars and signs on them mean, for the legend.
    pub(crate) keys: Vec<(String, Sign)>,
    /// What the drawing itself leaves out.
    pub(crate) notes: Vec<String>,
}

/// What the legend shows beside its words.
pub(crate) enum Sign {
    /// A bar of this filling.
    Bar(Paint),
    /// Marks in a room of [`SIGN`] pixels, its middle at the origin.
    Marks(Vec<Mark>),
    /// The same, as large as in the picture: a measure.
    Exact(Vec<Mark>),
}

/// The width and height of a sign in the legend.
pub(crate) const SIGN: (f64, f64) = (24.0, 10.0);
