//! The control socket of a running server.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::PathBuf;
use std::time::Duration;
use std::{fs, io};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::WriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::console::failure::Failure;
use crate::control::command::Command;
use crate::control::control_address::{ControlAddress, current_user, make_private, to_listen_on};
use crate::control::protocol::{
    ClientMessage, IO_TIMEOUT, KEEPALIVE, MAX_MESSAGE, Reply, ServerMessage,
};
use webserver::metrics::counters::Counters;

/// A command from the socket, and the channel for its reply.
pub(crate) type ControlRequest = (Command, oneshot::Sender<Reply>);

/// The control socket of this server. Dropping it removes its file.
#[derive(Debug)]
pub(crate) struct ControlSocket {
    path: Option<PathBuf>,
}

impl ControlSocket {
    /// Listens for commands about the server on `port` and passes them to `requests`.
    ///
    /// # Errors
    /// If no socket can be created, or another server listens on it.
    pub(crate) fn open(
        port: u16,
        requests: &mpsc::Sender<ControlRequest>,
        counters: &'static Counters,
    ) -> io::Result<Self> {
        let (file, fixed) = to_listen_on(port);
        let fixed = fixed.map(|address| listener(&address));
        let (file_listener, path) = match (listener(&file), &fixed) {
            (Ok(listener), _) => (Some(listener), Some(file.path)),
            (Err(error), None | Some(Err(_))) => return Err(error),
            (Err(error), _) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            // A read-only file system.
            (Err(_), Some(Ok(_))) => (None, None),
        };
        for listener in file_listener.into_iter().chain(fixed.and_then(Result::ok)) {
            tokio::spawn(listen(listener, requests.clone(), counters));
        }
        Ok(Self { path })
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            let _ = fs::remove_file(path);
        }
    }
}

fn listener(address: &ControlAddress) -> io::Result<UnixListener> {
    if !address.is_file() {
        return UnixListener::bind(&address.path);
    }
    if let Some(folder) = address.path.parent() {
        make_private(folder)?;
    }
    if StdUnixStream::connect(&address.path).is_ok() {
        return Err(io::ErrorKind::AddrInUse.into());
    }
    // Left by a server that was killed.
    let _ = fs::remove_file(&address.path);
    let listener = UnixListener::bind(&address.path)?;
    fs::set_permissions(&address.path, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn listen(
    listener: UnixListener,
    requests: mpsc::Sender<ControlRequest>,
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

/// True if the client is this user or root.
fn is_trusted(stream: &UnixStream) -> bool {
    stream
        .peer_cred()
        .is_ok_and(|peer| [0, current_user()].contains(&peer.uid()))
}

/// Answers one question. A client that is too slow or goes away gets no answer.
async fn answer(
    mut stream: UnixStream,
    requests: mpsc::Sender<ControlRequest>,
    counters: &'static Counters,
) -> Option<()> {
    let (reading, mut writing) = stream.split();
    let mut line = String::new();
    let mut reading = BufReader::new(reading.take(MAX_MESSAGE));
    timeout(IO_TIMEOUT, reading.read_line(&mut line))
        .await
        .ok()?
        .ok()?;
    let question = serde_json::from_str::<ClientMessage>(&line);
    let is_stop = matches!(question, Ok(ClientMessage::Do(Command::Stop)));
    let answer = match question {
        Ok(ClientMessage::Do(command)) => {
            let (sender, reply) = oneshot::channel();
            requests.send((command, sender)).await.ok()?;
            ServerMessage::from(keep_alive_until(reply, &mut writing).await?.ok()?)
        }
        Ok(ClientMessage::Metrics) => ServerMessage::Metrics(counters.metrics()),
        Err(error) => ServerMessage::from(Err(Failure::failed(error))),
    };
    let text = serde_json::to_string(&answer).ok()? + "\n";
    write(&mut writing, &text).await?;
    if is_stop {
        // The connection closes with the process, which tells the client that the server has stopped.
        keep_alive_until(std::future::pending::<()>(), &mut writing).await?;
    }
    Some(())
}

/// Waits for a result and sends empty lines meanwhile; `None` if the client has gone away.
async fn keep_alive_until<T>(
    result: impl Future<Output = T>,
    writing: &mut WriteHalf<'_>,
) -> Option<T> {
    let mut result = std::pin::pin!(result);
    loop {
        tokio::select! {
            result = &mut result => return Some(result),
            () = tokio::time::sleep(KEEPALIVE) => write(writing, "\n").await?,
        }
    }
}

async fn write(writing: &mut WriteHalf<'_>, text: &str) -> Option<()> {
    let written = writing.write_all(text.as_bytes());
    timeout(IO_TIMEOUT, written).await.ok()?.ok()
}
