//! A stream that does not wait for ever.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::metrics::counters::Refusal;
use crate::server::exchange::RequestState;
use crate::server::shared::ServerState;

/// How much a client may still send when its connection is about to be closed, in bytes: what was on its way.
const LINGER_BYTES: usize = 256 * 1024;

/// A stream that ends with an error when the client lets it wait too long: for its first byte, for the rest of a
/// request, for the next one, or for room to write.
///
/// It sets a timer only when it has to wait, and moves it only when it fires: a busy connection pays nothing for it.
#[derive(Debug)]
pub struct TimeoutStream<T> {
    stream: T,
    rules: Arc<ServerState>,
    requests: Arc<RequestState>,
    /// The value of `requests` when the last wait began.
    answered: u64,
    /// Whether nothing has come yet.
    is_fresh: bool,
    /// When the first byte of the request under way came.
    head_since: Option<Instant>,
    /// How many bytes of it have come.
    head_bytes: usize,
    /// Whether a byte has moved since the last wait began.
    has_moved: bool,
    /// When the last wait began.
    waits_since: Instant,
    /// How many bytes have been written.
    written: u64,
    /// When writing had to wait first, and what had been written by then; begun anew when that turns out to be enough.
    stalls: Option<(Instant, u64)>,
    /// How many bytes the client may go on sending, until the timer fires, of what nobody reads any more.
    lingers: Option<usize>,
    timer: Pin<Box<Sleep>>,
    /// Whom the timer wakes when it fires.
    wakes: Option<Waker>,
}

/// What a wait is for, which decides how long it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// Anything at all, on a new connection.
    FirstByte,
    /// The rest of a request.
    Head,
    /// The next request.
    Next,
    /// Room to write.
    Room,
}

impl<T> TimeoutStream<T> {
    /// Begins to wait for the first byte.
    pub fn new(stream: T, rules: Arc<ServerState>, requests: Arc<RequestState>) -> Self {
        let now = Instant::now();
        Self {
            timer: Box::pin(sleep_until(now + rules.limits.first_byte_timeout)),
            stream,
            rules,
            requests,
            answered: 0,
            is_fresh: true,
            head_since: None,
            head_bytes: 0,
            has_moved: false,
            waits_since: now,
            written: 0,
            stalls: None,
            lingers: None,
            wakes: None,
        }
    }

    /// A head whose request has arrived is under way no longer.
    fn note_requests(&mut self) {
        let requests = self.requests.count.load(Ordering::Relaxed);
        if requests != self.answered {
            self.answered = requests;
            self.head_since = None;
            self.head_bytes = 0;
        }
    }

    fn note_read(&mut self, bytes: usize) {
        self.is_fresh = false;
        self.has_moved = true;
        self.head_bytes += bytes;
    }

    fn note_written(&mut self, bytes: usize) {
        self.has_moved = true;
        // What has come was a request and its content, for it is answered.
        self.head_since = None;
        self.head_bytes = 0;
        self.written += bytes as u64;
        self.rules.counters.sent(bytes);
    }

    /// How much may be read at once, so that hyper, which looks at the length of a head only where a read ends, sees
    /// one that has reached the limit.
    fn readable(&mut self) -> usize {
        self.note_requests();
        match self.rules.limits.head_bytes.saturating_sub(self.head_bytes) {
            0 => usize::MAX,
            left => left,
        }
    }

    /// Waits for something to read; ready when that has taken too long.
    fn poll_read_deadline(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.note_requests();
        if std::mem::take(&mut self.has_moved) {
            self.waits_since = Instant::now();
        }
        if self.head_bytes > 0 {
            self.head_since.get_or_insert(self.waits_since);
        }
        let limits = &self.rules.limits;
        let (wait, since, patience) = match self.head_since {
            Some(since) => (Wait::Head, since, limits.head_timeout),
            None if self.is_fresh => (Wait::FirstByte, self.waits_since, limits.first_byte_timeout),
            None => (Wait::Next, self.waits_since, limits.idle_timeout),
        };
        let is_over = |rules: &ServerState, now: Instant| {
            let waited = now.duration_since(since);
            // Whoever has nothing under way makes room for those who have, when there is little.
            waited >= patience
                || (wait != Wait::Head && waited >= patience / 10 && rules.is_crowded())
        };
        // Where room may become scarce meanwhile, that is looked at ten times.
        let step = if wait == Wait::Head {
            patience
        } else {
            patience / 10
        };
        ready!(self.poll_timer(context, since + step, step, is_over));
        self.refuse(wait);
        Poll::Ready(())
    }

