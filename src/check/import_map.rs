//! The import map of the entry page, as far as it leads from modules of the game to others: from `./main.js` to
//! `./main.2x4f.js`, as .NET writes it for names with fingerprints.

use url::Url;

use crate::check::page::Page;
use crate::check::resolve::{Destination, FileNames};

/// The names of modules, each with the name that browsers load instead.
#[derive(Debug, Default)]
pub(crate) struct ImportMap(Vec<(String, String)>);

impl ImportMap {
    /// The map of a page with this base URL. The names of packages are not names of files.
    pub(crate) fn of_page(page: &Page, base: &Url) -> Self {
        let in_game = |reference: &str| match FileNames::resolve(base, reference) {
            Destination::Game(name) => Some(name),
            Destination::Host(_) | Destination::NoFile => None,
        };
        let is_path = |name: &str| {
            let starts = ["./", "../", "/"];
            starts.iter().any(|start| name.starts_with(start))
        };
        let paths = page.imports.iter().filter(|(name, _)| is_path(name));
        let pairs = paths.filter_map(|(name, target)| Some((in_game(name)?, in_game(target)?)));
        Self(pairs.collect())
    }

    /// The name that is loaded for an import of a name: by its own entry, else by that of the nearest folder above it.
    pub(crate) fn find(&self, name: &str) -> Option<String> {
        let own = self.0.iter().find(|(from, _)| from == name);
        if let Some((_, target)) = own {
            return Some(target.clone());
        }
        let is_above = |from: &str| from.ends_with('/') && name.starts_with(from);
        let folders = self.0.iter().filter(|(from, _)| is_above(from));
        let (from, target) = folders.max_by_key(|(from, _)| from.len())?;
        Some(format!("{target}{}", &name[from.len()..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_led_as_in_browsers() {
        let page = r#"<base href="/game/"><script type="importmap">{"imports": {
            "./main.js": "./main.1a.js", "three": "./three.js", "./lib/": "./lib-2/", "./lib/deep/": "/deep/",
            "/root.js": "../root.2b.js", "./far.js": "https://cdn.example/far.js", "./none.js": null}}</script>"#;
        let base = FileNames::base_url("index.html").unwrap();
        let base = base.join("/game/").unwrap();
        let map = ImportMap::of_page(&Page::parse(page), &base);
        for (name, expected) in [
            ("game/main.js", Some("game/main.1a.js")),
            ("game/lib/a.js", Some("game/lib-2/a.js")),
            ("game/lib/deep/a.js", Some("deep/a.js")),
            ("root.js", Some("root.2b.js")),
            ("main.js", None),
            ("game/three", None),
            ("game/far.js", None),
            ("game/none.js", None),
        ] {
            assert_eq!(map.find(name).as_deref(), expected, "{name}");
        }
    }
}
