//! Godot's configuration in its page: the executable, the package and the sizes of both.

use serde_json::Value;

use crate::check::lists::{ListBase, Listed};

/// The files that a page's `GODOT_CONFIG`, or the argument of Godot's `Engine`, names.
pub(crate) fn godot_files(text: &str) -> Vec<Listed> {
    let start = text.find("GODOT_CONFIG").and_then(|at| {
        let rest = text.get(at..)?;
        rest.get(rest.find('{')?..)
    });
    let config = start.and_then(|rest| {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        values.next()?.ok()
    });
    let Some(config) = config else {
        return Vec::new();
    };
    let word = |key: &str| config.get(key).and_then(Value::as_str);
    let Some(executable) = word("executable").filter(|name| !name.is_empty()) else {
        return Vec::new();
    };
    let package = word("mainPack").filter(|name| !name.is_empty());
    let mut names = vec![
        format!("{executable}.js"),
        format!("{executable}.wasm"),
        package.map_or_else(|| format!("{executable}.pck"), str::to_owned),
    ];
    let sizes = config.get("fileSizes").and_then(Value::as_object);
    names.extend(sizes.into_iter().flatten().map(|(name, _)| name.clone()));
    let libraries = config.get("gdextensionLibs").and_then(Value::as_array);
    let libraries = libraries.into_iter().flatten().filter_map(Value::as_str);
    names.extend(libraries.map(str::to_owned));
    names.sort();
    names.dedup();
    let listed = |name| Listed::new(name, ListBase::Page);
    names.into_iter().map(listed).collect()
}

/// The worklets that Godot's script loads under the executable's name.
pub(crate) fn godot_worklets(script: &str, stem: &str) -> Vec<Listed> {
    let endings = [".audio.worklet.js", ".audio.position.worklet.js"];
    let used = endings
        .iter()
        .filter(|ending| script.contains(&format!("\"godot{ending}\"")));
    used.map(|ending| Listed::new(format!("{stem}{ending}"), ListBase::List))
        .collect()
}
