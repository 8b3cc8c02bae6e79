//! The one place where an outcome becomes a response, with everything that every response states.

use std::collections::VecDeque;
use std::ops::Range;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use serde_json::json;

use crate::http::body::Body;
use crate::http::event_stream::Events;
use crate::http::outcome::{
    CertificateDownload, Health, JoinAnswer, NotFound, Outcome, Purpose, Redirection,
    SecureInvitation, Selected,
};
use crate::site::Site;
use crate::site::content::Content;
use crate::site::dictionary::{is_offer, offer_dictionary};
use crate::site::join_page::{join_page, join_part};
use crate::site::large_head_page::large_head_page;
use crate::site::media_type::{PAGE, SCRIPT, TEXT};
use crate::site::representation::{NO_CACHE, NOSNIFF, Representation};
use crate::site::secure_page::secure_page;

/// The methods that a site's resources support (RFC 9110, 10.2.1).
const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");

const CLOSE: HeaderValue = HeaderValue::from_static("close");

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

const REQUIRE_CORP: HeaderValue = HeaderValue::from_static("require-corp");

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
    /// True if `credentialless` would not isolate the page in the request's browser.
    pub(crate) is_webkit: bool,
}

/// Writes an outcome as a response.
pub(crate) fn response(outcome: &Outcome<'_>, context: &Context<'_>) -> Response<Body> {
    let mut response = message(outcome, context);
    let fields = response.headers_mut();
    if let Some(site) = context.site {
        for (name, value) in &site.fields {
            fields.insert(name.clone(), value.clone());
        }
        if matches!(outcome, Outcome::NotFound(missing) if missing.own_page.is_none()) {
            // A policy is for the game's pages: it may block the style that the program's own page has in it.
            fields.remove(header::CONTENT_SECURITY_POLICY);
        }
        if site.is_split_by_browser {
            if !is_offer(fields) {
                fields.append(header::VARY, HeaderValue::from_static("user-agent"));
            }
            if context.is_webkit {
                fields.insert("cross-origin-embedder-policy", REQUIRE_CORP);
            }
        }
        let cookie = match outcome.session_step() {
            Purpose::PageLoad if site.is_game() => Some(site.id.set_cookie()),
            Purpose::Worker => Some(site.id.set_worker_cookie()),
            _ => None,
        };
        if let Some(cookie) = cookie {
            fields.insert(header::SET_COOKIE, cookie.clone());
        }
    }
    if context.closes || outcome.closes() {
        fields.insert(header::CONNECTION, CLOSE);
    }
    if context.is_head {
        *response.body_mut() = Body::Empty;
    }
    response
}

/// A refusal of the server itself.
pub(crate) fn refusal(status: StatusCode) -> Response<Body> {
    let context = Context {
        site: None,
        nearest: None,
        is_head: false,
        closes: true,
        is_webkit: false,
    };
    response(&Outcome::Refused(status), &context)
}

