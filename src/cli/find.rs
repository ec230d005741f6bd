//! `civigraph find`: things by what people call them.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::fresh::{Fresh, Part};
use super::{Context, Failure, Outcome, Output, no_format, width};
use crate::find::{Filter, KindName, Match, Names};
use crate::nearest::nearest;
use crate::pipeline;
use crate::project::Project;
use crate::query::answer::{self, separated};
use crate::store::Builds;
use crate::vocab::CODE;

/// As many as there can be.
const EVERY: usize = 1_000_000;

/// Find things by name, alias, acronym or a slip of the pen
///
/// Identifiers and web addresses count too. Words may stand in any order and be cut short. Case, accents, s/z and our/or do not matter. A name that two things
/// share gives both. Each line says which name matched and how.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph find TA\n  civigraph find 'founding assembly' --kind Event\n  civigraph find secretariat --format json"
)]
pub struct FindArgs {
    /// What it is called; several words are one name
    #[arg(value_name = "TEXT", required = true, num_args = 1..)]
    text: Vec<String>,
    /// Only things of this kind, or of one below it; may be given more than once
    #[arg(long, value_name = "KIND", add = clap_complete::ArgValueCompleter::new(super::completions::kinds))]
    kind: Vec<String>,
    /// At most so many things (0: all)
    #[arg(long, value_name = "N", default_value = "20")]
    limit: usize,
    /// table, csv, tsv or json
    #[arg(short, long, value_name = "FORMAT", default_value = "table", add = clap_complete::ArgValueCandidates::new(|| super::completions::words(["table", "csv", "tsv", "json"])))]
    format: String,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    fresh: Fresh,
}

/// The formats of what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Table,
    Csv,
    Tsv,
    Json,
}

const FORMATS: [(&str, Format); 4] = [("table", Format::Table), ("csv", Format::Csv), ("tsv", Format::Tsv), ("json", Format::Json)];

/// Runs the command.
pub fn run(args: &FindArgs, context: &Context) -> Outcome {
    let format = FORMATS.iter().find(|(name, _)| *name == args.format).map(|(_, format)| *format);
    let format = format.ok_or_else(|| no_format(&args.format, FORMATS.iter().map(|(name, _)| *name).collect()))?;
    let project = context.project()?;
    args.fresh.look(Part::Things, &project, context)?;
    let names = open(&project)?;
    let kinds = args.kind.iter().map(|given| kind(given, names.kinds())).collect::<Result<_, _>>()?;
    let text = args.text.join(" ");
    let limit = if args.limit == 0 { EVERY } else { args.limit };
    // One more than is shown tells whether there are more.
    let mut found = names.find(&text, &Filter { limit: limit.saturating_add(1), kinds })?;
    let more = found.len() > limit;
    found.truncate(limit);
    let mut output = Output::open(args.output.as_ref())?;
    if found.is_empty() {
        let kinds = if args.kind.is_empty() { String::new() } else { format!(" among the things of kind {}", args.kind.join(", ")) };
        context.say(&format!("nothing is called `{text}`{kinds}"));
    }
    match format {
        Format::Table if found.is_empty() => {}
        Format::Table => {
            let heads = ["id", "name", "kind", "because of"].map(str::to_owned);
            let rows = found.iter().map(|found| [found.id.clone(), found.name.clone(), labels(found), found.because()]);
            let rows = rows.map(|row| row.map(|text| (text, false)).to_vec()).collect();
            writeln!(output.writer(), "{}", answer::table(&heads, rows, width()))?;
        }
        Format::Csv => rows(&found, true, output.writer())?,
        Format::Tsv => rows(&found, false, output.writer())?,
        Format::Json => {
            let all: Vec<_> = found.iter().map(as_json).collect();
            serde_json::to_writer_pretty(output.writer(), &all).map_err(std::io::Error::from)?;
            writeln!(output.writer())?;
        }
    }
    output.finish()?;
    if more {
        context.say(&format!("… and more: --limit {} looks for more of them, --limit 0 for all", limit.saturating_mul(2)));
    }
    if found.is_empty() { Err(Failure::Found) } else { Ok(()) }
}

/// The names of the present build; the graph itself is opened only where the build has no index of them.
fn open(project: &Project) -> Result<Names, Failure> {
    let builds = Builds::new(project.store_folder());
    if let Some(file) = builds.names()? {
        return Ok(Names::open(file, &project.base)?);
    }
    let (opened, _) = pipeline::open(project)?;
    Ok(Names::of(&builds.open()?, opened.naming(project))?)
}

/// A kind by its name or by what people call one.
fn kind(given: &str, kinds: &[KindName]) -> Result<String, Failure> {
    let same = |name: &str| name.to_lowercase() == given.to_lowercase();
    if let Some(kind) = kinds.iter().find(|kind| same(&kind.name)).or_else(|| kinds.iter().find(|kind| same(&kind.label))) {
        return Ok(kind.name.clone());
    }
    let near = nearest(given, kinds.iter().map(|kind| kind.name.clone()));
    let hint = near.map_or_else(|| "`civigraph schema` lists the kinds".to_owned(), |near| format!("did you mean `{near}`?"));
    Err(Failure::Usage(format!("there is no kind `{given}`"), Some(hint)))
}

fn labels(found: &Match) -> String {
    if found.kinds.is_empty() && found.thing.as_str().starts_with(CODE) {
        return "code".to_owned();
    }
    if found.kinds.is_empty() && found.id.starts_with("cite:") {
        return "place in a source".to_owned();
    }
    found.kinds.iter().map(|kind| kind.label.as_str()).collect::<Vec<_>>().join(", ")
}

/// One row a thing, the same columns in both formats, written as answers to queries are.
fn rows(found: &[Match], commas: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let mut row = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().map(|cell| if commas { separated::csv(cell) } else { separated::tsv(cell) }).collect();
        if commas { write!(out, "{}\r\n", cells.join(",")) } else { writeln!(out, "{}", cells.join("\t")) }
    };
    row(&["id", "name", "kind", "matched", "called", "how", "iri"])?;
    for found in found {
        let kinds = found.kinds.iter().map(|kind| kind.name.as_str()).collect::<Vec<_>>().join(" ");
        row(&[&found.id, &found.name, &kinds, &found.label, &found.called, &found.why.words(), found.thing.as_str()])?;
    }
    Ok(())
}

fn as_json(found: &Match) -> serde_json::Value {
    json!({
        "id": found.id,
        "iri": found.thing.as_str(),
        "name": found.name,
        "kinds": found.kinds.iter().map(|kind| kind.name.as_str()).collect::<Vec<_>>(),
        "matched": found.label,
        "called": found.called,
        "how": found.why.code(),
        "because": found.because(),
    })
}
