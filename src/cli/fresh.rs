//! Whether the graph is what the project's files say now: said before anything of it is shown, or built first with `--build`.

use clap::Args;

use super::{Context, Outcome, build};
use crate::inputs::{Change, Changes, Inputs};
use crate::project::Project;
use crate::store::Builds;

/// So many files are named.
const NAMED: usize = 3;

/// What the commands that show the graph have in common.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Fresh {
    /// Build the graph first, if files have changed since it was built
    #[arg(long)]
    build: bool,
}

/// What of the graph is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What it says of things. Questions and views are read as they are now, whatever the graph says of them.
    Things,
    /// All of it, with what it says of questions.
    Everything,
}

impl Fresh {
    /// Builds first, if that was asked for; otherwise says which files have changed since the graph was built.
    ///
    /// # Errors
    /// With `--build`, those of building: a finding too grave to store the graph is one.
    pub fn look(self, part: Part, project: &Project, context: &Context) -> Outcome {
        if self.build {
            return build::first(project, context);
        }
        let builds = Builds::new(project.store_folder());
        // That there is no graph yet is said by whoever opens it.
        if context.common.quiet || builds.summary().is_none() {
            return Ok(());
        }
        let inputs = builds.inputs().as_deref().and_then(Inputs::of_text);
        if let Some(note) = note(inputs.as_ref(), part, project) {
            context.say(&format!("note: {note}"));
            context.say("help: `civigraph build` builds it anew; with --build this command does so first");
        }
        Ok(())
    }
}

/// What there is to say of a graph that was built from these inputs: nothing if it is what a build would make now.
pub fn note(inputs: Option<&Inputs>, part: Part, project: &Project) -> Option<String> {
    let Some(inputs) = inputs else {
        return Some("what this graph was built from is not known, nor whether it has changed".to_owned());
    };
    match inputs.changes(project) {
        Ok(changes) => words(changes, part),
        Err(error) => Some(format!("whether files have changed since this graph was built cannot be told: {error}")),
    }
}

fn words(mut changes: Changes, part: Part) -> Option<String> {
    changes.files.retain(|(path, _)| tells(path, part));
    if changes.is_none() {
        return None;
    }
    let builder = "this graph was built by another version of civigraph";
    if changes.files.is_empty() {
        return Some(builder.to_owned());
    }
    let mut named: Vec<String> = changes.files.iter().take(NAMED).map(|(path, change)| format!("{path} {}", done(*change))).collect();
    if changes.files.len() > NAMED {
        named.push(format!("{} more", changes.files.len() - NAMED));
    }
    let last = named.pop().unwrap_or_default();
    let files = if named.is_empty() { last } else { format!("{} and {last}", named.join(", ")) };
    Some(if changes.program { format!("{builder}, and since then {files}") } else { format!("since this graph was built {files}") })
}

fn done(change: Change) -> &'static str {
    match change {
        Change::Edited => "changed",
        Change::Touched => "was written again",
        Change::New => "came",
        Change::Gone => "went",
    }
}

/// Whether a file has a part in what is shown. Checks and views have none in any graph.
fn tells(path: &str, part: Part) -> bool {
    let within = if path.starts_with("data/") { None } else { path.split_once("queries/") };
    match within {
        Some((home, rest)) if home.is_empty() || home.ends_with('/') => {
            part == Part::Everything && !rest.starts_with("checks/") && !rest.starts_with("diagrams/")
        }
        _ => true,
    }
}
