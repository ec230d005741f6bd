//! The flow layout: givers left, takers right, ties as wide as their amounts.
//!
//! What is not known exactly is hatched, never drawn as zero: an unknown amount gets a narrow hatched band, "at least" and the like a
//! hatched one of the stated width; what is given back, a negative amount, is an empty one. Amounts in different currencies are not
//! comparable, so each currency has its own scale, which the legend shows.

use std::collections::{BTreeMap, BTreeSet};

use super::parts::{in_rows, ranks};
use crate::drawing::{Drawing, Sign};
use crate::geometry::{Curve, Grid, Point, Rect, Step, rounded};
use crate::graph::Line;
use crate::plan::{Plan, Strand};
use crate::scene::{Anchor, Item, Mark, Of, Paint, Stroke, Text};
use crate::text::{TextLine, Weight};

/// How high the fullest column is drawn, and the least width of a band.
const HIGH: f64 = 430.0;
const THIN: f64 = 2.5;
/// The width of a band of unknown amount.
const UNKNOWN: f64 = 8.0;
const BAR: f64 = 13.0;
const GAP: f64 = 15.0;
const LABEL: f64 = 10.5;
/// From a column's right side to the next one's left.
const COLUMN: f64 = 285.0;
/// The widest text in a box between the edges.
const BOXED: f64 = 124.0;
const NAME: f64 = 190.0;

/// A band between two things.
struct Band {
    strand: usize,
    from: usize,
    to: usize,
    width: f64,
    is_exact: bool,
    is_stated: bool,
    /// Whether it is less than nothing.
    is_back: bool,
    said: String,
}

