//! The network layout: tied things near each other, groups kept together, no figure on another, components packed side by side.
//!
//! Boxes are wider than high, so stress is minimised in a plane squeezed from the sides and stretched afterwards: the picture
//! comes out dense and lies across the page. Small graphs are tried from several starts and the picture with the fewest
//! crossings and the fewest lines behind boxes is kept.

use std::collections::BTreeMap;

use super::clearance::{keep_strangers_out, labels_between, make_room, step_aside};
use super::parts::{GAP, components, in_rows};
use super::polish::{Edge, Table, polish};
use super::shape::{draw_in, lie_across, spread, tighten};
use super::stress::{Problem, Stress};
use super::{Dice, overlap, pack};
use crate::drawing::Placement;
use crate::geometry::{Curve, Point, Rect, cross, hull, hull_overlaps};
use crate::group::{self, MARGIN as HULL_MARGIN};
use crate::plan::Plan;
use crate::route;

/// How much the squeezed plane is stretched sideways.
const STRETCH: f64 = 1.55;
/// Components of up to so many ties are polished.
const POLISHED: usize = 1_500;
/// As many pairs of ties as are looked at when tries are compared.
const COUNTED: usize = 4_000_000;
/// In pictures of more nodes than this, everything is drawn in towards its neighbours for so many rounds, and the crowd in the middle
/// is spread before overlaps are removed.
const CROWDED: usize = 200;
const DRAWN_IN: usize = 4;
/// What is left free where ties carry labels.
const LABEL_GAP: Point = Point::new(25.0, 20.0);

/// Gives the nodes their places and the ties their ways.
pub(super) fn place(plan: &Plan) -> Placement {
    let places = places(plan);
    let ways = route::around(plan, &places);
    let areas = if plan.options.hulls { group::hulls(plan, &places) } else { Vec::new() };
    let labels = (0..ways.len()).map(|_| None).collect();
    Placement { places, ways, areas, labels }
}

/// The boxes of all nodes.
fn places(plan: &Plan) -> Vec<Rect> {
    let n = plan.nodes.len();
    let hulls = plan.options.hulls && !plan.groups.is_empty();
    let pins: Vec<Option<Point>> = plan
        .nodes
        .iter()
        .map(|spot| {
            let pin = plan.options.pins.get(&plan.graph.nodes[spot.index].id)?;
            (pin.0.is_finite() && pin.1.is_finite()).then_some(Point::new(pin.0, pin.1))
        })
        .collect();
    let group: Vec<Option<usize>> = plan.nodes.iter().map(|s| s.group.filter(|_| hulls)).collect();
    let near = lengths(plan, &group);
    let parts = components(&near);
    let mut boxes = vec![Rect::default(); n];
    let (lone, tied): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.len() == 1 && pins[part[0]].is_none());
    let mut pictures: Vec<Vec<usize>> = Vec::new();
    for part in tied {
        component(plan, &part, &near, &group, &pins, &mut boxes);
        pictures.push(part);
    }
    let lone: Vec<usize> = lone.into_iter().flatten().collect();
    if !lone.is_empty() {
        for (v, r) in in_rows(plan, &lone) {
            boxes[v] = r;
        }
        pictures.push(lone);
    }
    assemble(plan, &pictures, &pins, &group, &mut boxes);
    boxes
}

/// Who is near whom, and how far apart their middles are wanted, in the squeezed plane.
fn lengths(plan: &Plan, group: &[Option<usize>]) -> Vec<Vec<(usize, f64)>> {
    let n = plan.nodes.len();
    let radius: Vec<f64> = plan.nodes.iter().map(|s| (s.w / STRETCH + s.h) / 4.0).collect();
    let mut near: Vec<Vec<(usize, f64)>> = vec![Vec::new(); n];
    let mut label = vec![0.0_f64; plan.strands.len()];
    for (k, strand) in plan.strands.iter().enumerate() {
        label[k] = plan.ruler.width(&strand.label, crate::plan::LABEL_SIZE, crate::text::Weight::Regular).min(110.0);
    }
    let ends = |k: usize| (plan.strands[k].from.min(plan.strands[k].to), plan.strands[k].from.max(plan.strands[k].to));
    let order: Vec<usize> = (0..plan.strands.len()).collect();
    for pair in order.chunk_by(|&a, &b| ends(a) == ends(b)) {
        let (a, b) = ends(pair[0]);
        if a == b {
            continue;
        }
        let widest = pair.iter().map(|&k| label[k]).fold(0.0, f64::max);
        let gap = 22.0 + 0.42 * widest / STRETCH + 12.0 * (pair.len() - 1) as f64;
        near[a].push((b, radius[a] + radius[b] + gap));
        near[b].push((a, radius[a] + radius[b] + gap));
    }
    // A hub needs a ring long enough for its neighbours.
    let ring: Vec<f64> =
        near.iter().map(|list| list.iter().map(|&(j, _)| 2.0 * radius[j] + 8.0).sum::<f64>() / std::f64::consts::TAU).collect();
    for i in 0..n {
        for k in 0..near[i].len() {
            let (j, length) = near[i][k];
            near[i][k].1 = length.max(0.45 * ring[i].max(ring[j]).min(260.0));
        }
    }
    // Members of a group that no tie joins are joined by a loose thread, so that the group stays in one place.
    let mut threads = Vec::new();
    let mut at = vec![usize::MAX; n];
    for (number, part) in components(&near).iter().enumerate() {
        for &v in part {
            at[v] = number;
        }
    }
    for (g, band) in plan.groups.iter().enumerate() {
        let members: Vec<usize> = band.members.iter().copied().filter(|&m| group[m] == Some(g)).collect();
        let Some(&first) = members.iter().max_by_key(|&&m| (near[m].len(), std::cmp::Reverse(m))) else { continue };
        let mut seen = vec![at[first]];
        for &m in &members {
            if !seen.contains(&at[m]) {
                seen.push(at[m]);
                threads.push((first, m, radius[first] + radius[m] + 40.0));
            }
        }
    }
    for (a, b, length) in threads {
        near[a].push((b, length));
        near[b].push((a, length));
    }
    near
}

