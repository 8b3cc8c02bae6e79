//! Targets and methods: which status, fields and content they get.

use crate::http::tests::{FILES, ask, ask_slot, field, site, text};
use crate::language::Language;
use crate::publish::slot::Slot;
use crate::site::Site;
use crate::site::lobby::LobbyPage;
use http::StatusCode;
use http_body::Body as _;

#[test]
fn every_file_is_found_as_a_browser_asks_for_it() {
    let site = site(FILES);
    for (target, expected) in [
        ("/", "<!doctype html><title>t</title>"),
        ("/index.html", "<!doctype html><title>t</title>"),
        ("/?lang=zh", "<!doctype html><title>t</title>"),
        ("/main.js?v=1.0&cachebust=%zz", "0123456789"),
        ("http://example.com/main.js", "0123456789"),
        ("/levels/", "levels"),
        ("/levels/1%20+%201%20=%20100%25.json", "{}"),
        ("/%E4%B8%AD%E6%96%87%20%231%3F.png", "png"),
        ("/empty.txt", ""),
    ] {
        let response = ask(&site, &format!("GET {target}"));
        assert_eq!(response.status(), StatusCode::OK, "{target}");
        let length = field(response.headers(), "content-length").to_owned();
        let body = text(response);
        assert_eq!(body, expected, "{target}");
        assert_eq!(length, expected.len().to_string(), "{target}");
    }
}

#[test]
fn a_file_is_sent_with_its_fields() {
    let response = ask(&site(FILES), "GET /main.js");
    let fields = response.headers();
    for (name, expected) in [
        ("content-type", "text/javascript; charset=utf-8"),
        ("content-length", "10"),
        ("cache-control", "no-cache"),
        ("x-content-type-options", "nosniff"),
        ("accept-ranges", "bytes"),
        ("vary", ""),
        ("last-modified", ""),
        ("server", ""),
    ] {
        assert_eq!(field(fields, name), expected, "{name}");
    }
    let tag = field(fields, "etag");
    assert!(
        tag.len() == 34 && tag.starts_with('"') && tag.ends_with('"'),
        "{tag}"
    );
}

#[test]
fn statuses_follow_method_and_target() {
    let site = site(FILES);
    for (request, expected) in [
        ("GET /nothing.png", 404),
        ("GET /.env", 404),
        ("GET /levels/nothing", 404),
        ("GET /main.js/", 404),
        ("GET /a/../main.js", 400),
        ("GET /%2e%2e/secret", 400),
        ("GET /a%00", 400),
        // RFC 3986, 2: a target is ASCII. http::Uri takes UTF-8.
        ("GET /levels?\u{4e2d}", 400),
        ("GET /\u{4e2d}.js", 400),
        ("GET /levels", 308),
        ("OPTIONS /main.js", 204),
        ("OPTIONS *", 204),
        ("POST /main.js", 405),
        ("PUT /new", 405),
        ("DELETE /main.js", 405),
        ("PATCH /main.js", 405),
        ("TRACE /", 405),
        ("BREW /pot", 501),
    ] {
        assert_eq!(ask(&site, request).status(), expected, "{request}");
    }
}

#[test]
fn allow_lists_the_supported_methods() {
    let site = site(FILES);
    for request in ["POST /", "OPTIONS /", "OPTIONS *"] {
        let response = ask(&site, request);
        assert_eq!(field(response.headers(), "allow"), "GET, HEAD, OPTIONS");
    }
}

#[test]
fn a_folder_leads_to_its_slash_with_the_query() {
    for (target, expected) in [
        ("/levels", "levels/"),
        ("/levels?a=1&b=%20", "levels/?a=1&b=%20"),
        ("//levels", "../levels/"),
    ] {
        let response = ask(&site(FILES), &format!("GET {target}"));
        assert_eq!(response.status(), 308, "{target}");
        assert_eq!(field(response.headers(), "location"), expected);
        assert_eq!(field(response.headers(), "cache-control"), "no-cache");
    }
}

#[test]
fn head_is_get_without_the_body() {
    let site = site(FILES);
    for request in [
        "/main.js",
        "/",
        "/nothing",
        "/levels",
        "/a/../b",
        "/main.js\nif-none-match: *",
        "/main.js\nhost: another",
        "/main.js\ntransfer-encoding: chunked",
        "/main.js\nif-match: \"x\"",
        "/main.js\naccept-encoding: identity;q=0",
    ] {
        let get = ask(&site, &format!("GET {request}"));
        let head = ask(&site, &format!("HEAD {request}"));
        assert_eq!(head.status(), get.status(), "{request}");
        assert_eq!(head.headers(), get.headers(), "{request}");
        assert!(head.body().is_end_stream(), "{request}");
    }
}

