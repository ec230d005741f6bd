//! A panel of bars: the figures of one measure in one unit, under its name, on one scale, with the names of what they are of at the
//! left and the numbers at the right.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::{BAR, By, OPEN, Scale, figure, item, marks, tick_value};
use crate::drawing::Drawing;
use crate::geometry::{Point, Rect, Step};
use crate::graph::{DISPUTED, Line, Measured};
use crate::measured::{exact, value};
use crate::plan::{Plan, label_of};
use crate::scene::{Anchor, Item, Mark, Of, Text};
use crate::style::Colour;
use crate::text::{TextLine, Weight, one_line};

/// The font sizes of a panel's title, of names and numbers, of what tells figures apart and of scales.
const TITLE: f64 = 11.5;
const NAME: f64 = 10.0;
const FINE: f64 = 8.5;
/// How far lines of text are from each other, in font sizes.
const STEP: f64 = 1.25;
/// The widest names and numbers, and the width of the track between them.
const NAMES: (f64, f64) = (64.0, 170.0);
const NUMBERS: (f64, f64) = (40.0, 132.0);
const TRACK: f64 = 190.0;
const GAP: f64 = 9.0;
/// Between rows.
const AIR: f64 = 5.0;
/// A panel with more rows than this is continued in another.
const MOST: usize = 42;
/// No name takes more lines than this.
const LINES: usize = 4;

/// A panel before it has its place.
pub(super) struct Panel {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Lines of text with their size and weight: the measure, then what is true of all its figures.
    head: Vec<(TextLine, f64, bool)>,
    blocks: Vec<Block>,
    scale: Scale,
    /// Marked values on the scale; none where there is nothing to compare.
    ticks: Vec<f64>,
    names: f64,
}

/// The figures of one thing.
struct Block {
    /// Its name, where it has several figures; a single one bears it itself.
    head: Vec<TextLine>,
    rows: Vec<Row>,
}

/// A figure with its texts.
struct Row {
    node: usize,
    /// Its lines at the left, with their sizes.
    left: Vec<(TextLine, f64)>,
    right: Vec<TextLine>,
    height: f64,
}

/// The columns that all panels share, so that their tracks stand below each other.
struct Columns {
    names: f64,
    numbers: f64,
}

/// The panels of some figures, those with the most first.
pub(super) fn panels(plan: &Plan, figures: &[usize]) -> Vec<Panel> {
    let mut found: By<(usize, String, String)> = BTreeMap::new();
    for &v in figures {
        let Some(figure) = figure(plan, v) else { continue };
        let group = plan.nodes[v].group.unwrap_or(plan.groups.len());
        found.entry((group, figure.measure.key.clone(), figure.unit.clone())).or_default().push(v);
    }
    let mut found: Vec<_> = found.into_iter().collect();
    let label = |own: &[usize]| own.first().and_then(|&v| figure(plan, v)).map(|f| f.measure.label.clone()).unwrap_or_default();
    // The panels of one measure stand together, whatever its units.
    let mut most: BTreeMap<(usize, String), usize> = BTreeMap::new();
    for ((group, key, _), own) in &found {
        let known = most.entry((*group, key.clone())).or_default();
        *known = own.len().max(*known);
    }
    found.sort_by_cached_key(|((group, key, unit), own)| {
        let most = most.get(&(*group, key.clone())).copied().unwrap_or(0);
        (*group, std::cmp::Reverse(most), label(own), key.clone(), std::cmp::Reverse(own.len()), unit.clone())
    });
    let shared: Vec<BTreeSet<(String, String)>> = found.iter().map(|(_, own)| common(plan, own)).collect();
    let columns = columns(plan, found.iter().zip(&shared).map(|((_, own), shared)| (own.as_slice(), shared)));
    let mut panels = Vec::new();
    for (((group, key, unit), own), shared) in found.iter().zip(&shared) {
        // Every number bears its unit; a title does where the measure has several.
        let several = found.iter().filter(|((g, k, _), _)| (g, k) == (group, key)).count() > 1;
        panels.extend(panel(plan, (*group, several.then_some(unit.as_str())), own, shared, &columns));
    }
    panels
}

