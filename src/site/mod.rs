//! What will be sent: a game compiled for serving, immutable, complete, in memory.
//!
//! Nothing here knows requests. Everything that is hard or slow happens in [`Site::build`], before the site is on
//! the air; after it, a request is a look-up.

pub(crate) mod asset;
pub mod build;
pub mod cache;
pub(crate) mod compress;
pub(crate) mod content;
pub(crate) mod etag;
pub(crate) mod id;
pub(crate) mod inflate;
pub mod last_modified;
pub(crate) mod live_reload;
pub(crate) mod media_type;
pub(crate) mod not_found_page;
pub mod path;
pub(crate) mod precompressed;
pub mod progress;
pub(crate) mod representation;
pub(crate) mod resource;
pub(crate) mod routes;
pub(crate) mod temp_store;

use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use crate::detect::engine::Engine;
use crate::language::LocalizedText;
use crate::names::similar::Fallback;
use crate::site::asset::Asset;
use crate::site::id::SiteId;
use crate::site::last_modified::LastModified;
use crate::site::not_found_page::NotFoundPages;
use crate::site::path::AssetPath;
use crate::site::resource::{Redirect, Target};
use crate::site::routes::Routes;

/// A game, ready to be sent.
#[derive(Debug)]
pub struct Site {
    /// Equal for builds of the same unchanged game; its codings do not count.
    pub id: SiteId,
    /// The game's slug.
    pub slug: String,
    /// The game's name for people.
    pub title: LocalizedText,
    /// What made it.
    pub engine: Engine,
    /// What every answer says besides its own fields.
    pub fields: Vec<(HeaderName, HeaderValue)>,
    /// How many files it has.
    pub files: usize,
    /// How many bytes they have together.
    pub bytes: u64,
    /// When it was published, where that can be vouched for.
    published_at: Option<LastModified>,
    /// Whether its pages reload by themselves when another site is on the air.
    pub(crate) is_live: bool,
    /// What is sent for a path that there is nothing at.
    pub not_found: NotFoundPages,
    /// How many bytes of representations it may hold in memory.
    memory_limit: u64,
    /// How many of them are left.
    memory: u64,
    assets: Vec<Asset>,
    routes: Arc<Routes>,
}

/// What a path leads to.
#[derive(Clone, Copy, Debug)]
pub enum Resource<'a> {
    /// Something to send.
    Asset(&'a Asset),
    /// Another path to ask for.
    Redirect(&'a Redirect),
}

impl Site {
    /// What stands at a path.
    pub fn resource(&self, path: &AssetPath<'_>) -> Option<Resource<'_>> {
        self.resource_of(self.routes.get(path.as_str())?)
    }

    /// What stands at a path that is this one but for case or Unicode form; for when nothing stands at this one.
    pub(crate) fn resource_like(&self, path: &AssetPath<'_>) -> Option<(Resource<'_>, &Fallback)> {
        let (place, fallback) = self.routes.find_similar(path.as_str())?;
        Some((self.resource_of(place)?, fallback))
    }

    /// The existing name that comes nearest to a path without an asset.
    pub(crate) fn nearest(&self, path: &AssetPath<'_>) -> Option<&str> {
        self.routes.nearest(path.as_str())
    }

    /// All files, in the order of their indices.
    pub(crate) fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// The asset of this name.
    pub(crate) fn asset(&self, name: &str) -> Option<&Asset> {
        match self.routes.get(name)? {
            Target::Asset(index) => self.assets.get(*index),
            Target::Redirect(_) => None,
        }
    }

    fn resource_of<'a>(&'a self, place: &'a Target) -> Option<Resource<'a>> {
        match place {
            Target::Asset(index) => self.assets.get(*index).map(Resource::Asset),
            Target::Redirect(redirect) => Some(Resource::Redirect(redirect)),
        }
    }

    /// When it was published, where that can be vouched for.
    pub(crate) fn published_at(&self) -> Option<&LastModified> {
        self.published_at.as_ref()
    }

    /// How many bytes of representations a site may hold in memory under the options it was built with.
    pub(crate) fn memory_limit(&self) -> u64 {
        self.memory_limit
    }

    /// How many bytes of representations it holds in memory.
    pub fn held(&self) -> u64 {
        self.memory_limit - self.memory
    }

    /// Sets when it is published, before it is.
    pub fn publish_at(&mut self, date: Option<LastModified>) {
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
}
