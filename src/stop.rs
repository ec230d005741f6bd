//! Stopping work that takes too long, takes too much, or that nobody waits for any more.
//!
//! A [`Stop`] is handed down to whoever works: the evaluation of a query looks at it at every step, the writing of an
//! answer at every row and every piece that goes out. Whoever hands it down keeps a clone, and says when it is enough and
//! why. Command line, shell and server stop a query in this one way.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use oxigraph::sparql::CancellationToken;

/// Why work was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Its time is over.
    Time,
    /// Whoever asked wants no more of it.
    Asked,
    /// It needs more memory than it may have.
    Memory,
    /// A text that it made is longer than texts may be.
    Text,
}

/// Says to whoever has a clone of it that it is enough. Cheap to clone.
#[derive(Clone)]
pub struct Stop(Arc<Inner>);

struct Inner {
    token: CancellationToken,
    reason: OnceLock<Reason>,
    /// Bytes of a text that a query makes, at most.
    longest: usize,
    begun: Instant,
    /// Nanoseconds from the beginning to when the present wait began; 0 where there is none.
    waiting_since: AtomicU64,
    /// Nanoseconds of all waits that are over.
    waited: AtomicU64,
}

impl std::fmt::Debug for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Stop({:?})", self.reason())
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::with_texts_of(usize::MAX)
    }
}

impl Stop {
    /// For work whose texts may have so many bytes.
    pub fn with_texts_of(longest: usize) -> Self {
        Self(Arc::new(Inner {
            token: CancellationToken::new(),
            reason: OnceLock::new(),
            longest,
            begun: Instant::now(),
            waiting_since: AtomicU64::new(0),
            waited: AtomicU64::new(0),
        }))
    }

    /// Stops the work. The first reason counts.
    pub fn stop(&self, reason: Reason) {
        let _ = self.0.reason.set(reason);
        self.0.token.cancel();
    }

    /// Why it was stopped, if it was.
    pub fn reason(&self) -> Option<Reason> {
        self.0.reason.get().copied().or_else(|| self.0.token.is_cancelled().then_some(Reason::Asked))
    }

    /// Whether it was stopped. Costs a load.
    pub fn is_stopped(&self) -> bool {
        self.0.token.is_cancelled()
    }

    /// What the evaluation of a query looks at.
    pub fn token(&self) -> CancellationToken {
        self.0.token.clone()
    }

    /// Bytes of a text that a query makes, at most.
    pub fn longest(&self) -> usize {
        self.0.longest
    }

    /// An error, if it was stopped.
    ///
    /// # Errors
    /// It was stopped.
    pub fn go_on(&self) -> io::Result<()> {
        // `Interrupted` would be tried again.
        if self.is_stopped() { Err(io::Error::new(io::ErrorKind::TimedOut, "stopped")) } else { Ok(()) }
    }

    /// Does what may wait for whoever reads: nothing once it was stopped, and the time does not count as time of work.
    ///
    /// # Errors
    /// It was stopped, or those of what is done.
    pub fn waiting_for_the_reader<T>(&self, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        self.go_on()?;
        let start = self.now();
        self.0.waiting_since.store(start, Ordering::Relaxed);
        let done = work();
        self.0.waiting_since.store(0, Ordering::Relaxed);
        self.0.waited.fetch_add(self.now().saturating_sub(start), Ordering::Relaxed);
        done
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.begun.elapsed().as_nanos()).unwrap_or(u64::MAX).max(1)
    }

    /// How long it has worked so far, without what it waited for its reader.
    pub fn worked(&self) -> Duration {
        let now = self.now();
        let waiting = match self.0.waiting_since.load(Ordering::Relaxed) {
            0 => 0,
            since => now.saturating_sub(since),
        };
        Duration::from_nanos(now.saturating_sub(waiting).saturating_sub(self.0.waited.load(Ordering::Relaxed)))
    }
}
