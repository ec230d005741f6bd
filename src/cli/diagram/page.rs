//! What the options of `civigraph diagram` say about the page: layout, theme, fonts, pinned places, title, sources and licence.

use std::collections::BTreeMap;
use std::path::Path;

use super::DiagramArgs;
use crate::cli::{Failure, Session};
use crate::diagram::{Day, Direction, Graph, Labels, Layout, Options, Theme, is_font};
use crate::door::Door;
use crate::limits::{Limit, Limits};
use crate::query::Question;
use crate::view::Choice;

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
        layout: Layout::parse(layout).ok_or_else(|| unknown("layout", layout, &layouts()))?,
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

/// The names of all layouts.
fn layouts() -> String {
    Layout::TABLE.iter().map(|row| row.1).collect::<Vec<_>>().join(", ")
}

/// Whether a layout has what it needs of a view: a timeline dates, bars figures.
pub(super) fn suits(layout: Layout, graph: &Graph, view: &Question, views: &[Question]) -> Result<(), Failure> {
    let dated = || {
        graph.nodes.iter().any(|node| node.bounds.is_some() || !node.spans.is_empty()) || graph.ties.iter().any(|tie| tie.bounds.is_some())
    };
    let (lacks, needs, name) = match layout {
        Layout::Timeline => (!dated(), "dates", "timeline"),
        Layout::Bars => (graph.nodes.iter().all(|node| node.measured.is_none()), "figures", "bars"),
        Layout::Lines => (
            !graph.nodes.iter().any(|node| node.measured.is_some() && (node.bounds.is_some() || !node.spans.is_empty())),
            "figures with a time",
            "lines",
        ),
        _ => return Ok(()),
    };
    if !lacks {
        return Ok(());
    }
    let others: Vec<String> = views
        .iter()
        .filter(|other| other.name != view.name && other.settings.get("layout").is_some_and(|layout| layout == name))
        .map(|other| format!("`{}`", other.name))
        .collect();
    let hint = match others.as_slice() {
        [] => format!("`docs/views.md` tells how a view gives {needs}"),
        [one] => format!("the view {one} does"),
        several => format!("the views {} do", several.join(", ")),
    };
    Err(Failure::Usage(format!("nothing that the view `{}` shows has {needs}, which the layout {name} is made of", view.name), Some(hint)))
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

/// What the page says about itself, as it was asked to.
pub(super) fn furnish(graph: &mut Graph, args: &DiagramArgs, view: &Question, choice: &Choice, session: &Session) {
    session.furnish(graph, view, choice);
    if let Some(title) = &args.title {
        graph.title.clone_from(title);
    }
    if let Some(said) = &args.source_line {
        graph.sources = vec![said.clone()];
    }
    if let Some(licence) = &args.licence {
        graph.licence = Some(licence.clone());
    }
}
