//! A folder of the machine as a world. A stranger's project may hold a link to a file of the machine, a pipe that nobody writes
//! to, a device that never ends: only files are opened, and only those that lie within the folder.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Bytes, Refused, Stamp, World};

/// Whether links that lead out of a project are followed.
static FOLLOWED: AtomicBool = AtomicBool::new(false);

const OUTSIDE: &str = "it is a link that leads out of the project; --follow-links reads it all the same";
const NO_FILE: &str = "it is a pipe, a socket or a device, expected a file";

/// From now on this process follows links that lead out of a project. That is for the person who runs it to say, never for
/// the project: a stranger's project would have files of the machine in its findings.
pub fn follow_links() {
    FOLLOWED.store(true, Ordering::Relaxed);
}

/// Whether this process follows links that lead out of a project.
pub(crate) fn follows_links() -> bool {
    FOLLOWED.load(Ordering::Relaxed)
}

/// Why a path of a project is not read or written through, if it is not: it is a link out of it, or neither a file nor a
/// folder. Costs two calls of the system, more for links. What is not there is no fault.
pub fn path_fault(root: &Path, path: &Path) -> Option<&'static str> {
    let meta = fs::symlink_metadata(path).ok()?;
    if meta.is_symlink() && !follows_links() {
        let inside = fs::canonicalize(root).is_ok_and(|root| fs::canonicalize(path).is_ok_and(|path| path.starts_with(root)));
        if !inside && fs::metadata(path).is_ok() {
            return Some(OUTSIDE);
        }
    }
    let meta = fs::metadata(path).ok()?;
    (!meta.is_file() && !meta.is_dir()).then_some(NO_FILE)
}

/// The files below a folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    /// Whether it belongs to the person who runs the program, who may keep things elsewhere and link to them.
    own: bool,
}

impl Folder {
    /// The folder of a project, which may be a stranger's.
    pub fn of(root: &Path) -> Self {
        Self { root: root.to_path_buf(), own: false }
    }

    /// A folder of the person who runs the program.
    pub fn own(root: &Path) -> Self {
        Self { root: root.to_path_buf(), own: true }
    }
}

impl World for Folder {
    fn list(&self, folder: &str) -> Result<Vec<String>, (String, Refused)> {
        let mut files = Vec::new();
        let mut open = vec![folder.to_owned()];
        while let Some(folder) = open.pop() {
            let entries = match fs::read_dir(self.root.join(&folder)) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err((folder, Refused::System(error))),
            };
            for entry in entries {
                let entry = entry.map_err(|error| (folder.clone(), Refused::System(error)))?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.starts_with('.') {
                    continue;
                }
                let path = format!("{folder}/{name}");
                let kind = entry.file_type().ok();
                // A folder's list says of most entries what they are; only what it leaves open costs a call of the system.
                let plain = kind.is_some_and(|kind| kind.is_file() || kind.is_dir());
                let fault = match entry.file_name().to_str() {
                    None => Some("its name is not UTF-8 text"),
                    Some(_) if plain || self.own => None,
                    Some(_) => path_fault(&self.root, &entry.path()),
                };
                if let Some(fault) = fault {
                    return Err((path, Refused::Fault(fault)));
                }
                match kind {
                    Some(kind) if kind.is_file() => files.push(path),
                    Some(kind) if kind.is_dir() => open.push(path),
                    // A link to a folder leads elsewhere, perhaps back up.
                    _ if fs::metadata(entry.path()).is_ok_and(|meta| meta.is_dir()) => {}
                    _ => files.push(path),
                }
            }
        }
        files.sort();
        Ok(files)
    }

    /// Costs three calls of the system, and one more for each folder above it.
    fn open(&self, path: &str) -> Result<Box<dyn Bytes>, Refused> {
        let path = &self.root.join(path);
        if !self.own {
            if let Some(fault) = path_fault(&self.root, path) {
                return Err(Refused::Fault(fault));
            }
            if !follows_links() && !fs::canonicalize(path)?.starts_with(fs::canonicalize(&self.root)?) {
                return Err(Refused::Fault(OUTSIDE));
            }
        }
        let file = File::open(path)?;
        let meta = file.metadata()?;
        if meta.is_dir() {
            return Err(Refused::Folder);
        }
        if !self.own && !meta.is_file() {
            return Err(Refused::Fault(NO_FILE));
        }
        Ok(Box::new(file))
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        let meta = fs::metadata(self.root.join(path)).ok()?;
        (!meta.is_dir()).then(|| Stamp { length: meta.len(), modified: meta.modified().ok() })
    }

    fn is_folder(&self, path: &str) -> bool {
        self.root.join(path).is_dir()
    }
}
