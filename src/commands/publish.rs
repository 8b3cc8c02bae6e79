//! `webserver publish GAME`: tells a running server to publish another game.

use rust_i18n::t;

use crate::cli::port::optional_port;
use crate::console::failure::{Exit, Failure};
use crate::console::printable::printable;
use crate::console::stdout;
use crate::control::client;
use crate::control::command::Command;

/// Publishes a game and waits until it is on the air.
///
/// # Errors
/// If there is no server or more than one, or the game cannot be published.
pub(super) fn run(port: Option<&str>, game: &str) -> Result<Exit, Failure> {
    let command = Command::Publish {
        game: game.to_owned(),
        folder: std::env::current_dir().unwrap_or_default(),
    };
    let status = client::ask(optional_port(port)?, command)?;
    let title = printable(status.title.as_deref().unwrap_or_default());
    stdout::print_text(&format!("{}\n", t!("on_air.title", title = title)))
}
