//! What will be sent: a game compiled for serving, immutable, complete, in memory.
//!
//! Nothing here knows requests. Everything that is hard or slow happens in [`Site::build`], before the site is on
//! the air; after it, a request is a look-up.

mod build;
mod coding;
mod etag;
mod media_type;
mod not_found;
mod path;
mod publication;

use std::collections::HashMap;

use bytes::Bytes;
use http::{HeaderValue, StatusCode};

use crate::language::Text;
pub use build::BuildError;
pub use coding::Coding;
pub use etag::EntityTag;
pub use not_found::NotFound;
pub use path::{AssetPath, BadPath};
pub use publication::PublicationDate;

/// A game, ready to be sent.
#[derive(Debug)]
pub struct Site {
    /// The game's slug.
    pub slug: String,
    /// The game's name for people.
    pub title: Text,
    /// How many files it has.
    pub files: usize,
    /// How many bytes they have together.
    pub bytes: u64,
    /// When it was published, where that can be vouched for.
    pub published_at: Option<PublicationDate>,
    /// What is sent for a path that there is nothing at.
    pub not_found: NotFound,
    resources: HashMap<Box<str>, Resource>,
}

/// What a path leads to.
#[derive(Clone, Debug)]
pub enum Resource {
    /// Something to send.
    Asset(Asset),
    /// Another path to ask for.
    Redirect(Redirect),
}

/// One file of the game with the representations it can be sent in (RFC 9110, 3.2).
#[derive(Clone, Debug)]
pub struct Asset {
    /// The file's own bytes first, then its content codings.
    pub representations: Vec<Representation>,
}

/// Bytes to send, and what is said about them.
#[derive(Clone, Debug)]
pub struct Representation {
    /// What was done to the file's bytes.
    pub coding: Coding,
    /// `Content-Type`.
    pub media_type: HeaderValue,
    /// `ETag`, strong.
    pub etag: EntityTag,
    /// `Content-Length`.
    pub length: HeaderValue,
    /// The bytes.
    pub content: Bytes,
}

/// A path that stands for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// 308 for a folder named without its slash, 307 where the next game may want something else.
    pub status: StatusCode,
    /// The path to go to, percent-encoded.
    pub location: String,
}

impl Site {
    /// What stands at a path.
    pub fn resource(&self, path: &AssetPath<'_>) -> Option<&Resource> {
        self.resources.get(path.as_str())
    }
}

impl Representation {
    /// A representation that says of itself what its bytes are.
    pub fn new(coding: Coding, media_type: HeaderValue, content: Bytes) -> Self {
        Self {
            coding,
            media_type,
            etag: EntityTag::of(&content),
            length: HeaderValue::from(content.len()),
            content,
        }
    }
}
