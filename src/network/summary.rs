//! The numbers of a network as a whole.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::distance::sample;
use super::{EXACT_UP_TO, Network, PIVOTS, Simple};

/// What is said of the network itself. A number that is not defined is none: nothing is zero because it is unknown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Things.
    pub nodes: usize,
    /// Ties, every one counted.
    pub ties: usize,
    /// Distinct pairs tied; in a directed network, pairs with a direction.
    pub links: usize,
    /// Ties of a thing with itself.
    pub loops: usize,
    /// Things without neighbors.
    pub isolated: usize,
    /// The share of possible links that there are.
    pub density: Option<f64>,
    /// Pieces that hang together, directions aside.
    pub components: usize,
    /// The things of the largest.
    pub largest: usize,
    /// The longest of the shortest paths within the largest component, directions aside.
    pub diameter: Option<u32>,
    /// The mean length of the shortest paths within the largest component, directions aside.
    pub average_path: Option<f64>,
    /// Whether those two were searched from a sample: the diameter is then at least so long, the mean an estimate.
    pub sampled: bool,
    /// The share of links that lead back as well.
    pub reciprocity: Option<f64>,
    /// Three times the triangles, of all connected threes.
    pub transitivity: Option<f64>,
    /// The mean of the clustering of all things.
    pub average_clustering: Option<f64>,
    /// How alike the numbers of neighbors of two tied things are, from -1 to 1.
    pub assortativity: Option<f64>,
    /// How many communities.
    pub communities: usize,
    /// How well the communities divide the network.
    pub modularity: Option<f64>,
}

impl Summary {
    /// Measures a network. Above [`EXACT_UP_TO`] things, paths are searched from [`PIVOTS`] of them unless `exact` is asked for.
    pub fn of(network: &Network, exact: bool) -> Self {
        let simple = network.simple();
        let nodes = simple.ids.len();
        let links =
            if network.directed { simple.out.iter().map(Vec::len).sum() } else { simple.near.iter().map(Vec::len).sum::<usize>() / 2 };
        let possible = nodes * nodes.saturating_sub(1) / if network.directed { 1 } else { 2 };
        let components = simple.components();
        let communities = simple.communities();
        let triangles: usize = simple.triangles().iter().sum();
        let threes: usize = simple.near.iter().map(|near| near.len() * near.len().saturating_sub(1) / 2).sum();
        let clustering = simple.clustering();
        let (diameter, average_path, sampled) = simple.lengths(&components, exact);
        Self {
            nodes,
            ties: network.ties.len(),
            links,
            loops: network.ties.iter().filter(|(from, to, _)| from == to).count(),
            isolated: simple.near.iter().filter(|near| near.is_empty()).count(),
            density: (possible > 0).then(|| links as f64 / possible as f64),
            components: components.iter().max().copied().unwrap_or(0),
            largest: components.iter().filter(|number| **number == 1).count(),
            diameter,
            average_path,
            sampled,
            reciprocity: reciprocity(network),
            transitivity: (threes > 0).then(|| triangles as f64 / threes as f64),
            average_clustering: (nodes > 0).then(|| clustering.iter().sum::<f64>() / nodes as f64),
            assortativity: simple.assortativity(),
            communities: communities.iter().max().copied().unwrap_or(0),
            modularity: simple.modularity(&communities),
        }
    }
}

