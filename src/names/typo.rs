//! The word that was probably meant: for settings, sub-commands and games that somebody typed.

/// More edits than these make another word.
const MOST_EDITS: usize = 2;

/// Returns the candidate that is nearest to what was typed, when one is near.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = candidates
        .into_iter()
        .filter_map(|candidate| Some((edits(typed, candidate)?, candidate)));
    near.min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Counts the edits between two words that are near each other: at most [`MOST_EDITS`], and fewer than half of the
/// longer word's letters. Case does not count.
pub(crate) fn edits(typed: &str, candidate: &str) -> Option<usize> {
    let (typed, candidate) = (typed.to_lowercase(), candidate.to_lowercase());
    let edits = strsim::damerau_levenshtein(&typed, &candidate);
    let letters = typed.chars().count().max(candidate.chars().count());
    (edits <= MOST_EDITS && (edits == 0 || edits * 2 < letters)).then_some(edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_a_few_letters_off_is_found() {
        let words = ["publish", "stop", "status", "list"];
        for (typed, expected) in [
            ("publsih", Some("publish")),
            ("Stop", Some("stop")),
            ("stat", Some("status")),
            ("lst", Some("list")),
            ("xy", None),
            ("", None),
            ("publication", None),
        ] {
            assert_eq!(nearest(typed, words), expected, "{typed}");
        }
    }
}
