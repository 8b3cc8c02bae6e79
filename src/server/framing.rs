//! A strict check of the framing of requests, on the bytes below hyper.
//!
//! hyper drops a `Content-Length` beside `Transfer-Encoding`, the fragment of a target and the bounds of chunk extensions
//! before a service can judge them, and refuses versions and lengths that HTTP has other answers for. This check follows
//! only where messages begin and end. A fault is passed on as a byte that hyper itself refuses, so that one parser
//! decides.

use memchr::memchr;

/// A byte that is allowed nowhere in a head or a trailer section.
const INVALID: u8 = 0;

/// A byte that hyper refuses in a chunk extension; it lets control characters pass there.
const INVALID_IN_CHUNK_LINE: u8 = b'\n';

/// The longest method passed on: long enough to be unknown, so that it is answered with 501.
const METHOD_BYTES: usize = 64;

/// The bytes of a field kept when a read ends within it: a name and a length.
const FIELD_BYTES: usize = 80;

/// The most digits of a chunk's size, and the most bytes of a message's chunk extensions.
const SIZE_DIGITS: u8 = 16;
const EXTENSION_BYTES: usize = 4096;

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
    place: Place,
    /// The most bytes of a target and of a whole head that are passed on.
    limits: FramingLimits,
    /// The bytes of the head passed on so far.
    head: usize,
    /// The beginning of a field whose end has not been read.
    field: Vec<u8>,
    content_length: Option<u64>,
    is_chunked: bool,
    extensions: usize,
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
enum Place {
    /// Before or in a request line, with the number of bytes of the current token and of a version's beginning.
    RequestLine {
        is_target: bool,
        token: usize,
        version: usize,
    },
    Fields,
    /// In a head that is too large: it is ended with this many line feeds, and nothing more is passed on.
    Excess {
        line_feeds: u8,
    },
    /// Content with this many bytes left.
    Content(u64),
    ChunkSize {
        digits: u8,
        size: u64,
    },
    /// Blanks after a size, allowed before an extension only.
    ChunkBlank {
        size: u64,
    },
    ChunkExtension {
        size: u64,
    },
    /// The line feed after a size.
    ChunkLineFeed {
        size: u64,
    },
    ChunkData(u64),
    /// The carriage return after a chunk's data, then the line feed.
    ChunkEnd {
        has_return: bool,
    },
    /// The trailer section: at the beginning of a line, or after a carriage return.
    Trailer {
        is_line_start: bool,
        has_return: bool,
    },
    /// After a fault; hyper closes the connection.
    Broken,
}

const REQUEST_LINE: Place = Place::RequestLine {
    is_target: false,
    token: 0,
    version: 0,
};

const CHUNK: Place = Place::ChunkSize { digits: 0, size: 0 };

/// The bytes of one read: those already looked at and kept come first.
struct Bytes<'a> {
    bytes: &'a mut [u8],
    /// The next byte to look at.
    next: usize,
    /// The end of the bytes to pass on.
    kept: usize,
}

