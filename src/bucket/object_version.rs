//! Versions of objects, as services tell them.

use object_store::ObjectMeta;

/// A version of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectVersion {
    pub(super) tag: Option<String>,
    pub(super) version: Option<String>,
}

impl ObjectVersion {
    pub(super) fn of(meta: &ObjectMeta) -> Self {
        Self {
            tag: meta.e_tag.clone(),
            version: meta.version.clone(),
        }
    }

    /// The version as text.
    pub(super) fn text(&self) -> String {
        let parts = [&self.tag, &self.version].map(|part| part.as_deref().unwrap_or_default());
        parts.join(" ")
    }

    /// True if a list says of an object that it has this version. Lists tell nothing but the tag, some without its quotes.
    pub(super) fn is_listed_as(&self, listed: &Self) -> bool {
        let plain = |version: &Self| Some(version.tag.as_deref()?.trim_matches('"').to_owned());
        match (plain(self), plain(listed)) {
            (Some(tag), Some(listed)) => tag == listed,
            _ => self == listed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_known_again_in_a_list() {
        let version = |(tag, version): (Option<&str>, Option<&str>)| ObjectVersion {
            tag: tag.map(str::to_owned),
            version: version.map(str::to_owned),
        };
        for (read, listed, expected) in [
            ((Some("\"a\""), None), (Some("\"a\""), None), true),
            // Google, and S3 with versions.
            ((Some("\"a\""), Some("7")), (Some("\"a\""), None), true),
            // Azure.
            ((Some("\"0x8D\""), None), (Some("0x8D"), None), true),
            ((Some("\"a\""), Some("7")), (Some("\"b\""), None), false),
            ((None, Some("7")), (None, Some("7")), true),
            ((None, Some("7")), (Some("a"), None), false),
        ] {
            let is_same = version(read).is_listed_as(&version(listed));
            assert_eq!(is_same, expected, "{read:?} {listed:?}");
        }
    }
}
