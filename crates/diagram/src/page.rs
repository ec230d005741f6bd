//! The page round a drawing: title, subtitle and date above; legend, notes, footnotes, sources and licence below.
//!
//! Furniture grows with the page, so that a large picture shrunk to a printed page keeps a readable title; the small print grows
//! less, so that it does not take the page from the picture.

use super::drawing::{Drawing, SIGN, Sign};
use super::geometry::{Point, Rect, Step, polygon};
use super::graph::{DISPUTED, Line};
use super::paint;
use super::plan::{Plan, counted};
use super::scene::{Anchor, Item, Mark, Of, Paint, Scene, Stroke, Text};
use super::style::{Colour, Figure, NodeLook};
use crate::text::{TextLine, Weight, count, isolated, one_line};

/// The narrowest page.
const NARROW: f64 = 460.0;

/// A scene of a drawing and its furniture.
pub(crate) fn compose(plan: &Plan, mut drawing: Drawing) -> Scene {
    let bounds = drawing.items.iter().flat_map(|i| &i.marks).filter_map(Mark::bounds);
    let bounds = Rect::all(bounds.chain(drawing.places.iter().copied())).unwrap_or_default();
    let scale = (bounds.w.max(bounds.h * 1.2) / 1050.0).clamp(1.0, 4.0);
    let margin = 22.0 * scale;
    let width = (bounds.w + 2.0 * margin).max(NARROW);
    let mut page = Page { plan, items: Vec::new(), y: margin, scale, fine: scale.powf(0.55), left: margin, width };
    page.heading();
    let by = Point::new((width - bounds.w) / 2.0 - bounds.x, page.y - bounds.y);
    for mark in drawing.items.iter_mut().flat_map(|item| &mut item.marks) {
        mark.shift(by);
    }
    let boxes: Vec<Rect> = drawing.places.iter().map(|r| r.moved(by)).collect();
    page.y += bounds.h + 14.0 * scale;
    page.legend(drawing.hatched, std::mem::take(&mut drawing.keys));
    let notes: Vec<String> = plan.notes.iter().chain(&drawing.notes).cloned().collect();
    page.footer(&notes);
    let height = page.y + margin - 8.0 * scale;
    let mut items = drawing.items;
    items.extend(page.items);
    let mut places = vec![None; plan.graph.nodes.len()];
    let mut drawn = vec![false; plan.graph.ties.len()];
    for (spot, place) in plan.nodes.iter().zip(boxes) {
        places[spot.index] = Some(place);
    }
    for &tie in plan.strands.iter().flat_map(|s| &s.ties) {
        drawn[tie] = true;
    }
    Scene {
        width: width.ceil(),
        height: height.ceil(),
        ground: Some(plan.options.theme.ground()),
        language: language(plan),
        title: one_line(&plan.graph.title),
        description: description(plan, &notes),
        items,
        places,
        drawn,
        notes,
    }
}

fn language(plan: &Plan) -> String {
    let tag: String = plan.graph.language.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    if tag.is_empty() { "en".to_owned() } else { tag }
}

/// The picture in a sentence.
fn description(plan: &Plan, notes: &[String]) -> String {
    let ties = counted(plan.graph, plan.strands.iter().flat_map(|s| s.ties.iter().copied()));
    let mut said = format!("{} and {}.", things(plan), count(ties, "tie", "ties"));
    let kinds: Vec<String> = plan.classes.iter().filter(|c| !c.caption.is_empty()).map(|c| format!("{}: {}", c.caption, c.count)).collect();
    if !kinds.is_empty() {
        said.push_str(&format!(" {}.", kinds.join(", ")));
    }
    for note in notes {
        said.push_str(&format!(" {note}."));
    }
    said
}

