//! A reader of `multipart/byteranges` (RFC 9110, 14.6; RFC 2046, 5.1.1).

use super::Answer;

/// One part, with what it says of itself.
#[derive(Debug)]
pub(crate) struct Part {
    pub media_type: String,
    pub first: usize,
    pub last: usize,
    /// The length of the whole representation.
    pub length: usize,
    pub content: Vec<u8>,
}

/// The parts of an answer; `None` when its type is another one.
pub(crate) fn read(answer: &Answer) -> Option<Vec<Part>> {
    let (media_type, parameter) = answer.field("content-type").split_once(';')?;
    if media_type != "multipart/byteranges" {
        return None;
    }
    let boundary = parameter.trim().strip_prefix("boundary=").unwrap();
    assert!((1..=70).contains(&boundary.len()), "{boundary}");
    let delimiter = format!("\r\n--{boundary}");
    let mut pieces = split(&answer.body, delimiter.as_bytes());
    let closing = pieces.pop().unwrap();
    assert_eq!(closing, b"--\r\n", "after the last delimiter");
    assert_eq!(pieces.remove(0), b"", "before the first delimiter");
    Some(pieces.into_iter().map(part).collect())
}

/// The values of `bytes 0-4/10`.
pub(crate) fn content_range(value: &str) -> (usize, usize, usize) {
    let (place, length) = value
        .strip_prefix("bytes ")
        .unwrap()
        .split_once('/')
        .unwrap();
    let (first, last) = place.split_once('-').unwrap();
    (
        first.parse().unwrap(),
        last.parse().unwrap(),
        length.parse().unwrap(),
    )
}

fn part(piece: &[u8]) -> Part {
    let piece = piece.strip_prefix(b"\r\n").unwrap();
    let end = find(piece, b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&piece[..end]).unwrap();
    let field = |name: &str| {
        let mut fields = head
            .split("\r\n")
            .map(|line| line.split_once(": ").unwrap());
        let (_, value) = fields
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .unwrap();
        value.to_owned()
    };
    let (first, last, length) = content_range(&field("content-range"));
    Part {
        media_type: field("content-type"),
        first,
        last,
        length,
        content: piece[end + 4..].to_vec(),
    }
}

fn split<'a>(mut bytes: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = find(bytes, delimiter) {
        pieces.push(&bytes[..at]);
        bytes = &bytes[at + delimiter.len()..];
    }
    pieces.push(bytes);
    pieces
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut windows = bytes.windows(wanted.len());
    windows.position(|window| window == wanted)
}
