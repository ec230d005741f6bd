//! The command line: arguments, one line of dispatch a command, and how errors are shown.
//!
//! Only this module and those below it know the terminal. Standard output is for data, standard error for people.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::project::{Project, ProjectError};
use crate::session::Session;
use crate::unfinished;
use crate::values::text;

mod build;
mod check;
mod completions;
mod diagram;
mod explain;
mod export;
mod failure;
mod find;
mod findings;
mod fresh;
mod graphviz;
mod import;
mod init;
mod intact;
mod interrupt;
mod leave;
mod letters;
mod matches;
mod memory;
mod mend;
mod metrics;
mod output;
mod path;
mod personal;
mod queries;
mod query;
mod reading;
mod schema;
mod shell;
mod show;
mod time;
mod timings;
mod viewed;
mod watch;
mod why;

use failure::{Failure, Outcome, shown};
use intact::intact;
pub use memory::Counted;
use output::Output;

#[derive(Debug, Parser)]
#[command(
    name = "civigraph",
    version,
    about = "Builds a cited knowledge graph of organizations, networks and initiatives, asks it and draws it",
    max_term_width = 100,
    disable_help_subcommand = true
)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

/// The heading of the options that every command has.
const EVERYWHERE: &str = "Options of every command";

#[derive(Debug, Clone, Args)]
struct Common {
    /// The project's folder, or one inside it
    #[arg(
        long,
        global = true,
        help_heading = EVERYWHERE,
        value_name = "DIR",
        env = "CIVIGRAPH_PROJECT",
        default_value = ".",
        hide_default_value = true,
        hide_env = true
    )]
    project: PathBuf,
    /// Say less on standard error
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    quiet: bool,
    /// When to use colours
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "WHEN", default_value = "auto", hide_default_value = true)]
    color: When,
    /// Follow links that lead out of the project
    #[arg(long, global = true, help_heading = EVERYWHERE, env = "CIVIGRAPH_FOLLOW_LINKS", hide_env = true)]
    follow_links: bool,
    /// How much memory to take at most, 2G for instance; else half of what the machine has
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "AMOUNT", env = "CIVIGRAPH_MEMORY", hide_env = true)]
    memory: Option<String>,
    /// How many seconds to work at most; else a query has 60, and whatever else as many as it takes
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "SECONDS", env = "CIVIGRAPH_TIMEOUT", hide_env = true)]
    timeout: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArgs),
    Import(import::ImportArgs),
    Build(build::BuildArgs),
    Check(check::CheckArgs),
    Query(query::QueryArgs),
    Queries(queries::QueriesArgs),
    Shell(shell::ShellArgs),
    Find(find::FindArgs),
    Match(matches::MatchArgs),
    Show(show::ShowArgs),
    Path(path::PathArgs),
    Why(why::WhyArgs),
    Metrics(metrics::MetricsArgs),
    Diagram(diagram::DiagramArgs),
    Export(export::ExportArgs),
    Schema(schema::SchemaArgs),
    Template(schema::TemplateArgs),
    Explain(explain::ExplainArgs),
    Completions(completions::CompletionsArgs),
    Man(completions::ManArgs),
}

/// What every command is given.
struct Context {
    common: Common,
}

impl Context {
    fn project(&self) -> Result<Project, Failure> {
        Ok(Project::find(&self.common.project)?)
    }

    /// The project, or what ships with the program where there is none, which a line says.
    fn project_or_shipped(&self) -> Result<Project, Failure> {
        match Project::find(&self.common.project) {
            Err(ProjectError::NoManifest(_)) => {
                self.say("note: there is no project here; this is what ships with civigraph");
                Ok(Project::shipped())
            }
            found => Ok(found?),
        }
    }

    /// As [`project_or_shipped`](Self::project_or_shipped), with the questions and views of whoever asks.
    fn asked_or_shipped(&self) -> Result<Project, Failure> {
        Ok(personal::asked(self.project_or_shipped()?))
    }

    /// The project together with the questions and views of whoever asks.
    fn asked(&self) -> Result<Project, Failure> {
        Ok(personal::asked(self.project()?))
    }

    /// How long a query may take.
    fn clock(&self) -> Result<query::ask::Clock, Failure> {
        query::ask::Clock::new(self.common.timeout.unwrap_or(60.0))
    }

    /// Does what comes before a query or after it, within the time that was asked for: the query has its own clock.
    fn within<T>(&self, work: impl FnOnce() -> T) -> Result<T, Failure> {
        if self.common.timeout.is_none() {
            return Ok(work());
        }
        let done = Arc::new(AtomicBool::new(false));
        end_after(self.clock()?.limit(), Arc::clone(&done));
        let made = work();
        done.store(true, Ordering::SeqCst);
        Ok(made)
    }

