//! A stream with read, write and idle timeouts.

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
use crate::server::framing::{Framing, FramingLimits};
use crate::server::limits::Limits;
use crate::server::state::{ConnectionState, ServerState};

/// The most bytes read from a client after its last answer: what was on the way.
const LINGER_BYTES: usize = 256 * 1024;

/// The time without a request after which a connection gives up what it holds for the next one.
const PARK_AFTER: Duration = Duration::from_secs(1);

/// A stream that fails when the client takes too long to send its first byte, the rest of a request or the next one, or
/// to take what is written. It also tells the connection's state when the connection is idle.
///
/// The timer is set only for a wait, and moved only when it fires, so a busy connection does not pay for it.
#[derive(Debug)]
pub struct TimeoutStream<T> {
    pub(super) stream: T,
    pub(super) server: Arc<ServerState>,
    connection: Arc<ConnectionState>,
    /// The connection's number of requests at the last wait.
    requests: u64,
    framing: Framing,
    /// The bytes read while it was parked.
    pub(super) begun: Vec<u8>,
    pub(super) parking: Parking,
    /// True if nothing has been read yet.
    pub(super) is_new: bool,
    /// The arrival of the first byte of the request under way.
    head_since: Option<Instant>,
    /// The bytes of that request read so far.
    head_bytes: usize,
    /// True if a byte has moved since the last wait began.
    has_moved: bool,
    /// The beginning of the last wait.
    waits_since: Instant,
    /// True if the last read waits for the next request.
    awaits_request: bool,
    /// The number of bytes written.
    written: u64,
    /// The moment when a write first had to wait, and the bytes written before it; begins anew after each window in
    /// which the client took enough.
    stall: Option<(Instant, u64)>,
    /// The bytes that may still be read and dropped after the last answer, until the timer fires.
    linger: Option<usize>,
    timer: Pin<Box<Sleep>>,
    /// The task that the timer wakes.
    timer_task: Option<Waker>,
}

/// The use of a connection's buffers while no request is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parking {
    /// They are kept until the connection ends.
    Never,
    /// They are in use, and given up after a while without a request.
    InUse,
    /// They are given up: nobody reads until a request begins to arrive.
    Parked,
}

/// The subject of a wait, which has a timeout of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// The first byte of a new connection.
    FirstByte,
    /// The rest of a request.
    Head,
    /// The next request.
    NextRequest,
    /// Room to write.
    Room,
}

impl<T> TimeoutStream<T> {
    pub(crate) fn new(
        stream: T,
        server: Arc<ServerState>,
        connection: Arc<ConnectionState>,
    ) -> Self {
        let now = Instant::now();
        let limits = FramingLimits {
            target: server.limits.target_bytes.get(),
            head: server.limits.head_bytes,
        };
        Self {
            framing: Framing::new(limits),
            begun: Vec::new(),
            parking: Parking::Never,
            timer: Box::pin(sleep_until(now + server.limits.first_byte_timeout)),
            stream,
            server,
            connection,
            requests: 0,
            is_new: true,
            head_since: None,
            head_bytes: 0,
            has_moved: false,
            waits_since: now,
            awaits_request: false,
            written: 0,
            stall: None,
            linger: None,
            timer_task: None,
        }
    }

    /// The limits of the server.
    pub(crate) fn limits(&self) -> &Limits {
        &self.server.limits
    }

    /// Ends the head under way once its request has arrived.
    fn note_requests(&mut self) {
        let requests = self.connection.requests.load(Ordering::Relaxed);
        if requests != self.requests {
            self.requests = requests;
            self.head_since = None;
            self.head_bytes = 0;
        }
    }

    fn note_read(&mut self, bytes: usize) {
        self.is_new = false;
        self.has_moved = true;
        self.awaits_request = false;
        self.server.set_busy(&self.connection);
        self.head_bytes += bytes;
    }

    fn note_written(&mut self, bytes: usize) {
        self.has_moved = true;
        // The bytes read were a request and its content, since it is being answered.
        self.head_since = None;
        self.head_bytes = 0;
        self.written += bytes as u64;
        self.connection.record_moved(bytes);
        self.server.counters.record_sent(bytes);
    }

    /// Checks the framing of bytes that were read; returns the number of those to pass on.
    fn check_framing(&mut self, bytes: &mut [u8]) -> usize {
        let passed_on = self.framing.check(bytes);
        if let Some(request) = self.framing.too_large() {
            self.connection
                .head_too_large
                .store(request, Ordering::Relaxed);
        }
        passed_on
    }

