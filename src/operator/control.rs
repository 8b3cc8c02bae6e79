//! Speaking to a server that runs on this machine: its control socket, and the health check.
//!
//! One line of JSON asks and one answers. The socket lies in a folder that only its user may enter, one for each port.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream as ClientStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use etcetera::BaseStrategy;
use if_addrs::get_if_addrs;
use rust_i18n::t;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use webserver::counters::Counters;

use super::command::Command;
use super::list::{self, printable};
use super::status::Status;
use crate::cli;
use crate::report::{Exit, Failure};

/// How long each address has for connecting, and again for answering.
const PATIENCE: Duration = Duration::from_secs(2);

/// The longest line that is read, in bytes.
const LONGEST_LINE: u64 = 64 * 1024;

/// What came of a command: how it goes after it, or what went wrong.
pub type Reply = Result<Status, Failure>;

/// A command that came through the socket, and where its answer goes.
pub type Request = (Command, oneshot::Sender<Reply>);

/// A question as it is sent.
#[derive(Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Question {
    Do(Command),
    Metrics,
}

/// An answer as it is sent.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Ok(Box<Status>),
    Metrics(String),
    Error { what: String, hint: Option<String> },
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        match reply {
            Ok(status) => Self::Ok(Box::new(status)),
            Err(Failure { what, hint, .. }) => Self::Error { what, hint },
        }
    }
}

impl Answer {
    fn into_reply(self) -> Reply {
        match self {
            Self::Ok(status) => Ok(*status),
            Self::Error { what, hint } => {
                let failure = Failure::failed(what);
                Err(hint.into_iter().fold(failure, Failure::hint))
            }
            Self::Metrics(_) => Err(silent()),
        }
    }
}

/// The failure that a server went away, or said something else than was asked.
fn silent() -> Failure {
    Failure::failed(t!("control.silent"))
}

/// The control socket of a running server. Its file is removed when this is dropped.
#[derive(Debug)]
pub struct Socket {
    path: PathBuf,
}

