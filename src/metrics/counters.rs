//! The process-wide counters.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::StatusCode;
use serde::{Deserialize, Serialize};
use thread_local::ThreadLocal;

use crate::metrics::histogram::Histogram;
use crate::metrics::thread_counter::{add_single_writer, read};

/// Everything that is counted. There is one for a process, which is never given back: a shared owner would be counted
/// too, by all threads in one place, at each request.
#[derive(Debug)]
pub struct Counters {
    pub(crate) started: Instant,
    pub(crate) threads: ThreadLocal<PerThread>,
    pub(crate) connections: AtomicU64,
    players: AtomicU64,
    pub(crate) accepted: AtomicU64,
    pub(crate) refused: [AtomicU64; Refusal::ALL.len()],
    pub(crate) switches: AtomicU64,
    pub(crate) failed_builds: AtomicU64,
    pub(crate) builds: Histogram,
}

/// What one thread has seen. Only that thread adds to it; two of them never share a line of the processor's cache.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct PerThread {
    sent: AtomicU64,
    /// By status, from 100 on.
    pub(crate) requests: [AtomicU64; STATUSES],
    pub(crate) responses: Histogram,
}

/// 100 to 599.
pub(crate) const STATUSES: usize = 500;

/// Why a connection was closed, or not taken, although its client would have gone on.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// There are as many from its address as may be.
    Address,
    /// It sent nothing.
    FirstByte,
    /// The head of a request took too long.
    Head,
    /// What was sent to it was taken too slowly, or the rest of its request did not come.
    Stalled,
    /// What it sent is not HTTP.
    Malformed,
}

/// The numbers that a person asks for, at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How long ago the counting began.
    pub(crate) uptime: Duration,
    /// Requests answered to their end.
    pub requests: u64,
    /// Those of them for which there was nothing.
    pub not_found: u64,
    /// Bytes given to the network, heads included.
    pub sent: u64,
    /// Connections that are open now.
    pub connections: u64,
    /// Addresses that have one.
    pub players: u64,
    /// Connections refused, for each reason of [`Refusal::ALL`].
    pub refused: [u64; Refusal::ALL.len()],
    /// Games put on the air in the place of another.
    pub switches: u64,
}

impl Refusal {
    /// All there are.
    pub const ALL: [Self; 5] = [
        Self::Address,
        Self::FirstByte,
        Self::Head,
        Self::Stalled,
        Self::Malformed,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::FirstByte => "first_byte",
            Self::Head => "head",
            Self::Stalled => "stalled",
            Self::Malformed => "malformed",
        }
    }
}

impl Counters {
    /// Begins to count.
    pub fn start() -> &'static Self {
        Box::leak(Box::new(Self {
            started: Instant::now(),
            threads: ThreadLocal::new(),
            connections: AtomicU64::new(0),
            players: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            refused: Default::default(),
            switches: AtomicU64::new(0),
            failed_builds: AtomicU64::new(0),
            builds: Histogram::default(),
        }))
    }

    /// A request has been answered to its end, or its client has gone.
    pub fn answered(&self, status: StatusCode, took: Duration) {
        let own = self.own();
        if let Some(requests) = own.requests(status) {
            add_single_writer(requests, 1);
        }
        own.responses.record_single_writer(took);
    }

    /// Bytes have been given to the network.
    pub fn sent(&self, bytes: usize) {
        add_single_writer(&self.own().sent, bytes as u64);
    }

    /// A connection has been opened.
    pub fn opened(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection that was opened is closed.
    pub fn closed(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }

    /// So many addresses have a connection now.
    pub fn players(&self, now: usize) {
        self.players.store(now as u64, Ordering::Relaxed);
    }

    /// A client has been refused.
    pub fn refused(&self, why: Refusal) {
        self.refused[why as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Another game has been put on the air.
    pub fn switched(&self) {
        self.switches.fetch_add(1, Ordering::Relaxed);
    }

    /// A site has been built, or could not be.
    pub fn built(&self, took: Duration, is_done: bool) {
        if is_done {
            self.builds.record(took);
        } else {
            self.failed_builds.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The time since counting began.
    pub fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// The numbers as they are now.
    pub fn now(&self) -> Counts {
        let requests = self.threads.iter().flat_map(|thread| &thread.requests);
        let threads = self.threads.iter();
        let not_found = threads.filter_map(|thread| thread.requests(StatusCode::NOT_FOUND));
        Counts {
            uptime: self.started.elapsed(),
            requests: requests.map(read).sum(),
            not_found: not_found.map(read).sum(),
            sent: self.total_sent(),
            connections: read(&self.connections),
            players: read(&self.players),
            refused: self.refused.each_ref().map(read),
            switches: read(&self.switches),
        }
    }

    fn own(&self) -> &PerThread {
        self.threads.get_or(PerThread::default)
    }

    pub(crate) fn total_sent(&self) -> u64 {
        self.threads.iter().map(|thread| read(&thread.sent)).sum()
    }
}

impl PerThread {
    fn requests(&self, status: StatusCode) -> Option<&AtomicU64> {
        let index = usize::from(status.as_u16()).checked_sub(100)?;
        self.requests.get(index)
    }
}

impl Default for PerThread {
    fn default() -> Self {
        Self {
            sent: AtomicU64::new(0),
            requests: array::from_fn(|_| AtomicU64::new(0)),
            responses: Histogram::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn what_threads_count_adds_up() {
        let counters = Counters::start();
        thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    for _ in 0..1000 {
                        counters.answered(StatusCode::OK, Duration::from_millis(3));
                        counters.answered(StatusCode::NOT_FOUND, Duration::from_secs(3));
                        counters.sent(7);
                        counters.opened();
                        counters.refused(Refusal::Head);
                        counters.closed();
                    }
                });
            }
        });
        counters.opened();
        counters.switched();
        let now = counters.now();
        let expected = Counts {
            uptime: now.uptime,
            requests: 8000,
            not_found: 4000,
            sent: 28_000,
            connections: 1,
            players: 0,
            refused: [0, 0, 4000, 0, 0],
            switches: 1,
        };
        assert_eq!(now, expected);
    }

    #[test]
    fn a_status_of_no_class_is_let_be() {
        let counters = Counters::start();
        let status = StatusCode::from_u16(999).unwrap();
        counters.answered(status, Duration::ZERO);
        assert_eq!(counters.now().requests, 0);
    }

    #[test]
    fn each_refusal_has_its_place() {
        for (index, refusal) in Refusal::ALL.into_iter().enumerate() {
            assert_eq!(refusal as usize, index);
            assert_eq!(serde_json::to_value(refusal).unwrap(), refusal.name());
        }
    }
}
