//! Where labels stand: on their line, clear of boxes and of each other, shortened where there is no room.

use super::geometry::{Grid, Point, Rect};
use super::plan::{LABEL_SIZE, Plan};
use super::route::{self, Way};
use crate::text::Weight;

/// A label in its place.
pub(crate) struct Placed {
    /// The room it takes.
    pub(crate) bounds: Rect,
    /// Its lines.
    pub(crate) lines: Vec<String>,
}

/// Places for labels on their ways; none where not even a shortened one fits.
pub(crate) fn place(plan: &Plan, boxes: &[Rect], ways: &[Way], taken: &[Rect]) -> Vec<Option<Placed>> {
    let mut obstacles: Vec<Rect> = boxes.iter().map(|r| r.grown(1.5)).collect();
    obstacles.extend(taken);
    let mut grid = Grid::new(obstacles);
    let pieces: Vec<Vec<Point>> = ways.iter().map(|way| (0..=10).map(|k| route::at(way, f64::from(k) / 10.0)).collect()).collect();
    let few = ways.len() <= 400;
    // Short lines have the least choice and choose first.
    let mut order: Vec<usize> = (0..ways.len()).filter(|&k| !plan.strands[k].label.is_empty()).collect();
    let length = |k: usize| pieces[k].windows(2).map(|p| p[0].distance(p[1])).sum::<f64>();
    order.sort_by(|&a, &b| length(a).total_cmp(&length(b)).then(a.cmp(&b)));
    let mut placed: Vec<Option<Placed>> = (0..ways.len()).map(|_| None).collect();
    for k in order {
        for shape in shapes(plan, k) {
            let w = shape.iter().map(|l| plan.ruler.width(l, LABEL_SIZE, Weight::Regular)).fold(0.0, f64::max) + 3.0;
            let h = shape.len() as f64 * LABEL_SIZE * 1.15 + 1.0;
            let crossed = |r: Rect| {
                if !few {
                    return 0.0;
                }
                let others = pieces.iter().enumerate().filter(|(j, _)| *j != k);
                others.map(|(_, p)| p.windows(2).map(|q| r.length_inside(q[0], q[1])).sum::<f64>()).sum::<f64>()
            };
            let mut best: Option<(f64, Rect)> = None;
            for (rank, t) in [0.5, 0.43, 0.57, 0.36, 0.64, 0.29, 0.71, 0.22, 0.78, 0.15, 0.85].into_iter().enumerate() {
                let on = route::at(&ways[k], t);
                let (before, after) = (route::at(&ways[k], t - 0.04), route::at(&ways[k], t + 0.04));
                let along = after - before;
                let length = along.length().max(1e-9);
                let out = Point::new(-along.y / length, along.x / length);
                let off = (out.x.abs() * w + out.y.abs() * h) / 2.0 + 1.5;
                for (beside, by) in [0.0, off, -off].into_iter().enumerate() {
                    let r = Rect::around(on + out * by, w, h);
                    if grid.is_hit(r) {
                        continue;
                    }
                    let cost = rank as f64 * 2.0 + if beside > 0 { 9.0 } else { 0.0 } + crossed(r) * 0.8;
                    if best.is_none_or(|(least, _)| cost < least) {
                        best = Some((cost, r));
                    }
                }
            }
            if let Some((_, r)) = best {
                grid.insert(r);
                placed[k] = Some(Placed { bounds: r, lines: shape });
                break;
            }
        }
    }
    placed
}

/// A label whole, in two lines, then shorter and shorter; footnote numbers stay to the last.
fn shapes(plan: &Plan, k: usize) -> Vec<Vec<String>> {
    let label = &plan.strands[k].label;
    let numbers = if plan.options.cite { plan.numbers(&plan.strands[k].ties) } else { String::new() };
    let words = label.strip_suffix(&numbers).unwrap_or(label).trim();
    let mut shapes: Vec<Vec<String>> = Vec::new();
    let whole = plan.ruler.width(label, LABEL_SIZE, Weight::Regular);
    let room = |w: f64, most: usize| plan.ruler.wrap(label, LABEL_SIZE, Weight::Regular, w, most);
    if whole <= 118.0 {
        shapes.push(vec![label.clone()]);
    }
    let (lines, cut) = room((whole * 0.62).clamp(44.0, 118.0), 2);
    if !cut && lines.len() == 2 {
        shapes.push(lines);
    }
    let (lines, cut) = room(90.0, 3);
    if !cut {
        shapes.push(lines);
    }
    for width in [118.0, 76.0, 48.0, 30.0] {
        if whole > width {
            let left = width - plan.ruler.width(&numbers, LABEL_SIZE, Weight::Regular);
            let short = plan.ruler.shorten(words, LABEL_SIZE, Weight::Regular, left);
            if short != "…" {
                shapes.push(vec![format!("{short} {numbers}").trim().to_owned()]);
            }
        }
    }
    if !numbers.is_empty() {
        shapes.push(vec![numbers]);
    }
    shapes
}