#[test]
fn a_404_page_names_the_game_in_the_form_and_language_of_the_client() {
    let site = site(FILES);
    for (fields, media_type, words) in [
        (
            "accept: text/html",
            "text/html; charset=utf-8",
            "Now playing: ",
        ),
        (
            "accept: text/html\naccept-language: zh-CN,zh;q=0.9,en;q=0.8",
            "text/html; charset=utf-8",
            "当前游戏：",
        ),
        (
            "accept: text/html\naccept-language: fr,en-GB,zh",
            "text/html; charset=utf-8",
            "Now playing: ",
        ),
        ("accept: */*", "text/plain; charset=utf-8", "Now playing: "),
        (
            "accept: image/png\naccept-language: zh",
            "text/plain; charset=utf-8",
            "当前游戏：",
        ),
        ("x: y", "text/plain; charset=utf-8", "404 Not Found"),
    ] {
        let response = ask(&site, &format!("GET /nothing\n{fields}"));
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(
            field(response.headers(), "content-type"),
            media_type,
            "{fields}"
        );
        assert_eq!(
            field(response.headers(), "x-content-type-options"),
            "nosniff"
        );
        assert_eq!(field(response.headers(), "vary"), "Accept, Accept-Language");
        let body = text(response);
        assert!(body.contains(words), "{fields}: {body}");
    }
}

#[test]
fn a_waiting_site_answers_503_and_its_script_and_events_in_any_folder() {
    let slot = Slot::start(Site::waiting());
    for (request, status) in [
        ("GET /", 503),
        ("GET /a/b.png?x=1", 503),
        ("HEAD /", 503),
        ("GET /a/.webserver/live.js", 200),
        ("GET /.webserver/events", 200),
        ("POST /", 405),
        ("GET /a/../b", 400),
        ("GET /sw.js\nservice-worker: script", 200),
    ] {
        let response = ask_slot(&slot.load(), request);
        assert_eq!(response.status(), status, "{request}");
        let retry = if status == 503 { "5" } else { "" };
        assert_eq!(field(response.headers(), "retry-after"), retry, "{request}");
    }
    for (language, words) in [("en", "choosing a game"), ("zh-CN", "正在选择游戏")] {
        let request = format!("GET /\naccept: text/html\naccept-language: {language}");
        let response = ask_slot(&slot.load(), &request);
        assert_eq!(field(response.headers(), "set-cookie"), "");
        assert!(text(response).contains(words), "{language}");
    }
    slot.publish(site(FILES));
    assert!(!slot.load().has_earlier());
    assert_eq!(ask_slot(&slot.load(), "GET /").status(), 200);
}

#[test]
fn a_not_found_page_links_the_start_relative_to_its_own_folder() {
    let site = site(FILES);
    for (target, link) in [("/x", "./"), ("/a/x", "../"), ("/a/b/", "../../")] {
        let page = text(ask(&site, &format!("GET {target}\naccept: text/html")));
        assert!(page.contains(&format!("<a href=\"{link}\">")), "{page}");
    }
}

#[test]
fn a_404_names_the_nearest_file_if_there_is_one() {
    let site = site(FILES);
    for (target, nearest) in [
        ("/mian.js", Some("Did you mean main.js?")),
        ("/levels/empty.txt", Some("Did you mean empty.txt?")),
        ("/xyz", None),
    ] {
        let said = text(ask(&site, &format!("GET {target}")));
        let line = said.lines().find(|line| line.contains("mean"));
        assert_eq!(line, nearest, "{said}");
    }
}

#[test]
fn the_page_for_a_missing_file_has_no_policy_that_blocks_its_style() {
    let page = LobbyPage::new(&[], Language::English);
    let lobby = Site::lobby(&page, &[], None).unwrap();
    for (request, status, has_policy) in [
        ("GET /\naccept: text/html", 200, true),
        ("GET /nothing\naccept: text/html", 404, false),
    ] {
        let response = ask(&lobby, request);
        assert_eq!(response.status(), status, "{request}");
        let policy = field(response.headers(), "content-security-policy");
        assert_eq!(!policy.is_empty(), has_policy, "{request}");
        assert_eq!(text(response).contains("<style>"), !has_policy, "{request}");
    }
}
