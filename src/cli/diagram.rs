//! `civigraph diagram`: a view of the graph as a picture or a graph file.

use std::path::PathBuf;

use clap::Args;

use super::fresh::{Fresh, Part};
use super::viewed::{self, Chosen};
use super::{Context, Failure, Outcome, Output, letters};
use crate::diagram::{DiagramError, Format};
use crate::query;
use crate::values::text::count;
use crate::view::{self, Choice};

mod page;

/// Draw a view of the graph; without a name, list the views
///
/// The same graph gives the same bytes. The ending of -o decides the format.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph diagram\n  civigraph diagram partnerships -o partnerships.svg\n  civigraph diagram partnerships --focus alliance --depth 2 --cite -o brief.pdf\n  civigraph diagram membership --at 2025-06-01 -o june.png\n  civigraph diagram events --from 2025-09 --to 2025-12 -o autumn.svg\n  civigraph diagram partnerships --size-by degree --group-by kind -o explore.html"
)]
pub struct DiagramArgs {
    /// The view
    #[arg(value_name = "VIEW", add = clap_complete::ArgValueCompleter::new(super::completions::views))]
    view: Option<String>,
    /// Write to a file, whose ending decides the format; without it SVG goes to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The format, where the file's ending does not say it
    #[arg(short, long, value_name = "FORMAT", add = clap_complete::ArgValueCandidates::new(super::completions::picture_formats))]
    format: Option<String>,
    #[command(flatten)]
    chosen: Chosen,
    /// Number the ties and list their citations under the picture
    #[arg(long)]
    cite: bool,
    /// network, hierarchy, timeline, flow, bars, columns or lines; the view says which unless this does
    #[arg(long, value_name = "LAYOUT", add = clap_complete::ArgValueCandidates::new(super::completions::layouts))]
    layout: Option<String>,
    /// down, up, right or left, for hierarchies
    #[arg(long, value_name = "WAY", add = clap_complete::ArgValueCandidates::new(|| super::completions::words(["down", "up", "right", "left"])))]
    direction: Option<String>,
    /// light, dark or print
    #[arg(long, value_name = "THEME", default_value = "light", add = clap_complete::ArgValueCandidates::new(|| super::completions::words(["light", "dark", "print"])))]
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
    /// Group by a key of the things' records or a property, by `kind`, `community`, `component`, or not at all: `none`
    #[arg(long, value_name = "KEY", add = clap_complete::ArgValueCandidates::new(|| super::completions::words(["kind", "community", "component", "none"])))]
    group_by: Option<String>,
    /// Do not draw groups
    #[arg(long)]
    no_groups: bool,
    /// What sizes tell: degree, betweenness, pagerank or another metric (`civigraph metrics` shows them), or none
    #[arg(long, value_name = "METRIC", add = clap_complete::ArgValueCandidates::new(super::completions::metrics))]
    size_by: Option<String>,
    /// Which ties bear their label: auto, all, none
    #[arg(long, value_name = "WHICH", default_value = "auto", add = clap_complete::ArgValueCandidates::new(|| super::completions::words(["auto", "all", "none"])))]
    labels: String,
    /// Keep the places that a CSV file of id,x,y gives
    #[arg(long, value_name = "FILE")]
    pin: Option<PathBuf>,
    /// A title other than the view's
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// A source line other than the graph's
    #[arg(long, value_name = "TEXT")]
    source_line: Option<String>,
    /// A licence other than the source's
    #[arg(long, value_name = "TEXT")]
    licence: Option<String>,
    /// The language of names and words, where the graph has them in it
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// A font file for scripts that the bundled font lacks (may be repeated)
    #[arg(long, value_name = "FILE")]
    font: Vec<PathBuf>,
    /// Lay out with Graphviz, if it is installed: dot, neato, fdp, sfdp
    #[arg(long, value_name = "ENGINE", add = clap_complete::ArgValueCandidates::new(|| super::completions::words(["dot", "neato", "fdp", "sfdp"])))]
    engine: Option<String>,
    #[command(flatten)]
    fresh: Fresh,
}

/// Runs the command.
pub fn run(args: &DiagramArgs, context: &Context) -> Outcome {
    let project = context.asked()?;
    let (views, _) = query::views(&project)?;
    let Some(name) = &args.view else { return viewed::list(&views, |name| format!("civigraph diagram {name} -o picture.svg")) };
    let view = viewed::named(&views, name)?;
    let format = format(args)?;
    let mut session = super::reading::current(context, args.fresh, Part::Things)?;
    let spoken = args.lang.as_deref().map(viewed::language).transpose()?;
    let tell_language = spoken.as_ref().is_some_and(|language| *language != session.project.language);
    if let Some(language) = spoken {
        session.project.language = language;
    }
    let choice = Choice {
        tell_language,
        grouping: args.group_by.as_deref().map(|name| viewed::grouping(name, &session)).transpose()?,
        sizing: args.size_by.as_deref().map(viewed::sizing).transpose()?,
        ..args.chosen.choice(view, &session)?
    };
    let options = page::options(args, view, &choice)?;
    let choice = Choice { dates: options.layout == crate::diagram::Layout::Timeline, ..choice };
    let mut graph = viewed::graph(view, &choice, &session, context)?;
    page::suits(options.layout, &graph, view, &views)?;
    page::furnish(&mut graph, args, view, &choice, &session);
    let style = view::style(&session.opened.ontology, &session.project.language);
    let failed = |error: DiagramError| match error {
        DiagramError::Write(error) => Failure::from(error),
        DiagramError::Format { .. } => Failure::Internal(error.to_string()),
        other => Failure::Usage(other.to_string(), None),
    };
    let mut out = Output::open(args.output.as_ref())?;
    let mut notes = graph.notes.clone();
    let mut tall = false;
    let mut missing = None;
    let written = match &args.engine {
        Some(engine) => super::graphviz::draw(engine, &graph, &style, &options, format, out.writer()),
        None => letters::lay_out(&graph, &style, options, format)
            .and_then(|drawn| {
                notes.clone_from(&drawn.scene.notes);
                tall = drawn.scene.height > 3.0 * drawn.scene.width && drawn.scene.height > 4_000.0;
                notes.extend(drawn.found);
                missing = drawn.missing;
                format.write(&graph, &style, &drawn.scene, &drawn.options, &mut out.writer())
            })
            .map_err(failed),
    };
    match written {
        Ok(()) => out.finish()?,
        Err(failure) => {
            out.abandon();
            return Err(failure);
        }
    }
    let measured = || graph.nodes.iter().filter_map(|node| node.measured.as_ref());
    let (figures, ties) = (measured().count(), count(graph.tie_count(), "tie", "ties"));
    if figures == graph.nodes.len() {
        let of = measured().map(|figure| &figure.of).collect::<std::collections::BTreeSet<_>>().len();
        context.say(&format!("{} of {}", count(figures, "figure", "figures"), count(of, "thing", "things")));
    } else {
        context.say(&format!("{} and {ties}", count(graph.nodes.len(), "thing", "things")));
    }
    for note in &notes {
        context.say(&format!("note: {note}"));
    }
    if tall && format.is_picture() {
        context.say("help: this is a very tall page; a period (--from, --to), a kind (--include) or what is near one thing (--focus) make it one that can be read");
    }
    if let Some(missing) = missing {
        context.say(&format!("warning: {missing}"));
        context.say(&format!("help: {}", letters::HELP));
    }
    Ok(())
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
