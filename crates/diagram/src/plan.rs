//! What will be drawn, measured and in order: nodes sorted by id with the size of their figures, ties gathered into strands,
//! groups with their members, the legend's lines, the footnotes.
//!
//! Everything after this works on a plan, so the order of the input cannot reach the page.

use std::collections::{BTreeMap, BTreeSet};

use unicode_segmentation::UnicodeSegmentation;

use super::graph::{Citation, DISPUTED, Graph, Group, Line, Tie, TimeSpan};
use super::money::{self, Money};
use super::style::{Colour, NodeLook, Style, TieLook};
use super::{DiagramError, Labels, Layout, Options};
use crate::keep::{self, Selection};
use crate::text::{self, Ruler, TextLine, Weight};

/// More lines than this between the same two things are drawn as one.
const MOST_STRANDS: usize = 4;
/// With more strands than this, labels hide more than they tell.
const MOST_LABELS: usize = 160;
/// A tooltip tells at most so many ties one by one.
const MOST_SAID: usize = 12;
/// A text drawn on a page has at most so many letters.
const MOST_LETTERS: usize = 200;
/// The font size of tie labels.
pub(crate) const LABEL_SIZE: f64 = 9.0;

/// What will be drawn.
pub(crate) struct Plan<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) options: &'a Options,
    pub(crate) ruler: Ruler<'a>,
    /// Sorted by id.
    pub(crate) nodes: Vec<Spot>,
    /// Sorted by their nodes and relations.
    pub(crate) strands: Vec<Strand>,
    /// Sorted by key; only those with members.
    pub(crate) groups: Vec<Band>,
    pub(crate) classes: Vec<Key<NodeLook>>,
    pub(crate) relations: Vec<Key<TieLook>>,
    /// Broken lines and what they mean, with counts.
    pub(crate) lines: BTreeMap<(Line, String), usize>,
    /// Of how many things and ties places contradict each other.
    pub(crate) disputed: usize,
    /// Footnotes in order; their numbers are their places from 1.
    pub(crate) footnotes: Vec<Citation>,
    /// Claims whose amounts places give in different currencies.
    pub(crate) split: BTreeSet<&'a str>,
    pub(crate) notes: Vec<String>,
}

/// A node to be drawn.
pub(crate) struct Spot {
    /// Its number in the graph.
    pub(crate) index: usize,
    pub(crate) lines: Vec<TextLine>,
    pub(crate) font: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
    pub(crate) look: NodeLook,
    pub(crate) group: Option<usize>,
    pub(crate) title: String,
}

/// One drawn line: a tie, or several that say the same.
pub(crate) struct Strand {
    /// Their numbers in the graph.
    pub(crate) ties: Vec<usize>,
    /// Numbers in the plan.
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) heads: (bool, bool),
    pub(crate) label: String,
    /// The label with nothing cut, for files that other programs read.
    pub(crate) whole: String,
    /// How many ties it is.
    pub(crate) count: usize,
    /// The footnote numbers that the label ends with, if it carries any.
    pub(crate) numbers: String,
    /// What flows along it, if it says.
    pub(crate) money: Option<Money>,
    /// What it says in sentences, the first of them if they are many.
    pub(crate) title: String,
    /// Every sentence, once.
    pub(crate) sentences: Vec<String>,
    pub(crate) look: TieLook,
    pub(crate) line: Line,
    /// Its place among the strands between the same two nodes, 0 in the middle, counted from the lower-numbered node's view.
    pub(crate) lane: f64,
    /// How many strands there are between the two.
    pub(crate) lanes: usize,
    /// How thick it is drawn.
    pub(crate) width: f64,
}

/// A group with its members.
pub(crate) struct Band {
    pub(crate) group: Group,
    pub(crate) members: Vec<usize>,
    pub(crate) hue: Colour,
}