/// Arranges one component.
fn component(plan: &Plan, part: &[usize], near: &[Vec<(usize, f64)>], group: &[Option<usize>], pins: &[Option<Point>], boxes: &mut [Rect]) {
    let n = part.len();
    let mut local = vec![usize::MAX; near.len()];
    for (k, &v) in part.iter().enumerate() {
        local[v] = k;
    }
    let near: Vec<Vec<(usize, f64)>> = part.iter().map(|&v| near[v].iter().map(|&(w, d)| (local[w], d)).collect()).collect();
    let group: Vec<Option<usize>> = part.iter().map(|&v| group[v]).collect();
    let pinned: Vec<Option<Point>> = part.iter().map(|&v| pins[v].map(|p| Point::new(p.x / STRETCH, p.y))).collect();
    let edges: Vec<(usize, usize)> =
        plan.strands.iter().filter(|s| s.from != s.to && local[s.from] != usize::MAX).map(|s| (local[s.from], local[s.to])).collect();
    let sizes: Vec<(f64, f64)> = part.iter().map(|&v| (plan.nodes[v].w, plan.nodes[v].h)).collect();
    let room: f64 = sizes.iter().map(|s| (s.0 / STRETCH + 20.0) * (s.1 + 20.0)).sum();
    let problem = Problem { near: &near, group: &group, pinned: &pinned, side: (room * 3.0).sqrt() };
    let mut dice = Dice(plan.options.seed ^ ((n as u64) << 32));
    let stress = Stress::new(&problem, &mut dice);
    let starts = match n {
        0..=2 => 1,
        3..=60 => 24,
        61..=120 => 10,
        121..=200 => 3,
        _ => 1,
    };
    // Counting what crosses takes the square of the ties.
    let starts = starts.min(COUNTED / (edges.len() * edges.len()).max(1)).max(1);
    let free = pinned.iter().all(Option::is_none);
    let fixed: Vec<bool> = pinned.iter().map(Option::is_some).collect();
    let labelled = plan.strands.iter().any(|s| !s.label.is_empty());
    let gap = if labelled { LABEL_GAP } else { GAP };
    let labels = labels_between(plan, &local);
    let attempt = |dice: &mut Dice, start: usize| {
        let mut at = stress.arrange(dice);
        // Small pictures keep the even distances of stress, so that their pages stay full; those between have the choice.
        let rounds = match n {
            0..=120 => 0,
            121..=CROWDED => start % 3,
            _ => DRAWN_IN,
        };
        draw_in(&mut at, &near, &pinned, rounds);
        if free {
            lie_across(&mut at);
        }
        let mut boxes: Vec<Rect> = at.iter().zip(&sizes).map(|(p, s)| Rect::around(Point::new(p.x * STRETCH, p.y), s.0, s.1)).collect();
        if free {
            tighten(&mut boxes, gap, if labelled { n * 2 / 3 } else { n });
            if n > CROWDED {
                spread(&mut boxes, gap);
            }
        }
        overlap::separate(&mut boxes, &fixed, gap);
        make_room(&mut boxes, &labels, &fixed, gap);
        keep_strangers_out(&mut boxes, &group, &fixed, gap);
        if n <= 200 {
            step_aside(&mut boxes, &edges, &fixed, gap);
            keep_strangers_out(&mut boxes, &group, &fixed, gap);
        }
        boxes
    };
    let mut tries: Vec<Vec<Rect>> = (0..starts).map(|start| attempt(&mut dice, start)).collect();
    let best_first = |tries: &mut Vec<Vec<Rect>>| {
        if tries.len() > 1 {
            tries.sort_by_cached_key(|boxes| (faults(boxes, &edges, &group) * 1e3) as u64);
        }
    };
    // How many of the best tries are polished, and for how many rounds.
    let (finalists, rounds) = match edges.len() {
        0..=200 => (5, 6),
        201..=600 => (3, 6),
        601..=POLISHED => (1, 1),
        _ => (1, 0),
    };
    if rounds > 0 {
        best_first(&mut tries);
        tries.truncate(finalists);
        let size: BTreeMap<(usize, usize), (f64, f64)> = labels.iter().map(|l| (l.ends, (l.w, l.h))).collect();
        let label = |(a, b): (usize, usize)| size.get(&(a, b)).or_else(|| size.get(&(b, a))).copied().unwrap_or_default();
        let sized: Vec<Edge> = edges.iter().map(|&ends| Edge { ends, label: label(ends) }).collect();
        let table = Table { edges: &sized, group: &group, fixed: &fixed, gap };
        let area = |g: usize, boxes: &[Rect]| {
            let members = (0..boxes.len()).filter(|&i| group[i] == Some(g));
            hull(members.flat_map(|m| boxes[m].grown(HULL_MARGIN).corners()).collect())
        };
        for boxes in &mut tries {
            polish(boxes, &table, rounds, area);
        }
        best_first(&mut tries);
    }
    let best = tries.swap_remove(0);
    for (&v, r) in part.iter().zip(best) {
        boxes[v] = r;
    }
}

