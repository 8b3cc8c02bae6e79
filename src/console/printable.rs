//! Text that is safe to print: the only place that escapes untrusted text for the terminal.

use std::fmt;

/// Text without characters that move the cursor, change colours or reorder what is read. Only this type reaches the
/// terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Printable(String);

impl Printable {
    /// One line: line ends are replaced too.
    pub(crate) fn line(text: &str) -> Self {
        Self(text.chars().map(replaced).collect())
    }

    /// Lines: line ends are kept.
    pub(crate) fn text(text: &str) -> Self {
        let keep = |c| if c == '\n' { c } else { replaced(c) };
        Self(text.chars().map(keep).collect())
    }

    /// Lines that this program drew, with the styles that it put there. Never for text from elsewhere.
    pub(crate) fn drawn(lines: String) -> Self {
        Self(lines)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Printable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// One printable line as a string, for layout.
pub(crate) fn printable(text: &str) -> String {
    Printable::line(text).into_string()
}

fn replaced(c: char) -> char {
    match is_harmful(c) {
        true => char::REPLACEMENT_CHARACTER,
        false => c,
    }
}

/// Control characters (C0, DEL, C1), line separators, and marks that reorder text (Unicode Bidi, 2).
pub(crate) fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The same JSON without characters that act on a terminal, which can only be in its strings.
pub(crate) fn escaped_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        match is_harmful(c) && !matches!(c, '\n' | '\r' | '\t') {
            true => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmful_characters_are_replaced_and_all_others_kept() {
        for (text, expected) in [
            ("2048", "2048"),
            ("读心术 🎮 é", "读心术 🎮 é"),
            ("\u{1b}[2J", "\u{fffd}[2J"),
            ("a\u{9b}31m\u{7f}", "a\u{fffd}31m\u{fffd}"),
            ("exe\u{202e}gpj.", "exe\u{fffd}gpj."),
            ("\u{2066}x\u{2069}\u{200f}", "\u{fffd}x\u{fffd}\u{fffd}"),
            ("a\r\nb\tc", "a\u{fffd}\u{fffd}b\u{fffd}c"),
            ("a\u{2028}b", "a\u{fffd}b"),
        ] {
            assert_eq!(Printable::line(text).as_str(), expected, "{text:?}");
        }
        assert_eq!(Printable::text("a\r\nb\n").as_str(), "a\u{fffd}\nb\n");
    }

    #[test]
    fn json_that_is_printed_says_the_same_and_acts_on_no_terminal() {
        let json = serde_json::json!({ "title": "a\u{9b}31m\u{202e}读\n\u{1b}" });
        let text = escaped_json(&serde_json::to_string_pretty(&json).unwrap());
        assert!(!text.chars().any(|c| is_harmful(c) && c != '\n'), "{text}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            json
        );
    }
}
