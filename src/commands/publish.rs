//! `webserver publish GAME`: tells a running server to publish another game.

use std::path::Path;
use std::sync::Arc;

use crate::cli::port::optional_port;
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::locale;
use crate::console::message::t;
use crate::console::output::say;
use crate::console::printable::printable;
use crate::console::stdout;
use crate::control::client;
use crate::control::command::Command;
use crate::control::first_game::find_game;
use webserver::bucket::games;
use webserver::bucket::publish::publish;
use webserver::source::bucket::BucketPlace;

/// Publishes a game and waits until it is on the air.
///
/// # Errors
/// If there is no server or more than one, or the game cannot be published.
pub(super) fn run(port: Option<&str>, game: &str) -> Result<Exit, Failure> {
    let command = Command::Publish {
        game: game.to_owned(),
        folder: std::env::current_dir().unwrap_or_default(),
    };
    let status = client::ask(optional_port("publish", port)?, command)?;
    let title = printable(status.title.as_deref().unwrap_or_default());
    stdout::print_text(&format!("{}\n", t!("on_air.title", title = title)))
}

/// Publishes a game on all replicas of a library, and waits until it is on the air.
///
/// # Errors
/// If there is no such game, a replica cannot have it, somebody else publishes at the same time, or the library cannot be
/// reached.
pub(super) fn on_replicas(place: &Arc<BucketPlace>, name: &str) -> Result<Exit, Failure> {
    let library = games::open(place).map_err(|error| Failure::failed(error.text()))?;
    let game = find_game(&library, name, Path::new(""))?;
    let waiting = |ready, replicas| say(&t!("replica.waiting", ready = ready, replicas = replicas));
    let published = publish(place, &game.slug, &waiting);
    let published = published.map_err(|error| Failure::failed(error.text()))?;
    std::thread::sleep(published.choice.at.is_in());
    let title = printable(game.title.get(locale::current()));
    let text = match (published.ready, published.replicas) {
        (_, 0) => t!("on_air.title", title = title),
        (ready, replicas) => t!(
            "replica.on_air",
            title = title,
            ready = ready,
            replicas = replicas
        ),
    };
    stdout::print_text(&format!("{text}\n"))
}
