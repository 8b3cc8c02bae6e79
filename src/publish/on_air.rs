//! A snapshot of the sites that requests may be answered from.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;

use crate::metrics::site_counters::SiteCounters;
use crate::site::Site;
use crate::site::id::SiteId;

/// The most earlier sites kept for page loads that began with them.
const MAX_EARLIER: usize = 4;

/// The most ids of earlier sites remembered, kept or not.
pub(crate) const MAX_BEFORE: usize = 64;

/// The news that event streams tell open pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageNews {
    /// The id of the site on the air; `None` once the server stops.
    pub(crate) id: Option<SiteId>,
    /// The number of times that the host had all pages reload.
    pub(crate) reloads: u32,
}

/// A receiver of the news.
pub(crate) type SiteIds = watch::Receiver<PageNews>;

/// The site on the air and those before it.
#[derive(Clone, Debug)]
pub struct OnAir {
    /// The site on the air.
    pub site: Arc<Site>,
    /// The number of games that were on the air before this one; builds of one game share it.
    pub turn: u32,
    counters: Arc<SiteCounters>,
    /// Earlier sites with page loads in progress, newest first.
    earlier: Vec<Earlier>,
    /// The next site: page loads may have begun with it on another replica.
    upcoming: Option<Upcoming>,
    /// The ids of earlier games, the newest first.
    before: Vec<SiteId>,
    ids: SiteIds,
}

#[derive(Clone, Debug)]
struct Upcoming {
    site: Arc<Site>,
    counters: Arc<SiteCounters>,
}

/// A site in its slot, with its counters.
#[derive(Clone, Copy, Debug)]
pub struct Published<'a> {
    /// The site.
    pub site: &'a Site,
    /// Its counters.
    pub counters: &'a SiteCounters,
}

#[derive(Clone, Debug)]
struct Earlier {
    site: Arc<Site>,
    counters: Arc<SiteCounters>,
    replaced_at: Instant,
}

impl OnAir {
    /// The first site of a slot.
    pub(crate) fn first(site: Site, ids: SiteIds) -> Self {
        Self {
            counters: Arc::new(SiteCounters::new(site.assets().iter().map(|_| 0))),
            site: Arc::new(site),
            turn: 0,
            earlier: Vec::new(),
            upcoming: None,
            before: Vec::new(),
            ids,
        }
    }

