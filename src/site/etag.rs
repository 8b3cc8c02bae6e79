//! Entity tags from content hashes: equal tags mean equal bytes across games, builds and restarts.

use http::HeaderValue;

/// A strong entity tag (RFC 9110, 8.8.3): 128 bits of the content's hash, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityTag(HeaderValue);

impl EntityTag {
    pub(crate) fn from_content(content: &[u8]) -> Self {
        Self::from_hash(&blake3::hash(content))
    }

    /// The tag of a file's difference from an earlier version. It tells which file the difference leads to, whoever made
    /// it.
    pub(crate) fn of_difference(file: &Self, coded: &[u8]) -> Self {
        let hash = blake3::hash(coded).to_hex();
        let quoted = format!("\"{}-{}\"", file.digits(), &hash[..16]);
        Self(HeaderValue::from_str(&quoted).unwrap_or(HeaderValue::from_static("\"\"")))
    }

    /// True for the tag of a difference that leads to the file with this tag.
    pub(crate) fn is_of_difference(&self, tag: &[u8]) -> bool {
        let file = self.0.as_bytes();
        let Some((_, file)) = file.split_last().filter(|_| file.len() == 34) else {
            return false;
        };
        let hash = tag
            .strip_prefix(file)
            .and_then(|tag| tag.strip_prefix(b"-"));
        matches!(hash, Some([hash @ .., b'"']) if hash.len() == 16 && hash.iter().all(u8::is_ascii_hexdigit))
    }

    pub(crate) fn from_hash(hash: &blake3::Hash) -> Self {
        let quoted = format!("\"{}\"", &hash.to_hex()[..32]);
        // Always a valid field value; the fallback equals no tag.
        Self(HeaderValue::from_str(&quoted).unwrap_or(HeaderValue::from_static("\"\"")))
    }

    /// The field value, with quotes.
    pub fn value(&self) -> &HeaderValue {
        &self.0
    }

    /// The hexadecimal digits.
    pub fn digits(&self) -> &str {
        self.0.to_str().unwrap_or_default().trim_matches('"')
    }

    /// The opaque-tag with its quotes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_hashes_of_the_bytes() {
        // The first 16 bytes of BLAKE3 of nothing, from the algorithm's published test vectors.
        assert_eq!(
            EntityTag::from_content(b"").as_bytes(),
            b"\"af1349b9f5f9a1a6a0404dea36dcc949\""
        );
        assert_ne!(EntityTag::from_content(b"a"), EntityTag::from_content(b"b"));
    }

    #[test]
    fn the_tag_of_a_difference_tells_the_file_that_it_leads_to() {
        let file = EntityTag::from_content(b"");
        let difference = EntityTag::of_difference(&file, b"coded");
        let other = EntityTag::of_difference(&file, b"coded otherwise");
        let tag = |text: &str| text.as_bytes().to_vec();
        for (tag, expected) in [
            (difference.as_bytes().to_vec(), true),
            (other.as_bytes().to_vec(), true),
            (file.as_bytes().to_vec(), false),
            (
                tag("\"af1349b9f5f9a1a6a0404dea36dcc949-0123456789abcdef\""),
                true,
            ),
            (
                tag("\"af1349b9f5f9a1a6a0404dea36dcc949-0123456789abcde\""),
                false,
            ),
            (
                tag("\"af1349b9f5f9a1a6a0404dea36dcc949-0123456789abcdeg\""),
                false,
            ),
            (
                tag("\"bf1349b9f5f9a1a6a0404dea36dcc949-0123456789abcdef\""),
                false,
            ),
            (tag("\"\""), false),
            (tag(""), false),
        ] {
            let found = file.is_of_difference(&tag);
            assert_eq!(found, expected, "{}", String::from_utf8_lossy(&tag));
        }
        assert_ne!(difference, other);
    }
}
