//! The contents of compressed files, for clients that do not accept the coding.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use thiserror::Error;

use crate::compression::coding::Coding;
use crate::compression::decode::Decoder;
use crate::fs::budget::GameBudget;
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

/// Decodes a file, as far as the budget of its game allows. More than `max_in_memory` bytes go to an unnamed temporary file.
///
/// # Errors
/// When the file is broken or too large, the temporary file cannot be written, or `keep_going` returns false.
pub(crate) fn inflate(
    coding: Coding,
    content: &Content,
    max_in_memory: u64,
    budget: &GameBudget,
    keep_going: &dyn Fn() -> bool,
) -> Result<Content, InflateError> {
    let coded = ContentReader::new(content);
    let most = budget.most_decoded(content.len());
    let mut decoder = Decoder::new(coding, coded, most).map_err(InflateError::Broken)?;
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
        let extended = decoded.append(&buffer[..read], max_in_memory, budget);
        decoded = extended.map_err(InflateError::NoRoom)?;
    }
    budget.decoded(length);
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
    fn append(self, piece: &[u8], max_in_memory: u64, budget: &GameBudget) -> io::Result<Self> {
        match self {
            Self::Memory(mut bytes) if (bytes.len() + piece.len()) as u64 <= max_in_memory => {
                bytes.extend_from_slice(piece);
                Ok(Self::Memory(bytes))
            }
            Self::Memory(bytes) => {
                let in_file = Self::File(tempfile::tempfile()?);
                let in_file = in_file.append(&bytes, max_in_memory, budget)?;
                in_file.append(piece, max_in_memory, budget)
            }
            Self::File(mut file) => {
                budget.write(piece.len() as u64)?;
                file.write_all(piece)?;
                Ok(Self::File(file))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::budget::GameLimits;

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
                    let budget = GameBudget::default();
                    let inside = inflate(coding, &content, max, &budget, &|| true).unwrap();
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
                let budget = GameBudget::default();
                let inflated = inflate(coding, &content, u64::MAX, &budget, &|| keeps_going);
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
            for max_in_memory in [u64::MAX, 0] {
                let budget = GameBudget::default();
                let inflated = inflate(coding, &coded, max_in_memory, &budget, &|| true);
                assert!(matches!(inflated, Err(InflateError::NoRoom(_))));
            }
        }
    }

    #[test]
    fn the_files_of_a_game_have_one_limit_together() {
        let coded = Coding::Gzip.encode(&vec![0; 1_000_000], &|| true).unwrap();
        let coded = Content::Memory(coded.into());
        let budget = GameBudget::new(GameLimits {
            decoded: 2_500_000,
            ..GameLimits::default()
        });
        let is_decoded = |_| inflate(Coding::Gzip, &coded, u64::MAX, &budget, &|| true).is_ok();
        let decoded: Vec<_> = (0..4).map(is_decoded).collect();
        assert_eq!(decoded, [true, true, false, false]);
    }
}
