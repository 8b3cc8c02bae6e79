//! Who may connect: so many in all, and so many from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rust_i18n::t;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout};

use crate::metrics::counters::Counters;

/// What may happen very often is said so often and no oftener.
const EVERY: Duration = Duration::from_secs(1);

/// The places for connections.
#[derive(Debug)]
pub(crate) struct Admission {
    most: usize,
    most_each: usize,
    free: Arc<Semaphore>,
    by_address: Mutex<HashMap<IpAddr, usize>>,
    counters: &'static Counters,
}

/// A place among all. It is free again when this is dropped.
pub(crate) type ConnectionPermit = OwnedSemaphorePermit;

/// One of the places that an address has. It is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct AddressPermit {
    places: Arc<Admission>,
    address: IpAddr,
}

impl Admission {
    /// So many for all, and so many for each address.
    pub(crate) fn new(most: usize, most_each: usize, counters: &'static Counters) -> Self {
        let most = most.min(Semaphore::MAX_PERMITS);
        Self {
            most,
            most_each,
            free: Arc::new(Semaphore::new(most)),
            by_address: Mutex::default(),
            counters,
        }
    }

    /// Whether nearly all are taken: seven of eight.
    pub(crate) fn are_scarce(&self) -> bool {
        self.free.available_permits() <= self.most / 8
    }

    /// A place when there is one.
    pub(crate) fn try_take(&self) -> Option<ConnectionPermit> {
        Arc::clone(&self.free).try_acquire_owned().ok()
    }

    /// A place, waited for; while it lasts, the log says what is waited for.
    pub(crate) async fn take(&self, said: &mut Option<Instant>) -> Option<ConnectionPermit> {
        loop {
            if let Some(place) = self.try_take() {
                return Some(place);
            }
            if said.is_none_or(|last| last.elapsed() >= EVERY) {
                *said = Some(Instant::now());
                tracing::warn!("{}", t!("server.full", most = self.most));
            }
            // An error would mean that the semaphore was closed, which nobody does.
            if let Ok(place) = timeout(EVERY, Arc::clone(&self.free).acquire_owned()).await {
                return place.ok();
            }
        }
    }

    /// A seat for an address, unless it has as many as it may. Those that speak for many may have any number.
    pub(crate) fn seat(
        self: &Arc<Self>,
        address: IpAddr,
        is_for_many: bool,
    ) -> Option<AddressPermit> {
        let mut by_address = lock(&self.by_address);
        let taken = by_address.entry(address).or_default();
        if *taken >= self.most_each && !is_for_many {
            return None;
        }
        *taken += 1;
        self.counters.players(by_address.len());
        Some(AddressPermit {
            places: Arc::clone(self),
            address,
        })
    }
}

impl Drop for AddressPermit {
    fn drop(&mut self) {
        let mut by_address = lock(&self.places.by_address);
        if let Some(taken) = by_address.get_mut(&self.address) {
            *taken -= 1;
            if *taken == 0 {
                by_address.remove(&self.address);
                self.places.counters.players(by_address.len());
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts the connections that are turned away, and says so once a second, not once each.
#[derive(Debug, Default)]
pub(crate) struct RefusalLog {
    count: u64,
    latest: Option<IpAddr>,
    said: Option<Instant>,
}

impl RefusalLog {
    /// One more.
    pub(crate) fn note(&mut self, address: IpAddr) {
        self.count += 1;
        self.latest = Some(address);
    }

    /// Waits until there is something to say, and says it.
    pub(crate) async fn say(&mut self) {
        let Some(address) = self.latest else {
            return std::future::pending().await;
        };
        if let Some(said) = self.said {
            sleep_until(said + EVERY).await;
        }
        self.said = Some(Instant::now());
        self.latest = None;
        let count = std::mem::take(&mut self.count);
        tracing::warn!(
            "{}",
            t!("server.too_many", count = count, address = address)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_places_and_gets_them_back() {
        let counters = Counters::start();
        let places = Arc::new(Admission::new(10, 2, counters));
        let [one, other] = ["10.0.0.1", "10.0.0.2"].map(|address| address.parse().unwrap());
        let first = places.seat(one, false).unwrap();
        let _second = places.seat(one, false).unwrap();
        assert!(places.seat(one, false).is_none());
        assert!(places.seat(other, false).is_some());
        drop(first);
        assert!(places.seat(one, false).is_some());
        assert_eq!(lock(&places.by_address).len(), 1);
    }

    #[test]
    fn places_are_scarce_when_seven_of_eight_are_taken() {
        let places = Admission::new(16, 1, Counters::start());
        let mut taken: Vec<_> = (0..13).map(|_| places.try_take().unwrap()).collect();
        assert!(!places.are_scarce());
        taken.extend(places.try_take());
        assert!(places.are_scarce());
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_is_waited_for() {
        let places = Arc::new(Admission::new(1, 1, Counters::start()));
        let place = places.try_take().unwrap();
        let start = Instant::now();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(7)).await;
            drop(place);
        });
        assert!(places.take(&mut None).await.is_some());
        assert_eq!(start.elapsed().as_secs(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn many_are_said_once_a_second() {
        let mut turned_away = RefusalLog::default();
        let address = "10.0.0.1".parse().unwrap();
        let start = Instant::now();
        for second in 0..3 {
            for _ in 0..1000 {
                turned_away.note(address);
            }
            assert_eq!(turned_away.count, 1000);
            turned_away.say().await;
            assert_eq!((turned_away.count, start.elapsed().as_secs()), (0, second));
        }
        let nothing = timeout(Duration::from_secs(100), turned_away.say()).await;
        assert!(nothing.is_err());
    }
}
