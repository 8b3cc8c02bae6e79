//! Files whose size a script takes from the server: for a progress bar, or for the buffer that it reads into.
//!
//! XHR's progress events have no total when the answer has a content coding, and a buffer of `Content-Length` bytes is too
//! short for decoded content. Such files are sent as they are.

use std::collections::BTreeSet;

use crate::compression::format::inner_name;
use crate::detect::scan::Scan;
use crate::detect::script::{ScannedText, is_identifier_part};
use crate::detect::usage::{UsageKind, find_usages};

/// The words of scripts that read sizes.
const SIZE_WORDS: &[&str] = &[
    "XMLHttpRequest",
    "onprogress",
    "\"progress\"",
    "'progress'",
    "lengthComputable",
    ".total",
    // Loaders that know the sizes of their files.
    "remote_package_size",
    "UnityWeb Compressed Content",
];

/// A field of answers, without the first letter, which any script writes as it likes.
const LENGTHS: &[&str] = &["ontent-Length", "ontent-length", "ONTENT-LENGTH"];

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
    [SIZE_WORDS, LENGTHS, LIBRARIES]
        .into_iter()
        .flatten()
        .copied()
}

/// Words that make room for bytes.
const MAKERS: &[&str] = &[
    "new Uint8Array(",
    "new ArrayBuffer(",
    "new SharedArrayBuffer(",
    "malloc(",
];

/// The bytes after a length in which room of that length is made.
const NEAR: usize = 600;

/// The bytes before a length in which the room may be made: `new Uint8Array(+fields.get('Content-Length'))`.
const BEFORE: usize = 80;

/// The bytes after a length in which its variable is followed.
const FAR: usize = 4096;

/// The bytes after the name of a progress event in which the event is taken apart.
const EVENT: usize = 80;

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
    let has = |word: &&str| text.contains(word);
    let events = ["onprogress", "\"progress\"", "'progress'"];
    let takes_total = |start: &usize| text.excerpt(*start, EVENT).contains("total");
    let is_shown = || {
        ["lengthComputable", ".total"].iter().any(has) || { events.iter() }
            .any(|word| text.positions(word).iter().any(takes_total))
    };
    text.contains("XMLHttpRequest") && events.iter().any(has) && is_shown() || uses_length(text)
}

/// True if a script makes room for the bytes that an answer states, or reads until it has as many.
fn uses_length(text: &ScannedText) -> bool {
    let is_used = |start: &usize| {
        let before = text.excerpt(start.saturating_sub(BEFORE), BEFORE.min(*start));
        let near = text.excerpt(*start, NEAR);
        let makes_room =
            || { MAKERS.iter() }.any(|word| before.contains(word) || near.contains(word));
        // Emscripten reads files in pieces by the length that HEAD states, which is always the file's own.
        !near.contains("Accept-Ranges")
            && (makes_room()
                || assigned(&before)
                    .is_some_and(|name| is_counted(name, &text.excerpt(*start, FAR))))
    };
    { LENGTHS.iter() }.any(|word| text.positions(word).iter().any(is_used))
}

/// The variable that the last assignment of a text sets.
fn assigned(text: &str) -> Option<&str> {
    let statement = text.rsplit([';', '{', '}', '\n']).next()?;
    let (left, right) = statement.rsplit_once('=')?;
    let name = last_name(left.trim_end());
    (!name.is_empty() && !right.starts_with('>')).then_some(name)
}

/// True if a number is given to a function of the game, or compared with another variable.
fn is_counted(name: &str, text: &str) -> bool {
    let mut names = vec![name];
    let mut next = 0;
    while let Some(name) = names.get(next).copied() {
        next += 1;
        for (start, _) in text.match_indices(name) {
            let before = &text[..start];
            let after = &text[start + name.len()..];
            if before.ends_with(is_identifier_part) || after.starts_with(is_identifier_part) {
                continue;
            }
            let (before, after) = (before.trim_end(), after.trim_start());
            if is_compared(before, after) {
                return true;
            }
            let Some(call) = before.strip_suffix('(') else {
                continue;
            };
            match last_name(call) {
                "parseInt" | "parseFloat" | "Number" => {
                    let converted = assigned(call).filter(|name| !names.contains(name));
                    names.extend(converted);
                }
                "" | "if" | "while" | "isNaN" | "isFinite" | "String" | "log" => {}
                _ if after.starts_with(')') => return true,
                _ => {}
            }
        }
    }
    false
}

/// True for a variable between such texts that is compared with another: `got < n` and not `0 < n`.
fn is_compared(before: &str, after: &str) -> bool {
    let is_name = |c: char| is_identifier_part(c) && !c.is_ascii_digit();
    let least = before.trim_end_matches('=');
    let most = after
        .strip_prefix('>')
        .map(|rest| rest.trim_start_matches(['=', ' ']));
    least
        .strip_suffix('<')
        .is_some_and(|rest| rest.trim_end().ends_with(is_name))
        || most.is_some_and(|rest| rest.starts_with(is_name))
}

fn last_name(text: &str) -> &str {
    &text[text.trim_end_matches(is_identifier_part).len()..]
}

fn is_loaded_by_tags(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default();
    ["html", "htm", "js", "mjs", "css", "svg"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    use crate::detect::vocabulary::VOCABULARY;

    #[test]
    fn a_length_is_used_where_room_is_made_for_it_or_bytes_are_counted() {
        let far = " ".repeat(NEAR);
        for (script, expected) in [
            ("b = new Uint8Array(+r.headers.get('Content-length'))", true),
            (
                "const n = +r.headers.get('Content-Length'); b = alloc(n)",
                true,
            ),
            (
                "const n = +r.headers.get('content-length');FAR b = new Uint8Array(n)",
                true,
            ),
            (
                "n = r.headers.get('content-length'), m = parseInt(n, 10);FAR b = Buffer.alloc(m)",
                true,
            ),
            (
                "const n = x.getResponseHeader('CONTENT-LENGTH'); p = _malloc(n)",
                true,
            ),
            (
                "const n = +r.headers.get('content-length'); while (got < n) got += read()",
                true,
            ),
            (
                "const n = +r.headers.get('content-length'); while (n >= got) got += read()",
                true,
            ),
            // Bars of progress.
            (
                "const n = +r.headers.get('content-length'); if (n > 0) show(got / n)",
                false,
            ),
            (
                "const n = +r.headers.get('content-length'); show(got, n)",
                false,
            ),
            ("load(r => r.headers.get('content-length'))", false),
            (
                "n = Number(x.getResponseHeader('Content-length')); x.getResponseHeader('Accept-Ranges'); new Uint8Array(n)",
                false,
            ),
        ] {
            let script = Bytes::from(script.replace("FAR", &far));
            let text = ScannedText::new("a.js", script, &VOCABULARY);
            assert_eq!(uses_length(&text), expected, "{text:?}");
        }
    }
}
