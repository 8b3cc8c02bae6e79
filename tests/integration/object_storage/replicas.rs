//! Five replicas of one library: one game on all of them, page loads whole on whichever replica answers.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::object_storage::Stored;
use crate::object_storage::service::Fault;
use crate::support::{Answer, Client, PATIENCE, Running, in_time, in_time_of};

const REPLICAS: usize = 5;
const SWITCHES: usize = 6;
const CLIENTS: usize = 8;

/// The files of a page load.
const ASSETS: [&str; 4] = ["a.js", "b.bin", "deep/c.json", "d.bin"];

/// Adds games that share the names of their files; each file says which game it is of.
fn add_games(stored: &Stored, games: &[&str]) {
    for game in games {
        stored.place.write(&format!("{game}/index.html"), game);
        for asset in ASSETS {
            let content = format!("{game} {asset} ").repeat(500);
            stored.place.write(&format!("{game}/{asset}"), content);
        }
    }
    let mut arguments = vec!["add"];
    arguments.extend(games);
    stored.run(&arguments);
}

fn publish(stored: &Stored, game: &str) -> String {
    stored.run(&["publish", game])
}

fn replica(stored: &Stored) -> (Running, u16) {
    let running = Running::start(stored.command(&["0", "--log", "off", "--unattended"]));
    let port = running.port();
    (running, port)
}

fn page(port: u16) -> Answer {
    Client::connect(port).request("GET", "/", &["Accept: text/html", "Connection: close"])
}

/// The cookie of the page session that an answer begins.
fn session(page: &Answer) -> String {
    let mut cookies = page.fields("set-cookie");
    let cookie = cookies
        .find(|cookie| cookie.starts_with("on-air="))
        .unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

fn asset(port: u16, name: &str, cookie: &str) -> Answer {
    let cookie = format!("Cookie: {cookie}");
    let path = format!("/{name}");
    Client::connect(port).request("GET", &path, &[&cookie, "Connection: close"])
}

/// Loads a page from one replica and its files from the others; fails if one is of another game. Returns the game.
fn load(ports: &[u16], turn: usize) -> String {
    let page = page(ports[turn % ports.len()]);
    assert_eq!(page.status, 200);
    let (game, cookie) = (page.text(), session(&page));
    for (number, name) in ASSETS.into_iter().enumerate() {
        let answer = asset(ports[(turn + number + 1) % ports.len()], name, &cookie);
        assert_eq!(answer.status, 200, "{name} of {game}");
        let expected = format!("{game} {name} ").repeat(500);
        assert!(
            answer.text() == expected,
            "{name} of another game than {game}"
        );
    }
    game
}

fn health(port: u16) -> (u16, serde_json::Value) {
    let answer = Client::connect(port).get("/.webserver/health");
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

fn until_on_air(port: u16, game: &str) {
    in_time(|| (page(port).text() == game).then_some(())).unwrap_or_else(|| {
        panic!("{game} is not on the air at {port}: {:?}", health(port));
    });
}

#[test]
fn page_loads_stay_whole_on_five_replicas_while_games_are_switched() {
    let stored = Stored::in_service().unwrap_or_else(Stored::in_folder);
    let games = ["alpha", "beta", "gamma"];
    add_games(&stored, &games);
    publish(&stored, "alpha");
    let replicas: Vec<_> = (0..REPLICAS).map(|_| replica(&stored)).collect();
    let ports: Vec<_> = replicas.iter().map(|(_, port)| *port).collect();
    let (is_over, loads) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (ports, is_over, loads) = (&ports, &is_over, &loads);
            scope.spawn(move || {
                let mut turn = client;
                while !is_over.load(Ordering::SeqCst) {
                    let game = load(ports, turn);
                    assert!(games.contains(&game.as_str()), "{game}");
                    loads.fetch_add(1, Ordering::SeqCst);
                    turn += 1;
                }
            });
        }
        for switch in 1..=SWITCHES {
            let game = games[switch % games.len()];
            let said = publish(&stored, game);
            assert!(said.contains("5 of 5 replicas"), "{said}");
            for port in &ports {
                until_on_air(*port, game);
            }
        }
        is_over.store(true, Ordering::SeqCst);
    });
    assert!(loads.load(Ordering::SeqCst) > SWITCHES);
    // What a cache in front would compare is the same everywhere.
    let fields = |port: &u16| {
        let mut client = Client::connect(*port);
        let accept = "Accept-Encoding: gzip";
        let answer = in_time(|| {
            let answer = client.request("GET", "/a.js", &[accept]);
            answer.field("content-encoding").is_some().then_some(answer)
        });
        let answer = answer.expect("compressed");
        let names = [
            "etag",
            "last-modified",
            "content-encoding",
            "content-length",
            "vary",
        ];
        names.map(|name| answer.field(name).map(str::to_owned))
    };
    let all: BTreeSet<_> = ports.iter().map(fields).collect();
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all.iter().flatten().all(Option::is_some), "{all:?}");
}

