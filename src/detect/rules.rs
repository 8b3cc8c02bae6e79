//! The table of marks by which engines are recognised.

use crate::detect::evidence::Evidence;
use crate::detect::kind::EngineKind;
use crate::detect::scan::Scan;
use crate::detect::script::ScannedText;

/// A sign of an engine.
#[derive(Clone, Copy, Debug)]
enum Mark {
    /// A file: the last parts of its path, in any case, with at most one `*` in each part.
    File(&'static str),
    /// A word in the page.
    Page(&'static str),
    /// A word in the page or in a script.
    Word(&'static str),
}

use Mark::{File, Page, Word};

/// An engine and its marks: all marks of any one list must be present.
type Rule = (EngineKind, &'static [&'static [Mark]]);

/// In order of precedence: an engine built with another (love.js with Emscripten) comes before that one.
const RULES: &[Rule] = &[
    (
        EngineKind::Unity,
        &[
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

/// The words of the table for the vocabulary.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    let marks = RULES
        .iter()
        .flat_map(|(_, any)| any.iter().copied().flatten());
    marks.filter_map(|mark| match mark {
        Page(word) | Word(word) => Some(*word),
        File(_) => None,
    })
}

/// The engine of the first rule that matches, with the marks that matched.
pub(crate) fn recognise(scan: &Scan<'_>) -> (EngineKind, Vec<Evidence>) {
    RULES
        .iter()
        .find_map(|(kind, any)| {
            let evidence = any.iter().find_map(|all| find_marks(scan, all))?;
            Some((*kind, evidence))
        })
        .unwrap_or((EngineKind::Plain, vec![Evidence::NoMarks]))
}

/// Evidence for each mark; `None` unless all are present.
fn find_marks(scan: &Scan<'_>, all: &[Mark]) -> Option<Vec<Evidence>> {
    let find_word = |text: &ScannedText, words: &str| {
        text.contains(words).then(|| Evidence::Says {
            file: text.name.clone(),
            words: words.to_owned(),
        })
    };
    all.iter()
        .map(|mark| match mark {
            File(pattern) => {
                let mut names = scan.names.iter();
                let name = names.find(|name| matches(pattern, name))?;
                Some(Evidence::File(name.clone()))
            }
            Page(word) => find_word(&scan.page, word),
            Word(word) => scan.texts().find_map(|text| find_word(text, word)),
        })
        .collect()
}

/// True if a path ends in the parts of a pattern.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = path.rsplit('/');
    pattern.rsplit('/').all(|pattern| {
        let Some(part) = parts.next() else {
            return false;
        };
        let fits = |pattern: &str, part: Option<&str>| {
            part.is_some_and(|part| part.eq_ignore_ascii_case(pattern))
        };
        match pattern.split_once('*') {
            Some((start, end)) => {
                let middle = part.len().checked_sub(end.len());
                middle.is_some_and(|middle| middle >= start.len())
                    && fits(start, part.get(..start.len()))
                    && fits(end, middle.and_then(|middle| part.get(middle..)))
            }
            None => fits(pattern, Some(part)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_last_parts_of_a_path() {
        for (pattern, path, expected) in [
            ("js/rpg_core.js", "js/rpg_core.js", true),
            ("js/rpg_core.js", "www/js/RPG_Core.js", true),
            ("js/rpg_core.js", "rpg_core.js", false),
            ("js/rpg_core.js", "myjs/rpg_core.js", false),
            ("*.pck", "index.pck", true),
            ("*.pck", "a/b.pck", true),
            ("*.pck", "pck", false),
            ("cc*.js", "cocos-js/cc.3a1f.js", true),
            ("cc*.js", "c.js", false),
            ("a*a", "a", false),
            ("three*.js", "中文.js", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
