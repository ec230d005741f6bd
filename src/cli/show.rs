//! `civigraph show`: one thing on a page: its facts, its claims in both directions, each line with its citation.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;

use super::fresh::{Fresh, Part};
use super::{Context, Outcome, Output, ending, width};
use crate::entity::Scope;
use crate::entity::setting::{PageFormat, Setting};
use crate::export::{self, FORMATS, Format};

/// Show one thing: what it is, its roles and ties, every line with its citation
///
/// THING is an id, a prefixed name, an IRI or a name; a name that several things share lists them. What is planned or
/// over stands apart from what holds; values of which there can be only one stand side by side where citations disagree;
/// what only a rule concluded says which rule.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph show secretariat\n  civigraph show 'The alliance'\n  civigraph show secretariat -o secretariat.html\n  civigraph show secretariat --at 2025-06 --certain\n  civigraph show cite:SOURCE/1/p2",
    after_long_help = "Examples:\n  civigraph show secretariat\n  civigraph show 'The alliance'\n  civigraph show secretariat -o secretariat.html\n  civigraph show secretariat --at 2025-06 --certain\n  civigraph show cite:SOURCE/1/p2\n\nFormats: text, markdown and html are for people, json has the same lines with the IRIs of everything they name.\njsonld, turtle, ntriples and rdfxml give the statements that the page stands on, trig and nquads with their citations."
)]
pub struct ShowArgs {
    /// The thing
    #[arg(value_name = "THING", add = clap_complete::ArgValueCompleter::new(super::completions::things))]
    thing: String,
    /// text, markdown, html, json; jsonld, turtle, trig and the other RDF formats for its statements
    #[arg(short, long, value_name = "FORMAT", add = clap_complete::ArgValueCandidates::new(|| super::completions::words(["text", "markdown", "html", "json", "jsonld", "turtle", "ntriples", "rdfxml", "trig", "nquads"])))]
    format: Option<String>,
    /// Write to a file, whose ending decides the format
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Only claims that may have held on this day, or at some time of this month or year
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// With --at: only claims that certainly held then
    #[arg(long, requires = "at")]
    certain: bool,
    /// At most so many lines under a heading (0: all)
    #[arg(long, value_name = "N", default_value = "100")]
    limit: usize,
    #[command(flatten)]
    fresh: Fresh,
}

enum As {
    Page(PageFormat),
    Graph(Format),
}

impl As {
    fn named(name: &str) -> Option<Self> {
        PageFormat::named(name).map(Self::Page).or_else(|| Format::named(name).map(Self::Graph))
    }
}

/// Runs the command.
pub fn run(args: &ShowArgs, context: &Context) -> Outcome {
    let format = match (&args.format, ending(args.output.as_ref())) {
        (Some(name), _) => As::named(name).ok_or_else(|| super::no_format(name, names()))?,
        (None, Some(ending)) => As::named(&ending).ok_or_else(|| super::no_format(&ending, names()))?,
        (None, None) => As::Page(PageFormat::Text),
    };
    let wanted = Scope { at: super::time::at(args.at.as_ref())?, certain: args.certain, most: (args.limit > 0).then_some(args.limit) };
    let session = super::reading::current(context, args.fresh, Part::Things)?;
    let thing = session.thing(&args.thing)?;
    let around = session.around();
    match format {
        As::Page(format) => {
            let page = around.page(&thing, wanted)?;
            let mut out = Output::open(args.output.as_ref())?.styled();
            let terminal = args.output.is_none() && io::stdout().is_terminal();
            let setting = Setting {
                format,
                width: usize::from(width()),
                bold: args.output.is_none() && context.colored(terminal),
                language: &session.project.language,
                from: &session.project.title,
            };
            page.write(setting, out.writer())?;
            out.finish()
        }
        As::Graph(format) => {
            let quads = around.statements(&thing, format.facts().graphs)?;
            let mut out = Output::open(args.output.as_ref())?;
            if let Err(error) = export::write_quads(&quads, format, &session.opened.ontology.prefixes, out.writer()) {
                out.abandon();
                return Err(error.into());
            }
            out.finish()
        }
    }
}

fn names() -> Vec<&'static str> {
    PageFormat::ALL.iter().map(|(_, name, _)| *name).chain(FORMATS.iter().map(|facts| facts.name)).collect()
}
