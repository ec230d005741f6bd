//! What several layouts ask of a graph before they place it: which nodes hang together, how far each is from a start, and rows of those alone.

use crate::geometry::{Point, Rect};
use crate::plan::Plan;

/// What is left free between two figures, in pixels across and down.
pub(super) const GAP: Point = Point::new(16.0, 14.0);

/// The sets of nodes that hang together, in the order of their first nodes.
pub(super) fn components(near: &[Vec<(usize, f64)>]) -> Vec<Vec<usize>> {
    let mut seen = vec![false; near.len()];
    let mut parts = Vec::new();
    for start in 0..near.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut part = vec![start];
        let mut next = 0;
        while next < part.len() {
            for &(w, _) in &near[part[next]] {
                if !seen[w] {
                    seen[w] = true;
                    part.push(w);
                }
            }
            next += 1;
        }
        part.sort_unstable();
        parts.push(part);
    }
    parts
}

/// Boxes of nodes without ties, each with its node, in rows from the top left.
pub(super) fn in_rows(plan: &Plan, lone: &[usize]) -> Vec<(usize, Rect)> {
    let area: f64 = lone.iter().map(|&v| (plan.nodes[v].w + GAP.x) * (plan.nodes[v].h + GAP.y)).sum();
    let across = (area * 2.2).sqrt().max(200.0);
    let (mut x, mut y, mut row) = (0.0, 0.0, 0.0_f64);
    let mut boxes = Vec::new();
    for &v in lone {
        let (w, h) = (plan.nodes[v].w, plan.nodes[v].h);
        if x > 0.0 && x + w > across {
            (x, y, row) = (0.0, y + row + GAP.y, 0.0);
        }
        boxes.push((v, Rect::new(x, y, w, h)));
        x += w + GAP.x;
        row = row.max(h);
    }
    boxes
}

/// The longest way to each node over ties that do not close a circle.
pub(super) fn ranks(n: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); n];
    let mut waiting = vec![0usize; n];
    for &(a, b) in edges {
        out[a].push(b);
        waiting[b] += 1;
    }
    let mut rank = vec![0usize; n];
    let mut done = vec![false; n];
    let mut ready: std::collections::BTreeSet<usize> = (0..n).filter(|&v| waiting[v] == 0).collect();
    let mut by_need: std::collections::BTreeSet<(usize, usize)> = (0..n).map(|v| (waiting[v], v)).collect();
    while let Some(v) = ready.pop_first().or_else(|| by_need.first().map(|&(_, v)| v)) {
        by_need.remove(&(waiting[v], v));
        done[v] = true;
        for &w in &out[v] {
            if done[w] {
                continue;
            }
            rank[w] = rank[w].max(rank[v] + 1);
            by_need.remove(&(waiting[w], w));
            waiting[w] -= 1;
            by_need.insert((waiting[w], w));
            if waiting[w] == 0 {
                ready.insert(w);
            }
        }
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_do_not_stop_the_layering() {
        assert_eq!(ranks(4, &[(0, 1), (1, 2), (2, 0), (2, 3)]), vec![0, 1, 2, 3]);
        assert_eq!(ranks(2, &[]), vec![0, 0]);
    }
}
