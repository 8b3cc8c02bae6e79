//! The folder and entry page of a game within its source.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::html::page::tags;
use crate::library::foreign::Foreign;
use crate::library::reason::Reason;
use crate::names::leftover::is_leftover;
use crate::names::parts::file_name;
use crate::source::Source;
use crate::source::entry_page::{find_entry_page, is_index, main_page, runs_scripts};
use crate::source::zip::Zip;

/// The bytes of a page that are read to find its scripts.
const PAGE_HEAD: u64 = 64 << 10;

/// Finds the entry page and the folder that is the root of the game: the configured page, else a page in the source's
/// folder, else in its only sub-folder that has one, as archives unpack. An index
/// below comes before a page of another name that runs no script.
///
/// # Errors
/// When the source is missing or refused, or has no entry page.
pub(super) fn locate(source: Source, page: Option<&str>) -> Result<(Source, String), Reason> {
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
    let here = entry_page(path).map_err(unreadable)?;
    if let Some(page) = &here
        && (is_index(page) || runs_scripts(&source.head(page, PAGE_HEAD)))
    {
        return Ok((source.clone(), page.clone()));
    }
    if let Some(main) = main_page(&source.head("package.json", PAGE_HEAD))
        && source.has(&main)
    {
        return Ok((source.clone(), main));
    }
    let mut is_ambiguous = false;
    for depth in 1..=2 {
        let mut inside = folders_with_page(path, depth).map_err(unreadable)?;
        // Below a page of another name, such as a licence, only an index is the game's.
        if here.is_some() {
            inside.retain(|(_, page)| is_index(page));
        }
        match (inside.pop(), inside.is_empty() && !is_ambiguous) {
            (Some((folder, page)), true) => return Ok(choose_root(source, &folder, &page)),
            (None, _) => {}
            (Some(_), false) => is_ambiguous = true,
        }
    }
    match here {
        Some(page) => Ok((source.clone(), page)),
        None => Err(no_entry(&source)),
    }
}

/// The reason to reject a source without an entry page.
fn no_entry(source: &Source) -> Reason {
    let path = source.path().unwrap_or(Path::new("")).to_owned();
    match Foreign::of_source(source) {
        Some(kind) => Reason::Foreign { path, kind },
        None => Reason::NoEntry { path },
    }
}

/// Finds the folders `depth` levels below that have an entry page, each with that page.
fn folders_with_page(folder: &Path, depth: usize) -> io::Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for child in visible_children(folder)?
        .into_iter()
        .filter(|child| child.is_dir())
    {
        // A folder that cannot be read is not a game.
        match depth {
            1 => found.extend(entry_page(&child).ok().flatten().map(|page| (child, page))),
            _ => found.extend(folders_with_page(&child, depth - 1).unwrap_or_default()),
        }
    }
    Ok(found)
}

/// Returns a folder below the source as the game's root, or the source itself if the page refers to files beside its
/// folder.
fn choose_root(source: Source, folder: &Path, page: &str) -> (Source, String) {
    let inner = Source::Folder(folder.to_owned());
    let text = inner.head(page, PAGE_HEAD);
    let reaches_out = tags(&text).iter().any(|tag| {
        let reference = tag.reference().unwrap_or_default();
        reference.starts_with("../")
    });
    let Source::Folder(root) = &source else {
        return (inner, page.to_owned());
    };
    match folder.strip_prefix(root).ok().and_then(Path::to_str) {
        Some(below) if reaches_out => {
            let page = format!("{}/{page}", below.replace('\\', "/"));
            (source, page)
        }
        _ => (inner, page.to_owned()),
    }
}

fn locate_in_zip(zip: Zip, page: Option<&str>) -> Result<(Source, String), Reason> {
    let path = zip.path().to_owned();
    match zip.locate(page) {
        Ok(Some((zip, page))) => Ok((Source::Zip(zip), page)),
        Ok(None) => Err(match page.map(str::to_owned) {
            Some(entry) => Reason::EntryMissing { path, entry },
            None => no_entry(&Source::Zip(Zip::new(path))),
        }),
        Err(refused) => Err(Reason::Archive { path, refused }),
    }
}

/// Finds the entry page in a folder.
fn entry_page(folder: &Path) -> io::Result<Option<String>> {
    let files = visible_children(folder)?
        .into_iter()
        .filter(|child| child.is_file());
    let names: Vec<_> = files.map(|child| file_name(&child)).collect();
    Ok(find_entry_page(names.iter().map(String::as_str)))
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
