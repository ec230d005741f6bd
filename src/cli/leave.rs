//! The end of the process. What libraries left to be run at the exit is not run: RocksDB's threads may still hold locks
//! that its destructors destroy, and such an end is one time in fifty an abort, with an answer or an interruption long
//! since done. What the program itself has to put away is put away before: stores are closed and files are in their
//! places when commands return.

use std::fs::File;
use std::io::{self, Write};

/// Ends the process with this exit code at once, whatever its threads are doing: no lock is waited for.
pub fn leave(code: u8) -> ! {
    #[cfg(unix)]
    signal_hook::low_level::exit(i32::from(code));
    #[cfg(not(unix))]
    std::process::exit(i32::from(code))
}

/// A last line on standard error, without its lock, which a thread may hold that waits for a reader; and on a thread of its
/// own, because the reader of standard error may be the one that does not read.
pub fn last_words(line: String) {
    let line = std::sync::Arc::new(format!("{line}\n"));
    let say = |line: &str| drop(standard_error().and_then(|mut err| err.write_all(line.as_bytes())));
    let words = std::sync::Arc::clone(&line);
    match std::thread::Builder::new().stack_size(64 << 10).spawn(move || say(&words)) {
        Ok(saying) => {
            let start = std::time::Instant::now();
            while !saying.is_finished() && start.elapsed() < std::time::Duration::from_millis(80) {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        }
        // Where the system has no thread left to give, the words are the last that matters.
        Err(_) => say(&line),
    }
}

fn standard_error() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        Ok(File::from(io::stderr().as_fd().try_clone_to_owned()?))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        Ok(File::from(io::stderr().as_handle().try_clone_to_owned()?))
    }
}
