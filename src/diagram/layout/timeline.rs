//! The timeline layout: a scale of days to centuries, lanes by group, bars as sure as the source is.
//!
//! A bar is solid where the thing surely was, fades where it may have been, and ends in an arrow where the source leaves it open.
//! What has no date stands below the scale and says so, rather than at an invented place.

use super::Drawing;
use crate::diagram::geometry::{Curve, Point, Rect, Step, rounded};
use crate::diagram::graph::{Day, Line, TimeSpan};
use crate::diagram::paint;
use crate::diagram::plan::{Plan, Spot, Strand};
use crate::diagram::scene::{Anchor, Item, Mark, Of, Paint, Stroke, Text};
use crate::text::{self, Weight};

/// The width of the scale.
const WIDTH: f64 = 900.0;
const ROW: f64 = 24.0;
const BAR: f64 = 13.0;
const LABEL: f64 = 10.0;
/// The length of an arrow at an open end.
const OPEN: f64 = 22.0;
/// With more ties than this, they would hide the bars.
const MOST_TIES: usize = 60;

/// Days as places.
struct Scale {
    first: i64,
    last: i64,
}

impl Scale {
    fn x(&self, day: i64) -> f64 {
        (day - self.first) as f64 / (self.last - self.first).max(1) as f64 * WIDTH
    }
}

/// A bar before it has its row.
struct Bar {
    node: usize,
    /// Where it may have begun, surely was from, surely was to, may have ended.
    ends: [f64; 4],
    open: (bool, bool),
    label: Text,
    /// The room that bar and label take.
    room: (f64, f64),
}

/// Gives the nodes their places and draws everything.
pub(super) fn arrange(plan: &Plan) -> Drawing {
    let spans: Vec<Option<&TimeSpan>> =
        plan.nodes.iter().map(|s| plan.graph.nodes[s.index].bounds.as_ref().filter(|b| days(b).next().is_some())).collect();
    let mut drawing = Drawing { places: vec![Rect::default(); plan.nodes.len()], ..Drawing::default() };
    let scale = scale(plan, &spans);
    // From where to where each bar reaches, without its label.
    let mut stretch: Vec<Option<(f64, f64)>> = vec![None; plan.nodes.len()];
    let mut undated = Vec::new();
    let mut outside = Vec::new();
    let mut lanes: Vec<Vec<Bar>> = (0..=plan.groups.len()).map(|_| Vec::new()).collect();
    for (v, span) in spans.iter().enumerate() {
        match span {
            None => undated.push(v),
            Some(span) => {
                let lane = plan.nodes[v].group.unwrap_or(plan.groups.len());
                match scale.as_ref().and_then(|scale| bar(plan, v, span, scale)) {
                    Some(bar) => lanes[lane].push(bar),
                    None => outside.push(v),
                }
            }
        }
    }
    let mut y = 0.0;
    let mut bars: Vec<Item> = Vec::new();
    let mut grounds: Vec<Item> = Vec::new();
    if let Some(scale) = &scale {
        y = 26.0;
        for (g, lane) in lanes.iter_mut().enumerate() {
            if lane.is_empty() {
                continue;
            }
            let top = y;
            if let Some(band) = plan.groups.get(g) {
                y += 16.0;
                grounds.push(heading(plan, &band.group.key, &band.group.label, top));
            } else if !plan.groups.is_empty() {
                y += 6.0;
            }
            lane.sort_by(|a, b| a.ends[0].total_cmp(&b.ends[0]).then(a.ends[3].total_cmp(&b.ends[3])).then(a.node.cmp(&b.node)));
            let mut rows: Vec<f64> = Vec::new();
            for bar in lane.iter() {
                let row = rows.iter().position(|&end| bar.room.0 > end).unwrap_or(rows.len());
                if row == rows.len() {
                    rows.push(0.0);
                }
                rows[row] = bar.room.1 + 10.0;
                let middle = y + (row as f64 + 0.5) * ROW;
                drawing.places[bar.node] = Rect::new(bar.room.0, middle - ROW / 2.0 + 1.0, bar.room.1 - bar.room.0, ROW - 2.0);
                stretch[bar.node] = Some((bar.ends[0], bar.ends[3]));
                bars.push(draw(plan, bar, middle));
            }
            y += rows.len() as f64 * ROW + 6.0;
            grounds.push(rule(plan, y));
        }
        drawing.items.push(axis(plan, scale, y));
    }
    drawing.items.append(&mut grounds);
    drawing.items.extend(ties(plan, &drawing.places, &stretch));
    drawing.items.append(&mut bars);
    chips(plan, &undated, &mut y, &mut drawing, "No date stated");
    chips(plan, &outside, &mut y, &mut drawing, "Outside the time shown");
    drawing
}

