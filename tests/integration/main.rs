//! The program and its server from outside: over real TCP, in a real pseudo-terminal, with real files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod arcade;
mod archives;
#[cfg(target_os = "linux")]
mod bombs;
mod browsers;
mod checks;
mod claims;
mod command_line;
mod completions;
mod configuration;
mod connections;
mod content;
mod costs;
mod dictionaries;
mod differential;
mod document_commands;
mod documents;
mod downloading;
mod exports;
mod faults;
mod hosting;
mod importing;
mod json_output;
mod layers;
mod lengths;
mod library;
mod lifecycle;
mod limits;
mod line_input;
mod load;
mod local_name;
mod many_games;
#[cfg(target_os = "linux")]
mod memory;
mod menu;
mod messages;
mod messages_on_the_wire;
mod missing;
mod object_storage;
mod page_errors;
mod picture;
mod playing;
mod ports;
mod properties;
mod proxies;
mod request_log;
mod requests;
mod secure_entry;
mod session;
mod settings;
mod sharing;
mod soak;
mod support;
mod switching;
mod terminal;
mod tls;
mod watching;
mod web_console;
mod zip_games;
mod zips;
