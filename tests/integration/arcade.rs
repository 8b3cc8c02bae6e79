//! The arcade: games at origins of their own, built when they are first requested.

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::thread;
use std::time::Duration;

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
    for own in ["localhost", "127.0.0.1", "games.example.org"] {
        until_lobby(port, own, |page| page.contains("<h1>Games</h1>"));
    }
    assert_eq!(get_at(port, "delta.localhost", "/").status, 404);
    drop(server);
}

/// Waits until the lobby at a host name is as it should be.
fn until_lobby(port: u16, host: &str, is_there: impl Fn(&str) -> bool) -> String {
    let page = in_time(|| Some(get_at(port, host, "/").text()).filter(|page| is_there(page)));
    page.unwrap_or_else(|| panic!("{}", get_at(port, host, "/").text()))
}

/// The section of the lobby with the featured game.
fn featured(page: &str) -> &str {
    let (_, rest) = page.split_once("class=\"featured\"").unwrap_or_default();
    rest.split_once("</section>").unwrap_or_default().0
}

#[test]
fn the_lobby_links_to_every_game_by_the_way_that_the_visitor_came() {
    let place = Place::with_three_games_and("domain = \"games.example.org\"");
    let (server, port) = place.serve(&["alpha", "--arcade"]);
    let page = until_lobby(port, "localhost", |page| page.contains("Gamma Quest"));
    assert!(!page.contains("第三关</h3>"), "{page}");
    let own = port_of(&server, "beta", "games.example.org");
    for (host, expected) in [
        (
            format!("localhost:{port}"),
            format!("//beta.localhost:{port}/"),
        ),
        (format!("127.0.0.1:{port}"), format!("//127.0.0.1:{own}/")),
        (format!("[::1]:{port}"), format!("//[::1]:{own}/")),
        (
            format!("laptop.local:{port}"),
            format!("//laptop.local:{own}/"),
        ),
        (
            "games.example.org".to_owned(),
            "//beta.games.example.org/".to_owned(),
        ),
    ] {
        let mut client = Client::connect(port);
        client.send(format!("GET /play/beta HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        let answer = client.answer();
        assert_eq!(answer.status, 307, "{host}");
        assert_eq!(answer.field("location"), Some(expected.as_str()));
        client.send(format!("POST /play/beta HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert_eq!(client.answer().status, 405, "{host}");
    }
    assert_eq!(get_at(port, "localhost", "/play/delta").status, 404);
    let health = get_at(port, "localhost", "/.webserver/health");
    assert_eq!(health.status, 200);
    for (query, fields, language) in [
        ("", "Accept-Language: zh-CN,zh;q=0.9", "zh-CN"),
        ("?lang=zh-CN", "Accept-Language: en", "zh-CN"),
        ("?lang=en", "Accept-Language: zh", "en"),
        ("", "Accept: */*", "en"),
    ] {
        let mut client = Client::connect(port);
        client.send(format!(
            "GET /{query} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n\r\n"
        ));
        let answer = client.answer();
        let page = answer.text();
        assert!(
            page.contains(&format!("<html lang=\"{language}\"")),
            "{query} {fields}"
        );
        let title = if language == "en" {
            "Gamma Quest</h3>"
        } else {
            "第三关</h3>"
        };
        assert!(page.contains(title), "{page}");
        let vary = answer.field("vary").unwrap_or_default();
        assert!(vary.contains("accept-language"), "{vary}");
    }
}

#[test]
fn the_lobby_follows_the_library_and_what_is_published() {
    let place = Place::new();
    for game in ["one", "two"] {
        place.write(
            &format!("games/{game}/index.html"),
            format!("<title>Game {game}</title>"),
        );
    }
    let (_server, port) = place.serve(&["games", "--arcade"]);
    // The library is in the lobby first, the game on the air once it is built.
    until_lobby(port, "localhost", |page| {
        page.contains("Game two") && featured(page).contains("Game one")
    });
    let mut news = Client::connect(port);
    news.send(format!(
        "GET /.webserver/events HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"
    ));
    assert_eq!(
        news.answer_head().unwrap().field("content-type"),
        Some("text/event-stream")
    );
    // A new game, one that is changed, and one that is gone.
    place.write("games/three/index.html", "<title>Game three</title>");
    until_lobby(port, "localhost", |page| page.contains("Game three"));
    place.write("games/two/index.html", "<title>Changed game</title>");
    until_lobby(port, "localhost", |page| page.contains("Changed game"));
    fs::remove_dir_all(place.path("games/three")).unwrap();
    until_lobby(port, "localhost", |page| !page.contains("Game three"));
    assert_eq!(get_at(port, "three.localhost", "/").status, 404);
    place
        .run(&["publish", "two", "--port", &port.to_string()])
        .with_code(0);
    until_lobby(port, "localhost", |page| {
        featured(page).contains("Changed game")
    });
    // A game from elsewhere is in the lobby while the server runs.
    place.game("elsewhere");
    let elsewhere = place.path("elsewhere");
    place
        .run(&[
            "publish",
            elsewhere.to_str().unwrap(),
            "--port",
            &port.to_string(),
        ])
        .with_code(0);
    until_lobby(port, "localhost", |page| {
        featured(page).contains("elsewhere")
    });
    until_says(port, "elsewhere.localhost", "elsewhere");
    let told = String::from_utf8_lossy(&news.read(1 << 16).unwrap()).into_owned();
    assert!(told.contains("data: "), "{told}");
}

#[test]
fn the_arcade_opens_and_closes_while_the_server_runs() {
    let place = Place::with_three_games();
    let mut command = place.webserver(&["0", "alpha"]);
    command.stdin(std::process::Stdio::piped());
    let mut server = Running::start(command);
    let port = server.port();
    let mut input = server.stdin();
    assert_eq!(get_at(port, "beta.localhost", "/").text(), "alpha");
    for opening in 1..=2 {
        writeln!(input, "arcade").unwrap();
        until_says(port, "beta.localhost", "beta");
        until_lobby(port, "localhost", |page| page.contains("Beta Quest"));
        let own = port_of(&server, "gamma", "localhost");
        until_port_says(own, "gamma");
        writeln!(input, "arcade").unwrap();
        server.until_err("the end", |err| {
            err.matches("The arcade is closed").count() == opening
        });
        assert_eq!(get_at(port, "beta.localhost", "/").text(), "alpha");
        assert_eq!(get_at(port, "localhost", "/").text(), "alpha");
        assert_eq!(Client::connect(own).get("/").status, 404);
    }
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
fn an_export_into_the_arcade_that_is_not_finished_is_said_once() {
    let place = Place::with_three_games();
    // Long enough to be compressed.
    let page = format!(
        "<!doctype html><script src=a.js></script><script src=z.js></script>{}",
        "filler ".repeat(500)
    );
    place.write("beta/index.html", page);
    place.write("beta/a.js", "one");
    place.write("beta/z.js", "one");
    let (server, port) = place.serve(&["alpha", "--arcade"]);
    let has = |path: &str, text: &str| get_at(port, "beta.localhost", path).text() == text;
    // The files that the page lacks now are known once the site has been crawled, before it is compressed.
    let coded = in_time(|| {
        let fields = format!("Host: beta.localhost:{port}\r\nAccept-Encoding: gzip");
        let mut client = Client::connect(port);
        client.send(format!("GET / HTTP/1.1\r\n{fields}\r\n\r\n"));
        let answer = client.answer();
        (answer.field("content-encoding") == Some("gzip")).then_some(())
    });
    coded.expect("the site is compressed");
    fs::remove_file(place.path("beta/z.js")).unwrap();
    let is_said = |err: &str| err.contains("export is not finished");
    server.until_err("the missing file", is_said);
    place.write("beta/a.js", "two");
    thread::sleep(Duration::from_secs(3));
    assert!(has("/a.js", "one") && has("/z.js", "one"));
    place.write("beta/z.js", "two");
    assert!(in_time(|| has("/z.js", "two").then_some(())).is_some());
    assert!(has("/a.js", "two"));
    let err = server.err();
    assert_eq!(err.matches("export is not finished").count(), 1, "{err}");
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
fn port_of(server: &Running, slug: &str, domain: &str) -> u16 {
    let err = server.until_err("the game's port", |err| {
        err.contains(&format!("http://gamma.{domain}"))
    });
    let line = err
        .lines()
        .find(|line| line.contains(&format!("http://{slug}.{domain}:")));
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
    server.serves_at(port).then_some(server)
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
    let ports = ["alpha", "beta", "gamma"].map(|slug| (slug, port_of(&server, slug, "localhost")));
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
    // Kept connections at every port end with the server.
    let mut kept = ports.map(|(_, own)| Client::connect(own));
    kept.iter_mut().for_each(|client| drop(client.get("/")));
    stop(server);
    for client in &mut kept {
        assert_eq!(client.rest(), b"");
    }
}

#[test]
fn the_authority_vouches_for_a_domain_of_the_home_network() {
    let place = Place::with_three_games_and("domain = \"games.home.arpa\"");
    place.run(&["ca", "--export", "ca.crt"]).with_code(0);
    let (_server, port) = place.serve(&["alpha", "--arcade"]);
    until_says(port, "beta.games.home.arpa", "beta");
    let host = format!("beta.games.home.arpa:{port}");
    let mut curl = Command::new("curl");
    curl.args(["-sS", "--max-time", "20", "--cacert", "ca.crt"]);
    curl.args(["--resolve", &format!("{host}:127.0.0.1")]);
    curl.arg(format!("https://{host}/"))
        .current_dir(place.path(""));
    let answer = curl.env_clear().output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&answer.stdout),
        "beta",
        "{answer:?}"
    );
}

#[test]
fn a_games_port_is_kept_whatever_happens_to_the_library_and_to_other_ports() {
    let entry = |slug: &str| format!("[[games]]\nslug = \"{slug}\"\npath = \"{slug}\"\n");
    // False if another program took the port meanwhile, as the server says then.
    let is_at = |server: &Running, slug: &str, port: u16| {
        let is_kept = port_of(server, slug, "localhost") == port;
        let is_taken = server.err().contains(&format!("port {port} of {slug}"));
        assert!(is_kept || is_taken, "{slug} at {port}: {}", server.err());
        is_kept
    };
    let is_kept = (0..5).any(|_| {
        let place = Place::with_three_games();
        place.game("delta");
        let (chosen, port) = place.serve(&["alpha", "--arcade"]);
        stop(chosen);
        let Some(server) = arcade_at(&place, port) else {
            return false;
        };
        let [alpha, beta, gamma] =
            ["alpha", "beta", "gamma"].map(|slug| port_of(&server, slug, "localhost"));
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
        if !is_at(&server, "alpha", alpha) || !is_at(&server, "gamma", gamma) {
            return false;
        }
        let delta = port_of(&server, "delta", "localhost");
        assert!(![alpha, beta, gamma].contains(&delta), "{delta}");
        stop(server);
        // Another program has gamma's port for a while.
        let Ok(other) = TcpListener::bind((Ipv4Addr::UNSPECIFIED, gamma)) else {
            return false;
        };
        let Some(server) = arcade_at(&place, port) else {
            return false;
        };
        let moved = port_of(&server, "gamma", "localhost");
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
        is_at(&server, "gamma", gamma)
    });
    assert!(is_kept, "the ports were in use each time");
}
