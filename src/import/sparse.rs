//! Sparse files in tar archives: the pax formats 0.0, 0.1 and 1.0 of GNU tar (its manual, "Storing Sparse Files"), which the
//! `tar` crate hands over as they are stored.

use std::collections::VecDeque;
use std::io::{self, Read};

use ::tar::Entry;

use webserver::archive::error::ArchiveError;

/// The most pieces of data in one file.
const MOST_PIECES: usize = 1 << 20;
/// The unit of a tar.
const BLOCK: usize = 512;

/// The file that a pax header describes.
#[derive(Debug, Default)]
pub(crate) struct SparseHeader {
    /// The name of the file, if the member has another one.
    pub name: Option<Vec<u8>>,
    /// The length of the file with its holes.
    pub length: u64,
    /// The pieces of data; `None` in format 1.0, where they stand before the data.
    pieces: Option<Pieces>,
}

/// Offset and length of each piece of data, in order.
type Pieces = VecDeque<(u64, u64)>;

impl SparseHeader {
    /// Reads the pax header of a member; `None` for a file without holes.
    ///
    /// # Errors
    /// When the header is malformed.
    pub(crate) fn read(entry: &mut Entry<'_, impl Read>) -> Result<Option<Self>, ArchiveError> {
        let Ok(Some(fields)) = entry.pax_extensions() else {
            return Ok(None);
        };
        let (mut header, mut is_sparse) = (Self::default(), false);
        let mut pieces = Pieces::new();
        let mut offset = 0;
        let mut major = None;
        for field in fields {
            let field = field.map_err(|_| ArchiveError::Torn)?;
            let Some(key) = field.key_bytes().strip_prefix(b"GNU.sparse.") else {
                continue;
            };
            is_sparse = true;
            let value = field.value_bytes();
            match key {
                b"name" => header.name = Some(value.to_vec()),
                b"realsize" | b"size" => header.length = number(value)?,
                b"major" => major = Some(number(value)?),
                b"offset" => offset = number(value)?,
                b"numbytes" => pieces.push_back((offset, number(value)?)),
                b"map" => pieces = map(value)?,
                _ => {}
            }
        }
        header.pieces = match major {
            None | Some(0) => Some(pieces),
            Some(1) => None,
            Some(_) => return Err(ArchiveError::Torn),
        };
        Ok(is_sparse.then_some(header))
    }

    /// Reads the file with its holes as zeros. `stored` are the bytes of the member.
    ///
    /// # Errors
    /// When the map of pieces is malformed.
    pub(crate) fn reader<R: Read>(self, mut stored: R) -> io::Result<SparseReader<R>> {
        let pieces = match self.pieces {
            Some(pieces) => pieces,
            None => stored_map(&mut stored)?,
        };
        let mut end = 0;
        for (offset, length) in &pieces {
            let next = offset.checked_add(*length);
            if *offset < end || next.is_none_or(|next| next > self.length) {
                return Err(ArchiveError::Torn.into());
            }
            end = offset + length;
        }
        Ok(SparseReader {
            stored,
            pieces,
            at: 0,
            length: self.length,
        })
    }
}

/// A sparse file as a stream.
#[derive(Debug)]
pub(crate) struct SparseReader<R> {
    stored: R,
    /// The pieces from `at` on; the first may have begun.
    pieces: Pieces,
    at: u64,
    length: u64,
}

impl<R: Read> Read for SparseReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.pieces.front().is_some_and(|piece| piece.1 == 0) {
            self.pieces.pop_front();
        }
        let (hole_end, piece) = match self.pieces.front_mut() {
            Some(piece) => (piece.0, Some(piece)),
            None => (self.length, None),
        };
        let fits = |bytes: u64| {
            usize::try_from(bytes)
                .unwrap_or(usize::MAX)
                .min(buffer.len())
        };
        if self.at < hole_end {
            let zeros = fits(hole_end - self.at);
            buffer.get_mut(..zeros).unwrap_or_default().fill(0);
            self.at += zeros as u64;
            return Ok(zeros);
        }
        let Some((offset, length)) = piece else {
            return Ok(0);
        };
        let most = fits(*length);
        let read = self
            .stored
            .read(buffer.get_mut(..most).unwrap_or_default())?;
        if read == 0 && most > 0 {
            return Err(ArchiveError::Torn.into());
        }
        self.at += read as u64;
        *offset += read as u64;
        *length -= read as u64;
        Ok(read)
    }
}

fn number(digits: &[u8]) -> Result<u64, ArchiveError> {
    let digits = std::str::from_utf8(digits).ok();
    let number = digits.and_then(|digits| digits.trim().parse().ok());
    number.ok_or(ArchiveError::Torn)
}

/// Reads the map of format 0.1: offsets and lengths, separated by commas.
fn map(list: &[u8]) -> Result<Pieces, ArchiveError> {
    let numbers = list.split(|byte| *byte == b',').map(number);
    let numbers: Vec<u64> = numbers.collect::<Result<_, _>>()?;
    let pieces = numbers.chunks(2);
    let piece = |pair: &[u64]| match pair {
        [offset, length] => Ok((*offset, *length)),
        _ => Err(ArchiveError::Torn),
    };
    pieces.map(piece).collect()
}

/// Reads the map of format 1.0: numbers on lines, the first their count, filled up to whole blocks.
fn stored_map(stored: &mut impl Read) -> io::Result<Pieces> {
    let mut lines = Lines {
        stored,
        block: [0; BLOCK],
        next: BLOCK,
    };
    let count = lines.number()?;
    if count > MOST_PIECES as u64 {
        return Err(ArchiveError::Torn.into());
    }
    let mut pieces = Pieces::new();
    for _ in 0..count {
        pieces.push_back((lines.number()?, lines.number()?));
    }
    Ok(pieces)
}

struct Lines<'a, R> {
    stored: &'a mut R,
    block: [u8; BLOCK],
    next: usize,
}

impl<R: Read> Lines<'_, R> {
    fn number(&mut self) -> io::Result<u64> {
        let mut digits = Vec::new();
        loop {
            if self.next == BLOCK {
                self.stored.read_exact(&mut self.block)?;
                self.next = 0;
            }
            let byte = self.block.get(self.next).copied().unwrap_or(b'\n');
            self.next += 1;
            match byte {
                b'\n' => return Ok(number(&digits)?),
                _ if digits.len() > 20 => return Err(ArchiveError::Torn.into()),
                byte => digits.push(byte),
            }
        }
    }
}
