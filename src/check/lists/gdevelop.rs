//! GDevelop's resources. Its runtime shows a placeholder for a missing one; one that no object or scene uses is never
//! seen.

use std::collections::HashSet;

use serde_json::Value;

use crate::check::finding::Severity;
use crate::check::lists::{ListBase, Listed};

/// Parts of a project that name resources without showing them: the list itself, and the icons of installed apps.
const NO_USES: &[&str] = &["resources", "properties"];

/// The resources of the project in a script, if it has one. `code` reads the names that the scripts of its events mention.
pub(crate) fn gdevelop_files(text: &str, code: impl FnOnce() -> HashSet<String>) -> Vec<Listed> {
    let Some(project) = project(text) else {
        return Vec::new();
    };
    let code = code();
    let mut used: HashSet<&str> = code.iter().map(String::as_str).collect();
    let parts = project.as_object().into_iter().flatten();
    for (_, part) in parts.filter(|(name, _)| !NO_USES.contains(&name.as_str())) {
        collect(part, &mut used);
    }
    // Since 5.3 the runtime loads what a scene lists; before, everything.
    let layouts = project.get("layouts").and_then(Value::as_array);
    let loads_used = layouts
        .into_iter()
        .flatten()
        .any(|layout| layout.get("usedResources").is_some_and(Value::is_array));
    let resources = project
        .get("resources")
        .and_then(|all| all.get("resources"));
    let resources = resources.and_then(Value::as_array).into_iter().flatten();
    let listed = resources.filter_map(|resource| {
        let word = |key: &str| resource.get(key).and_then(Value::as_str);
        let file = word("file").filter(|file| !file.is_empty() && !file.contains("://"))?;
        let is_used = word("name").is_some_and(|name| used.contains(name));
        let listed = Listed::new(file, ListBase::Page);
        Some(match (is_used, loads_used) {
            (true, _) => listed,
            (false, true) => listed.later(Severity::Note),
            (false, false) => Listed {
                severity: Some(Severity::Note),
                ..listed
            },
        })
    });
    listed.collect()
}

fn project(text: &str) -> Option<Value> {
    let (_, rest) = text.split_once("gdjs.projectData")?;
    let rest = rest.trim_start().strip_prefix('=')?;
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
    values.next()?.ok()
}

/// All strings of a value.
fn collect<'a>(value: &'a Value, words: &mut HashSet<&'a str>) {
    match value {
        Value::String(word) => {
            words.insert(word);
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, words)),
        _ => {}
    }
}
