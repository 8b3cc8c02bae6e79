//! The game on the air, and the one that is being built to replace it.
//!
//! One build runs at a time; a newer one cancels it. The game on the air stays there until the next is complete.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::console::failure::Failure;
use crate::console::locale;
use crate::console::message::t;
use crate::control::build_job::{BuildBasis, BuildFailure, BuildJob, MissingFiles};
use crate::control::protocol::Reply;
use crate::control::{build_job, state};
use webserver::library::game::Game;
use webserver::metrics::counters::Counters;
use webserver::publish::slot::Slot;
use webserver::site::Site;
use webserver::site::error::BuildError;
use webserver::site::options::BuildOptions;

/// Publishes games in one slot.
#[derive(Debug)]
pub(crate) struct Publisher {
    slot: &'static Slot,
    counters: &'static Counters,
    current: Option<PublishedGame>,
    pending: Option<PendingBuild>,
}

/// The game on the air, as the library has it now.
#[derive(Clone, Debug)]
pub(crate) struct PublishedGame {
    pub game: Game,
    /// The time it replaced another game.
    pub since: Instant,
    missing: MissingFiles,
}

#[derive(Debug)]
struct PendingBuild {
    job: BuildJob,
    reply: Option<ReplySender>,
}

/// The channel to a client that waits for the outcome of a command.
pub(crate) type ReplySender = oneshot::Sender<Reply>;

/// The outcome of a build.
#[derive(Debug)]
pub(crate) enum Publication {
    /// The game is on the air. The client, if there is one, has no reply yet.
    Published {
        reply: Option<ReplySender>,
    },
    /// The game that was on the air stays; the client has been told.
    Failed(Failure),
    /// The game lacks a file that it had before: an export is still being written.
    Incomplete(Failure),
    Cancelled,
}

impl Publisher {
    /// A publisher for a slot that waits for its first game.
    pub(crate) fn new(slot: &'static Slot, counters: &'static Counters) -> Self {
        Self {
            slot,
            counters,
            current: None,
            pending: None,
        }
    }