/// A line of the legend.
pub(crate) struct Key<L> {
    pub(crate) key: String,
    pub(crate) caption: String,
    pub(crate) count: usize,
    pub(crate) look: L,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(graph: &'a Graph, style: &Style, options: &'a Options) -> Result<Self, DiagramError> {
        let Selection { nodes: kept, left } = keep::choose(graph, options)?;
        let ruler = Ruler::speaking(&options.fonts, &graph.language);
        let place: BTreeMap<usize, usize> = kept.iter().enumerate().map(|(at, &index)| (index, at)).collect();
        let ties: Vec<usize> =
            (0..graph.ties.len()).filter(|&t| place.contains_key(&graph.ties[t].from) && place.contains_key(&graph.ties[t].to)).collect();
        let classes = class_keys(graph, &kept, style, options);
        let relations = relation_keys(graph, &ties, style, options);
        let groups = bands(graph, &kept);
        let mut plan = Self {
            graph,
            options,
            ruler,
            nodes: Vec::new(),
            strands: Vec::new(),
            groups,
            classes,
            relations,
            lines: BTreeMap::new(),
            disputed: 0,
            footnotes: Vec::new(),
            split: split(graph),
            notes: graph.notes.iter().map(|n| text::one_line(n)).filter(|n| !n.is_empty()).collect(),
        };
        plan.strands = plan.gather(ties.clone(), &place);
        plan.note_figures(&kept);
        plan.note_nodes(&kept);
        plan.nodes = plan.spots(&kept);
        for node in kept.iter().map(|&index| &graph.nodes[index]).filter(|node| node.line != Line::Solid) {
            let note = node.note.as_deref().map(text::one_line).unwrap_or_default();
            *plan.lines.entry((node.line, note)).or_default() += 1;
        }
        plan.disputed = kept.iter().filter(|&&index| graph.nodes[index].disputed).count()
            + counted(graph, ties.iter().copied().filter(|&t| !graph.ties[t].disputed.is_empty()));
        let (all, shown) = (counted(graph, 0..graph.ties.len()), counted(graph, ties.iter().copied()));
        plan.notes.extend(keep::left_out(left, all - shown));
        Ok(plan)
    }

    /// Figures bear footnotes themselves; things do not.
    fn note_figures(&mut self, kept: &[usize]) {
        if !self.options.cite || !self.options.layout.is_of_figures() {
            return;
        }
        let mut seen: BTreeSet<Citation> = self.footnotes.iter().cloned().collect();
        for node in kept.iter().map(|&index| &self.graph.nodes[index]).filter(|node| node.measured.is_some()) {
            for citation in &node.citations {
                if seen.insert(citation.clone()) {
                    self.footnotes.push(citation.clone());
                }
            }
        }
    }

    fn spots(&self, kept: &[usize]) -> Vec<Spot> {
        let weight = |i: usize| {
            let w = self.graph.nodes[i].weight;
            if w.is_finite() && w > 0.0 { w } else { 0.0 }
        };
        let most = kept.iter().map(|&i| weight(i)).fold(0.0, f64::max);
        let least = kept.iter().map(|&i| weight(i)).fold(most, f64::min);
        let mut member: BTreeMap<usize, usize> = BTreeMap::new();
        for (g, band) in self.groups.iter().enumerate() {
            member.extend(band.members.iter().map(|&n| (n, g)));
        }
        let class = |key: &str| self.classes.binary_search_by(|c| c.key.as_str().cmp(key)).ok();
        kept.iter()
            .enumerate()
            .filter_map(|(at, &index)| {
                let node = &self.graph.nodes[index];
                let class = &self.classes[class(&node.class)?];
                let share = if most > least { ((weight(index) - least) / (most - least)).sqrt() } else { 0.25 };
                let font = 10.5 + 3.5 * share;
                let bold = if share > 0.55 { Weight::Bold } else { Weight::Regular };
                let label = self.called(index);
                let whole = self.ruler.width(&label, font, bold);
                // A box about three times as wide as high, but no word is broken that a wider box could hold.
                let word = label.split(' ').map(|w| self.ruler.width(w, font, bold)).fold(0.0, f64::max);
                let widest = 150.0 + 40.0 * share;
                let room = (whole * font * 1.25 * 3.2).sqrt().max(word + 0.5).clamp(58.0, widest);
                let (lines, cut) = self.ruler.wrap(&label, font, bold, room, 4);
                let width = lines.iter().map(|line| line.width * font).fold(8.0, f64::max);
                let (w, h) = class.look.figure.size_for(width, lines.len() as f64 * font * 1.22);
                let caption = &class.caption;
                let full = if cut || label.ends_with('…') { line_label(self.graph, index) } else { label.clone() };
                let mut title = if caption.is_empty() { full } else { format!("{full} ({caption})") };
                if let Some(figure) = &node.measured {
                    title = figure_title(line_label(self.graph, index), figure);
                }
                if let Some(group) = node.group.as_ref().map(|group| text::one_line(&group.label)).filter(|g| !g.is_empty() && g != caption)
                {
                    title.push_str(&format!(" · {group}"));
                }
                for fact in node.facts.iter().filter(|fact| fact.disputed) {
                    title.push_str(&format!("; {}: {}", text::one_line(&fact.label), text::one_line(&fact.told())));
                }
                Some(Spot { index, lines, font, w, h, look: class.look, group: member.get(&at).copied(), title })
            })
            .collect()
    }

