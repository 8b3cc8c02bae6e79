//! Missing files: the player sees the nearest name, and the slot counts the requests.

use http::{Request, header};
use http_body_util::BodyExt;
use webserver::http::answer::answer;
use webserver::library::game::Game;
use webserver::metrics::not_found_log::MissingPath;
use webserver::publish::on_air::OnAir;
use webserver::publish::slot::Slot;
use webserver::site::Site;
use webserver::site::options::BuildOptions;
use webserver::site::progress::BuildProgress;

use crate::support::Place;

fn slot() -> &'static Slot {
    let place = Place::new();
    place.game("game");
    for name in ["player.PNG", "assets/hero.webp", "<b>&.js", "levels/1.json"] {
        place.write(&format!("game/{name}"), name);
    }
    let game = Game::from_folder(&place.path("game")).unwrap();
    Slot::start(
        Site::build(
            &game,
            BuildOptions::default(),
            None,
            &BuildProgress::default(),
        )
        .unwrap(),
    )
}

fn ask(on_air: &OnAir, path: &str, accept: &str) -> (u16, String) {
    let request = Request::get(path)
        .header(header::HOST, "localhost")
        .header(header::ACCEPT, accept);
    let (parts, body) = answer(on_air.current(), &request.body(()).unwrap()).into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let body = runtime.block_on(body.collect()).unwrap().to_bytes();
    let length = &parts.headers[header::CONTENT_LENGTH];
    assert_eq!(length.to_str().unwrap(), body.len().to_string());
    (
        parts.status.as_u16(),
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

#[test]
fn the_not_found_page_links_the_nearest_name() {
    let slot = slot();
    for (path, page, text) in [
        (
            "/img/Player.png",
            Some("<a href=\"../player.PNG\">player.PNG</a>"),
            Some("player.PNG"),
        ),
        (
            "/assets/hero.png?v=2",
            Some("<a href=\"../assets/hero.webp\">"),
            Some("assets/hero.webp"),
        ),
        ("/nothing-like-it.bin", None, None),
        ("/%3Cscript%3Ealert(1)%3C/script%3E", None, None),
    ] {
        let (status, answer) = ask(&slot.load(), path, "text/html");
        assert_eq!(status, 404, "{path}");
        assert_eq!(
            answer.contains("class=\"near\""),
            page.is_some(),
            "{answer}"
        );
        assert!(answer.contains(page.unwrap_or("/\">Play</a>")), "{answer}");
        assert!(!answer.contains("<script>"), "{answer}");
        let (status, answer) = ask(&slot.load(), path, "*/*");
        assert_eq!(status, 404, "{path}");
        assert_eq!(answer.lines().count(), 1 + usize::from(text.is_some()));
        assert!(answer.contains(text.unwrap_or("404")), "{answer}");
    }
}

#[test]
fn missing_paths_are_counted_across_compression() {
    let slot = slot();
    for path in [
        "/gone.js",
        "/img/Player.png",
        "/gone.js?again",
        "/",
        "/levels/1.json",
    ] {
        ask(&slot.load(), path, "*/*");
    }
    slot.compress(None);
    // It is there, but by another name; that will not do everywhere.
    assert_eq!(ask(&slot.load(), "/Player.png", "*/*").0, 200);
    ask(&slot.load(), "/gone.js", "*/*");
    let missed = |path: &str, requests, nearest: Option<&str>| MissingPath {
        path: path.to_owned(),
        requests,
        nearest: nearest.map(str::to_owned),
    };
    let expected = [
        missed("gone.js", 3, None),
        missed("Player.png", 1, Some("player.PNG")),
        missed("img/Player.png", 1, Some("player.PNG")),
    ];
    assert_eq!(slot.load().current().counters.missing(), expected);
}

#[test]
fn the_list_of_missing_paths_is_bounded() {
    let slot = slot();
    for number in 0..500 {
        ask(&slot.load(), &format!("/{number}/hero.gif"), "*/*");
        ask(&slot.load(), &format!("/{number}.php"), "*/*");
        ask(
            &slot.load(),
            &format!("/{}{number}", "x".repeat(5000)),
            "*/*",
        );
    }
    assert!(slot.load().current().counters.missing().len() <= 100);
}
