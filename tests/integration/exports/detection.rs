//! The engine that made a game: a few files of each, as its exporter writes them.

use webserver::detect::engine::{Engine, Trait};
use webserver::detect::evidence::Evidence;
use webserver::detect::isolation_mode::Isolation;
use webserver::detect::kind::EngineKind;
use webserver::library::game::Game;
use webserver::library::profile::Profile;

use super::fixtures::*;
use crate::properties::write;

type Files<'a> = &'a [(&'a str, &'a [u8])];

fn game(files: Files<'_>) -> (tempfile::TempDir, Game) {
    let folder = tempfile::tempdir().unwrap();
    let has_page = files.iter().any(|(name, _)| name.ends_with(".html"));
    let page: Files<'_> = &[("index.html", b"<!doctype html>")];
    write(folder.path(), page.iter().filter(|_| !has_page).copied());
    write(folder.path(), files.iter().copied());
    let game = Game::from_folder(folder.path()).unwrap();
    (folder, game)
}

fn profile(files: Files<'_>) -> Profile {
    let (_folder, game) = game(files);
    let profile = Profile::detect(&game, &game.source.files().unwrap());
    assert_eq!(
        profile.engine, game.engine,
        "a glance and a thorough look differ"
    );
    profile
}

fn engine(files: Files<'_>) -> Engine {
    profile(files).engine
}

