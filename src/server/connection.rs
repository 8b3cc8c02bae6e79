//! One connection: HTTP/1.1, request by request.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service;

use crate::server::framing::HeadTooLarge;
use crate::server::state::{ConnectionState, ServerState};
use crate::server::timeouts::TimeoutStream;

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A connection of requests: a stream that a service answers.
pub(crate) type RequestConnection<T, S> =
    http1::Connection<TokioIo<TimeoutStream<T>>, CountingService<S>>;

/// Serves a stream until either side closes it, it exceeds a limit, or it is parked.
pub(crate) fn serve<T, S, B>(
    stream: TimeoutStream<T>,
    service: CountingService<S>,
) -> RequestConnection<T, S>
where
    T: AsyncRead + AsyncWrite + Unpin,
    S: Service<Request<Incoming>, Response = Response<B>> + Clone,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + 'static,
    B::Error: Into<BoxError>,
{
    let limits = stream.limits();
    let mut builder = http1::Builder::new();
    builder
        // A client may close its side and still wait for the answer (RFC 9112, 9.6).
        .half_close(true)
        .max_headers(limits.head_fields.get())
        // A head that is too large is ended by the framing check, before hyper would refuse it without a page.
        .max_buf_size(limits.head_bytes + 1);
    builder.serve_connection(TokioIo::new(stream), service)
}

/// A request that came over TLS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverTls;

/// A service that counts the requests of its connection, and closes the connection after the last one.
///
/// hyper-util's adaptor from tower would move each request four more times to wait until the service is ready. Services
/// here are always ready, and each request is answered by a clone.
#[derive(Clone, Debug)]
pub struct CountingService<S> {
    service: S,
    connection: Arc<ConnectionState>,
    limit: u64,
}

impl<S> CountingService<S> {
    /// The service of a connection.
    pub(crate) fn new(service: S, server: &ServerState, connection: &Arc<ConnectionState>) -> Self {
        Self {
            service,
            connection: Arc::clone(connection),
            limit: server.limits.requests.get(),
        }
    }

    /// The service without the count.
    pub(crate) fn into_inner(self) -> S {
        self.service
    }
}

impl<S, B> hyper::service::Service<Request<Incoming>> for CountingService<S>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone,
    B: Body,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Responding<S::Future>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let before = self.connection.requests.fetch_add(1, Ordering::Relaxed);
        if self.connection.head_too_large.load(Ordering::Relaxed) == before {
            request.extensions_mut().insert(HeadTooLarge);
        }
        if self.connection.has_hello() {
            request.extensions_mut().insert(OverTls);
        }
        let has_content = !request.body().is_end_stream();
        Responding {
            response: self.service.clone().call(request),
            connection: Arc::clone(&self.connection),
            has_content,
            is_last: before + 1 >= self.limit,
        }
    }
}

pin_project! {
    /// A future response. `Connection` is the server's own field (RFC 9110, 7.6.1), so it is added here.
    pub struct Responding<F> {
        #[pin]
        response: F,
        connection: Arc<ConnectionState>,
        has_content: bool,
        is_last: bool,
    }
}

impl<F, B, E> Future for Responding<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = ready!(this.response.poll(context));
        if let Ok(response) = &response {
            if *this.has_content {
                let is_unread = response.headers().contains_key(header::CONNECTION);
                let unread = &this.connection.has_unread_content;
                unread.store(is_unread, Ordering::Relaxed);
            }
            if response.body().size_hint().exact().is_none() {
                this.connection.set_endless();
            }
        }
        if *this.is_last
            && let Ok(response) = &mut response
        {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        Poll::Ready(response)
    }
}
