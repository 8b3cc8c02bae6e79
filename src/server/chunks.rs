//! The end of content in the chunked coding, found byte by byte (RFC 9112, 7.1). Trailers are skipped.

use crate::server::token::is_token;

/// The most digits of a chunk's size, and the most bytes of a message's chunk extensions.
const SIZE_DIGITS: u8 = 16;
const EXTENSION_BYTES: usize = 4096;

/// Follows the chunks of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chunks {
    place: ChunkPlace,
    /// The bytes of extensions so far.
    extensions: usize,
}

/// The end of a message's chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChunksEnd {
    /// The next byte begins another message.
    Whole,
    /// The next byte is not allowed there.
    Malformed,
}

/// The place of the next byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChunkPlace {
    Size {
        digits: u8,
        size: u64,
    },
    /// Blanks after a size, allowed before an extension only.
    Blank {
        size: u64,
    },
    Extension {
        size: u64,
        part: ExtensionPart,
    },
    /// The line feed after a size.
    LineFeed {
        size: u64,
    },
    /// Data with this many bytes left.
    Data(u64),
    /// The carriage return after a chunk's data, then the line feed.
    DataEnd {
        has_return: bool,
    },
    /// The trailer section: at the beginning of a line, or after a carriage return.
    Trailer {
        is_line_start: bool,
        has_return: bool,
    },
    End(ChunksEnd),
}

const CHUNK: ChunkPlace = ChunkPlace::Size { digits: 0, size: 0 };

impl Default for Chunks {
    fn default() -> Self {
        Self {
            place: CHUNK,
            extensions: 0,
        }
    }
}

impl Chunks {
    /// The end, once it has been reached.
    pub(crate) fn end(&self) -> Option<ChunksEnd> {
        match self.place {
            ChunkPlace::End(end) => Some(end),
            _ => None,
        }
    }

    /// Follows bytes of the content up to its end. Returns the number of those that belong to it.
    pub(crate) fn follow(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            if let ChunkPlace::Data(left) = self.place {
                let here = bytes.len() - at;
                let count = usize::try_from(left).map_or(here, |left| left.min(here));
                at += count;
                self.place = match left - count as u64 {
                    0 => ChunkPlace::DataEnd { has_return: false },
                    left => ChunkPlace::Data(left),
                };
                continue;
            }
            match self.next(bytes[at]) {
                Some(next) => self.place = next,
                None => {
                    self.place = ChunkPlace::End(ChunksEnd::Malformed);
                    return at;
                }
            }
            at += 1;
            if self.end().is_some() {
                break;
            }
        }
        at
    }

    /// The place after one byte other than data; `None` for a byte that is not allowed there.
    fn next(&mut self, byte: u8) -> Option<ChunkPlace> {
        match self.place {
            ChunkPlace::Size { digits, size } => match char::from(byte).to_digit(16) {
                Some(digit) if digits < SIZE_DIGITS => Some(ChunkPlace::Size {
                    digits: digits + 1,
                    size: size * 16 + u64::from(digit),
                }),
                None if digits > 0 => match byte {
                    b' ' | b'\t' => Some(ChunkPlace::Blank { size }),
                    b';' => Some(ChunkPlace::Extension {
                        size,
                        part: ExtensionPart::Start,
                    }),
                    b'\r' => Some(ChunkPlace::LineFeed { size }),
                    _ => None,
                },
                _ => None,
            },
            ChunkPlace::Blank { size } => match byte {
                b' ' | b'\t' if self.extends() => Some(ChunkPlace::Blank { size }),
                b';' => Some(ChunkPlace::Extension {
                    size,
                    part: ExtensionPart::Start,
                }),
                _ => None,
            },
            ChunkPlace::Extension { size, part } => match byte {
                b'\r' if part.may_end() => Some(ChunkPlace::LineFeed { size }),
                _ if self.extends() => {
                    let part = part.next(byte);
                    part.map(|part| ChunkPlace::Extension { size, part })
                }
                _ => None,
            },
            ChunkPlace::LineFeed { size } if byte == b'\n' => Some(match size {
                0 => ChunkPlace::Trailer {
                    is_line_start: true,
                    has_return: false,
                },
                size => ChunkPlace::Data(size),
            }),
            ChunkPlace::DataEnd { has_return: false } if byte == b'\r' => {
                Some(ChunkPlace::DataEnd { has_return: true })
            }
            ChunkPlace::DataEnd { has_return: true } if byte == b'\n' => Some(CHUNK),
            ChunkPlace::Trailer {
                is_line_start,
                has_return,
            } => trailer(byte, is_line_start, has_return),
            _ => None,
        }
    }

    /// Counts a byte of an extension; false beyond the limit.
    fn extends(&mut self) -> bool {
        self.extensions += 1;
        self.extensions <= EXTENSION_BYTES
    }
}

