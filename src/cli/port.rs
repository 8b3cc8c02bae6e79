//! Ports as typed.

use rust_i18n::t;

use crate::cli::usage::{USAGE, usage};
use crate::console::failure::Failure;
use webserver::names::typo;

/// Parses a port: decimal, 0 to 65535.
///
/// # Errors
/// If it is missing or anything else, with the right form.
pub(crate) fn port(typed: Option<&str>) -> Result<u16, Failure> {
    let Some(typed) = typed else {
        return Err(usage(t!("usage.no_port")));
    };
    if let Some(port) = decimal(typed) {
        return Ok(port);
    }
    // Chinese input methods type full-width digits.
    let narrow: String = typed.chars().map(narrow_digit).collect();
    if let Some(port) = decimal(&narrow) {
        let command = format!("webserver {port}");
        return Err(Failure::usage(t!("usage.wide_port", typed = typed))
            .hint(t!("hint.command", command = command)));
    }
    let commands = USAGE.iter().map(|(command, _)| *command).chain(["help"]);
    let near = typo::nearest(typed, commands);
    let wrong = t!("usage.port", typed = typed.escape_debug());
    Err(match near {
        Some(command) => {
            Failure::usage(wrong).hint(t!("hint.command", command = format!("webserver {command}")))
        }
        None => usage(wrong),
    })
}

/// Parses the port of a running server, if one was typed.
///
/// # Errors
/// If it is no port.
pub(crate) fn optional_port(typed: Option<&str>) -> Result<Option<u16>, Failure> {
    typed.map(|typed| port(Some(typed))).transpose()
}

fn decimal(typed: &str) -> Option<u16> {
    let is_decimal = typed.bytes().all(|byte| byte.is_ascii_digit());
    is_decimal.then(|| typed.parse().ok()).flatten()
}

fn narrow_digit(c: char) -> char {
    match c {
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_decimal_and_at_most_65535() {
        for (typed, expected) in [
            ("0", Some(0)),
            ("8080", Some(8080)),
            ("65535", Some(65535)),
            ("080", Some(80)),
            ("65536", None),
            ("99999999999999999999", None),
            ("-1", None),
            ("+1", None),
            ("8080x", None),
            ("abc", None),
            ("", None),
            (" 80", None),
            ("0x50", None),
            ("８０８０", None),
        ] {
            assert_eq!(port(Some(typed)).ok(), expected, "{typed}");
        }
    }
}
