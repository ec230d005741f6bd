//! Room between boxes that overlap removal does not know of: for hulls without strangers, for labels, for lines.

use std::collections::BTreeMap;

use super::overlap;
use crate::geometry::{Point, Rect, hull, hull_overlaps};
use crate::group::MARGIN as HULL_MARGIN;
use crate::label;
use crate::plan::Plan;

/// A picture may grow so much to keep strangers out of groups; beyond, groups are drawn in pieces instead.
const GROWN: f64 = 2.0;

/// Pushes what does not belong to a group out of the group's hull; where groups do not follow the ties, that would blow the picture
/// up, and nothing is changed.
pub(super) fn keep_strangers_out(boxes: &mut [Rect], group: &[Option<usize>], fixed: &[bool], gap: Point) {
    let Some(most) = group.iter().flatten().max() else { return };
    let size = |boxes: &[Rect]| Rect::all(boxes.iter().copied()).map_or(0.0, |r| r.w * r.h);
    let (before, room) = (boxes.to_vec(), size(boxes) * GROWN + 250_000.0);
    let rounds = if boxes.len() > 500 { 12 } else { 40 };
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); most + 1];
    for (i, g) in group.iter().enumerate() {
        if let Some(g) = g {
            members[*g].push(i);
        }
    }
    for _ in 0..rounds {
        let mut moved = false;
        for (g, members) in members.iter().enumerate().filter(|(_, m)| m.len() > 1) {
            let outline = hull(members.iter().flat_map(|&m| boxes[m].grown(HULL_MARGIN).corners()).collect());
            let reach = Rect::all(outline.iter().map(|p| Rect::new(p.x, p.y, 0.0, 0.0))).unwrap_or_default();
            for i in 0..boxes.len() {
                // A member of another group keeps room for its own hull.
                let stranger = boxes[i].grown(if group[i].is_some() { HULL_MARGIN + 4.0 } else { 5.0 });
                if group[i] == Some(g) || fixed[i] || !stranger.overlaps(reach) || !hull_overlaps(&outline, stranger) {
                    continue;
                }
                boxes[i] = boxes[i].moved(way_out(&outline, stranger) * 0.7);
                moved = true;
            }
        }
        overlap::separate(boxes, fixed, gap);
        if size(boxes) > room {
            boxes.copy_from_slice(&before);
            return;
        }
        if !moved {
            return;
        }
    }
}

/// The shortest move that takes a box out of a convex outline.
fn way_out(outline: &[Point], r: Rect) -> Point {
    let corners = r.corners();
    let mut best = Point::default();
    let mut least = f64::MAX;
    for i in 0..outline.len() {
        let (a, b) = (outline[i], outline[(i + 1) % outline.len()]);
        let length = a.distance(b);
        if length < 1e-9 {
            continue;
        }
        // The outline runs so that this points outwards.
        let out = Point::new((b.y - a.y) / length, -(b.x - a.x) / length);
        let deepest = corners.iter().map(|c| (c.x - a.x) * out.x + (c.y - a.y) * out.y).fold(f64::MAX, f64::min);
        if -deepest < least {
            least = -deepest;
            best = out * (least + 0.5);
        }
    }
    best
}

/// A label with the nodes it stands between, and how many ties each of them has.
pub(super) struct Between {
    pub(super) ends: (usize, usize),
    pub(super) ties: (f64, f64),
    pub(super) w: f64,
    pub(super) h: f64,
}

/// The labels of a component; several between the same two nodes stand along the line, so the widest speaks for them.
pub(super) fn labels_between(plan: &Plan, local: &[usize]) -> Vec<Between> {
    let mut ties = vec![0.0; local.len()];
    let mut widest: BTreeMap<(usize, usize), (f64, f64)> = BTreeMap::new();
    for (k, strand) in plan.strands.iter().enumerate().filter(|(_, s)| s.from != s.to && local[s.from] != usize::MAX) {
        ties[strand.from] += 1.0;
        ties[strand.to] += 1.0;
        if !strand.label.is_empty() {
            let shape = label::compact(plan, k);
            let room = widest.entry((strand.from.min(strand.to), strand.from.max(strand.to))).or_default();
            *room = (room.0.max(shape.w), room.1.max(shape.h));
        }
    }
    let found = widest.into_iter().map(|((a, b), (w, h))| Between { ends: (local[a], local[b]), ties: (ties[a], ties[b]), w, h });
    found.collect()
}

