//! Polish: one node after the other is taken up and put where it does less harm.
//!
//! Stress gives a picture its shape but does not know of lines, labels and boxes. Here the places round each node's neighbours are
//! tried, and a node is moved where fewer of its lines cross others or run behind boxes, where fewer lines run behind it, and
//! where its labels find room. Only free places count, so no overlap comes back.

use crate::geometry::{Point, Rect, cross, hull_overlaps};

/// What is wrong about a node costs so much; a crossing costs one.
const BEHIND: f64 = 2.5;
/// A hundred pixels of line.
const LENGTH: f64 = 0.35;
/// A label that does not fit between its nodes, or covers a box.
const NO_ROOM: f64 = 0.8;

/// In larger pictures fewer places are tried.
const MANY: usize = 200;

/// A tie between two boxes, with the room its label takes.
pub(super) struct Edge {
    pub(super) ends: (usize, usize),
    pub(super) label: (f64, f64),
}

/// What is being polished.
pub(super) struct Table<'a> {
    pub(super) edges: &'a [Edge],
    pub(super) group: &'a [Option<usize>],
    pub(super) fixed: &'a [bool],
    pub(super) gap: Point,
}

/// Moves nodes for some rounds, as long as that gains anything.
pub(super) fn polish(boxes: &mut [Rect], table: &Table, rounds: usize, hull_of: impl Fn(usize, &[Rect]) -> Vec<Point> + Copy) {
    let n = boxes.len();
    let mut own: Vec<Vec<usize>> = vec![Vec::new(); n];
    for (k, edge) in table.edges.iter().enumerate() {
        own[edge.ends.0].push(k);
        own[edge.ends.1].push(k);
    }
    let groups = table.group.iter().flatten().max().map_or(0, |m| m + 1);
    for _ in 0..rounds {
        let mut moved = false;
        let areas: Vec<Vec<Point>> = (0..groups).map(|g| hull_of(g, boxes)).collect();
        let whole = Rect::all(boxes.iter().copied()).unwrap_or_default();
        for v in (0..n).filter(|&v| !table.fixed[v] && !own[v].is_empty()) {
            let now = harm(v, boxes[v], boxes, table, &own, f64::MAX);
            if now.faults < 0.5 {
                continue;
            }
            let mut best = (now.whole() - 0.4, boxes[v]);
            for place in places(v, boxes, table, &own) {
                if !fits(v, place, boxes, table, &areas, whole) {
                    continue;
                }
                let found = harm(v, place, boxes, table, &own, best.0).whole();
                if found < best.0 {
                    best = (found, place);
                }
            }
            if best.1 != boxes[v] {
                boxes[v] = best.1;
                moved = true;
            }
        }
        if !moved {
            return;
        }
    }
}

/// Places worth trying: rings round the neighbour with the fewest ties of its own, and round the middle of all.
fn places(v: usize, boxes: &[Rect], table: &Table, own: &[Vec<usize>]) -> Vec<Rect> {
    let other = |k: usize| {
        let (a, b) = table.edges[k].ends;
        if a == v { b } else { a }
    };
    let mut near: Vec<usize> = own[v].iter().map(|&k| other(k)).collect();
    near.sort_unstable();
    near.dedup();
    let sum = near.iter().fold(Point::default(), |sum, &w| sum + boxes[w].centre());
    let middle = sum * (1.0 / near.len() as f64);
    let (w, h) = (boxes[v].w, boxes[v].h);
    let label = own[v].iter().map(|&k| table.edges[k].label).fold((0.0, 0.0), |a: (f64, f64), b| (a.0.max(b.0), a.1.max(b.1)));
    let mut found = Vec::new();
    let mut round = |centre: Point, rx: f64, ry: f64, parts: u32, turn: f64| {
        for k in 0..parts {
            let angle = (f64::from(k) + turn) * std::f64::consts::TAU / f64::from(parts);
            found.push(Rect::around(centre + Point::new(angle.cos() * rx, angle.sin() * ry), w, h));
        }
    };
    let hub = if near.len() == 1 { boxes[near[0]] } else { Rect::around(middle, 0.0, 0.0) };
    let parts = if boxes.len() > MANY { 8 } else { 16 };
    for (ring, turn) in [(1.0, 0.0), (1.5, 0.5), (2.1, 0.0), (2.9, 0.5)] {
        let rx = (hub.w + w) / 2.0 + (label.0 + 26.0) * ring;
        let ry = (hub.h + h) / 2.0 + (label.1 + 30.0) * ring;
        round(hub.centre(), rx, ry, parts, turn);
    }
    // A little aside may be enough.
    round(boxes[v].centre(), w * 0.6, h * 0.9, 8, 0.0);
    round(boxes[v].centre(), w * 1.2, h * 1.8, 8, 0.5);
    found
}

