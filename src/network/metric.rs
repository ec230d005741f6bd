//! The metrics by name: each with its definition in a sentence, as data that help, headings and notes are written from.

/// A number of one thing in a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// All ties of a thing.
    Degree,
    /// Ties that lead to it.
    InDegree,
    /// Ties that start from it.
    OutDegree,
    /// Degree with weights.
    Strength,
    /// Distinct other things.
    Neighbors,
    /// Share of shortest paths that pass through.
    Betweenness,
    /// Nearness to all others.
    Closeness,
    /// Where a wanderer along ties is found.
    PageRank,
    /// Importance by the importance of neighbors.
    Eigenvector,
    /// How far its neighbors know each other.
    Clustering,
    /// The innermost core it belongs to.
    Core,
    /// How little it can choose among its neighbors.
    Constraint,
    /// Neighbors that are not redundant.
    EffectiveSize,
    /// Its community.
    Community,
    /// Whether the network falls apart without it.
    Articulation,
    /// Its component.
    Component,
}

impl Metric {
    /// All, in the order of columns, each with its name and its definition.
    pub const ALL: [(Self, &'static str, &'static str); 16] = [
        (Self::Degree, "degree", "how many ties it has; parallel ties count each, a tie to itself counts twice"),
        (Self::InDegree, "in", "how many ties lead to it"),
        (Self::OutDegree, "out", "how many ties start from it"),
        (Self::Strength, "strength", "the weights of its ties added up: the degree where nothing is weighted"),
        (Self::Neighbors, "neighbors", "how many other things it is tied to"),
        (
            Self::Betweenness,
            "betweenness",
            "the share of shortest paths between two others that pass through it (0 none of them, 1 all of them)",
        ),
        (
            Self::Closeness,
            "closeness",
            "how near it is to all others: reached / sum of distances, times reached / all others (Wasserman and Faust, so that \
             networks in several pieces compare)",
        ),
        (
            Self::PageRank,
            "pagerank",
            "how often a wanderer comes by who follows ties by their weight and starts anew with probability 0.15; adds up to 1",
        ),
        (
            Self::Eigenvector,
            "eigenvector",
            "importance by the importance of those it is tied to: the leading eigenvector of the weighted ties, length 1",
        ),
        (Self::Clustering, "clustering", "the share of pairs of its neighbors that are tied to each other (Watts and Strogatz)"),
        (Self::Core, "core", "the largest k for which it belongs to a group whose members each have k neighbors inside it"),
        (
            Self::Constraint,
            "constraint",
            "how far its ties lead back to the same others (Burt): low for a broker between groups; not defined without neighbors",
        ),
        (
            Self::EffectiveSize,
            "effective-size",
            "its neighbors less the ties that each of them has to the others, on average (Burt): high for a broker",
        ),
        (Self::Community, "community", "the number of its community, found by the Leiden method for modularity; 1 is the largest"),
        (Self::Articulation, "articulation", "1 if its component falls apart without it"),
        (Self::Component, "component", "the number of the piece of the network it is in; 1 is the largest"),
    ];

    /// The name: `effective-size`.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(metric, ..)| *metric == self).map_or("", |(_, name, _)| name)
    }

    /// The definition, in a sentence without its full stop.
    pub fn definition(self) -> &'static str {
        Self::ALL.iter().find(|(metric, ..)| *metric == self).map_or("", |(.., definition)| definition)
    }

    /// By name; case does not matter. `in-degree` and `out-degree` are `in` and `out`.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.strip_suffix("-degree").unwrap_or(name);
        Self::ALL.iter().find(|(_, own, _)| own.eq_ignore_ascii_case(name)).map(|(metric, ..)| *metric)
    }

    /// Whether its values are whole numbers.
    pub fn is_count(self) -> bool {
        matches!(
            self,
            Self::Degree
                | Self::InDegree
                | Self::OutDegree
                | Self::Neighbors
                | Self::Core
                | Self::Community
                | Self::Articulation
                | Self::Component
        )
    }

    /// Whether its values name a group instead of measuring anything.
    pub fn is_group(self) -> bool {
        matches!(self, Self::Community | Self::Component)
    }

    /// Whether it is estimated from a sample in networks above [`EXACT_UP_TO`](super::EXACT_UP_TO) things.
    pub fn is_sampled(self) -> bool {
        matches!(self, Self::Betweenness | Self::Closeness)
    }
}
