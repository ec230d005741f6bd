//! `civigraph import`: a file as it came becomes a source, with a mapping to begin with.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use oxigraph::model::Quad;

use super::{Context, Failure, Outcome};
use crate::door::{self, Door, folder_fault, plain};
use crate::finding::{Finding, Severity};
use crate::iri;
use crate::limits::Limits;
use crate::location::Located;
use crate::pipeline;
use crate::project::Project;
use crate::record::{Node, Record};
use crate::source::{self, Sink, propose};
use crate::unfinished::Unfinished;
use crate::world::Folder;

/// Take a file as it is into the project, with a mapping to begin with
///
/// Looks at the file, says what it seems to be, copies it into a new folder under data/, writes a source.toml that says what its rows mean, and shows the first records that
/// it makes. Then open source.toml and correct what was guessed wrong; `civigraph check` says what is missing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph import members.xlsx\n  civigraph import grants.json --source foundation\n  civigraph import members.csv --dry-run"
)]
pub struct ImportArgs {
    /// The file: csv, tsv, xlsx, json, ndjson, yaml, xml or RDF
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The folder under data/; the file's name unless said
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Only say what would be written
    #[arg(long)]
    dry_run: bool,
}

/// How many records are shown.
const SHOWN: usize = 10;

/// Runs the command.
pub fn run(args: &ImportArgs, context: &Context) -> Outcome {
    let project = context.project()?;
    let (opened, _) = pipeline::open(&project)?;
    let kinds = opened.schema.table_kinds();
    let shown = args.file.display().to_string();
    if !args.file.is_file() {
        return Err(Failure::Input(format!("cannot read {shown}: there is no such file"), None));
    }
    // A table with a description beside it means what that says.
    let file = propose::description(&project, &args.file).unwrap_or_else(|| args.file.clone());
    let proposal = propose::propose(&project, &file, &kinds)
        .map_err(|why| Failure::Input(format!("{shown}: {why}"), Some("docs/mapping.md tells how to say what a file means".to_owned())))?;
    let called = |file: &Path| file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (given, name) = (called(&args.file), called(&file));
    let stem = given.rsplit_once('.').map_or(given.as_str(), |(stem, _)| stem);
    let folder = args.source.clone().unwrap_or_else(|| iri::slug_for(stem));
    if let Some(fault) = iri::slug_fault(&folder) {
        let hint = Some(format!("`{}` would do", iri::slug_for(&folder)));
        return Err(Failure::Usage(format!("`{folder}` cannot name a source: {fault}"), hint));
    }
    let title = toml::Value::from(stem).to_string();
    let text = format!(
        "title = {title} # what it is called, as a reader would cite it\n# publisher = \"…\"\n# url = \"…\"\n# as_of = 2025-12-31 # up to which day it speaks\n\n{}",
        proposal.settings
    );
    let place = format!("data/{folder}");
    let here = project.root.join(&place);
    if here.join("source.toml").exists() {
        let hint = "choose another name with --source, or add the table to its source.toml yourself".to_owned();
        return Err(Failure::Usage(format!("{place}/source.toml is there already; nothing was written"), Some(hint)));
    }
    let mut said = format!("{name} seems to be {}\n\n", proposal.seems);
    let records = match args.dry_run {
        true => {
            said.push_str(&format!("{place}/source.toml would be:\n\n{}\n", indented(&text)));
            let scratch = scratch()?;
            write(scratch.path(), &scratch.path().join(&place), &name, &file, &text)?;
            beside(&file, &scratch.path().join(&place), &proposal.beside)?;
            read(&project, scratch.path(), &folder, &kinds)?
        }
        false => {
            write(&project.root, &here, &name, &file, &text)?;
            beside(&file, &here, &proposal.beside)?;
            said.push_str(&format!("written: {place}/{name} (as it is), {place}/source.toml\n\n"));
            read(&project, &project.root, &folder, &kinds)?
        }
    };
    said.push_str(&format!("{} records; the first of them:\n\n", records.count));
    for line in &records.shown {
        said.push_str(&format!("  {line}\n"));
    }
    if records.faults > 0 {
        said.push_str(&format!("\n{} things are to be said yet: `civigraph check` names them\n", records.faults));
    }
    context.say(said.trim_end());
    Ok(())
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }).collect()
}

