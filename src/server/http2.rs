//! HTTP/2 on a connection over TLS, with limits of its own: streams at once and in all, fields, resets, and the time in
//! which nothing useful happens.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;
use tower_service::Service;

use crate::metrics::counters::Refusal;
use crate::server::connection::{BoxError, OverTls};
use crate::server::framing::HeadTooLarge;
use crate::server::limits::Limits;
use crate::server::state::{ConnectionState, ServerState};
use crate::server::stream_use::{Activity, Idle, IdleWatch, OpenStream};
use crate::server::urgency::{Turn, urgency};

/// The most bytes of an answer that wait to be sent.
const SEND_BUFFER: usize = 128 * 1024;

/// The most bytes of content that are handed over at once: with a whole file, its stream would end long before the client
/// has it, and the connection would seem unused; and what is handed over is sent in turn with all else, urgent or not.
const PIECE: usize = 32 * 1024;

/// The resets by the client that wait to be noticed, and those that the server sends because of faults. Beyond them the
/// connection is closed (CVE-2023-44487).
const MAX_PENDING_RESETS: usize = 20;
const MAX_RESETS_SENT: usize = 100;

/// The content that a client may send before it is asked for more. It is read and dropped.
const RECEIVE_WINDOW: u32 = 64 * 1024;

/// Heads of up to so many times the limit are read, so that the refusal says why; larger ones reset their stream.
const READ_HEADS: u32 = 2;

