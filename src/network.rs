//! The numbers of a network: what is well connected, what stands between others, what belongs together.
//!
//! Values in, values out: no store, no RDF. Where definitions differ, those of networkx hold, and the tests hold them to
//! its figures. `degree`, `in`, `out` and `strength` count every tie. All else is said of the simple network: parallel ties
//! as one whose weight is their sum, ties from a thing to itself left out.

use std::collections::BTreeMap;

use petgraph::graph::{NodeIndex, UnGraph};
use petgraph::unionfind::UnionFind;
use rustworkx_core::centrality::eigenvector_centrality;
use rustworkx_core::connectivity::{articulation_points, core_number};

use crate::diagram::Graph;

mod community;
mod distance;
mod metric;
mod project;
mod structure;
mod summary;

pub use distance::{Distances, EXACT_UP_TO, PIVOTS};
pub use metric::Metric;
pub use project::{Shared, Weighting, project};
pub use summary::Summary;

/// How likely the wanderer of PageRank is to go on.
const DAMPING: f64 = 0.85;

/// Things by number and the ties between them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Network {
    /// The things by their ids, which decide wherever two are equal in all else.
    pub ids: Vec<String>,
    /// The ties: from, to, weight. Weights are positive.
    pub ties: Vec<(usize, usize, f64)>,
    /// Whether ties are walked only from their start to their end.
    pub directed: bool,
}

/// A network without parallel ties and ties of a thing with itself, ready to be measured.
#[derive(Debug, Clone)]
pub struct Simple {
    ids: Vec<String>,
    /// Where a tie leads from a thing, with its weight, by number; walked against its direction too unless the network is directed.
    out: Vec<Vec<(usize, f64)>>,
    /// Neighbors in either direction with the weights of both directions added.
    near: Vec<Vec<(usize, f64)>>,
}

/// One metric of every thing of a picture, in the order of its nodes, ties walked in both directions.
/// A value that is not defined is 0. Costs at most one search in breadth for each thing.
pub fn measure(graph: &Graph, metric: Metric) -> Vec<f64> {
    let network = Network::of(graph);
    network.measure(metric).into_iter().map(|value| value.unwrap_or(0.0)).collect()
}

impl Network {
    /// The network of a picture: every tie weighs 1, and is walked in both directions. What places tell differently of one claim is
    /// one tie.
    pub fn of(graph: &Graph) -> Self {
        Self {
            ids: graph.nodes.iter().map(|node| node.id.clone()).collect(),
            ties: graph.counted_ties().into_iter().map(|t| (graph.ties[t].from, graph.ties[t].to, 1.0)).collect(),
            directed: false,
        }
    }

    /// The network without parallel ties and ties of a thing with itself.
    pub fn simple(&self) -> Simple {
        let count = self.ids.len();
        let mut pairs: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for &(from, to, weight) in &self.ties {
            if from != to && from < count && to < count {
                *pairs.entry((from, to)).or_default() += weight;
            }
        }
        let mut both: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for (&(from, to), weight) in &pairs {
            *both.entry((from, to)).or_default() += weight;
            *both.entry((to, from)).or_default() += weight;
        }
        let lists = |pairs: &BTreeMap<(usize, usize), f64>| {
            let mut lists = vec![Vec::new(); count];
            for (&(from, to), &weight) in pairs {
                lists[from].push((to, weight));
            }
            lists
        };
        let near = lists(&both);
        Simple { ids: self.ids.clone(), out: if self.directed { lists(&pairs) } else { near.clone() }, near }
    }

    /// One metric of every thing, in the order of [`ids`](Self::ids); none where it is not defined.
    pub fn measure(&self, metric: Metric) -> Vec<Option<f64>> {
        self.measures(&[metric], false).0.pop().unwrap_or_default()
    }

    /// Several metrics of every thing, each in the order of [`ids`](Self::ids), with the distances they rest on.
    ///
    /// Above [`EXACT_UP_TO`] things, betweenness and closeness are estimated from [`PIVOTS`] starting points unless `exact`
    /// is asked for; then they cost one search in breadth for each thing.
    pub fn measures(&self, metrics: &[Metric], exact: bool) -> (Vec<Vec<Option<f64>>>, Option<Distances>) {
        let simple = self.simple();
        let distances = metrics.iter().any(|metric| metric.is_sampled()).then(|| simple.distances(exact));
        let values = metrics
            .iter()
            .map(|metric| match metric {
                Metric::Betweenness => distances.as_ref().map(|found| found.betweenness.clone()).map(some).unwrap_or_default(),
                Metric::Closeness => distances.as_ref().map(|found| found.closeness.clone()).map(some).unwrap_or_default(),
                Metric::Degree => self.counted(|_| 1.0, true, true),
                Metric::InDegree => self.counted(|_| 1.0, false, true),
                Metric::OutDegree => self.counted(|_| 1.0, true, false),
                Metric::Strength => self.counted(|weight| weight, true, true),
                other => simple.measure(*other),
            })
            .collect();
        (values, distances)
    }

    fn counted(&self, of: impl Fn(f64) -> f64, starts: bool, ends: bool) -> Vec<Option<f64>> {
        let mut sums = vec![0.0; self.ids.len()];
        for &(from, to, weight) in &self.ties {
            if starts && let Some(sum) = sums.get_mut(from) {
                *sum += of(weight);
            }
            if ends && let Some(sum) = sums.get_mut(to) {
                *sum += of(weight);
            }
        }
        some(sums)
    }
}

