//! One figure of the bars layout: what of it is no plain bar, the scale it stands on, and its marks.

use std::collections::BTreeMap;

use crate::geometry::{Point, Rect, Step, polygon};
use crate::graph::{Line, Measured, Qualifier};
use crate::measured::{range, value};
use crate::plan::Plan;
use crate::scene::{Item, Mark, Of, Paint, Stroke};
use crate::style::Colour;

/// The height of a bar.
pub(super) const BAR: f64 = 11.0;
/// The length of an arrow at an open end.
pub(super) const OPEN: f64 = 18.0;

/// How a figure is drawn where it is not a plain bar; the legend has a line for each that is on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Drawn {
    AtLeast,
    AtMost,
    About,
    Between,
    Rank,
    Part,
    Unknown,
}

/// Figures by a key.
pub(super) type By<K> = BTreeMap<K, Vec<usize>>;

/// The item that a figure's marks are.
pub(super) fn item(plan: &Plan, v: usize, marks: Vec<Mark>) -> Item {
    let spot = &plan.nodes[v];
    Item { of: Of::Node(spot.index), title: spot.title.clone(), marks }
}

/// The figure that a node of the plan is.
pub(super) fn figure<'p>(plan: &'p Plan, v: usize) -> Option<&'p Measured> {
    plan.graph.nodes[plan.nodes[v].index].measured.as_ref()
}

/// What of a figure is not a plain bar.
pub(super) fn how(figure: &Measured) -> Vec<Drawn> {
    let mut found = Vec::new();
    let (low, high) = range(figure);
    match (value(figure), figure.qualifier) {
        (None, _) if low.is_none() && high.is_none() => return vec![Drawn::Unknown],
        (None, _) if low.is_some() && high.is_some() => found.push(Drawn::Between),
        (None, _) => found.push(if low.is_some() { Drawn::AtLeast } else { Drawn::AtMost }),
        (_, Qualifier::AtLeast | Qualifier::MoreThan) => found.push(Drawn::AtLeast),
        (_, Qualifier::AtMost | Qualifier::LessThan) => found.push(Drawn::AtMost),
        (_, Qualifier::Around) => found.push(Drawn::About),
        _ => {}
    }
    if low.zip(high).is_some_and(|(low, high)| low < high) && !found.contains(&Drawn::Between) {
        found.push(Drawn::Between);
    }
    match figure.out_of {
        _ if figure.measure.is_rank => found.push(Drawn::Rank),
        Some(_) => found.push(Drawn::Part),
        None => {}
    }
    found
}

/// The scale of a panel: from which value to which, at which place on its track.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) width: f64,
}

impl Scale {
    /// The scale that all figures of a panel fit on; bars start at zero, or at the least value that the measure can have.
    pub(super) fn of<'f>(figures: impl Iterator<Item = &'f Measured>, width: f64) -> Self {
        let (mut least, mut most) = (f64::MAX, f64::MIN);
        let (mut base, mut rank, mut percent) = (None, false, false);
        for figure in figures {
            let (low, high) = range(figure);
            let measure = &figure.measure;
            rank |= measure.is_rank;
            percent |= figure.unit == "%";
            base = base.or(measure.from.filter(|n| n.is_finite()));
            for n in [value(figure), low, high, figure.out_of, measure.from, measure.to].into_iter().flatten().filter(|n| n.is_finite()) {
                least = least.min(n);
                most = most.max(n);
            }
        }
        // A percentage is a part of a hundred.
        if percent && least >= 0.0 && most <= 100.0 {
            most = 100.0;
        }
        let base = if rank { 1.0 } else { base.filter(|base| *base <= least).unwrap_or(0.0) };
        let (from, to) = (least.min(base), most.max(base));
        Self { from, to: if to > from { to } else { from + 1.0 }, width }
    }

    /// Where bars start.
    pub(super) fn base(&self) -> f64 {
        if self.from < 0.0 { self.to.min(0.0) } else { self.from }
    }

    /// The place of a value; both halves are divided first, so that the largest numbers do not overflow.
    pub(super) fn x(&self, value: f64) -> f64 {
        let part = (value / 2.0 - self.from / 2.0) / (self.to / 2.0 - self.from / 2.0);
        if part.is_finite() { part.clamp(0.0, 1.0) * self.width } else { 0.0 }
    }

    /// The values to mark: of a rank the first and the last place, of a scale with ends these, and round ones between.
    pub(super) fn ticks(&self, rank: bool, has_ends: bool) -> Vec<f64> {
        let ends = vec![self.from, self.to];
        if rank {
            return ends;
        }
        let rough = self.to / 4.0 - self.from / 4.0;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|k| k * power).find(|step| *step >= rough).unwrap_or(rough);
        if !step.is_finite() || step <= 0.0 {
            return ends;
        }
        let first = (self.from / step).ceil();
        let round = (0..12).map(|k| (first + f64::from(k)) * step).filter(|n| *n <= self.to + step * 1e-9);
        if !has_ends {
            return round.collect();
        }
        let between = round.filter(|n| (n - self.from).min(self.to - n) > step * 0.55);
        std::iter::once(self.from).chain(between).chain(std::iter::once(self.to)).collect()
    }
}

/// A marked value without the dust that adding steps leaves.
pub(super) fn tick_value(tick: f64) -> f64 {
    format!("{tick:.9e}").parse().unwrap_or(tick)
}

/// The scale that some figures fit on, for whoever draws them elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Extent {
    /// Its least value.
    pub from: f64,
    /// Its highest.
    pub to: f64,
    /// Where bars start.
    pub base: f64,
    /// The values to mark, and how they read.
    pub ticks: Vec<(f64, String)>,
}

