//! The timeline layout: a scale of days to centuries, lanes by group, bars as sure as the source is.
//!
//! A bar is solid where the thing surely was, fades where it may have been, and ends in an arrow where the source leaves it open. It is
//! pale where all that is stated is that it was some time in between, and hatched where the writer was in doubt; the legend says so.
//! Places that contradict each other have a bar each.
//! A tie with a date of its own is a bar as well, in the lane of what it leads to: "Pakistan ratified". Long stretches in which
//! nothing happened are shortened and marked. What has no date stands beside the scale, in its lane, or below it, and says so, rather
//! than under some year.

use super::scale::{Scale, WIDTH, empty, ticks};
use crate::drawing::{Drawing, Sign};
use crate::geometry::{Curve, Point, Rect, Step, rounded};
use crate::graph::{DISPUTED, Day, Line, TimeSpan};
use crate::paint;
use crate::plan::{Plan, Strand, label_of};
use crate::scene::{Anchor, Item, Mark, Of, Paint, Stroke, Text};
use crate::style::Colour;
use crate::text::{self, TextLine, Weight};

/// The widest name of a lane, left of the scale.
const GUTTER: f64 = 150.0;
const ROW: f64 = 24.0;
const BAR: f64 = 13.0;
const LABEL: f64 = 10.0;
const HEADING: f64 = 10.5;
/// The length of an arrow at an open end.
const OPEN: f64 = 22.0;
/// From the scale to the column of what has no date, and how wide that is.
const BESIDE: f64 = 26.0;
const COLUMN: f64 = 250.0;
/// With more ties than this, they would hide the bars.
const MOST_TIES: usize = 60;

/// What a bar shows.
struct Subject<'p> {
    of: Of,
    /// The node whose place the bar is.
    node: Option<usize>,
    span: &'p TimeSpan,
    lane: usize,
    name: String,
    /// What stands behind the name and is never cut off: footnote numbers, the sign of disagreement.
    tail: String,
    title: String,
    fill: Colour,
    ink: Colour,
    /// The colour of a name inside the bar.
    letters: Colour,
    /// The outline: broken for what is planned or expected.
    line: Line,
}

/// How sure a bar is where it is not solid; the legend has a line for each that is on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Vague {
    /// It was some time in between.
    Within,
    /// The writer was in doubt.
    Doubt,
    /// It may have begun earlier or ended later.
    Edge,
}

impl Vague {
    /// What the legend says, and how it looks there.
    fn key(self, plan: &Plan) -> (String, Paint) {
        let theme = plan.options.theme;
        let shade = theme.ground().mix(theme.faint(), 0.6);
        match self {
            Self::Within => {
                ("pale: some time in between, the day is not stated".to_owned(), Paint::Solid(theme.ground().mix(theme.faint(), 0.22), 1.0))
            }
            Self::Doubt => ("hatched: the date is in doubt".to_owned(), Paint::Hatched(theme.faint())),
            Self::Edge => ("fading: may have begun earlier or ended later".to_owned(), Paint::Fading { colour: shade, from_left: true }),
        }
    }
}

/// A bar before it has its row.
struct Bar<'p> {
    subject: Subject<'p>,
    /// Where it may have begun, surely was from, surely was to, may have ended.
    ends: [f64; 4],
    /// Whether the writer was in doubt about it.
    doubt: bool,
    open: (bool, bool),
    label: Text,
    /// The room that bar and label take.
    room: (f64, f64),
}

