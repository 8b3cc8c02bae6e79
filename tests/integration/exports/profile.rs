//! The needs of an export: detected, overridden by the configuration, and explained.

use serde_json::Value;

use super::fixtures::*;
use crate::support::{Client, DOWN, Place, Screen};

const ISOLATED: [(&str, Option<&str>); 3] = [
    ("cross-origin-opener-policy", Some("same-origin")),
    ("cross-origin-embedder-policy", Some("require-corp")),
    ("cross-origin-resource-policy", Some("cross-origin")),
];

fn godot(place: &Place, folder: &str) {
    let write = |name: &str, content: &[u8]| place.write(&format!("{folder}/{name}"), content);
    write(
        "index.html",
        b"<script>const GODOT_THREADS_ENABLED = true; GODOT_CONFIG = {};</script>",
    );
    write("index.pck", &pck(4, 3));
    write("index.wasm", &wasm(true));
    write("index.js", b"");
    write("levels/index.html", b"");
}

#[test]
fn every_answer_of_an_isolated_game_has_the_isolation_fields() {
    let place = Place::new();
    godot(&place, "game");
    let (running, port) = place.serve(&["./game"]);
    assert!(
        running.err().contains("Godot 4.3, threads"),
        "{}",
        running.err()
    );
    let mut client = Client::connect(port);
    let tag = client.get("/index.wasm").field("etag").unwrap().to_owned();
    for (method, path, field, status) in [
        ("GET", "/", "A: b", 200),
        ("HEAD", "/index.wasm", "A: b", 200),
        ("GET", "/index.js", "A: b", 200),
        ("GET", "/index.wasm", "Range: bytes=0-1", 206),
        ("GET", "/index.wasm", "Range: bytes=999-", 416),
        ("GET", "/index.wasm", &format!("If-None-Match: {tag}"), 304),
        ("GET", "/nothing.js", "A: b", 404),
        ("GET", "/levels", "A: b", 308),
        ("POST", "/", "A: b", 405),
        ("OPTIONS", "/", "A: b", 204),
    ] {
        let answer = client.request(method, path, &[field]);
        assert_eq!(answer.status, status, "{method} {path}");
        for (name, expected) in ISOLATED {
            assert_eq!(answer.field(name), expected, "{method} {path}");
        }
    }
}

#[test]
fn other_games_have_no_isolation_fields() {
    let place = Place::new();
    place.game("game");
    let (_running, port) = place.serve(&["./game"]);
    for (name, _) in ISOLATED {
        assert_eq!(Client::connect(port).get("/").field(name), None);
    }
}

#[test]
fn the_configuration_overrides_detection() {
    let place = Place::new();
    godot(&place, "threads");
    place.write("plain/start.html", "start");
    place.write("plain/index.html", "index");
    let game = |slug: &str, folder: &str, settings: &str| {
        format!("[[games]]\nslug = \"{slug}\"\npath = \"{folder}\"\n{settings}\n")
    };
    let config = [
        game("auto", "threads", "isolation = \"auto\""),
        game("off", "threads", "isolation = \"off\""),
        game("less", "plain", "isolation = \"credentialless\""),
        game("corp", "plain", "isolation = \"require-corp\""),
        game(
            "fields",
            "threads",
            "headers = { X-Robots-Tag = \"noindex\", Cross-Origin-Opener-Policy = \"unsafe-none\" }",
        ),
        game("moved", "plain", "base = \"/repo\"\nentry = \"start.html\""),
    ];
    place.write("config.toml", config.concat());
    for (slug, opener, embedder) in [
        ("auto", Some("same-origin"), Some("require-corp")),
        ("off", None, None),
        ("less", Some("same-origin"), Some("credentialless")),
        ("corp", Some("same-origin"), Some("require-corp")),
        ("fields", Some("unsafe-none"), Some("require-corp")),
        ("moved", None, None),
    ] {
        let (_running, port) = place.serve(&[slug]);
        let answer = Client::connect(port).get("/");
        assert_eq!(answer.field("cross-origin-opener-policy"), opener, "{slug}");
        assert_eq!(
            answer.field("cross-origin-embedder-policy"),
            embedder,
            "{slug}"
        );
        let robots = (slug == "fields").then_some("noindex");
        assert_eq!(answer.field("x-robots-tag"), robots, "{slug}");
        if slug == "moved" {
            assert_eq!(answer.field("location"), Some("repo/"));
            assert_eq!(Client::connect(port).get("/repo/").text(), "start");
        }
    }
}

#[test]
fn an_invalid_setting_is_named_with_its_line() {
    let place = Place::new();
    place.game("game");
    for (setting, hint) in [
        ("isolation = \"on\"", "require-corp"),
        ("isolation = true", "write text in quotes"),
        ("base = \"repo\"", "/repo/"),
        ("base = \"/a/../b/\"", "/repo/"),
        ("headers = { \"X Y\" = \"1\" }", "X Y"),
        ("headers = { X-A = \"a\\nb\" }", "X-A"),
        ("headers = { Content-Length = \"1\" }", "Content-Length"),
        ("headers = { X-A = 1 }", "write text in quotes"),
        ("header = { X-A = \"1\" }", "headers"),
    ] {
        let game = "[[games]]\nslug = \"game\"\npath = \"game\"\n";
        place.write("config.toml", format!("{game}{setting}\n"));
        let finished = place.run(&["list"]).with_code(0);
        let line = finished.out.lines().last().unwrap().to_owned();
        assert!(line.contains("config.toml:4: "), "{setting}: {line}");
        assert!(line.contains(hint), "{setting}: {line}");
    }
}

