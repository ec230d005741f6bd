//! How good a picture is, counted: what covers what, what crosses what, what hangs over the edge of the page.
//!
//! Taste is for people; these are the faults that no taste excuses. Tests hold them at exact bounds, and the benchmark counts
//! them in the same way for pictures that other programs laid out ([`Straight`]).

use super::geometry::{Grid, Point, Rect, cross, flatten};
use super::graph::Graph;
use super::scene::{Mark, Of, Scene};

/// How much two things may share before it counts: less than this no eye sees.
const HAIR: f64 = 1.0;

/// The faults of a drawn page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quality {
    /// Pairs of nodes of which one covers a part of the other.
    pub node_overlaps: usize,
    /// Pairs of drawn ties that cross, where they have no node in common.
    pub crossings: usize,
    /// Times a tie runs behind a node that is not its own.
    pub ties_behind_nodes: usize,
    /// Labels of ties, names of groups and names beside their nodes that cover a part of another node.
    pub labels_over_nodes: usize,
    /// Pairs of labels of which one covers a part of the other.
    pub label_overlaps: usize,
    /// Times a tie's line runs behind the label of another.
    pub lines_behind_labels: usize,
    /// Nodes that a piece of a group they do not belong to takes in.
    pub strangers: usize,
    /// Marks that reach over the edge of the page.
    pub off_page: usize,
}

impl Quality {
    /// Counts the faults of a graph's scene. Costs about the number of drawn pieces times what is near each.
    pub fn of(graph: &Graph, scene: &Scene) -> Self {
        let page = Rect::new(0.0, 0.0, scene.width, scene.height).grown(0.5);
        let mut found = Self::default();
        let mut lines: Vec<Line> = Vec::new();
        let mut labels: Vec<Label> = Vec::new();
        let mut areas: Vec<(&str, Vec<Point>)> = Vec::new();
        for item in &scene.items {
            for mark in &item.marks {
                found.off_page += usize::from(mark.bounds().is_some_and(|r| !holds(page, r)));
                match (&item.of, mark) {
                    (Of::Tie { ties, from, to }, Mark::Path { steps, fill: None, .. }) => {
                        lines.extend(pieces(steps).into_iter().map(|points| Line { ends: (*from, *to), ties, points }));
                    }
                    (of, Mark::Text(text)) => labels.extend(Label::of(of, text.bounds(), graph, scene)),
                    (Of::Group(key), Mark::Path { steps, fill: Some(_), .. }) => areas.push((key, flatten(steps))),
                    _ => {}
                }
            }
        }
        let nodes: Vec<Rect> = scene.places.iter().map(|p| p.unwrap_or(NOWHERE)).collect();
        let grid = Grid::new(nodes.iter().map(|r| if *r == NOWHERE { Rect::default() } else { *r }).collect());
        found.node_overlaps = overlaps(&nodes);
        found.ties_behind_nodes = lines.iter().map(|line| line.behind(&nodes, &grid)).sum();
        found.crossings = crossings(&lines);
        let tight = |r: Rect| r.grown(-HAIR);
        for (k, label) in labels.iter().enumerate() {
            let r = tight(label.bounds);
            let covered = grid.near(label.bounds).iter().any(|&n| label.node != Some(n) && tight(nodes[n]).overlaps(r));
            found.labels_over_nodes += usize::from(covered);
            // The lines of one label stand close on purpose.
            let others = labels[k + 1..].iter().filter(|other| other.of != label.of);
            found.label_overlaps += others.filter(|other| tight(other.bounds).overlaps(r)).count();
            let own = |line: &Line| matches!(label.of, Of::Tie { ties, .. } if ties == line.ties);
            found.lines_behind_labels += lines.iter().filter(|line| !own(line) && line.enters(r)).count();
        }
        for (key, outline) in &areas {
            let strangers = graph.nodes.iter().zip(&nodes).filter(|(node, _)| node.group.as_ref().is_none_or(|g| g.key != *key));
            found.strangers += strangers.filter(|(_, r)| **r != NOWHERE && taken_in(outline, tight(**r))).count();
        }
        found
    }
}

