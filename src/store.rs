//! The store: where a build is kept, how the next one takes its place, how it is opened and asked.
//!
//! The plain store is one file under `.civigraph/`, the packed [`Dataset`], asked through Oxigraph's SPARQL engine.
//! With the feature `rocksdb` it is Oxigraph on disk. Either way a build is written
//! beside the old one and takes its place by one rename, so a reader sees the old graph or the new one, whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use oxigraph::model::{GraphNameRef, NamedNodeRef, NamedOrBlankNodeRef, Quad, Term, TermRef};
use oxigraph::sparql::{PreparedSparqlQuery, QueryEvaluationError, QueryResults};
use serde::{Deserialize, Serialize};
use spargebra::Query;
use thiserror::Error;

use crate::bounded::Bounded;
use crate::dataset::Dataset;
use crate::finding::LeftOut;
use crate::project::plain;
use crate::sealed::{Bytes, Damaged, Pieces, Sealing, Unread};
use crate::sparql::{self, Joins};
use crate::stop::Stop;
use crate::unfinished::Unfinished;

/// The name of the file that names the present build.
const CURRENT: &str = "current";
/// The packed graph within a build.
const GRAPH: &str = "graph.bin";
/// Oxigraph's own folder within a build, with the feature `rocksdb`.
#[cfg(feature = "rocksdb")]
const DISK: &str = "oxigraph";
/// The index of names within a build.
const NAMES: &str = "names.bin";
/// What a build was made from, within it.
const INPUTS: &str = "inputs";
/// What is known of a build without opening it.
const SUMMARY: &str = "build.json";

/// Why the store could not be opened, written or asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Nothing was built yet.
    #[error("there is no graph yet under {}", .0.display())]
    Empty(PathBuf),
    /// The system refused something.
    #[error("cannot {doing} {}: {reason}", .path.display())]
    System {
        /// What was being done: read, write, lock.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file of the build is not what was written.
    #[error("{what} is damaged: {damage}")]
    Damaged {
        /// Which of the files, in words.
        what: &'static str,
        /// What was found.
        damage: Damaged,
    },
    /// The build was made by a civigraph with a feature that this one lacks.
    #[error("the graph was built with the feature `{0}`, which this civigraph was compiled without")]
    Feature(&'static str),
    /// What was read could not be written out.
    #[error(transparent)]
    Output(io::Error),
    /// Oxigraph's storage reported a fault.
    #[error("the store failed or is damaged: {0}")]
    Storage(String),
}

impl StoreError {
    fn system(doing: &'static str, path: &Path, error: &io::Error) -> Self {
        Self::System { doing, path: path.to_path_buf(), reason: plain(error) }
    }

    pub(crate) fn graph(damage: Damaged) -> Self {
        Self::Damaged { what: "the graph", damage }
    }

    /// Of the index of names.
    pub(crate) fn names(unread: Unread) -> Self {
        match unread {
            Unread::Damaged(damage) => Self::Damaged { what: "the index of names", damage },
            Unread::System(error) => Self::Storage(format!("the index of names: {}", plain(&error))),
        }
    }
}

/// Which store a build is kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// One packed file, read into memory.
    Memory,
    /// Oxigraph on RocksDB.
    Disk,
}

/// What a build was made from and what it made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Which store it is in.
    pub backend: Backend,
    /// SHA-256 over all inputs and the program's version: the same, if nothing changed.
    pub fingerprint: String,
    /// Records read.
    pub records: usize,
    /// Different triples of the default graph.
    pub triples: usize,
    /// Quads of the named graphs.
    pub quads: usize,
    /// Named graphs.
    pub graphs: usize,
    /// What was left out under quarantine.
    #[serde(default)]
    pub left_out: LeftOut,
    /// Citations: named graphs of places in sources.
    pub citations: usize,
    /// Findings by severity: errors, warnings, infos.
    pub findings: [usize; 3],
}

/// A summary as it is kept, with a sum over the rest.
#[derive(Serialize, Deserialize)]
struct SummedSummary {
    #[serde(flatten)]
    summary: Summary,
    sum: String,
}

