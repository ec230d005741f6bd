//! The columns layout: stages beside each other, from left to right, what hangs together in one row; whole sentences in boxes.
//!
//! Things that are tied together, however far, are one block; blocks of one group stand below its name. Where a graph says no stages,
//! the way of the ties does. A tie past a column has a slot of its own in it, so that it runs behind no box.

use std::collections::BTreeMap;

use super::parts::{components, ranks};
use super::sheet;
use super::strata::{self, Slot};
use crate::drawing::Drawing;
use crate::geometry::{Curve, Point, Rect};
use crate::graph::Line;
use crate::paint;
use crate::plan::{LABEL_SIZE, Plan, Strand, drawn_label, line_label};
use crate::route::Way;
use crate::scene::{Anchor, Item, Mark, Of, Text};
use crate::style::{Colour, Figure};
use crate::text::{TextLine, Weight, one_line};

const NAME: f64 = 10.0;
const FINE: f64 = 8.5;
const HEAD: f64 = 11.5;
const STEP: f64 = 1.22;
/// The widest text in a box, and the most lines of it.
const ROOM: f64 = 196.0;
const LINES: usize = 14;
/// Between the boxes of a column, and of blocks.
const GAP: f64 = 9.0;
const BELOW: f64 = 16.0;
const BESIDE: f64 = 46.0;
/// Between columns, beside what labels take.
const GUTTER: f64 = 46.0;
/// From one tie's end to the next on a box's side, if they bear labels, and if not.
const APART: (f64, f64) = (12.0, 7.0);
/// The height of the slot of a tie past a column.
const PAST: f64 = 8.0;
/// No more columns than this, where the ties say which there are; twice as many where the stages do.
const MOST: usize = 12;
/// So many things that are tied to nothing stand in one block.
const LONE: usize = 10;

/// A box before it has its place.
struct Boxed {
    name: Vec<TextLine>,
    under: Vec<TextLine>,
    figure: Figure,
    w: f64,
    h: f64,
    column: usize,
}

/// Things that hang together, with the heights of their slots.
struct Block {
    nodes: Vec<usize>,
    slots: Vec<Slot>,
    /// The slots of each strand from its left end to its right end, both included.
    chains: Vec<(usize, Vec<usize>)>,
    middle: Vec<f64>,
    height: f64,
    group: Option<usize>,
    /// Whether the name of its group stands over it.
    headed: bool,
}

/// Gives the things their places and draws everything.
pub(super) fn arrange(plan: &Plan) -> Drawing {
    let mut drawing = Drawing { places: vec![Rect::default(); plan.nodes.len()], ..Drawing::default() };
    let (column, heads) = stages(plan);
    let labels: Vec<String> = plan.strands.iter().map(|strand| short(plan, strand)).collect();
    let boxes = boxes(plan, &column, &labels);
    let blocks = blocks(plan, &boxes);
    let grid = Grid::new(plan, &boxes, &labels, heads.len());
    let header = if heads.iter().any(|head| !head.is_empty()) { HEAD * STEP + 8.0 } else { 0.0 };
    let heights: Vec<f64> = blocks.iter().map(|block| block.height + if block.headed { HEAD * 2.0 } else { 0.0 }).collect();
    let corners = trimmed(&grid, &blocks, sheet::set(&heights, grid.width, BESIDE, BELOW));
    let mut started: Vec<f64> = Vec::new();
    for (block, (corner, used)) in blocks.iter().zip(corners) {
        if !started.contains(&corner.x) {
            started.push(corner.x);
            drawing.items.push(headings(plan, &grid, &heads, corner, used));
        }
        let mut at = corner + Point::new(0.0, header);
        if let Some(band) = block.group.map(|g| &plan.groups[g]).filter(|_| block.headed) {
            let ink = band.hue.readable_on(plan.options.theme.ground(), 4.6);
            let first = grid.left[used.0];
            let line = plan.ruler.shorten(&band.group.label, HEAD, Weight::Bold, grid.left[used.1] + grid.wide[used.1] - first);
            let mark = text(&line, at + Point::new(first, HEAD), Anchor::Left, HEAD, Weight::Bold, ink);
            let of = Of::Group(band.group.key.clone());
            drawing.items.push(Item { of, title: band.group.label.clone(), marks: vec![Mark::Text(mark)] });
            at.y += HEAD * 2.0;
        }
        draw(plan, &grid, block, &boxes, &labels, at, &mut drawing);
    }
    let loops = plan.strands.iter().filter(|strand| strand.from == strand.to).count();
    if loops > 0 {
        let ties = if loops == 1 { "tie of a thing to itself is" } else { "ties of things to themselves are" };
        drawing.notes.push(format!("{loops} {ties} not drawn"));
    }
    drawing
}