    /// Waits for room to write; ready when the client has taken too little for too long.
    fn poll_write_deadline(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let window = self.rules.limits.rate_window;
        let least = self.rules.limits.least_rate.get() * window.as_secs();
        loop {
            let written = self.written;
            let (since, before) = *self.stalls.get_or_insert_with(|| (Instant::now(), written));
            let is_over = |_: &ServerState, now: Instant| now.duration_since(since) >= window;
            ready!(self.poll_timer(context, since + window, window, is_over));
            if written - before < least {
                self.refuse(Wait::Room);
                return Poll::Ready(());
            }
            self.stalls = None;
        }
    }

    /// Waits until `is_over`, which is looked at when the deadline has come and at each step after it.
    fn poll_timer(
        &mut self,
        context: &mut Context<'_>,
        mut deadline: Instant,
        step: Duration,
        is_over: impl Fn(&ServerState, Instant) -> bool,
    ) -> Poll<()> {
        loop {
            // A timer that is set later than the deadline must be moved now; one that is set earlier, when it fires.
            if self.timer.deadline() > deadline {
                self.timer.as_mut().reset(deadline);
            }
            ready!(self.poll_alarm(context));
            let now = Instant::now();
            if is_over(&self.rules, now) {
                return Poll::Ready(());
            }
            while deadline <= now {
                deadline += step;
            }
            self.timer.as_mut().reset(deadline);
        }
    }

    /// Waits for the timer. While it is set to wake this task it need not be told so again, at each wait.
    fn poll_alarm(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let is_set = |waker: &Waker| waker.will_wake(context.waker());
        if self.wakes.as_ref().is_some_and(is_set) && !self.timer.is_elapsed() {
            return Poll::Pending;
        }
        let fired = self.timer.as_mut().poll(context);
        self.wakes = fired.is_pending().then(|| context.waker().clone());
        fired
    }

