//! Files whose size a script takes from the server: for a progress bar, or for the buffer that it reads into.
//!
//! XHR's progress events have no total when the answer has a content coding, and a buffer of `Content-Length` bytes is too
//! short for decoded content. Such files are sent as they are.

use std::collections::BTreeSet;

use crate::compression::format::inner_name;
use crate::detect::scan::Scan;
use crate::detect::script::ScannedText;
use crate::detect::usage::{UsageKind, find_usages};

/// The words of scripts that read sizes.
const SIZE_WORDS: &[&str] = &[
    "XMLHttpRequest",
    "onprogress",
    "\"progress\"",
    "'progress'",
    "lengthComputable",
    ".total",
    "Content-Length",
    "content-length",
    // Loaders that know the sizes of their files.
    "remote_package_size",
    "UnityWeb Compressed Content",
];

/// The marks of libraries, which have a loader with or without a use for it.
const LIBRARIES: &[&str] = &[
    "Phaser.",
    "PixiJS",
    "BABYLON",
    "__THREE__",
    "createjs",
    "cc.game",
    "Laya.",
    "egret.",
    "pc.Application",
    "GodotFS",
];

/// The words that this file adds to the vocabulary.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    SIZE_WORDS.iter().chain(LIBRARIES).copied()
}

/// The bytes after a length in which a buffer of that length is made.
const NEAR: usize = 600;

/// The bytes before a length in which the buffer may be made: `new Uint8Array(+fields.get('Content-Length'))`.
const BEFORE: usize = 80;

/// The names of files that are sent without a coding.
pub(crate) fn find_measured(scan: &Scan<'_>) -> BTreeSet<String> {
    let readers: Vec<_> = scan.texts().filter(|text| reads_sizes(text)).collect();
    if readers.is_empty() {
        return BTreeSet::new();
    }
    let names: Vec<_> = { scan.names.iter() }
        .filter(|name| **name != scan.page.name && inner_name(name).is_none())
        .collect();
    let file_names: Vec<_> = { names.iter() }
        .map(|name| name.rsplit('/').next().unwrap_or(name))
        .collect();
    let usages = find_usages(scan.texts(), &file_names);
    let is_library = |text: &&ScannedText| LIBRARIES.iter().any(|word| text.contains(word));
    let only_libraries = readers.iter().all(is_library);
    let is_measured = |(name, usages): &(&String, Vec<crate::detect::usage::Usage>)| {
        let is_fetched = usages.iter().any(|usage| usage.kind == UsageKind::Fetched);
        let is_of_browser = !usages.is_empty() && { usages.iter() }
            .all(|usage| usage.kind == UsageKind::ReadByBrowser);
        let is_data = !is_loaded_by_tags(name) && !is_of_browser;
        let is_named =
            || { usages.iter() }.any(|usage| readers.iter().any(|text| text.name == usage.file));
        (is_fetched || is_data) && (!only_libraries || is_named())
    };
    let all = names.into_iter().zip(usages);
    all.filter(is_measured)
        .map(|(name, _)| name.clone())
        .collect()
}

/// True if a text reads the size of what it loads.
fn reads_sizes(text: &ScannedText) -> bool {
    if text.contains("UnityWeb Compressed Content") || text.contains("remote_package_size") {
        return false;
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let shows_progress = text.contains("XMLHttpRequest")
        && has(&["onprogress", "\"progress\"", "'progress'"])
        && has(&["lengthComputable", ".total"]);
    shows_progress || makes_buffer(text)
}

fn makes_buffer(text: &ScannedText) -> bool {
    ["Content-Length", "content-length"].iter().any(|word| {
        text.positions(word).iter().any(|start| {
            let around = text.excerpt(start.saturating_sub(BEFORE), BEFORE + NEAR);
            around.contains("new Uint8Array(") || around.contains("new ArrayBuffer(")
        })
    })
}

fn is_loaded_by_tags(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default();
    ["html", "htm", "js", "mjs", "css", "svg"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}