/// How many things there are, figures apart.
fn things(plan: &Plan) -> String {
    let measured = || plan.nodes.iter().filter_map(|spot| plan.graph.nodes[spot.index].measured.as_ref());
    let figures = measured().count();
    let of = measured().map(|m| &m.of).collect::<std::collections::BTreeSet<_>>().len();
    match plan.nodes.len() - figures {
        n if figures == 0 => count(n, "thing", "things"),
        0 => format!("{} of {}", count(figures, "figure", "figures"), count(of, "thing", "things")),
        n => format!("{}, {} of {}", count(n, "thing", "things"), count(figures, "figure", "figures"), count(of, "thing", "things")),
    }
}

struct Page<'p, 'a> {
    plan: &'p Plan<'a>,
    items: Vec<Item>,
    y: f64,
    /// How much larger than on a small page titles are, and small print.
    scale: f64,
    fine: f64,
    left: f64,
    width: f64,
}

/// A line of the legend before it has its place.
struct Entry {
    of: Of,
    caption: String,
    sample: Sample,
}

enum Sample {
    Figure(NodeLook),
    Line(Colour, Line),
    Hatch(Colour),
    Sign(&'static str),
    Bar(Paint),
    /// Marks, and whether they grow with the page.
    Marks(Vec<Mark>, bool),
}

impl Page<'_, '_> {
    fn room(&self) -> f64 {
        self.width - 2.0 * self.left
    }

    /// A paragraph at the current height; right-to-left text stands at the right margin.
    fn paragraph(&mut self, text: &str, size: f64, weight: Weight, ink: Colour, most: usize) {
        let (lines, _) = self.plan.ruler.wrap(text, size, weight, self.room(), most);
        let mut marks = Vec::new();
        for line in lines {
            let (x, anchor) = if line.is_rtl { (self.width - self.left, Anchor::Right) } else { (self.left, Anchor::Left) };
            self.y += size * 1.02;
            marks.push(Mark::Text(Text { at: Point::new(x, self.y), anchor, size, weight, ink, halo: None, line }));
            self.y += size * 0.3;
        }
        if !marks.is_empty() {
            self.items.push(Item { of: Of::Page, title: String::new(), marks });
        }
    }

    fn heading(&mut self) {
        let (graph, theme, k) = (self.plan.graph, self.plan.options.theme, self.scale);
        let title = one_line(&graph.title);
        let subtitle: Vec<String> =
            [Some(graph.subtitle.as_str()), graph.as_of.as_deref()].into_iter().flatten().map(one_line).filter(|s| !s.is_empty()).collect();
        if !title.is_empty() {
            self.paragraph(&title, 19.0 * k, Weight::Bold, theme.ink(), 3);
        }
        if !subtitle.is_empty() {
            self.paragraph(&subtitle.join(" · "), 11.5 * k, Weight::Regular, theme.faint(), 3);
        }
        if !title.is_empty() || !subtitle.is_empty() {
            self.y += 12.0 * k;
        }
    }

    fn legend(&mut self, hatched: usize, keys: Vec<(String, Sign)>) {
        let plan = self.plan;
        let mut figures: Vec<Entry> = Vec::new();
        for class in plan.classes.iter().filter(|c| !c.caption.is_empty()) {
            let (of, sample) = (Of::ClassKey(class.key.clone()), Sample::Figure(class.look));
            figures.push(Entry { of, caption: format!("{} ({})", class.caption, class.count), sample });
        }
        let mut lines: Vec<Entry> = Vec::new();
        for relation in plan.relations.iter().filter(|r| !r.caption.is_empty()) {
            let (of, sample) = (Of::RelationKey(relation.key.clone()), Sample::Line(relation.look.ink, relation.look.line));
            lines.push(Entry { of, caption: format!("{} ({})", relation.caption, relation.count), sample });
        }
        for ((line, note), count) in plan.lines.iter().filter(|((_, note), _)| !note.is_empty()) {
            let sample = Sample::Line(plan.options.theme.faint(), *line);
            lines.push(Entry { of: Of::Page, caption: format!("{note} ({count})"), sample });
        }
        if hatched > 0 {
            let caption = format!("hatched: amount not stated, or not exactly ({hatched})");
            lines.push(Entry { of: Of::Page, caption, sample: Sample::Hatch(plan.options.theme.faint()) });
        }
        for (caption, sign) in keys {
            let sample = match sign {
                Sign::Bar(paint) => Sample::Bar(paint),
                Sign::Marks(marks) => Sample::Marks(marks, true),
                Sign::Exact(marks) => Sample::Marks(marks, false),
            };
            lines.push(Entry { of: Of::Page, caption, sample });
        }
        if plan.disputed > 0 {
            lines.push(Entry {
                of: Of::Page,
                caption: format!("citations disagree ({})", plan.disputed),
                sample: Sample::Sign(DISPUTED.trim()),
            });
        }
        if figures.is_empty() && lines.is_empty() {
            return;
        }
        self.rule();
        self.entries(figures);
        self.entries(lines);
        self.y += 4.0 * self.scale;
    }

