//! Stress: places whose distances are as near as can be to the distances along the ties.
//!
//! Stochastic gradient descent (Zheng, Pawar and Goodman 2018) over all pairs of nodes, and above [`FEW`] nodes over each node's
//! neighbours and a set of pivots that stand for their surroundings (Ortmann, Klimenta and Brandes 2017). It needs no good start,
//! does not tangle as spring models do, and thirty rounds are enough.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Dice;
use crate::geometry::Point;

/// Up to so many nodes every pair counts.
const FEW: usize = 600;
/// Rounds of descent for small pictures, and for large ones, which are drawn in afterwards and need no last polish.
const ROUNDS: (i32, i32) = (36, 22);
const LARGE: usize = 300;
const PIVOTS: usize = 120;

/// What is to be arranged.
pub(super) struct Problem<'a> {
    /// Each node's neighbours with the distance wanted.
    pub(super) near: &'a [Vec<(usize, f64)>],
    /// Each node's group.
    pub(super) group: &'a [Option<usize>],
    /// Places that must not change.
    pub(super) pinned: &'a [Option<Point>],
    /// How wide and high a picture with room for everything would be.
    pub(super) side: f64,
}

/// A picture may be so many times as long as one with room for everything.
const LONG: f64 = 3.0;

struct Term {
    i: usize,
    j: usize,
    d: f64,
    wi: f64,
    wj: f64,
}

/// The terms of a problem, worked out once for several starts.
pub(super) struct Stress<'a> {
    problem: &'a Problem<'a>,
    terms: Vec<Term>,
}

impl<'a> Stress<'a> {
    /// All distances wanted. The graph must hang together.
    pub(super) fn new(problem: &'a Problem<'a>, dice: &mut Dice) -> Self {
        let n = problem.near.len();
        let mut terms = if n <= FEW { every_pair(problem) } else { with_pivots(problem, dice) };
        curl(&mut terms, problem.side);
        debug_assert!(n < 2 || !terms.is_empty());
        Self { problem, terms }
    }

    /// Places for one start.
    pub(super) fn arrange(&self, dice: &mut Dice) -> Vec<Point> {
        let n = self.problem.near.len();
        let reach = self.terms.iter().map(|t| t.d).fold(1.0, f64::max);
        let mut at: Vec<Point> = (0..n)
            .map(|i| {
                let chance = Point::new((dice.part() - 0.5) * reach, (dice.part() - 0.5) * reach);
                self.problem.pinned[i].unwrap_or(chance)
            })
            .collect();
        let weights = self.terms.iter().flat_map(|t| [t.wi, t.wj]).filter(|w| *w > 0.0);
        let (least, most) = weights.fold((f64::MAX, f64::MIN), |(low, high), w| (low.min(w), high.max(w)));
        if least > most {
            return at;
        }
        let (start, end) = (1.0 / least, 0.05 / most);
        let rounds = if n > LARGE { ROUNDS.1 } else { ROUNDS.0 };
        let fall = (start / end).ln() / f64::from(rounds - 1);
        let mut order: Vec<u32> = (0..self.terms.len() as u32).collect();
        for round in 0..rounds {
            let step = start * (-fall * f64::from(round)).exp();
            dice.shuffle(&mut order);
            for &t in &order {
                let Term { i, j, d, wi, wj } = self.terms[t as usize];
                let gap = at[i] - at[j];
                let now = gap.length();
                let (unit, now) = if now > 1e-9 { (gap * (1.0 / now), now) } else { (Point::new(1.0, 0.0), 1e-9) };
                let off = (now - d) / 2.0;
                if wi > 0.0 && self.problem.pinned[i].is_none() {
                    at[i] = at[i] - unit * ((wi * step).min(1.0) * off);
                }
                if wj > 0.0 && self.problem.pinned[j].is_none() {
                    at[j] = at[j] + unit * ((wj * step).min(1.0) * off);
                }
            }
        }
        at
    }
}

