//! What pages of a site built with `live` ask for: the script that reloads them, and the events that tell it when.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};

use crate::http::body::Body;
use crate::http::event_stream::Events;
use crate::http::response;
use crate::publish::SiteIds;
use crate::site::{Site, live_reload, media_type};

/// The path of the events.
const EVENTS: &str = "/.webserver/events";

const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");

/// How long the stream is silent at most: less than connections may be idle.
pub(crate) const QUIET: Duration = Duration::from_secs(15);

/// Whether a page of a site built with `live` asks for its script.
pub(crate) fn is_for_script<B>(site: &Site, request: &Request<B>) -> bool {
    site.is_live && request.uri().path() == live_reload::SCRIPT
}

/// Whether the script asks for events.
pub(crate) fn is_for_events<B>(site: &Site, request: &Request<B>) -> bool {
    site.is_live && request.uri().path() == EVENTS
}

/// The script.
pub(crate) fn script() -> Response<Body> {
    let script = include_bytes!("live.js");
    response::message(
        StatusCode::OK,
        media_type::SCRIPT,
        Bytes::from_static(script),
    )
}

/// The stream of events.
pub(crate) fn events(ids: SiteIds) -> Response<Body> {
    response::stream(EVENT_STREAM, Body::Events(Events::new(ids)))
}
