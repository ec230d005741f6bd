//! How far things are apart: betweenness and closeness from one search in breadth for each thing, or for a sample of them.
//!
//! Searches are shared out in parts whose number does not depend on the machine, and added up in their order: the sums,
//! and so the bytes, are the same on any number of cores.

use std::collections::VecDeque;

use super::Simple;

/// Up to so many things, every thing is a starting point.
pub const EXACT_UP_TO: usize = 5_000;
/// So many starting points above that.
pub const PIVOTS: usize = 1_000;
/// Into so many parts the starting points are shared out.
const PARTS: usize = 32;

/// What the searches found.
#[derive(Debug, Clone, PartialEq)]
pub struct Distances {
    /// Freeman's betweenness, normalized (Brandes's algorithm).
    pub betweenness: Vec<f64>,
    /// Wasserman and Faust's closeness, of the ways that lead to a thing.
    pub closeness: Vec<f64>,
    /// How many searches were made.
    pub searched: usize,
    /// Whether every thing was a starting point.
    pub exact: bool,
}

/// What one part of the searches adds up.
struct Part {
    between: Vec<f64>,
    far: Vec<f64>,
    reached: Vec<f64>,
}

impl Simple {
    /// Searches from every thing, or above [`EXACT_UP_TO`] things from [`PIVOTS`] of them, unless `exact` is asked for.
    pub fn distances(&self, exact: bool) -> Distances {
        let count = self.ids.len();
        let exact = exact || count <= EXACT_UP_TO;
        let starts = if exact { (0..count).collect() } else { sample(&self.ids, PIVOTS) };
        let parts = self.parts(&starts);
        let mut sum = Part { between: vec![0.0; count], far: vec![0.0; count], reached: vec![0.0; count] };
        for part in parts {
            for index in 0..count {
                sum.between[index] += part.between[index];
                sum.far[index] += part.far[index];
                sum.reached[index] += part.reached[index];
            }
        }
        // Each search stands for as many as were left out. A start never counts for itself.
        let stands_for = if exact || starts.is_empty() { 1.0 } else { count as f64 / starts.len() as f64 };
        let others = (count.max(1) - 1) as f64;
        // Every pair is met from both ends, and so counted twice, in a network without directions; and normalized by half as many.
        let pairs = others * (others - 1.0);
        let betweenness = sum.between.iter().map(|value| if pairs > 0.0 { value * stands_for / pairs } else { 0.0 }).collect();
        let closeness = sum
            .far
            .iter()
            .zip(&sum.reached)
            .map(|(far, reached)| if *far > 0.0 { (reached / far) * (reached * stands_for / others).min(1.0) } else { 0.0 })
            .collect();
        Distances { betweenness, closeness, searched: starts.len(), exact }
    }

    fn parts(&self, starts: &[usize]) -> Vec<Part> {
        let chunks: Vec<&[usize]> = starts.chunks(starts.len().div_ceil(PARTS).max(1)).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(chunks.len().max(1));
        if threads < 2 || starts.len() < 256 {
            return chunks.into_iter().map(|chunk| self.search(chunk)).collect();
        }
        let mut parts: Vec<Option<Part>> = chunks.iter().map(|_| None).collect();
        std::thread::scope(|scope| {
            let mut shares: Vec<Vec<(&[usize], &mut Option<Part>)>> = (0..threads).map(|_| Vec::new()).collect();
            for (index, (chunk, part)) in chunks.iter().copied().zip(&mut parts).enumerate() {
                shares[index % threads].push((chunk, part));
            }
            for share in shares {
                scope.spawn(move || {
                    for (chunk, part) in share {
                        *part = Some(self.search(chunk));
                    }
                });
            }
        });
        parts.into_iter().flatten().collect()
    }

    /// Brandes, "A faster algorithm for betweenness centrality" (2001), without weights, from some starting points.
    fn search(&self, starts: &[usize]) -> Part {
        let count = self.ids.len();
        let mut part = Part { between: vec![0.0; count], far: vec![0.0; count], reached: vec![0.0; count] };
        let mut distance = vec![u32::MAX; count];
        let mut ways = vec![0.0_f64; count];
        let mut depends = vec![0.0_f64; count];
        let mut order: Vec<usize> = Vec::with_capacity(count);
        let mut open = VecDeque::new();
        for &start in starts {
            for &node in &order {
                distance[node] = u32::MAX;
                ways[node] = 0.0;
                depends[node] = 0.0;
            }
            order.clear();
            distance[start] = 0;
            ways[start] = 1.0;
            open.push_back(start);
            while let Some(node) = open.pop_front() {
                order.push(node);
                for &(next, _) in &self.out[node] {
                    if distance[next] == u32::MAX {
                        distance[next] = distance[node] + 1;
                        open.push_back(next);
                    }
                    if distance[next] == distance[node] + 1 {
                        ways[next] += ways[node];
                    }
                }
            }
            for &node in order.iter().rev() {
                for &(next, _) in &self.out[node] {
                    if distance[next] == distance[node] + 1 {
                        depends[node] += ways[node] / ways[next] * (1.0 + depends[next]);
                    }
                }
                if node != start {
                    part.between[node] += depends[node];
                    part.far[node] += f64::from(distance[node]);
                    part.reached[node] += 1.0;
                }
            }
        }
        part
    }
}

/// Some things, chosen by their ids alone: those whose ids have the smallest digests (FNV-1a), in the order of their numbers.
pub(super) fn sample(ids: &[String], size: usize) -> Vec<usize> {
    let mut order: Vec<(u64, &str, usize)> = ids
        .iter()
        .enumerate()
        .map(|(index, id)| {
            let mut digest =
                id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
            // FNV leaves the last letters in the low bits; mixed, as ids often count up at their end.
            digest ^= digest >> 32;
            digest = digest.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (digest ^ (digest >> 29), id.as_str(), index)
        })
        .collect();
    order.sort_unstable();
    let mut chosen: Vec<usize> = order.into_iter().take(size).map(|(.., index)| index).collect();
    chosen.sort_unstable();
    chosen
}
