//! Watches the library of an arcade in object storage: lists its games now and then.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;

use webserver::bucket::games::{GamesVersion, version_of_games};
use webserver::source::bucket::BucketPlace;

/// The interval of looks. Each costs a request for a list, or one for each thousand games.
const LOOK: Duration = Duration::from_secs(10);

/// A library that is watched, by a thread that ends when this is dropped.
#[derive(Debug)]
pub(crate) struct BucketWatch {
    place: Arc<BucketPlace>,
    /// Closed when this is dropped.
    _end: Sender<()>,
}

impl BucketWatch {
    /// Starts to watch a library. Its first state is reported as a change: it may be another than the one that was read.
    /// Call it on a thread that may connect.
    fn start(place: Arc<BucketPlace>, changed: mpsc::Sender<()>) -> Self {
        let (_end, ended) = channel::<()>();
        let watched = Arc::clone(&place);
        let looking = thread::Builder::new().spawn(move || {
            let mut known: Option<GamesVersion> = None;
            loop {
                // While it is away, the games that are known stay.
                if let Ok(version) = version_of_games(&watched)
                    && known.as_ref() != Some(&version)
                {
                    known = Some(version);
                    // A report that waits already is enough.
                    let _ = changed.try_send(());
                }
                if ended.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        });
        if let Err(error) = looking {
            tracing::debug!("no thread to look at the library: {error}");
        }
        Self { place, _end }
    }

    /// Watches this library from now on, or none.
    pub(crate) fn follow(
        watch: &mut Option<Self>,
        place: Option<Arc<BucketPlace>>,
        changed: &mpsc::Sender<()>,
    ) {
        if watch.as_ref().map(|watch| &watch.place) != place.as_ref() {
            *watch = place.map(|place| Self::start(place, changed.clone()));
        }
    }
}
