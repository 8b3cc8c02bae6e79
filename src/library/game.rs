//! One game.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::detect::engine::Engine;
use crate::detect::glance::glance;
use crate::language::LocalizedText;
use crate::library::description::own_description;
use crate::library::entry::{Entry, Overrides};
use crate::library::locate::locate;
use crate::library::mistake::Mistake;
use crate::library::origin::Origin;
use crate::library::reason::Reason;
use crate::library::title::{own_title, title_by_name};
use crate::names::parts::{file_name, name_of};
use crate::names::slug::slug_of;
use crate::source::Source;

/// One playable export: a folder, a zip archive or an embedded game, with an entry page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Game {
    /// The name that the host types: `a-z 0-9 -`.
    pub slug: String,
    /// The name that players and the host see.
    pub title: LocalizedText,
    /// One line about the game.
    pub description: Option<LocalizedText>,
    /// The path of a picture in the game.
    pub cover: Option<String>,
    /// A picture outside the game, which takes precedence over all others.
    pub cover_file: Option<PathBuf>,
    /// The source of its files.
    pub source: Source,
    /// The path of the page that `/` shows.
    pub entry: String,
    /// The engine, detected from file names.
    pub engine: Engine,
    /// Settings that override detection.
    pub overrides: Overrides,
}

impl Game {
    /// Reads the game in a folder. Slug and title come from the folder's name.
    ///
    /// # Errors
    /// When the folder is missing or has no entry page.
    pub fn from_folder(folder: &Path) -> Result<Self, Reason> {
        Self::from_source(
            Source::Folder(folder.to_owned()),
            folder,
            Overrides::default(),
        )
    }

    /// Reads the game in a folder or zip archive. Slug and title come from its name.
    ///
    /// # Errors
    /// When it is missing, is refused or has no entry page.
    pub fn from_path(path: &Path) -> Result<Self, Reason> {
        Self::from_path_with(path, Overrides::default())
    }

    /// The game in a folder or a zip archive, served with these overrides.
    ///
    /// # Errors
    /// If it is missing, cannot be used or has no entry page.
    pub fn from_path_with(path: &Path, overrides: Overrides) -> Result<Self, Reason> {
        Self::from_source(Source::from_path(path), path, overrides)
    }

    /// Reads the game at a path in the library's folder. Its title is never that of the folder above.
    pub(super) fn from_child(path: &Path) -> Result<Self, Reason> {
        let source = Source::from_path(path);
        let mut game = Self::from_source(source, path, Overrides::default())?;
        if own_title(&game.source, &game.entry).is_none() {
            game.title = LocalizedText::plain(name_of(path));
        }
        Ok(game)
    }

    /// True if the entry page can be chosen again. One that is gone from a folder may come back while an export is written;
    /// an archive is whole when it can be read.
    pub fn can_be_located(&self) -> bool {
        matches!(self.source, Source::Zip(_)) || self.source.has(&self.entry)
    }

    /// The same game with the entry page that its files have now, unless somebody has set one: an export may be repeated under
    /// another name. The folder in an archive is found again, too: it often has the number of a version.
    #[must_use]
    pub fn located_again(mut self) -> Self {
        let page = self.overrides.entry.as_deref();
        let located = match &self.source {
            Source::Zip(_) => locate(self.source.clone(), page).ok(),
            Source::Folder(_) if page.is_none() => locate(self.source.clone(), None)
                .ok()
                .filter(|(source, _)| *source == self.source),
            // The manifest of a game in object storage states its page.
            Source::Folder(_) | Source::Bucket(_) | Source::Embedded(_) => None,
        };
        if let Some((source, entry)) = located {
            (self.source, self.entry) = (source, entry);
        }
        self
    }

    fn from_source(source: Source, path: &Path, overrides: Overrides) -> Result<Self, Reason> {
        let (source, entry) = locate(source, overrides.entry.as_deref())?;
        let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let name = match source {
            Source::Zip(_) => file_name(&absolute.with_extension("")),
            _ => file_name(&absolute),
        };
        let title = own_title(&source, &entry).unwrap_or_else(|| title_by_name(&absolute));
        Ok(Self {
            slug: slug_of(&name),
            title: LocalizedText::plain(title),
            description: own_description(&source, &entry).map(LocalizedText::plain),
            cover: None,
            cover_file: None,
            engine: glance(&source, &entry),
            overrides,
            source,
            entry,
        })
    }

    /// The picture that the configuration names and that does not exist.
    pub fn missing_cover(&self) -> Option<String> {
        let is_gone = |file: &&PathBuf| !file.is_file();
        if let Some(file) = self.cover_file.as_ref().filter(is_gone) {
            return Some(file.display().to_string());
        }
        self.cover.clone().filter(|cover| !self.source.has(cover))
    }

    pub(super) fn from_entry(
        entry: &Entry,
        origin: &Origin,
    ) -> Result<Self, (Range<usize>, Reason)> {
        let slug = entry.slug.get_ref().clone();
        if slug.is_empty() || slug != slug_of(&slug) {
            return Err((entry.slug.span(), Reason::Slug { slug }));
        }
        let overrides = entry
            .overrides()
            .map_err(|Mistake { span, problem }| (span, Reason::Entry(problem)))?;
        let page = entry.entry.as_ref();
        let (source, entry_page) = locate(
            origin.source(entry.path.get_ref()),
            page.map(|page| page.get_ref().as_str()),
        )
        .map_err(|reason| {
            let span = match (&reason, page) {
                (Reason::EntryMissing { .. } | Reason::NotAPage { .. }, Some(page)) => page.span(),
                _ => entry.path.span(),
            };
            match reason {
                Reason::NoEntry { path } => (span, Reason::EntryUnset { path }),
                reason => (span, reason),
            }
        })?;
        Ok(Self {
            title: entry.title.clone().unwrap_or_else(|| {
                let own = own_title(&source, &entry_page);
                LocalizedText::plain(own.unwrap_or_else(|| slug.clone()))
            }),
            slug,
            description: entry
                .description
                .clone()
                .or_else(|| own_description(&source, &entry_page).map(LocalizedText::plain)),
            cover: entry.cover.clone(),
            cover_file: entry.cover_file.as_deref().map(|file| origin.resolve(file)),
            engine: glance(&source, &entry_page),
            overrides,
            source,
            entry: entry_page,
        })
    }
}
