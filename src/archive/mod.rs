//! Zip archives, read from an open file. The directory is checked completely before any member is used.

pub mod error;
pub mod limits;
pub mod members;
pub mod names;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::ops::Range;
use std::path::Path;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use rawzip::extra_fields::ExtraFieldId;
use rawzip::{
    CompressionMethod, Error, ErrorKind, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, RangeReader, ReaderAt,
    ZipArchive, ZipFileHeaderRecord, ZipLocator,
};

use crate::archive::error::ArchiveError;
use crate::archive::limits::ArchiveLimits;
use crate::archive::members::{MemberKind, Members};
use crate::archive::names::{Encoding, RawName, readable_text};
use crate::fs::pinned::Pinned;

/// The read buffer, in bytes.
const BUFFER: usize = 64 * 1024;

/// An open archive whose directory has been checked. [`Archive::content`] checks the content of a member as it is read.
#[derive(Debug)]
pub struct Archive {
    file: Pinned,
    members: Vec<Member>,
    left_out: Vec<String>,
    encoding: Option<Encoding>,
}

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

impl Archive {
    /// Opens an archive and checks its directory.
    ///
    /// # Errors
    /// When the file cannot be read, is not a zip archive, or has a member that is not allowed.
    pub fn open(path: &Path, limits: ArchiveLimits) -> Result<Self, ArchiveError> {
        Self::read(File::open(path)?, limits)
    }

