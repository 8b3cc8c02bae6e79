//! The contents of compressed files, for clients that do not accept the coding.

use std::env;
use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use thiserror::Error;

use crate::compression::coding::Coding;
use crate::compression::decode::{Decoder, max_decoded};
use crate::fs::disk_room::DiskRoom;
use crate::fs::pinned::Pinned;
use crate::site::content::{Content, OpenFile};
use crate::site::content_reader::ContentReader;

/// A file that cannot be decoded.
#[derive(Debug, Error)]
pub(crate) enum InflateError {
    /// It is not in the coding, is cut off, or decoding was cancelled.
    #[error("the content is broken: {0}")]
    Broken(io::Error),
    /// The decoded content is too large or cannot be stored.
    #[error("the decoded content cannot be stored: {0}")]
    NoRoom(io::Error),
}

/// The bytes that a file, with all others of its game, may decode to.
#[derive(Debug)]
pub(crate) struct DecodedLimit {
    /// The bytes that stay in memory; more go to an unnamed temporary file.
    pub in_memory: u64,
    /// The bytes at all.
    pub most: u64,
}

/// Decodes a file, to at most 200 times its size or 10 MB.
///
/// # Errors
/// When the file is broken or too large, the temporary file cannot be written, or `keep_going` returns false.
pub(crate) fn inflate(
    coding: Coding,
    content: &Content,
    limit: &DecodedLimit,
    keep_going: &dyn Fn() -> bool,
) -> Result<Content, InflateError> {
    let coded = ContentReader::new(content);
    let most = max_decoded(content.len(), limit.most);
    let mut decoder = Decoder::new(coding, coded, most).map_err(InflateError::Broken)?;
    let room = DiskRoom::of(&env::temp_dir());
    let mut decoded = Decoded::Memory(Vec::new());
    let mut length = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = decoder
            .read(&mut buffer)
            .map_err(|error| match error.kind() {
                io::ErrorKind::FileTooLarge => InflateError::NoRoom(error),
                _ => InflateError::Broken(error),
            })?;
        if read == 0 {
            break;
        }
        length += read as u64;
        if !keep_going() {
            return Err(InflateError::Broken(io::ErrorKind::Interrupted.into()));
        }
        room.take(read as u64).map_err(InflateError::NoRoom)?;
        let extended = decoded.append(&buffer[..read], limit.in_memory);
        decoded = extended.map_err(InflateError::NoRoom)?;
    }
    Ok(match decoded {
        Decoded::Memory(bytes) => Content::Memory(bytes.into()),
        Decoded::File(file) => {
            Content::File(OpenFile::new(Pinned::ours(Arc::new(file)), "", 0..length))
        }
    })
}

/// The bytes decoded so far.
enum Decoded {
    Memory(Vec<u8>),
    File(File),
}

impl Decoded {
    fn append(self, piece: &[u8], max_in_memory: u64) -> io::Result<Self> {
        match self {
            Self::Memory(mut bytes) if (bytes.len() + piece.len()) as u64 <= max_in_memory => {
                bytes.extend_from_slice(piece);
                Ok(Self::Memory(bytes))
            }
            Self::Memory(bytes) => {
                let mut file = tempfile::tempfile()?;
                file.write_all(&bytes)?;
                Self::File(file).append(piece, max_in_memory)
            }
            Self::File(mut file) => {
                file.write_all(piece)?;
                Ok(Self::File(file))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(in_memory: u64, most: u64) -> DecodedLimit {
        DecodedLimit { in_memory, most }
    }

    fn read_all(content: &Content) -> Vec<u8> {
        let mut bytes = Vec::new();
        ContentReader::new(content).read_to_end(&mut bytes).unwrap();
        bytes
    }

    fn in_file(bytes: &[u8]) -> Content {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let file = Pinned::ours(Arc::new(file));
        Content::File(OpenFile::new(file, "x", 0..bytes.len() as u64))
    }

    #[test]
    fn content_is_the_same_from_memory_and_disk_and_into_both() {
        let plain: Vec<u8> = (0..400_000_u32)
            .flat_map(|n| (n / 7).to_le_bytes())
            .collect();
        for coding in Coding::PREPARED {
            let coded = coding.encode(&plain, &|| true).unwrap();
            for content in [in_file(&coded), Content::Memory(coded.clone().into())] {
                for (max, is_in_memory) in [(u64::MAX, true), (plain.len() as u64 - 1, false)] {
                    let inside =
                        inflate(coding, &content, &limit(max, u64::MAX), &|| true).unwrap();
                    assert_eq!(matches!(inside, Content::Memory(_)), is_in_memory);
                    assert!(read_all(&inside) == plain, "{coding:?} {max}");
                }
            }
        }
    }

    #[test]
    fn broken_content_and_cancelled_decoding_are_errors() {
        let plain = b"0123456789".repeat(100_000);
        for coding in Coding::PREPARED {
            let coded = coding.encode(&plain, &|| true).unwrap();
            let cut_off = &coded[..coded.len() / 2];
            for (content, keeps_going) in [(cut_off, true), (&plain, true), (&coded, false)] {
                let content = Content::Memory(content.to_vec().into());
                let inflated = inflate(coding, &content, &limit(u64::MAX, u64::MAX), &|| {
                    keeps_going
                });
                assert!(
                    matches!(inflated, Err(InflateError::Broken(_))),
                    "{coding:?}"
                );
            }
        }
    }

    #[test]
    fn a_bomb_is_given_up_at_the_size_that_its_own_size_allows() {
        // As a `.wasm.br` of a few dozen bytes may become.
        let bomb = vec![0; 10_100_000];
        for coding in [Coding::Gzip, Coding::Zstd] {
            let coded = Content::Memory(coding.encode(&bomb, &|| true).unwrap().into());
            assert!(coded.len() < 40_000, "{coding:?}");
            for (allowed, is_decoded) in [
                (limit(u64::MAX, u64::MAX), false),
                (limit(0, u64::MAX), false),
                (limit(0, 1000), false),
            ] {
                let inflated = inflate(coding, &coded, &allowed, &|| true);
                assert_eq!(inflated.is_ok(), is_decoded, "{coding:?} {allowed:?}");
                assert!(matches!(inflated, Err(InflateError::NoRoom(_))));
            }
        }
    }
}
