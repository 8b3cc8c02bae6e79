//! The one place where an outcome becomes a response, with everything that every response states.

use std::collections::VecDeque;
use std::ops::Range;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use serde_json::json;

use crate::http::body::Body;
use crate::http::event_stream::Events;
use crate::http::outcome::{Health, NotFound, Outcome, Purpose, Redirection, Selected};
use crate::site::Site;
use crate::site::content::Content;
use crate::site::media_type::{SCRIPT, TEXT};
use crate::site::representation::{NO_CACHE, NOSNIFF, Representation};

/// The methods that a site's resources support (RFC 9110, 10.2.1).
const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");

const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// The fields that a response may get besides those of its content: `Content-Range`, `Set-Cookie`, `Connection`.
const EXTRA_FIELDS: usize = 3;

/// The circumstances of a response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    /// The site that the outcome comes from; `None` for the server's own.
    pub(crate) site: Option<&'a Site>,
    /// The existing name closest to a path that was not found.
    pub(crate) nearest: Option<&'a str>,
    /// True if the request's method is HEAD.
    pub(crate) is_head: bool,
    /// True if the connection is closed after the response, whatever the outcome.
    pub(crate) closes: bool,
}

/// A response without the fields that every response has.
struct Message {
    status: StatusCode,
    fields: HeaderMap,
    body: Body,
    begins_session: bool,
}

/// Writes an outcome as a response.
pub(crate) fn response(outcome: Outcome<'_>, context: &Context<'_>) -> Response<Body> {
    let closes = context.closes || outcome.closes();
    let message = message(outcome, context);
    let mut fields = message.fields;
    if let Some(site) = context.site {
        for (name, value) in &site.fields {
            fields.insert(name.clone(), value.clone());
        }
        if message.begins_session {
            fields.insert(header::SET_COOKIE, site.id.set_cookie().clone());
        }
    }
    if closes {
        fields.insert(header::CONNECTION, CLOSE);
    }
    let mut response = Response::new(match context.is_head {
        true => Body::Empty,
        false => message.body,
    });
    *response.status_mut() = message.status;
    *response.headers_mut() = fields;
    response
}

/// A refusal of the server itself.
pub(crate) fn refusal(status: StatusCode) -> Response<Body> {
    let context = Context {
        site: None,
        nearest: None,
        is_head: false,
        closes: true,
    };
    response(Outcome::Refused(status), &context)
}

fn message(outcome: Outcome<'_>, context: &Context<'_>) -> Message {
    match outcome {
        Outcome::Content(selected) => content(&selected),
        Outcome::Part(selected, part) => partial(&selected, &part),
        Outcome::Parts(selected, parts) => multipart(&selected, &parts),
        Outcome::NotModified(selected) => not_modified(&selected),
        Outcome::Redirect(redirection) => redirect(&redirection),
        Outcome::NotFound(missing) => not_found(&missing, context),
        Outcome::Unavailable {
            pages,
            language,
            wants_page,
        } => {
            let body = pages.select(language, wants_page).clone();
            Message::new(
                StatusCode::SERVICE_UNAVAILABLE,
                body.fields,
                Body::Memory(body.content),
            )
        }
        Outcome::NotAcceptable => reason(StatusCode::NOT_ACCEPTABLE),
        Outcome::PreconditionFailed => reason(StatusCode::PRECONDITION_FAILED),
        Outcome::Unsatisfiable { length } => reason(StatusCode::RANGE_NOT_SATISFIABLE)
            .with(header::CONTENT_RANGE, &format!("bytes */{length}")),
        Outcome::Options => options(),
        Outcome::MethodNotAllowed => {
            let mut message = reason(StatusCode::METHOD_NOT_ALLOWED);
            message.fields.insert(header::ALLOW, ALLOWED);
            message
        }
        Outcome::NotImplemented => reason(StatusCode::NOT_IMPLEMENTED),
        Outcome::BadTarget => reason(StatusCode::BAD_REQUEST),
        Outcome::Refused(status) => reason(status),
        Outcome::WorkerTakeOver => Message {
            begins_session: true,
            ..script(include_bytes!("take_over.js"))
        },
        Outcome::LiveScript => script(include_bytes!("live.js")),
        Outcome::Events(ids) => events(Events::new(ids)),
        Outcome::Health(state) => health(state),
    }
}

/// 200 (RFC 9110, 15.3.1).
fn content(selected: &Selected<'_>) -> Message {
    let representation = selected.representation;
    selected.message(
        StatusCode::OK,
        representation.fields.clone(),
        representation.content.clone().into(),
    )
}

/// 206 with one part (RFC 9110, 15.3.7.1).
fn partial(selected: &Selected<'_>, part: &Range<u64>) -> Message {
    let representation = selected.representation;
    let content = representation.content.slice(part);
    let fields = partial_fields(representation, content.len());
    let range = content_range(part, representation.content.len());
    let message = selected.message(StatusCode::PARTIAL_CONTENT, fields, content.into());
    message.with(header::CONTENT_RANGE, &range)
}

