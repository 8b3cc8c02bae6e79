//! The arcade: games at origins of their own, built when they are first requested.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

use rustix::process::Signal;

use crate::support::{Answer, Client, Place, Running, in_time};

/// The answer to a request for a path of the game at this host name.
fn get_at(port: u16, host: &str, path: &str) -> Answer {
    let mut client = Client::connect(port);
    client.send(format!(
        "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n"
    ));
    client.answer()
}

/// Waits until the game at a host name answers with this text.
fn until_says(port: u16, host: &str, text: &str) {
    let said = in_time(|| {
        let answer = get_at(port, host, "/");
        (answer.text() == text).then_some(())
    });
    assert!(said.is_some(), "{host} never said {text}");
}

#[test]
fn each_game_is_at_a_name_of_its_own_beside_the_one_at_the_root() {
    let place = Place::with_three_games_and("domain = \"games.example.org\"");
    let (server, port) = place.serve(&["alpha", "--arcade"]);
    let first = get_at(port, "beta.localhost", "/");
    // The first request gets the waiting page, or the game if it was quick.
    assert!([200, 503].contains(&first.status), "{}", first.status);
    until_says(port, "beta.localhost", "beta");
    until_says(port, "gamma.games.example.org", "gamma");
    assert_eq!(get_at(port, "GAMMA.localhost", "/").text(), "gamma");
    for featured in ["localhost", "127.0.0.1", "games.example.org"] {
        assert_eq!(get_at(port, featured, "/").text(), "alpha", "{featured}");
    }
    assert_eq!(get_at(port, "delta.localhost", "/").status, 404);
    place
        .run(&["publish", "gamma", "--port", &port.to_string()])
        .with_code(0);
    assert_eq!(get_at(port, "localhost", "/").text(), "gamma");
    assert_eq!(get_at(port, "beta.localhost", "/").text(), "beta");
    drop(server);
}

#[test]
fn a_game_of_the_arcade_follows_its_files_and_a_broken_one_leaves_the_others_alone() {
    let place = Place::with_three_games();
    let (server, port) = place.serve(&["alpha", "--arcade"]);
    until_says(port, "beta.localhost", "beta");
    place.write("beta/index.html", "new beta");
    until_says(port, "beta.localhost", "new beta");
    fs::remove_dir_all(place.path("gamma")).unwrap();
    assert_eq!(get_at(port, "gamma.localhost", "/").status, 503);
    assert!(in_time(|| server.err().contains("Gamma Quest").then_some(())).is_some());
    assert_eq!(get_at(port, "gamma.localhost", "/").status, 503);
    assert_eq!(get_at(port, "beta.localhost", "/").text(), "new beta");
}

#[test]
fn without_the_arcade_every_name_leads_to_the_game_on_the_air() {
    let place = Place::with_three_games();
    let (_server, port) = place.serve(&["alpha"]);
    for host in ["beta.localhost", "delta.localhost"] {
        assert_eq!(get_at(port, host, "/").text(), "alpha", "{host}");
    }
}

/// The port of a game, as the program printed it.
fn port_of(server: &Running, slug: &str) -> u16 {
    let err = server.until_err("the game's port", |err| {
        err.contains("http://gamma.localhost")
    });
    let line = err
        .lines()
        .find(|line| line.contains(&format!("http://{slug}.localhost:")));
    let (_, port) = line
        .and_then(|line| line.rsplit_once(' '))
        .unwrap_or_else(|| panic!("{err}"));
    port.parse().unwrap_or_else(|_| panic!("{err}"))
}

/// Waits until a port answers with this text.
fn until_port_says(port: u16, text: &str) {
    let said = in_time(|| (Client::connect(port).get("/").text() == text).then_some(()));
    assert!(said.is_some(), "port {port} never said {text}");
}

/// Starts the arcade at this port, `None` if another program has it meanwhile.
fn arcade_at(place: &Place, port: u16) -> Option<Running> {
    let server = Running::start(place.webserver(&[&port.to_string(), "alpha", "--arcade"]));
    let err = server.until_err("address or refusal", |err| err.lines().count() > 1);
    err.contains(&format!("http://localhost:{port}/"))
        .then_some(server)
}

fn stop(server: Running) {
    server.signal(Signal::TERM);
    server.exit().with_code(0);
}

#[test]
fn each_game_has_a_port_of_its_own_over_http_and_https() {
    let place = Place::with_three_games();
    place.run(&["ca", "--export", "ca.crt"]).with_code(0);
    let (server, port) = place.serve(&["alpha", "--arcade"]);
    let ports = ["alpha", "beta", "gamma"].map(|slug| (slug, port_of(&server, slug)));
    for (slug, own) in ports {
        assert!(own > port, "{slug} at {own}, next to {port}");
        until_port_says(own, slug);
        assert_eq!(
            get_at(own, "alpha.localhost", "/").text(),
            slug,
            "whatever the Host field says"
        );
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--max-time", "20", "--cacert", "ca.crt", "--http2"]);
        curl.arg(format!("https://127.0.0.1:{own}/"))
            .current_dir(place.path(""));
        let answer = curl.env_clear().output().unwrap();
        assert_eq!(String::from_utf8_lossy(&answer.stdout), slug, "{answer:?}");
    }
    assert_eq!(Client::connect(port).get("/").text(), "alpha");
    // Kept connections at every port end with the server.
    let mut kept = ports.map(|(_, own)| Client::connect(own));
    kept.iter_mut().for_each(|client| drop(client.get("/")));
    stop(server);
    for client in &mut kept {
        assert_eq!(client.rest(), b"");
    }
}

#[test]
fn a_games_port_is_kept_whatever_happens_to_the_library_and_to_other_ports() {
    let entry = |slug: &str| format!("[[games]]\nslug = \"{slug}\"\npath = \"{slug}\"\n");
    let is_kept = (0..5).any(|_| {
        let place = Place::with_three_games();
        place.game("delta");
        let (chosen, port) = place.serve(&["alpha", "--arcade"]);
        stop(chosen);
        let Some(server) = arcade_at(&place, port) else {
            return false;
        };
        let [alpha, beta, gamma] = ["alpha", "beta", "gamma"].map(|slug| port_of(&server, slug));
        // A game that leaves answers no more, and its port is not given to another.
        place.write(
            "config.toml",
            ["delta", "gamma", "alpha"].map(entry).concat(),
        );
        assert!(in_time(|| (Client::connect(beta).get("/").status == 404).then_some(())).is_some());
        until_port_says(gamma, "gamma");
        stop(server);
        let Some(server) = arcade_at(&place, port) else {
            return false;
        };
        assert_eq!(port_of(&server, "alpha"), alpha);
        assert_eq!(port_of(&server, "gamma"), gamma);
        let delta = port_of(&server, "delta");
        assert!(![alpha, beta, gamma].contains(&delta), "{delta}");
        stop(server);
        // Another program has gamma's port for a while.
        let Ok(other) = TcpListener::bind((Ipv4Addr::UNSPECIFIED, gamma)) else {
            return false;
        };
        let Some(server) = arcade_at(&place, port) else {
            return false;
        };
        let moved = port_of(&server, "gamma");
        assert!(![alpha, beta, gamma, delta].contains(&moved), "{moved}");
        until_port_says(moved, "gamma");
        assert_eq!(
            server
                .err()
                .matches(&format!("port {gamma} of gamma"))
                .count(),
            1
        );
        stop(server);
        drop(other);
        let Some(server) = arcade_at(&place, port) else {
            return false;
        };
        assert_eq!(port_of(&server, "gamma"), gamma);
        true
    });
    assert!(is_kept, "the ports were in use each time");
}
