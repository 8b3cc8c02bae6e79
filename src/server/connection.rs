//! One connection: HTTP/1 over a stream that does not wait for ever.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};
use tower_service::Service;

use super::limits::Limits;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Serves a stream, request by request, until either side closes it or it runs into a limit.
pub fn serve<T, S, B>(
    stream: T,
    limits: Limits,
    service: S,
) -> http1::Connection<TokioIo<Patient<T>>, Counted<S>>
where
    T: AsyncRead + AsyncWrite + Unpin,
    S: Service<Request<Incoming>, Response = Response<B>> + Clone,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + 'static,
    B::Error: Into<BoxError>,
{
    let requests = Requests::default();
    let service = Counted {
        service,
        requests: requests.clone(),
    };
    http1::Builder::new()
        // A client may say that it will send no more and still wait for its answer (RFC 9112, 9.6).
        .half_close(true)
        .max_headers(limits.head_fields.get())
        .max_buf_size(limits.head_bytes)
        .serve_connection(
            TokioIo::new(Patient::new(stream, limits, requests)),
            service,
        )
}

/// How many requests of a connection have arrived whole.
type Requests = Arc<AtomicU64>;

/// Tells the stream that a head is complete, and hands the request on.
///
/// hyper-util's adaptor from tower would move each request four times more, to wait until a service is ready; those here
/// always are, and a request is answered by a clone of its own.
#[derive(Clone, Debug)]
pub struct Counted<S> {
    service: S,
    requests: Requests,
}

impl<S> hyper::service::Service<Request<Incoming>> for Counted<S>
where
    S: Service<Request<Incoming>> + Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn call(&self, request: Request<Incoming>) -> S::Future {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.service.clone().call(request)
    }
}

/// A stream that ends with an error when the client lets it wait too long: for the rest of a head, or for anything to
/// move in either direction.
///
/// It sets a timer only when it has to wait, and moves it only when it fires: a busy connection pays nothing for it.
#[derive(Debug)]
pub struct Patient<T> {
    stream: T,
    limits: Limits,
    requests: Requests,
    /// The value of `requests` when the last wait began.
    answered: u64,
    /// When the first byte of the head under way came.
    head_since: Option<Instant>,
    /// How many bytes of it have come.
    head_bytes: usize,
    /// Whether a byte has moved since the last wait began.
    has_moved: bool,
    /// When the last wait began.
    waits_since: Instant,
    timer: Pin<Box<Sleep>>,
}

impl<T> Patient<T> {
    fn new(stream: T, limits: Limits, requests: Requests) -> Self {
        let now = Instant::now();
        Self {
            stream,
            limits,
            requests,
            answered: 0,
            head_since: None,
            head_bytes: 0,
            has_moved: false,
            waits_since: now,
            timer: Box::pin(sleep_until(now + limits.idle_timeout)),
        }
    }

    /// A head whose request has arrived is under way no longer.
    fn note_requests(&mut self) {
        let requests = self.requests.load(Ordering::Relaxed);
        if requests != self.answered {
            self.answered = requests;
            self.head_since = None;
            self.head_bytes = 0;
        }
    }

    fn note_read(&mut self, bytes: usize) {
        self.has_moved = true;
        self.head_bytes += bytes;
    }

    /// How much may be read at once, so that hyper, which looks at the length of a head only where a read ends, sees
    /// one that has reached the limit.
    fn readable(&mut self) -> usize {
        self.note_requests();
        match self.limits.head_bytes.saturating_sub(self.head_bytes) {
            0 => usize::MAX,
            left => left,
        }
    }

