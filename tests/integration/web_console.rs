//! The host's console in a browser: who gets in, what other pages may not do, and what it shows and does.

mod access;
mod games;
mod uploads;

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Answer, Client, Place, Running, Screen, in_time};

/// A server with a console, and a browser that is signed in to it.
struct Console {
    running: Running,
    port: u16,
    players: u16,
    token: String,
    cookie: String,
}

/// Port and token of the last address in what the server printed.
fn address(err: &str) -> Option<(u16, String)> {
    let (_, rest) = err.rsplit_once("http://127.0.0.1:")?;
    let (port, rest) = rest.split_once("/?token=")?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric())?;
    Some((port.parse().ok()?, rest[..end].to_owned()))
}

impl Console {
    fn open(place: &Place, arguments: &[&str]) -> Self {
        let all = [arguments, &["--console", "0"]].concat();
        let (running, players) = place.serve(&all);
        Self::of(running, players)
    }

    /// The console of a server that serves players at this port.
    fn of(running: Running, players: u16) -> Self {
        let err = running.until_err("console", |err| address(err).is_some());
        let (port, token) = address(&err).unwrap();
        let mut console = Self {
            running,
            port,
            players,
            token,
            cookie: String::new(),
        };
        console.cookie = console.signed_in();
        console
    }

    /// The cookie that the token brings.
    fn signed_in(&self) -> String {
        let answer = self.send("GET", &format!("/?token={}", self.token), &[], "");
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert_eq!(answer.field("location"), Some("/"));
        let set = answer.field("set-cookie").unwrap();
        let (pair, attributes) = set.split_once("; ").unwrap();
        assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Strict");
        pair.to_owned()
    }

    /// The answer to a request with these fields besides `Host`.
    fn send(&self, method: &str, path: &str, fields: &[&str], content: &str) -> Answer {
        let host = format!("Host: 127.0.0.1:{}", self.port);
        self.send_as(&host, (method, path), fields, content)
    }

    fn send_as(
        &self,
        host: &str,
        (method, path): (&str, &str),
        fields: &[&str],
        content: &str,
    ) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\n{host}\r\n");
        for field in fields {
            head += &format!("{field}\r\n");
        }
        if !content.is_empty() {
            head += &format!("Content-Length: {}\r\n", content.len());
        }
        let mut client = Client::connect(self.port);
        client.send(format!("{head}\r\n{content}"));
        client.answer_to(method)
    }

    fn with_cookie(&self) -> String {
        format!("Cookie: {}", self.cookie)
    }

    fn own_origin(&self) -> String {
        format!("Origin: http://127.0.0.1:{}", self.port)
    }

    /// An action as the page's scripts post it.
    fn act(&self, action: &str, content: &Value) -> Answer {
        let fields = [&self.with_cookie(), &self.own_origin(), JSON];
        self.send(
            "POST",
            &format!("/do/{action}"),
            &fields,
            &content.to_string(),
        )
    }

    fn events(&self) -> Events {
        Events::open(self.port, &self.with_cookie()).unwrap()
    }
}

const JSON: &str = "Content-Type: application/json";

/// A stream of events.
struct Events {
    client: Client,
    text: String,
}

impl Events {
    fn open(port: u16, cookie: &str) -> Result<Self, u16> {
        let mut client = Client::connect(port);
        client.send(format!(
            "GET /events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{cookie}\r\n\r\n"
        ));
        let answer = client.answer_head().unwrap();
        match answer.status {
            200 => {
                assert_eq!(answer.field("content-type"), Some("text/event-stream"));
                Ok(Self {
                    client,
                    text: String::new(),
                })
            }
            status => Err(status),
        }
    }

