//! TODO

use crate::compression::coding::Coding;
use crate::fs::fingerprint::Fingerprint;
use crate::site::content::Content;
use crate::site::etag::EntityTag;
use crate::site::representation::Representation;

/// One file of the game with the representations it can be sent in (RFC 9110, 3.2).
#[derive(Clone, Debug)]
pub struct Asset {
    /// The file's name below the game's folder.
    pub name: Box<str>,
    /// The file's own bytes first, then its content codings.
    pub(crate) representations: Vec<Representation>,
    /// The asset's position in its site.
    pub(crate) index: usize,
    /// Whether encoding it would gain nothing: it came compressed, or has what codings are worth having.
    pub(crate) is_compressed: bool,
    /// By what its file is known again, when the file alone made its representations.
    pub(crate) stamp: Option<Fingerprint>,
}

impl Asset {
    /// The tag of the file's own bytes.
    pub(crate) fn etag(&self) -> Option<&EntityTag> {
        self.representations.first().map(|own| &own.etag)
    }

    /// How many bytes of it are in memory.
    pub(crate) fn held(&self) -> u64 {
        let held = |one: &Representation| match &one.content {
            Content::Memory(bytes) => bytes.len() as u64,
            Content::File(_) => 0,
        };
        self.representations.iter().map(held).sum()
    }

    pub(crate) fn has(&self, coding: Coding) -> bool {
        self.representations.iter().any(|one| one.coding == coding)
    }

    /// Whether it is a page that a browser can navigate to.
    pub fn is_page(&self) -> bool {
        self.is_of_type(b"text/html") || self.is_of_type(b"application/xhtml+xml")
    }

    /// Whether it is a script that a browser takes for a worker.
    pub(crate) fn is_script(&self) -> bool {
        self.is_of_type(b"text/javascript")
    }

    fn is_of_type(&self, media_type: &[u8]) -> bool {
        let own = self.representations.first();
        own.is_some_and(|own| own.media_type.as_bytes().starts_with(media_type))
    }
}
