//! The client of one library in object storage. Requests are retried; writes of objects can depend on their version.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    Error, GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion,
};
use tokio::runtime::Builder;

use crate::bucket::address::BucketAddress;
use crate::bucket::error::{BucketError, root_cause};
use crate::bucket::object_version::ObjectVersion;
use crate::bucket::services::connect;
use crate::source::bucket::BucketPlace;

/// The time after which a request is not tried again.
const RETRY: Duration = Duration::from_secs(20);

/// An object that was read whole.
#[derive(Clone, Debug)]
pub(crate) struct StoredObject {
    pub(crate) content: Bytes,
    pub(crate) version: ObjectVersion,
}

/// The condition of a write.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// The object does not exist.
    Absent,
    /// The object has this version.
    Unchanged(ObjectVersion),
    /// None.
    Whatever,
}

/// The client of a library.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub(super) store: Arc<dyn ObjectStore>,
    prefix: Path,
    address: String,
    /// The folder on disk, if it is one.
    folder: Option<PathBuf>,
}

impl Bucket {
    /// Creates the client. Credentials come from the environment.
    ///
    /// # Errors
    /// When the address or the environment is wrong.
    pub fn new(place: &BucketPlace) -> Result<Self, BucketError> {
        Self::with_patience(place, RETRY)
    }

    /// Creates a client that stops retrying requests after this time.
    ///
    /// # Errors
    /// Same as [`Self::new`].
    pub(crate) fn with_patience(
        place: &BucketPlace,
        patience: Duration,
    ) -> Result<Self, BucketError> {
        // An error means that a provider is already installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address: BucketAddress = place.address.parse()?;
        let settings = |error: Error| BucketError::Settings {
            address: address.to_string(),
            problem: root_cause(&error),
        };
        let endpoint = place.endpoint.as_deref();
        let store = connect(&address, endpoint, patience).map_err(settings)?;
        let path = match address.url().scheme() {
            "file" => String::new(),
            _ => address.url().path().to_owned(),
        };
        let prefix = Path::from_url_path(path).map_err(|error| settings(error.into()))?;
        Ok(Self {
            store,
            prefix,
            folder: address.url().to_file_path().ok(),
            address: address.to_string(),
        })
    }

    /// The full path of an object.
    pub(super) fn path(&self, name: &str) -> Path {
        let parts = name.split('/').map(object_store::path::PathPart::from);
        parts.fold(self.prefix.clone(), |path, part| path.join(part))
    }

    /// The address of an object, for messages.
    pub(super) fn display(&self, name: &str) -> String {
        format!("{}/{name}", self.address)
    }

    /// Reads an object of at most `most` bytes; `None` if there is none.
    pub(super) async fn read(
        &self,
        name: &str,
        most: u64,
    ) -> Result<Option<StoredObject>, BucketError> {
        match self.read_changed(name, most, None).await? {
            ChangedObject::Changed(object) => Ok(Some(object)),
            ChangedObject::Unchanged | ChangedObject::Absent => Ok(None),
        }
    }

    /// Reads an object of at most `most` bytes, unless it still has the given version.
    pub(super) async fn read_changed(
        &self,
        name: &str,
        most: u64,
        known: Option<&ObjectVersion>,
    ) -> Result<ChangedObject, BucketError> {
        let failed = |error| BucketError::of(error, &self.display(name));
        let options = GetOptions {
            if_none_match: known.and_then(|version| version.tag.clone()),
            ..GetOptions::default()
        };
        let result = match self.store.get_opts(&self.path(name), options).await {
            Ok(result) => result,
            Err(Error::NotFound { .. }) => return Ok(ChangedObject::Absent),
            Err(Error::NotModified { .. }) => return Ok(ChangedObject::Unchanged),
            Err(error) => return Err(failed(error)),
        };
        let version = ObjectVersion::of(&result.meta);
        let mut chunks = result.into_stream();
        let mut content = BytesMut::new();
        while let Some(chunk) = chunks.try_next().await.map_err(failed)? {
            if (content.len() + chunk.len()) as u64 > most {
                return Err(BucketError::Service {
                    object: self.display(name),
                    problem: format!("> {most} B"),
                });
            }
            content.extend_from_slice(&chunk);
        }
        Ok(ChangedObject::Changed(StoredObject {
            content: content.freeze(),
            version,
        }))
    }

