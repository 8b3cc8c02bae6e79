//! Admission of connections: a limit on all, and one for each client address.
//!
//! At a limit, the connection that makes the least use of its place gives way to the new one (`places`). If none does,
//! the new one waits for a while in the reserve, and is refused in the end.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout};

use crate::server::places::{Candidates, Places};
use crate::server::state::{ConnectionState, ServerState};

/// The interval between two log events of one kind.
pub(crate) const LOG_INTERVAL: Duration = Duration::from_secs(1);

/// The permits for connections.
#[derive(Debug)]
pub(crate) struct Admission {
    server: Arc<ServerState>,
    admitted: Mutex<AdmissionTable>,
}

#[derive(Debug, Default)]
struct AdmissionTable {
    places: Places,
    /// The connections that were told to close, but have not returned their permits, oldest first.
    leaving: VecDeque<Weak<ConnectionState>>,
}

/// The right to one connection; returned when dropped.
pub(crate) type ConnectionPermit = OwnedSemaphorePermit;

/// The place of one connection; returned when dropped.
#[derive(Debug)]
pub(crate) struct PlacePermit {
    admission: Arc<Admission>,
    address: IpAddr,
    connection: Arc<ConnectionState>,
}

/// The limit at which a connection is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The connections of its address.
    Address,
    /// All connections.
    Full {
        /// The limit.
        limit: usize,
    },
}

impl Admission {
    pub(crate) fn new(server: Arc<ServerState>) -> Self {
        Self {
            server,
            admitted: Mutex::default(),
        }
    }

    /// A permit, if one is free.
    pub(crate) fn try_acquire(&self) -> Option<ConnectionPermit> {
        Arc::clone(&self.server.permits).try_acquire_owned().ok()
    }

    /// Waits for a permit. While none is free, cuts a connection that gave way, but is not closed yet, and logs once a
    /// second.
    pub(crate) async fn acquire(&self, logged: &mut Option<Instant>) -> Option<ConnectionPermit> {
        loop {
            if let Some(permit) = self.try_acquire() {
                return Some(permit);
            }
            if !self.cut_leaving() && logged.is_none_or(|last| last.elapsed() >= LOG_INTERVAL) {
                *logged = Some(Instant::now());
                tracing::warn!(event = "connection_limit", limit = self.server.limit());
            }
            let permit = Arc::clone(&self.server.permits).acquire_owned();
            if let Ok(permit) = timeout(LOG_INTERVAL, permit).await {
                // The semaphore is never closed.
                return permit.ok();
            }
        }
    }

    /// Admits a connection of an address, in place of another one if its address or the server has reached its limit.
    pub(crate) fn admit(
        self: &Arc<Self>,
        address: IpAddr,
        connection: &Arc<ConnectionState>,
    ) -> Result<PlacePermit, Refused> {
        let mut admitted = lock(&self.admitted);
        let places = &mut admitted.places;
        let limit = self.server.limit();
        let left = if places.of_address(address) >= self.limit_of(address) {
            let left = places.give_way(Candidates::Of(address), &self.server);
            Some(left.ok_or(Refused::Address)?)
        } else if places.len() >= limit {
            let left = places.give_way(Candidates::For(address), &self.server);
            Some(left.ok_or(Refused::Full { limit })?)
        } else {
            None
        };
        places.add(address, Arc::clone(connection));
        if let Some(left) = left {
            admitted.leaving.retain(|one| one.strong_count() > 0);
            admitted.leaving.push_back(Arc::downgrade(&left));
        }
        drop(admitted);
        Ok(PlacePermit {
            admission: Arc::clone(self),
            address,
            connection: Arc::clone(connection),
        })
    }

    /// Tells all connections to close.
    pub(crate) fn close_all(&self) {
        for connection in lock(&self.admitted).places.connections() {
            connection.close();
        }
    }

    /// Cuts the answers that began before this moment; returns how many.
    pub(crate) fn cut_answers_before(&self, moment: Instant) -> usize {
        let moment = self.server.millis(moment);
        let admitted = lock(&self.admitted);
        let connections = admitted.places.connections();
        let old = connections.filter(|connection| connection.has_answered_since(moment));
        old.inspect(|connection| connection.cut()).count()
    }

    /// The most connections of an address. A trusted proxy speaks for many clients, but leaves an eighth to others.
    fn limit_of(&self, address: IpAddr) -> usize {
        match self.server.limits.is_trusted(address) {
            true => (self.server.limit() - self.server.limit() / 8).max(1),
            false => self.server.limits.connections_per_address.get(),
        }
    }

    /// Cuts the connection that gave way first and is still open. Returns false if there is none.
    fn cut_leaving(&self) -> bool {
        let leaving = &mut lock(&self.admitted).leaving;
        let first = std::iter::from_fn(|| leaving.pop_front()).find_map(|one| one.upgrade());
        first.inspect(|one| one.cut()).is_some()
    }
}

