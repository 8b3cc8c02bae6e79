//! How it goes: for the status line, the operator who asks, and programs.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use rust_i18n::t;
use serde::{Deserialize, Serialize};

use crate::console::format::size;
use crate::console::layout::{fit, pad, printable};
use crate::console::plural;
use webserver::metrics::counters::{Counts, Refusal};
use webserver::site::not_found_log::MissingPath;

/// What a server says of itself.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Status {
    /// The slug of the game on the air.
    pub game: String,
    /// Its title.
    pub title: String,
    /// Where players find it.
    pub addresses: Vec<String>,
    /// How long it has been on the air, in seconds.
    pub on_the_air_seconds: u64,
    /// How long the server has been running, in seconds.
    pub uptime_seconds: u64,
    /// What is being built, if anything is.
    pub building: Option<String>,
    /// What has been sent.
    #[serde(flatten)]
    pub traffic: Traffic,
    /// Why connections were refused, as far as any were.
    pub refused: Vec<RefusalCount>,
    /// What was asked for most.
    pub top: Vec<Requested>,
    /// What was asked for and is not there.
    pub missing: Vec<MissingFile>,
}

/// What players have asked for and been sent.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Traffic {
    /// Addresses that have a connection now.
    pub players: u64,
    /// Connections now.
    pub connections: u64,
    /// Requests since the start.
    pub requests: u64,
    /// Bytes of content since the start.
    pub bytes: u64,
    /// Requests a second, lately.
    pub requests_per_second: f64,
    /// Bytes of content a second, lately.
    pub bytes_per_second: f64,
    /// Answers of status 404 since the start.
    pub not_found: u64,
}

/// A reason, and how many connections were refused for it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct RefusalCount {
    /// The reason.
    pub reason: Refusal,
    /// How many.
    pub connections: u64,
}

/// A file, and how often it was asked for.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Requested {
    /// Its path.
    pub path: String,
    /// How often.
    pub requests: u64,
}

/// A path that nothing is at, and how often it was asked for.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct MissingFile {
    /// The path.
    pub path: String,
    /// How often.
    pub requests: u64,
    /// The name that comes nearest.
    pub nearest: Option<String>,
}

impl RefusalCount {
    /// The reasons that there were.
    pub(crate) fn among(counts: &Counts) -> Vec<Self> {
        let all = Refusal::ALL.into_iter().zip(counts.refused);
        let all = all.map(|(reason, connections)| Self {
            reason,
            connections,
        });
        all.filter(|refused| refused.connections > 0).collect()
    }

    fn row(self) -> String {
        let why = match self.reason {
            Refusal::Address => t!("status.refused.address"),
            Refusal::FirstByte => t!("status.refused.first_byte"),
            Refusal::Head => t!("status.refused.head"),
            Refusal::Stalled => t!("status.refused.stalled"),
            Refusal::Malformed => t!("status.refused.malformed"),
        };
        counted(self.connections, &why)
    }
}

impl From<(&str, u64)> for Requested {
    fn from((path, requests): (&str, u64)) -> Self {
        let path = path.to_owned();
        Self { path, requests }
    }
}

impl From<MissingPath> for MissingFile {
    fn from(missed: MissingPath) -> Self {
        Self {
            path: missed.path,
            requests: missed.requests,
            nearest: missed.nearest,
        }
    }
}

impl Status {
    /// One line for the bottom of a terminal.
    pub(crate) fn line(&self, columns: usize) -> String {
        let traffic = &self.traffic;
        let line = t!(
            "status.line",
            title = printable(&self.title),
            players = plural::players(traffic.players),
            requests = rate(traffic.requests_per_second),
            bytes = size(traffic.bytes_per_second as u64),
        );
        fit(&line, columns)
    }

