//! The log of requests, and what is said when a game goes on the air.

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{Client, Place, Running, head};

/// Requests as they are sent, and method, path, status and content bytes as they are to be logged.
fn requests() -> [(String, [&'static str; 4]); 6] {
    [
        (head("GET", "/", &[]), ["GET", "/", "200", "5"]),
        (head("HEAD", "/", &[]), ["HEAD", "/", "200", "0"]),
        (
            head("GET", "/digits.txt", &["Range: bytes=2-5"]),
            ["GET", "/digits.txt", "206", "4"],
        ),
        (
            head("GET", "/a%0d%0ab%1b[2J", &[]),
            ["GET", "/a%0d%0ab%1b[2J", "400", ""],
        ),
        (
            head("GET", "/%E4%B8%AD%C2%85", &[]),
            ["GET", "/%E4%B8%AD%C2%85", "404", ""],
        ),
        (
            head("POST", "/?secret=1", &["Content-Length: 0"]),
            ["POST", "/", "405", ""],
        ),
    ]
}

/// Sends the requests one by one and stops the server; says what it wrote after the address.
fn logged(arguments: &[&str]) -> String {
    let place = Place::with_three_games();
    place.write("alpha/digits.txt", "0123456789");
    let (running, port) = place.serve(&[&["alpha"], arguments].concat());
    for (request, [method, _, status, _]) in requests() {
        let mut client = Client::connect(port);
        client.send(&request);
        let answer = client.answer_to(method).status.to_string();
        assert_eq!(answer, status, "{request}");
    }
    running.signal(Signal::TERM);
    running.exit().with_code(0).err
}

#[test]
fn each_request_is_a_line_for_people() {
    let err = logged(&[]);
    let is_control = |c: char| c.is_control() && c != '\n';
    assert!(!err.contains(is_control), "{err:?}");
    let (_, log) = err.split_once("Ctrl-C").unwrap();
    let lines: Vec<_> = log.lines().skip(1).collect();
    assert_eq!(lines.len(), requests().len(), "{err}");
    for (line, (_, [method, path, status, bytes])) in lines.iter().zip(requests()) {
        let words: Vec<_> = line.split_whitespace().collect();
        let [
            time,
            client,
            its_method,
            its_path,
            its_status,
            size,
            unit,
            duration,
            millis,
        ] = words[..]
        else {
            panic!("{line}");
        };
        let digits: Vec<_> = time.split(':').map(str::parse::<u8>).collect();
        assert!(
            digits.len() == 3 && digits.iter().all(Result::is_ok),
            "{line}"
        );
        assert_eq!(client, "127.0.0.1", "{line}");
        assert_eq!([its_method, its_path], [method, path], "{line}");
        assert_eq!(its_status, status, "{line}");
        assert!(bytes.is_empty() || [size, unit] == [bytes, "B"], "{line}");
        assert!(
            duration
                .parse::<f64>()
                .is_ok_and(|millis| millis < 60_000.0),
            "{line}"
        );
        assert_eq!(millis, "ms", "{line}");
    }
}

/// In alphabetical order.
const REQUEST_FIELDS: [&str; 14] = [
    "bytes",
    "client",
    "event",
    "host",
    "level",
    "method",
    "micros",
    "page",
    "path",
    "query",
    "referer",
    "status",
    "time",
    "user_agent",
];

#[test]
fn with_log_json_every_byte_is_part_of_a_record() {
    let err = logged(&["--log", "json"]);
    let records: Vec<Value> = err
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    for record in &records {
        let time = record["time"].as_str().unwrap();
        assert!(time.contains('T') && time.ends_with('Z'), "{record}");
        assert!(["info", "warn", "error"].contains(&record["level"].as_str().unwrap()));
        assert!(record["event"].is_string(), "{record}");
    }
    assert_eq!(records[0]["event"], "listening", "{err}");
    assert_eq!(records[0]["game"], "alpha", "{err}");
    let address = records[0]["addresses"][0].as_str().unwrap();
    assert!(address.starts_with("http://localhost:"), "{err}");
    let last = records.last().unwrap();
    assert_eq!(last["event"], "stopped", "{err}");
    assert_eq!(last["exit"], 0, "{err}");
    let is_request = |record: &&Value| record["event"] == "request";
    let log: Vec<_> = records.iter().filter(is_request).collect();
    assert_eq!(log.len(), requests().len(), "{err}");
    for (line, (_, [method, path, status, bytes])) in log.iter().zip(requests()) {
        assert_eq!(line["client"], "127.0.0.1", "{line}");
        assert_eq!(line["method"], method, "{line}");
        assert_eq!(line["host"], "localhost", "{line}");
        assert_eq!(line["path"], path, "{line}");
        let its_status = line["status"].as_u64().unwrap().to_string();
        assert_eq!(its_status, status, "{line}");
        let its_bytes = line["bytes"].as_u64().unwrap().to_string();
        assert!(bytes.is_empty() || its_bytes == bytes, "{line}");
        assert!(line["micros"].is_u64(), "{line}");
        let fields: Vec<_> = line.as_object().unwrap().keys().collect();
        assert_eq!(fields, REQUEST_FIELDS, "as the README lists them");
    }
    assert_eq!(log[5]["query"], "secret=1");
}

#[test]
fn with_log_json_a_failure_is_a_record() {
    let place = Place::with_three_games();
    for arguments in [
        &["0", "nonsense", "--log", "json"][..],
        &["0", "--log=json", "--nonsense"],
        &["x", "--log", "json"],
        &["0", "alpha", "--log", "json", "--config", "nowhere.toml"],
    ] {
        let finished = place.run(arguments).with_code(2);
        let records: Vec<Value> = finished
            .err
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect();
        let failed = records.iter().find(|record| record["event"] == "failed");
        let failed = failed.unwrap_or_else(|| panic!("{}", finished.err));
        assert_eq!(failed["level"], "error");
        assert!(failed["message"].is_string(), "{failed}");
    }
}

#[test]
fn the_log_can_be_turned_off() {
    let err = logged(&["--log", "off"]);
    assert!(err.contains("Alpha Quest"), "{err}");
    assert!(err.trim_end().ends_with("Ctrl-C stops."), "{err}");
}

#[test]
fn quiet_prints_the_address_and_the_request_log_only() {
    let err = logged(&["--quiet", "--log", "off"]);
    let port = err
        .strip_prefix("http://localhost:")
        .and_then(|rest| rest.strip_suffix("/\n"));
    let is_port = port.is_some_and(|port| port.parse::<u16>().is_ok());
    assert!(is_port, "{err}");
}

#[test]
fn quiet_does_not_silence_the_request_log() {
    for log in [&[][..], &["--log", "text"]] {
        let err = logged(&[&["--quiet"], log].concat());
        assert_eq!(err.lines().count(), 1 + requests().len(), "{log:?} {err}");
    }
    let err = logged(&["--quiet", "--log", "json"]);
    let requests_logged = err.matches("\"event\":\"request\"").count();
    assert_eq!(requests_logged, requests().len(), "{err}");
}

#[test]
fn the_game_its_size_and_its_addresses_are_announced() {
    let place = Place::with_three_games();
    place.write("alpha/a/level.bin", [0; 20_000]);
    place.write("alpha/b.bin", [0; 4_321]);
    place.write("alpha/.hidden", [0; 50_000]);
    for (language, title) in [("en", "Alpha Quest"), ("zh-CN", "第一关")] {
        let (running, port) = place.serve(&["alpha", "--lang", language]);
        let err = running.until_err("last line", |err| err.contains("Ctrl-C"));
        for word in [title, &format!("http://localhost:{port}/")] {
            assert!(err.contains(word), "{word}: {err}");
        }
        // With the 5 bytes of index.html, 24,326.
        let size = err.lines().find(|line| line.contains("24.3 kB"));
        let size = size.unwrap_or_else(|| panic!("{err}"));
        assert!(size.split(' ').any(|word| word == "3"), "{size}");
    }
}

#[test]
fn an_unread_log_delays_no_player() {
    let place = Place::with_three_games();
    let command = place.webserver(&["0", "alpha"]);
    let running = Running::start_unread_after(command, Some("Ctrl-C"));
    let mut client = Client::connect(running.port());
    let path = format!("/{}", "x".repeat(1000));
    // Two megabytes of log: no pipe holds as much.
    for _ in 0..2000 {
        assert_eq!(client.get(&path).status, 404);
    }
}

#[test]
fn a_closed_log_does_not_stop_the_server() {
    let place = Place::with_three_games();
    let command = place.webserver(&["0", "alpha"]);
    let mut running = Running::start_unread_after(command, Some("Ctrl-C"));
    let mut client = Client::connect(running.port());
    running.hang_up();
    for _ in 0..100 {
        assert_eq!(client.get("/").text(), "alpha");
    }
    assert!(running.is_alive());
    running.signal(Signal::TERM);
    running.exit().with_code(0);
}

/// The request of a browser for a page.
fn browser(path: &str, user_agent: &str) -> String {
    let user_agent = format!("User-Agent: {user_agent}");
    head("GET", path, &["Accept: text/html,*/*", &user_agent])
}

const PHONE: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Mobile/15E148 Safari/604.1";

#[test]
fn with_log_players_a_page_load_is_one_line() {
    let place = Place::with_three_games();
    place.write("alpha/a.js", "1");
    let (running, port) = place.serve(&["alpha", "--log", "players"]);
    let mut client = Client::connect(port);
    for path in ["/", "/a.js", "/hero.png"] {
        client.send(browser(path, PHONE));
        client.answer();
    }
    let err = running.until_err("player", |err| err.contains("iPhone"));
    let line = err.lines().find(|line| line.contains("iPhone")).unwrap();
    let says = "127.0.0.1        iPhone  loaded Alpha Quest (2 files, ";
    assert!(line.contains(says), "{line}");
    assert!(line.ends_with("not found: /hero.png"), "{line}");
    running.signal(Signal::TERM);
    let err = running.exit().with_code(0).err;
    assert_eq!(err.matches("iPhone").count(), 1, "{err}");
}

#[test]
fn a_page_load_cut_by_the_end_is_logged() {
    let place = Place::with_three_games();
    let (running, port) = place.serve(&["alpha", "--log", "players", "--lang", "zh-CN"]);
    let mut client = Client::connect(port);
    client.send(browser("/", PHONE));
    client.answer();
    running.signal(Signal::TERM);
    let err = running.exit().with_code(0).err;
    assert!(err.contains("iPhone  加载了 第一关（1 个文件"), "{err}");
}
