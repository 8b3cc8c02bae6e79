//! A text of a game and the known words in it.

use std::collections::BTreeMap;

use bytes::Bytes;
use encoding_rs::Encoding;

use crate::detect::word_list::WordList;
use crate::html::page::{Token, tokens};
use crate::source::Source;
use crate::source::entry_page::has_page_name;

/// A page or script, and the positions of the known words in it.
#[derive(Debug)]
pub(crate) struct ScannedText {
    /// The file's name.
    pub name: String,
    content: TextContent,
    vocabulary: &'static WordList,
    positions: BTreeMap<&'static str, Vec<usize>>,
}

/// The part of a file that was read, or where to read it again.
#[derive(Debug)]
enum TextContent {
    Held(Bytes),
    Unheld {
        source: Source,
        most: u64,
        /// The bytes around the known words, from these positions on.
        around: Vec<(usize, Bytes)>,
    },
}

/// The bytes before and after a word that are kept of a text that is not held, and the most of one text.
const BEFORE: usize = 256;
const AFTER: usize = 1024;
const MAX_AROUND: usize = 1 << 20;

/// The bytes after a word that are read to find the name of a script.
pub(crate) const NAME: usize = 512;

impl ScannedText {
    pub(crate) fn new(name: &str, bytes: Bytes, vocabulary: &'static WordList) -> Self {
        Self {
            name: name.to_owned(),
            positions: vocabulary.positions_in(&bytes),
            content: TextContent::Held(bytes),
            vocabulary,
        }
    }

    /// Releases the bytes, except those around words. The whole is read from its source again whenever it is needed: at
    /// most `most` bytes.
    pub(crate) fn let_go(&mut self, source: &Source, most: u64) {
        self.content = TextContent::Unheld {
            around: self.around_words(),
            source: source.clone(),
            most,
        };
    }

    fn around_words(&self) -> Vec<(usize, Bytes)> {
        let text = self.bytes();
        let mut words: Vec<_> = self.positions.values().flatten().copied().collect();
        words.sort_unstable();
        let (mut around, mut left) = (Vec::new(), MAX_AROUND);
        let mut words = words.into_iter().peekable();
        while let Some(first) = words.next() {
            let start = first.saturating_sub(BEFORE);
            let mut end = first + AFTER;
            while let Some(next) = words.next_if(|next| *next < end) {
                end = next + AFTER;
            }
            let part = &text[start..end.min(text.len())];
            let Some(rest) = left.checked_sub(part.len()) else {
                break;
            };
            left = rest;
            around.push((start, Bytes::copy_from_slice(part)));
        }
        around
    }

    /// The part of the file that was read.
    pub(crate) fn bytes(&self) -> Bytes {
        match &self.content {
            TextContent::Held(bytes) => bytes.clone(),
            TextContent::Unheld { source, most, .. } => {
                code_in(&self.name, as_utf8(source.head(&self.name, *most)))
            }
        }
    }

    /// True if the text contains a word of the vocabulary.
    pub(crate) fn contains(&self, word: &str) -> bool {
        debug_assert!(self.vocabulary.has(word), "{word} is not in the vocabulary");
        self.positions.contains_key(word)
    }

    /// The first positions of a word of the vocabulary.
    pub(crate) fn positions(&self, word: &str) -> &[usize] {
        self.positions.get(word).map_or(&[], Vec::as_slice)
    }

