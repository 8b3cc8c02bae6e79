//! The contents of compressed files, for clients that do not accept the coding.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use thiserror::Error;

use crate::compression::coding::Coding;
use crate::compression::decode::Decoder;
use crate::fs::pinned::Pinned;
use crate::site::content::{Content, OpenFile};
use crate::site::content_reader::ContentReader;

/// The most bytes that a file may decode to: more than any browser can hold.
const MAX_DECODED: u64 = 4 << 30;

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

/// Decodes a file. Up to `max_in_memory` bytes stay in memory; more go to an unnamed temporary file.
///
/// # Errors
/// When the file is broken or too large, the temporary file cannot be written, or `keep_going` returns false.
pub(crate) fn inflate(
    coding: Coding,
    content: &Content,
    max_in_memory: u64,
    keep_going: &dyn Fn() -> bool,
) -> Result<Content, InflateError> {
    let coded = ContentReader::new(content);
    let mut decoder = Decoder::new(coding, coded, MAX_DECODED).map_err(InflateError::Broken)?;
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
        let extended = decoded.append(&buffer[..read], max_in_memory);
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
                    let inside = inflate(coding, &content, max, &|| true).unwrap();
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
                let inflated = inflate(coding, &content, u64::MAX, &|| keeps_going);
                assert!(
                    matches!(inflated, Err(InflateError::Broken(_))),
                    "{coding:?}"
                );
            }
        }
    }
}
