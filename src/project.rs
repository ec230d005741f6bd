//! A project: the folder with `civigraph.toml`, where its ontology, data, queries and store are.
//!
//! The ontology and the queries that civigraph ships are compiled in; a file of the project at the same path
//! replaces the shipped one, any other adds to it, so a project starts empty and still has every kind.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use thiserror::Error;

pub use crate::door::{Door, follow_links, path_fault, plain};
use crate::iri::Base;
use crate::limits::{self, Limit, Limits};
use crate::location::{Located, Location};
use crate::world::{Folder, Memory, Refused, World};

/// The file that makes a folder a project.
pub const MANIFEST: &str = "civigraph.toml";

/// The folder of the store.
const STORE: &str = ".civigraph";

/// The largest manifest, in bytes. It says what the limits are, and none of them is its own.
const MANIFEST_LIMIT: u64 = 1 << 20;

static BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// Why a project could not be opened.
#[derive(Debug, Error)]
pub enum ProjectError {
    /// Neither the folder nor one above it has a manifest.
    #[error("no {MANIFEST} in {} or a folder above it", .0.display())]
    NoManifest(PathBuf),
    /// The manifest is not TOML, or lacks something, or has something unknown.
    #[error("{MANIFEST}: {0}")]
    Manifest(String),
    /// A file or folder could not be read.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// The file, relative to the project.
        path: String,
        /// What the system said.
        reason: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    title: String,
    base: String,
    #[serde(default = "english")]
    language: String,
    #[serde(default = "yes")]
    shipped: bool,
    #[serde(default)]
    prefixes: BTreeMap<String, toml::Spanned<String>>,
    #[serde(default)]
    parts: Vec<String>,
    #[serde(default)]
    questions: BTreeMap<toml::Spanned<String>, BTreeMap<toml::Spanned<String>, String>>,
    #[serde(default)]
    limits: BTreeMap<String, toml::Value>,
    #[serde(default)]
    quarantine: bool,
    #[serde(default)]
    severity: BTreeMap<toml::Spanned<String>, toml::Spanned<String>>,
}

fn english() -> String {
    "en".to_owned()
}

fn yes() -> bool {
    true
}

/// An opened project.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder of the manifest: where the store is, and where what is mended is written. Empty where the project lies in no folder.
    pub root: PathBuf,
    /// Where its files come from.
    pub world: Arc<dyn World>,
    /// The title, for diagrams and descriptions.
    pub title: String,
    /// What all IRIs of the project start with.
    pub base: Base,
    /// The language of texts that do not say theirs, as a BCP 47 tag.
    pub language: String,
    /// Prefixes beside those of the ontology.
    pub prefixes: Vec<(String, String)>,
    /// Whether the shipped ontology and queries are part of it.
    pub shipped: bool,
    /// Folders of the project, each with an `ontology/` and `queries/` that add to the project's own: what only one source or
    /// one report needs stays together, beside what everybody can use.
    pub parts: Vec<String>,
    /// What questions and views are asked of where nothing else is said. Those that ship with the program know nobody's
    /// things; of what they are asked is a project's own.
    pub own_values: Vec<OwnValue>,
    /// How much of its files is read: `[limits]`.
    pub limits: Limits,
    /// The folder of whoever asks, with questions and views that go with the person from project to project; none while a graph
    /// is built, which is the same whoever builds it.
    pub asker: Option<PathBuf>,
    /// How grave the project takes findings of a code to be, by the code: each word as it stands, with its place.
    pub severities: Vec<(Located<String>, Located<String>)>,
    /// Whether what is wrong in any source is left out and told of, instead of keeping the rest from being built.
    pub quarantine: bool,
}

/// A value that a project gives to a parameter of a question: `[questions."people/posts"]`, `person = "…"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnValue {
    /// The question's or view's name, with where it stands.
    pub question: Located<String>,
    /// The parameter's name, with where it stands.
    pub parameter: Located<String>,
    /// What is given, as on the command line.
    pub value: String,
}

/// A text file of the project, or one compiled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The path relative to the project, with `/`: where it is found.
    pub path: Arc<str>,
    /// The path relative to the project or the part of it that the file is in: what it is called, and what it replaces.
    pub within: Arc<str>,
    /// What is in it.
    pub text: String,
    /// Whether it came with the binary.
    pub shipped: bool,
    /// Whether it is a file of whoever asks, and not of the project.
    pub askers: bool,
}

impl Asset {
    /// Whose it is: that of the program, of the project, or of whoever asks.
    pub fn home(&self) -> &'static str {
        match (self.shipped, self.askers) {
            (true, _) => "shipped",
            (_, true) => "yours",
            _ => "project",
        }
    }

    /// The file's name without folder and ending: what a rule, check, view or question is called.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }
}

impl Project {
    /// Opens the project that a folder is in: the folder itself, or the nearest one above it with a manifest.
    ///
    /// # Errors
    /// There is none, or its manifest is not in order.
    pub fn find(folder: &Path) -> Result<Self, ProjectError> {
        let start = fs::canonicalize(folder)
            .map_err(|error| ProjectError::Unreadable { path: folder.display().to_string(), reason: plain(&error) })?;
        start
            .ancestors()
            .find(|folder| folder.join(MANIFEST).exists())
            .map_or_else(|| Err(ProjectError::NoManifest(folder.to_path_buf())), Self::open)
    }

