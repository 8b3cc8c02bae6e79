//! The status of a running server: for the status line, for people and for programs.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::console::format::{duration, rate, size};
use crate::console::layout::pad_left;
use crate::console::message::t;
use crate::console::plural;
use crate::console::printable::printable;
use crate::console::status_line::{StatusLine, browsers_text};
use webserver::metrics::counters::{Counts, Refusal};
use webserver::metrics::not_found_log::MissingPath;
use webserver::metrics::page_load::LoadProgress;

/// The most loading browsers that are listed for people.
const MAX_LOADING: usize = 10;

/// A running server, as `status --json` and the control protocol write it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Status {
    /// The slug of the game on the air; `None` before the first is published.
    pub game: Option<String>,
    pub title: Option<String>,
    pub addresses: Vec<String>,
    /// The one of them to share with players at other machines.
    #[serde(default)]
    pub share: Option<String>,
    pub on_the_air_seconds: u64,
    pub uptime_seconds: u64,
    /// The title of the game that is being built.
    pub building: Option<String>,
    /// Its progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<BuildStatus>,
    #[serde(flatten)]
    pub traffic: Traffic,
    /// The number of browsers that loaded the game on the air.
    pub browsers: u64,
    /// The browsers that are loading it.
    pub loading: Vec<BrowserProgress>,
    /// Refused connections by reason; reasons without any are left out.
    pub refused: Vec<RefusalCount>,
    /// The files requested most.
    pub top: Vec<RequestCount>,
    /// The paths that were not found.
    pub missing: Vec<MissingFile>,
}

/// The progress of a build.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct BuildStatus {
    /// The slug of the game.
    pub game: String,
    pub files: u64,
    pub all_files: u64,
    pub bytes: u64,
    pub all_bytes: u64,
}

/// The progress of a browser that is loading the game.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct BrowserProgress {
    pub client: String,
    pub seconds: f64,
    /// The files asked for so far.
    pub files: u64,
    /// The bytes sent of those files.
    pub sent: u64,
    /// The bytes of those files.
    pub bytes: u64,
}

/// Totals since the start, and current rates.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Traffic {
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

impl From<LoadProgress> for BrowserProgress {
    fn from(load: LoadProgress) -> Self {
        Self {
            client: load.client.to_string(),
            seconds: (load.elapsed.as_secs_f64() * 10.0).round() / 10.0,
            files: load.files,
            sent: load.sent,
            bytes: load.expected,
        }
    }
}

impl BrowserProgress {
    fn row(&self) -> String {
        t!(
            "status.loading_row",
            client = format!("{:<15}", printable(&self.client)),
            sent = size(self.sent),
            bytes = size(self.bytes),
            files = plural::files(self.files),
            seconds = format!("{:.1}", self.seconds),
        )
        .into_owned()
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
        let address = self.addresses.get(1).or(self.addresses.first());
        StatusLine {
            title: self.title.as_deref().unwrap_or_default(),
            address: address.map_or("", String::as_str),
            browsers: self.browsers,
            loading: self.loading.len() as u64,
            requests_per_second: self.traffic.requests_per_second,
            bytes_per_second: self.traffic.bytes_per_second,
        }
        .text(columns)
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
        // This machine's own, and three others.
        for address in self.addresses.iter().take(4) {
            line(&format!("  {}", printable(address)));
        }
        if let Some(game) = &self.building {
            line(&t!("status.building", title = printable(game)));
        }
        if self.game.is_some() {
            let browsers = browsers_text(self.browsers, self.loading.len() as u64);
            line(&t!("status.browsers", browsers = browsers));
        }
        for load in self.loading.iter().take(MAX_LOADING) {
            line(&load.row());
        }
        if self.loading.len() > MAX_LOADING {
            line(&t!(
                "status.loading_more",
                n = self.loading.len() - MAX_LOADING
            ));
        }
        line(&t!(
            "status.now",
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
        for row in self.tables() {
            line(&row);
        }
        text
    }

    /// Refusals, the files requested most, and those not found, each below its heading.
    fn tables(&self) -> Vec<String> {
        let mut rows = Vec::new();
        let mut line = |line: &str| rows.push(line.to_owned());
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
        rows
    }
}

fn counted(count: u64, path: &str) -> String {
    format!("  {}  {}", pad_left(&count.to_string(), 8), printable(path))
}