impl Summary {
    /// Every number with its name and what it means, in the order of a report.
    pub fn lines(&self) -> Vec<(&'static str, Option<f64>, &'static str)> {
        let count = |number: usize| Some(number as f64);
        vec![
            ("things", count(self.nodes), "things shown"),
            ("ties", count(self.ties), "ties between them, every one counted"),
            ("links", count(self.links), "distinct pairs that are tied"),
            ("loops", count(self.loops), "ties of a thing with itself"),
            ("isolated", count(self.isolated), "things tied to nothing else"),
            ("density", self.density, "the share of possible links that there are"),
            ("components", count(self.components), "pieces that hang together"),
            ("largest component", count(self.largest), "things in the largest piece"),
            (
                "diameter",
                self.diameter.map(f64::from),
                if self.sampled {
                    "at least: the longest shortest path found from a sample"
                } else {
                    "the longest shortest path in the largest piece"
                },
            ),
            (
                "average path",
                self.average_path,
                if self.sampled {
                    "the mean shortest path, estimated from a sample"
                } else {
                    "the mean shortest path in the largest piece"
                },
            ),
            ("reciprocity", self.reciprocity, "the share of ties that lead back as well"),
            ("transitivity", self.transitivity, "the share of connected threes that are triangles"),
            ("average clustering", self.average_clustering, "the mean of the clustering of all things"),
            ("assortativity", self.assortativity, "from -1 to 1: do the well connected tie to the well connected"),
            ("communities", count(self.communities), "groups with more ties inside than chance would give"),
            ("modularity", self.modularity, "how well they divide the network: 0 is chance"),
        ]
    }
}

/// The share of links with a direction that have their opposite; none without links.
fn reciprocity(network: &Network) -> Option<f64> {
    let arcs: BTreeSet<(usize, usize)> = network.ties.iter().filter(|(from, to, _)| from != to).map(|(from, to, _)| (*from, *to)).collect();
    (!arcs.is_empty()).then(|| arcs.iter().filter(|(from, to)| arcs.contains(&(*to, *from))).count() as f64 / arcs.len() as f64)
}

impl Simple {
    /// The longest and the mean of the shortest paths in the largest component, and whether only a sample was searched.
    fn lengths(&self, components: &[usize], exact: bool) -> (Option<u32>, Option<f64>, bool) {
        let members: Vec<usize> = (0..components.len()).filter(|node| components[*node] == 1).collect();
        if members.len() < 2 {
            return ((members.len() == 1).then_some(0), None, false);
        }
        let sampled = !exact && members.len() > EXACT_UP_TO;
        let starts = if sampled {
            let ids: Vec<String> = members.iter().map(|node| self.ids[*node].clone()).collect();
            sample(&ids, PIVOTS).into_iter().map(|index| members[index]).collect()
        } else {
            members.clone()
        };
        let (mut longest, mut sum) = (0, 0_u64);
        let mut distance = vec![u32::MAX; components.len()];
        let mut open = VecDeque::new();
        for &start in &starts {
            for &node in &members {
                distance[node] = u32::MAX;
            }
            distance[start] = 0;
            open.push_back(start);
            while let Some(node) = open.pop_front() {
                longest = longest.max(distance[node]);
                sum += u64::from(distance[node]);
                for &(next, _) in &self.near[node] {
                    if distance[next] == u32::MAX {
                        distance[next] = distance[node] + 1;
                        open.push_back(next);
                    }
                }
            }
        }
        (Some(longest), Some(sum as f64 / (starts.len() * (members.len() - 1)) as f64), sampled)
    }

    /// Newman's assortativity by the number of neighbors: the correlation over the two ends of all links.
    fn assortativity(&self) -> Option<f64> {
        let size = |node: usize| self.near[node].len() as f64;
        let ends: f64 = self.near.iter().map(|near| near.len() as f64).sum();
        if ends == 0.0 {
            return None;
        }
        let mean = self.near.iter().map(|near| (near.len() as f64).powi(2)).sum::<f64>() / ends;
        let mut by: BTreeMap<bool, f64> = BTreeMap::new();
        for (from, near) in self.near.iter().enumerate() {
            for (to, _) in near {
                *by.entry(true).or_default() += (size(from) - mean) * (size(*to) - mean);
                *by.entry(false).or_default() += (size(from) - mean).powi(2);
            }
        }
        let (together, spread) = (by.get(&true)?, by.get(&false)?);
        (*spread > 1e-12).then(|| together / spread)
    }
}