    /// Whether a thing says something beside its name, so that its places are numbered: a claim drawn as a thing, a date on a scale.
    fn is_numbered(&self, index: usize) -> bool {
        let node = &self.graph.nodes[index];
        let dated = || node.bounds.as_ref().is_some_and(|span| *span != TimeSpan::default()) || !node.spans.is_empty();
        self.options.cite && (node.is_claim || (self.options.layout == Layout::Timeline && dated()))
    }

    /// The places of the things that are numbered, after those of the ties.
    fn note_nodes(&mut self, kept: &[usize]) {
        let graph = self.graph;
        for node in kept.iter().filter(|index| self.is_numbered(**index)).map(|index| &graph.nodes[*index]).collect::<Vec<_>>() {
            for citation in node.citations.iter().chain(node.spans.iter().flat_map(|dated| &dated.citations)) {
                if !self.footnotes.contains(citation) {
                    self.footnotes.push(citation.clone());
                }
            }
        }
    }

    /// The footnote numbers of a thing that says something beside its name.
    pub(crate) fn node_numbers(&self, index: usize) -> String {
        let node = &self.graph.nodes[index];
        let dated = node.spans.iter().flat_map(|dated| &dated.citations);
        if self.is_numbered(index) { self.numbered(node.citations.iter().chain(dated)) } else { String::new() }
    }

    /// What stands behind a thing's name in the picture: footnote numbers and the sign of disagreement; nothing, or ` [1, 2] ‡`.
    pub(crate) fn tail(&self, index: usize, numbers: &str) -> String {
        let numbers = if numbers.is_empty() { String::new() } else { format!(" {numbers}") };
        format!("{numbers}{}", if self.graph.nodes[index].disputed { DISPUTED } else { "" })
    }

    /// What a thing is called in the picture, with what stands behind it.
    pub(crate) fn called(&self, index: usize) -> String {
        format!("{}{}", plain_label(self.graph, index), self.tail(index, &self.node_numbers(index)))
    }

    /// Whether a node's text is set bold: decided by its font size, so that it is said once.
    pub(crate) fn weight_of(spot: &Spot) -> Weight {
        if spot.font > 10.5 + 3.5 * 0.55 { Weight::Bold } else { Weight::Regular }
    }

