//! What is being written and not yet in its place: removed when it is given up, when writing fails, and when the process
//! is interrupted, so that nothing half-made is left behind.
//!
//! An interruption comes on another thread, at any point. The one lock here decides: whoever has it first either puts
//! the finished thing in its place, or removes it and ends the process with the lock still held.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static ALL: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn all() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file or folder that is being written. Dropped, it is removed, unless it was [finished](Self::finish).
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    done: bool,
}

impl Unfinished {
    /// Announces a file or folder, before it is made.
    pub fn new(path: PathBuf) -> Self {
        all().insert(path.clone());
        Self { path, done: false }
    }

    /// Where it is written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it in its place, as `place` does, with no interruption in between. Removed if that fails.
    ///
    /// # Errors
    /// Those of `place`.
    pub fn finish<E>(mut self, place: impl FnOnce(&Path) -> Result<(), E>) -> Result<(), E> {
        let mut all = all();
        let placed = place(&self.path);
        if placed.is_ok() {
            all.remove(&self.path);
            self.done = true;
        }
        drop(all);
        placed
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.done {
            remove(&self.path);
            all().remove(&self.path);
        }
    }
}

/// Removes all that is unfinished in this process. While the answer is kept, nothing can be finished: it is for the one
/// who ends the process.
pub fn give_up() -> impl Sized {
    let all = all();
    for path in all.iter() {
        // A writer that still runs may put one more file into a folder that is being emptied.
        for _ in 0..20 {
            remove(path);
            if fs::symlink_metadata(path).is_err() {
                break;
            }
        }
    }
    all
}

fn remove(path: &Path) {
    let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}
