//! `webserver health`: a container's health check.

use crate::cli::port;
use crate::console::failure::{Exit, Failure};
use crate::console::message::t;
use crate::control::client;

/// Succeeds if a server answers on this port.
///
/// # Errors
/// If none answers.
pub(super) fn run(typed: Option<&str>) -> Result<Exit, Failure> {
    let port = port::served_port("health", typed)?;
    match client::is_healthy(port)? {
        true => Ok(Exit::Done),
        false => Err(Failure::failed(t!("health.no_answer", port = port))),
    }
}
