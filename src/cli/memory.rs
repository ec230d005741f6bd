//! How much memory the program may hold, so that no input and no query takes what the machine needs for others.
//!
//! The program's allocator counts. What would pass the bound is not given: the thread that asked for it sleeps from then
//! on, because Rust knows no other end of a failed allocation than an abort, which says nothing and leaves half-made files
//! behind. Another thread, woken for it, says what happened and ends the process, or lets go of the query. The same where
//! the system itself has no more to give.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};
use std::thread::Thread;
use std::time::Duration;

use super::Failure;
use crate::limits;

/// A thread counts by itself up to so many bytes, so that threads seldom meet at the common number.
const BATCH: isize = 1 << 16;
/// The bound where the machine does not tell how much it has.
const UNKNOWN: u64 = 4 << 30;

static LIVE: AtomicIsize = AtomicIsize::new(0);
static BOUND: AtomicIsize = AtomicIsize::new(isize::MAX);
static PASSED: AtomicBool = AtomicBool::new(false);
static WATCHER: OnceLock<Thread> = OnceLock::new();

thread_local! {
    static UNCOUNTED: Cell<isize> = const { Cell::new(0) };
    static FREE: Cell<bool> = const { Cell::new(false) };
}

/// The allocator of the program.
#[derive(Debug)]
pub struct Counted;

/// Counts bytes more or less; bytes more only if the bound allows them.
fn count(change: isize) {
    let own = UNCOUNTED.try_with(|uncounted| {
        let sum = uncounted.get() + change;
        let small = sum.abs() < BATCH;
        uncounted.set(if small { sum } else { 0 });
        (!small).then_some(sum)
    });
    // A thread that is ending has no counter of its own any more.
    if let Some(sum) = own.unwrap_or(Some(change)) {
        let live = LIVE.fetch_add(sum, Ordering::Relaxed) + sum;
        if change > 0 && live > BOUND.load(Ordering::Relaxed) && !is_free() {
            LIVE.fetch_sub(change, Ordering::Relaxed);
            sleep();
        }
    }
}

fn is_free() -> bool {
    FREE.try_with(Cell::get).unwrap_or(true)
}

/// The end of a thread that asked for too much: it sleeps, and whoever watches is told.
#[cold]
fn sleep() -> ! {
    PASSED.store(true, Ordering::SeqCst);
    if let Some(watcher) = WATCHER.get() {
        watcher.unpark();
    }
    loop {
        std::thread::sleep(Duration::from_secs(3600));
    }
}

/// What became of an allocation of the system.
fn given(place: *mut u8) -> *mut u8 {
    if place.is_null() && !is_free() && WATCHER.get().is_some() {
        sleep();
    }
    place
}

// SAFETY: all memory is the system allocator's; beside it numbers are counted, without allocating. `sleep` does not return.
#[expect(unsafe_code, reason = "an allocator cannot be written otherwise")]
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        given(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: as above.
        given(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.cast_signed() - layout.size().cast_signed());
        // SAFETY: as above.
        given(unsafe { System.realloc(place, layout, size) })
    }
}

/// Bytes that the program holds, give or take what its threads have not yet told.
pub fn held() -> u64 {
    LIVE.load(Ordering::Relaxed).max(0).cast_unsigned() as u64
}

/// The bound in bytes.
pub fn bound() -> u64 {
    BOUND.load(Ordering::Relaxed).max(0).cast_unsigned() as u64
}

/// Whether what is held comes near the bound: time for a query to stop while it still can by itself.
pub fn is_scarce() -> bool {
    held() > bound() / 8 * 7
}

/// The bound in words.
pub fn bound_in_words() -> String {
    limits::words(bound())
}

/// From now on this thread is given what it asks for: it is the one that deals with those that ask for too much. Until the
/// answer is dropped.
pub fn freely() -> impl Sized {
    struct Freely(bool);
    impl Drop for Freely {
        fn drop(&mut self) {
            FREE.with(|free| free.set(self.0));
        }
    }
    Freely(FREE.with(|free| free.replace(true)))
}

/// Whether a thread has asked for too much since this was last asked.
pub fn passed() -> bool {
    PASSED.swap(false, Ordering::SeqCst)
}

/// Sets the bound, `None` for half of what the machine has. From now on `end` is called, on a thread of its own, when a
/// thread has asked for more, unless another thread `looks` for [that](passed).
pub fn watch(given: Option<u64>, looks: impl Fn() -> bool + Send + 'static, end: impl Fn() + Send + 'static) {
    let bytes = given.unwrap_or_else(|| machine().map_or(UNKNOWN, |bytes| bytes / 2));
    BOUND.store(isize::try_from(bytes).unwrap_or(isize::MAX), Ordering::Relaxed);
    let watcher = std::thread::Builder::new().name("memory".to_owned()).stack_size(256 << 10).spawn(move || {
        let _freely = freely();
        loop {
            std::thread::park();
            if !looks() && passed() {
                end();
            }
        }
    });
    // Where there is no thread to be had, nothing is bounded.
    match watcher {
        Ok(watcher) => drop(WATCHER.set(watcher.thread().clone())),
        Err(_) => BOUND.store(isize::MAX, Ordering::Relaxed),
    }
}

/// What the machine has, or the container that the program runs in.
fn machine() -> Option<u64> {
    let first = |path: &str, read: &dyn Fn(&str) -> Option<u64>| std::fs::read_to_string(path).ok().and_then(|text| read(&text));
    let total = first("/proc/meminfo", &|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
    });
    let container = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .into_iter()
        .filter_map(|path| first(path, &|text| text.trim().parse().ok()));
    total.into_iter().chain(container).min()
}

/// Reads what `--memory` was given.
pub fn amount(text: &str) -> Result<u64, Failure> {
    limits::bytes(text).filter(|bytes| *bytes >= 64 << 20).ok_or_else(|| {
        Failure::Usage(
            format!("--memory: expected an amount such as 800M or 2G, found `{}`", crate::values::text::shown_line(text)),
            Some("at least 64M; what the machine has by half is the default".to_owned()),
        )
    })
}
