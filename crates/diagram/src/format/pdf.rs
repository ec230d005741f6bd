//! PDF: the scene as one vector page, its text selectable in the order it is read and its fonts inside.

use std::ops::Range;

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineCap, LineJoin, LinearGradient, SpreadMethod, Stop, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};

use super::shading::{dashes, stripes};
use crate::geometry::{Rect, Step};
use crate::graph::Line;
use crate::scene::{Mark, Paint, Scene, Stroke, Text};
use crate::style::Colour;
use crate::text::{Fonts, Glyph, is_neutral, outline};
use crate::{DiagramError, Options};

/// The scene on a page of its own size, a pixel being 0.75 points.
pub(super) fn picture(scene: &Scene, options: &Options) -> Result<Vec<u8>, DiagramError> {
    let failed = |reason: String| DiagramError::Format { format: "pdf", reason };
    let settings = PageSettings::from_wh((scene.width * 0.75) as f32, (scene.height * 0.75) as f32)
        .ok_or_else(|| failed("the page has no size".to_owned()))?;
    let fonts = Fonts::new(&options.fonts);
    let mut document = krilla::Document::new();
    // No date and no random id: the same graph gives the same bytes.
    document
        .set_metadata(Metadata::new().title(scene.title.clone()).description(scene.description.clone()).language(scene.language.clone()));
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    surface.push_transform(&Transform::from_scale(0.75, 0.75));
    let ground = scene.ground.unwrap_or(Colour(255, 255, 255));
    let mut sheet = Sheet { surface: &mut surface, ground, faces: (0..fonts.count()).map(|_| None).collect(), fonts };
    if let Some(ground) = scene.ground {
        let whole = crate::geometry::polygon(&Rect::new(0.0, 0.0, scene.width, scene.height).corners());
        sheet.path(&whole, Some(Paint::Solid(ground, 1.0)), None);
    }
    for mark in scene.items.iter().flat_map(|item| &item.marks) {
        match mark {
            Mark::Path { steps, fill, stroke } => sheet.path(steps, *fill, *stroke),
            Mark::Text(text) => sheet.text(text),
        }
    }
    surface.pop();
    surface.finish();
    page.finish();
    document.finish().map_err(|e| failed(format!("{e:?}")))
}

struct Sheet<'s, 'd, 'f> {
    surface: &'s mut Surface<'d>,
    ground: Colour,
    fonts: Fonts<'f>,
    /// The faces that were used, as the document knows them.
    faces: Vec<Option<Font>>,
}

