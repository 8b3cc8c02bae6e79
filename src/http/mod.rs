//! Which of the site's bytes answer a request. No I/O, no clock, no setting: it cannot fail, it can only answer.

pub(crate) mod accept_language;
pub(crate) mod body;
pub(crate) mod conditional;
pub(crate) mod event_stream;
pub(crate) mod header_presence;
pub(crate) mod health;
pub(crate) mod live_reload;
pub(crate) mod negotiate;
pub(crate) mod range;
pub(crate) mod response;
pub(crate) mod route;
pub mod service;
pub(crate) mod session;
pub(crate) mod validate;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};

use crate::http::body::Body;
use crate::http::conditional::Precondition;
use crate::http::header_presence::HeaderPresence;
use crate::http::range::Selection;
use crate::http::route::Route;
use crate::http::service::completed;
use crate::site::Site;
use crate::site::asset::Asset;
use crate::site::media_type::SCRIPT;
use crate::site::path::AssetPath;

/// The methods that a site's resources answer (RFC 9110, 10.2.1).
const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");

/// Answers a request from a site.
pub fn respond<B>(site: &Site, request: &Request<B>) -> Response<Body> {
    let asked = HeaderPresence::scan(request.headers());
    let response = match validate::refusal(request, &asked) {
        Some(status) => response::refusal(status),
        None => by_method(site, request, &asked),
    };
    completed(response, site, request)
}

fn by_method<B>(site: &Site, request: &Request<B>, asked: &HeaderPresence<'_>) -> Response<Body> {
    match *request.method() {
        Method::GET | Method::HEAD => answer(site, request, asked),
        Method::OPTIONS => options(),
        Method::POST
        | Method::PUT
        | Method::DELETE
        | Method::PATCH
        | Method::TRACE
        | Method::CONNECT => not_allowed(),
        _ => response::short(StatusCode::NOT_IMPLEMENTED),
    }
}

pub(crate) fn answer<B>(
    site: &Site,
    request: &Request<B>,
    asked: &HeaderPresence<'_>,
) -> Response<Body> {
    match route::route(site, request.uri()) {
        Route::Asset(asset) => {
            let mut response = asset_response(site, asset, request, asked);
            if asked.worker || asked.media_type {
                session::mark(&mut response, site, asset, request.headers());
            }
            response
        }
        Route::Redirect { status, location } => response::redirect(status, &location),
        Route::NotFound(_) if asked.worker && session::is_worker_script(request.headers()) => {
            take_over(site)
        }
        Route::NotFound(_) if live_reload::is_for_script(site, request) => live_reload::script(),
        Route::NotFound(path) => not_found(site, &path, request),
        Route::Bad => response::short(StatusCode::BAD_REQUEST),
    }
}

fn asset_response<B>(
    site: &Site,
    asset: &Asset,
    request: &Request<B>,
    asked: &HeaderPresence<'_>,
) -> Response<Body> {
    asset.requested();
    let fields = request.headers();
    let chosen = match asked.coding {
        true => negotiate::choose(&asset.representations, fields),
        false => asset.representations.first(),
    };
    let Some(representation) = chosen else {
        return response::short(StatusCode::NOT_ACCEPTABLE);
    };
    let etag = &representation.etag;
    let modified = site.published_at().map(|date| date.time());
    if asked.conditions {
        match conditional::evaluate(fields, etag, modified) {
            Precondition::Failed => return response::short(StatusCode::PRECONDITION_FAILED),
            Precondition::NotModified => return response::not_modified(representation),
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
        Selection::Whole => response::whole(representation),
        Selection::Part(part) => response::part(representation, part),
        Selection::Parts(parts) => response::parts(representation, &parts),
        Selection::Unsatisfiable => response::unsatisfiable(length),
    }
}

fn not_found<B>(site: &Site, path: &AssetPath<'_>, request: &Request<B>) -> Response<Body> {
    let nearest = site.missed(path);
    let not_found = &site.not_found;
    let language = accept_language::preferred(request.headers());
    response::not_found(match session::wants_page(request.headers()) {
        true => not_found.page(language, nearest),
        false => not_found.text(language, nearest),
    })
}

/// A service worker of a game that is not on the air any more would answer page loads from its cache for good, were it
/// told that there is nothing. The cookie has the game on the air get its own worker afterwards.
pub(crate) fn take_over(site: &Site) -> Response<Body> {
    let worker = include_bytes!("take_over.js");
    let mut response = response::message(StatusCode::OK, SCRIPT, Bytes::from_static(worker));
    session::set_cookie(&mut response, site);
    response
}

pub(crate) fn options() -> Response<Body> {
    let mut response = response::empty(StatusCode::NO_CONTENT);
    response::allow(&mut response, ALLOWED);
    response
}

pub(crate) fn not_allowed() -> Response<Body> {
    let mut response = response::short(StatusCode::METHOD_NOT_ALLOWED);
    response::allow(&mut response, ALLOWED);
    response
}

#[cfg(test)]
mod tests;
