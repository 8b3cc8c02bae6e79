//! The games that come with the program.

use std::borrow::Cow;

use bytes::Bytes;
use rust_embed::{Embed, EmbeddedFile};

use crate::names::leftover::is_leftover;
use crate::source::file::File;

#[derive(Embed)]
#[folder = "games/"]
struct Bundled;

/// Reads a file of a bundled game.
pub(super) fn read(name: &str, path: &str) -> Option<Bytes> {
    let EmbeddedFile { data, .. } = Bundled::get(&format!("{name}/{path}"))?;
    Some(match data {
        // Reference-counted, unlike `from_static`, to know what is still being read.
        Cow::Borrowed(bytes) => Bytes::from_owner(bytes),
        Cow::Owned(bytes) => bytes.into(),
    })
}

/// Lists the files of a bundled game.
pub(super) fn files(name: &str) -> Vec<File> {
    let prefix = format!("{name}/");
    Bundled::iter()
        .filter_map(|path| path.strip_prefix(&prefix).map(str::to_owned))
        .filter(|path| !path.split('/').any(is_leftover))
        .map(|path| File {
            length: read(name, &path).map_or(0, |bytes| bytes.len() as u64),
            path,
            packed: None,
            on_disk: None,
            fingerprint: None,
        })
        .collect()
}

/// True if a bundled game has a file.
pub(super) fn has(name: &str, path: &str) -> bool {
    Bundled::get(&format!("{name}/{path}")).is_some()
}
