//! When and to whom bytes move: accept, one task a connection, drain. Knows no games; serves any service.

pub(crate) mod admission;
pub(crate) mod connection;
pub(crate) mod exchange;
pub mod limits;
pub mod listener;
pub(crate) mod shared;
pub(crate) mod timeouts;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::HttpService;
use hyper_util::rt::TokioIo;
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::futures::OwnedNotified;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tower_service::Service;

use crate::metrics::counters::{Counters, Refusal};
use crate::server::admission::{AddressPermit, Admission, ConnectionPermit, RefusalLog};
use crate::server::connection::CountingService;
use crate::server::limits::Limits;
use crate::server::listener::Listener;
use crate::server::shared::ServerState;
use crate::server::timeouts::TimeoutStream;

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Every answer under way was sent to its end.
    Whole,
    /// Some were cut off when the time for it was over.
    Cut,
}

/// Serves the connections that come to a listener.
#[derive(Clone, Debug)]
pub struct Server {
    rules: Arc<ServerState>,
}

impl Server {
    /// A server that holds its clients to these limits and counts what they do.
    pub fn new(limits: Limits, counters: &'static Counters) -> Self {
        let most_each = limits.connections_per_address.get();
        Self {
            rules: Arc::new(ServerState {
                places: Arc::new(Admission::new(
                    limits.connections.get(),
                    most_each,
                    counters,
                )),
                limits,
                counters,
                end: Arc::default(),
                is_ending: AtomicBool::new(false),
            }),
        }
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
        self.rules.limits.allow_descriptors();
        let (open, mut all_closed) = mpsc::channel(1);
        let mut shutdown = std::pin::pin!(shutdown);
        let (mut turned_away, mut full_said) = (RefusalLog::default(), None);
        loop {
            let next = async {
                let place = self.rules.places.take(&mut full_said).await;
                (place, listener.accept().await)
            };
            let (place, (stream, peer)) = tokio::select! {
                () = &mut shutdown => break,
                () = turned_away.say() => continue,
                accepted = next => accepted,
            };
            let address = peer.ip().to_canonical();
            let Some(seat) = self.seat(address) else {
                turned_away.note(address);
                continue;
            };
            tokio::spawn(Admitted {
                admission: HeldPermits::new(&self.rules, place, seat),
                connection: self.serve(stream, service_for(peer)),
                end: Arc::clone(&self.rules.end).notified_owned(),
                follows: Follows::NotYet,
                open: open.clone(),
            });
        }
        drop((listener, open));
        self.rules.is_ending.store(true, Ordering::Relaxed);
        self.rules.end.notify_waiters();
        match timeout(self.rules.limits.drain_timeout, all_closed.recv()).await {
            Ok(_) => Drained::Whole,
            Err(_) => Drained::Cut,
        }
    }

    /// Serves one stream, request by request, until either side closes it or it runs into a limit.
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
        connection::serve(stream, Arc::clone(&self.rules), service)
    }

    /// The seat of a connection; `None` when its address has as many as it may.
    fn seat(&self, address: IpAddr) -> Option<AddressPermit> {
        let is_for_many = !self.rules.limits.counts(address);
        let seat = self.rules.places.seat(address, is_for_many);
        if seat.is_none() {
            self.rules.counters.refused(Refusal::Address);
        }
        seat
    }

    /// One place less, for as long as it is held.
    #[cfg(test)]
    fn try_place(&self) -> Option<admission::ConnectionPermit> {
        self.rules.places.try_take()
    }
}

/// The right of a connection to be there.
#[derive(Debug)]
struct HeldPermits {
    rules: Arc<ServerState>,
    _place: Option<ConnectionPermit>,
    _seat: AddressPermit,
}

impl HeldPermits {
    fn new(rules: &Arc<ServerState>, place: Option<ConnectionPermit>, seat: AddressPermit) -> Self {
        rules.counters.opened();
        Self {
            rules: Arc::clone(rules),
            _place: place,
            _seat: seat,
        }
    }
}

impl Drop for HeldPermits {
    fn drop(&mut self) {
        self.rules.counters.closed();
    }
}

/// Whether a connection hears when it is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    NotYet,
    Yes,
    /// It has heard.
    NoMore,
}

pin_project! {
    /// A connection with its right to be there. Not an async block, which would hold the connection twice: as what it
    /// captured and as what it awaits.
    struct Admitted<S>
    where
        S: HttpService<Incoming>,
    {
        // CountingService as closed before it is closed for those who wait for the last one.
        admission: HeldPermits,
        #[pin]
        connection: http1::Connection<TokioIo<TimeoutStream<TcpStream>>, S>,
        #[pin]
        end: OwnedNotified,
        follows: Follows,
        // The last one that is dropped ends the wait for all.
        open: mpsc::Sender<Infallible>,
    }
}

impl<S, B> Future for Admitted<S>
where
    S: HttpService<Incoming, ResBody = B>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: Body + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let rules = &this.admission.rules;
        // Once it is followed, it wakes this task: until then there is nothing to look for.
        let may_end = *this.follows == Follows::NotYet || rules.is_ending.load(Ordering::Relaxed);
        if may_end && *this.follows != Follows::NoMore {
            *this.follows = match this.end.poll(context) {
                Poll::Ready(()) => {
                    this.connection.as_mut().graceful_shutdown();
                    Follows::NoMore
                }
                Poll::Pending => Follows::Yes,
            };
        }
        let ended = ready!(this.connection.poll(context));
        // Else, how a connection ends is the client's business; what it was sent stands in the request log.
        if ended.is_err_and(|error| error.is_parse()) {
            rules.counters.refused(Refusal::Malformed);
        }
        Poll::Ready(())
    }
}
