//! The encoding of member names, which old packers do not state.

use aho_corasick::AhoCorasick;
use encoding_rs::{BIG5, EUC_KR, GBK, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};
use oem_cp::code_table::{
    DECODING_TABLE_CP437, DECODING_TABLE_CP850, DECODING_TABLE_CP852, DECODING_TABLE_CP866,
};
use oem_cp::decode_string_complete_table;
use unicode_normalization::UnicodeNormalization;

use crate::archive::raw_name::RawName;

/// The encoding of the names in an archive that are not UTF-8. It is the same for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// The format's default (APPNOTE.TXT, D.1).
    Cp437,
    /// DOS in Western Europe.
    Cp850,
    /// DOS in Central Europe.
    Cp852,
    /// DOS in Russia.
    Cp866,
    /// Shift_JIS, of Japanese systems.
    Cp932,
    /// EUC-KR, of Korean systems.
    Cp949,
    /// Big5, of systems in Taiwan and Hong Kong.
    Cp950,
    /// GBK, the default of packers on Chinese systems.
    Gbk,
    /// Windows in Central Europe.
    Windows1250,
    /// Windows in Eastern Europe.
    Windows1251,
    /// Windows in Western Europe.
    Windows1252,
}

impl Encoding {
    /// All encodings, in order of preference when the game's pages do not decide.
    const ALL: [Self; 11] = [
        Self::Cp437,
        Self::Gbk,
        Self::Cp932,
        Self::Cp949,
        Self::Cp950,
        Self::Cp866,
        Self::Windows1251,
        Self::Cp850,
        Self::Windows1252,
        Self::Cp852,
        Self::Windows1250,
    ];

    /// The name of the encoding, as the IANA or its maker lists it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cp437 => "cp437",
            Self::Cp850 => "cp850",
            Self::Cp852 => "cp852",
            Self::Cp866 => "cp866",
            Self::Cp932 => "Shift_JIS (cp932)",
            Self::Cp949 => "EUC-KR (cp949)",
            Self::Cp950 => "Big5 (cp950)",
            Self::Gbk => "GBK (cp936)",
            Self::Windows1250 => "windows-1250",
            Self::Windows1251 => "windows-1251",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// Chooses the encoding of an archive: the one in which most of its names occur in the game's texts, else that of
    /// the system's language, else the one that the names look like. `None` if all names are UTF-8.
    pub fn choose(names: &[&RawName], texts: &[String], locale: Option<&str>) -> Option<Self> {
        let unknown: Vec<_> = names.iter().filter(|name| !name.is_known()).collect();
        if unknown.is_empty() {
            return None;
        }
        let asked_for = |encoding: Self| {
            let parts = unknown.iter().take(MOST_NAMES).filter_map(|name| {
                let name = encoding.strict(&name.bytes)?;
                let last = name.rsplit(['/', '\\']).find(|part| !part.is_empty())?;
                (!last.is_ascii()).then(|| last.nfc().collect::<String>())
            });
            let parts: Vec<String> = parts.collect();
            found(&parts, texts)
        };
        let scored = Self::ALL.map(|encoding| (asked_for(encoding), encoding));
        let most = scored.iter().map(|(score, _)| *score).max().unwrap_or(0);
        if most > 0 {
            let best = scored.iter().filter(|(score, _)| *score == most);
            let mut best = best.map(|(_, encoding)| *encoding);
            return best.next();
        }
        let local = locale.and_then(Self::of_language);
        let fits = |encoding: &Self| {
            let mut names = unknown.iter();
            names.all(|name| encoding.strict(&name.bytes).is_some())
        };
        let guess = || Self::detect(unknown.iter().copied().copied());
        Some(local.filter(fits).unwrap_or_else(guess))
    }

    /// The encoding that packers use on systems in a language, unless [`Self::detect`] recognises it.
    fn of_language(locale: &str) -> Option<Self> {
        let locale = locale.to_ascii_lowercase().replace('_', "-");
        let language = locale.split(['-', '.', '@']).next()?;
        let is_traditional = ["zh-tw", "zh-hk", "zh-mo", "zh-hant"];
        Some(match language {
            "ja" => Self::Cp932,
            "ko" => Self::Cp949,
            "zh" if is_traditional.iter().any(|tag| locale.starts_with(tag)) => Self::Cp950,
            "ru" | "uk" | "be" | "bg" => Self::Cp866,
            "pl" | "cs" | "sk" | "hu" | "ro" | "hr" | "sl" => Self::Cp852,
            "de" | "fr" | "es" | "it" | "pt" | "nl" | "sv" | "da" | "nb" | "fi" => Self::Cp850,
            _ => return None,
        })
    }

