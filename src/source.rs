//! A source: a folder under `data/` that introduces itself in `source.toml` and holds records in files.
//!
//! Readers turn files into [`Record`]s, every value located; what a value means is not known here. Tables and
//! newline-delimited JSON are streamed; YAML and JSON files are read whole. What was not written for civigraph is read by a
//! mapping (`source.toml`, [`mapping`]), and becomes records all the same.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use oxigraph::model::Quad;
use serde::Deserialize;

use crate::finding::{Finding, Severity};
use crate::location::{Located, Location};
use crate::mend::Mend;
use crate::project::{self, Project, ProjectError};
use crate::record::Record;

pub mod csvw;
pub mod documents;
pub mod excerpt;
pub mod grid;
mod guarded;
pub mod introduction;
pub mod json;
pub mod kinds;
pub mod mapping;
pub mod matches;
pub mod plain;
pub mod propose;
pub mod rdf;
pub mod reader;
pub mod readers;
pub mod sections;
pub mod sheet;
pub mod spreadsheet;
pub mod table;
pub mod text;
pub mod toml;
pub mod workbook;
pub mod xml;
pub mod yaml;

pub use introduction::TableEntry;
pub use kinds::{Sort, TableKey, TableKind, kind_called};
pub use sections::Section;

/// The file by which a folder introduces itself.
const INTRODUCTION: &str = "source.toml";
/// How the first cell of a row begins that is the example of a template, and nobody's record.
pub const EXAMPLE: &str = "Example:";
/// How the first cell of a sheet begins that holds no records: the guide and the lists of a template.
pub const NOT_READ: &str = "civigraph template:";
/// The file that says which names mean which things.
const RESOLUTIONS: &str = "resolutions.csv";
/// The tables that are about the source and hold no records.
const ABOUT: [&str; 3] = ["sections.csv", "coverage.csv", RESOLUTIONS];

/// How many different things of a kind are plausible.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// At least so many.
    pub min: Option<usize>,
    /// At most so many.
    pub max: Option<usize>,
}

/// A source, introduced.
#[derive(Debug, Clone)]
pub struct Source {
    /// The short name in citations: the folder's, unless the introduction says another.
    pub id: String,
    /// The folder, relative to the project.
    pub folder: String,
    /// Whether it is the registry: what needs no source cited for it.
    pub registry: bool,
    /// Whether what is wrong in it is left out and told of, instead of keeping the rest from being built.
    pub quarantine: bool,
    /// The title.
    pub title: String,
    /// A few characters for citations in tables and pictures (`RA 2025`).
    pub short: String,
    /// Who published it: a thing's id, or words.
    pub publisher: Option<String>,
    /// Where it can be had.
    pub url: Option<String>,
    /// Under which terms.
    pub licence: Option<String>,
    /// The language of its texts, if it is not the project's.
    pub language: Option<String>,
    /// When it was issued (EDTF).
    pub issued: Option<String>,
    /// Up to which day it speaks, as `YYYY-MM-DD`, with its place in the introduction.
    pub as_of: Option<Located<String>>,
    /// Why that day.
    pub as_of_note: Option<String>,
    /// SHA-256 of the document that was read.
    pub document_sha256: Option<String>,
    /// What that document is.
    pub document_note: Option<String>,
    /// Its sections, in order; its files, if it lists none.
    pub sections: Vec<Section>,
    /// Whether it lists its sections.
    pub sectioned: bool,
    /// Which names mean which things, by the name, folded.
    pub resolutions: BTreeMap<String, Located<String>>,
    /// Plausible counts by kind, each where it is said.
    pub expected: BTreeMap<String, Located<Expected>>,
    /// The introduction's own place.
    pub location: Location,
    /// What is said of its tables and files.
    pub tables: Vec<TableEntry>,
    /// The positions of the sections by their locators.
    listed: HashMap<String, usize>,
}

/// What comes out of reading: records, statements and findings, in the order of the files.
pub trait Sink {
    /// Takes a record.
    fn record(&mut self, record: Record);
    /// Takes a statement that was written as one. In the default graph of its file it is cited to the file and the line.
    fn statement(&mut self, quad: Quad, cited: &Located<String>, at: Option<&str>);
    /// Takes a finding.
    fn finding(&mut self, finding: Finding);
    /// Takes the finding for which the rest of a file was not read.
    fn cut(&mut self, finding: Finding) {
        self.finding(finding);
    }
    /// Takes what can be mended without asking; whoever does not mend needs no such thing.
    fn mend(&mut self, _mend: Mend) {}
}

/// Introduces every source of a project, by folder name; the findings say which could not be.
///
/// # Errors
/// The folder `data/` cannot be listed.
pub fn sources(project: &Project) -> Result<(Vec<Source>, Vec<Finding>), ProjectError> {
    let mut sources = Vec::new();
    let mut findings = Vec::new();
    let mut folders = BTreeSet::new();
    let files = project.files_under("data")?;
    for file in &files {
        match file.split('/').collect::<Vec<_>>()[..] {
            [_, folder, _, ..] => {
                folders.insert(format!("data/{folder}"));
            }
            _ if file.ends_with(".md") => {}
            _ => findings.push(
                Finding::warning(
                    "unreadable-file",
                    "a file outside a source's folder is not read",
                    Location::file(&Arc::from(file.as_str())),
                )
                .hint(Some(format!("move it into a folder under data/ that has a {INTRODUCTION}"))),
            ),
        }
    }
    for folder in folders {
        match introduction::introduce(project, &folder) {
            Ok((source, more)) => {
                sources.push(source);
                findings.extend(more);
            }
            Err(finding) => findings.push(*finding),
        }
    }
    Ok((sources, findings))
}