impl Drop for PlacePermit {
    fn drop(&mut self) {
        // One that gave way to another is gone already.
        let places = &mut lock(&self.admission.admitted).places;
        places.remove(self.address, &self.connection);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::counters::Counters;
    use crate::server::burden::LOAD_PAUSE;
    use crate::server::limits::Limits;
    use crate::server::state::NEW_CONNECTION_GRACE;

    fn admission(connections: usize, per_address: usize) -> Arc<Admission> {
        let limits = Limits {
            connections: connections.try_into().unwrap(),
            connections_per_address: per_address.try_into().unwrap(),
            ..Limits::default()
        };
        let server = ServerState::new(limits, Counters::start(), None);
        Arc::new(Admission::new(Arc::new(server)))
    }

    fn connect(
        admission: &Arc<Admission>,
        address: &str,
    ) -> (Arc<ConnectionState>, Option<PlacePermit>) {
        let connection = Arc::new(admission.server.connection());
        let permit = admission.admit(address.parse().unwrap(), &connection);
        let permit = permit.ok();
        (connection, permit)
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_at_its_limit_is_refused_while_all_its_connections_are_busy() {
        let admission = admission(10, 2);
        let (first, first_permit) = connect(&admission, "10.0.0.1");
        let (second, second_permit) = connect(&admission, "10.0.0.1");
        assert!(first_permit.is_some() && second_permit.is_some());
        for connection in [&first, &second] {
            admission.server.set_busy(connection);
        }
        assert!(connect(&admission, "10.0.0.1").1.is_none());
        assert!(connect(&admission, "10.0.0.2").1.is_some());
        drop(first_permit);
        assert!(connect(&admission, "10.0.0.1").1.is_some());
        assert!(!first.is_closing() && !second.is_closing());
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_idle_connection_of_an_address_gives_way_to_a_new_one() {
        let admission = admission(10, 3);
        let (busy, _busy_permit) = connect(&admission, "10.0.0.1");
        admission.server.set_busy(&busy);
        let (long, _long_permit) = connect(&admission, "10.0.0.1");
        let (short, _short_permit) = connect(&admission, "10.0.0.1");
        let (other, _other_permit) = connect(&admission, "10.0.0.2");
        let now = Instant::now();
        tokio::time::advance(Duration::from_secs(9)).await;
        for (connection, seconds) in [(&long, 5), (&short, 7), (&other, 1)] {
            let since = now + Duration::from_secs(seconds);
            admission.server.set_idle(connection, since);
        }
        let (_new, new_permit) = connect(&admission, "10.0.0.1");
        assert!(new_permit.is_some());
        assert!(long.is_closing());
        assert!(!busy.is_closing() && !short.is_closing() && !other.is_closing());
        // The permit of the one that gave way no longer counts when it is returned.
        drop(_long_permit);
        assert_eq!(lock(&admission.admitted).places.len(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_connection_does_not_give_way_before_it_could_send_a_request() {
        let admission = admission(10, 1);
        let (new, _permit) = connect(&admission, "10.0.0.1");
        assert!(connect(&admission, "10.0.0.1").1.is_none());
        tokio::time::advance(NEW_CONNECTION_GRACE + LOAD_PAUSE).await;
        assert!(connect(&admission, "10.0.0.1").1.is_some());
        assert!(new.is_closing());
    }

    #[tokio::test(start_paused = true)]
    async fn a_trusted_proxy_leaves_an_eighth_of_the_connections_to_others() {
        let admission = admission(16, 1);
        let permits: Vec<_> = (0..15)
            .map(|_| connect(&admission, "127.0.0.1").1)
            .collect();
        let admitted = permits.iter().filter(|permit| permit.is_some());
        assert_eq!(admitted.count(), 14);
    }

    #[tokio::test(start_paused = true)]
    async fn places_are_scarce_when_an_eighth_is_left() {
        let admission = admission(16, 1);
        let mut permits: Vec<_> = (0..13).map(|_| admission.try_acquire().unwrap()).collect();
        assert!(!admission.server.is_crowded());
        permits.extend(admission.try_acquire());
        assert!(admission.server.is_crowded());
    }

    #[tokio::test(start_paused = true)]
    async fn on_a_full_server_the_longest_idle_connection_gives_way_at_once_and_is_cut_when_the_reserve_is_gone()
     {
        let admission = admission(2, 2);
        let mut permits: Vec<_> = std::iter::from_fn(|| admission.try_acquire()).collect();
        assert_eq!(permits.len(), 2 + admission.server.reserve());
        let (old, _old_permit) = connect(&admission, "10.0.0.1");
        let (young, _young_permit) = connect(&admission, "10.0.1.1");
        admission.server.set_idle(&old, Instant::now());
        admission.server.set_busy(&young);
        tokio::time::advance(LOAD_PAUSE).await;
        assert!(connect(&admission, "10.0.2.1").1.is_some());
        assert!(old.is_closing() && !old.is_cut() && !young.is_closing());
        let start = Instant::now();
        let release = {
            let old = Arc::clone(&old);
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(7)).await;
                assert!(old.is_cut());
                permits.pop();
            })
        };
        assert!(admission.acquire(&mut None).await.is_some());
        assert_eq!(start.elapsed().as_secs(), 7);
        assert!(!young.is_closing());
        release.await.unwrap();
    }
}
