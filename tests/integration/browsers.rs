//! Browsers that load the game are counted, one each, behind one address or many.

use std::net::{Ipv4Addr, TcpStream};

use crate::support::{Client, PATIENCE, Place, in_time};

/// As a browser asks for a page.
const PAGE: &str = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A browser: keeps cookies, and may have several connections.
struct Browser {
    port: u16,
    cookies: Vec<String>,
}

impl Browser {
    fn new(port: u16) -> Self {
        let cookies = Vec::new();
        Self { port, cookies }
    }

    /// Loads the page over a new connection.
    fn load(&mut self) {
        let mut client = Client::connect(self.port);
        let cookie = self.cookie();
        client.send(crate::support::head("GET", "/", &[PAGE, &cookie]));
        let answer = client.answer();
        assert_eq!(answer.status, 200);
        for set in answer.fields("set-cookie") {
            let pair = set.split(';').next().unwrap().to_owned();
            let name = pair.split_once('=').unwrap().0.to_owned() + "=";
            self.cookies.retain(|cookie| !cookie.starts_with(&name));
            self.cookies.push(pair);
        }
    }

    fn cookie(&self) -> String {
        format!("Cookie: theme=dark; {}", self.cookies.join("; "))
    }
}

fn status(place: &Place) -> serde_json::Value {
    let json = place.run(&["status", "--json"]).with_code(0).out;
    serde_json::from_str(&json).unwrap()
}

/// Waits until no browser is loading.
fn loaded(place: &Place) -> u64 {
    let settled = || {
        let status = status(place);
        let is_loading = !status["loading"].as_array().unwrap().is_empty();
        (!is_loading).then(|| status["browsers"].as_u64().unwrap())
    };
    in_time(settled).expect("all loads come to rest")
}

#[test]
fn browsers_behind_one_address_are_told_apart_and_each_counts_once() {
    let place = Place::with_three_games();
    let (_running, port) = place.serve(&["alpha"]);
    let mut browsers: Vec<_> = (0..23).map(|_| Browser::new(port)).collect();
    browsers.iter_mut().for_each(Browser::load);
    let loading = status(&place);
    assert_eq!(loading["loading"].as_array().unwrap().len(), 23);
    assert_eq!(loading["browsers"], 0, "not at rest yet");
    // A refresh, files with the page's cookie, and clients that are no browsers.
    browsers[0].load();
    browsers[1].load();
    let mut client = Client::connect(port);
    client.request("GET", "/missing.png", &[&browsers[2].cookie()]);
    for accept in ["Accept: */*", "X-Nothing: 1"] {
        assert_eq!(client.request("GET", "/", &[accept]).status, 200);
    }
    assert_eq!(loaded(&place), 23);
    let text = place.run(&["status"]).with_code(0).out;
    assert!(text.contains("loaded by 23 browsers\n"), "{text}");
    assert!(!text.contains("player"), "{text}");
    let metrics = place.run(&["status", "--metrics"]).with_code(0).out;
    assert!(
        metrics.contains("webserver_browsers_loaded 23\n"),
        "{metrics}"
    );
    // Another game begins with none, and counts those that refresh.
    place.run(&["publish", "beta"]).with_code(0);
    assert_eq!(loaded(&place), 0);
    browsers[..3].iter_mut().for_each(Browser::load);
    assert_eq!(loaded(&place), 3);
    let cookies = browsers[0].cookies.len();
    assert_eq!(cookies, 2, "{:?}", browsers[0].cookies);
}

#[test]
fn a_browser_that_loads_a_large_file_slowly_is_loading_and_its_progress_is_told() {
    let place = Place::with_three_games();
    let big = "x".repeat(32 << 20);
    place.write("alpha/big.txt", &big);
    let (_running, port) = place.serve(&["alpha"]);
    let mut browser = Browser::new(port);
    browser.load();
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    // Else the system takes up to 32 MiB for a client that reads late.
    let socket = socket2::SockRef::from(&stream);
    socket.set_recv_buffer_size(1 << 20).unwrap();
    let mut client = Client::over(stream).unwrap();
    client.send(crate::support::head(
        "GET",
        "/big.txt",
        &[&browser.cookie()],
    ));
    assert_eq!(client.answer_head().unwrap().status, 200);
    client.patience(PATIENCE);
    let mut taken = 0;
    while taken < 8 << 20 {
        taken += client.read(1 << 16).unwrap().len();
    }
    // Longer than a page load may rest.
    let progress = in_time(|| {
        let load = status(&place)["loading"][0].clone();
        (load["seconds"].as_f64().unwrap() > 3.0).then_some(load)
    })
    .expect("it goes on");
    assert_eq!(progress["client"], "127.0.0.1");
    assert_eq!(progress["files"], 2);
    assert_eq!(progress["bytes"], "alpha".len() + big.len());
    let sent = progress["sent"].as_u64().unwrap();
    assert!((7 << 20..24 << 20).contains(&sent), "{progress}");
    let text = place.run(&["status"]).with_code(0).out;
    assert!(
        text.contains("loaded by 0 browsers, 1 loading now"),
        "{text}"
    );
    assert!(text.contains(" MB of 33.6 MB, 2 files, "), "{text}");
    drop(client);
    assert_eq!(loaded(&place), 1);
}