/// The column of each node, and the name of each column.
fn stages(plan: &Plan) -> (Vec<usize>, Vec<String>) {
    let stage = |v: usize| plan.graph.nodes[plan.nodes[v].index].stage.as_ref();
    let n = plan.nodes.len();
    if (0..n).all(|v| stage(v).is_none()) {
        let edges: Vec<(usize, usize)> = plan.strands.iter().filter(|s| s.from != s.to).map(|s| (s.from, s.to)).collect();
        let ranks = ranks(n, &edges);
        let last = ranks.iter().copied().max().unwrap_or(0);
        // A long chain is no table: its links share columns.
        let fold = last / MOST + 1;
        return (ranks.into_iter().map(|rank| rank / fold).collect(), vec![String::new(); last / fold + 1]);
    }
    let mut found: BTreeMap<i64, String> = BTreeMap::new();
    for stage in (0..n).filter_map(stage) {
        let label = one_line(&stage.label);
        let known = found.entry(stage.number).or_insert_with(|| label.clone());
        // Of several names of one column the first by letter.
        if !label.is_empty() && (known.is_empty() || label < *known) {
            *known = label;
        }
    }
    let numbers: Vec<i64> = found.keys().copied().collect();
    let other = numbers.len().min(2 * MOST);
    let place = |v: usize| stage(v).and_then(|s| numbers.binary_search(&s.number).ok());
    let column: Vec<usize> = (0..n).map(|v| place(v).map_or(other, |at| at.min(2 * MOST - 1))).collect();
    let mut heads: Vec<String> = found.into_values().take(other).collect();
    if column.contains(&other) {
        heads.push(String::new());
    }
    (column, heads)
}

/// What stands beside the end of a tie: how many it is, its footnotes, the sign of disagreement.
fn short(plan: &Plan, strand: &Strand) -> String {
    if strand.label.is_empty() && strand.numbers.is_empty() {
        return String::new();
    }
    let count = if strand.count > 1 {
        format!("×{}", plan.ruler.shorten(&strand.count.to_string(), NAME, Weight::Regular, 60.0).text)
    } else {
        String::new()
    };
    // A tie may rest on dozens of places: the table lists them.
    let numbers = plan.ruler.shorten(&strand.numbers, LABEL_SIZE, Weight::Regular, 90.0).text;
    [count, numbers].join(" ").trim().to_owned()
}

