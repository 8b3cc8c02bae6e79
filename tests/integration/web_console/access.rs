//! Signing in to the console, and its defences against other pages.

use std::time::{Duration, Instant};

use super::{Console, Events, JSON, address};
use crate::support::{Client, Place, Running};

#[test]
fn the_token_brings_a_cookie_and_leaves_the_address() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    let page = console.send("GET", "/", &[&console.with_cookie()], "");
    assert_eq!(page.status, 200);
    let policy = page.field("content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.split("; ").any(|found| found == part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("access-control-allow-origin", ""),
    ] {
        assert_eq!(page.field(name).unwrap_or_default(), value, "{name}");
    }
    assert!(!page.text().contains(&console.token));
}

#[test]
fn without_the_cookie_only_the_request_to_sign_in_is_shown() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    let name = console.cookie.split_once('=').unwrap().0;
    let wrong = format!("Cookie: {name}={}", console.token);
    for fields in [&[][..], &[wrong.as_str()]] {
        let page = console.send("GET", "/", fields, "");
        assert_eq!(page.status, 401);
        assert!(page.text().contains("Signed out"), "{}", page.text());
        for path in ["/events", "/covers/alpha"] {
            assert_eq!(console.send("GET", path, fields, "").status, 401, "{path}");
        }
        let origin = console.own_origin();
        let all = [fields, &[origin.as_str(), JSON]].concat();
        let answer = console.send("POST", "/do/publish", &all, r#"{"game":"beta"}"#);
        assert_eq!(answer.status, 401);
    }
    assert_eq!(Client::connect(console.players).get("/").text(), "alpha");
}

#[test]
fn wrong_tokens_are_answered_late_and_not_all_at_once() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    let begin = Instant::now();
    let mut guesses: Vec<_> = (0..12)
        .map(|_| {
            let mut client = Client::connect(console.port);
            let port = console.port;
            client.send(format!(
                "GET /?token=0123456789abcdef HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
            ));
            client
        })
        .collect();
    // Meanwhile the right one is answered.
    assert_eq!(console.signed_in(), console.cookie);
    let statuses: Vec<_> = guesses
        .iter_mut()
        .map(|client| client.answer().status)
        .collect();
    assert!(begin.elapsed() >= Duration::from_secs(1));
    assert!(
        statuses.iter().all(|status| [401, 429].contains(status)),
        "{statuses:?}"
    );
    assert!(statuses.contains(&401), "{statuses:?}");
    console
        .running
        .until_err("warning", |err| err.contains("wrong token"));
}

#[test]
fn a_name_that_leads_to_this_machine_is_refused_whatever_it_brings() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    let (cookie, port) = (console.with_cookie(), console.port);
    for name in ["rebound.example", "127.0.0.1.nip.io", "alpha.localhost"] {
        let host = format!("Host: {name}:{port}");
        let origin = format!("Origin: http://{name}:{port}");
        for path in ["/", "/events", "/console.js", "/nothing"] {
            let answer = console.send_as(&host, ("GET", path), &[&cookie], "");
            assert_eq!(answer.status, 421, "{name} {path}");
        }
        let token = format!("/?token={}", console.token);
        let answer = console.send_as(&host, ("GET", &token), &[], "");
        assert_eq!((answer.status, answer.field("set-cookie")), (421, None));
        let fields = [&*cookie, &*origin, JSON];
        let answer = console.send_as(
            &host,
            ("POST", "/do/publish"),
            &fields,
            r#"{"game":"beta"}"#,
        );
        assert_eq!(answer.status, 421, "{name}");
    }
    assert_eq!(Client::connect(console.players).get("/").text(), "alpha");
}