#[test]
fn a_page_load_that_began_before_a_replica_started_is_answered_whole_by_it() {
    let stored = Stored::in_folder();
    add_games(&stored, &["alpha", "beta"]);
    publish(&stored, "alpha");
    let (_first, first) = replica(&stored);
    let cookie = session(&page(first));
    publish(&stored, "beta");
    until_on_air(first, "beta");
    let (_cold, cold) = replica(&stored);
    assert_eq!(page(cold).text(), "beta");
    let answer = asset(cold, "a.js", &cookie);
    assert!(
        answer.text().starts_with("alpha a.js"),
        "{}",
        &answer.text()[..20]
    );
    let metrics = stored
        .place
        .run(&["status", "--metrics", "--port", &cold.to_string()]);
    assert!(
        metrics.out.contains("webserver_replica_lagging 0"),
        "{}",
        metrics.out
    );
}

#[test]
fn of_two_who_publish_at_once_one_is_told() {
    let stored = Stored::in_service().unwrap_or_else(Stored::in_folder);
    add_games(&stored, &["alpha", "beta", "gamma"]);
    publish(&stored, "gamma");
    let ended = thread::scope(|scope| {
        let publishing = ["alpha", "beta"].map(|game| {
            let stored = &stored;
            scope.spawn(move || Running::start(stored.command(&["publish", game])).exit())
        });
        publishing.map(|publishing| publishing.join().unwrap())
    });
    let won: Vec<_> = ended.iter().filter(|ended| ended.code == Some(0)).collect();
    assert_eq!(won.len(), 1, "{ended:?}");
    let lost = ended.iter().find(|ended| ended.code != Some(0)).unwrap();
    let words = ["right now", "at the same time"];
    assert!(
        words.iter().any(|words| lost.err.contains(words)),
        "{lost:?}"
    );
}

#[test]
fn a_game_that_a_replica_cannot_have_is_not_published() {
    let stored = Stored::in_folder();
    add_games(&stored, &["alpha", "beta"]);
    publish(&stored, "alpha");
    let (_replica, port) = replica(&stored);
    let content = format!("beta {} ", ASSETS[1]).repeat(500);
    std::fs::write(stored.content(content.as_bytes()), "damaged").unwrap();
    let refused = stored.fail(&["publish", "beta"]);
    assert!(
        refused.contains("not the file that the manifest names"),
        "{refused}"
    );
    assert_eq!(page(port).text(), "alpha");
    let healthy = in_time(|| (health(port).0 == 200).then_some(()));
    healthy.expect("the earlier game is the chosen one again");
}

#[test]
fn a_game_that_no_replica_can_fetch_yet_waits_and_no_replica_is_taken_out() {
    let Some(stored) = Stored::in_service() else {
        return;
    };
    let service = stored.service.as_ref().unwrap();
    add_games(&stored, &["alpha", "beta"]);
    publish(&stored, "alpha");
    let replicas = [replica(&stored), replica(&stored)];
    service.fault(Fault::Files);
    let began = Instant::now();
    let publishing = Running::start(stored.command(&["publish", "beta"]));
    // All replicas had half a minute to get ready.
    let waited = in_time_of(PATIENCE * 2, || {
        for (_, port) in &replicas {
            assert_eq!(health(*port).0, 200, "after {:?}", began.elapsed());
            assert_eq!(page(*port).text(), "alpha");
        }
        thread::sleep(Duration::from_millis(100));
        (began.elapsed() > Duration::from_secs(32)).then_some(())
    });
    waited.expect("the replicas answer");
    assert!(service.faults() > 0);
    service.fault(Fault::None);
    let published = publishing.exit_within(PATIENCE * 2).with_code(0);
    let expected = "0 of 2 replicas have the game; it goes on the air when half of them do";
    assert!(published.err.contains(expected), "{published:?}");
    for (_, port) in &replicas {
        until_on_air(*port, "beta");
    }
}

#[test]
fn a_replica_that_was_killed_is_not_waited_for_longer_than_its_lease() {
    let stored = Stored::in_folder();
    add_games(&stored, &["alpha", "beta"]);
    publish(&stored, "alpha");
    let (killed, _) = replica(&stored);
    let (_other, port) = replica(&stored);
    drop(killed);
    let publishing = Running::start(stored.command(&["publish", "beta"]));
    let published = publishing.exit_within(PATIENCE * 2).with_code(0);
    assert!(published.out.contains("1 of 1 replicas"), "{published:?}");
    until_on_air(port, "beta");
}

