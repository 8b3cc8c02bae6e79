//! Scripts that create shared memory, which browsers give to isolated pages only.

use crate::detect::evidence::Evidence;
use crate::detect::script::{ScannedText, is_identifier_part};
use crate::detect::secure_context::{is_member_test, is_test};

/// The words that this file adds to the vocabulary.
pub(crate) const WORDS: &[&str] = &[
    UNITY_MARKER,
    "new SharedArrayBuffer(",
    "new window.SharedArrayBuffer(",
    "new self.SharedArrayBuffer(",
    "new globalThis.SharedArrayBuffer(",
    "WebAssembly.Memory(",
    "PThread.",
    "PThread=",
    "PThread =",
    "typeof PThread",
];

const UNITY_MARKER: &str = "UnityWeb Compressed Content";

/// The bytes before a buffer that are read to tell whether the script copes without it.
const BEFORE: usize = 256;

/// Words of a script that stops, or complains, where it cannot have the buffer.
const STOPS: &[&str] = &["throw", "alert(", "innerHTML", "innerText", "textContent"];

/// A script that creates shared memory and has no other way. A feature test (`typeof SharedArrayBuffer`) does not count.
pub(crate) fn find_shared_buffer(text: &ScannedText) -> Option<Evidence> {
    // Unity's loader tests the browser's features in every build.
    if text.contains(UNITY_MARKER)
        || text.name.ends_with(".loader.js")
        || text.name.ends_with("UnityLoader.js")
        || is_pyodide(&text.name)
    {
        return None;
    }
    let is_needed = |start: &usize| {
        let before = text.excerpt(start.saturating_sub(BEFORE), BEFORE.min(*start));
        !is_optional(&before)
    };
    let makes_buffer = |word: &&&str| text.positions(word).iter().any(is_needed);
    let buffers = WORDS
        .iter()
        .filter(|word| word.ends_with("SharedArrayBuffer("));
    let buffer = buffers.clone().find(makes_buffer).copied();
    let makes_memory = || {
        let shared = text.positions("WebAssembly.Memory(").iter().any(|start| {
            let arguments = text.excerpt(*start, 200);
            let arguments = arguments.split(')').take(2).collect::<String>();
            let arguments: String = arguments.split_whitespace().collect();
            // A page to sleep on, for which there is another way.
            let sleeps = ["maximum:1,", "maximum:1}"];
            if sleeps.iter().any(|word| arguments.contains(word)) || !is_needed(start) {
                return false;
            }
            [
                "shared:true",
                "shared:!0",
                "shared\":true",
                "shared\":!0",
                "shared':true",
            ]
            .iter()
            .any(|word| arguments.contains(word))
        });
        shared.then_some("WebAssembly.Memory({ shared: true })")
    };
    let has_pthreads = || {
        let words = ["PThread.", "PThread=", "PThread ="];
        let word = words.into_iter().find(|word| text.contains(word))?;
        // .NET's script without threads has the code behind a constant.
        let is_off = |start: &usize| text.excerpt(start + "PThread=".len(), 5) == "false";
        let is_off = text.positions("PThread=").iter().any(is_off);
        (!is_off && !text.contains("typeof PThread")).then_some(word)
    };
    let words = buffer.or_else(has_pthreads).or_else(makes_memory)?;
    Some(Evidence::Says {
        file: text.name.clone(),
        words: words.to_owned(),
    })
}

/// Pyodide makes shared memory only to sleep and to be interrupted.
fn is_pyodide(name: &str) -> bool {
    let file_name = name.rsplit('/').next().unwrap_or(name);
    file_name.starts_with("pyodide")
}

/// True if a script takes another way where it cannot have the shared memory that it creates after such a text: it chooses,
/// tries, or tests first.
fn is_optional(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches("new").trim_end();
    // `postMessage(new SharedArrayBuffer(1))` is a feature test.
    if before.ends_with("postMessage(") || before.ends_with('?') && !before.ends_with("??") {
        return true;
    }
    let other = before
        .strip_suffix(':')
        .and_then(|before| before.rsplit_once('?'));
    if other.is_some_and(|(_, other)| other.trim_start().starts_with("new ArrayBuffer(")) {
        return true;
    }
    let tried = before.rfind("try").map(|at| &before[at + "try".len()..]);
    if tried.is_some_and(|tried| tried.trim_start().starts_with('{') && !tried.contains("catch")) {
        return true;
    }
    let tested = { before.match_indices("SharedArrayBuffer") }
        .filter(|(at, word)| is_test_of_buffer(&before[..*at], &before[at + word.len()..]))
        .chain(before.match_indices("crossOriginIsolated"));
    let mut after = tested.map(|(at, word)| &before[at + word.len()..]);
    after.any(|after| !STOPS.iter().any(|word| after.contains(word)))
}

/// True if the buffer's type between two texts is tested for: `typeof it === …`, or `"it" in window`.
fn is_test_of_buffer(before: &str, after: &str) -> bool {
    let object = before.trim_end_matches(|c| is_identifier_part(c) || c == '.');
    if let Some(before) = object.trim_end().strip_suffix("typeof") {
        // One that is only shown decides nothing.
        return before.trim_end().ends_with(['=', '<', '>'])
            || after.trim_start().starts_with(['=', '!', '<', '>']);
    }
    is_member_test(after) || is_test(before, after) && !before.trim_end().ends_with("instanceof")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_optional_where_the_script_has_another_way() {
        for (before, expected) in [
            ("b = shared ? ", true),
            ("b = isPlain ? new ArrayBuffer(8) : ", true),
            ("let b; try { b = ", true),
            ("if (typeof SharedArrayBuffer !== 'undefined') { b = ", true),
            ("if (window.SharedArrayBuffer) b = ", true),
            ("if ('SharedArrayBuffer' in self) b = ", true),
            ("if (self.crossOriginIsolated) b = ", true),
            (
                "const isolated = crossOriginIsolated; if (isolated) b = ",
                true,
            ),
            ("port.postMessage(", true),
            ("if ('undefined' != typeof SharedArrayBuffer) b = ", true),
            (
                "const kind = typeof self.SharedArrayBuffer; if (kind === 'function') b = ",
                true,
            ),
            ("log('kind: ' + typeof SharedArrayBuffer); b = ", false),
            ("b = ", false),
            ("b = a ?? ", false),
            ("({ a: c ? 1 : 2, b: ", false),
            ("try { load() } catch {} b = ", false),
            ("if (a instanceof SharedArrayBuffer) free(a); b = ", false),
            (
                "if (typeof SharedArrayBuffer === 'undefined') throw Error('threads'); b = ",
                false,
            ),
            (
                "if (!crossOriginIsolated) alert('This game needs threads'); b = ",
                false,
            ),
            ("a = new SharedArrayBuffer(8), b = ", false),
        ] {
            assert_eq!(is_optional(before), expected, "{before}");
        }
    }
}
