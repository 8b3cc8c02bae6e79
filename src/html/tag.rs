//! Start tags and the files that they name.

use std::ops::Range;

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// In lower case.
    pub name: String,
    /// Names in lower case, values with their entities decoded.
    pub(super) attributes: Vec<(String, String)>,
    /// From `<` to `>`, in bytes of the page.
    pub span: Range<usize>,
}

impl Tag {
    /// The value of an attribute, trimmed; empty when the attribute has none.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let (_, value) = attributes.find(|(known, _)| known == name)?;
        Some(value.trim())
    }

    /// The file that the tag loads: the `href` of a `<link>`, the `src` of any other tag.
    pub(crate) fn reference(&self) -> Option<&str> {
        match self.name == "link" {
            true => self.attribute("href"),
            false => self.attribute("src"),
        }
    }

    /// True if one of the space-separated words of an attribute is one of `words`, in any case.
    pub(crate) fn has_word(&self, attribute: &str, words: &[&str]) -> bool {
        let value = self.attribute(attribute).unwrap_or_default();
        let mut found = value.split_ascii_whitespace();
        found.any(|word| words.iter().any(|known| known.eq_ignore_ascii_case(word)))
    }
}
