//! The answers there are, each with its status and fields.

use std::collections::VecDeque;
use std::ops::Range;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};

use crate::http::body::Body;
use crate::site::content::Content;
use crate::site::media_type::TEXT;
use crate::site::not_found_page::NotFoundBody;
use crate::site::representation::{NO_CACHE, NOSNIFF, Representation};

const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// 200 with all of a representation.
pub(crate) fn whole(representation: &Representation) -> Response<Body> {
    let content = representation.content.clone();
    prepared(
        StatusCode::OK,
        representation.fields.clone(),
        content.into(),
    )
}

/// 206 with one part (RFC 9110, 15.3.7.1).
pub(crate) fn part(representation: &Representation, part: Range<u64>) -> Response<Body> {
    let content = representation.content.slice(&part);
    let mut response = partial(representation, content.into());
    let range = content_range(&part, representation.content.len());
    insert(response.headers_mut(), header::CONTENT_RANGE, &range);
    response
}

/// 206 with several parts (RFC 9110, 15.3.7.2 and 14.6).
pub(crate) fn parts(representation: &Representation, parts: &[Range<u64>]) -> Response<Body> {
    let length = representation.content.len();
    let media_type = representation.media_type.to_str().unwrap_or_default();
    let boundary = boundary(representation);
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
    let mut response = partial(representation, Body::stream(pieces));
    let media_type = format!("multipart/byteranges; boundary={boundary}");
    insert(response.headers_mut(), header::CONTENT_TYPE, &media_type);
    response
}

fn partial(representation: &Representation, body: Body) -> Response<Body> {
    let length = HeaderValue::from(body.length().unwrap_or_default());
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    let fields = response.headers_mut();
    // With room for `Content-Range` and a cookie.
    fields.reserve(representation.fields.len() + 2);
    fields.extend(representation.fields.clone());
    fields.insert(header::CONTENT_LENGTH, length);
    response
}

/// 304.
pub(crate) fn not_modified(representation: &Representation) -> Response<Body> {
    let fields = representation.unmodified.clone();
    prepared(StatusCode::NOT_MODIFIED, fields, Body::Empty)
}

/// 404.
pub(crate) fn not_found(message: NotFoundBody) -> Response<Body> {
    let content = Body::Memory(message.content);
    prepared(StatusCode::NOT_FOUND, message.fields, content)
}

/// With fields that were made with the site.
fn prepared(status: StatusCode, fields: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = fields;
    response
}

/// 416 with the length there is (RFC 9110, 15.5.17).
pub(crate) fn unsatisfiable(length: u64) -> Response<Body> {
    let mut response = short(StatusCode::RANGE_NOT_SATISFIABLE);
    insert(
        response.headers_mut(),
        header::CONTENT_RANGE,
        &format!("bytes */{length}"),
    );
    response
}

/// A redirect to a path and query of this site.
pub(crate) fn redirect(status: StatusCode, location: &str) -> Response<Body> {
    let mut response = short(status);
    insert(response.headers_mut(), header::LOCATION, location);
    response
}

/// A status with its reason phrase as a line of text.
pub(crate) fn short(status: StatusCode) -> Response<Body> {
    let reason = status.canonical_reason().unwrap_or("Error");
    let line = format!("{} {reason}\n", status.as_u16());
    message(status, TEXT, line.into())
}

/// A status after which nothing on the connection can be trusted.
pub(crate) fn refusal(status: StatusCode) -> Response<Body> {
    let mut response = short(status);
    refuse(&mut response, status);
    response
}

/// Makes this the last answer on its connection, with another status when that is another.
pub(crate) fn refuse(response: &mut Response<Body>, status: StatusCode) {
    if response.status() != status {
        *response = short(status);
    }
    response.headers_mut().insert(header::CONNECTION, CLOSE);
}

/// Whether the connection ends with this answer.
pub(crate) fn closes(response: &Response<Body>) -> bool {
    response.headers().contains_key(header::CONNECTION)
}

/// A status with words for whoever reads it.
pub(crate) fn message(
    status: StatusCode,
    media_type: HeaderValue,
    content: Bytes,
) -> Response<Body> {
    let length = HeaderValue::from(content.len());
    let mut response = respond(status, Body::Memory(content));
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, media_type);
    fields.insert(header::CONTENT_LENGTH, length);
    fields.insert(header::CACHE_CONTROL, NO_CACHE);
    nosniff(fields);
    response
}

/// 200 with content that has no end yet.
pub(crate) fn stream(media_type: HeaderValue, body: Body) -> Response<Body> {
    let mut response = respond(StatusCode::OK, body);
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, media_type);
    fields.insert(header::CACHE_CONTROL, NO_CACHE);
    nosniff(fields);
    response
}

/// A status alone.
pub(crate) fn empty(status: StatusCode) -> Response<Body> {
    respond(status, Body::Empty)
}

/// Adds what every answer of a site says.
pub(crate) fn add(response: &mut Response<Body>, fields: &[(HeaderName, HeaderValue)]) {
    for (name, value) in fields {
        response.headers_mut().insert(name.clone(), value.clone());
    }
}

/// Says which methods there are.
pub(crate) fn allow(response: &mut Response<Body>, methods: HeaderValue) {
    response.headers_mut().insert(header::ALLOW, methods);
}

fn respond(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().reserve(10);
    response
}

fn nosniff(fields: &mut HeaderMap) {
    fields.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
}

fn insert(fields: &mut HeaderMap, name: HeaderName, value: &str) {
    // Values made here are ASCII; one that could not be sent is left out rather than a reason to fail.
    if let Ok(value) = HeaderValue::from_str(value) {
        fields.insert(name, value);
    }
}

fn content_range(part: &Range<u64>, length: u64) -> String {
    format!("bytes {}-{}/{length}", part.start, part.end - 1)
}

/// What separates the parts of a `multipart/byteranges`: the hash of the content, which it does not contain.
fn boundary(representation: &Representation) -> &str {
    representation.etag.digits()
}
