//! Games that are removed in a minute, unless the host keeps them.

use std::collections::BTreeMap;
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
    /// Schedules the removal of a game; false if it is scheduled already.
    pub(crate) fn begin(&self, slug: &str) -> bool {
        let at = milliseconds_since_1970() + GRACE.as_millis() as u64;
        let mut removals = self.lock();
        let is_new = !removals.contains_key(slug);
        removals.entry(slug.to_owned()).or_insert(at);
        is_new
    }

    /// Cancels the removal of a game, or claims it to carry it out; false if none is scheduled.
    pub(crate) fn end(&self, slug: &str) -> bool {
        self.lock().remove(slug).is_some()
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
