//! Speaking to a server that runs on this machine: its control socket, and the health check.
//!
//! One line of JSON asks and one answers. The socket lies in a folder that only its user may enter, one for each port.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as ClientStream;
use std::path::PathBuf;
use std::time::Duration;
use std::{fs, io};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::console::failure::Failure;
use crate::control::command::Command;
use crate::control::protocol::{
    Answer, LONGEST_LINE, PATIENCE, Question, folder, is_trusted, make_private,
};
use crate::control::status::Status;
use webserver::metrics::counters::Counters;

/// What came of a command: how it goes after it, or what went wrong.
pub(crate) type Reply = Result<Status, Failure>;

/// A command that came through the socket, and where its answer goes.
pub(crate) type ControlRequest = (Command, oneshot::Sender<Reply>);

/// The control socket of a running server. Its file is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Socket {
    path: PathBuf,
}

impl Socket {
    /// Opens the socket for a port; commands arrive at `requests`, and whoever asks is shown the counters.
    ///
    /// # Errors
    /// When the folder for it cannot be had, or another server has it.
    pub(crate) fn open(
        port: u16,
        requests: mpsc::Sender<ControlRequest>,
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

/// Answers one question. Whoever does not say it in time, or goes away, loses the answer.
pub(crate) async fn answer(
    mut stream: UnixStream,
    requests: mpsc::Sender<ControlRequest>,
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
