//! Long answers a page at a time: `$PAGER`, else `less`, which shows what fits on one screen and ends.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// A pager that was started; dropping it waits until its reader has read enough.
pub struct Pager(Child);

/// Starts one, where answers go to a terminal and there is one.
pub fn open() -> Option<Pager> {
    // A terminal that cannot move its cursor gets everything as it comes.
    let is_dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    if is_dumb || !io::stdout().is_terminal() {
        return None;
    }
    let own = std::env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty());
    let mut words = own.as_deref().unwrap_or("less -FX").split_whitespace();
    let name = words.next().filter(|name| *name != "cat")?;
    // `less` alone would take the screen for three rows, and ask for a key.
    let flags = (name.ends_with("less") && own.is_some()).then_some("-FX");
    let child = Command::new(name).args(words).args(flags).stdin(Stdio::piped()).spawn().ok()?;
    Some(Pager(child))
}

impl Pager {
    /// What it reads from.
    pub fn takes(&mut self) -> Option<Arc<File>> {
        let stdin = self.0.stdin.take()?;
        #[cfg(unix)]
        let file = File::from(std::os::fd::OwnedFd::from(stdin));
        #[cfg(windows)]
        let file = File::from(std::os::windows::io::OwnedHandle::from(stdin));
        Some(Arc::new(file))
    }
}

impl Drop for Pager {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
