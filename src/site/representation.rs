//! Representations of a file (RFC 9110, 3.2).

use std::io;

use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    LAST_MODIFIED, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::compression::coding::Coding;
use crate::site::content::Content;
use crate::site::etag::EntityTag;
use crate::site::last_modified::LastModified;
use crate::site::media_type;

/// A refresh revalidates; a 304 keeps the code that the browser has compiled.
pub(crate) const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// Browsers must not guess another media type.
pub(crate) const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// Content with its metadata.
#[derive(Clone, Debug)]
pub(crate) struct Representation {
    pub coding: Coding,
    /// `Content-Type`.
    pub media_type: HeaderValue,
    /// `ETag`, strong.
    pub etag: EntityTag,
    pub content: Content,
    /// The fields of a response with the whole content.
    pub fields: HeaderMap,
    /// The fields that a 304 response repeats (RFC 9110, 15.4.5).
    pub unmodified: HeaderMap,
}

impl Representation {
    /// The content of a file as it is.
    ///
    /// # Errors
    /// When the content cannot be read, or `keep_going` returns false before it is.
    pub(crate) fn identity(
        name: &str,
        content: Content,
        keep_going: &dyn Fn() -> bool,
    ) -> io::Result<Self> {
        let (media_type, etag) = match &content {
            Content::Memory(bytes) => (
                media_type::content_type(name, bytes),
                EntityTag::from_content(bytes),
            ),
            // No browser decodes a text of this size by its charset.
            Content::File(file) => (
                media_type::content_type(name, b"\xff"),
                file.etag(keep_going)?,
            ),
        };
        Ok(Self::new(Coding::Identity, media_type, etag, content))
    }

    /// A representation without response fields yet.
    pub(crate) fn new(
        coding: Coding,
        media_type: HeaderValue,
        etag: EntityTag,
        content: Content,
    ) -> Self {
        Self {
            coding,
            media_type,
            etag,
            content,
            fields: HeaderMap::new(),
            unmodified: HeaderMap::new(),
        }
    }

    /// The bytes that it holds in memory.
    pub(crate) fn bytes_in_memory(&self) -> u64 {
        match &self.content {
            Content::Memory(bytes) => bytes.len() as u64,
            Content::File(_) => 0,
        }
    }

    /// Prepares the response fields, once the asset's representations are complete.
    pub(crate) fn seal(
        &mut self,
        is_page: bool,
        is_negotiated: bool,
        further: &[(HeaderName, HeaderValue)],
    ) {
        let constant = HeaderValue::from_static;
        let coding = (self.coding != Coding::Identity).then(|| constant(self.coding.token()));
        // The default of current browsers; for older ones, which reveal the page of a link to other sites.
        let policy = is_page.then(|| constant("strict-origin-when-cross-origin"));
        // With it, browsers run no script and load no style of another type.
        let is_certain = media_type::is_certain(&self.media_type);
        let fields = [
            (CONTENT_TYPE, Some(self.media_type.clone())),
            (CONTENT_LENGTH, Some(HeaderValue::from(self.content.len()))),
            (CONTENT_ENCODING, coding),
            (ETAG, Some(self.etag.value().clone())),
            (CACHE_CONTROL, Some(NO_CACHE)),
            (VARY, is_negotiated.then(|| constant("Accept-Encoding"))),
            (ACCEPT_RANGES, Some(constant("bytes"))),
            (X_CONTENT_TYPE_OPTIONS, is_certain.then_some(NOSNIFF)),
            (REFERRER_POLICY, policy),
        ];
        let fields = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        self.fields = fields.collect();
        let repeated = [ETAG, CACHE_CONTROL, VARY];
        let repeated =
            repeated.map(|name| self.fields.get(&name).map(|value| (name, value.clone())));
        self.unmodified = repeated.into_iter().flatten().collect();
        for (name, value) in further {
            self.fields.insert(name.clone(), value.clone());
            self.unmodified.insert(name.clone(), value.clone());
        }
    }

    /// Adds `Last-Modified` to the response fields.
    pub(crate) fn set_last_modified(&mut self, date: Option<&LastModified>) {
        // A copy: threads that serve different files would contend for one reference count.
        let value = date.and_then(|date| HeaderValue::from_bytes(date.value().as_bytes()).ok());
        match value {
            Some(value) => self.fields.insert(LAST_MODIFIED, value),
            None => self.fields.remove(LAST_MODIFIED),
        };
    }
}