    /// Checks the directory of an archive that is already open.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn read(file: File, limits: ArchiveLimits) -> Result<Self, ArchiveError> {
        let file = Pinned::new(file)?;
        let length = file.length()?;
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let archive = ZipLocator::new()
            .locate_in_reader(file.clone(), &mut buffer, length)
            .map_err(|(_, error)| torn(error))?;
        let records = records(&archive, &mut buffer, limits)?;
        refuse_overlaps(&records, archive.directory_offset())?;
        let encoding = choose_encoding(&file, &records);
        let (members, left_out) = admit(records, encoding, limits)?;
        Ok(Self {
            file,
            members,
            left_out,
            encoding,
        })
    }

    /// True if this archive, unchanged, is the file at a path.
    pub fn is_at(&self, path: &Path) -> bool {
        self.file.is_at(path)
    }

    /// The files of the game, without leftovers.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The names of files that no game loads: leftovers, and those that no URL can express.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// The encoding of the names, if some are not UTF-8.
    pub fn encoding(&self) -> Option<Encoding> {
        self.encoding
    }

    /// The open file, to be read by offset.
    pub fn file(&self) -> &Pinned {
        &self.file
    }

    /// Reads a member's packed bytes.
    pub fn packed(&self, member: &Member) -> impl Read + use<> {
        RangeReader::new(self.file.clone(), member.packed.clone())
    }

    /// Reads a deflated member as a gzip file (RFC 1952) without compressing it again. Returns its length, too; `None` for
    /// a stored member.
    pub fn gzip(&self, member: &Member) -> Option<(u64, impl Read + use<>)> {
        // No name, no time, unknown system.
        const HEAD: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\xff";
        let mut tail = member.crc.to_le_bytes().to_vec();
        // RFC 1952, 2.3.1: the length modulo 2^32.
        tail.extend((member.length as u32).to_le_bytes());
        let packed = member.packed.end - member.packed.start;
        let length = HEAD.len() as u64 + packed + tail.len() as u64;
        let bytes = HEAD.chain(self.packed(member)).chain(Cursor::new(tail));
        (member.method == Method::Deflated).then_some((length, bytes))
    }

    /// Reads a member's unpacked bytes. The last read fails if their length or checksum is wrong.
    pub fn content(&self, member: &Member) -> MemberReader {
        MemberReader::new(&self.file, member)
    }
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
    fn new(file: &Pinned, member: &Member) -> Self {
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

/// A member's directory entry, its name not yet decoded.
struct DirectoryRecord {
    name: RawName,
    kind: MemberKind,
    length: u64,
    method: CompressionMethod,
    is_encrypted: bool,
    /// From the local header to the end of the data.
    extent: Range<u64>,
    packed: Range<u64>,
    crc: u32,
}

fn records(
    archive: &ZipArchive<Pinned>,
    buffer: &mut [u8],
    limits: ArchiveLimits,
) -> Result<Vec<DirectoryRecord>, ArchiveError> {
    let mut records = Vec::new();
    let mut entries = archive.entries(buffer);
    while let Some(entry) = entries.next_entry().map_err(torn)? {
        if records.len() == limits.members {
            return Err(ArchiveError::Members {
                most: limits.members,
            });
        }
        records.push(DirectoryRecord::read(archive, &entry)?);
    }
    // Records after a malformed one are lost.
    match records.len() as u64 == archive.entries_hint() {
        true => Ok(records),
        false => Err(ArchiveError::Torn),
    }
}

impl DirectoryRecord {
    fn read(
        archive: &ZipArchive<Pinned>,
        entry: &ZipFileHeaderRecord<'_>,
    ) -> Result<Self, ArchiveError> {
        let local = archive.get_entry(entry.wayfinder()).map_err(torn)?;
        let (start, end) = local.compressed_data_range();
        let unicode_path = entry
            .extra_fields()
            .find(|(id, _)| *id == ExtraFieldId::INFO_ZIP_UNICODE_PATH);
        let flags = entry.flags();
        let method = entry.compression_method();
        Ok(Self {
            name: RawName::new(
                entry.file_path().as_bytes(),
                unicode_path.map(|(_, path)| path),
            ),
            kind: kind(entry),
            length: entry.uncompressed_size_hint(),
            method,
            is_encrypted: flags.is_encrypted()
                || flags.has_strong_encryption()
                || flags.is_masked()
                || method == CompressionMethod::AES,
            extent: entry.local_header_offset()..end,
            packed: start..end,
            crc: entry.crc32(),
        })
    }

    fn member(&self, path: String, method: Method) -> Member {
        Member {
            path,
            length: self.length,
            method,
            packed: self.packed.clone(),
            crc: self.crc,
        }
    }

    fn method(&self, name: &str) -> Result<Method, ArchiveError> {
        let length = self.packed.end - self.packed.start;
        let name = name.to_owned();
        match self.method {
            _ if self.is_encrypted => Err(ArchiveError::Encrypted { name }),
            CompressionMethod::STORE if length == self.length => Ok(Method::Stored),
            CompressionMethod::STORE => Err(ArchiveError::Broken { name }),
            CompressionMethod::DEFLATE => Ok(Method::Deflated),
            method => Err(ArchiveError::Method {
                name,
                method: method.as_u16(),
            }),
        }
    }
}

/// Reads the type from the Unix mode in the upper half of the attributes; the mode is 0 where there is none.
fn kind(entry: &ZipFileHeaderRecord<'_>) -> MemberKind {
    const TYPE: u32 = 0o170_000;
    match (entry.external_attributes() >> 16) & TYPE {
        0o120_000 => MemberKind::Link,
        0o040_000 => MemberKind::Folder,
        0 | 0o100_000 if entry.is_dir() => MemberKind::Folder,
        0 | 0o100_000 => MemberKind::File,
        _ => MemberKind::Special,
    }
}

/// Refuses members that share bytes: they unpack to far more than the archive holds, and no packer writes them.
fn refuse_overlaps(records: &[DirectoryRecord], directory: u64) -> Result<(), ArchiveError> {
    let mut by_offset: Vec<_> = records.iter().collect();
    by_offset.sort_by_key(|record| record.extent.start);
    let next = by_offset.iter().skip(1).map(|next| next.extent.start);
    for (record, next) in by_offset.iter().zip(next.chain([directory])) {
        if record.extent.end > next {
            return Err(ArchiveError::Overlap {
                name: String::from_utf8_lossy(&record.name.bytes).into_owned(),
            });
        }
    }
    Ok(())
}

/// The largest text that is searched for names, and the most bytes of all texts.
const LARGEST_TEXT: u64 = 4 << 20;
const ALL_TEXTS: u64 = 16 << 20;

/// Chooses the encoding of the names that are not UTF-8 from the game's pages, scripts and lists.
fn choose_encoding(file: &Pinned, records: &[DirectoryRecord]) -> Option<Encoding> {
    let names: Vec<_> = records.iter().map(|record| &record.name).collect();
    if names.iter().all(|name| name.is_known()) {
        return None;
    }
    let mut left = ALL_TEXTS;
    let mut texts = Vec::new();
    for record in records {
        let name = String::from_utf8_lossy(&record.name.bytes).to_ascii_lowercase();
        let is_text = [
            ".html", ".htm", ".js", ".mjs", ".css", ".json", ".xml", ".txt",
        ];
        let is_text = is_text.iter().any(|ending| name.ends_with(ending));
        if !is_text || record.length > LARGEST_TEXT.min(left) {
            continue;
        }
        let Ok(method) = record.method(&name) else {
            continue;
        };
        left -= record.length;
        let member = record.member(name, method);
        let mut bytes = Vec::new();
        // What cannot be read is refused when the game is.
        if MemberReader::new(file, &member)
            .read_to_end(&mut bytes)
            .is_ok()
        {
            texts.push(readable_text(&bytes));
        }
    }
    Encoding::choose(&names, &texts, sys_locale::get_locale().as_deref())
}

fn admit(
    records: Vec<DirectoryRecord>,
    encoding: Option<Encoding>,
    limits: ArchiveLimits,
) -> Result<(Vec<Member>, Vec<String>), ArchiveError> {
    let encoding = encoding.unwrap_or(Encoding::Cp437);
    let mut seen = Members::new(limits);
    let mut members: Vec<Member> = Vec::with_capacity(records.len());
    let mut left_out = Vec::new();
    let mut by_path: HashMap<String, usize> = HashMap::with_capacity(records.len());
    for mut record in records {
        let name = encoding.decode(std::mem::take(&mut record.name));
        let path = seen.admit(&name, record.kind, record.length)?;
        let method = record.method(&name)?;
        let Some(path) = path else {
            if record.kind == MemberKind::File {
                left_out.push(name);
            }
            continue;
        };
        let member = record.member(path, method);
        // The last of several files with one name counts.
        match by_path
            .get(&member.path)
            .and_then(|at| members.get_mut(*at))
        {
            Some(earlier) => *earlier = member,
            None => {
                by_path.insert(member.path.clone(), members.len());
                members.push(member);
            }
        }
    }
    Ok((members, left_out))
}

fn torn(error: Error) -> ArchiveError {
    match error.into_kind() {
        ErrorKind::IO(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
        _ => ArchiveError::Torn,
    }
}

#[cfg(test)]
mod tests;