    /// What ships with the program and nothing else: a project without a folder.
    pub fn shipped() -> Self {
        Self {
            root: PathBuf::new(),
            world: Arc::new(Memory::default()),
            title: String::new(),
            base: Base::new("https://example.org/").expect("an address"),
            language: english(),
            prefixes: Vec::new(),
            shipped: true,
            parts: Vec::new(),
            own_values: Vec::new(),
            severities: Vec::new(),
            limits: Limits::default(),
            asker: None,
            quarantine: false,
        }
    }

    /// Opens the project of this folder.
    ///
    /// # Errors
    /// Its manifest cannot be read or is not in order.
    pub fn open(root: &Path) -> Result<Self, ProjectError> {
        for name in [MANIFEST, STORE, "data", "ontology", "queries"] {
            if let Some(fault) = path_fault(root, &root.join(name)) {
                return Err(ProjectError::Unreadable { path: name.to_owned(), reason: fault.to_owned() });
            }
        }
        Self::of(root.to_path_buf(), Arc::new(Folder::of(root)))
    }

    /// Opens a project that lies wherever it may be. It has no folder: its graph can be [made](crate::pipeline::make) and asked,
    /// but not stored.
    ///
    /// # Errors
    /// As of [`open`](Self::open).
    pub fn of_world(world: Arc<dyn World>) -> Result<Self, ProjectError> {
        Self::of(PathBuf::new(), world)
    }

    fn of(root: PathBuf, world: Arc<dyn World>) -> Result<Self, ProjectError> {
        let text = manifest(&*world)?;
        let manifest: Manifest = toml::from_str(&text).map_err(|error| ProjectError::Manifest(error.to_string().trim_end().to_owned()))?;
        let parts: Vec<String> = manifest.parts.iter().map(|part| part.trim_matches('/').to_owned()).collect();
        if let Some(part) =
            parts.iter().find(|part| part.is_empty() || part.split('/').any(|step| step.is_empty() || step.starts_with('.')))
        {
            return Err(ProjectError::Manifest(format!("parts: `{part}` is no folder of the project")));
        }
        if let Some(part) = parts.iter().find(|part| !world.is_folder(part)) {
            return Err(ProjectError::Manifest(format!("parts: there is no folder `{part}` in the project")));
        }
        let file = Arc::from(MANIFEST);
        let at = |name: &toml::Spanned<String>| Located::new(name.get_ref().clone(), place(&file, &text, name.span()));
        for (prefix, namespace) in &manifest.prefixes {
            // Said here once, and not by every rule and question that is read with it.
            if let Err(error) = oxigraph::model::NamedNode::new(namespace.get_ref()) {
                let place = at(namespace).location;
                let message =
                    format!("line {}: the prefix `{prefix}` is to be an IRI, found `{}`: {error}", place.line, namespace.get_ref());
                return Err(ProjectError::Manifest(message));
            }
        }
        let own_values = manifest
            .questions
            .iter()
            .flat_map(|(question, values)| {
                let at = &at;
                values.iter().map(move |(parameter, value)| OwnValue {
                    question: at(question),
                    parameter: at(parameter),
                    value: value.clone(),
                })
            })
            .collect();
        Ok(Self {
            root,
            title: manifest.title,
            base: Base::new(&manifest.base).map_err(ProjectError::Manifest)?,
            language: manifest.language,
            prefixes: manifest.prefixes.into_iter().map(|(prefix, namespace)| (prefix, namespace.into_inner())).collect(),
            shipped: manifest.shipped,
            severities: manifest.severity.iter().map(|(code, word)| (at(code), at(word))).collect(),
            own_values,
            parts,
            limits: Limits::set(&manifest.limits).map_err(ProjectError::Manifest)?,
            asker: None,
            world,
            quarantine: manifest.quarantine,
        })
    }

