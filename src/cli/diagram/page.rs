//! What the options of `civigraph diagram` say about the page: layout, theme, fonts, pinned places, title, sources and licence.

use std::collections::BTreeMap;
use std::path::Path;

use oxigraph::model::Term;

use super::DiagramArgs;
use crate::cli::{Failure, Reading};
use crate::diagram::{Day, Direction, Graph, Labels, Layout, Options, Theme, is_font};
use crate::door::Door;
use crate::limits::{Limit, Limits};
use crate::query::Question;
use crate::view::Choice;
use crate::vocab::{cg, dcterms, rdf};

/// How the picture is drawn.
pub(super) fn options(args: &DiagramArgs, view: &Question, choice: &Choice) -> Result<Options, Failure> {
    let unknown = |what: &str, name: &str, all: &str| Failure::Usage(format!("no {what} `{name}`"), Some(format!("there are {all}")));
    let layout = args.layout.as_ref().or(view.settings.get("layout")).map_or("network", String::as_str);
    let direction = args.direction.as_ref().or(view.settings.get("direction")).map_or("right", String::as_str);
    if !args.dpi.is_finite() || !(18.0..=2400.0).contains(&args.dpi) {
        return Err(Failure::Usage(format!("expected 18 to 2400 dots per inch, found {}", args.dpi), None));
    }
    let labels = match args.labels.as_str() {
        "auto" => Labels::Auto,
        "all" => Labels::All,
        "none" => Labels::None,
        other => return Err(unknown("choice of labels", other, "auto, all, none")),
    };
    let day = |day: jiff::civil::Date| Day::parse(&day.to_string());
    Ok(Options {
        layout: Layout::parse(layout).ok_or_else(|| unknown("layout", layout, "network, hierarchy, timeline, flow"))?,
        direction: Direction::parse(direction).ok_or_else(|| unknown("direction", direction, "down, up, right, left"))?,
        theme: Theme::parse(&args.theme).ok_or_else(|| unknown("theme", &args.theme, "light, dark, print"))?,
        seed: args.seed,
        cite: args.cite,
        dpi: args.dpi,
        max_nodes: args.max_nodes,
        hulls: !args.no_groups,
        labels,
        pins: args.pin.as_deref().map(pins).transpose()?.unwrap_or_default(),
        from: choice.from.and_then(day),
        to: choice.to.and_then(day),
        fonts: args.font.iter().map(|path| font(path)).collect::<Result<_, _>>()?,
    })
}

/// A font file, which must be one.
fn font(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |why: String| Failure::Input(format!("cannot read the font {}: {why}", path.display()), None);
    let data = Door::named(Limits::default()).read(path, Limit::Text).map_err(|refused| unreadable(refused.words()))?;
    if is_font(&data) {
        Ok(data)
    } else {
        Err(Failure::Input(
            format!("{} is no font that can be read", path.display()),
            Some("TrueType and OpenType files (.ttf, .otf) can; of a collection (.ttc) the first font is taken".to_owned()),
        ))
    }
}

/// A side file of places: `id,x,y`, one a line, a header allowed.
fn pins(path: &Path) -> Result<BTreeMap<String, (f64, f64)>, Failure> {
    let mut pins = BTreeMap::new();
    let unreadable = |why: String| Failure::Input(format!("cannot read {}: {why}", path.display()), None);
    let bytes = Door::named(Limits::default()).read(path, Limit::Text).map_err(|refused| unreadable(refused.words()))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8 text".to_owned()))?;
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut cells = line.split(',').map(str::trim);
        let (id, x, y) = (cells.next().unwrap_or(""), cells.next().and_then(|x| x.parse().ok()), cells.next().and_then(|y| y.parse().ok()));
        match (x, y) {
            (Some(x), Some(y)) => {
                pins.insert(id.to_owned(), (x, y));
            }
            _ if index == 0 => {}
            _ => return Err(Failure::Input(format!("{}:{}: expected id,x,y, found `{line}`", path.display(), index + 1), None)),
        }
    }
    Ok(pins)
}

/// Title, date, sources and licence: what the page says about itself.
pub(super) fn furnish(graph: &mut Graph, args: &DiagramArgs, view: &Question, choice: &Choice, reading: &Reading) {
    let shown = reading.shown(false);
    let title = args.title.clone().or_else(|| view.settings.get("title").cloned()).unwrap_or_else(|| view.title.clone());
    graph.title = match &choice.focus {
        Some(focus) if args.title.is_none() => {
            format!("{title}: {}", shown.label(focus.as_ref()).unwrap_or_else(|| shown.term(&focus.clone().into())))
        }
        _ => title,
    };
    graph.subtitle = reading.project.title.clone();
    let mut as_of = choice.at.map(|day| day.to_string());
    for source in reading.store.quads(None, Some(rdf::TYPE), Some(cg::SOURCE.into()), Some(crate::store::In::Default)).flatten() {
        let oxigraph::model::NamedOrBlankNode::NamedNode(source) = source.subject else { continue };
        let text = |property| {
            reading.store.objects(source.as_ref(), property).unwrap_or_default().into_iter().next().map(|term| shown.term(&term))
        };
        if let Some(title) = text(dcterms::TITLE) {
            let publisher =
                reading.store.objects(source.as_ref(), dcterms::PUBLISHER).unwrap_or_default().into_iter().next().map(|term| match &term {
                    Term::NamedNode(node) => shown.label(node.as_ref()).unwrap_or_else(|| shown.term(&term)),
                    other => shown.term(other),
                });
            graph.sources.push(publisher.map_or_else(|| title.clone(), |publisher| format!("{title} ({publisher})")));
        }
        if choice.at.is_none() {
            as_of = as_of.max(text(cg::AS_OF));
        }
        graph.licence = graph.licence.take().or_else(|| text(dcterms::LICENSE));
    }
    if let Some(said) = &args.source_line {
        graph.sources = vec![said.clone()];
    }
    if let Some(licence) = &args.licence {
        graph.licence = Some(licence.clone());
    }
    if let Some(note) = view.settings.get("note") {
        graph.notes.insert(0, note.trim_end_matches('.').to_owned());
    }
    let span = match (choice.from, choice.to) {
        (Some(from), Some(to)) => Some(format!("{from} to {to}")),
        (Some(from), None) => Some(format!("from {from}")),
        (None, Some(to)) => Some(format!("to {to}")),
        (None, None) => None,
    };
    let day = as_of.map(|day| match (choice.at, choice.certain) {
        (None, _) => format!("as of {day}"),
        (Some(_), true) => format!("what certainly held on {day}"),
        (Some(_), false) => format!("what held, or may have held, on {day}"),
    });
    graph.as_of = Some([span, day].into_iter().flatten().collect::<Vec<_>>().join(" · ")).filter(|text| !text.is_empty());
}
