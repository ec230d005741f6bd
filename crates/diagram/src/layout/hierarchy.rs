//! The hierarchy layout: layers along the direction of the ties, groups as boxes, ways led round everything.
//!
//! The work is dagre's (network simplex ranks, swept orders, Brandes and Köpf's places). It takes seconds beyond a few hundred
//! nodes and was not written for hostile graphs; where it is too slow or gives up, a plain layering of our own stands in.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir};

use super::lanes::{self, Line};
use super::pack;
use super::parts::{components, in_rows, ranks};
use crate::Direction;
use crate::drawing::Placement;
use crate::geometry::{Curve, Point, Rect};
use crate::group::{self, Area};
use crate::label::{self, Preferred};
use crate::plan::{Plan, Strand};
use crate::route::{self, Way};

/// Beyond so many nodes or strands in a component, dagre takes too long.
const MOST: usize = 400;
/// The room between a group's box and its members.
const INSET: f64 = 12.0;

/// Gives the nodes their places and the ties their ways.
pub(super) fn place(plan: &Plan) -> Placement {
    let n = plan.nodes.len();
    let grouped = plan.options.hulls;
    let mut near: Vec<Vec<(usize, f64)>> = vec![Vec::new(); n];
    let mut tie = |a: usize, b: usize| {
        near[a].push((b, 1.0));
        near[b].push((a, 1.0));
    };
    for strand in plan.strands.iter().filter(|s| s.from != s.to) {
        tie(strand.from, strand.to);
    }
    if grouped {
        for band in &plan.groups {
            for pair in band.members.windows(2) {
                tie(pair[0], pair[1]);
            }
        }
    }
    let (lone, tied): (Vec<_>, Vec<_>) = components(&near).into_iter().partition(|part| part.len() == 1);
    let mut boxes = vec![Rect::default(); n];
    let mut ways: Vec<Option<Way>> = vec![None; plan.strands.len()];
    let mut labels: Vec<Option<Preferred>> = (0..plan.strands.len()).map(|_| None).collect();
    let mut areas: Vec<Area> = Vec::new();
    let mut pictures: Vec<Picture> = Vec::new();
    for part in tied {
        let strands: Vec<usize> = (0..plan.strands.len()).filter(|&k| part.binary_search(&plan.strands[k].from).is_ok()).collect();
        let slow = part.len() > MOST || strands.len() > 2 * MOST;
        pictures.push(if slow { None } else { drawn(plan, &part, &strands) }.unwrap_or_else(|| plain(plan, &part)));
    }
    if !lone.is_empty() {
        pictures.push(Picture { boxes: in_rows(plan, &lone.concat()), ..Picture::default() });
    }
    let shapes: Vec<Vec<Rect>> = pictures.iter().map(Picture::shape).collect();
    for (picture, by) in pictures.into_iter().zip(pack::pack(&shapes, 36.0)) {
        for (v, r) in picture.boxes {
            boxes[v] = r.moved(by);
        }
        for (k, way) in picture.ways {
            ways[k] = Some(way.into_iter().map(|c| Curve(c.0.map(|p| p + by))).collect());
        }
        for (k, label) in picture.labels {
            labels[k] = Some(Preferred { middle: label.middle + by, ..label });
        }
        for (group, outline) in picture.areas {
            let corners = outline.moved(by).corners().to_vec();
            areas.push(Area { group, outline: corners, named: true, members: plan.groups[group].members.len() });
        }
    }
    if grouped {
        // Groups without a box of their own are drawn as in a network.
        let boxed: Vec<usize> = areas.iter().map(|a| a.group).collect();
        areas.extend(group::hulls(plan, &boxes).into_iter().filter(|a| !boxed.contains(&a.group)));
    }
    let routed = route::around(plan, &boxes);
    let ways = ways
        .into_iter()
        .zip(routed)
        .zip(&plan.strands)
        .map(|((way, routed), strand)| match way {
            Some(way) if strand.from != strand.to => route::trim(plan, strand, &boxes, way),
            _ => routed,
        })
        .collect();
    Placement { places: boxes, ways, areas, labels }
}

/// The picture of a component.
#[derive(Default)]
struct Picture {
    boxes: Vec<(usize, Rect)>,
    ways: Vec<(usize, Way)>,
    labels: Vec<(usize, Preferred)>,
    areas: Vec<(usize, Rect)>,
}

