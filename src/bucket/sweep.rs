//! Deletes files that no game uses any more.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::bucket::client::{Bucket, block_on};
use crate::bucket::error::BucketError;
use crate::bucket::fetch::object_name;
use crate::bucket::publish::read_pointer;
use crate::source::bucket::BucketPlace;
use crate::source::manifest::{GameManifest, MAX_MANIFEST};

/// The age at which a file that no game uses is deleted: older than any upload that may still write its manifest, and
/// than any replica that may still fetch it.
pub(super) const UNUSED_AGE: Duration = Duration::from_secs(7 * 24 * 3600);

/// The requests at a time.
const AT_ONCE: usize = 16;

/// Deletes the files that no manifest names and that are older than a week. Returns their number. Blocks.
///
/// # Errors
/// When the service fails, or a manifest cannot be read: its files would be lost.
pub fn sweep(place: &BucketPlace) -> Result<u64, BucketError> {
    let bucket = Bucket::new(place)?;
    block_on(async || {
        // The files first: one of a game that is added meanwhile is younger than a week, or in its earlier manifest.
        let (files, _) = bucket.list("files", usize::MAX).await?;
        let old = files.into_iter().filter(|(_, object)| {
            let age = SystemTime::now().duration_since(object.last_modified.into());
            age.unwrap_or_default() > UNUSED_AGE
        });
        let old: Vec<_> = old.map(|(name, _)| name).collect();
        if old.is_empty() {
            return Ok(0);
        }
        let used = used(&bucket).await?;
        let unused = old
            .into_iter()
            .filter(|name| blake3::Hash::from_hex(name).is_ok_and(|hash| !used.contains(&hash)));
        let deleted = unused.map(async |name| bucket.delete(&format!("files/{name}")).await);
        let deleted = stream::iter(deleted).buffer_unordered(AT_ONCE);
        let deleted: Vec<()> = deleted.try_collect().await?;
        Ok(deleted.len() as u64)
    })
}

/// The files of all games, including the chosen ones.
async fn used(bucket: &Bucket) -> Result<HashSet<blake3::Hash>, BucketError> {
    let (games, _) = bucket.list("games", usize::MAX).await?;
    let (chosen, _) = read_pointer(bucket).await?;
    let chosen: Vec<_> = chosen.choices.iter().map(|choice| choice.digest).collect();
    let games = games.iter().map(|(name, _)| format!("games/{name}"));
    let names: Vec<_> = games.chain(chosen.iter().map(object_name)).collect();
    let read = names.into_iter().map(async |name| {
        let Some(object) = bucket.read(&name, MAX_MANIFEST).await? else {
            return Ok::<_, BucketError>(Vec::new());
        };
        let manifest =
            GameManifest::parse(&object.content).map_err(|refused| BucketError::Manifest {
                object: bucket.display(&name),
                refused,
            })?;
        let files = manifest.files.into_values();
        Ok(files.map(|file| file.hash).collect())
    });
    let read: Vec<Vec<_>> = stream::iter(read)
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(read.into_iter().flatten().chain(chosen).collect())
}
