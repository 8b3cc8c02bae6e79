//! Reading content as a stream.

use std::io::{self, Read};

use bytes::{Buf, Bytes};

use crate::site::content::Content;

/// Reads content from beginning to end, from memory or disk.
pub(crate) struct ContentReader {
    rest: Content,
    piece: Bytes,
}

impl ContentReader {
    pub(crate) fn new(content: &Content) -> Self {
        Self {
            rest: content.clone(),
            piece: Bytes::new(),
        }
    }
}

impl Read for ContentReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            self.piece = match &mut self.rest {
                Content::Memory(bytes) => std::mem::take(bytes),
                Content::File(file) => file.read_piece()?.unwrap_or_default(),
            };
        }
        let length = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}
