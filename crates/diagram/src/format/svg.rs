//! SVG, written by hand: every item a group with a title and the ids of what it shows, every text escaped, no script, no style sheet.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use crate::Options;
use crate::geometry::Step;
use crate::graph::{Graph, Line};
use crate::scene::{Anchor, Item, Mark, Of, Paint, Scene, Stroke, Text};
use crate::style::Colour;
use crate::text::{ARABIC_FAMILY, FAMILY, Run, Weight, escape, family, is_ordered_alone};

/// The families the texts were measured in, then what a reader may have.
struct Families {
    /// For the whole page.
    page: String,
    /// For what the first of them does not show.
    other: String,
}

impl Families {
    fn new(options: &Options) -> Self {
        let given: String = options.fonts.iter().filter_map(|data| family(data)).map(|name| format!("'{name}', ")).collect();
        let others = "Verdana, 'Noto Sans', 'Noto Naskh Arabic', sans-serif";
        Self {
            page: format!("'{FAMILY}', {given}'{ARABIC_FAMILY}', {others}"),
            other: format!("{given}'{ARABIC_FAMILY}', '{FAMILY}', {others}"),
        }
    }

    /// Whether a face is of the page's first family.
    fn is_first(face: usize) -> bool {
        face < 2
    }
}

/// The scene as a document of its own.
pub(super) fn picture(graph: &Graph, scene: &Scene, options: &Options) -> String {
    let mut svg = String::with_capacity(scene.items.len() * 300);
    let (w, h) = (number(scene.width), number(scene.height));
    let language = escape(&scene.language);
    let families = Families::new(options);
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" lang=\"{language}\" xml:lang=\"{language}\" role=\"img\" aria-labelledby=\"title desc\" direction=\"ltr\" font-family=\"{}\">",
        escape(&families.page)
    );
    let title = if scene.title.is_empty() { "Diagram" } else { &scene.title };
    let _ = writeln!(svg, "<title id=\"title\">{}</title>", escape(title));
    let _ = writeln!(svg, "<desc id=\"desc\">{}</desc>", escape(&scene.description));
    definitions(&mut svg, scene);
    if let Some(ground) = scene.ground {
        let _ = writeln!(svg, "<rect width=\"{w}\" height=\"{h}\" fill=\"{ground}\"/>");
    }
    for item in &scene.items {
        group(&mut svg, graph, item, &families);
    }
    svg.push_str("</svg>\n");
    svg
}

/// Patterns and gradients, each once.
fn definitions(svg: &mut String, scene: &Scene) {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for mark in scene.items.iter().flat_map(|i| &i.marks) {
        if let Mark::Path { fill: Some(paint), .. } = mark {
            let id = paint_id(*paint);
            match *paint {
                Paint::Solid(..) => {}
                Paint::Hatched(colour) => {
                    let ground = scene.ground.unwrap_or(Colour(255, 255, 255));
                    found.insert(id.clone(), format!(
                        "<pattern id=\"{id}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" fill=\"{}\"/><rect width=\"2.2\" height=\"5\" fill=\"{colour}\"/></pattern>",
                        ground.mix(colour, 0.12)
                    ));
                }
                Paint::Fading { colour, from_left } => {
                    let (a, b) = if from_left { (0, 1) } else { (1, 0) };
                    found.insert(id.clone(), format!(
                        "<linearGradient id=\"{id}\"><stop offset=\"0\" stop-color=\"{colour}\" stop-opacity=\"{a}\"/><stop offset=\"1\" stop-color=\"{colour}\" stop-opacity=\"{b}\"/></linearGradient>"
                    ));
                }
            }
        }
    }
    if !found.is_empty() {
        svg.push_str("<defs>\n");
        for definition in found.values() {
            svg.push_str(definition);
            svg.push('\n');
        }
        svg.push_str("</defs>\n");
    }
}

fn paint_id(paint: Paint) -> String {
    let hex = |c: Colour| c.to_string().trim_start_matches('#').to_owned();
    match paint {
        Paint::Solid(..) => String::new(),
        Paint::Hatched(colour) => format!("hatch-{}", hex(colour)),
        Paint::Fading { colour, from_left } => format!("fade-{}-{}", if from_left { "in" } else { "out" }, hex(colour)),
    }
}

fn group(svg: &mut String, graph: &Graph, item: &Item, families: &Families) {
    let id = |n: usize| escape(graph.nodes.get(n).map_or("", |node| node.id.as_str()));
    svg.push_str("<g");
    match &item.of {
        Of::Page => {}
        Of::Group(key) => {
            let _ = write!(svg, " class=\"group\" data-group=\"{}\"", escape(key));
        }
        Of::Node(n) => {
            let class = graph.nodes.get(*n).map_or("", |node| node.class.as_str());
            let _ = write!(svg, " class=\"node\" data-id=\"{}\" data-class=\"{}\"", id(*n), escape(class));
        }
        Of::Tie { ties, from, to } => {
            let mut relations: Vec<&str> = ties.iter().filter_map(|&t| graph.ties.get(t)).map(|t| t.relation.as_str()).collect();
            relations.sort_unstable();
            relations.dedup();
            let relations: Vec<String> = relations.iter().map(|r| escape(&r.replace(' ', "%20"))).collect();
            let _ =
                write!(svg, " class=\"tie\" data-from=\"{}\" data-to=\"{}\" data-relation=\"{}\"", id(*from), id(*to), relations.join(" "));
        }
        Of::ClassKey(key) => {
            let _ = write!(svg, " class=\"key\" data-key-class=\"{}\"", escape(key));
        }
        Of::RelationKey(key) => {
            let _ = write!(svg, " class=\"key\" data-key-relation=\"{}\"", escape(&key.replace(' ', "%20")));
        }
    }
    svg.push('>');
    if !item.title.is_empty() {
        let _ = write!(svg, "<title>{}</title>", escape(&item.title));
    }
    for mark in &item.marks {
        match mark {
            Mark::Path { steps, fill, stroke } => path(svg, steps, *fill, *stroke),
            Mark::Text(text) => line(svg, text, families),
        }
    }
    svg.push_str("</g>\n");
}

