//! `civigraph diagram`: a view of the graph as a picture or a graph file.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use oxigraph::model::{NamedNode, Term};

use super::{Failure, Outcome, Output, Reading, Session};
use crate::diagram::{DiagramError, Direction, Format, Graph, Layout, Options, Theme, lay_out};
use crate::nearest::nearest;
use crate::query::value::Known;
use crate::query::{self, Question};
use crate::view::{self, Choice, Drawn};
use crate::vocab::{cg, dcterms, rdf};

/// Draw a view of the graph; without a name, list the views
///
/// The same graph gives the same bytes. The ending of -o decides the format.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph diagram\n  civigraph diagram partnerships -o partnerships.svg\n  civigraph diagram partnerships --focus net4u-asia --depth 2 --cite -o brief.pdf\n  civigraph diagram membership --at 2025-06-01 -o june.png"
)]
pub struct DiagramArgs {
    /// The view
    #[arg(value_name = "VIEW", add = clap_complete::ArgValueCompleter::new(super::completions::views))]
    view: Option<String>,
    /// Write to a file, whose ending decides the format; without it SVG goes to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The format, where the file's ending does not say it
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<String>,
    /// Only what is near this thing
    #[arg(long, value_name = "ID")]
    focus: Option<String>,
    /// How many ties away from the focus
    #[arg(long, value_name = "N", default_value = "1")]
    depth: usize,
    /// What held on this day
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// With --at: only what certainly held then
    #[arg(long)]
    certain: bool,
    /// Only things of this kind (may be repeated)
    #[arg(long, value_name = "KIND")]
    include: Vec<String>,
    /// No things of this kind (may be repeated)
    #[arg(long, value_name = "KIND")]
    exclude: Vec<String>,
    /// Only ties of this role or property (may be repeated)
    #[arg(long, value_name = "ROLE")]
    only: Vec<String>,
    /// Number the ties and list their citations under the picture
    #[arg(long)]
    cite: bool,
    /// network, hierarchy, timeline, flow; the view says which unless this does
    #[arg(long, value_name = "LAYOUT")]
    layout: Option<String>,
    /// right or down, for hierarchies
    #[arg(long, value_name = "WAY")]
    direction: Option<String>,
    /// light, dark or print
    #[arg(long, value_name = "THEME", default_value = "light")]
    theme: String,
    /// Dots per inch of a PNG
    #[arg(long, value_name = "DPI", default_value = "192")]
    dpi: f64,
    /// Draw at most so many things, the best connected, and say what was left out
    #[arg(long, value_name = "N")]
    max_nodes: Option<usize>,
    /// Another picture of the same graph
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
    /// Do not draw groups
    #[arg(long)]
    no_groups: bool,
    /// Keep the places that a CSV file of id,x,y gives
    #[arg(long, value_name = "FILE")]
    pin: Option<PathBuf>,
    /// A title other than the view's
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Lay out with Graphviz, if it is installed: dot, neato, fdp, sfdp
    #[arg(long, value_name = "ENGINE")]
    engine: Option<String>,
}

