//! The findings of `webserver check` in an export: each fault and its opposite.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::support::{Place, not_tested};
use crate::zips::{Entry, archive, zip};

const PAGE: &str = "<!doctype html><meta name=\"viewport\" content=\"width=device-width\">\n";

/// The findings in a game of these files: severity, kind, file and line.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let place = Place::new();
    for (name, content) in files {
        place.write(&format!("game/{name}"), content);
    }
    findings(&place, "./game")
}

fn findings(place: &Place, game: &str) -> Vec<String> {
    let report = report(place, game);
    let findings = report["games"][0]["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| {
            for key in ["what", "mend"] {
                let text = finding[key].as_str().unwrap();
                assert!(!text.is_empty() && !text.contains("%{"), "{finding}");
            }
            let word = |key: &str| finding[key].as_str().unwrap_or("-").to_owned();
            let line = finding["line"].as_u64().unwrap_or(0);
            format!(
                "{} {} {}:{line}",
                word("severity"),
                word("kind"),
                word("file")
            )
        })
        .collect()
}

fn report(place: &Place, game: &str) -> Value {
    let finished = place.run(&["check", game, "--json"]);
    let report: Value = serde_json::from_str(&finished.out).unwrap();
    let errors = report["games"][0]["errors"].as_u64().unwrap();
    assert_eq!(finished.code, Some(i32::from(errors > 0)), "{report:#}");
    assert_eq!(finished.err, "");
    report
}

#[test]
fn the_bundled_games_have_no_errors_and_no_warnings() {
    let place = Place::new();
    let finished = place.run(&["check", "--json"]).with_code(0);
    let report: Value = serde_json::from_str(&finished.out).unwrap();
    let games = report["games"].as_array().unwrap();
    assert_eq!(games.len(), 5);
    for game in games {
        assert_eq!(
            (&game["errors"], &game["warnings"]),
            (&0.into(), &0.into()),
            "{game:#}"
        );
        // Gamepads and the clipboard are extras that the games do without.
        let findings = game["findings"].as_array().unwrap();
        let is_expected = |finding: &Value| finding["kind"] == "secure-context";
        assert!(findings.iter().all(is_expected), "{game:#}");
        assert!(game["first_load"]["files"].as_u64().unwrap() > 5);
    }
}

#[test]
fn a_file_that_serving_could_not_read_is_an_error() {
    let place = Place::new();
    let damaged = |name: &str, content: &str| Entry {
        crc: 1,
        ..Entry::deflated(name, content)
    };
    for (files, expected) in [
        (
            [Entry::deflated("index.html", PAGE), damaged("a.js", "1")],
            "error damaged a.js:0",
        ),
        (
            [damaged("index.html", PAGE), Entry::stored("a.js", "1")],
            "error damaged index.html:0",
        ),
    ] {
        place.write("game.zip", archive(&files));
        assert_eq!(findings(&place, "./game.zip"), [expected]);
        let dry_run = place.run(&["add", "game.zip", "--dry-run"]).with_code(1);
        let name = expected.split([' ', ':']).nth(2).unwrap();
        assert!(dry_run.out.contains(name), "{dry_run:?}");
    }
    place.write("game/index.html", PAGE);
    place.write("game/a.js", "1");
    let file = place.path("game/a.js");
    fs::set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
    if fs::read(&file).is_ok() {
        return not_tested("files without permissions: this user reads them all");
    }
    assert_eq!(findings(&place, "./game"), ["error unreadable a.js:0"]);
    place.run(&["add", "game", "--dry-run"]).with_code(1);
}

