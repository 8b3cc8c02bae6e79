//! The connections of each thread that serves, so that a thread with more than others leaves new ones to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

use futures_util::task::AtomicWaker;

/// The connections by which a thread may exceed the one with the fewest, in addition to an eighth.
const AHEAD: usize = 8;

/// The number of connections of one thread among several that share a port.
#[derive(Clone, Debug)]
pub(crate) struct Workload {
    all: Arc<[ThreadLoad]>,
    own: usize,
}

#[derive(Debug, Default)]
struct ThreadLoad {
    connections: AtomicUsize,
    /// Wakes the thread's acceptor, which leaves connections to others until this thread is no longer ahead.
    acceptor: AtomicWaker,
}

/// A connection that counts; until it is dropped.
#[derive(Debug)]
pub(crate) struct CountedConnection(Workload);

impl Workload {
    /// One for each of this many threads.
    pub(crate) fn for_threads(count: usize) -> impl Iterator<Item = Self> {
        let all: Arc<[_]> = (0..count).map(|_| ThreadLoad::default()).collect();
        (0..count).map(move |own| Self {
            all: Arc::clone(&all),
            own,
        })
    }

    /// Counts a connection.
    pub(crate) fn begin(&self) -> CountedConnection {
        let own = &self.all[self.own];
        own.connections.fetch_add(1, Ordering::Relaxed);
        CountedConnection(self.clone())
    }

    /// True if another thread has so many fewer connections that the next one is better served there.
    pub(crate) fn is_ahead(&self) -> bool {
        let count = |load: &ThreadLoad| load.connections.load(Ordering::Relaxed);
        let least = self.all.iter().map(count).min().unwrap_or_default();
        count(&self.all[self.own]) > least + least / 8 + AHEAD
    }

    /// Has the end of a connection of this thread wake a task, once the thread is no longer ahead.
    pub(crate) fn wake_when_not_ahead(&self, acceptor: &Waker) {
        self.all[self.own].acceptor.register(acceptor);
    }
}

impl Drop for CountedConnection {
    fn drop(&mut self) {
        let own = &self.0.all[self.0.own];
        own.connections.fetch_sub(1, Ordering::Relaxed);
        if let Some(acceptor) = own.acceptor.take() {
            match self.0.is_ahead() {
                true => own.acceptor.register(&acceptor),
                false => acceptor.wake(),
            }
        }
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

    #[test]
    fn the_acceptor_is_woken_once_its_thread_is_no_longer_ahead() {
        let threads: Vec<_> = Workload::for_threads(2).collect();
        let mut open: Vec<_> = (0..AHEAD + 3).map(|_| threads[0].begin()).collect();
        let woken = Arc::new(CountedWakes::default());
        let acceptor = Waker::from(Arc::clone(&woken));
        threads[0].wake_when_not_ahead(&acceptor);
        let wakes: Vec<_> = (0..4)
            .map(|_| {
                open.pop();
                (threads[0].is_ahead(), woken.0.load(Ordering::Relaxed))
            })
            .collect();
        assert_eq!(wakes, [(true, 0), (true, 0), (false, 1), (false, 1)]);
    }

    #[derive(Default)]
    struct CountedWakes(AtomicUsize);

    impl std::task::Wake for CountedWakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}
