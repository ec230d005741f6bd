//! Where labels stand: on their line, clear of boxes, of each other and, as far as can be, of other lines; shortened where there
//! is no room.
//!
//! Every label has a list of shapes (whole, in two lines, shorter and shorter) and of places along its line; each pair has a
//! price, and the cheapest free one is taken. Then labels are taken up again one by one, now that all others have their places.

use super::geometry::{Grid, Point, Rect};
use super::plan::{LABEL_SIZE, Plan};
use super::route::{self, Way};
use crate::text::{TextLine, Weight};

/// Beyond so many lines it is not asked whose line runs behind whose label.
const FEW: usize = 400;
/// What it costs to stand beside the line instead of on it, and to leave words out.
const BESIDE: f64 = 14.0;
const CUT: f64 = 60.0;
/// How much of a line is seen at both ends.
const STUB: f64 = 12.0;

/// A label in its place.
pub(crate) struct Placed {
    /// The room it takes.
    pub(crate) bounds: Rect,
    /// Its lines.
    pub(crate) lines: Vec<TextLine>,
}

/// The lines of a label and the room they take.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) lines: Vec<TextLine>,
    pub(crate) w: f64,
    pub(crate) h: f64,
    /// What it costs to show the label in this shape.
    price: f64,
}

/// Where a layout has left room for a label.
pub(crate) struct Preferred {
    pub(crate) middle: Point,
    pub(crate) shape: Shape,
}

/// Places for labels on their ways; none where not even a shortened one fits.
pub(crate) fn place(
    plan: &Plan,
    boxes: &[Rect],
    ways: &[Way],
    taken: &[Rect],
    mut preferred: Vec<Option<Preferred>>,
) -> Vec<Option<Placed>> {
    let mut obstacles: Vec<Rect> = boxes.iter().map(|r| r.grown(1.5)).collect();
    obstacles.extend(taken);
    let mut room = Room { blocked: Grid::new(obstacles), labels: vec![None; ways.len()], lines: Vec::new(), pieces: None };
    room.lines = ways.iter().map(|way| (0..=16).map(|k| route::at(way, f64::from(k) / 16.0)).collect()).collect();
    if ways.len() <= FEW {
        let boxes = room.lines.iter().flat_map(|line| line.windows(2).map(|p| around(p[0], p[1]))).collect();
        room.pieces = Some(Grid::new(boxes));
    }
    let mut placed: Vec<Option<Placed>> = (0..ways.len()).map(|_| None).collect();
    let mut free: Vec<usize> = Vec::new();
    for k in (0..ways.len()).filter(|&k| !plan.strands[k].label.is_empty()) {
        match preferred.get_mut(k).and_then(Option::take) {
            Some(Preferred { middle, shape }) if !room.is_taken(k, Rect::around(middle, shape.w, shape.h)) => {
                let bounds = Rect::around(middle, shape.w, shape.h);
                room.labels[k] = Some(bounds);
                placed[k] = Some(Placed { bounds, lines: shape.lines });
            }
            _ => free.push(k),
        }
    }
    // Short lines have the least choice and choose first.
    let length = |k: usize| room.lines[k].windows(2).map(|p| p[0].distance(p[1])).sum::<f64>();
    free.sort_by(|&a, &b| length(a).total_cmp(&length(b)).then(a.cmp(&b)));
    let shapes: Vec<Vec<Shape>> = free.iter().map(|&k| shapes(plan, k)).collect();
    let rounds = if ways.len() <= FEW { 3 } else { 1 };
    for _ in 0..rounds {
        for (&k, shapes) in free.iter().zip(&shapes) {
            room.labels[k] = None;
            let best = cheapest(k, &ways[k], shapes, &room);
            room.labels[k] = best.as_ref().map(|(r, _)| *r);
            placed[k] = best.map(|(bounds, shape)| Placed { bounds, lines: shape.lines.clone() });
        }
    }
    placed
}

/// What is taken, and by what.
struct Room {
    /// Boxes and names.
    blocked: Grid,
    /// The labels that have their places.
    labels: Vec<Option<Rect>>,
    /// Every way in straight pieces, sixteen each.
    lines: Vec<Vec<Point>>,
    /// The boxes of the pieces; none if there are too many to ask.
    pieces: Option<Grid>,
}

impl Room {
    fn is_taken(&self, k: usize, r: Rect) -> bool {
        self.blocked.is_hit(r) || self.labels.iter().enumerate().any(|(j, l)| j != k && l.is_some_and(|l| l.overlaps(r)))
    }

    /// How much of other lines would run behind a label.
    fn behind(&self, k: usize, r: Rect) -> f64 {
        let Some(pieces) = &self.pieces else { return 0.0 };
        let others = pieces.near(r).into_iter().map(|p| (p / 16, p % 16)).filter(|(line, _)| *line != k);
        others.map(|(line, p)| r.length_inside(self.lines[line][p], self.lines[line][p + 1])).sum()
    }
}

fn around(a: Point, b: Point) -> Rect {
    Rect::new(a.x.min(b.x), a.y.min(b.y), (a.x - b.x).abs(), (a.y - b.y).abs())
}

