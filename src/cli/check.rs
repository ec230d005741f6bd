//! `civigraph check`: all findings, without storing anything.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::path::PathBuf;

use clap::Args;

use super::build::FailOn;
use super::findings::{self, Format};
use super::{Context, Failure, Outcome, Output, ending, mend, width};
use crate::finding::{Findings, Severity};
use crate::iri::slug_for;
use crate::marked;
use crate::pipeline;
use crate::project::Project;
use crate::source::text;
use crate::store::Builds;

/// Of each cause so many findings are shown: one wrong column is one fault and not as many as it has rows.
const FOR_PEOPLE: u32 = 20;
/// The same for programs, which lose no sight among many.
const FOR_PROGRAMS: u32 = 1000;

/// Show what is wrong in the data, without storing anything
///
/// Exit code 1 if a finding is as grave as --fail-on, shown or not. Where findings are of a workbook, `-o FILE.xlsx` is a copy of it with its bad cells coloured and
/// commented, and a sheet of findings that leads to them.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph check\n  civigraph check -o findings.sarif\n  civigraph check -o findings.xlsx\n  civigraph check --fail-on warning\n  civigraph check --limit 5\n  civigraph check --all -o findings.csv\n  civigraph check --diff\n  civigraph check --fix\n  civigraph check --quarantine\n  civigraph check --watch\n  civigraph check --store"
)]
pub struct CheckArgs {
    /// How findings are written; without it the ending of -o decides, else human
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<Format>,
    /// The least grave finding for exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// How many findings of each cause are shown, the rest being counted; else 20 to people, 1000 to programs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "all")]
    limit: Option<u32>,
    /// Show all findings, however many have the same cause
    #[arg(long)]
    all: bool,
    /// Write to a file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Read all of the stored graph instead and say whether it is as it was written
    #[arg(long, conflicts_with_all = ["format", "fail_on", "output", "limit", "all"])]
    store: bool,
    /// Mend what is certain: space around values, the one nearest code or name, dates that can be read in one way only
    #[arg(long, conflicts_with_all = ["store", "watch"])]
    fix: bool,
    /// Show as a diff what --fix would change, and change nothing; exit code 1 if it would change something
    #[arg(long, conflicts_with_all = ["store", "watch", "fix", "format", "output"])]
    diff: bool,
    /// Leave out what is wrong in any source, as `build --quarantine` does: it is told of as a warning
    #[arg(long, conflicts_with_all = ["store"])]
    quarantine: bool,
    /// Check again whenever a file of the project changes, until interrupted
    #[arg(long, conflicts_with_all = ["store", "output"])]
    watch: bool,
}

/// Runs the command.
pub fn run(args: &CheckArgs, context: &Context) -> Outcome {
    if args.watch { super::watch::run(context, || once(args, context)) } else { once(args, context) }
}

fn once(args: &CheckArgs, context: &Context) -> Outcome {
    if args.store {
        let read = Builds::new(context.project()?.store_folder()).check_all()?;
        context.say(&format!("the stored graph is as it was written: {read} bytes read"));
        return Ok(());
    }
    let format = args.format.or_else(|| Format::of_ending(&ending(args.output.as_ref())?)).unwrap_or(Format::Human);
    if format == Format::Xlsx && args.output.is_none() && io::stdout().is_terminal() {
        return Err(Failure::Usage("this format is not text".to_owned(), Some("-o FILE writes it to a file".to_owned())));
    }
    let mut project = context.project()?;
    project.quarantine |= args.quarantine;
    let usual = if format == Format::Human { FOR_PEOPLE } else { FOR_PROGRAMS };
    let most = if args.all { usize::MAX } else { args.limit.unwrap_or(usual) as usize };
    let mut made = pipeline::make_keeping(&project, most)?;
    if args.diff {
        let mut out = Output::open(None)?;
        let mended = mend::run(&made.mends, &project, false, out.writer())?;
        out.finish()?;
        mend::say(&mended, false, context);
        return if mended.places > 0 { Err(Failure::Found) } else { Ok(()) };
    }
    if args.fix {
        let mended = mend::run(&made.mends, &project, true, &mut io::sink())?;
        mend::say(&mended, true, context);
        if mended.places > 0 {
            made = pipeline::make_keeping(&project, most)?;
        }
    }
    if let (Format::Xlsx, Some(output)) = (format, &args.output) {
        marked(output, &made.findings, &project, context)?;
        context.say(&findings::summary(Severity::ALL.map(|severity| made.findings.count(severity))));
        return if made.findings.any_at_least(args.fail_on.into()) { Err(Failure::Found) } else { Ok(()) };
    }
    let colored = args.output.is_none() && context.colored(io::stdout().is_terminal());
    let mut out = Output::open(args.output.as_ref())?.styled();
    if let Err(error) = findings::write(&made.findings, format, &project, colored, width(), out.writer()) {
        out.abandon();
        return Err(error.into());
    }
    out.finish()?;
    context.say(&findings::summary(Severity::ALL.map(|severity| made.findings.count(severity))));
    let certain = made.mends.len();
    if certain > 0 && !args.fix && format == Format::Human {
        let places = if certain == 1 { "1 place".to_owned() } else { format!("{certain} places") };
        context.say(&format!("{places} can be mended: `civigraph check --diff` shows how, `--fix` does it"));
    }
    if made.findings.any_at_least(args.fail_on.into()) { Err(Failure::Found) } else { Ok(()) }
}

/// Findings as a workbook: where they are of one workbook, a copy of it with its bad cells marked; where they are of several, a copy of each
/// beside the list.
fn marked(output: &PathBuf, findings: &Findings, project: &Project, context: &Context) -> Outcome {
    let of_cells = findings.iter().filter(|finding| finding.location.cell.is_some());
    let books: BTreeSet<&str> = of_cells
        .map(|finding| &*finding.location.file)
        .filter(|file| [".xlsx", ".xlsm"].iter().any(|ending| file.to_lowercase().ends_with(ending)))
        .collect();
    let stem = output.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut list = true;
    for book in &books {
        let place = match books.len() {
            1 => output.clone(),
            _ => {
                let name = book.rsplit('/').next().unwrap_or(book).rsplit_once('.').map_or(*book, |(name, _)| name);
                let folder = book.split('/').rev().nth(1).unwrap_or("");
                output.with_file_name(format!("{stem}-{}.xlsx", slug_for(&format!("{folder} {name}"))))
            }
        };
        let mut out = Output::open(Some(&place))?;
        let original = text::open(project.door(), Path::new(book)).map_err(|unread| unread.words());
        let written = original.and_then(|original| marked::write(original, book, findings.iter(), project.limits, out.writer()));
        match written {
            Ok(()) => {
                out.finish()?;
                list &= books.len() > 1;
                context.say(&format!("{}: a copy of {book} with its cells marked", place.display()));
            }
            Err(why) => {
                out.abandon();
                context.say(&format!("{book} could not be copied: {why}"));
            }
        }
    }
    if !list {
        return Ok(());
    }
    let mut out = Output::open(Some(output))?;
    if let Err(error) = findings::write(findings, Format::Xlsx, project, false, width(), out.writer()) {
        out.abandon();
        return Err(error.into());
    }
    out.finish()
}
