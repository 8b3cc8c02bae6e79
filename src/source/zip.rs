//! A game in a zip archive, as portals accept it: in the archive's root, or in a folder there.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::archive::Archive;
use crate::archive::error::ArchiveError;
use crate::archive::limits::ArchiveLimits;
use crate::archive::member::Member;
use crate::names::leftover::is_leftover;
use crate::source::entry_page::{find_entry_page, is_index, main_page, runs_scripts};
use crate::source::file::{ArchiveMember, File};
use crate::source::listing::Listing;

/// The bytes of a page that are read to find its scripts.
const PAGE_HEAD: u64 = 64 << 10;

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

    /// Finds the entry page: the one that is named, else the one in the root, else the one in the only folder that has
    /// one.
    ///
    /// # Errors
    /// When the archive is refused.
    pub(crate) fn locate(
        mut self,
        page: Option<&str>,
    ) -> Result<Option<(Self, String)>, ArchiveError> {
        let archive = self.open()?;
        let names: Vec<_> = archive
            .members()
            .iter()
            .map(|member| member.path.as_str())
            .filter(|path| !path.split('/').any(is_leftover))
            .collect();
        let mut folders: Vec<_> = names
            .iter()
            .filter_map(|name| Some(name.split_at(name.find('/')? + 1).0))
            .collect();
        folders.sort_unstable();
        folders.dedup();
        let found_in = |folder: &str| {
            let names = names.iter().filter_map(|name| name.strip_prefix(folder));
            match page {
                Some(page) => { names }.any(|name| name == page).then(|| page.to_owned()),
                None => find_entry_page(names.filter(|name| !name.contains('/'))),
            }
        };
        let start = |name: &str| {
            let file = self.file(name)?;
            file.head(PAGE_HEAD).ok()
        };
        let here = found_in("").map(|page| (String::new(), page));
        let is_game = |(_, name): &(String, String)| {
            page.is_some() || is_index(name) || runs_scripts(&start(name).unwrap_or_default())
        };
        let main = || {
            let main = main_page(&start("package.json")?)?;
            let is_there = page.is_none() && names.contains(&main.as_str());
            is_there.then(|| (String::new(), main))
        };
        let below = || {
            let mut found = { folders.iter() }
                .filter_map(|folder| Some(((*folder).to_owned(), found_in(folder)?)))
                // Below a page of another name, such as a licence, only an index is the game's.
                .filter(|(_, page)| here.is_none() || is_index(page));
            let first = found.next()?;
            found.next().is_none().then_some(first)
        };
        let found = { here.clone().filter(is_game) }
            .or_else(main)
            .or_else(below)
            .or_else(|| here.clone());
        Ok(found.map(|(folder, page)| {
            self.folder = folder;
            (self, page)
        }))
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
        let is_it = |member: &&Member| member.path.strip_prefix(&self.folder) == Some(name);
        let member = archive.members().iter().find(is_it)?.clone();
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
        let archive = Arc::new(Archive::open(&self.path, ArchiveLimits::default())?);
        *opened = Arc::downgrade(&archive);
        Ok(archive)
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