/// Whether a place is free, in nobody else's hull, and does not make the page larger.
fn fits(v: usize, place: Rect, boxes: &[Rect], table: &Table, areas: &[Vec<Point>], whole: Rect) -> bool {
    if whole.union(place) != whole {
        return false;
    }
    let roomy = Rect::new(place.x - table.gap.x, place.y - table.gap.y, place.w + 2.0 * table.gap.x, place.h + 2.0 * table.gap.y);
    let free = boxes.iter().enumerate().all(|(i, r)| i == v || !r.overlaps(roomy));
    free && areas.iter().enumerate().all(|(g, area)| {
        if table.group[v] == Some(g) {
            // A member may move within its hull; outside it might take in strangers.
            place.corners().iter().all(|&p| hull_overlaps(area, Rect::new(p.x, p.y, 0.1, 0.1)))
        } else {
            !hull_overlaps(area, place.grown(if table.group[v].is_some() { 13.0 } else { 5.0 }))
        }
    })
}

/// What a node in a place does wrong, and how long its lines are.
struct Harm {
    faults: f64,
    length: f64,
}

impl Harm {
    fn whole(&self) -> f64 {
        self.faults + self.length * LENGTH / 100.0
    }
}

/// Counting ends early once there is more than the limit: such a place will not be taken.
fn harm(v: usize, place: Rect, boxes: &[Rect], table: &Table, own: &[Vec<usize>], limit: f64) -> Harm {
    let at = |i: usize| if i == v { place } else { boxes[i] };
    let mut found = Harm { faults: 0.0, length: 0.0 };
    for &k in &own[v] {
        let (a, b) = table.edges[k].ends;
        let (from, to) = (at(a).centre(), at(b).centre());
        let length = from.distance(to).max(1e-9);
        found.length += length;
        let reach = Rect::new(from.x.min(to.x), from.y.min(to.y), (from.x - to.x).abs(), (from.y - to.y).abs());
        for (j, other) in table.edges.iter().enumerate() {
            let (c, d) = other.ends;
            if j != k && a != c && a != d && b != c && b != d && cross(from, to, boxes[c].centre(), boxes[d].centre()) {
                found.faults += 1.0;
            }
        }
        if found.whole() > limit {
            return found;
        }
        let along = (to - from) * (1.0 / length);
        let inside = |w: f64, h: f64| (w / 2.0 / along.x.abs().max(1e-9)).min(h / 2.0 / along.y.abs().max(1e-9));
        let (leaves, enters) = (inside(at(a).w, at(a).h), inside(at(b).w, at(b).h));
        let (w, h) = table.edges[k].label;
        let middle = from + along * ((leaves + length - enters) / 2.0);
        let room = Rect::around(middle, w, h);
        if w > 0.0 && leaves + enters + 2.0 * inside(w, h) + 16.0 > length {
            found.faults += NO_ROOM;
        }
        for r in (0..boxes.len()).filter(|&i| i != a && i != b).map(|i| boxes[i]) {
            if r.overlaps(reach.grown(4.0)) && r.grown(4.0).length_inside(from, to) > 0.0 {
                found.faults += BEHIND;
            } else if w > 0.0 && r.overlaps(room) {
                found.faults += NO_ROOM;
            }
        }
    }
    if found.whole() > limit {
        return found;
    }
    let aside = place.grown(4.0);
    for edge in table.edges.iter().filter(|e| e.ends.0 != v && e.ends.1 != v) {
        if aside.length_inside(boxes[edge.ends.0].centre(), boxes[edge.ends.1].centre()) > 0.0 {
            found.faults += BEHIND;
        }
    }
    found
}