/// Runs the command.
pub fn run(args: &DiagramArgs, session: &Session) -> Outcome {
    let project = session.project()?;
    let (views, _) = query::questions_under(&project, "queries/diagrams", |_| true)?;
    let Some(name) = &args.view else { return list(&views).map_err(Failure::from) };
    let view = query::named(&views, name).map_err(|near| {
        let hint = near.first().map_or_else(|| "`civigraph diagram` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
        Failure::Usage(format!("there is no view `{name}`"), Some(hint))
    })?;
    let format = format(args)?;
    let options = options(args, view)?;
    let reading = Reading::open(session)?;
    let prefixes = &reading.opened.ontology.prefixes;
    let parsed = query::parse(&view.asset.text, prefixes)
        .map_err(|error| Failure::Input(format!("{}:{}:{}: {}", view.asset.path, error.line, error.column, error.message), None))?;
    let choice = choice(args, &reading)?;
    let bound = match (&choice.focus, view.parameters.iter().find(|parameter| parameter.name == "focus")) {
        (Some(focus), Some(_)) => query::bind(parsed, &[("focus".to_owned(), focus.clone().into())]),
        _ => parsed,
    };
    let drawn = Drawn { directed: view.settings.get("directed").is_none_or(|directed| directed != "no") };
    let shown = reading.shown(false);
    let mut graph = view::graph(bound, &choice, drawn, shown, &reading.opened.ontology, &reading.opened.schema)
        .map_err(|error| Failure::Input(format!("view `{}`: {error}", view.name), None))?;
    if graph.nodes.is_empty() {
        session.say(&format!(
            "the view `{}` has nothing to show{}",
            view.name,
            if choice.focus.is_some() { " near the focus" } else { "" }
        ));
        return Err(Failure::Found);
    }
    furnish(&mut graph, args, view, &choice, &reading);
    let style = view::style(&reading.opened.ontology, &reading.project.language);
    let failed = |error: DiagramError| match error {
        DiagramError::Write(error) => Failure::from(error),
        DiagramError::Format { .. } => Failure::Internal(error.to_string()),
        other => Failure::Usage(other.to_string(), None),
    };
    let mut out = Output::open(args.output.as_ref())?;
    let written = match &args.engine {
        Some(engine) => super::graphviz::draw(engine, &graph, &style, &options, format, out.writer()),
        None => lay_out(&graph, &style, &options)
            .and_then(|scene| format.write(&graph, &style, &scene, &options, &mut out.writer()))
            .map_err(failed),
    };
    match written {
        Ok(()) => out.finish()?,
        Err(failure) => {
            out.abandon();
            return Err(failure);
        }
    }
    session.say(&format!("{} things and {} ties", graph.nodes.len(), graph.ties.len()));
    for note in &graph.notes {
        session.say(&format!("note: {note}"));
    }
    Ok(())
}

fn list(views: &[Question]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let longest = views.iter().map(|view| view.name.chars().count()).max().unwrap_or(0);
    for view in views {
        let layout = view.settings.get("layout").map_or("network", String::as_str);
        writeln!(out, "{:<longest$}  {:<9}  {}", view.name, layout, view.title)?;
    }
    writeln!(out, "\ncivigraph diagram {} -o picture.svg", views.first().map_or("VIEW", |view| view.name.as_str()))
}

fn format(args: &DiagramArgs) -> Result<Format, Failure> {
    match args.format.clone().or(super::ending(args.output.as_ref())) {
        None => Ok(Format::Svg),
        Some(name) => Format::parse(&name).ok_or_else(|| {
            let all: Vec<&str> = Format::all().map(Format::name).collect();
            Failure::Usage(format!("no diagram format `{name}`"), Some(format!("there are {}", all.join(", "))))
        }),
    }
}

fn options(args: &DiagramArgs, view: &Question) -> Result<Options, Failure> {
    let unknown = |what: &str, name: &str, all: &str| Failure::Usage(format!("no {what} `{name}`"), Some(format!("there are {all}")));
    let layout = args.layout.as_ref().or(view.settings.get("layout")).map_or("network", String::as_str);
    let direction = args.direction.as_ref().or(view.settings.get("direction")).map_or("right", String::as_str);
    if !args.dpi.is_finite() || !(18.0..=2400.0).contains(&args.dpi) {
        return Err(Failure::Usage(format!("expected 18 to 2400 dots per inch, found {}", args.dpi), None));
    }
    Ok(Options {
        layout: Layout::parse(layout).ok_or_else(|| unknown("layout", layout, "network, hierarchy, timeline, flow"))?,
        direction: Direction::parse(direction).ok_or_else(|| unknown("direction", direction, "right, down"))?,
        theme: Theme::parse(&args.theme).ok_or_else(|| unknown("theme", &args.theme, "light, dark, print"))?,
        seed: args.seed,
        cite: args.cite,
        dpi: args.dpi,
        max_nodes: args.max_nodes,
        hulls: !args.no_groups,
        pins: pins(args)?,
        ..Options::default()
    })
}

/// A side file of places: `id,x,y`, one a line, a header allowed.
fn pins(args: &DiagramArgs) -> Result<BTreeMap<String, (f64, f64)>, Failure> {
    let mut pins = BTreeMap::new();
    let Some(path) = &args.pin else { return Ok(pins) };
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Input(format!("cannot read {}: {}", path.display(), crate::project::plain(&error)), None))?;
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

fn choice(args: &DiagramArgs, reading: &Reading) -> Result<Choice, Failure> {
    let focus = match &args.focus {
        None => None,
        Some(given) => {
            let known = Known { shown: reading.shown(false), schema: &reading.opened.schema };
            Some(known.thing(&[], given).map_err(|(message, hint)| Failure::Usage(message, hint))?)
        }
    };
    let at = super::day(args.at.as_ref())?;
    let kinds = |names: &[String]| -> Result<Vec<NamedNode>, Failure> {
        names
            .iter()
            .map(|name| {
                let schema = &reading.opened.schema;
                let found = schema.kinds.values().find(|kind| kind.name.eq_ignore_ascii_case(name)).map(|kind| kind.class.clone());
                found.or_else(|| reading.opened.ontology.prefixes.expand(name)).ok_or_else(|| {
                    let near = nearest(name, schema.kinds.keys().cloned());
                    Failure::Usage(format!("no kind `{name}`"), near.map(|near| format!("did you mean `{near}`?")))
                })
            })
            .collect()
    };
    let only = args
        .only
        .iter()
        .map(|name| {
            let code = reading.opened.schema.lists.values().find_map(|list| list.codes.get(name.as_str())).map(|code| code.iri.clone());
            code.or_else(|| reading.opened.ontology.prefixes.expand(name)).ok_or_else(|| {
                let near = nearest(name, reading.opened.schema.lists.values().flat_map(|list| list.codes.keys().cloned()));
                Failure::Usage(format!("no role or property `{name}`"), near.map(|near| format!("did you mean `{near}`?")))
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(Choice { focus, depth: args.depth, at, certain: args.certain, include: kinds(&args.include)?, exclude: kinds(&args.exclude)?, only })
}

/// Title, date, sources and licence: what the page says about itself.
fn furnish(graph: &mut Graph, args: &DiagramArgs, view: &Question, choice: &Choice, reading: &Reading) {
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
    graph.as_of = as_of.map(|day| format!("as of {day}"));
}
