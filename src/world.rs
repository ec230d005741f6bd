//! Where the files of a project come from: a folder, or memory. Whatever is read of a project is asked of its world, by the
//! path within the project, with `/` between its parts and none before it: so a build needs no file system, and a test no folder.
//!
//! A world lists, opens and tells when something was changed; how much of a file is read is for the [`door`](crate::door) to say,
//! and what a file means for the readers. Nothing is written through it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::{self, Cursor, Read, Seek};
use std::sync::Arc;
use std::time::SystemTime;

use crate::limits::{Limit, Limits};

mod folder;

pub(crate) use folder::follows_links;
pub use folder::{Folder, follow_links, path_fault};

/// The bytes of a file that is open: workbooks are read back and forth.
pub trait Bytes: Read + Seek + Send + Debug {}

impl<T: Read + Seek + Send + Debug> Bytes for T {}

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

/// What can be told of a file without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Its length in bytes.
    pub length: u64,
    /// When it was changed last, where that is known.
    pub modified: Option<SystemTime>,
}

/// Where the files of a project come from.
pub trait World: Debug + Send + Sync {
    /// The files below a folder, by path, sorted; none if the folder is not there. Hidden files and folders, and links that lead
    /// back up, are passed over.
    ///
    /// # Errors
    /// The folder or file that cannot be listed, and why.
    fn list(&self, folder: &str) -> Result<Vec<String>, (String, Refused)>;

    /// Opens a file.
    ///
    /// # Errors
    /// It is not there, is none, or none of the project, or the system refuses.
    fn open(&self, path: &str) -> Result<Box<dyn Bytes>, Refused>;

    /// What can be told of a file without opening it; `None` if there is none.
    fn stamp(&self, path: &str) -> Option<Stamp>;

    /// Whether there is such a folder.
    fn is_folder(&self, path: &str) -> bool;
}

/// Files in memory, by path.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<String, Arc<[u8]>>,
}

impl Memory {
    /// Puts a file there, in the place of one that has its path. Costs a copy of its bytes.
    pub fn put(&mut self, path: impl Into<String>, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.files.insert(path.into(), Arc::from(bytes.as_ref()));
        self
    }

    /// The files whose paths begin so.
    fn below(&self, start: String) -> impl Iterator<Item = &String> {
        self.files.range(start.clone()..).map(|(path, _)| path).take_while(move |path| path.starts_with(&start))
    }
}

impl<P: Into<String>, B: AsRef<[u8]>> FromIterator<(P, B)> for Memory {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> Self {
        let mut memory = Self::default();
        for (path, bytes) in files {
            memory.put(path, bytes);
        }
        memory
    }
}

impl World for Memory {
    fn list(&self, folder: &str) -> Result<Vec<String>, (String, Refused)> {
        let start = format!("{folder}/");
        let hidden = |path: &&String| path[start.len()..].split('/').any(|part| part.starts_with('.'));
        Ok(self.below(start.clone()).filter(|path| !hidden(path)).cloned().collect())
    }

    fn open(&self, path: &str) -> Result<Box<dyn Bytes>, Refused> {
        match self.files.get(path) {
            Some(bytes) => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
            None if self.is_folder(path) => Err(Refused::Folder),
            None => Err(Refused::Missing),
        }
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.files.get(path).map(|bytes| Stamp { length: bytes.len() as u64, modified: None })
    }

    fn is_folder(&self, path: &str) -> bool {
        self.below(format!("{path}/")).next().is_some()
    }
}

/// What the system said, without its error number.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a folder and memory with the same files say of them.
    #[test]
    fn memory_is_as_a_folder() {
        let files = [("a/b.csv", "1"), ("a/.hidden/x", "2"), ("a/c/d.csv", "3"), ("a-b/e", "4"), ("f", "5")];
        let scratch = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = scratch.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        let (folder, memory) = (Folder::of(scratch.path()), Memory::from_iter(files));
        let read = |world: &dyn World, path: &str| match world.open(path) {
            Ok(mut bytes) => {
                let mut text = String::new();
                bytes.read_to_string(&mut text).map(|_| text).map_err(|error| plain(&error))
            }
            Err(refused) => Err(refused.words()),
        };
        for path in ["a", "a-b", "f", "a/c", "a/b.csv", "a/c/d.csv", "none", "a/none"] {
            let listed = |world: &dyn World| world.list(path).map_err(|(path, refused)| format!("{path}: {}", refused.words()));
            if path != "f" && !path.ends_with(".csv") {
                assert_eq!(listed(&memory), listed(&folder), "{path}");
            }
            assert_eq!(read(&memory, path), read(&folder, path), "{path}");
            assert_eq!(memory.is_folder(path), folder.is_folder(path), "{path}");
            assert_eq!(memory.stamp(path).map(|stamp| stamp.length), folder.stamp(path).map(|stamp| stamp.length), "{path}");
        }
    }
}