fn boxes(plan: &Plan, column: &[usize], labels: &[String]) -> Vec<Boxed> {
    // How many ties end on either side of a box, and whether one of them is labelled: then all stand further apart, as in `ends`.
    let mut ends = vec![[(0_usize, false); 2]; plan.nodes.len()];
    for (strand, label) in plan.strands.iter().zip(labels).filter(|(s, _)| s.from != s.to) {
        for (end, other) in [(strand.from, strand.to), (strand.to, strand.from)] {
            let side = &mut ends[end][usize::from(column[other] >= column[end])];
            *side = (side.0 + 1, side.1 || !label.is_empty());
        }
    }
    let tall_of = |(count, labelled): (usize, bool)| count as f64 * if labelled { APART.0 } else { APART.1 };
    plan.nodes
        .iter()
        .enumerate()
        .map(|(v, spot)| {
            let node = &plan.graph.nodes[spot.index];
            let mut said = line_label(plan.graph, spot.index);
            if node.disputed || node.measured.is_some() {
                said = drawn_label(plan.graph, spot.index);
            }
            let name = plan.ruler.wrap(&said, NAME, Weight::Regular, ROOM, LINES).0;
            let under: Vec<TextLine> = {
                let told = [one_line(&node.under), node.note.as_deref().map(one_line).unwrap_or_default()];
                let told = told.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
                plan.ruler.wrap(&told, FINE, Weight::Regular, ROOM, 3).0
            };
            // Wide texts do not sit well in round figures.
            let figure = match spot.look.figure {
                Figure::Circle | Figure::Diamond | Figure::Octagon | Figure::Ellipse | Figure::Cylinder => Figure::Rounded,
                other => other,
            };
            let wide = |lines: &[TextLine], size: f64| lines.iter().map(|line| line.width * size).fold(0.0, f64::max);
            let tall = name.len() as f64 * NAME * STEP + under.len() as f64 * FINE * STEP;
            let (w, h) = figure.size_for(wide(&name, NAME).max(wide(&under, FINE)).max(40.0), tall);
            let h = h.max(tall_of(ends[v][0]) + 6.0).max(tall_of(ends[v][1]) + 6.0);
            Boxed { name, under, figure, w, h, column: column[v] }
        })
        .collect()
}

/// The blocks in the order of their groups, then of their size; what is tied to nothing goes last.
fn blocks(plan: &Plan, boxes: &[Boxed]) -> Vec<Block> {
    let mut near: Vec<Vec<(usize, f64)>> = vec![Vec::new(); boxes.len()];
    for strand in plan.strands.iter().filter(|s| s.from != s.to) {
        near[strand.from].push((strand.to, 1.0));
        near[strand.to].push((strand.from, 1.0));
    }
    let name = |v: usize| natural(&line_label(plan.graph, plan.nodes[v].index));
    let mut parts = components(&near);
    for part in &mut parts {
        part.sort_by_cached_key(|&v| (boxes[v].column, name(v), v));
    }
    let (mut lone, mut parts): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.len() == 1);
    let key = |part: &Vec<usize>| (group_of(plan, part).unwrap_or(usize::MAX), boxes[part[0]].column, name(part[0]), part[0]);
    parts.sort_by_cached_key(key);
    lone.sort_by_cached_key(key);
    let mut heaps: BTreeMap<Option<usize>, Vec<Vec<usize>>> = BTreeMap::new();
    for part in lone {
        let heap = heaps.entry(group_of(plan, &part).or(Some(usize::MAX))).or_default();
        let full = |nodes: &Vec<usize>| nodes.iter().filter(|&&v| boxes[v].column == boxes[part[0]].column).count() >= LONE;
        match heap.iter_mut().find(|nodes| !full(nodes)) {
            Some(nodes) => nodes.extend(part),
            None => heap.push(part),
        }
    }
    parts.extend(heaps.into_values().flatten());
    parts.sort_by_key(|part| group_of(plan, part).unwrap_or(usize::MAX));
    let mut blocks: Vec<Block> = parts.into_iter().map(|part| block(plan, boxes, part)).collect();
    let mut before = None;
    for block in &mut blocks {
        block.headed = block.group.is_some() && block.group != before;
        before = block.group;
    }
    blocks
}

/// A name as people order it: its numbers by their value.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let digit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (text, tail) = rest.split_at(digit);
        let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        parts.push((text.to_owned(), tail[..end].parse().unwrap_or(u64::MAX)));
        rest = &tail[end..];
    }
    parts
}

/// The group that most of some things are in; the first of several.
fn group_of(plan: &Plan, part: &[usize]) -> Option<usize> {
    let mut found: BTreeMap<usize, usize> = BTreeMap::new();
    for group in part.iter().filter_map(|&v| plan.nodes[v].group).filter(|_| plan.options.hulls) {
        *found.entry(group).or_default() += 1;
    }
    found.into_iter().max_by_key(|&(group, count)| (count, std::cmp::Reverse(group))).map(|(group, _)| group)
}

