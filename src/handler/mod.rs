//! Which of the site's bytes answer a request. No I/O, no clock, no setting: it cannot fail, it can only answer.

mod asked;
mod body;
mod encoding;
mod headers;
mod health;
mod language;
mod live;
mod message;
mod page_load;
mod precondition;
mod range;
mod route;

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use tower_service::Service;

use crate::published::{OnAir, Published};
use crate::site::media_type::SCRIPT;
use crate::site::{Asset, AssetPath, Site};
use asked::Asked;
pub use body::Body;
use precondition::Precondition;
use range::Selection;
use route::Route;

/// The methods that a site's resources answer (RFC 9110, 10.2.1).
const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");

/// Answers each request from the site that is on the air when it comes.
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    published: &'static Published,
    limits: Limits,
    started: Instant,
}

/// How large a request may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Its target, in bytes. No file of a game has so long a name.
    pub target: usize,
    /// Its content, in bytes, which is read and dropped; with more, the connection is closed.
    pub content: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            target: 8 * 1024,
            content: 64 * 1024,
        }
    }
}

impl Handler {
    /// Answers from this slot.
    pub fn new(published: &'static Published, limits: Limits) -> Self {
        Self {
            published,
            limits,
            started: Instant::now(),
        }
    }

    fn respond<B>(&self, request: &Request<B>) -> Response<Body> {
        if message::target_length(request) > self.limits.target {
            return headers::refusal(StatusCode::URI_TOO_LONG);
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
        if has_content && !headers::closes(&response) {
            let (fields, status) = (request.headers(), response.status());
            if let Some(status) = message::refuses_content(fields, status, self.limits.content) {
                headers::refuse(&mut response, status);
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
struct Unread<B> {
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
            && !headers::closes(&response)
        {
            let (content, dropped) = (&mut unread.content, &mut unread.dropped);
            match message::poll_drop_content(content, dropped, unread.most, context) {
                Poll::Ready(true) => {}
                Poll::Ready(false) => response = headers::refusal(StatusCode::PAYLOAD_TOO_LARGE),
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
fn switched<B>(on_air: &OnAir, request: &Request<B>) -> Response<Body> {
    let fields = request.headers();
    let site = page_load::site_for(on_air, fields);
    let mut response = respond(site, request);
    let is_missing = response.status() == StatusCode::NOT_FOUND;
    if is_missing && live::is_for_events(site, request) {
        response = completed(live::events(on_air.ids()), &on_air.site, request);
    } else if page_load::has_content(&response) && page_load::is_stale_worker(on_air, fields) {
        response = completed(take_over(&on_air.site), &on_air.site, request);
    }
    response
}

/// With what every answer of a site says.
fn completed<B>(mut response: Response<Body>, site: &Site, request: &Request<B>) -> Response<Body> {
    headers::add(&mut response, &site.fields);
    if request.method() == Method::HEAD {
        *response.body_mut() = Body::Empty;
    }
    response
}

/// Answers a request from a site.
pub fn respond<B>(site: &Site, request: &Request<B>) -> Response<Body> {
    let asked = Asked::of(request.headers());
    let response = match message::refusal(request, &asked) {
        Some(status) => headers::refusal(status),
        None => by_method(site, request, &asked),
    };
    completed(response, site, request)
}

fn by_method<B>(site: &Site, request: &Request<B>, asked: &Asked<'_>) -> Response<Body> {
    match *request.method() {
        Method::GET | Method::HEAD => answer(site, request, asked),
        Method::OPTIONS => options(),
        Method::POST
        | Method::PUT
        | Method::DELETE
        | Method::PATCH
        | Method::TRACE
        | Method::CONNECT => not_allowed(),
        _ => headers::short(StatusCode::NOT_IMPLEMENTED),
    }
}

fn answer<B>(site: &Site, request: &Request<B>, asked: &Asked<'_>) -> Response<Body> {
    match route::route(site, request.uri()) {
        Route::Asset(asset) => {
            let mut response = asset_response(site, asset, request, asked);
            if asked.worker || asked.media_type {
                page_load::mark(&mut response, site, asset, request.headers());
            }
            response
        }
        Route::Redirect { status, location } => headers::redirect(status, &location),
        Route::NotFound(_) if asked.worker && page_load::is_worker_script(request.headers()) => {
            take_over(site)
        }
        Route::NotFound(_) if live::is_for_script(site, request) => live::script(),
        Route::NotFound(path) => not_found(site, &path, request),
        Route::Bad => headers::short(StatusCode::BAD_REQUEST),
    }
}

fn asset_response<B>(
    site: &Site,
    asset: &Asset,
    request: &Request<B>,
    asked: &Asked<'_>,
) -> Response<Body> {
    asset.requested();
    let fields = request.headers();
    let chosen = match asked.coding {
        true => encoding::choose(&asset.representations, fields),
        false => asset.representations.first(),
    };
    let Some(representation) = chosen else {
        return headers::short(StatusCode::NOT_ACCEPTABLE);
    };
    let etag = &representation.etag;
    let modified = site.published_at().map(|date| date.time());
    if asked.conditions {
        match precondition::evaluate(fields, etag, modified) {
            Precondition::Failed => return headers::short(StatusCode::PRECONDITION_FAILED),
            Precondition::NotModified => return headers::not_modified(representation),
            Precondition::Holds => {}
        }
    }
    let length = representation.content.len();
    // RFC 9110, 14.2: a Range is for GET alone.
    let selection = match *request.method() {
        Method::GET if asked.range => range::select(fields, etag, modified, length),
        _ => Selection::Whole,
    };
    match selection {
        Selection::Whole => headers::whole(representation),
        Selection::Part(part) => headers::part(representation, part),
        Selection::Parts(parts) => headers::parts(representation, &parts),
        Selection::Unsatisfiable => headers::unsatisfiable(length),
    }
}

fn not_found<B>(site: &Site, path: &AssetPath<'_>, request: &Request<B>) -> Response<Body> {
    let nearest = site.missed(path);
    let not_found = &site.not_found;
    let language = language::of_reader(request.headers());
    headers::not_found(match page_load::wants_page(request.headers()) {
        true => not_found.page(language, nearest),
        false => not_found.text(language, nearest),
    })
}

/// A service worker of a game that is not on the air any more would answer page loads from its cache for good, were it
/// told that there is nothing. The cookie has the game on the air get its own worker afterwards.
fn take_over(site: &Site) -> Response<Body> {
    let worker = include_bytes!("take_over.js");
    let mut response = headers::message(StatusCode::OK, SCRIPT, Bytes::from_static(worker));
    page_load::set_cookie(&mut response, site);
    response
}

fn options() -> Response<Body> {
    let mut response = headers::empty(StatusCode::NO_CONTENT);
    headers::allow(&mut response, ALLOWED);
    response
}

fn not_allowed() -> Response<Body> {
    let mut response = headers::short(StatusCode::METHOD_NOT_ALLOWED);
    headers::allow(&mut response, ALLOWED);
    response
}

#[cfg(test)]
mod tests;
