//! One connection: HTTP/1, request by request.

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

use crate::server::exchange::RequestState;
use crate::server::shared::ServerState;
use crate::server::timeouts::TimeoutStream;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Serves a stream, request by request, until either side closes it or it runs into a limit.
pub(crate) fn serve<T, S, B>(
    stream: T,
    rules: Arc<ServerState>,
    service: S,
) -> http1::Connection<TokioIo<TimeoutStream<T>>, CountingService<S>>
where
    T: AsyncRead + AsyncWrite + Unpin,
    S: Service<Request<Incoming>, Response = Response<B>> + Clone,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + 'static,
    B::Error: Into<BoxError>,
{
    let requests = Arc::<RequestState>::default();
    let limits = &rules.limits;
    let service = CountingService {
        service,
        requests: Arc::clone(&requests),
        most: limits.requests.get(),
    };
    http1::Builder::new()
        // A client may say that it will send no more and still wait for its answer (RFC 9112, 9.6).
        .half_close(true)
        .max_headers(limits.head_fields.get())
        .max_buf_size(limits.head_bytes)
        .serve_connection(
            TokioIo::new(TimeoutStream::new(stream, rules, requests)),
            service,
        )
}

/// Tells the stream that a head is complete, and hands the request on.
///
/// hyper-util's adaptor from tower would move each request four times more, to wait until a service is ready; those here
/// always are, and a request is answered by a clone of its own.
#[derive(Clone, Debug)]
pub struct CountingService<S> {
    service: S,
    requests: Arc<RequestState>,
    most: u64,
}

impl<S, B> hyper::service::Service<Request<Incoming>> for CountingService<S>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Answering<S::Future>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let before = self.requests.count.fetch_add(1, Ordering::Relaxed);
        let has_content = !request.body().is_end_stream();
        Answering {
            response: self.service.clone().call(request),
            with_content: has_content.then(|| Arc::clone(&self.requests)),
            is_last: before + 1 >= self.most,
        }
    }
}

pin_project! {
    /// A response on its way; the last on its connection says so.
    pub struct Answering<F> {
        #[pin]
        response: F,
        // What came with the request, and whose it is.
        with_content: Option<Arc<RequestState>>,
        is_last: bool,
    }
}

impl<F, B, E> Future for Answering<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = ready!(this.response.poll(context));
        if let (Some(requests), Ok(response)) = (this.with_content, &response) {
            let closes = response.headers().contains_key(header::CONNECTION);
            requests.has_unread.store(closes, Ordering::Relaxed);
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
