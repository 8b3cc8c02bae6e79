//! The game on the air, followed: its files are watched, and it is built again when they change.

use std::time::{Duration, Instant};

use crate::console::failure::Failure;
use crate::console::message::t;
use crate::control::build_job::BuildFailure;
use crate::control::protocol::Reply;
use crate::control::publisher::{Publication, Publisher, ReplySender};
use crate::control::watch::{Changed, Watcher};
use webserver::config::Config;
use webserver::library::game::Game;
use webserver::site::Site;

/// The time after which an incomplete export is published.
const MAX_INCOMPLETE: Duration = Duration::from_secs(30);

/// The publisher, and the watcher of what it publishes.
pub(crate) struct FollowedGame {
    pub publisher: Publisher,
    watcher: Watcher,
    /// The time since which the changed game on the air lacks files.
    incomplete_since: Option<Instant>,
    /// True if the game on the air has changed on disk, and another game is built instead.
    is_behind: bool,
}

/// Something that happened to the game on the air, or to the one that replaces it.
pub(crate) enum FollowedEvent {
    Built(Box<Result<Site, BuildFailure>>),
    Changed(Changed),
}

impl FollowedGame {
    pub(crate) fn new(publisher: Publisher) -> Self {
        Self {
            publisher,
            watcher: Watcher::default(),
            incomplete_since: None,
            is_behind: false,
        }
    }

    /// Waits for the end of the build, else for a change on disk. Changes during a build are reported after it.
    /// Cancel safe.
    pub(crate) async fn next(&mut self) -> FollowedEvent {
        match self.publisher.job() {
            Some(_) => FollowedEvent::Built(Box::new(self.publisher.built().await)),
            None => FollowedEvent::Changed(self.watcher.changed().await),
        }
    }

    /// Starts to build a game, which is followed from now on.
    pub(crate) fn build(&mut self, game: Game, config: &Config, reply: Option<ReplySender>) {
        let has_changed = self.publisher.is_rebuilding() || self.incomplete_since.is_some();
        let is_other = |current: &Game| current.slug != game.slug;
        self.is_behind |= has_changed;
        self.is_behind &= self.publisher.game().is_some_and(is_other);
        self.incomplete_since = None;
        self.watch(Some(&game), config);
        self.publisher.build(game, config.site, reply);
    }

    /// Cancels the build that is running.
    pub(crate) fn cancel(&mut self, config: &Config) {
        self.publisher.cancel();
        self.catch_up(config);
    }

    /// Builds the game on the air again if that was put off for another game, which is not published after all.
    fn catch_up(&mut self, config: &Config) {
        if std::mem::take(&mut self.is_behind) {
            self.rebuild_if_complete(config);
        }
    }

    /// Starts to build the game on the air again.
    pub(crate) fn rebuild(&mut self, config: &Config, reply: Option<ReplySender>) {
        match (self.publisher.game().cloned(), reply) {
            (Some(game), reply) => self.build(game.located_again(), config, reply),
            (None, Some(reply)) => send(reply, Err(Failure::failed(t!("status.no_game")))),
            (None, None) => {}
        }
    }

    /// Starts to build the game on the air again, once its files are complete.
    pub(crate) fn rebuild_if_complete(&mut self, config: &Config) {
        if let Some(mut game) = self.publisher.game().cloned() {
            if game.can_be_located() {
                game = game.located_again();
            }
            self.watch(Some(&game), config);
            self.publisher.rebuild_if_complete(game, config.site);
        }
    }

    /// Starts to build the game on the air again although it may be incomplete.
    pub(crate) fn rebuild_unfinished(&mut self, config: &Config) {
        let seconds = MAX_INCOMPLETE.as_secs();
        tracing::warn!(event = "build_unfinished", seconds);
        self.rebuild(config, None);
    }

    /// Publishes the finished build. An incomplete game stays off the air until it is complete.
    pub(crate) fn finish(
        &mut self,
        built: Result<Site, BuildFailure>,
        config: &Config,
    ) -> Publication {
        let publication = self.publisher.finish(built);
        match &publication {
            Publication::Published { .. } | Publication::Failed(_) => self.incomplete_since = None,
            // Said once.
            Publication::Incomplete(failure) if self.incomplete_since.is_none() => {
                self.incomplete_since = Some(Instant::now());
                tracing::warn!(event = "build_failed", message = failure.what);
            }
            Publication::Incomplete(_) | Publication::Cancelled => {}
        }
        self.follow(config);
        let is_published = matches!(publication, Publication::Published { .. });
        self.watcher.mind_permissions(!is_published);
        match is_published {
            true => self.is_behind = false,
            false => self.catch_up(config),
        }
        publication
    }

    /// True if the game on the air has lacked files for so long that it is published without them.
    pub(crate) fn is_overdue(&self) -> bool {
        self.incomplete_since
            .is_some_and(|since| since.elapsed() >= MAX_INCOMPLETE)
    }

    /// Applies the library's description of the game on the air, and the config's setting for watching.
    pub(crate) fn update(&mut self, game: Option<&Game>, config: &Config) {
        if let Some(game) = game {
            self.publisher.update_game(game);
        }
        self.follow(config);
    }

    fn follow(&mut self, config: &Config) {
        let next = self.publisher.job().map(|job| job.game.clone());
        self.watch(next.as_ref(), config);
    }

    /// Watches the game on the air, the one that is being built, and the config file.
    fn watch(&mut self, next: Option<&Game>, config: &Config) {
        if !config.watch {
            self.watcher = Watcher::default();
            return;
        }
        let next = next.map(|game| &game.source);
        let current = self.publisher.game().map(|game| &game.source);
        self.watcher.follow(current, next, config.file());
    }
}

/// Sends a reply to a client, which may have gone away.
pub(crate) fn send(sender: ReplySender, reply: Reply) {
    let _ = sender.send(reply);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use webserver::metrics::counters::Counters;
    use webserver::publish::slot::Slot;

    #[tokio::test]
    async fn a_change_is_not_lost_with_another_game_that_fails_or_is_cancelled() {
        let folder = tempfile::tempdir().unwrap();
        let game = |name: &str| {
            let folder = folder.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("index.html"), name).unwrap();
            Game::from_folder(&folder).unwrap()
        };
        let (on_air, other) = (game("on-air"), game("other"));
        fs::remove_dir_all(folder.path().join("other")).unwrap();
        let config = Config::find(None).unwrap();
        let publisher = Publisher::new(Slot::start(Site::waiting()), Counters::start());
        let mut followed = FollowedGame::new(publisher);
        followed.publisher.assume_on_air(on_air);

        // Nothing has changed.
        followed.build(other.clone(), &config, None);
        followed.cancel(&config);
        assert!(followed.publisher.job().is_none());

        followed.rebuild_if_complete(&config);
        followed.build(other.clone(), &config, None);
        let FollowedEvent::Built(built) = followed.next().await else {
            panic!("no build");
        };
        let publication = followed.finish(*built, &config);
        assert!(matches!(publication, Publication::Failed(_)));
        assert!(followed.publisher.is_rebuilding());

        followed.build(other, &config, None);
        followed.cancel(&config);
        assert!(followed.publisher.is_rebuilding());
        // The host does not want it.
        followed.cancel(&config);
        assert!(followed.publisher.job().is_none());
    }
}
