//! A game in a folder on disk.

use std::collections::HashSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;

use crate::archive::members::relative_path;
use crate::fs::budget::GameBudget;
use crate::fs::confined;
use crate::fs::fingerprint::Fingerprint;
use crate::fs::pinned::Pinned;
use crate::names::left_out::LeftOut;
use crate::names::leftover::is_leftover;
use crate::source::file::{File, FileContent};
use crate::source::listing::Listing;
use crate::source::unreadable::Unreadable;
use crate::source::walk::{Walk, WalkEntry};

/// Opens a file; one of more than `most` bytes stays on disk.
pub(super) fn open(root: &Path, path: &str, most: u64) -> io::Result<FileContent> {
    let file = confined::open(root, path)?;
    let length = file.metadata()?.len();
    let mut bytes = Vec::new();
    // A file for which there is no memory stays on disk too.
    if length > most || bytes.try_reserve_exact(length as usize).is_err() {
        return Ok(FileContent::Big(Pinned::new(file)?, 0..length));
    }
    // A file that grows belongs to an unfinished export; the site will be built again.
    file.take(length).read_to_end(&mut bytes)?;
    Ok(FileContent::Bytes(bytes.into()))
}

/// Reads the first `most` bytes of a file.
pub(super) fn head(root: &Path, path: &str, most: u64) -> io::Result<Bytes> {
    let file = confined::open(root, path).or_else(|error| {
        let name = with_backslashes(root, path).ok_or(error)?;
        confined::open(root, &name)
    })?;
    let length = file.metadata()?.len().min(most);
    let mut head = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(most).read_to_end(&mut head)?;
    Ok(head.into())
}

/// True if there is a file at a path below the folder.
pub(super) fn has(root: &Path, path: &str) -> bool {
    is_below(path)
        && (confined::metadata(root, path).is_ok_and(|found| found.is_file())
            || with_backslashes(root, path).is_some())
}

/// Finds the file whose name has backslashes where a path has slashes, directly in the folder.
fn with_backslashes(root: &Path, path: &str) -> Option<String> {
    let name = path.contains('/').then(|| path.replace('/', "\\"))?;
    let is_file = confined::metadata(root, &name).is_ok_and(|found| found.is_file());
    is_file.then_some(name)
}

/// Lists the files that players may load, and hidden ones, and what is left out.
pub(super) fn listing(root: &Path) -> Result<Listing, Unreadable> {
    let now = SystemTime::now();
    let budget = GameBudget::default();
    let mut listing = Listing::default();
    for entry in Walk::new(root)? {
        let (path, found) = entry?;
        let length = match &found {
            WalkEntry::File(metadata) => metadata.len(),
            WalkEntry::Folder | WalkEntry::LeftOut(_) => 0,
        };
        let admitted = budget.admit(length);
        admitted.map_err(|over| Unreadable::new(root, over.into()))?;
        let path = path.to_string_lossy().into_owned();
        match found {
            WalkEntry::Folder => {}
            WalkEntry::File(metadata) => listing.files.push(File {
                path,
                length,
                packed: None,
                on_disk: None,
                fingerprint: Fingerprint::from_metadata(&metadata).settled(now),
            }),
            WalkEntry::LeftOut(cause) => listing.left_out.push(LeftOut { path, cause }),
        }
    }
    separate_backslashes(&mut listing.files);
    Ok(listing)
}

/// A hash of the names and the metadata of all files in a folder. It is another one after every change of a file.
pub(super) fn state(root: &Path) -> u64 {
    let Ok(walk) = Walk::new(root) else {
        return 0;
    };
    // The order of a folder's entries may change with any of them.
    let hash = |(path, found): (PathBuf, WalkEntry)| {
        let mut state = DefaultHasher::new();
        path.hash(&mut state);
        if let WalkEntry::File(metadata) = found {
            Fingerprint::from_metadata(&metadata).hash(&mut state);
        }
        state.finish()
    };
    walk.flatten().map(hash).fold(0, u64::wrapping_add)
}

/// Reads backslashes in names as separators, where no other file has that path.
fn separate_backslashes(files: &mut [File]) {
    if !files.iter().any(|file| file.path.contains('\\')) {
        return;
    }
    let mut taken: HashSet<String> = files.iter().map(|file| file.path.clone()).collect();
    for file in files.iter_mut().filter(|file| file.path.contains('\\')) {
        let path = file.path.replace('\\', "/");
        // Not where it would be no path, as in a name that ends in one.
        if relative_path(&path).is_ok_and(|same| same == path) && taken.insert(path.clone()) {
            file.on_disk = Some(std::mem::replace(&mut file.path, path));
        }
    }
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
