//! The file that a missing path probably meant: in another folder, of another type, spelled differently, or with one
//! letter wrong. It is named on the 404 page and in reports, never served. The index is built in advance: a request
//! looks up and never searches. [`crate::names::similar`] finds files that are served, [`crate::names::typo`] words
//! that the host typed.

use std::hash::{DefaultHasher, Hash, Hasher};

use unicode_normalization::UnicodeNormalization;

/// The longest core, in characters, that is found with one letter wrong. Requested names that are much longer are not
/// looked up, to bound the time that a look-up takes.
const LONGEST: usize = 32;

/// The most names with the same core that are compared.
const MOST: usize = 16;

/// The most names that are compared at all, those with the same core first.
const MOST_OF_ALL: usize = 48;

/// The paths of a site, by their cores and by their cores with one letter left out.
#[derive(Debug, Default)]
pub(crate) struct Nearest {
    names: Vec<Box<str>>,
    /// Sorted.
    index: Vec<(u64, u32)>,
}

impl Nearest {
    /// Indexes the paths of a site.
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let can_be_requested = |name: &&str| !name.chars().any(char::is_control);
        let mut names: Vec<Box<str>> = names.filter(can_be_requested).map(Into::into).collect();
        names.sort();
        let mut index = Vec::new();
        for (number, name) in (0..).zip(&names) {
            index.extend(keys(&core(name)).map(|key| (key, number)));
        }
        index.sort_unstable();
        index.shrink_to_fit();
        Self { names, index }
    }

    /// Finds the path nearest to a missing one.
    pub(crate) fn find(&self, requested: &str) -> Option<&str> {
        if file_name(requested).len() > 4 * LONGEST {
            return None;
        }
        let wanted = core(requested);
        let candidates = keys(&wanted)
            .flat_map(|key| self.with(key))
            .take(MOST_OF_ALL);
        candidates
            .filter_map(|name| Some((difference(requested, &wanted, name)?, name)))
            .min()
            .map(|(_, name)| name)
    }

    fn with(&self, key: u64) -> impl Iterator<Item = &str> {
        let start = self.index.partition_point(|(known, _)| *known < key);
        self.index
            .iter()
            .skip(start)
            .take_while(move |(known, _)| *known == key)
            .take(MOST)
            .filter_map(|(_, number)| self.names.get(*number as usize).map(AsRef::as_ref))
    }
}

/// Compares two paths: by letters, then type, then folder. Digits must be equal, because they tell unrelated files apart,
/// and so must be the type or the folder: `wp/index.php` is not near `index.html`.
fn difference(requested: &str, wanted: &[char], name: &str) -> Option<(usize, bool, usize)> {
    let found = core(name);
    let digits = |core: &[char]| -> String {
        let digits = core.iter().filter(|c| c.is_numeric());
        digits.collect()
    };
    if digits(wanted) != digits(&found) {
        return None;
    }
    let letters = strsim::generic_damerau_levenshtein(wanted, &found);
    let is_near = letters == 0 || (letters <= 2 && letters * 4 <= wanted.len());
    let (requested, name) = (requested.to_lowercase(), name.to_lowercase());
    let has_same_type = extension(&requested) == extension(&name);
    if !has_same_type && folder(&requested) != folder(&name) {
        return None;
    }
    let common = requested.split('/').zip(name.split('/'));
    let common = common
        .take_while(|(requested, name)| requested == name)
        .count();
    is_near.then_some((letters, !has_same_type, usize::MAX - common))
}

/// Reduces a path to its core: without folders, extension, case, Unicode form and separators.
fn core(name: &str) -> Vec<char> {
    let name = file_name(name);
    let stem = name
        .rsplit_once('.')
        .map_or(name, |(stem, _)| stem)
        .trim_matches('.');
    let letters = |text: &str| -> Vec<char> {
        let folded = text.nfkc().flat_map(char::to_lowercase);
        folded.filter(|c| c.is_alphanumeric()).collect()
    };
    match letters(stem) {
        empty if empty.is_empty() => name.chars().collect(),
        letters => letters,
    }
}

fn file_name(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn extension(name: &str) -> &str {
    file_name(name).rsplit_once('.').map_or("", |(_, end)| end)
}

/// Hashes a core, and each variant of it with one letter left out. Two cores that are one letter apart share a variant.
fn keys(core: &[char]) -> impl Iterator<Item = u64> {
    let all = (core.len() <= LONGEST).then_some(0..core.len());
    let left_out = all.into_iter().flatten().map(Some);
    std::iter::once(None).chain(left_out).map(move |left_out| {
        let mut hasher = DefaultHasher::new();
        for (index, c) in core.iter().enumerate() {
            if Some(index) != left_out {
                c.hash(&mut hasher);
            }
        }
        hasher.finish()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_path_is_found() {
        let names = [
            "index.html",
            "player.PNG",
            "assets/img/Hero Run.webp",
            "assets/img/hero.png",
            "assets/hero.json",
            "levels/level-1.json",
            "levels/level-2.json",
            "sound/jump.ogg",
            "角色/英雄.png",
            "a.js",
            "Build/game.wasm.br",
            "...",
        ];
        let nearest = Nearest::new(names.into_iter());
        for (requested, expected) in [
            ("Player.png", Some("player.PNG")),
            ("img/player.png", Some("player.PNG")),
            ("hero_run.webp", Some("assets/img/Hero Run.webp")),
            ("assets/img/hero-run.png", Some("assets/img/Hero Run.webp")),
            ("hero.png", Some("assets/img/hero.png")),
            ("assets/hero.xml", Some("assets/hero.json")),
            ("assets/img/hero.jpg", Some("assets/img/hero.png")),
            ("sound/jumb.ogg", Some("sound/jump.ogg")),
            ("sound/jmup.ogg", Some("sound/jump.ogg")),
            ("sound/jumpp.mp3", Some("sound/jump.ogg")),
            ("levels/level1.json", Some("levels/level-1.json")),
            ("levels/level-3.json", None), // another level
            ("levels/level.json", None),
            ("英雄.png", Some("角色/英雄.png")),
            ("b.js", None), // too short to be near
            ("boss.png", None),
            ("wp-login.php", None),
            ("wp-content/index.php", None), // another type in another folder
            ("img/hero.css", None),
            ("", None),
            ("/", None),
        ] {
            assert_eq!(nearest.find(requested), expected, "{requested}");
        }
        let long = "hero".repeat(1000);
        assert_eq!(nearest.find(&long), None);
        assert_eq!(Nearest::default().find("hero.png"), None);
    }

    #[test]
    fn many_similar_names_are_compared_up_to_a_limit() {
        let names: Vec<_> = (0..5000)
            .map(|number| format!("{number}/tile.png"))
            .collect();
        let nearest = Nearest::new(names.iter().map(String::as_str));
        assert!(nearest.find("tile.png").is_some());
        assert!(nearest.with(keys(&core("tile")).next().unwrap()).count() <= MOST);
    }
}
