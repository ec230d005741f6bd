//! Groups as hulls: a soft outline round the members that never takes in a stranger.
//!
//! The layout keeps members together and pushes strangers out; where it cannot, the group is drawn in several pieces of the same
//! colour rather than round someone who does not belong to it, or across another group. Who stands alone, away from the rest of the group,
//! has no outline: dozens of them tell nothing.

use super::geometry::{Point, Rect, hull, hull_overlaps, hulls_overlap};
use super::plan::Plan;

/// The margin round the members.
pub(crate) const MARGIN: f64 = 9.0;

/// A piece of a group.
pub(crate) struct Area {
    /// The group's number in the plan.
    pub(crate) group: usize,
    /// Its corners.
    pub(crate) outline: Vec<Point>,
    /// Whether it carries the group's name: the largest piece does.
    pub(crate) named: bool,
    /// How many members it takes in.
    pub(crate) members: usize,
}

/// The hulls of all groups, large groups first: what comes later does not cross what is there.
pub(crate) fn hulls(plan: &Plan, boxes: &[Rect]) -> Vec<Area> {
    let mut areas: Vec<Area> = Vec::new();
    let mut order: Vec<usize> = (0..plan.groups.len()).collect();
    order.sort_by_key(|&g| (std::cmp::Reverse(plan.groups[g].members.len()), g));
    for g in order {
        let strangers: Vec<Rect> = (0..boxes.len()).filter(|&i| plan.nodes[i].group != Some(g)).map(|i| boxes[i].grown(1.0)).collect();
        let others: Vec<&[Point]> = areas.iter().filter(|area| area.members > 1).map(|area| area.outline.as_slice()).collect();
        let mut pieces = pieces(&plan.groups[g].members, boxes, &strangers, &others);
        pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
        let drawn = pieces.iter().enumerate().filter(|(k, piece)| *k == 0 || piece.len() > 1);
        let own: Vec<Area> =
            drawn.map(|(k, piece)| Area { group: g, outline: outline(piece, boxes), named: k == 0, members: piece.len() }).collect();
        areas.extend(own);
    }
    areas.sort_by_key(|area| area.group);
    areas
}

fn outline(members: &[usize], boxes: &[Rect]) -> Vec<Point> {
    hull(members.iter().flat_map(|&m| boxes[m].grown(MARGIN).corners()).collect())
}

/// The members in as few pieces as can be found so that no piece's hull touches a stranger.
fn pieces(members: &[usize], boxes: &[Rect], strangers: &[Rect], others: &[&[Point]]) -> Vec<Vec<usize>> {
    let clean = |members: &[usize]| {
        let outline = outline(members, boxes);
        let reach = Rect::all(outline.iter().map(|p| Rect::new(p.x, p.y, 0.0, 0.0))).unwrap_or_default();
        !strangers.iter().any(|s| s.overlaps(reach) && hull_overlaps(&outline, *s)) && !others.iter().any(|o| hulls_overlap(&outline, o))
    };
    if members.len() == 1 || clean(members) {
        return vec![members.to_vec()];
    }
    let mut pieces: Vec<Vec<usize>> = members.iter().map(|&m| vec![m]).collect();
    // Too many members for trying every pair: each stands alone, in its group's colour.
    if members.len() > 120 || members.len() * strangers.len() > 60_000 {
        return pieces;
    }
    let gap = |a: &[usize], b: &[usize]| {
        let near = |&x: &usize| b.iter().map(|&y| boxes[x].centre().distance(boxes[y].centre())).fold(f64::MAX, f64::min);
        a.iter().map(near).fold(f64::MAX, f64::min)
    };
    loop {
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for i in 0..pieces.len() {
            for j in i + 1..pieces.len() {
                pairs.push((gap(&pieces[i], &pieces[j]), i, j));
            }
        }
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let joined = pairs.into_iter().find_map(|(_, i, j)| {
            let both = [pieces[i].as_slice(), pieces[j].as_slice()].concat();
            clean(&both).then_some((i, j, both))
        });
        let Some((i, j, both)) = joined else { return pieces };
        pieces.remove(j);
        pieces[i] = both;
    }
}
