//! `civigraph build`, and `civigraph` alone: read, check, reason, store; then what could be done next.

use std::io::{self, IsTerminal, Write};
use std::time::Instant;

use clap::{Args, ValueEnum};

use super::timings::Timings;
use super::{Context, Failure, Outcome, Output, findings, width};
use crate::finding::Severity;
use crate::limits::grouped;
use crate::pipeline::{self, Build, Built, Wish};
use crate::project::Project;
use crate::query::parameter::Default;
use crate::query::{self, Question};
use crate::source::excerpt::Excerpts;
use crate::store::{Backend, Builds, Summary};
use crate::values::text::shown_line;

/// Build the graph: read, check, reason, store
///
/// Reads the project's records, checks them, derives what the rules say, and stores the graph under .civigraph/, all or
/// nothing: while a finding is as grave as --fail-on, the graph that was there stays. An unchanged project is not built
/// again.
#[derive(Debug, Default, Args)]
#[command(
    after_help = "Examples:\n  civigraph build\n  civigraph build --fail-on warning\n  civigraph build --quarantine\n  civigraph build --force"
)]
pub struct BuildArgs {
    /// The least grave finding that keeps the graph from being stored
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
    /// Build even if nothing has changed
    #[arg(long)]
    force: bool,
    /// Which store to build: memory, or disk (needs the feature rocksdb)
    #[arg(long, value_name = "STORE")]
    store: Option<StoreKind>,
    /// Tell on standard error how long each station took and how much memory the process had held by then
    #[arg(long)]
    timings: bool,
    /// Build again whenever a file of the project changes, until interrupted
    #[arg(long)]
    watch: bool,
    /// Leave out what is wrong in any source, say so, and build the rest
    #[arg(long)]
    quarantine: bool,
}

impl BuildArgs {
    fn severity(&self) -> Severity {
        self.fail_on.map_or(Severity::Error, Severity::from)
    }
}

/// A severity on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FailOn {
    /// Only errors
    Error,
    /// Warnings too
    Warning,
    /// Any finding
    Info,
}

impl From<FailOn> for Severity {
    fn from(value: FailOn) -> Self {
        match value {
            FailOn::Error => Self::Error,
            FailOn::Warning => Self::Warning,
            FailOn::Info => Self::Info,
        }
    }
}

/// A store on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum StoreKind {
    Memory,
    Disk,
}

/// Runs the command.
pub fn run(args: &BuildArgs, context: &Context) -> Outcome {
    if args.watch { super::watch::run(context, || once(args, context)) } else { once(args, context) }
}

/// Builds before something of the graph is shown, and says so in a line; refuses as `civigraph build` does.
pub fn first(project: &Project, context: &Context) -> Outcome {
    let start = Instant::now();
    let builds = Builds::new(project.store_folder());
    match make(&BuildArgs::default(), project, &builds, context)? {
        Built::Unchanged(_) => {}
        Built::New(summary, made) => {
            show(&made.findings, Severity::Error, context, project)?;
            let seconds = start.elapsed().as_secs_f64();
            context.say(&format!("built the graph in {seconds:.2} s: {}", findings::summary(summary.findings)));
            if !summary.left_out.is_nothing() {
                context.say(&format!("left out as faulty: {}", summary.left_out.said()));
            }
        }
        Built::Refused(made) => return refused(&made, Severity::Error, project, &builds, context),
    }
    Ok(())
}

fn once(args: &BuildArgs, context: &Context) -> Outcome {
    let mut project = context.project()?;
    project.quarantine |= args.quarantine;
    let start = Instant::now();
    let builds = Builds::new(project.store_folder());
    let built = make(args, &project, &builds, context)?;
    let seconds = start.elapsed().as_secs_f64();
    match built {
        Built::Unchanged(summary) => print(context, &project, &builds, &summary, &format!("unchanged, checked in {seconds:.2} s")),
        Built::New(summary, made) => {
            show(&made.findings, Severity::Error, context, &project)?;
            print(context, &project, &builds, &summary, &format!("built in {seconds:.2} s"))
        }
        Built::Refused(made) => refused(&made, args.severity(), &project, &builds, context),
    }
}

/// Shows why nothing was stored.
fn refused(made: &Build, fail_on: Severity, project: &Project, builds: &Builds, context: &Context) -> Outcome {
    show(&made.findings, fail_on, context, project)?;
    let counts = Severity::ALL.map(|severity| made.findings.count(severity));
    context.say(&format!(
        "{}: nothing was stored{}",
        findings::summary(counts),
        if builds.summary().is_some() { ", the graph that was there stays" } else { "" }
    ));
    Err(Failure::Found)
}