    fn refuse(&self, wait: Wait) {
        let why = match wait {
            Wait::FirstByte => Refusal::FirstByte,
            Wait::Head => Refusal::Head,
            Wait::Room => Refusal::Stalled,
            // A connection that is not used any more may be closed by either side (RFC 9112, 9.3).
            Wait::Next => return,
        };
        self.rules.counters.refused(why);
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for TimeoutStream<T> {
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
        ready!(self.poll_read_deadline(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncWrite + Unpin> TimeoutStream<T> {
    fn written(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = written {
            if let Ok(bytes) = written {
                self.note_written(bytes);
            }
            return Poll::Ready(written);
        }
        ready!(self.poll_write_deadline(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TimeoutStream<T> {
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
        // Nothing waits for room any more.
        self.stalls = None;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Ready when the stream may be closed. With bytes unread that would reset it, and the client might lose its answer:
    /// then the answer's end is told first, and the rest is read for a while (RFC 9112, 9.6).
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let mut dropped = [MaybeUninit::uninit(); 4096];
        loop {
            let mut buffer = ReadBuf::uninit(&mut dropped);
            let read = Pin::new(&mut this.stream).poll_read(context, &mut buffer);
            let has_more = !buffer.filled().is_empty() || read.is_pending();
            match &mut this.lingers {
                _ if !has_more => return Poll::Ready(Ok(())),
                None if read.is_pending() && !this.requests.has_unread.load(Ordering::Relaxed) => {
                    return Poll::Ready(Ok(()));
                }
                None => {
                    ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
                    let until = Instant::now() + this.rules.limits.head_timeout;
                    this.lingers = Some(LINGER_BYTES);
                    this.timer.as_mut().reset(until);
                }
                Some(left) => {
                    *left = left.saturating_sub(buffer.filled().len());
                    if *left == 0 || this.timer.as_mut().poll(context).is_ready() {
                        return Poll::Ready(Ok(()));
                    }
                    ready!(read)?;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::counters::Counters;
    use crate::server::Server;
    use crate::server::limits::Limits;
    use bytes::Bytes;
    use http::{HeaderValue, Request, Response, header};
    use hyper::body::{Body, Incoming};
    use std::convert::Infallible;
    use std::future::Ready;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::task::JoinHandle;
    use tokio::time::sleep;
    use tower_service::Service;

    #[derive(Clone)]
    struct Hello(Bytes);

    impl Service<Request<Incoming>> for Hello {
        type Response = Response<http_body_util::Full<Bytes>>;
        type Error = Infallible;
        type Future = Ready<Result<Self::Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        /// It has no use for content.
        fn call(&mut self, request: Request<Incoming>) -> Self::Future {
            let mut response = Response::new(http_body_util::Full::new(self.0.clone()));
            if !request.body().is_end_stream() {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
            }
            std::future::ready(Ok(response))
        }
    }

    fn connect(content: &'static [u8]) -> (DuplexStream, JoinHandle<()>) {
        connect_to(&Server::new(Limits::default(), Counters::start()), content)
    }

    fn connect_to(server: &Server, content: &'static [u8]) -> (DuplexStream, JoinHandle<()>) {
        let (client, stream) = duplex(1024);
        let connection = server.serve(stream, Hello(Bytes::from_static(content)));
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

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_nothing_is_left_after_the_time_for_the_first_byte() {
        let (_client, task) = connect(b"");
        assert_eq!(seconds_until_closed(task).await, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn where_there_is_little_room_those_with_nothing_under_way_are_left_soon() {
        let few = Limits {
            connections: 8.try_into().unwrap(),
            ..Limits::default()
        };
        let server = Server::new(few, Counters::start());
        let places: Vec<_> = (0..7).map(|_| server.try_place()).collect();
        let (_fresh, task) = connect_to(&server, b"");
        assert_eq!(seconds_until_closed(task).await, 1);

        let (mut idle, task) = connect_to(&server, b"hello");
        idle.write_all(REQUEST).await.unwrap();
        assert_eq!(seconds_until_closed(task).await, 6);

        // Half a request is something under way.
        let (mut busy, task) = connect_to(&server, b"hello");
        busy.write_all(b"GET").await.unwrap();
        assert_eq!(seconds_until_closed(task).await, 10);

        // It counts how it is when it is looked at.
        let (mut idle, task) = connect_to(&server, b"hello");
        idle.write_all(REQUEST).await.unwrap();
        let start = Instant::now();
        sleep(Duration::from_secs(5)).await;
        drop(places);
        sleep(Duration::from_secs(9)).await;
        let _places: Vec<_> = (0..7).map(|_| server.try_place()).collect();
        task.await.unwrap();
        assert_eq!(start.elapsed().as_secs(), 18);
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
        for pause in [9, 59, 59] {
            sleep(Duration::from_secs(pause)).await;
            client.write_all(REQUEST).await.unwrap();
            let mut answer = [0; 1024];
            let length = client.read(&mut answer).await.unwrap();
            assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK"));
        }
        assert_eq!(seconds_until_closed(task).await, 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_must_take_what_it_asked_for_at_the_least_rate() {
        // 500 bytes a second over 60 seconds are 30,000 bytes.
        for (bytes, seconds, expected) in [
            (1, 1, Some(60)),
            (1, 60, Some(60)),
            (1000, 3, Some(60)),
            (1000, 1, None),
            (30_000, 59, None),
        ] {
            let content: &[u8] = &[b'x'; 200_000];
            let (mut client, task) = connect(content);
            client.write_all(REQUEST).await.unwrap();
            let start = Instant::now();
            let reader = tokio::spawn(async move {
                let mut some = vec![0; bytes];
                for _ in 0..200_000 / bytes {
                    sleep(Duration::from_secs(seconds)).await;
                    if client.read_exact(&mut some).await.is_err() {
                        return None;
                    }
                }
                drop(client);
                Some(())
            });
            task.await.unwrap();
            match expected {
                Some(seconds) => assert_eq!(start.elapsed().as_secs(), seconds, "{bytes}"),
                None => assert_eq!(reader.await.unwrap(), Some(()), "{bytes} in {seconds}"),
            }
        }
    }

    /// Reads the content of a request before it answers.
    #[derive(Clone)]
    struct Swallow;

    impl Service<Request<Incoming>> for Swallow {
        type Response = Response<http_body_util::Empty<Bytes>>;
        type Error = hyper::Error;
        type Future = Pin<Box<dyn Future<Output = Result<Self::Response, hyper::Error>> + Send>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<Incoming>) -> Self::Future {
            Box::pin(async {
                http_body_util::BodyExt::collect(request.into_body()).await?;
                Ok(Response::default())
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_content_of_a_request_has_as_long_as_a_head_and_no_effect_on_the_next() {
        const POST: &[u8] = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
        // It counts from where the content is first waited for, which is after its first byte here.
        for (pause, expected) in [(2, 8 + 60), (4, 4 + 10)] {
            let (mut client, stream) = duplex(1024);
            let server = Server::new(Limits::default(), Counters::start());
            let connection = server.serve(stream, Swallow);
            let task = tokio::spawn(async move {
                let _ = connection.await;
                Instant::now()
            });
            let start = Instant::now();
            client.write_all(POST).await.unwrap();
            for byte in b"hello" {
                if client.write_all(&[*byte]).await.is_err() {
                    break;
                }
                sleep(Duration::from_secs(pause)).await;
            }
            let took = task.await.unwrap() - start;
            assert_eq!(took.as_secs(), expected, "{pause}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_reads_is_taken_for_a_while_so_that_the_answer_arrives() {
        const POST: &[u8] = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
        // A client that comes to its end, one that stops, and one that goes on for ever.
        for (pieces, pause, expected) in [(5, 1, 5), (5, 0, 10), (1000, 1, 10)] {
            let (mut client, task) = connect(&[]);
            client.write_all(POST).await.unwrap();
            let sending = async {
                for _ in 0..pieces {
                    sleep(Duration::from_secs(pause)).await;
                    if client.write_all(&[b'x'; 100]).await.is_err() {
                        return;
                    }
                }
                if pause > 0 {
                    client.shutdown().await.unwrap();
                }
            };
            let (seconds, ()) = tokio::join!(seconds_until_closed(task), sending);
            assert_eq!(seconds, expected, "{pieces} {pause}");
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_request_of_a_connection_is_told_so() {
        let three = Limits {
            requests: 3.try_into().unwrap(),
            ..Limits::default()
        };
        let (mut client, task) = connect_to(&Server::new(three, Counters::start()), b"hello");
        client.write_all(&REQUEST.repeat(5)).await.unwrap();
        let mut answers = String::new();
        client.read_to_string(&mut answers).await.unwrap();
        assert_eq!(answers.matches("HTTP/1.1 200").count(), 3);
        let (before, last) = answers.rsplit_once("HTTP/1.1 200").unwrap();
        assert!(!before.contains("close"), "{before}");
        assert!(last.contains("connection: close"), "{last}");
        task.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_are_counted_by_reason() {
        let counters = Counters::start();
        let server = Server::new(Limits::default(), counters);
        let (_silent, silent) = connect_to(&server, b"");
        let (mut slow, head) = connect_to(&server, b"");
        slow.write_all(b"GET").await.unwrap();
        let (mut stalled, body) = connect_to(&server, &[b'x'; 2000]);
        stalled.write_all(REQUEST).await.unwrap();
        let (mut idle, next) = connect_to(&server, b"");
        idle.write_all(REQUEST).await.unwrap();
        for task in [silent, head, body, next] {
            task.await.unwrap();
        }
        let metrics = counters.metrics();
        for (reason, count) in [
            ("first_byte", 1),
            ("head", 1),
            ("stalled", 1),
            ("address", 0),
        ] {
            let line =
                format!("webserver_connections_refused_total{{reason=\"{reason}\"}} {count}");
            assert!(metrics.contains(&line), "{line}\n{metrics}");
        }
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
