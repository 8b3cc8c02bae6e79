//! The compiled game.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use crate::detect::engine::Engine;
use crate::detect::path_pattern::PathPattern;
use crate::detect::secure_context::SecureContext;
use crate::language::LocalizedText;
use crate::names::similar::Fallback;
use crate::site::asset::Asset;
use crate::site::dictionary::dictionary_offer;
use crate::site::difference::vary_by_dictionary;
use crate::site::id::SiteId;
use crate::site::last_modified::LastModified;
use crate::site::memory_budget::MemoryBudget;
use crate::site::not_found_page::NotFoundPages;
use crate::site::path::AssetPath;
use crate::site::representation::Representation;
use crate::site::resource::{Resource, RouteTarget};
use crate::site::routes::Routes;
use crate::site::waiting_page::WaitingPages;

/// A game compiled for serving.
#[derive(Debug)]
pub struct Site {
    /// Equal for builds of the same unchanged game, whatever their codings.
    pub id: SiteId,
    /// The game's slug; empty for the program's own pages.
    pub slug: String,
    /// The game's title.
    pub title: LocalizedText,
    /// The path of its picture.
    pub(crate) cover: Option<String>,
    /// The engine that made the game.
    pub engine: Engine,
    /// The fields of every response.
    pub fields: Vec<(HeaderName, HeaderValue)>,
    /// The game's need for a secure context.
    pub secure: SecureContext,
    /// True if WebKit gets `require-corp`, because it does not know `credentialless`: the game uses threads.
    pub(crate) is_split_by_browser: bool,
    /// The number of files.
    pub files: usize,
    /// The total length of the files, in bytes.
    pub bytes: u64,
    /// True if its pages reload by themselves when another site is published.
    pub is_live: bool,
    /// The responses for missing files.
    pub not_found: NotFoundPages,
    /// The responses of a placeholder for a game that is still to come.
    waiting: Option<WaitingPages>,
    published_at: Option<LastModified>,
    budget: MemoryBudget,
    assets: Vec<Asset>,
    routes: Arc<Routes>,
    deep_links: Arc<[(PathPattern, usize)]>,
    /// True if the game keeps answers in a cache of its own. It is offered no dictionaries.
    has_own_cache: bool,
}

/// The parts that a build makes a site of.
pub(crate) struct SiteParts {
    pub(crate) id: SiteId,
    pub(crate) slug: String,
    pub(crate) title: LocalizedText,
    pub(crate) cover: Option<String>,
    pub(crate) engine: Engine,
    pub(crate) fields: Vec<(HeaderName, HeaderValue)>,
    pub(crate) secure: SecureContext,
    pub(crate) has_own_cache: bool,
    pub(crate) is_split_by_browser: bool,
    pub(crate) files: usize,
    pub(crate) bytes: u64,
    pub(crate) is_live: bool,
    pub(crate) budget: MemoryBudget,
    pub(crate) assets: Vec<Asset>,
    pub(crate) routes: Routes,
    pub(crate) deep_links: Vec<(PathPattern, String)>,
}

impl Site {
    /// Assembles a site that is not published yet.
    pub(crate) fn new(mut parts: SiteParts) -> Self {
        for (index, asset) in parts.assets.iter_mut().enumerate() {
            asset.index = index;
        }
        let mut site = Self {
            not_found: NotFoundPages::new(&parts.title),
            id: parts.id,
            slug: parts.slug,
            title: parts.title,
            cover: parts.cover,
            engine: parts.engine,
            fields: parts.fields,
            secure: parts.secure,
            is_split_by_browser: parts.is_split_by_browser,
            files: parts.files,
            bytes: parts.bytes,
            is_live: parts.is_live,
            waiting: None,
            published_at: None,
            budget: parts.budget,
            has_own_cache: parts.has_own_cache,
            assets: parts.assets,
            routes: Arc::new(parts.routes),
            deep_links: Arc::new([]),
        };
        let links = parts.deep_links.into_iter();
        let links = links.filter_map(|(paths, page)| Some((paths, site.asset(&page)?.index)));
        site.deep_links = links.collect();
        site.seal();
        site
    }

    /// The same site, which answers with these pages until there is a game.
    pub(crate) fn with_waiting_pages(self, pages: WaitingPages) -> Self {
        Self {
            waiting: Some(pages),
            ..self
        }
    }

    /// False for the program's own pages.
    pub(crate) fn is_game(&self) -> bool {
        !self.slug.is_empty()
    }

    /// The pages of a placeholder; `None` for a game.
    pub(crate) fn waiting_pages(&self) -> Option<&WaitingPages> {
        self.waiting.as_ref()
    }