/// Gives the nodes their places and draws everything.
pub(super) fn arrange(plan: &Plan) -> Drawing {
    let mut drawing = Drawing { places: vec![Rect::default(); plan.nodes.len()], ..Drawing::default() };
    let subjects = subjects(plan);
    let scale = scale(plan, &subjects);
    // From where to where the bar of each node reaches, without its label.
    let mut stretch: Vec<Option<(f64, f64)>> = vec![None; plan.nodes.len()];
    let mut undated: Vec<usize> = (0..plan.nodes.len()).collect();
    let mut outside = Vec::new();
    let mut lanes: Vec<Vec<Bar>> = (0..=plan.groups.len()).map(|_| Vec::new()).collect();
    for subject in subjects {
        undated.retain(|&v| subject.node != Some(v));
        let (lane, node) = (subject.lane, subject.node);
        match scale.as_ref().and_then(|scale| bar(plan, subject, scale)) {
            Some(bar) => lanes[lane].push(bar),
            None => outside.extend(node),
        }
    }
    let mut y = 0.0;
    let mut bars: Vec<Item> = Vec::new();
    let mut vague = std::collections::BTreeSet::new();
    let mut beside = false;
    let mut grounds: Vec<Item> = Vec::new();
    if let Some(scale) = &scale {
        y = 26.0;
        for (g, lane) in lanes.iter_mut().enumerate() {
            let waiting: Vec<usize> = undated.iter().copied().filter(|&v| plan.nodes[v].group == Some(g)).collect();
            if lane.is_empty() && waiting.is_empty() {
                continue;
            }
            undated.retain(|v| !waiting.contains(v));
            let mut named = 0.0;
            if let Some(band) = plan.groups.get(g) {
                let (item, frame) = lane_name(plan, &band.group.key, &band.group.label, y);
                named = frame.h;
                grounds.push(item);
                // A lane may bear the name of a thing in the picture: that is where the thing stands.
                undated.retain(|&v| {
                    let is_named = plan.graph.nodes[plan.nodes[v].index].iri == band.group.key;
                    if is_named {
                        drawing.places[v] = frame;
                    }
                    !is_named
                });
            }
            y += 4.0;
            lane.sort_by(|a, b| {
                a.ends[0].total_cmp(&b.ends[0]).then(a.ends[3].total_cmp(&b.ends[3])).then(a.subject.name.cmp(&b.subject.name))
            });
            let mut rows: Vec<f64> = Vec::new();
            for bar in lane.iter() {
                let row = rows.iter().position(|&end| bar.room.0 > end).unwrap_or(rows.len());
                if row == rows.len() {
                    rows.push(0.0);
                }
                rows[row] = bar.room.1 + 10.0;
                let middle = y + (row as f64 + 0.5) * ROW;
                if let Some(v) = bar.subject.node {
                    drawing.places[v] = Rect::new(bar.room.0, middle - ROW / 2.0 + 1.0, bar.room.1 - bar.room.0, ROW - 2.0);
                    if let Of::Node(_) = bar.subject.of {
                        stretch[v] = Some((bar.ends[0], bar.ends[3]));
                    }
                }
                bars.push(draw(plan, bar, middle));
            }
            vague.extend(lane.iter().flat_map(Bar::vague));
            beside |= !waiting.is_empty();
            let dateless = without_date(plan, &waiting, y, &mut drawing);
            y += (rows.len().max(dateless) as f64 * ROW).max(named + 6.0) + 4.0;
            let left = if plan.groups.is_empty() { 0.0 } else { -GUTTER - 14.0 };
            grounds.push(rule(plan, left, y));
        }
        if beside {
            grounds.push(column(plan, y));
        }
        drawing.keys.extend(vague.into_iter().map(|vague| vague.key(plan)).map(|(said, paint)| (said, Sign::Bar(paint))));
        drawing.items.push(axis(plan, scale, y));
        if !scale.breaks.is_empty() {
            drawing.notes.push("Stretches in which nothing falls are shortened on the scale".to_owned());
        }
    }
    drawing.items.append(&mut grounds);
    drawing.items.extend(ties(plan, &drawing.places, &stretch));
    drawing.items.append(&mut bars);
    chips(plan, &undated, &mut y, &mut drawing, "No date stated");
    chips(plan, &outside, &mut y, &mut drawing, "Outside the time shown");
    drawing
}