#[test]
fn every_engine_is_detected_by_its_files() {
    let none: &[u8] = b"";
    let tables: &[(EngineKind, Files<'_>)] = &[
        (
            EngineKind::Unity,
            &[("Build/UnityLoader.js", none), ("Build/g.json", none)],
        ),
        (
            EngineKind::Unity,
            &[("index.html", b"<script>createUnityInstance(canvas, config)")],
        ),
        (
            EngineKind::Unity,
            &[("Release/g.jsgz", none), ("Release/g.datagz", none)],
        ),
        (EngineKind::Unity, &[("Build/x.wasm.code.unityweb", none)]),
        (
            EngineKind::Godot,
            &[
                ("index.html", b"const GODOT_CONFIG = {};"),
                ("index.pck", none),
            ],
        ),
        (
            EngineKind::Godot,
            &[
                ("MyGame.html", b"var engine = new Engine;"),
                ("MyGame.pck", none),
            ],
        ),
        (
            EngineKind::Godot,
            &[("index.pck.gz", none), ("index.wasm.gz", none)],
        ),
        (
            EngineKind::RenPy,
            &[
                ("renpy.wasm", none),
                ("renpy-pre.js", none),
                ("game.zip", none),
            ],
        ),
        (
            EngineKind::RpgMakerMv,
            &[
                ("js/rpg_core.js", none),
                ("js/plugins.js", none),
                ("js/libs/pixi.js", none),
            ],
        ),
        (
            EngineKind::RpgMakerMz,
            &[("js/rmmz_core.js", none), ("js/libs/pixi.js", none)],
        ),
        (
            EngineKind::Tyrano,
            &[
                ("tyrano/tyrano.js", none),
                ("tyrano/plugins/kag/kag.js", none),
                ("tyrano/libs/three/three.js", none),
            ],
        ),
        (
            EngineKind::Construct2,
            &[("c2runtime.js", none), ("data.js", none)],
        ),
        (
            EngineKind::Construct3,
            &[("scripts/c3runtime.js", none), ("scripts/main.js", none)],
        ),
        (
            EngineKind::Construct3,
            &[(
                "index.html",
                b"<meta name=\"generator\" content=\"Scirra Construct\">",
            )],
        ),
        (
            EngineKind::GameMaker,
            &[(
                "index.html",
                b"<script src=\"html5game/Game.js?X\"></script>",
            )],
        ),
        (
            EngineKind::GameMaker,
            &[
                ("runner.wasm", none),
                ("runner.js", none),
                ("game.unx", none),
            ],
        ),
        (
            EngineKind::GDevelop,
            &[
                ("index.html", b"new gdjs.RuntimeGame(gdjs.projectData)"),
                ("code0.js", none),
            ],
        ),
        (
            EngineKind::Defold,
            &[
                ("dmloader.js", none),
                ("game_wasm.js", none),
                ("archive/archive_files.json", none),
            ],
        ),
        (
            EngineKind::Cocos,
            &[
                ("src/import-map.1a2.json", none),
                ("application.3b4.js", none),
                ("cocos-js/cc.5c6.js", none),
            ],
        ),
        (
            EngineKind::Cocos,
            &[("cocos2d-js-min.1a2b3.js", none), ("src/settings.js", none)],
        ),
        (
            EngineKind::LayaAir,
            &[("libs/laya.core.js", none), ("js/bundle.js", none)],
        ),
        (
            EngineKind::LayaAir,
            &[
                ("index.html", b"<script src=index.js>"),
                ("index.js", b"loadLib('libs/laya.core.js')"),
            ],
        ),
        (EngineKind::Egret, &[("js/egret.min_1a.js", none)]),
        (
            EngineKind::PlayCanvas,
            &[("playcanvas-stable.min.js", none), ("__start__.js", none)],
        ),
        (
            EngineKind::Blazor,
            &[
                ("_framework/blazor.webassembly.js", none),
                ("_framework/blazor.boot.json", none),
            ],
        ),
        (
            EngineKind::Flutter,
            &[("flutter_bootstrap.js", none), ("main.dart.js", none)],
        ),
        (
            EngineKind::LibGdx,
            &[("html/html.nocache.js", none), ("assets/assets.txt", none)],
        ),
        (
            EngineKind::LibGdx,
            &[
                ("app.js", b"$rt_classes; com.badlogic.gdx.Gdx"),
                ("assets/preload.txt", none),
            ],
        ),
        (
            EngineKind::LoveJs,
            &[
                ("love.js", none),
                ("love.wasm", none),
                ("game.data", none),
                ("game.js", b"Emscripten"),
            ],
        ),
        (
            EngineKind::Pico8,
            &[
                ("game.html", b"<title>PICO-8 Cartridge</title>"),
                ("game.js", none),
            ],
        ),
        (
            EngineKind::Tic80,
            &[("tic80.js", none), ("tic80.wasm", none), ("cart.tic", none)],
        ),
        (
            EngineKind::GbStudio,
            &[("js/binjgb.js", none), ("rom/game.gbc", none)],
        ),
        (
            EngineKind::Flash,
            &[
                (
                    "index.html",
                    b"<script src='https://unpkg.com/@ruffle-rs/ruffle'>",
                ),
                ("game.swf", none),
            ],
        ),
        (
            EngineKind::Flash,
            &[("ruffle/ruffle.js", none), ("a.swf", none)],
        ),
        (
            EngineKind::Twine,
            &[(
                "My Story.html",
                b"<tw-storydata name='My Story' format='Harlowe'>",
            )],
        ),
        (
            EngineKind::Macroquad,
            &[("mq_js_bundle.js", none), ("game.wasm", none)],
        ),
        (
            EngineKind::Bevy,
            &[
                ("game.js", b"wasm.__wbindgen_start(); 'bevy_winit'"),
                ("game_bg.wasm", none),
            ],
        ),
        (
            EngineKind::WasmBindgen,
            &[
                ("game.js", b"wasm.__wbindgen_start()"),
                ("game_bg.wasm", none),
            ],
        ),
        (EngineKind::Phaser, &[("lib/phaser.min.js", none)]),
        (
            EngineKind::Phaser,
            &[
                ("index.html", b"<script src=/assets/i.js>"),
                ("assets/i.js", b"new Phaser.Game(c)"),
            ],
        ),
        (
            EngineKind::ThreeJs,
            &[("assets/index-9f.js", b"window.__THREE__='160'")],
        ),
        (
            EngineKind::Babylon,
            &[("index.html", b"new BABYLON.Engine(canvas)")],
        ),
        (EngineKind::Pixi, &[("pixi.min.js", none)]),
        (
            EngineKind::Emscripten,
            &[
                ("game.js", b"var _emscripten_set_main_loop"),
                ("game.wasm", none),
            ],
        ),
        (
            EngineKind::Plain,
            &[
                ("index.html", b"<script src=main.js>"),
                ("main.js", b"let a = 1"),
            ],
        ),
        (EngineKind::Plain, &[]),
    ];
    for (expected, files) in tables {
        let engine = engine(files);
        assert_eq!(engine.kind, *expected, "{files:?}: {engine:?}");
        assert!(!engine.evidence.is_empty(), "{files:?}");
        let has_marks = engine
            .evidence
            .iter()
            .all(|evidence| *evidence != Evidence::NoMarks);
        assert_eq!(has_marks, *expected != EngineKind::Plain, "{engine:?}");
    }
}

#[test]
fn versions_and_traits_are_read() {
    let version = |files: Files<'_>| engine(files).version;
    for (files, expected) in [
        (
            &[
                ("index.html", &b"GODOT_CONFIG"[..]),
                ("index.pck", &pck(4, 2)),
            ][..],
            Some("4.2"),
        ),
        (&[("index.pck.gz", &gzip(&pck(3, 5)))], Some("3.5")),
        (&[("index.html", b"GODOT_CONFIG gdnativeLibs")], Some("3")),
        (
            &[
                (
                    "Build/g.data.br",
                    &unity_brotli(b"UnityFS\0\0\x085.x.x\x002021.3.5f1\0"),
                ),
                ("UnityLoader.js", b""),
            ],
            Some("2021.3.5f1"),
        ),
        (
            &[
                ("Build/UnityLoader.js", b""),
                ("Build/g.json", b"{\"unityVersion\": \"2018.4.1f1\"}"),
            ],
            Some("2018.4.1f1"),
        ),
        (&[("i.js", b"Phaser v3.80.1 (WebGL")], Some("3.80.1")),
        (
            &[("js/rpg_core.js", b"Utils.RPGMAKER_VERSION = \"1.6.2\";")],
            Some("1.6.2"),
        ),
        (&[("js/rpg_core.js", b"")], None),
    ] {
        assert_eq!(version(files).as_deref(), expected, "{files:?}");
    }
    let traits = |files: Files<'_>| engine(files).traits;
    let compressed = |files: Files<'_>| match traits(files).as_slice() {
        [Trait::Compressed(compression)] => compression.name(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        compressed(&[
            ("Build/g.data.br", &unity_brotli(b"")),
            ("UnityLoader.js", b"")
        ]),
        "brotli"
    );
    assert_eq!(
        compressed(&[("Build/g.data.unityweb", &unity_gzip(b""))]),
        "gzip"
    );
    let pwa: Files<'_> = &[(
        "index.html",
        b"GODOT_CONFIG = {\"serviceWorker\":\"index.service.worker.js\"}",
    )];
    assert_eq!(traits(pwa), [Trait::Pwa]);
    let shown = engine(&[
        ("index.html", b"const GODOT_THREADS_ENABLED = true;"),
        ("index.pck", &pck(4, 3)),
    ]);
    assert_eq!(shown.version.as_deref(), Some("4.3"));
    assert_eq!(shown.traits, [Trait::Threads]);
}

