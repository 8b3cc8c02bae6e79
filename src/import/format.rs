//! Formats of archives, recognized by their first bytes: names and media types are often wrong.

use webserver::compression::coding::Coding;

/// A format of archives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// APPNOTE.TXT, 4.3.7 and 4.3.16.
    Zip,
    /// RFC 1952, with a tar in it.
    Gzip,
    /// RFC 8878, with a tar in it.
    Zstd,
    /// POSIX.1-1988 (ustar) and its extensions.
    Tar,
}

impl Format {
    /// Detects the format from the first 512 bytes.
    pub(crate) fn detect(head: &[u8]) -> Option<Self> {
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ if head.get(257..262) == Some(b"ustar") => Some(Self::Tar),
            _ => None,
        }
    }
}

/// Decompresses up to 512 bytes from the beginning of a gzip file.
pub(crate) fn inflated_head(head: &[u8]) -> Vec<u8> {
    Coding::Gzip.decode_prefix(head, 512)
}