#[test]
fn each_decision_is_explained_in_both_languages() {
    let place = Place::with_three_games();
    godot(&place, "threads");
    place.write("threads/extra.data.gz", gzip(b"x"));
    let english = place.run(&["list", "--why", "./threads"]).with_code(0).out;
    for words in [
        "Godot 4.3, threads",
        "index.pck",
        "GODOT_THREADS_ENABLED = true",
        "require-corp",
        "extra.data.gz",
        "sent as is",
    ] {
        assert!(english.contains(words), "{words}: {english}");
    }
    let chinese = place.run(&["list", "--why", "./threads", "--lang", "zh-CN"]);
    let chinese = chinese.with_code(0).out;
    for words in ["Godot 4.3, 多线程", "隔离", "标明版本", "需要：多线程"] {
        assert!(chinese.contains(words), "{words}: {chinese}");
    }
    let json = place
        .run(&["list", "--why", "threads/", "--json"])
        .with_code(0)
        .out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["engine"]["name"], "Godot");
    assert_eq!(json["engine"]["version"], "4.3");
    assert_eq!(json["isolation"]["is"], "require-corp");
    assert_eq!(json["https"]["features"], serde_json::json!(["threads"]));
    assert!(english.contains("needed: threads"), "{english}");
    for (setting, is_needed) in [("true", true), ("false", false)] {
        place.write(
            "config.toml",
            format!("[[games]]\nslug = \"g\"\npath = \"alpha\"\nhttps = {setting}\n"),
        );
        let json = place.run(&["list", "--why", "g", "--json"]).with_code(0);
        let json: Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!(json["https"]["is"], is_needed);
    }
    std::fs::remove_file(place.path("config.toml")).unwrap();
    assert_eq!(json["compressed"][0]["file"], "extra.data.gz");
    assert_eq!(json["compressed"][0]["sent"], "as-is");
    assert!(
        place
            .run(&["list", "--why", "alpha"])
            .with_code(0)
            .out
            .contains("alpha")
    );
    let unknown = place.run(&["list", "--why", "nowhere"]).with_code(2);
    assert!(unknown.err.contains("nowhere"), "{}", unknown.err);
}

#[test]
fn the_engine_is_in_the_list_and_dim_in_the_menu() {
    let place = Place::with_three_games();
    godot(&place, "beta");
    let list = place.run(&["list"]).with_code(0).out;
    let line = list.lines().find(|line| line.contains("beta")).unwrap();
    assert!(line.contains("Godot 4.3, threads"), "{line}");
    let json = place.run(&["list", "--json"]).with_code(0).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["games"][1]["engine"]["name"], "Godot");
    assert_eq!(json["games"][0]["engine"]["name"], "HTML");
    for columns in [80, 40] {
        let mut screen = Screen::open(&place, (24, columns), &["0"]);
        screen.until_selected("Alpha Quest");
        screen.until_shows("Godot 4.3, thr");
        screen.until_asked();
        screen.press(DOWN);
        screen.until_selected("Beta Quest");
    }
}

#[test]
fn the_page_is_found_where_exports_put_it() {
    let place = Place::new();
    place.write("config.toml", "library = \"games\"");
    place.write("games/godot/Game.html", "godot");
    place.write("games/godot/Game.offline.html", "offline");
    place.write("games/godot/Game.pck", "");
    place.write("games/deep/release/www/index.html", "deep");
    place.write("games/case/INDEX.HTML", "case");
    place.write(
        "games/out/web/index.html",
        "<script src=\"../lib/a.js\"></script>",
    );
    place.write("games/out/lib/a.js", "out");
    for (slug, path, expected) in [
        ("godot", "/", "godot"),
        ("deep", "/", "deep"),
        ("case", "/", "case"),
        ("out", "/lib/a.js", "out"),
    ] {
        let (_running, port) = place.serve(&[slug]);
        let answer = Client::connect(port).get(path);
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, expected),
            "{slug}"
        );
        if slug == "out" {
            let front = Client::connect(port).get("/");
            assert_eq!(
                (front.status, front.field("location")),
                (307, Some("web/index.html"))
            );
        }
    }
}

#[test]
fn absolute_references_resolve_for_an_entry_page_in_a_folder() {
    let place = Place::new();
    place.write(
        "game/build/index.html",
        "<script src=/assets/a.js></script>",
    );
    place.write("game/build/assets/a.js", "a");
    place.write("game/index.html", "not this");
    let entry = "[[games]]\nslug = \"g\"\npath = \"game\"\nentry = \"build/index.html\"\n";
    place.write("config.toml", entry);
    let (_running, port) = place.serve(&["g"]);
    assert_eq!(Client::connect(port).get("/assets/a.js").text(), "a");
    assert_eq!(Client::connect(port).get("/build/assets/a.js").text(), "a");
    assert_eq!(Client::connect(port).get("/index.html").text(), "not this");
}
