//! Server-sent events (HTML, 9.2) that tell pages which site is on the air, and when to reload.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;

use crate::publish::on_air::SiteIds;

/// The interval of comments that keep the stream alive, shorter than the idle timeout of connections.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A stream of the ids of published sites: the current one at once, then each new one, until the server stops. Between them
/// the host's requests that all pages reload, as events named `reload`.
pub struct Events(NextEvent);

/// An event, the receiver for those after it, and the number of reloads that were told; `None` at the end.
type NextEvent = Pin<Box<dyn Future<Output = Option<(Bytes, SiteIds, u32)>> + Send>>;

impl Events {
    /// A stream that begins with the current id.
    pub(crate) fn new(mut ids: SiteIds) -> Self {
        ids.mark_changed();
        let reloads = ids.borrow().reloads;
        Self(Box::pin(next(ids, reloads)))
    }

    /// The next event or comment; `None` at the end of the stream.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Some((event, ids, reloads)) = ready!(self.0.as_mut().poll(context)) else {
            self.0 = Box::pin(std::future::ready(None));
            return Poll::Ready(None);
        };
        self.0 = Box::pin(next(ids, reloads));
        Poll::Ready(Some(event))
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Events")
    }
}

async fn next(mut ids: SiteIds, told: u32) -> Option<(Bytes, SiteIds, u32)> {
    let mut reloads = told;
    let event = match timeout(KEEP_ALIVE, ids.changed()).await {
        Ok(changed) => {
            changed.ok()?;
            let news = ids.borrow_and_update().clone();
            reloads = news.reloads;
            let event = match reloads == told {
                true => "",
                false => "event: reload\n",
            };
            format!("retry: 1000\n{event}data: {}\n\n", news.id?.as_str()).into()
        }
        Err(_) => Bytes::from_static(b":\n\n"),
    };
    Some((event, ids, reloads))
}
