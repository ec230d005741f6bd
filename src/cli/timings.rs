//! How long each station of a build took, and the most memory that the process had held by then: for `build --timings`.

use std::fs;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// The stations passed so far.
pub struct Timings {
    last: Instant,
    passed: Vec<(&'static str, Duration, Option<u64>)>,
}

impl Timings {
    /// The clock starts.
    pub fn start() -> Self {
        Self { last: Instant::now(), passed: Vec::new() }
    }

    /// A station's work is done.
    pub fn passed(&mut self, station: &'static str) {
        let now = Instant::now();
        self.passed.push((station, now - self.last, peak()));
        self.last = now;
    }

    /// One line a station, in their order, on standard error.
    ///
    /// # Errors
    /// Standard error cannot be written to.
    pub fn print(&self) -> io::Result<()> {
        let mut err = io::stderr().lock();
        for (station, time, memory) in &self.passed {
            let memory = memory.map_or(String::new(), |kilobytes| format!("{:>8} MB", kilobytes / 1024));
            writeln!(err, "  {station:<22} {:>9.3} s {memory}", time.as_secs_f64())?;
        }
        Ok(())
    }
}

/// The most memory that this process has held, in kilobytes, where the system tells.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