fn block(plan: &Plan, boxes: &[Boxed], nodes: Vec<usize>) -> Block {
    let mut slots: Vec<Slot> = nodes.iter().map(|&v| Slot { column: boxes[v].column, height: boxes[v].h, near: Vec::new() }).collect();
    let place: BTreeMap<usize, usize> = nodes.iter().enumerate().map(|(k, &v)| (v, k)).collect();
    let mut past: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut chains = Vec::new();
    for (k, strand) in plan.strands.iter().enumerate().filter(|(_, s)| s.from != s.to) {
        let (Some(&from), Some(&to)) = (place.get(&strand.from), place.get(&strand.to)) else { continue };
        let (left, right) = if slots[from].column <= slots[to].column { (from, to) } else { (to, from) };
        let mut chain = vec![left];
        for column in slots[left].column + 1..slots[right].column {
            // Ties of one thing past a column share their way.
            let slot = *past.entry((left, column)).or_insert_with(|| {
                slots.push(Slot { column, height: PAST, near: Vec::new() });
                slots.len() - 1
            });
            chain.push(slot);
        }
        chain.push(right);
        for pair in chain.windows(2) {
            if slots[pair[0]].column != slots[pair[1]].column {
                slots[pair[0]].near.push(pair[1]);
                slots[pair[1]].near.push(pair[0]);
            }
        }
        chains.push((k, chain));
    }
    let (middle, height) = strata::heights(&slots, GAP);
    let group = group_of(plan, &nodes);
    Block { nodes, slots, chains, middle, height, group, headed: false }
}

/// Where columns begin and how wide they are.
struct Grid {
    left: Vec<f64>,
    wide: Vec<f64>,
    width: f64,
    /// The room of labels at the ends of ties.
    label: f64,
}

impl Grid {
    fn new(plan: &Plan, boxes: &[Boxed], labels: &[String], columns: usize) -> Self {
        let mut wide = vec![40.0_f64; columns];
        for boxed in boxes {
            wide[boxed.column] = wide[boxed.column].max(boxed.w);
        }
        let label = labels.iter().map(|l| plan.ruler.width(l, LABEL_SIZE, Weight::Regular)).fold(0.0, f64::max);
        let label = if label > 0.0 { label + 10.0 } else { 0.0 };
        let mut left = vec![0.0; columns];
        for c in 1..columns {
            left[c] = left[c - 1] + wide[c - 1] + GUTTER + 2.0 * label;
        }
        let width = left.last().zip(wide.last()).map_or(0.0, |(left, wide)| left + wide);
        Self { left, wide, width, label }
    }

    fn middle(&self, column: usize) -> f64 {
        self.left[column] + self.wide[column] / 2.0
    }
}

/// The corners of blocks, closed up where all blocks of a column of the page leave the first or the last stages empty; with the stages that
/// these have.
fn trimmed(grid: &Grid, blocks: &[Block], corners: Vec<Point>) -> Vec<(Point, (usize, usize))> {
    let mut sheets: Vec<(f64, (usize, usize))> = Vec::new();
    for (block, corner) in blocks.iter().zip(&corners) {
        let own = block.slots.iter().map(|slot| slot.column);
        let (first, last) = (own.clone().min().unwrap_or(0), own.max().unwrap_or(0));
        match sheets.last_mut().filter(|(x, _)| *x == corner.x) {
            Some((_, used)) => *used = (used.0.min(first), used.1.max(last)),
            None => sheets.push((corner.x, (first, last))),
        }
    }
    let mut free = 0.0;
    let mut moved = Vec::new();
    for (x, (first, last)) in sheets {
        moved.push((x, free - grid.left[first], (first, last)));
        free += grid.left[last] + grid.wide[last] - grid.left[first] + BESIDE;
    }
    let place = |corner: Point| {
        let found = moved.iter().find(|(x, ..)| *x == corner.x);
        found.map_or((corner, (0, 0)), |(_, x, used)| (Point::new(*x, corner.y), *used))
    };
    corners.into_iter().map(place).collect()
}

