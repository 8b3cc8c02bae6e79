//! TODO

use std::sync::atomic::{AtomicBool, AtomicU64};

/// The requests of a connection.
#[derive(Debug, Default)]
pub struct RequestState {
    /// How many heads have arrived whole.
    pub count: AtomicU64,
    /// Whether the last one was answered before its content had been read.
    pub(crate) has_unread: AtomicBool,
}