/// A part of a chunk extension (RFC 9112, 7.1.1): `; name = value`, the value a token or a quoted string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExtensionPart {
    /// After the semicolon.
    Start,
    Name,
    /// Blanks after a name.
    Named,
    /// After the equals sign.
    Equals,
    Value,
    Quoted,
    /// After a backslash in a quoted string.
    Escaped,
    /// After a quoted string, or blanks after a value.
    Valued,
}

impl ExtensionPart {
    fn next(self, byte: u8) -> Option<Self> {
        let is_blank = matches!(byte, b' ' | b'\t');
        Some(match (self, byte) {
            (Self::Start | Self::Equals, _) if is_blank => self,
            (Self::Name | Self::Named, _) if is_blank => Self::Named,
            (Self::Value | Self::Valued, _) if is_blank => Self::Valued,
            (Self::Start | Self::Name, _) if is_token(byte) => Self::Name,
            (Self::Name | Self::Named, b'=') => Self::Equals,
            (Self::Equals, b'"') => Self::Quoted,
            (Self::Equals | Self::Value, _) if is_token(byte) => Self::Value,
            (Self::Quoted, b'"') => Self::Valued,
            (Self::Quoted, b'\\') => Self::Escaped,
            (Self::Quoted | Self::Escaped, b'\t' | b' '..=b'~' | 0x80..) => Self::Quoted,
            (Self::Name | Self::Named | Self::Value | Self::Valued, b';') => Self::Start,
            _ => return None,
        })
    }

    fn may_end(self) -> bool {
        matches!(self, Self::Name | Self::Value | Self::Valued)
    }
}

/// The next place in a trailer section; none for a byte that is not allowed there.
fn trailer(byte: u8, is_line_start: bool, has_return: bool) -> Option<ChunkPlace> {
    match (byte, has_return) {
        (b'\n', true) if is_line_start => Some(ChunkPlace::End(ChunksEnd::Whole)),
        (b'\n', true) => Some(ChunkPlace::Trailer {
            is_line_start: true,
            has_return: false,
        }),
        (_, true) => None,
        (b'\r', false) => Some(ChunkPlace::Trailer {
            is_line_start,
            has_return: true,
        }),
        (b'\t' | b' '..=b'~' | 0x80.., false) => Some(ChunkPlace::Trailer {
            is_line_start: false,
            has_return: false,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The end of chunks, however they arrive, and the number of bytes up to it.
    fn end(bytes: &[u8]) -> (Option<ChunksEnd>, usize) {
        let ends = [bytes.len(), 1, 2, 7].map(|length| {
            let (mut chunks, mut followed) = (Chunks::default(), 0);
            for piece in bytes.chunks(length) {
                if chunks.end().is_none() {
                    followed += chunks.follow(piece);
                }
            }
            (chunks.end(), followed)
        });
        assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
        ends[0]
    }

    #[test]
    fn chunks_end_after_the_trailer_section() {
        for chunks in [
            "0\r\n\r\n",
            "5\r\nhello\r\n0\r\n\r\n",
            "5;a=b\r\nhel\r\n\r\n00\r\nA: b\r\nC: d\r\n\r\n",
        ] {
            let next = "GET / HTTP/1.1\r\n\r\n";
            let (ended, length) = end(format!("{chunks}{next}").as_bytes());
            assert_eq!((ended, length), (Some(ChunksEnd::Whole), chunks.len()));
        }
    }

    #[test]
    fn content_ends_at_a_fault_in_its_chunks() {
        for chunks in [
            "5 \r\nhello\r\n0\r\n\r\n",
            " 5\r\nhello\r\n0\r\n\r\n",
            "+5\r\nhello\r\n0\r\n\r\n",
            "0x5\r\nhello\r\n0\r\n\r\n",
            "5_0\r\nhello\r\n0\r\n\r\n",
            "\r\nhello\r\n0\r\n\r\n",
            "5\nhello\r\n0\r\n\r\n",
            "5\rhello\r\n0\r\n\r\n",
            "11111111111111111\r\n",
            "5;\r\nhello\r\n0\r\n\r\n",
            "5;a=\r\nhello\r\n0\r\n\r\n",
            "5;=a\r\nhello\r\n0\r\n\r\n",
            "5;a=\"b\r\nhello\r\n0\r\n\r\n",
            "5;a\u{1}\r\nhello\r\n0\r\n\r\n",
            "5;a\nhello\r\n0\r\n\r\n",
            "5\r\nhelloworld\r\n0\r\n\r\n",
            "5\r\nhello\n0\r\n\r\n",
            "0\r\nA: b\n\r\n",
            "0\r\nA: \u{1}\r\n\r\n",
            "0\r\n\n",
        ] {
            let (ended, _) = end(chunks.as_bytes());
            assert_eq!(ended, Some(ChunksEnd::Malformed), "{chunks:?}");
        }
        let long = format!("5;{}\r\n", "a".repeat(EXTENSION_BYTES + 1));
        assert_eq!(end(long.as_bytes()).0, Some(ChunksEnd::Malformed));
    }
}
