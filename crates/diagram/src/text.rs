//! Text as a drawing sees it: shaped by its font, ordered by its direction, broken into lines; and what may stand in XML.
//!
//! A label is laid out once: its direction is that of its first strong letter, its lines are broken in the order it is read,
//! each line is then ordered for the eye (Unicode Standard Annex 9), and every glyph has its place. All formats draw from that.

mod bidi;
mod fonts;
mod line;
#[cfg(feature = "png")]
mod outline;
mod ruler;
mod shape;

#[cfg(feature = "pdf")]
pub(crate) use bidi::is_neutral;
pub use bidi::is_right_to_left;
pub(crate) use bidi::{is_ordered_alone, isolated};
pub use civigraph_values::text::{cell, count, escape, escape_exactly, is_xml, one_line};
#[cfg(any(feature = "png", feature = "pdf"))]
pub(crate) use fonts::Fonts;
pub use fonts::{ARABIC_FAMILY, FAMILY, drawable, family, scripts};
pub use line::{Glyph, Run, TextLine};
#[cfg(feature = "png")]
pub(crate) use outline::outline;
pub use ruler::Ruler;

/// How heavy a line of text is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weight {
    /// The body weight.
    Regular,
    /// For titles and headings.
    Bold,
}
