//! Differences of a site's files from those of earlier sites of the same game, made while the site is already published.

use std::sync::Arc;

use bytes::Bytes;

use crate::compression::difference::{
    dictionary_hash, difference_memory, encode_difference, is_decodable,
};
use crate::site::asset::Asset;
use crate::site::compiled::Site;
use crate::site::content::Content;
use crate::site::difference::Difference;
use crate::site::memory_budget::MemoryBudget;
use crate::site::representation::Representation;

/// The most differences of a file: from itself and its latest versions.
const MAX_DIFFERENCES: usize = 3;

/// The length from which on a browser may have a file as a dictionary and not in its cache, in bytes: a cache takes files
/// of an eighth of its size, a dictionary may have 100 MB.
const TOO_LARGE_FOR_CACHES: usize = 4 << 20;

impl Site {
    /// The same site with the differences of its changed files from earlier sites of the game, the newest of which comes
    /// first. Blocks for as long as that takes. `None` if there is nothing to add, and once `keep_going` returns false.
    pub fn with_differences(
        &self,
        earlier: &[Arc<Self>],
        keep_going: &dyn Fn() -> bool,
    ) -> Option<Self> {
        // A game that is published once costs nothing.
        if earlier.is_empty() {
            return None;
        }
        let mut budget = self.budget();
        let mut assets = None;
        for (index, asset) in self.assets().iter().enumerate() {
            let differences = differences(asset, earlier, &mut budget, keep_going);
            if !differences.is_empty() {
                let assets = assets.get_or_insert_with(|| self.assets().to_vec());
                assets[index].differences = differences;
            }
            if !keep_going() {
                return None;
            }
        }
        Some(self.with_assets(assets?, budget))
    }
}

/// The differences of a file with those that it lacks; empty if it lacks none.
fn differences(
    asset: &Asset,
    earlier: &[Arc<Site>],
    budget: &mut MemoryBudget,
    keep_going: &dyn Fn() -> bool,
) -> Vec<Difference> {
    let Some((file, new)) = dictionary(asset) else {
        return Vec::new();
    };
    let mut found: Vec<Difference> = Vec::new();
    for (version, old) in versions(asset, earlier) {
        let is_small = difference_memory(new.len()) <= budget.limit() / 2;
        let mut known = asset.differences.iter().chain(&found);
        if !is_small
            || !is_decodable(old.len(), new.len())
            || known.any(|known| known.version == version.etag)
        {
            continue;
        }
        let hash = dictionary_hash(old);
        let coded = encode_difference(old, &hash, new, keep_going);
        let coded = coded.filter(|coded| asset.is_worth(coded.len() as u64));
        if let Some(coded) = coded
            && budget.try_take(coded.len() as u64)
        {
            found.push(Difference::new((&version.etag, hash), file, coded));
        }
    }
    if !found.is_empty() {
        let older = MAX_DIFFERENCES.saturating_sub(found.len());
        found.extend(asset.differences.iter().take(older).cloned());
        let dropped = { asset.differences.iter().skip(older) }
            .map(|dropped| dropped.representation.bytes_in_memory());
        budget.try_replace(dropped.sum(), 0);
    }
    found
}

/// The versions of a file that browsers may have: itself, if their cache may have been too small for it, and earlier ones.
fn versions<'a>(
    asset: &'a Asset,
    earlier: &'a [Arc<Site>],
) -> impl Iterator<Item = (&'a Representation, &'a Bytes)> {
    let itself = dictionary(asset).filter(|(_, bytes)| bytes.len() >= TOO_LARGE_FOR_CACHES);
    let earlier = earlier.iter().filter_map(|site| {
        let old = site.asset(&asset.name)?;
        let is_changed = old.name == asset.name && old.etag() != asset.etag();
        is_changed.then(|| dictionary(old)).flatten()
    });
    itself.into_iter().chain(earlier).take(MAX_DIFFERENCES)
}

