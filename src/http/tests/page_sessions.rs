//! Page sessions and stale service workers across a switch.

use crate::http::tests::{FILES, ask, ask_slot, field, site, text};
use crate::publish::slot::Slot;

#[test]
fn a_page_load_gets_the_cookie_of_its_site() {
    let site = site(FILES);
    let cookie = format!(
        "on-air={}; Path=/; SameSite=Lax; HttpOnly",
        site.id.as_str()
    );
    let page = "accept: text/html,*/*;q=0.8";
    let tag = field(ask(&site, "GET /").headers(), "etag").to_owned();
    let mine = format!("{page}\ncookie: a=b; on-air={}", site.id.as_str());
    for (request, status, expected) in [
        (format!("GET /\n{page}"), 200, &*cookie),
        (format!("HEAD /\n{page}"), 200, &cookie),
        (format!("GET /levels/\n{page}"), 200, &cookie),
        (format!("GET /\n{page}\nif-none-match: {tag}"), 304, &cookie),
        (format!("GET /\n{page}\nif-match: \"x\""), 412, ""),
        (
            format!("GET /\n{page}\nsec-fetch-dest: document"),
            200,
            &cookie,
        ),
        (
            format!("GET /\n{page}\nsec-fetch-dest: iframe\nsec-fetch-site: same-origin"),
            200,
            "",
        ),
        (
            format!("GET /\n{page}\nsec-fetch-dest: iframe\nsec-fetch-site: cross-site"),
            200,
            &cookie,
        ),
        (
            format!("GET /\n{page}\nsec-fetch-dest: empty\nsec-fetch-site: cross-site"),
            200,
            "",
        ),
        (format!("GET /\n{page}\ncookie: on-air=0"), 200, &cookie),
        (format!("GET /\n{mine}"), 200, ""),
        (format!("GET /\n{mine}\nif-none-match: {tag}"), 304, ""),
        ("GET /".to_owned(), 200, ""),
        (format!("GET /main.js\n{page}"), 200, ""),
        (format!("GET /nothing\n{page}"), 404, ""),
    ] {
        let response = ask(&site, &request);
        assert_eq!(response.status(), status, "{request}");
        assert_eq!(
            field(response.headers(), "set-cookie"),
            expected,
            "{request}"
        );
        let cached = field(response.headers(), "cache-control");
        assert_eq!(cached, "no-cache", "{request}");
    }
}

#[test]
fn a_stale_service_worker_is_replaced_and_the_games_own_is_not() {
    let site = site(&[("index.html", ""), ("sw.js", "own"), ("sw/index.html", "")]);
    for (request, status, takes_over) in [
        ("GET /old/sw.js?v=3\nservice-worker: script", 200, true),
        ("HEAD /old/sw.js\nservice-worker: script", 200, false),
        ("GET /old/sw.js", 404, false),
        ("POST /old/sw.js\nservice-worker: script", 405, false),
        ("GET /old/%ff\nservice-worker: script", 400, false),
        ("GET /sw\nservice-worker: script", 308, false),
    ] {
        let response = ask(&site, request);
        assert_eq!(response.status(), status, "{request}");
        if status == 200 {
            let fields = response.headers();
            assert_eq!(
                field(fields, "content-type"),
                "text/javascript; charset=utf-8"
            );
            assert_eq!(field(fields, "cache-control"), "no-cache");
        }
        let body = text(response);
        assert_eq!(body.contains("unregister()"), takes_over, "{request}");
        assert!(!body.contains("localStorage") && !body.contains("indexedDB"));
    }
    let slot = Slot::start(site);
    let asked = |request: &str| text(ask_slot(&slot.load(), request));
    assert_eq!(asked("GET /sw.js\nservice-worker: script"), "own");
}

