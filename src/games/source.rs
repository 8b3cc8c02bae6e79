//! Where a game's files are: a folder on disk, or this binary.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use rust_embed::{Embed, EmbeddedFile};
use rust_i18n::t;
use thiserror::Error;
use walkdir::{DirEntry, WalkDir};

/// The games that come with the program.
#[derive(Embed)]
#[folder = "games/"]
struct Bundled;

/// The place that a game's files are read from when its site is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A folder on disk.
    Folder(PathBuf),
    /// A folder of the bundled games, by its name.
    Embedded(String),
}

/// One file of a game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name below the game's folder, with `/` between its parts: `assets/hero.png`.
    pub path: String,
}

/// A file or folder of a game that could not be read.
#[derive(Debug, Error)]
#[error("{}", t!("source.unreadable", path = path, error = error))]
pub struct Unreadable {
    path: String,
    error: io::Error,
}

impl Source {
    /// Every file that players may have: no dotfiles, nothing reached by a link that leaves the folder,
    /// no name that a URL cannot express.
    ///
    /// # Errors
    /// When a folder or a file's metadata cannot be read.
    pub fn files(&self) -> Result<Vec<File>, Unreadable> {
        let mut files = match self {
            Self::Folder(root) => folder_files(root)?,
            Self::Embedded(name) => embedded_files(name),
        };
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// A file's bytes.
    ///
    /// # Errors
    /// When the file is gone or cannot be read.
    pub fn read(&self, file: &File) -> Result<Bytes, Unreadable> {
        match self {
            Self::Folder(root) => {
                let path = root.join(&file.path);
                fs::read(&path)
                    .map(Bytes::from)
                    .map_err(|error| Unreadable::new(&path, error))
            }
            Self::Embedded(name) => Bundled::get(&format!("{name}/{}", file.path))
                .map(|EmbeddedFile { data, .. }| match data {
                    std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                    std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
                })
                .ok_or_else(|| Unreadable::new(file.path.as_ref(), io::ErrorKind::NotFound.into())),
        }
    }

    /// Whether the game has this file; for the few questions asked before it is built.
    pub fn has(&self, path: &str) -> bool {
        match self {
            Self::Folder(root) => root.join(path).is_file(),
            Self::Embedded(name) => Bundled::get(&format!("{name}/{path}")).is_some(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(root) => write!(formatter, "{}", root.display()),
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

fn embedded_files(name: &str) -> Vec<File> {
    let prefix = format!("{name}/");
    Bundled::iter()
        .filter_map(|path| path.strip_prefix(&prefix).map(str::to_owned))
        .filter(|path| !path.split('/').any(is_hidden))
        .map(|path| File { path })
        .collect()
}

fn folder_files(root: &Path) -> Result<Vec<File>, Unreadable> {
    let real_root = root
        .canonicalize()
        .map_err(|error| Unreadable::new(root, error))?;
    let walk = WalkDir::new(root)
        .follow_links(true)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || may_be_published(entry, &real_root));
    let mut files = Vec::new();
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                let below = entry.path().strip_prefix(root).ok().and_then(Path::to_str);
                files.extend(below.map(|path| File {
                    path: path.to_owned(),
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

fn may_be_published(entry: &DirEntry, real_root: &Path) -> bool {
    entry
        .file_name()
        .to_str()
        .is_some_and(|name| !is_hidden(name))
        && (!entry.path_is_symlink()
            || entry
                .path()
                .canonicalize()
                .is_ok_and(|target| target.starts_with(real_root)))
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
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
        for name in [
            "index.html",
            "a/b c.js",
            "a/.env",
            "a/.hidden/x",
            "中文.png",
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
