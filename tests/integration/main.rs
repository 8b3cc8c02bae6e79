//! The program and its server from outside: over real TCP, in a real pseudo-terminal, with real files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod layers;
mod messages;
