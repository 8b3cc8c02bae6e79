//! Content codings of a site's assets, prepared while the site is already published.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use bytes::Bytes;

use crate::compression::coding::Coding;
use crate::fs::machine;
use crate::site::asset::Asset;
use crate::site::cache::Cache;
use crate::site::compiled::Site;
use crate::site::content::Content;
use crate::site::etag::EntityTag;
use crate::site::memory_budget::MemoryBudget;
use crate::site::representation::Representation;
use crate::site::savings::saves_bytes;

/// The memory that an encoder may take whatever the site's limit; otherwise it is half of that.
const LEAST_FOR_ENCODER: u64 = 8 << 20;

/// The sample from the middle of a larger file that is compressed first, in bytes.
const SAMPLE: usize = 256 * 1024;

impl Site {
    /// The same site with all codings that save bytes: those that it has, otherwise from the cache, otherwise encoded
    /// here.
    ///
    /// Blocks for as long as that takes, on half of the cores at low priority. Returns `None` once `keep_going` returns
    /// false.
    pub fn compressed(
        &self,
        cache: Option<&Cache>,
        keep_going: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let threads = (cores / 2).max(1);
        let for_encoders = self.memory_limit() / 2;
        let compressor = Compressor {
            site: self,
            cache,
            keep_going,
            budget: Mutex::new(self.budget()),
            threads,
            for_encoder: (for_encoders / threads as u64).max(LEAST_FOR_ENCODER),
        };
        let assets = compressor.compress_all();
        if let Some(cache) = cache {
            cache.tidy();
        }
        let budget = compressor.budget.into_inner();
        let budget = budget.unwrap_or_else(PoisonError::into_inner);
        keep_going().then(|| self.with_assets(assets, budget))
    }
}

struct Compressor<'a> {
    site: &'a Site,
    cache: Option<&'a Cache>,
    keep_going: &'a (dyn Fn() -> bool + Sync),
    budget: Mutex<MemoryBudget>,
    threads: usize,
    /// The memory that the encoder of each thread may take.
    for_encoder: u64,
}

impl Compressor<'_> {
    fn compress_all(&self) -> Vec<Asset> {
        let assets: Vec<_> = self
            .site
            .assets()
            .iter()
            .map(|asset| Mutex::new(asset.clone()))
            .collect();
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(asset) = assets.get(next.fetch_add(1, Ordering::Relaxed)) {
                if !(self.keep_going)() {
                    break;
                }
                self.compress(&mut asset.lock().unwrap_or_else(PoisonError::into_inner));
            }
        };
        let work_at_low_priority = || {
            machine::lower_priority();
            work();
        };
        thread::scope(|threads| {
            for _ in 0..self.threads {
                let started = thread::Builder::new().spawn_scoped(threads, work_at_low_priority);
                if started.is_err() {
                    // The system refuses another thread: the existing ones do the work.
                    work();
                }
            }
        });
        let unlock =
            |asset: Mutex<Asset>| asset.into_inner().unwrap_or_else(PoisonError::into_inner);
        assets.into_iter().map(unlock).collect()
    }

    fn compress(&self, asset: &mut Asset) {
        let Some(identity) = asset.representations.first().cloned() else {
            return;
        };
        let Content::Memory(plain) = &identity.content else {
            return;
        };
        let mut has_all = true;
        let lacks_gzip = asset.representations.len() > 1 && !asset.has_coding(Coding::Gzip);
        for coding in Coding::PREPARED {
            // Clients that accept only gzip should not get a brotli file decoded.
            let is_done = asset.is_compressed && !(lacks_gzip && coding == Coding::Gzip);
            if is_done || asset.has_coding(coding) {
                continue;
            }
            let coded = self.find_or_encode(&identity.etag, coding, plain);
            let saves = |coded: &Bytes| saves_bytes(coded.len() as u64, plain.len() as u64);
            let Some(coded) = coded.filter(saves) else {
                continue;
            };
            let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
            if !budget.try_take(coded.len() as u64) {
                has_all = false;
                continue;
            }
            asset.representations.push(Representation::new(
                coding,
                identity.media_type.clone(),
                EntityTag::from_content(&coded),
                Content::Memory(coded),
            ));
        }
        asset.is_compressed |= has_all;
        self.drop_long_differences(asset);
    }

    /// Drops the differences that save too little now that the codings are known.
    fn drop_long_differences(&self, asset: &mut Asset) {
        let held = asset.bytes_in_memory();
        let mut differences = std::mem::take(&mut asset.differences);
        differences.retain(|one| asset.is_worth(one.representation.content.len()));
        asset.differences = differences;
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        budget.try_replace(held, asset.bytes_in_memory());
    }

    /// The coded bytes from the cache, otherwise encoded and cached; empty when coding saves nothing. `None` if encoding
    /// would take too much memory.
    fn find_or_encode(&self, tag: &EntityTag, coding: Coding, plain: &[u8]) -> Option<Bytes> {
        if let Some(coded) = self.cache.and_then(|cache| cache.get(tag, coding)) {
            return Some(coded.into());
        }
        if coding.encoding_memory(plain.len()) > self.for_encoder {
            return None;
        }
        let coded = if is_compressible(plain) {
            let coded = coding.encode(plain, self.keep_going)?;
            if saves_bytes(coded.len() as u64, plain.len() as u64) {
                coded
            } else {
                Vec::new()
            }
        } else {
            Vec::new()
        };
        if let Some(cache) = self.cache {
            cache.put(tag, coding, &coded);
        }
        Some(coded.into())
    }
}

/// True if a quick test of the bytes suggests that coding saves any.
fn is_compressible(plain: &[u8]) -> bool {
    if plain.len() <= SAMPLE {
        return true;
    }
    let middle = (plain.len() - SAMPLE) / 2;
    let sample = &plain[middle..middle + SAMPLE];
    zstd::bulk::compress(sample, 1)
        .is_ok_and(|coded| saves_bytes(coded.len() as u64, SAMPLE as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::test_folder::test_folder;
    use crate::library::game::Game;
    use crate::site::progress::BuildProgress;

    #[test]
    fn a_coding_whose_encoder_takes_more_than_the_memory_allows_is_left_out() {
        let script = "let x = 1;\n".repeat(60_000);
        let folder = test_folder(&[("index.html", &script[..100_000]), ("big.js", &script)]);
        let game = Game::from_folder(folder.path()).unwrap();
        for (memory_mib, expected) in [(16, [4, 2]), (4096, [4, 4])] {
            let options = toml::from_str(&format!("memory_mib = {memory_mib}")).unwrap();
            let site = Site::build(&game, options, None, &BuildProgress::default()).unwrap();
            let site = site.compressed(None, &|| true).unwrap();
            let codings = ["index.html", "big.js"].map(|name| {
                let asset = site.asset(name).unwrap();
                asset.representations.len()
            });
            assert_eq!(codings, expected, "{memory_mib}");
        }
    }
}
