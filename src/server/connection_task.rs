//! The task of one connection: serves plain HTTP/1.1 or what TLS has agreed on, and ends it when told from outside.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tower_service::Service;

use crate::metrics::counters::Refusal;
use crate::server::admission::{ConnectionPermit, PlacePermit};
use crate::server::connection::CountingService;
use crate::server::secure::{self, SecureConnection};
use crate::server::state::{ConnectionState, ServerState};
use crate::server::timeouts::TimeoutStream;
use crate::server::workload::CountedConnection;

/// The permits of an open connection.
#[derive(Debug)]
pub(crate) struct HeldPermits {
    server: Arc<ServerState>,
    _permit: Option<ConnectionPermit>,
    _address: PlacePermit,
    _load: Option<CountedConnection>,
}

impl HeldPermits {
    pub(crate) fn new(
        server: &Arc<ServerState>,
        permit: Option<ConnectionPermit>,
        (address, load): (PlacePermit, Option<CountedConnection>),
    ) -> Self {
        server.counters.opened();
        Self {
            server: Arc::clone(server),
            _permit: permit,
            _address: address,
            _load: load,
        }
    }
}

impl Drop for HeldPermits {
    fn drop(&mut self) {
        self.server.counters.closed();
    }
}

/// The steps of closing a connection from outside its task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    /// The task is not registered to be woken yet.
    Unregistered,
    Registered,
    /// hyper has been told.
    Told,
}

/// The task of a connection. A future of its own, because an async block would hold the connection twice: captured and
/// awaited.
pub(crate) struct ConnectionTask<S, B>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: Body,
{
    // First, so that the connection counts as closed before the drain may end.
    permits: HeldPermits,
    /// None once the client is known to speak TLS.
    connection: Option<PlainConnection<S>>,
    /// The connection of such a client.
    secure: Option<SecureConnection>,
    pub(crate) state: Arc<ConnectionState>,
    closing: Closing,
    // The drain ends when the last of these is dropped.
    _open: mpsc::Sender<Infallible>,
}

pub(crate) type PlainConnection<S> =
    http1::Connection<TokioIo<TimeoutStream<TcpStream>>, CountingService<S>>;

impl<S, B> ConnectionTask<S, B>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: Body,
{
    /// The task of a connection that begins as plain HTTP/1.1. It holds `open` until it ends.
    pub(crate) fn new(
        permits: HeldPermits,
        connection: PlainConnection<S>,
        state: Arc<ConnectionState>,
        open: mpsc::Sender<Infallible>,
    ) -> Self {
        Self {
            permits,
            connection: Some(connection),
            secure: None,
            state,
            closing: Closing::Unregistered,
            _open: open,
        }
    }
}

impl<S, B> Future for ConnectionTask<S, B>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + Unpin + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if this.closing == Closing::Unregistered {
            this.state.set_task(context.waker());
            this.closing = Closing::Registered;
        }
        if this.state.is_cut() {
            return Poll::Ready(());
        }
        if let Some(connection) = &mut this.connection {
            let mut polled = Pin::new(&mut *connection).poll(context);
            // Only after the poll, which reads a request that has arrived meanwhile: it is answered before the end.
            if polled.is_pending() && this.closing == Closing::Registered && this.state.is_closing()
            {
                this.closing = Closing::Told;
                Pin::new(&mut *connection).graceful_shutdown();
                polled = Pin::new(&mut *connection).poll(context);
            }
            let result = ready!(polled);
            if !this.state.has_hello() {
                // Other errors are the client's business; the access log has what was sent.
                if result.is_err_and(|error| error.is_parse()) {
                    let counters = this.permits.server.counters;
                    counters.record_refusal(Refusal::Malformed);
                }
                return Poll::Ready(());
            }
            let parts = this.connection.take().map(http1::Connection::into_parts);
            this.secure = parts.map(|parts| {
                let (stream, hello) = parts.io.into_inner().into_hello();
                let server = Arc::clone(&this.permits.server);
                let state = Arc::clone(&this.state);
                let service = parts.service.into_inner();
                Box::pin(secure::serve((stream, hello), server, state, service)) as SecureConnection
            });
        }
        match &mut this.secure {
            Some(secure) => secure.as_mut().poll(context),
            None => Poll::Ready(()),
        }
    }
}
