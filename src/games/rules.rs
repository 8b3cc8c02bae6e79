//! What gives an engine away: a table, the most telling marks first.

use super::evidence::Evidence;
use super::look::{Look, Text};

/// What made an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "they are names")]
pub enum Kind {
    Unity,
    Godot,
    RenPy,
    RpgMakerMv,
    RpgMakerMz,
    Construct2,
    Construct3,
    GameMaker,
    GDevelop,
    Defold,
    Cocos,
    LayaAir,
    Egret,
    PlayCanvas,
    Blazor,
    Flutter,
    LibGdx,
    LoveJs,
    Pico8,
    Tic80,
    GbStudio,
    Flash,
    Twine,
    Macroquad,
    Bevy,
    WasmBindgen,
    Phaser,
    Babylon,
    ThreeJs,
    Pixi,
    Emscripten,
    /// A page and its scripts, whatever wrote them.
    Plain,
}

impl Kind {
    /// As its makers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unity => "Unity",
            Self::Godot => "Godot",
            Self::RenPy => "Ren'Py",
            Self::RpgMakerMv => "RPG Maker MV",
            Self::RpgMakerMz => "RPG Maker MZ",
            Self::Construct2 => "Construct 2",
            Self::Construct3 => "Construct 3",
            Self::GameMaker => "GameMaker",
            Self::GDevelop => "GDevelop",
            Self::Defold => "Defold",
            Self::Cocos => "Cocos",
            Self::LayaAir => "LayaAir",
            Self::Egret => "Egret",
            Self::PlayCanvas => "PlayCanvas",
            Self::Blazor => "Blazor",
            Self::Flutter => "Flutter",
            Self::LibGdx => "libGDX",
            Self::LoveJs => "love.js",
            Self::Pico8 => "PICO-8",
            Self::Tic80 => "TIC-80",
            Self::GbStudio => "GB Studio",
            Self::Flash => "Flash (Ruffle)",
            Self::Twine => "Twine",
            Self::Macroquad => "macroquad",
            Self::Bevy => "Bevy",
            Self::WasmBindgen => "wasm-bindgen",
            Self::Phaser => "Phaser",
            Self::Babylon => "Babylon.js",
            Self::ThreeJs => "three.js",
            Self::Pixi => "PixiJS",
            Self::Emscripten => "Emscripten",
            Self::Plain => "HTML",
        }
    }
}

