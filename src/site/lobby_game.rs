//! The games as the lobby of an arcade shows them.

use bytes::Bytes;

use crate::language::{Language, LocalizedText};
use crate::library::cover::Cover;
use crate::site::asset::Asset;
use crate::site::content::Content;
use crate::site::drawn_cover::drawn_cover;
use crate::site::path::to_url;
use crate::site::representation::Representation;

/// A game in the lobby.
#[derive(Clone, Debug)]
pub struct LobbyGame {
    /// The name that the host types.
    pub slug: String,
    /// The title.
    pub title: LocalizedText,
    /// One line about the game.
    pub description: Option<LocalizedText>,
    /// Its picture.
    pub cover: LobbyCover,
    /// The time when it came or changed, in seconds since 1970.
    pub added: u64,
    /// True for the game at the top.
    pub is_featured: bool,
    /// The number of times that it was started.
    pub plays: u64,
    /// The number of browsers that have it open.
    pub players: u64,
}

/// The picture of a game, ready to be served.
#[derive(Clone, Debug)]
pub struct LobbyCover {
    asset: Asset,
    is_icon: bool,
}

impl LobbyGame {
    /// A game for unit tests, without a picture of its own, which nobody has played.
    #[cfg(test)]
    pub(super) fn unplayed(slug: &str, title: &str) -> Self {
        let title = LocalizedText::plain(title);
        Self {
            cover: LobbyCover::new(slug, &title, None),
            slug: slug.to_owned(),
            description: Some(title.clone()),
            title,
            added: 7,
            is_featured: false,
            plays: 0,
            players: 0,
        }
    }

    /// The same game before anybody played it.
    pub(crate) fn without_figures(&self) -> Self {
        Self {
            plays: 0,
            players: 0,
            ..self.clone()
        }
    }
}

impl LobbyCover {
    /// The picture of a game, or a drawing for a game that has none.
    pub fn new(slug: &str, title: &LocalizedText, cover: Option<Cover>) -> Self {
        let is_icon = cover.as_ref().is_some_and(|cover| cover.is_icon);
        let (extension, content) = match cover {
            Some(cover) => (cover.extension, cover.content),
            None => {
                let title = title.get(Language::English);
                ("svg", Bytes::from(drawn_cover(slug, title)))
            }
        };
        Self {
            asset: memory_asset(&format!("covers/{slug}.{extension}"), content),
            is_icon,
        }
    }

    pub(crate) fn asset(&self) -> &Asset {
        &self.asset
    }

    /// True if it is shown in its own size.
    pub(crate) fn is_icon(&self) -> bool {
        self.is_icon
    }

    /// The address relative to the page; another one for other bytes, because an open page keeps pictures by address.
    pub(crate) fn address(&self) -> String {
        let tag = self.asset.etag().map_or("", |etag| etag.digits());
        let path = to_url(&self.asset.name);
        format!(
            "{}?{}",
            path.trim_start_matches('/'),
            tag.get(..8).unwrap_or_default()
        )
    }
}

/// An asset with this content.
pub(crate) fn memory_asset(name: &str, content: Bytes) -> Asset {
    let own = Representation::identity(name, Content::Memory(content), &|| true);
    // Content in memory can always be read.
    Asset::new(name, own.into_iter().collect())
}
