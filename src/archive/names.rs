//! Decoding of member names. Old packers do not state the encoding.

use encoding_rs::GBK;
use flate2::Crc;
use oem_cp::code_table::DECODING_TABLE_CP437;
use oem_cp::decode_string_complete_table;

/// A name as the archive has it.
#[derive(Debug, Default)]
pub struct RawName {
    /// The name's bytes.
    pub bytes: Vec<u8>,
    /// The name in UTF-8, if the archive has that in addition.
    pub unicode: Option<String>,
}

impl RawName {
    /// Creates a name from its bytes and the Info-ZIP Unicode Path field (APPNOTE.TXT, 4.6.9). The field is ignored if it
    /// was made for other bytes.
    pub fn new(bytes: &[u8], unicode_path: Option<&[u8]>) -> Self {
        let made_for = |field: &[u8]| {
            let (head, name) = field.split_at_checked(5)?;
            let mut crc = Crc::new();
            crc.update(bytes);
            let is_valid = head.first() == Some(&1) && head.get(1..)? == crc.sum().to_le_bytes();
            is_valid.then(|| String::from_utf8(name.to_vec()).ok())?
        };
        Self {
            unicode: unicode_path.and_then(made_for),
            bytes: bytes.to_vec(),
        }
    }

    fn is_known(&self) -> bool {
        self.unicode.is_some() || std::str::from_utf8(&self.bytes).is_ok()
    }
}

/// The encoding of the names in an archive that are not UTF-8. It is the same for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// The format's default (APPNOTE.TXT, D.1).
    Cp437,
    /// The default of packers on Chinese systems.
    Gbk,
}

impl Encoding {
    /// Detects the encoding of an archive from all its names.
    pub fn detect<'a>(names: impl IntoIterator<Item = &'a RawName>) -> Self {
        let (mut common, mut others) = (0, 0);
        for name in names.into_iter().filter(|name| !name.is_known()) {
            if gbk(&name.bytes).is_none() {
                return Self::Cp437;
            }
            let mut bytes = name.bytes.iter();
            while let Some(lead) = bytes.next() {
                if lead.is_ascii() {
                    continue;
                }
                match (lead, bytes.next()) {
                    // GB 2312: common Chinese characters and punctuation. In CP437 these bytes are box-drawing and
                    // mathematical characters; its letters have other bytes.
                    (0xa1..=0xa9 | 0xb0..=0xf7, Some(0xa1..)) => common += 1,
                    _ => others += 1,
                }
            }
        }
        match common > others {
            true => Self::Gbk,
            false => Self::Cp437,
        }
    }

    /// Decodes a name.
    pub fn decode(self, name: RawName) -> String {
        if let Some(unicode) = name.unicode {
            return unicode;
        }
        let bytes = match String::from_utf8(name.bytes) {
            Ok(name) => return name,
            Err(error) => error.into_bytes(),
        };
        match (self, gbk(&bytes)) {
            (Self::Gbk, Some(name)) => name,
            _ => decode_string_complete_table(&bytes, &DECODING_TABLE_CP437),
        }
    }
}

fn gbk(bytes: &[u8]) -> Option<String> {
    let name = GBK.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(names: &[&[u8]]) -> Vec<String> {
        let names: Vec<_> = names.iter().map(|name| RawName::new(name, None)).collect();
        let encoding = Encoding::detect(&names);
        names
            .into_iter()
            .map(|name| encoding.decode(name))
            .collect()
    }

    #[test]
    fn names_decode_in_the_detected_encoding() {
        // Expected values from Python's codecs cp437 and gbk.
        for (names, expected) in [
            (&[&b"index.html"[..]][..], &["index.html"][..]),
            (&["角色.png".as_bytes()], &["角色.png"]),
            (&[b"caf\x82.png"], &["café.png"]),
            // As many bytes for one as for the other.
            (&[b"\xb0\xa1\x81\x40.png"], &["░íü@.png"]),
            (&[b"r\x82sum\x82/\x84\x94\x81.txt"], &["résumé/äöü.txt"]),
            (&[b"stra\xe1e.ogg"], &["straße.ogg"]),
            (&[b"\xa5and\xa3.png"], &["Ñandú.png"]),
            (&[b"\xbd\xc7\xc9\xab.png"], &["角色.png"]),
            (
                &[b"\xd3\xce\xcf\xb7/\xb9\xd8\xbf\xa81.json"],
                &["游戏/关卡1.json"],
            ),
            (
                &[
                    b"\xd3\xce\xcf\xb7/a.js",
                    b"\xd3\xce\xcf\xb7/\xa3\xa8\xd2\xbb\xa3\xa9.js",
                ],
                &["游戏/a.js", "游戏/（一）.js"],
            ),
            // A rare character among common ones.
            (&[b"\xd3\xce\xcf\xb7\x82\xe3.js"], &["游戏傘.js"]),
            // UTF-8 and another encoding in one archive.
            (&["中.js".as_bytes(), b"\x82.js"], &["中.js", "é.js"]),
        ] {
            assert_eq!(decoded(names), expected);
        }
    }

    #[test]
    fn the_unicode_field_wins_if_it_belongs_to_the_name() {
        let raw = b"\xbd\xc7.png";
        let mut crc = Crc::new();
        crc.update(raw);
        let field = |version: u8, crc: u32| {
            let mut field = vec![version];
            field.extend(crc.to_le_bytes());
            field.extend("脚.png".as_bytes());
            field
        };
        for (field, is_valid) in [
            (field(1, crc.sum()), true),
            (field(2, crc.sum()), false),
            (field(1, crc.sum() ^ 1), false),
            (vec![1, 2], false),
        ] {
            let name = RawName::new(raw, Some(&field));
            let expected = if is_valid { "脚.png" } else { "角.png" };
            assert_eq!(Encoding::Gbk.decode(name), expected);
        }
    }
}