    /// Ties into strands: those that say the same in the same direction become one; too many between two nodes become one.
    fn gather(&mut self, mut ties: Vec<usize>, place: &BTreeMap<usize, usize>) -> Vec<Strand> {
        let graph = self.graph;
        let ends = |t: usize| {
            let tie = &graph.ties[t];
            let (a, b) = (place[&tie.from], place[&tie.to]);
            if !tie.directed && b < a { (b, a) } else { (a, b) }
        };
        let key = |t: usize| {
            let (a, b) = ends(t);
            let tie = &graph.ties[t];
            (a.min(b), a.max(b), a > b, &tie.relation, &tie.label, tie.line, &tie.note, tie.directed, money::currency(tie))
        };
        ties.sort_by(|&s, &t| key(s).cmp(&key(t)).then_with(|| rest(&graph.ties[s]).cmp(&rest(&graph.ties[t]))));
        for &t in &ties {
            let tie = &graph.ties[t];
            if tie.line != Line::Solid {
                let note = text::one_line(tie.note.as_deref().unwrap_or_default());
                *self.lines.entry((tie.line, note)).or_default() += 1;
            }
        }
        if self.options.cite {
            let mut seen = BTreeSet::new();
            for citation in ties.iter().flat_map(|&t| graph.ties[t].citations.iter().chain(&graph.ties[t].also)) {
                if seen.insert(citation) {
                    self.footnotes.push(citation.clone());
                }
            }
        }
        let mut strands = Vec::new();
        for pair in ties.chunk_by(|&s, &t| (key(s).0, key(s).1) == (key(t).0, key(t).1)) {
            let same: Vec<&[usize]> = pair.chunk_by(|&s, &t| key(s) == key(t)).collect();
            // Sums of money stand for themselves: those of two currencies are not one tie of no amount.
            if same.len() > MOST_STRANDS && pair.iter().all(|&t| graph.ties[t].amount.is_none()) {
                strands.push(self.strand(pair, ends(pair[0]), 0.0, 1, place));
                continue;
            }
            for (k, ties) in same.iter().enumerate() {
                let lane = k as f64 - (same.len() as f64 - 1.0) / 2.0;
                strands.push(self.strand(ties, ends(ties[0]), lane, same.len(), place));
            }
        }
        let all = match self.options.labels {
            Labels::All => true,
            Labels::None => false,
            Labels::Auto => strands.len() <= MOST_LABELS,
        };
        if !all {
            for strand in &mut strands {
                strand.label.clear();
                // What hides in a picture does no harm in a file.
                if self.options.labels == Labels::None {
                    strand.whole.clear();
                }
            }
        }
        for strand in &mut strands {
            let cited = self.options.cite && strand.money.is_none();
            let numbers = if cited { self.numbers(&strand.ties) } else { String::new() };
            let sign = if strand.ties.iter().any(|&t| !graph.ties[t].disputed.is_empty()) { DISPUTED.trim() } else { "" };
            let signed = strand.label.ends_with(DISPUTED);
            strand.numbers = if signed { numbers } else { [numbers.as_str(), sign].join(" ").trim().to_owned() };
            for label in [&mut strand.label, &mut strand.whole] {
                *label = [label.as_str(), &strand.numbers].join(" ").trim().to_owned();
            }
        }
        strands
    }

    /// The footnote numbers of ties: "[2, 5]".
    pub(crate) fn numbers(&self, ties: &[usize]) -> String {
        self.numbered(ties.iter().flat_map(|&t| self.graph.ties[t].citations.iter().chain(&self.graph.ties[t].also)))
    }