/// A folder of nobody else's, gone when dropped.
fn scratch() -> Result<Unfinished, Failure> {
    const TRIES: u32 = 100;
    let folder = std::env::temp_dir();
    let mut failed = None;
    for number in 0..TRIES {
        // One that is there already is another's, or a link that somebody laid there.
        match Unfinished::make(folder.join(format!("civigraph-import-{}-{number}", std::process::id())), |path| fs::create_dir(path)) {
            Ok((made, ())) => return Ok(made),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    let why = failed.map_or_else(|| "others stand in the way".to_owned(), |error| plain(&error));
    Err(Failure::Input(format!("cannot write {}: {why}", folder.display()), Some("TMPDIR names another folder".to_owned())))
}

/// Copies the files that a file describes to it.
fn beside(file: &Path, folder: &Path, names: &[String]) -> Result<(), Failure> {
    let from = file.parent().unwrap_or(Path::new(""));
    for name in names.iter().filter(|name| !name.contains('/')) {
        copied(&from.join(name), &folder.join(name))?;
    }
    Ok(())
}

/// Copies a file, whole or not at all.
fn copied(file: &Path, copy: &Path) -> Result<(), Failure> {
    let is_own = fs::canonicalize(file).is_ok_and(|file| fs::canonicalize(copy).is_ok_and(|copy| copy == file));
    if is_own {
        return Ok(());
    }
    let input = Door::named(Limits::default()).open(file);
    let mut input = input.map_err(|refused| Failure::Input(format!("cannot read {}: {}", file.display(), refused.words()), None))?;
    // Half a copy would be taken for the file.
    let (made, mut output) = Unfinished::make(copy.to_owned(), door::create_new).map_err(|error| unwritten(copy, &error))?;
    std::io::copy(&mut input, &mut output).map_err(|error| unwritten(copy, &error))?;
    made.finish(|_| Ok::<(), std::io::Error>(())).map_err(|error| unwritten(copy, &error))
}

/// Why a file was not written.
fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::Usage(
            format!("{} is there already; nothing was written over it", path.display()),
            Some("choose another name with --source".to_owned()),
        ),
        _ => Failure::Input(format!("cannot write {}: {}", path.display(), plain(error)), None),
    }
}

/// Writes a source: what is there already stays, and links are not followed out of the project.
fn write(root: &Path, folder: &Path, name: &str, file: &Path, text: &str) -> Result<(), Failure> {
    if let Some(why) = folder_fault(root, folder) {
        return Err(Failure::Input(format!("cannot write {}: {why}", folder.display()), None));
    }
    fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
    copied(file, &folder.join(name))?;
    let introduction = folder.join("source.toml");
    door::write_new(&introduction, text.as_bytes()).map_err(|error| unwritten(&introduction, &error))
}

fn read(project: &Project, root: &Path, folder: &str, kinds: &[source::TableKind]) -> Result<Seen, Failure> {
    let mut project = project.clone();
    project.world = std::sync::Arc::new(Folder::of(root));
    let mut seen = Seen::default();
    let (sources, findings) = source::sources(&project)?;
    for source in sources.iter().filter(|source| source.folder == format!("data/{folder}")) {
        source.read(&project, kinds, &mut seen)?;
    }
    seen.faults += findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    Ok(seen)
}

/// The first records of a source, and how many there are.
#[derive(Debug, Default)]
struct Seen {
    shown: Vec<String>,
    count: usize,
    faults: usize,
}

impl Sink for Seen {
    fn record(&mut self, record: Record) {
        self.count += 1;
        if self.shown.len() < SHOWN {
            let values = record.fields.iter().map(|field| format!("{}: {}", field.key.value, words(&field.value)));
            let line = format!("{} {{ {} }}", record.kind.value, values.collect::<Vec<_>>().join(", "));
            self.shown.push(line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect());
        }
    }

    fn statement(&mut self, quad: Quad, _: &Located<String>, _: Option<&str>) {
        self.count += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(quad.to_string());
        }
    }

    fn finding(&mut self, finding: Finding) {
        self.faults += usize::from(finding.severity == Severity::Error);
    }
}

fn words(node: &Node) -> String {
    match node {
        Node::Empty(_) => String::new(),
        Node::Text(text) => text.value.clone(),
        Node::List(members, _) => format!("[{}]", members.iter().map(words).collect::<Vec<_>>().join(", ")),
        Node::Map(fields, _) => {
            fields.iter().map(|field| format!("{} ({})", words(&field.value), field.key.value)).collect::<Vec<_>>().join(", ")
        }
    }
}
