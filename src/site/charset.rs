//! The encoding of a text, as far as it decides whether a charset is stated.

use encoding_rs::{Encoding, UTF_8};

/// The bytes in which browsers look for an encoding (HTML, 13.2.3.2).
const PRESCAN: usize = 1024;

/// True if a text is UTF-8 and does not say that it is something else. Bytes of GBK may be valid UTF-8 by chance, and
/// those of ISO-2022 always are, so that what the file says of itself comes first.
pub(crate) fn is_utf8(content: &[u8]) -> bool {
    std::str::from_utf8(content).is_ok()
        && !is_iso_2022(content)
        && stated(&content[..content.len().min(PRESCAN)]).is_none_or(|encoding| encoding == UTF_8)
}

/// The encoding that a page states, if text in it may be valid UTF-8 by chance.
pub(crate) fn ambiguous_encoding(page: &[u8]) -> Option<&'static Encoding> {
    stated(&page[..page.len().min(PRESCAN)]).filter(|encoding| {
        *encoding != UTF_8 && encoding.is_ascii_compatible() && !encoding.is_single_byte()
    })
}

/// True if a text may be in an encoding. ASCII is the same in all.
pub(crate) fn may_be_in(content: &[u8], encoding: &'static Encoding) -> bool {
    let decoded = encoding.decode_without_bom_handling_and_without_replacement(content);
    !content.is_ascii() && decoded.is_some()
}

/// True if a text switches character sets as ISO-2022-JP and its like do (ECMA-35, 14.3).
fn is_iso_2022(content: &[u8]) -> bool {
    let mut designations = content.windows(3).filter(|window| window[0] == 0x1b);
    designations.any(|window| {
        matches!(
            &window[1..],
            [b'$', b'@' | b'B' | b'(' | b')'] | [b'(', b'I' | b'J']
        )
    })
}

/// The encoding that a text says it has: `charset=` in a page's `<meta>`, `@charset` in a style sheet, `encoding=` in an
/// XML declaration.
fn stated(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let after = if head.starts_with("<?xml") {
        head[..head.find("?>").unwrap_or(head.len())].split_once("encoding")
    } else if head.starts_with("@charset") {
        head.split_once("@charset")
    } else {
        head.match_indices("<meta").find_map(|(start, _)| {
            let tag = &head[start..];
            tag[..tag.find('>').unwrap_or(tag.len())].split_once("charset")
        })
    };
    let label = after?.1.trim_start_matches([' ', '=', '"', '\'']);
    let end = label.find(['"', '\'', ' ', ';', '/', '>', '?']);
    Encoding::for_label(label[..end.unwrap_or(label.len())].trim().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_states_another_encoding_is_not_utf8() {
        for (content, expected) in [
            (&b"plain"[..], true),
            (
                "<!doctype html><meta charset=utf-8>\u{4e2d}".as_bytes(),
                true,
            ),
            (b"<!doctype html><meta charset=\"UTF8\">", true),
            (b"<!doctype html><meta charset=gbk>\xd0\xa1", false),
            (
                b"<meta http-equiv=content-type content=\"text/html; charset=euc-kr\">",
                false,
            ),
            (b"@charset \"gbk\";a{}", false),
            (b"@charset \"utf-8\";a{}", true),
            (b"<?xml version=\"1.0\" encoding=\"shift_jis\"?><a/>", false),
            (b"<?xml version=\"1.0\" encoding=\"utf-8\"?><a/>", true),
            (b"\x1b$BF|K\\8l\x1b(B", false),
            (b"log('\x1b[31mred')", true),
            (b"\xd6\xd0", false),
            (b"let charset = 'gbk';", true),
        ] {
            assert_eq!(is_utf8(content), expected, "{}", content.escape_ascii());
        }
    }
}
