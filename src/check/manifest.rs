//! References in web app manifests and import maps.

use std::collections::HashMap;

use serde_json::Value;

use crate::check::reference::{Reference, Role};

/// The references of a web app manifest: icons, screenshots, pages.
pub(crate) fn manifest(text: &str) -> Vec<Reference> {
    let Ok(manifest) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) else {
        return Vec::new();
    };
    let mut targets = vec![manifest.get("start_url")];
    for (list, key) in [
        ("icons", "src"),
        ("screenshots", "src"),
        ("shortcuts", "url"),
    ] {
        let items = manifest.get(list).and_then(Value::as_array);
        targets.extend(items.into_iter().flatten().map(|item| item.get(key)));
    }
    let targets = targets.into_iter().flatten().filter_map(Value::as_str);
    let lines = string_lines(text, 1);
    let references = targets.map(|target| locate(&lines, 1, target));
    let decoration = |reference| Reference {
        role: Role::Decoration,
        ..reference
    };
    references.map(decoration).collect()
}

/// The module names that an import map defines, each with its target; empty for a name that cannot be imported.
pub(crate) fn imports(text: &str) -> Vec<(String, String)> {
    let map = serde_json::from_str::<Value>(text).unwrap_or_default();
    let imports = map.get("imports").and_then(Value::as_object);
    imports
        .into_iter()
        .flatten()
        .map(|(name, target)| (name.clone(), target.as_str().unwrap_or_default().to_owned()))
        .collect()
}

/// The references of an import map that starts at a line.
pub(crate) fn import_map(text: &str, first_line: usize) -> Vec<Reference> {
    let map = serde_json::from_str::<Value>(text).unwrap_or_default();
    let imports = map.get("imports").and_then(Value::as_object);
    let targets = imports.into_iter().flatten();
    let targets = targets.filter_map(|(_, target)| target.as_str());
    let lines = string_lines(text, first_line);
    targets
        .filter(|target| !target.ends_with('/'))
        .map(|target| locate(&lines, first_line, target))
        .collect()
}

/// The lines on which the strings of a JSON text first occur; strings with escapes are left out.
fn string_lines(text: &str, first_line: usize) -> HashMap<&str, usize> {
    let mut lines = HashMap::new();
    let mut line = first_line;
    for part in text.split('"') {
        lines.entry(part).or_insert(line);
        line += part.matches('\n').count();
    }
    lines
}

/// A reference on the line where its target first occurs.
fn locate(lines: &HashMap<&str, usize>, first_line: usize, target: &str) -> Reference {
    Reference {
        target: target.to_owned(),
        line: lines.get(target).copied().unwrap_or(first_line),
        role: Role::Linked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::reference::summary;

    #[test]
    fn references_of_a_manifest_are_found_and_other_json_has_none() {
        let text =
            "{\n\"start_url\": \"./\",\n\"icons\": [{\"src\": \"i.png\"},\n{\"src\": \"j.png\"}]}";
        let expected = [("./", 2, false), ("i.png", 3, false), ("j.png", 4, false)];
        assert_eq!(summary(&manifest(text)), expected);
        // A name within another one.
        let text =
            "{\"icons\": [{\"src\": \"big/i.png\"},\n{\"src\": \"i.png\"},\n{\"src\": \"a\\/b\"}]}";
        let expected = [
            ("big/i.png", 1, false),
            ("i.png", 2, false),
            ("a/b", 1, false),
        ];
        assert_eq!(summary(&manifest(text)), expected);
        for other in ["", "[]", "{\"icons\": 1}", "null"] {
            assert_eq!(manifest(other), []);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "([{}\":,a\\[\\]]|icons|src|imports|start_url){0,60}") {
            manifest(&text);
            import_map(&text, 1);
        }
    }
}
