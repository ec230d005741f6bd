//! The end of the process. What libraries left to be run at the exit is not run: RocksDB's threads may still hold locks
//! that its destructors destroy, and such an end is one time in fifty an abort, with an answer or an interruption long
//! since done. What the program itself has to put away is put away before: stores are closed and files are in their
//! places when commands return.

use std::io::{self, Write};

/// Ends the process with this exit code, all that was said written out.
pub fn leave(code: u8) -> ! {
    // A reader that has gone away wants no more.
    let _ = io::stdout().flush();
    let _ = io::stderr().flush();
    #[cfg(unix)]
    signal_hook::low_level::exit(i32::from(code));
    #[cfg(not(unix))]
    std::process::exit(i32::from(code))
}
