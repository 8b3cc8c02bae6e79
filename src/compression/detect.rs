//! TODO

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use crate::detect::precompressed::{
    BROTLI_INFLATERS, ENDINGS, GZIP_INFLATERS, HEAD, UNITY_MARKERS, ZSTD_INFLATERS,
};

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Compression {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "brotli",
            Self::Zstd => "zstd",
        }
    }

    pub(crate) fn inflaters(self) -> &'static [&'static str] {
        match self {
            Self::Gzip => GZIP_INFLATERS,
            Self::Brotli => BROTLI_INFLATERS,
            Self::Zstd => ZSTD_INFLATERS,
        }
    }
}

/// What a file would be called if it were not compressed; `None` when its name does not say that it is.
pub(crate) fn inner_name(name: &str) -> Option<String> {
    ENDINGS.iter().find_map(|(ending, inner)| {
        let at = name.len().checked_sub(ending.len())?;
        let (stem, end) = (name.get(..at)?, name.get(at..)?);
        let stem_name = stem.rsplit('/').next().unwrap_or_default();
        // Whoever unpacks a `.tar.gz` inflates it too, out of sight in a module where need be.
        let has_stem = !stem_name.is_empty() && !stem_name.to_ascii_lowercase().ends_with(".tar");
        (has_stem && end.eq_ignore_ascii_case(ending)).then(|| format!("{stem}{inner}"))
    })
}

/// How a file is compressed, by its beginning, where its name says that it is. Brotli shows only Unity's marker;
/// else it is the name's word, to be tried.
pub fn compression(name: &str, head: &[u8]) -> Option<Compression> {
    inner_name(name)?;
    if head.starts_with(&[0x1f, 0x8b, 8]) {
        return Some(Compression::Gzip);
    }
    if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Some(Compression::Zstd);
    }
    let is_brotli = is_marked(head) || name.to_ascii_lowercase().ends_with(".br");
    is_brotli.then_some(Compression::Brotli)
}

/// Whether Unity marked it: in the comment of a gzip header (RFC 1952, 2.3.1), or in brotli's first, skipped, block of
/// metadata.
pub(crate) fn is_marked(head: &[u8]) -> bool {
    let start = &head[..head.len().min(4096)];
    let [gzip, brotli] = UNITY_MARKERS;
    if !start.starts_with(&[0x1f, 0x8b]) {
        let start = &start[..start.len().min(64)];
        return start.windows(brotli.len()).any(|window| window == brotli);
    }
    let has_comment = start.get(3).is_some_and(|flags| flags & 0x10 != 0);
    has_comment && start.windows(gzip.len()).any(|window| window == gzip)
}

/// The beginning of what is inside a file of this name and beginning; of a file that is not compressed, that itself.
pub fn inflated_head(name: &str, head: &[u8]) -> Vec<u8> {
    let decoder: Box<dyn Read> = match compression(name, head) {
        Some(Compression::Gzip) => Box::new(MultiGzDecoder::new(head)),
        Some(Compression::Brotli) => Box::new(brotli::Decompressor::new(head, 1 << 16)),
        Some(Compression::Zstd) => match zstd::Decoder::new(head) {
            Ok(decoder) => Box::new(decoder),
            Err(_) => Box::new(io::empty()),
        },
        None => return head.to_vec(),
    };
    let mut inflated = Vec::new();
    // It ends early, because what is read of the file does.
    let _ = decoder.take(HEAD).read_to_end(&mut inflated);
    inflated
}