fn path(svg: &mut String, steps: &[Step], fill: Option<Paint>, stroke: Option<Stroke>) {
    svg.push_str("<path d=\"");
    for step in steps {
        let letter = match step {
            Step::Move(_) => 'M',
            Step::Line(_) => 'L',
            Step::Curve(..) => 'C',
            Step::Close => 'Z',
        };
        svg.push(letter);
        for (k, p) in step.points().enumerate() {
            if k > 0 {
                svg.push(' ');
            }
            let _ = write!(svg, "{} {}", number(p.x), number(p.y));
        }
    }
    svg.push('"');
    match fill {
        None => svg.push_str(" fill=\"none\""),
        Some(Paint::Solid(colour, opacity)) => {
            let _ = write!(svg, " fill=\"{colour}\"");
            if opacity < 1.0 {
                let _ = write!(svg, " fill-opacity=\"{}\"", number(opacity));
            }
        }
        Some(paint) => {
            let _ = write!(svg, " fill=\"url(#{})\"", paint_id(paint));
        }
    }
    if let Some(Stroke { ink, width, line }) = stroke {
        let _ = write!(svg, " stroke=\"{ink}\" stroke-width=\"{}\"", number(width));
        match line {
            Line::Solid => {}
            Line::Dashed => {
                let _ = write!(svg, " stroke-dasharray=\"{} {}\"", number(width * 4.0), number(width * 2.6));
            }
            Line::Dotted => {
                let _ = write!(svg, " stroke-dasharray=\"0 {}\" stroke-linecap=\"round\"", number(width * 2.4));
            }
        }
    }
    svg.push_str("/>");
}

fn line(svg: &mut String, text: &Text, families: &Families) {
    // A right-to-left text is always anchored in its middle: "start" would mean its right end to some programs and its left to others.
    let rtl = text.line.is_rtl;
    let (x, anchor) = match text.anchor {
        _ if rtl => (text.bounds().centre().x, " text-anchor=\"middle\" direction=\"rtl\""),
        Anchor::Left => (text.at.x, ""),
        Anchor::Middle => (text.at.x, " text-anchor=\"middle\""),
        Anchor::Right => (text.at.x, " text-anchor=\"end\""),
    };
    let _ = write!(svg, "<text x=\"{}\" y=\"{}\"{anchor} font-size=\"{}\"", number(x), number(text.at.y), number(text.size));
    if text.weight == Weight::Bold {
        svg.push_str(" font-weight=\"bold\"");
    }
    // Letters of one word must not come from two families: what is of another family than the page's first says so.
    let mut runs: Vec<&Run> = text.line.runs.iter().collect();
    runs.sort_by_key(|run| run.text.start);
    let others = runs.iter().filter(|run| !Families::is_first(run.face)).count();
    let other_whole = others == runs.len() && others > 0;
    if other_whole {
        let _ = write!(svg, " font-family=\"{}\"", escape(&families.other));
    }
    // Seen by itself a line of a longer text could be ordered otherwise: then every run is told its direction.
    let parts: Vec<(Range<usize>, u8)> = runs.iter().map(|run| (run.text.clone(), run.level)).collect();
    let told = !is_ordered_alone(&text.line.text, rtl, &parts);
    if told {
        svg.push_str(" unicode-bidi=\"bidi-override\"");
    }
    if let Some(halo) = text.halo {
        let _ = write!(svg, " stroke=\"{halo}\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\"");
    }
    let _ = write!(svg, " fill=\"{}\">", text.ink);
    let words = |range: Range<usize>| escape(text.line.text.get(range).unwrap_or_default());
    if !told && (others == 0 || other_whole) {
        svg.push_str(&words(0..text.line.text.len()));
    } else {
        let base = u8::from(rtl);
        let mut depth = base;
        for run in runs {
            let level = if told { run.level.max(base) } else { base };
            while depth > level {
                svg.push_str("</tspan>");
                depth -= 1;
            }
            while depth < level {
                depth += 1;
                let direction = if depth % 2 == 1 { "rtl" } else { "ltr" };
                let _ = write!(svg, "<tspan direction=\"{direction}\" unicode-bidi=\"bidi-override\">");
            }
            if Families::is_first(run.face) || other_whole {
                svg.push_str(&words(run.text.clone()));
            } else {
                let _ = write!(svg, "<tspan font-family=\"{}\">{}</tspan>", escape(&families.other), words(run.text.clone()));
            }
        }
        for _ in base..depth {
            svg.push_str("</tspan>");
        }
    }
    svg.push_str("</text>");
}

/// A number with at most two decimals and no trailing zeros; what is no number is zero.
pub(super) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let rounded = (value * 100.0).round() / 100.0;
    // No "-0".
    let rounded = if rounded == 0.0 { 0.0 } else { rounded };
    format!("{rounded}")
}
