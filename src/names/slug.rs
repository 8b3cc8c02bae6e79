//! Slugs, the names that the host types.

use deunicode::deunicode;
use unicode_normalization::UnicodeNormalization;

/// The longest slug of a transliterated name, in characters. It becomes the name of a folder.
const LONGEST: usize = 80;

/// Derives a slug from a name in any script: lower-case letters and digits, separated by `-`.
pub fn slug_of(name: &str) -> String {
    let longest = if name.is_ascii() { usize::MAX } else { LONGEST };
    let latin = deunicode(&name.nfc().collect::<String>());
    let slug: String = latin
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let parts = slug.split('-').filter(|part| !part.is_empty());
    let slug = parts.fold(String::new(), |mut slug, part| {
        if !slug.is_empty() && slug.len() + part.len() >= longest {
            return slug;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug + part.get(..longest).unwrap_or(part)
    });
    if slug.is_empty() {
        "game".to_owned()
    } else {
        slug
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_any_script_has_a_slug() {
        for (name, expected) in [
            ("My Game!", "my-game"),
            ("--a__b--", "a-b"),
            ("Łódź", "lodz"),
            ("Straße", "strasse"),
            ("Cafe\u{301} Olé", "cafe-ole"),
            ("植物大战", "zhi-wu-da-zhan"),
            ("植物大战2", "zhi-wu-da-zhan-2"),
            ("Привет", "privet"),
            ("Ёлка и Щука", "iolka-i-shchuka"),
            ("ゲーム", "gemu"),
            ("Ελλάδα", "ellada"),
            ("🚀", "rocket"),
            ("中", "zhong"),
            ("", "game"),
            ("...", "game"),
            ("\u{e000}", "game"),
        ] {
            assert_eq!(slug_of(name), expected, "{name}");
            assert_eq!(slug_of(expected), expected);
        }
        assert!(!slug_of("مرحبا").is_empty() && slug_of("مرحبا") != "game");
        let long = slug_of(&"游戏".repeat(500));
        assert!(long.len() <= LONGEST && slug_of(&long) == long, "{long}");
    }
}
