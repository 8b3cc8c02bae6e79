//! The slot that holds the site on the air.

use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, Guard};
use tokio::sync::watch;

use crate::publish::on_air::{OnAir, PageNews};
use crate::publish::retired::RetiredSites;
use crate::site::Site;
use crate::site::cache::Cache;

/// The time for which page loads are answered from the site they began with after another one is published: enough for a
/// large game over a slow network.
pub const GRACE: Duration = Duration::from_secs(5 * 60);

/// The slot for the site on the air. It is swapped whole, so a request sees one site from beginning to end.
#[derive(Debug)]
pub struct Slot {
    on_air: ArcSwap<OnAir>,
    ids: watch::Sender<PageNews>,
    /// Locked while a thread compresses.
    compressing: Mutex<()>,
    retired: Mutex<RetiredSites>,
}

impl Slot {
    /// A slot with its first site. Leaked on purpose: an `Arc`'s count would be contended on every request.
    ///
    /// # Examples
    ///
    /// ```
    /// # use webserver::{library::game::Game, publish::slot::Slot, site::{Site, options::BuildOptions, progress::BuildProgress}};
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("index.html"), "hello")?;
    /// # let game = Game::from_folder(folder.path())?;
    /// let slot = Slot::start(Site::build(&game, BuildOptions::default(), None, &BuildProgress::default())?);
    /// assert_eq!(slot.load().site.slug, game.slug);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start(site: Site) -> &'static Self {
        let (sender, ids) = watch::channel(PageNews {
            id: Some(site.id.clone()),
            reloads: 0,
        });
        Box::leak(Box::new(Self {
            on_air: ArcSwap::from_pointee(OnAir::first(site, ids)),
            ids: sender,
            compressing: Mutex::new(()),
            retired: Mutex::default(),
        }))
    }

    /// The current snapshot. Load it once a request, and hold the guard across no await.
    pub fn load(&self) -> Guard<Arc<OnAir>> {
        self.on_air.load()
    }

    /// Publishes another site, and keeps the one before it for page loads in progress.
    pub fn publish(&self, site: Site) {
        self.swap(&Arc::new(site));
    }

    /// Holds the next site: page loads that began with it elsewhere are answered from it. `None` drops it.
    pub fn prepare(&self, site: Option<Site>) {
        let site = site.map(Arc::new);
        self.change(|on_air| on_air.awaiting(site.as_ref()));
    }

    /// Publishes the next site; false if there is none.
    pub fn publish_upcoming(&self) -> bool {
        let site = self.on_air.load().upcoming().cloned();
        if let Some(site) = &site {
            self.swap(site);
        }
        site.is_some()
    }

    fn swap(&self, site: &Arc<Site>) {
        let now = Instant::now();
        self.change(|on_air| on_air.followed_by(site, now));
        self.ids.send_if_modified(|news| {
            let is_new = news.id.as_ref().is_some_and(|id| *id != site.id);
            if is_new {
                news.id = Some(site.id.clone());
            }
            is_new
        });
    }

    /// Changes what is on the air, and keeps track of what clients still read of sites that are dropped.
    fn change(&self, change: impl Fn(&OnAir) -> OnAir) {
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.on_air.rcu(|on_air| change(on_air));
        retired.add_left(&before, &self.on_air.load());
        drop(before);
        retired.sweep();
    }

    /// The time before which answers that began must be cut, so that sites before the one on the air, together with
    /// what clients still read of those dropped since, take no more memory than a site may. `None` if none must be cut.
    pub fn answers_to_cut(&self) -> Option<Instant> {
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        retired.sweep();
        let on_air = self.on_air.load();
        let earlier = on_air.earlier().map(|earlier| earlier.site.held());
        let held = earlier.sum::<u64>() + retired.held();
        let is_over = on_air.site.is_game() && held > on_air.site.memory_limit();
        is_over.then(|| retired.cut_oldest()).flatten()
    }

    /// The latest kept site of a game.
    pub fn site_of(&self, slug: &str) -> Option<Arc<Site>> {
        self.on_air.load().site_of(slug).cloned()
    }

    /// The bytes of content that the site on the air and those before it hold in memory.
    pub fn held(&self) -> u64 {
        let on_air = self.on_air.load();
        let earlier = on_air.earlier().map(|earlier| earlier.site.held());
        on_air.site.held() + earlier.sum::<u64>()
    }

    /// True if an event stream follows the ids of published sites.
    pub fn has_followers(&self) -> bool {
        // The snapshot on the air has a receiver to copy.
        self.ids.receiver_count() > 1
    }

    /// Ends all event streams, so that a stopping server need not wait for them.
    pub fn end_events(&self) {
        self.ids.send_modify(|news| news.id = None);
    }

    /// Makes all pages that follow the event stream reload.
    pub fn reload_pages(&self) {
        self.ids.send_modify(|news| news.reloads += 1);
    }

    /// Drops the sites that were replaced before this moment.
    pub fn forget_earlier(&self, before: Instant) {
        self.change(|on_air| on_air.without_earlier(before));
    }

    /// Compresses the site on the air and puts the result in its place. When another site is published meanwhile, starts
    /// again with that one. Blocks until done.
    ///
    /// Only one thread compresses at a time, because compressing takes memory: a second caller returns at once, and the
    /// first one goes on with whatever is on the air in the end.
    pub fn compress(&self, cache: Option<&Cache>) {
        let mut done = None;
        loop {
            let plain = Arc::clone(&self.on_air.load().site);
            if done.is_some_and(|done| Arc::ptr_eq(&done, &plain)) {
                return;
            }
            let _lock = match self.compressing.try_lock() {
                Ok(lock) => lock,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            let is_on_air = |site: &Arc<Site>| Arc::ptr_eq(site, &self.on_air.load().site);
            // Differences first: they take a second where codings take many, and players refresh soon.
            let on_air = self.on_air.load_full();
            let earlier: Vec<_> = on_air.earlier_of(&plain.slug).cloned().collect();
            drop(on_air);
            let updated = plain.with_differences(&earlier, &|| is_on_air(&plain));
            let plain = match updated {
                Some(updated) => self.replace(&plain, updated),
                None => plain,
            };
            drop(earlier);
            let compressed = plain.compressed(cache, &|| is_on_air(&plain));
            done = compressed.map(|compressed| self.replace(&plain, compressed));
        }
    }

    /// Puts a new form of a site in its place, if it is still on the air.
    fn replace(&self, old: &Arc<Site>, new: Site) -> Arc<Site> {
        let new = Arc::new(new);
        self.change(|on_air| on_air.with_replaced(old, &new));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::on_air::MAX_BEFORE;
    use crate::site::content::Content;
    use crate::site::options::BuildOptions;
    use crate::site::path::AssetPath;
    use crate::site::resource::Resource;
    use crate::site::test_site::test_site;

    fn site(name: &str) -> Site {
        site_within(name, BuildOptions::default())
    }

    fn site_within(name: &str, options: BuildOptions) -> Site {
        test_site(name, &[("index.html", &name.repeat(1000))], options)
    }

    fn slug_and_codings(slot: &Slot) -> (String, usize) {
        let on_air = slot.load();
        let path = AssetPath::parse("/").unwrap();
        match on_air.site.resource(&path) {
            Some(Resource::Asset(asset)) => (on_air.site.slug.clone(), asset.representations.len()),
            other => panic!("{other:?}"),
        }
    }

    fn earlier(slot: &Slot) -> Vec<String> {
        let on_air = slot.load();
        on_air
            .earlier()
            .map(|earlier| earlier.site.slug.clone())
            .collect()
    }

    #[test]
    fn publish_swaps_the_site_and_compress_adds_its_codings_in_place() {
        let slot = Slot::start(site("one"));
        assert_eq!(slug_and_codings(slot), ("one".into(), 1));
        slot.compress(None);
        assert_eq!(slug_and_codings(slot), ("one".into(), 4));
        slot.publish(site("two"));
        assert_eq!(slug_and_codings(slot), ("two".into(), 1));
        slot.compress(None);
        assert_eq!(slug_and_codings(slot), ("two".into(), 4));
        assert_eq!(earlier(slot), ["one"]);
    }

    #[test]
    fn compress_continues_with_the_site_published_meanwhile_and_never_waits() {
        let slot = Slot::start(site("one"));
        std::thread::scope(|threads| {
            for name in ["two", "three", "four"] {
                slot.publish(site(name));
                threads.spawn(|| slot.compress(None));
            }
        });
        assert_eq!(slug_and_codings(slot), ("four".into(), 4));
        // A second caller does not wait for the first.
        slot.publish(site("five"));
        let lock = slot.compressing.lock().unwrap();
        slot.compress(None);
        assert_eq!(slug_and_codings(slot), ("five".into(), 1));
        drop(lock);
    }

    #[test]
    fn a_compressed_site_does_not_replace_a_newer_one() {
        let slot = Slot::start(site("one"));
        let plain = Arc::clone(&slot.load().site);
        let compressed = plain.compressed(None, &|| true).unwrap();
        slot.publish(site("two"));
        slot.replace(&plain, compressed);
        assert_eq!(slug_and_codings(slot), ("two".into(), 1));
    }

    #[test]
    fn the_last_four_sites_are_kept_once_each_until_forgotten() {
        let slot = Slot::start(site("a"));
        assert!(!slot.load().has_earlier());
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
            slot.publish(site(name));
            assert_eq!(earlier(slot), expected, "after {name}");
        }
        slot.forget_earlier(moments[4]);
        assert_eq!(earlier(slot), ["e", "d", "c"]);
        slot.forget_earlier(Instant::now());
        assert!(!slot.load().has_earlier());
        assert_eq!(slug_and_codings(slot).0, "f");
        let before = ["e", "d", "c", "a", "b"].map(|name| site(name).id);
        assert_eq!(slot.load().before(), before);
        for number in 0..100 {
            slot.publish(site(&number.to_string()));
        }
        assert_eq!(slot.load().before().len(), MAX_BEFORE);
    }

    #[test]
    fn only_games_are_remembered() {
        let slot = Slot::start(Site::waiting());
        slot.publish(site("a"));
        assert!(slot.load().before().is_empty());
        slot.publish(Site::waiting());
        slot.publish(site("b"));
        assert_eq!(slot.load().before(), [site("a").id]);
    }

    #[test]
    fn the_site_to_come_is_held_until_it_is_published() {
        let slot = Slot::start(site("a"));
        assert!(!slot.publish_upcoming());
        let others = || {
            let on_air = slot.load();
            let others = on_air.others().map(|other| other.site.slug.clone());
            others.collect::<Vec<_>>()
        };
        slot.prepare(Some(site("b")));
        assert_eq!(
            (slot.load().site.slug.as_str(), others()),
            ("a", vec!["b".to_owned()])
        );
        slot.prepare(Some(site("c")));
        assert!(slot.publish_upcoming());
        assert_eq!(
            (slot.load().site.slug.as_str(), others()),
            ("c", vec!["a".to_owned()])
        );
        slot.prepare(Some(site("d")));
        slot.prepare(None);
        assert!(!slot.publish_upcoming());
    }

    #[test]
    fn earlier_sites_together_stay_within_the_memory_limit() {
        let options: BuildOptions = toml::from_str("memory_mib = 1").unwrap();
        let slot = Slot::start(site_within(&"a".repeat(120), options));
        for name in ["b", "c", "d"] {
            slot.publish(site_within(&name.repeat(200), options));
        }
        let kept: Vec<_> = earlier(slot);
        assert_eq!(kept.len(), 3, "120 and twice 200 of 1048 kB");
        for name in ["e", "f", "g", "h", "i", "j"] {
            slot.publish(site_within(&name.repeat(250), options));
        }
        let kept: Vec<_> = earlier(slot).iter().map(|s| s[..1].to_owned()).collect();
        assert_eq!(kept, ["i", "h", "g", "f"], "4 of 250 kB each");
        slot.publish(site_within(&"k".repeat(10), BuildOptions::default()));
        slot.publish(site_within("l", toml::from_str("memory_mib = 0").unwrap()));
        assert!(!slot.load().has_earlier());
    }

    /// A clone of the content of a site's page, as an answer has it.
    fn page_of(site: &Site) -> Content {
        let page = site.asset("index.html").unwrap();
        page.representations[0].content.clone()
    }

    #[test]
    fn what_clients_read_of_dropped_sites_counts_and_the_oldest_is_to_be_cut_when_it_is_too_much() {
        let options: BuildOptions = toml::from_str("memory_mib = 1").unwrap();
        let build = |name: &str| site_within(&name.repeat(250), options);
        let slot = Slot::start(build("a"));
        let first = page_of(&slot.load().site);
        for name in ["b", "c", "d", "e"] {
            slot.publish(build(name));
            assert_eq!(slot.answers_to_cut(), None, "four of 250 of 1048 kB");
        }
        let second = page_of(slot.load().earlier().nth(2).unwrap().site);
        let moment = Instant::now();
        slot.publish(build("f"));
        assert_eq!(earlier(slot).len(), 4);
        let cuts = [(); 4].map(|()| slot.answers_to_cut().unwrap() < moment);
        assert_eq!(
            cuts,
            [true, true, true, false],
            "first those before it was replaced"
        );
        drop(first);
        assert_eq!(slot.answers_to_cut(), None);
        slot.forget_earlier(Instant::now());
        assert_eq!(slot.answers_to_cut(), None, "one that is read");
        let third = page_of(&slot.load().site);
        let moment = Instant::now();
        for name in ["g", "h", "i", "j", "k"] {
            slot.publish(build(name));
        }
        let cut = slot.answers_to_cut();
        assert!(cut.is_some_and(|cut| cut < moment), "the oldest");
        drop(second);
        let cut = slot.answers_to_cut();
        assert!(cut.is_some_and(|cut| cut >= moment), "the next");
        drop(third);
        assert_eq!(slot.answers_to_cut(), None);
        // Another build of the same bytes has its own.
        let again = page_of(&slot.load().site);
        for name in ["l", "k", "k"] {
            slot.publish(build(name));
        }
        assert_eq!(slot.retired.lock().unwrap().held(), 250_000);
        drop(again);
        slot.forget_earlier(Instant::now());
        assert_eq!(slot.retired.lock().unwrap().held(), 0);
    }
}