impl Socket {
    /// Opens the socket for a port; commands arrive at `requests`, and whoever asks is shown the counters.
    ///
    /// # Errors
    /// When the folder for it cannot be had, or another server has it.
    pub fn open(
        port: u16,
        requests: mpsc::Sender<Request>,
        counters: &'static Counters,
    ) -> io::Result<Self> {
        let folder = folder();
        make_private(&folder)?;
        let path = folder.join(format!("{port}.sock"));
        if ClientStream::connect(&path).is_ok() {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        // A server that was killed has left it.
        let _ = fs::remove_file(&path);
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        tokio::spawn(listen(listener, requests, counters));
        Ok(Self { path })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

async fn listen(
    listener: UnixListener,
    requests: mpsc::Sender<Request>,
    counters: &'static Counters,
) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) if is_trusted(&stream) => {
                tokio::spawn(answer(stream, requests.clone(), counters));
            }
            Ok(_) => {}
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Whether the other side is this user, or root.
fn is_trusted(stream: &UnixStream) -> bool {
    let user = rustix::process::geteuid().as_raw();
    stream
        .peer_cred()
        .is_ok_and(|peer| [0, user].contains(&peer.uid()))
}

/// Answers one question. Whoever does not say it in time, or goes away, loses the answer.
async fn answer(
    mut stream: UnixStream,
    requests: mpsc::Sender<Request>,
    counters: &'static Counters,
) -> Option<()> {
    let (reading, mut writing) = stream.split();
    let mut line = String::new();
    let mut reading = tokio::io::BufReader::new(reading.take(LONGEST_LINE));
    timeout(PATIENCE, reading.read_line(&mut line))
        .await
        .ok()?
        .ok()?;
    let question = serde_json::from_str::<Question>(&line);
    let is_last = matches!(question, Ok(Question::Do(Command::Stop)));
    let answer = match question {
        Ok(Question::Do(command)) => {
            let (sender, reply) = oneshot::channel();
            requests.send((command, sender)).await.ok()?;
            Answer::from(reply.await.ok()?)
        }
        Ok(Question::Metrics) => Answer::Metrics(counters.metrics()),
        Err(error) => Answer::from(Err(Failure::failed(error))),
    };
    let text = serde_json::to_string(&answer).ok()? + "\n";
    let written = writing.write_all(text.as_bytes());
    timeout(PATIENCE, written).await.ok()?.ok()?;
    if is_last {
        // Whoever stops a server wants to know when it has stopped: the connection ends with the program.
        std::future::pending::<()>().await;
    }
    Some(())
}

/// Has the server put another game on the air, and waits until it is.
///
/// # Errors
/// When it cannot, with the reason.
pub fn publish(port: Option<&str>, game: &str) -> Result<Exit, Failure> {
    let status = ask(
        port,
        Command::Publish {
            game: game.to_owned(),
            folder: std::env::current_dir().unwrap_or_default(),
        },
    )?;
    let title = printable(&status.title);
    list::print_text(&format!("{}\n", t!("on_air.title", title = title)))
}

/// Prints how it goes with the server.
///
/// # Errors
/// When there is none, or more than one to choose from.
pub fn status(port: Option<&str>, json: bool) -> Result<Exit, Failure> {
    let status = ask(port, Command::Status)?;
    list::print_text(&match json {
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
pub fn metrics(port: Option<&str>) -> Result<Exit, Failure> {
    match exchange(port, &Question::Metrics)? {
        Answer::Metrics(text) => list::print_text(&text),
        answer => answer.into_reply().and(Err(silent())),
    }
}

/// Stops the server, and waits until it has stopped.
///
/// # Errors
/// When there is none, or more than one to choose from.
pub fn stop(port: Option<&str>) -> Result<Exit, Failure> {
    ask(port, Command::Stop).map(|_| Exit::Done)
}

/// Has a server obey a command, and waits for what comes of it.
fn ask(port: Option<&str>, command: Command) -> Reply {
    exchange(port, &Question::Do(command))?.into_reply()
}

/// Sends a question to the server on a port, or to the only one there is, and waits for its answer.
///
/// # Errors
/// When there is no server, or more than one to choose from.
fn exchange(port: Option<&str>, question: &Question) -> Result<Answer, Failure> {
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

fn connect(port: Option<u16>) -> Result<ClientStream, Failure> {
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
fn servers(folder: &Path) -> Vec<(u16, ClientStream)> {
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

/// The user's runtime folder; where there is none, one below the folder for temporary files.
fn folder() -> PathBuf {
    let runtime = etcetera::choose_base_strategy()
        .ok()
        .and_then(|folders| folders.runtime_dir());
    match runtime {
        Some(folder) => folder.join("webserver"),
        None => {
            let user = rustix::process::geteuid().as_raw();
            std::env::temp_dir().join(format!("webserver-{user}"))
        }
    }
}

/// Makes a folder that only this user may enter, or checks that it is one.
fn make_private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let metadata = fs::symlink_metadata(folder)?;
    let is_ours = metadata.is_dir() && metadata.uid() == rustix::process::geteuid().as_raw();
    if !is_ours {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    match metadata.mode() & 0o077 {
        0 => Ok(()),
        _ => fs::set_permissions(folder, fs::Permissions::from_mode(0o700)),
    }
}

/// The container's health check.
///
/// # Errors
/// When no server answers.
pub fn health(port: u16) -> Result<Exit, Failure> {
    if answers(port) {
        Ok(Exit::Done)
    } else {
        Err(Failure::failed(t!("health.silent", port = port)))
    }
}

/// Whether a server answers on this port, on any of this machine's addresses, loopback first.
fn answers(port: u16) -> bool {
    let loopback: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let interfaces = get_if_addrs().unwrap_or_default();
    let others = interfaces.iter().map(if_addrs::Interface::ip);
    loopback
        .into_iter()
        .chain(others.filter(|address| !address.is_loopback()))
        .any(|address| is_served(SocketAddr::new(address, port)).unwrap_or(false))
}

fn is_served(address: SocketAddr) -> io::Result<bool> {
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
