//! Requests and the answers they must get, with no port and no sleep.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt;
use tempfile::TempDir;

use crate::compression::coding::Coding;
use crate::http::answer::{answer, decide};
use crate::http::body::Body;
use crate::library::game::Game;
use crate::metrics::site_counters::SiteCounters;
use crate::publish::on_air::{OnAir, Published};
use crate::publish::slot::Slot;
use crate::site::Site;
use crate::site::last_modified::LastModified;
use crate::site::options::BuildOptions;
use crate::site::progress::BuildProgress;

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
    build(
        &folder(files, SystemTime::now()),
        BuildOptions::default(),
        None,
    )
}

fn folder(files: &[(&str, &str)], modified: SystemTime) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        let file = fs::File::options().append(true).open(path).unwrap();
        file.set_modified(modified).unwrap();
    }
    folder
}

fn folder_of(name: &str, content: &[u8]) -> TempDir {
    let folder = folder(&[("index.html", "")], SystemTime::now());
    fs::write(folder.path().join(name), content).unwrap();
    folder
}

fn build(folder: &TempDir, options: BuildOptions, date: Option<LastModified>) -> Site {
    let game = Game::from_folder(folder.path()).unwrap();
    let mut site = Site::build(&game, options, None, &BuildProgress::default()).unwrap();
    site.publish_at(date);
    site
}

fn compressed(files: &[(&str, &str)], modified: SystemTime, date: Option<LastModified>) -> Site {
    let site = build(&folder(files, modified), BuildOptions::default(), date);
    site.compressed(None, &|| true).unwrap()
}

/// The answer to `GET /main.js` and the like, fields given as `name: value` lines.
fn ask(site: &Site, request: &str) -> Response<Body> {
    let counters = SiteCounters::new([]);
    let published = Published {
        site,
        counters: &counters,
    };
    answer(published, &read(request))
}

/// The answer from the sites of a slot.
fn ask_slot(on_air: &OnAir, request: &str) -> Response<Body> {
    let request = read(request);
    decide(on_air, &request).into_response(&request)
}

fn read(request: &str) -> Request<()> {
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
    request.body(()).unwrap()
}