impl Sheet<'_, '_, '_> {
    fn path(&mut self, steps: &[Step], fill: Option<Paint>, stroke: Option<Stroke>) {
        let Some(path) = drawn(steps) else { return };
        self.surface.set_stroke(None);
        match fill {
            None => {}
            Some(Paint::Solid(colour, opacity)) => self.fill(&path, solid(colour, opacity)),
            Some(Paint::Hatched(colour)) => {
                self.fill(&path, solid(self.ground.mix(colour, 0.12), 1.0));
                self.surface.push_clip_path(&path, &FillRule::NonZero);
                let points = steps.iter().flat_map(|step| step.points()).map(|p| Rect::new(p.x, p.y, 0.0, 0.0));
                for stripe in stripes(Rect::all(points).unwrap_or_default()).iter().filter_map(|stripe| drawn(stripe)) {
                    self.fill(&stripe, solid(colour, 1.0));
                }
                self.surface.pop();
            }
            Some(Paint::Fading { colour, from_left }) => {
                let points = steps.iter().flat_map(|step| step.points()).map(|p| Rect::new(p.x, p.y, 0.0, 0.0));
                let over = Rect::all(points).unwrap_or_default();
                let stop =
                    |offset: f32, opacity: f64| Stop { offset: part(offset.into()), color: rgb(colour).into(), opacity: part(opacity) };
                let (first, last) = if from_left { (0.0, 1.0) } else { (1.0, 0.0) };
                let gradient = LinearGradient {
                    x1: over.x as f32,
                    y1: 0.0,
                    x2: over.right() as f32,
                    y2: 0.0,
                    transform: Transform::identity(),
                    spread_method: SpreadMethod::Pad,
                    stops: vec![stop(0.0, first), stop(1.0, last)],
                    anti_alias: false,
                };
                self.fill(&path, Fill { paint: gradient.into(), opacity: part(1.0), rule: FillRule::NonZero });
            }
        }
        if let Some(Stroke { ink, width, line }) = stroke {
            let dash = dashes(line, width).map(|array| StrokeDash { array: array.map(|part| part as f32).to_vec(), offset: 0.0 });
            let line_cap = if line == Line::Dotted { LineCap::Round } else { LineCap::Butt };
            self.stroke(&path, krilla::paint::Stroke { paint: rgb(ink).into(), width: width as f32, line_cap, dash, ..Default::default() });
        }
    }

    fn text(&mut self, text: &Text) {
        if let Some(halo) = text.halo
            && let Some(path) = drawn(&outline(&self.fonts, text))
        {
            // The seam is a drawing, so that the text stands there once.
            let seam = krilla::paint::Stroke { paint: rgb(halo).into(), width: 3.0, line_join: LineJoin::Round, ..Default::default() };
            self.stroke(&path, seam);
        }
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(solid(text.ink, 1.0)));
        for word in words(text) {
            let Some(font) = self.face(word.face) else { continue };
            let start = Point::from_xy((text.bounds().x + word.x * text.size) as f32, text.at.y as f32);
            let glyphs = self.glyphs(&word);
            self.surface.draw_glyphs(start, &glyphs, font, &text.line.text, text.size as f32, false);
        }
    }

    /// Glyphs as the document takes them. A letter of several glyphs is told as one text over all of them; readers take its width from the
    /// first and the last, which may be marks in its middle, and see words apart where the letter ends: what is never seen stands at both
    /// ends of it.
    fn glyphs(&self, word: &Word) -> Vec<KrillaGlyph> {
        let edge = self.fonts.blank(word.face);
        let mut glyphs = Vec::with_capacity(word.glyphs.len());
        let mut add = |id: u16, advance: f64, (x, y): (f64, f64), range: Range<usize>| {
            glyphs.push(KrillaGlyph::new(GlyphId::new(id.into()), advance as f32, x as f32, y as f32, 0.0, range, None));
        };
        for letter in word.glyphs.chunk_by(|a, b| a.text == b.text) {
            let edge = edge.filter(|_| letter.len() > 1);
            let range = &letter[0].text;
            edge.into_iter().for_each(|id| add(id, 0.0, (0.0, 0.0), range.clone()));
            letter.iter().for_each(|glyph| add(glyph.id, glyph.advance, glyph.offset, range.clone()));
            edge.into_iter().for_each(|id| add(id, 0.0, (0.0, 0.0), range.clone()));
        }
        glyphs
    }

    fn face(&mut self, number: usize) -> Option<Font> {
        let known = self.faces.get_mut(number)?;
        if known.is_none() {
            *known = Font::new(self.fonts.data(number)?.to_vec().into(), 0);
        }
        known.clone()
    }

    fn fill(&mut self, path: &Path, fill: Fill) {
        self.surface.set_fill(Some(fill));
        self.surface.draw_path(path);
    }

    fn stroke(&mut self, path: &Path, stroke: krilla::paint::Stroke) {
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(stroke));
        self.surface.draw_path(path);
        self.surface.set_stroke(None);
    }
}

/// Glyphs of one run that readers take for one word; or one that is no letter.
struct Word<'t> {
    face: usize,
    /// Where it begins, in ems from the left end of the line.
    x: f64,
    glyphs: &'t [Glyph],
}

/// The words of a text in the order they are read, for whoever takes the text as it stands in the file.
fn words(text: &Text) -> Vec<Word<'_>> {
    let shown = |glyph: &Glyph| text.line.text.get(glyph.text.clone()).unwrap_or_default();
    let mut words = Vec::new();
    for run in &text.line.runs {
        // What runs from right to left stands in the file by its letters, so that signs among them are not taken for a word that runs the
        // other way.
        let joins = |glyph: &Glyph| if run.level % 2 == 1 { !shown(glyph).chars().any(is_neutral) } else { shown(glyph) != " " };
        let mut x = run.x;
        for glyphs in run.glyphs.chunk_by(|a, b| a.text == b.text || (joins(a) && joins(b))) {
            words.push(Word { face: run.face, x, glyphs });
            x += glyphs.iter().map(|glyph| glyph.advance).sum::<f64>();
        }
    }
    words.sort_by_key(|word| word.glyphs.iter().map(|glyph| glyph.text.start).min());
    words
}

fn rgb(colour: Colour) -> rgb::Color {
    rgb::Color::new(colour.0, colour.1, colour.2)
}

fn part(of_one: f64) -> NormalizedF32 {
    NormalizedF32::new(of_one.clamp(0.0, 1.0) as f32).unwrap_or(NormalizedF32::ONE)
}

fn solid(colour: Colour, opacity: f64) -> Fill {
    Fill { paint: rgb(colour).into(), opacity: part(opacity), rule: FillRule::NonZero }
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
