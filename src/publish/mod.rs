//! The one slot that holds the site on the air.

use std::sync::{Arc, Mutex, TryLockError};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, Guard};
use tokio::sync::watch;

use crate::site::Site;
use crate::site::cache::Cache;
use crate::site::id::SiteId;

/// How long page loads that began with a site are answered from it after another one has been published: as long as a
/// large game takes to load over a slow network, while nobody waits for the memory.
pub const GRACE: Duration = Duration::from_secs(5 * 60);

/// How many earlier sites are kept for that at most.
const MOST_EARLIER: usize = 4;

/// How many ids of sites that were on the air before are remembered.
const MOST_REMEMBERED: usize = 64;

/// The slot. It is swapped whole: a request sees one site from beginning to end. There is one for a process, which is never
/// given back: the owners of a shared one would be counted at each request, by all threads in one place.
#[derive(Debug)]
pub struct Slot {
    on_air: ArcSwap<OnAir>,
    ids: watch::Sender<Option<SiteId>>,
    /// Held by whoever compresses.
    compressing: Mutex<()>,
}

/// The id of the site on the air, and each one after it; `None` when there will be no other.
pub(crate) type SiteIds = watch::Receiver<Option<SiteId>>;

/// What a request may be answered from.
#[derive(Clone, Debug)]
pub struct OnAir {
    /// The site on the air.
    pub site: Arc<Site>,
    /// Those that were on the air before and still have page loads under way, newest first.
    earlier: Vec<Earlier>,
    /// The ids of those that were on the air before, kept or not, newest first.
    before: Vec<SiteId>,
    ids: SiteIds,
}

#[derive(Clone, Debug)]
struct Earlier {
    site: Arc<Site>,
    replaced_at: Instant,
}

impl Slot {
    /// Puts the first site on the air.
    pub fn start(site: Site) -> &'static Self {
        let (sender, ids) = watch::channel(Some(site.id.clone()));
        let on_air = OnAir {
            site: Arc::new(site),
            earlier: Vec::new(),
            before: Vec::new(),
            ids,
        };
        Box::leak(Box::new(Self {
            on_air: ArcSwap::from_pointee(on_air),
            ids: sender,
            compressing: Mutex::new(()),
        }))
    }

    /// What is on the air now. Called once for each request; the guard must not be held across an await.
    pub fn load(&self) -> Guard<Arc<OnAir>> {
        self.on_air.load()
    }

    /// Puts another site on the air, and keeps the one before it for the page loads that began with it.
    pub fn publish(&self, site: Site) {
        let (site, now) = (Arc::new(site), Instant::now());
        self.on_air.rcu(|on_air| on_air.followed_by(&site, now));
        self.ids.send_if_modified(|id| {
            let is_new = id.as_ref().is_some_and(|id| *id != site.id);
            if is_new {
                *id = Some(site.id.clone());
            }
            is_new
        });
    }

    /// The latest site of a game that is still kept.
    pub fn site_of(&self, slug: &str) -> Option<Arc<Site>> {
        let on_air = self.on_air.load();
        let kept = on_air.earlier.iter().map(|earlier| &earlier.site);
        std::iter::once(&on_air.site)
            .chain(kept)
            .find(|site| site.slug == slug)
            .cloned()
    }

    /// Ends the streams of those that wait for another site. For when the server is stopped, which lets answers under
    /// way come to their end.
    pub fn end_events(&self) {
        self.ids.send_replace(None);
    }

    /// Lets go of the sites that another one took the place of before this moment.
    pub fn forget_earlier(&self, before: Instant) {
        self.on_air.rcu(|on_air| {
            let mut on_air = OnAir::clone(on_air);
            on_air.earlier.retain(|site| site.replaced_at >= before);
            on_air
        });
    }

    /// Prepares the content codings of the site on the air and puts it back with them, unless another one has taken its
    /// place: then of that one. Blocks for as long as that takes.
    ///
    /// One site at a time, for compressing takes memory, and one large file is not left in the middle: while somebody is
    /// at it, there is nothing to do here, because whoever is looks again in the end.
    pub fn compress(&self, cache: Option<&Cache>) {
        let mut done = None;
        loop {
            let plain = Arc::clone(&self.on_air.load().site);
            if done.is_some_and(|done| Arc::ptr_eq(&done, &plain)) {
                return;
            }
            let _alone = match self.compressing.try_lock() {
                Ok(alone) => alone,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            let is_on_the_air = || Arc::ptr_eq(&plain, &self.on_air.load().site);
            let compressed = plain.compressed(cache, &is_on_the_air);
            done = compressed.map(|compressed| self.replace(&plain, compressed));
        }
    }

    /// Puts a site on the air in the place of that one, if that one is there still.
    fn replace(&self, old: &Arc<Site>, new: Site) -> Arc<Site> {
        let new = Arc::new(new);
        self.on_air.rcu(|on_air| {
            let mut on_air = OnAir::clone(on_air);
            if Arc::ptr_eq(&on_air.site, old) {
                on_air.site = Arc::clone(&new);
            }
            on_air
        });
        new
    }
}

