//! The latest page load of a browser: the responses in progress and the bytes sent.

use std::array;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::metrics::coarse_clock::CoarseClock;

/// A browser is taken to be in a game of the arcade for this long after it last asked for something.
pub(super) const PRESENT_MS: u64 = 15 * 60_000;

/// A page load is at rest when nothing of it has moved for this long.
pub(super) const QUIET_MS: u64 = 2000;

/// A page that asks for something again and again counts as loading for this long at most, unless a response is under
/// way.
pub(super) const MAX_LOAD_MS: u64 = 60_000;

/// A browser and its latest page load.
#[derive(Debug, Default)]
pub struct PageLoad {
    /// The browser's id; 0 in an entry that is free.
    id: AtomicU64,
    /// The turn of the loaded game.
    turn: AtomicU32,
    /// The number of the loaded game in an arcade; 0 for any other page.
    place: AtomicU32,
    /// The moment of its latest request with a cookie.
    seen: AtomicU64,
    /// True if a load of the same game has come to rest before.
    was_at_rest: AtomicBool,
    /// The client's address as IPv6, in two halves.
    client: [AtomicU64; 2],
    started: AtomicU64,
    /// The moment at which something last moved.
    moved: AtomicU64,
    /// Responses under way.
    under_way: AtomicU32,
    files: AtomicU64,
    expected: AtomicU64,
    sent: AtomicU64,
}

/// The page that a browser loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BrowserVisit {
    /// The turn of the game on the air.
    pub(crate) turn: u32,
    /// The number of the game in an arcade; 0 for any other page.
    pub(crate) place: u32,
}

/// A response of a page load under way.
#[derive(Debug)]
pub struct Transfer(&'static PageLoad);

/// The progress of a page load under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadProgress {
    /// The browser's address.
    pub client: IpAddr,
    /// The time since the page was asked for.
    pub elapsed: Duration,
    /// The files asked for so far.
    pub files: u64,
    /// The bytes sent of those files.
    pub sent: u64,
    /// The bytes of those files.
    pub expected: u64,
}

impl PageLoad {
    /// Begins a page load of the browser.
    pub(super) fn begin(&self, visit: BrowserVisit, client: IpAddr, now: u64) {
        let BrowserVisit { turn, place } = visit;
        self.place.store(place, Relaxed);
        self.seen.store(now, Relaxed);
        let is_same = self.turn.swap(turn, Relaxed) == turn;
        let was_at_rest = is_same && self.is_loaded(now);
        self.was_at_rest.store(was_at_rest, Relaxed);
        let address = match client {
            IpAddr::V4(address) => address.to_ipv6_mapped(),
            IpAddr::V6(address) => address,
        };
        let bits = u128::from(address);
        for (half, bits) in self.client.iter().zip([bits >> 64, bits]) {
            half.store(bits as u64, Relaxed);
        }
        self.started.store(now, Relaxed);
        self.moved.store(now, Relaxed);
        for count in [&self.files, &self.expected, &self.sent] {
            count.store(0, Relaxed);
        }
    }

    /// Records a request of the browser, and returns true if it belongs to the page load.
    pub(super) fn goes_on(&self, now: u64) -> bool {
        self.seen.store(now, Relaxed);
        if self.is_loading(now) {
            return true;
        }
        // Large games pause to compile what they have.
        self.was_at_rest.store(true, Relaxed);
        self.is_recent(now)
    }

    /// True if this is the entry of the browser with this id.
    pub(super) fn is_of(&self, id: u64) -> bool {
        self.id.load(Relaxed) == id
    }

    /// Gives the entry to a browser if it is free; true if it is that browser's.
    pub(super) fn claim(&self, id: u64) -> bool {
        let claimed = self.id.compare_exchange(0, id, Relaxed, Relaxed);
        claimed.is_ok() || claimed == Err(id)
    }

    /// Gives the entry of a browser that left with an earlier game, or its game in an arcade, to another one.
    pub(super) fn take_over(&self, id: u64, turn: u32, now: u64) -> bool {
        let old = self.id.load(Relaxed);
        let has_left = self.place.load(Relaxed) > 0 && !self.is_present(now);
        let is_over = has_left || self.turn.load(Relaxed) != turn;
        let is_over = is_over && self.under_way.load(Relaxed) == 0;
        let replaced = || self.id.compare_exchange(old, id, Relaxed, Relaxed);
        is_over && replaced().is_ok()
    }

    /// The turn of the loaded game; `None` in an entry that is free.
    pub(super) fn turn(&self) -> Option<u32> {
        (self.id.load(Relaxed) != 0).then(|| self.turn.load(Relaxed))
    }

    /// The number of the arcade's game that the browser is in.
    pub(super) fn arcade_game(&self, now: u64) -> Option<u32> {
        let place = self.place.load(Relaxed);
        let is_in = place > 0 && self.is_present(now) && self.id.load(Relaxed) != 0;
        is_in.then_some(place)
    }

    /// Begins a response of this length.
    pub(crate) fn transfer(&'static self, bytes: u64) -> Transfer {
        self.files.fetch_add(1, Relaxed);
        self.expected.fetch_add(bytes, Relaxed);
        self.moved.store(now_ms(), Relaxed);
        Transfer::begin(self)
    }

    fn is_present(&self, now: u64) -> bool {
        now.saturating_sub(self.seen.load(Relaxed)) < PRESENT_MS
    }

    pub(super) fn is_loading(&self, now: u64) -> bool {
        let is_moving = || now.saturating_sub(self.moved.load(Relaxed)) < QUIET_MS;
        self.under_way.load(Relaxed) > 0 || self.is_recent(now) && is_moving()
    }

    fn is_recent(&self, now: u64) -> bool {
        now.saturating_sub(self.started.load(Relaxed)) < MAX_LOAD_MS
    }

    pub(super) fn is_loaded(&self, now: u64) -> bool {
        self.was_at_rest.load(Relaxed) || !self.is_loading(now)
    }

    pub(super) fn progress(&self, now: u64) -> LoadProgress {
        let [high, low] = array::from_fn(|half| u128::from(self.client[half].load(Relaxed)));
        let expected = self.expected.load(Relaxed);
        let started = self.started.load(Relaxed);
        LoadProgress {
            client: IpAddr::from(Ipv6Addr::from(high << 64 | low)).to_canonical(),
            elapsed: Duration::from_millis(now.saturating_sub(started)),
            files: self.files.load(Relaxed),
            // Responses of a load that was given up may still end.
            sent: self.sent.load(Relaxed).min(expected),
            expected,
        }
    }
}

impl Transfer {
    fn begin(load: &'static PageLoad) -> Self {
        load.under_way.fetch_add(1, Relaxed);
        Self(load)
    }

    /// Counts bytes that the client took.
    pub(crate) fn record_sent(&self, bytes: usize) {
        self.0.sent.fetch_add(bytes as u64, Relaxed);
        self.0.moved.store(now_ms(), Relaxed);
    }
}

impl Clone for Transfer {
    fn clone(&self) -> Self {
        Self::begin(self.0)
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        self.0.moved.store(now_ms(), Relaxed);
        self.0.under_way.fetch_sub(1, Relaxed);
    }
}

/// The moment, in milliseconds.
pub(super) fn now_ms() -> u64 {
    CoarseClock::now().millis()
}

#[cfg(test)]
impl PageLoad {
    /// Moves a load into the past.
    pub(super) fn age(&self, millis: u64) {
        for moment in [&self.started, &self.moved, &self.seen] {
            let moved = moment.load(Relaxed).saturating_sub(millis);
            moment.store(moved, Relaxed);
        }
    }
}