fn some(values: Vec<f64>) -> Vec<Option<f64>> {
    values.into_iter().map(Some).collect()
}

impl Simple {
    fn measure(&self, metric: Metric) -> Vec<Option<f64>> {
        match metric {
            Metric::Neighbors => self.near.iter().map(|near| Some(near.len() as f64)).collect(),
            Metric::PageRank => some(self.page_rank()),
            Metric::Eigenvector => self.eigenvector(),
            Metric::Clustering => some(self.clustering()),
            Metric::Core => self.core(),
            Metric::Constraint => self.constraint(),
            Metric::EffectiveSize => self.effective_size(),
            Metric::Community => self.communities().into_iter().map(|number| Some(number as f64)).collect(),
            Metric::Articulation => self.articulation(),
            Metric::Component => self.components().into_iter().map(|number| Some(number as f64)).collect(),
            // Those that count every tie or rest on distances are measured by the network itself.
            Metric::Degree | Metric::InDegree | Metric::OutDegree | Metric::Strength | Metric::Betweenness | Metric::Closeness => {
                vec![None; self.ids.len()]
            }
        }
    }

    /// The neighbors as a graph of petgraph's, both directions as one tie.
    fn undirected(&self) -> UnGraph<(), f64> {
        let mut graph = UnGraph::with_capacity(self.ids.len(), self.ids.len());
        for _ in &self.ids {
            graph.add_node(());
        }
        for (from, near) in self.near.iter().enumerate() {
            for &(to, weight) in near.iter().filter(|(to, _)| from < *to) {
                graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), weight);
            }
        }
        graph
    }

    /// Page and Brin's rank by power iteration over the ties: each round costs as many steps as there are ties.
    fn page_rank(&self) -> Vec<f64> {
        let count = self.ids.len();
        if count == 0 {
            return Vec::new();
        }
        let even = 1.0 / count as f64;
        let sums: Vec<f64> = self.out.iter().map(|out| out.iter().map(|(_, weight)| weight).sum()).collect();
        let mut rank = vec![even; count];
        for _ in 0..1000 {
            // What stands at things that lead nowhere starts anew everywhere.
            let lost: f64 = rank.iter().zip(&sums).filter(|(_, sum)| **sum == 0.0).map(|(rank, _)| rank).sum();
            let mut next = vec![(1.0 - DAMPING + DAMPING * lost) * even; count];
            for (from, out) in self.out.iter().enumerate() {
                for &(to, weight) in out {
                    next[to] += DAMPING * rank[from] * weight / sums[from];
                }
            }
            let moved: f64 = rank.iter().zip(&next).map(|(before, after)| (before - after).abs()).sum();
            rank = next;
            if moved < 1e-13 * count as f64 {
                break;
            }
        }
        rank
    }

    /// Not defined where the power iteration does not come to rest, as in a directed network without cycles.
    fn eigenvector(&self) -> Vec<Option<f64>> {
        let count = self.ids.len();
        let mut graph = petgraph::graph::DiGraph::<(), f64>::with_capacity(count, count);
        for _ in &self.ids {
            graph.add_node(());
        }
        for (from, out) in self.out.iter().enumerate() {
            for &(to, weight) in out {
                graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), weight);
            }
        }
        if graph.edge_count() == 0 {
            return vec![None; count];
        }
        let weight = |edge: petgraph::graph::EdgeReference<'_, f64>| Ok::<f64, std::convert::Infallible>(*edge.weight());
        match eigenvector_centrality(&graph, weight, Some(2_000), Some(1e-11)) {
            Ok(Some(values)) => some(values),
            Ok(None) => vec![None; count],
        }
    }

    fn core(&self) -> Vec<Option<f64>> {
        let mut values = vec![Some(0.0); self.ids.len()];
        for (node, core) in core_number(self.undirected()) {
            values[node.index()] = Some(core as f64);
        }
        values
    }

    fn articulation(&self) -> Vec<Option<f64>> {
        let mut values = vec![Some(0.0); self.ids.len()];
        for node in articulation_points(&self.undirected(), None) {
            values[node.index()] = Some(1.0);
        }
        values
    }

    /// The number of each thing's component, from 1: the largest first, of equals the one with the smallest id.
    pub fn components(&self) -> Vec<usize> {
        let mut union = UnionFind::<usize>::new(self.ids.len());
        for (from, near) in self.near.iter().enumerate() {
            for (to, _) in near {
                union.union(from, *to);
            }
        }
        self.numbered(&union.into_labeling())
    }

    /// Numbers groups from 1: the largest first, of equals the one with the smallest id.
    fn numbered(&self, groups: &[usize]) -> Vec<usize> {
        let mut members: BTreeMap<usize, (usize, &str)> = BTreeMap::new();
        for (group, id) in groups.iter().zip(&self.ids) {
            let entry = members.entry(*group).or_insert((0, id));
            entry.0 += 1;
            entry.1 = entry.1.min(id);
        }
        let mut order: Vec<(std::cmp::Reverse<usize>, &str, usize)> =
            members.into_iter().map(|(group, (size, id))| (std::cmp::Reverse(size), id, group)).collect();
        order.sort_unstable();
        let numbers: BTreeMap<usize, usize> = order.into_iter().enumerate().map(|(index, (.., group))| (group, index + 1)).collect();
        groups.iter().map(|group| numbers[group]).collect()
    }
}
