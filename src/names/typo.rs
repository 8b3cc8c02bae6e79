//! The word that was probably meant: for settings, sub-commands and games that somebody typed.

/// More edits than these make another word.
const MOST_EDITS: usize = 2;

/// Returns the candidate that is nearest to what was typed, when one is near.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = candidates
        .into_iter()
        .filter_map(|candidate| Some((edits(typed, candidate)?, candidate)));
    // Of two at the same distance, the one that goes on where the typed word ends.
    near.min_by_key(|(edits, candidate)| (*edits, !candidate.starts_with(typed)))
        .map(|(_, candidate)| candidate)
}

/// Measures how far a name is from what was typed, when it is near: by the edits, or because one begins with the other.
pub(crate) fn distance(typed: &str, name: &str) -> Option<usize> {
    const BEGINNING: usize = MOST_EDITS + 1;
    let (typed, name) = (typed.to_lowercase(), name.to_lowercase());
    let begins = typed.chars().count() > 1
        && (name.starts_with(&typed) || (!name.is_empty() && typed.starts_with(&name)));
    edits(&typed, &name).or(begins.then_some(BEGINNING))
}

/// Counts the edits between two words that are near each other: at most [`MOST_EDITS`], and fewer than half of the
/// longer word's letters. Case does not count.
fn edits(typed: &str, candidate: &str) -> Option<usize> {
    let (typed, candidate) = (typed.to_lowercase(), candidate.to_lowercase());
    let edits = strsim::damerau_levenshtein(&typed, &candidate);
    let letters = typed.chars().count().max(candidate.chars().count());
    (edits <= MOST_EDITS && (edits == 0 || edits * 2 < letters)).then_some(edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_name_is_near_it() {
        assert_eq!(distance("Garden", "garden-defense"), Some(3));
        assert_eq!(distance("mindreader", "mind-reader"), Some(1));
        assert_eq!(distance("tetris", "garden-defense"), None);
        assert_eq!(distance("", "garden-defense"), None);
    }

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
        assert_eq!(nearest("game", ["name", "games"]), Some("games"));
    }
}