/// The response without the fields that every response has.
fn message(outcome: &Outcome<'_>, context: &Context<'_>) -> Response<Body> {
    match outcome {
        Outcome::Content(selected) => content(selected),
        Outcome::Part(selected, part) => partial(selected.representation, part),
        Outcome::Parts(selected, parts) => multipart(selected.representation, parts),
        Outcome::NotModified(selected) => not_modified(selected),
        Outcome::Redirect(redirection) => redirect(redirection),
        Outcome::NotFound(missing) => not_found(missing, context),
        Outcome::Unavailable {
            pages,
            language,
            wants_page,
        } => {
            let page = pages.select(*language, *wants_page).clone();
            let body = Body::Memory(page.content);
            with_fields(StatusCode::SERVICE_UNAVAILABLE, page.fields, body)
        }
        Outcome::NotAcceptable => reason(StatusCode::NOT_ACCEPTABLE),
        Outcome::PreconditionFailed => reason(StatusCode::PRECONDITION_FAILED),
        Outcome::Unsatisfiable { length } => unsatisfiable(*length),
        Outcome::Options => options(),
        Outcome::PageReport => with_fields(StatusCode::NO_CONTENT, HeaderMap::new(), Body::Empty),
        Outcome::MethodNotAllowed => {
            let mut response = reason(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(header::ALLOW, ALLOWED);
            response
        }
        Outcome::NotImplemented => reason(StatusCode::NOT_IMPLEMENTED),
        Outcome::BadTarget => reason(StatusCode::BAD_REQUEST),
        Outcome::Refused(status) => reason(*status),
        Outcome::LargeHead {
            language,
            wants_page,
        } => {
            let (media_type, content) = large_head_page(*language, *wants_page);
            memory(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                media_type,
                content,
            )
        }
        Outcome::WorkerTakeOver => script(include_bytes!("take_over.js")),
        Outcome::LiveScript => script(include_bytes!("live.js")),
        Outcome::Events(ids) => events(Events::new(ids.clone())),
        Outcome::Health(state) => health(*state),
        Outcome::SecureInvitation(invitation) => secure_invitation(invitation),
        Outcome::Join(answer) => join(answer),
        Outcome::Download(file) => download(file),
    }
}

/// 200 (RFC 9110, 15.3.1).
fn content(selected: &Selected<'_>) -> Response<Body> {
    let representation = selected.representation;
    let mut fields = representation.fields.clone();
    if let Some(offer) = selected.offer {
        offer_dictionary(&mut fields, offer);
    }
    let body = representation.content.clone().into();
    with_fields(StatusCode::OK, fields, body)
}

/// 206 with one part (RFC 9110, 15.3.7.1).
fn partial(representation: &Representation, part: &Range<u64>) -> Response<Body> {
    let content = representation.content.slice(part);
    let range = content_range(part, representation.content.len());
    let mut fields = partial_fields(representation, content.len());
    insert(&mut fields, header::CONTENT_RANGE, &range);
    with_fields(StatusCode::PARTIAL_CONTENT, fields, content.into())
}

/// 206 with several parts (RFC 9110, 14.6 and 15.3.7.2).
fn multipart(representation: &Representation, parts: &[Range<u64>]) -> Response<Body> {
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
    let media_type = format!("multipart/byteranges; boundary={boundary}");
    let mut fields = partial_fields(representation, body.length().unwrap_or_default());
    insert(&mut fields, header::CONTENT_TYPE, &media_type);
    with_fields(StatusCode::PARTIAL_CONTENT, fields, body)
}

fn partial_fields(representation: &Representation, length: u64) -> HeaderMap {
    let mut fields = representation.fields.clone();
    fields.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    fields
}

fn content_range(part: &Range<u64>, length: u64) -> String {
    format!("bytes {}-{}/{length}", part.start, part.end - 1)
}

/// 304 (RFC 9110, 15.4.5).
fn not_modified(selected: &Selected<'_>) -> Response<Body> {
    let mut fields = selected.representation.unmodified.clone();
    if let Some(tag) = &selected.known_tag {
        fields.insert(header::ETAG, tag.as_ref().clone());
    }
    if let Some(offer) = selected.offer {
        offer_dictionary(&mut fields, offer);
    }
    with_fields(StatusCode::NOT_MODIFIED, fields, Body::Empty)
}

/// 307 or 308 (RFC 9110, 15.4.8 and 15.4.9).
fn redirect(redirection: &Redirection<'_>) -> Response<Body> {
    let mut response = reason(redirection.status);
    let fields = response.headers_mut();
    insert(fields, header::LOCATION, &redirection.location);
    response
}

/// 404 (RFC 9110, 15.5.5).
fn not_found(missing: &NotFound<'_>, context: &Context<'_>) -> Response<Body> {
    let Some(site) = context.site else {
        return reason(StatusCode::NOT_FOUND);
    };
    if let Some(page) = missing.own_page {
        let body = page.content.clone().into();
        return with_fields(StatusCode::NOT_FOUND, page.fields.clone(), body);
    }
    let (pages, nearest) = (&site.not_found, context.nearest);
    let page = match missing.page_depth {
        Some(depth) => pages.page(missing.language, nearest, depth),
        None => pages.text(missing.language, nearest),
    };
    let body = Body::Memory(page.content);
    with_fields(StatusCode::NOT_FOUND, page.fields, body)
}

/// 416 with the length there is (RFC 9110, 15.5.17).
fn unsatisfiable(length: u64) -> Response<Body> {
    let mut response = reason(StatusCode::RANGE_NOT_SATISFIABLE);
    let range = format!("bytes */{length}");
    insert(response.headers_mut(), header::CONTENT_RANGE, &range);
    response
}

/// 204 with the methods there are (RFC 9110, 9.3.7).
fn options() -> Response<Body> {
    let fields = [(header::ALLOW, ALLOWED)].into_iter().collect();
    with_fields(StatusCode::NO_CONTENT, fields, Body::Empty)
}

/// A status with its reason phrase as text.
fn reason(status: StatusCode) -> Response<Body> {
    let reason = status.canonical_reason().unwrap_or("Error");
    let line = format!("{} {reason}\n", status.as_u16());
    memory(status, TEXT, line.into())
}

fn script(script: &'static [u8]) -> Response<Body> {
    memory(StatusCode::OK, SCRIPT, Bytes::from_static(script))
}

fn health(health: Health<'_>) -> Response<Body> {
    let is_lagging = health.replica.is_some_and(|replica| replica.is_lagging);
    let is_ready = health.is_ready && !is_lagging;
    let mut state = json!({
        "ready": is_ready,
        "game": health.game,
        "uptime_seconds": health.uptime.as_secs(),
    });
    if let Some(replica) = health.replica {
        state["replica"] = json!({
            "lagging": replica.is_lagging,
            "seconds_since_look": replica.since_look.as_secs(),
            "lease": if replica.is_expired() { "expired" } else { "valid" },
        });
    }
    let media_type = HeaderValue::from_static("application/json");
    let status = match is_ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response = memory(status, media_type, format!("{state}\n").into());
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, NO_STORE);
    response
}