fn headings(plan: &Plan, grid: &Grid, heads: &[String], at: Point, used: (usize, usize)) -> Item {
    let mut marks = Vec::new();
    for (c, head) in heads.iter().enumerate().filter(|(c, head)| !head.is_empty() && (used.0..=used.1).contains(c)) {
        let line = plan.ruler.shorten(head, HEAD, Weight::Bold, grid.wide[c] + GUTTER * 0.8);
        let at = at + Point::new(grid.middle(c), HEAD);
        marks.push(Mark::Text(text(&line, at, Anchor::Middle, HEAD, Weight::Bold, plan.options.theme.faint())));
    }
    Item { of: Of::Page, title: String::new(), marks }
}

/// Draws a block with its left top corner at a place.
fn draw(plan: &Plan, grid: &Grid, block: &Block, boxes: &[Boxed], labels: &[String], at: Point, drawing: &mut Drawing) {
    for (k, &v) in block.nodes.iter().enumerate() {
        let boxed = &boxes[v];
        let middle = at + Point::new(grid.middle(boxed.column), block.middle[k]);
        drawing.places[v] = Rect::around(middle, boxed.w, boxed.h);
    }
    let ends = ends(block, labels);
    let mut busy = vec![0_usize; block.slots.len()];
    for (_, chain) in &block.chains {
        for end in [chain.first(), chain.last()].into_iter().flatten() {
            busy[*end] += 1;
        }
    }
    let mut written = Vec::new();
    for (n, (k, chain)) in block.chains.iter().enumerate() {
        let (Some(&left), Some(&right)) = (chain.first(), chain.last()) else { continue };
        let (a, b) = (drawing.places[block.nodes[left]], drawing.places[block.nodes[right]]);
        let level = block.slots[left].column == block.slots[right].column;
        let start = Point::new(a.right(), a.centre().y + ends[n].0);
        let end = Point::new(if level { b.right() } else { b.x }, b.centre().y + ends[n].1);
        let way = way(grid, block, chain, (start, end), at, level);
        // The way starts where the strand does.
        let strand = &plan.strands[*k];
        let turned = strand.from != block.nodes[left];
        let way = if turned { reversed(way) } else { way };
        let label = &labels[*k];
        let width = plan.ruler.width(label, LABEL_SIZE, Weight::Regular);
        // A label stands at the end where fewer ties meet.
        let at_start = level || busy[left] <= busy[right];
        let middle = if at_start { start + Point::new(5.0 + width / 2.0, 0.0) } else { end - Point::new(13.0 + width / 2.0, 0.0) };
        let room = (!label.is_empty()).then(|| Rect::around(middle, width + 3.0, LABEL_SIZE * 1.1));
        drawing.items.push(paint::tie(plan, strand, &way, room));
        if !label.is_empty() {
            written.push(paint::tie_label(plan, strand, middle, &[plan.ruler.line(label, Weight::Regular)]));
        }
    }
    for &v in &block.nodes {
        drawing.items.push(boxed(plan, v, &boxes[v], drawing.places[v]));
    }
    drawing.items.append(&mut written);
}

/// How far from the middles of their boxes the ties of a block begin and end: those of one side in the order of what they lead to.
fn ends(block: &Block, labels: &[String]) -> Vec<(f64, f64)> {
    let mut found = vec![(0.0, 0.0); block.chains.len()];
    let mut sides: BTreeMap<(usize, bool), Vec<(usize, bool, f64)>> = BTreeMap::new();
    for (n, (_, chain)) in block.chains.iter().enumerate() {
        let [left, .., right] = chain.as_slice() else { continue };
        let level = block.slots[*left].column == block.slots[*right].column;
        let (next, before) = (chain[1], chain[chain.len() - 2]);
        sides.entry((*left, true)).or_default().push((n, true, block.middle[next]));
        sides.entry((*right, level)).or_default().push((n, false, block.middle[before]));
    }
    for own in sides.values_mut() {
        own.sort_by(|a, b| a.2.total_cmp(&b.2).then(a.0.cmp(&b.0)));
        let apart = if own.iter().any(|(n, ..)| !labels[block.chains[*n].0].is_empty()) { APART.0 } else { APART.1 };
        let half = (own.len() as f64 - 1.0) / 2.0;
        for (k, (n, at_left, _)) in own.iter().enumerate() {
            let y = (k as f64 - half) * apart;
            if *at_left { found[*n].0 = y } else { found[*n].1 = y }
        }
    }
    found
}

