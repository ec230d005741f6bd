//! Ctrl-C and SIGTERM: what is half-made is removed, one line says so, and the exit code is the shells' 130. A second
//! one ends the process at once.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::leave::leave;
use crate::unfinished;

/// The exit code of an interrupted process, as shells give it: 128 and the number of SIGINT.
const INTERRUPTED: u8 = 130;

/// Who is told instead of ending the process.
static TOLD: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on an interruption sets this flag and nothing else: for who goes on after it, such as the shell.
pub fn tell(flag: Arc<AtomicBool>) {
    // There is one shell a process.
    let _ = TOLD.set(flag);
}

/// Watches from now on. Where the system allows no watching, an interruption ends the process as it would any other,
/// and the next build sweeps up.
pub fn watch() {
    static ASKED: AtomicBool = AtomicBool::new(false);
    let _ = ctrlc::set_handler(|| {
        if let Some(flag) = TOLD.get() {
            flag.store(true, Ordering::SeqCst);
            return;
        }
        if ASKED.swap(true, Ordering::SeqCst) {
            leave(INTERRUPTED);
        }
        // On a thread of its own, so that this one is free to hear the second.
        std::thread::spawn(|| {
            let _kept = unfinished::give_up();
            let _ = writeln!(io::stderr(), "interrupted: what was half-made is removed, what was there before is as it was");
            leave(INTERRUPTED);
        });
    });
}
