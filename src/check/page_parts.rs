//! Parts of pages in files of their own, which a script puts into the page that it runs in.

use url::Url;

use crate::check::crawl::Crawler;
use crate::check::reference::Reference;
use crate::check::resolve::{Destination, FileNames, LookedUp};

impl Crawler<'_> {
    /// Follows the references of a part of a page, which may be relative to the page that it is put into.
    pub(super) fn follow_part(&mut self, file: &str, base: &Url, references: Vec<Reference>) {
        let entry = FileNames::base_url(&self.game.entry);
        for reference in references {
            let is_other =
                |entry: &&Url| !self.is_found(base, &reference) && self.is_found(entry, &reference);
            let base = entry.as_ref().filter(is_other).unwrap_or(base);
            self.follow(file, base, reference);
        }
    }

    fn is_found(&self, base: &Url, reference: &Reference) -> bool {
        match FileNames::resolve(base, &reference.target) {
            Destination::Game(name) => !matches!(self.names.find(&name), LookedUp::Nothing),
            Destination::Host(_) | Destination::NoFile => false,
        }
    }
}
