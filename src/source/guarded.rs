//! What libraries do with files that nobody would write: where one panics, the file is damaged, and that is a finding at
//! the file. Only calls into a library that reads what strangers wrote go through here; a panic of our own is a fault of
//! civigraph's and stays one.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// What is said of such a file.
pub const BEYOND: &str = "it says of its cells what no sheet can hold";

/// Does what may panic; `None` if it did. Nothing is said of that on standard error: the finding says it.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                before(info);
            }
        }));
    });
    GUARDED.set(true);
    // What was being read is thrown away with the finding.
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(false);
    done.ok()
}
