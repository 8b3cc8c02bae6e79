//! What pages of a site built with `live` ask for: the script that reloads them, and the events that tell it when.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use tokio::time::timeout;

use super::body::Body;
use super::headers;
use crate::published::Ids;
use crate::site::media_type::SCRIPT;
use crate::site::{LIVE_SCRIPT, Site};

/// The path of the events.
const EVENTS: &str = "/.webserver/events";

const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");

/// How long the stream is silent at most: less than connections may be idle.
const QUIET: Duration = Duration::from_secs(15);

/// Server-sent events (HTML, 9.2): the id of the site on the air at once and whenever it is another, until the server
/// is stopped.
pub struct Events(Next);

type Next = Pin<Box<dyn Future<Output = Option<(Bytes, Ids)>> + Send>>;

impl Events {
    /// The events from now on.
    pub fn new(mut ids: Ids) -> Self {
        ids.mark_changed();
        Self(Box::pin(next(ids)))
    }

    /// The next piece of the stream; `None` at its end.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Some((piece, ids)) = ready!(self.0.as_mut().poll(context)) else {
            self.0 = Box::pin(std::future::ready(None));
            return Poll::Ready(None);
        };
        self.0 = Box::pin(next(ids));
        Poll::Ready(Some(piece))
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Events")
    }
}

/// Waits for another site, or sends a comment so that nobody takes the stream for dead.
async fn next(mut ids: Ids) -> Option<(Bytes, Ids)> {
    let piece = match timeout(QUIET, ids.changed()).await {
        Ok(changed) => {
            changed.ok()?;
            let event = format!(
                "retry: 1000\ndata: {}\n\n",
                ids.borrow_and_update().as_ref()?.as_str()
            );
            event.into()
        }
        Err(_) => Bytes::from_static(b":\n\n"),
    };
    Some((piece, ids))
}

/// Whether a page of a site built with `live` asks for its script.
pub fn is_for_script<B>(site: &Site, request: &Request<B>) -> bool {
    site.is_live && request.uri().path() == LIVE_SCRIPT
}

/// Whether the script asks for events.
pub fn is_for_events<B>(site: &Site, request: &Request<B>) -> bool {
    site.is_live && request.uri().path() == EVENTS
}

/// The script.
pub fn script() -> Response<Body> {
    let script = include_bytes!("live.js");
    headers::message(StatusCode::OK, SCRIPT, Bytes::from_static(script))
}

/// The stream of events.
pub fn events(ids: Ids) -> Response<Body> {
    headers::stream(EVENT_STREAM, Body::Events(Events::new(ids)))
}
