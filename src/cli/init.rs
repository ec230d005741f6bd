//! `civigraph init`: a small project that builds, to start from.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Failure, Outcome, Session};
use crate::iri::slugify;
use crate::project::{MANIFEST, plain};

/// Make a project to start from, in a new or empty folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  civigraph init alliance\n  cd alliance && civigraph")]
pub struct InitArgs {
    /// The folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

/// The files of a new project; `{name}` is the folder's name.
const FILES: [(&str, &str); 6] = [
    (MANIFEST, include_str!("init/civigraph.toml")),
    ("data/first-source/source.toml", include_str!("init/source.toml")),
    ("data/first-source/sections.csv", include_str!("init/sections.csv")),
    ("data/first-source/1-members.yaml", include_str!("init/members.yaml")),
    ("data/first-source/events.csv", include_str!("init/events.csv")),
    ("README.md", include_str!("init/README.md")),
];

/// Runs the command.
pub fn run(args: &InitArgs, session: &Session) -> Outcome {
    let cannot = |path: &Path, error: std::io::Error| Failure::Input(format!("cannot write {}: {}", path.display(), plain(&error)), None);
    for (path, _) in FILES {
        let place = args.folder.join(path);
        if place.exists() {
            return Err(Failure::Usage(
                format!("{} is there already; nothing was written", place.display()),
                Some("name a new or empty folder".to_owned()),
            ));
        }
    }
    let full = std::path::absolute(&args.folder).unwrap_or_else(|_| args.folder.clone());
    let name = full.file_name().map_or_else(String::new, |name| slugify(&name.to_string_lossy()));
    let name = if name.is_empty() { "project".to_owned() } else { name };
    for (path, text) in FILES {
        let place = args.folder.join(path);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
        }
        fs::write(&place, text.replace("{name}", &name)).map_err(|error| cannot(&place, error))?;
    }
    session.say(&format!("made a project in {}; `civigraph --project {} build` builds it", args.folder.display(), args.folder.display()));
    Ok(())
}
