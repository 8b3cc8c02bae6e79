//! The state that connections share with the server.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::metrics::counters::Counters;
use crate::server::limits::Limits;
use crate::server::listener::UNSENT;
use crate::tls::keeper::Keeper;

/// The time that a new connection has for its first byte before it counts as idle.
pub(crate) const NEW_CONNECTION_GRACE: Duration = Duration::from_secs(1);

/// The rate, in bytes a millisecond, from which an answer under way wastes no time: slow phones are faster.
const USEFUL_RATE: u64 = 16;

/// The bytes that a client's system takes before its program reads any, by the usual default.
const RECEIVE_BUFFER: u64 = 64 * 1024;

/// The phases of a connection, as numbers.
const IDLE: u8 = 0;
const BUSY: u8 = 1;
const ENDLESS: u8 = 2;

/// The steps of closing, as numbers.
const OPEN: u8 = 0;
const CLOSING: u8 = 1;
const CUT: u8 = 2;

/// The use of a connection's place, at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// It is new and may still send its first byte.
    New,
    /// It has a request under way, and has wasted these milliseconds: those in which it moved less than a slow phone
    /// would.
    Busy(u64),
    /// It has had nothing under way for these milliseconds.
    Idle(u64),
    /// It has had an answer without an end, such as events, for these milliseconds.
    Endless(u64),
}

/// The state that all connections of a server share.
#[derive(Debug)]
pub(crate) struct ServerState {
    pub(crate) limits: Limits,
    pub(crate) counters: &'static Counters,
    /// The certificates for clients that ask for TLS; `None` if it is off.
    pub(crate) tls: Option<Keeper>,
    /// The permits that are free: one for each connection, and the reserve.
    pub(crate) permits: Arc<Semaphore>,
    /// The moment from which idle times are counted.
    started: Instant,
}

/// The state of one connection, shared by its task, its stream and admission.
pub(crate) struct ConnectionState {
    /// The number of request heads that have arrived.
    pub(crate) requests: AtomicU64,
    /// The number, from 0, of the request whose head was too large; [`u64::MAX`] for none.
    pub(crate) head_too_large: AtomicU64,
    /// True if the last request was answered before its content had been read.
    pub(crate) has_unread_content: AtomicBool,
    /// True if the first byte was that of a TLS handshake.
    has_hello: AtomicBool,
    phase: AtomicU8,
    /// The milliseconds from the server's start to the beginning of the phase.
    since: AtomicU64,
    /// The bytes moved in this phase.
    moved: AtomicU64,
    /// The most bytes of those that only fill buffers, which say nothing of how fast the client takes the rest.
    held: AtomicU64,
    /// The index among all connections.
    place: AtomicUsize,
    closing: AtomicU8,
    /// Wakes the connection's task when it is told to close.
    task: Mutex<Option<Waker>>,
}

impl ServerState {
    pub(crate) fn new(limits: Limits, counters: &'static Counters, tls: Option<Keeper>) -> Self {
        let mut state = Self {
            limits,
            counters,
            tls,
            permits: Arc::new(Semaphore::new(0)),
            started: Instant::now(),
        };
        state.permits = Arc::new(Semaphore::new(state.limit() + state.reserve()));
        state
    }

    /// The most connections at once.
    pub(crate) fn limit(&self) -> usize {
        self.limits
            .connections
            .get()
            .min(Semaphore::MAX_PERMITS / 2)
    }

    /// True if an eighth of the places or fewer are free, so that idle connections should make room soon.
    pub(crate) fn is_crowded(&self) -> bool {
        self.permits.available_permits() <= self.reserve() + self.limit() / 8
    }

    /// The connections that may be waiting for a place, or for their end after giving way, beside those served.
    pub(crate) fn reserve(&self) -> usize {
        (self.limit() / 8).max(8)
    }

    /// The moment as connections record it.
    pub(crate) fn millis(&self, moment: Instant) -> u64 {
        let millis = moment.saturating_duration_since(self.started).as_millis();
        u64::try_from(millis).unwrap_or(u64::MAX)
    }

    /// The state of a connection that is accepted now.
    pub(crate) fn connection(&self) -> ConnectionState {
        let since = self.millis(Instant::now() + NEW_CONNECTION_GRACE);
        ConnectionState {
            requests: AtomicU64::new(0),
            head_too_large: AtomicU64::new(u64::MAX),
            has_unread_content: AtomicBool::new(false),
            has_hello: AtomicBool::new(false),
            phase: AtomicU8::new(IDLE),
            since: AtomicU64::new(since),
            moved: AtomicU64::new(0),
            held: AtomicU64::new(0),
            place: AtomicUsize::new(usize::MAX),
            closing: AtomicU8::new(OPEN),
            task: Mutex::new(None),
        }
    }

