//! Server-sent events (HTML, 9.2) of the console: everything at once, then what changes. A stream holds no queue: a
//! browser that reads slowly gets the latest state.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::console::log_tail::tail;
use crate::web_console::feed::Snapshot;

/// The interval of events while nothing changes; the page takes a longer silence for a broken connection.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// The events for one browser, until access is ended.
pub(crate) struct EventStream(NextEvents);

type NextEvents = Pin<Box<dyn Future<Output = Option<(Bytes, StreamState)>> + Send>>;

/// The state of a stream: its sources, and what has been sent.
pub(crate) struct StreamState {
    snapshots: watch::Receiver<Arc<Snapshot>>,
    lines: watch::Receiver<u64>,
    access_ended: watch::Receiver<u64>,
    sent: Option<Arc<Snapshot>>,
    /// The number of the next line of the log.
    next_line: u64,
}

impl EventStream {
    /// A stream that begins with everything.
    pub(crate) fn new(
        snapshots: watch::Receiver<Arc<Snapshot>>,
        access_ended: watch::Receiver<u64>,
    ) -> Self {
        Self(Box::pin(next(StreamState {
            snapshots,
            lines: tail().changes(),
            access_ended,
            sent: None,
            next_line: 0,
        })))
    }

    /// The next events; `None` at the end.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Some((events, state)) = ready!(self.0.as_mut().poll(context)) else {
            self.0 = Box::pin(std::future::ready(None));
            return Poll::Ready(None);
        };
        self.0 = Box::pin(next(state));
        Poll::Ready(Some(events))
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EventStream")
    }
}

async fn next(mut state: StreamState) -> Option<(Bytes, StreamState)> {
    if state.sent.is_some() {
        let is_over = tokio::select! {
            biased;
            _ = state.access_ended.changed() => true,
            changed = state.snapshots.changed() => changed.is_err(),
            changed = state.lines.changed() => changed.is_err(),
            () = sleep(HEARTBEAT) => false,
        };
        if is_over {
            return None;
        }
    }
    let events = state.events();
    Some((events, state))
}

impl StreamState {
    /// The events about what has changed; a comment-like event if nothing has.
    fn events(&mut self) -> Bytes {
        let now = Arc::clone(&self.snapshots.borrow_and_update());
        self.lines.borrow_and_update();
        let mut text = String::new();
        if self.sent.is_none() {
            text += "retry: 1000\n";
        }
        for (name, event) in now.sections() {
            let before = self.sent.as_ref().map(|sent| sent.section(name));
            if before != Some(event) {
                push(&mut text, name, event);
            }
        }
        let lines = tail().since(self.next_line);
        if self.next_line == 0 || !lines.is_empty() {
            let event = json!({ "first": self.next_line == 0, "lines": lines });
            push(&mut text, "log", &event.to_string());
            let last = lines.last().map_or(0, |line| line.number);
            self.next_line = self.next_line.max(1).max(last + 1);
        }
        if text.is_empty() {
            push(&mut text, "alive", "{}");
        }
        self.sent = Some(now);
        text.into()
    }
}

/// Adds an event. Its data is JSON, which has no line breaks.
fn push(text: &mut String, name: &str, data: &str) {
    for part in ["event: ", name, "\ndata: ", data, "\n\n"] {
        text.push_str(part);
    }
}
