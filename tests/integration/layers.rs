//! Invariant 1: imports point down only.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module of the library with those it may import: the arrows of the picture in `src/lib.rs`.
const ARROWS: &[(&str, &[&str])] = &[
    ("language", &[]),
    ("names", &[]),
    ("html", &[]),
    ("fs", &[]),
    ("archive", &["fs", "names"]),
    ("source", &["archive", "fs", "names"]),
    ("compression", &[]),
    ("detect", &["compression", "html", "source"]),
    (
        "library",
        &[
            "archive", "detect", "fs", "html", "language", "names", "source",
        ],
    ),
    (
        "check",
        &[
            "compression",
            "detect",
            "html",
            "library",
            "names",
            "source",
        ],
    ),
    (
        "site",
        &[
            "compression",
            "detect",
            "fs",
            "html",
            "language",
            "library",
            "names",
            "source",
        ],
    ),
    ("publish", &["metrics", "site"]),
    (
        "http",
        &["compression", "language", "metrics", "publish", "site"],
    ),
    ("sandbox", &[]),
    ("metrics", &[]),
    ("server", &["metrics"]),
    (
        "config",
        &["language", "library", "names", "server", "site"],
    ),
];

#[test]
fn imports_point_down_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in rust_files(&source) {
        let name = file.strip_prefix(&source).unwrap().with_extension("");
        let Some(module) = name.iter().next().and_then(|part| part.to_str()) else {
            continue;
        };
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == module) else {
            let is_binary = [
                "lib", "main", "cli", "commands", "console", "control", "import",
            ]
            .contains(&module);
            assert!(
                is_binary,
                "{} is in no room: give it one in ARROWS",
                file.display()
            );
            continue;
        };
        // Unit tests stand last in a file, or in files named `tests`, and may set the stage with anything.
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        if name.ends_with("tests") {
            continue;
        }
        for imported in imports(code) {
            assert!(
                imported == module || allowed.contains(&imported),
                "{} imports {imported}, which is not below {module}",
                file.display()
            );
        }
    }
}

/// The modules named after `crate::`, wherever it stands.
fn imports(code: &str) -> impl Iterator<Item = &str> {
    code.match_indices("crate::").map(|(start, word)| {
        let rest = &code[start + word.len()..];
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        assert!(
            end > 0,
            "name the module after `crate::`, one import a line"
        );
        &rest[..end]
    })
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
