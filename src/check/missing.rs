//! Faults that matter when a game is published: files that its page loads and that are missing, as in an export that is
//! still being written, and a project that was never built.

use std::collections::BTreeSet;

use crate::check::crawled_game::CrawledGame;
use crate::check::finding::{Problem, Severity};
use crate::library::game::Game;
use crate::source::unreadable::Unreadable;

/// The faults of a game that is published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishedFaults {
    /// The missing files that the entry page needs, as far as the files show; the page itself if it is missing or
    /// empty.
    pub missing: BTreeSet<String>,
    /// The source file that the page starts, if it is a project and not its build.
    pub unbuilt: Option<UnbuiltProject>,
}

/// A project whose page starts a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnbuiltProject {
    /// The source file.
    pub reference: String,
    /// The command that builds it.
    pub command: String,
    /// The folder that the build is in.
    pub folder: String,
}

/// The missing files that the entry page needs.
///
/// # Errors
/// If the game's folder or archive cannot be read.
pub fn missing_files(game: &Game) -> Result<BTreeSet<String>, Unreadable> {
    Ok(published_faults(game)?.missing)
}

/// Reads a game's texts for the faults that matter when it is published.
///
/// # Errors
/// If the game's folder or archive cannot be read.
pub fn published_faults(game: &Game) -> Result<PublishedFaults, Unreadable> {
    let _archive = game.source.opened();
    let CrawledGame { files, crawl, .. } = CrawledGame::read(game)?;
    let PublishedFaults {
        mut missing,
        mut unbuilt,
    } = PublishedFaults::default();
    if !files.iter().any(|file| file.path == game.entry) {
        missing.insert(game.entry.clone());
    }
    for finding in crawl.findings {
        match finding.problem {
            Problem::Missing { name, .. } if finding.severity == Severity::Error => {
                missing.insert(name);
            }
            Problem::EmptyPage => {
                missing.insert(game.entry.clone());
            }
            Problem::Unbuilt {
                reference,
                command,
                folder,
            } => {
                unbuilt = unbuilt.or(Some(UnbuiltProject {
                    reference,
                    command,
                    folder,
                }));
            }
            _ => {}
        }
    }
    Ok(PublishedFaults { missing, unbuilt })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn files_that_the_page_loads_are_missing_until_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let page = "<!doctype html><script src=a.js></script><img src=b.png>";
        write("index.html", page);
        let game = Game::from_folder(folder.path()).unwrap();
        let missing = || {
            let missing = missing_files(&game).unwrap();
            missing.into_iter().collect::<Vec<_>>()
        };
        assert_eq!(missing(), ["a.js", "b.png"]);
        write("a.js", "1");
        write("b.png", "picture");
        assert_eq!(missing(), [] as [&str; 0]);
        write("index.html", "");
        assert_eq!(missing(), ["index.html"]);
        fs::remove_file(folder.path().join("index.html")).unwrap();
        assert_eq!(missing(), ["index.html"]);
    }

    #[test]
    fn a_project_is_told_from_its_build() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("package.json", r#"{"scripts":{"build":"vite build"}}"#);
        for (reference, expected) in [
            ("/src/main.ts", true),
            ("%PUBLIC_URL%/a.js", true),
            ("<%= BASE_URL %>a.js", true),
            ("/src/main.jsx", true),
            ("index.tsx?v=1", true),
            ("./node_modules/three/three.js", true),
            ("https://cdn.example/src/main.ts", false),
            ("main.js", false),
        ] {
            let page = format!("<!doctype html><script type=module src='{reference}'></script>");
            write("index.html", &page);
            write("main.js", "1");
            let game = Game::from_folder(folder.path()).unwrap();
            let project = UnbuiltProject {
                reference: reference.to_owned(),
                command: "npm run build".to_owned(),
                folder: "dist".to_owned(),
            };
            let unbuilt = published_faults(&game).unwrap().unbuilt;
            assert_eq!(unbuilt, expected.then_some(project), "{reference}");
        }
    }
}
