//! The client's end of the control sockets: finds the running servers and asks one of them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use if_addrs::get_if_addrs;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::console::failure::Failure;
use crate::console::layout::{pad, widest};
use crate::console::message::t;
use crate::console::printable::printable;
use crate::control::command::Command;
use crate::control::control_address::{ControlAddress, candidates, current_user};
use crate::control::protocol::{
    ANSWER_TIMEOUT, ClientMessage, IO_TIMEOUT, MAX_MESSAGE, Reply, STATUS_TIMEOUT, ServerMessage,
    no_answer,
};
use crate::control::status::Status;

/// The PROXY header of a connection that a load balancer makes for itself.
const OWN_CONNECTION: &[u8] = b"PROXY UNKNOWN\r\n";

/// A connection to a running server.
#[derive(Debug)]
pub(crate) struct ServerConnection {
    pub(crate) port: u16,
    user: u32,
    stream: UnixStream,
}

/// Sends a command to the server on a port, or to the only one that is running, and waits for the outcome.
///
/// # Errors
/// If there is no server or more than one, or the command fails.
pub(crate) fn ask(port: Option<u16>, command: Command) -> Reply {
    exchange(port, &ClientMessage::Do(command))?.into_reply()
}

/// Sends a question to the server on a port, or to the only one that is running.
///
/// # Errors
/// If there is no server or more than one.
pub(crate) fn exchange(
    port: Option<u16>,
    question: &ClientMessage,
) -> Result<ServerMessage, Failure> {
    block_on(async {
        let mut servers = running_servers(port).await;
        match (servers.pop(), servers.is_empty()) {
            (None, _) => Err(no_server(port).await),
            (Some(server), true) => send(server, question).await,
            (Some(last), false) => {
                servers.push(last);
                Err(too_many(servers).await)
            }
        }
    })?
}

/// The table of all running servers; `None` if there are fewer than two.
pub(crate) fn table_of_several() -> Result<Option<String>, Failure> {
    block_on(async {
        let servers = running_servers(None).await;
        match servers.len() {
            0 | 1 => None,
            _ => Some(table(&rows(servers).await)),
        }
    })
}

/// The title of the game that another of this user's servers has on the air on a port.
pub(crate) async fn title_on_air(port: u16) -> Option<String> {
    let server = running_servers(Some(port)).await.pop()?;
    let answer = send(server, &ClientMessage::Do(Command::Status))
        .await
        .ok()?;
    let status = answer.into_reply().ok()?;
    Some(printable(&status.title.unwrap_or_default()))
}

fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::failed)?;
    Ok(runtime.block_on(work))
}

/// Connects to every server that this user may control, or to the one on `port`. Removes the sockets of killed servers.
async fn running_servers(port: Option<u16>) -> Vec<ServerConnection> {
    let mut servers: Vec<ServerConnection> = Vec::new();
    for address in candidates() {
        let is_known =
            |known: &ServerConnection| (known.user, known.port) == (address.user, address.port);
        let is_other = port.is_some_and(|port| port != address.port);
        if is_other || servers.iter().any(is_known) {
            continue;
        }
        servers.extend(connect(address).await);
    }
    if port.is_some() {
        // This user's own comes first.
        servers.truncate(1);
    }
    servers
}

async fn connect(address: ControlAddress) -> Option<ServerConnection> {
    let connecting = UnixStream::connect(&address.path);
    let stream = match timeout(IO_TIMEOUT, connecting).await.ok()? {
        Ok(stream) => stream,
        Err(error) => {
            // Of this user only: root would follow whatever another user put in the folder's place meanwhile.
            let is_own = address.is_file() && address.user == current_user();
            if is_own && error.kind() == io::ErrorKind::ConnectionRefused {
                let _ = std::fs::remove_file(&address.path);
            }
            return None;
        }
    };
    let is_owner = stream
        .peer_cred()
        .is_ok_and(|peer| peer.uid() == address.user);
    is_owner.then_some(ServerConnection {
        port: address.port,
        user: address.user,
        stream,
    })
}

/// Sends a question and reads the answer, within the limit for that question.
async fn send(
    server: ServerConnection,
    question: &ClientMessage,
) -> Result<ServerMessage, Failure> {
    let limit = match question {
        ClientMessage::Do(Command::Status) | ClientMessage::Metrics => STATUS_TIMEOUT,
        ClientMessage::Do(_) => ANSWER_TIMEOUT,
    };
    let asking = converse(server.stream, question);
    timeout(limit, asking).await.map_err(|_| no_answer())?
}