/// What is told of every figure of a panel, and so stands at its head; the time is told like any other.
pub(super) fn common(plan: &Plan, own: &[usize]) -> BTreeSet<(String, String)> {
    let mut all = own.iter().map(|&v| details(plan, v).into_iter().collect::<BTreeSet<_>>());
    let first = all.next().unwrap_or_default();
    all.fold(first, |common, next| common.intersection(&next).cloned().collect())
}

/// What tells a figure apart: its time, its details, why it is drawn broken.
pub(super) fn details(plan: &Plan, v: usize) -> Vec<(String, String)> {
    let node = &plan.graph.nodes[plan.nodes[v].index];
    let mut found = Vec::new();
    if let Some(span) = node.bounds.as_ref().or_else(|| node.spans.first().map(|dated| &dated.span)) {
        found.push((String::new(), civigraph_values::spoken::words(&one_line(&span.label))));
    }
    for fact in node.measured.iter().flat_map(|figure| &figure.details) {
        found.push((one_line(&fact.label), one_line(&fact.value)));
    }
    found.extend(node.note.as_deref().map(|note| (String::new(), one_line(note))));
    found.retain(|(_, value)| !value.is_empty());
    found
}

pub(super) fn phrase((label, value): &(String, String)) -> String {
    if label.is_empty() { value.clone() } else { format!("{label} {value}") }
}

/// The number of a figure with its footnotes and the sign of disagreement.
pub(super) fn number(plan: &Plan, v: usize) -> String {
    let node = &plan.graph.nodes[plan.nodes[v].index];
    let numbers = plan.numbered(node.citations.iter());
    let sign = if node.disputed { DISPUTED } else { "" };
    let said = node.measured.as_ref().map(Measured::said).unwrap_or_default();
    format!("{} {numbers}", said).trim().to_owned() + sign
}

fn columns<'p>(plan: &Plan, all: impl Iterator<Item = (&'p [usize], &'p BTreeSet<(String, String)>)>) -> Columns {
    let (mut names, mut numbers) = (0.0_f64, 0.0_f64);
    for (own, shared) in all {
        for &v in own {
            let wide = |text: &str, size: f64| plan.ruler.width(text, size, Weight::Regular);
            names = names.max(wide(&label_of(plan.graph, plan.nodes[v].index), NAME));
            for detail in details(plan, v).iter().filter(|detail| !shared.contains(detail)) {
                names = names.max(wide(&phrase(detail), FINE));
            }
            numbers = numbers.max(wide(&number(plan, v), NAME));
        }
    }
    Columns { names: (names + 1.0).clamp(NAMES.0, NAMES.1), numbers: (numbers + 1.0).clamp(NUMBERS.0, NUMBERS.1) }
}

