//! The order in which people sort names: numbers by their value, case and accents aside.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A part of a name, to be compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum NamePart {
    /// A number, by its length without leading zeros, then its digits.
    Number(usize, String),
    /// Text without case and accents.
    Text(String),
}

/// A name to be sorted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NaturalKey {
    parts: Vec<NamePart>,
    /// The name itself: no two names are equal.
    name: String,
}

impl NaturalKey {
    /// Creates the key of a name.
    pub fn new(name: &str) -> Self {
        let folded = name.nfkd().filter(|c| !is_combining_mark(*c));
        let mut parts = Vec::new();
        for c in folded.flat_map(char::to_lowercase) {
            match (parts.last_mut(), c.is_ascii_digit()) {
                (Some(NamePart::Number(_, digits)), true) => digits.push(c),
                (Some(NamePart::Text(text)), false) => text.push(c),
                (_, true) => parts.push(NamePart::Number(0, c.into())),
                (_, false) => parts.push(NamePart::Text(c.into())),
            }
        }
        for part in &mut parts {
            if let NamePart::Number(length, digits) = part {
                *digits = digits.trim_start_matches('0').to_owned();
                *length = digits.len();
            }
        }
        let name = name.to_owned();
        Self { parts, name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_people_do() {
        let sorted = [
            "1 Eins", "2 Zwei", "10 Zehn", "Ärger", "aria", "game", "Game 2", "game 002",
            "Game 10", "Game 10b", "Zebra", "第2关", "第10关",
        ];
        let mut names = sorted;
        names.sort_by_key(|name| name.len());
        names.sort_by_key(|name| NaturalKey::new(name));
        let expected = [
            "1 Eins", "2 Zwei", "10 Zehn", "Ärger", "aria", "game", "Game 2", "game 002",
            "Game 10", "Game 10b", "Zebra", "第2关", "第10关",
        ];
        assert_eq!(names, expected);
    }
}
