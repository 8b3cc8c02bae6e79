//! The folder and entry page of a game within its source.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::library::foreign::Foreign;
use crate::library::reason::Reason;
use crate::names::leftover::is_leftover;
use crate::names::parts::file_name;
use crate::source::Source;
use crate::source::entry_page::has_page_name;
use crate::source::game_page::{FileTree, HEAD, find_game, several_games};
use crate::source::zip::Zip;

/// Finds the entry page and the folder that is the root of the game: the configured page, else the game's.
///
/// # Errors
/// When the source is missing or refused, or has no entry page.
pub(super) fn locate(source: Source, page: Option<&str>) -> Result<(Source, String), Reason> {
    // A path that a shell completed, or that was copied from a page.
    let page = page.map(|page| page.trim_start_matches("./"));
    if let Some(page) = page.filter(|page| !has_page_name(page)) {
        return Err(Reason::NotAPage {
            entry: page.to_owned(),
        });
    }
    let path = match source {
        Source::Folder(ref path) => path,
        Source::Zip(zip) => return locate_in_zip(zip, page),
        Source::Bucket(_) | Source::Embedded(_) => {
            return Ok((source, page.unwrap_or("index.html").to_owned()));
        }
    };
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Reason::Missing { path: path.clone() },
        _ => Reason::Unreadable {
            path: path.clone(),
            error,
        },
    })?;
    if !metadata.is_dir() {
        let path = path.clone();
        return Err(match Foreign::of_file(&path) {
            Some(kind) => Reason::Foreign { path, kind },
            None => Reason::NotAFolder { path },
        });
    }
    if let Some(page) = page {
        if source.has(page) {
            return Ok((source.clone(), page.to_owned()));
        }
        return Err(Reason::EntryMissing {
            path: path.clone(),
            entry: page.to_owned(),
        });
    }
    let unreadable = |error| Reason::Unreadable {
        path: path.clone(),
        error,
    };
    match find_game(&FolderTree(path), "").map_err(unreadable)? {
        Some((folder, page)) if folder.is_empty() => Ok((source.clone(), page)),
        Some((folder, page)) => Ok((Source::Folder(join(path, &folder)), page)),
        None => Err(no_entry(&source, several_games(&FolderTree(path)))),
    }
}

/// The reason to reject a source without an entry page.
fn no_entry(source: &Source, games: Vec<String>) -> Reason {
    let path = source.path().unwrap_or(Path::new("")).to_owned();
    match Foreign::of_source(source) {
        Some(kind) => Reason::Foreign { path, kind },
        None if !games.is_empty() => Reason::SeveralGames { path, games },
        None => Reason::NoEntry { path },
    }
}

fn locate_in_zip(zip: Zip, page: Option<&str>) -> Result<(Source, String), Reason> {
    let path = zip.path().to_owned();
    match zip.locate(page) {
        Ok(Some((zip, page))) => Ok((Source::Zip(zip), page)),
        Ok(None) => Err(match page.map(str::to_owned) {
            Some(entry) => Reason::EntryMissing { path, entry },
            None => {
                let zip = Zip::new(path);
                let games = zip.several_games();
                no_entry(&Source::Zip(zip), games)
            }
        }),
        Err(refused) => Err(Reason::Archive { path, refused }),
    }
}

/// A folder on disk.
struct FolderTree<'a>(&'a Path);

impl FileTree for FolderTree<'_> {
    fn files(&self, folder: &str) -> io::Result<Vec<String>> {
        let children = visible_children(&join(self.0, folder))?;
        let files = children.iter().filter(|child| child.is_file());
        Ok(files.map(|child| file_name(child)).collect())
    }

    fn folders(&self, folder: &str) -> Vec<String> {
        // A folder that cannot be read is not a game.
        let children = visible_children(&join(self.0, folder)).unwrap_or_default();
        let folders = children.iter().filter(|child| child.is_dir());
        folders
            .map(|child| format!("{folder}{}/", file_name(child)))
            .collect()
    }

    fn head(&self, name: &str) -> Vec<u8> {
        Source::Folder(self.0.to_owned()).head(name, HEAD).to_vec()
    }
}

/// The path of a folder below another.
fn join(path: &Path, folder: &str) -> PathBuf {
    let mut path = path.to_owned();
    path.extend(folder.split('/').filter(|part| !part.is_empty()));
    path
}

/// Lists the children of a folder, without hidden ones and leftovers.
///
/// # Errors
/// When the folder cannot be read.
pub fn visible_children(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let children = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    Ok(children
        .into_iter()
        .map(|child| child.path())
        .filter(|child| !is_leftover(&file_name(child)))
        .collect())
}
