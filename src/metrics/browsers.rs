//! The browsers that loaded the game on the air, each told apart by the id in its cookie, behind one address or many.
//!
//! A table of fixed size whose entries are atomic: a request that belongs to a page load neither locks nor allocates here.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use crate::metrics::browser_id::BrowserId;
use crate::metrics::page_load::{BrowserVisit, LoadProgress, PageLoad, now_ms};

/// The number of browsers told apart at a time; more are not counted.
const MAX_BROWSERS: usize = 4096;

/// The number of entries in which an id may stand.
const MAX_PROBES: usize = 64;

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

/// The browsers of the game on the air at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrowserCounts {
    /// Browsers that have the game: a page load of theirs is at rest or in progress.
    pub all: u64,
    /// Browsers with a page load that came to rest.
    pub loaded: u64,
    /// The page loads under way, the earliest first.
    pub loading: Vec<LoadProgress>,
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
        let load = self.entry(id.number(), visit.turn)?;
        load.begin(visit, client, now_ms());
        Some(load)
    }

    /// The page load of a browser, if it is under way, or may go on after a pause.
    pub(crate) fn under_way(&self, id: BrowserId) -> Option<&PageLoad> {
        let load = self
            .probe(id.number())
            .find(|load| load.is_of(id.number()))?;
        load.goes_on(now_ms()).then_some(load)
    }

    /// The browsers of the game on the air.
    pub fn now(&self) -> BrowserCounts {
        let (turn, now) = (self.turn.load(Relaxed), now_ms());
        let is_counted = |load: &&PageLoad| load.turn() == Some(turn);
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

    /// The number of browsers in each game of the arcade, by the game's number: those that loaded it last, and
    /// requested something within the last quarter of an hour.
    pub fn in_arcade(&self) -> HashMap<u32, u64> {
        let now = now_ms();
        let mut counts = HashMap::new();
        for load in &self.entries {
            if let Some(place) = load.arcade_game(now) {
                *counts.entry(place).or_default() += 1;
            }
        }
        counts
    }

    /// The entry of a browser: its own, a free one, or one of a browser that left with an earlier game, or its game in an
    /// arcade.
    fn entry(&self, id: u64, turn: u32) -> Option<&PageLoad> {
        let now = now_ms();
        let own = self.probe(id).find(|load| load.claim(id));
        own.or_else(|| self.probe(id).find(|load| load.take_over(id, turn, now)))
    }

    fn probe(&self, id: u64) -> impl Iterator<Item = &PageLoad> {
        let start = self.key.hash_one(id) as usize;
        let indices = (0..MAX_PROBES).map(move |step| start.wrapping_add(step) % MAX_BROWSERS);
        indices.filter_map(|index| self.entries.get(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::page_load::{MAX_LOAD_MS, PRESENT_MS, QUIET_MS};
    use std::time::Duration;

    const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 7));

    fn browsers() -> &'static Browsers {
        let browsers = Box::leak(Box::<Browsers>::default());
        browsers.set_turn(1);
        browsers
    }

    fn turn(turn: u32) -> BrowserVisit {
        BrowserVisit { turn, place: 0 }
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
        browsers.under_way(ids[0]).unwrap().age(QUIET_MS);
        assert_eq!(numbers(browsers), [2, 1, 1]);
        // It goes on after a pause, and still counts as loaded.
        drop(browsers.under_way(ids[0]).unwrap().transfer(1));
        assert_eq!(numbers(browsers), [2, 1, 2]);
        browsers.under_way(ids[0]).unwrap().age(MAX_LOAD_MS);
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
        load.age(PRESENT_MS - 1000);
        assert_eq!(browsers.in_arcade(), HashMap::from([(7, 1)]));
        browsers.under_way(ids[0]);
        load.age(2000);
        assert_eq!(
            browsers.in_arcade(),
            HashMap::from([(7, 1)]),
            "seen meanwhile"
        );
        load.age(PRESENT_MS);
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
        load.age(2 * MAX_LOAD_MS);
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
