//! The ways of ties: straight where nothing stands between, bowed round what does, side by side where there are several.
//!
//! Each way is tried straight and with growing bows to both sides; the one that runs behind the fewest boxes for the longest
//! stretch is kept. What no single bow can reach is led round corners (see [`detour`]).

use super::geometry::{Curve, Grid, Point, Rect};
use super::plan::{Plan, Strand};

/// How far apart strands between the same two nodes are in the middle.
const LANE: f64 = 19.0;
/// How near a line may pass a box that it does not belong to.
const CLEAR: f64 = 3.5;
/// How far from the straight line the widest bow leads.
const MOST_BOW: f64 = 150.0;
/// How far a way round corners is looked for: the fewer lines there are, the more care each gets.
#[derive(Clone, Copy)]
struct Care {
    /// With more boxes about than this, none is looked for.
    crowd: usize,
    /// How far from the straight line corners may be.
    aside: f64,
    /// How much longer than the straight line the way may be.
    longer: f64,
}

impl Care {
    fn for_lines(lines: usize) -> Self {
        match lines {
            0..=500 => Self { crowd: 120, aside: 150.0, longer: 1.8 },
            501..=2_000 => Self { crowd: 90, aside: 100.0, longer: 1.45 },
            // Nobody follows a single line in such a thicket.
            _ => Self { crowd: 16, aside: 100.0, longer: 1.45 },
        }
    }
}

/// Fewer lines than this are not worth a thread.
const FEW: usize = 200;
/// The way of each strand, as curves from outline to outline.
pub(crate) type Way = Vec<Curve>;

/// Ways between boxes. Each depends on the boxes alone, so they are shared out to threads and come back in order.
pub(crate) fn around(plan: &Plan, boxes: &[Rect]) -> Vec<Way> {
    let grid = Grid::new(boxes.to_vec());
    let mut loops = vec![0usize; boxes.len()];
    let care = Care::for_lines(plan.strands.len());
    let lead = |strand: &Strand| trim(plan, strand, boxes, bowed(strand, boxes, &grid, care));
    let tied = |strand: &&Strand| strand.from != strand.to;
    let strands: Vec<&Strand> = plan.strands.iter().filter(tied).collect();
    let threads = if strands.len() < FEW { 1 } else { std::thread::available_parallelism().map_or(1, usize::from).min(8) };
    let mut led: Vec<Way> = if threads == 1 {
        strands.iter().map(|s| lead(s)).collect()
    } else {
        std::thread::scope(|scope| {
            let share = strands.len().div_ceil(threads);
            let parts: Vec<_> =
                strands.chunks(share).map(|part| scope.spawn(|| part.iter().map(|s| lead(s)).collect::<Vec<_>>())).collect();
            // A thread that panics passes it on: there is no picture without its lines.
            parts.into_iter().flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        })
    };
    led.reverse();
    plan.strands
        .iter()
        .map(|strand| {
            if strand.from == strand.to {
                loops[strand.from] += 1;
                return looped(boxes[strand.from], loops[strand.from]);
            }
            led.pop().expect("a way was led for every tie between two things")
        })
        .collect()
}

/// The best single bow, or a way round corners where none is free.
fn bowed(strand: &Strand, boxes: &[Rect], grid: &Grid, care: Care) -> Way {
    let (from, to) = (boxes[strand.from].centre(), boxes[strand.to].centre());
    let length = from.distance(to);
    let between = between(strand, boxes, grid);
    // Lanes are counted as seen from the lower-numbered node, so that opposite ties do not fall on each other.
    let widest = (length * 0.16).max(7.0 * strand.lanes as f64) * strand.lanes as f64;
    let lane = (strand.lane * LANE).clamp(-widest, widest);
    let mut best = (f64::MAX, 0.0, Curve::straight(from, to));
    for step in 0..13 {
        let side = if step % 2 == 0 { 1.0 } else { -1.0 };
        let bow = side * f64::from((step + 1) / 2) * (length * 0.07).clamp(9.0, MOST_BOW / 6.0);
        let curve = if strand.lanes == 1 && step == 0 { Curve::straight(from, to) } else { Curve::bowed(from, to, lane + bow) };
        let behind = hidden(&curve, &between);
        let cost = behind * 4.0 + if behind > 0.0 { 60.0 } else { 0.0 } + bow.abs() * 0.4 + bow * bow / length.max(1.0) * 0.6;
        if cost < best.0 {
            best = (cost, behind, curve);
        }
        if behind <= 0.0 {
            break;
        }
    }
    // Several between the same two go round the same corners, one outside the other.
    let beside = strand.lane + (strand.lanes as f64 - 1.0) / 2.0;
    if best.1 > 0.0
        && between.len() <= care.crowd
        && let Some(way) = detour(from, to, &between, care, 4.0 + 7.0 * beside)
    {
        return way;
    }
    vec![best.2]
}

