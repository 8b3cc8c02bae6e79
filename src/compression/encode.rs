//! Encoding at the strongest useful level.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::compression::coding::Coding;

/// Above this size, in bytes, the strongest brotli and zstd levels take minutes; the next lower ones cost a few per cent.
const LARGE: usize = 4 << 20;

/// The largest window that browsers decode, as a power of two (RFC 8878, 3.1.1.1.2).
const ZSTD_WINDOW_LOG: u32 = 23;

impl Coding {
    /// The memory that encoding so many bytes takes besides them, at most. The tables of both strong encoders grow with
    /// their windows.
    pub(crate) fn encoding_memory(self, length: usize) -> u64 {
        const TABLES: u64 = 2 << 20;
        let window = 1 << brotli_window_bits(length);
        match self {
            Self::Identity => 0,
            Self::Gzip => 1 << 20,
            Self::Brotli => TABLES + 10 * window,
            Self::Zstd => TABLES + 12 * window.min(1 << ZSTD_WINDOW_LOG),
        }
    }

    /// Encodes `bytes`; `None` once `keep_going` returns false.
    pub(crate) fn encode(self, bytes: &[u8], keep_going: &dyn Fn() -> bool) -> Option<Vec<u8>> {
        let is_large = bytes.len() > LARGE;
        // Writing to memory only fails when it was interrupted.
        match self {
            Self::Identity => Some(bytes.to_vec()),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
                feed(&mut encoder, bytes, keep_going).ok()?;
                encoder.finish().ok()
            }
            Self::Brotli => {
                let quality = if is_large { 9 } else { 11 };
                let window = brotli_window_bits(bytes.len());
                let mut encoder =
                    brotli::CompressorWriter::new(Vec::new(), 1 << 16, quality, window);
                feed(&mut encoder, bytes, keep_going).ok()?;
                Some(encoder.into_inner())
            }
            Self::Zstd => {
                let level = if is_large { 12 } else { 19 };
                let mut encoder = zstd::Encoder::new(Vec::new(), level).ok()?;
                encoder
                    .set_pledged_src_size(Some(bytes.len() as u64))
                    .ok()?;
                encoder.window_log(ZSTD_WINDOW_LOG).ok()?;
                feed(&mut encoder, bytes, keep_going).ok()?;
                encoder.finish().ok()
            }
        }
    }
}

/// The smallest window that holds the whole file, up to brotli's 16 MiB: the encoder's tables grow with it.
fn brotli_window_bits(length: usize) -> u32 {
    length.next_power_of_two().ilog2().clamp(16, 24)
}

pub(super) fn feed(
    encoder: &mut impl Write,
    bytes: &[u8],
    keep_going: &dyn Fn() -> bool,
) -> io::Result<()> {
    for chunk in bytes.chunks(1 << 16) {
        if !keep_going() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        encoder.write_all(chunk)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_bytes_decode_to_the_original_and_to_nothing_else() {
        let plain: Vec<u8> = b"let x = 1;\n".repeat(20_000);
        for coding in Coding::PREPARED {
            let coded = coding.encode(&plain, &|| true).unwrap();
            assert!(coded.len() < plain.len() / 20, "{coding:?}");
            assert!(coding.decodes_to(&coded, &plain), "{coding:?}");
            assert!(!coding.decodes_to(&coded, &plain[1..]), "{coding:?}");
            let shorter = &plain[..plain.len() - 1];
            assert!(!coding.decodes_to(&coded, shorter), "{coding:?}");
            let torn = &coded[..coded.len() / 2];
            assert!(!coding.decodes_to(torn, &plain), "{coding:?}");
            assert!(!coding.decodes_to(&plain, &plain), "{coding:?}");
        }
    }

    #[test]
    fn encoding_stops_when_it_is_interrupted() {
        for coding in Coding::PREPARED {
            assert_eq!(coding.encode(b"abc", &|| false), None);
        }
    }
}