fn days(span: &TimeSpan) -> impl Iterator<Item = i64> {
    [span.earliest_start, span.latest_start, span.earliest_end, span.latest_end]
        .into_iter()
        .flatten()
        .map(|d| d.0.clamp(-4_000_000, 4_000_000))
}

/// From the first to the last bound, or as asked.
fn scale(plan: &Plan, spans: &[Option<&TimeSpan>]) -> Option<Scale> {
    let all = || spans.iter().flatten().flat_map(|s| days(s));
    let (first, last) = (all().min()?, all().max()? + 1);
    let margin = ((last - first) / 40).max(2);
    let first = plan.options.from.map_or(first - margin, |d| d.0.clamp(-4_000_000, 4_000_000));
    let last = plan.options.to.map_or(last + margin, |d| d.0.clamp(-4_000_000, 4_000_000) + 1);
    Some(Scale { first, last: last.max(first + 1) })
}

/// Where a bar begins, is sure, and ends; none outside the scale.
fn bar(plan: &Plan, node: usize, span: &TimeSpan, scale: &Scale) -> Option<Bar> {
    let day = |d: Option<Day>| d.map(|d| d.0.clamp(-4_000_000, 4_000_000));
    let after = |d: Option<Day>| day(d).map(|d| d + 1);
    let first = days(span).min()?;
    let last = days(span).max()? + 1;
    let open = (span.earliest_start.is_none(), span.latest_end.is_none());
    let begin = day(span.earliest_start).unwrap_or(first);
    let end = after(span.latest_end).unwrap_or(last).max(begin);
    let sure_from = day(span.latest_start)
        .unwrap_or(if span.earliest_start.is_some() && span.earliest_end.is_some() { end } else { begin })
        .clamp(begin, end);
    let sure_to = after(span.earliest_end)
        .unwrap_or(if span.latest_start.is_some() && span.latest_end.is_some() { begin } else { end })
        .clamp(begin, end);
    if end <= scale.first || begin >= scale.last {
        return None;
    }
    let open = (open.0 || begin < scale.first, open.1 || end > scale.last);
    let x = |day: i64| scale.x(day.clamp(scale.first, scale.last));
    let mut ends = [x(begin), x(sure_from), x(sure_to), x(end)];
    // What is shorter than a dot is drawn as one.
    if ends[3] - ends[0] < 8.0 {
        let middle = (ends[0] + ends[3]) / 2.0;
        ends = [middle - 4.0, middle - 4.0, middle + 4.0, middle + 4.0];
    }
    let left = ends[0] - if open.0 { OPEN } else { 0.0 };
    let right = ends[3] + if open.1 { OPEN } else { 0.0 };
    let spot = &plan.nodes[node];
    let full = crate::diagram::plan::label_of(plan.graph, spot.index);
    let name = plan.ruler.shorten(&full, LABEL, Weight::Regular, 330.0);
    let width = plan.ruler.width(&name, LABEL, Weight::Regular);
    let ink = plan.options.theme.ink();
    let text = |x: f64, anchor: Anchor, ink| Text {
        at: Point::new(x, 0.0),
        anchor,
        size: LABEL,
        weight: Weight::Regular,
        ink,
        halo: None,
        text: name.clone(),
        width,
    };
    // Inside a sure and long bar; else behind it; else before it.
    let sure = ends[2] - ends[1];
    let (label, room) = if sure > width + 10.0 && BAR > LABEL {
        (text((ends[1] + ends[2]) / 2.0, Anchor::Middle, spot.look.ink), (left, right))
    } else if right + 5.0 + width <= WIDTH + 60.0 || left - 5.0 - width < -60.0 {
        (text(right + 5.0, Anchor::Left, ink), (left, right + 5.0 + width))
    } else {
        (text(left - 5.0, Anchor::Right, ink), (left - 5.0 - width, right))
    };
    Some(Bar { node, ends, open, label, room })
}

