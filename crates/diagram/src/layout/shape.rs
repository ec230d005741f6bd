//! The shape of a network as a whole, before its boxes are looked at one by one: turned, drawn in, scaled and spread.

use super::overlap;
use crate::geometry::{Point, Rect};

/// To how many times the room of its boxes a crowd is spread.
const AIR: f64 = 1.4;

/// Draws every node half the way towards the middle of its neighbours: stress keeps all distances, this shortens lines, and short
/// lines cross less.
pub(super) fn draw_in(at: &mut [Point], near: &[Vec<(usize, f64)>], pinned: &[Option<Point>], rounds: usize) {
    for _ in 0..rounds {
        let before = at.to_vec();
        for v in (0..at.len()).filter(|&v| pinned[v].is_none() && !near[v].is_empty()) {
            let sum = near[v].iter().fold(Point::default(), |sum, &(w, _)| sum + before[w]);
            at[v] = before[v].towards(sum * (1.0 / near[v].len() as f64), 0.5);
        }
    }
}

/// Turns a picture so that its longer axis lies across the page.
pub(super) fn lie_across(at: &mut [Point]) {
    let n = at.len().max(1) as f64;
    let middle = at.iter().fold(Point::default(), |sum, p| sum + *p) * (1.0 / n);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for p in at.iter_mut() {
        *p = *p - middle;
        xx += p.x * p.x;
        xy += p.x * p.y;
        yy += p.y * p.y;
    }
    let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
    let (sin, cos) = angle.sin_cos();
    for p in at {
        *p = Point::new(p.x * cos + p.y * sin, -p.x * sin + p.y * cos);
    }
}

/// Shrinks or widens a picture until only a few boxes overlap: overlap removal then changes little, and no page is empty.
pub(super) fn tighten(boxes: &mut [Rect], gap: Point, allowed: usize) {
    let scaled = |by: f64| -> Vec<Rect> { boxes.iter().map(|r| Rect::around(r.centre() * by, r.w, r.h)).collect() };
    let (mut low, mut high) = (0.3, 4.0);
    if overlap::count(&scaled(low), gap) <= allowed {
        high = low;
    }
    for _ in 0..8 {
        let middle = (low + high) / 2.0;
        if overlap::count(&scaled(middle), gap) <= allowed { high = middle } else { low = middle }
    }
    let tight = scaled(high);
    boxes.copy_from_slice(&tight);
}

/// Gives the crowd in the middle of a large picture room by moving everything outwards along its direction from the middle: each
/// ring becomes large enough for the boxes inside it, and what lies outside moves along. Nothing changes places with anything, so
/// hardly a crossing is added, which cannot be said of pushing thousands of boxes apart.
pub(super) fn spread(boxes: &mut [Rect], gap: Point) {
    let whole = Rect::all(boxes.iter().copied()).unwrap_or_default();
    let middle = boxes.iter().fold(Point::default(), |sum, r| sum + r.centre()) * (1.0 / boxes.len().max(1) as f64);
    // Rings are as wide and high as the picture.
    let wide = (whole.w / whole.h.max(1.0)).clamp(0.5, 2.0);
    let off = |r: &Rect| Point::new((r.centre().x - middle.x) / wide, r.centre().y - middle.y);
    let mut order: Vec<(f64, usize)> = boxes.iter().enumerate().map(|(i, r)| (off(r).length(), i)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut before, mut ring) = (0.0, 0.0_f64);
    for (radius, i) in order {
        let room = AIR * (boxes[i].w + gap.x) * (boxes[i].h + gap.y) / (std::f64::consts::PI * wide);
        ring = (ring + radius - before).max((ring * ring + room).sqrt());
        let by = off(&boxes[i]) * (ring / radius.max(1e-9));
        boxes[i] = Rect::around(middle + Point::new(by.x * wide, by.y), boxes[i].w, boxes[i].h);
        before = radius;
    }
}
