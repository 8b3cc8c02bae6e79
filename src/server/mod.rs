//! When and to whom bytes move: accept, one task a connection, drain. Knows no games; serves any service.

mod connection;
mod limits;
mod listener;

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper_util::server::graceful::GracefulShutdown;
use pin_project_lite::pin_project;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tower_service::Service;

use crate::counters::Counters;
pub use connection::serve;
pub use limits::Limits;
pub use listener::{BindError, Listener};

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Every answer under way was sent to its end.
    Whole,
    /// Some were cut off when the time for it was over.
    Cut,
}

/// Serves the connections that come to a listener.
#[derive(Debug)]
pub struct Server {
    limits: Limits,
    counters: &'static Counters,
}

impl Server {
    /// A server that holds its clients to these limits and counts what they do.
    pub fn new(limits: Limits, counters: &'static Counters) -> Self {
        Self { limits, counters }
    }

    /// Serves each connection with a service of its own, which must always be ready, until `shutdown`; then lets answers
    /// under way come to their end for as long as `limits.drain_timeout`.
    pub async fn run<M, S, B>(
        self,
        mut listener: Listener,
        service_for: M,
        shutdown: impl Future<Output = ()>,
    ) -> Drained
    where
        M: Fn(SocketAddr) -> S,
        S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let Self { limits, counters } = self;
        limits.allow_descriptors();
        let connections = GracefulShutdown::new();
        let permits = Arc::new(Semaphore::new(limits.connections.get()));
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let next = async {
                let permit = permit(&permits).await;
                (permit, listener.accept().await)
            };
            let (permit, (stream, peer)) = tokio::select! {
                () = &mut shutdown => break,
                accepted = next => accepted,
            };
            let connection = connection::serve(stream, limits, service_for(peer));
            tokio::spawn(Permitted {
                connection: connections.watch(connection),
                permit,
                _open: Open::new(counters),
            });
        }
        drop(listener);
        match timeout(limits.drain_timeout, connections.shutdown()).await {
            Ok(()) => Drained::Whole,
            Err(_) => Drained::Cut,
        }
    }
}

/// A connection as it is counted.
#[derive(Debug)]
struct Open(&'static Counters);

impl Open {
    fn new(counters: &'static Counters) -> Self {
        counters.opened();
        Self(counters)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.closed();
    }
}

pin_project! {
    /// A connection with its place among those that may be. Not an async block, which would hold the connection twice:
    /// as what it captured and as what it awaits.
    struct Permitted<C> {
        // Counted as closed before it is closed for those who wait for the last one.
        _open: Open,
        #[pin]
        connection: C,
        permit: Option<OwnedSemaphorePermit>,
    }
}

impl<C: Future> Future for Permitted<C> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // How a connection ends is the client's business; what it was sent stands in the request log.
        self.project().connection.poll(context).map(drop)
    }
}

async fn permit(permits: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    if permits.available_permits() == 0 {
        tracing::warn!("{}", rust_i18n::t!("server.full"));
    }
    // An error would mean that the semaphore was closed, which nobody does.
    Arc::clone(permits).acquire_owned().await.ok()
}