    /// Guesses between the format's default and GBK from the names alone.
    pub fn detect<'a>(names: impl IntoIterator<Item = &'a RawName>) -> Self {
        let (mut common, mut others) = (0, 0);
        for name in names.into_iter().filter(|name| !name.is_known()) {
            if Self::Gbk.strict(&name.bytes).is_none() {
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

    /// Decodes a name. One that is not in this encoding is read as the format's default.
    pub fn decode(self, name: RawName) -> String {
        if let Some(unicode) = name.unicode {
            return unicode;
        }
        let bytes = match String::from_utf8(name.bytes) {
            Ok(name) => return name,
            Err(error) => error.into_bytes(),
        };
        self.strict(&bytes)
            .unwrap_or_else(|| decode_string_complete_table(&bytes, &DECODING_TABLE_CP437))
    }

    /// Decodes bytes; `None` if they are not in this encoding.
    fn strict(self, bytes: &[u8]) -> Option<String> {
        let multi = |encoding: &'static encoding_rs::Encoding| {
            let name = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
            (!name.chars().any(char::is_control)).then(|| name.into_owned())
        };
        let single = |table| Some(decode_string_complete_table(bytes, table));
        match self {
            Self::Cp437 => single(&DECODING_TABLE_CP437),
            Self::Cp850 => single(&DECODING_TABLE_CP850),
            Self::Cp852 => single(&DECODING_TABLE_CP852),
            Self::Cp866 => single(&DECODING_TABLE_CP866),
            Self::Cp932 => multi(SHIFT_JIS),
            Self::Cp949 => multi(EUC_KR),
            Self::Cp950 => multi(BIG5),
            Self::Gbk => multi(GBK),
            Self::Windows1250 => multi(WINDOWS_1250),
            Self::Windows1251 => multi(WINDOWS_1251),
            Self::Windows1252 => multi(WINDOWS_1252),
        }
    }
}

/// The maximum number of names to look for.
const MOST_NAMES: usize = 500;

/// Counts the words that occur in the texts.
fn found(words: &[String], texts: &[String]) -> usize {
    let Ok(search) = AhoCorasick::new(words) else {
        return 0;
    };
    let mut seen = vec![false; words.len()];
    for text in texts {
        for word in search.find_overlapping_iter(text) {
            if let Some(seen) = seen.get_mut(word.pattern().as_usize()) {
                *seen = true;
            }
        }
    }
    seen.into_iter().filter(|seen| *seen).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Crc;

    use crate::archive::readable_text::readable_text;

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

    #[test]
    fn the_encoding_is_the_one_in_which_pages_ask_for_the_names() {
        // Raw names from Python's codecs.
        for (raw, asked, expected) in [
            (
                &b"\x89\xb9.png"[..],
                "<img src=\"音.png\">",
                Encoding::Cp932,
            ),
            (b"\x89\xb9.png", "a(\"\\u97f3.png\")", Encoding::Cp932),
            (b"\x89\xb9.png", "a(\"%E9%9F%B3.png\")", Encoding::Cp932),
            (b"\xb1\xd7\xb8\xb2/a.png", "", Encoding::Gbk), // looks like it
            (b"\xb1\xd7\xb8\xb2.png", "그림.png", Encoding::Cp949),
            (b"\xb9\xcf\xa4\xf9.png", "圖片.png", Encoding::Cp950),
            (b"\xa3\xa5\xe0\xae\xa9.png", "герой.png", Encoding::Cp866),
            (
                b"\xe3\xe5\xf0\xee\xe9.png",
                "герой.png",
                Encoding::Windows1251,
            ),
            (b"\xc4rger.png", "Ärger.png", Encoding::Windows1252),
            (b"\x8erger.png", "Ärger.png", Encoding::Cp437),
            (b"\x88\x98d\xab.png", "łśdź.png", Encoding::Cp852),
            (b"\xb3\x9cd\x9f.png", "łśdź.png", Encoding::Windows1250),
            (b"\xd3\xce\xcf\xb7.png", "游戏.png", Encoding::Gbk),
        ] {
            let name = RawName::new(raw, None);
            let text = readable_text(asked.as_bytes());
            let chosen = Encoding::choose(&[&name], &[text], None);
            assert_eq!(chosen, Some(expected), "{asked}");
        }
    }

    #[test]
    fn names_that_nothing_asks_for_are_in_the_encoding_of_the_locale() {
        let name = RawName::new(b"\x89\xb9.png", None);
        for (locale, expected) in [
            (None, Encoding::Cp437),
            (Some("ja_JP.UTF-8"), Encoding::Cp932),
            (Some("zh-TW"), Encoding::Cp950),
            (Some("ru"), Encoding::Cp866),
            (Some("C"), Encoding::Cp437),
        ] {
            let chosen = Encoding::choose(&[&name], &[], locale);
            assert_eq!(chosen, Some(expected), "{locale:?}");
        }
        let plain = RawName::new("音.png".as_bytes(), None);
        assert_eq!(Encoding::choose(&[&plain], &[], Some("ja")), None);
    }
}
