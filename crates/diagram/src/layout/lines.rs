//! The lines layout: figures over time, a panel for each measure, unit and group, a line for each thing.
//!
//! A figure stands at the middle of its time, which a pale stroke shows as wide as it is stated. What is not exact is never drawn as if it
//! were: "at least" has an arrow upwards, "at most" one downwards, "about" is a ring, bounds are whiskers. Between two figures a line only
//! leads the eye; nothing is stated there.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::{By, Drawn, Scale as Heights, figure, how, item, tick_value};
use super::panel::{common, details, number, phrase, text};
use super::scale::{Scale as Days, WIDTH, ticks};
use crate::drawing::{Drawing, Sign};
use crate::geometry::{Point, Rect, Step};
use crate::graph::{DISPUTED, Line, TimeSpan};
use crate::measured::{exact, range, value};
use crate::plan::{Plan, label_of};
use crate::scene::{Anchor, Item, Mark, Of, Paint, Stroke};
use crate::style::{Colour, hue};
use crate::text::{TextLine, Weight, one_line};

/// The height of a panel's track, and what is between panels.
const TALL: f64 = 230.0;
const BELOW: f64 = 34.0;
/// The room for the names at the ends of lines.
const NAMES: f64 = 190.0;
const GAP: f64 = 8.0;
/// The font sizes of titles, of names and numbers, of scales.
const TITLE: f64 = 11.5;
const NAME: f64 = 10.0;
const FINE: f64 = 8.5;
/// Beyond so many figures in a panel the numbers beside them hide more than they tell.
const NUMBERED: usize = 40;

/// Gives the figures their places and draws them.
pub(super) fn arrange(plan: &Plan) -> Drawing {
    let mut drawing = Drawing { places: vec![Rect::default(); plan.nodes.len()], ..Drawing::default() };
    let (mut shown, mut others, mut undated, mut unstated) = (Vec::new(), Vec::new(), 0, 0);
    for v in 0..plan.nodes.len() {
        match (figure(plan, v), when(plan, v)) {
            (Some(figure), Some(day)) if value(figure).is_some() || range(figure) != (None, None) => {
                shown.push((v, day));
                continue;
            }
            (Some(_), None) => undated += 1,
            (Some(_), Some(_)) => unstated += 1,
            (None, _) => {}
        }
        others.push(v);
    }
    let mut panels: By<(usize, String, String)> = BTreeMap::new();
    for &(v, _) in &shown {
        let Some(figure) = figure(plan, v) else { continue };
        let group = plan.nodes[v].group.unwrap_or(plan.groups.len());
        panels.entry((group, figure.measure.key.clone(), figure.unit.clone())).or_default().push(v);
    }
    // One scale of time for all, so that panels can be read against each other.
    let all = shown.iter().flat_map(|&(v, _)| reach(plan, v).into_iter().flat_map(|(from, to)| [from, to]));
    let (first, last) = all.fold((i64::MAX, i64::MIN), |(first, last), day| (first.min(day), last.max(day)));
    if first <= last {
        let margin = ((last - first) / 40).max(2);
        let days = Days { first: first - margin, last: last + margin, breaks: Vec::new() };
        // A thing has one colour in all panels.
        let things: BTreeSet<String> = shown.iter().map(|&(v, _)| thing(plan, v)).collect();
        let hues: BTreeMap<String, usize> = things.into_iter().enumerate().map(|(n, of)| (of, n)).collect();
        let mut y = 0.0;
        for ((group, _, unit), own) in &panels {
            y = panel(plan, (*group, unit), own, (&days, &hues), y, &mut drawing) + BELOW;
        }
    }
    for (count, one, many) in [
        (undated, "has no time and stands below", "have no time and stand below"),
        (unstated, "is not stated as a number and stands below", "are not stated as numbers and stand below"),
    ] {
        if count > 0 {
            drawing.notes.push(format!("{} {}", crate::text::count(count, "figure", "figures"), if count == 1 { one } else { many }));
        }
    }
    let used: BTreeSet<Drawn> = shown.iter().filter_map(|&(v, _)| figure(plan, v)).flat_map(how).collect();
    drawing.keys = used.into_iter().filter_map(|drawn| key(plan, drawn)).collect();
    if shown.iter().any(|&(v, _)| reach(plan, v).is_some_and(|(from, to)| from < to)) {
        let pale = plan.options.theme.ground().mix(plan.options.theme.faint(), 0.35);
        let stroke = vec![Step::Move(Point::new(-12.0, 0.0)), Step::Line(Point::new(12.0, 0.0))];
        drawing
            .keys
            .push(("pale: all of the time that is stated".to_owned(), Sign::Marks(vec![Mark::line(stroke, pale, 2.6, Line::Solid)])));
    }
    super::flow::idle_below(plan, &others, &mut drawing);
    drawing
}

