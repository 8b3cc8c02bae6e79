//! A file in an archive, and the reading of its bytes.

use std::io::{self, BufReader, Read};
use std::ops::Range;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use rawzip::{RangeReader, ReaderAt};

use crate::archive::error::ArchiveError;
use crate::fs::pinned::Pinned;

/// The read buffer, in bytes.
const BUFFER: usize = 64 * 1024;

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The path below the game's folder, with `/` as separator.
    pub path: String,
    /// The unpacked length in bytes.
    pub length: u64,
    /// The compression method.
    pub method: Method,
    /// The range of the packed bytes in the archive.
    pub packed: Range<u64>,
    /// The CRC-32 of the unpacked bytes.
    pub crc: u32,
}

/// A compression method (APPNOTE.TXT, 4.4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// No compression.
    Stored,
    /// Deflate (RFC 1951).
    Deflated,
}

/// Reads the unpacked bytes of a member and checks them.
#[derive(Debug)]
pub struct MemberReader {
    bytes: Bytes,
    name: String,
    left: u64,
    packed: u64,
    expected: u32,
    crc: Crc,
}

#[derive(Debug)]
enum Bytes {
    Stored(RangeReader<Pinned>),
    Deflated(DeflateDecoder<BufReader<RangeReader<Pinned>>>),
}

impl Read for MemberReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.bytes {
            Bytes::Stored(bytes) => bytes.read(buffer),
            Bytes::Deflated(bytes) => bytes.read(buffer),
        };
        let read = match read {
            Ok(read) => read,
            // The decoder's errors for malformed and for missing bytes.
            Err(error) => match error.kind() {
                io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => return self.broken(),
                _ => return Err(error),
            },
        };
        self.crc.update(buffer.get(..read).unwrap_or_default());
        match (self.left.checked_sub(read as u64), read) {
            (Some(0), 0) if self.crc.sum() == self.expected && self.is_used_up() => Ok(0),
            (None, _) | (Some(_), 0) => self.broken(),
            (Some(left), _) => {
                self.left = left;
                Ok(read)
            }
        }
    }
}

impl MemberReader {
    pub(super) fn new(file: &Pinned, member: &Member) -> Self {
        let packed = RangeReader::new(file.clone(), member.packed.clone());
        Self {
            bytes: match member.method {
                Method::Stored => Bytes::Stored(packed),
                Method::Deflated => Bytes::Deflated(DeflateDecoder::new(BufReader::with_capacity(
                    BUFFER, packed,
                ))),
            },
            name: member.path.clone(),
            left: member.length,
            packed: member.packed.end - member.packed.start,
            expected: member.crc,
            crc: Crc::new(),
        }
    }

    /// True if no bytes are left after the deflated ones; they would be sent to browsers as well.
    fn is_used_up(&self) -> bool {
        match &self.bytes {
            Bytes::Stored(_) => true,
            Bytes::Deflated(bytes) => bytes.total_in() == self.packed,
        }
    }

    fn broken(&self) -> io::Result<usize> {
        let name = self.name.clone();
        let broken = ArchiveError::Broken { name };
        Err(io::Error::new(io::ErrorKind::InvalidData, broken))
    }
}

impl ReaderAt for Pinned {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        Self::read_at(self, buffer, offset)
    }
}
