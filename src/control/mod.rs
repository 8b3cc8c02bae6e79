//! The running program: its state, its publications, and the commands that it accepts.
//!
//! [`session`] handles every [`event`] in one loop. It finds games in the [`catalog`] and hands them to
//! [`followed_game`], which watches their files and has [`publisher`] build one at a time ([`build_job`]) and publish the
//! result. Other processes reach the session through [`socket`], with [`client`] at their end; both speak [`protocol`].

pub(crate) mod addresses;
pub(crate) mod announce;
pub(crate) mod arcade;
pub(crate) mod arcade_game;
pub(crate) mod browser;
pub(crate) mod bucket_watch;
pub(crate) mod build_job;
pub(crate) mod catalog;
pub(crate) mod client;
pub(crate) mod command;
pub(crate) mod console_access;
pub(crate) mod console_link;
pub(crate) mod control_address;
pub(crate) mod event;
pub(crate) mod first_game;
pub(crate) mod followed_game;
pub(crate) mod game_ports;
pub(crate) mod guest_watch;
pub(crate) mod host_console;
pub(crate) mod library_source;
pub(crate) mod library_watch;
pub(crate) mod lobby;
pub(crate) mod local_name;
pub(crate) mod player_service;
pub(crate) mod protocol;
pub(crate) mod publisher;
pub(crate) mod replica;
pub(crate) mod replica_builds;
pub(crate) mod replica_event;
pub(crate) mod request_rate;
pub(crate) mod said_failure;
pub(crate) mod sandbox;
pub(crate) mod serve_metrics;
pub(crate) mod session;
pub(crate) mod settling_changes;
pub(crate) mod share;
pub(crate) mod socket;
pub(crate) mod state;
pub(crate) mod status;
pub(crate) mod status_source;
pub(crate) mod watch;
pub(crate) mod watched_path;
