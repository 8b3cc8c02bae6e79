//! The record of a visit, made from the browser's events.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use webserver::check::play_fault::{Need, ObservedFault, PlayFault};

/// The most faults that are kept: a game may throw in every frame.
const MAX_FAULTS: usize = 100;

/// The most requests that are told apart.
const MAX_REQUESTS: usize = 100_000;

/// The longest message that is kept, in characters.
const MAX_MESSAGE: usize = 300;

/// The record of a visit.
#[derive(Debug)]
pub(crate) struct Recording {
    /// The origin of the game, with a slash.
    origin: String,
    requests: HashMap<String, RequestRecord>,
    missing: HashSet<String>,
    pub faults: Vec<ObservedFault>,
    /// True once the empty page has given way to the game's.
    pub has_begun: bool,
    pub is_loaded: bool,
    pub has_crashed: bool,
    /// The time at which the last request ended or began.
    pub last_traffic: Duration,
}

#[derive(Debug, Default)]
struct RequestRecord {
    url: String,
    kind: String,
    bytes: u64,
    is_done: bool,
}

impl Recording {
    /// A record of a visit at this origin.
    pub(crate) fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            requests: HashMap::new(),
            missing: HashSet::new(),
            faults: Vec::new(),
            has_begun: false,
            is_loaded: false,
            has_crashed: false,
            last_traffic: Duration::ZERO,
        }
    }

    /// The number of files that were loaded.
    pub(crate) fn files(&self) -> u64 {
        let loaded = self.requests.values().filter(|request| request.bytes > 0);
        loaded.count() as u64
    }

    /// The bytes that were received, with the heads of the answers.
    pub(crate) fn bytes(&self) -> u64 {
        self.requests.values().map(|request| request.bytes).sum()
    }

    /// True if no answer is under way. Streams of events never end.
    pub(crate) fn is_quiet(&self) -> bool {
        let is_done = |request: &RequestRecord| {
            request.is_done || matches!(&*request.kind, "EventSource" | "Ping" | "WebSocket")
        };
        self.requests.values().all(is_done)
    }

    /// Takes note of an event at this time after the beginning.
    pub(crate) fn note(&mut self, event: &str, params: &Value, at: Duration) {
        match event {
            "Network.requestWillBeSent" => self.begin(params, at),
            "Network.dataReceived" => self.receive(params, at),
            "Network.responseReceived" => self.answer(params),
            "Network.loadingFinished" => self.finish(params, at),
            "Network.loadingFailed" => self.fail(params, at),
            "Runtime.exceptionThrown" => self.exception(&params["exceptionDetails"]),
            "Runtime.consoleAPICalled" => self.console(params),
            "Log.entryAdded" => self.log(&params["entry"]),
            "Page.frameNavigated" => self.has_begun |= params["frame"]["parentId"].is_null(),
            "Page.loadEventFired" => self.is_loaded = true,
            "Page.javascriptDialogOpening" => self.dialog(params),
            "Inspector.targetCrashed" if !self.has_crashed => {
                self.has_crashed = true;
                self.add(PlayFault::Crashed, "", None);
            }
            _ => {}
        }
    }

    fn begin(&mut self, params: &Value, at: Duration) {
        let url = text(&params["request"]["url"]);
        let is_net = url.starts_with("http://") || url.starts_with("https://");
        let is_net = is_net && !is_wanted_by_browser(&self.name(url).0);
        if is_net && self.requests.len() < MAX_REQUESTS {
            self.last_traffic = at;
            let request = self.requests.entry(text(&params["requestId"]).to_owned());
            // A redirected request begins again, with what it has received.
            let request = request.or_default();
            request.url = url.to_owned();
            request.kind = text(&params["type"]).to_owned();
            request.is_done = false;
        }
    }

    fn request(&mut self, params: &Value) -> Option<&mut RequestRecord> {
        self.requests.get_mut(text(&params["requestId"]))
    }

    fn receive(&mut self, params: &Value, at: Duration) {
        let bytes = length(&params["encodedDataLength"]);
        if let Some(request) = self.request(params) {
            request.bytes += bytes;
            self.last_traffic = at;
        }
    }

    fn answer(&mut self, params: &Value) {
        let response = &params["response"];
        let head = length(&response["encodedDataLength"]);
        if let Some(request) = self.request(params) {
            request.bytes += head;
        }
        let status = response["status"].as_u64().unwrap_or_default();
        let kind = text(&params["type"]);
        if status < 400 || kind == "Preflight" {
            return;
        }
        let url = text(&response["url"]).to_owned();
        let (name, is_elsewhere) = self.name(&url);
        if is_wanted_by_browser(&name) || !self.missing.insert(name.clone()) {
            return;
        }
        let fault = PlayFault::Missing {
            name,
            status,
            need: need(kind),
            is_elsewhere,
        };
        self.add(fault, "", None);
    }

    fn finish(&mut self, params: &Value, at: Duration) {
        let bytes = length(&params["encodedDataLength"]);
        if let Some(request) = self.request(params) {
            request.bytes = request.bytes.max(bytes);
            request.is_done = true;
            self.last_traffic = at;
        }
    }

    fn fail(&mut self, params: &Value, at: Duration) {
        let Some(request) = self.request(params) else {
            return;
        };
        request.is_done = true;
        let (url, kind) = (request.url.clone(), request.kind.clone());
        self.last_traffic = at;
        let reason = match &params["corsErrorStatus"]["corsError"] {
            Value::String(error) => format!("CORS: {error}"),
            _ => match text(&params["blockedReason"]) {
                "" => text(&params["errorText"]).to_owned(),
                blocked => format!("{} ({blocked})", text(&params["errorText"])),
            },
        };
        let is_cancelled = params["canceled"] == true || reason == "net::ERR_ABORTED";
        let (name, is_elsewhere) = self.name(&url);
        if is_cancelled || is_wanted_by_browser(&name) || !self.missing.insert(name.clone()) {
            return;
        }
        let fault = PlayFault::Failed {
            name,
            reason,
            need: need(&kind),
            is_elsewhere,
        };
        self.add(fault, "", None);
    }

    fn exception(&mut self, details: &Value) {
        let thrown = match &details["exception"]["description"] {
            Value::String(description) => description.as_str(),
            _ => match &details["exception"]["value"] {
                Value::Null => text(&details["text"]),
                value => value.as_str().unwrap_or_default(),
            },
        };
        let message = self.message(thrown);
        let frame = &details["stackTrace"]["callFrames"][0];
        let place = match (text(&details["url"]), text(&frame["url"])) {
            ("", url) => (url, &frame["lineNumber"]),
            (url, _) => (url, &details["lineNumber"]),
        };
        let fault = match text(&details["text"]).contains("(in promise)") {
            // The player has not touched the page yet.
            true if message.starts_with("NotAllowedError") => return,
            true => PlayFault::Rejected { message },
            false => PlayFault::Threw { message },
        };
        self.add(fault, place.0, place.1.as_u64());
    }

    fn console(&mut self, params: &Value) {
        if !matches!(text(&params["type"]), "error" | "assert") {
            return;
        }
        let arguments = params["args"].as_array().map_or(&[][..], Vec::as_slice);
        let words: Vec<_> = arguments.iter().map(argument).collect();
        let message = self.message(&words.join(" "));
        let frame = &params["stackTrace"]["callFrames"][0];
        let fault = PlayFault::Logged { message };
        self.add(fault, text(&frame["url"]), frame["lineNumber"].as_u64());
    }

    /// Errors of the browser itself; those of requests, scripts and workers come as events of their own, and a missing
    /// file is no script.
    fn log(&mut self, entry: &Value) {
        let is_own = !matches!(text(&entry["source"]), "network" | "javascript" | "worker");
        if text(&entry["level"]) == "error" && is_own {
            let message = self.message(text(&entry["text"]));
            if self.missing.iter().any(|name| message.contains(name)) {
                return;
            }
            let fault = PlayFault::Logged { message };
            self.add(fault, text(&entry["url"]), entry["lineNumber"].as_u64());
        }
    }

    fn dialog(&mut self, params: &Value) {
        if text(&params["type"]) != "beforeunload" {
            let message = self.message(text(&params["message"]));
            self.add(PlayFault::Dialog { message }, "", None);
        }
    }

    /// Adds a fault at a line counted from 0, unless it is known.
    pub(crate) fn add(&mut self, fault: PlayFault, url: &str, line: Option<u64>) {
        let file = url
            .strip_prefix(&self.origin)
            .map(|path| self.file_name(path));
        let observed = ObservedFault {
            fault,
            line: file.as_ref().and(line).map(|line| line as usize + 1),
            file,
        };
        if self.faults.len() < MAX_FAULTS && !self.faults.contains(&observed) {
            self.faults.push(observed);
        }
    }

    /// The name of a file of the game, or the URL, and whether it is on another host.
    fn name(&self, url: &str) -> (String, bool) {
        match url.strip_prefix(&self.origin) {
            Some(path) => (self.file_name(path), false),
            None => (url.chars().take(MAX_MESSAGE).collect(), true),
        }
    }

    fn file_name(&self, path: &str) -> String {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let name = percent_decode_str(path).decode_utf8_lossy();
        match &*name {
            "" => "/".to_owned(),
            name => name.chars().take(MAX_MESSAGE).collect(),
        }
    }

    /// The first line of a message, without the origin, which differs between visits.
    fn message(&self, text: &str) -> String {
        let line = text.lines().find(|line| !line.trim().is_empty());
        let line = line.unwrap_or_default().replace(&self.origin, "");
        line.trim().chars().take(MAX_MESSAGE).collect()
    }
}