    /// Writes an object; returns its version.
    pub(super) async fn write(
        &self,
        name: &str,
        content: impl Into<Bytes>,
        condition: Condition,
    ) -> Result<ObjectVersion, BucketError> {
        let failed = |error| BucketError::of(error, &self.display(name));
        let mode = match &condition {
            Condition::Absent => PutMode::Create,
            Condition::Unchanged(ObjectVersion { tag, version }) => {
                PutMode::Update(UpdateVersion {
                    e_tag: tag.clone(),
                    version: version.clone(),
                })
            }
            Condition::Whatever => PutMode::Overwrite,
        };
        let (path, content) = (self.path(name), content.into());
        let put = |mode: PutMode| {
            let options = PutOptions::from(mode);
            self.store.put_opts(&path, content.clone().into(), options)
        };
        let written = match (put(mode).await, condition) {
            // A folder on disk compares nothing itself.
            (Err(Error::NotImplemented { .. }), Condition::Unchanged(version)) => {
                let _lock = self.lock(name)?;
                let present = self.store.head(&path).await.map_err(failed)?;
                if ObjectVersion::of(&present) != version {
                    return Err(BucketError::Changed {
                        object: self.display(name),
                    });
                }
                put(PutMode::Overwrite).await
            }
            (written, _) => written,
        };
        let written = written.map_err(failed)?;
        Ok(ObjectVersion {
            tag: written.e_tag,
            version: written.version,
        })
    }

    /// Locks the folder on disk against other writers.
    fn lock(&self, name: &str) -> Result<Option<File>, BucketError> {
        let Some(folder) = &self.folder else {
            return Ok(None);
        };
        let lock = File::open(folder).and_then(|lock| lock.lock().map(|()| lock));
        lock.map(Some).map_err(|error| BucketError::Service {
            object: self.display(name),
            problem: error.to_string(),
        })
    }

    /// Deletes an object, which need not exist.
    pub(super) async fn delete(&self, name: &str) -> Result<(), BucketError> {
        match self.store.delete(&self.path(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(BucketError::of(error, &self.display(name))),
        }
    }

    /// Lists at most `most` objects in a folder, in no particular order. Also returns whether the list is complete.
    pub(super) async fn list(
        &self,
        folder: &str,
        most: usize,
    ) -> Result<(Vec<(String, ObjectMeta)>, bool), BucketError> {
        let failed = |error| BucketError::of(error, &self.display(folder));
        let path = self.path(folder);
        let mut objects = self.store.list(Some(&path)).boxed();
        let mut listed = Vec::new();
        while let Some(object) = objects.try_next().await.map_err(failed)? {
            if listed.len() == most {
                return Ok((listed, false));
            }
            let mut below = object.location.prefix_match(&path).into_iter().flatten();
            if let (Some(name), None) = (below.next(), below.next()) {
                let name = name.as_ref().to_owned();
                drop(below);
                listed.push((name, object));
            }
        }
        Ok((listed, true))
    }
}

/// The outcome of reading an object whose version may be known.
#[derive(Debug)]
pub(crate) enum ChangedObject {
    /// It has another version.
    Changed(StoredObject),
    /// It still has the version.
    Unchanged,
    /// There is none.
    Absent,
}

/// Runs a task on a thread of its own, to its end.
pub(super) fn block_on<T: Send>(
    task: impl AsyncFnOnce() -> Result<T, BucketError> + Send,
) -> Result<T, BucketError> {
    let run = || {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(no_runtime)?;
        let result = runtime.block_on(task());
        // Do not wait for a look-up of a name.
        runtime.shutdown_background();
        result
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, run);
        match thread.map_err(no_runtime)?.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// The system gives no thread or no poll.
fn no_runtime(error: io::Error) -> BucketError {
    BucketError::Service {
        object: "tokio".to_owned(),
        problem: error.to_string(),
    }
}
