//! The state that connections share with the server.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::metrics::counters::Counters;
use crate::server::limits::Limits;

/// The time that a new connection has for its first byte before it counts as idle.
pub(crate) const NEW_CONNECTION_GRACE: Duration = Duration::from_secs(1);

/// The value of [`ConnectionState::idle_since`] while a request is under way.
const BUSY: u64 = 0;

/// The state that all connections of a server share.
#[derive(Debug)]
pub(crate) struct ServerState {
    pub(crate) limits: Limits,
    pub(crate) counters: &'static Counters,
    /// The permits that are free.
    pub(crate) permits: Arc<Semaphore>,
    /// The moment from which idle times are counted.
    started: Instant,
}

/// The state of one connection, shared by its task, its stream and admission.
pub(crate) struct ConnectionState {
    /// The number of request heads that have arrived.
    pub(crate) requests: AtomicU64,
    /// True if the last request was answered before its content had been read.
    pub(crate) has_unread_content: AtomicBool,
    /// The microseconds from the server's start until the connection became idle, plus one; or [`BUSY`].
    idle_since: AtomicU64,
    closing: AtomicBool,
    /// Wakes the connection's task when it is told to close.
    task: Mutex<Option<Waker>>,
}

impl ServerState {
    pub(crate) fn new(limits: Limits, counters: &'static Counters) -> Self {
        let permits = limits.connections.get().min(Semaphore::MAX_PERMITS);
        Self {
            limits,
            counters,
            permits: Arc::new(Semaphore::new(permits)),
            started: Instant::now(),
        }
    }

    /// The most connections at once.
    pub(crate) fn limit(&self) -> usize {
        self.limits.connections.get().min(Semaphore::MAX_PERMITS)
    }

    /// True if an eighth of the permits or fewer are free, so that idle connections should make room soon.
    pub(crate) fn is_crowded(&self) -> bool {
        self.permits.available_permits() <= self.limit() / 8
    }

    /// The moment as connections record it.
    fn micros(&self, moment: Instant) -> u64 {
        let micros = moment.saturating_duration_since(self.started).as_micros();
        u64::try_from(micros).unwrap_or(u64::MAX).saturating_add(1)
    }

    /// The state of a connection that is accepted now.
    pub(crate) fn connection(&self) -> ConnectionState {
        let idle_since = self.micros(Instant::now() + NEW_CONNECTION_GRACE);
        ConnectionState {
            requests: AtomicU64::new(0),
            has_unread_content: AtomicBool::new(false),
            idle_since: AtomicU64::new(idle_since),
            closing: AtomicBool::new(false),
            task: Mutex::new(None),
        }
    }

    /// Marks a connection as idle since this moment.
    pub(crate) fn set_idle(&self, connection: &ConnectionState, since: Instant) {
        let since = self.micros(since);
        connection.idle_since.store(since, Ordering::Relaxed);
    }

    /// The moment since which a connection is idle, as a number to compare; `None` while it is busy or new.
    pub(crate) fn idle_since(&self, connection: &ConnectionState) -> Option<u64> {
        let since = connection.idle_since.load(Ordering::Relaxed);
        (since != BUSY && since <= self.micros(Instant::now())).then_some(since)
    }
}

impl ConnectionState {
    /// Marks the connection as busy with a request.
    pub(crate) fn set_busy(&self) {
        self.idle_since.store(BUSY, Ordering::Relaxed);
    }

    /// Tells the connection to close: at once if it is idle, else after its current answer.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = &*task {
            task.wake_by_ref();
        }
    }

    /// True if the connection has been told to close.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Registers the task to wake when the connection is told to close.
    pub(crate) fn set_task(&self, task: &Waker) {
        let mut slot = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(task.clone());
    }
}

impl fmt::Debug for ConnectionState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ConnectionState")
            .finish_non_exhaustive()
    }
}
