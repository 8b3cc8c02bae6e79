//! Lists in JSON files, recognised by the file's name and shape.

use serde_json::Value;

use crate::check::finding::Severity;
use crate::check::lists::cocos::cocos_files;
use crate::check::lists::engine::{construct_files, lime_files, scratch_files};
use crate::check::lists::{ListBase, Listed};

/// Reads a list.
type ListReader = fn(&Value) -> Vec<Listed>;

/// The lists: the end of the file's name, and the reader.
const LISTS: &[(&str, ListReader)] = &[
    ("archive_files.json", defold),
    ("blazor.boot.json", dotnet),
    ("dotnet.boot.json", dotnet),
    ("config.json", play_canvas_or_cocos),
    ("settings.json", cocos),
    ("default.res.json", egret),
    ("manifest.json", egret_scripts),
    ("offline.json", construct),
    ("data.json", construct_files),
    ("project.json", scratch_files),
    ("default.json", lime),
    ("import-map.json", import_map),
    ("AssetManifest.json", flutter),
    ("FontManifest.json", flutter_fonts),
];

/// True if a file of this name may be a list.
pub(crate) fn is_list(file: &str) -> bool {
    reader(file).is_some()
}

/// The files that a JSON list names; none if the file only shares the name.
pub(crate) fn data_files(file: &str, text: &str) -> Vec<Listed> {
    let data = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}'));
    match (data, reader(file)) {
        (Ok(data), Some(read)) => read(&data),
        _ => Vec::new(),
    }
}

/// Unity's older list, which its page names: `UnityLoader.instantiate("id", "Build/game.json")`.
pub(crate) fn unity_files(text: &str) -> Vec<Listed> {
    let data = serde_json::from_str::<Value>(text).unwrap_or_default();
    let keys = [
        "dataUrl",
        "wasmCodeUrl",
        "wasmFrameworkUrl",
        "wasmMemoryUrl",
    ];
    let names = keys.iter().filter_map(|key| data.get(key)?.as_str());
    names
        .map(|name| Listed::new(name, ListBase::List))
        .collect()
}

/// The JSON between .NET's marks in `dotnet.js`.
pub(crate) fn dotnet_script_files(text: &str) -> Vec<Listed> {
    let json = text
        .split_once("/*json-start*/")
        .and_then(|(_, rest)| rest.split_once("/*json-end*/"));
    let data = json.and_then(|(json, _)| serde_json::from_str::<Value>(json).ok());
    data.map_or_else(Vec::new, |data| dotnet(&data))
}

fn reader(file: &str) -> Option<ListReader> {
    let last = file.rsplit('/').next().unwrap_or(file);
    let is_such = |name: &str| match name.strip_suffix(".json") {
        // With a hash: `settings.1a2b3.json`.
        Some(stem) if ["config", "settings", "import-map"].contains(&stem) => {
            last.ends_with(".json") && last.split('.').next() == Some(stem)
        }
        _ => last == name,
    };
    let list = LISTS.iter().find(|(name, _)| is_such(name));
    list.map(|(_, reader)| *reader)
}

fn words(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str)
}

fn defold(data: &Value) -> Vec<Listed> {
    let content = data.get("content").and_then(Value::as_array);
    let pieces = content.into_iter().flatten();
    let pieces = pieces.filter_map(|file| file.get("pieces")?.as_array());
    let names = pieces
        .flatten()
        .filter_map(|piece| piece.get("name")?.as_str());
    names
        .map(|name| Listed::new(name, ListBase::List))
        .collect()
}

fn dotnet(data: &Value) -> Vec<Listed> {
    const GROUPS: &[&str] = &[
        "assembly",
        "coreAssembly",
        "runtime",
        "wasmNative",
        "jsModuleNative",
        "jsModuleRuntime",
    ];
    let resources = data.get("resources");
    let groups = GROUPS.iter().filter_map(|group| resources?.get(group));
    let mut listed = Vec::new();
    for group in groups {
        let by_name = group.as_object().into_iter().flatten();
        let names = by_name.map(|(name, _)| name.as_str());
        let items = group.as_array().into_iter().flatten();
        let names = names.chain(items.filter_map(|item| item.get("name")?.as_str()));
        listed.extend(names.map(|name| Listed::new(name, ListBase::List)));
    }
    listed
}

