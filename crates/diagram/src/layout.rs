//! The layouts: each gives the things of a plan their places and draws them; one file a layout.

mod bars;
mod clearance;
mod columns;
mod figure;
mod flow;
mod hierarchy;
mod lanes;
mod lines;
mod network;
mod overlap;
mod pack;
mod panel;
mod parts;
mod polish;
mod scale;
mod shape;
mod sheet;
mod strata;
mod stress;
mod timeline;

pub use figure::Extent;

use super::drawing::Drawing;
use super::paint;
use super::plan::Plan;

/// Where things stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Tied things near each other, groups together.
    #[default]
    Network,
    /// In layers along the direction of the ties.
    Hierarchy,
    /// Along a scale of time, in lanes by group.
    Timeline,
    /// Givers left, takers right, ties as wide as their amounts.
    Flow,
    /// Figures as bars, a panel for each measure.
    Bars,
    /// Stages beside each other, what hangs together in one row.
    Columns,
    /// Figures over time, a panel for each measure.
    Lines,
}

impl Layout {
    /// Every layout with its name and what it shows.
    pub const TABLE: [(Self, &'static str, &'static str); 7] = [
        (Self::Network, "network", "tied things near each other, groups together"),
        (Self::Hierarchy, "hierarchy", "layers along the direction of the ties"),
        (Self::Timeline, "timeline", "a scale of time, lanes by group"),
        (Self::Flow, "flow", "givers left, takers right, as wide as the amounts"),
        (Self::Bars, "bars", "figures as bars, a panel for each measure"),
        (Self::Columns, "columns", "stages beside each other, what hangs together in one row"),
        (Self::Lines, "lines", "figures over time, a panel for each measure"),
    ];

    /// The layout of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// Whether it draws figures, which formats of boxes and lines have no room for.
    pub(crate) fn is_of_figures(self) -> bool {
        matches!(self, Self::Bars | Self::Lines)
    }

    /// Gives the things of a plan their places and draws them.
    pub(crate) fn arrange(self, plan: &Plan) -> Drawing {
        match self {
            Self::Network => paint::drawing(plan, network::place(plan)),
            Self::Hierarchy => paint::drawing(plan, hierarchy::place(plan)),
            Self::Timeline => timeline::arrange(plan),
            Self::Flow => flow::arrange(plan),
            Self::Bars => bars::arrange(plan),
            Self::Columns => columns::arrange(plan),
            Self::Lines => lines::arrange(plan),
        }
    }
}

/// Chance that is the same on every machine and every run (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// The next number.
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to below 1.
    pub(crate) fn part(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Puts a list in chance's order.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, (self.roll() % (i as u64 + 1)) as usize);
        }
    }
}