    /// Reads until an event of this name satisfies a condition. `None` if the stream ends.
    fn until(&mut self, name: &str, is_such: impl Fn(&Value) -> bool) -> Option<Value> {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = event.to_owned();
                self.text = rest.to_owned();
                let found =
                    event.lines().find_map(|line| line.strip_prefix("event: ")) == Some(name);
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                let data: Value = serde_json::from_str(data.unwrap_or("null")).unwrap_or_default();
                if found && is_such(&data) {
                    return Some(data);
                }
            }
            assert!(Instant::now() < deadline, "no such event {name}");
            let bytes = self.client.read(64 << 10).ok()?;
            if bytes.is_empty() {
                return None;
            }
            // Without the sizes of the chunks; no event here is split within a line by one.
            for line in String::from_utf8_lossy(&bytes).split_inclusive('\n') {
                let is_size = line.ends_with("\r\n");
                let size = line.trim_end();
                if is_size && size == "0" {
                    return None;
                }
                if !(is_size && (size.is_empty() || u64::from_str_radix(size, 16).is_ok())) {
                    self.text += line.strip_suffix("\r\n").unwrap_or(line);
                }
            }
        }
    }
}

#[test]
fn two_consoles_see_the_same_and_either_publishes() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    let (mut one, mut other) = (console.events(), console.events());
    for events in [&mut one, &mut other] {
        let library = events.until("library", |_| true).unwrap();
        let slugs: Vec<_> = library["games"]
            .as_array()
            .unwrap()
            .iter()
            .map(|game| game["slug"].clone())
            .collect();
        assert_eq!(slugs, ["alpha", "beta", "gamma"]);
        assert_eq!(
            library["games"][1]["title"],
            json!({"en": "Beta Quest", "zh": "第二关"})
        );
        let status = events.until("status", |_| true).unwrap();
        assert_eq!(status["game"], "alpha");
    }
    assert_eq!(console.act("publish", &json!({"game": "beta"})).status, 200);
    assert_eq!(Client::connect(console.players).get("/").text(), "beta");
    for events in [&mut one, &mut other] {
        events
            .until("status", |status| status["game"] == "beta")
            .unwrap();
    }
    place.write("beta/index.html", "new beta");
    assert_eq!(console.act("rebuild", &json!({})).status, 200);
    assert_eq!(Client::connect(console.players).get("/").text(), "new beta");
    Client::connect(console.players).get("/Index.htm");
    for events in [&mut one, &mut other] {
        let is_missing = |status: &Value| status["missing"][0]["path"] == "Index.htm";
        let status = events.until("status", is_missing).unwrap();
        assert_eq!(status["missing"][0]["nearest"], "index.html");
    }
}

#[test]
fn the_log_arrives_whole_and_then_line_by_line() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha", "--log", "text"]);
    let has = |log: &Value, words: &str| {
        let lines = log["lines"].as_array().unwrap();
        lines
            .iter()
            .any(|line| line["text"].as_str().unwrap().contains(words))
    };
    let mut early = console.events();
    assert_eq!(early.until("log", |_| true).unwrap()["first"], true);
    Client::connect(console.players).get("/first-thing");
    let log = early.until("log", |log| has(log, "/first-thing")).unwrap();
    assert_eq!(log["first"], false);
    let kinds: Vec<_> = log["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["kind"].clone())
        .collect();
    assert!(kinds.contains(&json!("request")), "{kinds:?}");
    let log = console.events().until("log", |_| true).unwrap();
    assert!(log["first"] == true && has(&log, "/first-thing"), "{log}");
}

#[test]
fn a_game_outside_the_library_is_not_published_and_a_broken_one_says_why() {
    let place = Place::with_three_games();
    place.game("elsewhere");
    let console = Console::open(&place, &["alpha"]);
    for game in ["elsewhere", "./elsewhere", "/etc", "2", "Beta Quest", ""] {
        let answer = console.act("publish", &json!({"game": game}));
        assert_eq!(answer.status, 404, "{game}");
    }
    for content in [
        json!({"game": "beta", "folder": "/"}),
        json!("beta"),
        json!({"game": 1}),
    ] {
        assert_eq!(console.act("publish", &content).status, 400, "{content}");
    }
    assert_eq!(console.act("nonsense", &json!({})).status, 405);
    let long = json!({"game": "x".repeat(100_000)});
    assert_eq!(console.act("publish", &long).status, 413);
    fs::remove_dir_all(place.path("gamma")).unwrap();
    let answer = console.act("publish", &json!({"game": "gamma"}));
    assert_eq!(answer.status, 409);
    let reason: Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(
        reason["what"].as_str().unwrap().contains("gamma"),
        "{reason}"
    );
    assert_eq!(Client::connect(console.players).get("/").text(), "alpha");
}

