//! What will be sent: a game compiled for serving, immutable, complete, in memory.
//!
//! Nothing here knows requests. Everything that is hard or slow happens in [`Site::build`], before the site is on
//! the air; after it, a request is a look-up.

mod build;
mod cache;
mod coding;
mod compress;
mod content;
mod encoded;
mod etag;
mod fallback;
mod id;
mod inflate;
mod live;
pub mod media_type;
mod missing;
mod not_found;
mod path;
mod places;
mod progress;
mod publication;
mod representation;
mod spool;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use http::{HeaderName, HeaderValue, StatusCode};

use crate::disk::Stamp;
use crate::games::Engine;
use crate::language::Text;
pub use build::{BuildError, Options};
pub use cache::Cache;
pub use coding::Coding;
pub use content::{Content, OpenFile};
pub use etag::EntityTag;
pub use fallback::Fallback;
use fallback::Fallbacks;
pub use id::SiteId;
pub use live::SCRIPT as LIVE_SCRIPT;
pub use missing::Missed;
use missing::Missing;
pub use not_found::{Message, NotFound};
pub use path::{AssetPath, BadPath};
use places::Places;
pub use progress::Progress;
pub use publication::PublicationDate;
pub use representation::{NO_CACHE, NOSNIFF, Representation};

/// A game, ready to be sent.
#[derive(Debug)]
pub struct Site {
    /// Equal for builds of the same unchanged game; its codings do not count.
    pub id: SiteId,
    /// The game's slug.
    pub slug: String,
    /// The game's name for people.
    pub title: Text,
    /// What made it.
    pub engine: Engine,
    /// What every answer says besides its own fields.
    pub fields: Vec<(HeaderName, HeaderValue)>,
    /// How many files it has.
    pub files: usize,
    /// How many bytes they have together.
    pub bytes: u64,
    /// When it was published, where that can be vouched for.
    published_at: Option<PublicationDate>,
    /// Whether its pages reload by themselves when another site is on the air.
    pub is_live: bool,
    /// What is sent for a path that there is nothing at.
    pub not_found: NotFound,
    /// How many bytes of representations it may hold in memory.
    memory_limit: u64,
    /// How many of them are left.
    memory: u64,
    /// Whether a browser fetched one of its files as a service worker.
    has_worker: Arc<AtomicBool>,
    assets: Vec<Asset>,
    places: Arc<Places>,
    missing: Arc<Missing>,
}

/// What a path leads to.
#[derive(Clone, Copy, Debug)]
pub enum Resource<'a> {
    /// Something to send.
    Asset(&'a Asset),
    /// Another path to ask for.
    Redirect(&'a Redirect),
}

/// A resource as the site keeps it; several paths may lead to one asset.
#[derive(Clone, Debug)]
enum Place {
    Asset(usize),
    Redirect(Redirect),
}

/// One file of the game with the representations it can be sent in (RFC 9110, 3.2).
#[derive(Clone, Debug)]
pub struct Asset {
    /// The file's name below the game's folder.
    pub name: Box<str>,
    /// The file's own bytes first, then its content codings.
    pub representations: Vec<Representation>,
    /// How often it was asked for; shared with the same file of the next site.
    requests: Arc<AtomicU64>,
    /// Whether encoding it would gain nothing: it came compressed, or has what codings are worth having.
    is_compressed: bool,
    /// By what its file is known again, when the file alone made its representations.
    stamp: Option<Stamp>,
}

/// A path that stands for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// 308 for a folder named without its slash, 307 where the next game may want something else.
    pub status: StatusCode,
    /// The path to go to, percent-encoded.
    pub location: String,
}

