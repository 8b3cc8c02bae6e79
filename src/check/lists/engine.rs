//! Files that an engine's own script loads under names that it makes or keeps in a table.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::check::js_strings::Constant;
use crate::check::lists::{ListBase, Listed};
use crate::check::resolve::FileNames;

/// The files that Pyodide's loader takes from its own folder.
const PYODIDE: &[&str] = &[
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
];

/// The files that a script of an engine loads. `names` tell which of several variants of a file an export has.
pub(crate) fn engine_files(
    file: &str,
    text: &str,
    constants: &[Constant],
    names: &FileNames,
) -> Vec<Listed> {
    let mut listed = defold_files(constants, names);
    listed.extend(pyodide_files(file, text, names));
    let last = file.rsplit('/').next().unwrap_or(file);
    // Without the minified script, the loader loads its sources.
    if last == "loader.js"
        && text.contains("emulator.min.js")
        && !names.has_file_name("emulator.js")
    {
        listed.push(Listed::new("emulator.min.js", ListBase::List));
    }
    if text.contains("JSON_game") || file.starts_with("html5game/") {
        let textures = constants.iter().map(|one| one.text.as_str());
        let textures = textures.filter(|name| is_game_maker_texture(name));
        listed.extend(textures.map(|name| Listed::new(name, ListBase::List)));
        listed.extend(game_maker_sounds(constants));
    }
    if text.contains("_flutter.loader.loadEntrypoint") {
        listed.push(Listed::new("main.dart.js", ListBase::Page));
    }
    listed.extend(lime_files(text));
    listed
}

/// The assets of Lime (OpenFL, HaxeFlixel): objects in Haxe's serialization, whose first key is `path`.
pub(crate) fn lime_files(text: &str) -> Vec<Listed> {
    // Most lie in a package.
    let package = text.split_once("\"libraryArgs\":[\"");
    let package = package.and_then(|(_, rest)| rest.split('"').next());
    let package = package.filter(|name| name.ends_with(".pak"));
    let package = package.map(|name| Listed::new(name, ListBase::Page));
    let Some((_, list)) = text.split_once("aoy4:pathy") else {
        return package.into_iter().collect();
    };
    // A later object refers to the key as the first string of the list.
    let list = list.split(['\'', '"', '\n']).next().unwrap_or_default();
    let paths = list.split("R0y").filter_map(|object| {
        let (length, rest) = object.split_once(':')?;
        let name = rest.get(..length.parse().ok()?)?;
        percent_decode_str(name).decode_utf8().ok()
    });
    paths
        .filter(|path| path.contains('.'))
        .map(|path| Listed::new(path, ListBase::Page))
        .chain(package)
        .collect()
}

/// The pictures and sounds of a Scratch project, which lie beside it.
pub(crate) fn scratch_files(data: &Value) -> Vec<Listed> {
    let targets = data.get("targets").and_then(Value::as_array);
    let assets = targets.into_iter().flatten().flat_map(|target| {
        let lists = ["costumes", "sounds"].into_iter();
        lists
            .filter_map(|list| target.get(list)?.as_array())
            .flatten()
    });
    let names = assets.filter_map(|asset| asset.get("md5ext")?.as_str());
    names
        .map(|name| Listed::new(name, ListBase::List))
        .collect()
}

/// The pictures and sounds of a Construct project.
pub(crate) fn construct_files(data: &Value) -> Vec<Listed> {
    let project = data.get("project").and_then(Value::as_array);
    let mut listed = project.map_or(Vec::new(), |project| construct_media(project));
    let mut left: Vec<&Value> = data.get("project").into_iter().collect();
    while let Some(value) = left.pop() {
        match value {
            Value::Array(items) => left.extend(items),
            Value::String(name) if is_construct_picture(name) => {
                listed.push(Listed::new(name.as_str(), ListBase::List));
            }
            _ => {}
        }
    }
    listed
}

/// The files of a Construct 2 project, whose list is named like a script.
pub(crate) fn construct_2_files(file: &str, text: &str) -> Vec<Listed> {
    if file != "data.js" || !text.trim_start_matches('\u{feff}').starts_with('{') {
        return Vec::new();
    }
    let data = serde_json::from_str(text.trim_start_matches('\u{feff}'));
    data.map_or_else(|_| Vec::new(), |data| construct_files(&data))
}

/// Defold's page starts an executable by its name, without an ending.
fn defold_files(constants: &[Constant], names: &FileNames) -> Vec<Listed> {
    let is_start = |constant: &&Constant| {
        constant.usage.callee == "EngineLoader.load" && !constant.usage.first.is_empty()
    };
    let Some(start) = constants.iter().find(is_start) else {
        return Vec::new();
    };
    let executable = &start.text;
    let wasm = [
        format!("{executable}.wasm"),
        format!("{executable}_wasm.js"),
    ];
    let is_asm_only =
        names.has(&format!("{executable}_asmjs.js")) && !wasm.iter().any(|name| names.has(name));
    let mut files = Vec::new();
    if !is_asm_only {
        files.extend(wasm);
    }
    if !names.has_file_name("archive_files.json") {
        files.push("archive/archive_files.json".to_owned());
    }
    let listed = files.into_iter();
    listed
        .map(|name| Listed::new(name, ListBase::Page))
        .collect()
}

