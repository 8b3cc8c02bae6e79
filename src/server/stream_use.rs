//! The use of a connection that many streams share (HTTP/2), and the watch that ends one that wastes its place.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::{Instant, sleep_until};

use crate::server::state::{ConnectionState, ServerState};
use crate::server::urgency::Order;

/// The use of a connection, shared by its streams.
pub(crate) struct Activity {
    pub(crate) server: Arc<ServerState>,
    pub(crate) connection: Arc<ConnectionState>,
    /// The order of its answers.
    pub(crate) order: Arc<Order>,
    /// The streams with a request under way.
    open: AtomicU64,
    /// Those of them whose answer has no end, such as events.
    endless: AtomicU64,
    /// The bytes of content that were handed over to be sent.
    taken: AtomicU64,
}

impl Activity {
    pub(crate) fn new(server: &Arc<ServerState>, connection: &Arc<ConnectionState>) -> Arc<Self> {
        Arc::new(Self {
            server: Arc::clone(server),
            connection: Arc::clone(connection),
            order: Arc::default(),
            open: AtomicU64::new(0),
            endless: AtomicU64::new(0),
            taken: AtomicU64::new(0),
        })
    }

    /// Counts bytes of content that were handed over to be sent.
    pub(crate) fn record_taken(&self, bytes: usize) {
        self.taken.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// The reason why a connection wastes its place.
pub(crate) enum Idle {
    /// It sent no request in time.
    Silent,
    /// It has had no request under way for too long.
    Unused,
    /// It takes its answers too slowly.
    Stalled,
}

/// Watches the use of a connection, a tenth of each limit at a time.
pub(crate) struct IdleWatch {
    activity: Arc<Activity>,
    next: Instant,
    /// The moment since which the same is the case, and the requests and bytes then.
    since: Instant,
    requests: u64,
    taken: u64,
    was_open: bool,
}

impl IdleWatch {
    pub(crate) fn new(activity: Arc<Activity>) -> Self {
        let now = Instant::now();
        Self {
            next: now,
            since: now,
            requests: 0,
            taken: 0,
            was_open: false,
            activity,
        }
    }

    /// Waits until the connection wastes its place. Cancel safe.
    pub(crate) async fn next(&mut self) -> Idle {
        loop {
            sleep_until(self.next).await;
            if let Some(idle) = self.look(Instant::now()) {
                return idle;
            }
        }
    }

    fn look(&mut self, now: Instant) -> Option<Idle> {
        let limits = &self.activity.server.limits;
        let requests = self.activity.connection.requests.load(Ordering::Relaxed);
        let taken = self.activity.taken.load(Ordering::Relaxed);
        let open = self.activity.open.load(Ordering::Relaxed);
        let waiting = open > self.activity.endless.load(Ordering::Relaxed);
        let is_open = open > 0;
        let has_changed = requests != self.requests || is_open != self.was_open;
        let limit = match (is_open, requests) {
            (true, _) => limits.rate_window,
            (false, 0) => limits.first_byte_timeout,
            (false, _) => limits.idle_timeout,
        };
        self.next = now + limit.min(limits.idle_timeout) / 10;
        let waited = now.duration_since(self.since);
        let least = limits.least_rate.get() * limits.rate_window.as_secs();
        let is_enough = is_open && (!waiting || taken - self.taken >= least);
        if has_changed || (is_enough && waited >= limit) {
            (self.since, self.requests, self.was_open) = (now, requests, is_open);
            self.taken = taken;
            return None;
        }
        let is_early = !is_open && waited >= limit / 10 && self.activity.server.is_crowded();
        if waited < limit && !is_early {
            return None;
        }
        self.since = now;
        Some(match (is_open, requests) {
            (true, _) => Idle::Stalled,
            (false, 0) => Idle::Silent,
            (false, _) => Idle::Unused,
        })
    }
}

/// A stream's request under way, until its answer has been handed over.
pub(crate) struct OpenStream {
    pub(crate) activity: Arc<Activity>,
    is_endless: bool,
}

impl OpenStream {
    pub(crate) fn new(activity: &Arc<Activity>) -> Self {
        activity.open.fetch_add(1, Ordering::Relaxed);
        activity.server.set_busy(&activity.connection);
        Self {
            activity: Arc::clone(activity),
            is_endless: false,
        }
    }

    pub(crate) fn set_endless(&mut self) {
        self.is_endless = true;
        let endless = self.activity.endless.fetch_add(1, Ordering::Relaxed) + 1;
        if endless == self.activity.open.load(Ordering::Relaxed) {
            self.activity.connection.set_endless();
        }
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let activity = &self.activity;
        if self.is_endless {
            activity.endless.fetch_sub(1, Ordering::Relaxed);
        }
        let left = activity.open.fetch_sub(1, Ordering::Relaxed) - 1;
        if left == 0 {
            activity
                .server
                .set_idle(&activity.connection, Instant::now());
        } else if left == activity.endless.load(Ordering::Relaxed) {
            activity.connection.set_endless();
        }
    }
}
