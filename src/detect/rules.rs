//! The recognition of an engine by its marks.

use crate::detect::evidence::Evidence;
use crate::detect::kind::EngineKind;
use crate::detect::marks::Mark::{self, File, Page, Word};
use crate::detect::marks::RULES;
use crate::detect::scan::Scan;
use crate::detect::script::ScannedText;

/// The words that the table adds to the vocabulary.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    let marks = RULES
        .iter()
        .flat_map(|(_, any)| any.iter().copied().flatten());
    marks.filter_map(|mark| match mark {
        Page(word) | Word(word) => Some(*word),
        File(_) => None,
    })
}

/// The engine that the entry page starts, else that of the first rule that matches, with the marks that matched. Files
/// of other engines may lie beside a game.
pub(crate) fn recognise(scan: &Scan<'_>) -> (EngineKind, Vec<Evidence>) {
    let is_of_page = |all: &&&[Mark]| all.iter().all(|mark| matches!(mark, Page(_)));
    let by_page = RULES.iter().find_map(|(kind, any)| {
        let mut lists = any.iter().filter(is_of_page);
        Some((*kind, lists.find_map(|all| find_marks(scan, all))?))
    });
    let by_any = || {
        RULES.iter().find_map(|(kind, any)| {
            let evidence = any.iter().find_map(|all| find_marks(scan, all))?;
            Some((*kind, evidence))
        })
    };
    let found = by_page.or_else(by_any);
    found.unwrap_or((EngineKind::Plain, vec![Evidence::NoMarks]))
}

/// Evidence for each mark; `None` unless all are present.
fn find_marks(scan: &Scan<'_>, all: &[Mark]) -> Option<Vec<Evidence>> {
    let find_word = |text: &ScannedText, words: &str| {
        text.contains(words).then(|| Evidence::Says {
            file: text.name.clone(),
            words: words.to_owned(),
        })
    };
    all.iter()
        .map(|mark| match mark {
            File(pattern) => {
                let mut names = scan.names.iter();
                let name = names.find(|name| matches(pattern, name))?;
                Some(Evidence::File(name.clone()))
            }
            Page(word) => find_word(&scan.page, word),
            Word(word) => scan.texts().find_map(|text| find_word(text, word)),
        })
        .collect()
}

/// True if a path ends in the parts of a pattern.
fn matches(pattern: &str, path: &str) -> bool {
    // Nearly all paths differ from it in their last letter, and need no search for their parts.
    let last = |text: &str| text.as_bytes().last().map(u8::to_ascii_lowercase);
    if !pattern.ends_with('*') && last(pattern) != last(path) {
        return false;
    }
    let mut parts = path.rsplit('/');
    pattern.rsplit('/').all(|pattern| {
        let Some(part) = parts.next() else {
            return false;
        };
        let fits = |pattern: &str, part: Option<&str>| {
            part.is_some_and(|part| part.eq_ignore_ascii_case(pattern))
        };
        match pattern.split_once('*') {
            Some((start, end)) => {
                let middle = part.len().checked_sub(end.len());
                middle.is_some_and(|middle| middle >= start.len())
                    && fits(start, part.get(..start.len()))
                    && fits(end, middle.and_then(|middle| part.get(middle..)))
            }
            None => fits(pattern, Some(part)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_last_parts_of_a_path() {
        for (pattern, path, expected) in [
            ("js/rpg_core.js", "js/rpg_core.js", true),
            ("js/rpg_core.js", "www/js/RPG_Core.js", true),
            ("js/rpg_core.js", "rpg_core.js", false),
            ("js/rpg_core.js", "myjs/rpg_core.js", false),
            ("*.pck", "index.pck", true),
            ("*.pck", "a/b.pck", true),
            ("*.pck", "pck", false),
            ("cc*.js", "cocos-js/cc.3a1f.js", true),
            ("cc*.js", "c.js", false),
            ("a*a", "a", false),
            ("three*.js", "中文.js", false),
            ("main.*", "js/MAIN.wasm", true),
            ("*.pck", "GAME.PCK", true),
            ("*.pck", "", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
