//! A replica's access to the library: it reads the choice, and reports its own state.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::bucket::client::{Bucket, ChangedObject, Condition};
use crate::bucket::error::BucketError;
use crate::bucket::fetch::{jitter, object_name};
use crate::bucket::games::game;
use crate::bucket::object_version::ObjectVersion;
use crate::bucket::pointer::{ChosenGame, MAX_POINTER, OnAirPointer};
use crate::library::game::Game;
use crate::source::bucket::BucketPlace;
use crate::source::manifest::MAX_MANIFEST;

/// The object with the choice.
pub(crate) const POINTER: &str = "on-air.json";

/// The folder of the replicas' own objects.
pub(crate) const REPLICAS: &str = "replicas";

/// The most bytes of a replica's object.
pub(crate) const MAX_REPORT: u64 = 16 << 10;

/// The interval of looks, before jitter.
const LOOK: Duration = Duration::from_secs(1);

/// The interval between looks while a publication is pending.
const LOOK_SOON: Duration = Duration::from_millis(250);

/// The longest interval between looks while the service fails.
const LOOK_FAILING: Duration = Duration::from_secs(8);

/// The interval in which a replica says that it is there.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(15);

/// The interval while a game is to come: a publication waits for replicas that say so.
const HEARTBEAT_SOON: Duration = Duration::from_secs(3);

/// The state of a replica, in its own object.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct ReplicaReport {
    /// The manifests of the games that it holds.
    pub holds: Vec<String>,
    /// The manifest of a game that it cannot get, and the reason.
    pub failed: Option<(String, String)>,
}

/// A replica, by the name of its object.
#[derive(Debug)]
pub struct Replica {
    bucket: Bucket,
    place: Arc<BucketPlace>,
    name: String,
}

/// The state after earlier looks.
#[derive(Debug, Default)]
pub struct Looks {
    version: Option<ObjectVersion>,
    failures: u32,
}

impl Replica {
    /// Creates a replica with this name.
    ///
    /// # Errors
    /// When the address or the environment is wrong.
    pub fn new(place: &Arc<BucketPlace>, name: &str) -> Result<Self, BucketError> {
        Ok(Self {
            bucket: Bucket::with_patience(place, LOOK)?,
            place: Arc::clone(place),
            name: name.to_owned(),
        })
    }

    /// Looks at the choice; `None` if it has not changed since the last look.
    ///
    /// # Errors
    /// When the service fails, or the choice is malformed.
    pub async fn look(&self, looks: &mut Looks) -> Result<Option<OnAirPointer>, BucketError> {
        let known = looks.version.as_ref();
        let read = self.bucket.read_changed(POINTER, MAX_POINTER, known).await;
        looks.failures = match &read {
            Ok(_) => 0,
            Err(_) => looks.failures.saturating_add(1),
        };
        match read? {
            ChangedObject::Unchanged => Ok(None),
            ChangedObject::Absent => {
                let is_new = looks.version.take().is_some();
                Ok(is_new.then(OnAirPointer::default))
            }
            ChangedObject::Changed(object) => {
                looks.version = Some(object.version);
                let pointer = OnAirPointer::parse(&object.content);
                pointer.map(Some).map_err(|error| BucketError::Service {
                    object: self.bucket.display(POINTER),
                    problem: error.to_string(),
                })
            }
        }
    }

    /// Reads the game of a choice.
    ///
    /// # Errors
    /// If the service fails, or the manifest is missing, does not match or is refused.
    pub async fn game(&self, choice: &ChosenGame) -> Result<Game, BucketError> {
        let name = object_name(&choice.digest);
        let object = self.bucket.read(&name, MAX_MANIFEST).await?;
        let path = || self.bucket.display(&name);
        let object = object.ok_or_else(|| BucketError::FileMissing { path: path() })?;
        if blake3::hash(&object.content) != choice.digest {
            return Err(BucketError::OtherBytes { path: path() });
        }
        let game = game(&self.place, &choice.slug, &object.content);
        game.map_err(|refused| BucketError::Manifest {
            object: path(),
            refused,
        })
    }

    /// Reports what this replica holds.
    ///
    /// # Errors
    /// When the service fails.
    pub async fn report(&self, report: &ReplicaReport) -> Result<(), BucketError> {
        // Text and lists always have a form in JSON.
        let text = serde_json::to_vec(report).unwrap_or_default();
        self.bucket
            .write(&self.object(), text, Condition::Whatever)
            .await
            .map(drop)
    }

    /// Reports that this replica is shutting down.
    ///
    /// # Errors
    /// When the service fails.
    pub async fn leave(&self) -> Result<(), BucketError> {
        self.bucket.delete(&self.object()).await
    }

    fn object(&self) -> String {
        format!("{REPLICAS}/{}.json", self.name)
    }
}

impl Looks {
    /// The time until the next look: jittered, shorter while a publication is pending, longer while the service fails.
    pub fn pause(&self, is_soon: bool) -> Duration {
        let pause = match (self.failures, is_soon) {
            (0, true) => LOOK_SOON,
            (failures, _) => LOOK.saturating_mul(1 << failures.min(3)).min(LOOK_FAILING),
        };
        pause.mul_f64(jitter())
    }

    /// The interval in which a replica says that it is there: shorter while a game is to come.
    pub fn heartbeat(is_soon: bool) -> Duration {
        match is_soon {
            true => HEARTBEAT_SOON,
            false => HEARTBEAT,
        }
    }
}
