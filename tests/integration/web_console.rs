//! The host's console in a browser: who gets in, what other pages may not do, and what it shows and does.

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
                if !(is_size && (size.is_empty() || u64::from_str_radix(size, 16).is_ok())) {
                    self.text += line.strip_suffix("\r\n").unwrap_or(line);
                }
            }
        }
    }
}

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
fn covers_come_from_the_game_and_act_on_nothing() {
    let place = Place::with_three_games_and("");
    place.write(
        "alpha/cover.svg",
        "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    );
    place.write("secret.png", "secret");
    place.write(
        "config.toml",
        "[[games]]\nslug = \"alpha\"\npath = \"alpha\"\ncover = \"cover.svg\"\n[[games]]\nslug = \"beta\"\npath = \"beta\"\ncover = \"../secret.png\"\n[[games]]\nslug = \"gamma\"\npath = \"gamma\"\n",
    );
    let console = Console::open(&place, &["alpha"]);
    let cookie = console.with_cookie();
    let cover = console.send("GET", "/covers/alpha", &[&cookie], "");
    assert_eq!(
        (cover.status, cover.field("content-type")),
        (200, Some("image/svg+xml"))
    );
    let policy = cover.field("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.ends_with("sandbox"),
        "{policy}"
    );
    // Games without a picture have a drawing, as in the lobby.
    for path in ["/covers/beta", "/covers/gamma", "/covers/alpha?picture="] {
        let drawn = console.send("GET", path, &[&cookie], "");
        assert_eq!(drawn.status, 200, "{path}");
        assert!(drawn.text().contains("</linearGradient>"), "{path}");
    }
    let choices = console.send("GET", "/pictures/alpha", &[&cookie], "");
    assert_eq!(choices.text(), "[\"cover.svg\"]");
    for path in [
        "/covers/delta",
        "/covers/../alpha",
        "/covers/beta?picture=../secret.png",
        "/covers/beta?picture=index.html",
        "/pictures/delta",
    ] {
        assert_eq!(
            console.send("GET", path, &[&cookie], "").status,
            404,
            "{path}"
        );
    }
}

#[test]
fn a_check_tells_its_findings() {
    let place = Place::with_three_games();
    place.write(
        "beta/index.html",
        "<title>x</title><script src=\"Missing.js\"></script>",
    );
    let console = Console::open(&place, &["alpha"]);
    let answer = console.act("check", &json!({"game": "beta"}));
    assert_eq!(answer.status, 200);
    let report: Value = serde_json::from_slice(&answer.body).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["file"], "index.html");
    assert!(
        finding["problem"].as_str().unwrap().contains("Missing.js"),
        "{report}"
    );
    assert_eq!(
        console.act("check", &json!({"game": "nonsense"})).status,
        404
    );
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

/// A zip archive with one page.
fn zip(page: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("index.html", options).unwrap();
    std::io::Write::write_all(&mut archive, page.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

impl Console {
    /// Begins an upload; returns its number.
    fn begin_upload(&self, name: &str, bytes: u64) -> u64 {
        let answer = self.act("upload", &json!({"name": name, "bytes": bytes}));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let begun: Value = serde_json::from_slice(&answer.body).unwrap();
        begun["import"].as_u64().unwrap()
    }

    /// The status of the answer to a piece.
    fn send_piece(&self, upload: u64, offset: usize, content: &[u8]) -> u16 {
        let mut client = Client::connect(self.port);
        client.send(format!(
            "POST /pieces/{upload}/{offset} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{}\r\n{}\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
            self.port,
            self.with_cookie(),
            self.own_origin(),
            content.len()
        ));
        // The server may have refused it by its head.
        let _ = client.try_send(content);
        client.answer().status
    }

    /// The stage of an import, once it is over, and what is said of it.
    fn end_of(&self, import: u64) -> (String, String) {
        let view = |work: &Value| {
            let imports = work["imports"].as_array().unwrap().iter();
            imports
                .clone()
                .find(|view| view["number"] == import)
                .cloned()
        };
        let is_over = |work: &Value| {
            view(work).is_some_and(|view| {
                ["added", "failed", "taken", "cancelled"].contains(&view["stage"].as_str().unwrap())
            })
        };
        let work = self.events().until("work", is_over).unwrap();
        let view = view(&work).unwrap();
        let text = view["text"].as_str().unwrap_or_default().to_owned();
        (view["stage"].as_str().unwrap().to_owned(), text)
    }
}

/// The hidden folders of imports under way, and the games.
fn in_games(place: &Place) -> Vec<String> {
    let files = fs::read_dir(place.path("games"));
    let names = files
        .into_iter()
        .flatten()
        .map(|file| file.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).collect()
}

#[test]
fn an_uploaded_archive_is_added_and_can_be_published() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha", "--no-watch"]);
    let archive = zip("uploaded");
    let upload = console.begin_upload("../My Game.zip", archive.len() as u64);
    let (first, second) = archive.split_at(50);
    assert_eq!(console.send_piece(upload, 50, second), 409, "out of order");
    assert_eq!(console.send_piece(upload, 0, first), 200);
    assert_eq!(console.send_piece(upload, 0, first), 409, "twice");
    assert_eq!(
        console.send_piece(upload, 50, &[second, b"x"].concat()),
        409,
        "too long"
    );
    assert_eq!(console.send_piece(upload, 50, second), 200);
    assert_eq!(console.end_of(upload), ("added".into(), "my-game".into()));
    let has_it = |library: &Value| {
        library["games"]
            .as_array()
            .unwrap()
            .iter()
            .any(|game| game["slug"] == "my-game")
    };
    console.events().until("library", has_it).unwrap();
    assert_eq!(
        console.act("publish", &json!({"game": "my-game"})).status,
        200
    );
    assert_eq!(Client::connect(console.players).get("/").text(), "uploaded");
    assert!(
        in_time(|| (in_games(&place) == ["my-game"]).then_some(())).is_some(),
        "{:?}",
        in_games(&place)
    );
}

#[test]
fn a_cancelled_or_broken_upload_leaves_nothing() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    let config = fs::read(place.path("config.toml")).unwrap();
    let upload = console.begin_upload("half.zip", 2_000_000_000);
    assert_eq!(console.send_piece(upload, 0, &vec![7; 1 << 20]), 200);
    assert_eq!(
        console.send_piece(upload, 1 << 20, &vec![7; (1 << 20) + 1]),
        413
    );
    assert_eq!(in_games(&place).len(), 1);
    assert_eq!(
        console.act("cancel", &json!({"import": upload})).status,
        200
    );
    assert_eq!(console.end_of(upload).0, "cancelled");
    assert_eq!(console.send_piece(upload, 1 << 20, b"more"), 404);
    assert_eq!(
        console.act("cancel", &json!({"import": upload})).status,
        404
    );
    let broken = console.begin_upload("broken.zip", 7);
    assert_eq!(console.send_piece(broken, 0, b"no game"), 200);
    let (stage, text) = console.end_of(broken);
    assert_eq!(stage, "failed");
    assert!(!text.is_empty());
    let is_empty = in_time(|| in_games(&place).is_empty().then_some(()));
    assert!(is_empty.is_some(), "{:?}", in_games(&place));
    assert_eq!(fs::read(place.path("config.toml")).unwrap(), config);
    let large = console.act(
        "upload",
        &json!({"name": "large.zip", "bytes": 5_000_000_000u64}),
    );
    assert_eq!(large.status, 409);
}

#[test]
fn uploads_are_few_and_need_the_cookie_and_the_own_origin() {
    let place = Place::with_three_games();
    let mut console = Console::open(&place, &["alpha"]);
    let uploads: Vec<_> = (0..8)
        .map(|number| console.begin_upload(&format!("{number}.zip"), 100))
        .collect();
    assert_eq!(
        console
            .act("upload", &json!({"name": "9.zip", "bytes": 100}))
            .status,
        409
    );
    let own = console.own_origin();
    let octets = "Content-Type: application/octet-stream";
    let path = format!("/pieces/{}/0", uploads[0]);
    let cookie = console.with_cookie();
    for (fields, expected) in [
        (&[&*own, octets][..], 401),
        (&[&*cookie, octets], 403),
        (&[&cookie, "Origin: http://evil.example", octets], 403),
        (
            &[
                &cookie,
                &own,
                "Content-Type: multipart/form-data; boundary=x",
            ],
            415,
        ),
        (&[&cookie, &own, JSON], 415),
    ] {
        assert_eq!(
            console.send("POST", &path, fields, "x").status,
            expected,
            "{fields:?}"
        );
    }
    console.cookie = "none=1".to_owned();
    assert_eq!(console.send_piece(uploads[0], 0, b"x"), 401);
}

#[test]
fn only_an_address_of_the_web_is_added_and_what_fails_says_why() {
    let place = Place::with_three_games();
    place.game("elsewhere");
    let console = Console::open(&place, &["alpha"]);
    let path = place.path("elsewhere").to_str().unwrap().to_owned();
    for url in [
        &*path,
        "elsewhere",
        "file:///etc",
        "ftp://x.example/a.zip",
        "",
    ] {
        assert_eq!(
            console.act("add", &json!({"url": url})).status,
            409,
            "{url}"
        );
    }
    // The players' port has no archive.
    let url = format!("http://127.0.0.1:{}/none.zip", console.players);
    let answer = console.act("add", &json!({"url": url}));
    assert_eq!(answer.status, 200);
    let begun: Value = serde_json::from_slice(&answer.body).unwrap();
    let (stage, text) = console.end_of(begun["import"].as_u64().unwrap());
    assert_eq!(stage, "failed");
    assert!(text.contains("404"), "{text}");
}

#[test]
fn a_game_is_renamed_and_removed_unless_it_is_kept() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    let rename = |content: Value| console.act("edit", &content).status;
    assert_eq!(
        rename(json!({"game": "beta", "slug": "delta", "title": "Delta \"1\""})),
        200
    );
    // The library is read again after its file has changed.
    let is_renamed = |library: &Value| library["games"][1]["title"]["en"] == "Delta \"1\"";
    console.events().until("library", is_renamed).unwrap();
    for wrong in ["", "Delta", "a/b", "../x", "gamma"] {
        assert_eq!(
            rename(json!({"game": "delta", "slug": wrong})),
            409,
            "{wrong}"
        );
    }
    assert_eq!(rename(json!({"game": "beta", "slug": "epsilon"})), 404);
    assert_eq!(
        console.act("remove", &json!({"game": "alpha"})).status,
        409,
        "it is on the air"
    );
    assert_eq!(console.act("remove", &json!({"game": "delta"})).status, 200);
    let mut events = console.events();
    events
        .until("work", |work| work["removals"][0]["slug"] == "delta")
        .unwrap();
    assert_eq!(console.act("keep", &json!({"game": "delta"})).status, 200);
    events
        .until("work", |work| work["removals"] == json!([]))
        .unwrap();
    assert_eq!(console.act("keep", &json!({"game": "delta"})).status, 404);
    assert!(
        fs::read_to_string(place.path("config.toml"))
            .unwrap()
            .contains("delta")
    );
}