    /// Waits until the deadline of what is under way; ready when it is over.
    fn poll_deadline(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.note_requests();
        if std::mem::take(&mut self.has_moved) {
            self.waits_since = Instant::now();
        }
        if self.head_bytes > 0 {
            self.head_since.get_or_insert(self.waits_since);
        }
        let idle = self.waits_since + self.limits.idle_timeout;
        let head = self
            .head_since
            .map(|since| since + self.limits.head_timeout);
        let deadline = head.map_or(idle, |head| head.min(idle));
        loop {
            // A timer that is set later than the deadline must be moved now; one that is set earlier, when it fires.
            if self.timer.deadline() > deadline {
                self.timer.as_mut().reset(deadline);
            }
            ready!(self.timer.as_mut().poll(context));
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(deadline);
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Patient<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let readable = self.readable();
        let stream = Pin::new(&mut self.stream);
        let read = if readable < buffer.remaining() {
            let mut head = ReadBuf::new(buffer.initialize_unfilled_to(readable));
            let read = stream.poll_read(context, &mut head);
            let length = head.filled().len();
            buffer.advance(length);
            read
        } else {
            stream.poll_read(context, buffer)
        };
        if let Poll::Ready(read) = read {
            let length = buffer.filled().len() - before;
            if length > 0 {
                self.note_read(length);
            }
            return Poll::Ready(read);
        }
        ready!(self.poll_deadline(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncWrite + Unpin> Patient<T> {
    fn written(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.has_moved = true;
            return written;
        }
        ready!(self.poll_deadline(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Patient<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.written(context, written)
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
    use http::StatusCode;
    use std::convert::Infallible;
    use std::future::Ready;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::task::JoinHandle;
    use tokio::time::sleep;

    #[derive(Clone)]
    struct Hello(Bytes);

    impl Service<Request<Incoming>> for Hello {
        type Response = Response<http_body_util::Full<Bytes>>;
        type Error = Infallible;
        type Future = Ready<Result<Self::Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request<Incoming>) -> Self::Future {
            let mut response = Response::new(http_body_util::Full::new(self.0.clone()));
            *response.status_mut() = StatusCode::OK;
            std::future::ready(Ok(response))
        }
    }

    fn connect(content: &'static [u8]) -> (DuplexStream, JoinHandle<()>) {
        let (client, server) = duplex(1024);
        let connection = serve(
            server,
            Limits::default(),
            Hello(Bytes::from_static(content)),
        );
        let task = tokio::spawn(async move {
            let _ = connection.await;
        });
        (client, task)
    }

    async fn seconds_until_closed(task: JoinHandle<()>) -> u64 {
        let start = Instant::now();
        task.await.unwrap();
        start.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_client_is_left_after_the_idle_time() {
        let (_client, task) = connect(b"");
        assert_eq!(seconds_until_closed(task).await, 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_head_is_left_after_the_head_time_however_it_drips() {
        let (mut client, task) = connect(b"");
        tokio::spawn(async move {
            for byte in b"GET / HTTP/1.1\r\nHost: a-very-long-name" {
                if client.write_all(&[*byte]).await.is_err() {
                    break;
                }
                sleep(Duration::from_secs(1)).await;
            }
        });
        assert_eq!(seconds_until_closed(task).await, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn between_requests_the_idle_time_counts_and_starts_anew() {
        let (mut client, task) = connect(b"hello");
        for _ in 0..3 {
            sleep(Duration::from_secs(59)).await;
            client
                .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                .await
                .unwrap();
            let mut answer = [0; 1024];
            let length = client.read(&mut answer).await.unwrap();
            assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK"));
        }
        assert_eq!(seconds_until_closed(task).await, 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_stops_reading_is_left_and_a_slow_one_is_not() {
        let content: &[u8] = &[b'x'; 10_000];
        let (mut client, task) = connect(content);
        client
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let mut kilobyte = [0; 1024];
        for _ in 0..5 {
            sleep(Duration::from_secs(50)).await;
            client.read_exact(&mut kilobyte).await.unwrap();
        }
        assert_eq!(seconds_until_closed(task).await, 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_has_a_greatest_length_however_it_comes() {
        for (fields, expected) in [(30_000, "HTTP/1.1 200"), (33_000, "HTTP/1.1 431")] {
            let (mut client, _task) = connect(b"");
            let head = format!(
                "GET / HTTP/1.1\r\nHost: x\r\nA: {}\r\n\r\n",
                "x".repeat(fields)
            );
            // The server stops reading where the limit is.
            let _ = client.write_all(head.as_bytes()).await;
            let mut answer = [0; 12];
            client.read_exact(&mut answer).await.unwrap();
            assert_eq!(String::from_utf8_lossy(&answer), expected, "{fields}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_no_more_gets_its_answer() {
        let (mut client, _task) = connect(b"hello");
        client.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
        client.shutdown().await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("hello"), "{answer}");
    }
}
