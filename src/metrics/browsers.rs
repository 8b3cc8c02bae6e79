//! The browsers that loaded the game on the air, each told apart by the id in its cookie, behind one address or many.
//!
//! A table of fixed size whose entries are atomic: a request that belongs to a page load neither locks nor allocates here.

use std::array;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::metrics::browser_id::BrowserId;
use crate::metrics::coarse_clock::CoarseClock;

/// The number of browsers told apart at a time; more are not counted.
const MAX_BROWSERS: usize = 4096;

/// A browser is taken to be in a game of the arcade for this long after it last asked for something.
const PRESENT_MS: u64 = 15 * 60_000;

/// The number of entries in which an id may stand.
const MAX_PROBES: usize = 64;

/// A page load is at rest when nothing of it has moved for this long.
const QUIET_MS: u64 = 2000;

/// A page that asks for something again and again counts as loading for this long at most, unless a response is under
/// way.
const MAX_LOAD_MS: u64 = 60_000;

/// All browsers that the server tells apart.
#[derive(Debug)]
pub struct Browsers {
    entries: Box<[PageLoad]>,
    /// The turn of the game on the air.
    turn: AtomicU32,
    /// Unknown to clients, so that none can choose ids that share a few entries.
    key: RandomState,
    issued: AtomicU64,
}

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

/// The browsers of the game on the air at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrowserCounts {
    /// Browsers that have the game: a page load of theirs is at rest or under way.
    pub all: u64,
    /// Browsers with a page load that came to rest.
    pub loaded: u64,
    /// The page loads under way, the earliest first.
    pub loading: Vec<LoadProgress>,
}

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

impl Default for Browsers {
    fn default() -> Self {
        Self {
            entries: (0..MAX_BROWSERS).map(|_| PageLoad::default()).collect(),
            turn: AtomicU32::new(0),
            key: RandomState::new(),
            issued: AtomicU64::new(0),
        }
    }
}

impl Browsers {
    /// An id for a browser that has none.
    pub(crate) fn new_id(&self) -> BrowserId {
        let number = self.issued.fetch_add(1, Relaxed);
        BrowserId::new(self.key.hash_one((number, "id")))
    }

    /// Sets the turn of the game on the air, whose browsers are counted.
    pub fn set_turn(&self, turn: u32) {
        self.turn.store(turn, Relaxed);
    }

    /// Begins a page load of a browser. `None` if the table is full.
    pub(crate) fn begin(
        &self,
        id: BrowserId,
        visit: BrowserVisit,
        client: IpAddr,
    ) -> Option<&PageLoad> {
        let BrowserVisit { turn, place } = visit;
        let load = self.entry(id.number(), turn)?;
        let now = now_ms();
        load.place.store(place, Relaxed);
        load.seen.store(now, Relaxed);
        let is_same = load.turn.swap(turn, Relaxed) == turn;
        let was_at_rest = is_same && load.is_loaded(now);
        load.was_at_rest.store(was_at_rest, Relaxed);
        let address = match client {
            IpAddr::V4(address) => address.to_ipv6_mapped(),
            IpAddr::V6(address) => address,
        };
        let bits = u128::from(address);
        for (half, bits) in load.client.iter().zip([bits >> 64, bits]) {
            half.store(bits as u64, Relaxed);
        }
        load.started.store(now, Relaxed);
        load.moved.store(now, Relaxed);
        for count in [&load.files, &load.expected, &load.sent] {
            count.store(0, Relaxed);
        }
        Some(load)
    }

    /// The page load of a browser, if it is under way, or may go on after a pause.
    pub(crate) fn under_way(&self, id: BrowserId) -> Option<&PageLoad> {
        let is_own = |load: &&PageLoad| load.id.load(Relaxed) == id.number();
        let load = self.probe(id.number()).find(is_own)?;
        let now = now_ms();
        load.seen.store(now, Relaxed);
        if load.is_loading(now) {
            return Some(load);
        }
        // Large games pause to compile what they have.
        load.was_at_rest.store(true, Relaxed);
        load.is_recent(now).then_some(load)
    }

