//! Health, counters and confinement of a running server, seen from outside.

use std::fs;
use std::net::TcpListener;

use crate::support::{Client, Place, Running, in_time};

fn metrics_port(running: &Running) -> u16 {
    let has = |err: &str| err.contains("/metrics");
    let err = running.until_err("address of the metrics", has);
    let (_, rest) = err.split_once("http://127.0.0.1:").unwrap();
    rest.split_once('/').unwrap().0.parse().unwrap()
}

#[test]
fn health_states_the_game_and_the_uptime() {
    let place = Place::with_three_games();
    let (_running, port) = place.serve(&["beta"]);
    let mut client = Client::connect(port);
    let answer = client.get("/.webserver/health");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.field("content-type"), Some("application/json"));
    assert_eq!(answer.field("cache-control"), Some("no-store"));
    let health: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(health["ready"], true);
    assert_eq!(health["game"], "beta");
    assert!(health["uptime_seconds"].as_u64().unwrap() < 60, "{health}");

    let head = client.request("HEAD", "/.webserver/health", &[]);
    assert_eq!((head.status, head.length()), (200, answer.body.len()));
    for (method, path, status) in [
        ("POST", "/.webserver/health", 405),
        ("GET", "/.webserver/", 404),
        ("GET", "/.webserver", 404),
        ("GET", "/.webserver/health/", 404),
    ] {
        let answer = client.request(method, path, &["Content-Length: 0"]);
        assert_eq!(answer.status, status, "{method} {path}");
    }
}

#[test]
fn no_file_of_a_game_replaces_the_health_check() {
    let place = Place::new();
    place.game("game");
    place.write("game/.webserver/health", "false");
    let (_running, port) = place.serve(&["./game"]);
    let answer = Client::connect(port).get("/.webserver/health");
    assert!(
        answer.text().contains("\"ready\":true"),
        "{}",
        answer.text()
    );
}

#[test]
fn metrics_are_served_at_their_own_address() {
    let place = Place::with_three_games();
    let (running, port) = place.serve(&["alpha", "--metrics", "127.0.0.1:0"]);
    let metrics = metrics_port(&running);
    let mut client = Client::connect(port);
    for path in ["/", "/", "/nothing"] {
        client.get(path);
    }
    Client::connect(port).send("garbage\r\n\r\n");
    let mut scraper = Client::connect(metrics);
    let expected = [
        "webserver_requests_total{status=\"200\"} 2",
        "webserver_requests_total{status=\"404\"} 1",
        "webserver_response_seconds_count 3",
        "webserver_connections_refused_total{reason=\"malformed\"} 1",
        "webserver_connections_accepted_total 2",
        "webserver_connections 1",
    ];
    let mut text = String::new();
    // What a client has received is counted in a moment.
    in_time(|| {
        let answer = scraper.get("/metrics");
        assert_eq!(answer.status, 200);
        let media_type = answer.field("content-type").unwrap();
        assert!(media_type.starts_with("application/openmetrics-text"));
        text = answer.text();
        let has = |line| text.lines().any(|found| found == line);
        expected.into_iter().all(has).then_some(())
    })
    .unwrap_or_else(|| panic!("{text}"));
    assert_eq!(scraper.get("/").status, 404);
    assert_eq!(
        scraper
            .request("POST", "/metrics", &["Content-Length: 0"])
            .status,
        405
    );
    // Players are shown none of it.
    assert_eq!(client.get("/metrics").status, 404);
}

#[test]
fn an_address_for_metrics_that_is_in_use_is_an_error() {
    let place = Place::with_three_games();
    let (_running, port) = place.serve(&["alpha"]);
    let address = format!("127.0.0.1:{port}");
    let finished = place
        .run(&["0", "alpha", "--metrics", &address])
        .with_code(1);
    assert!(finished.err.contains(&port.to_string()), "{finished:?}");
}

#[test]
fn the_port_of_the_players_is_none_for_metrics_or_the_console() {
    let place = Place::with_three_games();
    for option in ["--metrics", "--console"] {
        // Another program may take the port meanwhile.
        in_time(|| {
            let free = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = free.local_addr().unwrap().port();
            drop(free);
            let address = format!("127.0.0.1:{port}");
            let finished = place.run(&[&port.to_string(), "alpha", option, &address]);
            let words = format!("{option}: this server uses port {port} already");
            finished.with_code(1).err.contains(&words).then_some(())
        })
        .expect("the message");
    }
}

#[test]
fn answers_do_not_name_the_server_software() {
    let place = Place::with_three_games();
    let (_running, port) = place.serve(&["alpha"]);
    let mut client = Client::connect(port);
    for path in ["/", "/nothing", "/.webserver/health"] {
        let answer = client.get(path);
        for field in ["server", "x-powered-by", "via"] {
            assert_eq!(answer.field(field), None, "{path}");
        }
        assert!(!answer.text().contains(env!("CARGO_PKG_VERSION")), "{path}");
    }
}

#[test]
fn pages_have_a_referrer_policy() {
    let place = Place::with_three_games();
    place.write("alpha/main.js", "1");
    let (_running, port) = place.serve(&["alpha"]);
    let mut client = Client::connect(port);
    let policy = Some("strict-origin-when-cross-origin");
    assert_eq!(client.get("/").field("referrer-policy"), policy);
    assert_eq!(client.get("/main.js").field("referrer-policy"), None);
    for path in ["/", "/main.js", "/nothing"] {
        let answer = client.get(path);
        assert_eq!(
            answer.field("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
    }
}

/// proc(5): each thread's `NoNewPrivs`.
#[test]
#[cfg(target_os = "linux")]
fn serving_threads_are_restricted() {
    // A kernel without Landlock leaves them as they are started.
    let own = fs::read_to_string("/proc/self/status").unwrap();
    let own = own
        .lines()
        .find(|line| line.starts_with("NoNewPrivs"))
        .unwrap();
    let expected = match webserver::sandbox::is_possible() {
        true => "NoNewPrivs:\t1",
        false => own,
    };
    let place = Place::with_three_games();
    let (running, port) = place.serve(&["alpha"]);
    assert_eq!(Client::connect(port).get("/").status, 200);
    let tasks = format!("/proc/{}/task", running.pid());
    let mut serving = 0;
    for task in fs::read_dir(tasks).unwrap() {
        let status = fs::read_to_string(task.unwrap().path().join("status")).unwrap_or_default();
        if status.contains("tokio-rt") || status.contains("tokio-runtime") {
            assert!(status.contains(expected), "{status}");
            serving += 1;
        }
    }
    assert!(serving > 0);
}
