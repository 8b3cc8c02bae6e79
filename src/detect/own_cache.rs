//! Games that keep answers in a cache of their own.

use crate::detect::scan::Scan;
use crate::detect::script::{ScannedText, is_identifier_part};

const CACHES: &str = "caches";

/// Signs that a page or script keeps answers in `CacheStorage`, as service workers do.
pub(crate) const WORDS: &[&str] = &[CACHES, "caches.open", "CacheStorage", "workbox"];

/// True if the page or a script keeps answers in `CacheStorage`, which takes none with `Vary: *`.
pub(crate) fn has_own_cache(scan: &Scan<'_>) -> bool {
    let has_word = |text: &ScannedText| WORDS[1..].iter().any(|word| text.contains(word));
    scan.texts()
        .any(|text| has_word(text) || mentions_caches(text))
}

/// True if a text mentions `caches`, by whatever name it opens them: a function may get them as an argument.
fn mentions_caches(text: &ScannedText) -> bool {
    text.positions(CACHES).iter().any(|start| {
        let length = "this.".len().min(*start);
        let before = text.excerpt(start - length, length);
        is_identifier(&before, &text.excerpt(start + CACHES.len(), 8))
    })
}

/// True if the word between two texts is an identifier, and neither a field of the script's own nor one of a sentence such
/// as "caches the answer".
fn is_identifier(before: &str, after: &str) -> bool {
    let next = after.trim_start_matches([' ', '\t']);
    !before.ends_with(is_identifier_part)
        && !before.ends_with("this.")
        && !next.starts_with(is_identifier_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identifier_is_told_from_the_word_of_a_sentence() {
        for (before, after, expected) in [
            (".", ".open(", true),
            (" ", "?.open", true),
            (".", ")", true),
            ("{", "} = window", true),
            (" ", "\nconst", true),
            ("\"", "\" in self", true),
            ("", "", true),
            (" ", " the answer", false),
            ("_", ".get(", false),
            ("this.", " = []", false),
            (" ", "Of(", false),
        ] {
            assert_eq!(is_identifier(before, after), expected, "{before}|{after}");
        }
    }
}
