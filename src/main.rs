//! `webserver`: publishes a web game from a library of games.

mod cli;
mod commands;
mod console;
mod control;
mod import;

use std::process::ExitCode;

use mimalloc::MiMalloc;

use crate::console::failure::{Exit, Failure};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

rust_i18n::i18n!("src/locales", fallback = "en");

fn main() -> ExitCode {
    let exit = run().unwrap_or_else(|failure| {
        failure.print();
        failure.exit
    });
    ExitCode::from(exit as u8)
}

fn run() -> Result<Exit, Failure> {
    match cli::parse::parse(std::env::args_os().collect())? {
        Some(cli) => commands::run(&cli),
        None => Ok(Exit::Done),
    }
}