/// The folder of a project's builds.
#[derive(Debug, Clone)]
pub struct Builds {
    folder: PathBuf,
}

/// The lock of a folder of builds: the right to build, held by one process at a time.
#[derive(Debug)]
pub struct BuildLock {
    _lock: File,
}

impl Builds {
    /// The builds kept under a folder, which need not be there yet.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is known of the present build; `None` if there is none, or it cannot be read.
    pub fn summary(&self) -> Option<Summary> {
        read_summary(&self.present().ok()??).ok()
    }

    /// Reads all of the present build and holds it against its sums. Gives how many bytes that were.
    ///
    /// # Errors
    /// There is no build, it is damaged or cannot be read.
    pub fn check_all(&self) -> Result<u64, StoreError> {
        self.open()?.check_all()
    }

    fn present(&self) -> Result<Option<PathBuf>, StoreError> {
        let path = self.folder.join(CURRENT);
        match read_stored(&path) {
            Ok(text) => {
                let text = String::from_utf8_lossy(&text);
                let (name, sum) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
                let simple = name.starts_with("build-") && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
                if simple && sum == sum_of(name.as_bytes()) {
                    Ok(Some(self.folder.join(name)))
                } else {
                    Err(StoreError::Damaged {
                        what: "the file that names the present build",
                        damage: Damaged("it is not what was written"),
                    })
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::system("read", &path, &error)),
        }
    }

    /// Opens the present build. A build that takes its place meanwhile does not disturb the reader.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn open(&self) -> Result<Store, StoreError> {
        let mut last = StoreError::Empty(self.folder.clone());
        for _ in 0..5 {
            let Some(folder) = self.present()? else { return Err(StoreError::Empty(self.folder.clone())) };
            match open_build(&folder) {
                Ok(store) => return Ok(store),
                // Swept away, or being swept, between reading its name and opening it: the next try reads the new name.
                Err(error @ StoreError::System { .. }) if self.present()?.as_ref() != Some(&folder) => last = error,
                Err(error) => return Err(error),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(last)
    }

    /// The index of names of the present build, for whoever needs nothing else of it; `None` if the build has none.
    ///
    /// # Errors
    /// There is no build, or the file cannot be read.
    pub fn names(&self) -> Result<Option<Arc<Pieces>>, StoreError> {
        let mut last = StoreError::Empty(self.folder.clone());
        for _ in 0..5 {
            let Some(folder) = self.present()? else { return Err(StoreError::Empty(self.folder.clone())) };
            match open_names(&folder) {
                Ok(None) if !folder.exists() => {}
                Ok(names) => return Ok(names),
                Err(error) if self.present()?.as_ref() != Some(&folder) => last = error,
                Err(error) => return Err(error),
            }
            // Swept away between reading its name and opening it: the next try reads the new name.
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(last)
    }

    /// The text that [`write`](Self::write) was given of what the present build was made from; `None` if there is none, or it is not
    /// what was written.
    pub fn inputs(&self) -> Option<String> {
        let bytes = read_stored(&self.present().ok()??.join(INPUTS)).ok()?;
        let sealed = Bytes::sealed(bytes).ok()?;
        sealed.check_all().ok()?;
        String::from_utf8(sealed.content().to_vec()).ok()
    }

    /// Puts another text of what the present build was made from in the place of the one it has.
    ///
    /// # Errors
    /// The disk is full or read-only.
    pub fn renew_inputs(&self, _lock: &BuildLock, inputs: &str) -> Result<(), StoreError> {
        let Some(present) = self.present()? else { return Err(StoreError::Empty(self.folder.clone())) };
        let place = present.join(INPUTS);
        let beside = self.folder.join(format!("tmp-{INPUTS}"));
        write_sealed(&beside, inputs.as_bytes())?;
        fs::rename(&beside, &place).map_err(|error| StoreError::system("write", &place, &error))
    }

    /// Waits for the right to build. `waiting` is told, once, the number of the process that has it.
    ///
    /// # Errors
    /// The folder cannot be made or locked.
    pub fn lock(&self, waiting: impl FnOnce(Option<u32>)) -> Result<BuildLock, StoreError> {
        fs::create_dir_all(&self.folder).map_err(|error| StoreError::system("write", &self.folder, &error))?;
        let path = self.folder.join("lock");
        // What is written here never goes through a link, whoever made it.
        if let Ok(meta) = fs::symlink_metadata(&path)
            && !meta.is_file()
        {
            let reason = "it is no file (a link, perhaps); remove it".to_owned();
            return Err(StoreError::System { doing: "lock", path, reason });
        }
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|error| StoreError::system("write", &path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                waiting(holder.trim().parse().ok());
                file.lock().map_err(|error| StoreError::system("lock", &path, &error))?;
            }
            Err(TryLockError::Error(error)) => return Err(StoreError::system("lock", &path, &error)),
        }
        // For the message of whoever waits next; the lock itself does not need it.
        let _ = file.set_len(0);
        let _ = io::Seek::rewind(&mut file);
        let _ = write!(file, "{}", std::process::id());
        self.sweep();
        Ok(BuildLock { _lock: file })
    }

    /// Removes what builds that were killed left behind, and builds that are neither present nor being read.
    fn sweep(&self) {
        let present = self.present();
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // Where nobody knows which build is the present one, none is stale.
            let present = present.as_ref().map_or(true, |present| Some(&path) == present.as_ref());
            let stale = name.starts_with("tmp-") || (name.starts_with("build-") && !present && !in_use(&path));
            if stale {
                let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            }
        }
    }

    /// Writes a build, a graph with the index of its names and a text of what it was made from, beside the present one and puts it
    /// in its place. The lock shows that nobody else is building.
    ///
    /// # Errors
    /// The disk is full or read-only, or Oxigraph reported a fault. The present build stays as it was.
    pub fn write(&self, _lock: &BuildLock, dataset: &Dataset, names: &[u8], inputs: &str, summary: &Summary) -> Result<(), StoreError> {
        let (beside, ()) = Unfinished::make(self.folder.join(format!("tmp-{}", std::process::id())), |path| {
            fs::create_dir(path).map_err(|error| StoreError::system("write", path, &error))
        })?;
        write_beside(beside.path(), dataset, names, inputs, summary)?;
        beside.finish(|beside| self.swap(beside, summary))?;
        self.sweep();
        Ok(())
    }

    /// Gives a written build its name and makes it the present one.
    fn swap(&self, beside: &Path, summary: &Summary) -> Result<(), StoreError> {
        let short = summary.fingerprint.get(..16).unwrap_or("0");
        let name = (0..)
            .map(|number| format!("build-{short}-{number}"))
            .find(|name| !self.folder.join(name).exists())
            .expect("one of infinitely many names is free");
        let place = self.folder.join(&name);
        fs::rename(beside, &place).map_err(|error| StoreError::system("write", &place, &error))?;
        let pointer = self.folder.join(format!("tmp-{CURRENT}"));
        let current = self.folder.join(CURRENT);
        let pointed = write_whole(&pointer, format!("{name} {}", sum_of(name.as_bytes())).as_bytes())
            .and_then(|()| fs::rename(&pointer, &current).map_err(|error| StoreError::system("write", &current, &error)));
        if let Err(error) = pointed {
            // Where not one file more fits, a whole build that nothing points to would keep it so.
            let _ = fs::remove_file(&pointer);
            let _ = fs::remove_dir_all(&place);
            return Err(error);
        }
        if let Ok(folder) = File::open(&self.folder) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

/// Writes all files of a build into a folder of their own.
fn write_beside(beside: &Path, dataset: &Dataset, names: &[u8], inputs: &str, summary: &Summary) -> Result<(), StoreError> {
    match summary.backend {
        Backend::Memory => write_sealed(&beside.join(GRAPH), dataset.bytes())?,
        Backend::Disk => write_disk(beside, dataset)?,
    }
    write_sealed(&beside.join(NAMES), names)?;
    write_sealed(&beside.join(INPUTS), inputs.as_bytes())?;
    let failed = |error: serde_json::Error| StoreError::Storage(error.to_string());
    let sum = sum_of(&serde_json::to_vec(summary).map_err(failed)?);
    let json = serde_json::to_vec_pretty(&SummedSummary { summary: summary.clone(), sum }).map_err(failed)?;
    write_whole(&beside.join(SUMMARY), &json)?;
    write_whole(&beside.join("in-use"), b"")
}

/// Writes a file and has it on the disk before going on.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let failed = |error: io::Error| StoreError::system("write", path, &error);
    let mut file = File::create(path).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.sync_all().map_err(failed)
}

/// Writes a file with seals behind its content and has it on the disk before going on.
fn write_sealed(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    let failed = |error: io::Error| StoreError::system("write", path, &error);
    let mut sealing = Sealing::new(io::BufWriter::new(File::create(path).map_err(failed)?));
    sealing.write_all(content).map_err(failed)?;
    let mut file = sealing.finish().map_err(failed)?;
    file.flush().map_err(failed)?;
    file.get_ref().sync_all().map_err(failed)
}

/// The most bytes of a file that is read whole: the list of a project's files, however many they are.
const SMALL: u64 = 256 << 20;

/// What tells whether a short text is what was written.
fn sum_of(bytes: &[u8]) -> String {
    format!("{:08x}", crate::sealed::sum(bytes))
}

/// Opens a file of the store, which is never a link and never anything but a file: a pipe that somebody put there would
/// never be open.
fn open_stored(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path)?.is_file() {
        return File::open(path);
    }
    Err(io::Error::other("it is a link, a pipe or a device and not the file that a build wrote; remove it and build again"))
}

/// Reads a small file of the store whole.
fn read_stored(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_stored(path)?.take(SMALL + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > SMALL {
        return Err(io::Error::other("it is larger than any that a build writes; remove it and build again"));
    }
    Ok(bytes)
}

/// What is known of a build.
fn read_summary(folder: &Path) -> Result<Summary, StoreError> {
    let path = folder.join(SUMMARY);
    let bytes = read_stored(&path).map_err(|error| StoreError::system("read", &path, &error))?;
    let damaged = || StoreError::Damaged { what: "the summary of the build", damage: Damaged("it is not what was written") };
    let read: SummedSummary = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
    let again = serde_json::to_vec(&read.summary).map_err(|_| damaged())?;
    if sum_of(&again) == read.sum { Ok(read.summary) } else { Err(damaged()) }
}

fn in_use(build: &Path) -> bool {
    open_stored(&build.join("in-use")).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

fn open_build(folder: &Path) -> Result<Store, StoreError> {
    match read_summary(folder)?.backend {
        Backend::Memory => {
            let path = folder.join(GRAPH);
            let failed = |error: &io::Error| StoreError::system("read", &path, error);
            let file = open_stored(&path).map_err(|error| failed(&error))?;
            let dataset = Dataset::open_file(&file).map_err(|unread| match unread {
                Unread::Damaged(damage) => StoreError::graph(damage),
                Unread::System(error) => failed(&error),
            })?;
            Ok(Store { kind: Backing::Memory(dataset), names: open_names(folder)? })
        }
        Backend::Disk => open_disk(folder),
    }
}

/// The index of names of a build, if it has one.
fn open_names(folder: &Path) -> Result<Option<Arc<Pieces>>, StoreError> {
    let path = folder.join(NAMES);
    match open_stored(&path) {
        Ok(file) => Pieces::new(file).map(|pieces| Some(Arc::new(pieces))).map_err(StoreError::names),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::system("read", &path, &error)),
    }
}

#[cfg(not(feature = "rocksdb"))]
fn open_disk(_: &Path) -> Result<Store, StoreError> {
    Err(StoreError::Feature("rocksdb"))
}

#[cfg(not(feature = "rocksdb"))]
fn write_disk(_: &Path, _: &Dataset) -> Result<(), StoreError> {
    Err(StoreError::Feature("rocksdb"))
}

#[cfg(feature = "rocksdb")]
fn open_disk(folder: &Path) -> Result<Store, StoreError> {
    let path = folder.join("in-use");
    let mark = open_stored(&path).map_err(|error| StoreError::system("read", &path, &error))?;
    mark.lock_shared().map_err(|error| StoreError::system("lock", &path, &error))?;
    let store = oxigraph::store::Store::open_read_only(folder.join(DISK)).map_err(|error| StoreError::Storage(error.to_string()))?;
    Ok(Store { kind: Backing::Disk { store, _mark: Arc::new(mark) }, names: open_names(folder)? })
}

#[cfg(feature = "rocksdb")]
fn write_disk(folder: &Path, dataset: &Dataset) -> Result<(), StoreError> {
    // RocksDB tells of a full or read-only disk in words only.
    let failed = |error: &dyn std::fmt::Display| match error.to_string() {
        words if words.contains("IO error") => StoreError::System { doing: "write", path: folder.join(DISK), reason: words.to_lowercase() },
        words => StoreError::Storage(words),
    };
    let store = oxigraph::store::Store::open(folder.join(DISK)).map_err(|error| failed(&error))?;
    let mut loader = store.bulk_loader();
    let memory = Store::from(dataset.clone());
    loader.load_quads(memory.quads(None, None, None, None).flatten()).map_err(|error| failed(&error))?;
    loader.commit().map_err(|error| failed(&error))?;
    // After a bulk load the files are not compacted, and queries are several times slower.
    store.optimize().map_err(|error| failed(&error))?;
    store.flush().map_err(|error| failed(&error))
}

/// An opened graph. Cheap to clone; what it shows never changes.
#[derive(Debug, Clone)]
pub struct Store {
    kind: Backing,
    names: Option<Arc<Pieces>>,
}

#[derive(Clone)]
enum Backing {
    Memory(Dataset),
    #[cfg(feature = "rocksdb")]
    Disk {
        store: oxigraph::store::Store,
        _mark: Arc<File>,
    },
}

impl std::fmt::Debug for Backing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory(dataset) => dataset.fmt(f),
            #[cfg(feature = "rocksdb")]
            Self::Disk { .. } => f.write_str("Oxigraph on disk"),
        }
    }
}