impl OnAir {
    /// Whether another site may still have page loads under way.
    pub(crate) fn has_earlier(&self) -> bool {
        !self.earlier.is_empty()
    }

    /// The sites that were on the air before, newest first.
    pub fn earlier(&self) -> impl Iterator<Item = &Site> {
        self.earlier.iter().map(|earlier| &*earlier.site)
    }

    /// The ids of the sites that were on the air before and are not now, newest first.
    pub fn before(&self) -> &[SiteId] {
        &self.before
    }

    /// To hear which site is on the air, now and later.
    pub(crate) fn ids(&self) -> SiteIds {
        self.ids.clone()
    }

    /// The same after another site was published.
    fn followed_by(&self, site: &Arc<Site>, now: Instant) -> Self {
        let replaced = Earlier {
            site: Arc::clone(&self.site),
            replaced_at: now,
        };
        let mut memory = site.memory_limit();
        let mut afford = |earlier: &Earlier| match memory.checked_sub(earlier.site.held()) {
            Some(left) => {
                memory = left;
                true
            }
            None => false,
        };
        let earlier = std::iter::once(replaced)
            .chain(self.earlier.iter().cloned())
            // A worker keeps page loads whole by its own cache, and looks for what is true now.
            .filter(|earlier| earlier.site.id != site.id && !earlier.site.has_worker())
            .take(MOST_EARLIER)
            .take_while(&mut afford)
            .collect();
        let before = std::iter::once(&self.site.id)
            .chain(self.before.iter().filter(|id| **id != self.site.id))
            .filter(|id| **id != site.id)
            .take(MOST_REMEMBERED);
        Self {
            site: Arc::clone(site),
            earlier,
            before: before.cloned().collect(),
            ids: self.ids.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::game::Game;
    use crate::site::Resource;
    use crate::site::build::BuildOptions;
    use crate::site::path::AssetPath;

    fn site(name: &str) -> Site {
        site_within(name, BuildOptions::default())
    }

    fn site_within(name: &str, options: BuildOptions) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let game = folder.path().join(name);
        std::fs::create_dir(&game).unwrap();
        std::fs::write(game.join("index.html"), name.repeat(1000)).unwrap();
        Site::build(&Game::from_folder(&game).unwrap(), options, None).unwrap()
    }

    fn on_the_air(published: &Slot) -> (String, usize) {
        let on_air = published.load();
        let path = AssetPath::parse("/").unwrap();
        match on_air.site.resource(&path) {
            Some(Resource::Asset(asset)) => (on_air.site.slug.clone(), asset.representations.len()),
            other => panic!("{other:?}"),
        }
    }

    fn earlier(published: &Slot) -> Vec<String> {
        let on_air = published.load();
        on_air.earlier().map(|site| site.slug.clone()).collect()
    }

    #[test]
    fn a_site_is_swapped_whole_and_compressed_in_its_place() {
        let published = Slot::start(site("one"));
        assert_eq!(on_the_air(published), ("one".into(), 1));
        published.compress(None);
        assert_eq!(on_the_air(published), ("one".into(), 4));
        published.publish(site("two"));
        assert_eq!(on_the_air(published), ("two".into(), 1));
        published.compress(None);
        assert_eq!(on_the_air(published), ("two".into(), 4));
        assert_eq!(earlier(published), ["one"]);
    }

    #[test]
    fn whoever_compresses_goes_on_with_what_is_on_the_air_then() {
        let published = Slot::start(site("one"));
        std::thread::scope(|threads| {
            for name in ["two", "three", "four"] {
                published.publish(site(name));
                threads.spawn(|| published.compress(None));
            }
        });
        assert_eq!(on_the_air(published), ("four".into(), 4));
        // Nobody waits for somebody who is at it.
        published.publish(site("five"));
        let alone = published.compressing.lock().unwrap();
        published.compress(None);
        assert_eq!(on_the_air(published), ("five".into(), 1));
        drop(alone);
    }

    #[test]
    fn a_site_that_took_another_ones_place_keeps_it() {
        let published = Slot::start(site("one"));
        let plain = Arc::clone(&published.load().site);
        let compressed = plain.compressed(None, &|| true).unwrap();
        published.publish(site("two"));
        published.replace(&plain, compressed);
        assert_eq!(on_the_air(published), ("two".into(), 1));
    }

    #[test]
    fn the_last_sites_are_kept_once_each_until_they_are_forgotten() {
        let published = Slot::start(site("a"));
        assert!(!published.load().has_earlier());
        let mut moments = Vec::new();
        for (name, expected) in [
            ("b", &["a"][..]),
            ("a", &["b"]),
            ("a", &["b"]),
            ("c", &["a", "b"]),
            ("d", &["c", "a", "b"]),
            ("e", &["d", "c", "a", "b"]),
            ("f", &["e", "d", "c", "a"]),
        ] {
            moments.push(Instant::now());
            published.publish(site(name));
            assert_eq!(earlier(published), expected, "after {name}");
        }
        published.forget_earlier(moments[4]);
        assert_eq!(earlier(published), ["e", "d", "c"]);
        published.forget_earlier(Instant::now());
        assert!(!published.load().has_earlier());
        assert_eq!(on_the_air(published).0, "f");
        let before = ["e", "d", "c", "a", "b"].map(|name| site(name).id);
        assert_eq!(published.load().before(), before);
        for number in 0..100 {
            published.publish(site(&number.to_string()));
        }
        assert_eq!(published.load().before().len(), MOST_REMEMBERED);
    }

    #[test]
    fn earlier_sites_have_no_more_memory_than_one_game_may() {
        let options: BuildOptions = toml::from_str("memory_mib = 1").unwrap();
        let published = Slot::start(site_within(&"a".repeat(120), options));
        for name in ["b", "c", "d"] {
            published.publish(site_within(&name.repeat(200), options));
        }
        let kept: Vec<_> = earlier(published);
        assert_eq!(kept.len(), 3, "120 and twice 200 of 1048 kB");
        for name in ["e", "f", "g", "h", "i", "j"] {
            published.publish(site_within(&name.repeat(250), options));
        }
        let kept: Vec<_> = earlier(published)
            .iter()
            .map(|s| s[..1].to_owned())
            .collect();
        assert_eq!(kept, ["i", "h", "g", "f"], "4 of 250 kB each");
        published.publish(site_within(&"k".repeat(10), BuildOptions::default()));
        published.publish(site_within("l", toml::from_str("memory_mib = 0").unwrap()));
        assert!(!published.load().has_earlier());
    }

    #[test]
    fn a_site_with_a_worker_has_no_grace() {
        let published = Slot::start(site("one"));
        published.load().site.note_worker();
        published.compress(None);
        published.publish(site("two"));
        assert!(!published.load().has_earlier());
    }
}
