//! The project's graph, opened for a command: as it is, or with a look at whether the files have changed since it was built.

use super::fresh::{Fresh, Part};
use super::{Context, Failure, Session, intact, personal};
use crate::project::Project;

/// Opens the project's graph as it is; builds nothing.
pub fn open(context: &Context) -> Result<Session, Failure> {
    of(context.asked()?)
}

/// Opens the project's graph to show something of it: built first, or with a word on what has changed since it was.
pub fn current(context: &Context, fresh: Fresh, part: Part) -> Result<Session, Failure> {
    let project = context.project()?;
    fresh.look(part, &project, context)?;
    of(personal::asked(project))
}

fn of(project: Project) -> Result<Session, Failure> {
    let session = Session::open(project)?;
    // One graph is opened a process.
    intact::reads(&session.store);
    Ok(session)
}
