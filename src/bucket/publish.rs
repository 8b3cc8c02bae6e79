//! Publication to all replicas, in two steps: the choice names the next game, without a moment, and then the moment, at which
//! replicas have it. A publisher that ends between the steps has published nothing.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::bucket::attendance::{Attendance, Present};
use crate::bucket::client::{Bucket, ChangedObject, Condition, StoredObject, block_on};
use crate::bucket::error::BucketError;
use crate::bucket::fetch::object_name;
use crate::bucket::games::existing;
use crate::bucket::object_version::ObjectVersion;
use crate::bucket::pointer::{ChosenGame, MAX_POINTER, Moment, OnAirPointer};
use crate::bucket::replica::{POINTER, ReplicaReport};
use crate::source::bucket::BucketPlace;
use crate::source::manifest::GameManifest;

/// The time from the first step to the moment, if all replicas are ready by then.
const LEAD: Duration = Duration::from_secs(3);

/// The time from the last step to the moment, long enough for every replica to look several times.
const LAST_LEAD: Duration = Duration::from_millis(1_500);

/// The time in which all replicas get ready; after it, half of them are enough.
const FOR_ALL: Duration = Duration::from_secs(27);

/// The time in which half of the replicas get ready.
const FOR_HALF: Duration = Duration::from_secs(15 * 60);

/// The time in which the replicas can be asked again, if they cannot be asked.
const UNASKED: Duration = Duration::from_secs(30);

/// The interval of asking the replicas.
const ASK: Duration = Duration::from_millis(300);

/// The time from the latest sign of a publisher until it counts as gone.
const LAPSE: Duration = Duration::from_secs(60);

/// The interval in which a publisher says that it is there.
const RENEW: Duration = Duration::from_secs(20);

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

/// Takes the numbers of replicas that hold the game and that are there, once more time is needed than usual.
pub type Waiting<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Publishes a game of the library. Returns once the moment is known: after half a minute at most if half of the replicas
/// can have the game by then, otherwise when they do. Blocks.
///
/// # Errors
/// If there is no such game, its manifest is refused, a replica refuses it, too few get ready, somebody else publishes at
/// the same time, or the service fails. The game on the air stays there.
pub fn publish(
    place: &BucketPlace,
    slug: &str,
    waiting: Waiting<'_>,
) -> Result<PublishedChoice, BucketError> {
    let bucket = Bucket::new(place)?;
    block_on(async || {
        let object = existing(&bucket, slug).await?;
        if let Err(refused) = GameManifest::parse(&object.content) {
            return Err(BucketError::Manifest {
                object: bucket.display(slug),
                refused,
            });
        }
        choose(&bucket, slug, &object.content, waiting).await
    })
}

async fn choose(
    bucket: &Bucket,
    slug: &str,
    manifest: &[u8],
    waiting: Waiting<'_>,
) -> Result<PublishedChoice, BucketError> {
    let digest = blake3::hash(manifest);
    let (before, version) = read_pointer(bucket).await?;
    let begin = Moment::now();
    if let Some(other) = before.being_published(begin) {
        return Err(BucketError::BeingPublished {
            slug: other.slug.clone(),
        });
    }
    let before = before.decided();
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
    let game = ChosenGame {
        slug: slug.to_owned(),
        digest,
        at: begin,
        date: begin.seconds(),
        is_prepared: true,
    };
    let condition = version.map_or(Condition::Absent, Condition::Unchanged);
    let mut attempt = Attempt::begin(bucket, (before, condition), game).await?;
    match attempt.await_replicas(waiting).await {
        Ok((ready, replicas)) => Ok(PublishedChoice {
            choice: attempt.decide(begin.after(LEAD)).await?,
            ready,
            replicas,
        }),
        Err(error) => {
            attempt.withdraw().await;
            Err(error)
        }
    }
}

/// A publication between its two steps.
struct Attempt<'a> {
    bucket: &'a Bucket,
    before: OnAirPointer,
    game: ChosenGame,
    /// The version of the choice that this attempt wrote last.
    version: ObjectVersion,
    renewed: Instant,
}

impl<'a> Attempt<'a> {
    /// The first step.
    async fn begin(
        bucket: &'a Bucket,
        (before, condition): (OnAirPointer, Condition),
        game: ChosenGame,
    ) -> Result<Self, BucketError> {
        let first = before.followed_by(ChosenGame {
            at: Moment::now().after(LAPSE),
            ..game.clone()
        });
        Ok(Self {
            version: write_pointer(bucket, &first, condition).await?,
            bucket,
            before,
            game,
            renewed: Instant::now(),
        })
    }

