//! Connections over TLS: the handshake, then the protocol that the client chose (ALPN, RFC 7301).

use std::future::poll_fn;
use std::io::{self, Cursor};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use tokio::io::{AsyncReadExt, Chain, Join, join};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower_service::Service;

use crate::metrics::counters::Refusal;
use crate::server::connection::{BoxError, CountingService};
use crate::server::state::{ConnectionState, ServerState};
use crate::server::timeouts::TimeoutStream;
use crate::server::{connection, http2};
use crate::tls::keeper::Keeper;

/// A stream whose first bytes have been read.
type BegunStream = Join<Chain<Cursor<Vec<u8>>, OwnedReadHalf>, OwnedWriteHalf>;

/// A connection over TLS, until its end.
pub(crate) type SecureConnection = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Serves a client of which these bytes have been read, the first of a handshake.
pub(crate) async fn serve<S, B>(
    (stream, hello): (TcpStream, Vec<u8>),
    server: Arc<ServerState>,
    state: Arc<ConnectionState>,
    service: S,
) where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let Some(keeper) = server.tls.clone() else {
        return;
    };
    let handshake = handshake((stream, hello), keeper);
    let handshake = timeout(server.limits.handshake_timeout, handshake);
    // A connection that gives way to others, or to the end, has no request under way.
    let handshake = tokio::select! {
        biased;
        handshake = handshake => handshake,
        () = state.told_to_close() => return,
    };
    let stream = match handshake {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            // What is no TLS, or not to be agreed upon. Others have left, or do not trust the certificate yet.
            if error.kind() == io::ErrorKind::InvalidData && !is_alert(&error) {
                server.counters.record_refusal(Refusal::Malformed);
            }
            return;
        }
        Err(_) => return server.counters.record_refusal(Refusal::FirstByte),
    };
    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        return http2::serve(stream, server, state, service).await;
    }
    let counters = server.counters;
    let service = CountingService::new(service, &server, &state);
    let stream = TimeoutStream::new(stream, server, Arc::clone(&state));
    let connection = connection::serve(stream, service);
    let mut connection = pin!(connection);
    let mut is_told = false;
    let result = poll_fn(|context| {
        let polled = connection.as_mut().poll(context);
        if polled.is_pending() && !is_told && state.is_closing() {
            is_told = true;
            connection.as_mut().graceful_shutdown();
            return connection.as_mut().poll(context);
        }
        polled
    });
    if result.await.is_err_and(|error| error.is_parse()) {
        counters.record_refusal(Refusal::Malformed);
    }
}

/// The handshake, with the certificate for the address that the client connected to.
async fn handshake(
    (stream, hello): (TcpStream, Vec<u8>),
    keeper: Keeper,
) -> io::Result<TlsStream<BegunStream>> {
    let address: IpAddr = stream.local_addr()?.ip();
    let config = keeper.config(address).await;
    let config = config.ok_or(io::ErrorKind::NotFound)?;
    let (rest, written) = stream.into_split();
    let stream = join(Cursor::new(hello).chain(rest), written);
    TlsAcceptor::from(config).accept(stream).await
}

/// True if the client ended the handshake with an alert: it does not trust the certificate, for example.
fn is_alert(error: &io::Error) -> bool {
    let inner = error.get_ref();
    let inner = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::AlertReceived(_)))
}
