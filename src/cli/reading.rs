//! The project's graph, opened for a command: as it is, or with a look at whether the files have changed since it was built.

use super::fresh::{Fresh, Part};
use super::{Failure, Reading, Session, intact, personal};
use crate::project::Project;

/// Opens the project's graph as it is; builds nothing.
pub fn open(session: &Session) -> Result<Reading, Failure> {
    of(session.asked()?)
}

/// Opens the project's graph to show something of it: built first, or with a word on what has changed since it was.
pub fn current(session: &Session, fresh: Fresh, part: Part) -> Result<Reading, Failure> {
    let project = session.project()?;
    fresh.look(part, &project, session)?;
    of(personal::asked(project))
}

fn of(project: Project) -> Result<Reading, Failure> {
    let reading = Reading::open(project)?;
    // One graph is opened a process.
    intact::reads(&reading.store);
    Ok(reading)
}
