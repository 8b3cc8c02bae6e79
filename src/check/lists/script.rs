//! Files that scripts name where an engine or a browser loads them.

use crate::check::js_strings::Constant;
use crate::check::lists::{ListBase, Listed};
use crate::check::script_names::looks_like_file_name;

/// Functions whose argument is loaded.
const LOADERS: &[&str] = &[
    "fetch",
    "Worker",
    "SharedWorker",
    "importScripts",
    "addModule",
    "register",
    "load",
    "loadLib",
    "loadAsync",
    "loadImage",
    "loadJSON",
    "loadSound",
    "loadFont",
    "loadSprite",
    "loadTexture",
    "Audio",
    "URL",
    "import",
    "open",
    "locateFile",
    "instantiate",
    "FetchJson",
    "loadConfig",
    "loadFromFile",
];

/// Functions of Phaser's loader, which take a key first.
const PHASER: &[&str] = &[
    "image",
    "audio",
    "atlas",
    "spritesheet",
    "json",
    "tilemapTiledJSON",
    "bitmapFont",
    "text",
];

/// Names whose value an engine loads.
const KEYS: &[&str] = &[
    "dataUrl",
    "frameworkUrl",
    "codeUrl",
    "memoryUrl",
    "symbolsUrl",
    "loaderUrl",
    "EJS_gameUrl",
    "EJS_biosUrl",
    "EJS_gamePatchUrl",
    "EJS_loadStateURL",
    "REMOTE_PACKAGE_BASE",
    "REMOTE_PACKAGE_NAME",
    "wasmBinaryFile",
    "CONFIG_FILENAME",
    "settingsPath",
    "engineScripts",
    "runtimeScriptList",
    "glueUrl",
    "wasmUrl",
    "mainJsPath",
    "mainWasmPath",
    "src",
];

/// Endings of games that a player in the page runs: they are named nowhere else.
const CARTRIDGES: &[&str] = &[
    ".tic", ".love", ".jsdos", ".swf", ".p8", ".wasm4", ".cch", ".cci", ".ccn",
];

/// Endings of data that scripts load by calls only.
const DATA: &[&str] = &[".zip", ".py", ".dat", ".rpa", ".lua", ".mem", ".pak"];

/// Files that a script loads in the engine's editor only.
const EDITOR_ONLY: &[&str] = &["previewworker.js"];

/// Statements after which a loader's names are relative to a folder that the script sets.
const FOLDERS: &[&str] = &[
    ".setPath(",
    ".setBaseURL(",
    ".loadRoot(",
    "baseURL",
    ".setResourcePath(",
    ".path =",
    ".path=",
];

/// The files that a script loads by its string constants.
pub(crate) fn script_files(file: &str, text: &str, constants: &[Constant]) -> Vec<Listed> {
    let sets_folder = FOLDERS.iter().any(|word| text.contains(word));
    let build = constants.iter().find(|one| one.usage.name() == "buildUrl");
    let build = build.map(|one| one.text.as_str());
    let has_module = has_module(text);
    // js-dos has examples of its own bundles in its script.
    let has_examples = file.ends_with("js-dos.js");
    let constants = constants
        .iter()
        .filter(|one| !(has_examples && one.text.ends_with(".jsdos")));
    let files = constants.filter_map(|constant| {
        let target = match KEYS.contains(&constant.usage.name()) {
            true if has_module && constant.usage.name() == "wasmBinaryFile" => None,
            true => engine_file(file, constant, build),
            false => loaded_file(constant, sets_folder),
        }?;
        let mut listed = Listed::new(target, ListBase::Any);
        listed.line = constant.line;
        Some(listed)
    });
    files.collect()
}

/// The value of a key that an engine loads.
fn engine_file(file: &str, constant: &Constant, build: Option<&str>) -> Option<String> {
    let usage = &constant.usage;
    let text = constant.text.as_str();
    if usage.prefix == "buildUrl" {
        return build.map(|build| format!("{build}{text}"));
    }
    let is_own = match usage.name() {
        // Other engines rename Emscripten's output and override its name.
        "wasmBinaryFile" => text.strip_suffix(".wasm") == stem(file),
        "src" => looks_like_file_name(text),
        // PlayCanvas' settings name the modules that an export has; its engine, those that it can load.
        "glueUrl" | "wasmUrl" => file.ends_with("__settings__.js"),
        _ => true,
    };
    (is_own && !usage.is_part && text.contains('.')).then(|| text.to_owned())
}

/// The argument of a function that loads it.
fn loaded_file(constant: &Constant, sets_folder: bool) -> Option<String> {
    let usage = &constant.usage;
    // A cache-busting number is not part of the name.
    let (text, is_whole) = match constant.text.split_once('?') {
        Some((name, _)) => (name, usage.prefix.is_empty()),
        None => (constant.text.as_str(), !usage.is_part),
    };
    let is_of_editor = EDITOR_ONLY.iter().any(|name| text.ends_with(name));
    if !is_whole || usage.is_caught || !is_plain(text) || is_of_editor {
        return None;
    }
    let last = text.rsplit('/').next().unwrap_or(text);
    let mut stems = CARTRIDGES
        .iter()
        .filter_map(|ending| last.strip_suffix(ending));
    let is_cartridge = stems.any(|stem| !stem.is_empty());
    // PICO-8 keeps the name of the cartridge that is embedded in the script.
    if is_cartridge
        && usage.name() != "_cartname"
        && !(usage.callee.is_empty() && usage.key.is_empty())
    {
        return Some(text.to_owned());
    }
    let is_argument = match usage.function() {
        "register" if usage.callee == "System.register" => text.starts_with('.'),
        "register" => usage.callee.ends_with("serviceWorker.register"),
        "open" => usage.first.eq_ignore_ascii_case("GET"),
        "instantiate" => usage.callee.starts_with("UnityLoader"),
        function if PHASER.contains(&function) => {
            usage.callee.contains(".load.") && !usage.first.is_empty()
        }
        function => LOADERS.contains(&function) && usage.first.is_empty(),
    };
    let is_data = !text.starts_with('.') && DATA.iter().any(|ending| text.ends_with(ending));
    let is_file = looks_like_file_name(text) || is_data;
    (is_file && is_argument && !sets_folder).then(|| text.to_owned())
}

/// True if Emscripten's module is embedded in a script, which then loads none.
fn has_module(text: &str) -> bool {
    ["[\"wasmBinary\"]=", "['wasmBinary']=", ".wasmBinary="]
        .iter()
        .flat_map(|word| text.split(word).skip(1))
        .any(|rest| !rest.starts_with('='))
}

/// True if a name is neither a URL of another host nor a template.
fn is_plain(text: &str) -> bool {
    !text.contains("://") && !text.starts_with("//") && !text.contains(['{', '$', '*', '<'])
}

fn stem(file: &str) -> Option<&str> {
    file.rsplit('/').next()?.strip_suffix(".js")
}
