//! The running program: what it knows, what it publishes, and who may tell it what to do.
//!
//! [`session`] handles every event in one loop. It hands games to [`publisher`], which builds one at a time
//! ([`build_job`]) and publishes the result. Other processes reach the session through [`socket`], with [`client`] at
//! their end; both speak [`protocol`].

pub(crate) mod addresses;
pub(crate) mod announce;
pub(crate) mod build_job;
pub(crate) mod client;
pub(crate) mod command;
pub(crate) mod control_address;
pub(crate) mod first_game;
pub(crate) mod host_console;
pub(crate) mod library_source;
pub(crate) mod protocol;
pub(crate) mod publisher;
pub(crate) mod request_rate;
pub(crate) mod sandbox;
pub(crate) mod serve_metrics;
pub(crate) mod session;
pub(crate) mod settling_changes;
pub(crate) mod socket;
pub(crate) mod state;
pub(crate) mod status;
pub(crate) mod watch;
pub(crate) mod watched_path;
