//! `civigraph path`: how two things are connected, each step with what it rests on.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use oxigraph::model::{Literal, NamedNode, Term};

use super::fresh::{Fresh, Part};
use super::time::TimeArgs;
use super::{Context, Failure, Outcome, Output, Session};
use crate::diagram;
use crate::nearest::nearest;
use crate::path;
use crate::query::answer::RowFormat;
use crate::tie;
use crate::vocab::{cg, rdf};

mod write;

use write::Found;

/// Show how two things are connected
///
/// All shortest paths first, then longer ones. Every step says what it rests on and where that is stated. Paths do not lead through
/// places and statements, which connect nearly everything, unless --via names them or --anything is given.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph path secretariat member-organization\n  civigraph path secretariat member-organization --via Organization --max 3\n  civigraph path secretariat member-organization --avoid alliance --avoid Event\n  civigraph path secretariat member-organization --at 2025-06-01 -f json\n  civigraph path secretariat member-organization -o paths.svg"
)]
pub struct PathArgs {
    /// From this thing
    #[arg(value_name = "A", add = clap_complete::ArgValueCompleter::new(super::completions::things))]
    one: String,
    /// To this one
    #[arg(value_name = "B", add = clap_complete::ArgValueCompleter::new(super::completions::things))]
    other: String,
    /// At most so many paths
    #[arg(long, value_name = "N", default_value = "10")]
    max: usize,
    /// Only through things of this kind (may be repeated)
    #[arg(long, value_name = "KIND", add = clap_complete::ArgValueCompleter::new(super::completions::kinds))]
    via: Vec<String>,
    /// Not through this thing, or things of this kind (may be repeated)
    #[arg(long, value_name = "THING|KIND", add = clap_complete::ArgValueCompleter::new(super::completions::kinds))]
    avoid: Vec<String>,
    /// Through places and statements, too
    #[arg(long)]
    anything: bool,
    #[command(flatten)]
    time: TimeArgs,
    /// text, csv, sparql-csv, tsv, json, xml, markdown, html, xlsx; or a picture: svg, png, pdf, dot …
    #[arg(short, long, value_name = "FORMAT", add = clap_complete::ArgValueCandidates::new(super::completions::path_formats))]
    format: Option<String>,
    /// Write to a file, whose ending decides the format; svg, png and the like draw the paths
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    fresh: Fresh,
}

/// What becomes of the paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Rows(RowFormat),
    Picture(diagram::Format),
}

/// Which things a path may lead through.
struct Passage<'r> {
    session: &'r Session,
    via: Vec<NamedNode>,
    avoided: BTreeSet<NamedNode>,
    /// Classes of things that are not passed through, unless `via` has them.
    closed: Vec<NamedNode>,
}

impl Passage<'_> {
    fn of<'r>(args: &PathArgs, session: &'r Session) -> Result<Passage<'r>, Failure> {
        let schema = &session.opened.schema;
        let class = |name: &str| schema.kinds.values().find(|kind| kind.name.eq_ignore_ascii_case(name)).map(|kind| kind.class.clone());
        let mut via = Vec::new();
        for name in &args.via {
            via.push(class(name).ok_or_else(|| {
                let near = nearest(name, schema.kinds.keys().cloned());
                Failure::Usage(format!("no kind `{name}`"), near.map(|near| format!("did you mean `{near}`?")))
            })?);
        }
        let mut closed = Vec::new();
        let mut avoided = BTreeSet::new();
        for name in &args.avoid {
            match class(name) {
                Some(class) => closed.push(class),
                None => _ = avoided.insert(session.thing(name)?),
            }
        }
        if !args.anything && via.is_empty() {
            let no = Literal::from(false);
            closed.extend(session.opened.ontology.subjects(cg::CONNECTS, no.as_ref()));
        }
        Ok(Passage { session, via, avoided, closed })
    }

    fn is_open(&self, thing: &NamedNode) -> bool {
        if self.avoided.contains(thing) {
            return false;
        }
        if self.via.is_empty() && self.closed.is_empty() {
            return true;
        }
        let schema = &self.session.opened.schema;
        let types = self.session.store.objects(thing.as_ref(), rdf::TYPE).unwrap_or_default();
        let is_one = |wanted: &[NamedNode]| {
            types.iter().any(
                |term| matches!(term, Term::NamedNode(class) if wanted.iter().any(|wanted| class == wanted || schema.is_a(class, wanted))),
            )
        };
        !is_one(&self.closed) && (self.via.is_empty() || is_one(&self.via))
    }
}

