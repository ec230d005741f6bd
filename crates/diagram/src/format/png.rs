//! PNG: the scene in pixels, letters as their outlines, with the fonts of the scene and no other, so that it looks the same on every
//! machine.

use tiny_skia::{FillRule, GradientStop, LinearGradient, Mask, Path, PathBuilder, Pixmap, SpreadMode, StrokeDash, Transform};

use super::shading::{dashes, stripes};
use crate::geometry::{Rect, Step};
use crate::graph::Line;
use crate::scene::{Mark, Paint, Scene, Stroke, Text};
use crate::style::Colour;
use crate::text::{Fonts, outline};
use crate::{DiagramError, Options};

/// The most dots a side may have: beyond, memory goes by the gigabyte.
const MOST_DOTS: f64 = 16_000.0;

/// The scene in pixels.
pub(super) fn picture(scene: &Scene, options: &Options) -> Result<Vec<u8>, DiagramError> {
    let scale = if options.dpi.is_finite() { (options.dpi / 96.0).clamp(0.1, 20.0) } else { 1.0 };
    let (width, height) = ((scene.width * scale).ceil(), (scene.height * scale).ceil());
    if width > MOST_DOTS || height > MOST_DOTS {
        return Err(DiagramError::TooLarge { width, height, limit: MOST_DOTS });
    }
    let failed = |reason: &str| DiagramError::Format { format: "png", reason: reason.to_owned() };
    let dots = Pixmap::new(width as u32, height as u32).ok_or_else(|| failed("no room for the dots"))?;
    let transform = Transform::from_scale(scale as f32, scale as f32);
    let mut canvas = Canvas { dots, transform, ground: scene.ground.unwrap_or(Colour(255, 255, 255)), fonts: Fonts::new(&options.fonts) };
    if let Some(ground) = scene.ground {
        canvas.dots.fill(tiny_skia::Color::from_rgba8(ground.0, ground.1, ground.2, 255));
    }
    for mark in scene.items.iter().flat_map(|item| &item.marks) {
        match mark {
            Mark::Path { steps, fill, stroke } => canvas.path(steps, *fill, *stroke),
            Mark::Text(text) => canvas.text(text),
        }
    }
    canvas.dots.encode_png().map_err(|e| failed(&e.to_string()))
}

struct Canvas<'f> {
    dots: Pixmap,
    transform: Transform,
    ground: Colour,
    fonts: Fonts<'f>,
}

impl Canvas<'_> {
    fn path(&mut self, steps: &[Step], fill: Option<Paint>, stroke: Option<Stroke>) {
        let Some(path) = drawn(steps) else { return };
        match fill {
            None => {}
            Some(Paint::Solid(colour, opacity)) => self.fill(&path, &paint(colour, opacity), None),
            Some(Paint::Hatched(colour)) => {
                self.fill(&path, &paint(self.ground.mix(colour, 0.12), 1.0), None);
                let mut mask = Mask::new(self.dots.width(), self.dots.height());
                if let Some(mask) = &mut mask {
                    mask.fill_path(&path, FillRule::Winding, true, self.transform);
                }
                for stripe in stripes(bounds(&path)) {
                    if let Some(stripe) = drawn(&stripe) {
                        self.fill(&stripe, &paint(colour, 1.0), mask.as_ref());
                    }
                }
            }
            Some(Paint::Fading { colour, from_left }) => {
                let b = path.bounds();
                let ends = (tiny_skia::Point::from_xy(b.left(), b.top()), tiny_skia::Point::from_xy(b.right(), b.top()));
                let colour = |alpha: u8| tiny_skia::Color::from_rgba8(colour.0, colour.1, colour.2, alpha);
                let (first, last) = if from_left { (0, 255) } else { (255, 0) };
                let stops = vec![GradientStop::new(0.0, colour(first)), GradientStop::new(1.0, colour(last))];
                if let Some(shader) = LinearGradient::new(ends.0, ends.1, stops, SpreadMode::Pad, Transform::identity()) {
                    self.fill(&path, &tiny_skia::Paint { shader, ..tiny_skia::Paint::default() }, None);
                }
            }
        }
        if let Some(Stroke { ink, width, line }) = stroke {
            let dash = dashes(line, width).and_then(|array| StrokeDash::new(array.map(|part| part as f32).to_vec(), 0.0));
            let line_cap = if line == Line::Dotted { tiny_skia::LineCap::Round } else { tiny_skia::LineCap::Butt };
            let stroke = tiny_skia::Stroke { width: width as f32, line_cap, dash, ..tiny_skia::Stroke::default() };
            self.dots.stroke_path(&path, &paint(ink, 1.0), &stroke, self.transform, None);
        }
    }

    fn text(&mut self, text: &Text) {
        let Some(path) = drawn(&outline(&self.fonts, text)) else { return };
        if let Some(halo) = text.halo {
            let seam = tiny_skia::Stroke { width: 3.0, line_join: tiny_skia::LineJoin::Round, ..tiny_skia::Stroke::default() };
            self.dots.stroke_path(&path, &paint(halo, 1.0), &seam, self.transform, None);
        }
        self.fill(&path, &paint(text.ink, 1.0), None);
    }

    fn fill(&mut self, path: &Path, paint: &tiny_skia::Paint, mask: Option<&Mask>) {
        self.dots.fill_path(path, paint, FillRule::Winding, self.transform, mask);
    }
}

fn paint(colour: Colour, opacity: f64) -> tiny_skia::Paint<'static> {
    let mut paint = tiny_skia::Paint::default();
    paint.set_color_rgba8(colour.0, colour.1, colour.2, (opacity.clamp(0.0, 1.0) * 255.0).round() as u8);
    paint
}

fn bounds(path: &Path) -> Rect {
    let b = path.bounds();
    Rect::new(f64::from(b.left()), f64::from(b.top()), f64::from(b.width()), f64::from(b.height()))
}

/// Steps as a path; none if they draw nothing.
fn drawn(steps: &[Step]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for step in steps {
        match *step {
            Step::Move(p) => path.move_to(p.x as f32, p.y as f32),
            Step::Line(p) => path.line_to(p.x as f32, p.y as f32),
            Step::Curve(a, b, p) => path.cubic_to(a.x as f32, a.y as f32, b.x as f32, b.y as f32, p.x as f32, p.y as f32),
            Step::Close => path.close(),
        }
    }
    path.finish()
}