/// Serves a stream until either side closes it or it exceeds a limit.
pub(crate) async fn serve<T, S, B>(
    stream: T,
    server: Arc<ServerState>,
    connection: Arc<ConnectionState>,
    service: S,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let activity = Activity::new(&server, &connection);
    let http = builder(&server.limits).serve_connection(
        TokioIo::new(CountedStream {
            stream,
            activity: Arc::clone(&activity),
        }),
        StreamService {
            service,
            activity: Arc::clone(&activity),
        },
    );
    let mut http = pin!(http);
    let mut watch = IdleWatch::new(activity);
    let mut is_told = false;
    loop {
        tokio::select! {
            biased;
            result = http.as_mut() => {
                // Others are the client's business.
                if result.is_err_and(|error| error.is_parse()) {
                    server.counters.record_refusal(Refusal::Malformed);
                }
                return;
            }
            () = may_end(&connection, &server.limits), if !is_told => {
                is_told = true;
                http.as_mut().graceful_shutdown();
            }
            idle = watch.next() => match idle {
                Idle::Stalled => return server.counters.record_refusal(Refusal::Stalled),
                Idle::Silent => return server.counters.record_refusal(Refusal::FirstByte),
                // It has had time to take note of the end.
                Idle::Unused if is_told => return,
                Idle::Unused => {
                    is_told = true;
                    http.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// HTTP/2 within the server's limits.
fn builder(limits: &Limits) -> http2::Builder<TokioExecutor> {
    let heads = u32::try_from(limits.head_bytes).unwrap_or(u32::MAX);
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams.get())
        .max_header_list_size(heads.saturating_mul(READ_HEADS))
        .max_pending_accept_reset_streams(MAX_PENDING_RESETS)
        .max_local_error_reset_streams(MAX_RESETS_SENT)
        .initial_stream_window_size(RECEIVE_WINDOW)
        .initial_connection_window_size(RECEIVE_WINDOW)
        .max_send_buf_size(SEND_BUFFER);
    builder
}

/// Completes for a connection that is closing or has had all its requests. Nothing wakes it: it is polled when the
/// connection is.
async fn may_end(connection: &ConnectionState, limits: &Limits) {
    let has_had_all = || connection.requests.load(Ordering::Relaxed) >= limits.requests.get();
    poll_fn(|_| match connection.is_closing() || has_had_all() {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

/// A service for the requests of one connection, in the form in which HTTP/1.1 would bring them.
struct StreamService<S> {
    service: S,
    activity: Arc<Activity>,
}

impl<S, B> hyper::service::Service<Request<Incoming>> for StreamService<S>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
{
    type Response = Response<CountedBody<B>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let activity = &self.activity;
        activity.connection.requests.fetch_add(1, Ordering::Relaxed);
        let mut open = OpenStream::new(activity);
        let limit = activity.server.limits.head_timeout;
        let (order, urgency) = (Arc::clone(&activity.order), urgency(request.headers()));
        let mut request = as_http1(request);
        if head_length(&request) > activity.server.limits.head_bytes {
            request.extensions_mut().insert(HeadTooLarge);
        }
        let responding = self.service.clone().call(request);
        Box::pin(async move {
            // The only wait is for the request's content. An error resets the stream.
            let response = timeout(limit, responding).await?.map_err(Into::into)?;
            let (mut head, body) = response.into_parts();
            // RFC 9113, 8.2.2: no fields of the connection.
            head.headers.remove(header::CONNECTION);
            if body.size_hint().exact().is_none() {
                open.set_endless();
            }
            let body = CountedBody {
                body,
                rest: Bytes::new(),
                turn: order.place(urgency),
                open,
            };
            Ok(Response::from_parts(head, body))
        })
    }
}

/// Gives a request the form that it has in HTTP/1.1: the authority in `Host`, the target without scheme and authority,
/// the cookies in one field (RFC 9113, 8.3.1 and 8.2.3).
fn as_http1(mut request: Request<Incoming>) -> Request<Incoming> {
    request.extensions_mut().insert(OverTls);
    let authority = request.uri().authority().cloned();
    if let Some(host) = authority.and_then(|host| HeaderValue::from_str(host.as_str()).ok()) {
        request.headers_mut().insert(header::HOST, host);
        if let Some(target) = request.uri().path_and_query().cloned() {
            *request.uri_mut() = Uri::from(target);
        }
    }
    let mut crumbs = request.headers().get_all(header::COOKIE).iter();
    if let (Some(first), Some(second)) = (crumbs.next(), crumbs.next()) {
        let all = [first, second].into_iter().chain(crumbs);
        let all: Vec<_> = all.map(HeaderValue::as_bytes).collect();
        if let Ok(cookies) = HeaderValue::from_bytes(&all.join(&b"; "[..])) {
            request.headers_mut().insert(header::COOKIE, cookies);
        }
    }
    request
}

/// The length of a request's target and fields, as HTTP/1.1 would write them.
fn head_length<B>(request: &Request<B>) -> usize {
    let target = request.uri().path_and_query();
    let target = target.map_or(0, |target| target.as_str().len());
    let fields = request.headers().iter();
    let lines = fields.map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    target + lines.sum::<usize>()
}

pin_project! {
    /// The content of an answer, which keeps its stream open.
    struct CountedBody<B> {
        #[pin]
        body: B,
        // The part of the last piece that is not handed over yet.
        rest: Bytes,
        turn: Turn,
        open: OpenStream,
    }
}

impl<B: Body<Data = Bytes>> Body for CountedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.project();
        if this.rest.is_empty() {
            match ready!(this.body.poll_frame(context)).map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(bytes))) => *this.rest = bytes,
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        // With a piece at hand, so that room is not kept for a file that is still read.
        ready!(this.turn.poll(context));
        let piece = this.rest.split_to(this.rest.len().min(PIECE));
        this.open.activity.record_taken(piece.len());
        let piece = this.turn.hand_over(piece);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let exact = self.body.size_hint().exact();
        exact.map_or_else(SizeHint::new, |left| {
            SizeHint::with_exact(left + self.rest.len() as u64)
        })
    }
}

/// A stream that counts what is sent.
struct CountedStream<T> {
    stream: T,
    activity: Arc<Activity>,
}

impl<T: AsyncRead + Unpin> AsyncRead for CountedStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin> CountedStream<T> {
    fn count(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.activity.connection.record_moved(bytes);
                self.activity.server.counters.record_sent(bytes);
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.activity.connection.record_full(),
        }
        written
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for CountedStream<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.count(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.count(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::counters::Counters;
    use http_body_util::{BodyExt, Full};
    use std::convert::Infallible;
    use std::future::{Ready, ready};
    use tokio::sync::mpsc;

    /// Answers each request with as many bytes as its path says.
    #[derive(Clone)]
    struct SizedAnswers;

    impl Service<Request<Incoming>> for SizedAnswers {
        type Response = Response<Full<Bytes>>;
        type Error = Infallible;
        type Future = Ready<Result<Self::Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<Incoming>) -> Self::Future {
            let length = request.uri().path()[1..].parse().unwrap();
            ready(Ok(Response::new(Full::new(vec![0; length].into()))))
        }
    }

    /// The order in which the answers to these requests are whole, which are all made before any answer is read.
    async fn order_of(requests: &[(&'static str, &'static str)]) -> Vec<&'static str> {
        let (client, server) = tokio::io::duplex(16 * 1024);
        let state = Arc::new(ServerState::new(Limits::default(), Counters::start(), None));
        let connection = Arc::new(state.connection());
        tokio::spawn(serve(server, state, connection, SizedAnswers));
        let (mut sender, connection) =
            hyper::client::conn::http2::Builder::new(TokioExecutor::new())
                .initial_stream_window_size(16 << 20)
                .initial_connection_window_size(64 << 20)
                .handshake(TokioIo::new(client))
                .await
                .unwrap();
        tokio::spawn(connection);
        let (done, mut is_done) = mpsc::unbounded_channel();
        for &(path, priority) in requests {
            let request = Request::get(format!("http://game{path}"))
                .header("priority", priority)
                .body(Full::<Bytes>::default())
                .unwrap();
            let (answer, done) = (sender.send_request(request), done.clone());
            tokio::spawn(async move {
                let body = answer.await.unwrap().into_body().collect().await.unwrap();
                done.send((path, body.to_bytes().len())).unwrap();
            });
        }
        drop(done);
        let mut order = Vec::new();
        while let Some((path, length)) = is_done.recv().await {
            assert_eq!(path[1..].parse(), Ok(length));
            order.push(path);
        }
        order
    }

    #[tokio::test]
    async fn what_the_page_needs_first_is_sent_first() {
        let script_first = ["/900001", "/900002", "/900000"];
        let requests = [
            ("/900000", "u=5"),
            ("/900001", "u=1"),
            ("/900002", "u=2, i"),
        ];
        assert_eq!(order_of(&requests).await, script_first);
        // Many pictures that could all be handed over at once.
        let mut requests = vec![("/60000", "u=5, i"); 20];
        requests.push(("/300000", "u=2"));
        let order = order_of(&requests).await;
        let place = order.iter().position(|path| *path == "/300000");
        assert!(place.is_some_and(|place| place <= 10), "{order:?}");
    }
}