/// The time of a figure: the one it has, or the first of those that places give.
fn span<'p>(plan: &'p Plan, v: usize) -> Option<&'p TimeSpan> {
    let node = &plan.graph.nodes[plan.nodes[v].index];
    node.bounds.as_ref().or_else(|| node.spans.first().map(|dated| &dated.span))
}

fn reach(plan: &Plan, v: usize) -> Option<(i64, i64)> {
    span(plan, v)?.reach().map(|(from, to)| (from.0.clamp(-4_000_000, 4_000_000), to.0.clamp(-4_000_000, 4_000_000)))
}

/// The day in the middle of its time, counted from the first of January 1970.
fn when(plan: &Plan, v: usize) -> Option<f64> {
    reach(plan, v).map(|(from, to)| (from as f64 + to as f64 + 1.0) / 2.0)
}

/// What makes a figure one of a line.
fn thing(plan: &Plan, v: usize) -> String {
    let of = figure(plan, v).map(|f| f.of.clone()).filter(|of| !of.is_empty());
    of.unwrap_or_else(|| label_of(plan.graph, plan.nodes[v].index))
}

/// Draws a panel from a height on, and gives the height where it ends.
fn panel(
    plan: &Plan,
    (group, unit): (usize, &str),
    own: &[usize],
    (days, hues): (&Days, &BTreeMap<String, usize>),
    top: f64,
    drawing: &mut Drawing,
) -> f64 {
    let theme = plan.options.theme;
    let heights = Heights::of(own.iter().filter_map(|&v| figure(plan, v)), TALL);
    let shared = common(plan, own);
    let mut y = head(plan, (group, unit), own, &shared, top, drawing) + 6.0;
    let (roof, floor) = (y, y + TALL);
    let across = |day: f64| days.x(day.floor() as i64) + (day - day.floor()) * days.per_day();
    let is_rank = own.iter().filter_map(|&v| figure(plan, v)).any(|f| f.measure.is_rank);
    // A rank has its first place on top.
    let up = |n: f64| if is_rank { roof + heights.x(n) } else { floor - heights.x(n) };
    let mut axis = Vec::new();
    for tick in heights.ticks(is_rank, false) {
        let at = up(tick);
        axis.push(Mark::line(vec![Step::Move(Point::new(0.0, at)), Step::Line(Point::new(WIDTH, at))], theme.rule(), 0.6, Line::Solid));
        let line = plan.ruler.line(&exact(tick_value(tick)), Weight::Regular);
        axis.push(Mark::Text(text(&line, Point::new(-GAP, at + 3.0), Anchor::Right, FINE, Weight::Regular, theme.faint())));
    }
    for (day, said) in ticks(days, days.per_day()) {
        let x = days.x(day);
        let tick = vec![Step::Move(Point::new(x, floor)), Step::Line(Point::new(x, floor + 4.0))];
        axis.push(Mark::line(tick, theme.faint(), 0.8, Line::Solid));
        let line = plan.ruler.line(&said, Weight::Regular);
        axis.push(Mark::Text(text(&line, Point::new(x, floor + 14.0), Anchor::Middle, FINE, Weight::Regular, theme.faint())));
    }
    let base = up(heights.base());
    axis.push(Mark::line(vec![Step::Move(Point::new(0.0, base)), Step::Line(Point::new(WIDTH, base))], theme.faint(), 1.0, Line::Solid));
    drawing.items.push(Item { of: Of::Page, title: String::new(), marks: axis });

    let (mut taken, mut numbers): (Vec<Rect>, Vec<(usize, Point, Colour)>) = (Vec::new(), Vec::new());
    let mut ends: Vec<(f64, Vec<TextLine>, Colour, usize)> = Vec::new();
    for (name, line) in series(plan, own, &shared) {
        let place = line.first().and_then(|&v| hues.get(&thing(plan, v))).copied().unwrap_or_default();
        let ink = hue(place).readable_on(theme.ground(), 4.5);
        let at = |v: usize| {
            let number = figure(plan, v).and_then(|f| value(f).or(f.low).or(f.high)).unwrap_or(heights.base());
            Point::new(across(when(plan, v).unwrap_or_default()), up(number))
        };
        for pair in line.windows(2) {
            let steps = vec![Step::Move(at(pair[0])), Step::Line(at(pair[1]))];
            drawing.items.push(Item { of: Of::Page, title: String::new(), marks: vec![Mark::line(steps, ink, 1.4, Line::Solid)] });
        }
        for &v in &line {
            let marks = point(plan, v, at(v), (&across, &up), is_rank, ink);
            taken.push(Rect::around(at(v), 9.0, 9.0));
            let open = figure(plan, v).map(how).unwrap_or_default();
            for (kind, above) in [(Drawn::AtLeast, !is_rank), (Drawn::AtMost, is_rank)] {
                if open.contains(&kind) {
                    taken.push(Rect::new(at(v).x - 4.0, at(v).y - if above { 18.0 } else { 0.0 }, 8.0, 18.0));
                }
            }
            if let Some((Some(low), Some(high))) = figure(plan, v).map(range) {
                taken.push(Rect::new(at(v).x - 4.0, up(high).min(up(low)), 8.0, (up(low) - up(high)).abs()));
            }
            // A point in a plot takes no room: figures that are alike lie on each other.
            drawing.places[v] = Rect::around(at(v), 0.0, 0.0);
            drawing.items.push(item(plan, v, marks));
            numbers.push((v, at(v), ink));
        }
        if let Some(&last) = line.last() {
            let name = plan.ruler.wrap(&name, NAME, Weight::Regular, NAMES, 2).0;
            ends.push((at(last).y, name, ink, last));
        }
    }
    // Numbers find their places once all points have theirs.
    for (v, at, ink) in numbers.into_iter().filter(|_| own.len() <= NUMBERED) {
        if let Some(number) = numbered(plan, v, at, (roof, floor), ink, &mut taken) {
            drawing.items.push(item(plan, v, vec![Mark::Text(number)]));
        }
    }
    // Names stand at the height where their lines end, below each other where these are close.
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.3.cmp(&b.3)));
    let tall = |lines: &[TextLine]| lines.len() as f64 * NAME * 1.2;
    let mut free = roof - NAME;
    for (height, lines, ink, v) in ends {
        y = (height - tall(&lines) / 2.0).max(free);
        free = y + tall(&lines) + 2.0;
        let mut marks = Vec::new();
        for line in &lines {
            y += NAME * 1.2;
            marks.push(Mark::Text(text(line, Point::new(WIDTH + GAP, y - 2.5), Anchor::Left, NAME, Weight::Regular, ink)));
        }
        drawing.items.push(item(plan, v, marks));
    }
    free.max(floor + 18.0)
}

