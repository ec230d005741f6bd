//! `civigraph check`: all findings, without storing anything.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;

use super::build::FailOn;
use super::findings::{self, Format};
use super::{Failure, Outcome, Output, Session, ending, width};
use crate::finding::Severity;
use crate::pipeline;
use crate::store::Builds;

/// Of each cause so many findings are shown: one wrong column is one fault and not as many as it has rows.
const FOR_PEOPLE: u32 = 20;
/// The same for programs, which lose no sight among many.
const FOR_PROGRAMS: u32 = 1000;

/// Show what is wrong in the data, without storing anything
///
/// Exit code 1 if a finding is as grave as --fail-on, shown or not.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph check\n  civigraph check -o findings.sarif\n  civigraph check -o findings.xlsx\n  civigraph check --fail-on warning\n  civigraph check --limit 5
  civigraph check --all -o findings.csv
  civigraph check --watch\n  civigraph check --store"
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
    /// Check again whenever a file of the project changes, until interrupted
    #[arg(long, conflicts_with_all = ["store", "output"])]
    watch: bool,
}

/// Runs the command.
pub fn run(args: &CheckArgs, session: &Session) -> Outcome {
    if args.watch { super::watch::run(session, || once(args, session)) } else { once(args, session) }
}

fn once(args: &CheckArgs, session: &Session) -> Outcome {
    if args.store {
        let read = Builds::new(session.project()?.store_folder()).check_all()?;
        session.say(&format!("the stored graph is as it was written: {read} bytes read"));
        return Ok(());
    }
    let format = args.format.or_else(|| Format::of_ending(&ending(args.output.as_ref())?)).unwrap_or(Format::Human);
    if format == Format::Xlsx && args.output.is_none() && io::stdout().is_terminal() {
        return Err(Failure::Usage("this format is not text".to_owned(), Some("-o FILE writes it to a file".to_owned())));
    }
    let project = session.project()?;
    let usual = if format == Format::Human { FOR_PEOPLE } else { FOR_PROGRAMS };
    let most = if args.all { usize::MAX } else { args.limit.unwrap_or(usual) as usize };
    let made = pipeline::make_keeping(&project, most)?;
    let colored = args.output.is_none() && session.colored(io::stdout().is_terminal());
    let mut out = Output::open(args.output.as_ref())?.styled();
    if let Err(error) = findings::write(&made.findings, format, &project, colored, width(), out.writer()) {
        out.abandon();
        return Err(error.into());
    }
    out.finish()?;
    session.say(&findings::summary(Severity::ALL.map(|severity| made.findings.count(severity))));
    if made.findings.any_at_least(args.fail_on.into()) { Err(Failure::Found) } else { Ok(()) }
}