fn bytes(response: Response<Body>) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let body = runtime.block_on(response.into_body().collect()).unwrap();
    body.to_bytes().to_vec()
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
fn a_missing_page_names_the_game_in_the_form_and_language_of_the_client() {
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

/// Invariant 8: after a switch, no answer takes one game's bytes for another's.
#[test]
fn nothing_a_browser_kept_of_one_game_is_true_of_another() {
    let script = |game: &str, length: usize| format!("// {game}\n").repeat(length);
    let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let mut cases = 0;
    for (older, equal_or_newer) in [(1000, 500), (1000, 1000), (1000, 2000)] {
        for other_length in [50, 60] {
            // Publication dates as they are given out: growing, or none when the clock does not vouch for it.
            for date in [None, LastModified::from_unix_seconds(5001)] {
                let first = compressed(
                    &[("index.html", "A"), ("main.js", &script("A", 50))],
                    at(older),
                    LastModified::from_unix_seconds(5000),
                );
                let second = compressed(
                    &[("index.html", "B"), ("main.js", &script("B", other_length))],
                    at(equal_or_newer),
                    date,
                );
                for coding in ["identity", "gzip", "br", "zstd"] {
                    let get = format!("GET /main.js\naccept-encoding: {coding}");
                    let kept = ask(&first, &get);
                    let tag = field(kept.headers(), "etag");
                    let date = field(kept.headers(), "last-modified");
                    assert_eq!(date, "Thu, 01 Jan 1970 01:23:20 GMT");
                    let fresh = bytes(ask(&second, &get));
                    for condition in [
                        format!("if-none-match: {tag}"),
                        format!("if-modified-since: {date}"),
                        format!("if-none-match: {tag}\nif-modified-since: {date}"),
                        format!("range: bytes=5-\nif-range: {tag}"),
                        format!("range: bytes=5-\nif-range: {date}"),
                    ] {
                        let answer = ask(&second, &format!("{get}\n{condition}"));
                        assert_eq!(answer.status(), StatusCode::OK, "{coding}, {condition}");
                        assert_eq!(bytes(answer), fresh, "{coding}, {condition}");
                        let known = ask(&first, &format!("{get}\n{condition}"));
                        assert_ne!(known.status(), StatusCode::OK, "{coding}, {condition}");
                        cases += 1;
                    }
                }
            }
        }
    }
    assert_eq!(cases, 3 * 2 * 2 * 4 * 5);
}

#[test]
fn each_coding_is_a_representation_of_its_own() {
    let script = "let score = 0;\n".repeat(100);
    let site = compressed(
        &[
            ("index.html", ""),
            ("main.js", &script),
            ("noise.png", "\u{1}x"),
        ],
        SystemTime::now(),
        None,
    );
    let mut tags = BTreeSet::new();
    for (accepted, coding) in [
        ("deflate", Coding::Identity),
        ("gzip, deflate", Coding::Gzip),
        ("br", Coding::Brotli),
        ("zstd", Coding::Zstd),
        ("identity;q=0, gzip", Coding::Gzip),
    ] {
        let get = format!("GET /main.js\naccept-encoding: {accepted}");
        let response = ask(&site, &get);
        let fields = response.headers().clone();
        let token = match coding {
            Coding::Identity => "",
            coding => coding.token(),
        };
        assert_eq!(field(&fields, "content-encoding"), token, "{accepted}");
        assert_eq!(field(&fields, "vary"), "Accept-Encoding");
        assert_eq!(
            field(&fields, "content-type"),
            "text/javascript; charset=utf-8"
        );
        tags.insert(field(&fields, "etag").to_owned());
        let body = bytes(response);
        assert!(coding.decodes_to(&body, script.as_bytes()), "{accepted}");
        assert_eq!(field(&fields, "content-length"), body.len().to_string());
        // Ranges are of the coded bytes.
        let part = ask(&site, &format!("{get}\nrange: bytes=3-6"));
        assert_eq!(
            field(part.headers(), "content-range"),
            format!("bytes 3-6/{}", body.len())
        );
        assert_eq!(bytes(part), body[3..7]);
        let same = ask(
            &site,
            &format!("{get}\nif-none-match: {}", field(&fields, "etag")),
        );
        assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(field(same.headers(), "vary"), "Accept-Encoding");
    }
    assert_eq!(tags.len(), 4);

    let refused = ask(
        &site,
        "GET /main.js\naccept-encoding: identity;q=0, br;q=0, *;q=0",
    );
    assert_eq!(refused.status(), StatusCode::NOT_ACCEPTABLE);
    // Two bytes do not shrink.
    let noise = ask(&site, "GET /noise.png\naccept-encoding: gzip, br, zstd");
    assert_eq!(field(noise.headers(), "content-encoding"), "");
    assert_eq!(field(noise.headers(), "vary"), "");
}

#[test]
fn a_sibling_counts_when_it_decodes_to_the_same_bytes() {
    let script = "let score = 0;\n".repeat(100);
    // Not what is made here: a weaker level.
    let weak = zstd::encode_all(script.as_bytes(), 1).unwrap();
    let stale = zstd::encode_all(&script.as_bytes()[1..], 1).unwrap();
    for (sibling, is_used) in [(&weak, true), (&stale, false), (&vec![0; 9], false)] {
        let folder = folder(
            &[("index.html", ""), ("main.js", &script)],
            SystemTime::now(),
        );
        fs::write(folder.path().join("main.js.zst"), sibling).unwrap();
        let site = build(&folder, BuildOptions::default(), None)
            .compressed(None, &|| true)
            .unwrap();
        let body = bytes(ask(&site, "GET /main.js\naccept-encoding: zstd"));
        assert_eq!(&body == sibling, is_used);
        assert!(Coding::Zstd.decodes_to(&body, script.as_bytes()));
    }
}

#[test]
fn a_big_file_is_sent_from_disk_as_it_was_when_it_was_published() {
    let folder = folder(&[("index.html", "")], SystemTime::now());
    let big: Vec<u8> = (0..(1 << 20) + 99).map(|n: u32| (n / 7) as u8).collect();
    let path = folder.path().join("game.data");
    fs::write(&path, &big).unwrap();
    let options = toml::from_str("big_file_mib = 1").unwrap();
    let site = build(&folder, options, None);
    // A new export replaces the file.
    fs::rename(folder.path().join("index.html"), &path).unwrap();

    assert_eq!(bytes(ask(&site, "GET /game.data")), big);
    let part = ask(&site, "GET /game.data\nrange: bytes=1000-300000");
    assert_eq!(bytes(part), big[1000..=300_000]);
    let parts = ask(&site, "GET /game.data\nrange: bytes=0-9,-5");
    let length = field(parts.headers(), "content-length").to_owned();
    let body = bytes(parts);
    assert_eq!(body.len().to_string(), length);
    let last = body
        .windows(5)
        .any(|window| window == &big[big.len() - 5..]);
    assert!(last && body.windows(10).any(|window| window == &big[..10]));
    let in_memory = build(&folder_of("game.data", &big), BuildOptions::default(), None);
    let tag = |site| field(ask(site, "GET /game.data").headers(), "etag").to_owned();
    assert_eq!(tag(&site), tag(&in_memory));
}

#[test]
fn a_truncated_file_ends_its_answer_short() {
    let big = vec![7; (1 << 20) + 1];
    let folder = folder_of("game.data", &big);
    let options = toml::from_str("big_file_mib = 1").unwrap();
    let site = build(&folder, options, None);
    let file = fs::File::options()
        .write(true)
        .open(folder.path().join("game.data"))
        .unwrap();
    file.set_len(1000).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let body = ask(&site, "GET /game.data").into_body();
    assert!(runtime.block_on(body.collect()).is_err());
}

#[test]
fn what_exceeds_the_memory_stays_on_disk_and_is_sent_all_the_same() {
    let half = "x".repeat(600 << 10);
    let folder = folder(
        &[("index.html", "i"), ("a.js", &half), ("b.js", &half)],
        SystemTime::now(),
    );
    let options = toml::from_str("memory_mib = 1").unwrap();
    let site = build(&folder, options, None);
    for name in ["a.js", "b.js"] {
        assert_eq!(text(ask(&site, &format!("GET /{name}"))), half);
    }
    // There is memory for the copies of one, but not for one of what is on disk.
    let site = site.compressed(None, &|| true).unwrap();
    let coding = |name| {
        let response = ask(&site, &format!("GET /{name}\naccept-encoding: br"));
        field(response.headers(), "content-encoding").to_owned()
    };
    assert_eq!(
        (coding("a.js"), coding("b.js")),
        ("br".into(), String::new())
    );
}

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
    let has_worker = || slot.load().current().counters.has_worker();
    asked("GET /old/sw.js\nservice-worker: script");
    asked("GET /sw.js");
    assert!(!has_worker());
    assert_eq!(asked("GET /sw.js\nservice-worker: script"), "own");
    assert!(has_worker());
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

fn live(files: &[(&str, &str)]) -> Site {
    live_in(&folder(files, SystemTime::now()))
}

fn live_in(folder: &TempDir) -> Site {
    build(folder, toml::from_str("live = true").unwrap(), None)
}

#[test]
fn pages_of_a_live_site_have_the_script_and_nothing_else_changes() {
    let (plain, live) = (site(FILES), live(FILES));
    assert_ne!(plain.id, live.id);
    let tag = format!(
        "<script src=\".webserver/live.js\" data-site=\"{}\"></script>",
        live.id.as_str()
    );
    for (target, expected) in [
        ("/", format!("<!doctype html>{tag}<title>t</title>")),
        (
            "/index.html",
            format!("<!doctype html>{tag}<title>t</title>"),
        ),
        ("/levels/", format!("{tag}levels")),
    ] {
        let response = ask(&live, &format!("GET {target}"));
        let fields = response.headers().clone();
        let etag = crate::site::etag::EntityTag::from_content(expected.as_bytes());
        assert_eq!(fields.get("etag"), Some(etag.value()), "{target}");
        assert_eq!(field(&fields, "content-length"), expected.len().to_string());
        assert_eq!(text(response), expected, "{target}");
    }
    for (target, _) in FILES
        .iter()
        .filter(|(name, _)| !name.ends_with(".html") && !name.starts_with('.'))
    {
        let target = target
            .replace('%', "%25")
            .replace(' ', "%20")
            .replace('#', "%23");
        let request = format!("GET /{}", target.replace('?', "%3F"));
        let ask = |site: &Site| {
            let response = ask(site, &request);
            (
                response.headers().clone(),
                text(response).replace(live.id.as_str(), ""),
            )
        };
        assert_eq!(ask(&plain), ask(&live), "{request}");
    }
    assert_eq!(ask(&plain, "GET /.webserver/live.js").status(), 404);
    let script = ask(&live, "GET /.webserver/live.js");
    assert_eq!(
        field(script.headers(), "content-type"),
        "text/javascript; charset=utf-8"
    );
    assert!(text(script).contains("new URL('events', document.currentScript.src)"));
}

#[test]
fn pages_under_a_worker_or_a_policy_stay_as_they_are() {
    let policy = "<meta http-equiv=content-security-policy content=\"script-src 'none'\">";
    for (files, has_script) in [
        (&[("index.html", "a")][..], true),
        (&[("index.html", "a"), ("a/sw.js", "")], false),
        (
            &[(
                "index.html",
                "<script>navigator.serviceWorker.register('x.js')</script>",
            )],
            false,
        ),
        (&[("index.html", policy)], false),
        (&[("index.html", ""), ("a.html.gz", "<html>")], false),
        (&[("index.html", "a"), ("other.html", policy)], true),
    ] {
        let site = live(files);
        let sent = text(ask(&site, "GET /"));
        assert_eq!(sent.contains(".webserver/live.js"), has_script, "{files:?}");
        assert!(has_script || sent == files[0].1, "{files:?}");
        for (name, content) in &files[1..] {
            assert_eq!(text(ask(&site, &format!("GET /{name}"))), *content);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn events_say_which_site_is_on_the_air_until_the_server_stops() {
    let slot = Slot::start(live(&[("index.html", "a")]));
    let id = || slot.load().site.id.as_str().to_owned();
    let mut response = ask_slot(&slot.load(), "GET /.webserver/events");
    assert_eq!(
        field(response.headers(), "content-type"),
        "text/event-stream"
    );
    assert_eq!(field(response.headers(), "content-length"), "");
    let mut piece = async || {
        let frame = response.body_mut().frame().await?;
        Some(String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap())
    };
    let event = |id: String| Some(format!("retry: 1000\ndata: {id}\n\n"));
    assert_eq!(piece().await, event(id()));
    let began = tokio::time::Instant::now();
    assert_eq!(piece().await.as_deref(), Some(":\n\n"));
    assert_eq!(began.elapsed(), Duration::from_secs(15));
    let folder = folder(&[("index.html", "b")], SystemTime::now());
    slot.publish(live_in(&folder));
    assert_eq!(piece().await, event(id()));
    slot.publish(live_in(&folder));
    assert_eq!(piece().await.as_deref(), Some(":\n\n"), "the same site");
    slot.end_events();
    assert_eq!(piece().await, None);
    assert_eq!(piece().await, None);
    slot.publish(live(&[("index.html", "c")]));
    let late = ask_slot(&slot.load(), "GET /.webserver/events");
    assert_eq!(late.into_body().collect().await.unwrap().to_bytes(), "");

    let head = ask_slot(&slot.load(), "HEAD /.webserver/events");
    assert_eq!(field(head.headers(), "content-type"), "text/event-stream");
    assert!(head.body().is_end_stream());
    let plain = Slot::start(site(FILES));
    let none = ask_slot(&plain.load(), "GET /.webserver/events");
    assert_eq!(none.status(), 404);
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