#[test]
fn what_is_said_of_a_game_is_set_and_taken_back_and_comments_stay() {
    let place = Place::with_three_games_and("");
    place.write("alpha/icon.png", "\u{89}PNG");
    fs::write(place.path("beta/shot.png"), b"\x89PNG\r\n\x1a\n and so on").unwrap();
    place.write(
        "beta/index.html",
        "<meta name=description content='By its page'>beta",
    );
    place.write(
        "config.toml",
        "[[games]] # first\nslug = \"alpha\"\npath = \"alpha\"\n[[games]]\nslug = \"beta\" # of beta\npath = \"beta\"\n\
         title = { en = \"Beta\", zh = \"\u{4e59}\" } # in both\n",
    );
    let console = Console::open(&place, &["alpha", "--arcade"]);
    let mut events = console.events();
    let beta = |library: &Value, key: &str| library["games"][1][key].clone();
    events
        .until("library", |library| {
            beta(library, "description")["en"] == "By its page"
        })
        .unwrap();
    let edit = |content: Value| {
        let answer = console.act("edit", &content);
        (answer.status, answer.text())
    };
    let all = json!({"game": "beta", "description": " Two\n words ", "cover": "shot.png"});
    assert_eq!(edit(all).0, 200);
    let is_set = |library: &Value| {
        beta(library, "description")["zh"] == "Two words" && beta(library, "cover") == "shot.png"
    };
    events.until("library", is_set).unwrap();
    let cookie = console.with_cookie();
    let cover = console.send("GET", "/covers/beta", &[&cookie], "");
    assert_eq!(cover.field("content-type"), Some("image/png"));
    // The lobby shows it, too.
    let lobby = in_time(|| {
        let mut client = Client::connect(console.players);
        let page = client.get("/").text();
        (page.contains("Two words") && page.contains("covers/beta.png")).then_some(())
    });
    assert!(lobby.is_some());
    let config = fs::read_to_string(place.path("config.toml")).unwrap();
    for kept in ["# first", "# of beta", "# in both", "\u{4e59}"] {
        assert!(config.contains(kept), "{kept}: {config}");
    }
    for cover in [
        "missing.png",
        "../alpha/icon.png",
        "index.html",
        "/etc/passwd",
    ] {
        let (status, reason) = edit(json!({"game": "beta", "cover": cover}));
        assert_eq!(status, 409, "{cover}");
        assert!(reason.contains(cover), "{reason}");
    }
    assert_eq!(
        fs::read_to_string(place.path("config.toml")).unwrap(),
        config
    );
    assert_eq!(
        edit(json!({"game": "beta", "description": "", "cover": ""})).0,
        200
    );
    let is_taken_back = |library: &Value| {
        beta(library, "description")["en"] == "By its page" && beta(library, "cover").is_null()
    };
    events.until("library", is_taken_back).unwrap();
    assert_eq!(edit(json!({"game": "beta", "colour": "red"})).0, 400);
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

#[test]
fn a_game_of_a_taken_slug_is_replaced_only_if_the_host_says_so() {
    let place = Place::with_three_games_and("");
    let console = Console::open(&place, &["alpha"]);
    let upload = |content: &[u8], replace: bool| {
        let content = (
            content,
            json!({"name": "Alpha.zip", "bytes": content.len(), "replace": replace}),
        );
        let answer = console.act("upload", &content.1);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let begun: Value = serde_json::from_slice(&answer.body).unwrap();
        let number = begun["import"].as_u64().unwrap();
        (number, content.0.to_vec())
    };
    // Before anything is sent.
    let config = fs::read(place.path("config.toml")).unwrap();
    let (taken, _) = upload(&zip("new"), false);
    assert_eq!(console.end_of(taken), ("taken".into(), "alpha".into()));
    assert_eq!(console.send_piece(taken, 0, b"x"), 404);
    assert_eq!(fs::read(place.path("config.toml")).unwrap(), config);
    let (number, archive) = upload(&zip("new"), true);
    assert_eq!(console.send_piece(number, 0, &archive), 200);
    assert_eq!(console.end_of(number), ("added".into(), "alpha".into()));
    // It was on the air, and is built again.
    let is_new = || (Client::connect(console.players).get("/").text() == "new").then_some(());
    assert!(in_time(is_new).is_some());
    let url = format!("http://127.0.0.1:{}/alpha.zip", console.players);
    let answer = console.act("add", &json!({"url": url, "replace": "yes"}));
    assert_eq!(answer.status, 400);
}

#[test]
fn a_large_upload_that_is_cancelled_half_way_leaves_nothing() {
    const PIECE: usize = 1 << 20;
    const SENT: usize = 300;
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    let config = fs::read(place.path("config.toml")).unwrap();
    let upload = console.begin_upload("half.zip", 2 * (SENT * PIECE) as u64);
    let mut client = Client::connect(console.port);
    let piece = vec![7; PIECE];
    for number in 0..SENT {
        client.send(format!(
            "POST /pieces/{upload}/{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{}\r\n{}\r\nContent-Type: application/octet-stream\r\nContent-Length: {PIECE}\r\n\r\n",
            number * PIECE,
            console.port,
            console.with_cookie(),
            console.own_origin(),
        ));
        client.send(&piece);
        assert_eq!(client.answer().status, 200, "piece {number}");
    }
    let on_disk = || -> u64 {
        let folders = in_games(&place).into_iter();
        let files = folders.flat_map(|name| walk(&place.path(&format!("games/{name}"))));
        files.sum()
    };
    assert_eq!(
        on_disk(),
        (SENT * PIECE) as u64,
        "it is on the disk, not in memory"
    );
    // Cut in the middle of a piece, as by a browser that is closed, then cancelled from another console.
    client.send(format!(
        "POST /pieces/{upload}/{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{}\r\n{}\r\nContent-Type: application/octet-stream\r\nContent-Length: {PIECE}\r\n\r\n",
        SENT * PIECE,
        console.port,
        console.with_cookie(),
        console.own_origin(),
    ));
    client.send(&piece[..PIECE / 2]);
    drop(client);
    assert_eq!(
        console.act("cancel", &json!({"import": upload})).status,
        200
    );
    assert_eq!(console.end_of(upload).0, "cancelled");
    let is_empty = in_time(|| in_games(&place).is_empty().then_some(()));
    assert!(is_empty.is_some(), "{:?}", in_games(&place));
    assert_eq!(fs::read(place.path("config.toml")).unwrap(), config);
}

/// The sizes of all files in a folder.
fn walk(folder: &std::path::Path) -> Vec<u64> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.flat_map(|entry| match entry.file_type().unwrap().is_dir() {
        true => walk(&entry.path()),
        false => vec![entry.metadata().unwrap().len()],
    });
    sizes.collect()
}
