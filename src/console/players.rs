//! The log of players: one line per page load, written when its requests have settled.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::console::device::Device;
use crate::console::format::size;
use crate::console::message::t;
use crate::console::plural;

/// A page load ends when its browser has requested nothing for this long.
const QUIET: Duration = Duration::from_secs(2);

/// A page load still in progress is reported after this long.
const LONGEST: Duration = Duration::from_secs(60);

/// The most page loads that are followed at a time.
const MOST: usize = 1024;

/// The most missing files that a line names.
const MOST_NAMED: usize = 3;

/// The part of a request that the log of players uses.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlayerRequest {
    pub client: String,
    pub user_agent: String,
    /// The browser's id; empty for one that takes no cookies.
    pub browser: String,
    /// Safe to print.
    pub path: String,
    pub is_page: bool,
    pub status: u64,
    pub bytes: u64,
    pub took: Duration,
}

/// The page loads in progress.
#[derive(Debug, Default)]
pub(crate) struct PlayerLog {
    loads: HashMap<LoadKey, Load>,
}

/// A browser, told apart by its id, or else by its address and kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct LoadKey {
    client: String,
    user_agent: String,
    browser: String,
}

/// Successive requests of one browser.
#[derive(Debug)]
struct Load {
    since: Instant,
    last: Instant,
    is_page: bool,
    files: u64,
    bytes: u64,
    missing: Vec<String>,
    all_missing: u64,
}

impl PlayerLog {
    /// Counts a request that has been answered.
    pub(crate) fn note(&mut self, request: PlayerRequest, now: Instant) {
        let since = now.checked_sub(request.took).unwrap_or(now);
        let mut key = LoadKey {
            client: request.client,
            user_agent: request.user_agent,
            browser: request.browser,
        };
        if key.browser.is_empty() && !self.loads.contains_key(&key) {
            // The page gave it an id, but it takes no cookies.
            let mut keys = self.loads.keys();
            let same = keys
                .find(|other| (&other.client, &other.user_agent) == (&key.client, &key.user_agent));
            key = same.cloned().unwrap_or(key);
        }
        if self.loads.len() >= MOST && !self.loads.contains_key(&key) {
            return;
        }
        let load = self.loads.entry(key).or_insert_with(|| Load {
            since,
            last: now,
            is_page: false,
            files: 0,
            bytes: 0,
            missing: Vec::new(),
            all_missing: 0,
        });
        load.since = load.since.min(since);
        load.last = now;
        load.bytes += request.bytes;
        match request.status {
            200..=299 | 304 => {
                load.files += 1;
                load.is_page |= request.is_page;
            }
            404 => {
                load.all_missing += 1;
                if load.missing.len() < MOST_NAMED && !load.missing.contains(&request.path) {
                    load.missing.push(request.path);
                }
            }
            _ => {}
        }
    }

    /// The lines of the page loads that have ended, the earliest first.
    pub(crate) fn ended(&mut self, title: &str, now: Instant) -> Vec<String> {
        self.take(title, |load| {
            now.duration_since(load.last) >= QUIET || now.duration_since(load.since) >= LONGEST
        })
    }

    /// The lines of all page loads, at the end of the program.
    pub(crate) fn all(&mut self, title: &str) -> Vec<String> {
        self.take(title, |_| true)
    }

    fn take(&mut self, title: &str, is_due: impl Fn(&Load) -> bool) -> Vec<String> {
        let taken = self.loads.extract_if(|_, load| is_due(load));
        let mut taken: Vec<_> = taken.collect();
        taken.sort_by_key(|(_, load)| load.since);
        let lines = taken.iter();
        lines
            .filter_map(|(key, load)| load.line(key, title))
            .collect()
    }
}

