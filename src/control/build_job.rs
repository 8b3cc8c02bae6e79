//! A switch of game: one build at a time, a newer one cancels an older, and the game on the air stays there until
//! another is complete.

use std::sync::Arc;
use std::time::{Duration, Instant};

use console::Key;
use rust_i18n::t;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::RecvError;

use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::input::{HostInput, Input};
use crate::console::locale;
use crate::console::progress;
use crate::control::{sandbox, state};
use webserver::library::game::Game;
use webserver::publish::Slot;
use webserver::site::Site;
use webserver::site::build::{BuildError, BuildOptions};
use webserver::site::progress::BuildProgress;

/// A build that takes less is not worth a line.
pub(crate) const SHORT: Duration = Duration::from_millis(100);

/// A game being made into a site.
#[derive(Debug)]
pub(crate) struct BuildJob {
    /// The game.
    pub game: Game,
    /// How far it is.
    pub progress: Arc<BuildProgress>,
    since: Instant,
    built: oneshot::Receiver<BuildOutcome>,
}

/// What was made of a game.
pub(crate) type BuildOutcome = Result<Site, BuildError>;

impl BuildJob {
    /// Begins to build, on a thread that may read this game and nothing else. What has not changed is taken over from an
    /// earlier site of the same game.
    pub(crate) fn begin(game: Game, options: BuildOptions, earlier: Option<Arc<Site>>) -> Self {
        let progress = Arc::new(BuildProgress::default());
        let (building, watched) = (game.clone(), Arc::clone(&progress));
        let (done, built) = oneshot::channel();
        let confinement = sandbox::building(&game);
        std::thread::spawn(move || {
            confinement.enter();
            // Nobody waits any more for a build that was cancelled.
            let site = Site::build_after(earlier.as_deref(), &building, options, &watched);
            let _ = done.send(site);
        });
        Self {
            game,
            progress,
            since: Instant::now(),
            built,
        }
    }

    /// Waits for its end. Can be given up and called again, until it has returned.
    ///
    /// # Errors
    /// When the build panicked.
    pub(crate) async fn end(&mut self) -> Result<BuildOutcome, RecvError> {
        (&mut self.built).await
    }

    /// How long it has taken.
    pub(crate) fn took(&self) -> Duration {
        self.since.elapsed()
    }

    /// Whether it takes long enough to say how far it is.
    pub(crate) fn is_long(&self) -> bool {
        self.since.elapsed() > SHORT
    }

    /// How far it is, for a terminal of so many columns.
    pub(crate) fn line(&self, columns: usize) -> String {
        progress::line(&self.game, &self.progress, columns)
    }
}

impl Drop for BuildJob {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}

/// Prepares the content codings of the site on the air. It may take longer than the program runs, so nobody waits.
pub(crate) fn compress(published: &'static Slot) {
    let confinement = sandbox::keeping();
    std::thread::spawn(move || {
        confinement.enter();
        published.compress(state::cache().as_ref());
    });
}

/// Waits for the first build, with its progress on the terminal, where Esc and Ctrl-C end it.
///
/// # Errors
/// When it cannot be built.
pub(crate) async fn first(
    mut building: BuildJob,
    console: &mut HostInput,
) -> Result<Result<(Game, Site), Exit>, Failure> {
    let terminal = console.terminal.clone();
    let draw = |lines| {
        if let Some(terminal) = &terminal {
            // A terminal that is gone shows in the next key.
            let _ = terminal.draw(lines);
        }
    };
    let built = loop {
        if let Some(terminal) = terminal.as_ref().filter(|_| building.is_long()) {
            draw(vec![building.line(terminal.size().1)]);
        }
        tokio::select! {
            built = building.end() => break built.map_err(Failure::failed)?,
            key = pressed(console) => match key {
                Key::CtrlC => return Ok(Err(Exit::Interrupted)),
                Key::Escape => return Ok(Err(Exit::Done)),
                _ => {}
            },
            () = tokio::time::sleep(SHORT) => {}
        }
    };
    draw(Vec::new());
    let game = building.game.clone();
    match built {
        Ok(mut site) => {
            site.publish_at(state::publication_date());
            Ok(Ok((game, site)))
        }
        Err(error) => {
            let title = game.title.get(locale::current());
            Err(Failure::failed(t!(
                "build.failed",
                title = title,
                error = error.text()
            )))
        }
    }
}

/// The next key; lines of input are left for later.
async fn pressed(console: &mut HostInput) -> Key {
    if console.terminal.is_some()
        && let Some(Input::Key(key)) = console.next().await
    {
        return key;
    }
    std::future::pending().await
}