/// A step of a query's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// How far in it stands.
    pub depth: usize,
    /// What it does.
    pub name: String,
    /// How many rows it gave, where they were counted.
    pub rows: Option<usize>,
}

impl Step {
    fn gather(node: &serde_json::Value, depth: usize, steps: &mut Vec<Self>) {
        let Some(name) = node["name"].as_str() else { return };
        let rows = node["number of results"].as_u64().and_then(|rows| usize::try_from(rows).ok());
        steps.push(Self { depth, name: name.to_owned(), rows });
        for child in node["children"].as_array().into_iter().flatten() {
            Self::gather(child, depth + 1, steps);
        }
    }
}

/// Which graphs a pattern is looked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum In<'a> {
    /// The default graph.
    Default,
    /// One named graph.
    Graph(NamedNodeRef<'a>),
    /// Every named graph.
    Named,
}

impl From<Dataset> for Store {
    fn from(dataset: Dataset) -> Self {
        Self { kind: Backing::Memory(dataset), names: None }
    }
}

impl Store {
    /// The index of names of the same build; a graph that was not opened from a folder has none.
    pub fn names(&self) -> Option<&Arc<Pieces>> {
        self.names.as_ref()
    }

    /// Whether nothing that was touched so far was damaged: for who may have gone on without the error, before an answer
    /// is given out as whole.
    ///
    /// # Errors
    /// The first damage that was found.
    pub fn intact(&self) -> Result<(), StoreError> {
        match &self.kind {
            Backing::Memory(dataset) => dataset.intact().map_err(StoreError::graph)?,
            #[cfg(feature = "rocksdb")]
            Backing::Disk { .. } => {}
        }
        self.names.as_ref().map_or(Ok(()), |names| names.intact()).map_err(|damage| StoreError::names(Unread::Damaged(damage)))
    }

