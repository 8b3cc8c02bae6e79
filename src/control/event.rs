//! Everything that can happen while the server runs.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::console::input::Input;
use crate::console::signals::{Signals, Stop};
use crate::control::build_job::{BuildFailure, PROGRESS_DELAY};
use crate::control::followed_game::{FollowedEvent, FollowedGame};
use crate::control::host_console::HostConsole;
use crate::control::replica::ReplicaHandle;
use crate::control::replica_event::ReplicaEvent;
use crate::control::socket::ControlRequest;
use crate::control::watch::Changed;
use webserver::site::Site;

/// The interval of the status line while nothing happens.
const TICK: Duration = Duration::from_secs(1);

/// Something that happened.
pub(crate) enum Event {
    Typed(Option<Input>),
    Request(ControlRequest),
    Built(Box<Result<Site, BuildFailure>>),
    Stop(Stop),
    Resized,
    HungUp,
    Changed(Changed),
    Replica(ReplicaEvent),
    /// The library of the arcade.
    LibraryChanged,
    Tick,
}

/// The sources of events, besides the host's console and the followed game.
pub(crate) struct EventSources {
    requests: mpsc::Receiver<ControlRequest>,
    library_changed: mpsc::Receiver<()>,
    stop: Signals,
    resized: Option<Signal>,
    hung_up: Option<Signal>,
    tick: Interval,
}

impl EventSources {
    pub(crate) fn new(
        requests: mpsc::Receiver<ControlRequest>,
        library_changed: mpsc::Receiver<()>,
        stop: Signals,
    ) -> Self {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            requests,
            library_changed,
            stop,
            resized: signal(SignalKind::window_change()).ok(),
            hung_up: signal(SignalKind::hangup()).ok(),
            tick,
        }
    }

    /// Waits for the next event.
    pub(crate) async fn next(
        &mut self,
        console: &mut HostConsole,
        followed: &mut FollowedGame,
        replica: Option<&mut ReplicaHandle>,
    ) -> Event {
        let is_building = followed.publisher.job().is_some();
        // Lines that are typed while the first game is built are commands for later; keys are not.
        let keeps_lines = is_building && followed.publisher.current().is_none();
        let passed = async {
            match is_building {
                true => tokio::time::sleep(PROGRESS_DELAY).await,
                false => {
                    self.tick.tick().await;
                }
            }
        };
        tokio::select! {
            event = followed.next() => match event {
                FollowedEvent::Built(built) => Event::Built(built),
                FollowedEvent::Changed(changed) => Event::Changed(changed),
            },
            event = next_of(replica) => Event::Replica(event),
            Some(request) = self.requests.recv() => Event::Request(request),
            Some(()) = self.library_changed.recv() => Event::LibraryChanged,
            stop = self.stop.next() => Event::Stop(stop),
            typed = console.typed(keeps_lines) => Event::Typed(typed),
            () = next_signal(&mut self.resized) => Event::Resized,
            () = next_signal(&mut self.hung_up) => Event::HungUp,
            () = passed => Event::Tick,
        }
    }
}

/// Waits for an event of the replica, for ever if the server is not a replica.
async fn next_of(replica: Option<&mut ReplicaHandle>) -> ReplicaEvent {
    match replica {
        Some(replica) => replica.next().await,
        None => std::future::pending().await,
    }
}

/// Waits for a signal, for ever if the system refused to deliver it.
async fn next_signal(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