fn make(args: &BuildArgs, project: &Project, builds: &Builds, context: &Context) -> Result<Built, Failure> {
    let lock = builds.lock(|holder| {
        let who = holder.map_or(String::new(), |process| format!(" (process {process})"));
        context.say(&format!("another build is running{who}; waiting for it to end"));
    })?;
    let backend = match args.store {
        Some(StoreKind::Disk) => Backend::Disk,
        Some(StoreKind::Memory) => Backend::Memory,
        None if cfg!(feature = "rocksdb") => Backend::Disk,
        None => Backend::Memory,
    };
    let wish = Wish { fail_on: args.severity(), force: args.force, most: MOST };
    let mut timings = Timings::start();
    let built = pipeline::build(project, &lock, builds, backend, wish, &mut |station| timings.passed(station))?;
    drop(lock);
    if args.timings {
        timings.print()?;
    }
    Ok(built)
}

/// So many findings are shown: what else there is, `check` tells.
const MOST: usize = 20;

/// What is as grave as this is shown; the rest is counted, a long list of mere notes would bury it.
fn show(all: &crate::finding::Findings, least: Severity, context: &Context, project: &Project) -> Outcome {
    let colored = context.colored(io::stderr().is_terminal());
    let mut err = io::stderr().lock();
    let grave: Vec<_> = all.iter().filter(|finding| finding.severity >= least).collect();
    let mut excerpts = Excerpts::of(project);
    for finding in grave.iter().take(MOST) {
        writeln!(err, "{}\n", findings::human(finding, &mut excerpts, colored, width()))?;
    }
    let count: usize = Severity::ALL.into_iter().filter(|severity| *severity >= least).map(|severity| all.count(severity)).sum();
    if count > MOST {
        writeln!(err, "… and {} more; `civigraph check` shows them", grouped((count - MOST) as u64))?;
    }
    Ok(())
}

fn print(context: &Context, project: &Project, builds: &Builds, summary: &Summary, how: &str) -> Outcome {
    if context.common.quiet {
        return Ok(());
    }
    let folder = builds.folder().strip_prefix(std::env::current_dir().unwrap_or_default()).unwrap_or(builds.folder()).to_path_buf();
    let mut out = Output::standard()?;
    writeln!(out, "{}", shown_line(&project.title))?;
    writeln!(out)?;
    let left_out = Some(("left out", format!("{}, as faulty (`civigraph check` shows them)", summary.left_out.said())));
    let left_out = left_out.filter(|_| !summary.left_out.is_nothing());
    let mut rows = vec![
        ("records", summary.records.to_string()),
        ("triples", format!("{} in the default graph", summary.triples)),
        ("quads", format!("{} in {} named graphs", summary.quads, summary.graphs)),
        ("citations", summary.citations.to_string()),
        (
            "findings",
            if summary.findings == [0; 3] {
                "none".to_owned()
            } else {
                format!("{} (`civigraph check` shows them)", findings::summary(summary.findings))
            },
        ),
        ("store", format!("{} ({how})", super::shown(&folder))),
    ];
    if let Some(row) = left_out {
        rows.insert(1, row);
    }
    for (name, value) in rows {
        writeln!(out, "  {name:<10} {value}")?;
    }
    writeln!(out)?;
    writeln!(out, "Try next:")?;
    for line in next(project) {
        writeln!(out, "  {}", shown_line(&line))?;
    }
    out.finish()
}

/// Commands that work on this very project: a question and a view that it has, and that need nothing to be given.
fn next(project: &Project) -> Vec<String> {
    let asked = |question: &Question| question.parameters.iter().all(|parameter| parameter.default != Default::None);
    // The one that is marked as a good start, else the first by name.
    let start = |all: Vec<Question>| {
        let ready = || all.iter().filter(|question| asked(question));
        let featured = ready().filter(|question| question.settings.contains_key("featured")).min_by_key(|question| &question.name);
        featured.or_else(|| ready().min_by_key(|question| &question.name)).map(|question| question.name.clone())
    };
    let (questions, _) = query::catalogue(project).unwrap_or_default();
    let (views, _) = query::views(project).unwrap_or_default();
    let mut lines = Vec::new();
    if let Some(question) = start(questions) {
        lines.push(format!("civigraph query {question}"));
    }
    if let Some(view) = start(views) {
        let file = view.rsplit('/').next().unwrap_or(&view);
        lines.push(format!("civigraph diagram {view} -o {file}.svg"));
    }
    lines.push("civigraph export -o graph.trig".to_owned());
    lines
}