/// The panel of a measure, or several if it has more rows than a column holds.
fn panel(
    plan: &Plan,
    (group, unit): (usize, Option<&str>),
    own: &[usize],
    shared: &BTreeSet<(String, String)>,
    columns: &Columns,
) -> Vec<Panel> {
    let Some(first) = own.first().and_then(|&v| figure(plan, v)) else { return Vec::new() };
    let width = columns.names + GAP + TRACK + GAP + columns.numbers;
    // An arrow at an open end needs room behind the longest bar.
    let scale = Scale::of(own.iter().filter_map(|&v| figure(plan, v)), TRACK - OPEN - 2.0);
    let blocks = blocks(plan, own, shared, columns);
    let compared = own.len() > 1 || first.measure.to.is_some() || first.measure.is_rank || first.out_of.is_some();
    let ticks =
        if compared { scale.ticks(first.measure.is_rank, first.measure.from.is_some() && first.measure.to.is_some()) } else { Vec::new() };
    // Parts of about one length.
    let all: usize = blocks.iter().map(|block| block.rows.len()).sum();
    let most = all.div_ceil(all.div_ceil(MOST).max(1));
    let mut parts: Vec<Vec<Block>> = Vec::new();
    let mut rows = usize::MAX;
    for block in blocks {
        if rows.saturating_add(block.rows.len()) > most {
            parts.push(Vec::new());
            rows = 0;
        }
        rows += block.rows.len();
        if let Some(part) = parts.last_mut() {
            part.push(block);
        }
    }
    let of = parts.len();
    let mut panels = Vec::new();
    for (n, blocks) in parts.into_iter().enumerate() {
        let head = head(plan, (group, unit), first, shared, width, (n + 1, of));
        let tall = head.iter().map(|(_, size, _)| size * STEP).sum::<f64>() + AIR;
        let body: f64 = blocks.iter().map(Block::height).sum();
        let height = tall + body + if ticks.is_empty() { 0.0 } else { FINE * STEP + 4.0 };
        panels.push(Panel { width, height, head, blocks, scale, ticks: ticks.clone(), names: columns.names });
    }
    panels
}

/// The lines over a panel.
fn head(
    plan: &Plan,
    (group, unit): (usize, Option<&str>),
    figure: &Measured,
    shared: &BTreeSet<(String, String)>,
    width: f64,
    (n, of): (usize, usize),
) -> Vec<(TextLine, f64, bool)> {
    let mut lines = Vec::new();
    let mut say = |text: &str, size: f64, bold: bool, most: usize| {
        let weight = if bold { Weight::Bold } else { Weight::Regular };
        lines.extend(plan.ruler.wrap(text, size, weight, width, most).0.into_iter().map(|line| (line, size, bold)));
    };
    let label = one_line(if figure.measure.label.is_empty() { &figure.measure.key } else { &figure.measure.label });
    let mut title = match unit {
        Some("") => format!("{label} (no unit stated)"),
        Some(unit) => format!("{label} ({})", one_line(unit)),
        None => label,
    };
    if let Some(band) = plan.groups.get(group) {
        title = format!("{}: {title}", band.group.label);
    }
    if of > 1 {
        title = format!("{title}, part {n} of {of}");
    }
    say(&title, TITLE, true, 3);
    let range = match (figure.measure.from, figure.measure.to) {
        _ if figure.measure.is_rank => Some("rank, no. 1 first".to_owned()),
        (Some(from), Some(to)) => Some(format!("from {} to {}", exact(from), exact(to))),
        _ => None,
    };
    let reads = one_line(&figure.measure.reads);
    let scale: Vec<String> = range.into_iter().chain((!reads.is_empty()).then_some(reads)).collect();
    if !scale.is_empty() {
        say(&scale.join("; "), FINE, false, 3);
    }
    let shared: Vec<String> = shared.iter().map(phrase).collect();
    if !shared.is_empty() {
        say(&shared.join("; "), FINE, false, 4);
    }
    lines
}