/// A page that differs for each visitor.
fn secure_invitation(invitation: &SecureInvitation<'_>) -> Response<Body> {
    let page = secure_page(&invitation.visit);
    let mut response = memory(invitation.status, PAGE, page.into());
    let vary = HeaderValue::from_static("Accept, Accept-Language, Cookie, User-Agent");
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, NO_STORE);
    fields.insert(header::VARY, vary);
    response
}

fn join(answer: &JoinAnswer<'_>) -> Response<Body> {
    let page = match answer.is_part {
        true => join_part(&answer.view),
        false => join_page(&answer.view),
    };
    let mut response = memory(StatusCode::OK, PAGE, page.into());
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, NO_STORE);
    fields.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    response
}

fn download(file: &CertificateDownload) -> Response<Body> {
    match file {
        CertificateDownload::File {
            content,
            media_type,
        } => memory(StatusCode::OK, media_type.clone(), content.clone()),
        CertificateDownload::NotYet => {
            let mut response = reason(StatusCode::SERVICE_UNAVAILABLE);
            let soon = HeaderValue::from_static("1");
            response.headers_mut().insert(header::RETRY_AFTER, soon);
            response
        }
    }
}

/// 200 with a body of unknown length.
fn events(events: Events) -> Response<Body> {
    let media_type = HeaderValue::from_static("text/event-stream");
    with_fields(StatusCode::OK, own_fields(media_type), Body::Events(events))
}

fn memory(status: StatusCode, media_type: HeaderValue, content: Bytes) -> Response<Body> {
    let mut fields = own_fields(media_type);
    fields.insert(header::CONTENT_LENGTH, HeaderValue::from(content.len()));
    with_fields(status, fields, Body::Memory(content))
}

/// The fields of content that is the server's own.
fn own_fields(media_type: HeaderValue) -> HeaderMap {
    let mut fields = HeaderMap::with_capacity(8);
    fields.insert(header::CONTENT_TYPE, media_type);
    fields.insert(header::CACHE_CONTROL, NO_CACHE);
    fields.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    fields
}

/// Inserts a field. The values made here are visible ASCII; any other would be left out.
fn insert(fields: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        fields.insert(name, value);
    }
}

fn with_fields(status: StatusCode, fields: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = fields;
    response
}
