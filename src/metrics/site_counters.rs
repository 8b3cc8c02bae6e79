//! Counters of one published site: requests per asset, paths not found.
//!
//! They are kept beside the site in its slot, so that the site itself is immutable.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::metrics::not_found_log::{MissingPath, NotFoundLog};

/// The counters of one published site.
#[derive(Debug)]
pub struct SiteCounters {
    /// By the asset's index.
    assets: Box<[AtomicU64]>,
    not_found: NotFoundLog,
}

impl SiteCounters {
    /// Counters that start at the given number of requests for each asset.
    pub fn new(requests: impl IntoIterator<Item = u64>) -> Self {
        Self {
            assets: requests.into_iter().map(AtomicU64::new).collect(),
            not_found: NotFoundLog::default(),
        }
    }

    /// Counts a request for the asset at this index.
    pub fn count_asset(&self, index: usize) {
        if let Some(requests) = self.assets.get(index) {
            requests.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The number of requests for the asset at this index.
    pub fn asset_requests(&self, index: usize) -> u64 {
        let requests = self.assets.get(index);
        requests.map_or(0, |requests| requests.load(Ordering::Relaxed))
    }

    /// Counts a request for a path that was not found, and returns the existing name closest to it: the recorded one,
    /// or else the one that `find_nearest` computes.
    pub fn count_not_found<'a>(
        &self,
        path: &str,
        find_nearest: impl FnOnce() -> Option<&'a str>,
    ) -> Option<String> {
        if let Some(nearest) = self.not_found.count_again(path) {
            return nearest;
        }
        let nearest = find_nearest();
        self.not_found.count(path, nearest);
        nearest.map(str::to_owned)
    }

    /// Counts a request answered with a file whose name differs in case or Unicode form. Returns true for the first
    /// request of this path.
    pub fn count_misnamed(&self, path: &str, name: &str) -> bool {
        self.not_found.count(path, Some(name))
    }

    /// The paths that were not found, or found only under a similar name, the most requested first.
    pub fn missing(&self) -> Vec<MissingPath> {
        self.not_found.all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asset_counts_start_where_they_are_told_and_ignore_unknown_indices() {
        let counters = SiteCounters::new([0, 7]);
        counters.count_asset(0);
        counters.count_asset(1);
        counters.count_asset(2);
        let requests = [0, 1, 2].map(|index| counters.asset_requests(index));
        assert_eq!(requests, [1, 8, 0]);
    }

    #[test]
    fn the_nearest_name_is_computed_once_per_path() {
        let counters = SiteCounters::new([]);
        let first = counters.count_not_found("a", || Some("A"));
        assert_eq!(first.as_deref(), Some("A"));
        let again = counters.count_not_found("a", || panic!("it is recorded"));
        assert_eq!(again.as_deref(), Some("A"));
        assert_eq!(counters.missing()[0].requests, 2);
    }
}
