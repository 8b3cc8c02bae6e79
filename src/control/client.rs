//! TODO

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream as ClientStream;
use std::path::Path;
use std::{fs, io};

use if_addrs::get_if_addrs;
use rust_i18n::t;

use crate::cli;
use crate::console::failure::{Exit, Failure};
use crate::console::layout;
use crate::console::layout::printable;
use crate::control::command::Command;
use crate::control::protocol::{Answer, LONGEST_LINE, PATIENCE, Question, folder};
use crate::control::socket::Reply;

/// The failure that a server went away, or said something else than was asked.
pub(crate) fn silent() -> Failure {
    Failure::failed(t!("control.silent"))
}

/// Has the server put another game on the air, and waits until it is.
///
/// # Errors
/// When it cannot, with the reason.
pub(crate) fn publish(port: Option<&str>, game: &str) -> Result<Exit, Failure> {
    let status = ask(
        port,
        Command::Publish {
            game: game.to_owned(),
            folder: std::env::current_dir().unwrap_or_default(),
        },
    )?;
    let title = printable(&status.title);
    layout::print_text(&format!("{}\n", t!("on_air.title", title = title)))
}

/// Prints how it goes with the server.
///
/// # Errors
/// When there is none, or more than one to choose from.
pub(crate) fn status(port: Option<&str>, json: bool) -> Result<Exit, Failure> {
    let status = ask(port, Command::Status)?;
    layout::print_text(&match json {
        true => format!(
            "{}\n",
            serde_json::to_string_pretty(&status).map_err(Failure::failed)?
        ),
        false => status.text(),
    })
}

/// Prints the counters of the server as Prometheus reads them.
///
/// # Errors
/// When there is none, or more than one to choose from.
pub(crate) fn metrics(port: Option<&str>) -> Result<Exit, Failure> {
    match exchange(port, &Question::Metrics)? {
        Answer::Metrics(text) => layout::print_text(&text),
        answer => answer.into_reply().and(Err(silent())),
    }
}

/// Stops the server, and waits until it has stopped.
///
/// # Errors
/// When there is none, or more than one to choose from.
pub(crate) fn stop(port: Option<&str>) -> Result<Exit, Failure> {
    ask(port, Command::Stop).map(|_| Exit::Done)
}

/// Has a server obey a command, and waits for what comes of it.
pub(crate) fn ask(port: Option<&str>, command: Command) -> Reply {
    exchange(port, &Question::Do(command))?.into_reply()
}

/// Sends a question to the server on a port, or to the only one there is, and waits for its answer.
///
/// # Errors
/// When there is no server, or more than one to choose from.
pub(crate) fn exchange(port: Option<&str>, question: &Question) -> Result<Answer, Failure> {
    let mut stream = connect(port.map(|port| cli::port(Some(port))).transpose()?)?;
    let broken = |error: io::Error| Failure::failed(t!("control.broken", error = error));
    let text = serde_json::to_string(question).map_err(Failure::failed)?;
    stream
        .write_all(format!("{text}\n").as_bytes())
        .map_err(broken)?;
    let mut line = String::new();
    BufReader::new((&stream).take(LONGEST_LINE))
        .read_line(&mut line)
        .map_err(broken)?;
    if *question == Question::Do(Command::Stop) {
        // The connection ends with the server, perhaps before it has answered.
        let _ = stream.read_to_end(&mut Vec::new());
        return Ok(Answer::Ok(Box::default()));
    }
    serde_json::from_str(&line).map_err(|_| silent())
}

pub(crate) fn connect(port: Option<u16>) -> Result<ClientStream, Failure> {
    let folder = folder();
    if let Some(port) = port {
        let stream = ClientStream::connect(folder.join(format!("{port}.sock")));
        return stream.map_err(|_| {
            Failure::failed(t!("control.none_there", port = port))
                .hint(t!("hint.command", command = format!("webserver {port}")))
        });
    }
    let mut running = servers(&folder);
    match running.len() {
        0 => Err(Failure::failed(t!("control.none"))
            .hint(t!("hint.command", command = "webserver 8080"))),
        1 => Ok(running.remove(0).1),
        _ => {
            let ports: Vec<_> = running.iter().map(|(port, _)| port.to_string()).collect();
            Err(
                Failure::failed(t!("control.several", ports = ports.join(", ")))
                    .hint(t!("control.which", port = ports[0])),
            )
        }
    }
}

/// The ports of the servers that answer, lowest first, each with a connection. What dead ones left is removed.
pub(crate) fn servers(folder: &Path) -> Vec<(u16, ClientStream)> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut servers: Vec<_> = files
        .filter_map(|file| {
            let path = file.path();
            let port = path.file_name()?.to_str()?.strip_suffix(".sock")?;
            let port = port.parse().ok()?;
            match ClientStream::connect(&path) {
                Ok(stream) => Some((port, stream)),
                Err(error) => {
                    if error.kind() == io::ErrorKind::ConnectionRefused {
                        let _ = fs::remove_file(&path);
                    }
                    None
                }
            }
        })
        .collect();
    servers.sort_by_key(|(port, _)| *port);
    servers
}

/// The container's health check.
///
/// # Errors
/// When no server answers.
pub(crate) fn health(port: u16) -> Result<Exit, Failure> {
    if answers(port) {
        Ok(Exit::Done)
    } else {
        Err(Failure::failed(t!("health.silent", port = port)))
    }
}

/// Whether a server answers on this port, on any of this machine's addresses, loopback first.
pub(crate) fn answers(port: u16) -> bool {
    let loopback: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let interfaces = get_if_addrs().unwrap_or_default();
    let others = interfaces.iter().map(if_addrs::Interface::ip);
    loopback
        .into_iter()
        .chain(others.filter(|address| !address.is_loopback()))
        .any(|address| is_served(SocketAddr::new(address, port)).unwrap_or(false))
}

pub(crate) fn is_served(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    Ok(matches!(
        &status,
        b"HTTP/1.1 200" | b"HTTP/1.1 307" | b"HTTP/1.1 308"
    ))
}
