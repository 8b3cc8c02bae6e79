//! A text of a game and the known words in it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use bytes::Bytes;

/// The positions of a word that are kept, at most.
const MAX_POSITIONS: usize = 16;

/// Words to look for, and one automaton that finds them all in one pass.
#[derive(Debug)]
pub(crate) struct WordList {
    words: Vec<&'static str>,
    automaton: Option<AhoCorasick>,
}

/// A page or script, and the positions of the known words in it.
#[derive(Debug)]
pub(crate) struct ScannedText {
    /// The file's name.
    pub name: String,
    /// The part of the file that was read.
    pub bytes: Bytes,
    vocabulary: &'static WordList,
    positions: BTreeMap<&'static str, Vec<usize>>,
}

impl WordList {
    pub(crate) fn new(words: impl Iterator<Item = &'static str>) -> Self {
        let mut words: Vec<_> = words.collect();
        words.sort_unstable();
        words.dedup();
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .build(&words)
            .ok();
        Self { words, automaton }
    }
}

impl ScannedText {
    pub(crate) fn new(name: &str, bytes: Bytes, vocabulary: &'static WordList) -> Self {
        let mut positions: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        if let Some(automaton) = &vocabulary.automaton {
            for hit in automaton.find_overlapping_iter(&bytes) {
                let of_word = positions
                    .entry(vocabulary.words[hit.pattern()])
                    .or_default();
                if of_word.len() < MAX_POSITIONS {
                    of_word.push(hit.start());
                }
            }
        }
        Self {
            name: name.to_owned(),
            bytes,
            vocabulary,
            positions,
        }
    }

    /// True if the text contains a word of the vocabulary.
    pub(crate) fn contains(&self, word: &str) -> bool {
        debug_assert!(
            self.vocabulary.words.contains(&word),
            "{word} is not in the vocabulary"
        );
        self.positions.contains_key(word)
    }

    /// The first positions of a word of the vocabulary.
    pub(crate) fn positions(&self, word: &str) -> &[usize] {
        self.positions.get(word).map_or(&[], Vec::as_slice)
    }

    /// At most `length` bytes of the text from `start`.
    pub(crate) fn excerpt(&self, start: usize, length: usize) -> Cow<'_, str> {
        let start = start.min(self.bytes.len());
        let end = start.saturating_add(length).min(self.bytes.len());
        String::from_utf8_lossy(&self.bytes[start..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    static WORDS: LazyLock<WordList> = LazyLock::new(|| WordList::new(["ab", "abc"].into_iter()));

    fn text(bytes: &'static [u8]) -> ScannedText {
        ScannedText::new("a.js", Bytes::from_static(bytes), &WORDS)
    }

    #[test]
    fn words_are_found_where_they_overlap() {
        let text = text(b"abc ab");
        assert_eq!(text.positions("ab"), [0, 4]);
        assert_eq!(text.positions("abc"), [0]);
        assert_eq!(text.excerpt(4, 100), "ab");
        assert_eq!(text.excerpt(100, 1), "");
    }

    #[test]
    fn positions_are_bounded() {
        let text = ScannedText::new("a.js", Bytes::from("ab".repeat(100)), &WORDS);
        assert_eq!(text.positions("ab").len(), MAX_POSITIONS);
        assert!(text.contains("ab") && !text.contains("abc"));
    }
}
