//! The build of one game, on a thread of its own.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::console::build_progress;
use crate::console::describe::Describe;
use crate::console::message::t;
use crate::control::status::BuildStatus;
use crate::control::{sandbox, state};
use webserver::bucket::error::BucketError;
use webserver::bucket::fetch::fetch;
use webserver::check::missing::{missing_files, published_faults};
use webserver::fs::machine;
use webserver::library::game::Game;
use webserver::publish::slot::Slot;
use webserver::site::Site;
use webserver::site::cache::Cache;
use webserver::site::error::BuildError;
use webserver::site::options::BuildOptions;
use webserver::site::progress::BuildProgress;
use webserver::source::Source;

/// Held while a site is compressed: that takes up to 100 MB and a whole processor, and an arcade may open many games at
/// once.
static COMPRESSING: Mutex<()> = Mutex::new(());

/// The longest wait for the missing files of the game on the air, which are looked for at low priority.
const LONGEST_LOOK: Duration = Duration::from_secs(10);

/// Builds that take less show no progress.
pub(crate) const PROGRESS_DELAY: Duration = Duration::from_millis(100);

/// A game that is being built. Dropping it cancels the build.
#[derive(Debug)]
pub(crate) struct BuildJob {
    pub game: Game,
    progress: Arc<BuildProgress>,
    started: Instant,
    site: oneshot::Receiver<Result<Site, BuildFailure>>,
    /// True if the system refused a thread for it.
    has_no_thread: bool,
}

/// The reason that a build produced no site.
#[derive(Debug)]
pub(crate) enum BuildFailure {
    /// The game cannot be built, or the build was cancelled.
    Build(BuildError),
    /// The files of a game in object storage cannot be fetched.
    Fetch(BucketError),
    /// The game lacks a file that it had before.
    Incomplete { file: String },
    /// The system refused a thread for the build.
    NoThread,
    /// The build's thread panicked.
    Panicked,
}

impl BuildFailure {
    /// The reason in the host's language.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Build(error) => error.text(),
            Self::Fetch(error) => error.text(),
            Self::Incomplete { file } => t!("build.incomplete", file = file).into_owned(),
            Self::NoThread => t!("serve.no_thread").into_owned(),
            Self::Panicked => t!("build.panicked").into_owned(),
        }
    }
}

/// The starting point of a build.
#[derive(Debug, Default)]
pub(crate) struct BuildBasis {
    /// The earlier site of the same game: unchanged files are taken from it.
    pub earlier: Option<Arc<Site>>,
    /// The files that were missing when the game was published. If more are missing now, an export is still being
    /// written, and the build fails. `None` builds the game as it is.
    pub missing_before: Option<MissingFiles>,
}

impl BuildJob {
    /// Starts a build on a thread that may read this game and nothing else.
    pub(crate) fn start(game: Game, options: BuildOptions, basis: BuildBasis) -> Self {
        let progress = Arc::new(BuildProgress::default());
        let (building, watched) = (game.clone(), Arc::clone(&progress));
        let (done, site) = oneshot::channel();
        let sandbox = sandbox::for_building(&game);
        // Inside the sandbox the machine's memory cannot be read.
        let options = options.measure_machine();
        let spawned = thread::Builder::new().spawn(move || {
            // Before the sandbox, which has no network.
            if let Err(failure) = fetch_files(&building, &watched) {
                let _ = done.send(Err(failure));
                return;
            }
            sandbox.enter();
            let site = match basis.newly_missing(&building) {
                Some(file) => Err(BuildFailure::Incomplete { file }),
                None => Site::build(&building, options, basis.earlier.as_deref(), &watched)
                    .map_err(BuildFailure::Build),
            };
            // Nobody receives the site of a cancelled build.
            let _ = done.send(site);
        });
        Self {
            game,
            progress,
            started: Instant::now(),
            site,
            has_no_thread: spawned.is_err(),
        }
    }

