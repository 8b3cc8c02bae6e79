//! Which of the site's bytes answer a request. No I/O, no clock, no setting: it cannot fail, it can only answer.

mod body;
mod encoding;
mod headers;
mod language;
mod precondition;
mod range;
mod route;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Method, Request, Response, StatusCode, header};
use tower_service::Service;

use crate::published::Published;
use crate::site::{Asset, NotFound, Representation, Site};
pub use body::Body;
use precondition::Precondition;
use range::Selection;
use route::Route;

/// The methods that a site's resources answer (RFC 9110, 10.2.1).
const ALLOWED: &str = "GET, HEAD, OPTIONS";

/// Answers each request from the site that is on the air when it comes.
#[derive(Clone, Debug)]
pub struct Handler(pub Arc<Published>);

impl<B> Service<Request<B>> for Handler {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let site = self.0.load();
        ready(Ok(respond(&site, &request)))
    }
}

/// Answers a request from a site.
pub fn respond<B>(site: &Site, request: &Request<B>) -> Response<Body> {
    let mut response = match *request.method() {
        Method::GET | Method::HEAD => answer(site, request),
        Method::OPTIONS => options(),
        Method::POST
        | Method::PUT
        | Method::DELETE
        | Method::PATCH
        | Method::TRACE
        | Method::CONNECT => not_allowed(),
        _ => headers::short(StatusCode::NOT_IMPLEMENTED),
    };
    if request.method() == Method::HEAD {
        *response.body_mut() = Body::Empty;
    }
    response
}

fn answer<B>(site: &Site, request: &Request<B>) -> Response<Body> {
    match route::route(site, request.uri()) {
        Route::Asset(asset) => asset_response(asset, request),
        Route::Redirect { status, location } => headers::redirect(status, &location),
        Route::NotFound => not_found(&site.not_found, request),
        Route::Bad => headers::short(StatusCode::BAD_REQUEST),
    }
}

fn asset_response<B>(asset: &Asset, request: &Request<B>) -> Response<Body> {
    let fields = request.headers();
    let Some(representation) = encoding::choose(&asset.representations, fields) else {
        return headers::short(StatusCode::NOT_ACCEPTABLE);
    };
    let varies = asset.representations.len() > 1;
    match precondition::evaluate(fields, &representation.etag) {
        Precondition::Failed => return headers::short(StatusCode::PRECONDITION_FAILED),
        Precondition::NotModified => return headers::not_modified(representation, varies),
        Precondition::Holds => {}
    }
    let length = representation.content.len() as u64;
    // RFC 9110, 14.2: a Range is for GET alone.
    let selection = match *request.method() {
        Method::GET => range::select(fields, &representation.etag, length),
        _ => Selection::Whole,
    };
    selected_response(representation, varies, selection)
}

fn selected_response(
    representation: &Representation,
    varies: bool,
    selection: Selection,
) -> Response<Body> {
    let content = &representation.content;
    match selection {
        Selection::Whole => headers::whole(representation, varies),
        Selection::Part(part) => headers::part(representation, varies, part),
        Selection::Parts(parts) => headers::parts(representation, varies, &parts),
        Selection::Unsatisfiable => headers::unsatisfiable(content.len() as u64),
    }
}

fn not_found<B>(not_found: &NotFound, request: &Request<B>) -> Response<Body> {
    let language = language::of_reader(request.headers());
    let wants_page = request
        .headers()
        .get(header::ACCEPT)
        .is_some_and(|accept| contains(accept.as_bytes(), b"text/html"));
    let (media_type, content) = if wants_page {
        ("text/html; charset=utf-8", not_found.page(language))
    } else {
        ("text/plain; charset=utf-8", not_found.text(language))
    };
    headers::message(StatusCode::NOT_FOUND, media_type, content.clone())
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

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

#[cfg(test)]
mod tests;