    /// The site on the air with its counters.
    pub fn current(&self) -> Published<'_> {
        Published {
            site: &self.site,
            counters: &self.counters,
        }
    }

    /// True if an earlier site may have page loads in progress.
    #[cfg(test)]
    pub(crate) fn has_earlier(&self) -> bool {
        !self.earlier.is_empty()
    }

    /// True if page loads of a site other than the one on the air may be in progress.
    pub(crate) fn has_others(&self) -> bool {
        !self.earlier.is_empty() || self.upcoming.is_some()
    }

    /// The sites that may have page loads in progress, besides the one on the air.
    pub(crate) fn others(&self) -> impl Iterator<Item = Published<'_>> {
        let upcoming = self.upcoming.iter().map(|upcoming| Published {
            site: &upcoming.site,
            counters: &upcoming.counters,
        });
        self.earlier().chain(upcoming)
    }

    /// All sites.
    pub(crate) fn sites(&self) -> impl Iterator<Item = &Arc<Site>> {
        let earlier = self.earlier.iter().map(|earlier| &earlier.site);
        std::iter::once(&self.site)
            .chain(earlier)
            .chain(self.upcoming())
    }

    /// The moment when an earlier site was replaced.
    pub(crate) fn replaced_at(&self, site: &Arc<Site>) -> Option<Instant> {
        let mut earlier = self.earlier.iter();
        let earlier = earlier.find(|earlier| Arc::ptr_eq(&earlier.site, site));
        earlier.map(|earlier| earlier.replaced_at)
    }

    /// The next site.
    pub(crate) fn upcoming(&self) -> Option<&Arc<Site>> {
        self.upcoming.as_ref().map(|upcoming| &upcoming.site)
    }

    /// The same snapshot with another next site, or none.
    pub(crate) fn awaiting(&self, site: Option<&Arc<Site>>) -> Self {
        let upcoming = site.map(|site| Upcoming {
            site: Arc::clone(site),
            counters: Arc::new(self.counters_for(site)),
        });
        Self {
            upcoming,
            ..self.clone()
        }
    }

    /// The earlier sites with page loads in progress, newest first.
    pub fn earlier(&self) -> impl Iterator<Item = Published<'_>> {
        self.earlier.iter().map(|earlier| Published {
            site: &earlier.site,
            counters: &earlier.counters,
        })
    }

    /// The earlier sites of a game, the newest first.
    pub(crate) fn earlier_of(&self, slug: &str) -> impl Iterator<Item = &Arc<Site>> {
        let earlier = self.earlier.iter().map(|earlier| &earlier.site);
        earlier.filter(move |site| site.slug == slug)
    }

    /// The ids of earlier games that are not on the air now, the newest first.
    pub fn before(&self) -> &[SiteId] {
        &self.before
    }

    /// A receiver of the id of the site on the air.
    pub(crate) fn ids(&self) -> SiteIds {
        self.ids.clone()
    }

    /// The latest kept site of a game.
    pub(crate) fn site_of(&self, slug: &str) -> Option<&Arc<Site>> {
        let earlier = self.earlier.iter().map(|earlier| &earlier.site);
        let mut sites = std::iter::once(&self.site).chain(earlier);
        sites.find(|site| site.slug == slug)
    }

    /// The snapshot after another site is published.
    pub(crate) fn followed_by(&self, site: &Arc<Site>, now: Instant) -> Self {
        let replaced = Earlier {
            site: Arc::clone(&self.site),
            counters: Arc::clone(&self.counters),
            replaced_at: now,
        };
        let mut memory = site.memory_limit();
        let mut fits = |earlier: &Earlier| match memory.checked_sub(earlier.site.held()) {
            Some(left) => {
                memory = left;
                true
            }
            None => false,
        };
        let earlier = std::iter::once(replaced)
            .chain(self.earlier.iter().cloned())
            .filter(|earlier| earlier.site.id != site.id)
            // Nobody plays the program's own pages.
            .filter(|earlier| earlier.site.is_game())
            .take(MAX_EARLIER)
            .take_while(&mut fits)
            .collect();
        // The program's own pages have no service worker that could be stale.
        let replaced = Some(&self.site.id).filter(|_| self.site.is_game());
        let before = { replaced.into_iter() }
            .chain(self.before.iter().filter(|id| **id != self.site.id))
            .filter(|id| **id != site.id)
            .take(MAX_BEFORE);
        Self {
            counters: Arc::new(self.counters_for(site)),
            site: Arc::clone(site),
            turn: self.turn + u32::from(self.site.slug != site.slug),
            earlier,
            upcoming: { self.upcoming.clone() }.filter(|upcoming| upcoming.site.id != site.id),
            before: before.cloned().collect(),
            ids: self.ids.clone(),
        }
    }

    /// The same snapshot with the site on the air in another form, unless another site has taken its place.
    pub(crate) fn with_replaced(&self, old: &Arc<Site>, new: &Arc<Site>) -> Self {
        let mut on_air = self.clone();
        if Arc::ptr_eq(&on_air.site, old) {
            on_air.site = Arc::clone(new);
        }
        on_air
    }

    /// The same snapshot without the sites that were replaced before this moment.
    pub(crate) fn without_earlier(&self, before: Instant) -> Self {
        let mut on_air = self.clone();
        on_air.earlier.retain(|site| site.replaced_at >= before);
        on_air
    }

    /// The counters of a new site: files that are unchanged since the last site of the same game keep their counts.
    fn counters_for(&self, site: &Site) -> SiteCounters {
        let mut published = std::iter::once(self.current()).chain(self.earlier());
        let last = published.find(|published| published.site.slug == site.slug);
        SiteCounters::new(site.assets().iter().map(|asset| {
            let same = last.and_then(|last| {
                let same = last.site.asset(&asset.name)?;
                (same.name == asset.name && same.etag() == asset.etag())
                    .then(|| last.counters.asset_requests(same.index))
            });
            same.unwrap_or(0)
        }))
    }
}

impl<'a> Published<'a> {
    /// The most requested files, with their number of requests.
    pub fn top(self, max: usize) -> Vec<(&'a str, u64)> {
        let assets = self.site.assets().iter();
        let mut top: Vec<_> = assets
            .map(|asset| (&*asset.name, self.counters.asset_requests(asset.index)))
            .filter(|(_, requests)| *requests > 0)
            .collect();
        top.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        top.truncate(max);
        top
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::options::BuildOptions;
    use crate::site::test_site::test_site;

    fn build(name: &str, script: &str) -> Site {
        let files = [("index.html", name), ("main.js", script)];
        test_site(name, &files, BuildOptions::default())
    }

    #[test]
    fn counts_of_unchanged_files_go_on_with_the_next_build_of_the_same_game() {
        let (_sender, ids) = watch::channel(PageNews {
            id: None,
            reloads: 0,
        });
        let count_all = |on_air: &OnAir| {
            for asset in on_air.site.assets() {
                on_air.current().counters.count_asset(asset.index);
            }
        };
        let follow = |on_air: &OnAir, name, script| {
            on_air.followed_by(&Arc::new(build(name, script)), Instant::now())
        };
        let first = OnAir::first(build("one", "old"), ids);
        count_all(&first);
        let rebuilt = follow(&first, "one", "new");
        assert_eq!(rebuilt.current().top(9), [("index.html", 1)]);
        count_all(&rebuilt);
        let another = follow(&rebuilt, "two", "new");
        assert_eq!(another.current().top(9), []);
    }
}