#[test]
fn the_console_stops_the_server_and_is_off_unless_it_is_asked_for() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    assert_eq!(console.act("stop", &json!({})).status, 200);
    console.running.exit().with_code(0);
    let mut screen = Screen::open(&place, (24, 80), &["0", "alpha"]);
    screen.until("the status line", |rows| {
        rows.iter().any(|row| row.contains("h help"))
    });
    screen.press("w");
    screen.until_shows("--console 9000");
    assert!(!screen.text().contains("token"));
}

#[test]
fn the_console_is_there_before_the_first_game() {
    let place = Place::new();
    place.write(
        "config.toml",
        "unattended = true\nlibrary = \"games\"\n[console]\nlisten = \"localhost:0\"\n",
    );
    fs::create_dir(place.path("games")).unwrap();
    let running = Running::start(place.webserver(&["0"]));
    let err = running.until_err("console", |err| address(err).is_some());
    let (port, token) = address(&err).unwrap();
    let mut client = Client::connect(port);
    client.send(format!(
        "GET /?token={token} HTTP/1.1\r\nHost: [::1]:{port}\r\n\r\n"
    ));
    let set = client.answer().field("set-cookie").unwrap().to_owned();
    let cookie = format!("Cookie: {}", set.split(';').next().unwrap());
    let mut events = Events::open(port, &cookie).unwrap();
    let status = events.until("status", |_| true).unwrap();
    assert_eq!(status["game"], Value::Null);
}

#[test]
fn a_cover_that_is_not_in_the_game_is_added_shown_and_goes_with_the_game() {
    let place = Place::with_three_games();
    place.write(
        "config.toml",
        "[[games]]\nslug = \"alpha\"\npath = \"alpha\"\n[[games]]\nslug = \"beta\" # of beta\npath = \"beta\"\ncover = \"shot.png\"\n",
    );
    place.write("beta/shot.png", "no picture");
    let console = Console::open(&place, &["alpha", "--arcade"]);
    let mut events = console.events();
    let files_of_beta = || uploads::walk(&place.path("beta")).len();
    let (before, cookie) = (files_of_beta(), console.with_cookie());
    let send = |game: &str, picture: &[u8], fields: &[&str]| {
        let mut client = Client::connect(console.port);
        client.send(format!(
            "POST /added-covers/{game} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{}\r\nContent-Length: {}\r\n\r\n",
            console.port,
            fields.join("\r\n"),
            picture.len(),
        ));
        client.send(picture);
        client.answer()
    };
    let (origin, bytes) = (
        console.own_origin(),
        "Content-Type: application/octet-stream",
    );
    let own = [&*cookie, &*origin, bytes];
    let png = |last: u8| [b"\x89PNG\r\n\x1a\n and so on".as_slice(), &[last]].concat();
    for (game, picture, fields, expected) in [
        ("beta", png(1), vec![&*origin, bytes], 401),
        ("beta", png(1), vec![&*cookie, bytes], 403),
        (
            "beta",
            png(1),
            vec![&*cookie, "Origin: http://127.0.0.1:1", bytes],
            403,
        ),
        (
            "beta",
            png(1),
            vec![&*cookie, &*origin, "Content-Type: text/plain"],
            415,
        ),
        ("delta", png(1), own.to_vec(), 404),
        ("..%2Fbeta", png(1), own.to_vec(), 404),
        (
            "beta",
            b"<script>alert(1)</script>".to_vec(),
            own.to_vec(),
            409,
        ),
        ("beta", vec![], own.to_vec(), 409),
        ("beta", vec![7; (2 << 20) + 1], own.to_vec(), 413),
    ] {
        assert_eq!(
            send(game, &picture, &fields).status,
            expected,
            "{game} {fields:?}"
        );
    }
    let added = || -> Vec<String> {
        let entries = fs::read_dir(place.path(".covers")).into_iter().flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    };
    assert_eq!(added(), [""; 0]);
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec();
    for (picture, media_type, extension) in [
        (png(1), "image/png", "png"),
        (png(2), "image/png", "png"),
        (svg, "image/svg+xml", "svg"),
        (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), "image/webp", "webp"),
        (b"\xff\xd8\xff and so on".to_vec(), "image/jpeg", "jpg"),
    ] {
        assert_eq!(send("beta", &picture, &own).status, 200, "{extension}");
        let names = added();
        assert_eq!(names.len(), 1, "the one before is deleted: {names:?}");
        assert!(names[0].starts_with("beta-") && names[0].ends_with(extension));
        let is_set = |library: &Value| library["games"][1]["cover_file"] == *names[0];
        events.until("library", is_set).unwrap();
        let cover = console.send("GET", "/covers/beta", &[&cookie], "");
        assert_eq!(
            (cover.field("content-type"), &cover.body),
            (Some(media_type), &picture)
        );
        let in_lobby = in_time(|| {
            let mut client = Client::connect(console.players);
            let cover = client.get(&format!("/covers/beta.{extension}"));
            (cover.body == picture).then_some(())
        });
        assert!(in_lobby.is_some(), "{extension}");
    }
    assert_eq!(files_of_beta(), before, "nothing is written into the game");
    let config = fs::read_to_string(place.path("config.toml")).unwrap();
    assert!(
        config.contains("# of beta") && config.contains("shot.png"),
        "{config}"
    );
    // Another choice takes it back.
    let edit = json!({"game": "beta", "cover": ""});
    assert_eq!(console.act("edit", &edit).status, 200);
    events
        .until("library", |library| {
            library["games"][1]["cover_file"].is_null()
        })
        .unwrap();
    assert_eq!(added(), [""; 0]);
    // Renaming keeps it, removing the game takes it along.
    assert_eq!(send("beta", &png(3), &own).status, 200);
    let edit = json!({"game": "beta", "slug": "renamed"});
    assert_eq!(console.act("edit", &edit).status, 200);
    events
        .until("library", |library| {
            library["games"][1]["slug"] == "renamed"
        })
        .unwrap();
    let cover = console.send("GET", "/covers/renamed", &[&cookie], "");
    assert_eq!(cover.body, png(3));
    let removed = place.run(&["remove", "renamed", "--yes"]);
    assert_eq!(removed.code, Some(0), "{}", removed.err);
    assert!(!place.path(".covers").exists());
    assert!(place.path("beta/shot.png").exists());
}

