//! The table of marks by which engines are recognised.

use crate::detect::kind::EngineKind;

/// A sign of an engine.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mark {
    /// A file: the last parts of its path, in any case, with at most one `*` in each part.
    File(&'static str),
    /// A word in the page.
    Page(&'static str),
    /// A word in the page or in a script.
    Word(&'static str),
}

use Mark::{File, Page, Word};

/// An engine and its marks: all marks of any one list must be present.
pub(super) type Rule = (EngineKind, &'static [&'static [Mark]]);

/// In order of precedence: an engine built with another (love.js with Emscripten) comes before that one.
pub(super) const RULES: &[Rule] = &[
    (
        EngineKind::Unity,
        &[
            &[Page("createUnityInstance")],
            &[Page("UnityLoader.instantiate")],
            &[Word("createUnityInstance")],
            &[Word("UnityLoader.instantiate")],
            &[File("UnityLoader.js")],
            &[File("UnityProgress.js")],
            &[File("*.framework.js")],
            &[File("*.unityweb")],
            &[File("*.datagz"), File("*.jsgz")],
        ],
    ),
    (
        EngineKind::Godot,
        &[
            &[Page("GODOT_CONFIG")],
            &[Page("GODOT_THREADS_ENABLED")],
            &[Page("gdextensionLibs")],
            &[Page("gdnativeLibs")],
            &[Word("GodotFS"), Word("GodotRuntime")],
            &[File("*.pck"), File("*.wasm")],
            &[File("*.pck"), Page("new Engine")],
            &[File("*.pck.gz")],
            &[File("*.pck.br")],
        ],
    ),
    (
        EngineKind::EmulatorJs,
        &[
            &[Page("EJS_player")],
            &[Page("EJS_core")],
            &[File("emulator.min.js"), Word("EJS_player")],
        ],
    ),
    (
        EngineKind::TurboWarp,
        &[
            &[Page("packager.turbowarp.org")],
            &[Page("TurboWarp Packager")],
            &[Page("Scaffolding.Scaffolding")],
        ],
    ),
    (
        EngineKind::JsDos,
        &[
            &[Page("js-dos.js")],
            &[Page("emulators.pathPrefix")],
            &[File("*.jsdos"), Word("Dos(")],
            &[File("wdosbox.wasm")],
        ],
    ),
    (
        EngineKind::Unreal,
        &[
            &[File("*-HTML5-Shipping.js")],
            &[File("*-HTML5-Shipping.wasm")],
            &[File("UE4Game.js")],
            &[File("UE4Game.wasm")],
            &[Page("UE4Game")],
        ],
    ),
    (
        EngineKind::Clickteam,
        &[&[Page("MMFCanvas")], &[File("*.cch"), File("*untime.js")]],
    ),
    (
        EngineKind::OpenFl,
        &[
            &[Page("lime.embed")],
            &[Word("openfl.display")],
            &[Word("lime.app")],
        ],
    ),
    (
        EngineKind::RenPy,
        &[
            &[File("renpy.wasm")],
            &[File("renpy.data")],
            &[File("renpy-pre.js")],
            &[Page("Ren'Py Web")],
            &[File("pwa_catalog.json"), File("game.zip")],
        ],
    ),
    (
        EngineKind::RpgMakerMz,
        &[&[File("js/rmmz_core.js")], &[File("js/rmmz_managers.js")]],
    ),
    (
        EngineKind::RpgMakerMv,
        &[&[File("js/rpg_core.js")], &[File("js/rpg_managers.js")]],
    ),
    (
        EngineKind::Tyrano,
        &[
            &[File("tyrano/tyrano.js")],
            &[File("tyrano/plugins/kag/kag.js")],
        ],
    ),
    (
        EngineKind::Construct3,
        &[
            &[File("c3runtime.js")],
            &[File("c3main.js")],
            &[File("scripts/c3runtime.js")],
            &[Page("Scirra Construct")],
            &[Page("Made with Construct 3")],
            &[Word("C3_RegisterSW")],
            &[File("workermain.js"), File("supportcheck.js")],
        ],
    ),
    (
        EngineKind::Construct2,
        &[
            &[File("c2runtime.js")],
            &[Page("cr_createRuntime")],
            &[Page("Construct 2")],
        ],
    ),
    (
        EngineKind::GameMaker,
        &[
            &[Page("GameMaker_Init")],
            &[Page("html5game/")],
            &[Page("GameMaker")],
            &[File("game.unx"), File("*.wasm")],
            &[File("runner.wasm"), File("runner.data")],
        ],
    ),
    (
        EngineKind::GDevelop,
        &[
            &[Page("gdjs.")],
            &[Word("gdjs.RuntimeGame")],
            &[File("gd.js"), File("runtimegame.js")],
            &[File("runtimegame.js"), File("data.js")],
        ],
    ),
    (
        EngineKind::Defold,
        &[
            &[File("dmloader.js")],
            &[File("archive/archive_files.json")],
            &[Word("EngineLoader"), Word("archive_files.json")],
            &[File("game.arcd0"), File("*.wasm")],
        ],
    ),
    (
        EngineKind::Cocos,
        &[
            &[File("cocos2d-js*.js")],
            &[File("cocos2d-html5*.js")],
            &[File("cocos-js/cc*.js")],
            &[File("cocos-js/*.js"), File("src/import-map*.json")],
            &[File("src/import-map*.json"), File("application*.js")],
            &[Page("Cocos Creator")],
            &[Word("cc.game.run")],
            &[Word("cocos2d-js")],
        ],
    ),
    (
        EngineKind::LayaAir,
        &[
            &[File("laya.core.js")],
            &[File("laya.core.min.js")],
            &[File("laya.js")],
            &[Word("Laya.init")],
            &[Word("LayaEnv")],
            &[Word("laya.core")],
        ],
    ),
    (
        EngineKind::Egret,
        &[&[File("egret*.js")], &[Word("egret.runEgret")]],
    ),
    (
        EngineKind::PlayCanvas,
        &[
            &[File("playcanvas*.js")],
            &[File("__start__.js")],
            &[File("__settings__.js")],
            &[File("__game-scripts.js")],
            &[Word("pc.Application")],
            &[Word("PlayCanvas Engine")],
        ],
    ),
    (
        EngineKind::Blazor,
        &[
            &[File("_framework/blazor.*.js")],
            &[File("_framework/blazor.boot.json")],
            &[File("_framework/dotnet*.js")],
            &[Page("_framework/blazor.")],
        ],
    ),
    (
        EngineKind::Flutter,
        &[
            &[File("flutter_bootstrap.js")],
            &[File("main.dart.js")],
            &[File("flutter.js"), File("AssetManifest*")],
        ],
    ),
    (
        EngineKind::LibGdx,
        &[
            &[Word("com.badlogic.gdx")],
            &[Word("com/badlogic/gdx")],
            &[File("*.nocache.js"), File("assets/assets.txt")],
            &[File("*.nocache.js"), File("assets.txt")],
            &[File("*.nocache.js"), File("soundmanager2*.js")],
            &[File("gdx.wasm.js")],
            &[File("teavm.js"), File("assets/*.txt")],
            &[Word("teavm"), File("assets/assets.txt")],
            &[Word("teavm"), File("preload.txt")],
        ],
    ),
    (
        EngineKind::LoveJs,
        &[
            &[File("love.js"), File("love.wasm")],
            &[File("love.js"), File("game.data")],
            &[Page("Love(Module)")],
            &[Page("love.js\"")],
        ],
    ),
    (
        EngineKind::Pico8,
        &[
            &[Page("pico8_buttons")],
            &[Page("PICO-8 Cartridge")],
            &[Page("p8_touch_detected")],
            &[Word("pico8_gpio"), Word("_cartdat")],
        ],
    ),
    (
        EngineKind::Tic80,
        &[
            &[File("tic80.wasm")],
            &[File("tic80.js")],
            &[File("cart.tic")],
            &[Page("TIC-80")],
        ],
    ),
    (
        EngineKind::GbStudio,
        &[
            &[File("binjgb.js")],
            &[File("binjgb.wasm")],
            &[Page("GB Studio")],
            &[File("rom/game.gb*")],
        ],
    ),
    (
        EngineKind::Flash,
        &[
            &[Word("RufflePlayer")],
            &[File("ruffle.js")],
            &[Page("ruffle-rs")],
            &[File("*.swf")],
        ],
    ),
    (
        EngineKind::Twine,
        &[
            &[Page("tw-storydata")],
            &[Page("id=\"storeArea\"")],
            &[Page("id=\"store-area\"")],
            &[Page("SugarCube")],
        ],
    ),
    (
        EngineKind::Pyodide,
        &[
            &[Page("loadPyodide")],
            &[File("pyodide.js")],
            &[File("pyodide.mjs")],
            &[File("pyodide.asm.wasm")],
        ],
    ),
    (
        EngineKind::Macroquad,
        &[
            &[File("mq_js_bundle.js")],
            &[Page("mq_js_bundle")],
            &[Word("miniquad_add_plugin")],
        ],
    ),
    (
        EngineKind::Bevy,
        &[
            &[Word("__wbindgen"), Word("bevy")],
            &[Word("__wbg_"), Word("Bevy")],
            &[File("*_bg.wasm"), Word("bevy")],
        ],
    ),
    (
        EngineKind::WasmBindgen,
        &[
            &[File("*_bg.wasm")],
            &[File("*_bg-*.wasm")],
            &[Word("__wbindgen")],
            &[Word("__wbg_")],
        ],
    ),
    (
        EngineKind::Phaser,
        &[
            &[File("phaser*.js")],
            &[Page("phaser.min.js")],
            &[Word("Phaser.Game")],
            &[Word("Phaser v")],
            &[Word("Phaser.Scene")],
            &[Word("Phaser.AUTO")],
        ],
    ),
    (
        EngineKind::Babylon,
        &[
            &[File("babylon*.js")],
            &[Word("BABYLON.Engine")],
            &[Word("BabylonJS")],
            &[Word("Babylon.js v")],
        ],
    ),
    (
        EngineKind::ThreeJs,
        &[
            &[File("three.js")],
            &[File("three.min.js")],
            &[File("three.module*.js")],
            &[File("three.core*.js")],
            &[Word("__THREE__")],
            &[Word("THREE.WebGLRenderer")],
            &[Word("THREE.Scene")],
        ],
    ),
    (
        EngineKind::Pixi,
        &[
            &[File("pixi*.js")],
            &[Word("PIXI.Application")],
            &[Word("PixiJS")],
        ],
    ),
    (
        EngineKind::Emscripten,
        &[
            &[Word("_emscripten_")],
            &[Word("Emscripten")],
            &[Word("emscripten")],
            &[Word("createWasm")],
            &[Word("asmLibraryArg")],
        ],
    ),
];