fn pyodide_files(file: &str, text: &str, names: &FileNames) -> Vec<Listed> {
    let (folder, last) = file
        .rsplit_once('/')
        .map_or(("", file), |(folder, last)| (folder, last));
    let beside = |name: &str| match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    };
    // A page may take the rest from another host.
    let is_local = PYODIDE.iter().any(|name| names.has(&beside(name)));
    if !["pyodide.js", "pyodide.mjs"].contains(&last) || !is_local {
        return Vec::new();
    }
    let used = PYODIDE.iter().filter(|name| text.contains(**name));
    used.map(|name| Listed::new(*name, ListBase::List))
        .collect()
}

/// The sounds of GameMaker's data: the runner loads `.ogg` or `.mp3` of the name, whatever its own extension is.
fn game_maker_sounds(constants: &[Constant]) -> impl Iterator<Item = Listed> {
    let names = constants
        .iter()
        .filter(|one| one.usage.name() == "origName");
    names.filter_map(|one| {
        let (stem, _) = one.text.rsplit_once('.')?;
        Some(Listed::stem(stem.replace('\\', "/"), ListBase::List))
    })
}

/// True for `game_texture_0.png`.
fn is_game_maker_texture(name: &str) -> bool {
    let stem = name.strip_suffix(".png").unwrap_or_default();
    let number = stem.rsplit_once("_texture_").map(|(_, number)| number);
    number.is_some_and(|number| number.parse::<u32>().is_ok())
}

/// The sounds of a Construct project, each with its length in bytes, before the folder that they are in. Browsers get
/// one of several formats.
fn construct_media(project: &[Value]) -> Vec<Listed> {
    let lists = project.windows(2).filter_map(|pair| {
        let folder = pair[1].as_str().filter(|folder| folder.ends_with('/'))?;
        let files = pair[0].as_array()?;
        let stems = files.iter().map(move |file| {
            let is_file = file.get(1)?.is_u64();
            let (stem, _) = file.get(0)?.as_str()?.rsplit_once('.')?;
            is_file.then(|| Listed::stem(format!("{folder}{stem}"), ListBase::List))
        });
        stems.collect::<Option<Vec<_>>>()
    });
    lists.flatten().collect()
}

fn is_construct_picture(name: &str) -> bool {
    let endings = [".png", ".webp", ".jpg", ".jpeg", ".avif"];
    name.starts_with("images/") && endings.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::js_strings::constants;

    fn targets(listed: Vec<Listed>) -> Vec<String> {
        listed.into_iter().map(|one| one.target).collect()
    }

    #[test]
    fn limes_list_is_read_from_haxes_serialization() {
        // Two assets, as `haxe.Serializer` writes them: the second refers to the keys of the first.
        let text = r#"parse('{"assets":"aoy4:pathy19:assets%2Fmy%20a.pngy4:sizei4y4:typey5:IMAGEy2:idR1goR0y14:assets%2Fb.txtR2i2R3y4:TEXTR5R6gh"}')"#;
        assert_eq!(
            targets(lime_files(text)),
            ["assets/my a.png", "assets/b.txt"]
        );
        for other in [
            "",
            "aoy4:pathy",
            "aoy4:pathy999999999999:a.b",
            "aoy4:pathy3:\u{e9}\u{e9}.b",
        ] {
            assert_eq!(lime_files(other), []);
        }
    }

    #[test]
    fn projects_of_scratch_and_construct_list_their_assets() {
        let data = serde_json::json!({"targets": [{"costumes": [{"md5ext": "a.svg"}], "sounds": [{"md5ext": "b.wav"}]}]});
        assert_eq!(targets(scratch_files(&data)), ["a.svg", "b.wav"]);
        let data =
            serde_json::json!({"project": ["Game", [["images/a.png", 1], "images/", "x.png"]]});
        assert_eq!(targets(construct_files(&data)), ["images/a.png"]);
        let media = serde_json::json!({"project": ["Game", [["jump.webm", 900, false], ["a b.ogg", 12, true]], "media/", ["x", 1], "y/"]});
        let sounds = construct_files(&media);
        assert!(sounds.iter().all(|one| one.is_stem));
        assert_eq!(targets(sounds), ["media/jump", "media/a b"]);
        assert_eq!(scratch_files(&Value::Null), []);
        assert_eq!(construct_files(&Value::Null), []);
    }

    #[test]
    fn sounds_of_game_maker_are_those_of_its_data() {
        let text = r#"{pName:"snd_jump", kind:0, extension:".ogg", origName:"snd_jump.wav", x:"other.wav"}"#;
        let sounds: Vec<_> = game_maker_sounds(&constants(text)).collect();
        assert_eq!(sounds, [Listed::stem("snd_jump", ListBase::List)]);
    }

    #[test]
    fn textures_of_game_maker_end_in_a_number() {
        for (name, expected) in [
            ("shoot_texture_0.png", true),
            ("shoot_texture_.png", false),
            ("texture.png", false),
        ] {
            assert_eq!(is_game_maker_texture(name), expected, "{name}");
        }
    }
}