    /// The footnote numbers of places: "[2, 5]"; nothing where footnotes are not asked for.
    pub(crate) fn numbered<'c>(&self, places: impl Iterator<Item = &'c Citation>) -> String {
        super::footnotes::numbered(&self.footnotes, places)
    }

    fn strand(&self, ties: &[usize], (from, to): (usize, usize), lane: f64, lanes: usize, place: &BTreeMap<usize, usize>) -> Strand {
        let graph = self.graph;
        let first = &graph.ties[ties[0]];
        let mixed = ties.iter().any(|&t| graph.ties[t].relation != first.relation || graph.ties[t].label != first.label);
        let named = |i: usize| line_label(graph, i);
        let count = counted(graph, ties.iter().copied());
        let money = if mixed { None } else { Money::of(graph, &self.footnotes, &self.split, ties, count) };
        let mut said: Vec<String> = Vec::new();
        for &t in ties {
            let tie = &graph.ties[t];
            // A tie without a direction reads the same from whichever end it was written.
            let turned = !tie.directed && place.get(&tie.to) < place.get(&tie.from);
            let (one, other) = if turned { (tie.to, tie.from) } else { (tie.from, tie.to) };
            let mut sentence = format!("{} {} {}", text::isolated(&named(one)), line_reading(tie), text::isolated(&named(other)));
            sentence.extend(tie.note.as_deref().map(|n| format!(" ({})", text::one_line(n))));
            sentence.extend(money::amount(tie).map(|amount| format!(", {amount}")));
            let when = tie.bounds.as_ref().map(|b| civigraph_values::spoken::words(&text::one_line(&b.label))).filter(|l| !l.is_empty());
            sentence.extend(when.map(|w| format!(", {w}")));
            if !tie.disputed.is_empty() {
                sentence.push_str(&places(tie));
                sentence.push_str(DISPUTED);
            }
            if !said.contains(&sentence) {
                said.push(sentence);
            }
        }
        let mut title = said[..said.len().min(MOST_SAID)].join("; ");
        if said.len() > MOST_SAID {
            title.push_str(&format!("; and {} more", said.len() - MOST_SAID));
        }
        let label = |reading: String| match &money {
            _ if mixed => format!("{count} ties"),
            Some(money) => format!("{reading}: {}", money.said),
            None if count > 1 => format!("{reading} ×{count}"),
            None => reading,
        };
        let (label, whole) = (label(reading(first)), label(line_reading(first)));
        let relation = self.relations.binary_search_by(|r| r.key.cmp(&first.relation)).ok();
        let theme = self.options.theme;
        let neutral = TieLook { ink: theme.faint(), text: theme.faint(), line: Line::Solid };
        let look = relation.filter(|_| !mixed).map_or(neutral, |r| self.relations[r].look);
        let line = if mixed {
            Line::Solid
        } else if first.line == Line::Solid {
            look.line
        } else {
            first.line
        };
        let (mut forward, mut back) = (false, false);
        for tie in ties.iter().map(|&t| &graph.ties[t]).filter(|tie| tie.directed) {
            if place.get(&tie.from) == Some(&from) { forward = true } else { back = true }
        }
        Strand {
            ties: ties.to_vec(),
            from,
            to,
            heads: (back, forward),
            label,
            whole,
            count,
            numbers: String::new(),
            money,
            title,
            sentences: said,
            look,
            line,
            lane: if from > to { -lane } else { lane },
            lanes,
            width: 1.1 + 0.5 * (count as f64).sqrt().min(5.0),
        }
    }
}

/// What orders ties that are drawn alike, so that footnotes and lists do not depend on the input's order.
fn rest(tie: &Tie) -> impl Ord + '_ {
    let amount = tie.amount.as_ref().map(|a| (a.value.unwrap_or(-1.0).to_bits(), a.qualifier, &a.currency));
    (&tie.relation_label, &tie.claim, &tie.citations, &tie.bounds, amount, &tie.also)
}

/// How many of some ties there are: those that places tell differently of one claim are one.
pub(crate) fn counted(graph: &Graph, ties: impl Iterator<Item = usize>) -> usize {
    let mut alone = 0;
    let mut claims = BTreeSet::new();
    for tie in ties.map(|t| &graph.ties[t]) {
        if tie.counts_as().is_empty() {
            alone += 1;
        } else {
            claims.insert((tie.counts_as(), tie.from, tie.to, &tie.relation));
        }
    }
    alone + claims.len()
}

/// The places that a tie rests on, in brackets.
fn places(tie: &Tie) -> String {
    let places: Vec<String> = tie.citations.iter().map(|c| text::one_line(if c.label.is_empty() { &c.iri } else { &c.label })).collect();
    if places.is_empty() { String::new() } else { format!(" [{}]", places.join("; ")) }
}

/// How a tie reads on the page: its label, or its relation's; never more than a paragraph.
pub(crate) fn reading(tie: &Tie) -> String {
    cut(line_reading(tie))
}

/// How a tie reads in one line: its label, or its relation's.
pub(crate) fn line_reading(tie: &Tie) -> String {
    let label = text::one_line(&tie.label);
    if label.is_empty() { text::one_line(&tie.relation_label) } else { label }
}

/// How a tie reads in files that other programs compute with: as it was written, whole.
pub(crate) fn whole_reading(tie: &Tie) -> &str {
    if tie.label.trim().is_empty() { &tie.relation_label } else { &tie.label }
}