/// The cheapest free place and shape.
fn cheapest<'s>(k: usize, way: &Way, shapes: &'s [Shape], room: &Room) -> Option<(Rect, &'s Shape)> {
    let mut best: Option<(f64, Rect, &Shape)> = None;
    for shape in shapes {
        if best.is_some_and(|(least, ..)| shape.price >= least) {
            break;
        }
        for (rank, t) in [0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74, 0.2, 0.8, 0.14, 0.86].into_iter().enumerate() {
            let on = route::at(way, t);
            let (before, after) = (route::at(way, t - 0.04), route::at(way, t + 0.04));
            let along = after - before;
            let length = along.length().max(1e-9);
            let out = Point::new(-along.y / length, along.x / length);
            let off = (out.x.abs() * shape.w + out.y.abs() * shape.h) / 2.0 + 1.5;
            for (beside, by) in [0.0, off, -off].into_iter().enumerate() {
                let price = shape.price + rank as f64 * 1.5 + if beside > 0 { BESIDE } else { 0.0 };
                if best.is_some_and(|(least, ..)| price >= least) {
                    continue;
                }
                let r = Rect::around(on + out * by, shape.w, shape.h);
                if room.is_taken(k, r) {
                    continue;
                }
                let behind = room.behind(k, r);
                // Between the label and each end a stub of the line must be seen.
                let hides = |end: Point| if r.grown(STUB).contains(end) { 16.0 } else { 0.0 };
                let ends = hides(route::at(way, 0.0)) + hides(route::at(way, 1.0));
                let price = price + ends + if behind > 0.0 { 24.0 + behind } else { 0.0 };
                if best.is_none_or(|(least, ..)| price < least) {
                    best = Some((price, r, shape));
                }
            }
        }
    }
    best.map(|(_, r, shape)| (r, shape))
}

fn shape(lines: Vec<TextLine>, price: f64) -> Shape {
    let w = lines.iter().map(|line| line.width * LABEL_SIZE).fold(0.0, f64::max) + 3.0;
    let h = lines.len() as f64 * LABEL_SIZE * 1.15 + 1.0;
    Shape { lines, w, h, price }
}

/// A strand's label in the shape that a layout should leave room for: in two lines if it is long. No lines if it has no label.
pub(crate) fn compact(plan: &Plan, k: usize) -> Shape {
    let label = &plan.strands[k].label;
    if label.is_empty() {
        return Shape { lines: Vec::new(), w: 0.0, h: 0.0, price: 0.0 };
    }
    let whole = plan.ruler.width(label, LABEL_SIZE, Weight::Regular);
    if whole <= 70.0 {
        return shape(vec![plan.ruler.line(label, Weight::Regular)], 0.0);
    }
    // The narrowest that takes two lines, three for what is long, and breaks no word.
    let most = if whole > 200.0 { 3 } else { 2 };
    let word = longest_word(plan, label).min(118.0);
    let widths = [0.5, 0.56, 0.62, 0.7, 0.85].map(|part| (whole * part).max(word + 0.5).clamp(40.0, 118.5));
    let tried = widths.map(|w| plan.ruler.wrap(label, LABEL_SIZE, Weight::Regular, w, most));
    let fits = tried.iter().find(|(_, cut)| !cut).unwrap_or(&tried[4]);
    shape(fits.0.clone(), 0.0)
}

fn longest_word(plan: &Plan, label: &str) -> f64 {
    label.split(' ').map(|w| plan.ruler.width(w, LABEL_SIZE, Weight::Regular)).fold(0.0, f64::max)
}

/// A label whole, in two lines, then shorter and shorter, by price; footnote numbers stay to the last.
fn shapes(plan: &Plan, k: usize) -> Vec<Shape> {
    let label = &plan.strands[k].label;
    let numbers = plan.strands[k].numbers.clone();
    let words = label.strip_suffix(&numbers).unwrap_or(label).trim();
    let mut shapes: Vec<Shape> = Vec::new();
    let whole = plan.ruler.width(label, LABEL_SIZE, Weight::Regular);
    let room = |w: f64, most: usize| plan.ruler.wrap(label, LABEL_SIZE, Weight::Regular, w, most);
    if whole <= 118.0 {
        shapes.push(shape(vec![plan.ruler.line(label, Weight::Regular)], 0.0));
    }
    let word = longest_word(plan, label);
    let (lines, cut) = room((whole * 0.62).max(word.min(118.0) + 0.5).clamp(44.0, 118.5), 2);
    if !cut && lines.len() == 2 {
        shapes.push(shape(lines, 3.0));
    }
    for (width, most, price) in [(90.0, 3, 6.0), (58.0, 3, 10.0), (44.0, 4, 18.0)] {
        let (lines, cut) = room(width, most);
        if !cut && lines.len() > 1 && word <= width {
            shapes.push(shape(lines, price));
        }
    }
    for (n, width) in [118.0, 76.0, 48.0, 30.0].into_iter().enumerate() {
        if whole > width {
            let left = width - plan.ruler.width(&numbers, LABEL_SIZE, Weight::Regular);
            let short = plan.ruler.shorten(words, LABEL_SIZE, Weight::Regular, left);
            if short.text != "…" {
                let line = plan.ruler.line_like(label, format!("{} {numbers}", short.text).trim(), Weight::Regular);
                shapes.push(shape(vec![line], CUT + 20.0 * n as f64));
            }
        }
    }
    if !numbers.is_empty() {
        shapes.push(shape(vec![plan.ruler.line_like(label, &numbers, Weight::Regular)], CUT + 100.0));
    }
    shapes
}
