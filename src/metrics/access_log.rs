//! A layer around any service that counts each request, logs it, and turns a panic into a 500.

use std::any::Any;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use pin_project_lite::pin_project;
use tower_http::catch_panic::CatchPanic;
use tower_service::Service;

use crate::metrics::browser_id::BrowserId;
use crate::metrics::client::Client;
use crate::metrics::coarse_clock::CoarseClock;
use crate::metrics::counters::Counters;

/// The target of access log events. Their fields: `client`, `method`, `host`, `path`, `query`, `referer`, `user_agent`,
/// `page` (the answer is a page), `browser` (its id, where it is known), `status`, `bytes` (of content) and `micros`
/// (from the arrival of the head to the last byte).
pub const ACCESS: &str = "webserver::access";

/// Makes the response to a request whose handling panicked.
type PanicResponse = fn(Box<dyn Any + Send>) -> Response<Full<Bytes>>;

/// Wraps the service for one client.
pub fn observed<S>(
    service: S,
    client: Client,
    counters: &'static Counters,
) -> AccessLog<CatchPanic<S, PanicResponse>> {
    AccessLog {
        service: CatchPanic::custom(service, panic_response as PanicResponse),
        client,
        counters,
    }
}

/// A service that counts and logs its requests.
#[derive(Clone, Debug)]
pub struct AccessLog<S> {
    service: S,
    client: Client,
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
        let record = is_logged.then(|| Box::new(AccessRecord::new(&self.client, &request)));
        let count = CountOnDrop {
            counters: self.counters,
            status: StatusCode::OK,
            waits_since: None,
        };
        Observing {
            response: self.service.call(request),
            count,
            record,
        }
    }
}

pin_project! {
    /// A future response with its access record.
    pub struct Observing<F> {
        #[pin]
        response: F,
        count: CountOnDrop,
        record: Option<Box<AccessRecord>>,
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
            this.count.note_wait();
            return Poll::Pending;
        };
        let response = response?;
        let mut record = this.record.take();
        if let Some(record) = &mut record {
            record.status = response.status();
            let issued = BrowserId::from_response(response.headers());
            record.browser = record.browser.or(issued);
            record.is_page = match record.status {
                StatusCode::NOT_MODIFIED => record.is_page,
                _ => is_page(response.headers()),
            };
        }
        let count = CountOnDrop {
            status: response.status(),
            ..*this.count
        };
        Poll::Ready(Ok(response.map(|body| ObservedBody {
            body,
            count,
            record,
        })))
    }
}

pin_project! {
    /// A body that counts its bytes. When it is dropped, the request is counted and logged.
    pub struct ObservedBody<B> {
        #[pin]
        body: B,
        count: CountOnDrop,
        record: Option<Box<AccessRecord>>,
    }

    impl<B> PinnedDrop for ObservedBody<B> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            this.count.record();
            if let Some(record) = this.record.take() {
                record.write();
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
        if let (Some(record), Poll::Ready(Some(Ok(frame)))) = (this.record, &frame) {
            record.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        if !this.body.is_end_stream() {
            this.count.note_wait();
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

/// The count of a request.
#[derive(Clone, Copy, Debug)]
struct CountOnDrop {
    counters: &'static Counters,
    status: StatusCode,
    /// The beginning of the first wait. Most answers never wait, so no clock is read for them.
    waits_since: Option<CoarseClock>,
}

impl CountOnDrop {
    fn note_wait(&mut self) {
        self.waits_since.get_or_insert_with(CoarseClock::now);
    }

    fn record(self) {
        let duration = self
            .waits_since
            .map_or(Duration::ZERO, CoarseClock::elapsed);
        self.counters.record_response(self.status, duration);
    }
}

/// One record of the access log.
#[derive(Debug)]
struct AccessRecord {
    client: IpAddr,
    /// The trusted proxy that the client came through.
    proxy: Option<IpAddr>,
    /// The scheme that the proxy states.
    scheme: Option<&'static str>,
    method: http::Method,
    host: String,
    path: String,
    query: String,
    referer: String,
    user_agent: String,
    browser: Option<BrowserId>,
    /// The client accepts a page, then: the answer is one.
    is_page: bool,
    status: StatusCode,
    bytes: u64,
    start: Instant,
}

impl AccessRecord {
    fn new<R>(client: &Client, request: &Request<R>) -> Self {
        let address = client.address(request.headers());
        Self {
            client: address,
            proxy: Some(client.peer()).filter(|peer| *peer != address),
            scheme: client.scheme(request.headers()),
            method: request.method().clone(),
            host: field(request, header::HOST),
            path: printable(request.uri().path()),
            query: request.uri().query().map_or_else(String::new, printable),
            referer: field(request, header::REFERER),
            user_agent: field(request, header::USER_AGENT),
            browser: BrowserId::from_request(request.headers()),
            is_page: accepts_page(request.headers()),
            status: StatusCode::OK,
            bytes: 0,
            start: Instant::now(),
        }
    }

    fn write(self) {
        tracing::info!(
            target: ACCESS,
            client = %self.client,
            proxy = self.proxy.map(tracing::field::display),
            scheme = self.scheme,
            method = self.method.as_str(),
            host = self.host,
            path = self.path,
            query = self.query,
            referer = self.referer,
            user_agent = self.user_agent,
            browser = self.browser.map(tracing::field::display),
            page = self.is_page,
            status = self.status.as_u16(),
            bytes = self.bytes,
            micros = self.start.elapsed().as_micros() as u64,
        );
    }
}

/// A field of a request, as text.
fn field<R>(request: &Request<R>, name: header::HeaderName) -> String {
    let value = request.headers().get(name);
    value.map_or_else(String::new, |value| {
        String::from_utf8_lossy(value.as_bytes()).into_owned()
    })
}

fn accepts_page(fields: &header::HeaderMap) -> bool {
    let accept = fields.get(header::ACCEPT);
    accept.is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"))
}

fn is_page(fields: &header::HeaderMap) -> bool {
    let media_type = fields.get(header::CONTENT_TYPE);
    media_type.is_some_and(|media_type| media_type.as_bytes().starts_with(b"text/html"))
}

/// Percent-encodes everything except visible ASCII, so that no request can forge a line or control the terminal.
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

fn panic_response(panic: Box<dyn Any + Send>) -> Response<Full<Bytes>> {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("?");
    tracing::error!(event = "panic", message);
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
    fn printable_encodes_everything_but_visible_ascii() {
        assert_eq!(
            printable("/a\r\n1.2.3.4 GET /\u{1b}[2J中"),
            "/a%0D%0A1.2.3.4%20GET%20/%1B[2J%E4%B8%AD"
        );
    }

    /// A body of these polls.
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
    fn a_response_is_timed_from_its_first_wait_only() {
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
                record: None,
            });
            let mut context = Context::from_waker(std::task::Waker::noop());
            let _ = body.as_mut().poll_frame(&mut context);
            while !body.is_end_stream() {
                let _ = body.as_mut().poll_frame(&mut context);
            }
            assert_eq!(body.count.waits_since.is_some(), is_timed);
            drop(body);
            let metrics = counters.metrics();
            assert!(
                metrics.contains("webserver_response_seconds_count 1\n"),
                "{metrics}"
            );
        }
    }
}