    fn rule(&mut self) {
        let ends = [Step::Move(Point::new(self.left, self.y)), Step::Line(Point::new(self.width - self.left, self.y))];
        let mark = Mark::line(ends.to_vec(), self.plan.options.theme.rule(), self.scale, Line::Solid);
        self.items.push(Item { of: Of::Page, title: String::new(), marks: vec![mark] });
        self.y += 9.0 * self.scale;
    }

    /// Legend entries in rows across the page.
    fn entries(&mut self, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        let (k, theme) = (self.fine, self.plan.options.theme);
        let (size, swatch, row) = (9.5 * k, 24.0 * k, 17.0 * k);
        // In columns if the captions are of about one length, else one after the other.
        let takes = |caption: &str| swatch + 7.0 * k + self.plan.ruler.width(caption, size, Weight::Regular);
        let widest = entries.iter().map(|e| takes(&e.caption)).fold(0.0, f64::max) + 16.0 * k;
        let columns = (self.room() + 16.0 * k) / widest;
        let column = (columns >= 3.0 && entries.len() as f64 > columns).then_some((self.room() + 16.0 * k) / columns.floor());
        let mut x = self.left;
        for entry in entries {
            let caption = self.plan.ruler.shorten(&entry.caption, size, Weight::Regular, self.room() - swatch - 8.0 * k);
            let takes = swatch + 7.0 * k + caption.width * size;
            if x > self.left && x + takes > self.width - self.left {
                x = self.left;
                self.y += row;
            }
            let middle = self.y + row / 2.0;
            let mut marks = match entry.sample {
                Sample::Figure(look) => {
                    let narrow = matches!(look.figure, Figure::Circle | Figure::Diamond | Figure::Octagon);
                    let w = if narrow { 14.0 * k } else { swatch };
                    paint::figure(&look, Rect::around(Point::new(x + swatch / 2.0, middle), w, 12.5 * k), 1.2 * k)
                }
                Sample::Hatch(ink) => {
                    let steps = polygon(&Rect::around(Point::new(x + swatch / 2.0, middle), swatch, 10.0 * k).corners());
                    vec![Mark::Path { steps, fill: Some(Paint::Hatched(ink)), stroke: None }]
                }
                Sample::Bar(paint) => {
                    let steps = polygon(&Rect::around(Point::new(x + swatch / 2.0, middle), swatch, 9.0 * k).corners());
                    let edge = Stroke {
                        ink: theme.faint(),
                        width: 0.8 * k,
                        line: if matches!(paint, Paint::Solid(..)) { Line::Solid } else { Line::Dashed },
                    };
                    vec![Mark::Path { steps, fill: Some(paint), stroke: Some(edge) }]
                }
                Sample::Marks(mut marks, grows) => {
                    let by = if grows { swatch / SIGN.0 } else { 1.0 };
                    for mark in &mut marks {
                        mark.scale(by);
                        mark.shift(Point::new(x + swatch / 2.0, middle));
                    }
                    marks
                }
                Sample::Sign(sign) => {
                    vec![Mark::Text(Text {
                        at: Point::new(x + swatch / 2.0, middle + size * 0.45),
                        anchor: Anchor::Middle,
                        size: size * 1.3,
                        weight: Weight::Bold,
                        ink: theme.ink(),
                        halo: None,
                        line: self.plan.ruler.line(sign, Weight::Bold),
                    })]
                }
                Sample::Line(ink, line) => {
                    let ends = vec![Step::Move(Point::new(x, middle)), Step::Line(Point::new(x + swatch, middle))];
                    vec![Mark::line(ends, ink, 1.8 * k, line)]
                }
            };
            marks.push(Mark::Text(Text {
                at: Point::new(x + swatch + 6.0 * k, middle + size * 0.355),
                anchor: Anchor::Left,
                size,
                weight: Weight::Regular,
                ink: theme.ink(),
                halo: None,
                line: caption,
            }));
            self.items.push(Item { of: entry.of, title: entry.caption, marks });
            x += column.unwrap_or(takes + 16.0 * k);
        }
        self.y += row + 2.0 * k;
    }

