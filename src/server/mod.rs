//! Serves connections: accepts them, runs one task for each, and drains them at the end. Independent of games: it works
//! with any service.

pub(crate) mod accepted;
pub(crate) mod admission;
pub(crate) mod burden;
pub(crate) mod chunks;
pub(crate) mod connection;
pub(crate) mod connection_task;
pub mod framing;
pub(crate) mod framing_field;
pub(crate) mod http2;
pub mod limits;
pub mod listener;
pub(crate) mod parked;
pub(crate) mod places;
pub(crate) mod plain_head;
pub(crate) mod proxy_protocol;
pub(crate) mod refusal_log;
pub(crate) mod request_line;
pub(crate) mod secure;
pub(crate) mod state;
pub(crate) mod stream_use;
pub(crate) mod timeouts;
pub(crate) mod token;
pub(crate) mod urgency;
pub mod workers;
pub(crate) mod workload;

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tower_service::Service;

use crate::metrics::counters::{Counters, Refusal};
use crate::server::accepted::{Accepted, read_client, retry};
use crate::server::admission::{Admission, Refused};
use crate::server::connection::CountingService;
use crate::server::connection_task::{ConnectionTask, HeldPermits, Parked};
use crate::server::limits::Limits;
use crate::server::listener::Listener;
use crate::server::refusal_log::RefusalLog;
use crate::server::state::{ConnectionState, ServerState};
use crate::server::timeouts::TimeoutStream;
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

    /// Cuts the answers that began before this moment, to free the memory that they hold.
    pub fn cut_answers_before(&self, moment: std::time::Instant) {
        let answers = self.admission.cut_answers_before(moment.into());
        if answers > 0 {
            tracing::warn!(event = "answers_cut", answers);
        }
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
                        let server = Arc::clone(&self.state);
                        tokio::spawn(read_client(accepted, server, announce.clone()));
                        continue;
                    }
                    accepted
                }
            };
            let Some(admitted) = self.admit(accepted, &announce, &mut refusals) else {
                continue;
            };
            let state = Arc::clone(&admitted.state);
            let service = service_for(admitted.client);
            let (permits, parked) = self.park(admitted, service);
            let task = ConnectionTask::new(permits, parked, state, open.clone());
            tokio::spawn(task);
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

    /// The permits of a new connection, which waits for its first request.
    fn park<S>(&self, admitted: Admitted, service: S) -> (HeldPermits, Parked<S>) {
        let service = CountingService::new(service, &self.state, &admitted.state);
        let server = Arc::clone(&self.state);
        let stream = TimeoutStream::parked(admitted.stream, server, admitted.state);
        (admitted.permits, Parked { stream, service })
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
        let connection = Arc::new(self.state.connection());
        let service = CountingService::new(service, &self.state, &connection);
        connection::serve(
            TimeoutStream::new(stream, Arc::clone(&self.state), connection),
            service,
        )
    }

    /// Takes a permit, as an open connection does.
    #[cfg(test)]
    fn try_acquire(&self) -> Option<admission::ConnectionPermit> {
        self.admission.try_acquire()
    }
}

/// A connection to be served.
struct Admitted {
    permits: HeldPermits,
    stream: TcpStream,
    client: SocketAddr,
    state: Arc<ConnectionState>,
}

#[cfg(test)]
mod tests;