/// 206 with several parts (RFC 9110, 14.6 and 15.3.7.2).
fn multipart(selected: &Selected<'_>, parts: &[Range<u64>]) -> Message {
    let representation = selected.representation;
    let length = representation.content.len();
    let media_type = representation.media_type.to_str().unwrap_or_default();
    // The hash of the content, which the content does not contain.
    let boundary = representation.etag.digits();
    let mut pieces = VecDeque::with_capacity(parts.len() * 2 + 1);
    for part in parts {
        let delimiter = format!(
            "\r\n--{boundary}\r\nContent-Type: {media_type}\r\nContent-Range: {}\r\n\r\n",
            content_range(part, length)
        );
        pieces.push_back(Content::Memory(delimiter.into()));
        pieces.push_back(representation.content.slice(part));
    }
    pieces.push_back(Content::Memory(format!("\r\n--{boundary}--\r\n").into()));
    let body = Body::stream(pieces);
    let fields = partial_fields(representation, body.length().unwrap_or_default());
    let message = selected.message(StatusCode::PARTIAL_CONTENT, fields, body);
    let media_type = format!("multipart/byteranges; boundary={boundary}");
    message.with(header::CONTENT_TYPE, &media_type)
}

fn partial_fields(representation: &Representation, length: u64) -> HeaderMap {
    let mut fields = HeaderMap::with_capacity(representation.fields.len() + EXTRA_FIELDS);
    fields.extend(representation.fields.clone());
    fields.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    fields
}

fn content_range(part: &Range<u64>, length: u64) -> String {
    format!("bytes {}-{}/{length}", part.start, part.end - 1)
}

/// 304 (RFC 9110, 15.4.5).
fn not_modified(selected: &Selected<'_>) -> Message {
    let fields = selected.representation.unmodified.clone();
    selected.message(StatusCode::NOT_MODIFIED, fields, Body::Empty)
}

/// 307 or 308 (RFC 9110, 15.4.8 and 15.4.9).
fn redirect(redirection: &Redirection<'_>) -> Message {
    reason(redirection.status).with(header::LOCATION, &redirection.location)
}

/// 404 (RFC 9110, 15.5.5).
fn not_found(missing: &NotFound<'_>, context: &Context<'_>) -> Message {
    let Some(site) = context.site else {
        return reason(StatusCode::NOT_FOUND);
    };
    let (pages, nearest) = (&site.not_found, context.nearest);
    let page = match missing.wants_page {
        true => pages.page(missing.language, nearest, missing.depth),
        false => pages.text(missing.language, nearest),
    };
    Message::new(
        StatusCode::NOT_FOUND,
        page.fields,
        Body::Memory(page.content),
    )
}

/// 204 with the methods there are (RFC 9110, 9.3.7).
fn options() -> Message {
    let fields = [(header::ALLOW, ALLOWED)];
    Message::new(
        StatusCode::NO_CONTENT,
        fields.into_iter().collect(),
        Body::Empty,
    )
}

/// A status with its reason phrase as text.
fn reason(status: StatusCode) -> Message {
    let reason = status.canonical_reason().unwrap_or("Error");
    let line = format!("{} {reason}\n", status.as_u16());
    memory(status, TEXT, line.into())
}

fn script(script: &'static [u8]) -> Message {
    memory(StatusCode::OK, SCRIPT, Bytes::from_static(script))
}

fn health(health: Health<'_>) -> Message {
    let state = json!({
        "ready": health.game.is_some(),
        "game": health.game,
        "uptime_seconds": health.uptime.as_secs(),
    });
    let media_type = HeaderValue::from_static("application/json");
    let status = match health.game {
        Some(_) => StatusCode::OK,
        None => StatusCode::SERVICE_UNAVAILABLE,
    };
    let message = memory(status, media_type, format!("{state}\n").into());
    message.with(header::CACHE_CONTROL, "no-store")
}

/// 200 with a body of unknown length.
fn events(events: Events) -> Message {
    let media_type = HeaderValue::from_static("text/event-stream");
    Message::new(StatusCode::OK, own_fields(media_type), Body::Events(events))
}

fn memory(status: StatusCode, media_type: HeaderValue, content: Bytes) -> Message {
    let mut fields = own_fields(media_type);
    fields.insert(header::CONTENT_LENGTH, HeaderValue::from(content.len()));
    Message::new(status, fields, Body::Memory(content))
}

/// The fields of content that is the server's own.
fn own_fields(media_type: HeaderValue) -> HeaderMap {
    let mut fields = HeaderMap::with_capacity(8);
    fields.insert(header::CONTENT_TYPE, media_type);
    fields.insert(header::CACHE_CONTROL, NO_CACHE);
    fields.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    fields
}

impl Message {
    fn new(status: StatusCode, fields: HeaderMap, body: Body) -> Self {
        Self {
            status,
            fields,
            body,
            begins_session: false,
        }
    }

    /// The same message with another field. The values made here are visible ASCII; any other would be left out.
    fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.fields.insert(name, value);
        }
        self
    }
}

impl Selected<'_> {
    fn message(&self, status: StatusCode, fields: HeaderMap, body: Body) -> Message {
        Message {
            begins_session: self.purpose == Purpose::PageLoad,
            ..Message::new(status, fields, body)
        }
    }
}
