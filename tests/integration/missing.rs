//! What is asked for and not there: the player sees the name that comes nearest, and the site remembers.

use http::{Request, header};
use http_body_util::BodyExt;
use webserver::http::respond;
use webserver::library::game::Game;
use webserver::site::Site;
use webserver::site::build::BuildOptions;
use webserver::site::not_found_log::MissingPath;

use crate::support::Place;

fn site() -> Site {
    let place = Place::new();
    place.game("game");
    for name in ["player.PNG", "assets/hero.webp", "<b>&.js", "levels/1.json"] {
        place.write(&format!("game/{name}"), name);
    }
    let game = Game::from_folder(&place.path("game")).unwrap();
    Site::build(&game, BuildOptions::default(), None).unwrap()
}

fn ask(site: &Site, path: &str, accept: &str) -> (u16, String) {
    let request = Request::get(path)
        .header(header::HOST, "localhost")
        .header(header::ACCEPT, accept);
    let (parts, body) = respond(site, &request.body(()).unwrap()).into_parts();
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
fn the_nearest_name_is_on_the_page() {
    let site = site();
    for (path, page, text) in [
        (
            "/img/Player.png",
            Some("<a href=\"/player.PNG\">player.PNG</a>"),
            Some("player.PNG"),
        ),
        (
            "/assets/hero.png?v=2",
            Some("<a href=\"/assets/hero.webp\">"),
            Some("assets/hero.webp"),
        ),
        ("/nothing-like-it.bin", None, None),
        ("/%3Cscript%3Ealert(1)%3C/script%3E", None, None),
    ] {
        let (status, answer) = ask(&site, path, "text/html");
        assert_eq!(status, 404, "{path}");
        assert_eq!(
            answer.contains("class=\"near\""),
            page.is_some(),
            "{answer}"
        );
        assert!(answer.contains(page.unwrap_or("href=\"/\"")), "{answer}");
        assert!(!answer.contains("<script>"), "{answer}");
        let (status, answer) = ask(&site, path, "*/*");
        assert_eq!(status, 404, "{path}");
        assert_eq!(answer.lines().count(), 1 + usize::from(text.is_some()));
        assert!(answer.contains(text.unwrap_or("404")), "{answer}");
    }
}

#[test]
fn what_is_missing_is_counted_also_over_compression() {
    let site = site();
    for path in [
        "/gone.js",
        "/img/Player.png",
        "/gone.js?again",
        "/",
        "/levels/1.json",
    ] {
        ask(&site, path, "*/*");
    }
    let site = site.compressed(None, &|| true).unwrap();
    // It is there, but by another name; that will not do everywhere.
    assert_eq!(ask(&site, "/Player.png", "*/*").0, 200);
    ask(&site, "/gone.js", "*/*");
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
    assert_eq!(site.missing(), expected);
}

#[test]
fn nobody_can_make_it_grow() {
    let site = site();
    for number in 0..500 {
        ask(&site, &format!("/{number}/hero.gif"), "*/*");
        ask(&site, &format!("/{number}.php"), "*/*");
        ask(&site, &format!("/{}{number}", "x".repeat(5000)), "*/*");
    }
    assert!(site.missing().len() <= 100);
}
