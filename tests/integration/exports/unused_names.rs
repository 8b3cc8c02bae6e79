//! Names in the scripts and lists of exports that play although no file has them, and their opposites.

use webserver::check::finding::Severity;
use webserver::check::report::check;
use webserver::library::game::Game;

use crate::properties::write;

type Files = &'static [(&'static str, &'static str)];

/// Each with its files and the part of an error that `check` reports, if any.
const EXPORTS: &[(&str, Files, Option<&str>)] = &[
    (
        "Construct's worker of its editor's preview",
        &[
            ("index.html", r#"<script src="main.js"></script>"#),
            (
                "main.js",
                r#"if(this._exportType==="preview")this._worker=new Worker("previewworker.js");"#,
            ),
        ],
        None,
    ),
    (
        "a worker of the game",
        &[
            ("index.html", r#"<script src="main.js"></script>"#),
            ("main.js", r#"this._worker=new Worker("physicsworker.js");"#),
        ],
        Some("physicsworker.js"),
    ),
    (
        "Scratch Link",
        &[
            ("index.html", r#"<script src="script.js"></script>"#),
            (
                "script.js",
                r#"n=new WebSocket("ws://127.0.0.1:20111/".concat(t))"#,
            ),
        ],
        None,
    ),
    (
        "a server on the developer's machine",
        &[
            ("index.html", r#"<script src="script.js"></script>"#),
            ("script.js", r#"n=new WebSocket("ws://127.0.0.1:3000/")"#),
        ],
        Some("127.0.0.1:3000"),
    ),
    (
        ".NET 3.2, whose list leaves out two folders",
        &[
            (
                "index.html",
                r#"<script src="_framework/blazor.webassembly.js"></script>"#,
            ),
            ("_framework/blazor.webassembly.js", ""),
            (
                "_framework/blazor.boot.json",
                r#"{"resources":{"assembly":{"Game.dll":"x"},"runtime":{"dotnet.wasm":"x"}}}"#,
            ),
            ("_framework/_bin/Game.dll", "d"),
            ("_framework/wasm/dotnet.wasm", "w"),
        ],
        None,
    ),
    (
        ".NET 3.2 without an assembly",
        &[
            (
                "index.html",
                r#"<script src="_framework/blazor.webassembly.js"></script>"#,
            ),
            ("_framework/blazor.webassembly.js", ""),
            (
                "_framework/blazor.boot.json",
                r#"{"resources":{"assembly":{"Game.dll":"x"},"runtime":{"dotnet.wasm":"x"}}}"#,
            ),
            ("_framework/wasm/dotnet.wasm", "w"),
        ],
        Some("Game.dll"),
    ),
    (
        "a game in the package of love.js",
        &[
            (
                "index.html",
                r#"<script>var Module = {arguments: ["./game.love"]}</script><script src="game.js"></script>"#,
            ),
            (
                "game.js",
                r#"loadPackage({"files":[{"filename":"/game.love","start":0,"end":9}]}); REMOTE_PACKAGE_BASE = 'game.data'"#,
            ),
            ("game.data", "d"),
        ],
        None,
    ),
    (
        "love.js without its package",
        &[
            (
                "index.html",
                r#"<script>var Module = {arguments: ["./game.love"]}</script><script src="game.js"></script>"#,
            ),
            ("game.js", r#"REMOTE_PACKAGE_BASE = 'game.data'"#),
        ],
        Some("game.data"),
    ),
    (
        "the examples in the script of js-dos",
        &[
            ("index.html", r#"<script src="js-dos.js"></script>"#),
            ("js-dos.js", r#"bundle("empty.jsdos");"#),
        ],
        None,
    ),
    (
        "a bundle of js-dos that the page starts",
        &[
            (
                "index.html",
                r#"<script src="js-dos.js"></script><script>Dos(element, {url: "game.jsdos"})</script>"#,
            ),
            ("js-dos.js", ""),
        ],
        Some("game.jsdos"),
    ),
    (
        "a link to a page that is not there",
        &[("index.html", r#"<a href="about.html">About</a>"#)],
        None,
    ),
    (
        "a frame of a page that is not there",
        &[("index.html", r#"<iframe src="game.html"></iframe>"#)],
        Some("game.html"),
    ),
];

#[test]
fn names_that_no_player_needs_are_no_errors() {
    for (name, files, expected) in EXPORTS {
        let folder = tempfile::tempdir().unwrap();
        let files = files.iter().map(|(name, text)| (*name, text.as_bytes()));
        write(folder.path(), files);
        let game = Game::from_folder(folder.path()).unwrap();
        let findings = check(&game).unwrap().findings;
        let errors: Vec<_> = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| format!("{:?}", finding.problem))
            .collect();
        match expected {
            Some(words) => assert!(
                errors.iter().any(|error| error.contains(words)),
                "{name}: {errors:?}"
            ),
            None => assert_eq!(errors, [] as [&str; 0], "{name}"),
        }
    }
}
