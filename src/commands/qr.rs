//! `webserver qr`: a QR code of a running server's address, on the terminal or in a file.

use std::fs;
use std::path::Path;

use crate::cli::port::optional_port;
use crate::console::failure::{Exit, Failure};
use crate::console::message::t;
use crate::console::qr::Drawing;
use crate::console::stdout;
use crate::control::client;
use crate::control::command::Command;
use crate::control::share::{self, Audience};
use webserver::qr::QrModules;

/// Prints the code, or writes it to the files.
///
/// # Errors
/// If there is no server or more than one, it can be opened on this machine only, or a file cannot be written.
pub(super) fn run(
    port: Option<&str>,
    png: Option<&Path>,
    svg: Option<&Path>,
) -> Result<Exit, Failure> {
    let status = client::ask(optional_port("qr", port)?, Command::Status)?;
    let Some(address) = status.share else {
        return Err(Failure::failed(t!("qr.only_here")));
    };
    let Some(code) = QrModules::of(&address) else {
        return Err(Failure::failed(t!("qr.too_long", address = address)));
    };
    if let Some(file) = png {
        write(file, &code.png().map_err(Failure::failed)?)?;
    }
    if let Some(file) = svg {
        write(file, code.svg().as_bytes())?;
    }
    match (png, svg) {
        (None, None) => stdout::print_drawn(&share::lines(
            &address,
            Audience::Players,
            Drawing::on_stdout(),
        )),
        _ => Ok(Exit::Done),
    }
}

/// Writes a file that was asked for.
///
/// # Errors
/// If it cannot be written.
pub(super) fn write(file: &Path, content: &[u8]) -> Result<(), Failure> {
    fs::write(file, content).map_err(|error| {
        Failure::failed(t!("qr.cannot_write", file = file.display(), error = error))
    })
}