    /// The browsers of the game on the air.
    pub fn now(&self) -> BrowserCounts {
        let (turn, now) = (self.turn.load(Relaxed), now_ms());
        let is_counted =
            |load: &&PageLoad| load.id.load(Relaxed) != 0 && load.turn.load(Relaxed) == turn;
        let mut counts = BrowserCounts::default();
        for load in self.entries.iter().filter(is_counted) {
            counts.all += 1;
            counts.loaded += u64::from(load.is_loaded(now));
            if load.is_loading(now) {
                counts.loading.push(load.progress(now));
            }
        }
        let elapsed = |load: &LoadProgress| std::cmp::Reverse(load.elapsed);
        counts.loading.sort_by_key(elapsed);
        counts
    }

    /// The number of browsers in each game of the arcade, by the game's number: those that loaded it last, and asked for
    /// something within the last quarter of an hour.
    pub fn in_arcade(&self) -> HashMap<u32, u64> {
        let now = now_ms();
        let mut counts = HashMap::new();
        for load in &self.entries {
            let place = load.place.load(Relaxed);
            if place > 0 && load.is_present(now) && load.id.load(Relaxed) != 0 {
                *counts.entry(place).or_default() += 1;
            }
        }
        counts
    }

    /// The entry of a browser: its own, a free one, or one of a browser that left with an earlier game, or its game in an
    /// arcade.
    fn entry(&self, id: u64, turn: u32) -> Option<&PageLoad> {
        let now = now_ms();
        let is_own = |load: &&PageLoad| {
            let claimed = load.id.compare_exchange(0, id, Relaxed, Relaxed);
            claimed.is_ok() || claimed == Err(id)
        };
        let replace = |load: &&PageLoad| {
            let old = load.id.load(Relaxed);
            let has_left = load.place.load(Relaxed) > 0 && !load.is_present(now);
            let is_over = has_left || load.turn.load(Relaxed) != turn;
            let is_over = is_over && load.under_way.load(Relaxed) == 0;
            let replaced = || load.id.compare_exchange(old, id, Relaxed, Relaxed);
            is_over && replaced().is_ok()
        };
        let own = self.probe(id).find(is_own);
        own.or_else(|| self.probe(id).find(replace))
    }

    fn probe(&self, id: u64) -> impl Iterator<Item = &PageLoad> {
        let start = self.key.hash_one(id) as usize;
        let indices = (0..MAX_PROBES).map(move |step| start.wrapping_add(step) % MAX_BROWSERS);
        indices.filter_map(|index| self.entries.get(index))
    }
}

impl PageLoad {
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

    fn is_loading(&self, now: u64) -> bool {
        let is_moving = || now.saturating_sub(self.moved.load(Relaxed)) < QUIET_MS;
        self.under_way.load(Relaxed) > 0 || self.is_recent(now) && is_moving()
    }

    fn is_recent(&self, now: u64) -> bool {
        now.saturating_sub(self.started.load(Relaxed)) < MAX_LOAD_MS
    }

    fn is_loaded(&self, now: u64) -> bool {
        self.was_at_rest.load(Relaxed) || !self.is_loading(now)
    }

    fn progress(&self, now: u64) -> LoadProgress {
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

fn now_ms() -> u64 {
    CoarseClock::now().millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 7));