/// No text drawn on a page needs to be longer than a paragraph: the rest is in the tooltip, the table and the files. No letter is parted
/// from the marks on it.
fn cut(label: String) -> String {
    if label.len() <= MOST_LETTERS {
        return label;
    }
    let mut ends = label.grapheme_indices(true).map(|(at, _)| at);
    match (ends.nth(MOST_LETTERS - 1), ends.next()) {
        (Some(last), Some(_)) => format!("{}…", label[..last].trim_end()),
        _ => label,
    }
}

/// What a node is called in files that other programs compute with: as it was written, whole.
pub(crate) fn whole_label(graph: &Graph, index: usize) -> &str {
    let node = &graph.nodes[index];
    [node.label.as_str(), node.id.as_str()].into_iter().find(|name| !name.trim().is_empty()).unwrap_or("(no name)")
}

/// What a node is called in one line: its label, or its id if it has none.
pub(crate) fn line_label(graph: &Graph, index: usize) -> String {
    let node = &graph.nodes[index];
    let lines = [&node.label, &node.id].map(|name| text::one_line(name));
    lines.into_iter().find(|line| !line.is_empty()).unwrap_or_else(|| "(no name)".to_owned())
}

/// What a node is called on the page: its label, or its id if it has none; never more than a paragraph.
pub(crate) fn label_of(graph: &Graph, index: usize) -> String {
    cut(line_label(graph, index))
}

/// What a node is called in the picture: with the sign of disagreement where places contradict each other about it.
pub(crate) fn drawn_label(graph: &Graph, index: usize) -> String {
    let label = plain_label(graph, index);
    if graph.nodes[index].disputed { format!("{label}{DISPUTED}") } else { label }
}

/// The same without the sign: a figure says what it is of as well.
fn plain_label(graph: &Graph, index: usize) -> String {
    match &graph.nodes[index].measured {
        Some(figure) => cut(figure_title(line_label(graph, index), figure)),
        None => label_of(graph, index),
    }
}

/// Claims whose amounts places give in different currencies.
fn split(graph: &Graph) -> BTreeSet<&str> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for tie in graph.ties.iter().filter(|tie| !tie.counts_as().is_empty()) {
        found.entry(tie.counts_as()).or_default().extend(money::currency(tie));
    }
    found.into_iter().filter(|(_, currencies)| currencies.len() > 1).map(|(claim, _)| claim).collect()
}

/// What a node is called in one line where nothing else can tell its number: a figure in a sentence, anything else by its name.
pub(crate) fn full_label(graph: &Graph, index: usize) -> String {
    let name = line_label(graph, index);
    match &graph.nodes[index].measured {
        Some(figure) => figure_title(name, figure),
        None => name,
    }
}

/// A figure in a sentence: "Pakistan: criminality rank no. 4 of 48, among Asia".
fn figure_title(name: String, figure: &crate::graph::Measured) -> String {
    let details: String =
        figure.details.iter().map(|fact| format!(", {} {}", text::one_line(&fact.label), text::one_line(&fact.value))).collect();
    format!("{name}: {} {}{details}", text::one_line(&figure.measure.label), figure.said())
}

fn class_keys(graph: &Graph, kept: &[usize], style: &Style, options: &Options) -> Vec<Key<NodeLook>> {
    let mut found: BTreeMap<&str, (usize, BTreeSet<String>)> = BTreeMap::new();
    // Several figures of one thing are one thing.
    let mut things = BTreeSet::new();
    for node in kept.iter().map(|&i| &graph.nodes[i]) {
        let entry = found.entry(&node.class).or_default();
        let of = node.measured.as_ref().map(|figure| figure.of.as_str()).filter(|of| !of.is_empty());
        entry.0 += usize::from(of.is_none_or(|of| things.insert((&node.class, of))));
        entry.1.insert(text::one_line(&node.class_label));
    }
    let mut unstyled = 0;
    let mut keys = Vec::new();
    for (key, (count, labels)) in found {
        let known = style.nodes.get(key);
        let caption = known.and_then(|s| s.caption.as_deref()).map(text::one_line);
        let caption = caption.or_else(|| labels.into_iter().find(|l| !l.is_empty()));
        let look = style.node(key, unstyled, options.theme);
        unstyled += usize::from(known.is_none_or(|s| s.fill.is_none()));
        keys.push(Key { key: key.to_owned(), caption: caption.unwrap_or_default(), count, look });
    }
    keys
}

