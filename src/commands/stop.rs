//! `webserver stop`: stops a running server.

use crate::cli::port::optional_port;
use crate::console::failure::{Exit, Failure};
use crate::control::client;
use crate::control::command::Command;

/// Stops a server and waits until it has stopped.
///
/// # Errors
/// If there is no server or more than one.
pub(super) fn run(port: Option<&str>) -> Result<Exit, Failure> {
    client::ask(optional_port("stop", port)?, Command::Stop).map(|_| Exit::Done)
}
