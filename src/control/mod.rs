//! TODO

pub mod announce;
pub mod build_job;
pub mod client;
pub mod command;
pub mod first_game;
pub mod protocol;
pub mod publisher;
pub mod sandbox;
pub mod serve_metrics;
pub mod session;
pub mod socket;
pub mod state;
pub mod status;
pub mod watch;