/// Runs the command.
pub fn run(args: &PathArgs, context: &Context) -> Outcome {
    let session = super::reading::current(context, args.fresh, Part::Things)?;
    let shape = shape(args)?;
    let (from, to) = (session.thing(&args.one)?, session.thing(&args.other)?);
    if from == to {
        return Err(Failure::Usage("both ends are the same thing".to_owned(), None));
    }
    if args.max == 0 {
        return Err(Failure::Usage("--max: expected at least 1".to_owned(), None));
    }
    let time = args.time.read()?;
    let opened = &session.opened;
    let ties = tie::ties(&session.store, &opened.ontology, &opened.schema, &session.project.base, &session.project.language)?;
    let ties = tie::during(ties, time.map(|(period, _)| period), time.is_some_and(|(_, certain)| certain));
    let passage = Passage::of(args, &session)?;
    let paths = path::paths(&ties, &from, &to, args.max, |thing| passage.is_open(thing));
    let around = session.around();
    if paths.is_empty() {
        context.say(&format!("no path leads from {} to {}", around.name(&from), around.name(&to)));
        if !args.anything && args.via.is_empty() && !path::paths(&ties, &from, &to, 1, |thing| !passage.avoided.contains(thing)).is_empty()
        {
            context.say("help: one does through a place or a statement: --anything shows it");
        }
        return Err(Failure::Found);
    }
    let found = Found { ties: &ties, paths: &paths, from: &from, around };
    let mut out = Output::open(args.output.as_ref())?;
    let mut notes = Vec::new();
    let written = match shape {
        Shape::Text => found.text(out.writer()).map_err(Failure::from),
        Shape::Rows(format) => found.rows(format, &session, out.writer()),
        Shape::Picture(format) => found.picture(&to, format, &session, out.writer()).map(|said| notes = said),
    };
    match written {
        Ok(()) => out.finish()?,
        Err(failure) => {
            out.abandon();
            return Err(failure);
        }
    }
    for note in &notes {
        context.say(&format!("note: {note}"));
    }
    if paths.len() == args.max {
        context.say(&format!("there may be more paths: --max {} looks for them", args.max * 2));
    }
    Ok(())
}

fn shape(args: &PathArgs) -> Result<Shape, Failure> {
    let Some(name) = args.format.clone().or(super::ending(args.output.as_ref())) else { return Ok(Shape::Text) };
    // A spreadsheet or a page of the steps is meant, not one of a picture's things and ties.
    let shape = match name.as_str() {
        "text" | "txt" => Some(Shape::Text),
        "table" => Some(Shape::Rows(RowFormat::Table)),
        name => RowFormat::named(name).map(Shape::Rows).or_else(|| diagram::Format::parse(name).map(Shape::Picture)),
    };
    let shape = shape.ok_or_else(|| {
        let mut all: Vec<&str> = ["text"].into_iter().chain(RowFormat::ALL.iter().map(|(_, name, _)| *name)).collect();
        all.extend(diagram::Format::all().map(diagram::Format::name).filter(|name| RowFormat::named(name).is_none()));
        Failure::Usage(format!("no format `{name}`"), Some(format!("there are {}", all.join(", "))))
    })?;
    let binary = match shape {
        Shape::Text => false,
        Shape::Rows(format) => !format.is_text(),
        Shape::Picture(format) => !format.is_text(),
    };
    if binary && args.output.is_none() && std::io::IsTerminal::is_terminal(&std::io::stdout()) {
        return Err(Failure::Usage("this format is not text".to_owned(), Some("-o FILE writes it to a file".to_owned())));
    }
    Ok(shape)
}
