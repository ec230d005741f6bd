//! `civigraph completions` and `civigraph man`: what shells and `man` want to know of the command line.
//!
//! A shell asks the program itself, which knows the questions and views of the project it stands in.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::{CompleteEnv, Shells};

use super::{Cli, Failure, Outcome, Output};
use crate::find::{Filter, Names, Role, Why};
use crate::pipeline;
use crate::project::Project;
use crate::query;
use crate::store::Builds;

mod values;

pub use values::{codes, layouts, metrics, path_formats, picture_formats, rdf_formats, row_formats, table_formats, values, words};

/// More things would not help anyone choose.
const MOST: usize = 200;

/// The variable by which a shell asks.
const ASKED: &str = "CIVIGRAPH_COMPLETE";

/// Print what makes a shell complete commands, options and the names of questions and views
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph completions bash > ~/.local/share/bash-completion/completions/civigraph\n  civigraph completions fish > ~/.config/fish/completions/civigraph.fish\n  civigraph completions zsh > ~/.zfunc/_civigraph"
)]
pub struct CompletionsArgs {
    /// bash, elvish, fish, powershell or zsh
    #[arg(value_name = "SHELL", add = clap_complete::ArgValueCandidates::new(|| values::words(["bash", "elvish", "fish", "powershell", "zsh"])))]
    shell: String,
}

/// Write the manual pages, one a command
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  civigraph man ~/.local/share/man/man1")]
pub struct ManArgs {
    /// The folder; without it the main page goes to standard output
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Answers a shell that asks for completions, and says whether one did.
pub fn answered() -> bool {
    if std::env::var_os(ASKED).is_none() {
        return false;
    }
    let here = std::env::current_dir().ok();
    let answered = CompleteEnv::with_factory(Cli::command).var(ASKED).try_complete(std::env::args_os(), here.as_deref()).unwrap_or(true);
    // The last name ends in no line end, and the process ends without emptying what is held back.
    let _ = io::stdout().flush();
    answered
}

/// Runs `completions`.
pub fn run(args: &CompletionsArgs) -> Outcome {
    let shells = Shells::builtins();
    let Some(shell) = shells.completer(&args.shell) else {
        let all: Vec<&str> = shells.names().collect();
        return Err(Failure::Usage(format!("no shell `{}`", args.shell), Some(format!("there are {}", all.join(", ")))));
    };
    let name = env!("CARGO_PKG_NAME");
    let mut out = Output::standard()?;
    shell.write_registration(ASKED, name, name, name, &mut out)?;
    out.finish()
}

/// Runs `man`.
pub fn man(args: &ManArgs) -> Outcome {
    match &args.folder {
        None => {
            let mut out = Output::standard()?;
            clap_mangen::Man::new(Cli::command()).render(&mut out)?;
            out.finish()?;
        }
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            clap_mangen::generate_to(Cli::command(), folder)?;
        }
    }
    Ok(())
}

/// The names of the project's questions that begin so.
pub fn questions(begun: &OsStr) -> Vec<CompletionCandidate> {
    candidates(begun, |project| query::catalogue(project).map(|(questions, _)| questions).unwrap_or_default())
}

/// The names of the project's views that begin so.
pub fn views(begun: &OsStr) -> Vec<CompletionCandidate> {
    candidates(begun, |project| query::views(project).map(|(views, _)| views).unwrap_or_default())
}

/// The ids of the things of the project's graph that begin so, and those of things with a name that begins so.
pub fn things(begun: &OsStr) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    let Some(project) = here() else { return Vec::new() };
    let Ok(Some(file)) = Builds::new(project.store_folder()).names() else { return Vec::new() };
    let Ok(names) = Names::open(file, &project.base) else { return Vec::new() };
    let mut things: BTreeMap<String, String> = names.ids(&begun, MOST).unwrap_or_default().into_iter().collect();
    let called = names.find(&begun, &Filter { limit: MOST, kinds: Vec::new() }).unwrap_or_default();
    let begins = called.into_iter().filter(|found| found.why <= Why::Starts && found.role <= Role::OtherName);
    for found in begins.filter(|found| project.base.slug_of(found.thing.as_str()).is_some()) {
        things.entry(found.id).or_insert(found.name);
    }
    things.into_iter().take(MOST).map(|(id, name)| CompletionCandidate::new(id).help(Some(name.into()))).collect()
}

/// The names of the project's kinds that begin so, whatever their case.
pub fn kinds(begun: &OsStr) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy().to_lowercase();
    let Some((opened, _)) = pipeline::open(&here().unwrap_or_else(Project::shipped)).ok() else { return Vec::new() };
    opened
        .schema
        .kinds
        .values()
        .filter(|kind| kind.name.to_lowercase().starts_with(&begun))
        .map(|kind| CompletionCandidate::new(kind.name.clone()).help(kind.comment.clone().map(Into::into)))
        .collect()
}

/// A project that is not there, or not in order, has no names to offer: a shell is no place for its faults.
fn candidates(begun: &OsStr, all: impl Fn(&Project) -> Vec<query::Question>) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    let Some(project) = here() else { return Vec::new() };
    all(&project)
        .into_iter()
        .filter(|question| {
            let last = question.name.rsplit('/').next().unwrap_or("");
            question.name.starts_with(begun.as_ref()) || last.starts_with(begun.as_ref())
        })
        .map(|question| CompletionCandidate::new(question.name).help(Some(question.title.into())))
        .collect()
}

fn here() -> Option<Project> {
    let folder = std::env::var_os("CIVIGRAPH_PROJECT").map_or_else(|| PathBuf::from("."), PathBuf::from);
    Some(super::personal::asked(Project::find(&folder).ok()?))
}
