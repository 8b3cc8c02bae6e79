//! A switch of game: one build at a time, a newer one cancels an older, and the game on the air stays there until
//! another is complete.

use std::sync::Arc;
use std::time::{Duration, Instant};

use console::Key;
use rust_i18n::t;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::RecvError;
use webserver::games::Game;
use webserver::published::Published;
use webserver::site::{BuildError, Options, Progress, Site};

use super::input::{Console, Input};
use super::{confine, memory, progress};
use crate::report::{Exit, Failure};

/// A build that takes less is not worth a line.
pub const SHORT: Duration = Duration::from_millis(100);

/// A game being made into a site.
#[derive(Debug)]
pub struct Building {
    /// The game.
    pub game: Game,
    /// How far it is.
    pub progress: Arc<Progress>,
    since: Instant,
    built: oneshot::Receiver<Built>,
}

/// What was made of a game.
pub type Built = Result<Site, BuildError>;

impl Building {
    /// Begins to build, on a thread that may read this game and nothing else. What has not changed is taken over from an
    /// earlier site of the same game.
    pub fn begin(game: Game, options: Options, earlier: Option<Arc<Site>>) -> Self {
        let progress = Arc::new(Progress::default());
        let (building, watched) = (game.clone(), Arc::clone(&progress));
        let (done, built) = oneshot::channel();
        let confinement = confine::building(&game);
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
    pub async fn end(&mut self) -> Result<Built, RecvError> {
        (&mut self.built).await
    }

    /// How long it has taken.
    pub fn took(&self) -> Duration {
        self.since.elapsed()
    }

    /// Whether it takes long enough to say how far it is.
    pub fn is_long(&self) -> bool {
        self.since.elapsed() > SHORT
    }

    /// How far it is, for a terminal of so many columns.
    pub fn line(&self, columns: usize) -> String {
        progress::line(&self.game, &self.progress, columns)
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}

/// Prepares the content codings of the site on the air. It may take longer than the program runs, so nobody waits.
pub fn compress(published: &'static Published) {
    let confinement = confine::keeping();
    std::thread::spawn(move || {
        confinement.enter();
        published.compress(memory::cache().as_ref());
    });
}

/// Waits for the first build, with its progress on the terminal, where Esc and Ctrl-C end it.
///
/// # Errors
/// When it cannot be built.
pub async fn first(
    mut building: Building,
    console: &mut Console,
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
            site.publish_at(memory::publication_date());
            Ok(Ok((game, site)))
        }
        Err(error) => {
            let title = game.title;
            Err(Failure::failed(t!(
                "build.failed",
                title = title,
                error = error
            )))
        }
    }
}

/// The next key; lines of input are left for later.
async fn pressed(console: &mut Console) -> Key {
    if console.terminal.is_some()
        && let Some(Input::Key(key)) = console.next().await
    {
        return key;
    }
    std::future::pending().await
}
