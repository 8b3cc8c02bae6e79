//! The task of one connection: serves plain HTTP/1.1 or what TLS has agreed on, and ends it when told from outside.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tower_service::Service;

use crate::metrics::counters::Refusal;
use crate::server::admission::{ConnectionPermit, PlacePermit};
use crate::server::connection::{self, BoxError, CountingService, RequestConnection};
use crate::server::parked::Begun;
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

/// A connection that waits for a request, and holds no buffer for it.
pub(crate) struct Parked<S> {
    pub(crate) stream: TimeoutStream<TcpStream>,
    pub(crate) service: CountingService<S>,
}

/// The phase of a connection.
#[expect(
    clippy::large_enum_variant,
    reason = "most connections are parked most of the time, where a box would only cost more memory"
)]
enum Phase<S, B>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone,
    S::Error: Into<BoxError>,
    B: Body,
{
    /// It waits for its first request, or for the next one after a while without any.
    Parked(Parked<S>),
    /// Its requests are read and answered.
    Requests(Box<RequestConnection<TcpStream, S>>),
    /// The client speaks TLS.
    Secure(SecureConnection),
    Ended,
}

/// The task of a connection. A future of its own, because an async block would hold the connection twice: captured and
/// awaited.
pub(crate) struct ConnectionTask<S, B>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone,
    S::Error: Into<BoxError>,
    B: Body,
{
    // First, so that the connection counts as closed before the drain may end.
    permits: HeldPermits,
    phase: Phase<S, B>,
    state: Arc<ConnectionState>,
    closing: Closing,
    // The drain ends when the last of these is dropped.
    _open: mpsc::Sender<Infallible>,
}

impl<S, B> ConnectionTask<S, B>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + Unpin + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    /// The task of a connection that waits for its first request. It holds `open` until it ends.
    pub(crate) fn new(
        permits: HeldPermits,
        parked: Parked<S>,
        state: Arc<ConnectionState>,
        open: mpsc::Sender<Infallible>,
    ) -> Self {
        Self {
            permits,
            phase: Phase::Parked(parked),
            state,
            closing: Closing::Unregistered,
            _open: open,
        }
    }

    /// Polls the phase; ready with the next one.
    fn poll_phase(&mut self, context: &mut Context<'_>) -> Poll<Phase<S, B>> {
        match &mut self.phase {
            Phase::Parked(parked) => match parked.stream.poll_begun(context) {
                Poll::Ready(Begun::Request) => Poll::Ready(self.requests()),
                Poll::Ready(Begun::Hello) => Poll::Ready(self.secure()),
                Poll::Pending if !self.state.is_closing() => Poll::Pending,
                Poll::Pending | Poll::Ready(Begun::End) => Poll::Ready(Phase::Ended),
            },
            Phase::Requests(connection) => {
                let mut polled = Pin::new(&mut **connection).poll(context);
                // Only after the poll, which reads a request that has arrived meanwhile: it is answered before the end.
                if polled.is_pending()
                    && self.closing == Closing::Registered
                    && self.state.is_closing()
                {
                    self.closing = Closing::Told;
                    Pin::new(&mut **connection).graceful_shutdown();
                    polled = Pin::new(&mut **connection).poll(context);
                }
                // Other errors are the client's business; the access log has what was sent.
                if ready!(polled).is_err_and(|error| error.is_parse()) {
                    let counters = self.permits.server.counters;
                    counters.record_refusal(Refusal::Malformed);
                }
                Poll::Ready(self.parked_again())
            }
            Phase::Secure(secure) => secure.as_mut().poll(context).map(|()| Phase::Ended),
            Phase::Ended => Poll::Ready(Phase::Ended),
        }
    }

    /// The phase after [`Phase::Parked`] in which requests are answered.
    fn requests(&mut self) -> Phase<S, B> {
        match std::mem::replace(&mut self.phase, Phase::Ended) {
            Phase::Parked(Parked { stream, service }) => {
                Phase::Requests(Box::new(connection::serve(stream, service)))
            }
            other => other,
        }
    }

    /// The phase after [`Phase::Parked`] for a client that speaks TLS.
    fn secure(&mut self) -> Phase<S, B> {
        match std::mem::replace(&mut self.phase, Phase::Ended) {
            Phase::Parked(Parked { stream, service }) => {
                self.state.set_hello();
                let server = Arc::clone(&self.permits.server);
                let state = Arc::clone(&self.state);
                let service = service.into_inner();
                Phase::Secure(Box::pin(secure::serve(
                    stream.into_begun(),
                    server,
                    state,
                    service,
                )))
            }
            other => other,
        }
    }

    /// The phase after [`Phase::Requests`].
    fn parked_again(&mut self) -> Phase<S, B> {
        let Phase::Requests(connection) = std::mem::replace(&mut self.phase, Phase::Ended) else {
            return Phase::Ended;
        };
        let parts = connection.into_parts();
        let (stream, service) = (parts.io.into_inner(), parts.service);
        match stream.is_parked() {
            true => Phase::Parked(Parked { stream, service }),
            false => Phase::Ended,
        }
    }
}

impl<S, B> Future for ConnectionTask<S, B>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + Unpin + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
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
        loop {
            this.phase = ready!(this.poll_phase(context));
            if matches!(this.phase, Phase::Ended) {
                return Poll::Ready(());
            }
        }
    }
}
