//! References that no player's browser can follow: another machine's files, code that a server would have to run, and
//! sources that were never built.

use serde_json::Value;

use crate::check::finding::{Problem, Severity};
use crate::check::js_strings::Constant;
use crate::check::resolve::{Destination, FileNames};
use crate::library::game::Game;

/// Extensions of source files that browsers cannot run.
const SOURCES: &[&str] = &[".ts", ".tsx", ".jsx", ".vue", ".svelte", ".coffee"];

/// Folders that build tools write to.
const BUILDS: &[&str] = &["dist", "build", "out", "public/build", "www"];

/// The problem of a reference in a page's markup.
pub(crate) fn page_problem(reference: &str) -> Option<(Severity, Problem)> {
    let name = reference.to_owned();
    match reference {
        text if is_local(text) => Some((Severity::Error, Problem::Local { reference: name })),
        text if is_php(text) => Some((Severity::Warning, Problem::Php { reference: name })),
        _ => None,
    }
}

/// The problem of a constant in a script. Libraries compare addresses with those of this machine; only a use fails.
pub(crate) fn script_problem(constant: &Constant) -> Option<(Severity, Problem)> {
    let reference = constant.text.clone();
    let is_used = [
        "WebSocket",
        "fetch",
        "Worker",
        "importScripts",
        "Image",
        "connect",
        "io",
    ]
    .contains(&constant.usage.function())
        || constant.usage.name() == "src"
        || (constant.usage.function() == "open" && !constant.usage.first.is_empty());
    if is_local(&reference) && is_used {
        let severity = match constant.usage.is_guarded {
            true => Severity::Note,
            false => Severity::Error,
        };
        return Some((severity, Problem::Local { reference }));
    }
    (is_php(&reference) && is_used).then_some((Severity::Warning, Problem::Php { reference }))
}

/// The problem of a project whose entry page starts a source file, or has a placeholder that a build replaces. A
/// package in `node_modules` works like any other file.
pub(crate) fn unbuilt(
    game: &Game,
    names: &FileNames,
    reference: &str,
    destination: &Destination,
) -> Option<Problem> {
    let has_placeholder = reference.starts_with("%PUBLIC_URL%") || reference.starts_with("<%=");
    let is_unbuilt = match destination {
        Destination::Game(name) => {
            let is_source = SOURCES.iter().any(|ending| name.ends_with(ending));
            is_source || name.contains("node_modules/") && !names.has(name)
        }
        Destination::Host(_) | Destination::NoFile => false,
    };
    if !has_placeholder && !is_unbuilt {
        return None;
    }
    let package = game.source.head("package.json", 1 << 20);
    let package = serde_json::from_slice::<Value>(&package).unwrap_or_default();
    let scripts = package.get("scripts");
    let script = ["build", "export", "dist"]
        .into_iter()
        .find(|name| scripts.is_some_and(|scripts| scripts.get(name).is_some()));
    let folder = BUILDS
        .iter()
        .find(|folder| names.has(&format!("{folder}/index.html")));
    Some(Problem::Unbuilt {
        reference: reference.to_owned(),
        command: format!("npm run {}", script.unwrap_or("build")),
        folder: (*folder.unwrap_or(&"dist")).to_owned(),
    })
}

/// True if a module name needs an import map.
pub(crate) fn is_bare(constant: &Constant) -> bool {
    let text = constant.text.as_str();
    let starts = [
        "./", "../", "/", "http:", "https:", "data:", "blob:", "node:",
    ];
    let is_name = |c: char| c.is_ascii_alphanumeric() || "@/-_.".contains(c);
    constant.is_import
        && !starts.iter().any(|start| text.starts_with(start))
        && text.chars().all(is_name)
}

fn is_php(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    path.ends_with(".php") && !text.contains("://")
}

/// True for an address of the developer's own machine.
fn is_local(text: &str) -> bool {
    let lower = text
        .get(..text.len().min(24))
        .unwrap_or_default()
        .to_ascii_lowercase();
    let hosts = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"];
    let rest = ["ws://", "wss://", "http://", "https://"]
        .iter()
        .find_map(|scheme| lower.strip_prefix(scheme));
    // Scratch's blocks for hardware ask the program on the player's machine.
    let is_scratch_link = |rest: &str| rest.contains(":20111") || rest.contains(":20110");
    let is_host = |rest: &str| {
        !is_scratch_link(rest)
            && hosts.iter().any(|host| {
                let after = rest.strip_prefix(host);
                after.is_some_and(|after| after.is_empty() || after.starts_with([':', '/']))
            })
    };
    let bytes = lower.as_bytes();
    let is_drive = bytes.len() > 3
        && bytes[0].is_ascii_alphabetic()
        && bytes[1] == b':'
        && (bytes[2] == b'\\' || bytes[2] == b'/' && bytes[3] != b'/');
    lower.starts_with("file://") || rest.is_some_and(is_host) || is_drive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_developers_machine_are_told() {
        for (text, expected) in [
            ("file:///C:/game/a.png", true),
            ("C:\\game\\a.png", true),
            ("c:/game/a.png", true),
            ("ws://localhost:3000", true),
            ("http://127.0.0.1/a.js", true),
            ("http://localhost.example/", false),
            ("ws://127.0.0.1:20111/", false), // Scratch Link
            ("ws://127.0.0.1:2011/", true),
            ("https://example.com/", false),
            ("a/b.png", false),
            ("é:/a", false),
        ] {
            assert_eq!(is_local(text), expected, "{text}");
        }
    }
}
