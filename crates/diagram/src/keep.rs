//! Which things are drawn where there are too many: those that matter most, and an honest word about the rest.
//!
//! Where money flows, who gives and takes most stays; elsewhere who is tied to most others. What is tied to nothing goes first. Among
//! equals the id decides, and the page says that there were equals.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Graph, Tie};
use super::text::count;
use super::{DiagramError, MOST_NODES, Options};

/// The nodes to draw.
pub(crate) struct Selection {
    /// Their numbers in the graph, sorted by id.
    pub(crate) nodes: Vec<usize>,
    pub(crate) left: Left,
}

/// What is known of the nodes that are not drawn.
#[derive(Default)]
pub(crate) struct Left {
    nodes: usize,
    /// How many of them are tied to nothing.
    lone: usize,
    /// How many of the others matter as much as one that is drawn.
    equals: usize,
    by_amount: bool,
    /// How many of them are figures.
    figures: usize,
}

/// What makes a node matter.
#[derive(Default, Clone)]
struct Rank {
    /// Its part of all money of each currency, added up; nothing where no money flows.
    amount: f64,
    neighbours: usize,
    ties: usize,
    weight: f64,
    /// How many figures there are of its measure: they are worth seeing beside each other.
    beside: usize,
    measure: String,
    /// Its number as a figure, the more the higher; of ranks the first is the highest.
    number: f64,
}

impl Rank {
    fn compare(&self, other: &Self) -> Ordering {
        let tied = |rank: &Self| rank.neighbours > 0;
        tied(self)
            .cmp(&tied(other))
            .then(self.amount.total_cmp(&other.amount))
            .then(self.neighbours.cmp(&other.neighbours))
            .then(self.ties.cmp(&other.ties))
            .then(self.weight.total_cmp(&other.weight))
            .then(self.beside.cmp(&other.beside))
            .then_with(|| other.measure.cmp(&self.measure))
            .then(self.number.total_cmp(&other.number))
    }
}

/// The nodes to draw, sorted by id.
pub(crate) fn choose(graph: &Graph, options: &Options) -> Result<Selection, DiagramError> {
    let nodes = graph.nodes.len();
    if nodes == 0 {
        return Err(DiagramError::Empty);
    }
    for (tie, ends) in graph.ties.iter().map(|t| [t.from, t.to]).enumerate() {
        if let Some(&node) = ends.iter().find(|&&n| n >= nodes) {
            return Err(DiagramError::NoSuchNode { tie, node, nodes });
        }
    }
    let limit = options.max_nodes.unwrap_or(MOST_NODES).clamp(1, MOST_NODES);
    if nodes > limit && options.max_nodes.is_none_or(|asked| asked > MOST_NODES) {
        return Err(DiagramError::TooManyNodes { nodes, limit });
    }
    let mut order: Vec<usize> = (0..nodes).collect();
    order.sort_by(|&a, &b| graph.nodes[a].id.cmp(&graph.nodes[b].id));
    if let Some(pair) = order.windows(2).find(|pair| graph.nodes[pair[0]].id == graph.nodes[pair[1]].id) {
        return Err(DiagramError::SameId { id: graph.nodes[pair[0]].id.clone() });
    }
    if nodes <= limit {
        return Ok(Selection { nodes: order, left: Left::default() });
    }
    let (ranks, near) = ranks(graph);
    let mut best = order;
    best.sort_by(|&a, &b| ranks[b].compare(&ranks[a]));
    let rest = best.split_off(limit);
    let (kept, rest) = joined(best, rest, &near);
    let least = kept.iter().map(|&v| &ranks[v]).min_by(|a, b| a.compare(b)).cloned().unwrap_or_default();
    let left = Left {
        nodes: rest.len(),
        lone: rest.iter().filter(|&&v| near[v].is_empty() && graph.nodes[v].measured.is_none()).count(),
        figures: rest.iter().filter(|&&v| graph.nodes[v].measured.is_some()).count(),
        equals: rest.iter().filter(|&&v| !near[v].is_empty() && ranks[v].compare(&least) != Ordering::Less).count(),
        by_amount: ranks.iter().any(|rank| rank.amount > 0.0),
    };
    let mut kept = kept;
    kept.sort_by(|&a, &b| graph.nodes[a].id.cmp(&graph.nodes[b].id));
    Ok(Selection { nodes: kept, left })
}