/// Whether a file is about its source, or for people, and holds no records.
fn is_about(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    // A spreadsheet program marks a workbook as open with a file beside it.
    name == INTRODUCTION || ABOUT.contains(&name) || name.ends_with(".md") || name.starts_with("~$")
}

impl Source {
    /// The section of a locator.
    pub fn section(&self, locator: &str) -> Option<&Section> {
        self.sections.get(*self.listed.get(locator)?)
    }

    /// Reads the records of all the source's files, by path. `kinds` are what a table's file name may mean.
    ///
    /// # Errors
    /// The folder cannot be listed. What is wrong inside a file is a finding.
    pub fn read(&self, project: &Project, kinds: &[TableKind], sink: &mut dyn Sink) -> Result<(), ProjectError> {
        let used = RefCell::new(BTreeSet::new());
        let ids = RefCell::new(mapping::engine::Ids::default());
        let mut names = Vec::new();
        let described = self.described(project);
        for path in project.files_under(&self.folder)? {
            if is_about(&path) || self.is_beside(&path) || described.contains(&path) {
                continue;
            }
            let file: Arc<str> = path.as_str().into();
            let name = path.rsplit('/').next().unwrap_or(&path);
            let input = reader::Input {
                source: self,
                path: Path::new(&path),
                file: &file,
                door: project.door(),
                name,
                kinds,
                used: &used,
                ids: &ids,
            };
            if !input.settings().is_some_and(|(settings, _)| settings.skip)
                && let Err(finding) = readers::read(&input, sink)
            {
                sink.cut(finding);
            }
            names.push(name.to_owned());
        }
        for (_, entry) in self.tables.iter().enumerate().filter(|(index, _)| !used.borrow().contains(index)) {
            let near = crate::nearest::nearest(&entry.name.value, names.iter().cloned());
            let message = format!("{} has no file `{}`", self.folder, entry.name.value);
            sink.finding(
                Finding::warning("unused-setting", message, entry.name.location.clone())
                    .hint(near.map(|near| format!("did you mean `{near}`?"))),
            );
        }
        Ok(())
    }

    /// A finding as this source has it: where what is wrong is to be left out, it keeps nothing from being built. What is wrong
    /// with the settings is never excused.
    pub fn excused(&self, mut finding: Finding) -> Finding {
        let grave = ["unreadable-setting", "unused-setting"].contains(&finding.code.as_str());
        if self.quarantine && finding.severity == Severity::Error && !grave {
            finding.severity = Severity::Warning;
            finding.left_out = true;
            finding.label = if finding.label.is_empty() { "left out".to_owned() } else { format!("{}; left out", finding.label) };
        }
        finding
    }

    /// Whether a file is the source's introduction: what is wrong in it is never left out.
    pub fn is_introduced_at(&self, file: &str) -> bool {
        *self.location.file == *file
    }

    /// The tables that are read with a file that describes them.
    fn described(&self, project: &Project) -> BTreeSet<String> {
        let describing = self.tables.iter().filter(|entry| entry.settings.reader.as_deref() == Some(csvw::NAME));
        let mut tables = BTreeSet::new();
        for entry in describing {
            let folder = entry.name.value.rsplit_once('/').map_or_else(String::new, |(folder, _)| format!("{folder}/"));
            let path = format!("{}/{}", self.folder, entry.name.value);
            if let Ok(text) = text::read_whole(project.door(), Path::new(&path)) {
                tables.extend(csvw::files(&text).into_iter().map(|name| format!("{}/{folder}{name}", self.folder)));
            }
        }
        tables
    }

    /// Whether a file is one that a mapping takes its words from.
    fn is_beside(&self, path: &str) -> bool {
        let Some(name) = path.strip_prefix(&self.folder).map(|rest| rest.trim_start_matches('/')) else { return false };
        self.tables.iter().any(|entry| entry.settings.is_beside(name))
    }

    /// What is said of a file or sheet by the first of these names that anything is said of: with its number, and the parts of
    /// the name. What is said of exactly this name goes before patterns.
    pub fn said_of<'s>(&'s self, names: &[String]) -> Option<(usize, &'s TableEntry, Vec<(String, String)>)> {
        let exact = self.tables.iter().enumerate().find(|(_, entry)| names.contains(&entry.name.value));
        if let Some((index, entry)) = exact {
            return Some((index, entry, Vec::new()));
        }
        self.tables.iter().enumerate().find_map(|(index, entry)| {
            let parts = names.iter().find_map(|name| entry.fits(name))?;
            Some((index, entry, parts))
        })
    }
}

/// Every file of a project that a build reads, by path, for recognising an unchanged one: what people write beside the records
/// for each other, and what spreadsheet programs leave there, is none.
///
/// # Errors
/// A folder cannot be listed.
pub fn input_files(project: &Project) -> Result<Vec<String>, ProjectError> {
    let mut files = vec![project::MANIFEST.to_owned()];
    files.extend(project.world.stamp(matches::FILE).is_some().then(|| matches::FILE.to_owned()));
    files.extend(project.files_under("data")?.into_iter().filter(|path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        !name.ends_with(".md") && !name.starts_with("~$")
    }));
    for home in project.homes() {
        for (folder, endings) in [("mappings", &[".toml"][..]), ("ontology", &[".ttl", ".rq", ".csv", ".toml"]), ("queries", &[".rq"])] {
            let found = project.files_under(&format!("{home}{folder}"))?;
            files.extend(found.into_iter().filter(|path| endings.iter().any(|ending| path.ends_with(ending))));
        }
    }
    Ok(files)
}