    /// Waits for the site. Cancel safe, but must not be called again after it has returned.
    ///
    /// # Errors
    /// If the game cannot be built.
    pub(crate) async fn finished(&mut self) -> Result<Site, BuildFailure> {
        match (&mut self.site).await {
            Ok(site) => site,
            Err(_) if self.has_no_thread => Err(BuildFailure::NoThread),
            Err(_) => Err(BuildFailure::Panicked),
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// True if the build has taken long enough to show its progress.
    pub(crate) fn shows_progress(&self) -> bool {
        self.started.elapsed() > PROGRESS_DELAY
    }

    /// The progress, in numbers.
    pub(crate) fn status(&self) -> BuildStatus {
        let (files, all_files) = self.progress.files();
        let (bytes, all_bytes) = self.progress.bytes();
        BuildStatus {
            game: self.game.slug.clone(),
            files,
            all_files,
            bytes,
            all_bytes,
        }
    }

    /// The progress, for a terminal with this many columns.
    pub(crate) fn progress_line(&self, columns: usize) -> String {
        build_progress::line(&self.game, &self.progress, columns)
    }
}

/// Fetches the files of a game in object storage.
fn fetch_files(game: &Game, progress: &BuildProgress) -> Result<(), BuildFailure> {
    let Source::Bucket(files) = &game.source else {
        return Ok(());
    };
    let transferred = |bytes, all| progress.fetch(bytes, all);
    fetch(files, progress.cancellation(), &transferred).map_err(|error| match error {
        BucketError::Cancelled => BuildFailure::Build(BuildError::Cancelled),
        error => BuildFailure::Fetch(error),
    })
}

impl BuildBasis {
    /// The first file that is missing now and was not before.
    fn newly_missing(&self, game: &Game) -> Option<String> {
        let before = self.missing_before.as_ref()?;
        match missing_files(game) {
            Ok(missing) if missing.is_empty() => None,
            Ok(missing) => missing.difference(&known(before)).next().cloned(),
            // The whole folder is gone, or is being replaced.
            Err(_) => Some(game.entry.clone()),
        }
    }
}

/// The files that were missing. The game may have changed a moment after it was published, while they were looked for.
fn known(before: &MissingFiles) -> BTreeSet<String> {
    let until = Instant::now() + LONGEST_LOOK;
    while before.get().is_none() && Instant::now() < until {
        thread::sleep(Duration::from_millis(20));
    }
    before.get().cloned().unwrap_or_default()
}

impl Drop for BuildJob {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}

/// The files that are missing from a published game, once they are known.
pub(crate) type MissingFiles = Arc<OnceLock<BTreeSet<String>>>;

/// Finds the missing files of the game on the air and compresses its site, then calls `compressed`, on a thread that
/// nobody waits for: it may take longer than the program runs.
pub(crate) fn finish_in_background(
    game: &Game,
    slot: &'static Slot,
    compressed: impl FnOnce() + Send + 'static,
) -> MissingFiles {
    let sandbox = sandbox::for_building(game);
    let missing = MissingFiles::default();
    let (game, found) = (game.clone(), Arc::clone(&missing));
    let started = thread::Builder::new().spawn(move || {
        sandbox.enter();
        // Another game may be opened meanwhile, for which a player waits.
        machine::lower_priority();
        // A game that cannot be read has changed since.
        let faults = published_faults(&game).unwrap_or_default();
        // Nobody else sets it.
        let _ = found.set(faults.missing);
        if let Some(project) = faults.unbuilt {
            let (file, command, folder) = (project.reference, project.command, project.folder);
            tracing::warn!(event = "unbuilt_project", file, command, folder);
        }
        compress_in_turn(slot, state::cache().as_ref());
        compressed();
    });
    if let Err(error) = started {
        // The game is on the air as it is.
        tracing::debug!("no thread to compress the site: {error}");
        // Nobody shall wait for it.
        let _ = missing.set(BTreeSet::new());
    }
    missing
}

/// Compresses the site of a slot when no other site is being compressed.
fn compress_in_turn(slot: &Slot, cache: Option<&Cache>) {
    let _turn = COMPRESSING.lock();
    slot.compress(cache);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{RecvTimeoutError, channel};

    #[test]
    fn only_one_site_is_compressed_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "page ".repeat(1000)).unwrap();
        let game = Game::from_folder(folder.path()).unwrap();
        let progress = BuildProgress::default();
        let site = Site::build(&game, BuildOptions::default(), None, &progress).unwrap();
        let slot = Slot::start(site);
        let (done, is_done) = channel();
        thread::scope(|threads| {
            let other = COMPRESSING.lock();
            threads.spawn(|| {
                compress_in_turn(slot, None);
                done.send(()).unwrap();
            });
            // Without a turn, a page of this size is compressed in a fraction of this.
            let waited = is_done.recv_timeout(Duration::from_secs(2));
            assert_eq!(waited, Err(RecvTimeoutError::Timeout));
            drop(other);
            is_done.recv_timeout(Duration::from_secs(300)).unwrap();
        });
    }

    #[test]
    fn a_file_that_was_missing_before_is_not_newly_missing() {
        let folder = tempfile::tempdir().unwrap();
        let page = "<!doctype html><script src=gone.js></script>";
        std::fs::write(folder.path().join("index.html"), page).unwrap();
        let game = Game::from_folder(folder.path()).unwrap();
        let newly_missing = |missing_before: Option<MissingFiles>| {
            let basis = BuildBasis {
                earlier: None,
                missing_before,
            };
            basis.newly_missing(&game)
        };
        let gone = || BTreeSet::from(["gone.js".to_owned()]);
        let known = |missing: BTreeSet<String>| Some(Arc::new(OnceLock::from(missing)));
        assert_eq!(newly_missing(None), None);
        assert_eq!(newly_missing(known(gone())), None);
        let found = newly_missing(known(BTreeSet::new()));
        assert_eq!(found.as_deref(), Some("gone.js"));
        // It is known only after the game has changed.
        let late = MissingFiles::default();
        thread::scope(|threads| {
            threads.spawn(|| {
                thread::sleep(Duration::from_millis(300));
                late.set(gone()).unwrap();
            });
            assert_eq!(newly_missing(Some(Arc::clone(&late))), None);
        });
    }
}