/// Sends a question and reads the answer, each piece within its limits.
async fn converse(
    mut stream: UnixStream,
    question: &ClientMessage,
) -> Result<ServerMessage, Failure> {
    let broken = |error: io::Error| Failure::failed(t!("control.broken", error = error));
    let text = serde_json::to_string(question).map_err(Failure::failed)? + "\n";
    timeout(IO_TIMEOUT, stream.write_all(text.as_bytes()))
        .await
        .map_err(|_| no_answer())?
        .map_err(broken)?;
    let mut reading = BufReader::new(stream.take(MAX_MESSAGE));
    let line = next_line(&mut reading).await.map_err(broken)?;
    if *question != ClientMessage::Do(Command::Stop) {
        let line = line.ok_or_else(no_answer)?;
        return serde_json::from_str(&line).map_err(|_| no_answer());
    }
    // The connection closes when the server has stopped, perhaps before it has answered.
    if line.is_some() {
        while let Ok(Some(_)) = next_line(&mut reading).await {}
    }
    Ok(ServerMessage::Ok(Box::default()))
}

/// The next line that is not empty; `None` at the end.
///
/// # Errors
/// If nothing, not even an empty line, arrives in time.
async fn next_line(reading: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<Option<String>> {
    loop {
        let mut line = String::new();
        let read = timeout(IO_TIMEOUT, reading.read_line(&mut line));
        match read.await.map_err(|_| io::ErrorKind::TimedOut)?? {
            0 => return Ok(None),
            _ if line.trim().is_empty() => {}
            _ => return Ok(Some(line)),
        }
    }
}

async fn no_server(port: Option<u16>) -> Failure {
    match port {
        None => {
            Failure::failed(t!("control.none")).hint(t!("hint.command", command = "webserver 8080"))
        }
        // No server is ever on it.
        Some(0) => Failure::failed(t!("control.none_there", port = 0))
            .hint(t!("hint.command", command = "webserver status")),
        Some(port) if answers(port).await => {
            Failure::failed(t!("control.not_ours", port = port)).hint(t!("control.not_ours_hint"))
        }
        Some(port) => Failure::failed(t!("control.none_there", port = port))
            .hint(t!("hint.command", command = format!("webserver {port}"))),
    }
}

async fn too_many(servers: Vec<ServerConnection>) -> Failure {
    let rows = rows(servers).await;
    let port = rows.first().map_or(0, |row| row.port);
    let what = format!("{}\n{}", t!("control.several"), table(&rows).trim_end());
    Failure::failed(what).hint(t!("control.which", port = port))
}

/// One running server in the table.
#[derive(Debug)]
struct ServerRow {
    port: u16,
    game: String,
    user: String,
}

async fn rows(servers: Vec<ServerConnection>) -> Vec<ServerRow> {
    let mut rows = Vec::new();
    for server in servers {
        let (port, user) = (server.port, user_name(server.user));
        let answer = send(server, &ClientMessage::Do(Command::Status)).await;
        let game = match answer.and_then(ServerMessage::into_reply) {
            Ok(Status { title, .. }) => title.unwrap_or_default(),
            Err(failure) => failure.what,
        };
        rows.push(ServerRow {
            port,
            game: printable(&game),
            user,
        });
    }
    rows
}

/// Port, game and user of each server, below their headings.
fn table(rows: &[ServerRow]) -> String {
    let heading = [
        t!("control.port").into_owned(),
        t!("control.game").into_owned(),
        t!("control.user").into_owned(),
    ];
    let cells = |row: &ServerRow| [row.port.to_string(), row.game.clone(), row.user.clone()];
    let lines: Vec<_> = std::iter::once(heading)
        .chain(rows.iter().map(cells))
        .collect();
    let width = |column: usize| widest(lines.iter().map(|line| line[column].as_str()));
    let widths = [width(0), width(1)];
    let line = |[port, game, user]: &[String; 3]| {
        format!(
            "{}  {}  {user}\n",
            pad(port, widths[0]),
            pad(game, widths[1])
        )
    };
    lines.iter().map(line).collect()
}

/// The name of a user, or the number where the system has no name for it.
fn user_name(user: u32) -> String {
    let known = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap_or_default();
    let name = known.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, id) = (fields.next()?, fields.nth(1)?);
        (id.parse() == Ok(user)).then(|| printable(name))
    });
    name.unwrap_or_else(|| user.to_string())
}

