//! Work that is shared between threads. If the system refuses a thread, the others do its part.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The threads for work that reads files: one a core, but two on a single core, since one of them waits for the disk,
/// and no more than eight.
pub fn readers() -> usize {
    thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8))
}

/// Does the same work on this thread and on further ones, `count` in all, and returns what each came to.
pub fn on_threads<R: Send>(count: usize, work: impl Fn() -> R + Sync) -> Vec<R> {
    thread::scope(|scope| {
        let start = |_| thread::Builder::new().spawn_scoped(scope, &work).ok();
        let others: Vec<_> = (1..count).filter_map(start).collect();
        let mut done = vec![work()];
        for other in others {
            done.push(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    })
}

/// Maps items that are read from files, several at a time; the results are in the order of the items.
pub fn map<T: Sync, R: Send>(items: &[T], with: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else {
                return done;
            };
            done.push((number, with(item)));
        }
    };
    let done = on_threads(readers().min(items.len()), work);
    let mut done: Vec<_> = done.into_iter().flatten().collect();
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for count in [0_usize, 1, 2, 3, 1000] {
            let items: Vec<_> = (0..count).collect();
            let doubled: Vec<_> = items.iter().map(|item| item * 2).collect();
            assert_eq!(map(&items, |item| item * 2), doubled);
        }
    }

    #[test]
    fn items_are_done_at_the_same_time() {
        let begun = AtomicUsize::new(0);
        let deadline = Instant::now() + Duration::from_secs(20);
        let met = map(&[(), ()], |()| {
            begun.fetch_add(1, Ordering::Relaxed);
            while begun.load(Ordering::Relaxed) < 2 && Instant::now() < deadline {
                thread::yield_now();
            }
            begun.load(Ordering::Relaxed) == 2
        });
        assert_eq!(met, [true, true]);
    }

    #[test]
    #[should_panic(expected = "the third")]
    fn a_panic_is_passed_on() {
        map(&[1, 2, 3, 4], |item| assert_ne!(*item, 3, "the third"));
    }
}
