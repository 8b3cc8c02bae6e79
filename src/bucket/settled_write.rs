//! Conditional writes whose answer may be lost. The object itself then shows whether the write was carried out: a
//! second attempt would fail because of the first.

use std::time::Duration;

use tokio::time::sleep;

use crate::bucket::client::{Bucket, ChangedObject, Condition};
use crate::bucket::error::BucketError;
use crate::bucket::fetch::jitter;
use crate::bucket::object_version::ObjectVersion;

/// The attempts to write.
const ATTEMPTS: u32 = 4;

/// The pause before the second attempt; it doubles.
const PAUSE: Duration = Duration::from_millis(100);

impl Bucket {
    /// Writes an object of at most `most` bytes under a condition; returns its version.
    ///
    /// # Errors
    /// If the condition does not hold, or the service keeps failing.
    pub(super) async fn write_settled(
        &self,
        name: &str,
        (content, most): (Vec<u8>, u64),
        condition: Condition,
    ) -> Result<ObjectVersion, BucketError> {
        let mut pause = PAUSE;
        let mut attempt = 1;
        loop {
            let error = match self.write(name, content.clone(), condition.clone()).await {
                Ok(version) => return Ok(version),
                Err(error) => error,
            };
            if !matches!(
                error,
                BucketError::Changed { .. } | BucketError::Service { .. }
            ) {
                return Err(error);
            }
            let Ok(present) = self.read_changed(name, most, None).await else {
                return Err(error);
            };
            let is_unchanged = match (present, &condition) {
                (ChangedObject::Changed(object), _) if object.content == content => {
                    return Ok(object.version);
                }
                (ChangedObject::Changed(object), Condition::Unchanged(version)) => {
                    object.version == *version
                }
                (ChangedObject::Changed(_), condition) => matches!(condition, Condition::Whatever),
                (_, condition) => !matches!(condition, Condition::Unchanged(_)),
            };
            if !is_unchanged {
                return Err(BucketError::Changed {
                    object: self.display(name),
                });
            }
            if attempt == ATTEMPTS {
                return Err(error);
            }
            attempt += 1;
            sleep(pause.mul_f64(jitter())).await;
            pause *= 2;
        }
    }
}
