//! Two modes into one: things of one kind tied to each other by what they share, such as people by the events they met at.

use std::collections::{BTreeMap, BTreeSet};

use super::Network;

/// How much a shared thing weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighting {
    /// 1 for each thing shared.
    Count,
    /// 1 / (members - 1) for each thing shared: meeting in a small round ties more than in a large one (Newman, 2001).
    Newman,
}

impl Weighting {
    /// By name: `count` or `newman`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "count" => Some(Self::Count),
            "newman" => Some(Self::Newman),
            _ => None,
        }
    }
}

/// Two things and what they share, by their numbers in the network that was projected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// The one.
    pub one: usize,
    /// The other.
    pub other: usize,
    /// What they share.
    pub through: Vec<usize>,
}

/// The network of the things that `kept` says yes to, tied where they are tied to the same thing that `through` says yes to;
/// with what each two share. Things come in the order they had; gives also the number that each had.
///
/// A thing that shares nothing is kept, alone. Costs the square of the members of each shared thing.
pub fn project(
    network: &Network,
    kept: impl Fn(usize) -> bool,
    through: impl Fn(usize) -> bool,
    weighting: Weighting,
) -> (Network, Vec<usize>, Vec<Shared>) {
    let mut members: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for &(from, to, _) in &network.ties {
        for (one, shared) in [(from, to), (to, from)] {
            if one != shared && kept(one) && through(shared) {
                members.entry(shared).or_default().insert(one);
            }
        }
    }
    let numbers: Vec<usize> = (0..network.ids.len()).filter(|node| kept(*node)).collect();
    let place: BTreeMap<usize, usize> = numbers.iter().enumerate().map(|(index, node)| (*node, index)).collect();
    let mut pairs: BTreeMap<(usize, usize), (f64, Vec<usize>)> = BTreeMap::new();
    for (shared, members) in &members {
        let weight = match weighting {
            Weighting::Count => 1.0,
            Weighting::Newman => 1.0 / (members.len().max(2) - 1) as f64,
        };
        for one in members {
            for other in members.range((std::ops::Bound::Excluded(*one), std::ops::Bound::Unbounded)) {
                let pair = pairs.entry((*one, *other)).or_default();
                pair.0 += weight;
                pair.1.push(*shared);
            }
        }
    }
    let ids = numbers.iter().map(|node| network.ids[*node].clone()).collect();
    let ties = pairs.iter().map(|((one, other), (weight, _))| (place[one], place[other], *weight)).collect();
    let shared = pairs.into_iter().map(|((one, other), (_, through))| Shared { one, other, through }).collect();
    (Network { ids, ties, directed: false }, numbers, shared)
}