impl Bytes<'_> {
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
            extensions: 0,
            heads: 0,
            too_large: None,
        }
    }

    /// The number, from 0, of the request whose head was too large. Its fields are not whole.
    pub(crate) fn too_large(&self) -> Option<u64> {
        self.too_large
    }

    /// Checks bytes that were just read. Returns the number of bytes to pass on, at the beginning of the slice.
    pub(crate) fn check(&mut self, bytes: &mut [u8]) -> usize {
        let mut bytes = Bytes {
            bytes,
            next: 0,
            kept: 0,
        };
        while bytes.next < bytes.bytes.len() {
            match self.place {
                Place::RequestLine { .. } => self.request_line(&mut bytes),
                Place::Fields => self.field(&mut bytes),
                Place::Excess { line_feeds: 0 } => bytes.next = bytes.bytes.len(),
                Place::Excess { line_feeds } => {
                    bytes.replace(b'\n');
                    self.place = Place::Excess {
                        line_feeds: line_feeds - 1,
                    };
                }
                Place::Content(left) => {
                    let (count, left) = skip(left, &bytes);
                    bytes.keep(count);
                    self.place = if left == 0 {
                        REQUEST_LINE
                    } else {
                        Place::Content(left)
                    };
                }
                Place::ChunkData(left) => {
                    let (count, left) = skip(left, &bytes);
                    bytes.keep(count);
                    self.place = match left {
                        0 => Place::ChunkEnd { has_return: false },
                        left => Place::ChunkData(left),
                    };
                }
                Place::Broken => bytes.keep(bytes.rest().len()),
                _ => self.chunk_byte(&mut bytes),
            }
        }
        bytes.kept
    }

    /// A request line: nearly always whole in one read and as hyper wants it.
    fn request_line(&mut self, bytes: &mut Bytes<'_>) {
        let rest = bytes.rest();
        if let Place::RequestLine {
            token: 0,
            is_target: false,
            ..
        } = self.place
            && let Some(end) = memchr(b'\n', rest)
            && is_usual_line(&rest[..end], self.limits.target)
        {
            bytes.keep(end + 1);
            self.head = end + 1;
            self.place = Place::Fields;
            return;
        }
        self.request_line_byte(bytes);
    }

    fn request_line_byte(&mut self, bytes: &mut Bytes<'_>) {
        let Place::RequestLine {
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
                    Place::Fields
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
                self.place = Place::Broken;
                bytes.replace(INVALID);
                return;
            }
            // RFC 9110, 2.5: a higher minor version of the same major version is processed as the highest known.
            b'2'..=b'9' if is_minor => bytes.replace(b'1'),
            _ if token
                > if is_target {
                    self.limits.target + 1
                } else {
                    METHOD_BYTES
                } =>
            {
                bytes.next += 1;
            }
            _ => bytes.keep(1),
        }
        self.head = bytes.kept;
        self.place = Place::RequestLine {
            is_target,
            token,
            version,
        };
    }

    /// One field, or as much of it as was read.
    fn field(&mut self, bytes: &mut Bytes<'_>) {
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
            Some(_) if self.field.is_empty() => Field::read(line),
            _ => {
                self.field.extend_from_slice(&line[..line.len().min(room)]);
                match end {
                    Some(_) => Field::read(&std::mem::take(&mut self.field)),
                    None => Field::Other,
                }
            }
        };
        match meaning {
            Field::Other => {}
            Field::End => self.end_head(),
            Field::Length(length) => self.content_length = Some(length),
            Field::Coding => self.is_chunked = true,
            Field::Malformed => self.place = Place::Broken,
        }
        if self.content_length.is_some() && self.is_chunked {
            self.place = Place::Broken;
        }
        if self.place == Place::Broken {
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
            let line_feeds = if self.field.is_empty() { 1 } else { 2 };
            self.place = Place::Excess { line_feeds };
        }
        exceeds
    }

    fn end_head(&mut self) {
        self.heads += 1;
        self.head = 0;
        self.extensions = 0;
        self.place = match (self.is_chunked, self.content_length) {
            (true, _) => CHUNK,
            (false, Some(length)) if length > 0 => Place::Content(length),
            _ => REQUEST_LINE,
        };
        self.is_chunked = false;
        self.content_length = None;
    }

    /// One byte of the chunked coding other than data (RFC 9112, 7.1).
    fn chunk_byte(&mut self, bytes: &mut Bytes<'_>) {
        let byte = bytes.rest()[0];
        let next = match self.place {
            Place::ChunkSize { digits, size } => match char::from(byte).to_digit(16) {
                Some(digit) if digits < SIZE_DIGITS => Some(Place::ChunkSize {
                    digits: digits + 1,
                    size: size * 16 + u64::from(digit),
                }),
                None if digits > 0 => match byte {
                    b' ' | b'\t' => Some(Place::ChunkBlank { size }),
                    b';' => Some(Place::ChunkExtension { size }),
                    b'\r' => Some(Place::ChunkLineFeed { size }),
                    _ => None,
                },
                _ => None,
            },
            Place::ChunkBlank { size } => match byte {
                b' ' | b'\t' => self.extension(size).map(|_| Place::ChunkBlank { size }),
                b';' => Some(Place::ChunkExtension { size }),
                _ => None,
            },
            Place::ChunkExtension { size } => match byte {
                b'\r' => Some(Place::ChunkLineFeed { size }),
                b'\t' | b' '..=b'~' | 0x80.. => self.extension(size),
                _ => None,
            },
            Place::ChunkLineFeed { size } if byte == b'\n' => Some(match size {
                0 => Place::Trailer {
                    is_line_start: true,
                    has_return: false,
                },
                size => Place::ChunkData(size),
            }),
            Place::ChunkEnd { has_return: false } if byte == b'\r' => {
                Some(Place::ChunkEnd { has_return: true })
            }
            Place::ChunkEnd { has_return: true } if byte == b'\n' => Some(CHUNK),
            Place::Trailer {
                is_line_start,
                has_return,
            } => trailer(byte, is_line_start, has_return),
            _ => None,
        };
        match (next, self.place) {
            (Some(next), _) => {
                self.place = next;
                bytes.keep(1);
            }
            (None, Place::Trailer { .. }) => {
                self.place = Place::Broken;
                bytes.replace(INVALID);
            }
            // hyper takes a line feed here, and nothing else.
            (None, Place::ChunkLineFeed { .. } | Place::ChunkEnd { .. }) => {
                self.place = Place::Broken;
                bytes.keep(1);
            }
            (None, _) => {
                self.place = Place::Broken;
                bytes.replace(INVALID_IN_CHUNK_LINE);
            }
        }
    }

    fn extension(&mut self, size: u64) -> Option<Place> {
        self.extensions += 1;
        (self.extensions <= EXTENSION_BYTES).then_some(Place::ChunkExtension { size })
    }
}

/// The number of bytes to skip of those left of some content, and the number left then.
fn skip(left: u64, bytes: &Bytes<'_>) -> (usize, u64) {
    let here = bytes.rest().len();
    let count = usize::try_from(left).map_or(here, |left| left.min(here));
    (count, left - count as u64)
}

/// The next place in a trailer section; none for a byte that may not stand there.
fn trailer(byte: u8, is_line_start: bool, has_return: bool) -> Option<Place> {
    match (byte, has_return) {
        (b'\n', true) if is_line_start => Some(REQUEST_LINE),
        (b'\n', true) => Some(Place::Trailer {
            is_line_start: true,
            has_return: false,
        }),
        (_, true) => None,
        (b'\r', false) => Some(Place::Trailer {
            is_line_start,
            has_return: true,
        }),
        (b'\t' | b' '..=b'~' | 0x80.., false) => Some(Place::Trailer {
            is_line_start: false,
            has_return: false,
        }),
        _ => None,
    }
}

/// True for a request line of HTTP/1.1, without its line feed, in which nothing needs a second look.
fn is_usual_line(line: &[u8], target: usize) -> bool {
    line.len() <= target
        && line.ends_with(HTTP_1_1)
        && line.is_ascii()
        && memchr(b'#', line).is_none()
        && memchr(b' ', line).is_some_and(|method| method <= METHOD_BYTES)
}

/// The meaning of a line of a head for the framing.
enum Field {
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

impl Field {
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
    let (head, rest) = line.split_at_checked(name.len()).unwrap_or_default();
    head.eq_ignore_ascii_case(name.as_bytes()) && rest.first() == Some(&b':')
}
