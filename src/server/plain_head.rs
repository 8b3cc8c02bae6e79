//! The heads of nearly all requests: whole in one read, of HTTP/1.1, and without content.

use wide::u8x32;

use crate::server::framing_field::{CODING, LENGTH, has_name};
use crate::server::request_line::METHOD_BYTES;

/// The bytes compared at once.
const BLOCK: usize = 32;

/// The end of the request lines that hyper knows.
const HTTP_1_1: &[u8] = b" HTTP/1.1\r";

/// True for the first byte of a line that may end a head or frame content.
const HAS_MEANING: [bool; 256] = {
    let mut has_meaning = [false; 256];
    let mut rest: &[u8] = b"\r\ncCtT";
    while let [byte, others @ ..] = rest {
        has_meaning[*byte as usize] = true;
        rest = others;
    }
    has_meaning
};

/// The length of the whole head at the beginning, if nothing in it needs a second look: a request line with a target of at
/// most so many bytes, and fields that say nothing of content. A head shorter than a block is never plain.
#[inline(never)] // within a large function its loop lacks registers
pub(crate) fn plain_head(bytes: &[u8], target: usize) -> Option<usize> {
    let (mut at, mut ends) = first_line(bytes, target)?;
    let last = bytes.len() - BLOCK;
    loop {
        while ends != 0 {
            let next = at + ends.trailing_zeros() as usize + 1;
            ends &= ends - 1;
            if HAS_MEANING[usize::from(*bytes.get(next)?)] {
                match &bytes[next..] {
                    [b'\r', b'\n', ..] => return Some(next + 2),
                    [b'\n', ..] => return Some(next + 1),
                    line if has_name(line, LENGTH) || has_name(line, CODING) => return None,
                    _ => {}
                }
            }
        }
        if at == last {
            return None;
        }
        // The last block reaches back into the one before: its lines are looked at again.
        at = last.min(at + BLOCK);
        ends = line_feeds(block(bytes, at)?);
    }
}

/// The place of the block in which the first line ends, if it is a usual request line, and the line feeds in that block.
fn first_line(bytes: &[u8], target: usize) -> Option<(usize, u32)> {
    let last = bytes.len().checked_sub(BLOCK)?;
    let mut at = 0;
    loop {
        let block = block(bytes, at)?;
        let ends = line_feeds(block);
        // A fragment, or a byte beyond ASCII: its sign bit is set.
        let refused = (block | block.simd_eq(u8x32::splat(b'#'))).to_bitmask();
        // The bits up to the first line feed; all if there is none.
        if refused & (ends ^ ends.wrapping_sub(1)) != 0 {
            return None;
        }
        if ends != 0 {
            let line = &bytes[..at + ends.trailing_zeros() as usize];
            return is_usual(line, target).then_some((at, ends));
        }
        if at == last {
            return None;
        }
        at = last.min(at + BLOCK);
    }
}

fn is_usual(line: &[u8], target: usize) -> bool {
    line.len() <= target
        && line.ends_with(HTTP_1_1)
        && (line.starts_with(b"GET ")
            || line.iter().take(METHOD_BYTES + 1).any(|&byte| byte == b' '))
}

fn block(bytes: &[u8], at: usize) -> Option<u8x32> {
    Some(u8x32::new(*bytes[at..].first_chunk()?))
}

/// The places of line feeds in a block, a bit each.
fn line_feeds(block: u8x32) -> u32 {
    block.simd_eq(u8x32::splat(b'\n')).to_bitmask()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: usize = 100;
    const BROWSER: &str =
        "Host: x\r\nCookie: a\r\nConnection: close\r\nTE: trailers\r\nSec-Fetch-Mode: cors\r\n";

    /// Asserts that a head is plain or not, wherever its lines lie in their blocks and whatever follows.
    fn assert_plain(line: &str, fields: &str, is_plain: bool) {
        for padding in 0..2 * BLOCK {
            let head = format!("{line}\r\nA: {}\r\n{fields}\r\n", "b".repeat(padding));
            for next in [
                "",
                "\r\n\r\n",
                "GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\n",
            ] {
                let length = plain_head(format!("{head}{next}").as_bytes(), TARGET);
                let expected = (is_plain && head.len() + next.len() >= BLOCK).then_some(head.len());
                assert_eq!(length, expected, "{head:?} {next:?}");
            }
        }
    }

    #[test]
    fn a_head_is_plain_up_to_its_empty_line_unless_a_field_frames_content() {
        for (fields, is_plain) in [
            ("", true),
            ("Host: example.org\r\n", true),
            ("C: d\r\nT: u\n", true),
            (BROWSER, true),
            ("Host: x\r\nContent-Length: 0\r\n", false),
            ("Host: x\r\ncontent-length:1\r\n", false),
            ("cOntent-length:1\r\nHost: x\r\n", false),
            ("Content-Length:\r\n", false),
            ("transfer-encoding: x\r\nHost: example.org\r\n", false),
            ("Host: x\r\nTransfer-Encoding:x\r\n", false),
            ("Transfer-Encoding:\n", false),
            (&format!("{BROWSER}Content-Length: 1\r\n{BROWSER}"), false),
            (
                &format!("{BROWSER}Transfer-Encoding: a\r\n{BROWSER}"),
                false,
            ),
        ] {
            assert_plain("GET / HTTP/1.1", fields, is_plain);
        }
    }

    #[test]
    fn only_a_usual_request_line_begins_a_plain_head() {
        let longest = format!("GET /{}", "a".repeat(TARGET - "GET / HTTP/1.1\r".len()));
        for (line, is_plain) in [
            ("HEAD /a?b HTTP/1.1", true),
            (&format!("{longest} HTTP/1.1"), true),
            (&format!("{longest}a HTTP/1.1"), false),
            (&format!("{} / HTTP/1.1", "A".repeat(METHOD_BYTES)), true),
            (
                &format!("{} / HTTP/1.1", "A".repeat(METHOD_BYTES + 1)),
                false,
            ),
            ("GET / HTTP/1.0", false),
            ("GET / HTTP/1.2", false),
            ("GET / HTTP/1.1 ", false),
            ("GET /#a HTTP/1.1", false),
            ("GET /\u{e9} HTTP/1.1", false),
            ("", false),
        ] {
            assert_plain(line, BROWSER, is_plain);
        }
    }

    #[test]
    fn a_head_that_is_not_whole_is_not_plain() {
        let head = format!("GET / HTTP/1.1\r\n{BROWSER}\r\n");
        for length in 0..head.len() {
            assert_eq!(plain_head(&head.as_bytes()[..length], TARGET), None);
        }
    }
}
