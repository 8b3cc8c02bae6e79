//! The files of a site.

use http::{HeaderName, HeaderValue};

use crate::compression::coding::Coding;
use crate::fs::fingerprint::Fingerprint;
use crate::site::difference::Difference;
use crate::site::etag::EntityTag;
use crate::site::representation::Representation;

/// A file of the game with its representations (RFC 9110, 3.2).
#[derive(Clone, Debug)]
pub struct Asset {
    /// The file's name below the game's folder.
    pub name: Box<str>,
    /// The file's own bytes, then its codings.
    pub(crate) representations: Vec<Representation>,
    /// The file as its difference from earlier versions, the newest first.
    pub(crate) differences: Vec<Difference>,
    /// `Use-As-Dictionary`, if browsers may keep the file for the difference of its next version.
    pub(crate) dictionary: Option<HeaderValue>,
    /// The position in its site.
    pub(crate) index: usize,
    /// True if no coding is worth adding: the file arrived compressed, or has all codings that save bytes.
    pub(crate) is_compressed: bool,
    /// True if a script reads the file's size from the response, so that it has no coding.
    pub(crate) is_measured: bool,
    /// Identifies the unchanged file in the next build; `None` if the representations depend on more than the file.
    pub(crate) fingerprint: Option<Fingerprint>,
    /// Fields of its responses besides those of every response.
    pub(crate) fields: Vec<(HeaderName, HeaderValue)>,
}

impl Asset {
    /// An asset with the given representations.
    pub(crate) fn new(name: &str, representations: Vec<Representation>) -> Self {
        Self {
            name: name.into(),
            representations,
            differences: Vec::new(),
            dictionary: None,
            index: 0,
            is_compressed: false,
            is_measured: false,
            fingerprint: None,
            fields: Vec::new(),
        }
    }

    /// The tag of the file's own bytes.
    pub(crate) fn etag(&self) -> Option<&EntityTag> {
        self.representations.first().map(|own| &own.etag)
    }

    /// The bytes that it holds in memory.
    pub(crate) fn bytes_in_memory(&self) -> u64 {
        self.forms().map(Representation::bytes_in_memory).sum()
    }

    /// All representations, differences included.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &Representation> {
        let differences = self.differences.iter().map(|one| &one.representation);
        self.representations.iter().chain(differences)
    }

    /// True if a difference of this length is less than half of what clients get without it.
    pub(crate) fn is_worth(&self, difference: u64) -> bool {
        let lengths = self.representations.iter().map(|one| one.content.len());
        lengths.min().is_some_and(|least| difference < least / 2)
    }

    pub(crate) fn has_coding(&self, coding: Coding) -> bool {
        self.representations.iter().any(|one| one.coding == coding)
    }

    /// True if it is a page that a browser can navigate to.
    pub fn is_page(&self) -> bool {
        self.has_type(b"text/html") || self.has_type(b"application/xhtml+xml")
    }

    /// True if it is a script that a browser runs as a worker.
    pub(crate) fn is_script(&self) -> bool {
        self.has_type(b"text/javascript")
    }

    /// True if it is a WebAssembly module.
    pub(crate) fn is_module(&self) -> bool {
        self.has_type(b"application/wasm")
    }

    fn has_type(&self, media_type: &[u8]) -> bool {
        let own = self.representations.first();
        own.is_some_and(|own| own.media_type.as_bytes().starts_with(media_type))
    }
}
