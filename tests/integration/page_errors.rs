//! Errors of players' pages in the host's log: with `--live` only, within limits, as text that does nothing to a terminal.

use serde_json::Value;

use crate::support::{Client, Place};

/// The status of a report, posted with this content type.
fn post(port: u16, path: &str, content_type: &str, content: &str) -> u16 {
    let mut client = Client::connect(port);
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{content}",
        content.len()
    );
    client.send(request);
    client.answer_to("POST").status
}

fn report(message: &str) -> String {
    serde_json::json!({"kind": "exception", "message": message, "file": "js/a.js", "line": 3})
        .to_string()
}

const PATH: &str = "/.webserver/console";
const JSON: &str = "application/json";

#[test]
fn an_error_of_a_page_is_logged_with_its_place() {
    let place = Place::new();
    place.game("game");
    let (running, port) = place.serve(&["./game", "--live", "--log", "off"]);
    assert_eq!(post(port, PATH, JSON, &report("lost \u{1b}[31m\nall")), 204);
    let below = "/levels/.webserver/console";
    let console = r#"{"kind":"console","message":"below"}"#;
    assert_eq!(post(port, below, JSON, console), 204);
    let err = running.until_err("the second error", |err| err.contains("below"));
    let replaced = "\u{fffd}[31m\u{fffd}all";
    let expected = format!("! 127.0.0.1: exception in js/a.js:3: lost {replaced}\n");
    assert!(err.contains(&expected), "{err}");
    assert!(err.contains("console.error in"), "{err}");
}

#[test]
fn a_json_log_has_a_record_of_each() {
    let place = Place::new();
    place.game("game");
    let (running, port) = place.serve(&["./game", "--live", "--log", "json"]);
    post(port, PATH, JSON, &report(&"é".repeat(3000)));
    let record = |err: &str| {
        let records = err
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        records
            .into_iter()
            .find(|record| record["event"] == "page_error")
    };
    let err = running.until_err("a record", |err| record(err).is_some());
    let record = record(&err).unwrap();
    assert_eq!(record["kind"], "exception");
    assert_eq!(record["client"], "127.0.0.1");
    assert_eq!(
        (&record["file"], &record["line"]),
        (&"js/a.js".into(), &3.into())
    );
    let message = record["message"].as_str().unwrap();
    assert!(
        message.len() < 1100 && message.ends_with("(6000 bytes)"),
        "{message}"
    );
}

#[test]
fn what_is_no_report_is_refused_and_not_logged() {
    let place = Place::new();
    place.game("game");
    let (running, port) = place.serve(&["./game", "--live", "--log", "off"]);
    let secret = report("secret");
    for (path, content_type, content, expected) in [
        // A page of another site can send these types without asking first.
        (PATH, "text/plain", &*secret, 405),
        (PATH, "application/x-www-form-urlencoded", &secret, 405),
        ("/index.html", JSON, &secret, 405),
        (PATH, JSON, "{\"message\":\"secret\"}", 400),
        (PATH, JSON, &report(&"secret".repeat(2000)), 413),
    ] {
        assert_eq!(
            post(port, path, content_type, content),
            expected,
            "{content_type}"
        );
    }
    let (off, quiet) = place.serve(&["./game", "--log", "off"]);
    assert_eq!(post(quiet, PATH, JSON, &secret), 405, "without --live");
    post(port, PATH, JSON, &report("the last"));
    let err = running.until_err("the last error", |err| err.contains("the last"));
    assert!(
        !err.contains("secret") && !off.err().contains("secret"),
        "{err}"
    );
}

#[test]
fn the_errors_of_a_player_are_limited_and_can_be_paused() {
    let place = Place::new();
    place.game("game");
    let mut command = place.webserver(&["0", "./game", "--live", "--log", "off"]);
    command.stdin(std::process::Stdio::piped());
    let mut running = crate::support::Running::start(command);
    let port = running.port();
    let mut keyboard = running.stdin();
    let mut type_line =
        |line: &str| std::io::Write::write_all(&mut keyboard, line.as_bytes()).unwrap();
    type_line("errors\n");
    running.until_err("the pause", |err| err.contains("no longer logged"));
    assert_eq!(post(port, PATH, JSON, &report("unheard")), 204);
    type_line("errors\n");
    running.until_err("the end of the pause", |err| err.contains("logged again"));
    for number in 0..30 {
        assert_eq!(
            post(port, PATH, JSON, &report(&format!("error {number}."))),
            204
        );
    }
    running.until_err("the tenth error", |err| err.contains("error 9."));
    // The next line of the log comes after the errors.
    type_line("status\n");
    let err = running.until_err("the status", |err| err.contains("requests/s"));
    assert!(
        !err.contains("error 10.") && !err.contains("unheard"),
        "{err}"
    );
}