/// The title of a panel, and what all its figures share; the height below it.
fn head(
    plan: &Plan,
    (group, unit): (usize, &str),
    own: &[usize],
    shared: &BTreeSet<(String, String)>,
    top: f64,
    drawing: &mut Drawing,
) -> f64 {
    let theme = plan.options.theme;
    let Some(first) = own.first().and_then(|&v| figure(plan, v)) else { return top };
    let label = one_line(if first.measure.label.is_empty() { &first.measure.key } else { &first.measure.label });
    let mut title = if unit.is_empty() { label } else { format!("{label} ({})", one_line(unit)) };
    if let Some(band) = plan.groups.get(group) {
        title = format!("{}: {title}", band.group.label);
    }
    let told: Vec<String> =
        shared.iter().map(phrase).chain((!first.measure.reads.is_empty()).then(|| one_line(&first.measure.reads))).collect();
    let mut y = top;
    let mut marks = Vec::new();
    for (said, size, weight, ink) in [(title, TITLE, Weight::Bold, theme.ink()), (told.join("; "), FINE, Weight::Regular, theme.faint())] {
        for line in plan.ruler.wrap(&said, size, weight, WIDTH, 3).0.iter().filter(|line| !line.is_empty()) {
            y += size * 1.25;
            marks.push(Mark::Text(text(line, Point::new(0.0, y - size * 0.3), Anchor::Left, size, weight, ink)));
        }
    }
    drawing.items.push(Item { of: Of::Page, title: String::new(), marks });
    y
}

