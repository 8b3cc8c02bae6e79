//! The files that a game's page loads and that are not there: an export that is still being written has some.

use std::collections::BTreeSet;

use crate::check::crawl::crawl;
use crate::check::finding::{Problem, Severity};
use crate::check::resolve::FileNames;
use crate::library::game::Game;
use crate::library::profile::Profile;
use crate::source::unreadable::Unreadable;

/// The missing files that the entry page needs, as far as the files tell; the page itself if it is missing or empty.
///
/// # Errors
/// If the game's folder or archive cannot be read.
pub fn missing_files(game: &Game) -> Result<BTreeSet<String>, Unreadable> {
    let _archive = game.source.opened();
    let files = game.source.files()?;
    let profile = Profile::detect(game, &files);
    let lengths: Vec<_> = files
        .into_iter()
        .map(|file| (file.path, file.length))
        .collect();
    let inner = profile.encoded.iter();
    let names = FileNames::new(
        lengths.iter().map(|(name, _)| name.as_str()),
        inner.map(|(file, encoded)| (encoded.inner.as_str(), file.as_str())),
        &profile.prefix.is,
    );
    let mut missing = BTreeSet::new();
    if !lengths.iter().any(|(name, _)| *name == game.entry) {
        missing.insert(game.entry.clone());
    }
    let findings = crawl(game, &names, &lengths).findings;
    for finding in findings {
        match finding.problem {
            Problem::Missing { name, .. } if finding.severity == Severity::Error => {
                missing.insert(name);
            }
            Problem::EmptyPage => {
                missing.insert(game.entry.clone());
            }
            _ => {}
        }
    }
    Ok(missing)
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
}