    /// Reads all of it and holds it against its sums; of a store on disk, its index of names (RocksDB holds every block
    /// that it reads against a sum of its own). Gives how many bytes that were.
    ///
    /// # Errors
    /// It is damaged or cannot be read.
    pub fn check_all(&self) -> Result<u64, StoreError> {
        let mut read = match &self.kind {
            Backing::Memory(dataset) => {
                dataset.check_all().map_err(StoreError::graph)?;
                dataset.bytes().len() as u64
            }
            #[cfg(feature = "rocksdb")]
            Backing::Disk { .. } => 0,
        };
        if let Some(names) = &self.names {
            names.check_all().map_err(StoreError::names)?;
            read += names.len();
        }
        Ok(read)
    }

    /// Evaluates a query. `SERVICE` is refused; `stop` stops a query that takes too long.
    ///
    /// # Errors
    /// The query cannot be evaluated.
    pub fn query(&self, query: Query, stop: Option<&Stop>) -> Result<QueryResults<'static>, QueryEvaluationError> {
        self.query_joined(query, self.joins(), stop)
    }

    /// As [`query`](Self::query), with a say in where a join takes the place of an `EXISTS`: the answers are the same.
    ///
    /// # Errors
    /// The query cannot be evaluated.
    pub fn query_joined(&self, query: Query, joins: Joins<'_>, stop: Option<&Stop>) -> Result<QueryResults<'static>, QueryEvaluationError> {
        let prepared = Self::prepared(query, joins, stop);
        match &self.kind {
            Backing::Memory(dataset) => {
                prepared.on_queryable_dataset(Bounded::new(dataset.clone(), stop.cloned().unwrap_or_default())).execute()
            }
            #[cfg(feature = "rocksdb")]
            Backing::Disk { store, .. } => prepared.on_store(store).execute(),
        }
    }

    /// Where joins take the place of an `EXISTS`: where this graph's own counts say that it is worth it.
    fn joins(&self) -> Joins<'_> {
        match &self.kind {
            Backing::Memory(dataset) => Joins::Counted(dataset),
            #[cfg(feature = "rocksdb")]
            Backing::Disk { .. } => Joins::Never,
        }
    }

    /// A query as [`sparql`] rewrites it, with the evaluator it needs.
    fn prepared(query: Query, joins: Joins<'_>, stop: Option<&Stop>) -> PreparedSparqlQuery {
        let (mut evaluator, query) = sparql::prepared(query, joins);
        if let Some(stop) = stop {
            evaluator = evaluator.with_cancellation_token(stop.token());
        }
        evaluator.for_query(query)
    }

    /// Evaluates a query to its end and tells how: the steps of its plan from the outermost in, each with the rows it gave.
    ///
    /// # Errors
    /// The query cannot be evaluated.
    pub fn explain(&self, query: Query, stop: Option<&Stop>) -> Result<Vec<Step>, QueryEvaluationError> {
        let prepared = Self::prepared(query, self.joins(), stop);
        let (results, plan) = match &self.kind {
            Backing::Memory(dataset) => prepared
                .on_queryable_dataset(Bounded::new(dataset.clone(), stop.cloned().unwrap_or_default()))
                .compute_statistics()
                .explain(),
            #[cfg(feature = "rocksdb")]
            Backing::Disk { store, .. } => prepared.on_store(store).compute_statistics().explain(),
        };
        match results? {
            QueryResults::Solutions(mut rows) => rows.try_for_each(|row| row.map(drop))?,
            QueryResults::Graph(mut triples) => triples.try_for_each(|triple| triple.map(drop))?,
            QueryResults::Boolean(_) => {}
        }
        let mut json = Vec::new();
        let mut steps = Vec::new();
        // Writing to memory does not fail, and what is written is JSON.
        if plan.write_in_json(&mut json).is_ok()
            && let Ok(plan) = serde_json::from_slice::<serde_json::Value>(&json)
        {
            Step::gather(&plan["plan"], 0, &mut steps);
        }
        Ok(steps)
    }

    /// The quads that fit a pattern, in the store's order. `None` for the graph means all, the default graph too.
    pub fn quads<'a>(
        &self,
        subject: Option<NamedOrBlankNodeRef<'a>>,
        predicate: Option<NamedNodeRef<'a>>,
        object: Option<TermRef<'a>>,
        graph: Option<In<'a>>,
    ) -> Box<dyn Iterator<Item = Result<Quad, StoreError>>> {
        match &self.kind {
            Backing::Memory(dataset) => memory_quads(dataset, subject, predicate, object, graph),
            #[cfg(feature = "rocksdb")]
            Backing::Disk { store, .. } => {
                let name = match graph {
                    Some(In::Default) => Some(GraphNameRef::DefaultGraph),
                    Some(In::Graph(name)) => Some(name.into()),
                    Some(In::Named) | None => None,
                };
                let named_only = graph == Some(In::Named);
                Box::new(
                    store
                        .quads_for_pattern(subject, predicate, object, name)
                        .map(|quad| quad.map_err(|error| StoreError::Storage(error.to_string())))
                        .filter(move |quad| !named_only || quad.as_ref().map_or(true, |quad| !quad.graph_name.is_default_graph())),
                )
            }
        }
    }

    /// The objects that a subject has for a property in the default graph.
    ///
    /// # Errors
    /// The storage reported a fault.
    pub fn objects(&self, subject: NamedNodeRef<'_>, property: NamedNodeRef<'_>) -> Result<Vec<Term>, StoreError> {
        self.quads(Some(subject.into()), Some(property), None, Some(In::Default)).map(|quad| quad.map(|quad| quad.object)).collect()
    }
}