impl Site {
    /// What stands at a path.
    pub fn resource(&self, path: &AssetPath<'_>) -> Option<Resource<'_>> {
        self.resource_of(self.places.at(path.as_str())?)
    }

    /// What stands at a path that is this one but for case or Unicode form; for when nothing stands at this one.
    pub fn resource_like(&self, path: &AssetPath<'_>) -> Option<(Resource<'_>, &Fallback)> {
        let (place, fallback) = self.places.like(path.as_str())?;
        Some((self.resource_of(place)?, fallback))
    }

    /// The files asked for most, with how often; `most` of them at most.
    pub fn top(&self, most: usize) -> Vec<(&str, u64)> {
        let mut top: Vec<_> = self
            .assets
            .iter()
            .map(|asset| (&*asset.name, asset.requests.load(Ordering::Relaxed)))
            .filter(|(_, requests)| *requests > 0)
            .collect();
        top.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        top.truncate(most);
        top
    }

    /// Counts a request for a path at which nothing stands, and says which name comes nearest.
    pub fn missed(&self, path: &AssetPath<'_>) -> Option<&str> {
        if let Some(nearest) = self.missing.again(path.as_str()) {
            return nearest;
        }
        let nearest = self.places.nearest(path.as_str());
        self.missing.count(path.as_str(), nearest);
        nearest
    }

    /// Counts a request that was answered with a file whose name is not quite the one asked for.
    pub fn mistaken(&self, path: &AssetPath<'_>, name: &str) {
        self.missing.count(path.as_str(), Some(name));
    }

    /// What was asked for and is not there, or not by that name, the most asked for first; bounded.
    pub fn missing(&self) -> Vec<Missed> {
        self.missing.all()
    }

    fn resource_of<'a>(&'a self, place: &'a Place) -> Option<Resource<'a>> {
        match place {
            Place::Asset(index) => self.assets.get(*index).map(Resource::Asset),
            Place::Redirect(redirect) => Some(Resource::Redirect(redirect)),
        }
    }

    /// When it was published, where that can be vouched for.
    pub fn published_at(&self) -> Option<&PublicationDate> {
        self.published_at.as_ref()
    }

    /// How many bytes of representations a site may hold in memory under the options it was built with.
    pub fn memory_limit(&self) -> u64 {
        self.memory_limit
    }

    /// How many bytes of representations it holds in memory.
    pub fn held(&self) -> u64 {
        self.memory_limit - self.memory
    }

    /// Notes that a browser has fetched one of its files as a service worker.
    pub fn note_worker(&self) {
        self.has_worker.store(true, Ordering::Relaxed);
    }

    /// Whether a browser has.
    pub fn has_worker(&self) -> bool {
        self.has_worker.load(Ordering::Relaxed)
    }

    /// Sets when it is published, before it is.
    pub fn publish_at(&mut self, date: Option<PublicationDate>) {
        self.published_at = date;
        self.seal();
    }

    /// Makes the fields of all answers, which say what else there is of an asset, and when it was published.
    fn seal(&mut self) {
        let date = self.published_at.as_ref();
        for asset in &mut self.assets {
            let (varies, is_page) = (asset.representations.len() > 1, asset.is_page());
            for representation in &mut asset.representations {
                representation.seal(date, (varies, is_page));
            }
        }
    }

    fn asset(&self, name: &str) -> Option<&Asset> {
        match self.places.at(name)? {
            Place::Asset(index) => self.assets.get(*index),
            Place::Redirect(_) => None,
        }
    }
}

impl Asset {
    /// Counts a request for it.
    pub fn requested(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// How many bytes of it are in memory.
    fn held(&self) -> u64 {
        let held = |one: &Representation| match &one.content {
            Content::Memory(bytes) => bytes.len() as u64,
            Content::File(_) => 0,
        };
        self.representations.iter().map(held).sum()
    }

    fn has(&self, coding: Coding) -> bool {
        self.representations.iter().any(|one| one.coding == coding)
    }

    /// Whether it is a page that a browser can navigate to.
    pub fn is_page(&self) -> bool {
        self.is_of_type(b"text/html") || self.is_of_type(b"application/xhtml+xml")
    }

    /// Whether it is a script that a browser takes for a worker.
    pub fn is_script(&self) -> bool {
        self.is_of_type(b"text/javascript")
    }

    fn is_of_type(&self, media_type: &[u8]) -> bool {
        let own = self.representations.first();
        own.is_some_and(|own| own.media_type.as_bytes().starts_with(media_type))
    }
}