    /// The same site with more representations of its assets.
    pub(crate) fn with_assets(&self, assets: Vec<Asset>, budget: MemoryBudget) -> Self {
        let mut site = Self {
            id: self.id.clone(),
            slug: self.slug.clone(),
            title: self.title.clone(),
            cover: self.cover.clone(),
            engine: self.engine.clone(),
            fields: self.fields.clone(),
            secure: self.secure.clone(),
            is_split_by_browser: self.is_split_by_browser,
            files: self.files,
            bytes: self.bytes,
            is_live: self.is_live,
            not_found: self.not_found.clone(),
            waiting: self.waiting.clone(),
            published_at: None,
            budget,
            assets,
            routes: Arc::clone(&self.routes),
            deep_links: Arc::clone(&self.deep_links),
            has_own_cache: self.has_own_cache,
        };
        site.seal();
        site.publish_at(self.published_at.clone());
        site
    }

    /// Prepares the response fields of all representations, now that each asset's representations are complete.
    fn seal(&mut self) {
        for asset in &mut self.assets {
            let is_page = asset.is_page();
            let is_negotiated = asset.representations.len() > 1;
            for representation in &mut asset.representations {
                representation.seal(is_page, is_negotiated, &asset.fields);
                if !asset.differences.is_empty() {
                    vary_by_dictionary(representation);
                }
            }
            for difference in &mut asset.differences {
                difference.seal(&asset.fields);
            }
            asset.dictionary = match self.has_own_cache {
                true => None,
                false => dictionary_offer(asset, &self.fields),
            };
        }
    }

    /// Sets the publication date, which becomes every representation's `Last-Modified`. Called before publication.
    pub fn publish_at(&mut self, date: Option<LastModified>) {
        for asset in &mut self.assets {
            let differences = asset.differences.iter_mut();
            let differences = differences.map(|one| &mut one.representation);
            for representation in asset.representations.iter_mut().chain(differences) {
                representation.set_last_modified(date.as_ref());
            }
        }
        self.published_at = date;
    }

    /// The publication date, if it is known to be unique.
    pub(crate) fn published_at(&self) -> Option<&LastModified> {
        self.published_at.as_ref()
    }

    /// The resource at a path.
    pub fn resource(&self, path: &AssetPath<'_>) -> Option<Resource<'_>> {
        self.resolve(self.routes.get(path.as_str())?)
    }

    /// The resource whose path differs only in case or Unicode normalization; for paths without a resource.
    pub(crate) fn resource_like(&self, path: &AssetPath<'_>) -> Option<(Resource<'_>, &Fallback)> {
        let (route, fallback) = self.routes.find_similar(path.as_str())?;
        Some((self.resolve(route)?, fallback))
    }

    fn resolve<'a>(&'a self, route: &'a RouteTarget) -> Option<Resource<'a>> {
        match route {
            RouteTarget::Asset(index) => self.assets.get(*index).map(Resource::Asset),
            RouteTarget::Redirect(redirect) => Some(Resource::Redirect(redirect)),
        }
    }

    /// The page with which the game's own rules answer a path without a file.
    pub(crate) fn deep_link_page(&self, path: &AssetPath<'_>) -> Option<&Asset> {
        let path = format!("/{}", path.as_str());
        let link = { self.deep_links.iter() }.find(|(paths, _)| paths.matches(&path));
        link.and_then(|(_, page)| self.assets.get(*page))
    }

    /// The game's own page for missing files.
    pub(crate) fn own_not_found_page(&self) -> Option<&Representation> {
        self.asset("404.html")?.representations.first()
    }

    /// The existing name nearest to a path without an asset.
    pub(crate) fn nearest(&self, path: &AssetPath<'_>) -> Option<&str> {
        self.routes.nearest(path.as_str())
    }

    /// All assets, in the order of their indices.
    pub(crate) fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// The asset that is served for a name.
    pub(crate) fn asset(&self, name: &str) -> Option<&Asset> {
        match self.routes.get(name)? {
            RouteTarget::Asset(index) => self.assets.get(*index),
            RouteTarget::Redirect(_) => None,
        }
    }

    /// The memory that the site has and uses.
    pub(crate) fn budget(&self) -> MemoryBudget {
        self.budget
    }

    /// The bytes of content that the site may hold in memory.
    pub(crate) fn memory_limit(&self) -> u64 {
        self.budget.limit()
    }

    /// The bytes of content that the site holds in memory.
    pub fn held(&self) -> u64 {
        self.budget.used()
    }
}
