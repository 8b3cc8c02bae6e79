//! Ports as typed.

use std::env;

use crate::cli::usage::{USAGE, start_mistake, usage, usage_of};
use crate::console::failure::Failure;
use crate::console::message::t;
use webserver::names::typo;

/// Parses a port: decimal, 0 to 65535.
///
/// # Errors
/// If it is missing or not a port; the message shows the correct form.
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
        return Err(start_mistake(t!("usage.wide_port", typed = typed))
            .hint(t!("hint.command", command = command)));
    }
    Err(wrong(typed, None))
}

/// The failure for something typed that is not a port, with the usage line of a sub-command or the program.
fn wrong(typed: &str, command: Option<&str>) -> Failure {
    let commands = USAGE.iter().map(|(command, _)| *command).chain(["help"]);
    let near = typo::nearest(typed, commands);
    let wrong = t!("usage.port", typed = typed.escape_debug());
    if let Some(port) = port_in(typed).filter(|_| command.is_none()) {
        let command = format!("webserver {port}");
        return start_mistake(wrong).hint(t!("hint.command", command = command));
    }
    match (command, near) {
        (None, Some(near)) => {
            start_mistake(wrong).hint(t!("hint.command", command = format!("webserver {near}")))
        }
        (command, _) => usage_of(command, wrong),
    }
}

/// Takes the port to serve from the command line, else from `WEBSERVER_PORT`, else from `PORT`, which hosting platforms
/// set.
///
/// # Errors
/// If there is none, or it is not a port.
pub(crate) fn port_or_variable(typed: Option<&str>) -> Result<u16, Failure> {
    match typed {
        Some(typed) => port(Some(typed)),
        None => from_variables()?.map_or_else(|| port(None), Ok),
    }
}

/// Takes the port of a server to check, by the same rules. The default is the port of the examples.
///
/// # Errors
/// If it is not a port.
pub(crate) fn served_port(command: &str, typed: Option<&str>) -> Result<u16, Failure> {
    match optional_port(command, typed)? {
        Some(port) => Ok(port),
        None => Ok(from_variables()?.unwrap_or(8080)),
    }
}

fn from_variables() -> Result<Option<u16>, Failure> {
    for name in ["WEBSERVER_PORT", "PORT"] {
        let set = env::var(name).unwrap_or_default();
        if set.is_empty() || is_service_link(&set) {
            continue;
        }
        return port(Some(&set))
            .map(Some)
            .map_err(|failure| failure.at(name));
    }
    Ok(None)
}

/// True if Kubernetes or Docker set the variable to the address of a service that is called `webserver`.
fn is_service_link(value: &str) -> bool {
    ["tcp://", "udp://", "sctp://"]
        .iter()
        .any(|scheme| value.starts_with(scheme))
}

/// Parses the port of a running server, if one was typed after a sub-command.
///
/// # Errors
/// If it is not a port, with the usage line of the sub-command.
pub(crate) fn optional_port(command: &str, typed: Option<&str>) -> Result<Option<u16>, Failure> {
    let parse = |typed| decimal(typed).ok_or_else(|| wrong(typed, Some(command)));
    typed.map(parse).transpose()
}

/// The port of an address of this machine: `:8080`, `http://localhost:8080/`.
pub(crate) fn port_in(address: &str) -> Option<u16> {
    let rest = address
        .strip_prefix("http://")
        .or(address.strip_prefix("https://"));
    let (host, port) = rest
        .unwrap_or(address)
        .trim_end_matches('/')
        .rsplit_once(':')?;
    let is_here = [
        "",
        "*",
        "localhost",
        "127.0.0.1",
        "0.0.0.0",
        "[::]",
        "[::1]",
    ]
    .contains(&host);
    is_here.then(|| decimal(port)).flatten()
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
    fn the_port_of_an_address_of_this_machine_is_found() {
        for (typed, expected) in [
            (":8080", Some(8080)),
            ("localhost:8080", Some(8080)),
            ("http://localhost:8080/", Some(8080)),
            ("https://127.0.0.1:8443", Some(8443)),
            ("http://localhost:8080/game", None),
            ("http://localhost", None),
            ("example.org:8080", None),
            (":x", None),
            ("8080", None),
        ] {
            assert_eq!(port_in(typed), expected, "{typed}");
        }
    }

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
