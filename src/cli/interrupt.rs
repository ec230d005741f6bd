//! Ctrl-C and SIGTERM: what is half-made is removed, one line says so, and the exit code is the shells' 130. A second
//! one ends the process at once. Nothing here waits for a thread that works, or for one that reads.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::leave::{last_words, leave};
use crate::unfinished;

/// The exit code of an interrupted process, as shells give it: 128 and the number of SIGINT.
const INTERRUPTED: u8 = 130;
/// How long what is being put in its place may take to get there.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who is told instead of ending the process.
static TOLD: OnceLock<Arc<AtomicBool>> = OnceLock::new();
/// Interruptions that nobody has answered since.
static UNHEARD: AtomicU32 = AtomicU32::new(0);

/// From now on an interruption sets this flag and nothing else: for who goes on after it, such as the shell. A third one
/// that is not [heard](heard) ends the process all the same.
pub fn tell(flag: Arc<AtomicBool>) {
    // There is one shell a process.
    let _ = TOLD.set(flag);
}

/// What was told was heard.
pub fn heard() {
    UNHEARD.store(0, Ordering::SeqCst);
}

/// Watches from now on. Where the system allows no watching, an interruption ends the process as it would any other,
/// and the next build sweeps up.
pub fn watch() {
    let _ = ctrlc::set_handler(|| {
        let before = UNHEARD.fetch_add(1, Ordering::SeqCst);
        if let Some(flag) = TOLD.get().filter(|_| before < 2) {
            flag.store(true, Ordering::SeqCst);
            return;
        }
        if before > 0 {
            leave(INTERRUPTED);
        }
        // On a thread of its own, so that this one is free to hear the second.
        std::thread::spawn(|| {
            let _freely = super::memory::freely();
            let given_up = unfinished::give_up_within(PATIENCE);
            let words = match (given_up.finished, given_up.removed) {
                (true, false) => "interrupted: what was finished before is in its place",
                (true, true) => "interrupted: what was finished before is in its place, what was half-made is removed",
                // What only reads has made nothing.
                (false, false) => "interrupted",
                (false, true) => "interrupted: what was half-made is removed, what was there before is as it was",
            };
            last_words(words.to_owned());
            leave(INTERRUPTED);
        });
    });
}
