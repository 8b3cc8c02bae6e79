//! Answers to a player's browser over TCP: files under any name, validators, ranges, error pages.

use std::os::unix::fs::symlink;

use crate::support::{Client, Place, Running};

/// The game `game` with a file of ten digits, and a server for it.
fn served() -> (Place, Running, Client) {
    let place = Place::new();
    place.write(
        "config.toml",
        "[[games]]\nslug = \"game\"\npath = \"game\"\ntitle = { en = \"The Game\", zh = \"这个游戏\" }\n",
    );
    place.game("game");
    place.write("game/digits.txt", "0123456789");
    let (running, port) = place.serve(&["game"]);
    (place, running, Client::connect(port))
}

#[test]
fn head_has_the_fields_of_get_and_no_body() {
    let (_place, _running, mut client) = served();
    for path in ["/", "/index.html", "/digits.txt", "/nothing"] {
        let get = client.get(path);
        let head = client.request("HEAD", path, &[]);
        assert_eq!(get.status, head.status, "{path}");
        assert_eq!(get.body.len(), head.length(), "{path}");
        for field in ["content-type", "etag", "cache-control"] {
            assert_eq!(get.field(field), head.field(field), "{path}: {field}");
        }
    }
    assert_eq!(client.get("/").text(), "game");
    assert_eq!(client.get("/?level=3").text(), "game");
}

#[test]
fn other_methods_are_answered_with_allow() {
    let (_place, _running, mut client) = served();
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let answer = client.request(method, "/digits.txt", &["Content-Length: 0"]);
        assert_eq!(answer.status, 405, "{method}");
        let allow = answer.field("allow").unwrap();
        let allowed: Vec<_> = allow.split(',').map(str::trim).collect();
        assert!(
            allowed.contains(&"GET") && allowed.contains(&"HEAD"),
            "{allow}"
        );
        assert!(!allowed.contains(&method), "{allow}");
    }
}

#[test]
fn a_404_has_the_form_and_language_of_its_reader() {
    let (_place, _running, mut client) = served();
    let page = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";
    for (fields, media_type, words) in [
        (
            &[][..],
            "text/plain; charset=utf-8",
            &["404", "The Game"][..],
        ),
        (&["Accept: */*"], "text/plain; charset=utf-8", &["The Game"]),
        (
            &["Accept-Language: zh-CN,zh;q=0.9,en;q=0.8"],
            "text/plain; charset=utf-8",
            &["这个游戏"],
        ),
        (
            &[page],
            "text/html; charset=utf-8",
            &["<html lang=\"en\">", "The Game", "href=\"./\""],
        ),
        (
            &[page, "Accept-Language: zh-CN,zh;q=0.9,en;q=0.8"],
            "text/html; charset=utf-8",
            &["<html lang=\"zh-CN\">", "这个游戏", "href=\"./\""],
        ),
        (
            &[page, "Accept-Language: en-GB,en;q=0.9,zh;q=0.8"],
            "text/html; charset=utf-8",
            &["<html lang=\"en\">"],
        ),
        (
            &[page, "Accept-Language: fr, zh;q=0.5"],
            "text/html; charset=utf-8",
            &["<html lang=\"zh-CN\">"],
        ),
    ] {
        let answer = client.request("GET", "/nothing", fields);
        assert_eq!(answer.status, 404);
        assert_eq!(answer.field("content-type"), Some(media_type), "{fields:?}");
        for word in words {
            assert!(
                answer.text().contains(word),
                "{fields:?}: {}",
                answer.text()
            );
        }
    }
}

#[test]
fn a_known_file_is_not_sent_again() {
    let (_place, _running, mut client) = served();
    let first = client.get("/digits.txt");
    let tag = first.field("etag").unwrap().to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    for (value, status) in [
        (tag.as_str(), 304),
        (&format!("\"other\", {tag}"), 304),
        (&format!("W/{tag}"), 304),
        ("*", 304),
        ("\"other\"", 200),
    ] {
        let field = format!("If-None-Match: {value}");
        for method in ["GET", "HEAD"] {
            let answer = client.request(method, "/digits.txt", &[&field]);
            assert_eq!(answer.status, status, "{method} {field}");
            assert_eq!(answer.field("etag"), Some(tag.as_str()));
        }
    }
    let other = client.get("/index.html");
    assert_ne!(other.field("etag"), Some(tag.as_str()));
}

#[test]
fn a_changed_file_has_another_tag() {
    let (place, _running, mut client) = served();
    let before = client.get("/digits.txt");
    let tag = before.field("etag").unwrap();
    place.write("game/digits.txt", "9876543210");
    let (_again, port) = place.serve(&["game"]);
    let field = format!("If-None-Match: {tag}");
    let after = Client::connect(port).request("GET", "/digits.txt", &[&field]);
    assert_eq!((after.status, after.text().as_str()), (200, "9876543210"));
}

