//! TODO

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::archive::{Archive, Member, MemberReader, Method};
use crate::fs::fingerprint::Fingerprint;
use crate::fs::pinned::Pinned;

/// One file of a game.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name below the game's folder, with `/` between its parts: `assets/hero.png`.
    pub path: String,
    /// How many bytes it had when it was listed.
    pub length: u64,
    /// Where it is, when that is in an archive.
    pub packed: Option<ArchiveMember>,
    /// By what it is known again without being read, when it can be.
    pub(crate) stamp: Option<Fingerprint>,
}

/// A file's bytes, or the file itself.
#[derive(Debug)]
pub enum FileContent {
    /// All of them.
    Bytes(Bytes),
    /// The open file and where in it they are, because that is more than was wanted in memory.
    Big(Pinned, Range<u64>),
    /// What unpacks them, because that is more than was wanted in memory.
    ArchiveMember(Box<MemberReader>),
}

/// Where a file of a game is in its archive.
#[derive(Clone, Debug)]
pub struct ArchiveMember {
    pub(super) archive: Arc<Archive>,
    pub(super) member: Member,
}

impl ArchiveMember {
    /// The file's bytes when they are `most` at most, else where they can be read.
    ///
    /// # Errors
    /// When they cannot be read or are not what was packed.
    pub fn open(&self, most: u64) -> io::Result<FileContent> {
        let Self { archive, member } = self;
        let mut content = archive.content(member);
        if member.length <= most {
            let mut bytes = Vec::with_capacity(member.length as usize);
            content.read_to_end(&mut bytes)?;
            return Ok(FileContent::Bytes(Bytes::from(bytes)));
        }
        Ok(match member.method {
            Method::Stored => {
                // It is sent as it is, so this is when its checksum can be looked at.
                io::copy(&mut content, &mut io::sink())?;
                FileContent::Big(archive.file().clone(), member.packed.clone())
            }
            Method::Deflated => FileContent::ArchiveMember(Box::new(content)),
        })
    }

    /// The beginning of the file's bytes, `most` at most. They are not compared with its checksum.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn head(&self, most: u64) -> io::Result<Bytes> {
        let mut head = Vec::new();
        let content = self.archive.content(&self.member);
        content.take(most).read_to_end(&mut head)?;
        Ok(head.into())
    }

    /// The file in gzip as [`Archive::gzip`] makes it.
    pub fn gzip(&self) -> Option<(u64, impl Read + use<>)> {
        self.archive.gzip(&self.member)
    }
}