/// Everything with a date: things, and ties of things that have none.
fn subjects<'p>(plan: &'p Plan) -> Vec<Subject<'p>> {
    let dated = |span: &'p Option<TimeSpan>| span.as_ref().filter(|s| days(s).next().is_some());
    let last = plan.groups.len();
    let mut found = Vec::new();
    let mut shown = vec![false; plan.nodes.len()];
    for (v, spot) in plan.nodes.iter().enumerate() {
        let node = &plan.graph.nodes[spot.index];
        let spans = node.spans.iter().map(|dated| (&dated.span, &dated.citations)).filter(|(s, _)| days(s).next().is_some());
        let whole = dated(&node.bounds).map(|span| (span, &node.citations));
        for (k, (span, places)) in whole.into_iter().chain(spans).enumerate() {
            shown[v] = true;
            found.push(Subject {
                of: Of::Node(spot.index),
                // The first bar of a thing is where it stands.
                node: (k == 0).then_some(v),
                span,
                lane: spot.group.unwrap_or(last),
                name: name(plan, v),
                // Each date stands with the places that give it.
                tail: plan.tail(spot.index, &plan.numbered(places.iter())),
                title: spot.title.clone(),
                fill: spot.look.fill,
                ink: spot.look.stroke,
                letters: spot.look.ink,
                line: node.line,
            });
        }
    }
    let dated_nodes = shown.clone();
    for strand in &plan.strands {
        let (from, to) = (&plan.nodes[strand.from], &plan.nodes[strand.to]);
        for &t in strand.ties.iter().filter(|_| !(dated_nodes[strand.from] && dated_nodes[strand.to])) {
            let tie = &plan.graph.ties[t];
            let Some(span) = dated(&tie.bounds) else { continue };
            let to_iri = &plan.graph.nodes[to.index].iri;
            let named = plan.groups.iter().position(|band| !to_iri.is_empty() && band.group.key == *to_iri);
            let lane = named.or(to.group);
            // The first bar of a thing is where it stands; the tie itself is what can be pointed at.
            let node = (!std::mem::replace(&mut shown[strand.from], true)).then_some(strand.from);
            let ties = Of::Tie { ties: vec![t], from: from.index, to: to.index };
            let sign = if tie.disputed.is_empty() { "" } else { DISPUTED };
            let numbers = if plan.options.cite { plan.numbers(&[t]) } else { String::new() };
            let tail = if numbers.is_empty() { sign.to_owned() } else { format!(" {numbers}{sign}") };
            let reading = crate::plan::reading(tie);
            let named_as = |index: usize| text::isolated(&label_of(plan.graph, index)).into_owned();
            let who = named_as(from.index);
            found.push(Subject {
                of: ties,
                node,
                span,
                lane: lane.unwrap_or(last),
                name: if named.is_some() { format!("{who} {reading}") } else { format!("{who} {reading} {}", named_as(to.index)) },
                tail,
                title: strand.title.clone(),
                fill: from.look.fill,
                ink: from.look.stroke,
                letters: from.look.ink,
                line: tie.line,
            });
        }
    }
    found
}

/// What a thing is called beside its bar: its name, and why its outline is broken.
fn name(plan: &Plan, v: usize) -> String {
    let index = plan.nodes[v].index;
    let name = label_of(plan.graph, index);
    match plan.graph.nodes[index].note.as_deref().map(text::one_line).filter(|note| !note.is_empty()) {
        Some(note) => format!("{name} ({note})"),
        None => name,
    }
}

/// A name shortened to its room, with what must not be cut off behind it.
fn shortened(plan: &Plan, name: &str, tail: &str, room: f64) -> TextLine {
    let kept = plan.ruler.line(tail, Weight::Regular).width * LABEL;
    let name = plan.ruler.shorten(name, LABEL, Weight::Regular, room - kept);
    plan.ruler.line(&format!("{}{tail}", name.text), Weight::Regular)
}

fn days(span: &TimeSpan) -> impl Iterator<Item = i64> {
    [span.earliest_start, span.latest_start, span.earliest_end, span.latest_end]
        .into_iter()
        .flatten()
        .map(|d| d.0.clamp(-4_000_000, 4_000_000))
}

/// From the first to the last bound, or as asked.
fn scale(plan: &Plan, subjects: &[Subject]) -> Option<Scale> {
    let all = || subjects.iter().flat_map(|s| days(s.span));
    let (first, last) = (all().min()?, all().max()? + 1);
    let margin = ((last - first) / 40).max(2);
    let first = plan.options.from.map_or(first - margin, |d| d.0.clamp(-4_000_000, 4_000_000));
    let last = plan.options.to.map_or(last + margin, |d| d.0.clamp(-4_000_000, 4_000_000) + 1);
    let last = last.max(first + 1);
    let mut taken: Vec<(i64, i64)> = subjects.iter().filter_map(|s| Some((days(s.span).min()?, days(s.span).max()? + 1))).collect();
    taken.sort_unstable();
    Some(Scale { first, last, breaks: empty(first, last, &taken) })
}

