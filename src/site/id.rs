//! What tells one site from another.

use http::{HeaderName, HeaderValue};

use crate::language::Language;
use crate::library::game::Game;
use crate::site::asset::Asset;

/// A hash of all that a site is made of: two builds of the same unchanged game have the same id, two games never.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteId {
    digits: Box<str>,
    set_cookie: HeaderValue,
}

/// Collects what a site is made of.
#[derive(Debug, Default)]
struct Ingredients(blake3::Hasher);

impl SiteId {
    /// The name of the cookie that a page load carries.
    pub(crate) const COOKIE: &str = "on-air";

    /// The id as text: 16 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// `Set-Cookie`: the requests of a page load say by it which site it began with (RFC 6265, 4.1).
    pub(crate) fn set_cookie(&self) -> &HeaderValue {
        &self.set_cookie
    }
}

impl Ingredients {
    fn add(&mut self, ingredient: &[u8]) {
        self.0.update(&(ingredient.len() as u64).to_le_bytes());
        self.0.update(ingredient);
    }

    /// The id of all of them, in their order.
    fn id(&self) -> SiteId {
        let digits = &self.0.finalize().to_hex()[..16];
        let cookie = SiteId::COOKIE;
        let set_cookie = format!("{cookie}={digits}; Path=/; SameSite=Lax; HttpOnly");
        SiteId {
            digits: digits.into(),
            // Hexadecimal digits are a valid field value; the fall-back is a cookie of no site.
            set_cookie: HeaderValue::from_str(&set_cookie)
                .unwrap_or(HeaderValue::from_static("on-air=")),
        }
    }
}

/// The id of a site: a hash of all that a player could notice of it.
pub(crate) fn of(
    game: &Game,
    fields: &[(HeaderName, HeaderValue)],
    assets: &[Asset],
    is_live: bool,
) -> SiteId {
    let mut ingredients = Ingredients::default();
    ingredients.add(&[is_live.into()]);
    for text in [&game.slug, &game.entry] {
        ingredients.add(text.as_bytes());
    }
    for language in Language::ALL {
        ingredients.add(game.title.get(language).as_bytes());
    }
    for (name, value) in fields {
        ingredients.add(name.as_str().as_bytes());
        ingredients.add(value.as_bytes());
    }
    let mut assets: Vec<_> = assets.iter().collect();
    assets.sort_by_key(|asset| &asset.name);
    for asset in assets {
        ingredients.add(asset.name.as_bytes());
        if let Some(representation) = asset.representations.first() {
            ingredients.add(representation.media_type.as_bytes());
            ingredients.add(representation.etag.as_bytes());
        }
    }
    ingredients.id()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(ingredients: &[&str]) -> SiteId {
        let mut all = Ingredients::default();
        for ingredient in ingredients {
            all.add(ingredient.as_bytes());
        }
        all.id()
    }

    #[test]
    fn an_id_follows_its_ingredients() {
        assert_eq!(id(&["a", "b"]), id(&["a", "b"]));
        assert_ne!(id(&["a", "b"]), id(&["b", "a"]));
        assert_ne!(id(&["ab", "c"]), id(&["a", "bc"]));
        assert_ne!(id(&["a"]), id(&["a", ""]));
    }

    #[test]
    fn the_cookie_says_the_id() {
        let id = id(&["a"]);
        let expected = format!("on-air={}; Path=/; SameSite=Lax; HttpOnly", id.as_str());
        assert_eq!(id.set_cookie(), expected.as_str());
        assert_eq!(id.as_str().len(), 16);
    }
}