/// The figures of each thing together: ranks with the first on top, other numbers with the highest, those of one thing by their time.
fn blocks(plan: &Plan, own: &[usize], shared: &BTreeSet<(String, String)>, columns: &Columns) -> Vec<Block> {
    let mut things: By<String> = BTreeMap::new();
    for &v in own {
        let key = figure(plan, v).map(|f| f.of.clone()).filter(|of| !of.is_empty());
        things.entry(key.unwrap_or_else(|| plan.graph.nodes[plan.nodes[v].index].id.clone())).or_default().push(v);
    }
    let number = |v: usize| figure(plan, v).and_then(|f| value(f).or(f.low).or(f.high)).filter(|n| n.is_finite());
    let is_rank = own.iter().filter_map(|&v| figure(plan, v)).any(|f| f.measure.is_rank);
    let starts = |v: usize| {
        let node = &plan.graph.nodes[plan.nodes[v].index];
        let span = node.bounds.as_ref().or_else(|| node.spans.first().map(|dated| &dated.span));
        span.and_then(|s| s.earliest_start.or(s.latest_start).or(s.earliest_end).or(s.latest_end)).map(|day| day.0)
    };
    let mut things: Vec<Vec<usize>> = things.into_values().collect();
    for own in &mut things {
        own.sort_by(|&a, &b| {
            (starts(a).is_none(), starts(a), details(plan, a))
                .cmp(&(starts(b).is_none(), starts(b), details(plan, b)))
                .then(number(a).unwrap_or(f64::MAX).total_cmp(&number(b).unwrap_or(f64::MAX)))
                .then(a.cmp(&b))
        });
    }
    // A thing stands where its latest figure puts it; what is not stated goes last.
    let latest = |own: &[usize]| own.iter().rev().find_map(|&v| number(v));
    let name = |own: &[usize]| own.first().map(|&v| label_of(plan.graph, plan.nodes[v].index)).unwrap_or_default();
    if own.iter().filter_map(|&v| figure(plan, v)).any(|figure| figure.measure.is_in_order) {
        // In the order of their ids, which is that of the plan.
        things.sort();
        return things.into_iter().map(|own| block(plan, &own, shared, columns)).collect();
    }
    things.sort_by(|a, b| {
        let (one, other) = (latest(a), latest(b));
        let by_number = match (one, other) {
            (Some(one), Some(other)) if is_rank => one.total_cmp(&other),
            (Some(one), Some(other)) => other.total_cmp(&one),
            (one, other) => one.is_none().cmp(&other.is_none()),
        };
        by_number.then_with(|| name(a).cmp(&name(b))).then_with(|| a.cmp(b))
    });
    things.into_iter().map(|own| block(plan, &own, shared, columns)).collect()
}

fn block(plan: &Plan, own: &[usize], shared: &BTreeSet<(String, String)>, columns: &Columns) -> Block {
    let name = own.first().map(|&v| label_of(plan.graph, plan.nodes[v].index)).unwrap_or_default();
    let wrap = |text: &str, size: f64, room: f64| plan.ruler.wrap(text, size, Weight::Regular, room, LINES).0;
    let lines = wrap(&name, NAME, columns.names);
    let several = own.len() > 1;
    let rows = own.iter().map(|&v| {
        let mut left: Vec<(TextLine, f64)> = if several { Vec::new() } else { lines.iter().map(|line| (line.clone(), NAME)).collect() };
        let own: Vec<String> = details(plan, v).iter().filter(|detail| !shared.contains(detail)).map(phrase).collect();
        if !own.is_empty() {
            left.extend(wrap(&own.join(", "), FINE, columns.names).into_iter().map(|line| (line, FINE)));
        }
        let right = wrap(&number(plan, v), NAME, columns.numbers);
        let text = left.iter().map(|(_, size)| size * STEP).sum::<f64>();
        let height = text.max(right.len() as f64 * NAME * STEP).max(BAR + 2.0) + AIR;
        Row { node: v, left, right, height }
    });
    let rows: Vec<Row> = rows.collect();
    Block { head: if several { lines } else { Vec::new() }, rows }
}

impl Block {
    fn height(&self) -> f64 {
        self.head.len() as f64 * NAME * STEP + self.rows.iter().map(|row| row.height).sum::<f64>()
    }
}