    fn footer(&mut self, notes: &[String]) {
        let (plan, theme, k) = (self.plan, self.plan.options.theme, self.fine);
        if !notes.is_empty() {
            self.paragraph(&notes.join(". "), 9.0 * k, Weight::Bold, theme.faint(), 6);
            self.y += 3.0 * k;
        }
        if !plan.footnotes.is_empty() {
            self.footnotes();
        }
        let graph = plan.graph;
        let sources: Vec<String> =
            graph.sources.iter().map(|s| one_line(s)).filter(|s| !s.is_empty()).map(|s| isolated(&s).into_owned()).collect();
        let mut said = String::new();
        if !sources.is_empty() {
            said = format!("Source: {}", sources.join("; "));
        }
        if let Some(licence) = graph.licence.as_deref().map(one_line).filter(|l| !l.is_empty()).map(|l| isolated(&l).into_owned()) {
            said = if said.is_empty() { format!("Licence: {licence}") } else { format!("{said}. Licence: {licence}") };
        }
        if !said.is_empty() {
            self.paragraph(&said, 8.5 * k, Weight::Regular, theme.faint(), 8);
        }
    }

    /// The citations, numbered, in columns.
    fn footnotes(&mut self) {
        let (plan, k) = (self.plan, self.fine);
        let size = 8.5 * k;
        let columns = ((self.room() / (330.0 * k)) as usize).clamp(1, 4);
        let wide = self.room() / columns as f64 - 12.0 * k;
        let mut set: Vec<Vec<TextLine>> = Vec::new();
        for (n, citation) in plan.footnotes.iter().enumerate() {
            let label = one_line(&citation.label);
            let label = if label.is_empty() { one_line(&citation.iri) } else { label };
            set.push(plan.ruler.wrap(&format!("[{}] {label}", n + 1), size, Weight::Regular, wide, 3).0);
        }
        let total: usize = set.iter().map(Vec::len).sum();
        let per_column = total.div_ceil(columns);
        let (mut column, mut row, mut deepest) = (0usize, 0usize, 0usize);
        let mut marks = Vec::new();
        for lines in set {
            if row >= per_column && column + 1 < columns {
                column += 1;
                row = 0;
            }
            for line in lines {
                let x = self.left + column as f64 * (wide + 12.0 * k);
                let y = self.y + size + row as f64 * size * 1.28;
                let ink = plan.options.theme.ink();
                marks.push(Mark::Text(Text {
                    at: Point::new(x, y),
                    anchor: Anchor::Left,
                    size,
                    weight: Weight::Regular,
                    ink,
                    halo: None,
                    line,
                }));
                row += 1;
            }
            deepest = deepest.max(row);
        }
        self.items.push(Item { of: Of::Page, title: String::new(), marks });
        self.y += deepest as f64 * size * 1.28 + 6.0 * k;
    }
}
