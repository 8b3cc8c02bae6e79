//! The content of a representation: in memory, or in a file that is kept open.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::fs::pinned::Pinned;
use crate::site::etag::EntityTag;

/// The bytes of a file that are read at once.
pub(crate) const PIECE: usize = 256 * 1024;

/// Bytes to send. Clones share them.
#[derive(Clone, Debug)]
pub enum Content {
    /// In memory.
    Memory(Bytes),
    /// On disk.
    File(OpenFile),
}

/// A part of a file that is kept open. A new export that replaces the file does not affect downloads; one that writes to
/// it ends them with an error.
#[derive(Clone, Debug)]
pub struct OpenFile {
    file: Pinned,
    name: Arc<str>,
    range: Range<u64>,
}

impl Content {
    /// The length in bytes.
    pub fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(file) => file.range.end - file.range.start,
        }
    }

    /// Its first bytes, for a signature; none if they cannot be read.
    pub(crate) fn start(&self) -> Bytes {
        match self.slice(&(0..16)) {
            Self::Memory(bytes) => bytes,
            Self::File(mut file) => file.read_piece().ok().flatten().unwrap_or_default(),
        }
    }

    /// True if it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A part of it; a range beyond the end is cut off.
    pub fn slice(&self, part: &Range<u64>) -> Self {
        let end = part.end.min(self.len());
        let start = part.start.min(end);
        match self {
            // Lengths in memory fit in `usize`.
            Self::Memory(bytes) => Self::Memory(bytes.slice(start as usize..end as usize)),
            Self::File(file) => Self::File(OpenFile {
                range: file.range.start + start..file.range.start + end,
                ..file.clone()
            }),
        }
    }
}

impl OpenFile {
    /// A part of an open file. The name is for messages.
    pub fn new(file: Pinned, name: &str, range: Range<u64>) -> Self {
        Self {
            file,
            name: name.into(),
            range,
        }
    }

    /// The file's name below the game's folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes the next piece off the front; `None` at the end. Blocks.
    ///
    /// # Errors
    /// When the file was written to or cannot be read.
    pub(crate) fn read_piece(&mut self) -> io::Result<Option<Bytes>> {
        let buffer = self.piece_buffer(PIECE);
        self.read_piece_into(buffer)
    }

    /// A buffer for the next piece, of at most this many bytes.
    pub(crate) fn piece_buffer(&self, most: usize) -> Vec<u8> {
        let left = self.range.end - self.range.start;
        Vec::with_capacity(left.min(most as u64) as usize)
    }

    /// [`Self::read_piece`] into a buffer from [`Self::piece_buffer`].
    ///
    /// # Errors
    /// Same as [`Self::read_piece`].
    pub(crate) fn read_piece_into(&mut self, mut piece: Vec<u8>) -> io::Result<Option<Bytes>> {
        let left = self.range.end - self.range.start;
        let wanted = left.min(piece.capacity() as u64) as usize;
        if wanted == 0 {
            return Ok(None);
        }
        while piece.len() < wanted {
            let offset = self.range.start + piece.len() as u64;
            if self.file.append_at(&mut piece, offset)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        piece.truncate(wanted);
        self.range.start += wanted as u64;
        Ok(Some(piece.into()))
    }

    /// The tag of its bytes. Reads all of them.
    ///
    /// # Errors
    /// Same as [`Self::read_piece`], and when `keep_going` returns false.
    pub fn etag(&self, keep_going: &dyn Fn() -> bool) -> io::Result<EntityTag> {
        let mut rest = self.clone();
        let mut hasher = blake3::Hasher::new();
        while let Some(piece) = rest.read_piece()? {
            hasher.update(&piece);
            if !keep_going() {
                return Err(io::ErrorKind::Interrupted.into());
            }
        }
        Ok(EntityTag::from_hash(&hasher.finalize()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(content: &[u8]) -> OpenFile {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        OpenFile::new(Pinned::new(file).unwrap(), "big", 0..content.len() as u64)
    }

    fn read(content: Content) -> Vec<u8> {
        match content {
            Content::Memory(bytes) => bytes.to_vec(),
            Content::File(mut file) => {
                let pieces = std::iter::from_fn(|| file.read_piece().unwrap());
                pieces.flat_map(|piece| piece.to_vec()).collect()
            }
        }
    }

    #[test]
    fn parts_of_a_file_and_of_memory_have_the_same_bytes() {
        let bytes: Vec<u8> = (0..PIECE + 7).map(|n| n as u8).collect();
        let in_memory = Content::Memory(bytes.clone().into());
        let on_disk = Content::File(file(&bytes));
        let length = bytes.len() as u64;
        assert_eq!(read(on_disk.clone()), bytes);
        for part in [
            0..1,
            5..9,
            length - 1..length,
            0..length + 9,
            length..length + 1,
        ] {
            let expected = read(in_memory.slice(&part));
            assert_eq!(read(on_disk.slice(&part)), expected, "{part:?}");
        }
        let part_of_part = on_disk.slice(&(10..100)).slice(&(5..7));
        assert_eq!(read(part_of_part), bytes[15..17]);
    }

    #[test]
    fn tags_of_files_and_memory_agree() {
        assert_eq!(
            file(b"abc").etag(&|| true).unwrap(),
            EntityTag::from_content(b"abc")
        );
    }

    #[test]
    fn hashing_stops_when_it_is_interrupted() {
        let pieces = std::cell::Cell::new(0);
        let keep_going = || {
            pieces.set(pieces.get() + 1);
            false
        };
        assert!(file(&vec![0; 4 * PIECE]).etag(&keep_going).is_err());
        assert_eq!(pieces.get(), 1);
    }

    #[test]
    fn reading_a_truncated_file_fails() {
        let mut written = tempfile::tempfile().unwrap();
        written.write_all(b"abcdef").unwrap();
        let file = Pinned::new(written.try_clone().unwrap()).unwrap();
        written.set_len(3).unwrap();
        assert!(OpenFile::new(file, "big", 0..6).read_piece().is_err());
    }

    #[test]
    fn an_open_file_and_its_parts_keep_their_name() {
        let on_disk = Content::File(file(b"content"));
        for content in [on_disk.slice(&(2..4)), on_disk] {
            let Content::File(file) = content else {
                panic!("a part of a file is a file");
            };
            assert_eq!(file.name(), "big");
        }
    }
}
