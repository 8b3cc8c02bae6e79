//! A zip archive, read from an open file: what is in it, checked before any of it is used, and its members' bytes.

pub mod limits;
pub mod names;

use std::fs::{self, File, Metadata};
use std::io::{self, BufReader, Cursor, Read};
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use rawzip::extra_fields::ExtraFieldId;
use rawzip::{
    CompressionMethod, Error, ErrorKind, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, RangeReader, ReaderAt,
    ZipArchive, ZipFileHeaderRecord, ZipLocator,
};

use crate::archive::limits::{ArchiveError, ArchiveLimits, MemberKind, Members};
use crate::archive::names::{Encoding, RawName};
use crate::fs::pinned::Pinned;

/// How much of an archive is read at once, in bytes.
const PIECE: usize = 64 * 1024;

/// An archive that has been found to be in order, and stays open.
///
/// That says nothing of its members' content: [`Archive::content`] checks that while it is read.
#[derive(Debug)]
pub struct Archive {
    file: Pinned,
    identity: ArchiveIdentity,
    members: Vec<Member>,
}

/// What tells one file from another, and from itself before it was written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ArchiveIdentity {
    device: u64,
    number: u64,
    length: u64,
    modified: (i64, i64),
}

impl ArchiveIdentity {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            number: metadata.ino(),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }
}

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name with `/` between its parts; it leads nowhere else.
    pub path: String,
    /// How many bytes it has when it is unpacked.
    pub length: u64,
    /// What was done to them.
    pub method: Method,
    /// Where it is in the archive as it was packed, in bytes.
    pub packed: Range<u64>,
    /// The CRC-32 of its unpacked bytes.
    pub crc: u32,
}

/// How a member is packed (APPNOTE.TXT, 4.4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Not at all.
    Stored,
    /// RFC 1951.
    Deflated,
}

impl Archive {
    /// Opens an archive and checks all that it says of itself.
    ///
    /// # Errors
    /// When it cannot be read, is no zip archive, or has anything in it that is not allowed.
    pub fn open(path: &Path, limits: ArchiveLimits) -> Result<Self, ArchiveError> {
        Self::read(File::open(path)?, limits)
    }

    /// The same for a file that is open already.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn read(file: File, limits: ArchiveLimits) -> Result<Self, ArchiveError> {
        let identity = ArchiveIdentity::of(&file.metadata()?);
        let file = Pinned::new(file)?;
        let length = file.length()?;
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let archive = ZipLocator::new()
            .locate_in_reader(file.clone(), &mut buffer, length)
            .map_err(|(_, error)| torn(error))?;
        let records = records(&archive, &mut buffer, limits)?;
        refuse_overlaps(&records, archive.directory_offset())?;
        let members = admit(records, limits)?;
        Ok(Self {
            file,
            identity,
            members,
        })
    }

    /// Whether this is what stands at a path now.
    pub fn is_at(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|metadata| ArchiveIdentity::of(&metadata) == self.identity)
    }

    /// Its files, without what packers leave behind and no game asks for.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The open file, for reading by offset.
    pub fn file(&self) -> &Pinned {
        &self.file
    }

    /// A member's bytes as they were packed.
    pub fn packed(&self, member: &Member) -> impl Read + use<> {
        RangeReader::new(self.file.clone(), member.packed.clone())
    }

    /// A deflated member in gzip (RFC 1952) and the length of that: its bytes as they were packed, in another wrapping.
    pub fn gzip(&self, member: &Member) -> Option<(u64, impl Read + use<>)> {
        // No name, no time, an unknown system.
        const HEAD: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\xff";
        let mut tail = member.crc.to_le_bytes().to_vec();
        // RFC 1952, 2.3.1: the length modulo 2^32.
        tail.extend((member.length as u32).to_le_bytes());
        let packed = member.packed.end - member.packed.start;
        let length = HEAD.len() as u64 + packed + tail.len() as u64;
        let bytes = HEAD.chain(self.packed(member)).chain(Cursor::new(tail));
        (member.method == Method::Deflated).then_some((length, bytes))
    }

    /// A member's unpacked bytes: exactly its length, ending with an error unless they have its checksum.
    pub fn content(&self, member: &Member) -> MemberReader {
        let packed = RangeReader::new(self.file.clone(), member.packed.clone());
        MemberReader {
            bytes: match member.method {
                Method::Stored => Bytes::Stored(packed),
                Method::Deflated => {
                    Bytes::Deflated(DeflateDecoder::new(BufReader::with_capacity(PIECE, packed)))
                }
            },
            name: member.path.clone(),
            left: member.length,
            packed: member.packed.end - member.packed.start,
            expected: member.crc,
            crc: Crc::new(),
        }
    }
}

/// The unpacked bytes of a member on their way.
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
            // What the decoder says of bytes that are not its format, and of too few of them.
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
    /// What follows the deflated bytes would follow them on the wire, too.
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

/// What the archive's directory says of a member, its name not decoded yet.
struct Record {
    name: RawName,
    kind: MemberKind,
    length: u64,
    method: CompressionMethod,
    is_encrypted: bool,
    /// From its own header to the end of its data.
    extent: Range<u64>,
    packed: Range<u64>,
    crc: u32,
}

fn records(
    archive: &ZipArchive<Pinned>,
    buffer: &mut [u8],
    limits: ArchiveLimits,
) -> Result<Vec<Record>, ArchiveError> {
    let mut records = Vec::new();
    let mut entries = archive.entries(buffer);
    while let Some(entry) = entries.next_entry().map_err(torn)? {
        if records.len() == limits.members {
            return Err(ArchiveError::Members {
                most: limits.members,
            });
        }
        records.push(Record::read(archive, &entry)?);
    }
    // What follows a record that cannot be read is lost.
    match records.len() as u64 == archive.entries_hint() {
        true => Ok(records),
        false => Err(ArchiveError::Torn),
    }
}

impl Record {
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

/// By the Unix mode, which stands in the upper half of the attributes and is 0 where there is none.
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

/// Members that share their bytes unpack to far more than the archive holds; honest packers write none.
fn refuse_overlaps(records: &[Record], directory: u64) -> Result<(), ArchiveError> {
    let mut by_place: Vec<_> = records.iter().collect();
    by_place.sort_by_key(|record| record.extent.start);
    let next = by_place.iter().skip(1).map(|next| next.extent.start);
    for (record, next) in by_place.iter().zip(next.chain([directory])) {
        if record.extent.end > next {
            return Err(ArchiveError::Overlap {
                name: String::from_utf8_lossy(&record.name.bytes).into_owned(),
            });
        }
    }
    Ok(())
}

fn admit(records: Vec<Record>, limits: ArchiveLimits) -> Result<Vec<Member>, ArchiveError> {
    let encoding = Encoding::of(records.iter().map(|record| &record.name));
    let mut seen = Members::new(limits);
    let mut members = Vec::with_capacity(records.len());
    let mut all_packed = 0;
    for mut record in records {
        let name = encoding.decode(std::mem::take(&mut record.name));
        let path = seen.admit(&name, record.kind, record.length)?;
        let method = record.method(&name)?;
        let packed = record.packed.end - record.packed.start;
        limits.check_ratio(&name, record.length, packed)?;
        all_packed += packed;
        members.extend(path.map(|path| Member {
            path,
            length: record.length,
            method,
            packed: record.packed,
            crc: record.crc,
        }));
    }
    limits.check_ratio("", seen.bytes(), all_packed)?;
    Ok(members)
}

fn torn(error: Error) -> ArchiveError {
    match error.into_kind() {
        ErrorKind::IO(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
        _ => ArchiveError::Torn,
    }
}
