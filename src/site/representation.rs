//! The forms in which a file of a game is sent.

use std::io;

use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    LAST_MODIFIED, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

use crate::compression::coding::Coding;
use crate::site::content::Content;
use crate::site::etag::EntityTag;
use crate::site::last_modified::LastModified;
use crate::site::media_type;

/// A refresh asks again, and a 304 keeps what the browser compiled from the earlier answer.
pub(crate) const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// A file is what it is said to be.
pub(crate) const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// Bytes to send, and what is said about them.
#[derive(Clone, Debug)]
pub(crate) struct Representation {
    /// What was done to the file's bytes.
    pub coding: Coding,
    /// `Content-Type`.
    pub media_type: HeaderValue,
    /// `ETag`, strong.
    pub etag: EntityTag,
    /// The bytes.
    pub content: Content,
    /// The fields of an answer with all of the bytes, made when the site is complete.
    pub fields: HeaderMap,
    /// Those of them that an answer of status 304 repeats (RFC 9110, 15.4.5).
    pub unmodified: HeaderMap,
}

impl Representation {
    /// The bytes of a file of this name, as they are.
    ///
    /// # Errors
    /// When they cannot be read, or `go_on` says so before they all are.
    pub(crate) fn identity(
        name: &str,
        content: Content,
        go_on: &dyn Fn() -> bool,
    ) -> io::Result<Self> {
        let (media_type, etag) = match &content {
            Content::Memory(bytes) => (
                media_type::content_type(name, bytes),
                EntityTag::from_content(bytes),
            ),
            // A text of this size is no text that anybody decodes by its charset.
            Content::File(file) => (media_type::content_type(name, b"\xff"), file.etag(go_on)?),
        };
        Ok(Self::new(Coding::Identity, media_type, etag, content))
    }

    /// A representation that says of itself what its bytes are.
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

    /// Makes the fields, once it is known what else there is of the asset.
    pub(crate) fn seal(&mut self, date: Option<&LastModified>, (varies, is_page): (bool, bool)) {
        // A copy, for threads that serve other files would fight over the count of its owners.
        let modified = date.and_then(|date| HeaderValue::from_bytes(date.value().as_bytes()).ok());
        let constant = HeaderValue::from_static;
        let coding = (self.coding != Coding::Identity).then(|| constant(self.coding.token()));
        // What today's browsers do anyhow, for those that would tell other sites which page a link was on.
        let policy = is_page.then(|| constant("strict-origin-when-cross-origin"));
        let fields = [
            (CONTENT_TYPE, Some(self.media_type.clone())),
            (CONTENT_LENGTH, Some(HeaderValue::from(self.content.len()))),
            (CONTENT_ENCODING, coding),
            (ETAG, Some(self.etag.value().clone())),
            (LAST_MODIFIED, modified),
            (CACHE_CONTROL, Some(NO_CACHE)),
            (VARY, varies.then(|| constant("Accept-Encoding"))),
            (ACCEPT_RANGES, Some(constant("bytes"))),
            (X_CONTENT_TYPE_OPTIONS, Some(NOSNIFF)),
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
    }
}
