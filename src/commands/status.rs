//! `webserver status`: prints the status or the metrics of a running server.

use crate::cli::port::optional_port;
use crate::commands::json;
use crate::console::failure::{Exit, Failure};
use crate::console::stdout;
use crate::control::client;
use crate::control::command::Command;
use crate::control::protocol::{ClientMessage, ServerMessage, no_answer};

/// Prints the status of a server; without a port, a table if there are several.
///
/// # Errors
/// If there is no server, or, for JSON, more than one.
pub(super) fn run(port: Option<&str>, json: bool) -> Result<Exit, Failure> {
    let port = optional_port("status", port)?;
    if port.is_none()
        && !json
        && let Some(table) = client::table_of_several()?
    {
        return stdout::print_text(&table);
    }
    let status = client::ask(port, Command::Status)?;
    match json {
        true => stdout::print_json(&json::text(&status)?),
        false => stdout::print_text(&status.text()),
    }
}

/// Prints the metrics of a server in the OpenMetrics format.
///
/// # Errors
/// If there is no server or more than one.
pub(super) fn print_metrics(port: Option<&str>) -> Result<Exit, Failure> {
    match client::exchange(optional_port("status", port)?, &ClientMessage::Metrics)? {
        ServerMessage::Metrics(text) => stdout::print_text(&text),
        answer => answer.into_reply().and(Err(no_answer())),
    }
}
