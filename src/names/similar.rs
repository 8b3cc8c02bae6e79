//! Files whose path differs from the requested one only in case or Unicode form, because the game was made on Windows or
//! packed on a Mac. They are served instead of the missing file; [`crate::names::suggest`] only names them.

use hashbrown::HashMap;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The paths of a site, by their common form.
#[derive(Debug, Default)]
pub(crate) struct Fallbacks(HashMap<Box<str>, Vec<Fallback>>);

/// A file that is served for similar paths.
#[derive(Debug)]
pub(crate) struct Fallback {
    /// The path in the game.
    pub name: Box<str>,
}

impl Fallbacks {
    /// Indexes the paths of a site.
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut by_form: HashMap<Box<str>, Vec<Fallback>> = HashMap::new();
        for name in names.filter(|name| !name.is_empty()) {
            by_form
                .entry(common_form(name).into())
                .or_default()
                .push(Fallback { name: name.into() });
        }
        for names in by_form.values_mut() {
            names.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Self(by_form)
    }

    /// Finds the path that is most similar to a missing one: one that differs only in case, else only in Unicode form, else
    /// in both. Among equals, the first in byte order wins.
    pub(crate) fn find(&self, name: &str) -> Option<&Fallback> {
        let names = self.0.get(common_form(name).as_str())?;
        let lower = name.to_lowercase();
        let in_case_alone = || names.iter().find(|like| like.name.to_lowercase() == lower);
        let in_form_alone = || names.iter().find(|like| like.name.nfc().eq(name.nfc()));
        in_case_alone().or_else(in_form_alone).or(names.first())
    }
}

/// The same for all names that differ only in case or Unicode form.
fn common_form(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let lower = name.nfc().collect::<String>().to_lowercase();
    match is_nfc_quick(lower.chars()) {
        IsNormalized::Yes => lower,
        _ => lower.nfc().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_similar_path_is_found() {
        let (nfc, nfd) = ("caf\u{e9}.png", "cafe\u{301}.png");
        let names = [
            "a/Hero.PNG",
            "a/hero.png",
            "b/x",
            "B/X",
            nfd,
            "ü/Ü",
            "Straße",
            "",
        ];
        let fallbacks = Fallbacks::new(names.into_iter());
        for (requested, expected) in [
            ("a/HERO.png", Some("a/Hero.PNG")),
            ("A/hero.png", Some("a/Hero.PNG")),
            ("b/X", Some("B/X")),
            (nfc, Some(nfd)),
            ("CAF\u{c9}.png", Some(nfd)),
            ("Cafe\u{301}.PNG", Some(nfd)),
            ("Ü/ü", Some("ü/Ü")),
            ("straße", Some("Straße")),
            ("strasse", None),
            ("a/hero", None),
            ("", None),
        ] {
            let found = fallbacks.find(requested).map(|like| &*like.name);
            assert_eq!(found, expected, "{requested}");
        }
    }

    #[test]
    fn case_comes_before_form() {
        let fallbacks = Fallbacks::new(["E\u{301}", "\u{e9}", "e\u{301}"].into_iter());
        let like = fallbacks.find("\u{c9}").unwrap();
        assert_eq!(&*like.name, "\u{e9}");
    }
}
