//! `webserver`: publishes a web game from a library of games.

mod cli;
mod commands;
mod console;
mod control;
mod import;
mod play;
mod web_console;

use std::process::ExitCode;

use mimalloc::MiMalloc;

use crate::console::failure::{Exit, Failure};
use crate::console::{log, output, panics};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

rust_i18n::i18n!("src/locales", fallback = "en");

fn main() -> ExitCode {
    panics::report_panics();
    let exit = run().unwrap_or_else(|failure| {
        failure.print();
        failure.exit
    });
    output::close(exit as u8);
    ExitCode::from(exit as u8)
}

fn run() -> Result<Exit, Failure> {
    let arguments: Vec<_> = std::env::args_os().collect();
    if commands::completions::answer(&arguments) {
        return Ok(Exit::Done);
    }
    if log::wants_json(&arguments) {
        output::use_json();
    }
    match cli::parse::parse(arguments)? {
        Some(cli) => commands::run(&cli),
        None => Ok(Exit::Done),
    }
}
