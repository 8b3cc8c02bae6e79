//! Limits on real connections: idle ones give way, and only the clients beyond a limit are refused.

use std::io::{Read, Write};
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

/// Sends half a request, which makes the connection busy.
fn make_busy(mut stream: &TcpStream) {
    stream.write_all(b"GET / HTTP/1.1\r\nHost:").unwrap();
}

/// A whole answer over a new connection, which stays open.
fn load(address: [u8; 4], port: u16) -> Client {
    let mut client = Client::over(from(address, port)).unwrap();
    assert_eq!(client.get("/").status, 200);
    client
}

/// Something if a connection was not closed. Which has been idle longest is for the server to say: it may hear of an answer's
/// end after the next client connects. One that gives way may answer a last request, which arrived meanwhile.
fn is_open(client: &mut Client) -> Option<()> {
    let answers = (0..2).all(|_| {
        client
            .try_send(crate::support::head("HEAD", "/", &[]))
            .and_then(|()| client.answer_head())
            .is_ok_and(|answer| answer.status == 200)
    });
    answers.then_some(())
}

#[test]
fn an_address_at_its_limit_is_refused_alone_while_its_connections_are_busy() {
    let place = Place::with_three_games_and(
        "[limits]\nconnections_per_address = 3\ntrusted_proxies = [\"127.0.0.9\"]\nhead_timeout = 100",
    );
    let (running, port) = place.serve(&["alpha"]);
    let mut greedy: Vec<_> = (0..3).map(|_| from([127, 0, 0, 2], port)).collect();
    greedy.iter().for_each(make_busy);
    let beyond: Vec<_> = (0..50).map(|_| from([127, 0, 0, 2], port)).collect();
    assert!(beyond.iter().all(is_closed));
    // Another address, and a proxy that speaks for many.
    let others: Vec<_> = (0..3).map(|_| Client::connect(port)).collect();
    let proxied: Vec<_> = (0..5).map(|_| from([127, 0, 0, 9], port)).collect();
    for mut client in others {
        assert_eq!(client.get("/").status, 200);
    }
    drop(proxied);
    let err = running.until_err("the refusals", |err| err.contains("127.0.0.2"));
    // Logged once a second, not once each.
    let lines = err.lines().filter(|line| line.contains("too many")).count();
    assert!(lines < 10, "{err}");
    // A permit that is returned can be taken again.
    greedy.pop();
    in_time(|| {
        let mut again = Client::over(from([127, 0, 0, 2], port)).ok()?;
        again.try_send(crate::support::head("GET", "/", &[])).ok()?;
        again
            .answer_head()
            .ok()
            .filter(|answer| answer.status == 200)
    })
    .expect("the permit is free again");
}

#[test]
fn players_behind_one_address_all_play_although_their_connections_exceed_its_limit() {
    let place =
        Place::with_three_games_and("[limits]\nconnections_per_address = 12\ntrusted_proxies = []");
    let (_running, port) = place.serve(&["alpha"]);
    // A browser's one connection and then six more, all kept open.
    let mut players: Vec<Vec<Client>> = (0..40)
        .map(|_| (0..7).map(|_| load([127, 0, 0, 2], port)).collect())
        .collect();
    // All were answered, only idle connections gave way, and the first player connects again.
    let open = players.iter_mut().flatten().filter_map(is_open).count();
    assert!((6..=12).contains(&open), "{open}");
    load([127, 0, 0, 2], port);
}

#[test]
fn an_answer_under_way_is_never_cut_for_new_connections_of_its_address() {
    let place =
        Place::with_three_games_and("[limits]\nconnections_per_address = 2\ntrusted_proxies = []");
    let big = "x".repeat(32 << 20);
    place.write("alpha/big.txt", &big);
    let (_running, port) = place.serve(&["alpha"]);
    let mut slow = Client::over(from([127, 0, 0, 2], port)).unwrap();
    slow.send(crate::support::head("GET", "/big.txt", &[]));
    assert_eq!(slow.answer_head().unwrap().status, 200);
    let others: Vec<_> = (0..20).map(|_| load([127, 0, 0, 2], port)).collect();
    let mut received = 0;
    while received < big.len() {
        let piece = slow.read(1 << 16).unwrap();
        assert!(!piece.is_empty(), "cut after {received} bytes");
        received += piece.len();
    }
    drop(others);
}

#[test]
fn one_idle_connection_gives_way_when_the_server_is_full() {
    let place = Place::with_three_games_and(
        "[limits]\nconnections = 4\nidle_timeout = 1000\nfirst_byte_timeout = 1000",
    );
    let (_running, port) = place.serve(&["alpha"]);
    let mut idle: Vec<_> = (0..4)
        .map(|host| load([127, 0, 0, 2 + host], port))
        .collect();
    let _latest = load([127, 0, 0, 9], port);
    assert_eq!(idle.iter_mut().filter_map(is_open).count(), 3);
}

#[test]
fn a_new_connection_waits_while_all_are_busy_and_takes_the_place_that_has_been_of_no_use_longest() {
    let place = Place::with_three_games_and("[limits]\nconnections = 2\nhead_timeout = 1000");
    let (running, port) = place.serve(&["alpha"]);
    let mut longest = from([127, 0, 0, 2], port);
    make_busy(&longest);
    // The server reads one before it accepts the next.
    std::thread::sleep(Duration::from_millis(300));
    let mut second = Client::connect(port);
    second.send("GET / HTTP/1.1\r\n");
    std::thread::sleep(Duration::from_millis(300));
    let mut waiting = Client::connect(port);
    waiting.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(waiting.answer().status, 200);
    running.until_err("the limit", |err| err.contains("the connection limit"));
    // Cut, whatever has been read of it.
    assert!(matches!(longest.read(&mut [0]), Ok(0) | Err(_)));
    second.send("Host: localhost\r\n\r\n");
    assert_eq!(second.answer().status, 200);
}

#[test]
fn a_slow_stranger_with_all_connections_does_not_keep_players_out() {
    let place = Place::with_three_games_and(
        "[limits]\nconnections = 16\nconnections_per_address = 16\ntrusted_proxies = []\nhead_timeout = 1000",
    );
    let (_running, port) = place.serve(&["alpha"]);
    // One network, many addresses.
    let strangers: Vec<_> = (0..16)
        .map(|host| from([127, 0, 1, 1 + host], port))
        .collect();
    strangers.iter().for_each(make_busy);
    let _players: Vec<_> = (0..8)
        .map(|host| load([127, 0, 2, 1 + host], port))
        .collect();
}

#[test]
fn a_stranger_behind_a_forwarder_that_shows_everybody_as_this_machine_does_not_keep_players_out() {
    // 127.0.0.1 is trusted to speak for many, but states nobody.
    let place = Place::with_three_games_and(
        "[limits]
connections = 16
head_timeout = 1000",
    );
    let (_running, port) = place.serve(&["alpha"]);
    let strangers: Vec<_> = (0..14).map(|_| from([127, 0, 0, 1], port)).collect();
    strangers.iter().for_each(make_busy);
    let _players: Vec<_> = (0..4).map(|_| load([127, 0, 0, 1], port)).collect();
    // Nor anybody else.
    let _other = load([127, 0, 2, 1], port);
}

#[test]
fn a_target_and_a_content_beyond_the_configured_lengths_are_refused() {
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
fn an_invalid_limit_is_an_error_with_its_line() {
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
