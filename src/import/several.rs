//! Sources that hold several games: a folder of games, a zip of zips.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::import::error::ImportError;
use crate::import::format::Format;
use crate::import::request::ImportRequest;
use crate::import::source::is_page;
use crate::import::store::Store;
use webserver::library::game::Game;
use webserver::library::locate::visible_children;
use webserver::names::natural::NaturalKey;
use webserver::names::stem::stem;
use webserver::source::Source;
use webserver::source::entry_page::is_index;

/// The levels of folders that are searched: a class, a pupil, an upload.
const DEPTH: usize = 3;

/// Files that may lie beside games without being part of one.
const NOTES: &[&str] = &[
    "csv", "doc", "docx", "jpg", "md", "ods", "odt", "pdf", "png", "rtf", "txt", "xls", "xlsx",
];

/// Something in a folder that may be a game.
#[derive(Clone, Debug, PartialEq, Eq)]
struct MaybeGame {
    path: PathBuf,
    /// True if it is known to be a game; an archive may be one.
    is_game: bool,
}

/// Finds the games in a folder that is not one itself, sorted as people do. Folders without a game are among them if there
/// are others, so that the host learns of each. Empty if the folder has no games, or is one.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn games_in(folder: &Path) -> Result<Vec<PathBuf>, ImportError> {
    let own = Game::from_folder(folder).ok();
    let is_here = |game: &Game| is_at(&game.source, folder);
    if own
        .as_ref()
        .is_some_and(|game| is_here(game) && is_index(&game.entry))
    {
        return Ok(Vec::new());
    }
    let found = candidates(folder, DEPTH)?;
    // Below or beside a game by itself, there may be others.
    let least = if own.is_some() { 2 } else { 1 };
    match found.iter().filter(|one| one.is_game).count() >= least {
        true => Ok(found.into_iter().map(|one| one.path).collect()),
        false => Ok(Vec::new()),
    }
}

/// Replaces each folder of games among the sources by its games, without those that are in the library already.
///
/// # Errors
/// If a folder cannot be read, or holds several games and the host names one, or there is nothing else to add.
pub(crate) fn expand(
    request: &mut ImportRequest,
    store: Option<&Store>,
) -> Result<(), ImportError> {
    let library = store.and_then(|store| store.games().canonicalize().ok());
    let is_in_library = |path: &PathBuf| {
        let path = path.canonicalize();
        { path.ok() }
            .zip(library.as_ref())
            .is_some_and(|(path, library)| path.starts_with(library))
    };
    let (mut sources, mut known) = (Vec::new(), Vec::new());
    for typed in std::mem::take(&mut request.sources) {
        let folder = Path::new(&typed);
        let mut games = match folder.is_dir() {
            true => games_in(folder)?,
            false => Vec::new(),
        };
        let is_of_many = !games.is_empty();
        games.retain(|game| !is_in_library(game));
        match games.len() {
            0 if is_of_many => known.push(folder.to_owned()),
            0 => sources.push(typed),
            several @ 2.. if request.has_names() => {
                return Err(ImportError::Several { games: several });
            }
            _ => sources.extend(games.into_iter().map(PathBuf::into_os_string)),
        }
    }
    // Beside other sources, the folder of the library is passed over.
    if let Some(folder) = known.into_iter().next()
        && (sources.is_empty() || request.has_names())
    {
        return Err(ImportError::NothingNew { folder });
    }
    request.sources = sources;
    Ok(())
}

/// True if the game lies directly in a folder, with its page there or with files that reach out of the page's folder.
fn is_at(source: &Source, folder: &Path) -> bool {
    source.path() == Some(folder)
}

fn candidates(folder: &Path, depth: usize) -> Result<Vec<MaybeGame>, ImportError> {
    let children = visible_children(folder);
    let mut children = children.map_err(|error| ImportError::read(folder, error))?;
    children.sort_by_cached_key(|path| NaturalKey::new(&path.to_string_lossy()));
    let (mut found, mut pages, mut others) = (Vec::new(), Vec::new(), 0);
    for path in children {
        let candidate = |is_game| MaybeGame {
            path: path.clone(),
            is_game,
        };
        if path.is_dir() {
            if Game::from_folder(&path).is_ok_and(|game| is_at(&game.source, &path)) {
                found.push(candidate(true));
                continue;
            }
            let below = match depth {
                0 => Vec::new(),
                // An unreadable folder is reported as a failed source.
                _ => candidates(&path, depth - 1).unwrap_or_default(),
            };
            let games = below.iter().filter(|one| one.is_game).count();
            let is_one = Game::from_folder(&path).is_ok() && games <= 1;
            let is_told = below.iter().any(|one| one.is_game || one.path.is_file());
            match is_one || !is_told {
                true => found.push(candidate(is_one)),
                false => found.extend(below),
            }
        } else if is_archive(&path) {
            let is_zip = path
                .extension()
                .is_some_and(|end| end.eq_ignore_ascii_case("zip"));
            let is_broken = is_zip && Source::from_path(&path).opened().is_none();
            found.push(candidate(!is_broken));
        } else if is_page(&path) {
            pages.push(candidate(true));
        } else if !is_note(&path) {
            others += 1;
        }
    }
    // Pages beside scripts and pictures belong together.
    if others == 0 {
        found.extend(pages);
    }
    Ok(found)
}

/// True if a file has the name and the beginning of an archive.
fn is_archive(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut head = Vec::new();
    let read = || File::open(path)?.take(512).read_to_end(&mut head);
    stem(&name) != name && !is_page(path) && { read }().is_ok() && Format::detect(&head).is_some()
}

fn is_note(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    NOTES.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn games_of_a_folder_are_told_from_files_of_one() {
        for (files, expected) in [
            (&["index.html", "a/index.html"][..], &[][..]),
            (&["game/index.html", "readme.txt"], &[]),
            (&["b/index.html", "a/index.html"], &["a", "b"]),
            (
                &[
                    "pupil 10/game/index.html",
                    "pupil 2/index.html",
                    "rest/notes.txt",
                ],
                &["pupil 2", "pupil 10", "rest"],
            ),
            (
                &[
                    "Ann/one/index.html",
                    "Ann/two/index.html",
                    "Bob/dist/index.html",
                ],
                &["Ann/one", "Ann/two", "Bob"],
            ),
            (
                &["story.html", "quest.html", "list.csv"],
                &["quest.html", "story.html"],
            ),
            (&["story.html", "quest.html", "a.js"], &[]),
            (&["src/main.ts", "img/a.png"], &[]),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for file in files {
                let path = folder.path().join(file);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, "<script></script>").unwrap();
            }
            let found = games_in(folder.path()).unwrap();
            let expected: Vec<_> = { expected.iter() }
                .map(|below| folder.path().join(below))
                .collect();
            assert_eq!(found, expected, "{files:?}");
        }
    }
}