/// True if a web server of ours answers on this port, on any address of this machine.
///
/// # Errors
/// If no runtime can be started.
pub(crate) fn is_healthy(port: u16) -> Result<bool, Failure> {
    block_on(answers(port))
}

/// Tries the loopback addresses first.
async fn answers(port: u16) -> bool {
    let loopback: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let interfaces = get_if_addrs().unwrap_or_default();
    let others = interfaces.iter().map(if_addrs::Interface::ip);
    let others = others.filter(|address| !address.is_loopback());
    for address in loopback.into_iter().chain(others) {
        let asking = is_served(SocketAddr::new(address, port));
        if timeout(IO_TIMEOUT, asking)
            .await
            .is_ok_and(|answer| answer.unwrap_or(false))
        {
            return true;
        }
    }
    false
}

/// True if a request is answered; if not, with a PROXY header, which some servers require.
async fn is_served(address: SocketAddr) -> io::Result<bool> {
    match is_answered(address, b"").await {
        answered @ Ok(_) => answered,
        Err(_) => is_answered(address, OWN_CONNECTION).await,
    }
}

/// True if a request after these bytes is answered.
async fn is_answered(address: SocketAddr, header: &[u8]) -> io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    let request = b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(&[header, request].concat()).await?;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await?;
    // 403: on an address other than loopback, where plain http is for this machine alone.
    Ok(matches!(
        &status,
        b"HTTP/1.1 200" | b"HTTP/1.1 307" | b"HTTP/1.1 308" | b"HTTP/1.1 403"
    ))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn server(stream: UnixStream) -> ServerConnection {
        ServerConnection {
            port: 8080,
            user: 0,
            stream,
        }
    }

    #[tokio::test]
    async fn a_socket_whose_process_is_of_another_user_is_not_trusted_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("8080.sock");
        let address = |user| ControlAddress {
            port: 8080,
            user,
            path: path.clone(),
        };
        let listener = tokio::net::UnixListener::bind(&path).unwrap();
        assert!(connect(address(current_user())).await.is_some());
        assert!(connect(address(current_user() + 1)).await.is_none());
        drop(listener);
        assert!(connect(address(current_user() + 1)).await.is_none());
        assert!(path.exists(), "another user's");
        assert!(connect(address(current_user())).await.is_none());
        assert!(
            !path.exists(),
            "left by a server of this user that was killed"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_server_is_given_up_after_five_seconds() {
        let (stream, _silent) = UnixStream::pair().unwrap();
        let since = tokio::time::Instant::now();
        let answer = send(server(stream), &ClientMessage::Do(Command::Rebuild)).await;
        assert!(answer.is_err());
        assert_eq!(since.elapsed().as_secs(), IO_TIMEOUT.as_secs());
    }

    #[tokio::test]
    async fn no_more_than_a_mebibyte_of_an_answer_is_read() {
        let (stream, mut endless) = UnixStream::pair().unwrap();
        let writing = tokio::spawn(async move {
            let mut written = 0;
            while let Ok(count @ 1..) = endless.write(&[b'x'; 4096]).await {
                written += count as u64;
            }
            written
        });
        assert!(send(server(stream), &ClientMessage::Metrics).await.is_err());
        let written = writing.await.unwrap();
        // What is beyond was on the way.
        assert!(
            (MAX_MESSAGE..2 * MAX_MESSAGE).contains(&written),
            "{written}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_only_says_that_it_is_busy_is_given_up() {
        for (question, limit) in [
            (ClientMessage::Metrics, STATUS_TIMEOUT),
            (ClientMessage::Do(Command::Rebuild), ANSWER_TIMEOUT),
        ] {
            let (stream, mut busy) = UnixStream::pair().unwrap();
            tokio::spawn(async move {
                while busy.write_all(b"\n").await.is_ok() {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            });
            let since = tokio::time::Instant::now();
            assert!(send(server(stream), &question).await.is_err());
            assert!(since.elapsed() >= limit && since.elapsed() < limit * 2);
        }
    }
}