    /// All of it, for people.
    pub(crate) fn text(&self) -> String {
        let traffic = &self.traffic;
        let mut text = String::new();
        let mut line = |line: &str| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{line}");
        };
        line(&t!(
            "status.game",
            title = printable(&self.title),
            game = self.game,
            time = duration(self.on_the_air_seconds)
        ));
        for address in &self.addresses {
            line(&format!("  {address}"));
        }
        if let Some(game) = &self.building {
            line(&t!("status.building", title = printable(game)));
        }
        line(&t!(
            "status.now",
            players = plural::players(traffic.players),
            connections = plural::connections(traffic.connections),
            requests = rate(traffic.requests_per_second),
            bytes = size(traffic.bytes_per_second as u64),
        ));
        line(&t!(
            "status.total",
            time = duration(self.uptime_seconds),
            requests = plural::requests(traffic.requests),
            bytes = size(traffic.bytes),
            missing = traffic.not_found,
            refused = self.refused.iter().map(|why| why.connections).sum::<u64>(),
        ));
        if !self.refused.is_empty() {
            line(&t!("status.refused"));
        }
        for refused in &self.refused {
            line(&refused.row());
        }
        if !self.top.is_empty() {
            line(&t!("status.top"));
        }
        for file in &self.top {
            line(&counted(file.requests, &file.path));
        }
        if !self.missing.is_empty() {
            line(&t!("status.missing"));
        }
        for missing in &self.missing {
            let row = counted(missing.requests, &missing.path);
            line(&match &missing.nearest {
                Some(near) => t!("status.nearest", row = row, near = printable(near)).into_owned(),
                None => row,
            });
        }
        text
    }
}

/// What happens in a second, from what had happened at earlier times.
#[derive(Debug)]
pub(crate) struct Rates {
    /// The oldest first.
    samples: Vec<(Instant, u64, u64)>,
}

/// How far back rates look.
const LATELY: Duration = Duration::from_secs(5);

impl Rates {
    /// Begins to watch.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            samples: vec![(now, 0, 0)],
        }
    }

    /// Takes note of how many requests and bytes there have been up to now, and says how many of each in a second.
    pub(crate) fn note(&mut self, now: Instant, requests: u64, bytes: u64) -> (f64, f64) {
        // The one before the first that is young enough is kept to compare with.
        let old = |(time, _, _): &(Instant, u64, u64)| now.duration_since(*time) >= LATELY;
        let keep = self.samples.iter().rposition(old).unwrap_or(0);
        self.samples.drain(..keep);
        let (since, requests_then, bytes_then) = self.samples[0];
        let seconds = now.duration_since(since).as_secs_f64();
        let last = self.samples.last().map(|(time, _, _)| *time);
        if last.is_none_or(|last| now.duration_since(last) >= LATELY / 10) {
            self.samples.push((now, requests, bytes));
        }
        let rate = |now: u64, then: u64| match seconds {
            0.0 => 0.0,
            seconds => now.saturating_sub(then) as f64 / seconds,
        };
        (rate(requests, requests_then), rate(bytes, bytes_then))
    }
}

fn counted(count: u64, path: &str) -> String {
    format!("  {}  {}", left(&count.to_string(), 8), printable(path))
}

fn left(text: &str, width: usize) -> String {
    let filled = pad(text, width);
    let blanks = filled.len() - text.len();
    format!("{}{text}", " ".repeat(blanks))
}

/// `0.4`, `12`: a digit behind the point only where it says something.
fn rate(rate: f64) -> String {
    match rate {
        0.05..9.95 => format!("{rate:.1}"),
        _ => format!("{rate:.0}"),
    }
}

/// A number of seconds for people: `42 s`, `3 min`, `2 h 05 min`.
fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => t!("time.seconds", n = seconds).into_owned(),
        (0, minutes) => t!("time.minutes", n = minutes).into_owned(),
        (hours, minutes) => t!("time.hours", h = hours, m = format!("{minutes:02}")).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_last_seconds() {
        let start = Instant::now();
        let mut rates = Rates::new(start);
        let at = |millis| start + Duration::from_millis(millis);
        for (millis, requests, bytes, expected) in [
            (0, 0, 0, (0.0, 0.0)),
            (1000, 10, 1000, (10.0, 1000.0)),
            (2000, 20, 2000, (10.0, 1000.0)),
            (5000, 50, 5000, (10.0, 1000.0)),
            (7000, 50, 5000, (6.0, 600.0)),
            (60_000, 50, 5000, (0.0, 0.0)),
        ] {
            assert_eq!(
                rates.note(at(millis), requests, bytes),
                expected,
                "{millis}"
            );
        }
    }

    #[test]
    fn numbers_are_written_for_people() {
        for (value, expected) in [(0.0, "0"), (0.26, "0.3"), (9.96, "10"), (1234.4, "1234")] {
            assert_eq!(rate(value), expected);
        }
        for (seconds, expected) in [(5, "5 s"), (65, "1 min"), (7500, "2 h 05 min")] {
            assert_eq!(duration(seconds), expected);
        }
    }
}
