//! TODO

pub(crate) mod announce;
pub(crate) mod build_job;
pub(crate) mod client;
pub(crate) mod command;
pub(crate) mod first_game;
pub(crate) mod protocol;
pub(crate) mod publisher;
pub(crate) mod sandbox;
pub(crate) mod serve_metrics;
pub(crate) mod session;
pub(crate) mod socket;
pub(crate) mod state;
pub(crate) mod status;
pub(crate) mod watch;