#[test]
fn a_service_worker_ends_the_page_session_of_its_own_browser_alone() {
    let game = |letter| {
        [
            ("index.html", letter),
            ("sw.js", letter),
            ("data.json", letter),
        ]
    };
    let first = site(&game("a"));
    let id = first.id.as_str().to_owned();
    let slot = Slot::start(first);
    let asked = |request: &str| ask_slot(&slot.load(), request);
    // A stranger, with and without the player's cookie.
    let worker = asked("GET /sw.js\nservice-worker: script");
    let marked = format!("on-air={id}.worker");
    assert!(field(worker.headers(), "set-cookie").starts_with(&format!("{marked};")));
    asked(&format!(
        "GET /sw.js\nservice-worker: script\ncookie: on-air={id}"
    ));
    slot.publish(site(&game("b")));
    for (cookie, expected) in [(format!("on-air={id}"), "a"), (marked.clone(), "b")] {
        let answer = asked(&format!("GET /data.json\ncookie: {cookie}"));
        assert_eq!(text(answer), expected, "{cookie}");
    }
    // The marked browser's old worker is still replaced.
    let update = format!("GET /sw.js\nservice-worker: script\ncookie: {marked}");
    assert!(text(asked(&update)).contains("unregister()"));
}

#[test]
fn a_worker_of_an_earlier_game_leaves_before_the_one_on_the_air_brings_its_own() {
    let worker = |letter| {
        [
            ("index.html", letter),
            ("sw.js", "same bytes"),
            ("other.js", letter),
        ]
    };
    let first = site(&worker("a"));
    let cookie = format!("cookie: on-air={}", first.id.as_str());
    let slot = Slot::start(first);
    let asked = |request: &str| ask_slot(&slot.load(), request);
    let tag = field(asked("GET /sw.js").headers(), "etag").to_owned();
    let update = format!("GET /sw.js\nservice-worker: script\n{cookie}\nif-none-match: {tag}");
    assert_eq!(asked(&update).status(), 304, "its own");

    slot.publish(site(&worker("b")));
    let second = slot.load().site.id.clone();
    let new_cookie = format!("cookie: on-air={}", second.as_str());
    for (request, takes_over) in [
        (update.clone(), true),
        (
            format!("GET /sw.js\nservice-worker: script\n{cookie}"),
            true,
        ),
        (
            format!("GET /old.js\nservice-worker: script\n{cookie}"),
            true,
        ),
        ("GET /old.js\nservice-worker: script".to_owned(), true),
        (format!("GET /sw.js\n{cookie}"), false),
        (
            format!("GET /sw.js\nservice-worker: script\n{new_cookie}"),
            false,
        ),
        (
            "GET /sw.js\nservice-worker: script\ncookie: on-air=0".to_owned(),
            false,
        ),
        ("GET /sw.js\nservice-worker: script".to_owned(), false),
        (
            format!("POST /sw.js\nservice-worker: script\n{cookie}"),
            false,
        ),
    ] {
        let response = asked(&request);
        let sets = response.headers().get("set-cookie") == Some(second.set_cookie());
        assert_eq!(sets, takes_over, "{request}");
        assert_eq!(
            text(response).contains("unregister()"),
            takes_over,
            "{request}"
        );
    }
}

#[test]
fn a_refresh_at_a_path_of_an_earlier_game_leads_to_the_game_on_the_air() {
    let first = site(&[("index.html", "a"), ("www/play.html", "a")]);
    let earlier = format!("cookie: on-air={}", first.id.as_str());
    let slot = Slot::start(first);
    let second = site(&[("index.html", "b")]);
    let current = format!("cookie: on-air={}", second.id.as_str());
    slot.publish(second);
    let page = "accept: text/html,*/*;q=0.8";
    for (request, status, location) in [
        (
            format!("GET /www/play.html?level=3\n{page}\n{earlier}"),
            307,
            "../",
        ),
        (format!("GET /level\n{page}\n{earlier}.worker"), 307, "./"),
        (format!("GET /\n{page}\n{earlier}"), 200, ""),
        // Not a page load: the rest of the earlier one, and a file that neither has.
        (format!("GET /www/play.html\n{earlier}"), 200, ""),
        (format!("GET /nothing.png\n{earlier}"), 404, ""),
        // Of the game on the air, of another server, and of nobody.
        (format!("GET /www/play.html\n{page}\n{current}"), 404, ""),
        (
            format!("GET /www/play.html\n{page}\ncookie: on-air=0"),
            404,
            "",
        ),
        (format!("GET /www/play.html\n{page}"), 404, ""),
    ] {
        let response = ask_slot(&slot.load(), &request);
        assert_eq!(response.status(), status, "{request}");
        let fields = response.headers();
        assert_eq!(field(fields, "location"), location, "{request}");
    }
}