fn relation_keys(graph: &Graph, ties: &[usize], style: &Style, options: &Options) -> Vec<Key<TieLook>> {
    let mut found: BTreeMap<&str, (Vec<usize>, BTreeSet<String>)> = BTreeMap::new();
    for (t, tie) in ties.iter().map(|&t| (t, &graph.ties[t])) {
        let entry = found.entry(&tie.relation).or_default();
        entry.0.push(t);
        let label = text::one_line(&tie.relation_label);
        entry.1.insert(if label.is_empty() { reading(tie) } else { label });
    }
    // Without styles, the most frequent relations get a colour of their own and the others share grey: a colour means one thing.
    let mut unstyled: Vec<(usize, &str)> = found
        .iter()
        .filter(|(key, _)| style.ties.get(**key).is_none_or(|s| s.ink.is_none()))
        .map(|(key, (own, _))| (counted(graph, own.iter().copied()), *key))
        .collect();
    unstyled.sort_by_key(|&(count, key)| (std::cmp::Reverse(count), key));
    let mut keys = Vec::new();
    for (key, (own, labels)) in found {
        let count = counted(graph, own.into_iter());
        let known = style.ties.get(key);
        let caption = known.and_then(|s| s.caption.as_deref()).map(text::one_line);
        let caption = caption.or_else(|| labels.into_iter().find(|l| !l.is_empty()));
        let look = style.tie(key, unstyled.iter().position(|u| u.1 == key).unwrap_or(0), options.theme);
        keys.push(Key { key: key.to_owned(), caption: caption.unwrap_or_default(), count, look });
    }
    keys
}

fn bands(graph: &Graph, kept: &[usize]) -> Vec<Band> {
    let mut found: BTreeMap<&str, (BTreeSet<String>, Vec<usize>)> = BTreeMap::new();
    for (at, &index) in kept.iter().enumerate() {
        if let Some(group) = &graph.nodes[index].group {
            let entry = found.entry(&group.key).or_default();
            entry.0.insert(text::one_line(&group.label));
            entry.1.push(at);
        }
    }
    found
        .into_iter()
        .enumerate()
        .map(|(n, (key, (labels, members)))| {
            let label = labels.into_iter().find(|l| !l.is_empty()).unwrap_or_else(|| text::one_line(key));
            Band { group: Group { key: key.to_owned(), label }, members, hue: super::style::hue(n) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_is_cut_between_letters_and_says_so() {
        // Letters of several signs: a base with its marks, a family, a flag.
        for letter in ["e\u{301}\u{323}", "👩‍👩‍👧", "🇵🇰", "क्षि", "x"] {
            let cut = cut(letter.repeat(300));
            let kept = cut.strip_suffix('…').expect("it says that it is cut");
            assert!(kept.graphemes(true).all(|one| one == letter), "{cut}");
            assert_eq!(cut.graphemes(true).count(), MOST_LETTERS, "{letter}");
            assert_eq!(super::cut(letter.repeat(MOST_LETTERS)), letter.repeat(MOST_LETTERS));
        }
    }

    #[test]
    fn tooltips_and_files_have_the_whole_of_what_a_picture_cuts() {
        let long = "supports ".repeat(60).trim().to_owned();
        let node = |id: &str| crate::graph::Node { id: id.to_owned(), label: format!("{id} {long}"), ..Default::default() };
        let tie = Tie { from: 0, to: 1, label: long.clone(), directed: true, ..Tie::default() };
        let graph = Graph { nodes: vec![node("a"), node("b")], ties: vec![tie], ..Graph::default() };
        let (style, options) = (Style::default(), Options::default());
        let plan = Plan::new(&graph, &style, &options).expect("a plan");
        let strand = &plan.strands[0];
        assert!(strand.label.ends_with('…') && strand.whole == long);
        assert_eq!(strand.title, format!("a {long} {long} b {long}"));
        assert!(plan.nodes[0].title.contains(&long));
    }
}
