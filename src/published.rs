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
            self.0.compare_and_swap(&plain, Arc::new(compressed));
        }
    }
}
