//! A game in a folder on disk.

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path};
use std::time::SystemTime;

use bytes::Bytes;
use walkdir::{DirEntry, WalkDir};

use crate::fs::confined;
use crate::fs::fingerprint::Fingerprint;
use crate::fs::pinned::Pinned;
use crate::names::leftover::{is_leftover, is_never_listed};
use crate::source::file::{File, FileContent};
use crate::source::unreadable::Unreadable;

/// Opens a file; one of more than `most` bytes stays on disk.
pub(super) fn open(root: &Path, path: &str, most: u64) -> io::Result<FileContent> {
    let file = confined::open(root, path)?;
    let length = file.metadata()?.len();
    if length > most {
        return Ok(FileContent::Big(Pinned::new(file)?, 0..length));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    // A file that grows belongs to an unfinished export; the site will be built again.
    file.take(length).read_to_end(&mut bytes)?;
    Ok(FileContent::Bytes(bytes.into()))
}

/// Reads the first `most` bytes of a file.
pub(super) fn head(root: &Path, path: &str, most: u64) -> io::Result<Bytes> {
    let mut head = Vec::new();
    let file = confined::open(root, path)?;
    file.take(most).read_to_end(&mut head)?;
    Ok(head.into())
}

/// Lists the files that players may load, and hidden ones.
pub(super) fn files(root: &Path) -> Result<Vec<File>, Unreadable> {
    let now = SystemTime::now();
    let walk = WalkDir::new(root)
        .follow_links(true)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || may_be_published(entry, root));
    let mut files = Vec::new();
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                let below = entry.path().strip_prefix(root).ok().and_then(Path::to_str);
                let metadata = entry.metadata().ok();
                let length = metadata.as_ref().map_or(0, |metadata| metadata.len());
                let fingerprint = metadata
                    .and_then(|metadata| Fingerprint::from_metadata(&metadata).settled(now));
                files.extend(below.map(|path| File {
                    path: path.to_owned(),
                    length,
                    packed: None,
                    fingerprint,
                }));
            }
            Ok(_) => {}
            Err(error) if is_dead_link(&error) => {}
            Err(error) => {
                let path = error.path().unwrap_or(root).to_owned();
                return Err(Unreadable::new(&path, error.into()));
            }
        }
    }
    Ok(files)
}

/// The number of folder levels that [`sample`] reads.
const SAMPLE_DEPTH: usize = 3;
/// The most names it takes from one folder.
const SAMPLE_PER_FOLDER: usize = 300;
/// The most file names it returns.
const SAMPLE_FILES: usize = 1000;

/// Lists the files at the top and a little below. It goes level by level, so that a folder full of pictures does not hide
/// the folders beside it, and follows no links.
pub(super) fn sample(root: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut level = vec![String::new()];
    for _ in 0..SAMPLE_DEPTH {
        let mut below = Vec::new();
        for folder in std::mem::take(&mut level) {
            let Ok(children) = fs::read_dir(root.join(&folder)) else {
                continue;
            };
            for child in children.flatten().take(SAMPLE_PER_FOLDER) {
                let (Ok(kind), Ok(name)) = (child.file_type(), child.file_name().into_string())
                else {
                    continue;
                };
                if is_leftover(&name) {
                    continue;
                }
                if kind.is_dir() {
                    below.push(format!("{folder}{name}/"));
                } else if kind.is_file() && names.len() < SAMPLE_FILES {
                    names.push(format!("{folder}{name}"));
                }
            }
        }
        below.sort();
        level = below;
    }
    names.sort();
    names
}

/// True if a path has no `..` and does not start at the root.
pub(super) fn is_below(path: &str) -> bool {
    Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
}

fn may_be_published(entry: &DirEntry, root: &Path) -> bool {
    let name = entry.file_name().to_str();
    let is_below = || {
        let path = entry.path().strip_prefix(root);
        path.is_ok_and(|path| confined::metadata(root, path).is_ok())
    };
    name.is_some_and(|name| !is_never_listed(name)) && (!entry.path_is_symlink() || is_below())
}

/// True if a link leads nowhere, or to a folder that contains it.
fn is_dead_link(error: &walkdir::Error) -> bool {
    error.loop_ancestor().is_some()
        || error
            .path()
            .is_some_and(|path| path.is_symlink() && !path.exists())
}
