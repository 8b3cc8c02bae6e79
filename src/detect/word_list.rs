//! Words to look for, and one automaton that finds them all in one pass.

use std::collections::BTreeMap;

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;

/// The positions of a word that are kept, at most.
pub(super) const MAX_POSITIONS: usize = 16;

/// The number of parts of a long text that are read in turns: each step of the automaton waits for the one before it in
/// the same part, so that four parts take half the time of one.
const PARTS: usize = 4;

/// The least length of a text that is read in parts.
const LEAST: usize = 16 << 10;

/// Words, and the automaton.
#[derive(Debug)]
pub(crate) struct WordList {
    words: Vec<&'static str>,
    automaton: Option<DFA>,
}

impl WordList {
    pub(crate) fn new(words: impl Iterator<Item = &'static str>) -> Self {
        let mut words: Vec<_> = words.collect();
        words.sort_unstable();
        words.dedup();
        let automaton = DFA::builder().prefilter(false).build(&words).ok();
        Self { words, automaton }
    }

    /// True if this is one of the words.
    pub(super) fn has(&self, word: &str) -> bool {
        self.words.binary_search(&word).is_ok()
    }

    /// The first positions in a text of each word in it.
    pub(super) fn positions_in(&self, text: &[u8]) -> BTreeMap<&'static str, Vec<usize>> {
        let mut positions: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        let mut hits = [(); PARTS].map(|()| vec![Vec::new(); self.words.len()]);
        if let Some(automaton) = &self.automaton {
            find_all(automaton, text, &mut hits);
        }
        for part in hits {
            for (word, ends) in self.words.iter().zip(part) {
                if ends.is_empty() {
                    continue;
                }
                let of_word = positions.entry(*word).or_default();
                let starts = ends.into_iter().map(|end: usize| end - word.len());
                of_word.extend(starts.take(MAX_POSITIONS - of_word.len()));
            }
        }
        positions
    }
}

/// Adds the ends of hits in each part of a text, by the word's number.
fn find_all(automaton: &DFA, text: &[u8], hits: &mut [Vec<Vec<usize>>; PARTS]) {
    // Fails only where searches must be anchored.
    let Ok(start) = automaton.start_state(Anchored::No) else {
        return;
    };
    let length = match text.len() < LEAST {
        true => 0,
        false => text.len() / PARTS,
    };
    let step = |state, byte| automaton.next_state(Anchored::No, state, byte);
    let mut note = |part: usize, state, end: usize| {
        if automaton.is_special(state) && automaton.is_match(state) {
            for match_of_state in 0..automaton.match_len(state) {
                let word = automaton.match_pattern(state, match_of_state);
                let ends = &mut hits[part][word.as_usize()];
                if ends.len() < MAX_POSITIONS {
                    ends.push(end);
                }
            }
        }
    };
    // A part begins in the state that the longest word before it leaves.
    let before = automaton.max_pattern_len().saturating_sub(1);
    let mut states: [_; PARTS] = std::array::from_fn(|part| {
        let end = part * length;
        let bytes = &text[end.saturating_sub(before)..end];
        bytes.iter().fold(start, |state, byte| step(state, *byte))
    });
    let parts: [_; PARTS] = std::array::from_fn(|part| &text[part * length..(part + 1) * length]);
    let [first, second, third, fourth] = parts;
    let bytes = first.iter().zip(second).zip(third).zip(fourth);
    for (at, (((first, second), third), fourth)) in bytes.enumerate() {
        for (part, byte) in [first, second, third, fourth].into_iter().enumerate() {
            states[part] = step(states[part], *byte);
            note(part, states[part], part * length + at + 1);
        }
    }
    let mut state = states[PARTS - 1];
    for (at, byte) in text.iter().enumerate().skip(PARTS * length) {
        state = step(state, *byte);
        note(PARTS - 1, state, at + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_found_where_they_overlap() {
        let words = WordList::new(["ab", "abc"].into_iter());
        let positions = words.positions_in(b"abc ab");
        assert_eq!(positions["ab"], [0, 4]);
        assert_eq!(positions["abc"], [0]);
        assert!(words.has("abc") && !words.has("a"));
        assert!(words.positions_in(b"").is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn a_text_in_parts_has_the_words_of_the_whole(
            length in 0..LEAST + 100,
            places in prop::collection::vec((0..LEAST, 0..4_usize), 0..60),
        ) {
            const WORDS: [&str; 4] = ["aa", "aab", "b", "cabaabaabaabaabaab"];
            let words = WordList::new(WORDS.into_iter());
            for length in [length, length + LEAST] {
                let mut text = vec![b'-'; length];
                for (place, word) in &places {
                    // Around the borders between parts, and anywhere.
                    let border = (place % PARTS) * (length / PARTS) + place % 40;
                    for start in [*place, border.saturating_sub(20)] {
                        if let Some(target) = text.get_mut(start..start + WORDS[*word].len()) {
                            target.copy_from_slice(WORDS[*word].as_bytes());
                        }
                    }
                }
                let mut expected = BTreeMap::new();
                for word in WORDS {
                    let windows = text.windows(word.len()).enumerate();
                    let starts = windows.filter(|(_, window)| *window == word.as_bytes());
                    let starts: Vec<_> = starts.map(|(start, _)| start).take(MAX_POSITIONS).collect();
                    if !starts.is_empty() {
                        expected.insert(word, starts);
                    }
                }
                prop_assert_eq!(words.positions_in(&text), expected);
            }
        }
    }
}
