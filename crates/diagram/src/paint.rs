//! Drawing what a layout has placed: figures with their text, ties with heads and labels, hulls with their names.

use super::drawing::{Drawing, Placement};
use super::geometry::{Curve, Point, Rect, Step, rounded};
use super::graph::Line;
use super::group::Area;
use super::label;
use super::plan::{LABEL_SIZE, Plan, Spot, Strand};
use super::route::Way;
use super::scene::{Anchor, Item, Mark, Of, Paint, Stroke, Text};
use super::style::{Colour, NodeLook};
use crate::text::{TextLine, Weight};

/// The length of an arrowhead.
const HEAD: f64 = 7.5;
/// The font size of a group's name.
const GROUP_SIZE: f64 = 10.5;

/// The drawing of boxes, ways and hulls; labels stand where a layout wants them, if it does and there is room.
pub(crate) fn drawing(plan: &Plan, placement: Placement) -> Drawing {
    let Placement { places, ways, areas, labels: preferred } = placement;
    let mut items = Vec::new();
    for area in &areas {
        items.push(hull(plan, area));
    }
    let mut names: Vec<(usize, Text)> = Vec::new();
    let mut taken: Vec<Rect> = Vec::new();
    for area in areas.iter().filter(|a| a.named) {
        if let Some(text) = name(plan, area, &places, &taken) {
            taken.push(text.bounds());
            names.push((area.group, text));
        }
    }
    let labels = label::place(plan, &places, &ways, &taken, preferred);
    for ((strand, way), label) in plan.strands.iter().zip(&ways).zip(&labels) {
        items.push(tie(plan, strand, way, label.as_ref().map(|l| l.bounds)));
    }
    for (spot, place) in plan.nodes.iter().zip(&places) {
        items.push(node(spot, *place));
    }
    let mut missing = 0;
    for (strand, placed) in plan.strands.iter().zip(&labels) {
        match placed {
            Some(placed) => items.push(tie_label(plan, strand, placed.bounds.centre(), &placed.lines)),
            None => missing += usize::from(!strand.label.is_empty()),
        }
    }
    for (group, text) in names {
        let band = &plan.groups[group];
        items.push(Item { of: Of::Group(band.group.key.clone()), title: band.group.label.clone(), marks: vec![Mark::Text(text)] });
    }
    let mut notes = Vec::new();
    let inside: usize = areas.iter().map(|area| area.members).sum();
    let grouped = plan.groups.iter().map(|band| band.members.len()).sum::<usize>();
    if !areas.is_empty() && grouped > inside {
        let (n, things) = (grouped - inside, if grouped - inside == 1 { "thing stands" } else { "things stand" });
        notes.push(format!("{n} {things} away from the rest of the group, without an outline: pointing at a thing names its group"));
    }
    if missing > 0 {
        let labels = if missing == 1 { "label" } else { "labels" };
        notes.push(format!("{missing} tie {labels} had no room; the colours tell what they say"));
    }
    Drawing { items, places, notes, ..Drawing::default() }
}

fn hull(plan: &Plan, area: &Area) -> Item {
    let band = &plan.groups[area.group];
    let ground = plan.options.theme.ground();
    let fill = ground.mix(band.hue, 0.09);
    let stroke = ground.mix(band.hue, 0.45);
    Item {
        of: Of::Group(band.group.key.clone()),
        title: band.group.label.clone(),
        marks: vec![Mark::shape(rounded(&area.outline, 16.0), fill, stroke, 0.9)],
    }
}

