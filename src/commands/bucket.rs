//! The library of a command, in object storage or not.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::cli::arguments::ServeOptions;
use crate::commands::config::read_config;
use crate::console::describe::Describe;
use crate::console::failure::Failure;
use crate::console::message::t;
use crate::control::library_source::bucket_place;
use crate::import::store::Store;
use webserver::bucket::fetch::fetch;
use webserver::library::game::Game;
use webserver::source::Source;
use webserver::source::bucket::BucketPlace;

/// The library that a command changes.
pub(super) enum ChangedLibrary {
    /// The configuration file, and the folder of games beside it.
    Config(Store),
    /// Object storage.
    Bucket(Arc<BucketPlace>),
}

/// Finds the library to change.
///
/// # Errors
/// If the configuration has a mistake, or `--library` is a folder.
pub(super) fn changed_library(options: &ServeOptions) -> Result<ChangedLibrary, Failure> {
    let config = read_config(options)?;
    if let Some(place) = bucket_place(&config)? {
        return Ok(ChangedLibrary::Bucket(place));
    }
    if options.library.is_some() {
        return Err(Failure::usage(t!("bucket.folder")).hint(t!("hint.bucket")));
    }
    let store = Store::find(options.config.as_deref());
    let store = store.map_err(|error| Failure::usage(error.text()))?;
    Ok(ChangedLibrary::Config(store))
}

/// The library whose replicas publish a game, if one was given. Without one, a server on this machine publishes it.
///
/// # Errors
/// If the configuration has a mistake.
pub(super) fn published_library(
    options: &ServeOptions,
    port: Option<&str>,
) -> Result<Option<Arc<BucketPlace>>, Failure> {
    match (&options.library, port) {
        (Some(_), None) => bucket_place(&read_config(options)?),
        _ => Ok(None),
    }
}

/// Fetches the files of a game that is in object storage.
///
/// # Errors
/// If they cannot be fetched.
pub(super) fn fetch_files(game: &Game) -> Result<(), Failure> {
    match &game.source {
        Source::Bucket(files) => fetch(files, &CancellationToken::new(), &|_, _| {})
            .map_err(|error| Failure::failed(error.text())),
        _ => Ok(()),
    }
}