/// True for files that browsers ask for by themselves.
fn is_wanted_by_browser(name: &str) -> bool {
    name == "favicon.ico" || name.starts_with(".well-known/")
}

fn need(kind: &str) -> Need {
    match kind {
        "Document" | "Script" | "Stylesheet" => Need::Vital,
        _ => Need::Other,
    }
}

/// An argument of `console.error` as text.
fn argument(argument: &Value) -> String {
    match &argument["value"] {
        Value::String(text) => text.clone(),
        Value::Null => text(&argument["description"]).to_owned(),
        value => value.to_string(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn length(value: &Value) -> u64 {
    value.as_f64().map_or(0, |length| length.max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(events: &[(&str, Value)]) -> Recording {
        let mut recording = Recording::new("http://localhost:1/");
        for (number, (event, params)) in events.iter().enumerate() {
            recording.note(event, params, Duration::from_secs(number as u64));
        }
        recording
    }

    fn faults(events: &[(&str, Value)]) -> Vec<(PlayFault, Option<String>, Option<usize>)> {
        let faults = record(events).faults.into_iter();
        faults.map(|one| (one.fault, one.file, one.line)).collect()
    }

    fn sent(id: &str, url: &str, kind: &str) -> (&'static str, Value) {
        let params = json!({"requestId": id, "request": {"url": url}, "type": kind});
        ("Network.requestWillBeSent", params)
    }

    fn answered(url: &str, status: u64, kind: &str) -> (&'static str, Value) {
        let params =
            json!({"requestId": "1", "response": {"url": url, "status": status}, "type": kind});
        ("Network.responseReceived", params)
    }

    #[test]
    fn bytes_are_counted_while_they_come_and_at_the_end() {
        let part = |bytes: u64| {
            let params = json!({"requestId": "1", "encodedDataLength": bytes});
            ("Network.dataReceived", params)
        };
        let end = |id: &str, bytes: f64| {
            let params = json!({"requestId": id, "encodedDataLength": bytes});
            ("Network.loadingFinished", params)
        };
        let head = json!({"requestId": "1", "response": {"status": 200, "encodedDataLength": 5}});
        let mut events = vec![
            sent("1", "http://localhost:1/", "Document"),
            ("Network.responseReceived", head),
            part(10),
            part(20),
        ];
        let recording = record(&events);
        assert_eq!((recording.bytes(), recording.files()), (35, 1));
        assert!(!recording.is_quiet());
        events.push(end("1", 42.0));
        events.push(sent("2", "data:,a", "Image"));
        events.push(sent("3", "http://localhost:1/events", "EventSource"));
        let recording = record(&events);
        assert_eq!((recording.bytes(), recording.files()), (42, 1));
        assert!(recording.is_quiet());
        assert_eq!(recording.last_traffic, Duration::from_secs(6));
        events.push(sent("4", "http://localhost:1/a", "Fetch"));
        assert!(!record(&events).is_quiet());
        events.push(end("4", -1.0));
        assert!(record(&events).is_quiet());
    }

    #[test]
    fn answers_with_errors_are_missing_files() {
        let missing = |name: &str, need, is_elsewhere| {
            let fault = PlayFault::Missing {
                name: name.to_owned(),
                status: 404,
                need,
                is_elsewhere,
            };
            (fault, None, None)
        };
        for (url, status, kind, expected) in [
            (
                "http://localhost:1/a%20b.js?v=1",
                404,
                "Script",
                Some(missing("a b.js", Need::Vital, false)),
            ),
            (
                "http://localhost:1/level.json",
                404,
                "Fetch",
                Some(missing("level.json", Need::Other, false)),
            ),
            (
                "https://cdn.example/x.js",
                404,
                "Script",
                Some(missing("https://cdn.example/x.js", Need::Vital, true)),
            ),
            ("http://localhost:1/favicon.ico", 404, "Other", None),
            ("http://localhost:1/a.js", 200, "Script", None),
            ("http://localhost:1/a.js", 304, "Script", None),
        ] {
            let events = [answered(url, status, kind), answered(url, status, kind)];
            assert_eq!(faults(&events), Vec::from_iter(expected), "{url}");
        }
    }

    #[test]
    fn a_missing_script_is_not_reported_as_no_script_too() {
        let refused = |name: &str| {
            let text = format!("Refused to execute script from 'http://localhost:1/{name}'");
            let entry = json!({"source": "security", "level": "error", "text": text});
            ("Log.entryAdded", json!({ "entry": entry }))
        };
        let missing = answered("http://localhost:1/a.js", 404, "Script");
        assert_eq!(faults(&[missing.clone(), refused("a.js")]).len(), 1);
        assert_eq!(faults(&[missing, refused("b.js")]).len(), 2);
    }

    #[test]
    fn failed_requests_have_a_reason_unless_the_page_gave_them_up() {
        for (params, expected) in [
            (
                json!({"errorText": "net::ERR_NAME_NOT_RESOLVED"}),
                Some("net::ERR_NAME_NOT_RESOLVED"),
            ),
            (
                json!({"errorText": "net::ERR_FAILED", "corsErrorStatus": {"corsError": "MissingAllowOriginHeader"}}),
                Some("CORS: MissingAllowOriginHeader"),
            ),
            (
                json!({"errorText": "net::ERR_BLOCKED_BY_RESPONSE", "blockedReason": "corp-not-same-origin"}),
                Some("net::ERR_BLOCKED_BY_RESPONSE (corp-not-same-origin)"),
            ),
            (
                json!({"errorText": "net::ERR_ABORTED", "canceled": true}),
                None,
            ),
        ] {
            let mut params = params;
            params["requestId"] = "1".into();
            let events = [
                sent("1", "https://cdn.example/x", "Fetch"),
                ("Network.loadingFailed", params),
            ];
            let reasons: Vec<_> = faults(&events)
                .into_iter()
                .map(|(fault, ..)| match fault {
                    PlayFault::Failed { reason, .. } => reason,
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(reasons, Vec::from_iter(expected.map(str::to_owned)));
        }
    }

    #[test]
    fn errors_of_the_page_have_a_place_in_the_game() {
        let message = |message: &str| message.to_owned();
        let place = (Some("js/a.js".to_owned()), Some(3));
        for (event, params, expected) in [
            (
                "Runtime.exceptionThrown",
                json!({"exceptionDetails": {"text": "Uncaught", "url": "http://localhost:1/js/a.js", "lineNumber": 2,
                    "exception": {"description": "Error: at http://localhost:1/b\n    at f"}}}),
                Some((
                    PlayFault::Threw {
                        message: message("Error: at b"),
                    },
                    place.clone(),
                )),
            ),
            (
                "Runtime.exceptionThrown",
                json!({"exceptionDetails": {"text": "Uncaught (in promise)", "exception": {"value": "no"},
                    "stackTrace": {"callFrames": [{"url": "http://localhost:1/js/a.js", "lineNumber": 2}]}}}),
                Some((
                    PlayFault::Rejected {
                        message: message("no"),
                    },
                    place.clone(),
                )),
            ),
            (
                "Runtime.exceptionThrown",
                json!({"exceptionDetails": {"text": "Uncaught (in promise)",
                    "exception": {"description": "NotAllowedError: play() failed"}}}),
                None,
            ),
            (
                "Runtime.consoleAPICalled",
                json!({"type": "error", "args": [{"value": "bad"}, {"value": 7}, {"description": "Object"}],
                    "stackTrace": {"callFrames": [{"url": "http://localhost:1/js/a.js", "lineNumber": 2}]}}),
                Some((
                    PlayFault::Logged {
                        message: message("bad 7 Object"),
                    },
                    place.clone(),
                )),
            ),
            (
                "Runtime.consoleAPICalled",
                json!({"type": "warning", "args": [{"value": "bad"}]}),
                None,
            ),
            (
                "Log.entryAdded",
                json!({"entry": {"source": "security", "level": "error", "text": "Mixed Content"}}),
                Some((
                    PlayFault::Logged {
                        message: message("Mixed Content"),
                    },
                    (None, None),
                )),
            ),
            (
                "Log.entryAdded",
                json!({"entry": {"source": "network", "level": "error", "text": "404"}}),
                None,
            ),
            (
                "Log.entryAdded",
                json!({"entry": {"source": "worker", "level": "error", "text": "Uncaught tired"}}),
                None,
            ),
            (
                "Page.javascriptDialogOpening",
                json!({"type": "alert", "message": "No WebGL"}),
                Some((
                    PlayFault::Dialog {
                        message: message("No WebGL"),
                    },
                    (None, None),
                )),
            ),
            (
                "Inspector.targetCrashed",
                json!({}),
                Some((PlayFault::Crashed, (None, None))),
            ),
        ] {
            let found = faults(&[(event, params.clone()), (event, params)]);
            let expected = expected.map(|(fault, (file, line))| (fault, file, line));
            assert_eq!(found, Vec::from_iter(expected), "{event}");
        }
    }

    #[test]
    fn the_record_of_a_page_that_never_stops_is_bounded() {
        let mut recording = Recording::new("http://localhost:1/");
        for number in 0..1000 {
            let args = json!({"type": "error", "args": [{"value": format!("{number} {}", "é".repeat(9999))}]});
            recording.note("Runtime.consoleAPICalled", &args, Duration::ZERO);
        }
        assert_eq!(recording.faults.len(), MAX_FAULTS);
        let is_short = |one: &ObservedFault| matches!(&one.fault, PlayFault::Logged { message } if message.chars().count() <= MAX_MESSAGE);
        assert!(recording.faults.iter().all(is_short));
    }
}