fn memory_quads<'a>(
    dataset: &Dataset,
    subject: Option<NamedOrBlankNodeRef<'a>>,
    predicate: Option<NamedNodeRef<'a>>,
    object: Option<TermRef<'a>>,
    graph: Option<In<'a>>,
) -> Box<dyn Iterator<Item = Result<Quad, StoreError>>> {
    let wanted = [subject.map(TermRef::from), predicate.map(TermRef::from), object];
    let mut ids = [None; 3];
    for (id, term) in ids.iter_mut().zip(wanted) {
        if let Some(term) = term {
            match dataset.find(term) {
                Ok(Some(found)) => *id = Some(found),
                Ok(None) => return Box::new(std::iter::empty()),
                Err(damage) => return Box::new(std::iter::once(Err(StoreError::graph(damage)))),
            }
        }
    }
    let [s, p, o] = ids;
    let in_default = matches!(graph, None | Some(In::Default));
    let name = match graph {
        Some(In::Graph(name)) => match dataset.find(name.into()) {
            Ok(Some(id)) => Some(Some(id)),
            Ok(None) => return Box::new(std::iter::empty()),
            Err(damage) => return Box::new(std::iter::once(Err(StoreError::graph(damage)))),
        },
        Some(In::Named) | None => Some(None),
        Some(In::Default) => None,
    };
    let terms = dataset.clone();
    let default = in_default.then(|| dataset.default_matches(s, p, o)).into_iter().flatten();
    let named = name.map(|name| dataset.named_matches(s, p, o, name)).into_iter().flatten();
    let quad = move |s, p, o, graph: Option<u32>| -> Result<Option<Quad>, Damaged> {
        let Term::NamedNode(predicate) = terms.term(p)? else { return Ok(None) };
        let subject = match terms.term(s)? {
            Term::NamedNode(node) => node.into(),
            Term::BlankNode(blank) => oxigraph::model::NamedOrBlankNode::from(blank),
            Term::Literal(_) => return Ok(None),
        };
        let graph = match graph.map(|graph| terms.term(graph)).transpose()? {
            Some(Term::NamedNode(name)) => name.into(),
            _ => GraphNameRef::DefaultGraph.into_owned(),
        };
        Ok(Some(Quad::new(subject, predicate, terms.term(o)?, graph)))
    };
    let again = quad.clone();
    Box::new(
        default
            .map(move |row| row.and_then(|[s, p, o]| quad(s, p, o, None)))
            .chain(named.map(move |row| row.and_then(|[s, p, o, g]| again(s, p, o, Some(g)))))
            .filter_map(|quad| quad.map_err(StoreError::graph).transpose()),
    )
}