/// Where a bar begins, is sure, and ends; none outside the scale.
fn bar<'p>(plan: &Plan, subject: Subject<'p>, scale: &Scale) -> Option<Bar<'p>> {
    let span = subject.span;
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
    // Outer bounds without inner ones are what is left of a date that the writer doubted.
    let doubt = span.latest_start.is_none() && span.earliest_end.is_none() && (span.earliest_start.is_some() || span.latest_end.is_some());
    let (sure_from, sure_to) = if doubt { (end, begin) } else { (sure_from, sure_to) };
    if end <= scale.first || begin >= scale.last {
        return None;
    }
    let open = (open.0 || begin < scale.first, open.1 || end > scale.last);
    let x = |day: i64| scale.x(day.clamp(scale.first, scale.last));
    let mut ends = [x(begin), x(sure_from), x(sure_to), x(end)];
    // What is shorter than a dot is drawn as one, as sure as it is.
    if ends[3] - ends[0] < 8.0 {
        let middle = (ends[0] + ends[3]) / 2.0;
        let sure = sure_from < sure_to;
        ends = if sure { [middle - 4.0, middle - 4.0, middle + 4.0, middle + 4.0] } else { [middle - 4.0, middle, middle, middle + 4.0] };
    }
    let left = ends[0] - if open.0 { OPEN } else { 0.0 };
    let right = ends[3] + if open.1 { OPEN } else { 0.0 };
    let theme = plan.options.theme;
    // Lines between bars pass behind names; a name inside a sure bar stands on its own ground.
    let text = |line: TextLine, x: f64, anchor: Anchor, inside: bool| Text {
        at: Point::new(x, 0.0),
        anchor,
        size: LABEL,
        weight: Weight::Regular,
        ink: if inside { subject.letters } else { theme.ink() },
        halo: (!inside).then(|| theme.ground()),
        line,
    };
    // Inside a sure and long bar; else behind it; else before it, shortened if need be.
    let sure = ends[2] - ends[1];
    let whole = plan.ruler.line(&format!("{}{}", subject.name, subject.tail), Weight::Regular);
    let width = whole.width * LABEL;
    let (behind, before) = (WIDTH - right - 5.0, left - 5.0);
    let (label, room) = if sure > width + 10.0 && BAR > LABEL {
        (text(whole, (ends[1] + ends[2]) / 2.0, Anchor::Middle, true), (left, right))
    } else if behind.max(before) < width.min(120.0) {
        // A bar across the whole scale, of which nothing is sure, leaves no room but its own.
        let name = shortened(plan, &subject.name, &subject.tail, ends[3] - ends[0] - 10.0);
        (text(name, (ends[0] + ends[3]) / 2.0, Anchor::Middle, false), (left, right))
    } else {
        let name = shortened(plan, &subject.name, &subject.tail, behind.max(before));
        let width = name.width * LABEL;
        if width <= behind || behind >= before {
            (text(name, right + 5.0, Anchor::Left, false), (left, right + 5.0 + width))
        } else {
            (text(name, left - 5.0, Anchor::Right, false), (left - 5.0 - width, right))
        }
    };
    Some(Bar { subject, ends, doubt, open, label, room })
}

impl Bar<'_> {
    /// In which ways it is not sure.
    fn vague(&self) -> impl Iterator<Item = Vague> + use<> {
        let [begin, from, to, end] = self.ends;
        let sure = from < to;
        let within = if self.doubt { Vague::Doubt } else { Vague::Within };
        [(!sure).then_some(within), (sure && (begin < from || to < end)).then_some(Vague::Edge)].into_iter().flatten()
    }
}

fn draw(plan: &Plan, bar: &Bar, middle: f64) -> Item {
    let subject = &bar.subject;
    let (top, bottom) = (middle - BAR / 2.0, middle + BAR / 2.0);
    let [begin, from, to, end] = bar.ends;
    let (fill, ink) = (subject.fill, subject.ink);
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
        // What is planned is no fact yet: its bar is pale and its outline broken.
        let fill = if subject.line == Line::Solid { fill } else { plan.options.theme.ground().mix(fill, 0.35) };
        marks.push(Mark::Path {
            steps: rounded(&flat(from, to).corners(), 3.0),
            fill: Some(Paint::Solid(fill, 1.0)),
            stroke: Some(Stroke { ink, width: 1.3, line: subject.line }),
        });
    } else {
        let (paint, stroke) = if bar.doubt {
            (Paint::Hatched(shade), edge)
        } else {
            // It was some time in between; that is as firm as it is stated.
            let pale = plan.options.theme.ground().mix(fill, 0.5);
            (Paint::Solid(pale, 1.0), Stroke { ink, width: 0.9, line: subject.line })
        };
        marks.push(Mark::Path { steps: rounded(&flat(begin, end).corners(), 3.0), fill: Some(paint), stroke: Some(stroke) });
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
    let when = civigraph_values::spoken::words(&text::one_line(&subject.span.label));
    let title = if when.is_empty() { subject.title.clone() } else { format!("{}, {when}", subject.title) };
    Item { of: subject.of.clone(), title, marks }
}

