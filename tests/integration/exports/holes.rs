//! Exports in the shape of each engine, whole and with one essential file missing.

use webserver::check::finding::{Finding, Severity};
use webserver::check::report::check;
use webserver::library::game::Game;

use super::fixtures::pck;
use crate::properties::write;

/// An export: its engine, its files, and those without which it does not start.
struct Export {
    engine: &'static str,
    files: &'static [(&'static str, &'static str)],
    essential: &'static [&'static str],
}

const EXPORTS: &[Export] = &[
    Export {
        engine: "Unity 2022",
        files: &[
            (
                "index.html",
                r#"<script>var buildUrl = "Build"; var loaderUrl = buildUrl + "/game.loader.js";
var config = { dataUrl: buildUrl + "/game.data.br", frameworkUrl: buildUrl + "/game.framework.js.br",
codeUrl: buildUrl + "/game.wasm.br", streamingAssetsUrl: "StreamingAssets", companyName: "C" };
script.src = loaderUrl; script.onload = () => { createUnityInstance(canvas, config, p => {}) };</script>"#,
            ),
            ("Build/game.loader.js", "function createUnityInstance(){}"),
            ("Build/game.data.br", "d"),
            ("Build/game.framework.js.br", "f"),
            ("Build/game.wasm.br", "w"),
        ],
        essential: &[
            "Build/game.loader.js",
            "Build/game.data.br",
            "Build/game.framework.js.br",
            "Build/game.wasm.br",
        ],
    },
    Export {
        engine: "Unity 2018",
        files: &[
            (
                "index.html",
                r#"<script src="TemplateData/UnityProgress.js"></script><script src="Build/UnityLoader.js"></script>
<script>var u = UnityLoader.instantiate("gameContainer", "Build/web.json", {onProgress: UnityProgress});</script>"#,
            ),
            ("TemplateData/UnityProgress.js", ""),
            ("Build/UnityLoader.js", ""),
            (
                "Build/web.json",
                r#"{"companyName":"C","dataUrl":"web.data.unityweb","wasmCodeUrl":"web.wasm.code.unityweb","wasmFrameworkUrl":"web.wasm.framework.unityweb"}"#,
            ),
            ("Build/web.data.unityweb", "d"),
            ("Build/web.wasm.code.unityweb", "c"),
            ("Build/web.wasm.framework.unityweb", "f"),
        ],
        essential: &[
            "TemplateData/UnityProgress.js",
            "Build/UnityLoader.js",
            "Build/web.json",
            "Build/web.data.unityweb",
            "Build/web.wasm.code.unityweb",
            "Build/web.wasm.framework.unityweb",
        ],
    },
    Export {
        engine: "Godot 4",
        files: &[
            (
                "index.html",
                r#"<script src="index.js"></script><script>
const GODOT_CONFIG = {"args":[],"canvasResizePolicy":2,"executable":"index","fileSizes":{"index.pck":20,"index.wasm":8},"gdextensionLibs":["libsteam.wasm"],"serviceWorker":"index.service.worker.js"};
const GODOT_THREADS_ENABLED = false; const engine = new Engine(GODOT_CONFIG);</script>"#,
            ),
            (
                "index.js",
                r#"locateFile(p){if(p.endsWith(".audio.worklet.js")){return x}} f("godot.audio.worklet.js")"#,
            ),
            ("index.wasm", "w"),
            ("index.pck", ""),
            ("index.audio.worklet.js", ""),
            ("libsteam.wasm", "w"),
            ("index.service.worker.js", ""),
        ],
        essential: &[
            "index.js",
            "index.wasm",
            "index.pck",
            "index.audio.worklet.js",
            "libsteam.wasm",
        ],
    },
    Export {
        engine: "Godot 3",
        files: &[
            (
                "game.html",
                r#"<script type='text/javascript' src='game.js'></script><script>
const GODOT_CONFIG = {"args":[],"executable":"game","experimentalVK":false,"fileSizes":{"game.pck":20,"game.wasm":8}};
var engine = new Engine(GODOT_CONFIG);</script>"#,
            ),
            ("game.js", "var Godot"),
            ("game.wasm", "w"),
            ("game.pck", ""),
        ],
        essential: &["game.js", "game.wasm", "game.pck"],
    },
    Export {
        engine: ".NET",
        files: &[
            (
                "index.html",
                r#"<div id="app"></div><script src="_framework/blazor.webassembly.js"></script>"#,
            ),
            (
                "_framework/blazor.webassembly.js",
                r#"(()=>{const e=async t=>await fetch("_framework/blazor.boot.json",{credentials:"include"});})()"#,
            ),
            (
                "_framework/blazor.boot.json",
                r#"{"mainAssemblyName":"Game","resources":{"wasmNative":{"dotnet.native.wasm":"sha256-x"},"jsModuleNative":{"dotnet.native.js":"sha256-x"},"assembly":{"Game.wasm":"sha256-x"},"pdb":{"Game.pdb":"sha256-x"}}}"#,
            ),
            ("_framework/dotnet.native.wasm", "w"),
            ("_framework/dotnet.native.js", ""),
            ("_framework/Game.wasm", "w"),
        ],
        essential: &[
            "_framework/blazor.webassembly.js",
            "_framework/blazor.boot.json",
            "_framework/dotnet.native.wasm",
            "_framework/dotnet.native.js",
            "_framework/Game.wasm",
        ],
    },
    Export {
        engine: "Defold",
        files: &[
            (
                "index.html",
                r#"<script src="dmloader.js"></script><script>EngineLoader.load("canvas", "game");</script>"#,
            ),
            (
                "dmloader.js",
                r#"var EngineLoader = { load: function(id, exe) { FileLoader.load(CUSTOM_PARAMETERS['archive_location_filter']("/archive_files.json")); loadAndRunScriptAsync(exeName + '_wasm.js'); stream(exeName + '.wasm') } }"#,
            ),
            ("game_wasm.js", ""),
            ("game.wasm", "w"),
            (
                "archive/archive_files.json",
                r#"{"content":[{"name":"game.arcd","size":1,"pieces":[{"name":"game.arcd0","offset":0}]},{"name":"game.projectc","size":1,"pieces":[{"name":"game.projectc0","offset":0}]}]}"#,
            ),
            ("archive/game.arcd0", "a"),
            ("archive/game.projectc0", "p"),
        ],
        essential: &[
            "dmloader.js",
            "game_wasm.js",
            "game.wasm",
            "archive/archive_files.json",
            "archive/game.arcd0",
            "archive/game.projectc0",
        ],
    },
    Export {
        engine: "PlayCanvas",
        files: &[
            (
                "index.html",
                r#"<script src="playcanvas-stable.min.js"></script><script src="__settings__.js"></script><script src="__start__.js"></script>"#,
            ),
            ("playcanvas-stable.min.js", "var pc"),
            (
                "__settings__.js",
                r#"window.ASSET_PREFIX = ""; window.SCENE_PATH = "1002.json"; CONFIG_FILENAME = "config.json""#,
            ),
            ("__start__.js", "app.configure(CONFIG_FILENAME)"),
            (
                "config.json",
                r#"{"application_properties":{"libraries":["ammo.js"]},"scenes":[{"name":"S","url":"1002.json"}],"assets":{"7":{"name":"hero","file":{"filename":"hero.glb","url":"files/assets/7/1/hero.glb"}}}}"#,
            ),
            ("ammo.js", ""),
            ("1002.json", "{}"),
            ("files/assets/7/1/hero.glb", "g"),
        ],
        essential: &[
            "playcanvas-stable.min.js",
            "__settings__.js",
            "__start__.js",
            "config.json",
            "ammo.js",
            "1002.json",
            "files/assets/7/1/hero.glb",
        ],
    },
    Export {
        engine: "Cocos Creator",
        files: &[
            (
                "index.html",
                r#"<script src="src/import-map.json" type="systemjs-importmap"></script><script src="src/polyfills.bundle.js"></script><script>System.import('./index.js')</script>"#,
            ),
            ("index.js", "System.register(['./application.js'],f)"),
            (
                "application.js",
                r#"init(){return cc.game.init({settingsPath: 'src/settings.json'})}"#,
            ),
            ("src/polyfills.bundle.js", ""),
            (
                "src/import-map.json",
                r#"{"imports":{"cc":"./../cocos-js/cc.js"}}"#,
            ),
            ("cocos-js/cc.js", ""),
            (
                "src/settings.json",
                r#"{"assets":{"server":"","projectBundles":["main"],"remoteBundles":[]}}"#,
            ),
            (
                "assets/main/config.json",
                r#"{"importBase":"import","nativeBase":"native","name":"main","uuids":["7dj5uJT9FMn6OrOOx83tfK@f9941","fcmR3XADNLgJ1ByKhqcC5Z"],"paths":{},"versions":{"import":["0ab1c2d3e","7f1c2",1,"5d0e4"],"native":[1,"9ab3f"]},"packs":{"0ab1c2d3e":[0]}}"#,
            ),
            ("assets/main/index.js", ""),
            ("assets/main/import/0a/0ab1c2d3e.7f1c2.json", "[]"),
            (
                "assets/main/import/fc/fc991dd7-0033-4b80-9d41-c8a86a702e59.5d0e4.json",
                "[]",
            ),
            (
                "assets/main/native/fc/fc991dd7-0033-4b80-9d41-c8a86a702e59.9ab3f.mp3",
                "m",
            ),
        ],
        essential: &[
            "application.js",
            "src/polyfills.bundle.js",
            "cocos-js/cc.js",
            "src/settings.json",
            "assets/main/config.json",
            "assets/main/index.js",
            "assets/main/import/0a/0ab1c2d3e.7f1c2.json",
            "assets/main/import/fc/fc991dd7-0033-4b80-9d41-c8a86a702e59.5d0e4.json",
            "assets/main/native/fc/fc991dd7-0033-4b80-9d41-c8a86a702e59.9ab3f.mp3",
        ],
    },
    Export {
        engine: "RPG Maker MV",
        files: &[
            (
                "index.html",
                r#"<script src="js/rpg_core.js"></script><script src="js/main.js"></script>"#,
            ),
            ("js/rpg_core.js", ""),
            ("js/main.js", ""),
            ("data/Actors.json", "[null]"),
            ("data/Classes.json", "[null]"),
            ("data/Skills.json", "[null]"),
            ("data/Items.json", "[null]"),
            ("data/Weapons.json", "[null]"),
            ("data/Armors.json", "[null]"),
            ("data/Enemies.json", "[null]"),
            ("data/Troops.json", "[null]"),
            ("data/States.json", "[null]"),
            ("data/Animations.json", "[null]"),
            ("data/Tilesets.json", "[null]"),
            ("data/CommonEvents.json", "[null]"),
            (
                "data/System.json",
                r#"{"title1Name":"Castle","title2Name":"","titleBgm":{"name":"Theme1"},"sounds":[{"name":"Cursor1"}]}"#,
            ),
            ("data/MapInfos.json", r#"[null,{"id":1,"name":"Town"}]"#),
            (
                "data/Map001.json",
                r#"{"bgm":{"name":"Town1"},"events":[]}"#,
            ),
            ("img/titles1/Castle.png", "p"),
            ("audio/bgm/Theme1.ogg", "o"),
            ("audio/bgm/Town1.m4a", "o"),
            ("audio/se/Cursor1.ogg", "o"),
        ],
        essential: &[
            "js/rpg_core.js",
            "data/System.json",
            "data/MapInfos.json",
            "data/Tilesets.json",
            "data/Map001.json",
            "img/titles1/Castle.png",
            "audio/bgm/Town1.m4a",
        ],
    },
    Export {
        engine: "Construct 3",
        files: &[
            (
                "index.html",
                r#"<script src="scripts/supportcheck.js"></script><script src="scripts/main.js" type="module"></script>"#,
            ),
            ("scripts/supportcheck.js", ""),
            (
                "scripts/main.js",
                r#"self.C3_RegisterSW(); const o={runtimeScriptList:["scripts/c3runtime.js"],workerMainUrl:"workermain.js"}; import"./dispatchworker.js""#,
            ),
            ("scripts/dispatchworker.js", ""),
            (
                "scripts/c3runtime.js",
                r#"async _LoadDataJson(){await this.FetchJson("data.json")}"#,
            ),
            ("workermain.js", ""),
            (
                "data.json",
                r#"{"project":["Game",null,[["Sprite",["images/hero-sheet0.png",12,0]]],[["jump.webm",900,false]],"media/"]}"#,
            ),
            ("images/hero-sheet0.png", "p"),
            ("media/jump.webm", "s"),
        ],
        essential: &[
            "scripts/main.js",
            "scripts/c3runtime.js",
            "scripts/dispatchworker.js",
            "data.json",
            "images/hero-sheet0.png",
            "media/jump.webm",
        ],
    },
    Export {
        engine: "Construct 2",
        files: &[
            (
                "index.html",
                r#"<script src="c2runtime.js"></script><script>cr_createRuntime("c2canvas");</script>"#,
            ),
            ("c2runtime.js", r#"xhr.open("GET", "data.js", true)"#),
            (
                "data.js",
                r#"{"project":["Game",null,[["Sprite",["images/hero-sheet0.png",12,0]]],[["jump.ogg",900,false]],"media/"]}"#,
            ),
            ("images/hero-sheet0.png", "p"),
            ("media/jump.ogg", "s"),
        ],
        essential: &[
            "c2runtime.js",
            "data.js",
            "images/hero-sheet0.png",
            "media/jump.ogg",
        ],
    },
    Export {
        engine: "RPG Maker MZ",
        files: &[
            ("index.html", r#"<script src="js/main.js"></script>"#),
            (
                "js/main.js",
                r#"const scriptUrls = ["js/libs/pixi.js", "js/rmmz_core.js", "js/plugins.js"];"#,
            ),
            ("js/libs/pixi.js", ""),
            ("js/rmmz_core.js", ""),
            (
                "js/plugins.js",
                r#"var $plugins =
[
{"name":"Used","status":true,"parameters":{}},
{"name":"Off","status":false,"parameters":{}}
];"#,
            ),
            ("js/plugins/Used.js", ""),
            ("data/Actors.json", "[]"),
            ("data/Classes.json", "[]"),
            ("data/Skills.json", "[]"),
            ("data/Items.json", "[]"),
            ("data/Weapons.json", "[]"),
            ("data/Armors.json", "[]"),
            ("data/Enemies.json", "[]"),
            ("data/Troops.json", "[]"),
            ("data/States.json", "[]"),
            ("data/Animations.json", "[]"),
            ("data/Tilesets.json", "[]"),
            ("data/CommonEvents.json", "[]"),
            ("data/System.json", "{}"),
            ("data/MapInfos.json", "[]"),
        ],
        essential: &[
            "js/main.js",
            "js/libs/pixi.js",
            "js/plugins.js",
            "js/plugins/Used.js",
            "data/System.json",
        ],
    },
    Export {
        engine: "GDevelop",
        files: &[
            (
                "index.html",
                r#"<script src="libs/jshashtable.js"></script><script src="data.js"></script><script src="code0.js"></script><script>new gdjs.RuntimeGame(gdjs.projectData)</script>"#,
            ),
            ("libs/jshashtable.js", ""),
            (
                "data.js",
                r#"gdjs.projectData = {"resources":{"resources":[{"file":"hero.png","kind":"image","name":"hero"}]},"layouts":[{"objects":[{"image":"hero"}]}]};"#,
            ),
            ("code0.js", ""),
            ("hero.png", "p"),
        ],
        essential: &["libs/jshashtable.js", "data.js", "code0.js", "hero.png"],
    },
    Export {
        engine: "GameMaker",
        files: &[
            (
                "index.html",
                r#"<script type="text/javascript" src="html5game/shoot.js?x=1"></script><script>window.onload = GameMaker_Init;</script>"#,
            ),
            (
                "html5game/shoot.js",
                r#"var JSON_game={"Options":{"gameId":"13","outputName":"shoot.js"},"Sounds":[{"pName":"snd","kind":0,"extension":".wav","origName":"snd_shot.wav","volume":1}],"Textures":["shoot_texture_0.png","shoot_texture_1.png"]};"#,
            ),
            ("html5game/snd_shot.ogg", "o"),
            ("html5game/shoot_texture_0.png", "p"),
            ("html5game/shoot_texture_1.png", "p"),
        ],
        essential: &[
            "html5game/shoot.js",
            "html5game/shoot_texture_0.png",
            "html5game/shoot_texture_1.png",
            "html5game/snd_shot.ogg",
        ],
    },
    Export {
        engine: "Ren'Py",
        files: &[
            (
                "index.html",
                r#"<title>Renpy</title><script src="renpy-pre.js"></script><script async src="renpy.js"></script>"#,
            ),
            (
                "renpy-pre.js",
                r#"async function load(){ const r = await fetch('game.zip'); return r }"#,
            ),
            ("renpy.js", r#"wasmBinaryFile = "renpy.wasm";"#),
            ("renpy.wasm", "w"),
            ("game.zip", "z"),
        ],
        essential: &["renpy-pre.js", "renpy.js", "renpy.wasm", "game.zip"],
    },
    Export {
        engine: "love.js",
        files: &[
            (
                "index.html",
                r#"<script src="game.js"></script><script async src="love.js"></script>"#,
            ),
            (
                "game.js",
                r#"var PACKAGE_PATH; var PACKAGE_NAME = 'game.data'; var REMOTE_PACKAGE_BASE = 'game.data';"#,
            ),
            ("game.data", "d"),
            ("love.js", r#"var wasmBinaryFile = "love.wasm";"#),
            ("love.wasm", "w"),
        ],
        essential: &["game.js", "game.data", "love.js", "love.wasm"],
    },
    Export {
        engine: "TIC-80",
        files: &[
            (
                "index.html",
                r#"<script>var Module = {canvas: c, arguments: ['cart.tic']}</script><script src="tic80.js"></script>"#,
            ),
            ("cart.tic", "c"),
            ("tic80.js", r#"wasmBinaryFile="tic80.wasm";"#),
            ("tic80.wasm", "w"),
        ],
        essential: &["cart.tic", "tic80.js", "tic80.wasm"],
    },
    Export {
        engine: "EmulatorJS",
        files: &[
            (
                "index.html",
                r#"<script>EJS_player = '#game'; EJS_core = 'nes'; EJS_gameUrl = 'roms/game.nes'; EJS_pathtodata = 'data/';</script><script src="data/loader.js"></script>"#,
            ),
            ("roms/game.nes", "r"),
            (
                "data/loader.js",
                r#"(async function(){ const scriptPath = EJS_pathtodata; await loadScript("emulator.min.js"); await loadStyle("emulator.min.css"); })()"#,
            ),
            ("data/emulator.min.js", ""),
            ("data/emulator.min.css", ""),
        ],
        essential: &["roms/game.nes", "data/loader.js", "data/emulator.min.js"],
    },
    Export {
        engine: "js-dos",
        files: &[
            (
                "index.html",
                r#"<script src="js-dos/js-dos.js"></script><script>emulators.pathPrefix = "js-dos/"; Dos(document.getElementById("dos")).run("doom.jsdos");</script>"#,
            ),
            ("js-dos/js-dos.js", ""),
            ("doom.jsdos", "z"),
        ],
        essential: &["js-dos/js-dos.js", "doom.jsdos"],
    },
    Export {
        engine: "Ruffle",
        files: &[
            (
                "index.html",
                r#"<script src="ruffle/ruffle.js"></script><object type="application/x-shockwave-flash" data="game.swf"></object>"#,
            ),
            ("ruffle/ruffle.js", "window.RufflePlayer"),
            ("game.swf", "FWS"),
        ],
        essential: &["ruffle/ruffle.js", "game.swf"],
    },
    Export {
        engine: "Flutter",
        files: &[
            (
                "index.html",
                r#"<script src="flutter_bootstrap.js" async></script>"#,
            ),
            (
                "flutter_bootstrap.js",
                r#"_flutter.buildConfig = {"builds":[{"compileTarget":"dart2js","renderer":"canvaskit","mainJsPath":"main.dart.js"}]};"#,
            ),
            ("main.dart.js", ""),
            (
                "assets/AssetManifest.json",
                r#"{"images/hero.png":["images/hero.png"]}"#,
            ),
            (
                "assets/FontManifest.json",
                r#"[{"family":"R","fonts":[{"asset":"fonts/R.ttf"}]}]"#,
            ),
            ("assets/images/hero.png", "p"),
            ("assets/fonts/R.ttf", "t"),
        ],
        essential: &[
            "flutter_bootstrap.js",
            "main.dart.js",
            "assets/images/hero.png",
            "assets/fonts/R.ttf",
        ],
    },
    Export {
        engine: "modules with an import map",
        files: &[
            (
                "index.html",
                r#"<script type="importmap">{"imports":{"three":"./lib/three.module.js"}}</script><script type="module" src="main.js"></script>"#,
            ),
            ("lib/three.module.js", ""),
            (
                "main.js",
                r#"import * as THREE from 'three'; import { Level } from './level.js'; new GLTFLoader().load('models/hero.glb', f); new Worker('physics.js'); navigator.serviceWorker.register('sw.js');
fetch('levels/1.json').then(r => r.json()); const x = new XMLHttpRequest(); x.open('GET', 'dialogs.txt');"#,
            ),
            ("level.js", "export class Level {}"),
            ("models/hero.glb", "g"),
            ("physics.js", "importScripts('ammo.wasm.js')"),
            ("ammo.wasm.js", ""),
            ("sw.js", ""),
            ("levels/1.json", "{}"),
            ("dialogs.txt", "t"),
        ],
        essential: &[
            "lib/three.module.js",
            "main.js",
            "level.js",
            "models/hero.glb",
            "physics.js",
            "ammo.wasm.js",
            "sw.js",
            "levels/1.json",
            "dialogs.txt",
        ],
    },
    Export {
        engine: ".NET 10, whose import map leads to names with fingerprints",
        files: &[
            (
                "index.html",
                r#"<script type="importmap">{"imports":{"./_framework/dotnet.js":"./_framework/dotnet.y5zm.js","./_framework/dotnet.native.js":"./_framework/dotnet.native.hwgl.js","./main.js":"./main.ofke.js"}}</script><script type="module" src="./main.ofke.js"></script>"#,
            ),
            (
                "main.ofke.js",
                "import { dotnet } from './_framework/dotnet.js'; await dotnet.create();",
            ),
            (
                "_framework/dotnet.y5zm.js",
                r#"export const dotnet = { create: () => import("./dotnet.native.js") };"#,
            ),
            ("_framework/dotnet.native.hwgl.js", ""),
        ],
        essential: &[
            "main.ofke.js",
            "_framework/dotnet.y5zm.js",
            "_framework/dotnet.native.hwgl.js",
        ],
    },
    Export {
        engine: "Phaser",
        files: &[
            (
                "index.html",
                r#"<script src="phaser.min.js"></script><script src="game.js"></script>"#,
            ),
            ("phaser.min.js", "var Phaser"),
            (
                "game.js",
                r#"function preload(){ this.load.image('sky', 'assets/sky.png'); this.load.audio('jump', ['assets/jump.ogg', 'assets/jump.mp3']); this.load.spritesheet('dude', 'assets/dude.png', {frameWidth: 32}); }"#,
            ),
            ("assets/sky.png", "p"),
            ("assets/dude.png", "p"),
            ("assets/jump.ogg", "o"),
            ("assets/jump.mp3", "m"),
        ],
        essential: &["phaser.min.js", "assets/sky.png", "assets/dude.png"],
    },
    Export {
        engine: "Egret",
        files: &[
            (
                "index.html",
                r#"<div class="egret-player" data-entry-class="Main"></div><script>xhr.open('GET', './manifest.json?v=' + Math.random(), true);</script>"#,
            ),
            (
                "manifest.json",
                r#"{"initial":["js/egret.min.js"],"game":["js/main.min.js"]}"#,
            ),
            ("js/egret.min.js", ""),
            (
                "js/main.min.js",
                r#"RES.loadConfig("resource/default.res.json", "resource/")"#,
            ),
            (
                "resource/default.res.json",
                r#"{"groups":[],"resources":[{"name":"bg","type":"image","url":"assets/bg.jpg"}]}"#,
            ),
            ("resource/assets/bg.jpg", "j"),
        ],
        essential: &[
            "manifest.json",
            "js/egret.min.js",
            "js/main.min.js",
            "resource/default.res.json",
            "resource/assets/bg.jpg",
        ],
    },
    Export {
        engine: "Emscripten",
        files: &[
            (
                "index.html",
                r#"<canvas id="canvas"></canvas><script async src="app.js"></script>"#,
            ),
            (
                "app.js",
                r#"var PACKAGE_NAME="/tmp/build/app.data";var REMOTE_PACKAGE_BASE="app.data"; function findWasmBinary(){return locateFile("app.wasm")}"#,
            ),
            ("app.data", "d"),
            ("app.wasm", "w"),
        ],
        essential: &["app.js", "app.data", "app.wasm"],
    },
    Export {
        engine: "wasm-bindgen",
        files: &[
            (
                "index.html",
                r#"<script type="module">import init from './pkg/game.js'; init();</script>"#,
            ),
            (
                "pkg/game.js",
                r#"async function init(input) { if (typeof input === 'undefined') { input = new URL('game_bg.wasm', import.meta.url); } } export default init;"#,
            ),
            ("pkg/game_bg.wasm", "w"),
        ],
        essential: &["pkg/game.js", "pkg/game_bg.wasm"],
    },
    Export {
        engine: "Pyodide",
        files: &[
            (
                "index.html",
                r#"<script src="pyodide/pyodide.js"></script><script>loadPyodide({indexURL: 'pyodide/'}).then(p => fetch('main.py'))</script>"#,
            ),
            (
                "pyodide/pyodide.js",
                r#"var loadPyodide; l=`${e.indexURL}pyodide.asm.js`; n="pyodide.asm.wasm"; "python_stdlib.zip"; "pyodide-lock.json""#,
            ),
            ("pyodide/pyodide.asm.js", ""),
            ("pyodide/pyodide.asm.wasm", "w"),
            ("pyodide/python_stdlib.zip", "z"),
            ("pyodide/pyodide-lock.json", "{}"),
            ("main.py", "print()"),
        ],
        essential: &[
            "pyodide/pyodide.js",
            "pyodide/pyodide.asm.js",
            "pyodide/pyodide.asm.wasm",
            "pyodide/python_stdlib.zip",
            "main.py",
        ],
    },
    Export {
        engine: "OpenFL",
        files: &[
            (
                "index.html",
                r#"<script src="./Game.js"></script><script>lime.embed("Game", "openfl-content", 0, 0, { rootPath: "" });</script>"#,
            ),
            (
                "Game.js",
                r#"lime.embed=function(){}; ManifestResources.init = function(){ AssetManifest.loadFromFile("manifest/default.json") }"#,
            ),
            (
                "manifest/default.json",
                r#"{"name":null,"assets":"aoy4:pathy17:assets%2Fhero.pngy4:sizei4y4:typey5:IMAGEy2:idR1y7:preloadtgh","rootPath":"../","version":2,"libraryArgs":[],"libraryType":null}"#,
            ),
            ("assets/hero.png", "p"),
        ],
        essential: &["Game.js", "manifest/default.json", "assets/hero.png"],
    },
    Export {
        engine: "Clickteam Fusion",
        files: &[
            (
                "index.html",
                r#"<script src="src/Runtime.js"></script><canvas id="MMFCanvas"></canvas><script>new Runtime("MMFCanvas", "resources/Application.cch");</script>"#,
            ),
            ("src/Runtime.js", ""),
            ("resources/Application.cch", "c"),
        ],
        essential: &["src/Runtime.js", "resources/Application.cch"],
    },
    Export {
        engine: "TurboWarp",
        files: &[
            (
                "index.html",
                r#"<!-- Created with https://packager.turbowarp.org/ --><script src="script.js"></script><script>const getProjectData = () => fetch("./assets/project.json");</script>"#,
            ),
            ("script.js", ""),
            (
                "assets/project.json",
                r#"{"targets":[{"costumes":[{"assetId":"aa","md5ext":"0fb9be3e8397c983338cb71dc84d0b25.svg"}],"sounds":[]}]}"#,
            ),
            ("assets/0fb9be3e8397c983338cb71dc84d0b25.svg", "<svg/>"),
        ],
        essential: &[
            "script.js",
            "assets/project.json",
            "assets/0fb9be3e8397c983338cb71dc84d0b25.svg",
        ],
    },
    Export {
        engine: "PICO-8",
        files: &[
            (
                "index.html",
                r#"<script>var e = document.createElement("script"); e.src = "jelpi.js"; e.id = "e_script";</script>"#,
            ),
            ("jelpi.js", "var _cartname=[`jelpi.p8`];"),
        ],
        essential: &["jelpi.js"],
    },
];

/// The holes that the files do not tell, with the reason.
const UNTOLD: &[&str] = &[];

/// The errors of `check` in an export without one of its files.
fn errors(export: &Export, without: &str) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let package = pck(4, 2);
    let files = export.files.iter().filter(|(name, _)| *name != without);
    let files = files.map(|(name, text)| match name.ends_with(".pck") {
        true => (*name, package.as_slice()),
        false => (*name, text.as_bytes()),
    });
    write(folder.path(), files);
    let game = Game::from_folder(folder.path()).unwrap();
    let mut findings = check(&game).unwrap().findings;
    findings.retain(|finding| finding.severity == Severity::Error);
    findings
}

#[test]
fn whole_exports_have_no_errors() {
    for export in EXPORTS {
        let found = errors(export, "");
        assert!(found.is_empty(), "{}: {found:?}", export.engine);
    }
}

#[test]
fn a_missing_essential_file_is_an_error_that_names_it() {
    let (mut holes, mut untold) = (0, Vec::new());
    for export in EXPORTS {
        for name in export.essential {
            assert!(export.files.iter().any(|(file, _)| file == name), "{name}");
            holes += 1;
            // A file that is named without its folder is named as well.
            let last = name.rsplit('/').next().unwrap();
            let stem = last.rsplit_once('.').unwrap().0;
            let is_named = errors(export, name)
                .iter()
                .any(|finding| format!("{:?}", finding.problem).contains(stem));
            if !is_named {
                untold.push(format!("{}: {name}", export.engine));
            }
        }
    }
    assert!(holes >= 77, "{holes}");
    assert_eq!(untold, UNTOLD, "of {holes}");
}