impl Load {
    /// `None` for files that a game loads while it is played.
    fn line(&self, key: &LoadKey, title: &str) -> Option<String> {
        if !self.is_page && self.all_missing == 0 {
            return None;
        }
        let device = Device::from_user_agent(&key.user_agent).name();
        let mut line = format!("{:<15}  {device}  ", key.client);
        line += &match self.is_page {
            true => t!(
                "players.loaded",
                title = title,
                files = plural::files(self.files),
                size = size(self.bytes),
                seconds = format!("{:.1}", (self.last - self.since).as_secs_f64()),
            ),
            false => title.into(),
        };
        if self.all_missing > 0 {
            let names = self.missing.join(", ");
            let more = self.all_missing.saturating_sub(self.missing.len() as u64);
            line += &match more {
                0 => t!("players.missing", names = names),
                more => t!("players.missing_more", names = names, more = more),
            };
        }
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Mobile/15E148";

    fn request(path: &str, status: u64, bytes: u64) -> PlayerRequest {
        PlayerRequest {
            client: "192.168.1.7".to_owned(),
            user_agent: PHONE.to_owned(),
            browser: String::new(),
            path: path.to_owned(),
            is_page: path == "/",
            status,
            bytes,
            took: Duration::from_millis(100),
        }
    }

    #[test]
    fn a_page_load_is_one_line_when_it_has_come_to_rest() {
        let start = Instant::now() + Duration::from_secs(3600);
        let at = |millis| start + Duration::from_millis(millis);
        let mut log = PlayerLog::default();
        log.note(request("/", 200, 500), at(100));
        log.note(request("/a.js", 304, 0), at(1500));
        log.note(request("/game.wasm", 200, 12_000_000), at(3400));
        log.note(request("/hero.png", 404, 50), at(3000));
        let mut other = request("/", 200, 10);
        other.user_agent = "curl/8.5.0".to_owned();
        log.note(other, at(200));
        assert!(log.ended("2048", at(2100)).is_empty(), "both go on");
        assert_eq!(
            log.ended("2048", at(2300)),
            ["192.168.1.7      program  loaded 2048 (1 file, 10 B) in 0.1 s"]
        );
        log.note(request("/hero.png", 404, 50), at(3410));
        assert_eq!(
            log.ended("2048", at(5500)),
            [
                "192.168.1.7      iPhone  loaded 2048 (3 files, 12.0 MB) in 3.4 s; not found: /hero.png and 1 more"
            ]
        );
        assert!(log.ended("2048", at(60_000)).is_empty());
    }

    #[test]
    fn files_loaded_later_are_logged_only_if_missing() {
        let start = Instant::now() + Duration::from_secs(3600);
        let mut log = PlayerLog::default();
        log.note(request("/level-2.json", 200, 500), start);
        assert!(log.all("2048").is_empty());
        log.note(request("/level-3.json", 404, 500), start);
        assert_eq!(
            log.all("2048"),
            ["192.168.1.7      iPhone  2048; not found: /level-3.json"]
        );
    }

    #[test]
    fn a_page_that_never_rests_is_reported_after_a_minute() {
        let start = Instant::now() + Duration::from_secs(3600);
        let mut log = PlayerLog::default();
        for second in 0..60 {
            let now = start + Duration::from_secs(second);
            log.note(
                request(if second == 0 { "/" } else { "/poll" }, 200, 1),
                now,
            );
            assert!(log.ended("2048", now).is_empty(), "{second}");
        }
        assert_eq!(log.ended("2048", start + LONGEST).len(), 1);
    }

    #[test]
    fn browsers_of_one_kind_behind_one_address_are_a_line_each() {
        let now = Instant::now();
        let mut log = PlayerLog::default();
        for browser in ["1", "2", "1", ""] {
            let mut request = request("/", 200, 1);
            request.browser = browser.to_owned();
            log.note(request, now);
        }
        assert_eq!(log.all("2048").len(), 2);
    }

    #[test]
    fn strangers_cannot_fill_the_memory() {
        let now = Instant::now();
        let mut log = PlayerLog::default();
        for number in 0..2 * MOST {
            let mut request = request("/", 200, 1);
            request.user_agent = number.to_string();
            log.note(request, now);
        }
        assert_eq!(log.all("2048").len(), MOST);
    }
}
