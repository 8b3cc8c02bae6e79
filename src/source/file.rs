//! One file of a game, and its content.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::archive::Archive;
use crate::archive::member::{Member, MemberReader, Method};
use crate::fs::fingerprint::Fingerprint;
use crate::fs::pinned::Pinned;

/// The most bytes that are allocated at once for a length that an archive claims.
const MAX_CLAIMED: u64 = 16 << 20;

/// One file of a game.
#[derive(Clone, Debug)]
pub struct File {
    /// The path below the game's folder, with `/` as separator: `assets/hero.png`.
    pub path: String,
    /// The length in bytes when the file was listed.
    pub length: u64,
    /// The member, if the file is in an archive.
    pub packed: Option<ArchiveMember>,
    /// The path on disk below the game's folder, if it is another: `assets\\hero.png`, unpacked by a program that did not
    /// know the separator of Windows.
    pub(crate) on_disk: Option<String>,
    /// The settled fingerprint of a file on disk, if it has one.
    pub(crate) fingerprint: Option<Fingerprint>,
}

impl File {
    /// The path below the game's folder on disk.
    pub fn disk_path(&self) -> &str {
        self.on_disk.as_deref().unwrap_or(&self.path)
    }
}

/// A file's bytes, or where to read them.
#[derive(Debug)]
pub enum FileContent {
    /// All bytes, in memory.
    Bytes(Bytes),
    /// An open file and the range of the bytes in it.
    Big(Pinned, Range<u64>),
    /// A reader that unpacks the bytes.
    ArchiveMember(Box<MemberReader>),
}

/// A file of a game in an archive.
#[derive(Clone, Debug)]
pub struct ArchiveMember {
    pub(super) archive: Arc<Archive>,
    pub(super) member: Member,
}

impl ArchiveMember {
    /// Opens the file. More than `most` bytes stay on disk.
    ///
    /// # Errors
    /// When the bytes cannot be read or are damaged.
    pub fn open(&self, most: u64) -> io::Result<FileContent> {
        let Self { archive, member } = self;
        let mut content = archive.content(member);
        let mut bytes = Vec::new();
        // A file for which there is no memory stays on disk too.
        if member.length <= most && bytes.try_reserve_exact(member.length as usize).is_ok() {
            content.read_to_end(&mut bytes)?;
            return Ok(FileContent::Bytes(Bytes::from(bytes)));
        }
        Ok(match member.method {
            Method::Stored => {
                // It will be sent from the archive: check its checksum now.
                io::copy(&mut content, &mut io::sink())?;
                FileContent::Big(archive.file().clone(), member.packed.clone())
            }
            _ => FileContent::ArchiveMember(Box::new(content)),
        })
    }

    /// Reads the first `most` bytes. The checksum is not checked.
    ///
    /// # Errors
    /// When the bytes cannot be read.
    pub fn head(&self, most: u64) -> io::Result<Bytes> {
        // A member may be shorter than it claims.
        let length = self.member.length.min(most).min(MAX_CLAIMED);
        let mut head = Vec::with_capacity(length as usize);
        let content = self.archive.content(&self.member);
        content.take(most).read_to_end(&mut head)?;
        Ok(head.into())
    }

    /// Reads the file as [`Archive::gzip`] does.
    pub fn gzip(&self) -> Option<(u64, impl Read + use<>)> {
        self.archive.gzip(&self.member)
    }
}
