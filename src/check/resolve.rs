//! Resolution of references to the files of a game.

use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;
use url::Url;

use crate::check::portability::common_form;
use crate::library::profile::Profile;
use crate::names::suggest::Nearest;

/// A placeholder for the host that serves the game.
const HOST: &str = "game.invalid";

/// The names of a game's files, prepared for look-up.
#[derive(Debug)]
pub(crate) struct FileNames {
    /// Each name with the file that is served for it: `x.wasm` may be `x.wasm.br`.
    files: HashMap<String, String>,
    by_form: HashMap<String, String>,
    file_names: HashSet<String>,
    folders: HashSet<String>,
    /// The files by their names without extensions, in lower case.
    stems: HashMap<String, String>,
    nearest: Nearest,
    prefix: String,
}

/// The destination of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A name below the game's folder.
    Game(String),
    /// Another host.
    Host(String),
    /// Not a file: `data:`, `#part`.
    NoFile,
}

/// The result of a look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookedUp<'a> {
    /// A file of this name.
    File(&'a str),
    /// A file whose name differs in case.
    OtherCase(&'a str),
    /// A file whose name differs in Unicode normalization.
    OtherForm(&'a str),
    /// No file.
    Nothing,
}

impl FileNames {
    /// Indexes the names of a game with this profile.
    pub(crate) fn of_profile<'a>(
        profile: &'a Profile,
        files: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        let inner = profile.encoded.iter();
        let inner = inner.map(|(file, encoded)| (encoded.inner.as_str(), file.as_str()));
        Self::new(files, inner, &profile.prefix.is)
    }

    /// Indexes the names. `inner` pairs further names with the compressed files that are served for them; absolute paths
    /// may start with `prefix`.
    pub(crate) fn new<'a>(
        files: impl Iterator<Item = &'a str> + Clone,
        inner: impl Iterator<Item = (&'a str, &'a str)>,
        prefix: &str,
    ) -> Self {
        let own = files.clone().map(|name| (name, name));
        let names: HashMap<String, String> = inner
            .chain(own)
            .map(|(name, file)| (name.to_owned(), file.to_owned()))
            .collect();
        let file_name = |name: &String| file_name(name).to_owned();
        let folders = names.keys().flat_map(|name| folders(name));
        Self {
            by_form: names
                .keys()
                .map(|name| (common_form(name), name.clone()))
                .collect(),
            file_names: names.keys().map(file_name).collect(),
            folders: folders.map(str::to_owned).collect(),
            stems: by_stem(names.keys()),
            nearest: Nearest::new(files),
            prefix: prefix.to_owned(),
            files: names,
        }
    }

    /// Looks up a name; for a folder, its page.
    pub(crate) fn find(&self, name: &str) -> LookedUp<'_> {
        if let LookedUp::Nothing = self.find_exactly(name)
            && let Some(below) = name.strip_prefix(&self.prefix)
        {
            return self.find_exactly(below);
        }
        self.find_exactly(name)
    }

    fn find_exactly(&self, name: &str) -> LookedUp<'_> {
        let page = match name {
            "" => "index.html".to_owned(),
            name if name.ends_with('/') => format!("{name}index.html"),
            name => name.to_owned(),
        };
        if let Some(file) = self.files.get(&page) {
            return LookedUp::File(file);
        }
        match self.by_form.get(&common_form(&page)) {
            Some(found) if found.to_lowercase() == page.to_lowercase() => {
                LookedUp::OtherCase(found)
            }
            Some(found) => LookedUp::OtherForm(found),
            None => LookedUp::Nothing,
        }
    }

    /// The nearest name to a missing one.
    pub(crate) fn nearest(&self, name: &str) -> Option<&str> {
        self.nearest.find(name)
    }

    /// A file whose path ends in a name.
    pub(crate) fn below(&self, name: &str) -> Option<&str> {
        let is_below = |file: &&String| {
            let folder = file.strip_suffix(name);
            folder.is_some_and(|folder| folder.ends_with('/'))
        };
        self.files.keys().filter(is_below).min().map(String::as_str)
    }

    /// True if a file in any folder has the same file name.
    pub(crate) fn has_file_name(&self, name: &str) -> bool {
        self.file_names.contains(file_name(name))
    }

    /// True if there is a file with exactly this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// The file with this name and any extension. Of sounds in several formats, the one that most browsers support.
    pub(crate) fn with_stem(&self, name: &str) -> Option<&str> {
        let file = self.stems.get(&name.to_lowercase());
        file.map(String::as_str)
    }

    /// True if there is a folder of this name, given without a slash at the end.
    pub(crate) fn has_folder(&self, name: &str) -> bool {
        self.folders.contains(name)
    }

    /// The base URL of references in a file.
    pub(crate) fn base_url(file: &str) -> Option<Url> {
        let mut url = Url::parse(&format!("http://{HOST}/")).ok()?;
        url.path_segments_mut()
            .ok()?
            .clear()
            .extend(file.split('/'));
        Some(url)
    }

    /// Resolves a reference against a base URL.
    pub(crate) fn resolve(base: &Url, reference: &str) -> Destination {
        let reference = reference.trim();
        // Placeholders of template engines.
        if reference.is_empty() || reference.starts_with('#') || reference.contains(['{', '}', '$'])
        {
            return Destination::NoFile;
        }
        let Ok(url) = base.join(reference) else {
            return Destination::NoFile;
        };
        match (url.scheme(), url.host_str()) {
            ("http" | "https" | "ws" | "wss", Some(HOST)) => {
                let path = url.path().trim_start_matches('/');
                let path = percent_decode_str(path).decode_utf8();
                path.map_or(Destination::NoFile, |path| {
                    Destination::Game(path.into_owned())
                })
            }
            ("http" | "https", Some(host)) => Destination::Host(host.to_owned()),
            _ => Destination::NoFile,
        }
    }
}

fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The preferred file of each stem.
fn by_stem<'a>(names: impl Iterator<Item = &'a String>) -> HashMap<String, String> {
    let rank = |name: &str| {
        let is_preferred = name.ends_with(".ogg") || name.ends_with(".webm");
        (!is_preferred, name.to_owned())
    };
    let mut files: HashMap<String, String> = HashMap::new();
    for name in names {
        for stem in stems(name) {
            let file = files.entry(stem).or_insert_with(|| name.clone());
            if rank(name) < rank(file) {
                file.clone_from(name);
            }
        }
    }
    files
}

fn stems(name: &str) -> impl Iterator<Item = String> {
    let dots = name.match_indices('.');
    dots.filter_map(|(at, _)| Some(name.get(..at)?.to_lowercase()))
}

fn folders(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('/').filter_map(|(at, _)| name.get(..at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_resolved_as_in_browsers() {
        let base = FileNames::base_url("a b/page #1.html").unwrap();
        let here = |name: &str| Destination::Game(name.to_owned());
        for (reference, expected) in [
            ("x.png", here("a b/x.png")),
            ("../x.png?v=1#f", here("x.png")),
            ("../../../x.png", here("x.png")),
            ("/x%20y.png", here("x y.png")),
            ("img\\x.png", here("a b/img/x.png")),
            (" x.png\n", here("a b/x.png")),
            ("中.png", here("a b/中.png")),
            ("100%.png", here("a b/100%.png")),
            ("./", here("a b/")),
            (
                "//cdn.example/x.js",
                Destination::Host("cdn.example".into()),
            ),
            (
                "https://cdn.example/x.js",
                Destination::Host("cdn.example".into()),
            ),
            ("data:,x", Destination::NoFile),
            ("blob:x", Destination::NoFile),
            ("javascript:void(0)", Destination::NoFile),
            ("#top", Destination::NoFile),
            ("", Destination::NoFile),
            ("{{ image }}.png", Destination::NoFile),
            ("http://[", Destination::NoFile),
        ] {
            assert_eq!(
                FileNames::resolve(&base, reference),
                expected,
                "{reference}"
            );
        }
    }

    #[test]
    fn a_name_is_found_by_the_file_that_is_served_for_it() {
        let files = [
            "index.html",
            "a/Hero.PNG",
            "cafe\u{301}.png",
            "b/index.html",
            "x.wasm.br",
        ];
        let inner = [("x.wasm", "x.wasm.br")];
        let names = FileNames::new(files.into_iter(), inner.into_iter(), "repo/");
        for (name, expected) in [
            ("index.html", LookedUp::File("index.html")),
            ("", LookedUp::File("index.html")),
            ("b/", LookedUp::File("b/index.html")),
            ("repo/index.html", LookedUp::File("index.html")),
            ("x.wasm", LookedUp::File("x.wasm.br")),
            ("a/hero.png", LookedUp::OtherCase("a/Hero.PNG")),
            ("caf\u{e9}.png", LookedUp::OtherForm("cafe\u{301}.png")),
            ("hero.png", LookedUp::Nothing),
        ] {
            assert_eq!(names.find(name), expected, "{name}");
        }
        assert!(names.has_folder("a") && !names.has_folder("c"));
        assert!(names.has_file_name("elsewhere/Hero.PNG"));
    }
}
