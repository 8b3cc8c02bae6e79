//! The build of one game, on a thread of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rust_i18n::t;
use tokio::sync::oneshot;

use crate::console::build_progress;
use crate::console::describe::Describe;
use crate::control::{sandbox, state};
use webserver::library::game::Game;
use webserver::publish::slot::Slot;
use webserver::site::Site;
use webserver::site::error::BuildError;
use webserver::site::options::BuildOptions;
use webserver::site::progress::BuildProgress;

/// Builds that take less show no progress.
pub(crate) const PROGRESS_DELAY: Duration = Duration::from_millis(100);

/// A game that is being built. Dropping it cancels the build.
#[derive(Debug)]
pub(crate) struct BuildJob {
    pub game: Game,
    progress: Arc<BuildProgress>,
    started: Instant,
    site: oneshot::Receiver<Result<Site, BuildError>>,
}

/// The reason that a build produced no site.
#[derive(Debug)]
pub(crate) enum BuildFailure {
    /// The game cannot be built, or the build was cancelled.
    Build(BuildError),
    /// The build's thread panicked.
    Panicked,
}

impl BuildFailure {
    /// The reason in the host's language.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Build(error) => error.text(),
            Self::Panicked => t!("build.panicked").into_owned(),
        }
    }
}

impl BuildJob {
    /// Starts a build on a thread that may read this game and nothing else. Unchanged files are taken from `earlier`.
    pub(crate) fn start(game: Game, options: BuildOptions, earlier: Option<Arc<Site>>) -> Self {
        let progress = Arc::new(BuildProgress::default());
        let (building, watched) = (game.clone(), Arc::clone(&progress));
        let (done, site) = oneshot::channel();
        let sandbox = sandbox::for_building(&game);
        // Inside the sandbox the machine's memory cannot be read.
        let options = options.measure_machine();
        std::thread::spawn(move || {
            sandbox.enter();
            let site = Site::build(&building, options, earlier.as_deref(), &watched);
            // Nobody receives the site of a cancelled build.
            let _ = done.send(site);
        });
        Self {
            game,
            progress,
            started: Instant::now(),
            site,
        }
    }

    /// Waits for the site. Cancel safe, but must not be called again after it has returned.
    ///
    /// # Errors
    /// If the game cannot be built.
    pub(crate) async fn finished(&mut self) -> Result<Site, BuildFailure> {
        match (&mut self.site).await {
            Ok(site) => site.map_err(BuildFailure::Build),
            Err(_) => Err(BuildFailure::Panicked),
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Whether the build has taken long enough to show its progress.
    pub(crate) fn shows_progress(&self) -> bool {
        self.started.elapsed() > PROGRESS_DELAY
    }

    /// The progress, for a terminal with this many columns.
    pub(crate) fn progress_line(&self, columns: usize) -> String {
        build_progress::line(&self.game, &self.progress, columns)
    }
}

impl Drop for BuildJob {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}

/// Compresses the site on the air, on a thread that nobody waits for: it may take longer than the program runs.
pub(crate) fn compress(slot: &'static Slot) {
    let sandbox = sandbox::for_compressing();
    std::thread::spawn(move || {
        sandbox.enter();
        slot.compress(state::cache().as_ref());
    });
}
