//! From the choice of a game to its announcement.

use std::path::Path;
use std::time::Instant;

use crate::console::failure::Failure;
use crate::console::message::t;
use crate::control::announce::announce_replacement;
use crate::control::arcade::ArcadeLibrary;
use crate::control::build_job::BuildFailure;
use crate::control::followed_game::send;
use crate::control::publisher::{Publication, ReplySender, title};
use crate::control::replica_event::ReplicaEvent;
use crate::control::session::Session;
use crate::control::share;
use webserver::library::game::Game;
use webserver::site::Site;
use webserver::source::Source;

impl Session<'_> {
    pub(super) fn find_and_build(&mut self, game: &str, folder: &Path, reply: Option<ReplySender>) {
        // A number is that of the list that the host has read.
        let is_number = game.trim().parse::<usize>().is_ok();
        let is_shown = is_number && self.catalog.library.find(game).is_some();
        // The game may have been added a moment ago.
        match reply {
            Some(_) => self.reload(),
            None if is_shown => {}
            None => self.look_for_games(),
        }
        match (self.catalog.find(game, folder), reply) {
            (Ok(game), reply) => self.build(game, reply),
            (Err(failure), Some(reply)) => send(reply, Err(failure)),
            (Err(failure), None) => self.console.print(&failure.text()),
        }
    }

    pub(super) fn build(&mut self, game: Game, reply: Option<ReplySender>) {
        self.prompt = None;
        if let Some(replica) = &self.replica {
            return match &game.source {
                Source::Bucket(_) => replica.publish(game.slug, reply),
                _ => self.refuse(Failure::usage(t!("replica.not_stored")), reply),
            };
        }
        self.followed.build(game, &self.catalog.config, reply);
    }

    /// Builds the first of these games, the next one if that cannot be built, and so on.
    pub(super) fn build_first_of(&mut self, games: Vec<Game>) {
        self.next_first = games.into_iter();
        if let Some(game) = self.next_first.next() {
            self.build(game, None);
        }
    }

    /// Goes on after a first game that cannot be built; without another one the session ends.
    fn build_next_first(&mut self, failure: Failure) {
        match self.next_first.next() {
            Some(game) => {
                let (message, next) = (failure.what, title(&game));
                tracing::warn!(event = "first_game_failed", message, next);
                self.build(game, None);
            }
            None => self.end = Some(Err(failure)),
        }
    }

    fn refuse(&self, failure: Failure, reply: Option<ReplySender>) {
        match reply {
            Some(reply) => send(reply, Err(failure)),
            None => self.console.print(&failure.text()),
        }
    }

    /// Handles an event of this server's replica.
    pub(super) fn follow_replica(&mut self, event: ReplicaEvent) {
        match event {
            ReplicaEvent::Library(library) => {
                self.catalog.replace(*library);
                self.take_over_library();
            }
            ReplicaEvent::OnAir { game, took } => {
                let current = self.followed.publisher.current();
                let before = current.map(|current| current.since);
                self.followed.publisher.take_over(*game, took);
                self.announce(before);
            }
            ReplicaEvent::Chosen { reply, result } => match (reply, result) {
                (Some(reply), Ok(())) => send(reply, Ok(self.status())),
                (None, Ok(())) => {}
                (reply, Err(failure)) => self.refuse(failure, reply),
            },
        }
    }

    pub(super) fn rebuild(&mut self, reply: Option<ReplySender>) {
        if let (Some(_), Some(game)) = (&self.replica, self.followed.publisher.game()) {
            // All replicas have the same files, which do not change.
            return match self.catalog.game(&game.slug).cloned() {
                Some(game) => self.build(game, reply),
                None => self.refuse(Failure::failed(t!("status.no_game")), reply),
            };
        }
        self.followed.rebuild(&self.catalog.config, reply);
    }

    /// Builds the game on the air although its files may be incomplete.
    pub(super) fn rebuild_unfinished(&mut self) {
        // The folder in the game's folder may have another name now, which the library finds.
        self.look_for_games();
        self.followed.rebuild_unfinished(&self.catalog.config);
    }

    /// Publishes the finished build. The session ends if there is no game to publish.
    pub(super) fn finish_build(&mut self, built: Result<Site, BuildFailure>) {
        let before = self
            .followed
            .publisher
            .current()
            .map(|current| current.since);
        match self.followed.finish(built, &self.catalog.config) {
            Publication::Published { reply } => {
                self.feature();
                self.announce(before);
                if let Some(reply) = reply {
                    send(reply, Ok(self.status()));
                }
            }
            Publication::Failed(failure) if before.is_none() => self.build_next_first(failure),
            Publication::Failed(failure) => {
                let message = t!("build.kept", what = failure.what);
                tracing::warn!(event = "build_failed", %message);
            }
            Publication::Incomplete(_) | Publication::Cancelled => {}
        }
    }

    /// Announces the game on the air, unless the one that is there since `before` was only built again.
    fn announce(&mut self, before: Option<Instant>) {
        let publisher = &self.followed.publisher;
        let Some(current) = publisher.current() else {
            return;
        };
        self.log.set_title(&title(&current.game));
        self.update_board();
        if before.is_none() {
            // Another terminal may have published it while the menu was open.
            self.console.close_menu();
            let addresses = self.addresses();
            self.announcement
                .print(&current.game, &publisher.site(), &addresses);
            let config = &self.catalog.config;
            if !config.quiet && share::announce(config.qr, self.console.size(), &addresses) {
                self.guest_watch.begin(Instant::now());
            }
            self.announce_arcade();
            if self.catalog.config.quiet && self.console.has_terminal() {
                self.console.close();
            }
        } else if before != Some(current.since) && !self.catalog.config.quiet {
            announce_replacement(&publisher.site(), &self.addresses());
        }
    }

    /// Shows the game on the air at the top of the lobby.
    fn feature(&mut self) {
        if let Some(game) = self.followed.publisher.game() {
            let arcade = &mut self.arcade;
            let feature = |library: ArcadeLibrary<'_>| arcade.feature(game, library);
            self.catalog.with_arcade_library(feature);
        }
    }
}
