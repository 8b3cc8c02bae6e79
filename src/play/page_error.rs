//! The errors of a page, from the browser's events.

use serde_json::Value;

use crate::play::fault_list::FaultList;
use crate::play::visit_requests::text;
use webserver::check::play_fault::PlayFault;

/// Records an exception, a failed promise, an error in the console, an error of the browser or a dialog.
pub(super) fn record(event: &str, params: &Value, faults: &mut FaultList) {
    match event {
        "Runtime.exceptionThrown" => exception(&params["exceptionDetails"], faults),
        "Runtime.consoleAPICalled" => console(params, faults),
        "Log.entryAdded" => log(&params["entry"], faults),
        "Page.javascriptDialogOpening" => dialog(params, faults),
        _ => {}
    }
}

fn exception(details: &Value, faults: &mut FaultList) {
    let thrown = match &details["exception"]["description"] {
        Value::String(description) => description.as_str(),
        _ => match &details["exception"]["value"] {
            Value::Null => text(&details["text"]),
            value => value.as_str().unwrap_or_default(),
        },
    };
    let message = faults.message(thrown);
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
    faults.add(fault, place.0, place.1.as_u64());
}

fn console(params: &Value, faults: &mut FaultList) {
    if !matches!(text(&params["type"]), "error" | "assert") {
        return;
    }
    let arguments = params["args"].as_array().map_or(&[][..], Vec::as_slice);
    let words: Vec<_> = arguments.iter().map(argument).collect();
    let message = faults.message(&words.join(" "));
    let frame = &params["stackTrace"]["callFrames"][0];
    let fault = PlayFault::Logged { message };
    faults.add(fault, text(&frame["url"]), frame["lineNumber"].as_u64());
}

/// Errors of the browser itself; those of requests, scripts and workers come as events of their own, and a missing file
/// is not a script.
fn log(entry: &Value, faults: &mut FaultList) {
    let is_own = !matches!(text(&entry["source"]), "network" | "javascript" | "worker");
    if text(&entry["level"]) == "error" && is_own {
        let message = faults.message(text(&entry["text"]));
        if faults.names_missing(&message) {
            return;
        }
        let fault = PlayFault::Logged { message };
        faults.add(fault, text(&entry["url"]), entry["lineNumber"].as_u64());
    }
}

fn dialog(params: &Value, faults: &mut FaultList) {
    if text(&params["type"]) != "beforeunload" {
        let message = faults.message(text(&params["message"]));
        faults.add(PlayFault::Dialog { message }, "", None);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::fault_list::{MAX_FAULTS, MAX_MESSAGE};
    use serde_json::json;
    use webserver::check::play_fault::ObservedFault;

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
        ] {
            let mut list = FaultList::new("http://localhost:1/");
            for _ in 0..2 {
                record(event, &params, &mut list);
            }
            let found: Vec<_> = list
                .found
                .into_iter()
                .map(|one| (one.fault, one.file, one.line))
                .collect();
            let expected = expected.map(|(fault, (file, line))| (fault, file, line));
            assert_eq!(found, Vec::from_iter(expected), "{event}");
        }
    }

    #[test]
    fn the_record_of_a_page_that_never_stops_is_bounded() {
        let mut faults = FaultList::new("http://localhost:1/");
        for number in 0..1000 {
            let args = json!({"type": "error", "args": [{"value": format!("{number} {}", "é".repeat(9999))}]});
            record("Runtime.consoleAPICalled", &args, &mut faults);
        }
        assert_eq!(faults.found.len(), MAX_FAULTS);
        let is_short = |one: &ObservedFault| matches!(&one.fault, PlayFault::Logged { message } if message.chars().count() <= MAX_MESSAGE);
        assert!(faults.found.iter().all(is_short));
    }
}
