//! What a file is, by its first bytes; names and media types lie too often.

use std::io::Read;

/// The formats that games come packed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// APPNOTE.TXT, 4.3.7 and 4.3.16.
    Zip,
    /// RFC 1952; a tar is expected in it.
    Gzip,
    /// RFC 8878; a tar is expected in it.
    Zstd,
    /// POSIX.1-1988 (ustar) and what came of it.
    Tar,
}

impl Format {
    /// That of a file with these first bytes, of which 512 are enough.
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

/// As much as comes of the first bytes of a gzip file.
pub(crate) fn inflated_head(head: &[u8]) -> Vec<u8> {
    let mut inflated = vec![0; 512];
    let mut decoder = flate2::read::MultiGzDecoder::new(head);
    let mut length = 0;
    while let Some(rest) = inflated.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match decoder.read(rest) {
            Ok(read @ 1..) => length += read,
            _ => break,
        }
    }
    inflated.truncate(length);
    inflated
}
