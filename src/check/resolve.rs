//! The names of a game's files, and what a reference to one of them leads to.

use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;
use url::Url;

use crate::check::portability::common_form;
use crate::names::suggest::Nearest;

/// Stands for wherever a game is served.
const HOST: &str = "game.invalid";

/// What can be referred to.
#[derive(Debug)]
pub(crate) struct Names {
    /// Each name with the file that answers for it: `x.wasm` may be `x.wasm.br`.
    files: HashMap<String, String>,
    by_form: HashMap<String, String>,
    last_parts: HashSet<String>,
    folders: HashSet<String>,
    nearest: Nearest,
    prefix: String,
}

/// Where a reference leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a name below the game's folder.
    Here(String),
    /// To another host.
    Host(String),
    /// To nothing that is a file: `data:`, `#part`.
    Nowhere,
}

/// What stands at a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// A file.
    File(&'a str),
    /// A file whose name differs in case.
    OtherCase(&'a str),
    /// A file whose name differs in its Unicode form.
    OtherForm(&'a str),
    /// Nothing.
    Nothing,
}

impl Names {
    /// Those of these files. `inner` are names that compressed files answer for; absolute paths may begin with `prefix`.
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
        let last_part = |name: &String| last_part(name).to_owned();
        let folders = names.keys().flat_map(|name| folders(name));
        Self {
            by_form: names
                .keys()
                .map(|name| (common_form(name), name.clone()))
                .collect(),
            last_parts: names.keys().map(last_part).collect(),
            folders: folders.map(str::to_owned).collect(),
            nearest: Nearest::new(files),
            prefix: prefix.to_owned(),
            files: names,
        }
    }

    /// What stands at a name; at a folder, its page.
    pub(crate) fn find(&self, name: &str) -> Found<'_> {
        if let Found::Nothing = self.find_exactly(name)
            && let Some(below) = name.strip_prefix(&self.prefix)
        {
            return self.find_exactly(below);
        }
        self.find_exactly(name)
    }

    fn find_exactly(&self, name: &str) -> Found<'_> {
        let page = match name {
            "" => "index.html".to_owned(),
            name if name.ends_with('/') => format!("{name}index.html"),
            name => name.to_owned(),
        };
        if let Some(file) = self.files.get(&page) {
            return Found::File(file);
        }
        match self.by_form.get(&common_form(&page)) {
            Some(found) if found.to_lowercase() == page.to_lowercase() => Found::OtherCase(found),
            Some(found) => Found::OtherForm(found),
            None => Found::Nothing,
        }
    }

    /// The name nearest to one that is missing.
    pub(crate) fn nearest(&self, name: &str) -> Option<&str> {
        self.nearest.find(name)
    }

    /// Whether a file in any folder has the same last part.
    pub(crate) fn has_last_part(&self, name: &str) -> bool {
        self.last_parts.contains(last_part(name))
    }

    /// Whether there is a folder of this name, which ends in no slash.
    pub(crate) fn has_folder(&self, name: &str) -> bool {
        self.folders.contains(name)
    }

    /// Where references in a file start from.
    pub(crate) fn base_of(file: &str) -> Option<Url> {
        let mut url = Url::parse(&format!("http://{HOST}/")).ok()?;
        url.path_segments_mut()
            .ok()?
            .clear()
            .extend(file.split('/'));
        Some(url)
    }

    /// Where a reference leads from there.
    pub(crate) fn target(base: &Url, reference: &str) -> Target {
        let reference = reference.trim();
        // What a template engine would have filled in.
        if reference.is_empty() || reference.starts_with('#') || reference.contains(['{', '}', '$'])
        {
            return Target::Nowhere;
        }
        let Ok(url) = base.join(reference) else {
            return Target::Nowhere;
        };
        match (url.scheme(), url.host_str()) {
            ("http" | "https" | "ws" | "wss", Some(HOST)) => {
                let path = url.path().trim_start_matches('/');
                let path = percent_decode_str(path).decode_utf8();
                path.map_or(Target::Nowhere, |path| Target::Here(path.into_owned()))
            }
            ("http" | "https", Some(host)) => Target::Host(host.to_owned()),
            _ => Target::Nowhere,
        }
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn folders(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('/').filter_map(|(at, _)| name.get(..at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_where_a_browser_goes() {
        let base = Names::base_of("a b/page #1.html").unwrap();
        let here = |name: &str| Target::Here(name.to_owned());
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
            ("//cdn.example/x.js", Target::Host("cdn.example".into())),
            (
                "https://cdn.example/x.js",
                Target::Host("cdn.example".into()),
            ),
            ("data:,x", Target::Nowhere),
            ("blob:x", Target::Nowhere),
            ("javascript:void(0)", Target::Nowhere),
            ("#top", Target::Nowhere),
            ("", Target::Nowhere),
            ("{{ image }}.png", Target::Nowhere),
            ("http://[", Target::Nowhere),
        ] {
            assert_eq!(Names::target(&base, reference), expected, "{reference}");
        }
    }

    #[test]
    fn names_are_found_by_what_answers_for_them() {
        let files = [
            "index.html",
            "a/Hero.PNG",
            "cafe\u{301}.png",
            "b/index.html",
            "x.wasm.br",
        ];
        let inner = [("x.wasm", "x.wasm.br")];
        let names = Names::new(files.into_iter(), inner.into_iter(), "repo/");
        for (name, expected) in [
            ("index.html", Found::File("index.html")),
            ("", Found::File("index.html")),
            ("b/", Found::File("b/index.html")),
            ("repo/index.html", Found::File("index.html")),
            ("x.wasm", Found::File("x.wasm.br")),
            ("a/hero.png", Found::OtherCase("a/Hero.PNG")),
            ("caf\u{e9}.png", Found::OtherForm("cafe\u{301}.png")),
            ("hero.png", Found::Nothing),
        ] {
            assert_eq!(names.find(name), expected, "{name}");
        }
        assert!(names.has_folder("a") && !names.has_folder("c"));
        assert!(names.has_last_part("elsewhere/Hero.PNG"));
    }
}
