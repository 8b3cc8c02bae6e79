//! The text of files in which names of other files may occur.

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

/// Decodes a page, script or list for [`Encoding::choose`](crate::archive::encoding::Encoding::choose): in its declared
/// encoding, with percent-encoding and `\u` escapes undone.
pub(super) fn readable_text(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => {
            let head = String::from_utf8_lossy(bytes.get(..1024).unwrap_or(bytes));
            let label = head.split_once("charset=").map(|(_, label)| {
                let label = label.trim_start_matches(['"', '\'']);
                let is_label = |c: char| c.is_ascii_alphanumeric() || "-_:".contains(c);
                label.split(|c| !is_label(c)).next().unwrap_or(label)
            });
            let encoding =
                label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
            encoding.unwrap_or(encoding_rs::UTF_8).decode(bytes).0
        }
    };
    let mut readable: String = text.nfc().collect();
    if readable.contains('%') {
        let decoded = percent_decode_str(&readable)
            .decode_utf8_lossy()
            .into_owned();
        readable = decoded;
    }
    if readable.contains("\\u") {
        readable = without_escapes(&readable);
    }
    readable
}

/// Replaces `\uXXXX` with the character, as in JavaScript and JSON.
fn without_escapes(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.get(..4);
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match unit.and_then(char::from_u32) {
            Some(c) => {
                out.push(c);
                out += part.get(4..).unwrap_or_default();
            }
            None => {
                out += "\\u";
                out += part;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_in_the_encoding_that_it_declares() {
        let page = b"<meta charset=\"Shift_JIS\"><img src=\"\x89\xb9.png\">";
        assert!(readable_text(page).contains("音.png"));
    }
}