/// A group's name along the outside of its hull, best of all in the middle of the top, else farther out; none where it would cover
/// something everywhere: the tooltip has it.
fn name(plan: &Plan, area: &Area, places: &[Rect], taken: &[Rect]) -> Option<Text> {
    let band = &plan.groups[area.group];
    let whole = Rect::all(area.outline.iter().map(|p| Rect::new(p.x, p.y, 0.0, 0.0))).unwrap_or_default();
    let text = plan.ruler.shorten(&band.group.label, GROUP_SIZE, Weight::Bold, whole.w.max(240.0));
    let width = text.width * GROUP_SIZE;
    let ground = plan.options.theme.ground();
    let ink = band.hue.readable_on(ground.mix(band.hue, 0.09), 4.6);
    let at = |middle: Point| Text {
        at: middle + Point::new(0.0, GROUP_SIZE * 0.28),
        anchor: Anchor::Middle,
        size: GROUP_SIZE,
        weight: Weight::Bold,
        ink,
        halo: Some(ground),
        line: text.clone(),
    };
    let level: Vec<f64> = area.outline.iter().filter(|p| (p.y - whole.y).abs() < 1.0).map(|p| p.x).collect();
    let (low, high) = level.iter().fold((f64::MAX, f64::MIN), |(l, h), &x| (l.min(x), h.max(x)));
    let best = Point::new((low + high) / 2.0, whole.y - GROUP_SIZE * 0.72);
    let mut spots = vec![best];
    for (k, &a) in area.outline.iter().enumerate() {
        let b = area.outline[(k + 1) % area.outline.len()];
        let length = a.distance(b).max(1e-9);
        let out = Point::new((b.y - a.y) / length, (a.x - b.x) / length);
        // As far out as the text is deep in that direction.
        let deep = out.x.abs() * width / 2.0 + out.y.abs() * GROUP_SIZE * 0.6 + 2.5;
        let steps = (length / 12.0).ceil().min(60.0);
        for farther in 0..6 {
            let deep = deep + f64::from(farther) * 9.0;
            spots.extend((0..=steps as usize).map(|n| a.towards(b, n as f64 / steps.max(1.0)) + out * deep));
        }
    }
    let is_free = |spot: &Point| {
        let room = at(*spot).bounds();
        !places.iter().chain(taken).any(|r| r.grown(2.0).overlaps(room))
    };
    let price = |spot: &Point| (spot.x - best.x).abs() * 0.5 + (spot.y - best.y).abs();
    spots.sort_by(|a, b| price(a).total_cmp(&price(b)));
    spots.into_iter().find(is_free).map(at)
}

/// A tie's line with its heads; it pauses where its own label stands on it.
pub(crate) fn tie(plan: &Plan, strand: &Strand, way: &Way, label: Option<Rect>) -> Item {
    let mut way = way.clone();
    let mut marks = Vec::new();
    let mut heads = Vec::new();
    let room: f64 = way.iter().map(|c| c.0[0].distance(c.0[3])).sum();
    let size = (HEAD + strand.width).min(room * 0.45);
    if strand.heads.1
        && let Some(last) = way.last_mut()
    {
        heads.push(head(last, size, false));
    }
    if strand.heads.0
        && let Some(first) = way.first_mut()
    {
        heads.push(head(first, size, true));
    }
    let steps = label.map_or_else(|| drawn(&way), |label| paused(&way, label));
    marks.push(Mark::line(steps, strand.look.ink, strand.width, strand.line));
    for steps in heads {
        marks.push(Mark::Path { steps, fill: Some(Paint::Solid(strand.look.ink, 1.0)), stroke: None });
    }
    Item { of: of(plan, strand), title: strand.title.clone(), marks }
}

/// A way as steps.
pub(crate) fn drawn(way: &[Curve]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::with_capacity(way.len() + 1);
    let mut end: Option<Point> = None;
    for curve in way {
        let [a, b, c, d] = curve.0;
        if end.is_none_or(|e| e.distance(a) > 1e-6) {
            steps.push(Step::Move(a));
        }
        steps.push(Step::Curve(b, c, d));
        end = Some(d);
    }
    steps
}