/// A lane's name left of the scale, and the room it takes.
fn lane_name(plan: &Plan, key: &str, label: &str, top: f64) -> (Item, Rect) {
    let (lines, _) = plan.ruler.wrap(label, HEADING, Weight::Bold, GUTTER, 4);
    let step = HEADING * 1.22;
    let mut marks = Vec::new();
    let rows = lines.len() as f64 - 1.0;
    for (k, line) in lines.into_iter().enumerate() {
        let at = Point::new(-GUTTER - 14.0, top + 4.0 + ROW / 2.0 + HEADING * 0.355 + step * k as f64);
        marks.push(Mark::Text(heading(plan, line, at)));
    }
    let frame = Rect::new(-GUTTER - 14.0, top + 8.0, GUTTER, ROW - 8.0 + step * rows);
    (Item { of: Of::Group(key.to_owned()), title: label.to_owned(), marks }, frame)
}

fn heading(plan: &Plan, line: TextLine, at: Point) -> Text {
    Text { at, anchor: Anchor::Left, size: HEADING, weight: Weight::Bold, ink: plan.options.theme.ink(), halo: None, line }
}

fn rule(plan: &Plan, left: f64, y: f64) -> Item {
    let ends = vec![Step::Move(Point::new(left, y)), Step::Line(Point::new(WIDTH, y))];
    Item { of: Of::Page, title: String::new(), marks: vec![Mark::line(ends, plan.options.theme.rule(), 0.8, Line::Solid)] }
}