/// A text that stands outside the node it belongs to, if it belongs to one.
struct Label<'a> {
    of: &'a Of,
    bounds: Rect,
    node: Option<usize>,
}

impl<'a> Label<'a> {
    /// None for texts of the page, and for those that stand inside their node.
    fn of(of: &'a Of, bounds: Rect, graph: &Graph, scene: &Scene) -> Option<Self> {
        let inside = |place: Rect| holds(place.grown(HAIR), bounds);
        let node = match of {
            Of::Page | Of::ClassKey(_) | Of::RelationKey(_) => return None,
            Of::Tie { from, .. } => scene.places[*from].filter(|p| inside(*p)).map(|_| *from),
            Of::Node(n) if scene.places[*n].is_some_and(inside) => return None,
            Of::Node(n) => Some(*n),
            // A lane may bear the name of a thing, which then stands there.
            Of::Group(key) => graph.nodes.iter().position(|node| node.iri == *key),
        };
        Some(Self { of, bounds, node })
    }
}

/// Boxes and the straight lines between their middles: what pictures of any program can be compared by.
#[derive(Debug, Clone, Default)]
pub struct Straight {
    /// The boxes of the nodes.
    pub nodes: Vec<Rect>,
    /// The ties, by the numbers of their nodes.
    pub ties: Vec<(usize, usize)>,
}

impl Straight {
    /// Node overlaps, crossings and ties behind nodes; everything else is zero.
    pub fn quality(&self) -> Quality {
        let grid = Grid::new(self.nodes.clone());
        let lines: Vec<Line> = self
            .ties
            .iter()
            .filter(|(a, b)| a != b)
            .map(|&(a, b)| Line { ends: (a, b), ties: &[], points: vec![self.nodes[a].centre(), self.nodes[b].centre()] })
            .collect();
        Quality {
            node_overlaps: overlaps(&self.nodes),
            crossings: crossings(&lines),
            ties_behind_nodes: lines.iter().map(|line| line.behind(&self.nodes, &grid)).sum(),
            ..Quality::default()
        }
    }
}

fn holds(whole: Rect, r: Rect) -> bool {
    r.x >= whole.x && r.y >= whole.y && r.right() <= whole.right() && r.bottom() <= whole.bottom()
}

/// Where nodes that are not drawn stand.
const NOWHERE: Rect = Rect::new(f64::MIN, f64::MIN, 0.0, 0.0);

/// A drawn line in straight pieces.
struct Line<'a> {
    ends: (usize, usize),
    ties: &'a [usize],
    points: Vec<Point>,
}

impl Line<'_> {
    /// How many nodes it runs behind that are not its own.
    fn behind(&self, nodes: &[Rect], grid: &Grid) -> usize {
        let mut met: Vec<usize> = Vec::new();
        for pair in self.points.windows(2) {
            for n in grid.along(pair[0], pair[1]) {
                let r = nodes[n].grown(-HAIR);
                if n != self.ends.0 && n != self.ends.1 && r.w > 0.0 && r.h > 0.0 && r.length_inside(pair[0], pair[1]) > HAIR {
                    met.push(n);
                }
            }
        }
        met.sort_unstable();
        met.dedup();
        met.len()
    }

    fn enters(&self, r: Rect) -> bool {
        self.points.windows(2).any(|pair| r.length_inside(pair[0], pair[1]) > HAIR)
    }
}

/// A path that may be lifted in the middle, each stretch by itself.
fn pieces(steps: &[super::geometry::Step]) -> Vec<Vec<Point>> {
    let mut found = Vec::new();
    let mut start = 0;
    for k in 1..=steps.len() {
        if k == steps.len() || matches!(steps[k], super::geometry::Step::Move(_)) {
            found.push(flatten(&steps[start..k]));
            start = k;
        }
    }
    found
}

