//! A game in a zip archive, as portals accept it: in the archive's root, or in a folder there.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::archive::Archive;
use crate::archive::error::ArchiveError;
use crate::archive::member::Member;
use crate::fs::budget::GameBudget;
use crate::names::leftover::is_leftover;
use crate::source::file::{ArchiveMember, File};
use crate::source::game_page::{FileTree, GamePage, HEAD, find_game, several_games};
use crate::source::listing::Listing;

/// An archive on disk and the folder in it that has the game.
#[derive(Clone)]
pub struct Zip {
    path: PathBuf,
    /// Empty, or a path that ends with a slash.
    folder: String,
    /// The open archive, while it is in use.
    opened: Arc<Mutex<Weak<Archive>>>,
}

impl Zip {
    /// Creates the source without opening the archive.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            folder: String::new(),
            opened: Arc::default(),
        }
    }

    /// True if a file with the extension `.zip` is at a path.
    pub fn is_at(path: &Path) -> bool {
        let extension = path.extension();
        extension.is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) && path.is_file()
    }

    /// The path of the archive.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Finds the entry page: the one that is named, in the root or the only folder that has it, else the game's.
    ///
    /// # Errors
    /// When the archive is refused.
    pub(crate) fn locate(
        mut self,
        page: Option<&str>,
    ) -> Result<Option<(Self, String)>, ArchiveError> {
        let archive = self.open()?;
        let tree = ArchiveTree::new(&self, &archive);
        let found = match page {
            Some(page) => tree.find_named(page),
            // Names that were read are read without an error.
            None => find_game(&tree, "").unwrap_or_default(),
        };
        Ok(found.map(|(folder, page)| {
            self.folder = folder;
            (self, page)
        }))
    }

    /// Lists the games in it where there are several.
    pub(crate) fn several_games(&self) -> Vec<String> {
        let Ok(archive) = self.open() else {
            return Vec::new();
        };
        several_games(&ArchiveTree::new(self, &archive))
    }

    /// Lists the files of the game, and what is left out.
    ///
    /// # Errors
    /// When the archive is refused.
    pub fn listing(&self) -> Result<Listing, ArchiveError> {
        let archive = self.open()?;
        let file = |member: &Member| {
            Some(File {
                path: member.path.strip_prefix(&self.folder)?.to_owned(),
                length: member.length,
                packed: Some(ArchiveMember {
                    archive: Arc::clone(&archive),
                    member: member.clone(),
                }),
                on_disk: None,
                fingerprint: None,
            })
        };
        Ok(Listing {
            files: archive.members().iter().filter_map(file).collect(),
            left_out: archive.left_out().to_vec(),
        })
    }

    /// Finds a file of the game.
    pub fn file(&self, name: &str) -> Option<ArchiveMember> {
        let archive = self.open().ok()?;
        let member = archive.member(&format!("{}{name}", self.folder))?.clone();
        Some(ArchiveMember { archive, member })
    }

    /// Opens the archive. While the result is kept and the archive does not change, it is not read again.
    ///
    /// # Errors
    /// When the archive is refused.
    pub fn open(&self) -> Result<Arc<Archive>, ArchiveError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(archive) = opened.upgrade()
            && archive.is_at(&self.path)
        {
            return Ok(archive);
        }
        let archive = Arc::new(Archive::open(&self.path, &GameBudget::default())?);
        *opened = Arc::downgrade(&archive);
        Ok(archive)
    }
}

/// The files of an archive by folder.
struct ArchiveTree<'a> {
    zip: &'a Zip,
    /// Sorted, so that the names of a folder follow each other.
    names: Vec<&'a str>,
}

impl<'a> ArchiveTree<'a> {
    fn new(zip: &'a Zip, archive: &'a Archive) -> Self {
        let names = { archive.members().iter() }
            .map(|member| member.path.as_str())
            .filter(|path| !path.split('/').any(is_leftover));
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        Self { zip, names }
    }
}

impl ArchiveTree<'_> {
    /// Finds the root of the game by the entry page that is configured.
    fn find_named(&self, page: &str) -> Option<GamePage> {
        let has = |folder: &str| {
            let name = format!("{folder}{page}");
            self.names.binary_search(&name.as_str()).is_ok()
        };
        let here = has("").then(String::new);
        let folder = here.or_else(|| {
            let folders = self.folders("");
            let mut found = folders.into_iter().filter(|folder| has(folder));
            let first = found.next()?;
            found.next().is_none().then_some(first)
        })?;
        Some((folder, page.to_owned()))
    }

    fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        let start = self.names.partition_point(|name| *name < folder);
        { self.names[start..].iter() }.map_while(move |name| name.strip_prefix(folder))
    }
}

impl FileTree for ArchiveTree<'_> {
    fn files(&self, folder: &str) -> io::Result<Vec<String>> {
        let files = self.below(folder).filter(|name| !name.contains('/'));
        Ok(files.map(str::to_owned).collect())
    }

    fn folders(&self, folder: &str) -> Vec<String> {
        let first = |name: &str| Some(name.split_at(name.find('/')? + 1).0.to_owned());
        let folders: BTreeSet<_> = self.below(folder).filter_map(first).collect();
        { folders.into_iter() }
            .map(|name| format!("{folder}{name}"))
            .collect()
    }

    fn head(&self, name: &str) -> Vec<u8> {
        let head = self.zip.file(name).and_then(|file| file.head(HEAD).ok());
        head.unwrap_or_default().to_vec()
    }
}

/// Compares the paths, not whether the archive is open.
impl PartialEq for Zip {
    fn eq(&self, other: &Self) -> bool {
        (&self.path, &self.folder) == (&other.path, &other.folder)
    }
}

impl Eq for Zip {}

impl fmt::Debug for Zip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Zip({self})")
    }
}

impl fmt::Display for Zip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.folder.trim_end_matches('/') {
            "" => write!(formatter, "{path}"),
            folder => write!(formatter, "{path}/{folder}"),
        }
    }
}
