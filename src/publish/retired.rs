//! The contents of sites that have left a slot while clients still read them. They take memory like those in the slot.

use std::collections::HashSet;
use std::sync::{Arc, Weak};
use std::time::Instant;

use bytes::Bytes;

use crate::publish::on_air::OnAir;
use crate::site::Site;
use crate::site::content::Content;

/// The sites that have left a slot and may still be read, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct RetiredSites(Vec<RetiredSite>);

#[derive(Debug)]
struct RetiredSite {
    /// The moment when another site replaced it: all answers from it began before, but for those of page loads.
    replaced_at: Instant,
    /// The moment when it left the slot: all answers from it began before.
    left_at: Instant,
    /// The number of times that its answers were to be cut.
    cuts: u32,
    /// The site itself, while a build takes files from it: it has its contents without any client.
    site: Weak<Site>,
    contents: Vec<Bytes>,
}

/// The number of cuts that are limited to answers which began before a site was replaced. Each takes a moment to end.
const FIRST_CUTS: u32 = 3;

impl RetiredSites {
    /// Adds the sites that are in the slot before a change and not after it.
    pub(crate) fn add_left(&mut self, before: &OnAir, after: &OnAir) {
        let stays = |site: &&Arc<Site>| after.sites().any(|kept| Arc::ptr_eq(kept, site));
        let left: Vec<_> = before.sites().filter(|site| !stays(site)).collect();
        if left.is_empty() {
            return;
        }
        let kept = after.sites().flat_map(|site| contents(site));
        let mut known: HashSet<_> = kept.map(address).collect();
        // A file that several builds share is the latest one's.
        for site in left {
            let contents = contents(site).filter(|bytes| known.insert(address(bytes)));
            let left_at = Instant::now();
            self.0.push(RetiredSite {
                replaced_at: before.replaced_at(site).unwrap_or(left_at),
                left_at,
                cuts: 0,
                contents: contents.cloned().collect(),
                site: Arc::downgrade(site),
            });
        }
        let mut known: HashSet<_> = after
            .sites()
            .flat_map(|site| contents(site))
            .map(address)
            .collect();
        for site in self.0.iter_mut().rev() {
            site.contents.retain(|bytes| known.insert(address(bytes)));
        }
    }

    /// Drops what nobody reads any more.
    pub(crate) fn sweep(&mut self) {
        for site in &mut self.0 {
            site.contents.retain(|bytes| !bytes.is_unique());
        }
        self.0.retain(|site| !site.contents.is_empty());
    }

    /// The bytes that only clients hold.
    pub(crate) fn held(&self) -> u64 {
        let contents = self.read().flat_map(|site| &site.contents);
        contents.map(|bytes| bytes.len() as u64).sum()
    }

    /// The time before which answers that began must be cut, to end those that clients still read from the oldest of
    /// the sites. Answers from later sites are spared as long as that is enough.
    pub(crate) fn cut_oldest(&mut self) -> Option<Instant> {
        let mut sites = self.0.iter_mut();
        let oldest = sites.find(|site| site.site.strong_count() == 0)?;
        oldest.cuts += 1;
        Some(match oldest.cuts <= FIRST_CUTS {
            true => oldest.replaced_at,
            false => oldest.left_at,
        })
    }

    fn read(&self) -> impl Iterator<Item = &RetiredSite> {
        self.0.iter().filter(|site| site.site.strong_count() == 0)
    }
}

/// The contents of a site in memory.
fn contents(site: &Site) -> impl Iterator<Item = &Bytes> {
    let all = { site.assets().iter() }.flat_map(|asset| asset.forms());
    all.filter_map(|one| match &one.content {
        Content::Memory(bytes) if !bytes.is_empty() => Some(bytes),
        _ => None,
    })
}

fn address(bytes: &Bytes) -> usize {
    bytes.as_ptr().addr()
}
