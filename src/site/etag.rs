//! Entity tags from content hashes: equal tags mean equal bytes across games, builds and restarts.

use http::HeaderValue;

/// A strong entity tag (RFC 9110, 8.8.3): 128 bits of the content's hash, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityTag(HeaderValue);

impl EntityTag {
    pub(crate) fn from_content(content: &[u8]) -> Self {
        Self::from_hash(&blake3::hash(content))
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
}