/// Long chains would make ribbons of pages: what is far is wanted less far, the farther the less, until the longest way fits. A chain
/// then curls as a thread does, and what is near stays as it was.
fn curl(terms: &mut [Term], side: f64) {
    let reach = terms.iter().map(|t| t.d).fold(0.0, f64::max);
    if reach <= LONG * side {
        return;
    }
    let near = (0.25 * side).max(1.0);
    let power = (LONG * side / near).ln() / (reach / near).ln();
    for term in terms.iter_mut().filter(|t| t.d > near) {
        let d = near * (term.d / near).powf(power);
        let heavier = (term.d / d).powi(2);
        (term.d, term.wi, term.wj) = (d, term.wi * heavier, term.wj * heavier);
    }
}

/// Nodes of one group are wanted nearer, nodes of two groups farther than the ties say.
fn grouped(problem: &Problem, i: usize, j: usize, d: f64) -> f64 {
    match (problem.group[i], problem.group[j]) {
        (Some(a), Some(b)) if a == b => d * 0.72,
        (None, None) => d,
        _ => d * 1.12,
    }
}

fn every_pair(problem: &Problem) -> Vec<Term> {
    let n = problem.near.len();
    let mut terms = Vec::with_capacity(n * n / 2);
    for i in 0..n {
        for (j, d) in distances(problem.near, i).into_iter().enumerate().skip(i + 1) {
            let d = grouped(problem, i, j, d).max(1.0);
            let w = 1.0 / (d * d);
            terms.push(Term { i, j, d, wi: w, wj: w });
        }
    }
    terms
}

fn with_pivots(problem: &Problem, dice: &mut Dice) -> Vec<Term> {
    let n = problem.near.len();
    let mut terms = Vec::new();
    for (i, near) in problem.near.iter().enumerate() {
        for &(j, d) in near.iter().filter(|(j, _)| *j > i) {
            let d = grouped(problem, i, j, d).max(1.0);
            terms.push(Term { i, j, d, wi: 1.0 / (d * d), wj: 1.0 / (d * d) });
        }
    }
    // Pivots as far from each other as can be; every node belongs to the nearest.
    let mut pivot = (dice.roll() % n as u64) as usize;
    let mut nearest = vec![f64::MAX; n];
    let mut owner = vec![0usize; n];
    let mut pivots: Vec<(usize, Vec<f64>)> = Vec::new();
    while pivots.len() < PIVOTS.min(n) {
        let far = distances(problem.near, pivot);
        for v in 0..n {
            if far[v] < nearest[v] {
                nearest[v] = far[v];
                owner[v] = pivots.len();
            }
        }
        pivots.push((pivot, far));
        let Some(next) = (0..n).max_by(|&a, &b| nearest[a].total_cmp(&nearest[b]).then(b.cmp(&a))) else { break };
        pivot = next;
    }
    for (p, (pivot, far)) in pivots.iter().enumerate() {
        let mut region: Vec<f64> = (0..n).filter(|&v| owner[v] == p).map(|v| far[v]).collect();
        region.sort_by(f64::total_cmp);
        for i in (0..n).filter(|&i| i != *pivot) {
            if problem.near[i].iter().any(|(j, _)| j == pivot) {
                continue;
            }
            let d = grouped(problem, i, *pivot, far[i]).max(1.0);
            let stand_for = region.partition_point(|&r| r <= far[i] / 2.0).max(1);
            let w = stand_for as f64 / (d * d);
            terms.push(Term { i, j: *pivot, d, wi: w, wj: 0.0 });
        }
    }
    terms
}

/// The shortest ways from one node to all (Dijkstra).
fn distances(near: &[Vec<(usize, f64)>], from: usize) -> Vec<f64> {
    let mut found = vec![f64::MAX; near.len()];
    // Bits of positive floats are in the order of the floats.
    let mut open = BinaryHeap::from([Reverse((0u64, from))]);
    found[from] = 0.0;
    while let Some(Reverse((bits, v))) = open.pop() {
        let d = f64::from_bits(bits);
        if d > found[v] {
            continue;
        }
        for &(w, length) in &near[v] {
            let way = d + length;
            if way < found[w] {
                found[w] = way;
                open.push(Reverse((way.to_bits(), w)));
            }
        }
    }
    // The graph hangs together; should it not, what cannot be reached is wanted far away rather than nowhere.
    let far = found.iter().copied().filter(|d| *d < f64::MAX).fold(100.0, f64::max);
    found.into_iter().map(|d| if d < f64::MAX { d } else { far * 1.5 }).collect()
}
