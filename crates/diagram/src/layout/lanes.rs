//! The ways of a hierarchy: through the layers in straight lanes, from layer to layer in soft curves, so that no way meets a box.
//!
//! The layering has left a free lane for every way in every layer it passes. A way keeps to its lanes as long as it is inside a
//! layer and changes its height only in the gaps between, where there are no boxes. Labels are layers of their own.

use crate::geometry::{Curve, Point, Rect};
use crate::label::Preferred;
use crate::route::Way;

/// A line to lead: the strand it draws, the nodes at its ends, and its places in the layers between.
pub(super) struct Line {
    pub(super) strand: usize,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) stops: Vec<Point>,
}

/// A stretch of the picture across which all ways run straight.
struct Layer {
    middle: f64,
    half: f64,
}

/// How far apart two ways start from one side of a box, at most.
const PORTS: f64 = 13.0;

/// How far a way runs straight before a box, so that its arrowhead points into the box.
const STRAIGHT: f64 = 9.0;

/// The way of each line. `boxes` are sorted by their nodes' numbers.
pub(super) fn ways(boxes: &[(usize, Rect)], labels: &[(usize, Preferred)], lines: &[Line], across: bool) -> Vec<(usize, Way)> {
    // Everything as if it ran from left to right.
    let turned = |p: Point| if across { p } else { Point::new(p.y, p.x) };
    let of = |v: usize| boxes.binary_search_by_key(&v, |b| b.0).map(|at| boxes[at].1).unwrap_or_default();
    let half = |w: f64, h: f64| if across { w / 2.0 } else { h / 2.0 };
    let layers = layers(
        boxes
            .iter()
            .map(|(_, r)| (turned(r.centre()).x, half(r.w, r.h) + STRAIGHT))
            .chain(labels.iter().map(|(_, l)| (turned(l.middle).x, half(l.shape.w, l.shape.h) + 1.5)))
            .collect(),
    );
    let ports = ports(lines, |v| (turned(of(v).centre()), if across { of(v).h } else { of(v).w }), turned);
    let mut found = Vec::new();
    for (line, (start, end)) in lines.iter().zip(ports) {
        let forward = start.x <= end.x;
        let mut way: Way = Vec::new();
        let mut at = start;
        let stops = line.stops.iter().map(|p| turned(*p)).filter(|p| within(&layers, p.x).is_some());
        let stops: Vec<Point> = [start].into_iter().chain(stops).chain([end]).collect();
        for (k, stop) in stops.iter().enumerate() {
            let Some(layer) = within(&layers, stop.x) else { continue };
            let (low, high) = (layer.middle - layer.half, layer.middle + layer.half);
            let (mut enter, mut leave) = if forward { (low, high) } else { (high, low) };
            if k == 0 {
                enter = stop.x;
            }
            if k + 1 == stops.len() {
                leave = stop.x;
            }
            let (enter, leave) = (Point::new(enter, stop.y), Point::new(leave, stop.y));
            if k > 0 {
                let bend = Point::new((enter.x - at.x) * 0.5, 0.0);
                way.push(Curve([at, at + bend, enter - bend, enter]));
            }
            if enter.distance(leave) > 0.1 {
                way.push(Curve::straight(enter, leave));
            }
            at = leave;
        }
        found.push((line.strand, way.into_iter().map(|c| Curve(c.0.map(turned))).collect()));
    }
    found
}

/// What stands at about the same depth is one layer.
fn layers(mut depths: Vec<(f64, f64)>) -> Vec<Layer> {
    depths.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut layers: Vec<Layer> = Vec::new();
    for (middle, half) in depths {
        match layers.last_mut() {
            Some(last) if middle - last.middle < 1.0 => last.half = last.half.max(half),
            _ => layers.push(Layer { middle, half }),
        }
    }
    layers
}

fn within(layers: &[Layer], depth: f64) -> Option<&Layer> {
    let after = layers.partition_point(|l| l.middle < depth - 1.0);
    layers.get(after).filter(|l| (l.middle - depth).abs() <= 1.0)
}

/// Where each line leaves its first box and enters its last: side by side, in the order of where they come from and lead to.
fn ports(lines: &[Line], of: impl Fn(usize) -> (Point, f64), turned: impl Fn(Point) -> Point) -> Vec<(Point, Point)> {
    let mut ends: Vec<(usize, bool, f64, usize, bool)> = Vec::new();
    for (k, line) in lines.iter().enumerate() {
        let (from, to) = (of(line.from).0, of(line.to).0);
        let stops: Vec<Point> = line.stops.iter().map(|p| turned(*p)).collect();
        let forward = from.x <= to.x;
        ends.push((line.from, forward, stops.first().unwrap_or(&to).y, k, true));
        ends.push((line.to, !forward, stops.last().unwrap_or(&from).y, k, false));
    }
    ends.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)).then((a.3, a.4).cmp(&(b.3, b.4))));
    let mut found = vec![(Point::default(), Point::default()); lines.len()];
    for side in ends.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let (middle, height) = of(side[0].0);
        let step = PORTS.min(height * 0.55 / (side.len() as f64 - 1.0).max(1.0));
        for (n, &(_, _, _, k, starts)) in side.iter().enumerate() {
            let port = middle + Point::new(0.0, step * (n as f64 - (side.len() as f64 - 1.0) / 2.0));
            if starts { found[k].0 = port } else { found[k].1 = port }
        }
    }
    found
}
