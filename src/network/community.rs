//! Communities: groups with more ties inside than chance would give, by the Leiden method (Traag, Waltman and van Eck, 2019).
//!
//! The method shuffles; the shuffling is seeded, the best of several seeds is taken, and things come in the order of their
//! ids, so that the same network has the same communities.

use leiden_rs::{GraphDataBuilder, Leiden, LeidenConfig};

use super::Simple;

impl Simple {
    /// The number of each thing's community, from 1: the largest first, of equals the one with the smallest id.
    pub fn communities(&self) -> Vec<usize> {
        let count = self.ids.len();
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|a, b| self.ids[*a].cmp(&self.ids[*b]));
        let mut place = vec![0; count];
        for (index, node) in order.iter().enumerate() {
            place[*node] = index;
        }
        let alone: Vec<usize> = (0..count).collect();
        let mut builder = GraphDataBuilder::new(count);
        for &from in &order {
            let mut near: Vec<(usize, f64)> = self.near[from].iter().map(|(to, weight)| (place[*to], *weight)).collect();
            near.sort_by_key(|(to, _)| *to);
            for (to, weight) in near.into_iter().filter(|(to, _)| place[from] < *to) {
                if builder.add_edge(place[from], to, weight).is_err() {
                    return self.numbered(&alone);
                }
            }
        }
        let Ok(data) = builder.build() else { return self.numbered(&alone) };
        let mut best: Option<(f64, Vec<usize>)> = None;
        for seed in 1..=(40_000 / count.max(1) as u64).clamp(1, 64) {
            let Ok(found) = Leiden::new(LeidenConfig::builder().seed(seed).build()).run(&data) else { continue };
            let groups: Vec<usize> = (0..count).map(|node| found.partition.community_of(place[node])).collect();
            let quality = self.modularity(&groups).unwrap_or(0.0);
            if best.as_ref().is_none_or(|(known, _)| quality > known + 1e-12) {
                best = Some((quality, groups));
            }
        }
        self.numbered(&best.map_or(alone, |(_, groups)| groups))
    }

    /// Newman's modularity of a division into groups: the weight inside them less what chance would give. None without ties.
    pub fn modularity(&self, groups: &[usize]) -> Option<f64> {
        let total: f64 = self.near.iter().flatten().map(|(_, weight)| weight).sum();
        if total == 0.0 {
            return None;
        }
        let mut inside = 0.0;
        let mut sums: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
        for (from, near) in self.near.iter().enumerate() {
            for (to, weight) in near {
                *sums.entry(groups[from]).or_default() += weight;
                if groups[from] == groups[*to] {
                    inside += weight;
                }
            }
        }
        Some(inside / total - sums.values().map(|sum| (sum / total).powi(2)).sum::<f64>())
    }
}
