//! The content codings of a site, prepared while it is already on the air.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::compression::coding::Coding;
use crate::site::Site;
use crate::site::asset::Asset;
use crate::site::cache::Cache;
use crate::site::content::Content;
use crate::site::etag::EntityTag;
use crate::site::representation::Representation;

/// A larger file is tried by a piece of this size from its middle first, in bytes.
const SAMPLE: usize = 256 * 1024;

impl Site {
    /// The same site with every representation that is worth having: those that the game brings along (`x.js.br`
    /// beside `x.js`) when they decode to the same bytes, else from the cache, else encoded here.
    ///
    /// Blocks for as long as that takes, on half of the cores at low priority; `None` when `go_on` ends it.
    pub fn compressed(
        &self,
        cache: Option<&Cache>,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let work = Compressing {
            site: self,
            cache,
            go_on,
            memory: AtomicU64::new(self.memory),
        };
        let assets = work.all();
        if let Some(cache) = cache {
            cache.tidy();
        }
        let sealed = |mut site: Self| {
            site.seal();
            site
        };
        let whole = go_on().then(|| Self {
            id: self.id.clone(),
            slug: self.slug.clone(),
            title: self.title.clone(),
            engine: self.engine.clone(),
            fields: self.fields.clone(),
            files: self.files,
            bytes: self.bytes,
            published_at: self.published_at.clone(),
            is_live: self.is_live,
            not_found: self.not_found.clone(),
            memory_limit: self.memory_limit,
            memory: work.memory.load(Ordering::Relaxed),
            assets,
            routes: Arc::clone(&self.routes),
        });
        whole.map(sealed)
    }
}

struct Compressing<'a> {
    site: &'a Site,
    cache: Option<&'a Cache>,
    go_on: &'a (dyn Fn() -> bool + Sync),
    /// What is left of it.
    memory: AtomicU64,
}

impl Compressing<'_> {
    fn all(&self) -> Vec<Asset> {
        let assets: Vec<_> = self
            .site
            .assets
            .iter()
            .map(|asset| Mutex::new(asset.clone()))
            .collect();
        let next = AtomicUsize::new(0);
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        std::thread::scope(|threads| {
            for _ in 0..(cores / 2).max(1) {
                threads.spawn(|| {
                    // Elsewhere it is the process that is nice, and with it the answers to players.
                    #[cfg(target_os = "linux")]
                    let _ = rustix::process::nice(19);
                    while let Some(asset) = assets.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if !(self.go_on)() {
                            break;
                        }
                        self.one(&mut asset.lock().unwrap_or_else(PoisonError::into_inner));
                    }
                });
            }
        });
        let unlock =
            |asset: Mutex<Asset>| asset.into_inner().unwrap_or_else(PoisonError::into_inner);
        assets.into_iter().map(unlock).collect()
    }

    fn one(&self, asset: &mut Asset) {
        let Some(identity) = asset.representations.first().cloned() else {
            return;
        };
        let Content::Memory(plain) = &identity.content else {
            return;
        };
        let mut has_all = true;
        let goes_out_decoded = asset.representations.len() > 1 && !asset.has(Coding::Gzip);
        for coding in Coding::PREPARED {
            // Browsers that accept gzip alone should not have to take a file decoded that came as brotli.
            let is_settled = asset.is_compressed && !(goes_out_decoded && coding == Coding::Gzip);
            if is_settled || asset.has(coding) {
                continue;
            }
            let coded = self.brought_along(&asset.name, coding, plain);
            let coded = coded.or_else(|| self.encoded(&identity.etag, coding, plain));
            let is_worth_it = |coded: &Bytes| is_worth_it(coded.len() as u64, plain.len() as u64);
            let Some(coded) = coded.filter(is_worth_it) else {
                continue;
            };
            if !self.afford(&coded) {
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
    }

    /// A sibling is often older than the file beside it; it counts only when it decodes to the same bytes.
    fn brought_along(&self, name: &str, coding: Coding, plain: &[u8]) -> Option<Bytes> {
        let sibling = format!("{name}.{}", coding.extension());
        let sibling = self.site.asset(&sibling)?;
        let in_coding = |one: &&Representation| one.coding == coding;
        let stored = sibling.representations.iter().find(in_coding);
        match &stored.or(sibling.representations.first())?.content {
            Content::Memory(coded) if coding.decodes_to(coded, plain) => Some(coded.clone()),
            _ => None,
        }
    }

    fn encoded(&self, tag: &EntityTag, coding: Coding, plain: &[u8]) -> Option<Bytes> {
        if let Some(coded) = self.cache.and_then(|cache| cache.get(tag, coding)) {
            return Some(coded.into());
        }
        let coded = if is_promising(plain) {
            let coded = coding.encode(plain, self.go_on)?;
            if is_worth_it(coded.len() as u64, plain.len() as u64) {
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

    /// Takes its length off the memory that is left, when there is enough.
    fn afford(&self, coded: &[u8]) -> bool {
        let take = |left: u64| left.checked_sub(coded.len() as u64);
        self.memory
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }
}

/// At least 5 % shorter. Nothing encoded is empty, but what the cache says is not worth it is.
pub(crate) fn is_worth_it(coded: u64, plain: u64) -> bool {
    coded > 0 && coded.saturating_mul(100) < plain.saturating_mul(95)
}

/// Whether a fast look says that encoding may be worth it: by the bytes, whatever the name.
fn is_promising(plain: &[u8]) -> bool {
    if plain.len() <= SAMPLE {
        return true;
    }
    let middle = (plain.len() - SAMPLE) / 2;
    let sample = &plain[middle..middle + SAMPLE];
    zstd::bulk::compress(sample, 1)
        .is_ok_and(|coded| is_worth_it(coded.len() as u64, SAMPLE as u64))
}