    fn browsers() -> &'static Browsers {
        let browsers = Box::leak(Box::<Browsers>::default());
        browsers.set_turn(1);
        browsers
    }

    fn turn(turn: u32) -> BrowserVisit {
        BrowserVisit { turn, place: 0 }
    }

    /// Moves a load into the past.
    fn age(load: &PageLoad, millis: u64) {
        for moment in [&load.started, &load.moved, &load.seen] {
            let moved = moment.load(Relaxed).saturating_sub(millis);
            moment.store(moved, Relaxed);
        }
    }

    fn numbers(browsers: &Browsers) -> [u64; 3] {
        let now = browsers.now();
        [now.all, now.loaded, now.loading.len() as u64]
    }

    #[test]
    fn a_browser_counts_once_however_often_it_loads() {
        let browsers = browsers();
        let ids = [browsers.new_id(), browsers.new_id()];
        assert_ne!(ids[0], ids[1]);
        for id in ids {
            browsers.begin(id, turn(1), CLIENT).unwrap();
        }
        assert_eq!(numbers(browsers), [2, 0, 2]);
        age(browsers.under_way(ids[0]).unwrap(), QUIET_MS);
        assert_eq!(numbers(browsers), [2, 1, 1]);
        // It goes on after a pause, and still counts as loaded.
        drop(browsers.under_way(ids[0]).unwrap().transfer(1));
        assert_eq!(numbers(browsers), [2, 1, 2]);
        age(browsers.under_way(ids[0]).unwrap(), MAX_LOAD_MS);
        assert_eq!(numbers(browsers), [2, 1, 1]);
        assert!(browsers.under_way(ids[0]).is_none());
        // A refresh of the one that has loaded, and one of the other before it has.
        for id in ids {
            browsers.begin(id, turn(1), CLIENT).unwrap();
        }
        assert_eq!(numbers(browsers), [2, 1, 2]);
    }

    #[test]
    fn a_browser_is_in_the_game_of_the_arcade_that_it_loaded_last_until_it_is_quiet_for_long() {
        let browsers = browsers();
        let ids = [browsers.new_id(), browsers.new_id()];
        let visit = |index: usize, place| {
            let visit = BrowserVisit { turn: 1, place };
            browsers.begin(ids[index], visit, CLIENT).unwrap()
        };
        visit(0, 7);
        visit(1, 7);
        assert_eq!(browsers.in_arcade(), HashMap::from([(7, 2)]));
        visit(1, 8);
        assert_eq!(browsers.in_arcade(), HashMap::from([(7, 1), (8, 1)]));
        visit(1, 0);
        assert_eq!(
            browsers.in_arcade(),
            HashMap::from([(7, 1)]),
            "in the lobby"
        );
        assert_eq!(browsers.now().all, 2);
        let load = visit(0, 7);
        age(load, PRESENT_MS - 1000);
        assert_eq!(browsers.in_arcade(), HashMap::from([(7, 1)]));
        browsers.under_way(ids[0]);
        age(load, 2000);
        assert_eq!(
            browsers.in_arcade(),
            HashMap::from([(7, 1)]),
            "seen meanwhile"
        );
        age(load, PRESENT_MS);
        assert_eq!(browsers.in_arcade(), HashMap::new());
    }

    #[test]
    fn another_game_begins_with_no_browser() {
        let browsers = browsers();
        let id = browsers.new_id();
        browsers.begin(id, turn(1), CLIENT).unwrap();
        browsers.set_turn(2);
        assert_eq!(numbers(browsers), [0, 0, 0]);
        browsers.begin(id, turn(2), CLIENT).unwrap();
        assert_eq!(numbers(browsers), [1, 0, 1]);
    }

    #[test]
    fn a_load_goes_on_while_a_response_is_under_way_and_tells_its_progress() {
        let browsers = browsers();
        let id = browsers.new_id();
        let load = browsers.begin(id, turn(1), CLIENT).unwrap();
        let page = load.transfer(100);
        let big = load.transfer(5000);
        page.record_sent(100);
        drop(page);
        let piece = big.clone();
        drop(big);
        piece.record_sent(1000);
        age(load, 2 * MAX_LOAD_MS);
        let progress = browsers.now().loading[0];
        assert!(progress.elapsed >= Duration::from_millis(2 * MAX_LOAD_MS));
        let expected = LoadProgress {
            client: CLIENT,
            elapsed: progress.elapsed,
            files: 2,
            sent: 1100,
            expected: 5100,
        };
        assert_eq!(progress, expected);
        drop(piece);
        assert_eq!(numbers(browsers), [1, 1, 0], "longer than a minute");
    }

    #[test]
    fn a_full_table_counts_no_more_until_another_game_is_on_the_air() {
        let browsers = browsers();
        for _ in 0..4 * MAX_BROWSERS {
            browsers.begin(browsers.new_id(), turn(1), CLIENT);
        }
        assert_eq!(browsers.now().all, MAX_BROWSERS as u64);
        let id = browsers.new_id();
        assert!(browsers.begin(id, turn(1), CLIENT).is_none());
        browsers.set_turn(2);
        assert!(browsers.begin(id, turn(2), CLIENT).is_some());
        assert_eq!(numbers(browsers), [1, 0, 1]);
    }
}
