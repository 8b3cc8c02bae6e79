//! The requests of a visit and the bytes that they received.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value;

/// The most requests that are told apart.
const MAX_REQUESTS: usize = 100_000;

/// The requests of a visit, by the browser's ids.
#[derive(Debug, Default)]
pub(crate) struct VisitRequests {
    requests: HashMap<String, RequestRecord>,
    /// The time at which the last request ended or began.
    pub last_change: Duration,
}

#[derive(Debug, Default)]
struct RequestRecord {
    url: String,
    kind: String,
    bytes: u64,
    is_done: bool,
}

impl VisitRequests {
    /// The number of files that were loaded.
    pub(super) fn files(&self) -> u64 {
        let loaded = self.requests.values().filter(|request| request.bytes > 0);
        loaded.count() as u64
    }

    /// The bytes that were received, with the heads of the answers.
    pub(super) fn bytes(&self) -> u64 {
        self.requests.values().map(|request| request.bytes).sum()
    }

    /// True if no answer is under way. Streams of events never end.
    pub(super) fn is_quiet(&self) -> bool {
        let is_done = |request: &RequestRecord| {
            request.is_done || matches!(&*request.kind, "EventSource" | "Ping" | "WebSocket")
        };
        self.requests.values().all(is_done)
    }

    /// Begins a request, if it goes over the network.
    pub(super) fn begin(&mut self, params: &Value, at: Duration) {
        let url = text(&params["request"]["url"]);
        let is_net = url.starts_with("http://") || url.starts_with("https://");
        if is_net && self.requests.len() < MAX_REQUESTS {
            self.last_change = at;
            let request = self.requests.entry(text(&params["requestId"]).to_owned());
            // A redirected request begins again, with what it has received.
            let request = request.or_default();
            request.url = url.to_owned();
            request.kind = text(&params["type"]).to_owned();
            request.is_done = false;
        }
    }

    /// Counts the head of an answer.
    pub(super) fn receive_head(&mut self, params: &Value) {
        let head = length(&params["response"]["encodedDataLength"]);
        if let Some(request) = self.request(params) {
            request.bytes += head;
        }
    }

    /// Counts a part of an answer.
    pub(super) fn receive(&mut self, params: &Value, at: Duration) {
        let bytes = length(&params["encodedDataLength"]);
        if let Some(request) = self.request(params) {
            request.bytes += bytes;
            self.last_change = at;
        }
    }

    /// Ends a request that was answered.
    pub(super) fn finish(&mut self, params: &Value, at: Duration) {
        let bytes = length(&params["encodedDataLength"]);
        if let Some(request) = self.request(params) {
            request.bytes = request.bytes.max(bytes);
            request.is_done = true;
            self.last_change = at;
        }
    }

    /// Ends a request that failed, and returns its URL and the kind of file that it was for.
    pub(super) fn fail(&mut self, params: &Value, at: Duration) -> Option<(String, String)> {
        let request = self.request(params)?;
        request.is_done = true;
        let failed = (request.url.clone(), request.kind.clone());
        self.last_change = at;
        Some(failed)
    }

    fn request(&mut self, params: &Value) -> Option<&mut RequestRecord> {
        self.requests.get_mut(text(&params["requestId"]))
    }
}

/// A string of an event; empty if there is none.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn length(value: &Value) -> u64 {
    value.as_f64().map_or(0, |length| length.max(0.0) as u64)
}
