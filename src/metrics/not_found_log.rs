//! Counts of paths that were requested and not found.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The capacity for paths close to an existing name, and for all others, which are mostly scans by strangers.
const CAPACITY: usize = 50;

/// The longest path recorded, in bytes.
const MAX_PATH_BYTES: usize = 256;

/// A bounded table of paths that were not found. When it is full, a new path reduces the weight of the lightest one (of
/// several, the least recently seen), and takes its place once that weight is zero. So paths that are requested
/// repeatedly stay, while scanners that try each path once replace each other's paths.
#[derive(Debug, Default)]
pub(crate) struct NotFoundLog {
    rows: Mutex<LogRows>,
}

#[derive(Debug, Default)]
struct LogRows {
    near: Vec<LoggedMiss>,
    far: Vec<LoggedMiss>,
    /// The number of requests counted.
    now: u64,
}

/// A path that was requested and not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPath {
    /// The path below the site's root, decoded.
    pub path: String,
    /// The number of requests.
    pub requests: u64,
    /// The existing name closest to it.
    pub nearest: Option<String>,
}

#[derive(Debug)]
struct LoggedMiss {
    missing: MissingPath,
    /// The number of requests, less those of paths that found no place.
    weight: u64,
    /// The number of the latest request.
    seen: u64,
}

impl NotFoundLog {
    /// Counts another request for a recorded path and returns its nearest name; `None` for a path not yet recorded.
    pub(crate) fn count_again(&self, path: &str) -> Option<Option<String>> {
        let mut rows = self.lock();
        rows.now += 1;
        let LogRows { near, far, now } = &mut *rows;
        let entry = near
            .iter_mut()
            .chain(far)
            .find(|one| one.missing.path == path)?;
        entry.count(*now);
        Some(entry.missing.nearest.clone())
    }

    /// Counts a request for a path. Returns true when this call recorded the path for the first time.
    pub(crate) fn count(&self, path: &str, nearest: Option<&str>) -> bool {
        if path.len() > MAX_PATH_BYTES {
            return false;
        }
        let mut rows = self.lock();
        rows.now += 1;
        let now = rows.now;
        let row = match nearest {
            Some(_) => &mut rows.near,
            None => &mut rows.far,
        };
        if let Some(entry) = row.iter_mut().find(|one| one.missing.path == path) {
            entry.count(now);
            return false;
        }
        let new = || LoggedMiss::new(path, nearest, now);
        if row.len() < CAPACITY {
            row.push(new());
            return true;
        }
        let Some(lightest) = row.iter_mut().min_by_key(|one| (one.weight, one.seen)) else {
            return false;
        };
        lightest.weight -= 1;
        let is_free = lightest.weight == 0;
        if is_free {
            *lightest = new();
        }
        is_free
    }

    /// All recorded paths, the most requested first.
    pub(crate) fn all(&self) -> Vec<MissingPath> {
        let rows = self.lock();
        let entries = rows.near.iter().chain(&rows.far);
        let mut all: Vec<_> = entries.map(|entry| entry.missing.clone()).collect();
        all.sort_by(|a, b| (b.requests, &a.path).cmp(&(a.requests, &b.path)));
        all
    }

    /// Held for the comparison of a hundred paths; only for requests that are not answered from memory anyway.
    fn lock(&self) -> MutexGuard<'_, LogRows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LoggedMiss {
    fn new(path: &str, nearest: Option<&str>, seen: u64) -> Self {
        Self {
            missing: MissingPath {
                path: path.to_owned(),
                requests: 1,
                nearest: nearest.map(str::to_owned),
            },
            weight: 1,
            seen,
        }
    }

    fn count(&mut self, now: u64) {
        self.missing.requests += 1;
        self.seen = now;
        self.weight += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn all_sorts_paths_by_requests_and_skips_long_ones() {
        let log = NotFoundLog::default();
        for path in ["b.png", "a.png", "b.png"] {
            log.count(path, None);
        }
        log.count("hero.png", Some("Hero.png"));
        log.count(&"x".repeat(MAX_PATH_BYTES + 1), None);
        let missing = |path: &str, requests, nearest: Option<&str>| MissingPath {
            path: path.to_owned(),
            requests,
            nearest: nearest.map(str::to_owned),
        };
        let expected = [
            missing("b.png", 2, None),
            missing("a.png", 1, None),
            missing("hero.png", 1, Some("Hero.png")),
        ];
        assert_eq!(log.all(), expected);
    }

    #[test]
    fn count_is_true_for_the_first_request_of_a_path_only() {
        let log = NotFoundLog::default();
        assert!(log.count("hero.png", Some("Hero.png")));
        assert!(!log.count("hero.png", Some("Hero.png")));
        assert!(log.count("other.png", None));
        assert!(!log.count(&"x".repeat(MAX_PATH_BYTES + 1), None));
        for number in 0..CAPACITY {
            log.count(&number.to_string(), None);
        }
        assert_eq!(log.all().len(), CAPACITY + 1);
    }

    #[test]
    fn count_again_finds_recorded_paths_with_their_nearest_name() {
        let log = NotFoundLog::default();
        log.count("hero.png", Some("Hero.png"));
        log.count("gone.js", None);
        let nearest = Some("Hero.png".to_owned());
        assert_eq!(log.count_again("hero.png"), Some(nearest));
        assert_eq!(log.count_again("gone.js"), Some(None));
        assert_eq!(log.count_again("new.js"), None);
        assert!(log.all().iter().all(|missing| missing.requests == 2));
    }

    #[test]
    fn ten_thousand_scans_neither_grow_the_log_nor_push_out_a_near_miss() {
        let log = NotFoundLog::default();
        for number in 0..10_000 {
            log.count(&number.to_string(), None);
        }
        log.count("hero.png", Some("Hero.png"));
        let all = log.all();
        assert_eq!(all.len(), CAPACITY + 1);
        assert!(all.iter().any(|missing| missing.path == "hero.png"));
    }

    #[test]
    fn a_real_miss_shows_although_a_stranger_filled_the_table_first_and_goes_on() {
        let log = NotFoundLog::default();
        let mut scans = 0..;
        let mut scan = |times| {
            for _ in 0..times {
                log.count(&format!("scan{}", scans.next().unwrap_or(0)), None);
            }
        };
        scan(10_000);
        for _ in 0..20 {
            log.count("gone.js", None);
            scan(10);
        }
        let all = log.all();
        assert_eq!(all.first().map(|one| one.path.as_str()), Some("gone.js"));
        assert_eq!(all.len(), CAPACITY);
    }

    #[test]
    fn concurrent_requests_are_all_counted_and_recorded_once() {
        let log = NotFoundLog::default();
        let recorded = AtomicU64::new(0);
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    for number in 0..1000 {
                        let is_new = log.count(&(number % CAPACITY).to_string(), None);
                        recorded.fetch_add(is_new.into(), Ordering::Relaxed);
                    }
                });
            }
        });
        let all = log.all();
        assert_eq!(all.len(), CAPACITY);
        assert_eq!(recorded.into_inner(), CAPACITY as u64);
        assert!(
            all.iter()
                .all(|missing| missing.requests == 8 * 1000 / CAPACITY as u64)
        );
    }
}
