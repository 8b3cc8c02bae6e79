//! A strict check of the framing of requests, on the bytes below hyper.
//!
//! Before a service can check them, hyper drops a `Content-Length` beside `Transfer-Encoding`, the fragment of a target
//! and the bounds of chunk extensions, and refuses versions and lengths that HTTP has other answers for. This check
//! follows only where messages begin and end. A fault in a head is passed on as a byte that hyper itself refuses, and
//! content ends at a fault, so that one parser decides.

use memchr::memchr;

use crate::server::chunks::{Chunks, ChunksEnd};
use crate::server::framing_field::{FIELD_BYTES, FramingField};
use crate::server::plain_head::plain_head;
use crate::server::request_line::{LineByte, RequestLine};

/// A byte that is allowed nowhere in a head.
const INVALID: u8 = 0;

/// Marks a request whose head exceeded the limit and was cut short.
#[derive(Clone, Copy, Debug)]
pub struct HeadTooLarge;

/// Follows the framing of a connection's requests.
#[derive(Debug)]
pub(crate) struct Framing {
    place: FramePlace,
    /// The most bytes of a target and of a whole head that are passed on.
    limits: FramingLimits,
    /// The bytes of the head passed on so far.
    head: usize,
    /// The beginning of a field whose end has not been read.
    field: Vec<u8>,
    content_length: Option<u64>,
    is_chunked: bool,
    /// The number of heads that ended.
    heads: u64,
    /// The number of the head that was too large.
    too_large: Option<u64>,
}

/// The limits that framing knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FramingLimits {
    pub(crate) target: usize,
    pub(crate) head: usize,
}

/// The place of the next byte in its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FramePlace {
    /// Before or in a request line.
    RequestLine(RequestLine),
    Fields,
    /// In a head that is too large: it is ended with these bytes, and nothing more is passed on.
    Excess {
        end: &'static [u8],
    },
    /// Content with this many bytes left.
    Content(u64),
    /// Content in the chunked coding.
    Chunks(Chunks),
    /// After a fault in a head, which hyper refuses.
    Broken,
    /// After a fault in content: the stream ends, so that the content is incomplete.
    Ended,
}

impl Default for FramePlace {
    fn default() -> Self {
        Self::RequestLine(RequestLine::default())
    }
}

/// The bytes of one read: those already looked at and kept come first.
struct ReadBytes<'a> {
    bytes: &'a mut [u8],
    /// The next byte to look at.
    next: usize,
    /// The end of the bytes to pass on.
    kept: usize,
}

impl ReadBytes<'_> {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.next..]
    }

    /// Passes on this many bytes as they are.
    fn keep(&mut self, count: usize) {
        if self.kept != self.next {
            self.bytes
                .copy_within(self.next..self.next + count, self.kept);
        }
        self.next += count;
        self.kept += count;
    }

    /// Passes on another byte in place of the next one.
    fn replace(&mut self, byte: u8) {
        self.bytes[self.kept] = byte;
        self.next += 1;
        self.kept += 1;
    }
}

impl Framing {
    pub(crate) fn new(limits: FramingLimits) -> Self {
        Self {
            place: FramePlace::default(),
            limits,
            head: 0,
            field: Vec::new(),
            content_length: None,
            is_chunked: false,
            heads: 0,
            too_large: None,
        }
    }

    /// The number, from 0, of the request whose head was too large. Its fields are not whole.
    pub(crate) fn too_large(&self) -> Option<u64> {
        self.too_large
    }

