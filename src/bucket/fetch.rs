//! Fetching the files of a game into the cache: in parallel, with retries, each checked by its hash.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{Error, ObjectStoreExt};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::bucket::cache::FileCache;
use crate::bucket::client::{Bucket, block_on};
use crate::bucket::error::BucketError;
use crate::source::bucket::BucketFiles;
use crate::source::manifest::HashedFile;

/// The files that are fetched at a time.
const AT_ONCE: usize = 24;

/// The attempts to fetch a file; each retries requests that fail.
const ATTEMPTS: u32 = 4;

/// The pause before the second attempt; it doubles.
const PAUSE: Duration = Duration::from_millis(200);

/// A callback that takes the number of bytes transferred so far, and the total.
pub type Transferred<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Fetches the files of a game that the cache lacks. Blocks.
///
/// # Errors
/// If it is cancelled, a file is missing or does not match its manifest, or the service or the cache fails.
pub fn fetch(
    game: &BucketFiles,
    cancellation: &CancellationToken,
    transferred: Transferred<'_>,
) -> Result<(), BucketError> {
    let cache = FileCache::new(&game.place);
    let mut wanted: HashMap<blake3::Hash, (&str, HashedFile)> = HashMap::new();
    for (path, file) in &game.manifest.files {
        wanted.entry(file.hash).or_insert((path, *file));
    }
    let keep: HashSet<_> = wanted.keys().copied().collect();
    let mut lacking = Vec::new();
    for (path, file) in wanted.into_values() {
        if cancellation.is_cancelled() {
            return Err(BucketError::Cancelled);
        }
        if !cache.has(&file) {
            lacking.push((path, file));
        }
    }
    if lacking.is_empty() {
        return Ok(());
    }
    let all = lacking.iter().map(|(_, file)| file.length).sum();
    cache.make_room(all, &keep)?;
    // Large files first: they take longest.
    lacking.sort_by_key(|(_, file)| std::cmp::Reverse(file.length));
    let bucket = Bucket::new(&game.place)?;
    let done = AtomicU64::new(0);
    let count = |bytes: u64| {
        let done = done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        transferred(done, all);
    };
    block_on(async || {
        let fetch = |(path, file)| fetch_file(&bucket, cache, path, file, &count);
        let fetching = stream::iter(lacking)
            .map(fetch)
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>();
        tokio::select! {
            fetched = fetching => fetched.map(drop),
            () = cancellation.cancelled() => Err(BucketError::Cancelled),
        }
    })
}

async fn fetch_file(
    bucket: &Bucket,
    cache: FileCache<'_>,
    path: &str,
    file: HashedFile,
    count: &(dyn Fn(u64) + Sync),
) -> Result<(), BucketError> {
    let mut pause = PAUSE;
    for attempt in 1.. {
        match try_fetch(bucket, cache, path, file).await {
            Ok(()) => break,
            // Wrong bytes may have been damaged on their way.
            Err(error @ BucketError::OtherBytes { .. }) if attempt > 1 => return Err(error),
            Err(error) if attempt == ATTEMPTS => return Err(error),
            Err(error @ (BucketError::Service { .. } | BucketError::OtherBytes { .. })) => {
                tracing::debug!("{path}: {error}");
            }
            Err(error) => return Err(error),
        }
        sleep(pause.mul_f64(jitter())).await;
        pause *= 2;
    }
    count(file.length);
    Ok(())
}

async fn try_fetch(
    bucket: &Bucket,
    cache: FileCache<'_>,
    path: &str,
    file: HashedFile,
) -> Result<(), BucketError> {
    let name = object_name(&file.hash);
    let failed = |error| BucketError::of(error, &bucket.display(&name));
    let other = || BucketError::OtherBytes {
        path: path.to_owned(),
    };
    let got = match bucket.store.get(&bucket.path(&name)).await {
        Ok(got) => got,
        Err(Error::NotFound { .. }) => {
            return Err(BucketError::FileMissing {
                path: path.to_owned(),
            });
        }
        Err(error) => return Err(failed(error)),
    };
    let mut unfinished = cache.begin()?;
    let mut chunks = got.into_stream();
    while let Some(chunk) = chunks.try_next().await.map_err(failed)? {
        if unfinished.length() + chunk.len() as u64 > file.length {
            return Err(other());
        }
        unfinished.append(&chunk)?;
    }
    match cache.finish(unfinished, &file)? {
        true => Ok(()),
        false => Err(other()),
    }
}

/// The name of the object with a content.
pub(super) fn object_name(hash: &blake3::Hash) -> String {
    format!("files/{}", hash.to_hex())
}

/// A factor between 0.5 and 1.5, so that replicas do not all ask at once.
pub(crate) fn jitter() -> f64 {
    use std::hash::{BuildHasher, RandomState};

    let random = RandomState::new().hash_one(0_u8);
    0.5 + (random % 1000) as f64 / 1000.0
}
