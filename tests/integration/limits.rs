//! Limits over real connections: who is turned away, and that nobody else is.

use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;

use crate::support::{Client, Place, in_time};

/// Linux answers on all of 127.0.0.0/8, so that clients can have addresses of their own.
fn from(address: [u8; 4], port: u16) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket
        .bind(&std::net::SocketAddr::from((address, 0)).into())
        .unwrap();
    let server = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    socket.connect(&server.into()).unwrap();
    let stream: TcpStream = socket.into();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
}

fn is_closed(mut stream: &TcpStream) -> bool {
    matches!(stream.read(&mut [0]), Ok(0))
}

#[test]
fn an_address_with_too_many_connections_is_turned_away_alone() {
    let place = Place::with_three_games_and(
        "[limits]\nconnections_per_address = 3\ntrusted_proxies = [\"127.0.0.9\"]",
    );
    let (running, port) = place.serve(&["alpha"]);
    let mut greedy: Vec<_> = (0..3).map(|_| from([127, 0, 0, 2], port)).collect();
    for _ in 0..50 {
        assert!(is_closed(&from([127, 0, 0, 2], port)));
    }
    // Another address, and a proxy that speaks for many.
    let others: Vec<_> = (0..3).map(|_| Client::connect(port)).collect();
    let proxied: Vec<_> = (0..5).map(|_| from([127, 0, 0, 9], port)).collect();
    for mut client in others {
        assert_eq!(client.get("/").status, 200);
    }
    drop(proxied);
    let said = |err: &str| err.contains("127.0.0.2");
    let err = running.until_err("word of it", said);
    // Once a second, not once each.
    let lines = err.lines().filter(|line| line.contains("too many")).count();
    assert!(lines < 10, "{err}");
    // A place that is given back can be had again.
    greedy.pop();
    in_time(|| {
        let mut again = Client::over(from([127, 0, 0, 2], port)).ok()?;
        again.try_send(crate::support::head("GET", "/", &[])).ok()?;
        again
            .answer_head()
            .ok()
            .filter(|answer| answer.status == 200)
    })
    .expect("the place is free again");
}

#[test]
fn when_all_places_are_taken_new_connections_wait() {
    let place = Place::with_three_games_and(
        "[limits]\nconnections = 2\nfirst_byte_timeout = 100\nidle_timeout = 1000",
    );
    let (running, port) = place.serve(&["alpha"]);
    let mut first = Client::connect(port);
    let second = Client::connect(port);
    assert_eq!(first.get("/").status, 200);
    let mut waiting = Client::connect(port);
    waiting.patience(Duration::from_millis(300));
    waiting.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(waiting.answer_head().is_err());
    running.until_err("word of it", |err| err.contains("as many connections"));
    waiting.patience(Duration::from_secs(20));
    drop(second);
    assert_eq!(waiting.answer().status, 200);
    assert_eq!(first.get("/").status, 200);
}

#[test]
fn a_target_and_a_content_have_the_greatest_lengths_configured() {
    let place = Place::with_three_games_and(
        "[limits]\ntarget_bytes = 20\ncontent_bytes = 10\nrequests = 4",
    );
    let (_running, port) = place.serve(&["alpha"]);
    for (method, path, content, status) in [
        ("GET", "/?456789012345678901", "", 200),
        ("GET", "/?4567890123456789012", "", 414),
        ("POST", "/", "0123456789", 405),
        ("POST", "/", "0123456789a", 413),
    ] {
        let mut client = Client::connect(port);
        let length = format!("Content-Length: {}", content.len());
        client.send(crate::support::head(method, path, &[&length]) + content);
        assert_eq!(
            client.answer_to(method).status,
            status,
            "{method} {path} {content}"
        );
    }
    let mut client = Client::connect(port);
    for _ in 0..3 {
        assert_eq!(client.get("/").field("connection"), None);
    }
    assert_eq!(client.get("/").field("connection"), Some("close"));
    assert_eq!(client.rest(), b"");
}

#[test]
fn a_limit_that_cannot_be_is_an_error_with_its_line() {
    for (settings, word) in [
        ("trusted_proxies = [\"10.0.0.0/33\"]", "10.0.0.0/33"),
        ("trusted_proxies = [\"localhost\"]", "localhost"),
        ("connections_per_address = 0", "0"),
        ("least_rate = 0", "0"),
        ("rate_window = 0", "seconds"),
    ] {
        let place = Place::with_three_games_and(&format!("[limits]\n{settings}"));
        let finished = place.run(&["0", "alpha"]).with_code(2);
        assert!(finished.err.contains("config.toml:2"), "{finished:?}");
        assert!(finished.err.contains(word), "{finished:?}");
    }
}