/// Draws apart what a label does not fit between, and moves off what stands where a label must.
pub(super) fn make_room(boxes: &mut [Rect], labels: &[Between], fixed: &[bool], gap: Point) {
    if labels.is_empty() {
        return;
    }
    for _ in 0..16 {
        let mut moved = false;
        let mut by = vec![Point::default(); boxes.len()];
        for label in labels {
            let (a, b) = label.ends;
            let (from, to) = (boxes[a].centre(), boxes[b].centre());
            let length = from.distance(to).max(1e-9);
            let along = (to - from) * (1.0 / length);
            // How far a straight line runs inside a box of a size, from its middle.
            let inside = |w: f64, h: f64| (w / 2.0 / along.x.abs().max(1e-9)).min(h / 2.0 / along.y.abs().max(1e-9));
            let (leaves, enters) = (inside(boxes[a].w, boxes[a].h), inside(boxes[b].w, boxes[b].h));
            // A stub of the line and its head must be seen on both sides of the label.
            let short = leaves + enters + 2.0 * inside(label.w, label.h) + 24.0 - length;
            if short > 0.5 {
                // Who has few ties gives way.
                let share = label.ties.1 / (label.ties.0 + label.ties.1).max(1.0);
                let step = short.min(30.0) * 0.6;
                by[a] = by[a] - along * (step * share);
                by[b] = by[b] + along * (step * (1.0 - share));
                moved = true;
            }
            let middle = from + along * ((leaves + length - enters) / 2.0);
            let room = Rect::around(middle, label.w + 4.0, label.h + 4.0);
            for i in (0..boxes.len()).filter(|&i| i != a && i != b && boxes[i].overlaps(room)) {
                let off = boxes[i].centre() - middle;
                let over = Point::new((boxes[i].w + room.w) / 2.0 - off.x.abs(), (boxes[i].h + room.h) / 2.0 - off.y.abs());
                let sign = |v: f64| if v < 0.0 { -1.0 } else { 1.0 };
                let push = if over.x < over.y { Point::new(sign(off.x) * over.x, 0.0) } else { Point::new(0.0, sign(off.y) * over.y) };
                by[i] = by[i] + push * 0.6;
                moved = true;
            }
        }
        for ((r, by), fixed) in boxes.iter_mut().zip(by).zip(fixed) {
            let far = by.length();
            if !fixed {
                *r = r.moved(by * (40.0 / far.max(40.0)));
            }
        }
        overlap::separate(boxes, fixed, gap);
        if !moved {
            return;
        }
    }
}

/// Moves boxes off the lines that run behind them, where that takes little.
pub(super) fn step_aside(boxes: &mut [Rect], edges: &[(usize, usize)], fixed: &[bool], gap: Point) {
    for _ in 0..24 {
        let mut moved = false;
        let mut by = vec![Point::default(); boxes.len()];
        for &(a, b) in edges {
            let (from, to) = (boxes[a].centre(), boxes[b].centre());
            let length = from.distance(to);
            if length < 1e-9 {
                continue;
            }
            let side = Point::new(-(to.y - from.y) / length, (to.x - from.x) / length);
            for i in 0..boxes.len() {
                if i == a || i == b || fixed[i] || boxes[i].grown(4.0).length_inside(from, to) <= 0.0 {
                    continue;
                }
                let r = boxes[i];
                let off = (r.centre() - from).x * side.x + (r.centre() - from).y * side.y;
                let reach = (side.x.abs() * r.w + side.y.abs() * r.h) / 2.0 + 6.0;
                let push = (reach - off.abs()).max(0.0) * if off < 0.0 { -1.0 } else { 1.0 };
                by[i] = by[i] + side * (push * 0.5);
                moved = true;
            }
        }
        for (r, by) in boxes.iter_mut().zip(by) {
            let far = by.length();
            *r = r.moved(by * (30.0 / far.max(30.0)));
        }
        overlap::separate(boxes, fixed, gap);
        if !moved {
            return;
        }
    }
}
