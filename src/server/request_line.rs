//! A request line, or the empty lines before it, byte by byte.

use crate::server::token::is_token;

/// The longest method passed on: long enough to be unknown, so that it is answered with 501.
pub(crate) const METHOD_BYTES: usize = 64;

/// Before the digit of a minor version.
const VERSION: &[u8] = b" HTTP/1.";

/// The place of the next byte in a request line, or before one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RequestLine {
    is_target: bool,
    /// The bytes of the current token, and those of a version's beginning.
    token: usize,
    version: usize,
}

/// The effect of a byte of a request line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineByte {
    PassedOn,
    Replaced(u8),
    Dropped,
    /// It may not stand there, and hyper would not notice.
    Invalid,
    /// The line feed that ends the line.
    End,
}

impl RequestLine {
    /// True if no byte of the line has been read.
    pub(crate) fn is_start(self) -> bool {
        self.token == 0 && !self.is_target
    }

    /// Follows one byte, in a line whose target has at most so many bytes.
    pub(crate) fn follow(&mut self, byte: u8, target: usize) -> LineByte {
        let is_minor = self.version == VERSION.len();
        self.version = match byte {
            byte if !is_minor && byte == VERSION[self.version] => self.version + 1,
            b' ' => 1,
            _ => 0,
        };
        self.token += 1;
        match byte {
            b'\n' if self.is_target || self.token > 2 => LineByte::End,
            // Empty lines before a request line are ignored (RFC 9112, 2.2).
            b'\n' => {
                *self = Self::default();
                LineByte::PassedOn
            }
            b' ' => {
                self.is_target = true;
                self.token = 0;
                LineByte::PassedOn
            }
            b'#' | 0x80.. => LineByte::Invalid,
            // RFC 9110, 2.5: a higher minor version of the same major version is processed as the highest known.
            b'2'..=b'9' if is_minor => LineByte::Replaced(b'1'),
            // What a method or target may not hold is passed on at any length, and refused.
            _ if !self.is_target && self.token > METHOD_BYTES && is_token(byte) => {
                LineByte::Dropped
            }
            _ if self.is_target && self.token > target + 1 && byte.is_ascii_graphic() => {
                LineByte::Dropped
            }
            _ => LineByte::PassedOn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: usize = 100;

    /// The bytes of a line that are passed on, and the effect of the last one.
    fn follow(line: &str) -> (String, LineByte) {
        let (mut place, mut passed_on) = (RequestLine::default(), Vec::new());
        let mut last = LineByte::Dropped;
        for byte in line.bytes() {
            last = place.follow(byte, TARGET);
            match last {
                LineByte::PassedOn | LineByte::End => passed_on.push(byte),
                LineByte::Replaced(byte) => passed_on.push(byte),
                LineByte::Dropped => {}
                LineByte::Invalid => break,
            }
        }
        (String::from_utf8_lossy(&passed_on).into_owned(), last)
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
            let passed_on = follow(&format!("{line}\r\n"));
            assert_eq!(passed_on, (format!("{expected}\r\n"), LineByte::End));
        }
    }

    #[test]
    fn empty_lines_come_before_a_line() {
        let lines = "\r\n\nGET / HTTP/1.1\n";
        assert_eq!(follow(lines), (lines.to_owned(), LineByte::End));
        let mut place = RequestLine::default();
        place.follow(b'\n', TARGET);
        assert!(place.is_start());
        place.follow(b'G', TARGET);
        assert!(!place.is_start());
    }

    #[test]
    fn what_is_too_long_is_cut_to_one_byte_beyond_the_limit() {
        let long = "a".repeat(1000);
        let (passed_on, _) = follow(&format!("GET /{long} HTTP/1.1\r\n"));
        assert_eq!(passed_on.find(" HTTP"), Some("GET ".len() + TARGET + 1));
        let (passed_on, _) = follow(&format!("{long} / HTTP/1.1\r\n"));
        assert_eq!(passed_on.find(' '), Some(METHOD_BYTES));
        for fault in ["\0", "\r", "(", "\u{7f}"] {
            let (passed_on, _) = follow(&format!("{long}{fault}a / HTTP/1.1\r\n"));
            assert_eq!(passed_on.find(fault), Some(METHOD_BYTES), "{passed_on:?}");
        }
    }

    #[test]
    fn a_fragment_and_bytes_beyond_ascii_are_invalid() {
        for line in ["GET /#", "GET /a?b#", "GET /\u{e9}", "G\u{e9}", "#"] {
            assert_eq!(follow(line).1, LineByte::Invalid, "{line}");
        }
    }
}
