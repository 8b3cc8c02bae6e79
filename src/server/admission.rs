//! Admission of connections: a limit on all, and one for each client address.
//!
//! At a limit, the connection that has been idle longest gives way to the new one. Connections with a
//! request under way are never closed for another; a new one is refused only when all are busy.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep_until, timeout};

use crate::server::state::{ConnectionState, ServerState};

/// The interval between two log events of one kind.
const LOG_INTERVAL: Duration = Duration::from_secs(1);

/// The permits for connections.
#[derive(Debug)]
pub(crate) struct Admission {
    server: Arc<ServerState>,
    admitted: Mutex<HashMap<IpAddr, Vec<Arc<ConnectionState>>>>,
}

/// The right to one connection; returned when dropped.
pub(crate) type ConnectionPermit = OwnedSemaphorePermit;

/// The right of an address to one connection; returned when dropped.
#[derive(Debug)]
pub(crate) struct AddressPermit {
    admission: Arc<Admission>,
    address: IpAddr,
    connection: Arc<ConnectionState>,
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

    /// Waits for a permit. While none is free, closes the connection that has been idle longest, and logs once a second.
    pub(crate) async fn acquire(&self, logged: &mut Option<Instant>) -> Option<ConnectionPermit> {
        loop {
            if let Some(permit) = self.try_acquire() {
                return Some(permit);
            }
            if !self.close_idle() && logged.is_none_or(|last| last.elapsed() >= LOG_INTERVAL) {
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

    /// Admits a connection of an address, in the place of its longest idle one if it has as many as it may. `None` if all
    /// of them are busy.
    pub(crate) fn admit(
        self: &Arc<Self>,
        address: IpAddr,
        connection: &Arc<ConnectionState>,
    ) -> Option<AddressPermit> {
        let mut admitted = lock(&self.admitted);
        let connections = admitted.entry(address).or_default();
        if connections.len() >= self.limit_of(address) {
            // An entry at its limit is not empty, so none is left behind.
            let (index, _) = self.longest_idle(connections)?;
            connections.swap_remove(index).close();
        }
        connections.push(Arc::clone(connection));
        drop(admitted);
        Some(AddressPermit {
            admission: Arc::clone(self),
            address,
            connection: Arc::clone(connection),
        })
    }

    /// Tells all connections to close.
    pub(crate) fn close_all(&self) {
        for connection in lock(&self.admitted).values().flatten() {
            connection.close();
        }
    }

    /// The most connections of an address. A trusted proxy speaks for many clients, but leaves an eighth to others.
    fn limit_of(&self, address: IpAddr) -> usize {
        match self.server.limits.is_trusted(address) {
            true => (self.server.limit() - self.server.limit() / 8).max(1),
            false => self.server.limits.connections_per_address.get(),
        }
    }

    /// Closes the connection that has been idle longest. Returns false if all are busy.
    fn close_idle(&self) -> bool {
        let mut admitted = lock(&self.admitted);
        let idle = admitted.values_mut().filter_map(|connections| {
            let (index, since) = self.longest_idle(connections)?;
            Some((since, index, connections))
        });
        let longest = idle.min_by_key(|(since, ..)| *since);
        longest.is_some_and(|(_, index, connections)| {
            connections.swap_remove(index).close();
            true
        })
    }

    fn longest_idle(&self, connections: &[Arc<ConnectionState>]) -> Option<(usize, u64)> {
        let idle = connections.iter().enumerate();
        let idle = idle.filter_map(|(index, one)| Some((index, self.server.idle_since(one)?)));
        idle.min_by_key(|(_, since)| *since)
    }
}

impl Drop for AddressPermit {
    fn drop(&mut self) {
        let admission = &self.admission;
        let mut admitted = lock(&admission.admitted);
        let Some(connections) = admitted.get_mut(&self.address) else {
            return;
        };
        // One that gave way to another is gone already.
        connections.retain(|one| !Arc::ptr_eq(one, &self.connection));
        if connections.is_empty() {
            admitted.remove(&self.address);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts refused connections, and logs their number at most once a second.
#[derive(Debug, Default)]
pub(crate) struct RefusalLog {
    count: u64,
    latest: Option<IpAddr>,
    logged: Option<Instant>,
}

impl RefusalLog {
    /// Counts a refused connection.
    pub(crate) fn count(&mut self, address: IpAddr) {
        self.count += 1;
        self.latest = Some(address);
    }

    /// Waits until there are refusals to log, and logs them.
    pub(crate) async fn log(&mut self) {
        let Some(address) = self.latest else {
            return std::future::pending().await;
        };
        if let Some(logged) = self.logged {
            sleep_until(logged + LOG_INTERVAL).await;
        }
        self.logged = Some(Instant::now());
        self.latest = None;
        let connections = std::mem::take(&mut self.count);
        tracing::warn!(event = "address_limit", connections, %address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::counters::Counters;
    use crate::server::limits::Limits;
    use crate::server::state::NEW_CONNECTION_GRACE;

    fn admission(connections: usize, per_address: usize) -> Arc<Admission> {
        let limits = Limits {
            connections: connections.try_into().unwrap(),
            connections_per_address: per_address.try_into().unwrap(),
            ..Limits::default()
        };
        let server = ServerState::new(limits, Counters::start());
        Arc::new(Admission::new(Arc::new(server)))
    }

    fn connect(
        admission: &Arc<Admission>,
        address: &str,
    ) -> (Arc<ConnectionState>, Option<AddressPermit>) {
        let connection = Arc::new(admission.server.connection());
        let permit = admission.admit(address.parse().unwrap(), &connection);
        (connection, permit)
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_at_its_limit_is_refused_while_all_its_connections_are_busy() {
        let admission = admission(10, 2);
        let (first, first_permit) = connect(&admission, "10.0.0.1");
        let (second, second_permit) = connect(&admission, "10.0.0.1");
        assert!(first_permit.is_some() && second_permit.is_some());
        for connection in [&first, &second] {
            connection.set_busy();
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
        busy.set_busy();
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
        assert_eq!(lock(&admission.admitted).values().flatten().count(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_connection_does_not_give_way_before_it_could_send_a_request() {
        let admission = admission(10, 1);
        let (new, _permit) = connect(&admission, "10.0.0.1");
        assert!(connect(&admission, "10.0.0.1").1.is_none());
        tokio::time::advance(NEW_CONNECTION_GRACE).await;
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
    async fn permits_are_scarce_when_an_eighth_is_left() {
        let admission = admission(16, 1);
        let mut permits: Vec<_> = (0..13).map(|_| admission.try_acquire().unwrap()).collect();
        assert!(!admission.server.is_crowded());
        permits.extend(admission.try_acquire());
        assert!(admission.server.is_crowded());
    }

    #[tokio::test(start_paused = true)]
    async fn acquire_closes_the_longest_idle_connection_of_all_and_waits_for_its_permit() {
        let admission = admission(2, 2);
        let permits = [admission.try_acquire(), admission.try_acquire()];
        let (old, _old_permit) = connect(&admission, "10.0.0.1");
        let (young, _young_permit) = connect(&admission, "10.0.0.2");
        admission.server.set_idle(&old, Instant::now());
        young.set_busy();
        let start = Instant::now();
        let release = {
            let old = Arc::clone(&old);
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(7)).await;
                assert!(old.is_closing());
                drop(permits);
            })
        };
        assert!(admission.acquire(&mut None).await.is_some());
        assert_eq!(start.elapsed().as_secs(), 7);
        assert!(!young.is_closing());
        release.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_are_logged_once_a_second() {
        let mut refusals = RefusalLog::default();
        let address = "10.0.0.1".parse().unwrap();
        let start = Instant::now();
        for second in 0..3 {
            for _ in 0..1000 {
                refusals.count(address);
            }
            assert_eq!(refusals.count, 1000);
            refusals.log().await;
            assert_eq!((refusals.count, start.elapsed().as_secs()), (0, second));
        }
        let nothing = timeout(Duration::from_secs(100), refusals.log()).await;
        assert!(nothing.is_err());
    }
}
