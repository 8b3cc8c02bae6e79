//! Publication to all replicas, in two steps: the choice names the next game, and then the moment at which all have it.

use std::time::{Duration, SystemTime};

use futures_util::{StreamExt, stream};
use object_store::ObjectMeta;
use tokio::time::{Instant, sleep};

use crate::bucket::client::{
    Bucket, ChangedObject, Condition, ObjectVersion, StoredObject, block_on,
};
use crate::bucket::error::BucketError;
use crate::bucket::fetch::object_name;
use crate::bucket::games::existing;
use crate::bucket::pointer::{ChosenGame, MAX_POINTER, Moment, OnAirPointer};
use crate::bucket::replica::{HEARTBEAT, MAX_REPORT, POINTER, REPLICAS, ReplicaReport};
use crate::source::bucket::BucketPlace;
use crate::source::manifest::GameManifest;

/// The time from the first step to the moment, if all replicas are ready by then.
const LEAD: Duration = Duration::from_secs(3);

/// The time from the last step to the moment, long enough for every replica to look several times.
const LAST_LEAD: Duration = Duration::from_millis(1_500);

/// The longest time from the first step to the moment, even if a replica is not ready.
const LONGEST: Duration = Duration::from_secs(30);

/// The interval of asking the replicas.
const ASK: Duration = Duration::from_millis(300);

/// A replica that said nothing for this long is gone.
const GONE: Duration = HEARTBEAT.saturating_mul(3);

/// If all are gone that said something within this time, the library was away rather than the replicas.
const OUTAGE: Duration = Duration::from_secs(15 * 60);

/// The time in which replicas come back to a library that was away: their longest pause between looks, and a look.
const COMING_BACK: Duration = Duration::from_secs(15);

/// The most replicas that are asked.
const MOST_REPLICAS: usize = 10_000;

/// The requests at a time.
const AT_ONCE: usize = 16;

/// The result of a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedChoice {
    /// The choice; its moment may be to come.
    pub choice: ChosenGame,
    /// The replicas that hold the game.
    pub ready: usize,
    /// The replicas that are there.
    pub replicas: usize,
}

/// Publishes a game of the library. Returns once the moment is known, which is at most 30 seconds later. Blocks.
///
/// # Errors
/// When there is no such game, its manifest is refused, a replica refuses it, somebody else publishes at the same time, or
/// the service fails. The game on the air stays there.
pub fn publish(place: &BucketPlace, slug: &str) -> Result<PublishedChoice, BucketError> {
    let bucket = Bucket::new(place)?;
    block_on(async || {
        let object = existing(&bucket, slug).await?;
        if let Err(refused) = GameManifest::parse(&object.content) {
            return Err(BucketError::Manifest {
                object: bucket.display(slug),
                refused,
            });
        }
        choose(&bucket, slug, &object.content).await
    })
}

async fn choose(
    bucket: &Bucket,
    slug: &str,
    manifest: &[u8],
) -> Result<PublishedChoice, BucketError> {
    let digest = blake3::hash(manifest);
    let (before, version) = read_pointer(bucket).await?;
    let now = Moment::now();
    if let Some(other) = before.to_come(now) {
        return Err(BucketError::BeingPublished {
            slug: other.slug.clone(),
        });
    }
    let on_air = before.choices.first();
    if let Some(choice) = on_air.filter(|choice| choice.slug == slug && choice.digest == digest) {
        return Ok(PublishedChoice {
            choice: choice.clone(),
            ready: 0,
            replicas: 0,
        });
    }
    // By its hash, so that replicas have this manifest even if the game is replaced meanwhile.
    let copy = object_name(&digest);
    bucket
        .write(&copy, manifest.to_vec(), Condition::Whatever)
        .await?;
    let choice = |at| ChosenGame {
        slug: slug.to_owned(),
        digest,
        at,
        date: now.seconds(),
    };
    let first = before.followed_by(choice(now.after(LONGEST)));
    let condition = version.map_or(Condition::Absent, Condition::Unchanged);
    let version = write_pointer(bucket, &first, condition).await?;
    let waited = await_replicas(bucket, &digest).await;
    let (ready, replicas) = match waited {
        Ok(counts) => counts,
        Err(refused) => {
            // If this fails, the moment passes; replicas that cannot have the game say so.
            let without = first.without_newest();
            write_pointer(bucket, &without, Condition::Unchanged(version)).await?;
            return Err(refused);
        }
    };
    let at = now.after(LEAD).max(Moment::now().after(LAST_LEAD));
    let last = before.followed_by(choice(at.min(now.after(LONGEST))));
    write_pointer(bucket, &last, Condition::Unchanged(version)).await?;
    Ok(PublishedChoice {
        choice: last.choices.into_iter().next().unwrap_or(choice(at)),
        ready,
        replicas,
    })
}

