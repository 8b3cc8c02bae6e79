//! From a game on disk, which changes and is not trusted, to a site, which does neither.

use std::sync::Arc;

use bytes::Bytes;
use hashbrown::HashMap;
use http::StatusCode;
use rust_i18n::t;
use serde::Deserialize;
use thiserror::Error;

use super::path::to_url;
use super::{
    Asset, Coding, Content, EntityTag, NotFound, OpenFile, Place, Progress, PublicationDate,
    Redirect, Representation, Site, media_type,
};
use crate::games::Game;
use crate::games::source::{File, Opened, Source, Unreadable};

/// What is kept in memory and what on disk.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Files larger than this stay on disk, in MiB.
    big_file_mib: u64,
    /// How much may be held in memory, in MiB; what would exceed it stays on disk or is not compressed.
    memory_mib: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            big_file_mib: 64,
            memory_mib: 1024,
        }
    }
}

/// Why a game could not be made into a site. What was on the air stays there.
#[derive(Debug, Error)]
pub enum BuildError {
    /// A file or folder could not be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The page to start with went away after the library was read.
    #[error("{}", t!("build.entry_gone", entry = entry))]
    EntryGone {
        /// The page.
        entry: String,
    },
    /// Nobody wants it any more.
    #[error("{}", t!("build.cancelled"))]
    Cancelled,
}

impl Site {
    /// Reads every file of the game and prepares every answer. Blocks; takes as long as reading the files does.
    ///
    /// # Errors
    /// When a file cannot be read or the entry page is gone.
    pub fn build(
        game: &Game,
        options: Options,
        published_at: Option<PublicationDate>,
    ) -> Result<Self, BuildError> {
        Ok(Self {
            published_at,
            ..Self::build_watched(game, options, &Progress::default())?
        })
    }

    /// The same for somebody who watches how far it is and may cancel it.
    ///
    /// # Errors
    /// When it is cancelled, besides.
    pub fn build_watched(
        game: &Game,
        options: Options,
        progress: &Progress,
    ) -> Result<Self, BuildError> {
        let mut files = game.source.files()?;
        // When memory is short, it is the many small files that should be in it.
        files.sort_by_key(|file| file.length);
        progress.expect(
            files.len() as u64,
            files.iter().map(|file| file.length).sum(),
        );
        let mut reading = Reading::new(&game.source, options);
        let mut assets = Vec::with_capacity(files.len());
        for file in &files {
            if progress.is_cancelled() {
                return Err(BuildError::Cancelled);
            }
            assets.push(reading.asset(file)?);
            progress.read(file.length);
        }
        let mut places = HashMap::with_capacity(assets.len() * 2);
        for (index, asset) in assets.iter().enumerate() {
            add_folder(&mut places, &asset.name, index);
            places.insert(asset.name.clone(), Place::Asset(index));
        }
        let entry = entry(&places, &game.entry)?;
        places.insert("".into(), entry);
        Ok(Self {
            slug: game.slug.clone(),
            title: game.title.clone(),
            files: assets.len(),
            bytes: reading.bytes,
            published_at: None,
            not_found: NotFound::new(&game.title),
            memory: reading.memory,
            assets,
            places: Arc::new(places),
        })
    }
}

/// A game being read, and how much memory is left for it.
struct Reading<'a> {
    source: &'a Source,
    biggest: u64,
    memory: u64,
    bytes: u64,
}

impl<'a> Reading<'a> {
    fn new(source: &'a Source, options: Options) -> Self {
        Self {
            source,
            biggest: options.big_file_mib.saturating_mul(1 << 20),
            memory: options.memory_mib.saturating_mul(1 << 20),
            bytes: 0,
        }
    }

    fn asset(&mut self, file: &File) -> Result<Asset, Unreadable> {
        let most = self.biggest.min(self.memory);
        let representation = match self.source.open(file, most)? {
            Opened::Bytes(bytes) => {
                self.memory -= (bytes.len() as u64).min(self.memory);
                in_memory(file, bytes)
            }
            Opened::Big(open, length) => {
                let unreadable = |error| self.source.unreadable(file, error);
                on_disk(OpenFile::new(open, &file.path, length)).map_err(unreadable)?
            }
        };
        self.bytes += representation.content.len();
        Ok(Asset {
            name: file.path.as_str().into(),
            representations: vec![representation],
        })
    }
}

fn in_memory(file: &File, bytes: Bytes) -> Representation {
    let media_type = media_type::content_type(&file.path, &bytes);
    let etag = EntityTag::of(&bytes);
    Representation::new(Coding::Identity, media_type, etag, Content::Memory(bytes))
}

fn on_disk(file: OpenFile) -> std::io::Result<Representation> {
    // A text of this size is no text that anybody decodes by its charset.
    let media_type = media_type::content_type(file.name(), b"\xff");
    let etag = file.etag()?;
    Ok(Representation::new(
        Coding::Identity,
        media_type,
        etag,
        Content::File(file),
    ))
}

/// `levels/index.html` is also what `levels/` answers with, and where `levels` leads to.
fn add_folder(places: &mut HashMap<Box<str>, Place>, path: &str, asset: usize) {
    let Some(folder) = path.strip_suffix("/index.html") else {
        return;
    };
    let with_slash = format!("{folder}/");
    let redirect = Redirect {
        status: StatusCode::PERMANENT_REDIRECT,
        location: to_url(&with_slash),
    };
    places.insert(folder.into(), Place::Redirect(redirect));
    places.insert(with_slash.into(), Place::Asset(asset));
}

/// What `/` answers with. A page in a sub-folder is redirected to, so that its relative links hold.
fn entry(places: &HashMap<Box<str>, Place>, page: &str) -> Result<Place, BuildError> {
    match places.get(page) {
        Some(_) if page.contains('/') => Ok(Place::Redirect(Redirect {
            status: StatusCode::TEMPORARY_REDIRECT,
            location: to_url(page),
        })),
        Some(Place::Asset(index)) => Ok(Place::Asset(*index)),
        _ => Err(BuildError::EntryGone {
            entry: page.to_owned(),
        }),
    }
}