impl Panel {
    /// Draws the panel with its left top corner at a place.
    pub(super) fn draw(&self, plan: &Plan, at: Point, drawing: &mut Drawing) {
        let theme = plan.options.theme;
        let track = at.x + self.names + GAP;
        let mut y = at.y;
        let mut head = Vec::new();
        for (line, size, bold) in &self.head {
            let (weight, ink) = if *bold { (Weight::Bold, theme.ink()) } else { (Weight::Regular, theme.faint()) };
            y += size * STEP;
            head.push(Mark::Text(text(line, Point::new(at.x, y - size * 0.3), Anchor::Left, *size, weight, ink)));
        }
        y += AIR;
        let top = y;
        let bottom = top + self.blocks.iter().map(Block::height).sum::<f64>();
        // The scale lies behind everything.
        drawing.items.push(Item { of: Of::Page, title: String::new(), marks: self.axis(plan, track, top, bottom) });
        drawing.items.push(Item { of: Of::Page, title: String::new(), marks: head });
        for block in &self.blocks {
            if let Some(row) = block.rows.first().filter(|_| !block.head.is_empty()) {
                let mut marks = Vec::new();
                for line in &block.head {
                    y += NAME * STEP;
                    let at = Point::new(track - GAP, y - NAME * 0.3);
                    marks.push(Mark::Text(text(line, at, Anchor::Right, NAME, Weight::Regular, theme.ink())));
                }
                drawing.items.push(item(plan, row.node, marks));
            }
            for row in &block.rows {
                self.row(plan, row, Point::new(at.x, y), track, drawing);
                y += row.height;
            }
        }
    }

    fn row(&self, plan: &Plan, row: &Row, at: Point, track: f64, drawing: &mut Drawing) {
        let Some(figure) = figure(plan, row.node) else { return };
        let theme = plan.options.theme;
        let spot = &plan.nodes[row.node];
        let place = Rect::new(at.x, at.y, self.width, row.height);
        let middle = at.y + row.height / 2.0;
        let line: Line = plan.graph.nodes[spot.index].line;
        let mut drawn = marks(plan, figure, &self.scale, Point::new(track, middle), (spot.look.fill, spot.look.stroke), line);
        let tall: f64 = row.left.iter().map(|(_, size)| size * STEP).sum();
        let mut y = middle - tall / 2.0;
        for (line, size) in &row.left {
            y += size * STEP;
            let ink = if *size < NAME { theme.faint() } else { theme.ink() };
            // What tells the figures of one thing apart stands before their bars.
            drawn.push(Mark::Text(text(line, Point::new(track - GAP, y - size * 0.3), Anchor::Right, *size, Weight::Regular, ink)));
        }
        let mut y = middle - row.right.len() as f64 * NAME * STEP / 2.0;
        for line in &row.right {
            y += NAME * STEP;
            let at = Point::new(track + TRACK + GAP, y - NAME * 0.3);
            drawn.push(Mark::Text(text(line, at, Anchor::Left, NAME, Weight::Regular, theme.ink())));
        }
        drawing.places[row.node] = place;
        drawing.items.push(item(plan, row.node, drawn));
    }

    /// The line that bars start at, and the marked values with their grid.
    fn axis(&self, plan: &Plan, track: f64, top: f64, bottom: f64) -> Vec<Mark> {
        let theme = plan.options.theme;
        let upright = |x: f64, ink: Colour, wide: f64, line| {
            Mark::line(vec![Step::Move(Point::new(x, top)), Step::Line(Point::new(x, bottom))], ink, wide, line)
        };
        let mut marks = Vec::new();
        let mut free = f64::MIN;
        for &tick in &self.ticks {
            let x = track + self.scale.x(tick);
            let said = exact(tick_value(tick));
            let line = plan.ruler.line(&said, Weight::Regular);
            let width = line.width * FINE;
            marks.push(upright(x, theme.rule(), 0.6, Line::Solid));
            if x - width / 2.0 < free {
                continue;
            }
            free = x + width / 2.0 + 6.0;
            let at = Point::new(x, bottom + FINE * STEP);
            marks.push(Mark::Text(text(&line, at, Anchor::Middle, FINE, Weight::Regular, theme.faint())));
        }
        marks.push(upright(track + self.scale.x(self.scale.base()), theme.faint(), 1.0, Line::Solid));
        marks
    }
}

pub(super) fn text(line: &TextLine, at: Point, anchor: Anchor, size: f64, weight: Weight, ink: Colour) -> Text {
    Text { at, anchor, size, weight, ink, halo: None, line: line.clone() }
}