/// Something to look for.
#[derive(Clone, Copy, Debug)]
enum Mark {
    /// A file: the end of its path, whole parts of it, in any case, with at most one `*` in each part.
    File(&'static str),
    /// A word of the page.
    Page(&'static str),
    /// A word of the page or of a script.
    Word(&'static str),
}

use Mark::{File, Page, Word};

/// A kind and its marks: any one of the lists is enough, and of a list all are needed.
type Rule = (Kind, &'static [&'static [Mark]]);

/// In this order: an engine that is built with another (love.js with Emscripten) before that one.
const RULES: &[Rule] = &[
    (
        Kind::Unity,
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
        Kind::Godot,
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
        Kind::RenPy,
        &[
            &[File("renpy.wasm")],
            &[File("renpy.data")],
            &[File("renpy-pre.js")],
            &[Page("Ren'Py Web")],
            &[File("pwa_catalog.json"), File("game.zip")],
        ],
    ),
    (
        Kind::RpgMakerMz,
        &[&[File("js/rmmz_core.js")], &[File("js/rmmz_managers.js")]],
    ),
    (
        Kind::RpgMakerMv,
        &[&[File("js/rpg_core.js")], &[File("js/rpg_managers.js")]],
    ),
    (
        Kind::Construct3,
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
        Kind::Construct2,
        &[
            &[File("c2runtime.js")],
            &[Page("cr_createRuntime")],
            &[Page("Construct 2")],
        ],
    ),
    (
        Kind::GameMaker,
        &[
            &[Page("GameMaker_Init")],
            &[Page("html5game/")],
            &[Page("GameMaker")],
            &[File("game.unx"), File("*.wasm")],
            &[File("runner.wasm"), File("runner.data")],
        ],
    ),
    (
        Kind::GDevelop,
        &[
            &[Page("gdjs.")],
            &[Word("gdjs.RuntimeGame")],
            &[File("gd.js"), File("runtimegame.js")],
            &[File("runtimegame.js"), File("data.js")],
        ],
    ),
    (
        Kind::Defold,
        &[
            &[File("dmloader.js")],
            &[File("archive/archive_files.json")],
            &[Word("EngineLoader"), Word("archive_files.json")],
            &[File("game.arcd0"), File("*.wasm")],
        ],
    ),
    (
        Kind::Cocos,
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
        Kind::LayaAir,
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
        Kind::Egret,
        &[&[File("egret*.js")], &[Word("egret.runEgret")]],
    ),
    (
        Kind::PlayCanvas,
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
        Kind::Blazor,
        &[
            &[File("_framework/blazor.*.js")],
            &[File("_framework/blazor.boot.json")],
            &[File("_framework/dotnet*.js")],
            &[Page("_framework/blazor.")],
        ],
    ),
    (
        Kind::Flutter,
        &[
            &[File("flutter_bootstrap.js")],
            &[File("main.dart.js")],
            &[File("flutter.js"), File("AssetManifest*")],
        ],
    ),
    (
        Kind::LibGdx,
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
        Kind::LoveJs,
        &[
            &[File("love.js"), File("love.wasm")],
            &[File("love.js"), File("game.data")],
            &[Page("Love(Module)")],
            &[Page("love.js\"")],
        ],
    ),
    (
        Kind::Pico8,
        &[
            &[Page("pico8_buttons")],
            &[Page("PICO-8 Cartridge")],
            &[Page("p8_touch_detected")],
            &[Word("pico8_gpio"), Word("_cartdat")],
        ],
    ),
    (
        Kind::Tic80,
        &[
            &[File("tic80.wasm")],
            &[File("tic80.js")],
            &[File("cart.tic")],
            &[Page("TIC-80")],
        ],
    ),
    (
        Kind::GbStudio,
        &[
            &[File("binjgb.js")],
            &[File("binjgb.wasm")],
            &[Page("GB Studio")],
            &[File("rom/game.gb*")],
        ],
    ),
    (
        Kind::Flash,
        &[
            &[Word("RufflePlayer")],
            &[File("ruffle.js")],
            &[Page("ruffle-rs")],
            &[File("*.swf")],
        ],
    ),
    (
        Kind::Twine,
        &[
            &[Page("tw-storydata")],
            &[Page("id=\"storeArea\"")],
            &[Page("id=\"store-area\"")],
            &[Page("SugarCube")],
        ],
    ),
    (
        Kind::Macroquad,
        &[
            &[File("mq_js_bundle.js")],
            &[Page("mq_js_bundle")],
            &[Word("miniquad_add_plugin")],
        ],
    ),
    (
        Kind::Bevy,
        &[
            &[Word("__wbindgen"), Word("bevy")],
            &[Word("__wbg_"), Word("Bevy")],
            &[File("*_bg.wasm"), Word("bevy")],
        ],
    ),
    (
        Kind::WasmBindgen,
        &[
            &[File("*_bg.wasm")],
            &[File("*_bg-*.wasm")],
            &[Word("__wbindgen")],
            &[Word("__wbg_")],
        ],
    ),
    (
        Kind::Phaser,
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
        Kind::Babylon,
        &[
            &[File("babylon*.js")],
            &[Word("BABYLON.Engine")],
            &[Word("BabylonJS")],
            &[Word("Babylon.js v")],
        ],
    ),
    (
        Kind::ThreeJs,
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
        Kind::Pixi,
        &[
            &[File("pixi*.js")],
            &[Word("PIXI.Application")],
            &[Word("PixiJS")],
        ],
    ),
    (
        Kind::Emscripten,
        &[
            &[Word("_emscripten_")],
            &[Word("Emscripten")],
            &[Word("emscripten")],
            &[Word("createWasm")],
            &[Word("asmLibraryArg")],
        ],
    ),
];

/// The words of the table and of the versions.
pub fn words() -> impl Iterator<Item = &'static str> {
    let marks = RULES
        .iter()
        .flat_map(|(_, any)| any.iter().copied().flatten());
    let words = marks.filter_map(|mark| match mark {
        Page(word) | Word(word) => Some(*word),
        File(_) => None,
    });
    words.chain(super::engine::WORDS.iter().copied())
}

/// The first rule that holds, and what made it hold.
pub fn kind(look: &Look<'_>) -> (Kind, Vec<Evidence>) {
    RULES
        .iter()
        .find_map(|(kind, any)| {
            let evidence = any.iter().find_map(|all| seen(look, all))?;
            Some((*kind, evidence))
        })
        .unwrap_or((Kind::Plain, vec![Evidence::NoMarks]))
}

fn seen(look: &Look<'_>, all: &[Mark]) -> Option<Vec<Evidence>> {
    let says = |text: &Text, words: &str| {
        text.says(words).then(|| Evidence::Says {
            file: text.name.clone(),
            words: words.to_owned(),
        })
    };
    all.iter()
        .map(|mark| match mark {
            File(pattern) => {
                let mut names = look.names.iter();
                let name = names.find(|name| matches(pattern, name))?;
                Some(Evidence::File(name.clone()))
            }
            Page(word) => says(&look.page, word),
            Word(word) => look.texts().find_map(|text| says(text, word)),
        })
        .collect()
}

/// Whether a path ends in the parts of a pattern.
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
    fn patterns_fit_the_ends_of_paths() {
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
