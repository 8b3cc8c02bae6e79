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
    /// The .xz file format, with a tar in it.
    Xz,
    /// bzip2, with a tar in it.
    Bzip2,
    /// 7zFormat.txt of the LZMA SDK.
    SevenZip,
    /// POSIX.1-1988 (ustar) and its extensions.
    Tar,
}

impl Format {
    /// Detects the format from the first 512 bytes.
    pub(crate) fn detect(head: &[u8]) -> Option<Self> {
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            // A marker of a split archive, or a program that unpacks itself.
            [b'P', b'K', b'0', b'0', ..] | [b'P', b'K', 7, 8, ..] => Some(Self::Zip),
            [b'M', b'Z', ..] | [b'#', b'!', ..] | [0x7f, b'E', b'L', b'F', ..] => Some(Self::Zip),
            [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Some(Self::SevenZip),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::Bzip2),
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ if head.get(257..262) == Some(b"ustar") || is_old_tar(head) => Some(Self::Tar),
            _ => None,
        }
    }
}

/// True for a tar of before POSIX, which only the checksum of its first header tells.
fn is_old_tar(head: &[u8]) -> bool {
    let Some(Ok(block)) = head.get(..512).map(<&[u8; 512]>::try_from) else {
        return false;
    };
    let header = tar::Header::from_byte_slice(block);
    let counted = block.iter().enumerate().map(|(at, byte)| match at {
        // The checksum's own field counts as spaces.
        148..156 => u32::from(b' '),
        _ => u32::from(*byte),
    });
    block[0] != 0 && header.cksum().is_ok_and(|sum| sum == counted.sum::<u32>())
}

/// Decompresses up to 512 bytes from the beginning of a gzip file.
pub(crate) fn inflated_head(head: &[u8]) -> Vec<u8> {
    Coding::Gzip.decode_prefix(head, 512)
}