/// Gives the nodes their places and draws everything.
pub(super) fn arrange(plan: &Plan) -> Drawing {
    let bands = bands(plan);
    let n = plan.nodes.len();
    let edges: Vec<(usize, usize)> = bands.iter().map(|b| (b.from, b.to)).collect();
    let mut column = ranks(n, &edges);
    let last = column.iter().copied().max().unwrap_or(0);
    // Who only takes stands at the right end.
    let gives = |v: usize| bands.iter().any(|b| b.from == v);
    let takes = |v: usize| bands.iter().any(|b| b.to == v);
    for (v, column) in column.iter_mut().enumerate() {
        if takes(v) && !gives(v) {
            *column = last;
        }
    }
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); last + 1];
    let mut idle = Vec::new();
    for v in 0..n {
        if gives(v) || takes(v) { columns[column[v]].push(v) } else { idle.push(v) }
    }
    let sum = |f: &dyn Fn(&Band) -> bool| bands.iter().filter(|b| f(b)).map(|b| b.width).sum::<f64>();
    let mut high: Vec<f64> = (0..n).map(|v| sum(&|b| b.from == v).max(sum(&|b| b.to == v)).max(6.0)).collect();
    // At the edges names stand beside their bars, between them in boxes.
    let at_edge: Vec<bool> = (0..n).map(|v| column[v] == 0 || column[v] == last).collect();
    let name = |v: usize| {
        let (room, most) = if at_edge[v] { (NAME, 2) } else { (BOXED, 3) };
        plan.ruler.wrap(&plan.called(plan.nodes[v].index), LABEL, Weight::Regular, room, most).0
    };
    let names: Vec<Vec<TextLine>> = (0..n).map(name).collect();
    let mut wide = vec![BAR; last + 1];
    for v in (0..n).filter(|&v| !at_edge[v]) {
        let text = names[v].iter().map(|line| line.width * LABEL).fold(0.0, f64::max);
        wide[column[v]] = wide[column[v]].max(text + 14.0);
        high[v] = high[v].max(names[v].len() as f64 * LABEL * 1.2 + 8.0);
    }
    let mut left = vec![0.0; last + 1];
    for c in 1..=last {
        left[c] = left[c - 1] + wide[c - 1] + COLUMN;
    }
    // A band past several columns has a slot in each, so that it does not run behind bars there.
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for band in &bands {
        let mut chain = vec![band.from];
        let (first, end) = (column[band.from] + 1, column[band.to]);
        for between in columns.iter_mut().take(end).skip(first) {
            between.push(high.len());
            chain.push(high.len());
            high.push(band.width);
        }
        chain.push(band.to);
        chains.push(chain);
    }
    let height_of_name = |v: usize| names.get(v).map_or(0.0, |n| n.len() as f64 * LABEL * 1.2);
    let takes_up = |v: usize| high[v].max(if v < n { height_of_name(v) } else { 0.0 });
    let mut middle: Vec<f64> = vec![0.0; high.len()];
    // A flow of thin bands would be a ribbon of a page: it gets air between its bands.
    let fullest =
        columns.iter().map(|c| (c.iter().map(|&v| takes_up(v)).sum::<f64>(), c.len())).fold((0.0, 1), |a, b| if b.0 > a.0 { b } else { a });
    let air = (0.34 * (left[last] + 2.0 * NAME) - fullest.0) / fullest.1 as f64;
    let gap = air.clamp(GAP, 3.0 * GAP);
    let stack = |columns: &[Vec<usize>], middle: &mut [f64]| {
        for column in columns {
            let whole: f64 = column.iter().map(|&v| takes_up(v) + gap).sum::<f64>() - gap;
            let mut y = -whole / 2.0;
            for &v in column {
                middle[v] = y + takes_up(v) / 2.0;
                y += takes_up(v) + gap;
            }
        }
    };
    stack(&columns, &mut middle);
    let mut near: Vec<Vec<(usize, f64)>> = vec![Vec::new(); high.len()];
    for (band, chain) in bands.iter().zip(&chains) {
        for pair in chain.windows(2) {
            near[pair[0]].push((pair[1], band.width));
            near[pair[1]].push((pair[0], band.width));
        }
    }
    for _ in 0..24 {
        let pull: Vec<f64> = (0..high.len())
            .map(|v| {
                let weight: f64 = near[v].iter().map(|(_, w)| w).sum();
                let sum: f64 = near[v].iter().map(|&(o, w)| middle[o] * w).sum();
                if weight > 0.0 { sum / weight } else { middle[v] }
            })
            .collect();
        for column in &mut columns {
            column.sort_by(|&a, &b| pull[a].total_cmp(&pull[b]).then(a.cmp(&b)));
        }
        stack(&columns, &mut middle);
    }
    untangle(&mut columns, &near, high.len());
    stack(&columns, &mut middle);
    let mut drawing = Drawing { places: vec![Rect::default(); n], ..Drawing::default() };
    for v in 0..n {
        drawing.places[v] = Rect::new(left[column[v]], middle[v] - high[v] / 2.0, wide[column[v]], high[v]);
    }
    let slots: Vec<(f64, f64)> = left.iter().copied().zip(wide).collect();
    ribbons(plan, &bands, &chains, &column, &slots, &middle, &mut drawing);
    for v in columns.iter().flatten().copied().filter(|&v| v < n) {
        let side = if column[v] == last && last > 0 {
            Side::Right
        } else if column[v] == 0 {
            Side::Left
        } else {
            Side::Inside
        };
        drawing.items.push(bar(plan, v, drawing.places[v], &names[v], side));
    }
    idle_below(plan, &idle, &mut drawing);
    if bands.iter().any(|band| band.is_back) {
        let ink = plan.options.theme.faint();
        let steps = crate::geometry::polygon(&Rect::around(Point::default(), 24.0, 8.0).corners());
        let mark = Mark::Path { steps, fill: None, stroke: Some(Stroke { ink, width: 1.2, line: Line::Solid }) };
        drawing.keys.push(("empty: given back, a negative amount".to_owned(), Sign::Marks(vec![mark])));
    }
    drawing.keys.extend(scales(plan, &bands));
    drawing.notes.extend(unlike(plan));
    drawing
}

