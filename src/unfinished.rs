//! What is being written and not yet in its place: removed when it is given up, when writing fails, and when the process
//! is interrupted, so that nothing half-made is left behind.
//!
//! An interruption comes on another thread, at any point. The one lock here decides: whoever has it first either puts
//! the finished thing in its place, or removes it and ends the process with the lock still held.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

static ALL: Mutex<All> = Mutex::new(All { unfinished: BTreeSet::new(), finished: false });

#[derive(Debug)]
struct All {
    unfinished: BTreeSet<PathBuf>,
    /// Whether something was put in its place.
    finished: bool,
}

fn all() -> MutexGuard<'static, All> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file or folder that is being written. Dropped, it is removed, unless it was [finished](Self::finish).
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    done: bool,
}

impl Unfinished {
    /// Announces a file or folder and makes it, with no interruption in between.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn make<T, E>(path: PathBuf, make: impl FnOnce(&Path) -> Result<T, E>) -> Result<(Self, T), E> {
        let mut all = all();
        let made = make(&path)?;
        all.unfinished.insert(path.clone());
        drop(all);
        Ok((Self { path, done: false }, made))
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
            all.unfinished.remove(&self.path);
            all.finished = true;
            self.done = true;
        }
        drop(all);
        placed
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.done {
            // Under the lock: who ends the process meanwhile removes it too, and does not go before it is done.
            let mut all = all();
            remove(&self.path);
            all.unfinished.remove(&self.path);
        }
    }
}

/// What became of what this process wrote. While it is kept, nothing can be finished or begun: it is for the one who ends
/// the process.
#[derive(Debug)]
pub struct GivenUp {
    _all: Option<MutexGuard<'static, All>>,
    /// Whether something had been put in its place before.
    pub finished: bool,
    /// Whether something half-made was removed.
    pub removed: bool,
}

/// Removes all that is unfinished in this process.
pub fn give_up() -> GivenUp {
    removed(all())
}

/// As [`give_up`], waiting no longer than so long for a thread that is putting something in its place, or that never wakes.
pub fn give_up_within(time: Duration) -> GivenUp {
    let start = Instant::now();
    loop {
        match ALL.try_lock() {
            Ok(all) => return removed(all),
            Err(TryLockError::Poisoned(all)) => return removed(all.into_inner()),
            Err(TryLockError::WouldBlock) if start.elapsed() > time => {
                return GivenUp { _all: None, finished: false, removed: false };
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}

fn removed(all: MutexGuard<'static, All>) -> GivenUp {
    for path in &all.unfinished {
        // A writer that still runs may put one more file into a folder that is being emptied.
        for _ in 0..20 {
            remove(path);
            if fs::symlink_metadata(path).is_err() {
                break;
            }
        }
    }
    let (finished, removed) = (all.finished, !all.unfinished.is_empty());
    GivenUp { _all: Some(all), finished, removed }
}

fn remove(path: &Path) {
    let is_folder = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir());
    let _ = if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}
