//! `civigraph init`: a small project that builds, to start from.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Context, Failure, Outcome};
use crate::door;
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

/// The files of a new project. `{heading}` is the folder's name, `{title}` and `{source}` are titles with it, as TOML
/// writes text, and `{name}` is the name as an address has it.
const FILES: [(&str, &str); 6] = [
    (MANIFEST, include_str!("init/civigraph.toml")),
    ("data/first-source/source.toml", include_str!("init/source.toml")),
    ("data/first-source/sections.csv", include_str!("init/sections.csv")),
    ("data/first-source/1-members.yaml", include_str!("init/members.yaml")),
    ("data/first-source/events.csv", include_str!("init/events.csv")),
    ("README.md", include_str!("init/README.md")),
];

/// Runs the command.
pub fn run(args: &InitArgs, context: &Context) -> Outcome {
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
    let heading = full.file_name().map_or_else(String::new, |name| heading(&name.to_string_lossy()));
    let heading = if heading.is_empty() { "A project".to_owned() } else { heading };
    let name = slugify(&heading);
    let name = if name.is_empty() { "project" } else { &name };
    let title = toml::Value::from(heading.as_str()).to_string();
    let source = toml::Value::from(format!("The first source of {heading}")).to_string();
    let blank = regex::Regex::new(r"\{(heading|title|source|name)\}").expect("the pattern is one");
    for (path, text) in FILES {
        let place = args.folder.join(path);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
        }
        let text = blank.replace_all(text, |found: &regex::Captures<'_>| match &found[0] {
            "{heading}" => heading.as_str(),
            "{title}" => &title,
            "{source}" => &source,
            _ => name,
        });
        door::write_new(&place, text.as_bytes()).map_err(|error| cannot(&place, error))?;
    }
    let mut shown = args.folder.display().to_string();
    if shown.starts_with('-') {
        shown.insert_str(0, "./");
    }
    let build = if shown == "." { "civigraph".to_owned() } else { format!("civigraph --project {} build", for_shell(&shown)) };
    context.say(&format!("made a project in {shown}; this builds it:\n  {build}"));
    Ok(())
}

/// A folder's name as a title: one line, without control characters.
fn heading(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A word as a POSIX shell reads it back (XCU 2.2.2).
fn for_shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
