//! The process-wide counters.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::StatusCode;
use serde::{Deserialize, Serialize};
use thread_local::ThreadLocal;

use crate::metrics::browsers::Browsers;
use crate::metrics::histogram::Histogram;
use crate::metrics::page_reports::PageReports;
use crate::metrics::replica_state::ReplicaState;
use crate::metrics::thread_counter::{add_single_writer, read};

/// The counters of the process. Leaked on purpose: an `Arc`'s count would be contended on every request.
#[derive(Debug)]
pub struct Counters {
    /// The browsers that loaded the game on the air.
    pub browsers: Browsers,
    /// The reports of errors from pages of live sites.
    pub page_reports: PageReports,
    /// The state as a replica of others.
    pub replica: ReplicaState,
    pub(crate) started: Instant,
    pub(crate) threads: ThreadLocal<PerThread>,
    pub(crate) connections: AtomicU64,
    pub(crate) accepted: AtomicU64,
    pub(crate) refused: [AtomicU64; Refusal::ALL.len()],
    pub(crate) switches: AtomicU64,
    pub(crate) failed_builds: AtomicU64,
    pub(crate) builds: Histogram,
}

/// The counters that a single thread writes. Aligned, so that no two threads share a cache line.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct PerThread {
    sent: AtomicU64,
    /// By status, from 100.
    pub(crate) requests: [AtomicU64; STATUSES],
    pub(crate) responses: Histogram,
}

/// The number of statuses counted: 100 to 599.
pub(crate) const STATUSES: usize = 500;

/// The reason for closing or refusing a connection whose client would have continued.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The address had reached its limit of connections, all of them busy.
    Address,
    /// The first byte timed out.
    FirstByte,
    /// The head of a request timed out.
    Head,
    /// The client read too slowly.
    Stalled,
    /// The request was not HTTP.
    Malformed,
}

/// The counts for the host at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The time since counting began.
    pub(crate) uptime: Duration,
    /// Requests answered, or abandoned by their clients.
    pub requests: u64,
    /// Requests answered with 404.
    pub not_found: u64,
    /// Bytes sent, heads included.
    pub sent: u64,
    /// Open connections.
    pub connections: u64,
    /// Refused connections, in the order of [`Refusal::ALL`].
    pub refused: [u64; Refusal::ALL.len()],
    /// Games published in place of another.
    pub switches: u64,
}

impl Refusal {
    /// All reasons.
    pub const ALL: [Self; 5] = [
        Self::Address,
        Self::FirstByte,
        Self::Head,
        Self::Stalled,
        Self::Malformed,
    ];

    /// The reason's label in metrics.
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use webserver::metrics::counters::Counters;
    /// let counters = Counters::start();
    /// counters.record_response(http::StatusCode::NOT_FOUND, std::time::Duration::ZERO);
    /// assert_eq!(counters.now().not_found, 1);
    /// ```
    pub fn start() -> &'static Self {
        Box::leak(Box::new(Self {
            browsers: Browsers::default(),
            page_reports: PageReports::default(),
            replica: ReplicaState::default(),
            started: Instant::now(),
            threads: ThreadLocal::new(),
            connections: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            refused: Default::default(),
            switches: AtomicU64::new(0),
            failed_builds: AtomicU64::new(0),
            builds: Histogram::default(),
        }))
    }

    /// Counts a request that was answered, or abandoned by its client.
    pub fn record_response(&self, status: StatusCode, duration: Duration) {
        let own = self.own();
        if let Some(requests) = own.requests(status) {
            add_single_writer(requests, 1);
        }
        own.responses.record_single_writer(duration);
    }

    /// Counts bytes sent.
    pub fn record_sent(&self, bytes: usize) {
        add_single_writer(&self.own().sent, bytes as u64);
    }

    /// Counts an opened connection.
    pub fn opened(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a closed connection.
    pub fn closed(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }

    /// Counts a refused connection.
    pub fn record_refusal(&self, reason: Refusal) {
        self.refused[reason as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a game published in place of another.
    pub fn switched(&self) {
        self.switches.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a build that succeeded or failed.
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

    /// The current counts.
    pub fn now(&self) -> Counts {
        let requests = self.threads.iter().flat_map(|thread| &thread.requests);
        let threads = self.threads.iter();
        let not_found = threads.filter_map(|thread| thread.requests(StatusCode::NOT_FOUND));
        Counts {
            uptime: self.uptime(),
            requests: requests.map(read).sum(),
            not_found: not_found.map(read).sum(),
            sent: self.total_sent(),
            connections: read(&self.connections),
            refused: self.refused.each_ref().map(read),
            switches: read(&self.switches),
        }
    }

    fn own(&self) -> &PerThread {
        self.threads.get_or(PerThread::default)
    }

    /// The bytes sent by all threads.
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
    fn now_adds_up_the_counts_of_all_threads() {
        let counters = Counters::start();
        thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    for _ in 0..1000 {
                        counters.record_response(StatusCode::OK, Duration::from_millis(3));
                        counters.record_response(StatusCode::NOT_FOUND, Duration::from_secs(3));
                        counters.record_sent(7);
                        counters.opened();
                        counters.record_refusal(Refusal::Head);
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
            refused: [0, 0, 4000, 0, 0],
            switches: 1,
        };
        assert_eq!(now, expected);
    }

    #[test]
    fn a_status_beyond_599_is_not_counted() {
        let counters = Counters::start();
        let status = StatusCode::from_u16(999).unwrap();
        counters.record_response(status, Duration::ZERO);
        assert_eq!(counters.now().requests, 0);
    }

    #[test]
    fn a_refusals_discriminant_is_its_index_and_its_name_its_serde_form() {
        for (index, refusal) in Refusal::ALL.into_iter().enumerate() {
            assert_eq!(refusal as usize, index);
            assert_eq!(serde_json::to_value(refusal).unwrap(), refusal.name());
        }
    }
}