/// A way as steps, without what lies in a box.
fn paused(way: &[Curve], label: Rect) -> Vec<Step> {
    const PARTS: u32 = 48;
    let mut kept: Vec<Curve> = Vec::new();
    for curve in way {
        let t = |k: u32| f64::from(k) / f64::from(PARTS);
        let mut start: Option<u32> = None;
        for k in 0..=PARTS {
            let inside = label.contains(curve.at(t(k)));
            match (start, inside) {
                (None, false) => start = Some(k),
                (Some(from), true) => {
                    kept.push(curve.part(t(from), t(k - 1)));
                    start = None;
                }
                _ => {}
            }
        }
        if let Some(from) = start.filter(|&from| from < PARTS) {
            kept.push(if from == 0 { *curve } else { curve.part(t(from), 1.0) });
        }
    }
    kept.retain(|c| c.0[0].distance(c.0[3]) > 0.5);
    if kept.is_empty() { drawn(way) } else { drawn(&kept) }
}

fn of(plan: &Plan, strand: &Strand) -> Of {
    Of::Tie { ties: strand.ties.clone(), from: plan.nodes[strand.from].index, to: plan.nodes[strand.to].index }
}

/// Cuts room for a head off a curve and gives the head.
pub(crate) fn head(curve: &mut Curve, size: f64, at_start: bool) -> Vec<Step> {
    let tip = if at_start { curve.0[0] } else { curve.0[3] };
    let t = |k: u32| if at_start { f64::from(k) / 80.0 } else { 1.0 - f64::from(k) / 80.0 };
    let cut = (1..=80).map(t).find(|&t| curve.at(t).distance(tip) >= size).unwrap_or(0.5);
    let base = curve.at(cut);
    *curve = if at_start { curve.part(cut, 1.0) } else { curve.part(0.0, cut) };
    arrow(base, tip)
}

/// A triangle from the middle of its base to its tip.
pub(crate) fn arrow(base: Point, tip: Point) -> Vec<Step> {
    let along = tip - base;
    let side = Point::new(-along.y, along.x) * 0.38;
    // The base reaches a hair back so that no gap shows between line and head.
    let back = base - along * 0.06;
    vec![Step::Move(tip), Step::Line(back + side), Step::Line(back - side), Step::Close]
}

pub(crate) fn tie_label(plan: &Plan, strand: &Strand, middle: Point, lines: &[TextLine]) -> Item {
    let halo = Some(plan.options.theme.ground());
    let mut marks = Vec::new();
    for text in stacked(lines, middle, LABEL_SIZE, Weight::Regular, strand.look.text) {
        marks.push(Mark::Text(Text { halo, ..text }));
    }
    Item { of: of(plan, strand), title: strand.title.clone(), marks }
}

/// Lines of text centred on a place.
pub(crate) fn stacked(lines: &[TextLine], middle: Point, size: f64, weight: Weight, ink: Colour) -> Vec<Text> {
    let step = size * 1.2;
    let first = middle.y - step * (lines.len() as f64 - 1.0) / 2.0 + size * 0.355;
    lines
        .iter()
        .enumerate()
        .map(|(k, line)| Text {
            at: Point::new(middle.x, first + step * k as f64),
            anchor: Anchor::Middle,
            size,
            weight,
            ink,
            halo: None,
            line: line.clone(),
        })
        .collect()
}

/// A node's figure with its text.
pub(crate) fn node(spot: &Spot, place: Rect) -> Item {
    let mut marks = figure(&spot.look, place, 1.3);
    let middle = place.centre() + Point::new(0.0, spot.look.figure.text_drop());
    marks.extend(stacked(&spot.lines, middle, spot.font, Plan::weight_of(spot), spot.look.ink).into_iter().map(Mark::Text));
    Item { of: Of::Node(spot.index), title: spot.title.clone(), marks }
}

/// A figure without text.
pub(crate) fn figure(look: &NodeLook, place: Rect, width: f64) -> Vec<Mark> {
    let (outline, inner) = look.figure.outline(place);
    let mut marks = vec![Mark::Path {
        steps: outline,
        fill: Some(Paint::Solid(look.fill, 1.0)),
        stroke: Some(Stroke { ink: look.stroke, width, line: Line::Solid }),
    }];
    if !inner.is_empty() {
        marks.push(Mark::line(inner, look.stroke, width * 0.8, Line::Solid));
    }
    marks
}
