//! Requests and the answers they must get, with no port and no sleep.

use std::fs;

use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body as _;
use tempfile::TempDir;

use super::{Body, respond};
use crate::games::Game;
use crate::site::{PublicationDate, Site};

const FILES: &[(&str, &str)] = &[
    ("index.html", "<!doctype html><title>t</title>"),
    ("main.js", "0123456789"),
    ("empty.txt", ""),
    ("levels/index.html", "levels"),
    ("levels/1 + 1 = 100%.json", "{}"),
    ("中文 #1?.png", "png"),
    (".env", "secret"),
];

fn site(files: &[(&str, &str)]) -> Site {
    published(files, None)
}

fn published(files: &[(&str, &str)], date: Option<PublicationDate>) -> Site {
    let folder = TempDir::new().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    Site::build(&Game::from_folder(folder.path()).unwrap(), date).unwrap()
}

/// The answer to `GET /main.js` and the like, fields given as `name: value` lines.
fn ask(site: &Site, request: &str) -> Response<Body> {
    let mut lines = request.lines().map(str::trim);
    let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
    let mut request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(target)
        .header("host", "localhost");
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    respond(site, &request.body(()).unwrap())
}

fn bytes(response: Response<Body>) -> Vec<u8> {
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while let Some(piece) = body.next() {
        bytes.extend_from_slice(&piece);
    }
    bytes
}

fn text(response: Response<Body>) -> String {
    String::from_utf8(bytes(response)).unwrap()
}

fn field<'a>(fields: &'a HeaderMap, name: &str) -> &'a str {
    fields.get(name).map_or("", |value| value.to_str().unwrap())
}

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
fn allow_says_what_there_is() {
    let site = site(FILES);
    for request in ["POST /", "OPTIONS /", "OPTIONS *"] {
        let response = ask(&site, request);
        assert_eq!(field(response.headers(), "allow"), "GET, HEAD, OPTIONS");
    }
}

#[test]
fn a_folder_leads_to_its_slash_with_the_query() {
    for (target, expected) in [
        ("/levels", "/levels/"),
        ("/levels?a=1&b=%20", "/levels/?a=1&b=%20"),
        ("//levels", "/levels/"),
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
fn a_refresh_that_has_the_bytes_already_is_told_so() {
    let site = site(FILES);
    let tag = field(ask(&site, "GET /main.js").headers(), "etag").to_owned();
    let response = ask(
        &site,
        &format!("GET /main.js\nif-none-match: \"x\", W/{tag}"),
    );
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(field(response.headers(), "etag"), tag);
    assert_eq!(field(response.headers(), "cache-control"), "no-cache");
    assert_eq!(field(response.headers(), "content-length"), "");
    assert!(bytes(response).is_empty());

    let failed = ask(&site, "GET /main.js\nif-match: \"x\"");
    assert_eq!(failed.status(), StatusCode::PRECONDITION_FAILED);
}

#[test]
fn one_part_is_sent_with_its_place() {
    let site = site(FILES);
    for (range, expected, place) in [
        ("bytes=0-1", "01", "bytes 0-1/10"),
        ("bytes=4-", "456789", "bytes 4-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"),
        ("bytes=-99", "0123456789", "bytes 0-9/10"),
    ] {
        let response = ask(&site, &format!("GET /main.js\nrange: {range}"));
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(field(response.headers(), "content-range"), place);
        let length = expected.len().to_string();
        assert_eq!(field(response.headers(), "content-length"), length);
        assert_eq!(text(response), expected);
    }
}

#[test]
fn ranges_that_cannot_be_had_or_read() {
    let site = site(FILES);
    let response = ask(&site, "GET /main.js\nrange: bytes=10-");
    assert_eq!(response.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(field(response.headers(), "content-range"), "bytes */10");
    for request in [
        "GET /main.js\nrange: lines=0-1",
        "GET /main.js\nrange: bytes=x",
        "GET /main.js\nrange: bytes=0-1\nif-range: \"x\"",
        "HEAD /main.js\nrange: bytes=0-1", // RFC 9110, 14.2: for GET alone
    ] {
        let response = ask(&site, request);
        assert_eq!(response.status(), StatusCode::OK, "{request}");
        assert_eq!(field(response.headers(), "content-length"), "10");
    }
}

#[test]
fn several_parts_are_sent_as_multipart() {
    // The form of RFC 9110, 14.6.
    let response = ask(&site(FILES), "GET /main.js\nrange: bytes=0-1, -1");
    assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(field(response.headers(), "content-range"), "");
    let media_type = field(response.headers(), "content-type").to_owned();
    let boundary = media_type
        .strip_prefix("multipart/byteranges; boundary=")
        .unwrap();
    let length: usize = field(response.headers(), "content-length").parse().unwrap();
    let body = text(response);
    let part = "Content-Type: text/javascript; charset=utf-8\r\nContent-Range: bytes";
    assert_eq!(
        body,
        format!(
            "\r\n--{boundary}\r\n{part} 0-1/10\r\n\r\n01\
             \r\n--{boundary}\r\n{part} 9-9/10\r\n\r\n9\
             \r\n--{boundary}--\r\n"
        )
    );
    assert_eq!(length, body.len());
}

#[test]
fn a_missing_page_says_what_is_on_the_air_to_whom() {
    let site = site(FILES);
    for (fields, media_type, words) in [
        (
            "accept: text/html",
            "text/html; charset=utf-8",
            "On the air: ",
        ),
        (
            "accept: text/html\naccept-language: zh-CN,zh;q=0.9,en;q=0.8",
            "text/html; charset=utf-8",
            "正在发布：",
        ),
        (
            "accept: text/html\naccept-language: fr,en-GB,zh",
            "text/html; charset=utf-8",
            "On the air: ",
        ),
        ("accept: */*", "text/plain; charset=utf-8", "on the air: "),
        (
            "accept: image/png\naccept-language: zh",
            "text/plain; charset=utf-8",
            "正在发布：",
        ),
        ("x: y", "text/plain; charset=utf-8", "404: nothing here"),
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
        let body = text(response);
        assert!(body.contains(words), "{fields}: {body}");
    }
}

#[test]
fn equal_names_and_lengths_in_two_games_have_different_tags() {
    let (one, other) = (site(&[("index.html", "A")]), site(&[("index.html", "B")]));
    let tag = field(ask(&one, "GET /").headers(), "etag").to_owned();
    let response = ask(
        &other,
        &format!("GET /\nif-none-match: {tag}\nif-modified-since: Fri, 01 Jan 2100 00:00:00 GMT"),
    );
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(text(response), "B");
}