/// Swaps neighbours in a column as long as less crosses, a crossing counting as much as its narrower band is wide.
fn untangle(columns: &mut [Vec<usize>], near: &[Vec<(usize, f64)>], slots: usize) {
    let links: usize = near.iter().map(Vec::len).sum();
    if links > 800 {
        return;
    }
    let mut rank = vec![0usize; slots];
    for column in columns.iter() {
        for (k, &v) in column.iter().enumerate() {
            rank[v] = k;
        }
    }
    let mut side = vec![0usize; slots];
    for (c, column) in columns.iter().enumerate() {
        for &v in column {
            side[v] = c;
        }
    }
    // What crosses between two neighbours of a column if the first stands above the second.
    let crossing = |a: usize, b: usize, rank: &[usize]| {
        let mut sum = 0.0;
        for &(p, v) in &near[a] {
            for &(q, w) in &near[b] {
                let same = (side[p] > side[a]) == (side[q] > side[b]);
                if same && (rank[p] > rank[q] || (side[p] != side[q] && rank[p] == rank[q])) {
                    sum += v.min(w);
                }
            }
        }
        sum
    };
    for _ in 0..60 {
        let mut moved = false;
        for column in columns.iter_mut() {
            // Every place for every slot, not only the next one: a swap of two may cost before it gains.
            for from in 0..column.len() {
                let v = column[from];
                let (mut gain, mut best, mut to) = (0.0, 0.0, from);
                for (k, &other) in column.iter().enumerate().skip(from + 1) {
                    gain += crossing(v, other, &rank) - crossing(other, v, &rank);
                    if gain > best + 1e-9 {
                        (best, to) = (gain, k);
                    }
                }
                gain = 0.0;
                for k in (0..from).rev() {
                    gain += crossing(column[k], v, &rank) - crossing(v, column[k], &rank);
                    if gain > best + 1e-9 {
                        (best, to) = (gain, k);
                    }
                }
                if to != from {
                    column.remove(from);
                    column.insert(to, v);
                    for (k, &v) in column.iter().enumerate() {
                        rank[v] = k;
                    }
                    moved = true;
                }
            }
        }
        if !moved {
            return;
        }
    }
}

/// Where a name stands beside its bar.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
    Inside,
}

/// The bands, each with its width in pixels.
fn bands(plan: &Plan) -> Vec<Band> {
    let found: Vec<(usize, &Strand)> = plan.strands.iter().enumerate().filter(|(_, s)| s.from != s.to).collect();
    let scales = per_unit(&found);
    found
        .into_iter()
        .map(|(k, strand)| {
            let width = size(strand).map_or(UNKNOWN, |(currency, size)| (size * scales.get(currency).copied().unwrap_or(0.0)).max(THIN));
            let money = strand.money.as_ref();
            Band {
                strand: k,
                from: strand.from,
                to: strand.to,
                width,
                is_exact: money.is_some_and(|m| m.is_exact),
                is_back: money.is_some_and(|m| m.is_stated && m.high < 0.0),
                is_stated: money.is_some_and(|m| m.is_stated),
                said: money.map_or_else(|| "amount not stated".to_owned(), |m| m.said.clone()),
            }
        })
        .collect()
}

/// The currency and size of what flows along a strand, if it is stated.
fn size(strand: &Strand) -> Option<(&str, f64)> {
    let money = strand.money.as_ref().filter(|money| money.is_stated)?;
    Some((money.currency.as_str(), money.low.abs().max(money.high.abs())))
}

/// How many pixels wide a unit of each currency is. A currency has as much of the page as it has bands, and more of it the larger its
/// sums are: ten cents do not look like millions, in whatever money.
fn per_unit<'p>(found: &[(usize, &'p Strand)]) -> BTreeMap<&'p str, f64> {
    let mut total: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (currency, size) in found.iter().filter_map(|(_, strand)| size(strand)).filter(|(_, size)| *size > 0.0) {
        let entry = total.entry(currency).or_default();
        entry.0 += size;
        entry.1 += 1.0;
    }
    let share = |&(sum, count): &(f64, f64)| if total.len() == 1 { 1.0 } else { count * (0.15 + (1.0 + sum).log10()) };
    let all: f64 = total.values().map(share).sum();
    total.iter().map(|(currency, own)| (*currency, HIGH * share(own) / all / own.0)).collect()
}

