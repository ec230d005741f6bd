//! The one door through which files come in: opened only if they are files, and, for those of a project, only if they lie
//! within it; read no further than a bound.
//!
//! A stranger's project may hold a link to a file of the machine, a pipe that nobody writes to, a device that never ends.
//! Everything under `src/` that reads a file which somebody else may have put there comes through here; `tests/it/house.rs`
//! holds it to that.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::limits::{Limit, Limits};

/// Whether links that lead out of a project are followed.
static FOLLOWED: AtomicBool = AtomicBool::new(false);

/// From now on this process follows links that lead out of a project. That is for the person who runs it to say, never for
/// the project: a stranger's project would have files of the machine in its findings.
pub fn follow_links() {
    FOLLOWED.store(true, Ordering::Relaxed);
}

const OUTSIDE: &str = "it is a link that leads out of the project; --follow-links reads it all the same";
const NO_FILE: &str = "it is a pipe, a socket or a device, expected a file";

/// Why a file was not opened.
#[derive(Debug)]
pub enum Refused {
    /// It is not there.
    Missing,
    /// It is a folder.
    Folder,
    /// It is no file, or none of the project.
    Fault(&'static str),
    /// It has more bytes than are read.
    TooLarge(Limit, Limits),
    /// What the system said.
    System(io::Error),
}

impl Refused {
    /// What is wrong, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Missing => "the file is not there".to_owned(),
            Self::Folder => "it is a folder, expected a file".to_owned(),
            Self::Fault(fault) => (*fault).to_owned(),
            Self::TooLarge(limit, limits) => format!("the file is larger than {}", limits.words(*limit)),
            Self::System(error) => plain(error),
        }
    }

    /// What to do about it, where that is a setting.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::TooLarge(limit, _) => Some(limit.raised_by()),
            _ => None,
        }
    }

    /// Both in one line.
    pub fn in_full(&self) -> String {
        self.hint().map_or_else(|| self.words(), |hint| format!("{}; {hint}", self.words()))
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Missing } else { Self::System(error) }
    }
}

/// Whose files come in, and how large they may be.
#[derive(Debug, Clone, Copy)]
pub struct Door<'a> {
    /// The folder that they must lie in; none for what a person names on the command line.
    root: Option<&'a Path>,
    /// The bounds.
    pub limits: Limits,
}

impl<'a> Door<'a> {
    /// For the files of a project.
    pub fn of(root: &'a Path, limits: Limits) -> Self {
        Self { root: Some(root), limits }
    }

    /// For files that a person names: links are followed, and a pipe may be read, within the bounds.
    pub fn named(limits: Limits) -> Self {
        Self { root: None, limits }
    }

    /// Opens a file. Costs three calls of the system, and one more for each folder above it.
    ///
    /// # Errors
    /// It is not there, is none, or none of the project, or the system refuses.
    pub fn open(&self, path: &Path) -> Result<File, Refused> {
        if let Some(root) = self.root {
            if let Some(fault) = path_fault(root, path) {
                return Err(Refused::Fault(fault));
            }
            if !FOLLOWED.load(Ordering::Relaxed) && !fs::canonicalize(path)?.starts_with(fs::canonicalize(root)?) {
                return Err(Refused::Fault(OUTSIDE));
            }
        }
        let file = File::open(path)?;
        let meta = file.metadata()?;
        if meta.is_dir() {
            return Err(Refused::Folder);
        }
        if self.root.is_some() && !meta.is_file() {
            return Err(Refused::Fault(NO_FILE));
        }
        Ok(file)
    }

    /// Reads a file whole, if it is within a bound.
    ///
    /// # Errors
    /// As of [`open`](Self::open); it is too large.
    pub fn read(&self, path: &Path, limit: Limit) -> Result<Vec<u8>, Refused> {
        self.bytes(self.open(path)?, limit)
    }

    /// Reads what is open to its end, if that is within a bound.
    ///
    /// # Errors
    /// It is too large, or the system refuses.
    pub fn bytes(&self, input: impl Read, limit: Limit) -> Result<Vec<u8>, Refused> {
        let most = self.limits.of(limit);
        let mut bytes = Vec::new();
        input.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most { Err(Refused::TooLarge(limit, self.limits)) } else { Ok(bytes) }
    }
}

/// Why a path of a project is not read or written through, if it is not: it is a link out of it, or neither a file nor a
/// folder. Costs two calls of the system, more for links. What is not there is no fault.
pub fn path_fault(root: &Path, path: &Path) -> Option<&'static str> {
    let meta = fs::symlink_metadata(path).ok()?;
    if meta.is_symlink() && !FOLLOWED.load(Ordering::Relaxed) {
        let inside = fs::canonicalize(root).is_ok_and(|root| fs::canonicalize(path).is_ok_and(|path| path.starts_with(root)));
        if !inside && fs::metadata(path).is_ok() {
            return Some(OUTSIDE);
        }
    }
    let meta = fs::metadata(path).ok()?;
    (!meta.is_file() && !meta.is_dir()).then_some(NO_FILE)
}

/// Why a folder of a project, there or not yet, would have what is written into it land elsewhere, if it would.
pub fn folder_fault(root: &Path, folder: &Path) -> Option<&'static str> {
    let there = folder.ancestors().find(|folder| fs::symlink_metadata(folder).is_ok())?;
    let inside = fs::canonicalize(root).is_ok_and(|root| fs::canonicalize(there).is_ok_and(|there| there.starts_with(root)));
    (!inside && !FOLLOWED.load(Ordering::Relaxed)).then_some("a link on the way leads out of the project; --follow-links follows it")
}

/// Makes a file that is not there yet, through no link.
///
/// # Errors
/// Something is there, a link too, or the system refuses.
pub fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Writes a file that is not there yet, through no link.
///
/// # Errors
/// As of [`create_new`].
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    io::Write::write_all(&mut create_new(path)?, bytes)
}

/// What the system said, without its error number.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}
