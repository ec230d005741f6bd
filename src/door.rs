//! The one door through which files come in, read no further than a bound: those of a project from its
//! [world](crate::world), and those that a person names from the machine.
//!
//! A stranger's project may hold a file that never ends, or one that is larger than memory. Everything under `src/` that reads
//! a file which somebody else may have put there comes through here; `tests/it/house.rs` holds it to that.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use crate::limits::{Limit, Limits};
use crate::world::follows_links;
pub use crate::world::{Bytes, Refused, World, follow_links, path_fault, plain};

/// Whose files come in, and how large they may be.
#[derive(Debug, Clone, Copy)]
pub struct Door<'a> {
    /// Where they come from; none for what a person names on the command line.
    world: Option<&'a dyn World>,
    /// The bounds.
    pub limits: Limits,
}

impl<'a> Door<'a> {
    /// For the files of a project, by their paths within it.
    pub fn of(world: &'a dyn World, limits: Limits) -> Self {
        Self { world: Some(world), limits }
    }

    /// For files that a person names: links are followed, and a pipe may be read, within the bounds.
    pub fn named(limits: Limits) -> Self {
        Self { world: None, limits }
    }

    /// Opens a file. Costs what its world asks for it.
    ///
    /// # Errors
    /// It is not there, is none, or none of the project, or the system refuses.
    pub fn open(&self, path: &Path) -> Result<Box<dyn Bytes>, Refused> {
        match self.world {
            // A project's paths were text before.
            Some(world) => world.open(path.to_str().ok_or(Refused::Missing)?),
            None => {
                let file = File::open(path)?;
                if file.metadata()?.is_dir() { Err(Refused::Folder) } else { Ok(Box::new(file)) }
            }
        }
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

/// Why a folder of a project, there or not yet, would have what is written into it land elsewhere, if it would.
pub fn folder_fault(root: &Path, folder: &Path) -> Option<&'static str> {
    let there = folder.ancestors().find(|folder| fs::symlink_metadata(folder).is_ok())?;
    let inside = fs::canonicalize(root).is_ok_and(|root| fs::canonicalize(there).is_ok_and(|there| there.starts_with(root)));
    (!inside && !follows_links()).then_some("a link on the way leads out of the project; --follow-links follows it")
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
