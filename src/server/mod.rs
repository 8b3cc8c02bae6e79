//! When and to whom bytes move: accept, one task a connection, drain. Knows no games; serves any service.

mod connection;
mod limits;
mod listener;
mod places;

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tower_service::Service;

use crate::counters::{Counters, Refusal};
use connection::{Counted, Patient};
pub use limits::Limits;
pub use listener::{BindError, Listener};
use places::{Place, Places, Seat, TurnedAway};

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
    rules: Arc<Rules>,
}

/// What all connections share.
#[derive(Debug)]
pub struct Rules {
    limits: Limits,
    counters: &'static Counters,
    places: Arc<Places>,
}

impl Rules {
    /// Whether connections with nothing under way should make room.
    fn is_crowded(&self) -> bool {
        self.places.are_scarce()
    }
}

impl Server {
    /// A server that holds its clients to these limits and counts what they do.
    pub fn new(limits: Limits, counters: &'static Counters) -> Self {
        let most_each = limits.connections_per_address.get();
        Self {
            rules: Arc::new(Rules {
                places: Arc::new(Places::new(limits.connections.get(), most_each, counters)),
                limits,
                counters,
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
        let connections = GracefulShutdown::new();
        let mut shutdown = std::pin::pin!(shutdown);
        let (mut turned_away, mut full_said) = (TurnedAway::default(), None);
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
            let connection = self.serve(stream, service_for(peer));
            tokio::spawn(Admitted {
                connection: connections.watch(connection),
                admission: Admission::new(self.rules.counters, place, seat),
            });
        }
        drop(listener);
        match timeout(self.rules.limits.drain_timeout, connections.shutdown()).await {
            Ok(()) => Drained::Whole,
            Err(_) => Drained::Cut,
        }
    }

    /// Serves one stream, request by request, until either side closes it or it runs into a limit.
    pub fn serve<T, S, B>(
        &self,
        stream: T,
        service: S,
    ) -> http1::Connection<TokioIo<Patient<T>>, Counted<S>>
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
    fn seat(&self, address: IpAddr) -> Option<Seat> {
        let is_for_many = !self.rules.limits.counts(address);
        let seat = self.rules.places.seat(address, is_for_many);
        if seat.is_none() {
            self.rules.counters.refused(Refusal::Address);
        }
        seat
    }

    /// One place less, for as long as it is held.
    #[cfg(test)]
    fn try_place(&self) -> Option<places::Place> {
        self.rules.places.try_take()
    }
}

/// The right of a connection to be there.
#[derive(Debug)]
struct Admission {
    counters: &'static Counters,
    _place: Option<Place>,
    _seat: Seat,
}

impl Admission {
    fn new(counters: &'static Counters, place: Option<Place>, seat: Seat) -> Self {
        counters.opened();
        Self {
            counters,
            _place: place,
            _seat: seat,
        }
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.counters.closed();
    }
}

pin_project! {
    /// A connection with its right to be there. Not an async block, which would hold the connection twice: as what it
    /// captured and as what it awaits.
    struct Admitted<C> {
        // Counted as closed before it is closed for those who wait for the last one.
        admission: Admission,
        #[pin]
        connection: C,
    }
}

impl<C: Future<Output = Result<(), hyper::Error>>> Future for Admitted<C> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let ended = ready!(this.connection.poll(context));
        // Else, how a connection ends is the client's business; what it was sent stands in the request log.
        if ended.is_err_and(|error| error.is_parse()) {
            this.admission.counters.refused(Refusal::Malformed);
        }
        Poll::Ready(())
    }
}
