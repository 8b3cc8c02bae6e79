//! The builds of a replica: the next game before its moment, the one on the air as soon as possible, and, after a cold
//! start, those before it, which page loads in progress may still use.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::control::build_job::{BuildBasis, BuildFailure, BuildJob};
use crate::control::replica_event::{ReplicaEvent, ReplicaParts};
use webserver::bucket::error::BucketError;
use webserver::bucket::pointer::{ChosenGame, Moment, OnAirPointer};
use webserver::bucket::replica::{Replica, ReplicaReport};
use webserver::library::game::Game;
use webserver::publish::slot::GRACE;
use webserver::site::Site;
use webserver::site::last_modified::LastModified;

/// The pause before a game that failed is tried again; it doubles.
const RETRY: Duration = Duration::from_secs(1);

/// The longest pause.
const LONGEST_RETRY: Duration = Duration::from_secs(30);

/// The builds of a replica.
pub(super) struct Builds {
    replica: Arc<Replica>,
    parts: ReplicaParts,
    events: mpsc::UnboundedSender<ReplicaEvent>,
    reports: watch::Sender<ReplicaReport>,
    pointer: OnAirPointer,
    on_air: Option<ChosenGame>,
    /// The game to come, which is built.
    held: Option<HeldGame>,
    /// The earlier games that were built, or could not be.
    earlier: Vec<ChosenGame>,
    /// Their sites, the oldest first, until the game on the air is built.
    earlier_sites: Vec<Site>,
    building: Option<(ChosenGame, Building)>,
    failures: HashMap<blake3::Hash, (u32, Instant)>,
}

struct HeldGame {
    choice: ChosenGame,
    game: Box<Game>,
    took: Duration,
}

type Building = Pin<Box<dyn Future<Output = Result<BuiltGame, BuildFailure>>>>;

/// A game, its site, and the time that it took.
struct BuiltGame {
    game: Game,
    site: Site,
    took: Duration,
}

impl Builds {
    pub(super) fn new(
        replica: Arc<Replica>,
        parts: ReplicaParts,
        events: mpsc::UnboundedSender<ReplicaEvent>,
        reports: watch::Sender<ReplicaReport>,
    ) -> Self {
        Self {
            replica,
            parts,
            events,
            reports,
            pointer: OnAirPointer::default(),
            on_air: None,
            held: None,
            earlier: Vec::new(),
            earlier_sites: Vec::new(),
            building: None,
            failures: HashMap::new(),
        }
    }

    pub(super) async fn run(mut self, mut chosen: watch::Receiver<OnAirPointer>) {
        loop {
            self.swap_in_time();
            self.start_wanted();
            let next = self.next_moment();
            tokio::select! {
                changed = chosen.changed() => match changed {
                    Ok(()) => self.follow(chosen.borrow_and_update().clone()),
                    Err(_) => return,
                },
                (choice, built) = finished(&mut self.building) => {
                    self.building = None;
                    match built {
                        Ok(built) => self.take(choice, built),
                        Err(failure) => self.note_failure(&choice, &failure),
                    }
                }
                () = until(next) => {}
            }
        }
    }

    /// Takes over a choice that has changed.
    fn follow(&mut self, pointer: OnAirPointer) {
        let is_chosen = |choice: &ChosenGame| {
            let mut choices = pointer.choices.iter();
            choices.any(|other| other.is_same_game(choice))
        };
        if self
            .held
            .as_ref()
            .is_some_and(|held| !is_chosen(&held.choice))
        {
            self.held = None;
            self.parts.slot.prepare(None);
        }
        if self
            .building
            .as_ref()
            .is_some_and(|(choice, _)| !is_chosen(choice))
        {
            self.building = None;
        }
        // A new publication of a game that failed is another attempt.
        self.failures.retain(|digest, _| {
            let known = self.pointer.choices.iter().map(|choice| choice.date);
            let newest = pointer.choices.first();
            !newest
                .is_some_and(|newest| newest.digest == *digest && known.max() < Some(newest.date))
        });
        self.pointer = pointer;
        self.report(None);
    }

    /// Puts the game to come on the air, if its moment has passed.
    fn swap_in_time(&mut self) {
        let now = Moment::now();
        let Some(current) = self.pointer.passed(now).first() else {
            return;
        };
        let is_current = |held: &mut HeldGame| held.choice.is_same_game(current);
        if let Some(held) = self.held.take_if(is_current) {
            let is_swapped = self.parts.slot.publish_upcoming();
            debug_assert!(is_swapped, "a held game is in the slot");
            self.announce(held);
        }
        let is_late = !self.is_on_air(self.pointer.passed(now).first());
        self.parts.counters.replica.set_lagging(is_late);
    }

    fn announce(&mut self, held: HeldGame) {
        let (slot, counters) = (self.parts.slot, self.parts.counters);
        counters.browsers.set_turn(slot.load().turn);
        if self.on_air.is_some() {
            counters.switched();
        }
        self.on_air = Some(held.choice);
        counters.replica.set_lagging(false); // before anybody hears of it and asks for the health
        // The session may have ended.
        let _ = self.events.send(ReplicaEvent::OnAir {
            game: held.game,
            took: held.took,
        });
        self.report(None);
    }

    /// Starts the build that is needed most, unless one is running.
    fn start_wanted(&mut self) {
        if self.building.is_some() {
            return;
        }
        let Some(choice) = self.wanted().cloned() else {
            return;
        };
        let replica = Arc::clone(&self.replica);
        let (slot, options) = (self.parts.slot, self.parts.options);
        let wanted = choice.clone();
        let building = async move {
            let game = replica.game(&wanted).await.map_err(BuildFailure::Fetch)?;
            let basis = BuildBasis {
                earlier: slot.site_of(&game.slug),
                missing_before: None,
            };
            let mut job = BuildJob::start(game.clone(), options, basis);
            let mut site = job.finished().await?;
            site.publish_at(LastModified::from_unix_seconds(wanted.date));
            let took = job.elapsed();
            Ok(BuiltGame { game, site, took })
        };
        self.building = Some((choice, Box::pin(building)));
    }