/// The scale with its grid: the finest of days, months, years … whose labels do not touch.
fn axis(plan: &Plan, scale: &Scale, bottom: f64) -> Item {
    let theme = plan.options.theme;
    let mut marks = Vec::new();
    for &(start, end) in &scale.breaks {
        // Two slanting strokes on the scale, and a paler stretch below them.
        let middle = (scale.x(start) + scale.x(end)) / 2.0;
        for x in [middle - 3.0, middle + 3.0] {
            let stroke = vec![Step::Move(Point::new(x - 3.0, 17.0)), Step::Line(Point::new(x + 3.0, 5.0))];
            marks.push(Mark::line(stroke, theme.faint(), 1.2, Line::Solid));
            let below = vec![Step::Move(Point::new(x, 20.0)), Step::Line(Point::new(x, bottom))];
            marks.push(Mark::line(below, theme.rule(), 0.7, Line::Dotted));
        }
    }
    let mut free = f64::MIN;
    for (day, name) in ticks(scale, scale.per_day()) {
        let x = scale.x(day);
        let line = plan.ruler.line(&name, Weight::Regular);
        let half = line.width * 9.0 / 2.0;
        let broken = scale.breaks.iter().any(|b| x + half > scale.x(b.0) + 6.0 && x - half < scale.x(b.1) - 6.0);
        if broken || x - half < free {
            continue;
        }
        free = x + half + 6.0;
        let ends = vec![Step::Move(Point::new(x, 20.0)), Step::Line(Point::new(x, bottom))];
        marks.push(Mark::line(ends, theme.rule(), 0.7, Line::Solid));
        marks.push(Mark::Text(Text {
            at: Point::new(x, 13.0),
            anchor: Anchor::Middle,
            size: 9.0,
            weight: Weight::Regular,
            ink: theme.faint(),
            halo: None,
            line,
        }));
    }
    Item { of: Of::Page, title: String::new(), marks }
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
        let level = (above.y - below.y).abs() < 1.0;
        let (from, to) = (Point::new(here, edge(above, down || level)), Point::new(there, edge(below, !down)));
        // Between bars of one row it dips below them, and so below the names that stand between.
        let lift = Point::new(0.0, if level { ROW * 0.6 } else { (to.y - from.y) * 0.4 });
        let way = vec![Curve([from, from + lift, if level { to + lift } else { to - lift }, to])];
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

/// The head of the column of what has no date, and the line that parts it from the scale.
fn column(plan: &Plan, bottom: f64) -> Item {
    let left = WIDTH + BESIDE;
    let x = left - BESIDE / 2.0;
    let line = vec![Step::Move(Point::new(x, 2.0)), Step::Line(Point::new(x, bottom))];
    let said = heading(plan, plan.ruler.line("No date stated", Weight::Bold), Point::new(left, 14.0));
    Item {
        of: Of::Page,
        title: String::new(),
        marks: vec![Mark::line(line, plan.options.theme.rule(), 1.2, Line::Solid), Mark::Text(said)],
    }
}

/// The things of a lane that have no date, in rows beside the scale; gives the number of rows.
fn without_date(plan: &Plan, nodes: &[usize], top: f64, drawing: &mut Drawing) -> usize {
    if nodes.is_empty() {
        return 0;
    }
    let theme = plan.options.theme;
    let middle = |row: usize| top + (row as f64 + 0.5) * ROW;
    let text = |line: TextLine, x: f64, row: usize, ink: Colour| Text {
        at: Point::new(x, middle(row) + LABEL * 0.355),
        anchor: Anchor::Left,
        size: LABEL,
        weight: Weight::Regular,
        ink,
        halo: Some(theme.ground()),
        line,
    };
    let start = WIDTH + BESIDE;
    let (mut x, mut row) = (start, 0);
    for &v in nodes {
        let spot = &plan.nodes[v];
        let words = shortened(plan, &name(plan, v), &plan.tail(spot.index, &plan.node_numbers(spot.index)), COLUMN - 13.0);
        let words = text(words, x + 13.0, row, theme.ink());
        let wide = 13.0 + words.width();
        if x > start && x + wide > start + COLUMN {
            (x, row) = (start, row + 1);
        }
        let mut words = words;
        words.at = Point::new(x + 13.0, middle(row) + LABEL * 0.355);
        let place = Rect::new(x, middle(row) - ROW / 2.0 + 1.0, wide, ROW - 2.0);
        let dot = Rect::around(Point::new(x + 4.5, middle(row)), 9.0, 9.0);
        let line = plan.graph.nodes[spot.index].line;
        let fill = if line == Line::Solid { spot.look.fill } else { theme.ground().mix(spot.look.fill, 0.35) };
        let dot = Mark::Path {
            steps: rounded(&dot.corners(), 4.5),
            fill: Some(Paint::Solid(fill, 1.0)),
            stroke: Some(Stroke { ink: spot.look.stroke, width: 1.1, line }),
        };
        drawing.places[v] = place;
        drawing.items.push(Item {
            of: Of::Node(spot.index),
            title: format!("{}, no date stated", spot.title),
            marks: vec![dot, Mark::Text(words)],
        });
        x += wide + 16.0;
    }
    row + 1
}

/// Things without a place on the scale, in rows below it.
fn chips(plan: &Plan, nodes: &[usize], y: &mut f64, drawing: &mut Drawing, said: &str) {
    if nodes.is_empty() {
        return;
    }
    *y += 8.0;
    let left = drawing.items.iter().flat_map(|i| &i.marks).filter_map(Mark::bounds).map(|r| r.x).fold(0.0, f64::min);
    let text = heading(plan, plan.ruler.line(said, Weight::Bold), Point::new(left, *y + 13.0));
    drawing.items.push(Item { of: Of::Page, title: String::new(), marks: vec![Mark::Text(text)] });
    *y += 22.0;
    let (mut x, mut row) = (left, 0.0_f64);
    for &v in nodes {
        let spot = &plan.nodes[v];
        if x > left && x + spot.w > WIDTH {
            *y += row + 10.0;
            (x, row) = (left, 0.0);
        }
        let place = Rect::new(x, *y, spot.w, spot.h);
        drawing.places[v] = place;
        drawing.items.push(paint::node(spot, place));
        x += spot.w + 12.0;
        row = row.max(spot.h);
    }
    *y += row + 6.0;
}
