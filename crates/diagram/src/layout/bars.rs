//! The bars layout: figures as bars, a panel for each measure, unit and group, every panel with a scale of its own.
//!
//! What is not exact is never drawn as if it were: "at least" ends in an arrow, "at most" is hatched, "about" fades, bounds are
//! whiskers, what is not stated is a hatched stub. A rank is no amount: it is a dot on the line from the first place to the last. Figures
//! of one thing stand together in the order of their times; what places tell differently is a bar each.

use std::collections::BTreeSet;

use super::figure::{Drawn, arrow, dot, figure, how, whisker};
use super::panel::{self, Panel};
use super::sheet;
use crate::drawing::{Drawing, Sign};
use crate::geometry::{Point, Rect, Step, polygon};
use crate::graph::Line;
use crate::plan::Plan;
use crate::scene::{Mark, Paint, Stroke};

/// Between panels, and between columns of them.
const BELOW: f64 = 20.0;
const BESIDE: f64 = 34.0;
/// Gives the figures their places and draws them.
pub(super) fn arrange(plan: &Plan) -> Drawing {
    let mut drawing = Drawing { places: vec![Rect::default(); plan.nodes.len()], ..Drawing::default() };
    let (figures, others): (Vec<usize>, Vec<usize>) =
        (0..plan.nodes.len()).partition(|&v| plan.graph.nodes[plan.nodes[v].index].measured.is_some());
    let panels = panel::panels(plan, &figures);
    place(plan, &panels, &mut drawing);
    let used: BTreeSet<Drawn> = figures.iter().filter_map(|&v| figure(plan, v)).flat_map(how).collect();
    drawing.keys = used.into_iter().map(|drawn| key(plan, drawn)).collect();
    let scales: BTreeSet<(&str, &str)> =
        figures.iter().filter_map(|&v| figure(plan, v)).map(|f| (f.measure.key.as_str(), f.unit.as_str())).collect();
    if scales.len() > 1 {
        drawing.notes.push("Each panel has its own scale: lengths compare within one only".to_owned());
    }
    super::flow::idle_below(plan, &others, &mut drawing);
    drawing
}

/// Puts the panels into columns, in their order.
fn place(plan: &Plan, panels: &[Panel], drawing: &mut Drawing) {
    let wide = panels.iter().map(|p| p.width).fold(0.0, f64::max);
    let heights: Vec<f64> = panels.iter().map(|p| p.height).collect();
    for (panel, at) in panels.iter().zip(sheet::set(&heights, wide, BESIDE, BELOW)) {
        panel.draw(plan, at, drawing);
    }
}

/// What the legend says of a way of drawing, and how it looks there.
fn key(plan: &Plan, drawn: Drawn) -> (String, Sign) {
    let theme = plan.options.theme;
    let fill = theme.ground().mix(theme.faint(), 0.45);
    let ink = theme.faint();
    let room = |from: f64, to: f64| polygon(&Rect::new(from, -4.0, to - from, 8.0).corners());
    let block = |from: f64, to: f64, paint: Paint, edged: bool| Mark::Path {
        steps: room(from, to),
        fill: Some(paint),
        stroke: edged.then_some(Stroke { ink, width: 0.9, line: Line::Solid }),
    };
    let solid = Paint::Solid(fill, 1.0);
    let (said, marks) = match drawn {
        Drawn::AtLeast => {
            let mut marks = vec![block(-12.0, 0.0, solid, true)];
            marks.extend(arrow(0.0, 12.0, 0.0, theme.ink()));
            ("arrow: at least (≥), more than (>)", marks)
        }
        Drawn::AtMost => ("hatched: at most (≤), less than (<)", vec![block(-12.0, 12.0, Paint::Hatched(ink), true)]),
        Drawn::About => (
            "fading: about (≈)",
            vec![block(-12.0, 0.0, solid, false), block(0.0, 12.0, Paint::Fading { colour: fill, from_left: false }, false)],
        ),
        Drawn::Between => {
            let mut marks = vec![block(-12.0, 5.0, solid, true)];
            marks.extend(whisker(-1.0, 11.0, 0.0, theme.ink()));
            ("whisker: from the least to the most that it can be", marks)
        }
        Drawn::Rank => {
            let track = vec![Step::Move(Point::new(-12.0, 0.0)), Step::Line(Point::new(12.0, 0.0))];
            let marks = vec![Mark::line(track, theme.rule(), 2.0, Line::Solid), dot(Point::new(-4.0, 0.0), fill, ink, Line::Solid)];
            ("dot: a rank, no. 1 at the left", marks)
        }
        Drawn::Part => {
            let pale = Paint::Solid(theme.ground().mix(theme.faint(), 0.1), 1.0);
            ("pale: the whole of which it is a part", vec![block(-12.0, 12.0, pale, true), block(-12.0, -1.0, solid, true)])
        }
        Drawn::Unknown => ("hatched stub: the number is not stated", vec![block(-12.0, 0.0, Paint::Hatched(ink), false)]),
    };
    (said.to_owned(), Sign::Marks(marks))
}
