//! The page that a game starts with, where an application or a licence lies around it: in a folder and in an archive.

use std::io::{Cursor, Write};

use webserver::library::game::Game;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::properties::write;

const GAME: &[u8] = b"<!doctype html><script>start()</script>";
const OTHER: &[u8] = b"<!doctype html><script>other()</script>";
const LICENCE: &[u8] = b"<!doctype html><p>words";
const LOAD_FILE: &[u8] = b"window.loadFile('dist/index.html')";
const MAIN_SCRIPT: &[u8] = br#"{"name":"game","main":"main.js"}"#;
const MAIN_PAGE: &[u8] = br#"{"name":"game","main":"www/index.html"}"#;

type Files = Vec<(&'static str, &'static [u8])>;

/// An export, and its entry page if it is [`GAME`].
struct Row {
    what: &'static str,
    files: Files,
    expected: Option<&'static str>,
}

fn row(what: &'static str, files: &[(&'static str, &'static [u8])], expected: &'static str) -> Row {
    Row {
        what,
        files: files.to_vec(),
        expected: Some(expected).filter(|page| !page.is_empty()),
    }
}

/// An application of Electron: its licence page, and these files of its own.
fn electron(files: &[(&'static str, &'static [u8])]) -> Files {
    let mut all: Files = vec![("LICENSES.chromium.html", LICENCE), ("game.exe", b"MZ")];
    all.extend(files);
    all
}

fn rows() -> Vec<Row> {
    let package = ("resources/app/package.json", MAIN_SCRIPT);
    let dist = ("resources/app/dist/index.html", GAME);
    let load_file = ("resources/app/main.js", LOAD_FILE);
    vec![
        row(
            "the page of loadFile",
            &electron(&[package, load_file, dist]),
            "dist/index.html",
        ),
        row(
            "the page of loadURL, not another index",
            &electron(&[
                package,
                (
                    "resources/app/main.js",
                    b"window.loadURL(`file://${__dirname}/web/start.html`)",
                ),
                ("resources/app/web/start.html", GAME),
                ("resources/app/dist/index.html", OTHER),
            ]),
            "web/start.html",
        ),
        row("the only index below", &electron(&[dist]), "index.html"),
        row(
            "the page of loadFile, not those of Unity's templates",
            &electron(&[
                package,
                load_file,
                dist,
                (
                    "resources/app/template/index.html",
                    b"<script>{{{ LOADER_FILENAME }}}</script>",
                ),
            ]),
            "dist/index.html",
        ),
        row(
            "the only index that is no template of Unity's",
            &electron(&[
                dist,
                (
                    "resources/app/template/index.html",
                    b"<script>{{{ LOADER_FILENAME }}}</script>",
                ),
            ]),
            "index.html",
        ),
        row(
            "a template of Unity's alone",
            &electron(&[(
                "resources/app/template/index.html",
                b"<script>%UNITY_WEB_NAME%</script>",
            )]),
            "",
        ),
        row(
            "two pages that nothing chooses between",
            &electron(&[dist, ("resources/app/web/index.html", GAME)]),
            "",
        ),
        row(
            "an application in a folder",
            &[
                ("Game-win32-x64/LICENSES.chromium.html", LICENCE),
                ("Game-win32-x64/resources/app/package.json", MAIN_SCRIPT),
                ("Game-win32-x64/resources/app/main.js", LOAD_FILE),
                ("Game-win32-x64/resources/app/dist/index.html", GAME),
            ],
            "dist/index.html",
        ),
        row(
            "an application of NW.js in a folder",
            &[
                ("Game/credits.html", LICENCE),
                ("Game/package.json", MAIN_PAGE),
                ("Game/www/index.html", GAME),
            ],
            "www/index.html",
        ),
        row(
            "a page that runs scripts, not the one of the application below",
            &[
                ("play.html", GAME),
                package,
                load_file,
                ("resources/app/dist/index.html", OTHER),
            ],
            "play.html",
        ),
        row(
            "a game beside a manual",
            &[("manual/about.html", LICENCE), ("html5/index.html", GAME)],
            "index.html",
        ),
        row(
            "two games",
            &[("a/index.html", GAME), ("b/index.html", GAME)],
            "",
        ),
    ]
}

#[test]
fn the_entry_page_is_the_games() {
    let place = tempfile::tempdir().unwrap();
    for (number, row) in rows().into_iter().enumerate() {
        let folder = place.path().join(number.to_string());
        let archive = place.path().join(format!("{number}.zip"));
        write(&folder, row.files.iter().copied());
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in &row.files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        std::fs::write(&archive, zip.finish().unwrap().into_inner()).unwrap();
        for path in [&folder, &archive] {
            let game = Game::from_path(path).ok();
            let game = game.filter(|game| game.source.head(&game.entry, 1 << 10) == GAME);
            let entry = game.map(|game| game.entry);
            assert_eq!(
                entry.as_deref(),
                row.expected,
                "{}: {}",
                row.what,
                path.display()
            );
        }
    }
}