/// How wide a round sum of each currency is drawn, for the legend.
fn scales(plan: &Plan, bands: &[Band]) -> Vec<(String, Sign)> {
    let found: Vec<(usize, &Strand)> = bands.iter().map(|band| (band.strand, &plan.strands[band.strand])).collect();
    let mut keys = Vec::new();
    for (currency, per_unit) in per_unit(&found) {
        // The largest of 1, 2 or 5 with noughts that fits into a line of the legend.
        let most = 8.0 / per_unit;
        let power = 10f64.powf(most.log10().floor());
        let Some(sum) = [5.0, 2.0, 1.0].into_iter().map(|k| k * power).find(|sum| *sum <= most * 1.000_001) else { continue };
        let steps = crate::geometry::polygon(&Rect::around(Point::default(), 20.0, sum * per_unit).corners());
        let mark = Mark::Path { steps, fill: Some(Paint::Solid(plan.options.theme.faint(), 0.6)), stroke: None };
        let named = if currency.is_empty() { "of no stated currency".to_owned() } else { crate::text::one_line(currency) };
        keys.push((format!("as wide: {named} {}", crate::money::number(sum)), Sign::Exact(vec![mark])));
    }
    keys
}

/// That widths of different currencies do not compare.
fn unlike(plan: &Plan) -> Option<String> {
    let currencies: BTreeSet<&str> =
        plan.strands.iter().filter_map(|s| s.money.as_ref()).filter(|m| m.is_stated).map(|m| m.currency.as_str()).collect();
    let named: Vec<&str> = currencies.iter().copied().map(|c| if c.is_empty() { "no currency stated" } else { c }).collect();
    (named.len() > 1).then(|| format!("Each currency has its own scale ({}): widths compare within one only", named.join(", ")))
}

/// The bands as ribbons, stacked at both ends in the order of what they lead to.
/// `slots` are the left sides and widths of the columns.
fn ribbons(
    plan: &Plan,
    bands: &[Band],
    chains: &[Vec<usize>],
    column: &[usize],
    slots: &[(f64, f64)],
    middle: &[f64],
    drawing: &mut Drawing,
) {
    let places = drawing.places.clone();
    let ends = |by_from: bool| -> Vec<f64> {
        let mut offset = vec![0.0; bands.len()];
        for (v, place) in places.iter().enumerate() {
            let mut own: Vec<usize> = (0..bands.len()).filter(|&k| v == if by_from { bands[k].from } else { bands[k].to }).collect();
            let next = |k: usize| if by_from { chains[k].get(1) } else { chains[k].iter().rev().nth(1) };
            let other = |k: usize| next(k).map_or(0.0, |&o| middle[o]);
            own.sort_by(|&a, &b| other(a).total_cmp(&other(b)).then(a.cmp(&b)));
            let whole: f64 = own.iter().map(|&k| bands[k].width).sum();
            let mut y = place.centre().y - whole / 2.0;
            for k in own {
                offset[k] = y + bands[k].width / 2.0;
                y += bands[k].width;
            }
        }
        offset
    };
    let (starts, stops) = (ends(true), ends(false));
    let mut order: Vec<usize> = (0..bands.len()).collect();
    order.sort_by(|&a, &b| bands[b].width.total_cmp(&bands[a].width).then(a.cmp(&b)));
    let mut labels = Vec::new();
    let mut spoken = 0;
    let mut grid = Grid::new(places.iter().map(|r| r.grown(2.0)).collect());
    for &k in &order {
        let band = &bands[k];
        let strand = &plan.strands[band.strand];
        let (a, b) = (Point::new(places[band.from].right(), starts[k]), Point::new(places[band.to].x, stops[k]));
        let mut curves = Vec::new();
        let mut at = a;
        let mut reach = |to: Point, past: f64| {
            let bend = Point::new(((to.x - at.x).abs() * 0.5).max(40.0), 0.0);
            curves.push(Curve([at, at + bend, to - bend, to]));
            at = to + Point::new(past, 0.0);
        };
        for (k, &slot) in chains[k][1..chains[k].len() - 1].iter().enumerate() {
            let (left, wide) = slots[column[band.from] + 1 + k];
            reach(Point::new(left, middle[slot]), wide);
        }
        reach(b, 0.0);
        let half = Point::new(0.0, band.width / 2.0);
        let mut steps = vec![Step::Move(a - half)];
        for (k, Curve([p, q, r, s])) in curves.iter().copied().enumerate() {
            if k > 0 {
                steps.push(Step::Line(p - half));
            }
            steps.push(Step::Curve(q - half, r - half, s - half));
        }
        for (k, Curve([p, q, r, s])) in curves.iter().copied().enumerate().rev() {
            steps.push(Step::Line(s + half));
            steps.push(Step::Curve(r + half, q + half, p + half));
            if k == 0 {
                steps.push(Step::Close);
            }
        }
        let curve = curves[curves.len() / 2];
        let ink = strand.look.ink;
        let fill = match (band.is_back, band.is_exact) {
            (true, true) => None,
            // Of what is planned, over or in doubt the outline tells, as the legend says; the band behind it is paler.
            (false, true) => Some(Paint::Solid(ink, if strand.line == Line::Solid { 0.42 } else { 0.18 })),
            (_, false) => Some(Paint::Hatched(plan.options.theme.ground().mix(ink, 0.62))),
        };
        let stroke = (band.is_back || strand.line != Line::Solid).then_some(Stroke { ink, width: 1.2, line: strand.line });
        drawing.hatched += usize::from(!band.is_exact);
        let of = Of::Tie { ties: strand.ties.clone(), from: plan.nodes[strand.from].index, to: plan.nodes[strand.to].index };
        let title = format!("{}: {}", strand.title, band.said);
        drawing.items.push(Item { of: of.clone(), title: title.clone(), marks: vec![Mark::Path { steps, fill, stroke }] });
        // What is not stated is hatched, and the legend says so: a number is there where there is one.
        let said = if band.is_stated { band.said.clone() } else { band.said.replacen("amount not stated", "", 1).trim().to_owned() };
        if said.is_empty() {
            continue;
        }
        spoken += 1;
        let line = plan.ruler.line(&said, Weight::Regular);
        let width = line.width * 9.0;
        for t in [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78] {
            let middle = curve.at(t);
            let room = Rect::around(middle, width + 4.0, 12.0);
            if !grid.is_hit(room) {
                grid.insert(room);
                let text = Text {
                    at: middle + Point::new(0.0, 3.2),
                    anchor: Anchor::Middle,
                    size: 9.0,
                    weight: Weight::Regular,
                    ink: plan.options.theme.ink(),
                    halo: Some(plan.options.theme.ground()),
                    line,
                };
                labels.push(Item { of, title, marks: vec![Mark::Text(text)] });
                break;
            }
        }
    }
    if labels.len() < spoken {
        drawing.notes.push(format!("{} amounts had no room for their number", spoken - labels.len()));
    }
    drawing.items.extend(labels);
}

