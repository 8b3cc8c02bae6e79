//! The rim around any service: a panic becomes a 500, and each request is counted and becomes an event of the request
//! log.

use std::any::Any;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use pin_project_lite::pin_project;
use tower_http::catch_panic::CatchPanic;
use tower_service::Service;

use crate::metrics::coarse_clock::CoarseClock;
use crate::metrics::counters::Counters;

/// The target of the events of the request log. Their fields: `client`, `method`, `path`, `status`, `bytes` (of content
/// sent) and `micros` (from the head's arrival to the content's last byte handed on).
pub const ACCESS: &str = "webserver::access";

/// The answer to a request whose handling panicked.
type ForPanic = fn(Box<dyn Any + Send>) -> Response<Full<Bytes>>;

/// Puts the rim around a service for one client.
pub fn observed<S>(
    service: S,
    client: IpAddr,
    counters: &'static Counters,
) -> AccessLog<CatchPanic<S, ForPanic>> {
    AccessLog {
        service: CatchPanic::custom(service, for_panic as ForPanic),
        client: client.to_canonical(),
        counters,
    }
}

/// A service whose requests are counted and logged.
#[derive(Clone, Debug)]
pub struct AccessLog<S> {
    service: S,
    client: IpAddr,
    counters: &'static Counters,
}

impl<S, R, B> Service<Request<R>> for AccessLog<S>
where
    S: Service<Request<R>, Response = Response<B>>,
{
    type Response = Response<ObservedBody<B>>;
    type Error = S::Error;
    type Future = Observing<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<R>) -> Self::Future {
        let is_logged = tracing::enabled!(target: ACCESS, tracing::Level::INFO);
        let line = is_logged.then(|| Box::new(AccessRecord::new(self.client, &request)));
        let count = CountOnDrop {
            counters: self.counters,
            status: StatusCode::OK,
            waits_since: None,
        };
        Observing {
            response: self.service.call(request),
            count,
            line,
        }
    }
}

pin_project! {
    /// A response on its way, and what is to be said about it.
    pub struct Observing<F> {
        #[pin]
        response: F,
        count: CountOnDrop,
        line: Option<Box<AccessRecord>>,
    }
}

impl<F, B, E> Future for Observing<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<ObservedBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Poll::Ready(response) = this.response.poll(context) else {
            this.count.goes_on();
            return Poll::Pending;
        };
        let response = response?;
        let mut line = this.line.take();
        if let Some(line) = &mut line {
            line.status = response.status();
        }
        let count = CountOnDrop {
            status: response.status(),
            ..*this.count
        };
        Poll::Ready(Ok(response.map(|body| ObservedBody { body, count, line })))
    }
}

pin_project! {
    /// A body that counts what is sent of it; when it is dropped, its request is counted and its line written.
    pub struct ObservedBody<B> {
        #[pin]
        body: B,
        count: CountOnDrop,
        line: Option<Box<AccessRecord>>,
    }

    impl<B> PinnedDrop for ObservedBody<B> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            this.count.enter();
            if let Some(line) = this.line.take() {
                line.write();
            }
        }
    }
}

impl<B: Body<Data = Bytes>> Body for ObservedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut this = self.project();
        let frame = this.body.as_mut().poll_frame(context);
        if let (Some(line), Poll::Ready(Some(Ok(frame)))) = (this.line, &frame) {
            line.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        if !this.body.is_end_stream() {
            this.count.goes_on();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What is counted of a request.
#[derive(Clone, Copy, Debug)]
struct CountOnDrop {
    counters: &'static Counters,
    status: StatusCode,
    /// Since when there is something to wait for; most answers are given whole and at once, and no clock need be read.
    waits_since: Option<CoarseClock>,
}

impl CountOnDrop {
    fn goes_on(&mut self) {
        self.waits_since.get_or_insert_with(CoarseClock::now);
    }

    fn enter(self) {
        let took = self
            .waits_since
            .map_or(Duration::ZERO, CoarseClock::elapsed);
        self.counters.answered(self.status, took);
    }
}

/// One line of the request log.
#[derive(Debug)]
struct AccessRecord {
    client: IpAddr,
    method: http::Method,
    path: String,
    status: StatusCode,
    bytes: u64,
    start: Instant,
}

impl AccessRecord {
    fn new<R>(client: IpAddr, request: &Request<R>) -> Self {
        Self {
            client,
            method: request.method().clone(),
            path: printable(request.uri().path()),
            status: StatusCode::OK,
            bytes: 0,
            start: Instant::now(),
        }
    }

    fn write(self) {
        tracing::info!(
            target: ACCESS,
            client = %self.client,
            method = self.method.as_str(),
            path = self.path,
            status = self.status.as_u16(),
            bytes = self.bytes,
            micros = self.start.elapsed().as_micros() as u64,
        );
    }
}

/// Only visible ASCII as it is, so that no request can forge a line or move the operator's cursor.
fn printable(path: &str) -> String {
    let mut printable = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'!'..=b'~' => printable.push(byte.into()),
            _ => printable.push_str(&format!("%{byte:02X}")),
        }
    }
    printable
}

fn for_panic(panic: Box<dyn Any + Send>) -> Response<Full<Bytes>> {
    let said = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("?");
    tracing::error!("{}", rust_i18n::t!("server.panic", said = said));
    let mut response = Response::new(Full::from("500 Internal Server Error\n"));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    let media_type = http::HeaderValue::from_static("text/plain; charset=utf-8");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, media_type);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_forge_a_line() {
        assert_eq!(
            printable("/a\r\n1.2.3.4 GET /\u{1b}[2J中"),
            "/a%0D%0A1.2.3.4%20GET%20/%1B[2J%E4%B8%AD"
        );
    }

    /// Comes in two pieces, the second when it is told to.
    struct Piecewise(std::vec::IntoIter<Poll<Option<&'static str>>>);

    impl Body for Piecewise {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            let piece = self.0.next().unwrap_or(Poll::Ready(None));
            piece.map(|piece| {
                piece.map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes()))))
            })
        }

        fn is_end_stream(&self) -> bool {
            self.0.len() == 0
        }
    }

    #[test]
    fn the_time_of_an_answer_counts_from_where_it_has_to_wait() {
        let some = |text| Poll::Ready(Some(text));
        for (pieces, is_timed) in [
            (vec![some("whole")], false),
            (vec![some("begun"), some("done")], true),
            (vec![Poll::Pending, some("late")], true),
        ] {
            let counters = Counters::start();
            let count = CountOnDrop {
                counters,
                status: StatusCode::OK,
                waits_since: None,
            };
            let body = Piecewise(pieces.into_iter());
            let mut body = Box::pin(ObservedBody {
                body,
                count,
                line: None,
            });
            let mut context = Context::from_waker(std::task::Waker::noop());
            let _ = body.as_mut().poll_frame(&mut context);
            let (start, second) = (Instant::now(), Duration::from_secs(1));
            let begun = CoarseClock::now();
            while begun.elapsed().is_zero() && start.elapsed() < second {
                std::hint::spin_loop();
            }
            while !body.is_end_stream() {
                let _ = body.as_mut().poll_frame(&mut context);
            }
            drop(body);
            let metrics = counters.metrics();
            let sum = "webserver_response_seconds_sum ";
            let sum = metrics.lines().find_map(|line| line.strip_prefix(sum));
            let sum: f64 = sum.unwrap().parse().unwrap();
            assert_eq!(sum > 0.0, is_timed, "{metrics}");
            assert!(
                metrics.contains("webserver_response_seconds_count 1\n"),
                "{metrics}"
            );
        }
    }
}
