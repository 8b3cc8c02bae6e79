//! Games that are removed in a minute, unless the host keeps them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use crate::console::log_tail::milliseconds_since_1970;

/// The time to think again.
pub(crate) const GRACE: Duration = Duration::from_secs(60);

/// The games that are to be removed. Clones share them. A server that is stopped meanwhile removes none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Removals(Arc<Mutex<BTreeMap<String, u64>>>);

/// A game that is to be removed, as consoles show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct RemovalView {
    slug: String,
    /// Milliseconds since 1970.
    at: u64,
}

impl Removals {
    /// Schedules the removal of a game, and returns its time; `None` if it is scheduled already.
    pub(crate) fn begin(&self, slug: &str) -> Option<u64> {
        let at = milliseconds_since_1970() + GRACE.as_millis() as u64;
        match self.lock().entry(slug.to_owned()) {
            Entry::Vacant(entry) => Some(*entry.insert(at)),
            Entry::Occupied(_) => None,
        }
    }

    /// Cancels the removal of a game; false if none is scheduled.
    pub(crate) fn cancel(&self, slug: &str) -> bool {
        self.lock().remove(slug).is_some()
    }

    /// Claims the removal of this time, to carry it out; false if it was cancelled, even if another one is scheduled.
    pub(crate) fn claim(&self, slug: &str, at: u64) -> bool {
        let mut removals = self.lock();
        let is_scheduled = removals.get(slug) == Some(&at);
        if is_scheduled {
            removals.remove(slug);
        }
        is_scheduled
    }

    /// The games in order.
    pub(crate) fn views(&self) -> Vec<RemovalView> {
        let removals = self.lock();
        let view = |(slug, at): (&String, &u64)| RemovalView {
            slug: slug.clone(),
            at: *at,
        };
        removals.iter().map(view).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_game_that_was_kept_and_is_removed_again_has_the_whole_time_again() {
        let removals = Removals::default();
        let first = removals.begin("game").unwrap();
        assert_eq!(removals.begin("game"), None, "scheduled already");
        assert!(removals.cancel("game"));
        assert!(!removals.claim("game", first), "cancelled");
        // The times differ.
        std::thread::sleep(Duration::from_millis(2));
        let second = removals.begin("game").unwrap();
        assert!(!removals.claim("game", first), "of the first removal");
        assert_eq!(removals.views().len(), 1);
        assert!(removals.claim("game", second));
        assert!(!removals.cancel("game"), "carried out");
    }
}
