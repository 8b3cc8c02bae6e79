//! Zip archives, read from an open file. The directory is checked completely before any member is used.

mod directory;
pub mod encoding;
pub mod error;
pub mod limits;
pub mod links;
pub mod member;
pub mod members;
pub mod raw_name;
mod readable_text;

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use rawzip::{MAX_CENTRAL_DIRECTORY_RECORD_SIZE, RangeReader, ZipLocator};

use crate::archive::directory::{admit, choose_encoding, records, refuse_overlaps, torn};
use crate::archive::encoding::Encoding;
use crate::archive::error::ArchiveError;
use crate::archive::member::{Member, MemberReader, Method};
use crate::fs::budget::GameBudget;
use crate::fs::pinned::Pinned;
use crate::names::left_out::LeftOut;

/// An open archive whose directory has been checked. [`Archive::content`] checks the content of a member as it is read.
#[derive(Debug)]
pub struct Archive {
    file: Pinned,
    members: Vec<Member>,
    /// The indices of the members in the order of their paths.
    by_path: Vec<usize>,
    left_out: Vec<LeftOut>,
    encoding: Option<Encoding>,
}

impl Archive {
    /// Opens an archive and checks its directory.
    ///
    /// # Errors
    /// If the file cannot be read, is not a zip archive, has a member that is not allowed, or exceeds the budget.
    pub fn open(path: &Path, budget: &GameBudget) -> Result<Self, ArchiveError> {
        Self::read(File::open(path)?, budget)
    }

    /// Checks the directory of an archive that is already open.
    ///
    /// # Errors
    /// Same as [`Self::open`].
    pub fn read(file: File, budget: &GameBudget) -> Result<Self, ArchiveError> {
        let file = Pinned::new(file)?;
        let length = file.length()?;
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let archive = ZipLocator::new()
            .locate_in_reader(file.clone(), &mut buffer, length)
            .map_err(|(_, error)| torn(error))?;
        let records = records(&archive, &mut buffer, budget.limits())?;
        refuse_overlaps(&records, archive.directory_offset())?;
        let encoding = choose_encoding(&file, &records);
        let (members, left_out) = admit(&file, records, encoding, budget)?;
        let mut by_path: Vec<_> = (0..members.len()).collect();
        by_path.sort_by(|a, b| members[*a].path.cmp(&members[*b].path));
        Ok(Self {
            file,
            members,
            by_path,
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

    /// The file of the game at a path.
    pub fn member(&self, path: &str) -> Option<&Member> {
        let compare = |at: &usize| self.members[*at].path.as_str().cmp(path);
        let found = self.by_path.binary_search_by(compare).ok()?;
        self.members.get(self.by_path[found])
    }

    /// The members that are left out: leftovers, names that no URL can express, and links and devices that stand for no file.
    pub fn left_out(&self) -> &[LeftOut] {
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

#[cfg(test)]
mod tests;
