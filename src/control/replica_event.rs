//! The parts of a server that its replica changes, and the events that it sends to the session.

use std::time::Duration;

use crate::console::failure::Failure;
use crate::control::publisher::ReplySender;
use webserver::library::game::Game;
use webserver::library::listing::Library;
use webserver::metrics::counters::Counters;
use webserver::publish::slot::Slot;
use webserver::site::options::BuildOptions;

/// The parts of a server that a replica changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReplicaParts {
    pub slot: &'static Slot,
    pub counters: &'static Counters,
    pub options: BuildOptions,
}

/// Something that a session learns from its replica.
#[derive(Debug)]
pub(crate) enum ReplicaEvent {
    /// The library was read for the first time.
    Library(Box<Library>),
    /// A game is on the air.
    OnAir {
        game: Box<Game>,
        /// The time that its build took.
        took: Duration,
    },
    /// A publication that was asked for here ended.
    Chosen {
        reply: Option<ReplySender>,
        result: Result<(), Failure>,
    },
}
