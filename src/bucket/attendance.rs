//! The replicas that a publication waits for: those that look at the choice and say so in their own objects.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use futures_util::{StreamExt, stream};
use object_store::ObjectMeta;
use tokio::time::Instant;

use crate::bucket::client::Bucket;
use crate::bucket::error::BucketError;
use crate::bucket::replica::{HEARTBEAT, MAX_REPORT, REPLICAS, ReplicaReport};

/// A replica that said nothing for this long before a publication is gone.
const GONE: Duration = HEARTBEAT.saturating_mul(3);

/// A replica that said nothing for this long during a publication, in which others did, is gone: the lease.
const SILENT: Duration = Duration::from_secs(10);

/// If all are gone that said something within this time, the library was away rather than the replicas.
const OUTAGE: Duration = Duration::from_secs(15 * 60);

/// The time in which replicas come back to a library that was away: their longest pause between looks, and a look.
const COMING_BACK: Duration = Duration::from_secs(15);

/// The most replicas that are asked.
const MOST_REPLICAS: usize = 10_000;

/// The requests at a time.
const AT_ONCE: usize = 16;

/// The replicas during one publication.
#[derive(Debug)]
pub(super) struct Attendance {
    begin: Instant,
    /// The replicas that were there during the publication: the date of each one's object, and when it was first seen. The
    /// clocks of this machine and of the service need not agree.
    heard: HashMap<String, (SystemTime, Instant)>,
    /// True if the library was away when the publication began; `None` before the first answer.
    is_after_outage: Option<bool>,
}

/// The replicas at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Present {
    pub(super) reports: Vec<ReplicaReport>,
    /// True if others may come back, for which the library was away.
    pub(super) are_coming_back: bool,
}

impl Attendance {
    pub(super) fn new() -> Self {
        Self {
            begin: Instant::now(),
            heard: HashMap::new(),
            is_after_outage: None,
        }
    }

    /// Asks which replicas are there.
    pub(super) async fn ask(&mut self, bucket: &Bucket) -> Result<Present, BucketError> {
        let (objects, _) = bucket.list(REPLICAS, MOST_REPLICAS).await?;
        let ages: Vec<_> = objects.iter().map(|(_, object)| age(object)).collect();
        let (begin, now) = (self.begin, Instant::now());
        let is_after_outage = *self
            .is_after_outage
            .get_or_insert_with(|| all_fell_silent(&ages));
        let mut names = Vec::new();
        let mut fell_silent = false;
        for ((name, object), age) in objects.into_iter().zip(&ages) {
            if *age >= GONE {
                fell_silent |= self.heard.contains_key(&name);
                continue;
            }
            let written = object.last_modified.into();
            let heard = self.heard.entry(name.clone());
            let heard = heard.or_insert((written, now));
            if heard.0 != written {
                *heard = (written, now);
            }
            names.push((name, now - heard.1));
        }
        let did_all_fall_silent = names.is_empty() && fell_silent;
        let read = heard_of(names).into_iter().map(async |name| {
            let name = format!("{REPLICAS}/{name}");
            match bucket.read(&name, MAX_REPORT).await {
                Ok(None) => None, // it has left
                Ok(Some(object)) => serde_json::from_slice(&object.content).ok(),
                Err(_) => Some(ReplicaReport::default()),
            }
        });
        let read: Vec<Option<ReplicaReport>> =
            stream::iter(read).buffer_unordered(AT_ONCE).collect().await;
        Ok(Present {
            reports: read.into_iter().flatten().collect(),
            are_coming_back: did_all_fall_silent
                || is_after_outage
                    && begin.elapsed() < COMING_BACK
                    && ages.iter().any(|age| (GONE..OUTAGE).contains(age)),
        })
    }
}

/// The replicas that were heard of lately; all, if none was: then it is the library that was away.
fn heard_of(replicas: Vec<(String, Duration)>) -> Vec<String> {
    let is_heard = |silence: &Duration| *silence < SILENT;
    let is_any_heard = replicas.iter().any(|(_, silence)| is_heard(silence));
    { replicas.into_iter() }
        .filter(|(_, silence)| !is_any_heard || is_heard(silence))
        .map(|(name, _)| name)
        .collect()
}

/// True if there were replicas, and none of them has said anything lately.
fn all_fell_silent(ages: &[Duration]) -> bool {
    ages.iter().any(|age| *age < OUTAGE) && ages.iter().all(|age| *age >= GONE)
}

/// The time since a write, by this machine's clock and the service's.
fn age(object: &ObjectMeta) -> Duration {
    let age = SystemTime::now().duration_since(object.last_modified.into());
    age.unwrap_or_default()
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

    #[test]
    fn a_replica_that_is_silent_while_others_speak_is_gone() {
        for (silences, expected) in [
            (&[][..], &[][..]),
            (&[0, 9], &[0, 1]),
            (&[0, 10, 3], &[0, 2]),
            (&[10, 30], &[0, 1]),
        ] {
            let named = silences.iter().enumerate();
            let named =
                named.map(|(number, silence)| (number.to_string(), Duration::from_secs(*silence)));
            let expected: Vec<_> = expected
                .iter()
                .map(|number: &i32| number.to_string())
                .collect();
            assert_eq!(heard_of(named.collect()), expected, "{silences:?}");
        }
    }
}
