//! The lobby of an arcade, compiled like a game: the page with all games, their covers, and the figures that change.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use rust_i18n::t;
use serde_json::json;

use crate::detect::engine::Engine;
use crate::detect::kind::EngineKind;
use crate::detect::secure_context::SecureContext;
use crate::language::{Language, LocalizedText};
use crate::site::asset::Asset;
use crate::site::compiled::{Site, SiteParts};
use crate::site::error::BuildError;
use crate::site::id::SiteId;
use crate::site::lobby_game::{LobbyGame, memory_asset};
use crate::site::lobby_page::lobby_page;
use crate::site::memory_budget::MemoryBudget;
use crate::site::not_found_page::NotFoundPages;
use crate::site::routes::Routes;

/// The name of the page.
const PAGE: &str = "index.html";

/// The memory for codings of the page, in bytes.
const CODINGS: u64 = 16 << 20;

/// The pictures may be drawings with scripts of a game; none runs here.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
     form-action 'none'",
);

/// The page depends on the language that a browser prefers.
const VARY: HeaderValue = HeaderValue::from_static("accept-encoding, accept-language");

/// The page of a lobby in one language, with the covers.
#[derive(Clone, Debug)]
pub struct LobbyPage {
    assets: Vec<Asset>,
    language: Language,
    mark: String,
}

impl LobbyPage {
    /// Renders the page of these games, in this order.
    pub fn new(games: &[LobbyGame], language: Language) -> Self {
        let page = lobby_page(games, language);
        let mark = page
            .split_once("data-page=\"")
            .and_then(|(_, rest)| rest.get(..16));
        let mark = mark.unwrap_or_default().to_owned();
        let icon = include_bytes!("lobby_icon.svg").as_slice();
        let script = include_bytes!("lobby.js").as_slice();
        let style = include_bytes!("lobby.css").as_slice();
        let own = [
            ("icon.svg", icon),
            ("lobby.js", script),
            ("lobby.css", style),
        ];
        let mut assets = vec![memory_asset(PAGE, page.into())];
        assets.extend(own.map(|(name, content)| memory_asset(name, Bytes::from_static(content))));
        assets.extend(games.iter().map(|game| game.cover.asset().clone()));
        Self {
            assets,
            language,
            mark,
        }
    }
}

impl Site {
    /// Compiles a lobby: its page, and the figures of these games now. Assets that are unchanged since the lobby before
    /// keep their codings.
    ///
    /// # Errors
    /// Never for a page made by [`LobbyPage::new`].
    pub fn lobby(
        page: &LobbyPage,
        games: &[LobbyGame],
        earlier: Option<&Self>,
    ) -> Result<Self, BuildError> {
        let figures = games.iter().map(|game| {
            let figures = json!({ "players": game.players, "plays": game.plays });
            (game.slug.clone(), figures)
        });
        let figures = json!({ "page": page.mark, "games": serde_json::Map::from_iter(figures) });
        let figures = memory_asset("lobby.json", format!("{figures}\n").into());
        let assets = page.assets.iter().cloned().chain([figures]).map(|asset| {
            let before = earlier.and_then(|earlier| earlier.asset(&asset.name));
            let before = before.filter(|before| before.etag() == asset.etag());
            before.cloned().unwrap_or(asset)
        });
        let assets: Vec<_> = assets.collect();
        let held = assets.iter().map(Asset::bytes_in_memory).sum::<u64>();
        let mut budget = MemoryBudget::new(u64::MAX, held + CODINGS);
        budget.take(held);
        let fields = fields();
        let title = LocalizedText::plain(t!("lobby.heading", locale = page.language.tag()));
        let not_found = NotFoundPages::of_lobby(&title);
        let mut site = Self::new(SiteParts {
            deep_links: Vec::new(),
            cover: None,
            id: SiteId::of_own_pages(&assets),
            slug: String::new(),
            title,
            engine: Engine {
                kind: EngineKind::Plain,
                version: None,
                traits: Vec::new(),
                evidence: Vec::new(),
            },
            is_split_by_browser: false,
            secure: SecureContext::default(),
            has_own_cache: false,
            fields,
            files: assets.len(),
            bytes: held,
            // Its script follows the events.
            is_live: true,
            budget,
            routes: Routes::new(&assets, &[], PAGE, "")?,
            assets,
        });
        site.not_found = not_found;
        Ok(site)
    }
}

fn fields() -> Vec<(HeaderName, HeaderValue)> {
    vec![
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::VARY, VARY),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn game(slug: &str, plays: u64) -> LobbyGame {
        LobbyGame {
            plays,
            ..LobbyGame::unplayed(slug, slug)
        }
    }

    #[test]
    fn figures_change_one_small_asset_and_the_others_keep_their_codings() {
        let games: Vec<_> = ["a", "b", "c"].map(|slug| game(slug, 0)).into();
        let page = LobbyPage::new(&games, Language::English);
        let first = Site::lobby(&page, &games, None).unwrap();
        let first = first.compressed(None, &|| true).unwrap();
        let codings = |site: &Site, name| site.asset(name).unwrap().representations.len();
        assert!(codings(&first, PAGE) > 1);
        let same = Site::lobby(&page, &games, Some(&first)).unwrap();
        assert_eq!(same.id, first.id);
        let played: Vec<_> = ["a", "b", "c"].map(|slug| game(slug, 1)).into();
        let next = Site::lobby(&page, &played, Some(&first)).unwrap();
        assert_ne!(next.id, first.id);
        assert_eq!(codings(&next, PAGE), codings(&first, PAGE));
        assert_ne!(
            next.asset("lobby.json").unwrap().etag(),
            first.asset("lobby.json").unwrap().etag()
        );
        assert!(next.asset("covers/b.svg").is_some());
    }
}
