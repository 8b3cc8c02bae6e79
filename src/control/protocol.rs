//! The control protocol: a question is one line of JSON, and so is its answer.
//!
//! While the server works on an answer it sends an empty line every second, so that the client can tell a long build
//! from a server that hangs.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::console::failure::Failure;
use crate::console::message::t;
use crate::control::command::Command;
use crate::control::status::Status;

/// The limit for everything one side sends, in bytes.
pub(crate) const MAX_MESSAGE: u64 = 1 << 20;

/// The limit for one read or write.
pub(crate) const IO_TIMEOUT: Duration = Duration::from_secs(5);

/// The limit for a whole answer: the status, and what may need a build of a game.
pub(crate) const STATUS_TIMEOUT: Duration = Duration::from_secs(10);
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// The interval between the empty lines of a busy server.
pub(crate) const KEEPALIVE: Duration = Duration::from_secs(1);

/// The outcome of a command: the status after it, or the reason it failed.
pub(crate) type Reply = Result<Status, Failure>;

/// A request to the server.
#[derive(Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ClientMessage {
    Do(Command),
    Metrics,
}

/// The server's answer.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ServerMessage {
    Ok(Box<Status>),
    Metrics(String),
    Error { what: String, hint: Option<String> },
}

/// The failure of a server that closed the connection, or answered something else.
pub(crate) fn no_answer() -> Failure {
    Failure::failed(t!("control.no_answer"))
}

impl From<Reply> for ServerMessage {
    fn from(reply: Reply) -> Self {
        match reply {
            Ok(status) => Self::Ok(Box::new(status)),
            Err(Failure { what, hint, .. }) => Self::Error { what, hint },
        }
    }
}

impl ServerMessage {
    pub(crate) fn into_reply(self) -> Reply {
        match self {
            Self::Ok(status) => Ok(*status),
            Self::Error { what, hint } => {
                let failure = Failure::failed(what);
                Err(hint.into_iter().fold(failure, Failure::hint))
            }
            Self::Metrics(_) => Err(no_answer()),
        }
    }
}