async fn write_pointer(
    bucket: &Bucket,
    pointer: &OnAirPointer,
    condition: Condition,
) -> Result<ObjectVersion, BucketError> {
    let content = (pointer.to_json(), MAX_POINTER);
    bucket.write_settled(POINTER, content, condition).await
}

/// Reads the choice, and its version if there is one.
pub(super) async fn read_pointer(
    bucket: &Bucket,
) -> Result<(OnAirPointer, Option<ObjectVersion>), BucketError> {
    let read = bucket.read_changed(POINTER, MAX_POINTER, None).await?;
    let ChangedObject::Changed(StoredObject { content, version }) = read else {
        return Ok((OnAirPointer::default(), None));
    };
    let pointer = OnAirPointer::parse(&content).map_err(|error| BucketError::Service {
        object: bucket.display(POINTER),
        problem: error.to_string(),
    })?;
    Ok((pointer, Some(version)))
}

/// Waits until all replicas that are there hold a game, or the longest time is almost over. Returns how many hold it, and
/// how many are there.
async fn await_replicas(
    bucket: &Bucket,
    digest: &blake3::Hash,
) -> Result<(usize, usize), BucketError> {
    let digest = digest.to_hex();
    let begin = Instant::now();
    let end = begin + LONGEST.saturating_sub(2 * LAST_LEAD);
    let mut counts = (0, 0);
    let mut is_after_outage = None;
    loop {
        // While the service fails, the replicas may still get ready.
        if let Ok((reports, ages)) = reports(bucket).await {
            let is_after_outage = *is_after_outage.get_or_insert_with(|| all_fell_silent(&ages));
            let are_coming_back = is_after_outage
                && begin.elapsed() < COMING_BACK
                && ages.iter().any(|age| (GONE..OUTAGE).contains(age));
            let failed = reports.iter().filter_map(|report| report.failed.as_ref());
            if let Some((_, problem)) = { failed }.find(|(failed, _)| *failed == *digest) {
                return Err(BucketError::Refused {
                    problem: problem.clone(),
                });
            }
            let holds = |report: &&ReplicaReport| report.holds.iter().any(|held| *held == *digest);
            counts = (reports.iter().filter(holds).count(), reports.len());
            if counts.0 == counts.1 && !are_coming_back {
                return Ok(counts);
            }
        }
        if Instant::now() >= end {
            return Ok(counts);
        }
        sleep(ASK).await;
    }
}

/// True if there were replicas, and none of them has said anything lately.
fn all_fell_silent(ages: &[Duration]) -> bool {
    ages.iter().any(|age| *age < OUTAGE) && ages.iter().all(|age| *age >= GONE)
}

/// The reports of the replicas that are there, and the ages of all reports.
async fn reports(bucket: &Bucket) -> Result<(Vec<ReplicaReport>, Vec<Duration>), BucketError> {
    let (objects, _) = bucket.list(REPLICAS, MOST_REPLICAS).await?;
    let now = SystemTime::now();
    let age = |object: &ObjectMeta| {
        let age = now.duration_since(object.last_modified.into());
        age.unwrap_or_default()
    };
    let ages = objects.iter().map(|(_, object)| age(object)).collect();
    let present = { objects.iter() }.filter(|(_, object)| age(object) < GONE);
    let read = present.map(async |(name, _)| {
        let name = format!("{REPLICAS}/{name}");
        let object = bucket.read(&name, MAX_REPORT).await.ok().flatten()?;
        serde_json::from_slice(&object.content).ok()
    });
    let read: Vec<Option<ReplicaReport>> =
        stream::iter(read).buffer_unordered(AT_ONCE).collect().await;
    Ok((read.into_iter().flatten().collect(), ages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_was_away_if_all_replicas_fell_silent_a_while_ago() {
        for (ages, expected) in [
            (&[][..], false),
            (&[1, 14], false),
            (&[1, 60, 60], false),
            (&[44], false),
            (&[45], true),
            (&[60, 70, 80], true),
            (&[60, 100_000], true),
            (&[900, 100_000], false),
        ] {
            let ages: Vec<_> = ages.iter().copied().map(Duration::from_secs).collect();
            assert_eq!(all_fell_silent(&ages), expected, "{ages:?}");
        }
    }
}