/// The figures of each thing in the order of their times, with what the thing is called; those that differ in a detail are lines apart.
fn series(plan: &Plan, own: &[usize], shared: &BTreeSet<(String, String)>) -> Vec<(String, Vec<usize>)> {
    let mut found: By<(String, Vec<(String, String)>)> = BTreeMap::new();
    for &v in own {
        let node = &plan.graph.nodes[plan.nodes[v].index];
        let time = span(plan, v).map(|span| civigraph_values::spoken::words(&one_line(&span.label))).unwrap_or_default();
        let note = node.note.as_deref().map(one_line).unwrap_or_default();
        let apart = |detail: &(String, String)| !(shared.contains(detail) || detail.0.is_empty() && (detail.1 == time || detail.1 == note));
        found.entry((thing(plan, v), details(plan, v).into_iter().filter(apart).collect())).or_default().push(v);
    }
    found
        .into_iter()
        .map(|((_, details), mut line)| {
            line.sort_by(|&a, &b| when(plan, a).partial_cmp(&when(plan, b)).unwrap_or(std::cmp::Ordering::Equal).then(a.cmp(&b)));
            let name = line.first().map(|&v| label_of(plan.graph, plan.nodes[v].index)).unwrap_or_default();
            let told: Vec<String> = std::iter::once(name).chain(details.iter().map(phrase)).collect();
            let sign = if line.iter().any(|&v| plan.graph.nodes[plan.nodes[v].index].disputed) { DISPUTED } else { "" };
            (format!("{}{sign}", told.join(", ")), line)
        })
        .collect()
}

/// Where a day and a number stand.
type Places<'p> = (&'p dyn Fn(f64) -> f64, &'p dyn Fn(f64) -> f64);

/// The marks of one figure.
fn point(plan: &Plan, v: usize, at: Point, (across, up): Places<'_>, is_rank: bool, ink: Colour) -> Vec<Mark> {
    let theme = plan.options.theme;
    let Some(figure) = figure(plan, v) else { return Vec::new() };
    let mut marks = Vec::new();
    if let Some((from, to)) = reach(plan, v).filter(|(from, to)| from < to) {
        let ends = vec![Step::Move(Point::new(across(from as f64), at.y)), Step::Line(Point::new(across(to as f64 + 1.0), at.y))];
        marks.push(Mark::line(ends, theme.ground().mix(ink, 0.35), 2.6, Line::Solid));
    }
    let kinds = how(figure);
    if let (true, (Some(low), Some(high))) = (kinds.contains(&Drawn::Between), range(figure)) {
        let stroke = |a: Point, b: Point| Mark::line(vec![Step::Move(a), Step::Line(b)], ink, 1.3, Line::Solid);
        marks.push(stroke(Point::new(at.x, up(low)), Point::new(at.x, up(high))));
        marks.extend([low, high].map(|n| stroke(Point::new(at.x - 4.0, up(n)), Point::new(at.x + 4.0, up(n)))));
    }
    let more = if is_rank { 1.0 } else { -1.0 };
    for (kind, by) in [(Drawn::AtLeast, more), (Drawn::AtMost, -more)] {
        if kinds.contains(&kind) {
            marks.extend(upright(at, 17.0 * by, ink));
        }
    }
    let solid = plan.graph.nodes[plan.nodes[v].index].line == Line::Solid && !kinds.contains(&Drawn::About);
    let line = plan.graph.nodes[plan.nodes[v].index].line;
    if !(value(figure).is_none() && kinds.contains(&Drawn::Between)) {
        marks.push(dot(at, if solid { ink } else { theme.ground() }, ink, line));
    }
    marks
}

