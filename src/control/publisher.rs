//! The game on the air, and the one that is being built to take its place.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rust_i18n::t;
use tokio::sync::oneshot;

use crate::console::describe::Describe;
use crate::console::failure::Failure;
use crate::console::format::size;
use crate::console::locale;
use crate::console::plural;
use crate::control::build_job::{BuildJob, BuildOutcome};
use crate::control::socket::Reply;
use crate::control::{build_job, state};
use webserver::library::game::Game;
use webserver::metrics::counters::Counters;
use webserver::publish::Slot;
use webserver::site::Site;
use webserver::site::build::{BuildError, BuildOptions};

/// One game on the air while another is made ready.
#[derive(Debug)]
pub(crate) struct Publisher {
    /// The game on the air, as the library has it now.
    pub game: Game,
    /// The slot.
    pub published: &'static Slot,
    /// When it was put on the air in the place of another.
    pub switched: Instant,
    counters: &'static Counters,
    /// What is being built, and who waits for it.
    building: Option<(BuildJob, Option<oneshot::Sender<Reply>>)>,
}

impl Publisher {
    /// With the first game on the air.
    pub(crate) fn new(game: Game, published: &'static Slot, counters: &'static Counters) -> Self {
        Self {
            game,
            published,
            switched: Instant::now(),
            counters,
            building: None,
        }
    }

    /// What is on the air.
    pub(crate) fn site(&self) -> Arc<Site> {
        Arc::clone(&self.published.load().site)
    }

    /// What is being built.
    pub(crate) fn building(&self) -> Option<&BuildJob> {
        self.building.as_ref().map(|(building, _)| building)
    }

    /// Waits for the end of the build, for ever when there is none; `None` when it broke down. Can be given up and called
    /// again.
    pub(crate) async fn built(&mut self) -> Option<BuildOutcome> {
        match &mut self.building {
            Some((building, _)) => building.end().await.ok(),
            None => std::future::pending().await,
        }
    }

    /// Begins to build a game. One that is being built is given up.
    pub(crate) fn build(
        &mut self,
        game: Game,
        options: BuildOptions,
        answer: Option<oneshot::Sender<Reply>>,
    ) {
        self.give_up(&t!("build.superseded", title = title(&game)));
        let earlier = self.published.site_of(&game.slug);
        self.building = Some((BuildJob::begin(game, options, earlier), answer));
    }

    /// Ends the build under way.
    pub(crate) fn cancel(&mut self) {
        if let Some((building, _)) = &self.building {
            tracing::info!("{}", t!("build.stopped", title = title(&building.game)));
            self.give_up(&t!("build.cancelled"));
        }
    }

    /// Ends the build under way, for this reason.
    fn give_up(&mut self, reason: &str) {
        if let Some((building, Some(answer))) = self.building.take() {
            let title = title(&building.game);
            let failure = Failure::failed(t!("build.failed", title = title, error = reason));
            // Whoever has gone away does not want it.
            let _ = answer.send(Err(failure));
        }
    }

    /// Puts what was built on the air, and says who waits to hear how it goes then; when it could not be built, what is on
    /// the air stays there, and whoever waits has heard why.
    pub(crate) fn switch(&mut self, built: Option<BuildOutcome>) -> Option<oneshot::Sender<Reply>> {
        let (building, answer) = self.building.take()?;
        let took = building.took();
        let error = match built {
            Some(Ok(site)) => {
                self.counters.built(took, true);
                self.put_on_the_air(building.game.clone(), site, took);
                return answer;
            }
            Some(Err(BuildError::Cancelled)) => return None,
            Some(Err(error)) => error.text(),
            None => t!("build.broken").into_owned(),
        };
        self.counters.built(took, false);
        let title = title(&building.game);
        let what = t!("build.failed", title = title, error = error);
        tracing::warn!("{what}");
        if let Some(answer) = answer {
            let _ = answer.send(Err(Failure::failed(&what)));
        }
        None
    }

    fn put_on_the_air(&mut self, game: Game, mut site: Site, took: Duration) {
        let is_new = site.id != self.site().id;
        let (title, files) = (title(&game), plural::files(site.files as u64));
        let (size, millis) = (size(site.bytes), took.as_millis());
        let line = match is_new {
            true => t!(
                "on_air.switched",
                title = title,
                files = files,
                size = size,
                millis = millis
            ),
            false => t!(
                "on_air.unchanged",
                title = title,
                files = files,
                size = size,
                millis = millis
            ),
        };
        if is_new {
            site.publish_at(state::publication_date());
            self.published.publish(site);
            self.counters.switched();
            build_job::compress(self.published);
        }
        tracing::info!("{line}");
        state::remember_game(&game.slug);
        if game.slug != self.game.slug {
            self.switched = Instant::now();
        }
        self.game = game;
    }
}

/// A game's name for the operator.
pub(crate) fn title(game: &Game) -> String {
    game.title.get(locale::current()).to_owned()
}
