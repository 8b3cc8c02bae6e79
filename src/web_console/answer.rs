//! Answers of the console, with the fields that keep other pages away from them.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use serde::Serialize;

use crate::web_console::stream::EventStream;

/// The rights of the page: to load its own parts, and nothing else. No inline script or style, no frame, no form.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// A picture of a game may be an SVG, which must not become a document of this origin.
const PICTURE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// The content of an answer.
pub(crate) enum ConsoleBody {
    Whole(Full<Bytes>),
    Events(EventStream),
}

/// An answer with these contents.
pub(crate) fn answer(
    status: StatusCode,
    media_type: &'static str,
    content: impl Into<Bytes>,
) -> Response<ConsoleBody> {
    let content = content.into();
    let length = content.len();
    let mut response = with_fields(ConsoleBody::Whole(Full::new(content)), media_type, POLICY);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length.into());
    response
}

/// A picture from a game.
pub(crate) fn picture(media_type: &'static str, content: Bytes) -> Response<ConsoleBody> {
    let mut response = with_fields(
        ConsoleBody::Whole(Full::new(content)),
        media_type,
        PICTURE_POLICY,
    );
    let kept = HeaderValue::from_static("private, max-age=60");
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    response
}

/// A stream of events.
pub(crate) fn events(stream: EventStream) -> Response<ConsoleBody> {
    with_fields(ConsoleBody::Events(stream), "text/event-stream", POLICY)
}

/// A value for the page's scripts.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response<ConsoleBody> {
    let text = serde_json::to_string(value).unwrap_or_default();
    answer(status, "application/json", text)
}

/// A refusal, with its status as text.
pub(crate) fn refusal(status: StatusCode) -> Response<ConsoleBody> {
    let mut response = answer(status, "text/plain; charset=utf-8", format!("{status}\n"));
    // The content of a refused request is not read.
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// Leads to an address of the console.
pub(crate) fn redirect(target: &'static str) -> Response<ConsoleBody> {
    let mut response = answer(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", "");
    let target = HeaderValue::from_static(target);
    response.headers_mut().insert(header::LOCATION, target);
    response
}

fn with_fields(
    body: ConsoleBody,
    media_type: &'static str,
    policy: &'static str,
) -> Response<ConsoleBody> {
    let mut response = Response::new(body);
    let fields: [(HeaderName, &'static str); 8] = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fields {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

impl Body for ConsoleBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(content) => Pin::new(content).poll_frame(context),
            Self::Events(stream) => stream
                .poll_next(context)
                .map(|event| event.map(|event| Ok(Frame::data(event)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(content) => content.is_end_stream(),
            Self::Events(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(content) => content.size_hint(),
            Self::Events(_) => SizeHint::default(),
        }
    }
}
