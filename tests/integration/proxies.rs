//! Behind a proxy: the client that it states is the client of the log, and links hold below any prefix.

use std::net::TcpStream;

use crate::support::{Client, Place, in_time, resolve};

#[test]
fn the_log_names_the_client_that_a_trusted_proxy_states() {
    for (settings, field, expected) in [
        ("", "X-Forwarded-For: 203.0.113.7, 127.0.0.9", "203.0.113.7"),
        ("", "Forwarded: for=\"[2001:db8::7]:4711\"", "2001:db8::7"),
        (
            "trusted_proxies = []",
            "X-Forwarded-For: 203.0.113.7",
            "127.0.0.1",
        ),
    ] {
        let place = Place::with_three_games_and(&format!("[limits]\n{settings}"));
        let (running, port) = place.serve(&["alpha", "--log", "text"]);
        let answer = Client::connect(port).request("GET", "/", &[field]);
        assert_eq!(answer.status, 200);
        running.until_err(field, |err| {
            err.lines()
                .any(|line| line.contains("GET") && line.contains(expected))
        });
    }
}

#[test]
fn a_client_behind_a_proxy_has_a_limit_of_its_own() {
    let place = Place::with_three_games_and("[limits]\nconnections_per_address = 2");
    place.write("alpha/big.txt", "x".repeat(32 << 20));
    let (_running, port) = place.serve(&["alpha"]);
    let greedy = "X-Forwarded-For: 203.0.113.7";
    // Two responses that it does not read.
    let mut unread: Vec<_> = (0..2).map(|_| Client::connect(port)).collect();
    for client in &mut unread {
        client.send(crate::support::head("GET", "/big.txt", &[greedy]));
        assert_eq!(client.answer_head().unwrap().status, 200);
    }
    let ask = |client: &str| Client::connect(port).request("GET", "/", &[client]).status;
    assert_eq!(ask(greedy), 429);
    for other in [
        "X-Forwarded-For: 203.0.113.8",
        "Forwarded: for=\"[2001:db8::7]\"",
        "X-None: 1",
    ] {
        assert_eq!(ask(other), 200, "{other}");
    }
    let metrics = place.run(&["status", "--metrics"]).with_code(0).out;
    assert!(metrics.contains("{reason=\"address\"} 1\n"), "{metrics}");
    unread.pop();
    in_time(|| (ask(greedy) == 200).then_some(())).expect("a response has ended");
}

#[test]
fn a_proxy_protocol_header_states_the_client_and_is_required() {
    let place = Place::with_three_games_and(
        "[limits]\nproxy_protocol = true\ntrusted_proxies = [\"127.0.0.1\"]",
    );
    let (running, port) = place.serve(&["alpha", "--log", "text"]);
    let v2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x07\x7f\0\0\x01\x10\0\0\x50";
    let v1 = b"PROXY TCP4 203.0.113.7 127.0.0.1 4711 80\r\n";
    for (header, expected) in [(&v1[..], "203.0.113.7"), (&v2[..], "198.51.100.7")] {
        let mut client = Client::connect(port);
        client.send(header);
        assert_eq!(client.get("/").status, 200);
        assert_eq!(client.get("/").status, 200, "the connection is kept");
        running.until_err(expected, |err| err.contains(expected));
    }
    let mut bare = Client::connect(port);
    let _ = bare.try_send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(bare.rest(), b"");
    // A header from elsewhere than a trusted proxy could be forged.
    let mut stranger = Client::over(stranger(port)).unwrap();
    let _ = stranger.try_send(v1);
    let _ = stranger.try_send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(stranger.rest(), b"");
}

/// A connection from another address of this machine.
fn stranger(port: u16) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    let address = std::net::SocketAddr::from(([127, 0, 0, 2], 0));
    socket.bind(&address.into()).unwrap();
    let server = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    socket.connect(&server.into()).unwrap();
    socket.into()
}

#[test]
fn redirects_and_links_hold_below_the_prefix_of_a_proxy() {
    let place = Place::with_three_games();
    place.write("alpha/levels/index.html", "levels");
    let (_running, port) = place.serve(&["alpha"]);
    let mut client = Client::connect(port);
    let prefix = "/games/x";
    let location = client.get("/levels?a=1");
    let location = resolve(
        &format!("{prefix}/levels"),
        location.field("location").unwrap(),
    );
    assert_eq!(location, format!("{prefix}/levels/?a=1"));
}
