//! Rules of a profile for single files: their types, fields and codings.

use bytes::Bytes;
use encoding_rs::Encoding;

use crate::detect::loaded::LoadedAs;
use crate::library::profile::Profile;
use crate::site::asset::Asset;
use crate::site::charset::ambiguous_encoding;
use crate::site::content::Content;
use crate::site::media_type;
use crate::site::memory_budget::MemoryBudget;
use crate::site::representation::Representation;

/// The encoding of the entry page, if it is one in which the page's scripts and styles may be, too.
pub(super) fn page_encoding(assets: &[Asset], entry: &str) -> Option<&'static Encoding> {
    let page = assets.iter().find(|asset| &*asset.name == entry)?;
    match &page.representations.first()?.content {
        Content::Memory(bytes) => ambiguous_encoding(bytes),
        Content::File(_) => None,
    }
}

/// Gives files the types that pages load them as, and leaves those without a coding whose size a script reads.
pub(super) fn apply_uses(
    assets: &mut [Asset],
    profile: &Profile,
    page: Option<&'static Encoding>,
    budget: &mut MemoryBudget,
) {
    for asset in assets {
        let name = &*asset.name;
        // Words in a script do not outweigh an ending.
        let is_known = |own: &Representation| !media_type::is_unknown(&own.media_type);
        let is_typed = asset.representations.first().is_some_and(is_known);
        let loaded = profile.loaded.get(name);
        let loaded = loaded.filter(|loaded| **loaded != LoadedAs::LikelyScript || !is_typed);
        let (Some(own), true) = (
            asset.representations.first(),
            loaded.is_some() || profile.measured.contains(name),
        ) else {
            continue;
        };
        if let Some(loaded) = loaded {
            let content = match &own.content {
                Content::Memory(bytes) => bytes.clone(),
                Content::File(_) => Bytes::from_static(b"\xff"),
            };
            let media_type = media_type::loaded_type(*loaded, &content, page);
            if media_type != own.media_type {
                asset.fingerprint = None;
                for one in &mut asset.representations {
                    one.media_type = media_type.clone();
                }
            }
        }
        if profile.measured.contains(&*asset.name) {
            let held = asset.bytes_in_memory();
            asset.representations.truncate(1);
            asset.differences.clear();
            asset.is_measured = true;
            budget.try_replace(held, asset.bytes_in_memory());
            asset.is_compressed = true;
            asset.fingerprint = None;
        }
    }
}

/// Gives files the types and fields that their author configured for another host, unless browsers need another type.
pub(super) fn apply_wishes(assets: &mut [Asset], profile: &Profile) {
    for asset in assets {
        // Those of an earlier build may be gone.
        asset.fields.clear();
        let Some(wishes) = profile.wishes.get(&*asset.name) else {
            continue;
        };
        asset.fields.clone_from(&wishes.fields);
        let loaded = profile.loaded.get(&*asset.name);
        let is_settled = loaded.is_some_and(|loaded| *loaded != LoadedAs::LikelyScript)
            || asset.is_page()
            || asset.is_script()
            || asset.is_module();
        let Some(media_type) = wishes.media_type.as_ref().filter(|_| !is_settled) else {
            continue;
        };
        asset.fingerprint = None;
        for one in &mut asset.representations {
            one.media_type = media_type.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use crate::fs::fingerprint::Fingerprint;
    use crate::library::game::Game;

    fn profile() -> Profile {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("games/2048");
        Profile::detect(&Game::from_folder(&folder).unwrap(), &[])
    }

    fn asset(name: &str) -> Asset {
        asset_of(name, b"let a;")
    }

    fn asset_of(name: &str, content: &'static [u8]) -> Asset {
        let content = Content::Memory(Bytes::from_static(content));
        let own = Representation::identity(name, content, &|| true).unwrap();
        let file = std::fs::metadata(env!("CARGO_MANIFEST_DIR")).unwrap();
        Asset {
            fingerprint: Some(Fingerprint::from_metadata(&file)),
            ..Asset::new(name, vec![own])
        }
    }

    #[test]
    fn a_file_has_the_type_that_pages_load_it_as_and_only_another_type_makes_the_next_build_read_it()
     {
        for (name, loaded, media_type, is_kept) in [
            ("a.txt", None, "text/plain; charset=utf-8", true),
            (
                "a.txt",
                Some(LoadedAs::Script),
                "text/javascript; charset=utf-8",
                false,
            ),
            (
                "a.js",
                Some(LoadedAs::Script),
                "text/javascript; charset=utf-8",
                true,
            ),
            (
                "a.zzz",
                Some(LoadedAs::LikelyScript),
                "text/javascript; charset=utf-8",
                false,
            ),
            (
                "a.json",
                Some(LoadedAs::LikelyScript),
                "application/json; charset=utf-8",
                true,
            ),
            (
                "a.js",
                Some(LoadedAs::Style),
                "text/css; charset=utf-8",
                false,
            ),
        ] {
            let mut profile = profile();
            profile.loaded = loaded
                .map(|loaded| (name.to_owned(), loaded))
                .into_iter()
                .collect();
            let mut assets = [asset(name)];
            apply_uses(&mut assets, &profile, None, &mut MemoryBudget::new(99, 99));
            let own = &assets[0].representations[0];
            assert_eq!(own.media_type, media_type, "{name} as {loaded:?}");
            assert_eq!(
                assets[0].fingerprint.is_some(),
                is_kept,
                "{name} as {loaded:?}"
            );
        }
    }

    #[test]
    fn the_encoding_of_the_page_is_the_one_that_the_entry_page_states() {
        let assets = [
            asset_of("other.html", b"<meta charset=big5>"),
            asset_of("index.html", b"<meta charset=gbk>"),
        ];
        for (entry, expected) in [
            ("index.html", Some(encoding_rs::GBK)),
            ("other.html", Some(encoding_rs::BIG5)),
            ("none.html", None),
        ] {
            assert_eq!(page_encoding(&assets, entry), expected, "{entry}");
        }
    }
}
