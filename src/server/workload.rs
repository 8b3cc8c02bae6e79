//! The connections of each thread that serves, so that a thread with more than others leaves new ones to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The connections by which a thread may exceed the one with the fewest, in addition to an eighth.
const AHEAD: usize = 8;

/// The number of connections of one thread among several that share a port.
#[derive(Clone, Debug)]
pub(crate) struct Workload {
    all: Arc<[AtomicUsize]>,
    own: usize,
}

/// A connection that counts; until it is dropped.
#[derive(Debug)]
pub(crate) struct CountedConnection(Workload);

impl Workload {
    /// One for each of this many threads.
    pub(crate) fn for_threads(count: usize) -> impl Iterator<Item = Self> {
        let all: Arc<[_]> = (0..count).map(|_| AtomicUsize::new(0)).collect();
        (0..count).map(move |own| Self {
            all: Arc::clone(&all),
            own,
        })
    }

    /// Counts a connection.
    pub(crate) fn begin(&self) -> CountedConnection {
        self.all[self.own].fetch_add(1, Ordering::Relaxed);
        CountedConnection(self.clone())
    }

    /// True if another thread has so many fewer connections that the next one is better served there.
    pub(crate) fn is_ahead(&self) -> bool {
        let counts = self.all.iter().map(|count| count.load(Ordering::Relaxed));
        let least = counts.min().unwrap_or_default();
        self.all[self.own].load(Ordering::Relaxed) > least + least / 8 + AHEAD
    }
}

impl Drop for CountedConnection {
    fn drop(&mut self) {
        self.0.all[self.0.own].fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_ahead_while_another_has_much_fewer_connections() {
        for (own, others, expected) in [
            (0, 0, false),
            (AHEAD, 0, false),
            (AHEAD + 1, 0, true),
            (80 + 10 + AHEAD, 80, false),
            (80 + 10 + AHEAD + 1, 80, true),
            (0, 80, false),
        ] {
            let threads: Vec<_> = Workload::for_threads(2).collect();
            let mut open: Vec<_> = (0..own).map(|_| threads[0].begin()).collect();
            let _others: Vec<_> = (0..others).map(|_| threads[1].begin()).collect();
            assert_eq!(threads[0].is_ahead(), expected, "{own} {others}");
            open.clear();
            assert!(!threads[0].is_ahead());
        }
    }
}
