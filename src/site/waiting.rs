//! The site while no game is published.

use crate::detect::engine::Engine;
use crate::detect::kind::EngineKind;
use crate::detect::secure_context::SecureContext;
use crate::language::LocalizedText;
use crate::site::compiled::{Site, SiteParts};
use crate::site::id::SiteId;
use crate::site::memory_budget::MemoryBudget;
use crate::site::routes::Routes;
use crate::site::waiting_page::WaitingPages;

impl Site {
    /// A site without files that answers every request with 503 and a page that loads the game as soon as there is one.
    pub fn waiting() -> Self {
        Self::not_ready(SiteId::of_waiting(), WaitingPages::new)
    }

    /// A site that answers like [`Site::waiting`] while the game with this title is built for the first time.
    pub fn opening(title: &LocalizedText) -> Self {
        Self::not_ready(SiteId::of_waiting(), |id| WaitingPages::opening(id, title))
    }

    /// A site that answers like [`Site::waiting`] after the game with this title could not be built. Its page asks again.
    pub fn unopened(title: &LocalizedText) -> Self {
        Self::not_ready(SiteId::of_unopened(), |id| {
            WaitingPages::unopened(id, title)
        })
    }

    fn not_ready(id: SiteId, pages: impl FnOnce(&SiteId) -> WaitingPages) -> Self {
        let pages = pages(&id);
        let site = Self::new(SiteParts {
            deep_links: Vec::new(),
            id,
            slug: String::new(),
            title: LocalizedText::plain(""),
            cover: None,
            engine: Engine {
                kind: EngineKind::Plain,
                version: None,
                traits: Vec::new(),
                evidence: Vec::new(),
            },
            secure: SecureContext::default(),
            has_own_cache: false,
            is_split_by_browser: false,
            fields: Vec::new(),
            files: 0,
            bytes: 0,
            // Its page waits for the events of the next site.
            is_live: true,
            budget: MemoryBudget::new(0, 0),
            assets: Vec::new(),
            routes: Routes::default(),
        });
        site.with_waiting_pages(pages)
    }
}