impl Picture {
    /// Everything it takes: boxes, groups, and its ways in short pieces.
    fn shape(&self) -> Vec<Rect> {
        let pieces = self.ways.iter().flat_map(|(_, way)| way).flat_map(pack::along);
        let labels = self.labels.iter().map(|(_, l)| Rect::around(l.middle, l.shape.w, l.shape.h));
        let areas = self.areas.iter().map(|a| a.1.grown(10.0));
        self.boxes.iter().map(|b| b.1).chain(areas).chain(labels).chain(pieces).collect()
    }

    fn size(&self) -> f64 {
        let frame = Rect::all(self.shape()).unwrap_or_default();
        frame.w * frame.h
    }
}

/// Dagre's picture with groups as boxes, or without where boxes blow it up or would take in strangers.
fn drawn(plan: &Plan, part: &[usize], strands: &[usize]) -> Option<Picture> {
    let attempt = |boxed: bool| catch_unwind(AssertUnwindSafe(|| layered(plan, part, strands, boxed))).ok().flatten();
    if !plan.options.hulls || part.iter().all(|&v| plan.nodes[v].group.is_none()) {
        return attempt(false);
    }
    match (attempt(true), attempt(false)) {
        (Some(boxed), Some(free)) => Some(if boxed.size() <= 1.4 * free.size() { boxed } else { free }),
        (boxed, free) => boxed.or(free),
    }
}

/// Dagre's picture; none if it left anything without a place, or a group's box takes in a stranger.
fn layered(plan: &Plan, part: &[usize], strands: &[usize], boxed: bool) -> Option<Picture> {
    let mut graph: Graph<NodeLabel, EdgeLabel> = Graph::with_options(GraphOptions { directed: true, multigraph: true, compound: true });
    let name = |v: usize| format!("n{v:06}");
    let area = |g: usize| format!("g{g:06}");
    for &v in part {
        let label = NodeLabel { width: plan.nodes[v].w, height: plan.nodes[v].h, ..NodeLabel::default() };
        graph.set_node(name(v), Some(label));
    }
    let mut groups: Vec<usize> = part.iter().filter_map(|&v| plan.nodes[v].group).filter(|_| boxed).collect();
    groups.sort_unstable();
    groups.dedup();
    for &g in &groups {
        graph.set_node(area(g), Some(NodeLabel::default()));
        for &v in part.iter().filter(|&&v| plan.nodes[v].group == Some(g)) {
            graph.set_parent(&name(v), Some(&area(g)));
        }
    }
    let across = plan.options.direction.is_across();
    let mut labels: Vec<Option<label::Shape>> = Vec::new();
    for &k in strands {
        let strand = &plan.strands[k];
        let shape = Some(label::compact(plan, k)).filter(|s| strand.from != strand.to && !s.lines.is_empty());
        let (w, h) = shape.as_ref().map_or((0.0, 0.0), |s| (s.w + 6.0, s.h + 3.0));
        labels.push(shape);
        if strand.from != strand.to {
            let label = EdgeLabel { width: w, height: h, labelpos: dagre::layout::types::LabelPos::Center, ..EdgeLabel::default() };
            graph.set_edge(name(strand.from), name(strand.to), Some(label), Some(&format!("{k:06}")));
        }
    }
    let options = LayoutOptions {
        rankdir: match plan.options.direction {
            Direction::Right => RankDir::LR,
            Direction::Left => RankDir::RL,
            Direction::Down => RankDir::TB,
            Direction::Up => RankDir::BT,
        },
        nodesep: if across { 13.0 } else { 18.0 },
        edgesep: 9.0,
        ranksep: if across { 68.0 } else { 62.0 },
        acyclicer: Some(dagre::Acyclicer::Greedy),
        ..LayoutOptions::default()
    };
    dagre::layout(&mut graph, Some(options));
    let mut picture = Picture::default();
    for &v in part {
        let label = graph.node(&name(v))?;
        picture.boxes.push((v, Rect::around(finite(label.x?, label.y?)?, plan.nodes[v].w, plan.nodes[v].h)));
    }
    if overlapping(&picture.boxes) {
        return None;
    }
    for &g in &groups {
        let inside = |v: usize| plan.nodes[v].group == Some(g);
        let outline = Rect::all(picture.boxes.iter().filter(|(v, _)| inside(*v)).map(|b| b.1))?.grown(INSET);
        if picture.boxes.iter().any(|(v, r)| !inside(*v) && r.overlaps(outline)) {
            return None;
        }
        picture.areas.push((g, outline));
    }
    let mut lines = Vec::new();
    for (&k, shape) in strands.iter().zip(labels) {
        let strand = &plan.strands[k];
        if strand.from == strand.to {
            continue;
        }
        let found = graph.edge(&name(strand.from), &name(strand.to), Some(&format!("{k:06}")))?;
        let points: Vec<Point> = found.points.iter().filter_map(|p| finite(p.x, p.y)).collect();
        if points.len() < 2 {
            continue;
        }
        if let (Some(shape), Some(middle)) = (shape, found.x.zip(found.y).and_then(|(x, y)| finite(x, y))) {
            picture.labels.push((k, Preferred { middle, shape }));
        }
        // Dagre ends a line where it meets a box; the ends are decided here.
        lines.push(Line { strand: k, from: strand.from, to: strand.to, stops: points[1..points.len() - 1].to_vec() });
    }
    picture.ways = lanes::ways(&picture.boxes, &picture.labels, &lines, across);
    Some(picture)
}