    async fn write(&mut self, pointer: &OnAirPointer) -> Result<(), BucketError> {
        let condition = Condition::Unchanged(self.version.clone());
        self.version = write_pointer(self.bucket, pointer, condition).await?;
        Ok(())
    }

    /// Says that the publisher is still there.
    async fn renew(&mut self) -> Result<(), BucketError> {
        if self.renewed.elapsed() < RENEW {
            return Ok(());
        }
        let renewed = self.before.followed_by(ChosenGame {
            at: Moment::now().after(LAPSE),
            ..self.game.clone()
        });
        match self.write(&renewed).await {
            Ok(()) => self.renewed = Instant::now(),
            // The service may fail for a while.
            Err(error) if error.is_temporary() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The last step: the game is on the air from a moment.
    async fn decide(mut self, earliest: Moment) -> Result<ChosenGame, BucketError> {
        let choice = ChosenGame {
            at: earliest.max(Moment::now().after(LAST_LEAD)),
            is_prepared: false,
            ..self.game.clone()
        };
        let last = self.before.followed_by(choice.clone());
        self.write(&last).await?;
        Ok(last.choices.into_iter().next().unwrap_or(choice))
    }

    /// Takes the first step back. If that fails, it lapses.
    async fn withdraw(mut self) {
        let before = self.before.clone();
        if let Err(error) = self.write(&before).await {
            tracing::debug!("withdrawing {}: {error}", self.game.slug);
        }
    }

    /// Waits until enough replicas hold the game. Returns how many hold it, and how many are there.
    async fn await_replicas(
        &mut self,
        waiting: Waiting<'_>,
    ) -> Result<(usize, usize), BucketError> {
        let digest = self.game.digest.to_hex();
        let begin = Instant::now();
        let (mut attendance, mut asked, mut is_told) = (Attendance::new(), begin, false);
        loop {
            match attendance.ask(self.bucket).await {
                Ok(present) => {
                    asked = Instant::now();
                    let (ready, replicas) = count(&present, &digest)?;
                    let elapsed = begin.elapsed();
                    if !present.are_coming_back && are_enough(ready, replicas, elapsed) {
                        return Ok((ready, replicas));
                    }
                    if elapsed >= FOR_HALF {
                        return Err(BucketError::NotReady { ready, replicas });
                    }
                    if elapsed >= FOR_ALL && !std::mem::replace(&mut is_told, true) {
                        waiting(ready, replicas);
                    }
                }
                // While the service fails, the replicas may still get ready.
                Err(error) if asked.elapsed() >= UNASKED => return Err(error),
                Err(_) => {}
            }
            self.renew().await?;
            sleep(ASK).await;
        }
    }
}

/// The replicas that hold a game, and all that are there.
fn count(present: &Present, digest: &str) -> Result<(usize, usize), BucketError> {
    let reports = &present.reports;
    let failed = reports.iter().filter_map(|report| report.failed.as_ref());
    if let Some((_, problem)) = { failed }.find(|(failed, _)| failed == digest) {
        return Err(BucketError::Refused {
            problem: problem.clone(),
        });
    }
    let is_ready = |report: &&ReplicaReport| report.holds.iter().any(|held| held == digest);
    Ok((reports.iter().filter(is_ready).count(), reports.len()))
}

/// True if enough replicas hold a game: those that do not will swap late, and be taken out meanwhile. Never all at once.
fn are_enough(ready: usize, replicas: usize, elapsed: Duration) -> bool {
    ready == replicas || elapsed >= FOR_ALL && 2 * ready >= replicas
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_decided_when_all_are_ready_or_later_half_of_them() {
        for (ready, replicas, seconds, expected) in [
            (0, 0, 0, true),
            (5, 5, 0, true),
            (4, 5, 26, false),
            (4, 5, 27, true),
            (3, 5, 27, true),
            (2, 4, 27, true),
            (2, 5, 800, false),
            (0, 1, 800, false),
        ] {
            let elapsed = Duration::from_secs(seconds);
            let found = are_enough(ready, replicas, elapsed);
            assert_eq!(found, expected, "{ready} of {replicas} after {seconds} s");
        }
    }
}
