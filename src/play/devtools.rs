//! The DevTools protocol over a pair of pipes: JSON messages, each with a NUL behind it.

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe;
use tokio::time::timeout;

/// The time limit for the answer to a command that does nothing in the page.
const PATIENCE: Duration = Duration::from_secs(20);

/// The largest message, in bytes: a picture of a large screen.
const MAX_MESSAGE: usize = 64 << 20;

/// The connection to a browser.
#[derive(Debug)]
pub(crate) struct Devtools {
    writer: pipe::Sender,
    reader: pipe::Receiver,
    buffer: Vec<u8>,
    /// The bytes of the buffer that are known to hold no end of a message.
    searched: usize,
    last_id: u64,
    /// Events that came while a command waited for its answer.
    waiting: VecDeque<ProtocolMessage>,
}

/// A message of the browser: an event, or the answer to a command.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ProtocolMessage {
    /// The command that is answered.
    pub id: Option<u64>,
    /// The name of the event.
    #[serde(default)]
    pub method: String,
    #[serde(default)]
    pub params: Value,
    #[serde(default)]
    pub result: Value,
    pub error: Option<RefusedCommand>,
}

/// The reason that a command was refused.
#[derive(Debug, Deserialize)]
pub(crate) struct RefusedCommand {
    pub message: String,
}

/// The reason that a conversation with a browser ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DevtoolsError {
    /// The browser has ended.
    #[error("the browser has ended")]
    Ended,
    /// The browser does not answer in time.
    #[error("no answer to {0}")]
    Silent(&'static str),
    /// The browser refuses a command.
    #[error("{command}: {reason}")]
    Refused {
        command: &'static str,
        reason: String,
    },
    /// The messages cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

impl Devtools {
    /// A conversation over the pipes to and from a browser.
    ///
    /// # Errors
    /// If they are not pipes.
    pub(crate) fn new(to: OwnedFd, from: OwnedFd) -> io::Result<Self> {
        Ok(Self {
            writer: pipe::Sender::from_owned_fd(to)?,
            reader: pipe::Receiver::from_owned_fd(from)?,
            buffer: Vec::new(),
            searched: 0,
            last_id: 0,
            waiting: VecDeque::new(),
        })
    }

    /// Sends a command; its answer comes as a message with the returned number.
    ///
    /// # Errors
    /// If the browser has ended.
    pub(crate) async fn send(
        &mut self,
        session: &str,
        command: &'static str,
        params: Value,
    ) -> Result<u64, DevtoolsError> {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": command, "params": params });
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        let mut text = message.to_string().into_bytes();
        text.push(0);
        let written = timeout(PATIENCE, self.writer.write_all(&text)).await;
        written
            .map_err(|_| DevtoolsError::Silent(command))?
            .map_err(|_| DevtoolsError::Ended)?;
        Ok(self.last_id)
    }

    /// Sends a command and waits for its result. Events that come meanwhile are kept.
    ///
    /// # Errors
    /// If the browser has ended, does not answer or refuses.
    pub(crate) async fn call(
        &mut self,
        session: &str,
        command: &'static str,
        params: Value,
    ) -> Result<Value, DevtoolsError> {
        let id = self.send(session, command, params).await?;
        let answer = async {
            loop {
                let message = self.receive().await?;
                if message.id == Some(id) {
                    return Ok(message);
                }
                if message.id.is_none() {
                    self.waiting.push_back(message);
                }
            }
        };
        let answer = timeout(PATIENCE, answer).await;
        let answer: ProtocolMessage = answer.map_err(|_| DevtoolsError::Silent(command))??;
        match answer.error {
            Some(error) => Err(DevtoolsError::Refused {
                command,
                reason: error.message,
            }),
            None => Ok(answer.result),
        }
    }

    /// The next message. Cancel safe.
    ///
    /// # Errors
    /// If the browser has ended.
    pub(crate) async fn next(&mut self) -> Result<ProtocolMessage, DevtoolsError> {
        match self.waiting.pop_front() {
            Some(message) => Ok(message),
            None => self.receive().await,
        }
    }

    /// Forgets the events that nobody has read.
    pub(crate) fn forget_events(&mut self) {
        self.waiting.clear();
    }

    async fn receive(&mut self) -> Result<ProtocolMessage, DevtoolsError> {
        loop {
            if let Some(end) = self.buffer[self.searched..]
                .iter()
                .position(|byte| *byte == 0)
            {
                let end = self.searched + end;
                let message = serde_json::from_slice(&self.buffer[..end]);
                self.buffer.drain(..=end);
                self.searched = 0;
                return message.map_err(|error| DevtoolsError::Unreadable(error.to_string()));
            }
            self.searched = self.buffer.len();
            if self.searched > MAX_MESSAGE {
                return Err(DevtoolsError::Unreadable(
                    "a message without an end".to_owned(),
                ));
            }
            match self.reader.read_buf(&mut self.buffer).await {
                Ok(0) | Err(_) => return Err(DevtoolsError::Ended),
                Ok(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::thread;

    /// A conversation with a browser that reads one command and then says this.
    fn with_browser(says: &'static [u8]) -> Devtools {
        let (mut heard, to) = std::io::pipe().unwrap();
        let (from, mut said) = std::io::pipe().unwrap();
        thread::spawn(move || {
            let mut command = [0; 1];
            heard.read_exact(&mut command).unwrap();
            for part in says.chunks(7) {
                said.write_all(part).unwrap();
            }
            // Reads on, so that writing goes on.
            let _ = heard.read_to_end(&mut Vec::new());
        });
        Devtools::new(to.into(), from.into()).unwrap()
    }

    #[tokio::test]
    async fn an_answer_is_told_from_events_which_are_kept() {
        let says = b"{\"method\":\"a\",\"sessionId\":\"s\",\"params\":{\"n\":1}}\0{\"id\":1,\"result\":{\"x\":2}}\0";
        let mut devtools = with_browser(says);
        let result = devtools.call("", "Some.command", json!({})).await.unwrap();
        assert_eq!(result, json!({"x": 2}));
        let event = devtools.next().await.unwrap();
        assert_eq!(event.method, "a");
        assert_eq!(event.params, json!({"n": 1}));
    }

    #[tokio::test]
    async fn refusals_nonsense_and_the_end_are_errors() {
        let mut refusing = with_browser(b"{\"id\":1,\"error\":{\"code\":-1,\"message\":\"no\"}}\0");
        let refused = refusing.call("", "A.b", json!({})).await.unwrap_err();
        assert_eq!(refused.to_string(), "A.b: no");
        let mut mad = with_browser(b"{\0");
        mad.send("", "A.b", json!({})).await.unwrap();
        assert!(matches!(
            mad.next().await,
            Err(DevtoolsError::Unreadable(_))
        ));
        let (heard, to) = std::io::pipe().unwrap();
        let (from, said) = std::io::pipe().unwrap();
        let mut gone = Devtools::new(to.into(), from.into()).unwrap();
        drop((heard, said));
        assert!(matches!(gone.next().await, Err(DevtoolsError::Ended)));
        let sent = gone.send("", "A.b", json!({})).await;
        assert!(matches!(sent, Err(DevtoolsError::Ended)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_browser_that_says_nothing_is_given_up() {
        let mut silent = with_browser(b"");
        let error = silent.call("", "A.b", json!({})).await.unwrap_err();
        assert!(matches!(error, DevtoolsError::Silent("A.b")));
    }
}
