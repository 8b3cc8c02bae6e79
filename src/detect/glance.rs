//! The quick detection that a library of hundreds of games can afford.

use crate::detect::engine::Engine;
use crate::detect::scan::{Export, GLANCE, Scan};
use crate::detect::vocabulary::VOCABULARY;
use crate::source::Source;

/// Detects the engine of a game from a bounded number of names and bytes.
pub(crate) fn glance(source: &Source, entry: &str) -> Engine {
    let _archive = source.opened();
    let export = Export {
        source,
        names: source.glance(),
        entry,
    };
    Engine::from_scan(&Scan::new(export, GLANCE, &VOCABULARY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::test_folder::test_folder;

    #[test]
    fn a_game_of_many_scripts_is_read_as_quickly_as_others() {
        let page = "<script src=\"late/engine.js\"></script>".to_owned();
        let mut files = vec![
            ("index.html".to_owned(), page),
            ("late/engine.js".to_owned(), "//".to_owned()),
        ];
        files.extend((0..200).map(|number| (format!("a{number:03}.js"), "//".to_owned())));
        let folder = test_folder(&files);
        let source = Source::Folder(folder.path().to_owned());
        let export = Export {
            names: source.glance(),
            source: &source,
            entry: "index.html",
        };
        let scan = Scan::new(export, GLANCE, &VOCABULARY);
        let scripts: Vec<_> = scan
            .scripts
            .iter()
            .map(|script| script.name.as_str())
            .collect();
        assert_eq!(scripts.len(), 64);
        assert_eq!(scripts[0], "late/engine.js", "the page's own come first");
    }

    #[test]
    fn a_few_pages_of_many_are_read() {
        let pages = (0..20).map(|number| (format!("p{number:02}.html"), "<p>".to_owned()));
        let folder = test_folder(&pages.collect::<Vec<_>>());
        let source = Source::Folder(folder.path().to_owned());
        let export = Export {
            names: source.glance(),
            source: &source,
            entry: "p00.html",
        };
        let scan = Scan::new(export, GLANCE, &VOCABULARY);
        assert_eq!(scan.scripts.len(), 8);
    }
}
