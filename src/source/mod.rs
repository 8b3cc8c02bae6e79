//! The files of a game: a folder on disk, a zip archive, a game in object storage, or one embedded in the program.

pub(crate) mod application;
pub mod bucket;
mod embedded;
pub mod entry_page;
pub mod file;
mod folder;
pub(crate) mod game_page;
pub mod listing;
pub mod manifest;
mod naming_files;
pub mod unreadable;
mod walk;
pub(crate) mod zip;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, io};

use bytes::Bytes;

use crate::archive::Archive;
use crate::names::left_out::{LeftOut, LeftOutCause};
use crate::names::leftover::is_leftover;
use crate::source::bucket::BucketFiles;
use crate::source::file::{File, FileContent};
use crate::source::listing::Listing;
use crate::source::naming_files::NamingFiles;
use crate::source::unreadable::Unreadable;
use crate::source::zip::Zip;

/// The source of a game's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A folder on disk.
    Folder(PathBuf),
    /// A zip archive on disk.
    Zip(Zip),
    /// A game in object storage.
    Bucket(BucketFiles),
    /// A folder of the bundled games, by its name.
    Embedded(String),
}

impl Source {
    /// Creates the source at a path: a zip archive, or else a folder, which need not exist.
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        match Zip::is_at(&path) {
            true => Self::Zip(Zip::new(path)),
            false => Self::Folder(path),
        }
    }

    /// The path on disk; `None` for a game in object storage and an embedded one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Folder(root) => Some(root),
            Self::Zip(zip) => Some(zip.path()),
            Self::Bucket(_) | Self::Embedded(_) => None,
        }
    }

    /// Lists the files that players may load.
    ///
    /// # Errors
    /// When a folder cannot be read, or the archive is refused.
    pub fn files(&self) -> Result<Vec<File>, Unreadable> {
        self.listing().map(|listing| listing.files)
    }

    /// Lists the files that players may load, and what is left out: leftovers, names that no URL can express, links that
    /// lead nowhere or out of the folder, and what is neither a file nor a folder. Serving, checking, adding and explaining
    /// a game all ask here what is part of it.
    ///
    /// # Errors
    /// If a folder cannot be read or has more than a game may have, or the archive is refused.
    pub fn listing(&self) -> Result<Listing, Unreadable> {
        let mut listing = match self {
            Self::Folder(root) => folder::listing(root)?,
            Self::Zip(zip) => zip
                .listing()
                .map_err(|refused| Unreadable::new(zip.path(), refused.into()))?,
            Self::Bucket(game) => Listing {
                files: game.files(),
                left_out: Vec::new(),
            },
            Self::Embedded(name) => Listing {
                files: embedded::files(name),
                left_out: Vec::new(),
            },
        };
        self.leave_out_hidden(&mut listing);
        listing.files.sort_by(|a, b| a.path.cmp(&b.path));
        listing.left_out.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(listing)
    }

    /// A hash of the names and the metadata of a folder's files, by which a change shows; `None` if it is not a folder.
    pub fn state(&self) -> Option<u64> {
        match self {
            Self::Folder(root) => Some(folder::state(root)),
            Self::Zip(_) | Self::Bucket(_) | Self::Embedded(_) => None,
        }
    }

    /// Leaves hidden files out that nothing in the export names.
    fn leave_out_hidden(&self, Listing { files, left_out }: &mut Listing) {
        let is_hidden = |path: &str| path.split('/').any(is_leftover);
        if !files.iter().any(|file| is_hidden(&file.path)) {
            return;
        }
        let visible = files.iter().map(|file| file.path.as_str());
        let naming = NamingFiles::read(visible.filter(|path| !is_hidden(path)), |path, most| {
            self.head(path, most)
        });
        // A tool's folder may hold thousands of files, whose names are not searched for if nothing mentions the folder.
        let mut mentioned: HashMap<String, bool> = HashMap::new();
        files.retain(|file| {
            let is_kept = match file.path.split('/').find(|part| is_leftover(part)) {
                None => true,
                Some(hidden) => {
                    let mentions = || naming.mention(hidden);
                    *mentioned.entry(hidden.to_owned()).or_insert_with(mentions)
                        && naming.name(&file.path)
                }
            };
            if !is_kept {
                left_out.push(LeftOut {
                    path: file.path.clone(),
                    cause: LeftOutCause::Leftover,
                });
            }
            is_kept
        });
    }

    /// Opens a file. More than `most` bytes stay on disk, except for an embedded game, which is in memory anyway.
    ///
    /// # Errors
    /// When the file is missing or cannot be read.
    pub fn open(&self, file: &File, most: u64) -> Result<FileContent, Unreadable> {
        let opened = match self {
            Self::Folder(root) => folder::open(root, file.disk_path(), most),
            Self::Zip(_) => match &file.packed {
                Some(packed) => packed.open(most),
                None => Err(io::ErrorKind::NotFound.into()),
            },
            Self::Bucket(game) => game.open(&file.path, most),
            Self::Embedded(name) => embedded::read(name, &file.path)
                .map(FileContent::Bytes)
                .ok_or_else(|| io::ErrorKind::NotFound.into()),
        };
        opened.map_err(|error| self.unreadable(file, error))
    }

    /// Reads the first `most` bytes of a file; none if it cannot be read.
    pub fn head(&self, path: &str, most: u64) -> Bytes {
        match self {
            Self::Folder(root) if folder::is_below(path) => {
                folder::head(root, path, most).unwrap_or_default()
            }
            Self::Folder(_) => Bytes::new(),
            Self::Zip(zip) => {
                let head = zip.file(path).and_then(|file| file.head(most).ok());
                head.unwrap_or_default()
            }
            Self::Bucket(game) => game.head(path, most).unwrap_or_default(),
            Self::Embedded(name) => {
                let bytes = embedded::read(name, path).unwrap_or_default();
                bytes.slice(..bytes.len().min(usize::try_from(most).unwrap_or(usize::MAX)))
            }
        }
    }

    /// Opens the archive, if it is one. While the result is kept, the archive need not be read again.
    pub fn opened(&self) -> Option<Arc<Archive>> {
        match self {
            Self::Zip(zip) => zip.open().ok(),
            Self::Folder(_) | Self::Bucket(_) | Self::Embedded(_) => None,
        }
    }

    /// Lists enough file names to recognize the engine. Cheap for a game of any size; empty if it cannot be read.
    pub fn glance(&self) -> Vec<String> {
        match self {
            Self::Folder(root) => folder::sample(root),
            Self::Zip(zip) => {
                let files = zip.listing().unwrap_or_default().files.into_iter();
                files.map(|file| file.path).collect()
            }
            Self::Bucket(game) => game.manifest.files.keys().cloned().collect(),
            Self::Embedded(name) => {
                let files = embedded::files(name).into_iter();
                files.map(|file| file.path).collect()
            }
        }
    }

    /// Adds the name of the file to an error.
    pub fn unreadable(&self, file: &File, error: io::Error) -> Unreadable {
        Unreadable {
            path: format!("{self}/{}", file.path),
            error,
        }
    }

    /// True if the game has a file.
    pub fn has(&self, path: &str) -> bool {
        match self {
            Self::Folder(root) => folder::has(root, path),
            Self::Zip(zip) => zip.file(path).is_some(),
            Self::Bucket(game) => game.manifest.files.contains_key(path),
            Self::Embedded(name) => embedded::has(name, path),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(root) => write!(formatter, "{}", root.display()),
            Self::Zip(zip) => write!(formatter, "{zip}"),
            Self::Bucket(game) => write!(formatter, "{game}"),
            Self::Embedded(name) => write!(formatter, "embedded:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn files_that_players_may_not_load_are_not_listed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("game");
        fs::create_dir_all(root.join("a/.hidden")).unwrap();
        fs::create_dir_all(root.join("__MACOSX")).unwrap();
        for name in [
            "index.html",
            "a/b c.js",
            "a/.env",
            "a/.hidden/x",
            "中文.png",
            "index.html~",
            "#main.js#",
            "a/Thumbs.db",
            "__MACOSX/index.html",
        ] {
            fs::write(root.join(name), name).unwrap();
        }
        fs::write(folder.path().join("secret"), "secret").unwrap();
        symlink("../secret", root.join("out")).unwrap();
        symlink("..", root.join("up")).unwrap();
        symlink("nowhere", root.join("dead")).unwrap();
        symlink("../a", root.join("a/loop")).unwrap();
        symlink("index.html", root.join("inside.html")).unwrap();

        let paths: Vec<_> = Source::Folder(root)
            .files()
            .unwrap()
            .into_iter()
            .map(|file| file.path)
            .collect();
        assert_eq!(paths, ["a/b c.js", "index.html", "inside.html", "中文.png"]);
    }

    #[test]
    fn the_error_names_a_missing_folder() {
        let error = Source::Folder("/no/such/folder".into())
            .files()
            .unwrap_err();
        assert!(error.to_string().contains("/no/such/folder"), "{error}");
    }
}
