//! The answer to those who watch the server: whether it is ready, with which game, since when.

use std::time::Duration;

use http::header::{self, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use serde_json::json;

use crate::http::body::Body;
use crate::http::header_presence::HeaderPresence;
use crate::http::{not_allowed, options, response, validate};
use crate::site::Site;

/// No game has a file there, because no dotfile is ever published.
const PATH: &str = "/.webserver/health";

/// Whether a request asks for it.
pub(crate) fn is_asked<B>(request: &Request<B>) -> bool {
    request.uri().path() == PATH
}

/// The answer.
pub(crate) fn respond<B>(site: &Site, uptime: Duration, request: &Request<B>) -> Response<Body> {
    if let Some(status) = validate::refusal(request, &HeaderPresence::scan(request.headers())) {
        return response::refusal(status);
    }
    let is_head = match *request.method() {
        Method::GET => false,
        Method::HEAD => true,
        Method::OPTIONS => return options(),
        _ => return not_allowed(),
    };
    let health = json!({
        "ready": true,
        "game": site.slug,
        "uptime_seconds": uptime.as_secs(),
    });
    let mut response = response::message(
        StatusCode::OK,
        HeaderValue::from_static("application/json"),
        format!("{health}\n").into(),
    );
    let never = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, never);
    if is_head {
        *response.body_mut() = Body::Empty;
    }
    response
}