    /// The choice to build next: those before the one on the air first, because a page load that finds none of its own
    /// would be answered from another.
    fn wanted(&self) -> Option<&ChosenGame> {
        let now = Moment::now();
        let passed = self.pointer.passed(now);
        let is_held = |choice: &ChosenGame| {
            self.held
                .as_ref()
                .is_some_and(|held| held.choice.is_same_game(choice))
        };
        let mut wanted: Vec<&ChosenGame> = Vec::new();
        if !self.is_on_air(passed.first()) {
            if self.on_air.is_none() {
                let earlier = passed.windows(2).rev().filter_map(|pair| {
                    let [newer, older] = pair else { return None };
                    (now.since(newer.at) < GRACE).then_some(older)
                });
                let is_done = |choice: &&ChosenGame| {
                    self.earlier.iter().any(|done| done.is_same_game(choice))
                };
                wanted.extend(earlier.filter(|choice| !is_done(choice)));
            }
            wanted.extend(passed.first());
        }
        wanted.extend(self.pointer.to_come(now));
        let is_resting = |choice: &ChosenGame| {
            let failed = self.failures.get(&choice.digest);
            failed.is_some_and(|(_, until)| Instant::now() < *until)
        };
        wanted
            .into_iter()
            .find(|choice| !is_held(choice) && !is_resting(choice))
    }

    fn is_on_air(&self, choice: Option<&ChosenGame>) -> bool {
        match (&self.on_air, choice) {
            (Some(on_air), Some(choice)) => on_air.is_same_game(choice),
            (_, None) => true,
            (None, Some(_)) => false,
        }
    }

    /// Takes a finished build: it is held until its moment, or on the air at once.
    fn take(&mut self, choice: ChosenGame, built: BuiltGame) {
        let BuiltGame { game, site, took } = built;
        self.failures.remove(&choice.digest);
        let now = Moment::now();
        let slot = self.parts.slot;
        let passed = self.pointer.passed(now);
        let position = passed
            .iter()
            .position(|passed| passed.is_same_game(&choice));
        let held = HeldGame {
            choice,
            game: Box::new(game),
            took,
        };
        match position {
            Some(0) => {
                for earlier in self.earlier_sites.drain(..) {
                    slot.publish(earlier);
                }
                slot.publish(site);
                self.announce(held);
            }
            Some(_) => {
                self.earlier_sites.push(site);
                self.earlier.push(held.choice);
            }
            None => {
                slot.prepare(Some(site));
                self.held = Some(held);
                self.report(None);
            }
        }
    }

    fn note_failure(&mut self, choice: &ChosenGame, failure: &BuildFailure) {
        let problem = failure.text();
        let (failures, _) = self
            .failures
            .get(&choice.digest)
            .copied()
            .unwrap_or((0, Instant::now()));
        if failures == 0 {
            let message = problem.clone();
            tracing::warn!(event = "build_failed", message);
        }
        let pause = RETRY
            .saturating_mul(1 << failures.min(5))
            .min(LONGEST_RETRY);
        let until = Instant::now() + pause;
        self.failures.insert(choice.digest, (failures + 1, until));
        let passed = self.pointer.passed(Moment::now());
        if self.on_air.is_none()
            && passed
                .iter()
                .skip(1)
                .any(|earlier| earlier.is_same_game(choice))
        {
            self.earlier.push(choice.clone());
        }
        let is_temporary = matches!(failure, BuildFailure::Fetch(error) if is_temporary(error));
        if !is_temporary {
            self.report(Some((choice.digest.to_hex().to_string(), problem)));
        }
    }

    /// Reports what this replica holds, and which game it cannot get.
    fn report(&self, failed: Option<(String, String)>) {
        let held = self.held.iter().map(|held| &held.choice);
        let held = held.chain(&self.on_air).chain(&self.earlier);
        let held = held.filter(|held| {
            let mut choices = self.pointer.choices.iter();
            choices.any(|choice| choice.is_same_game(held))
        });
        let report = ReplicaReport {
            holds: held.map(|held| held.digest.to_hex().to_string()).collect(),
            failed,
        };
        self.reports.send_if_modified(|before| {
            let is_new = *before != report;
            *before = report;
            is_new
        });
    }

    /// The next time at which something is to be done.
    fn next_moment(&self) -> Option<Instant> {
        let to_come = self.pointer.to_come(Moment::now());
        let decided = to_come.filter(|choice| !choice.is_prepared);
        let moment = decided.map(|choice| Instant::now() + choice.at.is_in());
        let retries = self.failures.values().map(|(_, until)| *until);
        let now = Instant::now();
        moment
            .into_iter()
            .chain(retries.filter(|until| *until > now))
            .min()
    }
}

fn is_temporary(error: &BucketError) -> bool {
    error.is_temporary() || matches!(error, BucketError::Cache { .. })
}

/// Waits for the build that is running, for ever if there is none.
async fn finished(
    building: &mut Option<(ChosenGame, Building)>,
) -> (ChosenGame, Result<BuiltGame, BuildFailure>) {
    match building {
        Some((choice, building)) => {
            let built = building.await;
            (choice.clone(), built)
        }
        None => std::future::pending().await,
    }
}

/// Waits for a moment, for ever without one.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