#[test]
fn games_with_threads_are_isolated() {
    let (off, on) = (Isolation::Off, Isolation::RequireCorp);
    let (shared, alone) = (&wasm(true)[..], &wasm(false)[..]);
    let shared_br = unity_brotli(shared);
    let unmarked_br = brotli(shared);
    let tables: &[(Isolation, Files<'_>)] = &[
        (off, &[("index.html", b"GODOT_CONFIG gdnativeLibs"), ("index.pck", &pck(3, 5)), ("index.wasm", alone)]),
        (on, &[("index.html", b"GODOT_CONFIG = {\"gdextensionLibs\":[]}")]),
        (on, &[("index.html", b"const GODOT_THREADS_ENABLED = true;\nGODOT_CONFIG = {\"gdextensionLibs\":[]}")]),
        // Every export since 4.3 has the last word, and only what it says of threads counts.
        (off, &[("index.html", b"const GODOT_THREADS_ENABLED = false; {\"ensureCrossOriginIsolationHeaders\":true,\"gdextensionLibs\":[]}")]),
        (on, &[("index.html", b"GODOT_CONFIG = {\"ensureCrossOriginIsolationHeaders\":true}")]),
        (off, &[("index.html", b"GODOT_CONFIG = {\"ensureCrossOriginIsolationHeaders\":false}")]),
        // Godot's service worker is no worker of threads.
        (off, &[("index.html", b"GODOT_CONFIG"), ("index.js", b"PThread."), ("index.wasm", alone), ("index.service.worker.js", b"")]),
        (on, &[("game.wasm.br", &unmarked_br)]),
        (on, &[("game.js", b"emscripten"), ("game.wasm", shared)]),
        (off, &[("game.js", b"emscripten"), ("game.wasm", alone)]),
        (on, &[("game.js", b"emscripten"), ("game.worker.js", b""), ("game.wasm", b"")]),
        (on, &[("game.js", b"var PThread={unusedWorkers:[]}")]),
        // What every packager of files writes, with threads or without.
        (off, &[("game.js", b"var isPthread = typeof ENVIRONMENT_IS_PTHREAD != 'undefined' && ENVIRONMENT_IS_PTHREAD;")]),
        (off, &[("a.worker.js", b"onmessage=1"), ("a.js", b"new Worker('a.worker.js')")]),
        (on, &[("love.js", b""), ("love.wasm", b""), ("love.worker.js", b"ENVIRONMENT_IS_PTHREAD")]),
        (off, &[("love.js", b""), ("love.wasm", b""), ("game.data", b"")]),
        (on, &[("Build/g.loader.js", b""), ("Build/g.framework.js", b""), ("Build/g.wasm.br", &shared_br)]),
        (off, &[("Build/g.loader.js", b"new WebAssembly.Memory({initial:1,maximum:1,shared:!0})"), ("Build/g.framework.js", b"")]),
        (on, &[("index.html", b"<script>const b = new SharedArrayBuffer(1024)</script>")]),
        (on, &[("index.html", b"<script src=m.js>"), ("m.js", b"new WebAssembly.Memory({ initial: 1,\n maximum: 9, shared: true })")]),
        (off, &[("index.html", b"<script>if (typeof SharedArrayBuffer === 'function') fast()</script>")]),
        (off, &[("m.js", b"new MessageChannel().port1.postMessage(new SharedArrayBuffer(1))")]),
        (off, &[("m.js", b"new WebAssembly.Memory({ initial: 1 }); const shared = true")]),
        // With both, the one without threads is for pages that are not isolated.
        (off, &[("dmloader.js", b""), ("game.wasm", alone), ("game_pthread.wasm", shared)]),
        (on, &[("dmloader.js", b""), ("game_pthread.wasm", shared)]),
        (Isolation::Credentialless, &[("index.html", b"<script src=https://cdn.example.com/sdk.js></script>"), ("g.wasm", shared)]),
        (on, &[("index.html", b"<script crossorigin src=https://cdn.example.com/sdk.js></script><a href=https://x.y>"), ("g.wasm", shared)]),
    ];
    for (expected, files) in tables {
        let profile = profile(files);
        assert_eq!(profile.isolation.is, *expected, "{files:?}");
        let has_threads = profile.engine.traits.contains(&Trait::Threads);
        assert_eq!(has_threads, *expected != off, "{files:?}");
        assert!(!profile.isolation.evidence.is_empty());
    }
}