/// The way of a tie: level where labels stand, past each column at the height of its slot.
fn way(grid: &Grid, block: &Block, chain: &[usize], (start, end): (Point, Point), at: Point, level: bool) -> Way {
    let gutter = |column: usize| at.x + grid.left[column] + grid.wide[column] + grid.label;
    if level {
        // Out beyond the widest box of the column, and back.
        let edge = chain.first().map_or(start.x, |&slot| gutter(block.slots[slot].column));
        let (a, b) = (Point::new(edge, start.y), Point::new(edge, end.y));
        let out = Point::new(GUTTER * 0.6, 0.0);
        return vec![Curve::straight(start, a), Curve([a, a + out, b + out, b]), Curve::straight(b, end)];
    }
    let mut way = Vec::new();
    let mut here = start;
    let mut leg = |to: Point, from_column: usize| {
        let (left, right) = (gutter(from_column), at.x + grid.left[from_column + 1] - grid.label);
        let (a, b) = (Point::new(left, here.y), Point::new(right, to.y));
        way.push(Curve::straight(here, a));
        let half = (b.x - a.x) * 0.5;
        way.push(Curve([a, a + Point::new(half, 0.0), b - Point::new(half, 0.0), b]));
        way.push(Curve::straight(b, to));
        here = to;
    };
    for &slot in &chain[1..chain.len() - 1] {
        let column = block.slots[slot].column;
        let y = at.y + block.middle[slot];
        leg(Point::new(at.x + grid.left[column] + grid.wide[column], y), column - 1);
    }
    if let Some(&last) = chain.last() {
        leg(end, block.slots[last].column - 1);
    }
    way.retain(|curve| curve.0[0].distance(curve.0[3]) > 0.01);
    way
}

fn reversed(way: Way) -> Way {
    way.into_iter().rev().map(|Curve([a, b, c, d])| Curve([d, c, b, a])).collect()
}

/// A box with its text; its outline is broken where the thing is planned or flagged.
fn boxed(plan: &Plan, v: usize, boxed: &Boxed, place: Rect) -> Item {
    let spot = &plan.nodes[v];
    let look = crate::style::NodeLook { figure: boxed.figure, ..spot.look };
    let line = plan.graph.nodes[spot.index].line;
    let mut marks = paint::figure(&look, place, 1.2);
    if line != Line::Solid {
        for mark in &mut marks {
            if let Mark::Path { stroke: Some(stroke), .. } = mark {
                stroke.line = line;
            }
        }
    }
    let tall = boxed.name.len() as f64 * NAME * STEP + boxed.under.len() as f64 * FINE * STEP;
    let mut y = place.centre().y + look.figure.text_drop() - tall / 2.0;
    let lines = boxed.name.iter().map(|l| (l, NAME)).chain(boxed.under.iter().map(|l| (l, FINE)));
    for (line, size) in lines {
        y += size * STEP;
        let at = Point::new(place.centre().x, y - size * 0.3);
        let ink = if size < NAME { look.ink.mix(look.fill, 0.12).readable_on(look.fill, 4.5) } else { look.ink };
        marks.push(Mark::Text(text(line, at, Anchor::Middle, size, Weight::Regular, ink)));
    }
    Item { of: Of::Node(spot.index), title: spot.title.clone(), marks }
}

fn text(line: &TextLine, at: Point, anchor: Anchor, size: f64, weight: Weight, ink: Colour) -> Text {
    Text { at, anchor, size, weight, ink, halo: None, line: line.clone() }
}