#[test]
fn a_single_range_is_sent_alone() {
    let (_place, _running, mut client) = served();
    for (range, status, content_range, body) in [
        ("bytes=2-5", 206, Some("bytes 2-5/10"), "2345"),
        ("bytes=0-0", 206, Some("bytes 0-0/10"), "0"),
        ("bytes=7-", 206, Some("bytes 7-9/10"), "789"),
        ("bytes=-3", 206, Some("bytes 7-9/10"), "789"),
        ("bytes=5-99", 206, Some("bytes 5-9/10"), "56789"),
        ("bytes=-99", 206, Some("bytes 0-9/10"), "0123456789"),
        ("lines=1-2", 200, None, "0123456789"),
        ("bytes=5-2", 200, None, "0123456789"),
        ("bytes=x", 200, None, "0123456789"),
    ] {
        let field = format!("Range: {range}");
        let answer = client.request("GET", "/digits.txt", &[&field]);
        assert_eq!(answer.status, status, "{range}");
        assert_eq!(answer.field("content-range"), content_range, "{range}");
        assert_eq!(answer.text(), body, "{range}");
    }
    for range in ["bytes=10-", "bytes=99-100", "bytes=-0"] {
        let field = format!("Range: {range}");
        let answer = client.request("GET", "/digits.txt", &[&field]);
        assert_eq!(answer.status, 416, "{range}");
        assert_eq!(answer.field("content-range"), Some("bytes */10"));
    }
}

#[test]
fn files_are_found_by_the_names_that_browsers_send() {
    let (place, _running, _) = served();
    for name in [
        "a b.txt",
        "中文.txt",
        "关卡/一.txt",
        "a#b.txt",
        "100%.txt",
        "100%25.txt",
        "a+b.txt",
        "a?b.txt",
        "a&b;c.txt",
    ] {
        place.write(&format!("game/{name}"), name);
    }
    let (_running, port) = place.serve(&["game"]);
    let mut client = Client::connect(port);
    for (path, name) in [
        ("/a%20b.txt", "a b.txt"),
        ("/%E4%B8%AD%E6%96%87.txt", "中文.txt"),
        ("/%e4%b8%ad%e6%96%87.txt", "中文.txt"),
        ("/%E5%85%B3%E5%8D%A1/%E4%B8%80.txt", "关卡/一.txt"),
        ("/a%23b.txt", "a#b.txt"),
        ("/100%25.txt", "100%.txt"),
        ("/100%2525.txt", "100%25.txt"),
        ("/a+b.txt", "a+b.txt"),
        ("/a%2Bb.txt", "a+b.txt"),
        ("/a%3Fb.txt", "a?b.txt"),
        ("/a&b;c.txt", "a&b;c.txt"),
    ] {
        let answer = client.get(path);
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, name),
            "{path}"
        );
    }
    // A plus is a plus, and a question mark begins the query.
    for path in [
        "/a+b%20.txt",
        "/a b.txt".trim_end_matches(" b.txt"),
        "/a?b.txt",
    ] {
        assert_eq!(client.get(path).status, 404, "{path}");
    }
}

#[test]
fn hidden_files_and_files_outside_are_not_served() {
    let (place, _running, _) = served();
    place.write("secret/key.txt", "secret");
    for name in [".env", ".git/config", "sub/.hidden/x.txt", "sub/.x"] {
        place.write(&format!("game/{name}"), "secret");
    }
    let game = place.path("game");
    symlink("../secret/key.txt", game.join("link.txt")).unwrap();
    symlink(place.path("secret"), game.join("folder")).unwrap();
    symlink("/etc/passwd", game.join("passwd")).unwrap();
    symlink("..", game.join("up")).unwrap();
    symlink("digits.txt", game.join("inside.txt")).unwrap();
    let (_running, port) = place.serve(&["game"]);
    for path in [
        "/.env",
        "/.git/config",
        "/%2egit/config",
        "/sub/.hidden/x.txt",
        "/sub/.x",
        "/link.txt",
        "/folder/key.txt",
        "/passwd",
        "/up/secret/key.txt",
        "/../secret/key.txt",
        "/%2e%2e/secret/key.txt",
        "/..%2fsecret/key.txt",
        "/sub/../../secret/key.txt",
        "//../secret/key.txt",
        "/..\\secret\\key.txt",
        "/%252e%252e/secret/key.txt",
        "/key.txt%00",
        "http://localhost/../secret/key.txt",
    ] {
        let answer = Client::connect(port).get(path);
        assert!([400, 404].contains(&answer.status), "{path}: {answer:?}");
        assert!(!answer.text().contains("secret"), "{path}");
    }
    let inside = Client::connect(port).get("/inside.txt");
    assert_eq!(inside.text(), "0123456789");
}

#[test]
fn a_folder_is_redirected_to_its_page() {
    let (place, _running, _) = served();
    place.write("game/levels/index.html", "levels");
    let (_running, port) = place.serve(&["game"]);
    let mut client = Client::connect(port);
    let redirect = client.get("/levels?x=1");
    assert!([301, 308].contains(&redirect.status), "{redirect:?}");
    assert_eq!(redirect.field("location"), Some("levels/?x=1"));
    assert_eq!(client.get("/levels/").text(), "levels");
}