    /// The door through which its files come in.
    pub fn door(&self) -> Door<'_> {
        Door::of(&*self.world, self.limits)
    }

    /// Where the store and whatever else can be made again is kept.
    pub fn store_folder(&self) -> PathBuf {
        self.root.join(STORE)
    }

    /// The files that came with the binary, by path; none where the project leaves them out.
    pub fn shipped_files(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        BUILT_IN.iter().copied().filter(|_| self.shipped)
    }

    /// What the files under a folder are called, shipped and own, without reading them; in no order, and one that replaces
    /// another twice.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn asset_names(&self, folder: &str, ending: &str) -> Result<Vec<String>, ProjectError> {
        let (inside, dotted) = (format!("{folder}/"), format!(".{ending}"));
        let mut names: Vec<String> =
            self.shipped_files().map(|(path, _)| path.to_owned()).filter(|path| path.starts_with(&inside)).collect();
        for home in self.homes() {
            let files = self.files_under(&format!("{home}{folder}"))?;
            names.extend(files.iter().map(|path| path.strip_prefix(&home).unwrap_or(path).to_owned()));
        }
        if let Some(asker) = self.askers_files(folder) {
            names.extend(listed(&Folder::own(asker), folder)?);
        }
        names.retain(|path| path.ends_with(&dotted));
        Ok(names)
    }

    /// The asker's folder, where files of such a folder are looked for in it: questions and views, but nothing that changes what is built
    /// or found.
    fn askers_files(&self, folder: &str) -> Option<&Path> {
        let asks = folder == "queries" || folder.starts_with("queries/diagrams");
        self.asker.as_deref().filter(|_| asks)
    }

    /// Where a project has files of its own, each with its last `/`: its folder, and its parts.
    pub fn homes(&self) -> impl Iterator<Item = String> {
        std::iter::once(String::new()).chain(self.parts.iter().map(|part| format!("{part}/")))
    }

    /// The text files under a folder (`ontology`, `queries/checks`) with an ending, shipped and own, by path.
    ///
    /// # Errors
    /// A folder or file cannot be read, or is not UTF-8.
    pub fn assets(&self, folder: &str, ending: &str) -> Result<Vec<Asset>, ProjectError> {
        let inside = format!("{folder}/");
        let dotted = format!(".{ending}");
        let mut assets: Vec<Asset> = self
            .shipped_files()
            .filter(|(path, _)| path.starts_with(&inside) && path.ends_with(&dotted))
            .map(|(path, text)| Asset {
                path: Arc::from(path),
                within: Arc::from(path),
                text: text.to_owned(),
                shipped: true,
                askers: false,
            })
            .collect();
        if let Some(asker) = self.askers_files(folder) {
            for within in listed(&Folder::own(asker), folder)?.into_iter().filter(|path| path.ends_with(&dotted)) {
                let path = asker.join(&within);
                let shown: Arc<str> = path.to_string_lossy().into();
                let text = read_text(Door::named(self.limits), &path, &shown)?;
                assets.retain(|asset| *asset.within != *within);
                assets.push(Asset { path: shown, within: within.into(), text, shipped: false, askers: true });
            }
        }
        for home in self.homes() {
            for path in self.files_under(&format!("{home}{folder}"))?.into_iter().filter(|path| path.ends_with(&dotted)) {
                let text = read_text(self.door(), Path::new(&path), &path)?;
                let within: Arc<str> = path.strip_prefix(&home).unwrap_or(&path).into();
                match assets.iter_mut().find(|asset| asset.within == within) {
                    Some(asset) => {
                        *asset = Asset { path: path.into(), within, shipped: asset.text == text && !asset.askers, text, askers: false }
                    }
                    None => assets.push(Asset { path: path.into(), within, text, shipped: false, askers: false }),
                }
            }
        }
        assets.sort_by(|a, b| a.within.cmp(&b.within));
        Ok(assets)
    }

    /// Its files below a folder, by path, sorted; none if the folder is not there.
    ///
    /// Hidden files and folders, and links that lead back up, are passed over.
    ///
    /// # Errors
    /// A folder cannot be listed, or something in it is [no file of the project](path_fault), or has a name that is not UTF-8.
    pub fn files_under(&self, folder: &str) -> Result<Vec<String>, ProjectError> {
        listed(&*self.world, folder)
    }
}

fn listed(world: &dyn World, folder: &str) -> Result<Vec<String>, ProjectError> {
    world.list(folder).map_err(|(path, refused)| ProjectError::Unreadable { path, reason: refused.words() })
}

/// Where a span of bytes stands in a text file.
fn place(file: &Arc<str>, text: &str, span: std::ops::Range<usize>) -> Location {
    let before = &text[..span.start];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Location::new(file, before.matches('\n').count() + 1, before[line_start..].chars().count() + 1, text[span].chars().count())
}

/// Reads a text file whole; a byte-order mark at its start is taken off.
fn read_text(door: Door<'_>, path: &Path, shown: &str) -> Result<String, ProjectError> {
    let bytes = door.read(path, Limit::Text);
    text(bytes, shown)
}

fn text(bytes: Result<Vec<u8>, Refused>, shown: &str) -> Result<String, ProjectError> {
    let unreadable = |reason: String| ProjectError::Unreadable { path: shown.to_owned(), reason };
    let bytes = bytes.map_err(|refused| unreadable(refused.in_full()))?;
    let text =
        String::from_utf8(bytes).map_err(|error| unreadable(format!("byte {} is not UTF-8", error.utf8_error().valid_up_to() + 1)))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// The text of the manifest.
fn manifest(world: &dyn World) -> Result<String, ProjectError> {
    let file = world.open(MANIFEST);
    let bytes = file.and_then(|file| {
        let mut bytes = Vec::new();
        file.take(MANIFEST_LIMIT + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    if bytes.as_ref().is_ok_and(|bytes| bytes.len() as u64 > MANIFEST_LIMIT) {
        let reason = format!("it is larger than {}; what is said of one source stands in its source.toml", limits::words(MANIFEST_LIMIT));
        return Err(ProjectError::Unreadable { path: MANIFEST.to_owned(), reason });
    }
    text(bytes, MANIFEST)
}
