//! Site ids.

use http::{HeaderName, HeaderValue};

use crate::language::Language;
use crate::library::game::Game;
use crate::site::asset::Asset;

/// A hash of a site's contents: equal for builds of the same unchanged game, different for different games.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteId {
    digits: Box<str>,
    set_cookie: HeaderValue,
    set_worker_cookie: HeaderValue,
}

/// Hashes the parts of an id, with their lengths.
#[derive(Debug, Default)]
struct IdHasher(blake3::Hasher);

impl SiteId {
    /// The name of the cookie of a page session.
    pub(crate) const COOKIE: &str = "on-air";

    /// Stands after the id in the cookie of a browser that fetched a service worker of the site.
    pub(crate) const WORKER: &str = ".worker";

    /// Computes the id from everything that players can notice.
    pub(crate) fn new(
        game: &Game,
        fields: &[(HeaderName, HeaderValue)],
        assets: &[Asset],
        is_live: bool,
    ) -> Self {
        let mut hash = IdHasher::default();
        hash.add(&[is_live.into()]);
        for text in [&game.slug, &game.entry] {
            hash.add(text.as_bytes());
        }
        for language in Language::ALL {
            hash.add(game.title.get(language).as_bytes());
        }
        for (name, value) in fields {
            hash.add(name.as_str().as_bytes());
            hash.add(value.as_bytes());
        }
        hash.add_all(assets);
        hash.id()
    }

    /// The id of a site that the program itself makes from these assets.
    pub(crate) fn of_own_pages(assets: &[Asset]) -> Self {
        let mut hash = IdHasher::default();
        hash.add(b"own pages");
        hash.add_all(assets);
        hash.id()
    }

    /// The id of the placeholder for a game that is still to come.
    pub(crate) fn of_waiting() -> Self {
        let mut hash = IdHasher::default();
        hash.add(b"waiting");
        hash.id()
    }

    /// The id of the placeholder for a game that could not be built.
    pub(crate) fn of_unopened() -> Self {
        let mut hash = IdHasher::default();
        hash.add(b"unopened");
        hash.id()
    }

    /// The id as text: 16 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// The `Set-Cookie` field that starts a page session (RFC 6265, 4.1).
    pub(crate) fn set_cookie(&self) -> &HeaderValue {
        &self.set_cookie
    }

    /// The `Set-Cookie` field that notes in a page session that the browser has a service worker of the site.
    pub(crate) fn set_worker_cookie(&self) -> &HeaderValue {
        &self.set_worker_cookie
    }
}

impl IdHasher {
    fn add(&mut self, part: &[u8]) {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// Adds the names, types and tags of assets, whatever their order.
    fn add_all(&mut self, assets: &[Asset]) {
        let mut assets: Vec<_> = assets.iter().collect();
        assets.sort_by_key(|asset| &asset.name);
        for asset in assets {
            self.add(asset.name.as_bytes());
            for (name, value) in &asset.fields {
                self.add(name.as_str().as_bytes());
                self.add(value.as_bytes());
            }
            if let Some(representation) = asset.representations.first() {
                self.add(representation.media_type.as_bytes());
                self.add(representation.etag.as_bytes());
            }
        }
    }

    fn id(&self) -> SiteId {
        let digits = &self.0.finalize().to_hex()[..16];
        let set_cookie = |mark| {
            let text = format!(
                "{}={digits}{mark}; Path=/; SameSite=Lax; HttpOnly",
                SiteId::COOKIE
            );
            // Always a valid field value; the fallback is the cookie of no site.
            HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("on-air="))
        };
        SiteId {
            digits: digits.into(),
            set_cookie: set_cookie(""),
            set_worker_cookie: set_cookie(SiteId::WORKER),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(parts: &[&str]) -> SiteId {
        let mut all = IdHasher::default();
        for part in parts {
            all.add(part.as_bytes());
        }
        all.id()
    }

    #[test]
    fn ids_are_equal_only_for_the_same_parts_in_the_same_order() {
        assert_eq!(id(&["a", "b"]), id(&["a", "b"]));
        assert_ne!(id(&["a", "b"]), id(&["b", "a"]));
        assert_ne!(id(&["ab", "c"]), id(&["a", "bc"]));
        assert_ne!(id(&["a"]), id(&["a", ""]));
    }

    #[test]
    fn the_cookie_contains_the_id() {
        let id = id(&["a"]);
        let expected = format!("on-air={}; Path=/; SameSite=Lax; HttpOnly", id.as_str());
        assert_eq!(id.set_cookie(), expected.as_str());
        assert_eq!(id.as_str().len(), 16);
    }
}
