//! The content codings that a representation can be in (RFC 9110, 8.4.1).

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// What was done to a file's bytes before they are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// Nothing.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

/// Files above this take brotli's and zstd's strongest levels minutes; the next lower ones lose a few per cent.
const LARGE: usize = 4 << 20;

impl Coding {
    /// The codings that are prepared.
    pub(crate) const PREPARED: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// As `Content-Encoding` and `Accept-Encoding` spell it.
    pub fn token(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// What a file's name ends in when it is in this coding.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => "gz",
            Self::Brotli => "br",
            Self::Zstd => "zst",
        }
    }

    /// Encodes at the strongest useful level; `None` when `go_on` says so in between.
    pub fn encode(self, bytes: &[u8], go_on: &dyn Fn() -> bool) -> Option<Vec<u8>> {
        let is_large = bytes.len() > LARGE;
        // Writing into memory fails only when it was stopped.
        match self {
            Self::Identity => Some(bytes.to_vec()),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
                feed(&mut encoder, bytes, go_on).ok()?;
                encoder.finish().ok()
            }
            Self::Brotli => {
                let quality = if is_large { 9 } else { 11 };
                let window = window_bits(bytes.len());
                let mut encoder =
                    brotli::CompressorWriter::new(Vec::new(), 1 << 16, quality, window);
                feed(&mut encoder, bytes, go_on).ok()?;
                Some(encoder.into_inner())
            }
            Self::Zstd => {
                let level = if is_large { 12 } else { 19 };
                let mut encoder = zstd::Encoder::new(Vec::new(), level).ok()?;
                encoder
                    .set_pledged_src_size(Some(bytes.len() as u64))
                    .ok()?;
                // RFC 8878, 3.1.1.1.2: browsers take windows up to 8 MiB.
                encoder.window_log(23).ok()?;
                feed(&mut encoder, bytes, go_on).ok()?;
                encoder.finish().ok()
            }
        }
    }

    /// Whether `coded` is `plain` in this coding. Reads no further than it has to.
    pub(crate) fn decodes_to(self, coded: &[u8], plain: &[u8]) -> bool {
        match self {
            Self::Identity => coded == plain,
            Self::Gzip => reads_as(MultiGzDecoder::new(coded), plain),
            Self::Brotli => reads_as(brotli::Decompressor::new(coded, 1 << 16), plain),
            Self::Zstd => zstd::Decoder::new(coded).is_ok_and(|decoder| reads_as(decoder, plain)),
        }
    }
}

/// The window that holds the whole file, up to brotli's 16 MiB: the encoder's tables grow with it.
fn window_bits(length: usize) -> u32 {
    length.next_power_of_two().ilog2().clamp(16, 24)
}

fn feed(encoder: &mut impl Write, bytes: &[u8], go_on: &dyn Fn() -> bool) -> io::Result<()> {
    for piece in bytes.chunks(1 << 16) {
        if !go_on() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        encoder.write_all(piece)?;
    }
    Ok(())
}

fn reads_as(mut decoder: impl Read, mut plain: &[u8]) -> bool {
    let mut buffer = [0; 1 << 14];
    loop {
        match decoder.read(&mut buffer) {
            Ok(0) => return plain.is_empty(),
            Ok(length) => match plain.strip_prefix(&buffer[..length]) {
                Some(rest) => plain = rest,
                None => return false,
            },
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_to_the_same_and_to_nothing_else() {
        let plain: Vec<u8> = b"let x = 1;\n".repeat(20_000);
        for coding in Coding::PREPARED {
            let coded = coding.encode(&plain, &|| true).unwrap();
            assert!(coded.len() < plain.len() / 20, "{coding:?}");
            assert!(coding.decodes_to(&coded, &plain), "{coding:?}");
            assert!(!coding.decodes_to(&coded, &plain[1..]), "{coding:?}");
            assert!(
                !coding.decodes_to(&coded, &plain[..plain.len() - 1]),
                "{coding:?}"
            );
            assert!(
                !coding.decodes_to(&coded[..coded.len() / 2], &plain),
                "{coding:?}"
            );
            assert!(!coding.decodes_to(&plain, &plain), "{coding:?}");
        }
    }

    #[test]
    fn encoding_can_be_stopped() {
        for coding in Coding::PREPARED {
            assert_eq!(coding.encode(b"abc", &|| false), None);
        }
    }

    #[test]
    fn what_other_programs_encode_is_read() {
        // `printf hello` through gzip 1.12, brotli 1.0.9 and zstd 1.5.4.
        for (coding, coded) in [
            (
                Coding::Gzip,
                &b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xcbH\xcd\xc9\xc9\x07\0\x86\xa6\x106\x05\0\0\0"[..],
            ),
            (Coding::Brotli, b"\x0f\x02\x80hello\x03"),
            (
                Coding::Zstd,
                b"\x28\xb5\x2f\xfd\x04\x68\x29\0\0hello\xa3\x6d\x9f\x88",
            ),
        ] {
            assert!(coding.decodes_to(coded, b"hello"), "{coding:?}");
            assert!(!coding.decodes_to(coded, b"hellO"), "{coding:?}");
        }
    }
}
