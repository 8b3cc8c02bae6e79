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
        "resources of GDevelop that no object shows",
        &[
            ("index.html", r#"<script src="data.js"></script>"#),
            (
                "data.js",
                r#"gdjs.projectData = {"properties":{"platformSpecificAssets":{"android-icon-36":"icon"}},"resources":{"resources":[{"file":"icon.png","name":"icon"},{"file":"old hero.png","name":"old"}]},"layouts":[{"objects":[{"image":"hero"}]}]};
gdjs.runtimeGameOptions = {};"#,
            ),
        ],
        None,
    ),
    (
        "a sound of GDevelop that an event plays",
        &[
            ("index.html", r#"<script src="data.js"></script>"#),
            (
                "data.js",
                r#"gdjs.projectData = {"resources":{"resources":[{"file":"jump.ogg","name":"jump sound"}]},"layouts":[]};"#,
            ),
            (
                "code0.js",
                r#"gdjs.evtTools.sound.playSound(runtimeScene, "jump sound", false, 100, 1);"#,
            ),
        ],
        Some("jump.ogg"),
    ),
    (
        "PlayCanvas' script for browsers without WebAssembly, and an asset that is loaded later",
        &[
            ("index.html", r#"<script src="__settings__.js"></script>"#),
            ("__settings__.js", r#"CONFIG_FILENAME = "config.json""#),
            (
                "config.json",
                r#"{"application_properties":{},"assets":{"7":{"type":"script","preload":true,"file":{"url":"files/ammo.js"}},"8":{"preload":false,"file":{"url":"files/late.mp3"}},"9":{"data":{"fallbackScriptId":7}}}}"#,
            ),
        ],
        None,
    ),
    (
        "a script of PlayCanvas that is loaded before the start",
        &[
            ("index.html", r#"<script src="__settings__.js"></script>"#),
            ("__settings__.js", r#"CONFIG_FILENAME = "config.json""#),
            (
                "config.json",
                r#"{"application_properties":{},"assets":{"7":{"type":"script","preload":true,"file":{"url":"files/game.js"}}}}"#,
            ),
        ],
        Some("game.js"),
    ),
    (
        "a row of RPG Maker's tables that no event uses",
        &[
            ("index.html", r#"<script src="js/rmmz_core.js"></script>"#),
            ("js/rmmz_core.js", ""),
            (
                "data/Enemies.json",
                r#"[null,{"id":1,"faceName":"Example"}]"#,
            ),
            ("data/Actors.json", "[]"),
            ("data/Classes.json", "[]"),
            ("data/Skills.json", "[]"),
            ("data/Items.json", "[]"),
            ("data/Weapons.json", "[]"),
            ("data/Armors.json", "[]"),
            ("data/Troops.json", "[]"),
            ("data/States.json", "[]"),
            ("data/Animations.json", "[]"),
            ("data/Tilesets.json", "[]"),
            ("data/CommonEvents.json", "[]"),
            ("data/System.json", "{}"),
            ("data/MapInfos.json", "[]"),
        ],
        None,
    ),
    (
        "a module that lies within Emscripten's script",
        &[
            ("index.html", r#"<script src="decoder.js"></script>"#),
            (
                "decoder.js",
                r#"var DecoderModule={};DecoderModule["wasmBinary"]=Uint8Array.from(atob("AGFzbQ=="));var wasmBinaryFile="decoder.wasm";if(Module["wasmBinary"])wasmBinary=Module["wasmBinary"];"#,
            ),
        ],
        None,
    ),
    (
        "a module beside Emscripten's script",
        &[
            ("index.html", r#"<script src="decoder.js"></script>"#),
            (
                "decoder.js",
                r#"if(Module["wasmBinary"])wasmBinary=Module["wasmBinary"];var wasmBinaryFile="decoder.wasm";"#,
            ),
        ],
        Some("decoder.wasm"),
    ),
    (
        "the ending of films in a player's script",
        &[
            ("index.html", r#"<script src="player.js"></script>"#),
            ("player.js", r#"const name = title.endsWith(".swf")"#),
        ],
        None,
    ),
    (
        "Ren'Py's picture before the start, in another format",
        &[
            (
                "index.html",
                r#"<img id="presplash" src="web-presplash.jpg">"#,
            ),
            ("web-presplash.png", "p"),
        ],
        None,
    ),
    (
        "a package that lies in the export",
        &[
            (
                "index.html",
                r#"<script src="node_modules/@ruffle-rs/ruffle/ruffle.js"></script><script src="https://cdn.example/node_modules/a/a.js"></script>"#,
            ),
            ("node_modules/@ruffle-rs/ruffle/ruffle.js", ""),
        ],
        None,
    ),
    (
        "a package that was not copied",
        &[(
            "index.html",
            r#"<script src="node_modules/@ruffle-rs/ruffle/ruffle.js"></script>"#,
        )],
        Some("ruffle.js"),
    ),
    (
        "a server on the developer's machine that only the developer's page asks",
        &[
            ("index.html", r#"<script src="script.js"></script>"#),
            (
                "script.js",
                r#"if (location.hostname === "localhost") socket = new WebSocket("ws://localhost:3000/");"#,
            ),
        ],
        None,
    ),
    (
        "a picture of Construct in another Unicode form",
        &[
            ("index.html", r#"<script src="main.js"></script>"#),
            ("main.js", r#"await this.FetchJson("data.json")"#),
            (
                "data.json",
                "{\"project\":[\"Game\",null,[[\"images/caf\u{e9}-sheet0.png\",1]]]}",
            ),
            ("images/cafe\u{301}-sheet0.png", "p"),
        ],
        Some("Form"),
    ),
    (
        "a style sheet of a page that starts an engine",
        &[
            (
                "index.html",
                r#"<link rel=stylesheet href=style.css><script src="ruffle.js"></script><embed src=game.swf>"#,
            ),
            ("ruffle.js", "window.RufflePlayer"),
            ("game.swf", "FWS"),
        ],
        None,
    ),
    (
        "a style sheet of another page",
        &[("index.html", "<link rel=stylesheet href=style.css>")],
        Some("style.css"),
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