fn draw(plan: &Plan, bar: &Bar, middle: f64) -> Item {
    let spot: &Spot = &plan.nodes[bar.node];
    let (top, bottom) = (middle - BAR / 2.0, middle + BAR / 2.0);
    let [begin, from, to, end] = bar.ends;
    let fill = spot.look.fill;
    let ink = spot.look.stroke;
    let mut marks = Vec::new();
    let flat = |left: f64, right: f64| Rect::new(left, top, right - left, BAR);
    let edge = Stroke { ink, width: 0.9, line: Line::Dashed };
    let shade = plan.options.theme.ground().mix(ink, 0.45);
    if from < to {
        if begin < from {
            marks.push(Mark::Path {
                steps: rounded(&flat(begin, from).corners(), 2.0),
                fill: Some(Paint::Fading { colour: shade, from_left: true }),
                stroke: Some(edge),
            });
        }
        if to < end {
            marks.push(Mark::Path {
                steps: rounded(&flat(to, end).corners(), 2.0),
                fill: Some(Paint::Fading { colour: shade, from_left: false }),
                stroke: Some(edge),
            });
        }
        marks.push(Mark::shape(rounded(&flat(from, to).corners(), 3.0), fill, ink, 1.3));
    } else {
        // It was some time in between: nothing is sure.
        marks.push(Mark::Path { steps: rounded(&flat(begin, end).corners(), 3.0), fill: Some(Paint::Hatched(shade)), stroke: Some(edge) });
    }
    let mut arrow = |base: f64, by: f64| {
        let tip = Point::new(base + by, middle);
        let mut shaft = Curve::straight(Point::new(base, middle), tip);
        let head = paint::head(&mut shaft, 8.0, false);
        marks.push(Mark::line(paint::drawn(&[shaft]), ink, 1.6, Line::Solid));
        marks.push(Mark::Path { steps: head, fill: Some(Paint::Solid(ink, 1.0)), stroke: None });
    };
    if bar.open.0 {
        arrow(begin, -OPEN);
    }
    if bar.open.1 {
        arrow(end, OPEN);
    }
    let mut label = bar.label.clone();
    label.at.y = (top + bottom) / 2.0 + LABEL * 0.355;
    marks.push(Mark::Text(label));
    let when = plan.graph.nodes[spot.index].bounds.as_ref().map(|b| text::one_line(&b.label)).filter(|l| !l.is_empty());
    let title = when.map_or(spot.title.clone(), |when| format!("{}, {when}", spot.title));
    Item { of: Of::Node(spot.index), title, marks }
}

fn heading(plan: &Plan, key: &str, label: &str, top: f64) -> Item {
    let width = plan.ruler.width(label, 10.5, Weight::Bold);
    let ink = plan.options.theme.ink();
    let text = Text {
        at: Point::new(0.0, top + 13.0),
        anchor: Anchor::Left,
        size: 10.5,
        weight: Weight::Bold,
        ink,
        halo: None,
        text: label.to_owned(),
        width,
    };
    Item { of: Of::Group(key.to_owned()), title: String::new(), marks: vec![Mark::Text(text)] }
}

fn rule(plan: &Plan, y: f64) -> Item {
    let ends = vec![Step::Move(Point::new(0.0, y)), Step::Line(Point::new(WIDTH, y))];
    Item { of: Of::Page, title: String::new(), marks: vec![Mark::line(ends, plan.options.theme.rule(), 0.8, Line::Solid)] }
}

