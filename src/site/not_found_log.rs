//! What was asked for and is not there.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many paths are remembered that a name comes near to, and how many others, which are mostly strangers' guesses.
const MOST: usize = 50;

/// Longer paths, in bytes, are not remembered.
const LONGEST: usize = 256;

/// Paths that were asked for and not found, counted. Bounded, whoever asks; nobody waits for anybody.
#[derive(Debug)]
pub(crate) struct NotFoundLog {
    near: LogRow,
    far: LogRow,
}

/// A path that was asked for and not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPath {
    /// The path below the site's root, decoded.
    pub path: String,
    /// How often.
    pub requests: u64,
    /// The name that comes nearest.
    pub nearest: Option<String>,
}

/// Places that are taken from the first to the last and never given back.
type LogRow = [OnceLock<LoggedMiss>; MOST];

#[derive(Debug)]
struct LoggedMiss {
    path: Box<str>,
    requests: AtomicU64,
    nearest: Option<Box<str>>,
}

impl Default for NotFoundLog {
    fn default() -> Self {
        Self {
            near: [const { OnceLock::new() }; MOST],
            far: [const { OnceLock::new() }; MOST],
        }
    }
}

impl NotFoundLog {
    /// Counts another request for a path that was counted before, and says which name comes nearest to it.
    pub(crate) fn again(&self, path: &str) -> Option<Option<&str>> {
        let taken = [&self.far, &self.near].map(|row| row.iter().map_while(OnceLock::get));
        let counted = taken
            .into_iter()
            .flatten()
            .find(|counted| *counted.path == *path)?;
        counted.requests.fetch_add(1, Ordering::Relaxed);
        Some(counted.nearest.as_deref())
    }

    /// Counts a request for a path.
    pub(crate) fn count(&self, path: &str, nearest: Option<&str>) {
        if path.len() > LONGEST {
            return;
        }
        let row = match nearest {
            Some(_) => &self.near,
            None => &self.far,
        };
        for place in row {
            // Of several who find the same place empty, one takes it and the others see what it has.
            let counted = place.get_or_init(|| LoggedMiss {
                path: path.into(),
                requests: AtomicU64::new(0),
                nearest: nearest.map(Into::into),
            });
            if *counted.path == *path {
                counted.requests.fetch_add(1, Ordering::Relaxed);
                return;
            }
        }
    }

    /// What is missing, the most asked for first.
    pub(crate) fn all(&self) -> Vec<MissingPath> {
        let taken = self.near.iter().chain(&self.far).filter_map(OnceLock::get);
        let mut all: Vec<_> = taken
            .map(|counted| MissingPath {
                path: counted.path.to_string(),
                requests: counted.requests.load(Ordering::Relaxed),
                nearest: counted.nearest.as_deref().map(str::to_owned),
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
    fn requests_are_counted_by_path() {
        let missing = NotFoundLog::default();
        for path in ["b.png", "a.png", "b.png"] {
            missing.count(path, None);
        }
        missing.count("hero.png", Some("Hero.png"));
        missing.count(&"x".repeat(LONGEST + 1), None);
        let missed = |path: &str, requests, nearest: Option<&str>| MissingPath {
            path: path.to_owned(),
            requests,
            nearest: nearest.map(str::to_owned),
        };
        let expected = [
            missed("b.png", 2, None),
            missed("a.png", 1, None),
            missed("hero.png", 1, Some("Hero.png")),
        ];
        assert_eq!(missing.all(), expected);
    }

    #[test]
    fn strangers_cannot_make_it_grow_or_push_out_what_matters() {
        let missing = NotFoundLog::default();
        for number in 0..10_000 {
            missing.count(&number.to_string(), None);
        }
        missing.count("hero.png", Some("Hero.png"));
        let all = missing.all();
        assert_eq!(all.len(), MOST + 1);
        assert!(all.iter().any(|missed| missed.path == "hero.png"));
    }

    #[test]
    fn no_request_is_lost_when_all_come_at_once() {
        let missing = NotFoundLog::default();
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    for number in 0..1000 {
                        missing.count(&(number % MOST).to_string(), None);
                    }
                });
            }
        });
        let all = missing.all();
        assert_eq!(all.len(), MOST);
        assert!(
            all.iter()
                .all(|missed| missed.requests == 8 * 1000 / MOST as u64)
        );
    }
}
