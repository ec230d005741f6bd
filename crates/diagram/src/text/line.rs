//! A line of text with every glyph in its place. Lengths are in ems: a line is the same at any size.

use std::ops::Range;

use super::fonts::is_invisible;

/// A line of a text in the order it is read, with its runs as they stand on the page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TextLine {
    /// What it says, in the order it is read.
    pub text: String,
    /// Whether the text it is a line of runs from right to left.
    pub is_rtl: bool,
    /// How wide it is.
    pub width: f64,
    /// From left to right.
    pub runs: Vec<Run>,
}

/// Neighbouring glyphs of one face that run in one direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The bytes of the line's text that it shows.
    pub text: Range<usize>,
    /// The level of Annex 9: odd runs from right to left.
    pub level: u8,
    /// The number of the face: the bundled ones, then those given.
    pub face: usize,
    /// Where it begins, from the line's left end.
    pub x: f64,
    /// From left to right.
    pub glyphs: Vec<Glyph>,
}

/// A glyph in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Glyph {
    /// Its number in the face; 0 is the box that stands for a letter that no face has.
    pub id: u16,
    /// The bytes of the line's text that it shows; several glyphs may show the same.
    pub text: Range<usize>,
    /// How far from where it would stand by the advances before it: to the right and up.
    pub offset: (f64, f64),
    /// How far it moves what follows.
    pub advance: f64,
}

impl TextLine {
    /// Whether nothing is drawn.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The letters that no face had a glyph for.
    pub fn lacking(&self) -> impl Iterator<Item = char> {
        let glyphs = self.runs.iter().flat_map(|run| &run.glyphs).filter(|glyph| glyph.id == 0);
        let letters = glyphs.filter_map(|glyph| self.text.get(glyph.text.clone())).flat_map(str::chars);
        letters.filter(|&c| !is_invisible(c) && !c.is_whitespace())
    }
}
