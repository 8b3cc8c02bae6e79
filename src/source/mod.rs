//! Where a game's files are: a folder on disk, a zip archive, or this binary.

pub(crate) mod entry_page;
pub(crate) mod file;
pub(crate) mod zip;

use std::borrow::Cow;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use std::{fmt, fs};

use bytes::Bytes;
use rust_embed::{Embed, EmbeddedFile};
use thiserror::Error;
use walkdir::{DirEntry, WalkDir};

use crate::archive::Archive;
use crate::fs::confined;
use crate::fs::confined::is_leftover;
use crate::fs::fingerprint::Fingerprint;
use crate::fs::pinned::Pinned;
use crate::source::file::{File, FileContent};
use crate::source::zip::Zip;

/// The games that come with the program.
#[derive(Embed)]
#[folder = "games/"]
struct Bundled;

/// The place that a game's files are read from when its site is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A folder on disk.
    Folder(PathBuf),
    /// A zip archive on disk.
    Zip(Zip),
    /// A folder of the bundled games, by its name.
    Embedded(String),
}

/// A file or folder of a game that could not be read.
#[derive(Debug, Error)]
#[error("cannot read {path}: {error}")]
pub struct Unreadable {
    /// The path, in the source's terms.
    pub path: String,
    /// The system's error.
    pub error: io::Error,
}

