//! Whether the graph that is read is as it was written: blocks are checked when they are first touched, so that damage may
//! come to light late, and nothing is given out as whole before this was asked.

use std::sync::OnceLock;

use super::failure::Outcome;
use crate::store::Store;

/// The graph that this process reads.
static READ: OnceLock<Store> = OnceLock::new();

/// Whether no damage was found in what was read so far: nothing is given out as whole before.
pub fn intact() -> Outcome {
    READ.get().map_or(Ok(()), |store| Ok(store.intact()?))
}

/// Keeps the graph that is read from now on; one is opened a process.
pub fn reads(store: &Store) {
    let _ = READ.set(store.clone());
}
