//! Counts of paths that were requested and not found.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The capacity for paths close to an existing name, and for all others, which are mostly scans by strangers.
const CAPACITY: usize = 50;

/// The longest path recorded, in bytes.
const MAX_PATH_BYTES: usize = 256;

/// A bounded, lock-free table of paths that were not found.
#[derive(Debug)]
pub(crate) struct NotFoundLog {
    near: LogRow,
    far: LogRow,
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

/// Entries filled from first to last and never freed.
type LogRow = [OnceLock<LoggedMiss>; CAPACITY];

#[derive(Debug)]
struct LoggedMiss {
    path: Box<str>,
    requests: AtomicU64,
    nearest: Option<Box<str>>,
}

impl Default for NotFoundLog {
    fn default() -> Self {
        Self {
            near: [const { OnceLock::new() }; CAPACITY],
            far: [const { OnceLock::new() }; CAPACITY],
        }
    }
}

impl NotFoundLog {
    /// Counts another request for a recorded path and returns its nearest name; `None` for a path not yet recorded.
    pub(crate) fn count_again(&self, path: &str) -> Option<Option<&str>> {
        let rows = [&self.far, &self.near].map(|row| row.iter().map_while(OnceLock::get));
        let entry = rows
            .into_iter()
            .flatten()
            .find(|entry| *entry.path == *path)?;
        entry.requests.fetch_add(1, Ordering::Relaxed);
        Some(entry.nearest.as_deref())
    }

    /// Counts a request for a path. Returns true when this call recorded the path for the first time.
    pub(crate) fn count(&self, path: &str, nearest: Option<&str>) -> bool {
        if path.len() > MAX_PATH_BYTES {
            return false;
        }
        let row = match nearest {
            Some(_) => &self.near,
            None => &self.far,
        };
        for slot in row {
            let mut is_new = false;
            // When several threads find the same slot empty, one fills it and the others see its entry.
            let entry = slot.get_or_init(|| {
                is_new = true;
                LoggedMiss {
                    path: path.into(),
                    requests: AtomicU64::new(0),
                    nearest: nearest.map(Into::into),
                }
            });
            if *entry.path == *path {
                entry.requests.fetch_add(1, Ordering::Relaxed);
                return is_new;
            }
        }
        false
    }

    /// All recorded paths, the most requested first.
    pub(crate) fn all(&self) -> Vec<MissingPath> {
        let entries = self.near.iter().chain(&self.far).filter_map(OnceLock::get);
        let mut all: Vec<_> = entries
            .map(|entry| MissingPath {
                path: entry.path.to_string(),
                requests: entry.requests.load(Ordering::Relaxed),
                nearest: entry.nearest.as_deref().map(str::to_owned),
            })
            .collect();
        all.sort_by(|a, b| (b.requests, &a.path).cmp(&(a.requests, &b.path)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(!log.count("no room left", None));
    }

    #[test]
    fn count_again_finds_recorded_paths_with_their_nearest_name() {
        let log = NotFoundLog::default();
        log.count("hero.png", Some("Hero.png"));
        log.count("gone.js", None);
        assert_eq!(log.count_again("hero.png"), Some(Some("Hero.png")));
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