fn finite(x: f64, y: f64) -> Option<Point> {
    (x.is_finite() && y.is_finite()).then_some(Point::new(x, y))
}

fn overlapping(boxes: &[(usize, Rect)]) -> bool {
    boxes.iter().enumerate().any(|(i, a)| boxes[i + 1..].iter().any(|b| a.1.overlaps(b.1)))
}

/// Layers by the longest way from a start, ordered by the neighbours' middles.
fn plain(plan: &Plan, part: &[usize]) -> Picture {
    let local = |v: usize| part.binary_search(&v).ok();
    let within = |s: &&Strand| s.from != s.to;
    let edges: Vec<(usize, usize)> = plan.strands.iter().filter(within).filter_map(|s| Some((local(s.from)?, local(s.to)?))).collect();
    let n = part.len();
    let rank = ranks(n, &edges);
    let depth = rank.iter().max().map_or(1, |r| r + 1);
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); depth];
    for v in 0..n {
        layers[rank[v]].push(v);
    }
    let mut near: Vec<Vec<usize>> = vec![Vec::new(); n];
    for &(a, b) in &edges {
        near[a].push(b);
        near[b].push(a);
    }
    let mut place = vec![0.0_f64; n];
    let spread = |layers: &[Vec<usize>], place: &mut [f64]| {
        for layer in layers {
            for (k, &v) in layer.iter().enumerate() {
                place[v] = k as f64 - layer.len() as f64 / 2.0;
            }
        }
    };
    spread(&layers, &mut place);
    for _ in 0..12 {
        let middle: Vec<f64> = (0..n)
            .map(|v| if near[v].is_empty() { place[v] } else { near[v].iter().map(|&w| place[w]).sum::<f64>() / near[v].len() as f64 })
            .collect();
        for layer in &mut layers {
            layer.sort_by(|&a, &b| middle[a].total_cmp(&middle[b]).then(a.cmp(&b)));
        }
        spread(&layers, &mut place);
    }
    // A layer longer than a page is folded into several columns.
    let across = plan.options.direction.is_across();
    let fold = ((n as f64 * 1.5).sqrt() as usize * 2).max(24);
    let columns: Vec<&[usize]> = layers.iter().flat_map(|layer| layer.chunks(fold)).collect();
    let mut picture = Picture::default();
    let mut along = 0.0;
    for column in columns {
        let size = |v: usize| (plan.nodes[part[v]].w, plan.nodes[part[v]].h);
        let deep = column.iter().map(|&v| if across { size(v).0 } else { size(v).1 }).fold(0.0, f64::max);
        let long: f64 = column.iter().map(|&v| if across { size(v).1 } else { size(v).0 } + 14.0).sum();
        let mut at = -long / 2.0;
        for &v in column {
            let (w, h) = size(v);
            let own = if across { h } else { w };
            let middle =
                if across { Point::new(along + deep / 2.0, at + own / 2.0) } else { Point::new(at + own / 2.0, along + deep / 2.0) };
            picture.boxes.push((part[v], Rect::around(middle, w, h)));
            at += own + 14.0;
        }
        along += deep + 90.0;
    }
    if plan.options.direction.is_back() {
        let turn = |r: Rect| if across { Rect::new(-r.x - r.w, r.y, r.w, r.h) } else { Rect::new(r.x, -r.y - r.h, r.w, r.h) };
        for (_, r) in &mut picture.boxes {
            *r = turn(*r);
        }
    }
    picture
}
