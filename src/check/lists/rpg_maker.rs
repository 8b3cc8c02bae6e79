//! RPG Maker's database: its tables, its maps, and the pictures and sounds that they name without an extension.

use serde_json::Value;

use crate::check::finding::Severity;
use crate::check::js_strings::Constant;
use crate::check::lists::{ListBase, Listed};
use crate::check::reference::Role;

/// The tables that RPG Maker loads before the title, in `data`.
const TABLES: &[&str] = &[
    "Actors",
    "Classes",
    "Skills",
    "Items",
    "Weapons",
    "Armors",
    "Enemies",
    "Troops",
    "States",
    "Animations",
    "Tilesets",
    "CommonEvents",
    "System",
    "MapInfos",
];

/// Keys of the database with the folder of the files that they name.
const FOLDERS: &[(&str, &str)] = &[
    ("title1Name", "img/titles1"),
    ("title2Name", "img/titles2"),
    ("battleback1Name", "img/battlebacks1"),
    ("battleback2Name", "img/battlebacks2"),
    ("characterName", "img/characters"),
    ("faceName", "img/faces"),
    ("parallaxName", "img/parallaxes"),
    ("tilesetNames", "img/tilesets"),
    ("animation1Name", "img/animations"),
    ("animation2Name", "img/animations"),
    ("titleBgm", "audio/bgm"),
    ("battleBgm", "audio/bgm"),
    ("bgm", "audio/bgm"),
    ("bgs", "audio/bgs"),
    ("victoryMe", "audio/me"),
    ("defeatMe", "audio/me"),
    ("gameoverMe", "audio/me"),
    ("sounds", "audio/se"),
    ("se", "audio/se"),
];

/// The files that RPG Maker's core script loads before the title.
pub(crate) fn rpg_maker_tables() -> Vec<Listed> {
    let table = |name| Listed::new(format!("data/{name}.json"), ListBase::Page);
    TABLES.iter().map(table).collect()
}

/// The scripts that `main.js` and the list of plugins name.
pub(crate) fn rpg_maker_scripts(file: &str, text: &str, constants: &[Constant]) -> Vec<Listed> {
    let script = |name: String| Listed::new(name, ListBase::Page);
    if file == "main.js" && text.contains("scriptUrls") {
        let names = constants.iter().filter(|one| one.text.ends_with(".js"));
        return names.map(|one| script(one.text.clone())).collect();
    }
    let list = (file == "plugins.js")
        .then(|| text.split_once("$plugins"))
        .flatten();
    let list = list.and_then(|(_, rest)| rest.trim_start().strip_prefix('='));
    let mut values = serde_json::Deserializer::from_str(list.unwrap_or_default()).into_iter();
    let Some(Ok(Value::Array(plugins))) = values.next() else {
        return Vec::new();
    };
    let started = plugins
        .iter()
        .filter(|plugin| plugin.get("status") == Some(&Value::Bool(true)));
    let names = started.filter_map(|plugin| plugin.get("name")?.as_str());
    names
        .map(|name| script(format!("js/plugins/{name}.js")))
        .collect()
}

/// The files that a table or map of the database names.
pub(crate) fn rpg_maker_files(file: &str, text: &str) -> Vec<Listed> {
    let Ok(data) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) else {
        return Vec::new();
    };
    let last = file.rsplit('/').next().unwrap_or(file);
    let mut listed = Vec::new();
    if last == "MapInfos.json" {
        let maps = data.as_array().into_iter().flatten();
        let ids = maps.filter_map(|map| map.get("id")?.as_u64());
        listed.extend(ids.map(|id| Listed::new(format!("Map{id:03}.json"), ListBase::List)));
    }
    let mut data = data;
    if let ("System.json", Some(fields)) = (last, data.as_object_mut()) {
        // The editor's battle test uses them, and nothing else.
        fields.remove("battleback1Name");
        fields.remove("battleback2Name");
    }
    collect(&data, &mut listed);
    // The other tables hold rows that no event uses, such as the editor's examples.
    let is_shown = last == "System.json" || last.starts_with("Map");
    if !is_shown {
        for one in &mut listed {
            one.severity = Some(Severity::Warning);
        }
    }
    for one in listed
        .iter_mut()
        .filter(|one| !one.target.starts_with("img/titles"))
    {
        one.role = Role::Linked;
    }
    listed
}

fn collect(value: &Value, listed: &mut Vec<Listed>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, listed)),
        Value::Object(fields) => {
            for (key, value) in fields {
                match FOLDERS.iter().find(|(known, _)| known == key) {
                    Some((_, folder)) => add_names(value, folder, listed),
                    None => collect(value, listed),
                }
            }
        }
        _ => {}
    }
}

/// A name, an object with a name, or a list of either.
fn add_names(value: &Value, folder: &str, listed: &mut Vec<Listed>) {
    let name = match value {
        Value::Array(items) => {
            return items
                .iter()
                .for_each(|item| add_names(item, folder, listed));
        }
        Value::Object(fields) => fields.get("name").and_then(Value::as_str),
        value => value.as_str(),
    };
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        let mut stem = Listed::new(format!("{folder}/{name}"), ListBase::Page);
        stem.is_stem = true;
        listed.push(stem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_and_assets_of_the_database_are_listed() {
        let names = |file, text| {
            let listed = rpg_maker_files(file, text).into_iter();
            listed.map(|one| one.target).collect::<Vec<_>>()
        };
        let maps = r#"[null,{"id":1,"name":"Town"},{"id":12,"name":""}]"#;
        assert_eq!(
            names("data/MapInfos.json", maps),
            ["Map001.json", "Map012.json"]
        );
        let system = r#"{"title1Name":"Castle","titleBgm":{"name":"Theme1"},"sounds":[{"name":"Cursor1"}],"title2Name":"","battleback1Name":"Grassland"}"#;
        let expected = ["audio/se/Cursor1", "img/titles1/Castle", "audio/bgm/Theme1"];
        let mut found = names("data/System.json", system);
        found.sort();
        let mut expected = expected.map(str::to_owned).to_vec();
        expected.sort();
        assert_eq!(found, expected);
        assert_eq!(names("data/System.json", "{"), [] as [&str; 0]);
    }
}
