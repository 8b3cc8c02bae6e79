//! A strict check of the framing of requests, on the bytes below hyper.
//!
//! hyper drops a `Content-Length` beside `Transfer-Encoding`, the fragment of a target and the bounds of chunk extensions
//! before a service can judge them, and refuses versions and lengths that HTTP has other answers for. This check follows
//! only where messages begin and end. A fault in a head is passed on as a byte that hyper itself refuses, and content ends
//! at a fault, so that one parser decides.

use memchr::memchr;

use crate::server::chunks::{Chunks, ChunksEnd};
use crate::server::token::is_token;

/// A byte that is allowed nowhere in a head.
const INVALID: u8 = 0;

/// The longest method passed on: long enough to be unknown, so that it is answered with 501.
const METHOD_BYTES: usize = 64;

/// The bytes of a field kept when a read ends within it: a name and a length.
const FIELD_BYTES: usize = 80;

/// The end of the request lines that hyper knows.
const HTTP_1_1: &[u8] = b" HTTP/1.1\r";

const LENGTH: &str = "content-length";
const CODING: &str = "transfer-encoding";

/// Before the digit of a minor version.
const VERSION: &[u8] = b" HTTP/1.";

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
    /// Before or in a request line, with the number of bytes of the current token and of a version's beginning.
    RequestLine {
        is_target: bool,
        token: usize,
        version: usize,
    },
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

const REQUEST_LINE: FramePlace = FramePlace::RequestLine {
    is_target: false,
    token: 0,
    version: 0,
};

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
            place: REQUEST_LINE,
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

    /// Checks bytes that were just read. Returns the number of bytes to pass on, at the beginning of the slice.
    pub(crate) fn check(&mut self, bytes: &mut [u8]) -> usize {
        let mut bytes = ReadBytes {
            bytes,
            next: 0,
            kept: 0,
        };
        while bytes.next < bytes.bytes.len() {
            match self.place {
                FramePlace::RequestLine { .. } => self.request_line(&mut bytes),
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
                        REQUEST_LINE
                    } else {
                        FramePlace::Content(left)
                    };
                }
                FramePlace::Chunks(mut chunks) => {
                    bytes.keep(chunks.follow(bytes.rest()));
                    self.place = match chunks.end() {
                        None => FramePlace::Chunks(chunks),
                        Some(ChunksEnd::Whole) => REQUEST_LINE,
                        Some(ChunksEnd::Malformed) => FramePlace::Ended,
                    };
                }
                FramePlace::Broken => bytes.keep(bytes.rest().len()),
            }
        }
        bytes.kept
    }

    /// A request line, or the whole head: nearly always in one read, as hyper wants it, and without content.
    fn request_line(&mut self, bytes: &mut ReadBytes<'_>) {
        let is_start = matches!(
            self.place,
            FramePlace::RequestLine {
                token: 0,
                is_target: false,
                ..
            }
        );
        // Only at the start: the rest is looked at once, not once a byte.
        let line = is_start
            .then(|| usual_line(bytes.rest(), self.limits.target))
            .flatten();
        match line {
            Some(line) => match plain_head(bytes.rest(), line) {
                Some(head) if head <= self.limits.head => {
                    self.heads += 1;
                    self.head = 0;
                    self.place = REQUEST_LINE;
                    bytes.keep(head);
                }
                _ => {
                    self.head = line;
                    self.place = FramePlace::Fields;
                    bytes.keep(line);
                }
            },
            None => {
                let before = bytes.kept;
                self.request_line_byte(bytes);
                self.head += bytes.kept - before;
            }
        }
    }

    fn request_line_byte(&mut self, bytes: &mut ReadBytes<'_>) {
        let FramePlace::RequestLine {
            mut is_target,
            mut token,
            mut version,
        } = self.place
        else {
            return;
        };
        let byte = bytes.rest()[0];
        let is_minor = version == VERSION.len();
        version = match byte {
            byte if !is_minor && byte == VERSION[version] => version + 1,
            b' ' => 1,
            _ => 0,
        };
        token += 1;
        match byte {
            b'\n' => {
                // Empty lines before a request line are ignored (RFC 9112, 2.2).
                self.place = if token > 2 || is_target {
                    FramePlace::Fields
                } else {
                    REQUEST_LINE
                };
                bytes.keep(1);
                return;
            }
            b' ' => {
                is_target = true;
                token = 0;
                bytes.keep(1);
            }
            b'#' | 0x80.. => {
                self.place = FramePlace::Broken;
                bytes.replace(INVALID);
                return;
            }
            // RFC 9110, 2.5: a higher minor version of the same major version is processed as the highest known.
            b'2'..=b'9' if is_minor => bytes.replace(b'1'),
            // What a method or target may not hold is passed on at any length, and refused.
            _ if !is_target && token > METHOD_BYTES && is_token(byte) => bytes.next += 1,
            _ if is_target && token > self.limits.target + 1 && byte.is_ascii_graphic() => {
                bytes.next += 1;
            }
            _ => bytes.keep(1),
        }
        self.place = FramePlace::RequestLine {
            is_target,
            token,
            version,
        };
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
            _ => REQUEST_LINE,
        };
        self.is_chunked = false;
        self.content_length = None;
    }
}

