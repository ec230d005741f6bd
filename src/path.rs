//! How two things are connected: all shortest paths over ties, then longer ones.

use std::collections::{BTreeMap, VecDeque};

use oxigraph::model::NamedNode;

use crate::tie::Tie;

/// A path: its ties in order, each with whether it is walked from its start.
pub type Path = Vec<(usize, bool)>;

/// Longer paths may be this many ties longer than the shortest.
const LONGER: usize = 2;

/// Paths between two things, the shortest first; at most `max`, but always all of the shortest up to `max`.
///
/// Several ties between the same two things count as one step, of which the first is given; [`parallel`] gives the
/// others. A path meets no thing twice. Things for which `via` says no are not passed through.
/// Costs one search in breadth, and for longer paths a bounded search in depth.
pub fn paths(ties: &[Tie], from: &NamedNode, to: &NamedNode, max: usize, via: impl Fn(&NamedNode) -> bool) -> Vec<Path> {
    let mut near: BTreeMap<&NamedNode, BTreeMap<&NamedNode, (usize, bool)>> = BTreeMap::new();
    for (index, tie) in ties.iter().enumerate() {
        if tie.from != tie.to {
            near.entry(&tie.from).or_default().entry(&tie.to).or_insert((index, true));
            near.entry(&tie.to).or_default().entry(&tie.from).or_insert((index, false));
        }
    }
    if from == to || max == 0 {
        return Vec::new();
    }
    // How far each thing is from the goal, so that the search in depth never takes a step that cannot arrive in time.
    let mut left: BTreeMap<&NamedNode, usize> = BTreeMap::from([(to, 0)]);
    let mut open = VecDeque::from([to]);
    while let Some(node) = open.pop_front() {
        let distance = left[node];
        for other in near.get(node).into_iter().flat_map(BTreeMap::keys) {
            if !left.contains_key(other) {
                left.insert(other, distance + 1);
                if via(other) {
                    open.push_back(other);
                }
            }
        }
    }
    let Some(shortest) = left.get(from).copied() else { return Vec::new() };
    let mut found = Vec::new();
    for length in shortest..=shortest + LONGER {
        let mut walk = Walk { near: &near, left: &left, to, length, max, via: &via, found: &mut found, steps: 0 };
        walk.on(from, &mut vec![from], &mut Vec::new());
        if found.len() >= max {
            break;
        }
    }
    found
}

struct Walk<'a, 'b, V> {
    near: &'b BTreeMap<&'a NamedNode, BTreeMap<&'a NamedNode, (usize, bool)>>,
    left: &'b BTreeMap<&'a NamedNode, usize>,
    to: &'a NamedNode,
    length: usize,
    max: usize,
    via: &'b V,
    found: &'b mut Vec<Path>,
    steps: usize,
}

impl<'a, V: Fn(&NamedNode) -> bool> Walk<'a, '_, V> {
    fn on(&mut self, node: &'a NamedNode, met: &mut Vec<&'a NamedNode>, path: &mut Path) {
        self.steps += 1;
        if self.found.len() >= self.max || self.steps > 2_000_000 {
            return;
        }
        if node == self.to {
            if path.len() == self.length {
                self.found.push(path.clone());
            }
            return;
        }
        let Some(near) = self.near.get(node) else { return };
        for (other, step) in near {
            let Some(rest) = self.left.get(other) else { continue };
            let passes = *other == self.to || (self.via)(other);
            if path.len() + 1 + rest > self.length || !passes || met.contains(other) {
                continue;
            }
            met.push(other);
            path.push(*step);
            self.on(other, met, path);
            path.pop();
            met.pop();
        }
    }
}

/// All ties between the two ends of a tie, in either direction, by their numbers.
pub fn parallel(ties: &[Tie], tie: usize) -> Vec<usize> {
    let Tie { from, to, .. } = &ties[tie];
    (0..ties.len())
        .filter(|other| (&ties[*other].from, &ties[*other].to) == (from, to) || (&ties[*other].from, &ties[*other].to) == (to, from))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tie::When;

    fn node(name: &str) -> NamedNode {
        NamedNode::new_unchecked(format!("http://example.org/{name}"))
    }

    fn ties(pairs: &[(&str, &str)]) -> Vec<Tie> {
        pairs
            .iter()
            .map(|(from, to)| Tie {
                from: node(from),
                to: node(to),
                relation: node("r"),
                text: String::new(),
                back: String::new(),
                claim: None,
                when: When::default(),
                marks: Vec::new(),
                ended: None,
                citations: Vec::new(),
            })
            .collect()
    }

    fn named(ties: &[Tie], from: &str, paths: &[Path]) -> Vec<String> {
        let last = |node: &NamedNode| node.as_str().rsplit('/').next().unwrap_or("").to_owned();
        paths
            .iter()
            .map(|path| {
                let mut names = vec![from.to_owned()];
                names.extend(path.iter().map(|(tie, forward)| last(if *forward { &ties[*tie].to } else { &ties[*tie].from })));
                names.join("-")
            })
            .collect()
    }

    #[test]
    fn shortest_paths_come_first_and_all_of_them() {
        let ties =
            ties(&[("a", "b"), ("c", "b"), ("c", "d"), ("a", "e"), ("e", "f"), ("f", "d"), ("a", "g"), ("g", "h"), ("h", "d"), ("a", "b")]);
        let found = paths(&ties, &node("a"), &node("d"), 10, |_| true);
        assert_eq!(named(&ties, "a", &found), ["a-b-c-d", "a-e-f-d", "a-g-h-d"]);
        assert_eq!(paths(&ties, &node("a"), &node("d"), 2, |_| true).len(), 2);
        assert_eq!(parallel(&ties, 0), [0, 9]);
    }

    #[test]
    fn things_that_may_not_be_passed_are_not() {
        let ties = ties(&[("a", "b"), ("b", "d"), ("a", "c"), ("c", "e"), ("e", "d")]);
        let found = paths(&ties, &node("a"), &node("d"), 10, |thing| *thing != node("b"));
        assert_eq!(named(&ties, "a", &found), ["a-c-e-d"]);
        assert!(paths(&ties, &node("a"), &node("x"), 10, |_| true).is_empty());
    }
}
