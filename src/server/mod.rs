//! Serves connections: accepts them, runs one task for each, and drains them at the end. Knows no games; any service
//! will do.

pub(crate) mod admission;
pub(crate) mod chunks;
pub(crate) mod connection;
pub mod framing;
pub(crate) mod framing_field;
pub(crate) mod http2;
pub mod limits;
pub mod listener;
pub(crate) mod places;
pub(crate) mod plain_head;
pub(crate) mod proxy_protocol;
pub(crate) mod refusal_log;
pub(crate) mod request_line;
pub(crate) mod secure;
pub(crate) mod state;
pub(crate) mod timeouts;
pub(crate) mod token;
pub mod workers;
pub(crate) mod workload;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tower_service::Service;

use crate::metrics::counters::{Counters, Refusal};
use crate::server::admission::{Admission, ConnectionPermit, PlacePermit, Refused};
use crate::server::connection::CountingService;
use crate::server::limits::Limits;
use crate::server::listener::Listener;
use crate::server::refusal_log::RefusalLog;
use crate::server::secure::SecureConnection;
use crate::server::state::{ConnectionState, ServerState};
use crate::server::timeouts::TimeoutStream;
use crate::server::workload::CountedConnection;
use crate::tls::keeper::Keeper;

/// The result of stopping a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Every answer under way was sent whole.
    Whole,
    /// Some answers were cut off at the drain timeout.
    Cut,
}

/// Serves the connections of a listener.
#[derive(Clone, Debug)]
pub struct Server {
    state: Arc<ServerState>,
    admission: Arc<Admission>,
}

impl Server {
    /// A server with these limits and counters.
    pub fn new(limits: Limits, counters: &'static Counters) -> Self {
        Self::with_tls(limits, counters, None)
    }

    /// The same, with certificates for clients that begin with a TLS handshake.
    pub fn with_tls(mut limits: Limits, counters: &'static Counters, tls: Option<Keeper>) -> Self {
        limits.fit_to_descriptors();
        let state = Arc::new(ServerState::new(limits, counters, tls));
        Self {
            admission: Arc::new(Admission::new(Arc::clone(&state))),
            state,
        }
    }

    /// The proxies whose statements about clients are believed.
    pub fn trusted_proxies(&self) -> Vec<IpNet> {
        self.state.limits.trusted_proxies.clone()
    }

    /// Serves each connection with a service of its own, which must always be ready, until `shutdown`. Then lets answers
    /// under way finish within the drain timeout.
    ///
    /// # Examples
    ///
    /// ```
    /// # use webserver::{metrics::counters::Counters, metrics::endpoint::Metrics};
    /// # use webserver::server::{Drained, Server, limits::Limits, listener::Listener};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let listener = Listener::bind(Some("127.0.0.1".parse()?), 0)?;
    /// let counters = Counters::start();
    /// let server = Server::new(Limits::default(), counters);
    /// let drained = server.run(listener, |_| Metrics::new(counters), async {}).await;
    /// assert_eq!(drained, Drained::Whole);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn run<M, S, B>(
        self,
        mut listener: Listener,
        service_for: M,
        shutdown: impl Future<Output = ()>,
    ) -> Drained
    where
        M: Fn(SocketAddr) -> S,
        S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + Unpin + 'static,
        S::Future: Send + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (open, mut all_closed) = mpsc::channel(1);
        let (announce, mut announced) = mpsc::channel(1);
        let mut shutdown = std::pin::pin!(shutdown);
        let (mut refusals, mut full_logged, mut waiting) = (RefusalLog::default(), None, None);
        loop {
            // First the connection, so that none gives way before another is there; it is kept when this is cancelled.
            let next = async {
                if waiting.is_none() {
                    waiting = Some(listener.accept().await);
                }
                self.admission.acquire(&mut full_logged).await
            };
            let accepted = tokio::select! {
                () = &mut shutdown => break,
                () = refusals.log() => continue,
                Some(accepted) = announced.recv() => accepted,
                permit = next => {
                    let Some((stream, client)) = waiting.take() else {
                        continue;
                    };
                    let accepted = Accepted {
                        load: listener.count(),
                        ..Accepted::new(permit, stream, client)
                    };
                    if self.state.limits.proxy_protocol {
                        tokio::spawn(read_client(accepted, self.clone(), announce.clone()));
                        continue;
                    }
                    accepted
                }
            };
            let Some(admitted) = self.admit(accepted, &announce, &mut refusals) else {
                continue;
            };
            let (service, state) = (service_for(admitted.client), admitted.state);
            tokio::spawn(ConnectionTask {
                permits: admitted.permits,
                connection: Some(self.serve_as(Arc::clone(&state), admitted.stream, service)),
                state,
                closing: Closing::Unregistered,
                _open: open.clone(),
                secure: None,
            });
        }
        drop((listener, open));
        self.admission.close_all();
        let closed = timeout(self.state.limits.drain_timeout, all_closed.recv());
        closed.await.map_or(Drained::Cut, |_| Drained::Whole)
    }

    /// Admits a connection. One for which no other gives way is tried again after pauses, and refused in the end; at
    /// most half of the reserve waits.
    fn admit(
        &self,
        accepted: Accepted,
        announce: &mpsc::Sender<Accepted>,
        refusals: &mut RefusalLog,
    ) -> Option<Admitted> {
        let address = accepted.client.ip().to_canonical();
        let state = Arc::new(self.state.connection());
        match self.admission.admit(address, &state) {
            Ok(permit) => Some(Admitted {
                permits: HeldPermits::new(&self.state, accepted.permit, (permit, accepted.load)),
                stream: accepted.stream,
                client: accepted.client,
                state,
            }),
            Err(refused) if accepted.may_wait(&self.state) => {
                if refused != Refused::Address && accepted.retries == 0 {
                    refusals.count(address, refused);
                }
                tokio::spawn(retry(accepted, announce.clone()));
                None
            }
            Err(refused) => {
                self.state.counters.record_refusal(Refusal::Address);
                refusals.count(address, refused);
                None
            }
        }
    }

    /// Serves one stream until either side closes it or it exceeds a limit.
    pub fn serve<T, S, B>(
        &self,
        stream: T,
        service: S,
    ) -> http1::Connection<TokioIo<TimeoutStream<T>>, CountingService<S>>
    where
        T: AsyncRead + AsyncWrite + Unpin,
        S: Service<Request<Incoming>, Response = Response<B>> + Clone,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        B: Body<Data = Bytes> + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.serve_as(Arc::new(self.state.connection()), stream, service)
    }

    fn serve_as<T, S, B>(
        &self,
        connection: Arc<ConnectionState>,
        stream: T,
        service: S,
    ) -> http1::Connection<TokioIo<TimeoutStream<T>>, CountingService<S>>
    where
        T: AsyncRead + AsyncWrite + Unpin,
        S: Service<Request<Incoming>, Response = Response<B>> + Clone,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        B: Body<Data = Bytes> + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        connection::serve(stream, Arc::clone(&self.state), connection, service)
    }

    /// Takes a permit, as an open connection does.
    #[cfg(test)]
    fn try_acquire(&self) -> Option<ConnectionPermit> {
        self.admission.try_acquire()
    }
}