    /// Whether standard error is to be coloured.
    fn colored(&self, terminal: bool) -> bool {
        match self.common.color {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// A line for people, unless they asked for quiet.
    fn say(&self, line: &str) {
        if !self.common.quiet {
            let _ = writeln!(io::stderr(), "{}", text::shown(line));
        }
    }
}

/// What was wrong with a line of the shell that is read as a command is.
fn of_line(error: &clap::Error) -> Failure {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let words = text.split("\n\n").next().unwrap_or(text).trim();
    Failure::Usage(words.to_owned(), None)
}

/// The width that tables and texts are fitted to: the terminal's, else `COLUMNS`, else 100.
fn width() -> u16 {
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
    if io::stdout().is_terminal() { terminal_size::terminal_size().map(|(width, _)| width.0).or_else(columns) } else { columns() }
        .filter(|width| *width >= 20)
        .unwrap_or(100)
}

/// The ending of an output file's name in small letters, which tells the format.
fn ending(output: Option<&PathBuf>) -> Option<String> {
    Some(output?.extension()?.to_str()?.to_lowercase())
}

/// What to say of a format that a command does not have.
fn no_format(name: &str, has: Vec<&'static str>) -> Failure {
    let near = crate::nearest::nearest(name, has.iter().map(|name| (*name).to_owned()));
    let hint = near.map_or_else(|| format!("there are {}", has.join(", ")), |near| format!("did you mean `{near}`?"));
    Failure::Usage(format!("there is no format `{name}` here"), Some(hint))
}

/// Runs the command line of this process and ends it: 0 clean, 1 findings, differences or nothing to show, 2 wrong
/// usage, 3 input that cannot be read, 4 a fault of the program, 130 interrupted.
pub fn main() -> ! {
    let code = run();
    // A query that was stopped may still be writing, on a thread of its own.
    let _kept = unfinished::give_up_within(std::time::Duration::from_secs(5));
    leave::leave(code)
}

fn run() -> u8 {
    if completions::answered() {
        return 0;
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { 2 } else { 0 };
        }
    };
    interrupt::watch();
    let context = Context { common: cli.common };
    if context.common.follow_links {
        crate::project::follow_links();
    }
    let bound = match context.common.memory.as_deref().map(memory::amount).transpose() {
        Ok(bound) => bound,
        Err(failure) => {
            report(&failure, &context);
            return failure.code();
        }
    };
    memory::watch(bound, query::ask::is_asked, || {
        let _kept = unfinished::give_up_within(std::time::Duration::from_secs(1));
        leave::last_words(format!("error: this takes more than {} of memory\nhelp: --memory allows more", memory::bound_in_words()));
        leave::leave(3)
    });
    // A query has its own clock, by which the time that its reader takes does not count.
    if context.common.timeout.is_some() && !matches!(cli.command, Some(Command::Query(_) | Command::Shell(_))) {
        match context.clock() {
            Ok(clock) => end_after(clock.limit(), Arc::default()),
            Err(failure) => {
                report(&failure, &context);
                return failure.code();
            }
        }
    }
    let outcome = match cli.command {
        None => build::run(&build::BuildArgs::default(), &context),
        Some(Command::Init(args)) => init::run(&args, &context),
        Some(Command::Import(args)) => import::run(&args, &context),
        Some(Command::Build(args)) => build::run(&args, &context),
        Some(Command::Check(args)) => check::run(&args, &context),
        Some(Command::Query(args)) if args.interactive && !args.help => shell::run(&shell::ShellArgs::with(args.fresh), &context),
        Some(Command::Query(args)) => query::run(&args, &context),
        Some(Command::Queries(args)) => queries::run(&args, &context),
        Some(Command::Shell(args)) => shell::run(&args, &context),
        Some(Command::Find(args)) => find::run(&args, &context),
        Some(Command::Match(args)) => matches::run(&args, &context),
        Some(Command::Show(args)) => show::run(&args, &context),
        Some(Command::Path(args)) => path::run(&args, &context),
        Some(Command::Why(args)) => why::run(&args, &context),
        Some(Command::Metrics(args)) => metrics::run(&args, &context),
        Some(Command::Diagram(args)) => diagram::run(&args, &context),
        Some(Command::Export(args)) => export::run(&args, &context),
        Some(Command::Schema(args)) => schema::run(&args, &context),
        Some(Command::Template(args)) => schema::template(&args, &context),
        Some(Command::Explain(args)) => explain::run(&args, &context),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man(args)) => completions::man(&args),
    };
    // Whatever became of it: damage explains it.
    match intact().and(outcome) {
        Ok(()) => 0,
        Err(failure) => {
            report(&failure, &context);
            failure.code()
        }
    }
}

/// Ends the process after so long, whatever its threads are doing, unless the work is done by then.
fn end_after(limit: std::time::Duration, done: Arc<AtomicBool>) {
    let wait = move || {
        let _freely = memory::freely();
        std::thread::sleep(limit);
        if done.load(Ordering::SeqCst) {
            return;
        }
        let _kept = unfinished::give_up_within(std::time::Duration::from_millis(50));
        let words = format!("error: stopped after {} s\nhelp: --timeout gives it longer", limit.as_secs_f64());
        leave::last_words(words);
        leave::leave(Failure::Usage(String::new(), None).code())
    };
    // Without a thread to be had there is no end but the work's own.
    let _ = std::thread::Builder::new().name("clock".to_owned()).stack_size(256 << 10).spawn(wait);
}

fn report(failure: &Failure, context: &Context) {
    let (message, hint) = match failure {
        Failure::Found | Failure::ClosedPipe => return,
        Failure::Usage(message, hint) | Failure::Input(message, hint) => (message.clone(), hint.clone()),
        Failure::Internal(message) => {
            (message.clone(), Some("this is a fault of civigraph; please report it with what you ran".to_owned()))
        }
    };
    let (red, cyan, off) = if context.colored(io::stderr().is_terminal()) { ("\x1b[1;31m", "\x1b[1;36m", "\x1b[0m") } else { ("", "", "") };
    let mut err = io::stderr();
    let _ = writeln!(err, "{red}error{off}: {}", text::shown(&message));
    if let Some(hint) = hint {
        let _ = writeln!(err, "{cyan}help{off}: {}", text::shown(&hint));
    }
}
