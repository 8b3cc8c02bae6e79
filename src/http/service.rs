//! TODO

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use http::{Method, Request, Response, StatusCode};
use tower_service::Service;

use crate::http::body::Body;
use crate::http::{health, live_reload, respond, response, session, take_over, validate};
use crate::publish::{OnAir, Slot};
use crate::site::Site;

/// Answers each request from the site that is on the air when it comes.
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    published: &'static Slot,
    limits: RequestLimits,
    started: Instant,
}

/// How large a request may be.
#[derive(Clone, Copy, Debug)]
pub struct RequestLimits {
    /// Its target, in bytes. No file of a game has so long a name.
    pub target: usize,
    /// Its content, in bytes, which is read and dropped; with more, the connection is closed.
    pub content: u64,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            target: 8 * 1024,
            content: 64 * 1024,
        }
    }
}

impl Handler {
    /// Answers from this slot.
    pub fn new(published: &'static Slot, limits: RequestLimits) -> Self {
        Self {
            published,
            limits,
            started: Instant::now(),
        }
    }

    fn respond<B>(&self, request: &Request<B>) -> Response<Body> {
        if validate::target_length(request) > self.limits.target {
            return response::refusal(StatusCode::URI_TOO_LONG);
        }
        let on_air = self.published.load();
        match health::is_asked(request) {
            true => health::respond(&on_air.site, self.started.elapsed(), request),
            false => switched(&on_air, request),
        }
    }
}

impl<B: http_body::Body + Unpin> Service<Request<B>> for Handler {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering<B>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answering<B> {
        let mut response = self.respond(&request);
        let has_content = !request.body().is_end_stream();
        if has_content && !response::closes(&response) {
            let (fields, status) = (request.headers(), response.status());
            if let Some(status) = validate::refuses_content(fields, status, self.limits.content) {
                response::refuse(&mut response, status);
            }
        }
        let unread = has_content.then(|| {
            Box::new(Unread {
                content: request.into_body(),
                dropped: 0,
                most: self.limits.content,
            })
        });
        Answering {
            response: Some(response),
            unread,
        }
    }
}

/// An answer that waits until the request's content, which nothing here has a use for, is out of the way.
#[derive(Debug)]
pub struct Answering<B> {
    response: Option<Response<Body>>,
    // Seldom there: an answer is moved several times on its way, and should be small.
    unread: Option<Box<Unread<B>>>,
}

#[derive(Debug)]
pub(crate) struct Unread<B> {
    content: B,
    dropped: u64,
    most: u64,
}

impl<B: http_body::Body + Unpin> Future for Answering<B> {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let mut response = this.response.take().unwrap_or_default();
        if let Some(unread) = &mut this.unread
            && !response::closes(&response)
        {
            let (content, dropped) = (&mut unread.content, &mut unread.dropped);
            match validate::poll_drop_content(content, dropped, unread.most, context) {
                Poll::Ready(true) => {}
                Poll::Ready(false) => response = response::refusal(StatusCode::PAYLOAD_TOO_LARGE),
                Poll::Pending => {
                    this.response = Some(response);
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(response))
    }
}

/// Answers a request from the site that its page load began with.
pub(crate) fn switched<B>(on_air: &OnAir, request: &Request<B>) -> Response<Body> {
    let fields = request.headers();
    let site = session::site_for(on_air, fields);
    let mut response = respond(site, request);
    let is_missing = response.status() == StatusCode::NOT_FOUND;
    if is_missing && live_reload::is_for_events(site, request) {
        response = completed(live_reload::events(on_air.ids()), &on_air.site, request);
    } else if session::has_content(&response) && session::is_stale_worker(on_air, fields) {
        response = completed(take_over(&on_air.site), &on_air.site, request);
    }
    response
}

/// With what every answer of a site says.
pub(crate) fn completed<B>(
    mut response: Response<Body>,
    site: &Site,
    request: &Request<B>,
) -> Response<Body> {
    response::add(&mut response, &site.fields);
    if request.method() == Method::HEAD {
        *response.body_mut() = Body::Empty;
    }
    response
}