/// What is wrong with a picture: lines behind boxes, crossings, strangers in hulls, and a little for its size.
fn faults(boxes: &[Rect], edges: &[(usize, usize)], group: &[Option<usize>]) -> f64 {
    let mut found = 0.0;
    for (k, &(a, b)) in edges.iter().enumerate() {
        let (from, to) = (boxes[a].centre(), boxes[b].centre());
        for (i, r) in boxes.iter().enumerate() {
            if i != a && i != b && r.length_inside(from, to) > 0.0 {
                found += 2.5;
            }
        }
        for &(c, d) in &edges[k + 1..] {
            if a != c && a != d && b != c && b != d && cross(from, to, boxes[c].centre(), boxes[d].centre()) {
                found += 1.0;
            }
        }
    }
    for g in 0..group.iter().flatten().max().map_or(0, |m| m + 1) {
        let inside = (0..boxes.len()).filter(|&i| group[i] == Some(g));
        let outline = hull(inside.flat_map(|m| boxes[m].grown(HULL_MARGIN).corners()).collect());
        let strangers = (0..boxes.len()).filter(|&i| group[i] != Some(g) && hull_overlaps(&outline, boxes[i]));
        found += 6.0 * strangers.count() as f64;
    }
    let whole = Rect::all(boxes.iter().copied()).unwrap_or_default();
    let filled: f64 = boxes.iter().map(|r| r.w * r.h).sum();
    found + whole.w * whole.h / filled.max(1.0)
}

/// Fits the pictures of the components together; what holds a pinned node stays where it is, the others go below.
fn assemble(plan: &Plan, pictures: &[Vec<usize>], pins: &[Option<Point>], group: &[Option<usize>], boxes: &mut [Rect]) {
    let whole = |part: &[usize], boxes: &[Rect]| Rect::all(part.iter().map(|&v| boxes[v])).unwrap_or_default();
    let (still, free): (Vec<_>, Vec<_>) = pictures.iter().partition(|part| part.iter().any(|&v| pins[v].is_some()));
    let mut picture_of = vec![usize::MAX; boxes.len()];
    for (n, part) in free.iter().enumerate() {
        for &v in part.iter() {
            picture_of[v] = n;
        }
    }
    // A picture is its boxes, the lines between them and its hulls.
    let mut shapes: Vec<Vec<Rect>> = free.iter().map(|part| part.iter().map(|&v| boxes[v].grown(6.0)).collect()).collect();
    // Where there is one picture alone, nothing has to fit beside its lines.
    for strand in plan.strands.iter().filter(|s| free.len() > 1 && picture_of[s.from] != usize::MAX) {
        let line = Curve::straight(boxes[strand.from].centre(), boxes[strand.to].centre());
        shapes[picture_of[strand.from]].extend(pack::along(&line));
    }
    for g in 0..group.iter().flatten().max().map_or(0, |m| m + 1) {
        let members: Vec<usize> = (0..boxes.len()).filter(|&v| group[v] == Some(g) && picture_of[v] != usize::MAX).collect();
        if let Some(first) = members.first() {
            shapes[picture_of[*first]].push(whole(&members, boxes).grown(HULL_MARGIN + 12.0));
        }
    }
    let below = Rect::all(still.iter().map(|part| whole(part, boxes)));
    let origin = below.map_or(Point::default(), |r| Point::new(r.x, r.bottom() + 40.0));
    for (part, by) in free.iter().zip(pack::pack(&shapes, 34.0)) {
        for &v in part.iter() {
            boxes[v] = boxes[v].moved(by + origin);
        }
    }
    if still.len() > 1 {
        let fixed: Vec<bool> = pins.iter().map(Option::is_some).collect();
        overlap::separate(boxes, &fixed, GAP);
    }
}