#[test]
fn another_origin_and_a_form_do_nothing_even_with_the_cookie() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    let cookie = console.with_cookie();
    let own = console.own_origin();
    let game = format!("Origin: http://127.0.0.1:{}", console.players);
    let form = "Content-Type: application/x-www-form-urlencoded";
    let content = r#"{"game":"beta"}"#;
    for (fields, expected) in [
        (&[&*cookie, &game, JSON][..], 403),
        (&[&cookie, "Origin: http://evil.example", JSON], 403),
        (&[&cookie, "Origin: null", JSON], 403),
        (&[&cookie, JSON], 403),
        (&[&cookie, &own, "Sec-Fetch-Site: same-site", JSON], 403),
        (&[&cookie, &own, form], 415),
        (&[&cookie, &own, "Content-Type: text/plain"], 415),
        (&[&cookie, &own], 415),
    ] {
        let answer = console.send("POST", "/do/publish", fields, content);
        assert_eq!(answer.status, expected, "{fields:?}");
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let fields = [&*cookie, &own, JSON];
        let answer = console.send(method, "/do/publish?game=beta", &fields, "");
        assert_eq!(
            (answer.status, answer.field("allow")),
            (405, Some("POST")),
            "{method}"
        );
    }
    let override_ = [&*cookie, &own, JSON, "X-HTTP-Method-Override: POST"];
    assert_eq!(
        console.send("GET", "/do/publish", &override_, "").status,
        405
    );
    assert_eq!(
        console
            .send("POST", "/", &[&cookie, &own, JSON], "{}")
            .status,
        405
    );
    // Reading is for the console's own page, too.
    let answer = console.send(
        "GET",
        "/events",
        &[&cookie, "Sec-Fetch-Site: same-site"],
        "",
    );
    assert_eq!(answer.status, 403);
    assert_eq!(
        console.send("GET", "/events", &[&cookie, &game], "").status,
        403
    );
    assert_eq!(Client::connect(console.players).get("/").text(), "alpha");
}

#[test]
fn nothing_of_the_console_is_at_the_players_port() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    for path in ["/events", "/console.js", "/covers/alpha", "/texts/en"] {
        let mut client = Client::connect(console.players);
        let answer = client.request("GET", path, &[&console.with_cookie()]);
        assert_eq!(answer.status, 404, "{path}");
    }
    let mut client = Client::connect(console.players);
    let fields = [
        &*console.with_cookie(),
        &console.own_origin(),
        JSON,
        "Content-Length: 2",
    ];
    client.send(crate::support::head("POST", "/do/stop", &fields) + "{}");
    assert_eq!(client.answer().status, 405);
    let page = Client::connect(console.players).get(&format!("/?token={}", console.token));
    assert_eq!(
        (
            page.text().as_str(),
            page.field("set-cookie")
                .is_some_and(|set| set.contains("console"))
        ),
        ("alpha", false)
    );
    // This machine only, unless told otherwise.
    assert!(!console.running.err().contains("for your phone"));
}

#[test]
fn the_host_ends_access_by_a_line_and_gets_a_new_address() {
    let place = Place::with_three_games();
    let mut command = place.webserver(&["0", "alpha", "--console", "0"]);
    command.stdin(std::process::Stdio::piped());
    let mut running = Running::start(command);
    let players = running.port();
    let mut stdin = running.stdin();
    let mut console = Console::of(running, players);
    let mut events = console.events();
    events.until("status", |_| true).unwrap();
    std::io::Write::write_all(&mut stdin, b"lock\n").unwrap();
    // The open stream ends, and nothing of before opens it again.
    assert!(events.until("never", |_| false).is_none());
    let cookie = console.with_cookie();
    assert_eq!(Events::open(console.port, &cookie).err(), Some(401));
    let old = console.send("GET", &format!("/?token={}", console.token), &[], "");
    assert_eq!(old.status, 401);
    let is_new = |err: &str| address(err).is_some_and(|(_, token)| token != console.token);
    let err = console.running.until_err("new address", is_new);
    console.token = address(&err).unwrap().1;
    console.cookie = console.signed_in();
    console
        .events()
        .until("status", |status| status["game"] == "alpha")
        .unwrap();
}
