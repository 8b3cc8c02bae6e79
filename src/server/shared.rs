//! TODO

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::sync::Notify;

use crate::metrics::counters::Counters;
use crate::server::admission::Admission;
use crate::server::limits::Limits;

/// What all connections share.
#[derive(Debug)]
pub struct ServerState {
    pub(crate) limits: Limits,
    pub(crate) counters: &'static Counters,
    pub(crate) places: Arc<Admission>,
    /// Wakes connections that are to end.
    pub(crate) end: Arc<Notify>,
    pub(crate) is_ending: AtomicBool,
}

impl ServerState {
    /// Whether connections with nothing under way should make room.
    pub(crate) fn is_crowded(&self) -> bool {
        self.places.are_scarce()
    }
}