/// A thing as a bar with its name beside it.
fn bar(plan: &Plan, v: usize, place: Rect, names: &[TextLine], side: Side) -> Item {
    let spot = &plan.nodes[v];
    let mut marks =
        vec![Mark::shape(rounded(&place.corners(), if side == Side::Inside { 5.0 } else { 2.5 }), spot.look.fill, spot.look.stroke, 1.2)];
    let step = LABEL * 1.2;
    let lines = names.len() as f64;
    let first = place.centre().y - step * (lines - 1.0) / 2.0 + LABEL * 0.355;
    let (x, anchor) = match side {
        Side::Left => (place.x - 7.0, Anchor::Right),
        Side::Right => (place.right() + 7.0, Anchor::Left),
        Side::Inside => (place.centre().x, Anchor::Middle),
    };
    for (k, line) in names.iter().enumerate() {
        let inside = side == Side::Inside;
        let at = Point::new(x, first + step * k as f64);
        marks.push(Mark::Text(Text {
            at,
            anchor,
            size: LABEL,
            weight: Weight::Regular,
            ink: if inside { spot.look.ink } else { plan.options.theme.ink() },
            halo: (!inside).then(|| plan.options.theme.ground()),
            line: line.clone(),
        }));
    }
    Item { of: Of::Node(spot.index), title: spot.title.clone(), marks }
}

/// Things that neither give nor take, below.
pub(super) fn idle_below(plan: &Plan, idle: &[usize], drawing: &mut Drawing) {
    let whole = Rect::all(drawing.items.iter().flat_map(|i| &i.marks).filter_map(Mark::bounds)).unwrap_or_default();
    let rows = in_rows(plan, idle);
    for (v, r) in rows {
        let place = r.moved(Point::new(whole.x, whole.bottom() + 24.0));
        drawing.places[v] = place;
        drawing.items.push(crate::paint::node(&plan.nodes[v], place));
    }
}
