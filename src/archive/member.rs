//! A file in an archive, and the reading of its bytes.

use std::fmt;
use std::io::{self, BufReader, Read};
use std::ops::Range;

use bzip2::bufread::BzDecoder;
use deflate64::Deflate64Decoder;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use lzma_rust2::{LzmaReader, XzReader};
use rawzip::{RangeReader, ReaderAt};

use crate::archive::error::ArchiveError;
use crate::archive::limits::{DECODER_KIB, LARGEST_DICTIONARY};
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
    /// Deflate64, which Windows chooses for files over 2 GB.
    Deflate64,
    /// bzip2.
    Bzip2,
    /// LZMA with a header of its own (APPNOTE.TXT, 5.8.8).
    Lzma,
    /// Zstandard (RFC 8878).
    Zstd,
    /// The .xz file format.
    Xz,
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

/// The packed bytes of a member.
type Packed = BufReader<RangeReader<Pinned>>;

enum Bytes {
    Stored(RangeReader<Pinned>),
    Deflated(DeflateDecoder<Packed>),
    /// By another method. The decoder is made when it is first read.
    Decoded(Box<dyn Read + Send + Sync>),
}

impl fmt::Debug for Bytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Stored(_) => "Stored",
            Self::Deflated(_) => "Deflated",
            Self::Decoded(_) => "Decoded",
        })
    }
}

impl Read for MemberReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.bytes {
            Bytes::Stored(bytes) => bytes.read(buffer),
            Bytes::Deflated(bytes) => bytes.read(buffer),
            Bytes::Decoded(bytes) => match bytes.read(buffer) {
                Err(error) if error.raw_os_error().is_none() && !is_refused(&error) => {
                    return self.broken();
                }
                read => read,
            },
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
        let buffered = |packed| BufReader::with_capacity(BUFFER, packed);
        let decoded = |decoder: io::Result<Box<dyn Read + Send + Sync>>| {
            Bytes::Decoded(decoder.unwrap_or_else(|error| Box::new(Failing(Some(error)))))
        };
        let length = member.length;
        Self {
            bytes: match member.method {
                Method::Stored => Bytes::Stored(packed),
                Method::Deflated => Bytes::Deflated(DeflateDecoder::new(buffered(packed))),
                method => decoded(decoder(buffered(packed), method, length)),
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
            Bytes::Stored(_) | Bytes::Decoded(_) => true,
            Bytes::Deflated(bytes) => bytes.total_in() == self.packed,
        }
    }

    fn broken(&self) -> io::Result<usize> {
        let name = self.name.clone();
        let broken = ArchiveError::Broken { name };
        Err(io::Error::new(io::ErrorKind::InvalidData, broken))
    }
}

/// A decoder that could not be made.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        Err(self
            .0
            .take()
            .unwrap_or_else(|| io::ErrorKind::InvalidData.into()))
    }
}

/// The decoder of a method that browsers do not know.
fn decoder(packed: Packed, method: Method, length: u64) -> io::Result<Box<dyn Read + Send + Sync>> {
    Ok(match method {
        Method::Stored | Method::Deflated => Box::new(packed),
        Method::Deflate64 => Box::new(Deflate64Decoder::with_buffer(packed)),
        Method::Bzip2 => Box::new(BzDecoder::new(packed)),
        Method::Lzma => Box::new(lzma(packed, length)?),
        Method::Zstd => Box::new(zstd::Decoder::with_buffer(packed)?),
        Method::Xz => Box::new(XzReader::new_mem_limit(packed, false, DECODER_KIB)),
    })
}

/// Reads the header of LZMA in a zip archive (APPNOTE.TXT, 5.8.8): a version, the length of the properties, the properties.
fn lzma(mut packed: Packed, length: u64) -> io::Result<LzmaReader<Packed>> {
    let mut header = [0; 9];
    packed.read_exact(&mut header)?;
    let [_, _, 5, 0, properties, dictionary @ ..] = header else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let dictionary = u32::from_le_bytes(dictionary);
    if u64::from(dictionary) > LARGEST_DICTIONARY {
        return Err(io::Error::other(ArchiveError::Dictionary {
            bytes: dictionary.into(),
            most: LARGEST_DICTIONARY,
        }));
    }
    LzmaReader::new_with_props(packed, length, properties, dictionary, None)
}

/// True if the error is one of our own reasons to refuse the archive.
fn is_refused(error: &io::Error) -> bool {
    let inner = error.get_ref();
    inner.is_some_and(|inner| inner.is::<ArchiveError>())
}

impl ReaderAt for Pinned {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        Self::read_at(self, buffer, offset)
    }
}