/// The boxes that any bow could meet, with the room to keep round them; not those at the strand's ends.
fn between(strand: &Strand, boxes: &[Rect], grid: &Grid) -> Vec<Rect> {
    let (from, to) = (boxes[strand.from].centre(), boxes[strand.to].centre());
    let length = from.distance(to).max(1e-9);
    let side = Point::new(-(to.y - from.y) / length, (to.x - from.x) / length);
    let reach = Rect::new(from.x.min(to.x), from.y.min(to.y), (from.x - to.x).abs(), (from.y - to.y).abs());
    let mut found: Vec<Rect> = Vec::new();
    for i in grid.near(reach.grown(MOST_BOW)) {
        let off = boxes[i].centre() - from;
        let off = (off.x * side.x + off.y * side.y).abs();
        let half = (side.x.abs() * boxes[i].w + side.y.abs() * boxes[i].h) / 2.0;
        if i != strand.from && i != strand.to && off - half <= MOST_BOW {
            found.push(boxes[i].grown(CLEAR));
        }
    }
    found
}

/// How much of a curve runs behind boxes.
fn hidden(curve: &Curve, boxes: &[Rect]) -> f64 {
    const PIECES: u32 = 18;
    let mut before = curve.at(0.0);
    let mut sum = 0.0;
    for k in 1..=PIECES {
        let next = curve.at(f64::from(k) / f64::from(PIECES));
        sum += hidden_piece(before, next, boxes);
        before = next;
    }
    sum
}

fn hidden_piece(a: Point, b: Point, boxes: &[Rect]) -> f64 {
    let (left, right, top, bottom) = (a.x.min(b.x), a.x.max(b.x), a.y.min(b.y), a.y.max(b.y));
    boxes.iter().filter(|r| r.x < right && left < r.right() && r.y < bottom && top < r.bottom()).map(|r| r.length_inside(a, b)).sum()
}

/// Whether any box stands between two places. Most pieces that are asked for are, so the first box found decides.
fn is_blocked(a: Point, b: Point, boxes: &[Rect]) -> bool {
    let (left, right, top, bottom) = (a.x.min(b.x), a.x.max(b.x), a.y.min(b.y), a.y.max(b.y));
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    boxes.iter().any(|r| {
        if r.x >= right || left >= r.right() || r.y >= bottom || top >= r.bottom() {
            return false;
        }
        // The line's own bounds and the box share something; does the line itself? All corners on one side: no.
        let off = (r.x + r.w / 2.0 - a.x) * dy - (r.y + r.h / 2.0 - a.y) * dx;
        off.abs() < (r.w * dy.abs() + r.h * dx.abs()) / 2.0
    })
}

/// A way round the corners of what stands between: the shortest over the corners of the boxes in the way (A* over what sees each
/// other, asked only when needed), its bends smoothed. None if it would be much longer than the straight line.
fn detour(from: Point, to: Point, between: &[Rect], care: Care, margin: f64) -> Option<Way> {
    let length = from.distance(to);
    let longest = length * care.longer + 60.0;
    let mut stops = vec![from, to];
    let side = Point::new(-(to.y - from.y), to.x - from.x) * (1.0 / length.max(1e-9));
    let off = |p: Point| ((p - from).x * side.x + (p - from).y * side.y).abs();
    let corners = between.iter().flat_map(|r| r.grown(margin).corners()).filter(|p| off(*p) <= care.aside);
    stops.extend(corners.filter(|p| !between.iter().any(|r| r.contains(*p))));
    let mut best = vec![f64::MAX; stops.len()];
    let mut before = vec![0usize; stops.len()];
    let mut done = vec![false; stops.len()];
    best[0] = 0.0;
    let left: Vec<f64> = stops.iter().map(|p| p.distance(to)).collect();
    let whole = |v: usize, best: &[f64]| best[v] + left[v];
    while let Some(v) =
        (0..stops.len()).filter(|&v| !done[v] && best[v] < f64::MAX).min_by(|&a, &b| whole(a, &best).total_cmp(&whole(b, &best)))
    {
        if v == 1 {
            break;
        }
        done[v] = true;
        for w in 0..stops.len() {
            // A bend costs a little, so that the way has few.
            let cost = best[v] + stops[v].distance(stops[w]) + 14.0;
            if !done[w] && cost < best[w] && cost + left[w] < longest && !is_blocked(stops[v], stops[w], between) {
                best[w] = cost;
                before[w] = v;
            }
        }
    }
    if best[1] == f64::MAX {
        return None;
    }
    let mut way = vec![to];
    let mut v = 1;
    while v != 0 {
        v = before[v];
        way.push(stops[v]);
    }
    way.reverse();
    Some(smooth(&way))
}

