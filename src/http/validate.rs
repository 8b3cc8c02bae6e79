//! What a request must be before its target is looked at (RFC 9112).

use std::net::Ipv6Addr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http::{HeaderMap, Request, StatusCode, Version, header};
use http_body::Body;

use crate::http::header_presence::{HeaderPresence, HostHeader};

/// Finds what is wrong with a request; the connection is closed after such an answer, because what follows on it
/// cannot be trusted.
pub(crate) fn refusal<B>(request: &Request<B>, asked: &HeaderPresence<'_>) -> Option<StatusCode> {
    // RFC 9112, 3.2: exactly one, and nothing but a host and port in it; HTTP/1.0 knows none.
    let has_host = match asked.host {
        HostHeader::None => request.version() < Version::HTTP_11,
        HostHeader::One(host) => is_host(host.as_bytes()),
        HostHeader::Several => false,
    };
    if !has_host {
        return Some(StatusCode::BAD_REQUEST);
    }
    // RFC 9112, 6.3 allows to demand a length. No browser sends a game's server anything in chunks, and hyper hides
    // whether there was a length besides, which 6.1 takes for an attempt at smuggling.
    if asked.transfer {
        return Some(StatusCode::LENGTH_REQUIRED);
    }
    let authority = request.uri().authority();
    let is_host = authority.is_none_or(|host| is_host(host.as_str().as_bytes()));
    (!is_host).then_some(StatusCode::BAD_REQUEST)
}

/// The length of the path and query that a request asks for, in bytes.
pub(crate) fn target_length<B>(request: &Request<B>) -> usize {
    let target = request.uri().path_and_query();
    target.map_or(0, |target| target.as_str().len())
}

/// Whether these bytes are a host and an optional port: as nearly all are, a plain name or IPv4 address; or anything
/// else that is one.
fn is_host(host: &[u8]) -> bool {
    let end = host.iter().position(|byte| !is_plain(*byte));
    match end.map(|end| &host[end..]) {
        None => true,
        Some([b':', port @ ..]) => port.iter().all(u8::is_ascii_digit),
        Some(_) => is_any_host(host),
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-'
}

/// A host and an optional port, without user information (RFC 3986, 3.2.2 and 3.2.3; RFC 9110, 4.2.4).
fn is_any_host(host: &[u8]) -> bool {
    let Ok(host) = std::str::from_utf8(host) else {
        return false;
    };
    let (is_name, rest) = match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        Some((address, rest)) => (address.parse::<Ipv6Addr>().is_ok(), rest),
        None => {
            let (name, rest) = host.split_at(host.find(':').unwrap_or(host.len()));
            (is_registered_name(name), rest)
        }
    };
    let port = rest.strip_prefix(':').unwrap_or(rest);
    let is_port = rest.starts_with(':') || rest.is_empty();
    is_name && is_port && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_registered_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    while let Some(byte) = bytes.next() {
        let is_well_formed = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            byte => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte),
        };
        if !is_well_formed {
            return false;
        }
    }
    true
}

/// Whether a request's content can be let be: it is known to be too much, or its sender waits for our word to send it
/// (RFC 9110, 10.1.1) and would not like what it hears.
pub(crate) fn refuses_content(
    fields: &HeaderMap,
    status: StatusCode,
    most: u64,
) -> Option<StatusCode> {
    let length = fields.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > most) {
        return Some(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let is_error = status.is_client_error() || status.is_server_error();
    (is_error && fields.contains_key(header::EXPECT)).then_some(status)
}

/// Reads a request's content and drops it; ready with whether it was at most `most` bytes.
pub(crate) fn poll_drop_content<B: Body + Unpin>(
    content: &mut B,
    dropped: &mut u64,
    most: u64,
    context: &mut Context<'_>,
) -> Poll<bool> {
    while let Some(frame) = ready!(Pin::new(&mut *content).poll_frame(context)) {
        let Ok(frame) = frame else {
            return Poll::Ready(false);
        };
        *dropped += frame.data_ref().map_or(0, |data| data.remaining() as u64);
        if *dropped > most {
            return Poll::Ready(false);
        }
    }
    Poll::Ready(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_are_refused() {
        let (h11, h10) = (Version::HTTP_11, Version::HTTP_10);
        let refused = Some(StatusCode::BAD_REQUEST);
        for (version, target, fields, expected) in [
            (h11, "/", "host: localhost:8080", None),
            (h11, "/", "host: [::1]:8080", None),
            (h11, "/", "host: ", None),
            (h11, "http://x/a", "host: x", None),
            (h11, "http://x:80/a", "host: y", None),
            (h11, "http://u@x/a", "host: x", refused),
            (h11, "http://[::1]/", "host: x", None),
            (h11, "/", "x: y", refused),
            (h11, "/", "host: a\nhost: a", refused),
            (h11, "/", "host: a b", refused),
            (h11, "/", "host: user@a", refused),
            (h11, "/", "host: a/b", refused),
            (h11, "/", "host: %zz", refused),
            (h11, "/", "host: a%4", refused),
            (h11, "/", "host: a%41b", None),
            (h11, "/", "host: a:80x", refused),
            (h11, "/", "host: [::1::]", refused),
            (h11, "/", "host: [::1]x", refused),
            (h11, "/", "host: a:", None),
            (h11, "/", "host: \u{e9}", refused),
            (h10, "/", "x: y", None),
            (h10, "/", "host: a\nhost: b", refused),
            (
                h11,
                "/",
                "host: a\ntransfer-encoding: chunked",
                Some(StatusCode::LENGTH_REQUIRED),
            ),
        ] {
            let mut request = Request::builder().version(version).uri(target);
            for field in fields.lines() {
                let (name, value) = field.split_once(": ").unwrap_or((field, ""));
                request = request.header(name.trim_end_matches(':'), value);
            }
            let request = request.body(());
            // A target without a slash is no path; that is for the route to say.
            let Ok(request) = request else { continue };
            let asked = HeaderPresence::scan(request.headers());
            assert_eq!(refusal(&request, &asked), expected, "{version:?} {fields}");
        }
    }
}