/// The length of the request line of HTTP/1.1 at the beginning, if nothing in it needs a second look.
fn usual_line(bytes: &[u8], target: usize) -> Option<usize> {
    let end = memchr(b'\n', bytes)?;
    let line = &bytes[..end];
    // Without a branch for each byte, so that the compiler takes many at once.
    let is_refused = |byte: u8| (byte == b'#') | !byte.is_ascii();
    let has_refused = line.iter().fold(false, |has, &byte| has | is_refused(byte));
    let is_usual = line.len() <= target
        && line.ends_with(HTTP_1_1)
        && !has_refused
        && (line.starts_with(b"GET ")
            || line.iter().take(METHOD_BYTES + 1).any(|&byte| byte == b' '));
    is_usual.then_some(end + 1)
}

/// The length of a head whose first line is this long, if it is whole and says nothing of content.
fn plain_head(bytes: &[u8], line: usize) -> Option<usize> {
    let mut at = line;
    loop {
        let rest = &bytes[at..];
        match rest {
            [b'\r', b'\n', ..] => return Some(at + 2),
            [b'\n', ..] => return Some(at + 1),
            [b'c' | b'C', ..] if has_name(rest, LENGTH) => return None,
            [b't' | b'T', ..] if has_name(rest, CODING) => return None,
            _ => at += memchr(b'\n', rest)? + 1,
        }
    }
}

/// The meaning of a line of a head for the framing.
enum FramingField {
    Other,
    /// The empty line that ends a head.
    End,
    /// `Content-Length`. hyper refuses a value that is no number.
    Length(u64),
    /// `Transfer-Encoding`. hyper refuses one that does not end in `chunked`.
    Coding,
    /// A framing field longer than any that is well-formed.
    Malformed,
}

impl FramingField {
    /// Reads a line without its line feed.
    fn read(line: &[u8]) -> Self {
        let is_framing = match line {
            [] | [b'\r'] => return Self::End,
            [b'c' | b'C', ..] => has_name(line, LENGTH),
            [b't' | b'T', ..] => has_name(line, CODING),
            _ => false,
        };
        match line {
            _ if !is_framing => Self::Other,
            line if line.len() >= FIELD_BYTES => Self::Malformed,
            [b't' | b'T', ..] => Self::Coding,
            line => {
                let value = std::str::from_utf8(&line[LENGTH.len() + 1..]).unwrap_or_default();
                Self::Length(value.trim().parse().unwrap_or_default())
            }
        }
    }
}

fn has_name(line: &[u8], name: &str) -> bool {
    line.get(name.len()) == Some(&b':') && line[..name.len()].eq_ignore_ascii_case(name.as_bytes())
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
            REQUEST_LINE => "next",
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
    fn a_head_is_plain_up_to_its_empty_line_unless_a_field_frames_content() {
        let browser =
            "Host: x\r\nCookie: a\r\nConnection: close\r\nTE: trailers\r\nSec-Fetch-Mode: cors\r\n";
        for (fields, next, is_plain) in [
            ("", "", true),
            ("A: b\r\n", "", true),
            ("Host: example.org\r\n", "", true),
            (browser, "", true),
            (browser, "GET / HTTP/1.1\r\n\r\n", true),
            (browser, "\r\n\r\n", true),
            ("Host: x\r\nContent-Length: 0\r\n", "", false),
            ("Host: x\r\ncontent-length:1\r\n", "", false),
            ("cOntent-length:1\r\nHost: x\r\n", "", false),
            ("Content-Length:\r\n", "", false),
            ("transfer-encoding: x\r\nHost: example.org\r\n", "", false),
            ("Host: x\r\nTransfer-Encoding:x\r\n", "", false),
            ("Transfer-Encoding:\n", "", false),
            (
                &format!("{browser}Content-Length: 1\r\n{browser}"),
                "",
                false,
            ),
            (
                &format!("{browser}Transfer-Encoding: a\r\n{browser}"),
                "",
                false,
            ),
        ] {
            let line = "GET / HTTP/1.1\r\n";
            let head = format!("{line}{fields}\r\n");
            let length = plain_head(format!("{head}{next}").as_bytes(), line.len());
            assert_eq!(
                length,
                is_plain.then_some(head.len()),
                "{fields:?} {next:?}"
            );
        }
    }

    #[test]
    fn a_higher_minor_version_is_passed_on_as_1_1() {
        for (line, expected) in [
            ("GET / HTTP/1.2", "GET / HTTP/1.1"),
            ("GET / HTTP/1.9", "GET / HTTP/1.1"),
            ("GET / HTTP/1.0", "GET / HTTP/1.0"),
            ("GET /HTTP/1.2 HTTP/1.1", "GET /HTTP/1.2 HTTP/1.1"),
            ("GET / HTTP/2.2", "GET / HTTP/2.2"),
        ] {
            let passed = state(&format!("{line}\r\n\r\n"));
            assert_eq!(passed, (format!("{expected}\r\n\r\n"), "next"));
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
    fn what_is_too_long_is_cut_to_one_byte_beyond_the_limit() {
        let target = "a".repeat(1000);
        let (passed, place) = state(&format!("GET /{target} HTTP/1.1\r\n\r\n"));
        assert_eq!(place, "next");
        assert_eq!(passed.find(" HTTP"), Some("GET ".len() + LIMITS.target + 1));
        let (passed, _) = state(&format!("{target} / HTTP/1.1\r\n\r\n"));
        assert_eq!(passed.find(' '), Some(METHOD_BYTES));
        for fault in ["\0", "\r", "(", "\u{7f}"] {
            let (passed, _) = state(&format!("{target}{fault}a / HTTP/1.1\r\n\r\n"));
            assert_eq!(passed.find(fault), Some(METHOD_BYTES), "{passed:?}");
        }
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
}