    /// Waits for bytes to read; ready at the timeout.
    pub(super) fn poll_read_deadline(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.note_requests();
        if std::mem::take(&mut self.has_moved) {
            self.waits_since = Instant::now();
        }
        if self.head_bytes > 0 {
            self.head_since.get_or_insert(self.waits_since);
        }
        let limits = &self.server.limits;
        let (wait, since, limit) = match self.head_since {
            Some(since) => (Wait::Head, since, limits.head_timeout),
            None if self.is_new => (Wait::FirstByte, self.waits_since, limits.first_byte_timeout),
            None => (Wait::NextRequest, self.waits_since, limits.idle_timeout),
        };
        self.awaits_request = wait == Wait::NextRequest;
        self.update_idle();
        let may_park = self.parking == Parking::InUse
            && self.awaits_request
            && self.stall.is_none()
            && self.framing.is_between_requests();
        let is_over = |server: &ServerState, now: Instant| {
            let waited = now.duration_since(since);
            // A connection with nothing under way makes room early on a crowded server.
            let is_early = wait != Wait::Head && waited >= limit / 10 && server.is_crowded();
            waited >= limit || is_early
        };
        // The server may become crowded during the wait, so that is checked ten times.
        let step = match wait {
            Wait::Head => limit,
            _ => limit / 10,
        };
        if may_park && PARK_AFTER < step {
            let is_long = |_: &ServerState, now: Instant| now.duration_since(since) >= PARK_AFTER;
            ready!(self.poll_timer(context, since + PARK_AFTER, PARK_AFTER, is_long));
            self.parking = Parking::Parked;
            return Poll::Ready(());
        }
        ready!(self.poll_timer(context, since + step, step, is_over));
        self.count_timeout(wait);
        Poll::Ready(())
    }

    /// Marks the connection as idle if it waits for the next request and everything has been written.
    fn update_idle(&self) {
        if self.awaits_request && self.stall.is_none() {
            self.server.set_idle(&self.connection, self.waits_since);
        }
    }

    /// Waits for room to write; ready when the client took too little in the rate window.
    fn poll_write_deadline(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let window = self.server.limits.rate_window;
        let least = self.server.limits.least_rate.get() * window.as_secs();
        loop {
            let written = self.written;
            let (since, before) = *self.stall.get_or_insert_with(|| (Instant::now(), written));
            let is_over = |_: &ServerState, now: Instant| now.duration_since(since) >= window;
            ready!(self.poll_timer(context, since + window, window, is_over));
            if written - before < least {
                self.count_timeout(Wait::Room);
                return Poll::Ready(());
            }
            self.stall = None;
        }
    }

    /// Waits until `is_over`, which is checked at the deadline and at each step after it.
    fn poll_timer(
        &mut self,
        context: &mut Context<'_>,
        mut deadline: Instant,
        step: Duration,
        is_over: impl Fn(&ServerState, Instant) -> bool,
    ) -> Poll<()> {
        loop {
            // A timer set for later must be moved now; one set for earlier is moved when it fires.
            if self.timer.deadline() > deadline {
                self.timer.as_mut().reset(deadline);
            }
            ready!(self.poll_sleep(context));
            let now = Instant::now();
            if is_over(&self.server, now) {
                return Poll::Ready(());
            }
            while deadline <= now {
                deadline += step;
            }
            self.timer.as_mut().reset(deadline);
        }
    }

    /// Polls the timer, unless it is already set to wake this task.
    fn poll_sleep(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let is_set = |waker: &Waker| waker.will_wake(context.waker());
        if self.timer_task.as_ref().is_some_and(is_set) && !self.timer.is_elapsed() {
            return Poll::Pending;
        }
        let fired = self.timer.as_mut().poll(context);
        self.timer_task = fired.is_pending().then(|| context.waker().clone());
        fired
    }

    fn count_timeout(&self, wait: Wait) {
        let refusal = match wait {
            Wait::FirstByte => Refusal::FirstByte,
            Wait::Head => Refusal::Head,
            Wait::Room => Refusal::Stalled,
            // Either side may close an idle connection (RFC 9112, 9.3).
            Wait::NextRequest => return,
        };
        self.server.counters.record_refusal(refusal);
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for TimeoutStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        self.note_requests();
        if self.framing.has_ended() {
            return Poll::Ready(Ok(()));
        }
        while let Poll::Ready(read) = self.poll_read_bytes(context, buffer) {
            let length = buffer.filled().len() - before;
            if length == 0 || read.is_err() {
                return Poll::Ready(read);
            }
            self.note_read(length);
            let passed_on = self.check_framing(&mut buffer.filled_mut()[before..]);
            buffer.set_filled(before + passed_on);
            if passed_on > 0 || self.framing.has_ended() {
                return Poll::Ready(Ok(()));
            }
        }
        ready!(self.poll_read_deadline(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncWrite + Unpin> TimeoutStream<T> {
    fn finish_write(
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
        self.connection.record_full();
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
        self.finish_write(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.finish_write(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // hyper flushes only after it has written everything.
        if self.stall.take().is_some() {
            self.update_idle();
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Ready when the stream may be closed. Closing it with bytes unread would reset it, and the client might lose its
    /// answer: so the write side is closed first, and the rest is read for a while (RFC 9112, 9.6).
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.is_parked() {
            return Poll::Ready(Ok(()));
        }
        let mut dropped = [MaybeUninit::uninit(); 4096];
        loop {
            let mut buffer = ReadBuf::uninit(&mut dropped);
            let read = Pin::new(&mut this.stream).poll_read(context, &mut buffer);
            let has_more = !buffer.filled().is_empty() || read.is_pending();
            match &mut this.linger {
                _ if !has_more => return Poll::Ready(Ok(())),
                None if read.is_pending()
                    && !this.connection.has_unread_content.load(Ordering::Relaxed) =>
                {
                    return Poll::Ready(Ok(()));
                }
                None => {
                    ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
                    let until = Instant::now() + this.server.limits.head_timeout;
                    this.linger = Some(LINGER_BYTES);
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