fn play_canvas_or_cocos(data: &Value) -> Vec<Listed> {
    let Some(assets) = data.get("assets").and_then(Value::as_object) else {
        return cocos_files(data);
    };
    let properties = data.get("application_properties");
    if properties.is_none() {
        return Vec::new();
    }
    let fallbacks: Vec<_> = assets
        .values()
        .filter_map(|asset| asset.get("data")?.get("fallbackScriptId")?.as_u64())
        .map(|id| id.to_string())
        .collect();
    let files = assets.iter().filter_map(|(id, asset)| {
        let url = asset.get("file")?.get("url")?.as_str()?;
        let listed = Listed::new(url, ListBase::List);
        let is_preloaded = asset.get("preload").and_then(Value::as_bool) != Some(false);
        Some(match is_preloaded {
            // For browsers without WebAssembly.
            _ if fallbacks.contains(id) => listed.later(Severity::Note),
            true => listed,
            false => listed.later(Severity::Warning),
        })
    });
    let scenes = data
        .get("scenes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let scenes = scenes.filter_map(|scene| scene.get("url")?.as_str());
    let libraries = words(properties.and_then(|properties| properties.get("libraries")));
    let names = scenes.chain(libraries);
    let others = names.map(|name| Listed::new(name, ListBase::List));
    files.chain(others).collect()
}

fn cocos(data: &Value) -> Vec<Listed> {
    let assets = data.get("assets");
    let versions = assets.and_then(|assets| assets.get("bundleVers"));
    let bundles = words(assets.and_then(|assets| assets.get("projectBundles")));
    let remote: Vec<_> = words(assets.and_then(|assets| assets.get("remoteBundles"))).collect();
    let local = bundles.filter(|bundle| !remote.contains(bundle));
    let files = local.flat_map(|bundle| {
        let version = versions.and_then(|versions| versions.get(bundle)?.as_str());
        let version = version.map_or_else(String::new, |version| format!(".{version}"));
        [
            format!("assets/{bundle}/config{version}.json"),
            format!("assets/{bundle}/index{version}.js"),
        ]
    });
    files
        .map(|name| Listed::new(name, ListBase::Page))
        .collect()
}

fn egret(data: &Value) -> Vec<Listed> {
    let resources = data.get("resources").and_then(Value::as_array);
    let urls = resources.into_iter().flatten();
    let urls = urls.filter_map(|resource| resource.get("url")?.as_str());
    urls.map(|url| Listed::new(url, ListBase::List)).collect()
}

fn lime(data: &Value) -> Vec<Listed> {
    let assets = data.get("assets").and_then(Value::as_str);
    assets.map_or_else(Vec::new, lime_files)
}

/// The modules of an import map in a file of its own, as SystemJS takes it.
fn import_map(data: &Value) -> Vec<Listed> {
    let imports = data.get("imports").and_then(Value::as_object);
    let targets = imports.into_iter().flatten();
    let targets = targets.filter_map(|(_, target)| target.as_str());
    targets
        .filter(|target| target.starts_with('.') && !target.ends_with('/'))
        .map(|target| Listed::new(target, ListBase::List))
        .collect()
}

/// Egret's scripts, in a file that is named like a web app manifest.
fn egret_scripts(data: &Value) -> Vec<Listed> {
    let names = words(data.get("initial")).chain(words(data.get("game")));
    let scripts = names.filter(|name| name.ends_with(".js"));
    scripts
        .map(|name| Listed::new(name, ListBase::List))
        .collect()
}

fn construct(data: &Value) -> Vec<Listed> {
    let is_needed = |name: &&str| !name.starts_with("icons/") && !name.ends_with("manifest.json");
    let names = words(data.get("fileList")).filter(is_needed);
    names
        .map(|name| Listed::new(name, ListBase::List))
        .collect()
}

fn flutter(data: &Value) -> Vec<Listed> {
    let assets = data.as_object().into_iter().flatten();
    assets
        .map(|(name, _)| Listed::new(name, ListBase::List))
        .collect()
}

fn flutter_fonts(data: &Value) -> Vec<Listed> {
    let families = data.as_array().into_iter().flatten();
    let fonts = families.filter_map(|family| family.get("fonts")?.as_array());
    let names = fonts
        .flatten()
        .filter_map(|font| font.get("asset")?.as_str());
    names
        .map(|name| Listed::new(name, ListBase::List))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_told_by_name_and_shape() {
        for (file, text, expected) in [
            (
                "archive/archive_files.json",
                r#"{"content":[{"name":"game.arcd","pieces":[{"name":"game.arcd0"}]}]}"#,
                &["game.arcd0"][..],
            ),
            (
                "_framework/blazor.boot.json",
                r#"{"resources":{"assembly":{"a.dll":"x"},"pdb":{"a.pdb":"x"}}}"#,
                &["a.dll"],
            ),
            (
                "config.json",
                r#"{"application_properties":{},"scenes":[{"url":"1.json"}],"assets":{"1":{"file":{"url":"files/a.png"}},"2":{"file":null}}}"#,
                &["files/a.png", "1.json"],
            ),
            (
                "config.json",
                r#"{"assets":{"1":{"file":{"url":"a"}}}}"#,
                &[],
            ),
            (
                "src/settings.1a.json",
                r#"{"assets":{"projectBundles":["main"],"bundleVers":{"main":"2b"}}}"#,
                &["assets/main/config.2b.json", "assets/main/index.2b.js"],
            ),
            (
                "resource/default.res.json",
                r#"{"resources":[{"name":"a","url":"assets/a.png"}]}"#,
                &["assets/a.png"],
            ),
            (
                "manifest.json",
                r#"{"initial":["libs/egret.js"]}"#,
                &["libs/egret.js"],
            ),
            ("manifest.json", r#"{"icons":[{"src":"a.png"}]}"#, &[]),
            ("level.json", r#"{"fileList":["a.png"]}"#, &[]),
            (
                "offline.json",
                r#"{"fileList":["data.json","icons/a.png"]}"#,
                &["data.json"],
            ),
        ] {
            let found: Vec<_> = data_files(file, text)
                .into_iter()
                .map(|one| one.target)
                .collect();
            assert_eq!(found, expected, "{file} {text}");
        }
    }
}
