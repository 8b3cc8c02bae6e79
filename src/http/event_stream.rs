//! TODO

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::time::timeout;

use crate::http::live_reload::QUIET;
use crate::publish::SiteIds;

/// Server-sent events (HTML, 9.2): the id of the site on the air at once and whenever it is another, until the server
/// is stopped.
pub struct Events(Next);

pub(crate) type Next = Pin<Box<dyn Future<Output = Option<(Bytes, SiteIds)>> + Send>>;

impl Events {
    /// The events from now on.
    pub fn new(mut ids: SiteIds) -> Self {
        ids.mark_changed();
        Self(Box::pin(next(ids)))
    }

    /// The next piece of the stream; `None` at its end.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
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
pub(crate) async fn next(mut ids: SiteIds) -> Option<(Bytes, SiteIds)> {
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