impl Extent {
    /// The scale that pictures use for these figures.
    pub fn of<'f>(figures: impl Iterator<Item = &'f Measured>) -> Self {
        let scale = Scale::of(figures, 1.0);
        let ticks = scale.ticks(false, false).into_iter().map(tick_value);
        Self { from: scale.from, to: scale.to, base: scale.base(), ticks: ticks.map(|n| (n, crate::measured::exact(n))).collect() }
    }
}

/// The marks of a figure on its track; `middle` is at the height of the bar, the track starts at its left end.
pub(super) fn marks(plan: &Plan, figure: &Measured, scale: &Scale, middle: Point, look: (Colour, Colour), line: Line) -> Vec<Mark> {
    let theme = plan.options.theme;
    let (fill, ink) = look;
    let at = |value: f64| middle.x + scale.x(value);
    let bar = |from: f64, to: f64| polygon(&Rect::new(from.min(to), middle.y - BAR / 2.0, (to - from).abs(), BAR).corners());
    let edge = |line| Some(Stroke { ink, width: 1.1, line });
    let (low, high) = range(figure);
    let kinds = how(figure);
    let mut marks = Vec::new();
    if kinds.contains(&Drawn::Unknown) {
        let steps = bar(at(scale.base()), at(scale.base()) + 26.0);
        return vec![Mark::Path { steps, fill: Some(Paint::Hatched(theme.faint())), stroke: None }];
    }
    // The number itself, or the bound that is all there is.
    let number = value(figure).or(low).or(high).unwrap_or(scale.base());
    let (start, end) = (at(scale.base()), at(number));
    if figure.measure.is_rank {
        let last = figure.out_of.filter(|n| n.is_finite()).map_or(scale.to, |n| n.max(number));
        let track = vec![Step::Move(Point::new(middle.x, middle.y)), Step::Line(Point::new(at(last), middle.y))];
        marks.push(Mark::line(track, theme.rule(), 2.0, Line::Solid));
        let paint = if kinds.contains(&Drawn::AtMost) || line != Line::Solid { theme.ground() } else { fill };
        marks.push(dot(Point::new(end, middle.y), paint, ink, line));
    } else {
        if let Some(whole) = figure.out_of.filter(|n| n.is_finite()) {
            let pale = theme.ground().mix(fill, 0.14);
            marks.push(Mark::Path {
                steps: bar(start, at(whole)),
                fill: Some(Paint::Solid(pale, 1.0)),
                stroke: Some(Stroke { ink: theme.rule(), width: 0.8, line: Line::Solid }),
            });
        }
        // A bar of nothing is still a line.
        let end = if (end - start).abs() < 1.5 { start + if number < 0.0 { -1.5 } else { 1.5 } } else { end };
        let solid = if line == Line::Solid { fill } else { theme.ground().mix(fill, 0.35) };
        if kinds.contains(&Drawn::AtMost) {
            marks.push(Mark::Path { steps: bar(start, end), fill: Some(Paint::Hatched(ink)), stroke: edge(line) });
        } else if kinds.contains(&Drawn::About) && number >= 0.0 {
            let soft = ((end - start) * 0.35).min(30.0);
            marks.push(Mark::Path { steps: bar(start, end - soft), fill: Some(Paint::Solid(solid, 1.0)), stroke: None });
            marks.push(Mark::Path {
                steps: bar(end - soft, end + soft * 0.4),
                fill: Some(Paint::Fading { colour: solid, from_left: false }),
                stroke: None,
            });
        } else if !(value(figure).is_none() && kinds.contains(&Drawn::Between)) {
            marks.push(Mark::Path { steps: bar(start, end), fill: Some(Paint::Solid(solid, 1.0)), stroke: edge(line) });
        }
    }
    if kinds.contains(&Drawn::Between)
        && let Some((low, high)) = low.zip(high)
    {
        marks.extend(whisker(at(low), at(high), middle.y, theme.ink()));
    }
    if kinds.contains(&Drawn::AtLeast) {
        marks.extend(arrow(end, OPEN, middle.y, theme.ink()));
    }
    if kinds.contains(&Drawn::AtMost) && figure.measure.is_rank {
        marks.extend(arrow(end, -OPEN.min(end - middle.x + 4.0), middle.y, theme.ink()));
    }
    marks
}

/// A dot with an edge.
pub(super) fn dot(at: Point, fill: Colour, ink: Colour, line: Line) -> Mark {
    let steps = crate::geometry::ellipse(Rect::around(at, 11.0, 11.0));
    Mark::Path { steps, fill: Some(Paint::Solid(fill, 1.0)), stroke: Some(Stroke { ink, width: 1.3, line }) }
}

/// A line between two bounds, with a cross stroke at each.
pub(super) fn whisker(from: f64, to: f64, y: f64, ink: Colour) -> Vec<Mark> {
    let stroke = |a: Point, b: Point| Mark::line(vec![Step::Move(a), Step::Line(b)], ink, 1.3, Line::Solid);
    let cap = |x: f64| stroke(Point::new(x, y - 4.0), Point::new(x, y + 4.0));
    vec![stroke(Point::new(from, y), Point::new(to, y)), cap(from), cap(to)]
}

/// An arrow from a place, so far to the right, or to the left.
pub(super) fn arrow(from: f64, by: f64, y: f64, ink: Colour) -> Vec<Mark> {
    let tip = Point::new(from + by, y);
    let base = Point::new(from + by - 6.5 * by.signum(), y);
    vec![
        Mark::line(vec![Step::Move(Point::new(from, y)), Step::Line(base)], ink, 1.6, Line::Solid),
        Mark::Path { steps: crate::paint::arrow(base, tip), fill: Some(Paint::Solid(ink, 1.0)), stroke: None },
    ]
}
