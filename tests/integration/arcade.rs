//! The arcade: games at origins of their own, built when they are first requested.

use std::fs;

use crate::support::{Answer, Client, Place, in_time};

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