    /// The string literals that follow the first positions of a word: `'a.js'` after `Worker(`.
    pub(crate) fn literals_after(&self, word: &str) -> Vec<String> {
        let starts = self.positions(word).iter();
        let after = starts.map(|start| self.excerpt(start + word.len(), NAME));
        after
            .flat_map(|after| {
                literals(&after)
                    .into_iter()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// At most `length` bytes of the text from `start`.
    pub(crate) fn excerpt(&self, start: usize, length: usize) -> String {
        if let TextContent::Unheld { around, .. } = &self.content {
            let known = around.partition_point(|(first, _)| *first <= start);
            let (first, part) = match known.checked_sub(1) {
                Some(known) => &around[known],
                None => &(0, Bytes::new()),
            };
            if start + length <= first + part.len() {
                return excerpt(part, start - first, length);
            }
        }
        excerpt(&self.bytes(), start, length)
    }
}

/// At most `length` bytes of a text from `start`.
pub(crate) fn excerpt(text: &[u8], start: usize, length: usize) -> String {
    let start = start.min(text.len());
    let end = start.saturating_add(length).min(text.len());
    String::from_utf8_lossy(&text[start..end]).into_owned()
}

/// The string literals at the beginning of arguments: `'a.js', 'b.js')`, `new URL("a.js", import.meta.url)`.
pub(crate) fn literals(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    rest = rest.strip_prefix("new URL(").unwrap_or(rest);
    loop {
        rest = rest.trim_start();
        let Some(quote) = rest.chars().next().filter(|c| ['"', '\'', '`'].contains(c)) else {
            break;
        };
        let Some((literal, after)) = rest[1..].split_once(quote) else {
            break;
        };
        found.push(literal);
        match after.trim_start().strip_prefix(',') {
            Some(next) => rest = next,
            None => break,
        }
    }
    found
}

/// True for a character of an identifier.
pub(crate) fn is_identifier_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The code in a file: all of a script, a part of a page.
pub(crate) fn code_in(name: &str, text: Bytes) -> Bytes {
    match has_page_name(name) {
        true => code_of(&text),
        false => text,
    }
}

/// The tags, scripts and styles of a page, without its prose, which may mention anything.
fn code_of(page: &[u8]) -> Bytes {
    let mut code = Vec::new();
    let mut is_code = false;
    for token in tokens(page) {
        match token {
            Token::Start(tag) => {
                is_code = tag.name == "script" || tag.name == "style";
                code.extend_from_slice(&page[tag.span]);
            }
            Token::Text { text, .. } if is_code => code.extend_from_slice(text.as_bytes()),
            Token::Text { .. } => {}
            Token::End { start } => {
                is_code = false;
                let mut tags = page[start..].split_inclusive(|byte| *byte == b'>');
                code.extend_from_slice(tags.next().unwrap_or_default());
            }
        }
    }
    code.into()
}

/// Converts UTF-16 with a byte-order mark to UTF-8; returns any other text unchanged.
pub(crate) fn as_utf8(bytes: Bytes) -> Bytes {
    match Encoding::for_bom(&bytes) {
        Some((encoding, mark)) if encoding != encoding_rs::UTF_8 => {
            let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
            Bytes::from(text.into_owned())
        }
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::word_list::MAX_POSITIONS;
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
    fn a_text_that_is_not_held_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let utf16 = [0xff, 0xfe, b'a', 0, b'b', 0, b'c', 0];
        std::fs::write(folder.path().join("a.js"), utf16).unwrap();
        let source = Source::Folder(folder.path().to_owned());
        let mut text = ScannedText::new("a.js", as_utf8(source.head("a.js", 100)), &WORDS);
        let held = text.bytes();
        text.let_go(&source, 100);
        assert_eq!((text.bytes(), &*text.excerpt(1, 9)), (held, "bc"));
        assert!(text.contains("abc"));
    }

    #[test]
    fn what_is_around_words_is_kept_of_a_text_that_is_not_held() {
        let filler = "-".repeat(10 * AFTER);
        let content = format!("abc{filler}abc{filler}ab-abc{filler}");
        let mut text = ScannedText::new("a.js", Bytes::from(content.clone()), &WORDS);
        // There is nothing to read again.
        text.let_go(&Source::Folder("/nowhere".into()), u64::MAX);
        let words = text.positions("abc").to_vec();
        assert_eq!(words.len(), 3);
        for word in words {
            for (start, length) in [
                (word, AFTER),
                (word.saturating_sub(BEFORE), BEFORE),
                (word + 3, 50),
            ] {
                assert_eq!(
                    text.excerpt(start, length),
                    &content[start..start + length],
                    "{start}"
                );
            }
        }
        assert_eq!(text.excerpt(5 * AFTER, 9), "");
    }

    #[test]
    fn positions_are_bounded() {
        let text = ScannedText::new("a.js", Bytes::from("ab".repeat(100)), &WORDS);
        assert_eq!(text.positions("ab").len(), MAX_POSITIONS);
        assert!(text.contains("ab") && !text.contains("abc"));
    }

    #[test]
    fn literals_are_read_up_to_the_first_other_argument() {
        for (text, expected) in [
            ("'a.js', \"b.js\")", &["a.js", "b.js"][..]),
            ("new URL('w.js', import.meta.url))", &["w.js"]),
            ("\"./x\";", &["./x"]),
            ("name + '.js')", &[]),
            ("'cut off", &[]),
            ("", &[]),
        ] {
            assert_eq!(literals(text), expected, "{text}");
        }
    }

    #[test]
    fn the_code_of_a_page_is_its_tags_scripts_and_styles() {
        let page = "<!doctype html><!-- caches --><p id=a>from 'a.svg'</p><script>let a = 1 < 2</script>\n<b>b</b>";
        let expected = "<p id=a></p><script>let a = 1 < 2</script><b></b>";
        assert_eq!(code_of(page.as_bytes()), expected);
    }
}