    /// True if nothing more is to be read: content was malformed.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.place, FramePlace::Ended)
    }

    /// True if the next byte begins a request, and nothing of one has been passed on.
    pub(crate) fn is_between_requests(&self) -> bool {
        self.place == FramePlace::default()
    }

    /// Checks bytes that were just read. Returns the number of bytes to pass on, at the beginning of the slice.
    pub(crate) fn check(&mut self, bytes: &mut [u8]) -> usize {
        let mut bytes = ReadBytes {
            bytes,
            next: 0,
            kept: 0,
        };
        while bytes.next < bytes.bytes.len() {
            match self.place {
                FramePlace::RequestLine(line) => self.request_line(line, &mut bytes),
                FramePlace::Fields => self.field(&mut bytes),
                FramePlace::Excess { end: [] } | FramePlace::Ended => {
                    bytes.next = bytes.bytes.len()
                }
                FramePlace::Excess {
                    end: [byte, end @ ..],
                } => {
                    bytes.replace(*byte);
                    self.place = FramePlace::Excess { end };
                }
                FramePlace::Content(left) => {
                    let here = bytes.rest().len();
                    let count = usize::try_from(left).map_or(here, |left| left.min(here));
                    let left = left - count as u64;
                    bytes.keep(count);
                    self.place = if left == 0 {
                        FramePlace::default()
                    } else {
                        FramePlace::Content(left)
                    };
                }
                FramePlace::Chunks(mut chunks) => {
                    bytes.keep(chunks.follow(bytes.rest()));
                    self.place = match chunks.end() {
                        None => FramePlace::Chunks(chunks),
                        Some(ChunksEnd::Whole) => FramePlace::default(),
                        Some(ChunksEnd::Malformed) => FramePlace::Ended,
                    };
                }
                FramePlace::Broken => bytes.keep(bytes.rest().len()),
            }
        }
        bytes.kept
    }

    /// A byte of a request line, or the whole head: nearly always in one read, as hyper wants it, and without content.
    fn request_line(&mut self, mut line: RequestLine, bytes: &mut ReadBytes<'_>) {
        // Only at the start: the rest is looked at once, not once a byte.
        let head = match line.is_start() {
            true => plain_head(bytes.rest(), self.limits.target),
            false => None,
        };
        if let Some(head) = head.filter(|&head| head <= self.limits.head) {
            self.heads += 1;
            self.head = 0;
            bytes.keep(head);
            return;
        }
        let before = bytes.kept;
        let effect = line.follow(bytes.rest()[0], self.limits.target);
        self.place = FramePlace::RequestLine(line);
        match effect {
            LineByte::PassedOn => bytes.keep(1),
            LineByte::Replaced(byte) => bytes.replace(byte),
            LineByte::Dropped => bytes.next += 1,
            LineByte::Invalid => {
                bytes.replace(INVALID);
                self.place = FramePlace::Broken;
            }
            LineByte::End => {
                bytes.keep(1);
                self.place = FramePlace::Fields;
            }
        }
        self.head += bytes.kept - before;
    }

    /// One field, or as much of it as was read.
    fn field(&mut self, bytes: &mut ReadBytes<'_>) {
        let rest = bytes.rest();
        let end = memchr(b'\n', rest);
        let count = end.map_or(rest.len(), |end| end + 1);
        if self.exceeds(count) {
            return;
        }
        self.head += count;
        let line = &rest[..end.unwrap_or(count)];
        let room = FIELD_BYTES.saturating_sub(self.field.len());
        let meaning = match end {
            Some(_) if self.field.is_empty() => FramingField::read(line),
            _ => {
                self.field.extend_from_slice(&line[..line.len().min(room)]);
                match end {
                    Some(_) => FramingField::read(&std::mem::take(&mut self.field)),
                    None => FramingField::Other,
                }
            }
        };
        match meaning {
            FramingField::Other => {}
            FramingField::End => self.end_head(),
            FramingField::Length(length) => self.content_length = Some(length),
            FramingField::Coding => self.is_chunked = true,
            FramingField::Malformed => self.place = FramePlace::Broken,
        }
        if self.content_length.is_some() && self.is_chunked {
            self.place = FramePlace::Broken;
        }
        if self.place == FramePlace::Broken {
            bytes.keep(count - 1);
            bytes.replace(INVALID);
        } else {
            bytes.keep(count);
        }
    }

    /// Ends a head of which these bytes would be too many: the field under way, if any, and then the head.
    fn exceeds(&mut self, count: usize) -> bool {
        let exceeds = self.head + count > self.limits.head;
        if exceeds {
            self.too_large = Some(self.heads);
            let end: &[u8] = match self.field.as_slice() {
                [] => b"\n",
                field if field.contains(&b':') => b"\n\n",
                _ => b":\n\n",
            };
            self.place = FramePlace::Excess { end };
        }
        exceeds
    }

    fn end_head(&mut self) {
        self.heads += 1;
        self.head = 0;
        self.place = match (self.is_chunked, self.content_length) {
            (true, _) => FramePlace::Chunks(Chunks::default()),
            (false, Some(length)) if length > 0 => FramePlace::Content(length),
            _ => FramePlace::default(),
        };
        self.is_chunked = false;
        self.content_length = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: FramingLimits = FramingLimits {
        target: 100,
        head: 400,
    };

    /// Passes bytes through in pieces of this length; returns those passed on and the check.
    fn pass(bytes: &str, piece: usize) -> (String, Framing) {
        let mut framing = Framing::new(LIMITS);
        let mut passed = Vec::new();
        for piece in bytes.as_bytes().chunks(piece) {
            let mut piece = piece.to_vec();
            let kept = framing.check(&mut piece);
            passed.extend_from_slice(&piece[..kept]);
        }
        (String::from_utf8_lossy(&passed).into_owned(), framing)
    }

    /// The state after some bytes, however they arrive.
    fn state(bytes: &str) -> (String, &'static str) {
        let whole = pass(bytes, bytes.len());
        for piece in [1, 2, 7] {
            let (passed, framing) = pass(bytes, piece);
            assert_eq!(passed, whole.0, "{bytes:?} in pieces of {piece}");
            assert_eq!(
                framing.place, whole.1.place,
                "{bytes:?} in pieces of {piece}"
            );
        }
        let state = match whole.1.place {
            place if place == FramePlace::default() => "next",
            FramePlace::Broken => "broken",
            FramePlace::Ended => "ended",
            FramePlace::Excess { .. } => "too large",
            _ => "within",
        };
        (whole.0, state)
    }

    #[test]
    fn what_is_well_formed_passes_unchanged() {
        for bytes in [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "\r\nGET / HTTP/1.1\nHost: x\n\nGET / HTTP/1.0\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n\r\n#\r\nGET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-ENCODING: chunked\r\n\r\n3\r\na\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n00aF ;a=b;c=\"\\\"d\" ; e\r\n\
             aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
             aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\
             0\r\nTrailer: a\r\n\r\n",
        ] {
            assert_eq!(state(bytes), (bytes.to_owned(), "next"));
        }
    }

    #[test]
    fn a_fault_in_a_head_becomes_a_byte_that_is_refused() {
        for head in [
            "GET /#a HTTP/1.1\r\n",
            "GET /\u{e9} HTTP/1.1\r\n",
            "GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
        ] {
            let (passed, place) = state(head);
            assert_eq!(place, "broken", "{head}");
            assert!(passed.contains('\0'), "{passed:?}");
        }
    }

    #[test]
    fn content_ends_at_a_fault_in_its_chunks() {
        let (passed, place) =
            state("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n");
        assert_eq!(place, "ended");
        assert!(passed.ends_with("\r\n1\r\na"), "{passed:?}");
    }

    #[test]
    fn only_bytes_of_the_head_count_towards_its_limit() {
        let content = "a".repeat(LIMITS.head + 1);
        let length = content.len();
        for before in [
            format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{content}"),
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20),
            "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(200),
        ] {
            let bytes = format!("{before}GET / HTTP/1.0\r\nHost: x\r\n\r\n");
            assert_eq!(state(&bytes), (bytes.clone(), "next"));
        }
    }

    #[test]
    fn a_head_that_is_too_large_ends_within_the_limit() {
        let long = "a".repeat(1000);
        for (fields, end) in [
            (format!("A: b\r\nCookie: {long}\r\n\r\n"), "\n\n"),
            (format!("{long}: b\r\n\r\n"), ":\n\n"),
            ("A: b\r\n".repeat(100) + "\r\n", "\n"),
        ] {
            let (passed, framing) = pass(&format!("GET / HTTP/1.1\r\n{fields}"), 50);
            assert_eq!(framing.too_large(), Some(0));
            assert!(passed.ends_with(end), "{passed:?}");
            assert!(passed.len() <= LIMITS.head + 3, "{}", passed.len());
        }
    }

    #[test]
    fn after_a_target_that_is_cut_the_rest_passes_unchanged() {
        let target = |length| "a".repeat(length);
        let rest = " HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n";
        let next = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
        let sent = format!("GET {}{rest}{next}", target(LIMITS.target + 50));
        let passed = format!("GET {}{rest}{next}", target(LIMITS.target + 1));
        assert_eq!(state(&sent), (passed, "next"));
    }
}
