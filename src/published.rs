//! The one slot that holds the site on the air.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

use crate::site::{Cache, Site};

/// The slot. It is swapped whole: a request sees one site from beginning to end.
#[derive(Debug)]
pub struct Published(ArcSwap<Site>);

impl Published {
    /// Puts the first site on the air.
    pub fn new(site: Site) -> Self {
        Self(ArcSwap::from_pointee(site))
    }

    /// The site on the air now. Called once for each request; the guard must not be held across an await.
    pub fn load(&self) -> Guard<Arc<Site>> {
        self.0.load()
    }

    /// Puts another site on the air.
    pub fn publish(&self, site: Site) {
        self.0.store(Arc::new(site));
    }

    /// Prepares the content codings of the site on the air and puts it back with them, unless another one has taken its
    /// place. Blocks for as long as that takes; ends early when it is of no use any more.
    pub fn compress(&self, cache: Option<&Cache>) {
        let plain = self.0.load_full();
        let is_on_the_air = || Arc::ptr_eq(&plain, &self.0.load());
        if let Some(compressed) = plain.compressed(cache, &is_on_the_air) {
            self.replace(&plain, compressed);
        }
    }

    /// Puts a site on the air in the place of that one, if that one is there still.
    fn replace(&self, old: &Arc<Site>, new: Site) {
        self.0.compare_and_swap(old, Arc::new(new));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::games::Game;
    use crate::site::{AssetPath, Options, Resource};

    fn site(name: &str) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let game = folder.path().join(name);
        std::fs::create_dir(&game).unwrap();
        std::fs::write(game.join("index.html"), name.repeat(100)).unwrap();
        Site::build(&Game::from_folder(&game).unwrap(), Options::default(), None).unwrap()
    }

    fn on_the_air(published: &Published) -> (String, usize) {
        let site = published.load();
        let path = AssetPath::parse("/").unwrap();
        match site.resource(&path) {
            Some(Resource::Asset(asset)) => (site.slug.clone(), asset.representations.len()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_site_is_swapped_whole_and_compressed_in_its_place() {
        let published = Published::new(site("one"));
        assert_eq!(on_the_air(&published), ("one".into(), 1));
        published.compress(None);
        assert_eq!(on_the_air(&published), ("one".into(), 4));
        published.publish(site("two"));
        assert_eq!(on_the_air(&published), ("two".into(), 1));
    }

    #[test]
    fn a_site_that_took_another_ones_place_keeps_it() {
        let published = Published::new(site("one"));
        let plain = published.0.load_full();
        let compressed = plain.compressed(None, &|| true).unwrap();
        published.publish(site("two"));
        published.replace(&plain, compressed);
        assert_eq!(on_the_air(&published), ("two".into(), 1));
    }
}