/// What each node gives and takes, and whom it is tied to.
fn ranks(graph: &Graph) -> (Vec<Rank>, Vec<BTreeSet<usize>>) {
    let value = |amount: Option<f64>| amount.filter(|v| v.is_finite()).map_or(0.0, f64::abs);
    let mut total: BTreeMap<&str, f64> = BTreeMap::new();
    // What places tell differently of one claim counts once, at its most.
    let mut most: BTreeMap<_, &Tie> = BTreeMap::new();
    for (t, tie) in graph.ties.iter().enumerate() {
        let alone = if tie.counts_as().is_empty() { t } else { 0 };
        let known = most.entry((tie.counts_as(), alone, tie.from, tie.to, &tie.relation)).or_insert(tie);
        let size = |tie: &Tie| value(tie.amount.as_ref().and_then(|amount| amount.value));
        if size(tie) > size(known) {
            *known = tie;
        }
    }
    let counted: Vec<&Tie> = most.into_values().collect();
    for amount in counted.iter().filter_map(|t| t.amount.as_ref()) {
        *total.entry(&amount.currency).or_default() += value(amount.value);
    }
    let mut ranks = vec![Rank::default(); graph.nodes.len()];
    let mut near = vec![BTreeSet::new(); graph.nodes.len()];
    for tie in counted.into_iter().filter(|t| t.from != t.to) {
        let part = tie.amount.as_ref().map_or(0.0, |a| {
            let all = total.get(a.currency.as_str()).copied().unwrap_or(0.0);
            if all > 0.0 { value(a.value) / all } else { 0.0 }
        });
        for (end, other) in [(tie.from, tie.to), (tie.to, tie.from)] {
            near[end].insert(other);
            ranks[end].amount += part;
            ranks[end].ties += 1;
        }
    }
    let mut figures: BTreeMap<&str, usize> = BTreeMap::new();
    for figure in graph.nodes.iter().filter_map(|node| node.measured.as_ref()) {
        *figures.entry(&figure.measure.key).or_default() += 1;
    }
    for (index, rank) in ranks.iter_mut().enumerate() {
        if let Some(figure) = &graph.nodes[index].measured {
            rank.beside = figures.get(figure.measure.key.as_str()).copied().unwrap_or(0);
            rank.measure.clone_from(&figure.measure.key);
            let number = crate::measured::value(figure).unwrap_or(f64::MIN);
            rank.number = if figure.measure.is_rank { -number } else { number };
        }
        rank.neighbours = near[index].len();
        rank.weight = Some(graph.nodes[index].weight).filter(|w| w.is_finite()).unwrap_or(0.0);
    }
    (ranks, near)
}

/// Puts the best of the rest that are tied to something drawn in the place of what would be drawn alone.
fn joined(mut kept: Vec<usize>, mut rest: Vec<usize>, near: &[BTreeSet<usize>]) -> (Vec<usize>, Vec<usize>) {
    for _ in 0..kept.len() {
        let drawn: BTreeSet<usize> = kept.iter().copied().collect();
        let touches = |v: usize| near[v].iter().any(|other| drawn.contains(other));
        let Some(lone) = kept.iter().rposition(|&v| !touches(v)) else { break };
        let alone = kept[lone];
        // What touches only the lone one would be as alone in its place.
        let joins = |v: usize| near[v].iter().any(|other| drawn.contains(other) && *other != alone);
        let Some(better) = rest.iter().position(|&v| joins(v)) else { break };
        std::mem::swap(&mut kept[lone], &mut rest[better]);
    }
    (kept, rest)
}

/// What the page says of what is not drawn: nothing where all is.
pub(crate) fn left_out(left: Left, ties: usize) -> Vec<String> {
    let mut notes = Vec::new();
    let tied = left.nodes - left.lone - left.figures;
    let ties_said = if ties == 0 { String::new() } else { count(ties, "more tie", "more ties") };
    match (tied, ties) {
        (0, 0) => {}
        (0, _) => notes.push(format!("{ties_said} not shown")),
        (n, t) => {
            let why = if left.by_amount { "which give or get less" } else { "with fewer connections" };
            let why = if left.equals == n {
                "no less important than some that are shown".to_owned()
            } else if left.equals > 0 {
                format!("{why} or, {} of them, no less than some that are shown", left.equals)
            } else {
                why.to_owned()
            };
            let things = format!("{}, {why},", count(n, "more thing", "more things"));
            notes.push(if t == 0 {
                format!("{} not shown", things.trim_end_matches(','))
            } else {
                format!("{things} and {ties_said} not shown")
            });
        }
    }
    if left.figures > 0 {
        let figures = count(left.figures, "more figure", "more figures");
        notes.push(format!("{figures} not shown: of measures with fewer figures, or lower on theirs"));
    }
    if left.lone > 0 {
        notes.push(format!("{} tied to nothing not shown", count(left.lone, "thing", "things")));
    }
    notes
}