/// The first pause before a connection without a place is tried again: an answer under way may end meanwhile. Each
/// further one is longer by as much.
const RETRY_PAUSE: Duration = Duration::from_millis(25);

/// The number of such tries before the connection is refused: three seconds, in which another one wastes enough time to
/// give way.
const MAX_RETRIES: u32 = 15;

/// A connection that has a permit, but is not admitted yet.
struct Accepted {
    permit: Option<ConnectionPermit>,
    stream: TcpStream,
    /// The address of the peer, or of the client that the peer states.
    client: SocketAddr,
    load: Option<CountedConnection>,
    retries: u32,
}

impl Accepted {
    fn new(permit: Option<ConnectionPermit>, stream: TcpStream, client: SocketAddr) -> Self {
        Self {
            permit,
            stream,
            client,
            load: None,
            retries: 0,
        }
    }

    /// True if it may wait for a place: it has not waited long, and half of the reserve is free.
    fn may_wait(&self, server: &ServerState) -> bool {
        let has_room = || server.permits.available_permits() >= server.reserve() / 2;
        self.retries < MAX_RETRIES && (self.retries > 0 || has_room())
    }
}

/// A connection to be served.
struct Admitted {
    permits: HeldPermits,
    stream: TcpStream,
    client: SocketAddr,
    state: Arc<ConnectionState>,
}

/// Hands a connection back after a pause.
async fn retry(mut accepted: Accepted, announce: mpsc::Sender<Accepted>) {
    accepted.retries += 1;
    sleep(RETRY_PAUSE * accepted.retries).await;
    // The server may be stopping, and accept no more.
    let _ = announce.send(accepted).await;
}

/// Reads the client of a connection from its PROXY protocol header, and hands the connection back. A connection from
/// elsewhere than a trusted proxy, or without a header in time, is closed.
async fn read_client(accepted: Accepted, server: Server, announce: mpsc::Sender<Accepted>) {
    let mut accepted = accepted;
    let peer = accepted.client;
    let limits = &server.state.limits;
    let mut client = Err(io::ErrorKind::PermissionDenied.into());
    if limits.is_trusted(peer.ip().to_canonical()) {
        let header = proxy_protocol::read_client(&mut accepted.stream, peer);
        let read = timeout(limits.first_byte_timeout, header).await;
        client = read.unwrap_or(Err(io::ErrorKind::TimedOut.into()));
    }
    match client {
        // The server may be stopping, and accept no more.
        Ok(client) => drop(announce.send(Accepted { client, ..accepted }).await),
        Err(_) => server.state.counters.record_refusal(Refusal::Malformed),
    }
}

/// The permits of an open connection.
#[derive(Debug)]
struct HeldPermits {
    server: Arc<ServerState>,
    _permit: Option<ConnectionPermit>,
    _address: PlacePermit,
    _load: Option<CountedConnection>,
}

impl HeldPermits {
    fn new(
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
struct ConnectionTask<S, B>
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
    state: Arc<ConnectionState>,
    closing: Closing,
    // The drain ends when the last of these is dropped.
    _open: mpsc::Sender<Infallible>,
}

type PlainConnection<S> = http1::Connection<TokioIo<TimeoutStream<TcpStream>>, CountingService<S>>;

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

#[cfg(test)]
mod tests;
