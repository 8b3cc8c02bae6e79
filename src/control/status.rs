//! The status of a running server: for the status line, for people and for programs.

use std::fmt::Write as _;

use rust_i18n::t;
use serde::{Deserialize, Serialize};

use crate::console::format::size;
use crate::console::layout::{fit, pad, printable};
use crate::console::plural;
use webserver::metrics::counters::{Counts, Refusal};
use webserver::metrics::not_found_log::MissingPath;

/// A running server, as `status --json` and the control protocol write it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Status {
    /// The slug of the game on the air; `None` before the first is published.
    pub game: Option<String>,
    pub title: Option<String>,
    pub addresses: Vec<String>,
    pub on_the_air_seconds: u64,
    pub uptime_seconds: u64,
    /// The title of the game that is being built.
    pub building: Option<String>,
    #[serde(flatten)]
    pub traffic: Traffic,
    /// Refused connections by reason; reasons without any are left out.
    pub refused: Vec<RefusalCount>,
    /// The files requested most.
    pub top: Vec<RequestCount>,
    /// RequestCount paths that were not found.
    pub missing: Vec<MissingFile>,
}

/// Totals since the start, and current rates.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Traffic {
    /// Addresses with an open connection.
    pub players: u64,
    /// Open connections.
    pub connections: u64,
    pub requests: u64,
    pub bytes: u64,
    pub requests_per_second: f64,
    pub bytes_per_second: f64,
    /// Responses with status 404.
    pub not_found: u64,
}

/// The number of connections refused for one reason.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct RefusalCount {
    pub reason: Refusal,
    pub connections: u64,
}

/// The number of requests for one file.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct RequestCount {
    pub path: String,
    pub requests: u64,
}

/// The number of requests for a path that was not found.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct MissingFile {
    pub path: String,
    pub requests: u64,
    /// The most similar name of a file.
    pub nearest: Option<String>,
}

impl RefusalCount {
    /// The reasons with at least one refused connection.
    pub(crate) fn all_in(counts: &Counts) -> Vec<Self> {
        let all = Refusal::ALL.into_iter().zip(counts.refused);
        let all = all.map(|(reason, connections)| Self {
            reason,
            connections,
        });
        all.filter(|refused| refused.connections > 0).collect()
    }

    fn row(self) -> String {
        let reason = match self.reason {
            Refusal::Address => t!("status.refused.address"),
            Refusal::FirstByte => t!("status.refused.first_byte"),
            Refusal::Head => t!("status.refused.head"),
            Refusal::Stalled => t!("status.refused.stalled"),
            Refusal::Malformed => t!("status.refused.malformed"),
        };
        counted(self.connections, &reason)
    }
}

impl From<(&str, u64)> for RequestCount {
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
    /// The status line of a terminal with this many columns.
    pub(crate) fn line(&self, columns: usize) -> String {
        let traffic = &self.traffic;
        let line = t!(
            "status.line",
            title = printable(self.title.as_deref().unwrap_or_default()),
            players = plural::players(traffic.players),
            requests = rate(traffic.requests_per_second),
            bytes = size(traffic.bytes_per_second as u64),
        );
        fit(&line, columns)
    }

    /// The whole status, for people.
    pub(crate) fn text(&self) -> String {
        let traffic = &self.traffic;
        let mut text = String::new();
        let mut line = |line: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{line}");
        };
        line(&match (&self.title, &self.game) {
            (Some(title), Some(game)) => t!(
                "status.game",
                title = printable(title),
                game = printable(game),
                time = duration(self.on_the_air_seconds)
            ),
            _ => t!("status.no_game"),
        });
        for address in &self.addresses {
            line(&format!("  {}", printable(address)));
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
            refused = self
                .refused
                .iter()
                .map(|refused| refused.connections)
                .sum::<u64>(),
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

fn counted(count: u64, path: &str) -> String {
    format!(
        "  {}  {}",
        align_right(&count.to_string(), 8),
        printable(path)
    )
}

fn align_right(text: &str, width: usize) -> String {
    let filled = pad(text, width);
    let blanks = filled.len() - text.len();
    format!("{}{text}", " ".repeat(blanks))
}

/// Formats a rate: one decimal below 10, none above.
fn rate(rate: f64) -> String {
    match rate {
        0.05..9.95 => format!("{rate:.1}"),
        _ => format!("{rate:.0}"),
    }
}

/// Formats a duration: `42 s`, `3 min`, `2 h 05 min`.
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
    fn rates_and_durations_are_formatted_for_people() {
        for (value, expected) in [(0.0, "0"), (0.26, "0.3"), (9.96, "10"), (1234.4, "1234")] {
            assert_eq!(rate(value), expected);
        }
        for (seconds, expected) in [(5, "5 s"), (65, "1 min"), (7500, "2 h 05 min")] {
            assert_eq!(duration(seconds), expected);
        }
    }
}