/// The scale with its grid: the finest of days, months, years … whose labels do not touch.
fn axis(plan: &Plan, scale: &Scale, bottom: f64) -> Item {
    let per_day = WIDTH / (scale.last - scale.first).max(1) as f64;
    let theme = plan.options.theme;
    let mut marks = Vec::new();
    for (day, name) in ticks(scale, per_day) {
        let x = scale.x(day);
        let ends = vec![Step::Move(Point::new(x, 20.0)), Step::Line(Point::new(x, bottom))];
        marks.push(Mark::line(ends, theme.rule(), 0.7, Line::Solid));
        let width = plan.ruler.width(&name, 9.0, Weight::Regular);
        marks.push(Mark::Text(Text {
            at: Point::new(x, 13.0),
            anchor: Anchor::Middle,
            size: 9.0,
            weight: Weight::Regular,
            ink: theme.faint(),
            halo: None,
            text: name,
            width,
        }));
    }
    Item { of: Of::Page, title: String::new(), marks }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn ticks(scale: &Scale, per_day: f64) -> Vec<(i64, String)> {
    let inside = |day: i64| day >= scale.first && day <= scale.last;
    let (first_year, ..) = Day(scale.first).ymd();
    let (last_year, ..) = Day(scale.last).ymd();
    let month_name = |y: i64, m: u32| format!("{} {y}", MONTHS[(m as usize).saturating_sub(1) % 12]);
    // Days and weeks.
    for step in [1_i64, 2, 7, 14] {
        if per_day * step as f64 >= 62.0 {
            let start = scale.first.div_euclid(step) * step;
            return (start..=scale.last)
                .step_by(step as usize)
                .filter(|&d| inside(d))
                .map(|d| (d, Day(d).ymd()))
                .map(|(d, (y, m, day))| (d, format!("{day} {}", month_name(y, m))))
                .collect();
        }
    }
    for step in [1_u32, 2, 3, 6] {
        if per_day * 30.4 * f64::from(step) >= 58.0 {
            return (first_year..=last_year)
                .flat_map(|y| (1..=12).step_by(step as usize).filter_map(move |m| Some((Day::from_ymd(y, m, 1)?.0, y, m))))
                .filter(|&(d, ..)| inside(d))
                .map(|(d, y, m)| (d, month_name(y, m)))
                .collect();
        }
    }
    let mut step = 1_i64;
    while per_day * 365.25 * (step as f64) < 46.0 {
        step *= if step.to_string().starts_with('2') { 5 } else { 2 };
        step = if step.to_string().starts_with('4') { step / 4 * 5 } else { step };
    }
    let start = first_year.div_euclid(step) * step;
    (start..=last_year)
        .step_by(step as usize)
        .filter_map(|y| Some((Day::from_ymd(y, 1, 1)?.0, y.to_string())))
        .filter(|&(d, _)| inside(d))
        .collect()
}

/// Ties between bars, thin and behind them.
fn ties(plan: &Plan, places: &[Rect], stretch: &[Option<(f64, f64)>]) -> Vec<Item> {
    let ends = |s: &Strand| stretch[s.from].zip(stretch[s.to]).filter(|_| s.from != s.to);
    let strands: Vec<_> = plan.strands.iter().filter_map(|s| Some((s, ends(s)?))).collect();
    if strands.len() > MOST_TIES {
        return Vec::new();
    }
    let mut items = Vec::new();
    for (strand, (a, b)) in strands {
        let (above, below) = (places[strand.from], places[strand.to]);
        let down = above.y < below.y;
        // From the middle of the shorter stretch to the nearest place of the other.
        let middle = (a.0 + a.1) / 2.0;
        let there = middle.clamp(b.0 + 4.0, (b.1 - 4.0).max(b.0 + 4.0));
        let here = there.clamp(a.0 + 4.0, (a.1 - 4.0).max(a.0 + 4.0));
        let edge = |r: Rect, low: bool| if low { r.centre().y + BAR / 2.0 + 1.5 } else { r.centre().y - BAR / 2.0 - 1.5 };
        let (from, to) = (Point::new(here, edge(above, down)), Point::new(there, edge(below, !down)));
        let lift = Point::new(0.0, (to.y - from.y) * 0.4);
        let way = vec![Curve([from, from + lift, to - lift, to])];
        let mut item = paint::tie(plan, strand, &way, None);
        for mark in &mut item.marks {
            if let Mark::Path { stroke: Some(stroke), .. } = mark {
                stroke.width = 0.9;
            }
        }
        items.push(item);
    }
    items
}

/// Things without a place on the scale, in rows below it.
fn chips(plan: &Plan, nodes: &[usize], y: &mut f64, drawing: &mut Drawing, said: &str) {
    if nodes.is_empty() {
        return;
    }
    *y += 8.0;
    drawing.items.push(heading(plan, "", said, *y));
    if let Some(last) = drawing.items.last_mut() {
        last.of = Of::Page;
    }
    *y += 22.0;
    let (mut x, mut row) = (0.0, 0.0_f64);
    for &v in nodes {
        let spot = &plan.nodes[v];
        if x > 0.0 && x + spot.w > WIDTH {
            *y += row + 10.0;
            (x, row) = (0.0, 0.0);
        }
        let place = Rect::new(x, *y, spot.w, spot.h);
        drawing.places[v] = place;
        drawing.items.push(paint::node(plan, spot, place));
        x += spot.w + 12.0;
        row = row.max(spot.h);
    }
    *y += row + 6.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_from_days_to_centuries_have_few_and_some_ticks() {
        for span in [1, 5, 20, 90, 400, 2_000, 20_000, 300_000, 3_000_000] {
            let scale = Scale { first: 19_000, last: 19_000 + span };
            let found = ticks(&scale, WIDTH / span as f64);
            assert!((1..=20).contains(&found.len()), "{span} days: {found:?}");
        }
    }
}