impl Source {
    /// What is at a path: a zip archive, or else a folder, which need not be there.
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        match Zip::is_at(&path) {
            true => Self::Zip(Zip::new(path)),
            false => Self::Folder(path),
        }
    }

    /// Where it is on disk.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Folder(root) => Some(root),
            Self::Zip(zip) => Some(zip.path()),
            Self::Embedded(_) => None,
        }
    }

    /// Every file that players may have: no dotfiles, nothing that editors left behind, nothing reached by a link that
    /// is absolute or leaves the folder, no name that a URL cannot express.
    ///
    /// # Errors
    /// When a folder or a file's metadata cannot be read.
    pub fn files(&self) -> Result<Vec<File>, Unreadable> {
        let mut files = match self {
            Self::Folder(root) => folder_files(root)?,
            Self::Zip(zip) => zip
                .files()
                .map_err(|refused| Unreadable::new(zip.path(), refused.into()))?,
            Self::Embedded(name) => embedded_files(name),
        };
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// A file's bytes, when they are `most` at most. What is embedded is in memory anyhow.
    ///
    /// # Errors
    /// When the file is gone or cannot be read.
    pub fn open(&self, file: &File, most: u64) -> Result<FileContent, Unreadable> {
        let opened = match self {
            Self::Folder(root) => open(root, &file.path, most),
            Self::Zip(_) => match &file.packed {
                Some(packed) => packed.open(most),
                None => Err(io::ErrorKind::NotFound.into()),
            },
            Self::Embedded(name) => embedded(name, &file.path)
                .map(FileContent::Bytes)
                .ok_or_else(|| io::ErrorKind::NotFound.into()),
        };
        opened.map_err(|error| self.unreadable(file, error))
    }

    /// The beginning of a file, `most` bytes at most; empty when it cannot be read.
    pub fn head(&self, path: &str, most: u64) -> Bytes {
        let read = |root: &Path| {
            let mut head = Vec::new();
            let file = confined::open(root, path)?;
            file.take(most).read_to_end(&mut head).map(|_| head.into())
        };
        match self {
            Self::Folder(root) if is_below(path) => read(root).unwrap_or_default(),
            Self::Folder(_) => Bytes::new(),
            Self::Zip(zip) => {
                let head = zip.file(path).and_then(|file| file.head(most).ok());
                head.unwrap_or_default()
            }
            Self::Embedded(name) => {
                let bytes = embedded(name, path).unwrap_or_default();
                bytes.slice(..bytes.len().min(usize::try_from(most).unwrap_or(usize::MAX)))
            }
        }
    }

    /// The archive, when it is one: looking into it is cheap as long as this is kept.
    pub fn opened(&self) -> Option<Arc<Archive>> {
        match self {
            Self::Zip(zip) => zip.open().ok(),
            Self::Folder(_) | Self::Embedded(_) => None,
        }
    }

    /// The names of files at the top and a little below, as many as tell what made them. Cheap, whatever the size of
    /// the game; empty when it cannot be read.
    pub fn glance(&self) -> Vec<String> {
        match self {
            Self::Folder(root) => folder_glance(root),
            Self::Zip(zip) => {
                let files = zip.files().unwrap_or_default().into_iter();
                files.map(|file| file.path).collect()
            }
            Self::Embedded(name) => {
                let files = embedded_files(name).into_iter();
                files.map(|file| file.path).collect()
            }
        }
    }

    /// Says which file could not be read.
    pub fn unreadable(&self, file: &File, error: io::Error) -> Unreadable {
        Unreadable {
            path: format!("{self}/{}", file.path),
            error,
        }
    }

    /// Whether the game has this file; for the few questions asked before it is built.
    pub fn has(&self, path: &str) -> bool {
        match self {
            Self::Folder(root) => {
                is_below(path) && confined::metadata(root, path).is_ok_and(|found| found.is_file())
            }
            Self::Zip(zip) => zip.file(path).is_some(),
            Self::Embedded(name) => Bundled::get(&format!("{name}/{path}")).is_some(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(root) => write!(formatter, "{}", root.display()),
            Self::Zip(zip) => write!(formatter, "{zip}"),
            Self::Embedded(name) => write!(formatter, "embedded:{name}"),
        }
    }
}

impl Unreadable {
    fn new(path: &Path, error: io::Error) -> Self {
        Self {
            path: path.display().to_string(),
            error,
        }
    }
}

pub(crate) fn open(root: &Path, path: &str, most: u64) -> io::Result<FileContent> {
    let file = confined::open(root, path)?;
    let length = file.metadata()?.len();
    if length > most {
        return Ok(FileContent::Big(Pinned::new(file)?, 0..length));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    // A file that grows meanwhile is one whose export is not finished; its site will be built again.
    file.take(length).read_to_end(&mut bytes)?;
    Ok(FileContent::Bytes(bytes.into()))
}

fn embedded(name: &str, path: &str) -> Option<Bytes> {
    let EmbeddedFile { data, .. } = Bundled::get(&format!("{name}/{path}"))?;
    Some(match data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    })
}

fn embedded_files(name: &str) -> Vec<File> {
    let prefix = format!("{name}/");
    Bundled::iter()
        .filter_map(|path| path.strip_prefix(&prefix).map(str::to_owned))
        .filter(|path| !path.split('/').any(is_leftover))
        .map(|path| File {
            length: embedded(name, &path).map_or(0, |bytes| bytes.len() as u64),
            path,
            packed: None,
            stamp: None,
        })
        .collect()
}

fn folder_files(root: &Path) -> Result<Vec<File>, Unreadable> {
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
                let stamp =
                    metadata.and_then(|metadata| Fingerprint::from_metadata(&metadata, now));
                files.extend(below.map(|path| File {
                    path: path.to_owned(),
                    length,
                    packed: None,
                    stamp,
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

/// A glance goes this many folders deep, and takes this many names of each folder and of all.
const GLANCE: (usize, usize, usize) = (3, 300, 1000);

/// Level by level, so that a folder full of pictures does not hide what is beside it. Links are left alone.
fn folder_glance(root: &Path) -> Vec<String> {
    let (depth, most_each, most) = GLANCE;
    let mut names = Vec::new();
    let mut level = vec![String::new()];
    for _ in 0..depth {
        let mut below = Vec::new();
        for folder in std::mem::take(&mut level) {
            let Ok(children) = fs::read_dir(root.join(&folder)) else {
                continue;
            };
            for child in children.flatten().take(most_each) {
                let (Ok(kind), Ok(name)) = (child.file_type(), child.file_name().into_string())
                else {
                    continue;
                };
                if is_leftover(&name) {
                    continue;
                }
                if kind.is_dir() {
                    below.push(format!("{folder}{name}/"));
                } else if kind.is_file() && names.len() < most {
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

fn is_below(path: &str) -> bool {
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
    name.is_some_and(|name| !is_leftover(name)) && (!entry.path_is_symlink() || is_below())
}

/// A link to nothing, or to a folder that it is itself in.
fn is_dead_link(error: &walkdir::Error) -> bool {
    error.loop_ancestor().is_some()
        || error
            .path()
            .is_some_and(|path| path.is_symlink() && !path.exists())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn only_what_players_may_have_is_listed() {
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
    fn a_missing_folder_is_named() {
        let error = Source::Folder("/no/such/folder".into())
            .files()
            .unwrap_err();
        assert!(error.to_string().contains("/no/such/folder"), "{error}");
    }
}
