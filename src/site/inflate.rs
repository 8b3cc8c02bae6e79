//! What is inside a compressed file, for browsers that do not accept its coding.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use bytes::{Buf, Bytes};
use flate2::read::MultiGzDecoder;
use thiserror::Error;

use crate::compression::coding::Coding;
use crate::fs::pinned::Pinned;
use crate::site::content::{Content, OpenFile};

/// More than any browser holds; what inflates to more was made to do harm, in bytes.
const MOST: u64 = 4 << 30;

/// Why there is nothing inside to be had.
#[derive(Debug, Error)]
pub(crate) enum InflateError {
    /// It is not in this coding, or is cut short.
    #[error("{0}")]
    Broken(io::Error),
    /// There is no place to put it.
    #[error("{0}")]
    NoRoom(io::Error),
}

/// Decodes a file. Up to `most_in_memory` bytes stay in memory; more go into a file that has no name and is gone with
/// the last who reads it. Asks `go_on` in between.
///
/// # Errors
/// When it is not in this coding, is cut short, or is beyond bounds; when it has to stop.
pub(crate) fn inflate(
    coding: Coding,
    content: &Content,
    most_in_memory: u64,
    go_on: &dyn Fn() -> bool,
) -> Result<Content, InflateError> {
    let coded = BoundedReader {
        rest: content.clone(),
        piece: Bytes::new(),
    };
    let mut decoder: Box<dyn Read> = match coding {
        Coding::Identity => Box::new(coded),
        Coding::Gzip => Box::new(MultiGzDecoder::new(io::BufReader::new(coded))),
        Coding::Brotli => Box::new(brotli::Decompressor::new(coded, 1 << 16)),
        Coding::Zstd => Box::new(zstd::Decoder::new(coded).map_err(InflateError::Broken)?),
    };
    let mut plain = Plain::Memory(Vec::new());
    let mut length = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = decoder.read(&mut buffer).map_err(InflateError::Broken)?;
        if read == 0 {
            break;
        }
        length += read as u64;
        if length > MOST {
            return Err(InflateError::NoRoom(io::ErrorKind::FileTooLarge.into()));
        }
        if !go_on() {
            return Err(InflateError::Broken(io::ErrorKind::Interrupted.into()));
        }
        let kept = plain.with(&buffer[..read], most_in_memory);
        plain = kept.map_err(InflateError::NoRoom)?;
    }
    Ok(match plain {
        Plain::Memory(bytes) => Content::Memory(bytes.into()),
        Plain::File(file) => {
            Content::File(OpenFile::new(Pinned::ours(Arc::new(file)), "", 0..length))
        }
    })
}

/// What is decoded so far.
enum Plain {
    Memory(Vec<u8>),
    File(File),
}

impl Plain {
    fn with(self, piece: &[u8], most_in_memory: u64) -> io::Result<Self> {
        match self {
            Self::Memory(mut bytes) if (bytes.len() + piece.len()) as u64 <= most_in_memory => {
                bytes.extend_from_slice(piece);
                Ok(Self::Memory(bytes))
            }
            Self::Memory(bytes) => {
                let mut file = tempfile::tempfile()?;
                file.write_all(&bytes)?;
                Self::File(file).with(piece, most_in_memory)
            }
            Self::File(mut file) => {
                file.write_all(piece)?;
                Ok(Self::File(file))
            }
        }
    }
}

/// Content from its beginning to its end.
struct BoundedReader {
    rest: Content,
    piece: Bytes,
}

impl Read for BoundedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            self.piece = match &mut self.rest {
                Content::Memory(bytes) => std::mem::take(bytes),
                Content::File(file) => file.read_piece()?.unwrap_or_default(),
            };
        }
        let length = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(content: Content) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut reader = BoundedReader {
            rest: content,
            piece: Bytes::new(),
        };
        reader.read_to_end(&mut bytes).unwrap();
        bytes
    }

    fn in_file(bytes: &[u8]) -> Content {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let file = Pinned::ours(Arc::new(file));
        Content::File(OpenFile::new(file, "x", 0..bytes.len() as u64))
    }

    #[test]
    fn what_is_inside_is_the_same_from_memory_and_disk_and_into_both() {
        let plain: Vec<u8> = (0..400_000_u32)
            .flat_map(|n| (n / 7).to_le_bytes())
            .collect();
        for coding in Coding::PREPARED {
            let coded = coding.encode(&plain, &|| true).unwrap();
            for content in [in_file(&coded), Content::Memory(coded.clone().into())] {
                for (most, is_in_memory) in [(u64::MAX, true), (plain.len() as u64 - 1, false)] {
                    let inside = inflate(coding, &content, most, &|| true).unwrap();
                    assert_eq!(matches!(inside, Content::Memory(_)), is_in_memory);
                    assert!(whole(inside) == plain, "{coding:?} {most}");
                }
            }
            let cut = Content::Memory(coded[..coded.len() / 2].to_vec().into());
            assert!(
                inflate(coding, &cut, u64::MAX, &|| true).is_err(),
                "{coding:?}"
            );
            let other = Content::Memory(plain.clone().into());
            assert!(
                inflate(coding, &other, u64::MAX, &|| true).is_err(),
                "{coding:?}"
            );
            let content = Content::Memory(coded.into());
            assert!(inflate(coding, &content, u64::MAX, &|| false).is_err());
        }
    }
}