#[test]
fn all_pages_reload_at_the_hosts_wish_where_they_follow_the_server() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha", "--live", "--arcade"]);
    console
        .events()
        .until("library", |library| library["live"] == true)
        .unwrap();
    let follow = |host: &str| {
        // The game is built first.
        let built = in_time(|| {
            let mut client = Client::connect(console.players);
            client.send(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"));
            client
                .answer()
                .text()
                .contains("live.js\" data-site")
                .then_some(())
        });
        assert!(built.is_some(), "{host}");
        let mut client = Client::connect(console.players);
        client.send(format!(
            "GET /.webserver/events HTTP/1.1\r\nHost: {host}\r\n\r\n"
        ));
        assert_eq!(client.answer_head().unwrap().status, 200);
        client
    };
    let mut pages = ["beta.localhost", "gamma.localhost"].map(follow);
    let mut told = |times: usize| {
        for page in &mut pages {
            let mut text = String::new();
            while text.matches("event: reload\n").count() < times {
                text += &String::from_utf8_lossy(&page.read(4096).unwrap());
            }
        }
    };
    assert_eq!(console.act("reload", &json!({})).status, 200);
    told(1);
    // A page that comes later is not told of what was before.
    let mut later = follow("beta.localhost");
    let first = String::from_utf8_lossy(&later.read(4096).unwrap()).into_owned();
    assert!(
        first.contains("data: ") && !first.contains("reload"),
        "{first}"
    );
    assert_eq!(console.act("reload", &json!({})).status, 200);
    told(1);
    let next = String::from_utf8_lossy(&later.read(4096).unwrap()).into_owned();
    assert!(next.contains("event: reload"), "{next}");
}

#[test]
fn without_live_no_page_reloads_and_the_host_is_told_so() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    console
        .events()
        .until("library", |library| library["live"] == false)
        .unwrap();
    let answer = console.act("reload", &json!({}));
    assert_eq!(answer.status, 409);
    assert!(answer.text().contains("--live"), "{}", answer.text());
}
