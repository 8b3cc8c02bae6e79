//! The folder and entry page of a game among files that lie in folders: on disk or in an archive.

use std::io;

use crate::html::page::tags;
use crate::source::application::application_page;
use crate::source::entry_page::{find_entry_page, is_index, is_template, runs_scripts};

/// The bytes of a page, or of an application's script, that are read to choose a page.
pub(crate) const HEAD: u64 = 256 << 10;

/// The folder of a packaged Electron application for its own files.
const APPLICATION: &str = "resources/app/";

/// Files in folders. The name of a folder is empty, or ends with a slash.
pub(crate) trait FileTree {
    /// The names of the files in a folder.
    ///
    /// # Errors
    /// When the folder cannot be read.
    fn files(&self, folder: &str) -> io::Result<Vec<String>>;

    /// The folders in a folder, from the root on.
    fn folders(&self, folder: &str) -> Vec<String>;

    /// The beginning of a file; nothing if it cannot be read.
    fn head(&self, name: &str) -> Vec<u8>;
}

/// A folder that is the root of a game, and the entry page in it.
pub(crate) type GamePage = (String, String);

/// Finds the entry page and the folder that is the root of the game: a page in the folder, else the one that an application
/// opens, else a page in the only sub-folder that has one, as archives unpack. An index below comes before a page of another
/// name that runs no script.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn find_game(tree: &dyn FileTree, folder: &str) -> io::Result<Option<GamePage>> {
    let here = page_in(tree, folder)?;
    if let Some(page) = &here
        && is_game(tree, folder, page)
    {
        return Ok(Some((folder.to_owned(), page.clone())));
    }
    if let Some(page) = opened_page(tree, folder) {
        return Ok(Some((folder.to_owned(), page)));
    }
    let application = format!("{folder}{APPLICATION}");
    if tree
        .folders(&format!("{folder}resources/"))
        .contains(&application)
    {
        if let Some(page) = opened_page(tree, &application) {
            return Ok(Some((application, page)));
        }
        // A folder that cannot be read is not a game.
        if let Ok(Some(found)) = find_game(tree, &application) {
            return Ok(Some(found));
        }
    }
    let found = find_below(tree, folder, here.is_some());
    Ok(found.or_else(|| here.map(|page| (folder.to_owned(), page))))
}

/// Finds the only folder one or two levels below that has an entry page.
fn find_below(tree: &dyn FileTree, folder: &str, has_page: bool) -> Option<GamePage> {
    let mut level = vec![folder.to_owned()];
    for _ in 1..=2 {
        level = level
            .iter()
            .flat_map(|folder| tree.folders(folder))
            .collect();
        let mut found: Vec<_> = { level.iter() }
            .filter_map(|below| Some((below.clone(), page_in(tree, below).ok()??)))
            // Below a page of another name, such as a licence, only an index is the game's.
            .filter(|(_, page)| !has_page || is_index(page))
            .filter(|(below, page)| !is_template(&tree.head(&format!("{below}{page}"))))
            .collect();
        if found.len() > 1 && found.iter().any(|(below, page)| is_game(tree, below, page)) {
            found.retain(|(below, page)| is_game(tree, below, page));
        }
        match (found.pop(), found.is_empty()) {
            (Some((below, page)), true) if is_game(tree, &below, &page) => {
                return Some(choose_root(tree, folder, below, page));
            }
            (Some((below, _)), true) => return find_game(tree, &below).ok()?,
            (Some(_), false) => return None,
            (None, _) => {}
        }
    }
    None
}

/// Lists the folders and zip archives that may be games where there is no one game; none unless there are several.
pub(crate) fn several_games(tree: &dyn FileTree) -> Vec<String> {
    let is_zip = |name: &String| name.to_ascii_lowercase().ends_with(".zip");
    let has_page = |folder: &String| page_in(tree, folder).is_ok_and(|page| page.is_some());
    let mut found: Vec<_> = tree.files("").unwrap_or_default();
    found.retain(is_zip);
    let mut level = tree.folders("");
    for _ in 1..=2 {
        let games = level.iter().filter(|folder| has_page(folder));
        found.extend(games.map(|folder| folder.trim_end_matches('/').to_owned()));
        if found.len() > 1 {
            found.sort();
            return found;
        }
        level = { level.iter() }
            .flat_map(|folder| tree.folders(folder))
            .collect();
    }
    Vec::new()
}

/// Chooses the page's folder as the game's root, or the folder above if the page refers to files beside its folder.
fn choose_root(tree: &dyn FileTree, folder: &str, below: String, page: String) -> GamePage {
    let text = tree.head(&format!("{below}{page}"));
    let reaches_out = tags(&text).iter().any(|tag| {
        let reference = tag.reference().unwrap_or_default();
        reference.starts_with("../")
    });
    match below.strip_prefix(folder) {
        Some(path) if reaches_out => (folder.to_owned(), format!("{path}{page}")),
        _ => (below, page),
    }
}

fn page_in(tree: &dyn FileTree, folder: &str) -> io::Result<Option<String>> {
    let files = tree.files(folder)?;
    Ok(find_entry_page(files.iter().map(String::as_str)))
}

/// True if a page is an index or runs scripts, as a licence beside a game does not.
fn is_game(tree: &dyn FileTree, folder: &str, page: &str) -> bool {
    is_index(page) || runs_scripts(&tree.head(&format!("{folder}{page}")))
}

fn opened_page(tree: &dyn FileTree, folder: &str) -> Option<String> {
    application_page(&|name| tree.head(&format!("{folder}{name}")))
}