#[test]
fn an_arcade_shows_games_that_come_to_the_library_and_leave_it() {
    let stored = Stored::in_folder();
    add_games(&stored, &["alpha"]);
    let (_arcade, port) = waiting_replica(&stored, &["--arcade"]);
    let until_listed = |game: &str, is_listed: bool| {
        let link = format!("play/{game}");
        let listed = || (page(port).text().contains(&link) == is_listed).then_some(());
        in_time_of(PATIENCE * 2, listed).unwrap_or_else(|| panic!("{game}: {is_listed}"));
    };
    until_listed("alpha", true);
    add_games(&stored, &["beta"]);
    until_listed("beta", true);
    let played = in_time(|| {
        let mut client = Client::connect(port);
        client.send("GET / HTTP/1.1\r\nHost: beta.localhost\r\nConnection: close\r\n\r\n");
        (client.answer().text() == "beta").then_some(())
    });
    played.expect("it is built");
    stored.run(&["remove", "alpha", "--yes"]);
    until_listed("alpha", false);
}

#[test]
fn replicas_go_on_while_the_library_is_away_and_say_so() {
    let Some(stored) = Stored::in_service() else {
        return;
    };
    let service = stored.service.as_ref().unwrap();
    add_games(&stored, &["alpha", "beta"]);
    publish(&stored, "alpha");
    let (_replica, port) = replica(&stored);
    service.fault(Fault::Away);
    let expired = in_time(|| {
        assert_eq!(load(&[port], 0), "alpha");
        let (status, state) = health(port);
        assert_eq!(status, 200);
        (state["replica"]["lease"] == "expired").then_some(())
    });
    expired.expect("no look for ten seconds");
    let mut publish_away = stored.place.webserver(&["publish", "beta", "--lang", "en"]);
    publish_away.args(["--port", &port.to_string()]);
    service.fault(Fault::None);
    let valid = in_time(|| (health(port).1["replica"]["lease"] == "valid").then_some(()));
    valid.expect("it looks again");
    // From the replica itself, for all.
    Running::start(publish_away).exit().with_code(0);
    until_on_air(port, "beta");
}

/// Starts a replica that has nothing to announce yet. Its control socket is named after its port.
fn waiting_replica(stored: &Stored, arguments: &[&str]) -> (Running, u16) {
    let ports = || -> BTreeSet<u16> {
        let sockets = std::fs::read_dir(stored.place.home("runtime/webserver"));
        let names = sockets.into_iter().flatten().flatten();
        let names = names.filter_map(|socket| socket.file_name().into_string().ok());
        { names }
            .filter_map(|name| name.strip_suffix(".sock")?.parse().ok())
            .collect()
    };
    let before = ports();
    let plain = ["0", "--log", "off", "--unattended"];
    let running = Running::start(stored.command(&[&plain, arguments].concat()));
    let port = in_time(|| ports().difference(&before).next().copied());
    (running, port.expect("it listens"))
}

#[test]
fn a_replica_that_starts_while_the_library_is_away_answers_at_once_and_goes_on_the_air_later() {
    let Some(stored) = Stored::in_service() else {
        return;
    };
    let service = stored.service.as_ref().unwrap();
    add_games(&stored, &["alpha", "beta"]);
    publish(&stored, "alpha");
    // The client of the library waits for an answer as long as this test waits for the port.
    service.fault(Fault::Silent);
    let (_replica, port) = waiting_replica(&stored, &[]);
    assert_eq!(page(port).status, 503);
    assert_eq!(health(port).0, 503);
    service.fault(Fault::Away);
    let (_lobby, lobby) = waiting_replica(&stored, &["--arcade"]);
    assert!(!page(lobby).text().contains("play/beta"));
    service.fault(Fault::None);
    until_on_air(port, "alpha");
    let shown = in_time_of(PATIENCE * 2, || {
        page(lobby).text().contains("play/beta").then_some(())
    });
    shown.expect("the lobby has the games of the library");
}

#[test]
fn a_replica_that_may_be_behind_answers_no_page_load_of_a_site_that_it_does_not_know() {
    let Some(stored) = Stored::in_service() else {
        return;
    };
    let service = stored.service.as_ref().unwrap();
    add_games(&stored, &["alpha"]);
    publish(&stored, "alpha");
    let (_replica, port) = replica(&stored);
    let known = session(&page(port));
    let since_look = || health(port).1["replica"]["seconds_since_look"].as_u64();
    service.fault(Fault::Away);
    in_time(|| (since_look() >= Some(4)).then_some(())).expect("it cannot look");
    let elsewhere = asset(port, "a.js", "on-air=published-on-another-replica");
    assert_eq!(elsewhere.status, 503);
    assert_eq!(asset(port, "a.js", &known).status, 200);
    assert_eq!(asset(port, "a.js", "other=cookie").status, 200);
    assert_eq!(load(&[port], 0), "alpha");
    service.fault(Fault::None);
    let earlier = || asset(port, "a.js", "on-air=forgotten-long-ago");
    in_time(|| (earlier().status == 200).then_some(())).expect("nothing is newer");
}
