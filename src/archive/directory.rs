//! The directory of an archive, checked completely before any member is used.

use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::Range;

use rawzip::extra_fields::ExtraFieldId;
use rawzip::{CompressionMethod, Error, ErrorKind, ZipArchive, ZipFileHeaderRecord};

use crate::archive::encoding::Encoding;
use crate::archive::error::ArchiveError;
use crate::archive::member::{Member, MemberReader, Method};
use crate::archive::members::{LONGEST_NAME, MemberKind, Members};
use crate::archive::raw_name::RawName;
use crate::archive::readable_text::readable_text;
use crate::fs::budget::{GameBudget, GameLimits, OverBudget};
use crate::fs::pinned::Pinned;
use crate::names::left_out::{LeftOut, LeftOutCause};

/// A member's directory entry, its name not yet decoded.
pub(super) struct DirectoryRecord {
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

/// Reads the whole directory.
///
/// # Errors
/// If it is incomplete, or has more members than allowed.
pub(super) fn records(
    archive: &ZipArchive<Pinned>,
    buffer: &mut [u8],
    limits: GameLimits,
) -> Result<Vec<DirectoryRecord>, ArchiveError> {
    let mut records = Vec::new();
    let mut entries = archive.entries(buffer);
    while let Some(entry) = entries.next_entry().map_err(torn)? {
        if records.len() as u64 == limits.files {
            return Err(OverBudget::Files { most: limits.files }.into());
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

    /// Reads the target of a symbolic link, which is its content.
    fn link_target(&self, file: &Pinned, name: &str) -> Result<Vec<u8>, ArchiveError> {
        let member = self.member(name.to_owned(), self.method(name)?);
        let mut target = Vec::new();
        let read = MemberReader::new(file, &member)
            .take(LONGEST_NAME as u64)
            .read_to_end(&mut target);
        match read {
            Ok(_) => Ok(target),
            Err(error) if error.raw_os_error().is_some() => Err(error.into()),
            Err(_) => Err(ArchiveError::Broken {
                name: name.to_owned(),
            }),
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
            CompressionMethod::DEFLATE64 => Ok(Method::Deflate64),
            CompressionMethod::BZIP2 => Ok(Method::Bzip2),
            CompressionMethod::LZMA => Ok(Method::Lzma),
            CompressionMethod::ZSTD | CompressionMethod::ZSTD_DEPRECATED => Ok(Method::Zstd),
            CompressionMethod::XZ => Ok(Method::Xz),
            method => Err(ArchiveError::Method {
                name,
                method: method.as_u16(),
            }),
        }
    }
}

/// Reads the type from the Unix mode in the upper half of the attributes; the mode is 0 where there is none. A folder's name
/// ends with a slash, or has the attribute of DOS or a backslash at its end, as of some programs on Windows.
fn kind(entry: &ZipFileHeaderRecord<'_>) -> MemberKind {
    const TYPE: u32 = 0o170_000;
    const DOS_FOLDER: u32 = 0x10;
    let attributes = entry.external_attributes();
    let is_empty = entry.uncompressed_size_hint() == 0;
    let is_folder = entry.is_dir() || is_empty && entry.file_path().as_bytes().ends_with(b"\\");
    match (attributes >> 16) & TYPE {
        0o120_000 => MemberKind::Link,
        0o040_000 => MemberKind::Folder,
        0 | 0o100_000 if is_folder => MemberKind::Folder,
        0 if is_empty && attributes & DOS_FOLDER != 0 => MemberKind::Folder,
        0 | 0o100_000 => MemberKind::File,
        _ => MemberKind::Special,
    }
}

/// Refuses members that share bytes: they unpack to far more than the archive holds, and no packer writes them.
pub(super) fn refuse_overlaps(
    records: &[DirectoryRecord],
    directory: u64,
) -> Result<(), ArchiveError> {
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
pub(super) fn choose_encoding(file: &Pinned, records: &[DirectoryRecord]) -> Option<Encoding> {
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

/// The files of the game, and what is left out.
///
/// # Errors
/// When a member is not allowed, or the target of a link cannot be read.
pub(super) fn admit(
    file: &Pinned,
    records: Vec<DirectoryRecord>,
    encoding: Option<Encoding>,
    budget: &GameBudget,
) -> Result<(Vec<Member>, Vec<LeftOut>), ArchiveError> {
    let encoding = encoding.unwrap_or(Encoding::Cp437);
    let mut seen = Members::new(budget);
    let mut members: Vec<Member> = Vec::with_capacity(records.len());
    let mut left_out = Vec::new();
    let mut by_path: HashMap<String, usize> = HashMap::with_capacity(records.len());
    for mut record in records {
        let name = encoding.decode(std::mem::take(&mut record.name));
        if record.kind == MemberKind::Link {
            let target = record.link_target(file, &name)?;
            seen.admit_link(&name, &encoding.decode(RawName::new(&target, None)))?;
            continue;
        }
        let path = seen.admit(&name, record.kind, record.length)?;
        let method = record.method(&name)?;
        let Some(path) = path else {
            if record.kind == MemberKind::File {
                left_out.push(LeftOut {
                    cause: match name.contains(char::is_control) {
                        true => LeftOutCause::Name,
                        false => LeftOutCause::Leftover,
                    },
                    path: name,
                });
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
    let linked = seen.linked_files()?;
    let same = linked.files.into_iter().filter_map(|(path, same_as)| {
        let member = members.get(*by_path.get(&same_as)?)?.clone();
        Some(Member { path, ..member })
    });
    let same: Vec<_> = same.collect();
    members.extend(same);
    left_out.extend(linked.left_out);
    Ok((members, left_out))
}

/// The error of an archive that cannot be read.
pub(super) fn torn(error: Error) -> ArchiveError {
    match error.into_kind() {
        ErrorKind::IO(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
        _ => ArchiveError::Torn,
    }
}