fn dot(at: Point, fill: Colour, ink: Colour, line: Line) -> Mark {
    let steps = crate::geometry::ellipse(Rect::around(at, 7.0, 7.0));
    Mark::Path { steps, fill: Some(Paint::Solid(fill, 1.0)), stroke: Some(Stroke { ink, width: 1.4, line }) }
}

/// An arrow up or down from a place.
fn upright(at: Point, by: f64, ink: Colour) -> Vec<Mark> {
    let tip = Point::new(at.x, at.y + by);
    let base = Point::new(at.x, at.y + by - 6.5 * by.signum());
    vec![
        Mark::line(vec![Step::Move(at), Step::Line(base)], ink, 1.6, Line::Solid),
        Mark::Path { steps: crate::paint::arrow(base, tip), fill: Some(Paint::Solid(ink, 1.0)), stroke: None },
    ]
}

/// The number beside a figure, above or below it, where there is room.
fn numbered(plan: &Plan, v: usize, at: Point, (roof, floor): (f64, f64), ink: Colour, taken: &mut Vec<Rect>) -> Option<crate::scene::Text> {
    let line = plan.ruler.line(&number(plan, v), Weight::Regular);
    let spots = [
        (0.0, -7.0, Anchor::Middle),
        (0.0, 14.0, Anchor::Middle),
        (8.0, 3.0, Anchor::Left),
        (-8.0, 3.0, Anchor::Right),
        (8.0, -8.0, Anchor::Left),
    ];
    spots.into_iter().find_map(|(aside, by, anchor)| {
        let text = text(&line, Point::new(at.x + aside, at.y + by), anchor, FINE, Weight::Regular, ink);
        // Letters stand out from lines that run behind them.
        let text = crate::scene::Text { halo: Some(plan.options.theme.ground()), ..text };
        let room = text.bounds();
        let free = room.x >= 0.0
            && room.right() <= WIDTH
            && room.y > roof - 12.0
            && room.bottom() < floor + 2.0
            && !taken.iter().any(|other| other.overlaps(room));
        free.then(|| {
            taken.push(room);
            text
        })
    })
}

/// What the legend says of a way of drawing, and how it looks there.
fn key(plan: &Plan, drawn: Drawn) -> Option<(String, Sign)> {
    let theme = plan.options.theme;
    let ink = theme.faint();
    let middle = Point::new(0.0, 0.0);
    let (said, marks) = match drawn {
        Drawn::AtLeast => ("arrow up: at least (≥), more than (>)", upright(Point::new(0.0, 6.0), -12.0, ink)),
        Drawn::AtMost => ("arrow down: at most (≤), less than (<)", upright(Point::new(0.0, -6.0), 12.0, ink)),
        Drawn::About => ("ring: about (≈)", vec![dot(middle, theme.ground(), ink, Line::Solid)]),
        Drawn::Between => ("whisker: from the least to the most that it can be", super::figure::whisker(-10.0, 10.0, 0.0, ink)),
        Drawn::Rank => ("a rank: no. 1 on top", vec![dot(middle, ink, ink, Line::Solid)]),
        Drawn::Part | Drawn::Unknown => return None,
    };
    Some((said.to_owned(), Sign::Marks(marks)))
}