fn overlaps(nodes: &[Rect]) -> usize {
    let mut order: Vec<Rect> = nodes.iter().filter(|r| **r != NOWHERE).map(|r| r.grown(-HAIR / 2.0)).collect();
    order.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut found = 0;
    for (k, a) in order.iter().enumerate() {
        found += order[k + 1..].iter().take_while(|b| b.x < a.right()).filter(|b| a.overlaps(**b)).count();
    }
    found
}

/// Pairs of lines that cross; lines that share a node meet there and are not counted.
fn crossings(lines: &[Line]) -> usize {
    let mut parts: Vec<(f64, f64, usize, Point, Point)> = Vec::new();
    for (k, line) in lines.iter().enumerate() {
        for pair in line.points.windows(2) {
            parts.push((pair[0].x.min(pair[1].x), pair[0].x.max(pair[1].x), k, pair[0], pair[1]));
        }
    }
    parts.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    let mut met: Vec<(usize, usize)> = Vec::new();
    for (n, &(_, right, k, a, b)) in parts.iter().enumerate() {
        for &(left, _, j, c, d) in &parts[n + 1..] {
            if left > right {
                break;
            }
            let ((p, q), (r, s)) = (lines[k].ends, lines[j].ends);
            if p == r || p == s || q == r || q == s || a.y.max(b.y) < c.y.min(d.y) || c.y.max(d.y) < a.y.min(b.y) {
                continue;
            }
            if cross(a, b, c, d) {
                // A tie whose line pauses at its label is several lines: pairs of ties are counted, not of stretches.
                met.push(if (p, q) < (r, s) { (first(lines, k), first(lines, j)) } else { (first(lines, j), first(lines, k)) });
            }
        }
    }
    met.sort_unstable();
    met.dedup();
    met.len()
}

/// The first of the stretches that belong to a line's ties: they follow each other.
fn first(lines: &[Line], k: usize) -> usize {
    let same = |j: &usize| !lines[k].ties.is_empty() && lines[*j].ties == lines[k].ties;
    (0..k).rev().take_while(same).last().unwrap_or(k)
}

/// Whether an outline takes in a part of a box: its middle or a corner lies inside, or the two borders meet.
fn taken_in(outline: &[Point], r: Rect) -> bool {
    let inside = |p: Point| {
        let mut odd = false;
        for pair in outline.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            if (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x {
                odd = !odd;
            }
        }
        odd
    };
    inside(r.centre()) || r.corners().into_iter().any(inside) || outline.windows(2).any(|pair| r.length_inside(pair[0], pair[1]) > HAIR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_counted_and_what_is_right_is_not() {
        let square = |x: f64, y: f64| Rect::new(x, y, 10.0, 10.0);
        let apart = Straight { nodes: vec![square(0.0, 0.0), square(100.0, 0.0), square(0.0, 100.0)], ties: vec![(0, 1), (0, 2)] };
        assert_eq!(apart.quality(), Quality::default());
        let heaped = Straight { nodes: vec![square(0.0, 0.0), square(5.0, 5.0)], ..Straight::default() };
        assert_eq!(heaped.quality().node_overlaps, 1);
        let crossed = vec![square(0.0, 0.0), square(100.0, 100.0), square(100.0, 0.0), square(0.0, 100.0), square(50.0, 50.0)];
        let crossed = Straight { nodes: crossed, ties: vec![(0, 1), (2, 3)] }.quality();
        assert_eq!((crossed.crossings, crossed.ties_behind_nodes), (1, 2));
    }

    #[test]
    fn an_outline_takes_in_what_it_touches_and_nothing_beside_it() {
        let outline: Vec<Point> = [(0.0, 0.0), (40.0, 0.0), (40.0, 40.0), (0.0, 40.0), (0.0, 0.0)].map(|(x, y)| Point::new(x, y)).to_vec();
        assert!(taken_in(&outline, Rect::new(10.0, 10.0, 5.0, 5.0)));
        assert!(taken_in(&outline, Rect::new(-5.0, 10.0, 100.0, 5.0)));
        assert!(!taken_in(&outline, Rect::new(45.0, 10.0, 5.0, 5.0)));
    }
}
