//! Folders of the person and not of a project: questions and views that go along, and what the shell remembers.
//!
//! They are where the system keeps such things: `XDG_CONFIG_HOME` and `XDG_STATE_HOME`, on Windows the folders for
//! applications, else below the home folder. `CIVIGRAPH_HOME` names another for questions and views.

use std::path::PathBuf;

use crate::project::Project;

/// The folder whose `queries/` holds the person's own questions and views; none if there is no such folder.
fn folder() -> Option<PathBuf> {
    if let Some(own) = named("CIVIGRAPH_HOME") {
        return std::path::absolute(own).ok().filter(|folder| folder.is_dir());
    }
    let config = rooted("XDG_CONFIG_HOME").or_else(|| rooted("APPDATA")).or_else(|| rooted("HOME").map(|home| home.join(".config")))?;
    Some(config.join("civigraph")).filter(|folder| folder.is_dir())
}

/// A project together with the questions and views of whoever asks.
pub fn asked(project: Project) -> Project {
    Project { asker: folder(), ..project }
}

/// The folder of what the program remembers of its use; it need not be there.
pub fn state() -> Option<PathBuf> {
    let state = rooted("XDG_STATE_HOME")
        .or_else(|| rooted("LOCALAPPDATA"))
        .or_else(|| rooted("HOME").map(|home| home.join(".local").join("state")))?;
    Some(state.join("civigraph"))
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// A relative path would mean another folder wherever one stands.
fn rooted(variable: &str) -> Option<PathBuf> {
    named(variable).filter(|path| path.is_absolute())
}