/// A file that browsers may have as a dictionary, and its bytes.
fn dictionary(asset: &Asset) -> Option<(&Representation, &Bytes)> {
    asset.dictionary.as_ref()?;
    let file = asset.representations.first()?;
    match &file.content {
        Content::Memory(bytes) => Some((file, bytes)),
        Content::File(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::options::BuildOptions;
    use crate::site::test_site::test_site;

    /// A site of a game with a file of these bytes, and one that never changes.
    fn site(name: &str, file: &str, options: BuildOptions) -> Arc<Site> {
        let same = "same".repeat(50_000);
        let files = [("index.html", ""), ("a.pck", file), ("b.pck", &same)];
        Arc::new(test_site(name, &files, options))
    }

    /// Text that does not compress well; all of it differs with the number.
    fn text(number: u8) -> String {
        let mut bytes = [0; 100_000];
        blake3::Hasher::new()
            .update(&[number])
            .finalize_xof()
            .fill(&mut bytes);
        bytes
            .iter()
            .map(|byte| char::from(byte % 64 + 32))
            .collect()
    }

    fn hashes(site: &Site, name: &str) -> Vec<[u8; 32]> {
        let asset = site.asset(name).unwrap();
        let differences = asset.differences.iter();
        differences.map(|one| one.dictionary).collect()
    }

    #[test]
    fn a_changed_file_has_differences_from_its_latest_versions() {
        let options = BuildOptions::default();
        let versions = ["", "1", "2", "3", "4"].map(|end| text(0) + end);
        let sites = versions.each_ref().map(|file| site("game", file, options));
        let hash = |number: usize| dictionary_hash(versions[number].as_bytes());
        let [first, second, third, fourth, fifth] = sites;
        let keep_going = || true;
        assert!(first.with_differences(&[], &keep_going).is_none());
        let same = [Arc::clone(&first)];
        assert!(first.with_differences(&same, &keep_going).is_none());

        let updated = second.with_differences(&[first], &keep_going).unwrap();
        assert_eq!(hashes(&updated, "a.pck"), [hash(0)]);
        assert!(hashes(&updated, "b.pck").is_empty());
        let taken = updated.held() - second.held();
        assert!((41..3000).contains(&taken), "{taken}");
        let updated = Arc::new(updated);
        let compressed = updated.compressed(None, &keep_going).unwrap();
        assert_eq!(hashes(&compressed, "a.pck"), [hash(0)]);
        let earlier = [third, updated, second];
        let latest = fourth.with_differences(&earlier, &keep_going).unwrap();
        assert_eq!(hashes(&latest, "a.pck"), [hash(2), hash(1)]);
        assert!(fourth.with_differences(&earlier, &|| false).is_none());
        let [third, ..] = earlier;
        let earlier = [fifth, third];
        let back = latest.with_differences(&earlier, &keep_going).unwrap();
        assert_eq!(hashes(&back, "a.pck"), [hash(4), hash(2), hash(1)]);
        assert!(back.with_differences(&earlier, &keep_going).is_none());
    }

    #[test]
    fn a_large_file_has_a_difference_from_itself_once_there_are_versions() {
        for (length, expected) in [(TOO_LARGE_FOR_CACHES, 1), (TOO_LARGE_FOR_CACHES - 1, 0)] {
            let file = text(0).repeat(42)[..length].to_owned();
            let site = site("game", &file, BuildOptions::default());
            assert!(site.with_differences(&[], &|| true).is_none());
            let known = site.with_differences(std::slice::from_ref(&site), &|| true);
            let known = known.map_or(0, |site| hashes(&site, "a.pck").len());
            assert_eq!(known, expected, "{length}");
        }
    }

    #[test]
    fn no_difference_is_kept_that_saves_little_or_does_not_fit_in_memory() {
        let options = BuildOptions::default();
        let old = [site("game", &text(0), options)];
        let other = site("game", &text(1), options);
        assert!(other.with_differences(&old, &|| true).is_none());
        let no_room: BuildOptions = toml::from_str("memory_mib = 1").unwrap();
        let changed = site("game", &(text(0) + "1"), no_room);
        assert!(changed.with_differences(&old, &|| true).is_none());
    }

    #[test]
    fn a_difference_leaves_when_the_coded_file_turns_out_to_be_as_short() {
        let options = BuildOptions::default();
        let plain = "0123456789".repeat(20_000);
        let old = [site("game", &(plain.clone() + &text(0)[..4000]), options)];
        let new = site("game", &(plain + &text(1)[..4000]), options);
        let updated = new.with_differences(&old, &|| true).unwrap();
        assert_eq!(hashes(&updated, "a.pck").len(), 1);
        let compressed = updated.compressed(None, &|| true).unwrap();
        assert!(hashes(&compressed, "a.pck").is_empty());
        let plain = new.compressed(None, &|| true).unwrap();
        assert_eq!(compressed.held(), plain.held());
    }
}
