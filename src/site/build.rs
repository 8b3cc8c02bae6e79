//! From a game on disk, which changes and is not trusted, to a site, which does neither.

use std::io::{self, Read};
use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use rust_i18n::t;
use serde::Deserialize;
use thiserror::Error;

use super::compress::is_worth_it;
use super::encoded::{Room, open_up};
use super::id;
use super::live;
use super::spool::Spool;
use super::{
    Asset, Coding, Content, EntityTag, NotFound, OpenFile, Places, Progress, PublicationDate,
    Representation, Site,
};
use crate::games::source::{File, Opened, Source, Unreadable};
use crate::games::zip::Packed;
use crate::games::{Game, Isolation, Overrides, Profile};

/// What is kept in memory and what on disk, and whether pages follow it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Files larger than this stay on disk, in MiB.
    big_file_mib: u64,
    /// How much may be held in memory, in MiB; what would exceed it stays on disk or is not compressed.
    memory_mib: u64,
    /// Whether pages reload by themselves when the game was built again or another one is on the air.
    pub live: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            big_file_mib: 64,
            memory_mib: 1024,
            live: false,
        }
    }
}

impl Options {
    fn memory(self) -> u64 {
        self.memory_mib.saturating_mul(1 << 20)
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
        let profile = Profile::of(game, &files);
        let mut reading = Reading::new(&game.source, options);
        let mut assets = Vec::with_capacity(files.len());
        for file in &files {
            if progress.is_cancelled() {
                return Err(BuildError::Cancelled);
            }
            assets.push(reading.asset(file)?);
            progress.read(file.length);
        }
        let mut room = Room {
            biggest: reading.biggest,
            memory: reading.memory,
        };
        let inner = open_up(&mut assets, &profile, &mut room, progress)?;
        let places = Places::new(&assets, &inner, &game.entry, &profile.prefix.is)?;
        let fields = fields(profile.isolation.is, &game.overrides);
        let id = id::of(game, &fields, &assets, options.live);
        if options.live {
            live::insert(&mut assets, &profile.engine, &fields, &id);
        }
        Ok(Self {
            id,
            slug: game.slug.clone(),
            title: game.title.clone(),
            engine: profile.engine,
            fields,
            files: files.len(),
            bytes: reading.bytes,
            published_at: None,
            is_live: options.live,
            not_found: NotFound::new(&game.title),
            memory_limit: options.memory(),
            memory: room.memory,
            has_worker: Arc::default(),
            assets,
            places: Arc::new(places),
            missing: Arc::default(),
        })
    }
}

/// A game being read, and how much memory is left for it.
struct Reading<'a> {
    source: &'a Source,
    biggest: u64,
    memory: u64,
    bytes: u64,
    spool: Spool,
}

impl<'a> Reading<'a> {
    fn new(source: &'a Source, options: Options) -> Self {
        Self {
            source,
            biggest: options.big_file_mib.saturating_mul(1 << 20),
            memory: options.memory(),
            bytes: 0,
            spool: Spool::default(),
        }
    }

    fn asset(&mut self, file: &File) -> Result<Asset, Unreadable> {
        let unreadable = |error| self.source.unreadable(file, error);
        let content = match self.source.open(file, self.most())? {
            Opened::Bytes(bytes) => {
                self.memory -= (bytes.len() as u64).min(self.memory);
                Content::Memory(bytes)
            }
            Opened::Big(open, range) => Content::File(OpenFile::new(open, &file.path, range)),
            Opened::Packed(content) => {
                let spooled = self.spool.keep(content, &file.path);
                Content::File(spooled.map_err(unreadable)?)
            }
        };
        let identity = Representation::of(&file.path, content).map_err(unreadable)?;
        self.bytes += identity.content.len();
        let gzip = self.gzip(file, &identity).map_err(unreadable)?;
        Ok(Asset {
            name: file.path.as_str().into(),
            representations: [identity].into_iter().chain(gzip).collect(),
            is_compressed: false,
        })
    }

    /// What an archive has packed already need not be packed again.
    fn gzip(
        &mut self,
        file: &File,
        identity: &Representation,
    ) -> io::Result<Option<Representation>> {
        let packed = file.packed.as_ref().and_then(Packed::gzip);
        let Some((length, mut gzip)) = packed else {
            return Ok(None);
        };
        if !is_worth_it(length, identity.content.len()) {
            return Ok(None);
        }
        let media_type = identity.media_type.clone();
        let (etag, content) = if length <= self.most() {
            self.memory -= length;
            let mut bytes = Vec::with_capacity(length as usize);
            gzip.read_to_end(&mut bytes)?;
            (EntityTag::of(&bytes), Content::Memory(bytes.into()))
        } else {
            let spooled = self.spool.keep(gzip, &file.path)?;
            (spooled.etag()?, Content::File(spooled))
        };
        Ok(Some(Representation::new(
            Coding::Gzip,
            media_type,
            etag,
            content,
        )))
    }

    /// How many bytes the next file may have in memory.
    fn most(&self) -> u64 {
        self.biggest.min(self.memory)
    }
}

/// What every answer says besides its own: the page's isolation, which workers and modules must agree with, and what
/// the configuration adds.
fn fields(isolation: Isolation, overrides: &Overrides) -> Vec<(HeaderName, HeaderValue)> {
    let embedder = match isolation {
        Isolation::Off => None,
        Isolation::RequireCorp | Isolation::Credentialless => Some(isolation.token()),
    };
    let isolation = embedder.into_iter().flat_map(|embedder| {
        [
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", embedder),
            ("cross-origin-resource-policy", "cross-origin"),
        ]
    });
    let isolation = isolation
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .filter(|(name, _)| overrides.headers.iter().all(|(other, _)| other != name));
    isolation.chain(overrides.headers.iter().cloned()).collect()
}
