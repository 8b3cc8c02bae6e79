//! Standard output, for the results of commands.

use std::io::{self, Write as _};

use crate::console::failure::{Exit, Failure};
use crate::console::printable::{Printable, escaped_json};
use crate::console::screen_line::ScreenLine;

/// Prints a text on standard output.
///
/// # Errors
/// If it cannot be written, unless the reader has gone away.
pub(crate) fn print_text(text: &str) -> Result<Exit, Failure> {
    write_stdout(Printable::text(text).as_str())
}

/// Prints JSON on standard output, with every character escaped that could act on a terminal.
///
/// # Errors
/// If it cannot be written, unless the reader has gone away.
pub(crate) fn print_json(json: &str) -> Result<Exit, Failure> {
    write_stdout(&escaped_json(json))
}

/// Prints drawn lines on standard output.
///
/// # Errors
/// If they cannot be written, unless the reader has gone away.
pub(crate) fn print_drawn(lines: &[ScreenLine]) -> Result<Exit, Failure> {
    let text: String = lines
        .iter()
        .map(|line| format!("{}\n", line.as_str()))
        .collect();
    write_stdout(&text)
}

fn write_stdout(text: &str) -> Result<Exit, Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::failed(error)),
        _ => Ok(Exit::Done),
    }
}