    /// Marks a connection as idle since this moment.
    pub(crate) fn set_idle(&self, connection: &ConnectionState, since: Instant) {
        connection.phase.store(IDLE, Ordering::Relaxed);
        let since = self.millis(since);
        connection.since.store(since, Ordering::Relaxed);
    }

    /// Marks a connection as busy with a request, from the first call on.
    pub(crate) fn set_busy(&self, connection: &ConnectionState) {
        if connection.phase.load(Ordering::Relaxed) != BUSY {
            let now = self.now();
            connection.since.store(now, Ordering::Relaxed);
            connection.moved.store(0, Ordering::Relaxed);
            connection.held.store(0, Ordering::Relaxed);
            connection.phase.store(BUSY, Ordering::Relaxed);
        }
    }

    /// This moment, in milliseconds since the server's start.
    pub(crate) fn now(&self) -> u64 {
        self.millis(Instant::now())
    }
}

impl ConnectionState {
    /// The use of its place at a moment, in milliseconds since the server's start.
    pub(crate) fn use_at(&self, now: u64) -> Use {
        let since = self.since.load(Ordering::Relaxed);
        let elapsed = now.saturating_sub(since);
        match self.phase.load(Ordering::Relaxed) {
            BUSY => {
                let moved = self.moved.load(Ordering::Relaxed);
                let taken = moved.saturating_sub(self.held.load(Ordering::Relaxed));
                Use::Busy(elapsed.saturating_sub(taken / USEFUL_RATE))
            }
            ENDLESS => Use::Endless(elapsed),
            _ if since > now => Use::New,
            _ => Use::Idle(elapsed),
        }
    }

    /// True if it has an answer under way that began at this moment or before it, in milliseconds since the server's start.
    pub(crate) fn has_answered_since(&self, moment: u64) -> bool {
        self.phase.load(Ordering::Relaxed) == BUSY && self.since.load(Ordering::Relaxed) <= moment
    }

    /// True if the client speaks TLS.
    pub(crate) fn has_hello(&self) -> bool {
        self.has_hello.load(Ordering::Relaxed)
    }

    pub(crate) fn set_hello(&self) {
        self.has_hello.store(true, Ordering::Relaxed);
    }

    /// The index among all connections, as last set.
    pub(crate) fn place(&self) -> usize {
        self.place.load(Ordering::Relaxed)
    }

    pub(crate) fn set_place(&self, place: usize) {
        self.place.store(place, Ordering::Relaxed);
    }

    /// Counts bytes sent.
    pub(crate) fn record_moved(&self, bytes: usize) {
        // Only the connection's task writes it.
        let moved = self.moved.load(Ordering::Relaxed) + bytes as u64;
        self.moved.store(moved, Ordering::Relaxed);
    }

    /// Notes that the system takes no more to send: both systems' buffers are full. Otherwise each new connection would
    /// seem of use while they fill.
    pub(crate) fn record_full(&self) {
        let held = u64::from(UNSENT) + RECEIVE_BUFFER;
        self.held.store(held, Ordering::Relaxed);
    }

    /// Marks the answer under way as one without an end.
    pub(crate) fn set_endless(&self) {
        self.phase.store(ENDLESS, Ordering::Relaxed);
    }

    /// Tells the connection to close: at once if it is idle, else after its current answer.
    pub(crate) fn close(&self) {
        self.end(CLOSING);
    }

    /// Tells the connection to close at once, even in an answer.
    pub(crate) fn cut(&self) {
        self.end(CUT);
    }

    fn end(&self, step: u8) {
        self.closing.fetch_max(step, Ordering::Release);
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = &*task {
            task.wake_by_ref();
        }
    }

    /// True if the connection has been told to close.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire) >= CLOSING
    }

    /// True if the connection has been told to close even in an answer.
    pub(crate) fn is_cut(&self) -> bool {
        self.closing.load(Ordering::Acquire) == CUT
    }

    /// Waits until the connection is told to close. Its task is woken then.
    pub(crate) async fn told_to_close(&self) {
        std::future::poll_fn(|_| match self.is_closing() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
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