/// Straight pieces whose bends are rounded.
pub(crate) fn smooth(stops: &[Point]) -> Way {
    let mut way = Vec::new();
    let mut at = stops[0];
    for k in 1..stops.len() {
        let corner = stops[k];
        let Some(&next) = stops.get(k + 1) else {
            way.push(Curve::straight(at, corner));
            break;
        };
        let (before, after) = (stops[k - 1].distance(corner), corner.distance(next));
        let cut = 22.0_f64.min(before * 0.45).min(after * 0.45);
        let start = corner.towards(stops[k - 1], cut / before.max(1e-9));
        let end = corner.towards(next, cut / after.max(1e-9));
        way.push(Curve::straight(at, start));
        way.push(Curve([start, start.towards(corner, 0.6), end.towards(corner, 0.6), end]));
        at = end;
    }
    way
}

/// A way from outline to outline: what lies inside the figures at its ends is cut off.
pub(crate) fn trim(plan: &Plan, strand: &Strand, boxes: &[Rect], mut way: Way) -> Way {
    let inside = |node: usize, p: Point| plan.nodes[node].look.figure.contains(boxes[node].grown(0.8), p);
    let leave = |curve: &Curve, node: usize, last: bool| -> Option<f64> {
        // From the end that lies in the figure, where does the curve leave it?
        let t = |k: u32| if last { 1.0 - f64::from(k) / 64.0 } else { f64::from(k) / 64.0 };
        let out = (0..=64).find(|&k| !inside(node, curve.at(t(k))))?;
        if out == 0 {
            return Some(t(0));
        }
        let (mut low, mut high) = (t(out - 1), t(out));
        for _ in 0..14 {
            let middle = (low + high) / 2.0;
            if inside(node, curve.at(middle)) { low = middle } else { high = middle }
        }
        Some(high)
    };
    while let Some(first) = way.first().copied() {
        match leave(&first, strand.from, false) {
            Some(t) => {
                way[0] = first.part(t, 1.0);
                break;
            }
            None if way.len() > 1 => {
                way.remove(0);
            }
            None => break,
        }
    }
    while let Some(last) = way.last().copied() {
        match leave(&last, strand.to, true) {
            Some(t) => {
                let end = way.len() - 1;
                way[end] = last.part(0.0, t);
                break;
            }
            None if way.len() > 1 => {
                way.pop();
            }
            None => break,
        }
    }
    way
}

/// A loop over the right end of a box's top; the n-th is larger.
pub(crate) fn looped(r: Rect, n: usize) -> Way {
    let size = 16.0 + 9.0 * n.min(8) as f64;
    let from = Point::new(r.right() - (r.w * 0.3).min(26.0), r.y);
    let to = Point::new(r.right(), r.y + r.h * 0.42);
    vec![Curve([from, from + Point::new(-2.0, -size * 1.25), to + Point::new(size * 1.35, -size * 0.55), to])]
}

/// The place at a part of a way, by length.
pub(crate) fn at(way: &[Curve], part: f64) -> Point {
    let lengths: Vec<f64> = way.iter().map(|c| c.0[0].distance(c.0[3]).max(1e-9)).collect();
    let mut left = lengths.iter().sum::<f64>() * part.clamp(0.0, 1.0);
    for (curve, length) in way.iter().zip(&lengths) {
        if left <= *length {
            return curve.at(left / length);
        }
        left -= length;
    }
    way.last().map_or(Point::default(), |c| c.0[3])
}