#[test]
fn references_are_followed() {
    let page = |body: &str| format!("{PAGE}{body}");
    for (body, others, expected) in [
        ("<img src=hero.png>", &[("hero.png", "x")][..], &[][..]),
        ("<img src=hero.png>", &[], &["error missing index.html:2"]),
        (
            "<img src=hero.png>",
            &[("Hero.png", "x")],
            &["error case index.html:2"],
        ),
        (
            "<img src=caf\u{e9}.png>",
            &[("cafe\u{301}.png", "x")],
            &[
                "error unicode-form index.html:2",
                "warning not-nfc cafe\u{301}.png:0",
            ],
        ),
        ("<img src='hero%201.png?v=2'>", &[("hero 1.png", "x")], &[]),
        (
            "<img src=/hero.png>",
            &[("hero.png", "x")],
            &["warning absolute index.html:2"],
        ),
        (
            "<base href='img/'><img src=hero.png>",
            &[("img/hero.png", "x")],
            &[],
        ),
        (
            "<script src=https://cdn.example/x.js></script>",
            &[],
            &["warning other-host index.html:2"],
        ),
        (
            "<a href=https://example.com/>a</a><img src=data:,>",
            &[],
            &[],
        ),
        (
            "<link rel=stylesheet href=a.css>",
            &[("a.css", "\n\na { b: url(no.png) }")],
            &["note missing a.css:3"],
        ),
        (
            "<script src=js/a.js></script><script src=js/b.js></script><script src=js/c.js></script>",
            &[],
            &["error missing-folder index.html:2"],
        ),
        (
            "<embed src=game.swf>",
            &[("game.swf", "FWS")],
            &["error flash index.html:2"],
        ),
        (
            "<script src=ruffle.js></script><embed src=game.swf>",
            &[("game.swf", "FWS"), ("ruffle.js", "")],
            &[],
        ),
        // Nobody gets to it.
        ("", &[("old.css", "a { b: url(no.png) }")], &[]),
        (
            "<link rel=manifest href=app.webmanifest>",
            &[("app.webmanifest", "{\"icons\":\n[{\"src\": \"no.png\"}]}")],
            &["note missing app.webmanifest:2"],
        ),
        (
            "<script type=module src=a.js></script>",
            &[("a.js", "\nimport './no.js'")],
            &["error missing a.js:2"],
        ),
        (
            "<script type=module src=a.js></script>",
            &[
                ("a.js", "import './b.js'"),
                ("b.js", "export * from './c.js'"),
                ("c.js", ""),
            ],
            &[],
        ),
        (
            "<script src=js/a.js></script>",
            &[
                (
                    "js/a.js",
                    "load('img/Hero.png', 'img/gone.png', 'x.png', base + 'hero.png')",
                ),
                ("img/hero.png", "x"),
            ],
            &["warning case js/a.js:1", "warning missing js/a.js:1"],
        ),
        (
            "<script src=a.js></script>",
            &[("a.js", "load('https://cdn.example/x.js')")],
            &["note names-other-host a.js:1"],
        ),
        ("", &[("a.js", "load('https://cdn.example/x.js')")], &[]),
        // A part of a page, which a script puts into the entry page, and a page of its own.
        (
            "<script>get('menu/part.html')</script>",
            &[
                (
                    "menu/part.html",
                    "<div><img src=./menu/a.png><img src=b.png><img src={{c}}></div>",
                ),
                ("menu/a.png", "x"),
                ("menu/b.png", "x"),
            ],
            &[],
        ),
        (
            "<a href=menu/page.html>menu</a>",
            &[
                ("menu/page.html", "<html><img src=menu/a.png>"),
                ("menu/a.png", "x"),
            ],
            &["error missing menu/page.html:1"],
        ),
        // LayaAir's picture of a folder's pictures.
        (
            "<script src=laya.core.js></script><script src=a.js></script>",
            &[
                ("laya.core.js", ""),
                (
                    "a.js",
                    "a.loadImage('ui/a.png'); a.loadImage('other/a.png')",
                ),
                ("res/atlas/ui.atlas", "{}"),
            ],
            &["error missing a.js:1"],
        ),
        // Modules that are in a bundle, or that only the engine's native player has.
        (
            "<script src=js/a.js></script><script src=js/b.js></script><script src=js/c.js></script>",
            &[
                ("js/a.js", "if (window.jsb) { require('js/native.js') }"),
                (
                    "js/b.js",
                    "[function(t){t('./one.js')},{'./one.js':2}],2:[function(){},{}]",
                ),
                (
                    "js/c.js",
                    "System.register('chunks:///_virtual/a.ts', ['./helpers.js', 'cc'], f)",
                ),
            ],
            &[],
        ),
        (
            "<script src=js/a.js></script>",
            &[("js/a.js", "load('./helpers.js', {'a': './helpers.js'})")],
            &["error missing js/a.js:1"],
        ),
        (
            "<script>UnityLoader.instantiate('game', 'a.json')</script>",
            &[("a.json", r#"{"dataUrl":"a.json"}"#)],
            &[],
        ),
        (
            "<script>load('hero.png')</script>",
            &[("hero.png", "x")],
            &[],
        ),
    ] {
        let page = page(body);
        let files = [&[("index.html", page.as_str())], others].concat();
        assert_eq!(found(&files), expected, "{body}");
    }
}

#[test]
fn faults_of_the_page_and_its_names_are_reported() {
    assert_eq!(
        found(&[("index.html", " \n")]),
        ["error empty-page index.html:0"]
    );
    let page = "<!doctype html><title>x</title>";
    assert_eq!(
        found(&[("index.html", page)]),
        ["note no-viewport index.html:0"]
    );
    let files = [
        ("index.html", PAGE),
        ("aux.js", ""),
        ("a/Hero.png", "1"),
        ("a/hero.png", "2"),
    ];
    let expected = [
        "warning collision a/hero.png:0",
        "warning reserved-name aux.js:0",
    ];
    assert_eq!(found(&files), expected);
}

#[test]
fn features_that_phones_lack_are_reported() {
    let sensors = [
        ("index.html", PAGE),
        ("a.js", "navigator.gpu; crypto.subtle"),
    ];
    assert_eq!(found(&sensors), ["note secure-context -:0"]);
    let page = format!("{PAGE}<script src=game.js></script>");
    let script =
        "var m = new WebAssembly.Memory({shared: true}); new SharedArrayBuffer(1); PThread.init()";
    let threads = [
        ("index.html", page.as_str()),
        ("game.js", script),
        ("game.worker.js", ""),
    ];
    assert_eq!(found(&threads), ["warning threads -:0"]);
    let place = Place::new();
    place.write("game/index.html", PAGE);
    place.write("game/a.js", "requestMIDIAccess(); navigator.xr");
    for (language, words) in [("en", "no MIDI; no VR"), ("zh-CN", "MIDI；无法使用 VR")] {
        let finished = place.run(&["check", "./game", "--lang", language]);
        let text: String = finished.out.split_whitespace().collect();
        let words: String = words.split_whitespace().collect();
        assert!(text.contains(&words), "{words}: {}", finished.out);
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn compressed_files_that_are_broken_or_too_large_inside_are_reported() {
    let place = Place::new();
    let page = format!("{PAGE}<script src=a.js></script><script src=b.js></script>");
    place.write("game/index.html", page);
    let whole = gzip(&b"let a = 1;".repeat(1000));
    place.write("game/a.js.gz", &whole);
    place.write("game/b.js.gz", gzip(&vec![b' '; 9_900_000]));
    assert_eq!(findings(&place, "./game"), [""; 0]);
    place.write("game/a.js.gz", &whole[..whole.len() / 2]);
    place.write("game/b.js.gz", gzip(&vec![b' '; 10_100_000]));
    assert_eq!(
        findings(&place, "./game"),
        ["warning broken a.js.gz:0", "warning bomb b.js.gz:0"]
    );
}

#[test]
fn a_compressed_sibling_with_other_content_is_reported() {
    let place = Place::new();
    place.write(
        "game/index.html",
        format!("{PAGE}<script src=a.js></script>"),
    );
    place.write("game/a.js", "let a = 1;");
    place.write("game/a.js.gz", gzip(b"let a = 1;"));
    assert_eq!(findings(&place, "./game"), [""; 0]);
    place.write("game/a.js.gz", gzip(b"let a = 0;"));
    assert_eq!(findings(&place, "./game"), ["error stale a.js.gz:0"]);
}

#[test]
fn the_size_of_the_first_load_is_reported() {
    let place = Place::new();
    let files: [(&str, String); 9] = [
        (
            "index.html",
            format!("{PAGE}<script src=game.js></script><link rel=stylesheet href=a.css>"),
        ),
        ("game.js", "load('game', 'level.json')".to_owned()),
        ("a.css", "@font-face { src: url(font.woff2) }".to_owned()),
        ("font.woff2", "f".repeat(1000)),
        ("game.wasm", "w".repeat(100_000)),
        ("other.wasm", "o".repeat(100_000)),
        ("level.json", "{}".to_owned()),
        ("readme.txt", "r".repeat(1000)),
        ("credits.html", PAGE.to_owned()),
    ];
    for (name, content) in &files {
        place.write(&format!("game/{name}"), content);
    }
    let game = &report(&place, "./game")["games"][0];
    let first: usize = [0, 1, 2, 3, 4]
        .iter()
        .map(|number: &usize| files[*number].1.len())
        .sum();
    assert_eq!(game["first_load"]["files"], 5);
    assert_eq!(game["first_load"]["bytes"], first);
    assert_eq!(game["files"], 9);
    assert!(game["compressed_bytes"].as_u64() < game["bytes"].as_u64());
    assert_eq!(game["largest"][0]["file"], "game.wasm");
}

#[test]
fn limits_of_game_portals_are_reported() {
    let place = Place::new();
    place.write("game/index.html", PAGE);
    for number in 0..1000 {
        place.write(&format!("game/{number}.bin"), "");
    }
    assert_eq!(findings(&place, "./game"), ["warning portal -:0"]);
}

#[test]
fn a_zip_is_checked_as_a_folder_is() {
    let place = Place::new();
    let page = format!("{PAGE}<img src=hero.png>");
    place.write("game.zip", zip(&[("export/index.html", page.as_bytes())]));
    assert_eq!(findings(&place, "game.zip"), ["error missing index.html:2"]);
}

#[test]
fn the_report_fits_a_terminal_in_both_languages() {
    let place = Place::new();
    let long = "folder/".repeat(20);
    place.write(
        "game/index.html",
        format!("<img src={long}hero.png><img src=a.png>"),
    );
    place.write("game/\u{1b}[2J.png", "x");
    place.write("game/A.png", "x");
    for (language, words) in [("en", "requests a.png"), ("zh-CN", "文件名是 A.png")] {
        let finished = place
            .run(&["check", "./game", "--lang", language])
            .with_code(1);
        assert!(finished.out.contains(words), "{}", finished.out);
        assert!(!finished.out.contains('\u{1b}'), "{}", finished.out);
        let title = finished.out.lines().next().unwrap();
        for line in finished.out.lines().filter(|line| *line != title) {
            let width = unicode_width::UnicodeWidthStr::width(line);
            assert!(width <= 80, "{width}: {line}");
        }
    }
}

#[test]
fn checking_something_other_than_a_game_is_an_error() {
    let place = Place::new();
    place.write("empty/readme.txt", "");
    place.write("torn.zip", "PK");
    for (game, code) in [
        ("./empty", 2),
        ("./nothing", 2),
        ("nogame", 2),
        ("torn.zip", 1),
    ] {
        let finished = place.run(&["check", game]).with_code(code);
        assert!(
            !finished.err.is_empty() && finished.out.is_empty(),
            "{game}"
        );
    }
    // In a library, it is something to mend.
    place.write("config.toml", "library = \".\"");
    let finished = place.run(&["check"]).with_code(1);
    assert!(finished.out.contains("torn.zip"), "{}", finished.out);
}
