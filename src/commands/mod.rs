//! The sub-commands, one file each; without a sub-command the program serves.

mod add;
mod address_space;
mod answer_players;
mod bucket;
mod ca;
mod check;
mod check_json;
mod checked_game;
pub(crate) mod completions;
mod config;
mod explain;
mod health;
mod json;
mod list;
mod man;
mod play;
mod publish;
mod qr;
mod remove;
mod rename;
mod serve;
mod status;
mod stop;
mod typed_game;
mod with_progress;

use crate::cli::arguments::{Action, Cli, ServeOptions};
use crate::commands::bucket::{changed_library, published_library};
use crate::commands::config::read_config;
use crate::console::failure::{Exit, Failure};
use crate::control::library_source::read_library;
use webserver::library::listing::Library;

/// Runs the command that was typed.
///
/// # Errors
/// If it fails.
pub(crate) fn run(cli: &Cli) -> Result<Exit, Failure> {
    let options = &cli.options;
    let Some(action) = &cli.command else {
        return serve::run(cli);
    };
    match action {
        Action::List { why, json } if why.is_empty() => list::run(&library(options)?, *json),
        Action::List { why, json } => explain::run(&library(options)?, &why.join(" "), *json),
        Action::Check(check) => {
            let config = read_config(options)?;
            check::run(&config, check)
        }
        Action::Add(add) => add::run(add, changed_library(options)?),
        Action::Remove { slug, yes } => remove::run(&changed_library(options)?, slug, *yes),
        Action::Rename(rename) => rename::run(&changed_library(options)?, rename),
        Action::Publish { game, port } => match published_library(options, port.as_deref())? {
            Some(place) => publish::on_replicas(&place, &game.join(" ")),
            None => publish::run(port.as_deref(), &game.join(" ")),
        },
        Action::Status {
            metrics: true,
            port,
            ..
        } => status::print_metrics(port.as_deref()),
        Action::Status { json, port, .. } => status::run(port.as_deref(), *json),
        Action::Qr { png, svg, port } => qr::run(port.as_deref(), png.as_deref(), svg.as_deref()),
        Action::Ca { export, remove } => ca::run(export.as_deref(), *remove),
        Action::Stop { port } => stop::run(port.as_deref()),
        Action::Health { port } => health::run(port.as_deref()),
        Action::Completions { shell } => completions::run(shell),
        Action::Man { command } => man::run(command.as_deref()),
    }
}

fn library(options: &ServeOptions) -> Result<Library, Failure> {
    read_library(&read_config(options)?)
}
