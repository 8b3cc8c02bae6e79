//! The entries of a folder, at any depth. Links are followed if they lead to something in the folder. No other folder is opened:
//! it may be one that the sandbox forbids, or one without end, such as `/proc`.

use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::vec;

use crate::fs::confined;
use crate::names::left_out::LeftOutCause;
use crate::names::leftover::is_never_listed;
use crate::source::unreadable::Unreadable;

/// A path of a folder.
pub(super) enum WalkEntry {
    /// A folder, whose entries follow.
    Folder,
    /// A file, with its metadata.
    File(Metadata),
    /// Something that is no part of the game. If it is a folder, it is not read.
    LeftOut(LeftOutCause),
}

/// Goes through a folder, depth first. Yields paths below it, in no order.
pub(super) struct Walk<'a> {
    root: &'a Path,
    /// The folders that are being read, each in the one before.
    folders: Vec<ReadFolder>,
}

struct ReadFolder {
    /// The folder's path without links, which tells whether a link leads back to it.
    real: PathBuf,
    entries: vec::IntoIter<DirEntry>,
}

impl<'a> Walk<'a> {
    /// Reads the top of a folder.
    pub(super) fn new(root: &'a Path) -> Result<Self, Unreadable> {
        let folder = root
            .canonicalize()
            .and_then(|real| ReadFolder::new(root, real));
        let folders = vec![folder.map_err(|error| Unreadable::new(root, error))?];
        Ok(Self { root, folders })
    }

    /// Looks at an entry of the innermost folder; `None` if it is gone.
    fn look(&mut self, entry: &DirEntry) -> io::Result<Option<WalkEntry>> {
        let kind = entry.file_type()?;
        if let Some(cause) = unfit_name(entry) {
            return Ok(Some(WalkEntry::LeftOut(cause)));
        }
        let path = entry.path();
        let metadata = match kind.is_symlink() {
            true if !path.exists() => return Ok(Some(WalkEntry::LeftOut(LeftOutCause::DeadLink))),
            true if !self.is_inside(&path) => {
                return Ok(Some(WalkEntry::LeftOut(LeftOutCause::LinkOut)));
            }
            true => Some(fs::metadata(&path)?),
            false => None,
        };
        match metadata.as_ref().map_or(kind, Metadata::file_type) {
            kind if kind.is_dir() => self.descend(entry, metadata.is_some()).map(Some),
            kind if kind.is_file() => Ok(metadata
                .or_else(|| entry.metadata().ok())
                .map(WalkEntry::File)),
            _ => Ok(Some(WalkEntry::LeftOut(LeftOutCause::Special))),
        }
    }

    fn descend(&mut self, entry: &DirEntry, is_link: bool) -> io::Result<WalkEntry> {
        let path = entry.path();
        let real = match self.folders.last() {
            Some(folder) if !is_link => folder.real.join(entry.file_name()),
            _ => path.canonicalize()?,
        };
        if self.folders.iter().any(|folder| folder.real == real) {
            return Ok(WalkEntry::LeftOut(LeftOutCause::DeadLink));
        }
        self.folders.push(ReadFolder::new(&path, real)?);
        Ok(WalkEntry::Folder)
    }

    fn is_inside(&self, path: &Path) -> bool {
        let below = path.strip_prefix(self.root);
        below.is_ok_and(|path| confined::metadata(self.root, path).is_ok())
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<(PathBuf, WalkEntry), Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(entry) = self.folders.last_mut()?.entries.next() else {
                self.folders.pop();
                continue;
            };
            let path = entry.path();
            match self.look(&entry) {
                Ok(None) => {}
                Ok(Some(found)) => {
                    let below = path.strip_prefix(self.root).unwrap_or(&path);
                    return Some(Ok((below.to_owned(), found)));
                }
                Err(error) => return Some(Err(Unreadable::new(&path, error))),
            }
        }
    }
}

impl ReadFolder {
    fn new(path: &Path, real: PathBuf) -> io::Result<Self> {
        // Read to the end, so that no more than one folder is open at any depth.
        let entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
        let entries = entries.into_iter();
        Ok(Self { real, entries })
    }
}

/// The reason that nothing of this name is part of a game, if there is one.
fn unfit_name(entry: &DirEntry) -> Option<LeftOutCause> {
    match entry.file_name().to_str() {
        None => Some(LeftOutCause::Name),
        Some(name) if is_never_listed(name) => Some(LeftOutCause::Leftover),
        Some(name) => name
            .bytes()
            .any(|byte| byte.is_ascii_control())
            .then_some(LeftOutCause::Name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_are_followed_inside_the_folder_only() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("game");
        for folder in ["game/a/b", "outside"] {
            fs::create_dir_all(place.path().join(folder)).unwrap();
        }
        for file in ["game/page", "game/a/b/file", "outside/file"] {
            fs::write(place.path().join(file), "").unwrap();
        }
        for (link, target) in [
            ("again", "a"),
            ("absolute", root.join("a/b").to_str().unwrap()),
            ("a/page", "../page"),
            ("a/up", ".."),
            ("a/b/around", "../../again"),
            ("out", "../outside"),
            ("outfile", "../outside/file"),
            ("system", "/proc"),
            ("dead", "nowhere"),
            ("itself", "itself"),
            (".git", "a"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        let mut found: Vec<_> = Walk::new(&root)
            .unwrap()
            .map(Result::unwrap)
            .map(|(path, found)| match found {
                WalkEntry::Folder => format!("{}/", path.display()),
                WalkEntry::File(_) => path.display().to_string(),
                WalkEntry::LeftOut(cause) => format!("{} {}", path.display(), cause.token()),
            })
            .collect();
        found.sort();
        assert_eq!(
            found,
            [
                ".git leftover",
                "a/",
                "a/b/",
                "a/b/around dead-link",
                "a/b/file",
                "a/page",
                "a/up dead-link",
                "absolute/",
                "absolute/around/",
                "absolute/around/b dead-link",
                "absolute/around/page",
                "absolute/around/up dead-link",
                "absolute/file",
                "again/",
                "again/b/",
                "again/b/around dead-link",
                "again/b/file",
                "again/page",
                "again/up dead-link",
                "dead dead-link",
                "itself dead-link",
                "out link-out",
                "outfile link-out",
                "page",
                "system link-out",
            ]
        );
    }
}