    pub(crate) fn slot(&self) -> &'static Slot {
        self.slot
    }

    pub(crate) fn current(&self) -> Option<&PublishedGame> {
        self.current.as_ref()
    }

    pub(crate) fn game(&self) -> Option<&Game> {
        self.current.as_ref().map(|current| &current.game)
    }

    /// Applies the library's description of the game on the air.
    pub(crate) fn update_game(&mut self, game: &Game) {
        if let Some(current) = &mut self.current {
            current.game = game.clone();
        }
    }

    /// The site on the air, which may be the waiting one.
    pub(crate) fn site(&self) -> Arc<Site> {
        Arc::clone(&self.slot.load().site)
    }

    /// The build that is running.
    pub(crate) fn job(&self) -> Option<&BuildJob> {
        self.pending.as_ref().map(|pending| &pending.job)
    }

    /// True if the game on the air is being built again.
    pub(crate) fn is_rebuilding(&self) -> bool {
        let building = self.job().map(|job| &job.game.slug);
        building.is_some() && building == self.game().map(|game| &game.slug)
    }

    /// Waits for the end of the build, for ever if none is running. Cancel safe.
    pub(crate) async fn built(&mut self) -> Result<Site, BuildFailure> {
        match &mut self.pending {
            Some(pending) => pending.job.finished().await,
            None => std::future::pending().await,
        }
    }

    /// Starts to build a game; cancels the build that is running.
    pub(crate) fn build(&mut self, game: Game, options: BuildOptions, reply: Option<ReplySender>) {
        self.start(game, options, None, reply);
    }

    /// Starts to build the game on the air again after a change on disk, unless it lacks a file that it had before.
    pub(crate) fn rebuild_if_complete(&mut self, game: Game, options: BuildOptions) {
        let missing = self.current.as_ref().map(|game| Arc::clone(&game.missing));
        self.start(game, options, Some(missing.unwrap_or_default()), None);
    }

    fn start(
        &mut self,
        game: Game,
        options: BuildOptions,
        missing_before: Option<MissingFiles>,
        reply: Option<ReplySender>,
    ) {
        self.abandon(&t!("build.superseded", title = title(&game)));
        let basis = BuildBasis {
            earlier: self.slot.site_of(&game.slug),
            missing_before,
        };
        let job = BuildJob::start(game, options, basis);
        self.pending = Some(PendingBuild { job, reply });
    }

    /// Cancels the build that is running.
    pub(crate) fn cancel(&mut self) {
        if let Some(pending) = &self.pending {
            let title = title(&pending.job.game);
            tracing::info!(event = "build_cancelled", title);
            self.abandon(&t!("build.cancelled"));
        }
    }

    fn abandon(&mut self, reason: &str) {
        if let Some(PendingBuild {
            job,
            reply: Some(reply),
        }) = self.pending.take()
        {
            // The client may have gone away.
            let _ = reply.send(Err(failure(&job.game, reason)));
        }
    }

    /// Publishes the finished build, or tells the client why there is none.
    pub(crate) fn finish(&mut self, built: Result<Site, BuildFailure>) -> Publication {
        let Some(PendingBuild { job, reply }) = self.pending.take() else {
            return Publication::Cancelled;
        };
        let took = job.elapsed();
        let error = match built {
            Ok(site) => {
                self.counters.built(took, true);
                self.publish(job.game.clone(), site, took);
                return Publication::Published { reply };
            }
            Err(BuildFailure::Build(BuildError::Cancelled)) => return Publication::Cancelled,
            Err(error @ BuildFailure::Incomplete { .. }) => {
                return Publication::Incomplete(failure(&job.game, &error.text()));
            }
            Err(error) => error,
        };
        self.counters.built(took, false);
        let failed = failure(&job.game, &error.text());
        if let Some(reply) = reply {
            let _ = reply.send(Err(failure(&job.game, &error.text())));
        }
        Publication::Failed(failed)
    }

    fn publish(&mut self, game: Game, mut site: Site, took: Duration) {
        let is_new = self.site().id != site.id;
        let event = PublicationEvent::new(&game, &site, took, is_new);
        let missing = is_new.then(|| {
            site.publish_at(state::publication_date());
            self.swap(&game, site)
        });
        // After the swap: a reader of the line may load the game at once.
        if self.current.is_some() {
            event.log();
        }
        state::remember_game(&game.slug);
        let before = self.current.take();
        let known = before.as_ref().map(|current| Arc::clone(&current.missing));
        let missing = missing.or(known).unwrap_or_default();
        let same = |current: &PublishedGame| current.game.slug == game.slug;
        let since = match before {
            Some(current) if same(&current) => current.since,
            _ => Instant::now(),
        };
        self.current = Some(PublishedGame {
            game,
            since,
            missing,
        });
    }

    /// Adopts a game that this server, as a replica, has put on the air.
    pub(crate) fn take_over(&mut self, game: Game, took: Duration) {
        self.counters.built(took, true);
        if self.current.is_some() {
            PublicationEvent::new(&game, &self.site(), took, true).log();
        }
        let missing = build_job::finish_in_background(&game, self.slot, || {});
        self.current = Some(PublishedGame {
            game,
            since: Instant::now(),
            missing,
        });
    }

    /// Has a game count as published.
    #[cfg(test)]
    pub(crate) fn assume_on_air(&mut self, game: Game) {
        let (since, missing) = (Instant::now(), MissingFiles::default());
        let _ = missing.set(std::collections::BTreeSet::new());
        self.current = Some(PublishedGame {
            game,
            since,
            missing,
        });
    }

    fn swap(&mut self, game: &Game, site: Site) -> MissingFiles {
        self.slot.publish(site);
        self.counters.browsers.set_turn(self.slot.load().turn);
        if self.current.is_some() {
            self.counters.switched();
        }
        build_job::finish_in_background(game, self.slot, || {})
    }
}

/// A publication in the log.
struct PublicationEvent {
    slug: String,
    title: String,
    files: u64,
    bytes: u64,
    millis: u64,
    is_new: bool,
}

impl PublicationEvent {
    fn new(game: &Game, site: &Site, took: Duration, is_new: bool) -> Self {
        Self {
            slug: game.slug.clone(),
            title: title(game),
            files: site.files as u64,
            bytes: site.bytes,
            millis: took.as_millis() as u64,
            is_new,
        }
    }

    fn log(self) {
        let Self {
            slug,
            title,
            files,
            bytes,
            millis,
            ..
        } = self;
        match self.is_new {
            true => tracing::info!(event = "published", slug, title, files, bytes, millis),
            false => tracing::info!(event = "unchanged", slug, title, files, bytes, millis),
        }
    }
}

/// The failure of a game's build.
pub(crate) fn failure(game: &Game, reason: &str) -> Failure {
    Failure::failed(t!("build.failed", title = title(game), error = reason))
}

/// A game's title in the host's language.
pub(crate) fn title(game: &Game) -> String {
    game.title.get(locale::current()).to_owned()
}
