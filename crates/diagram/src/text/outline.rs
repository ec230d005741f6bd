//! Letters as paths, for what draws no text of its own: pixels, and the seam round a label.

use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};

use super::fonts::Fonts;
use super::line::Run;
use crate::geometry::{Point, Step};
use crate::scene::Text;

/// All letters of a text in its place.
pub(crate) fn outline(fonts: &Fonts, text: &Text) -> Vec<Step> {
    text.line.runs.iter().flat_map(|run| run_outline(fonts, text, run)).collect()
}

/// The letters of one run of a text in its place.
fn run_outline(fonts: &Fonts, text: &Text, run: &Run) -> Vec<Step> {
    let Some(face) = fonts.face(run.face) else { return Vec::new() };
    let scale = text.size / f64::from(face.units_per_em().max(1));
    let left = text.bounds().x;
    let mut x = run.x;
    let mut steps = Vec::new();
    for glyph in &run.glyphs {
        let origin = Point::new(left + (x + glyph.offset.0) * text.size, text.at.y - glyph.offset.1 * text.size);
        let mut pen = Pen { steps: &mut steps, origin, scale, at: origin };
        face.outline_glyph(GlyphId(glyph.id), &mut pen);
        x += glyph.advance;
    }
    steps
}

struct Pen<'s> {
    steps: &'s mut Vec<Step>,
    origin: Point,
    scale: f64,
    at: Point,
}

impl Pen<'_> {
    fn place(&self, x: f32, y: f32) -> Point {
        self.origin + Point::new(f64::from(x), -f64::from(y)) * self.scale
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.at = self.place(x, y);
        self.steps.push(Step::Move(self.at));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.at = self.place(x, y);
        self.steps.push(Step::Line(self.at));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (handle, end) = (self.place(x1, y1), self.place(x, y));
        self.steps.push(Step::Curve(self.at.towards(handle, 2.0 / 3.0), end.towards(handle, 2.0 / 3.0), end));
        self.at = end;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.at = self.place(x, y);
        self.steps.push(Step::Curve(self.place(x1, y1), self.place(x2, y2), self.at));
    }

    fn close(&mut self) {
        self.steps.push(Step::Close);
    }
}
