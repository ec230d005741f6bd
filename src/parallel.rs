//! Work that is done by several threads at once, and comes out as if one had done it.

use std::num::NonZeroUsize;
use std::sync::Mutex;

/// The stack of a thread, enough for the deepest query within the bounds of its text. Only what is touched is committed.
const STACK: usize = 256 << 20;

/// How many threads do work: as many as the machine has processors for this process.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Does every piece of work, several at once, the first first; gives the results in the order of the pieces.
///
/// Where there is one processor or one piece, no thread is started.
pub fn each<T: Send, R: Send>(pieces: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = threads().min(pieces.len());
    if threads < 2 {
        return pieces.into_iter().map(work).collect();
    }
    let mut done: Vec<Option<R>> = pieces.iter().map(|_| None).collect();
    let open = Mutex::new(pieces.into_iter().zip(done.iter_mut()));
    let share = || {
        loop {
            // A thread that panicked has not left the list half changed.
            let next = open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
            let Some((piece, place)) = next else { break };
            *place = Some(work(piece));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            // Where the system gives no thread, the others do more.
            let _ = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, share);
        }
        share();
    });
    drop(open);
    done.into_iter().map(|result| result.expect("every piece was done, or its thread's panic went on here")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_pieces() {
        let squares = each((0..1000u64).collect(), |number| {
            if number % 97 == 0 {
                std::thread::yield_now();
            }
            number * number
        });
        assert_eq!(squares, (0..1000u64).map(|number| number * number).collect::<Vec<_>>());
        assert!(each(Vec::<u8>::new(), |byte| byte).is_empty());
    }
}
