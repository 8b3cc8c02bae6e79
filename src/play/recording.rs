//! The record of a visit, made from the browser's events.

use std::time::Duration;

use serde_json::Value;

use crate::play::fault_list::FaultList;
use crate::play::page_error;
use crate::play::visit_requests::{VisitRequests, text};
use webserver::check::play_fault::{Need, PlayFault};

/// The record of a visit.
#[derive(Debug)]
pub(crate) struct Recording {
    pub requests: VisitRequests,
    pub faults: FaultList,
    /// True once the empty page has given way to the game's.
    pub has_begun: bool,
    pub is_loaded: bool,
    pub has_crashed: bool,
}

impl Recording {
    /// A record of a visit at this origin.
    pub(crate) fn new(origin: &str) -> Self {
        Self {
            requests: VisitRequests::default(),
            faults: FaultList::new(origin),
            has_begun: false,
            is_loaded: false,
            has_crashed: false,
        }
    }

    /// Records an event at this time since the beginning.
    pub(crate) fn note(&mut self, event: &str, params: &Value, at: Duration) {
        match event {
            "Network.requestWillBeSent" => self.begin(params, at),
            "Network.dataReceived" => self.requests.receive(params, at),
            "Network.responseReceived" => self.answer(params),
            "Network.loadingFinished" => self.requests.finish(params, at),
            "Network.loadingFailed" => self.fail(params, at),
            "Page.frameNavigated" => self.has_begun |= params["frame"]["parentId"].is_null(),
            "Page.loadEventFired" => self.is_loaded = true,
            "Inspector.targetCrashed" if !self.has_crashed => {
                self.has_crashed = true;
                self.faults.add(PlayFault::Crashed, "", None);
            }
            _ => page_error::record(event, params, &mut self.faults),
        }
    }

    fn begin(&mut self, params: &Value, at: Duration) {
        let url = text(&params["request"]["url"]);
        if !is_wanted_by_browser(&self.faults.name(url).0) {
            self.requests.begin(params, at);
        }
    }

    fn answer(&mut self, params: &Value) {
        let response = &params["response"];
        self.requests.receive_head(params);
        let status = response["status"].as_u64().unwrap_or_default();
        let kind = text(&params["type"]);
        if status < 400 || kind == "Preflight" {
            return;
        }
        let url = text(&response["url"]).to_owned();
        let (name, is_elsewhere) = self.faults.name(&url);
        if is_wanted_by_browser(&name) || !self.faults.is_first_miss(&name) {
            return;
        }
        let fault = PlayFault::Missing {
            name,
            status,
            need: need(kind),
            is_elsewhere,
        };
        self.faults.add(fault, "", None);
    }

    fn fail(&mut self, params: &Value, at: Duration) {
        let Some((url, kind)) = self.requests.fail(params, at) else {
            return;
        };
        let reason = match &params["corsErrorStatus"]["corsError"] {
            Value::String(error) => format!("CORS: {error}"),
            _ => match text(&params["blockedReason"]) {
                "" => text(&params["errorText"]).to_owned(),
                blocked => format!("{} ({blocked})", text(&params["errorText"])),
            },
        };
        let is_cancelled = params["canceled"] == true || reason == "net::ERR_ABORTED";
        let (name, is_elsewhere) = self.faults.name(&url);
        if is_cancelled || is_wanted_by_browser(&name) || !self.faults.is_first_miss(&name) {
            return;
        }
        let fault = PlayFault::Failed {
            name,
            reason,
            need: need(&kind),
            is_elsewhere,
        };
        self.faults.add(fault, "", None);
    }
}

/// True for files that browsers request by themselves.
fn is_wanted_by_browser(name: &str) -> bool {
    name == "favicon.ico" || name.starts_with(".well-known/")
}

fn need(kind: &str) -> Need {
    match kind {
        "Document" | "Script" | "Stylesheet" => Need::Vital,
        _ => Need::Other,
    }
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
        let faults = record(events).faults.found.into_iter();
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
        let requests = record(&events).requests;
        assert_eq!((requests.bytes(), requests.files()), (35, 1));
        assert!(!requests.is_quiet());
        events.push(end("1", 42.0));
        events.push(sent("2", "data:,a", "Image"));
        events.push(sent("3", "http://localhost:1/events", "EventSource"));
        let requests = record(&events).requests;
        assert_eq!((requests.bytes(), requests.files()), (42, 1));
        assert!(requests.is_quiet());
        assert_eq!(requests.last_change, Duration::from_secs(6));
        events.push(sent("4", "http://localhost:1/a", "Fetch"));
        assert!(!record(&events).requests.is_quiet());
        events.push(end("4", -1.0));
        assert!(record(&events).requests.is_quiet());
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
    fn a_crash_is_one_fault() {
        let crash = ("Inspector.targetCrashed", json!({}));
        let found = faults(&[crash.clone(), crash]);
        assert_eq!(found, [(PlayFault::Crashed, None, None)]);
    }
}
