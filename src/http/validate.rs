//! The checks on a request before its target is looked up (RFC 9112).

use std::net::Ipv6Addr;

use http::{HeaderMap, Method, Request, StatusCode, Version, header};

use crate::http::header_presence::{HeaderPresence, HostHeader};
use crate::http::outcome::Outcome;

/// Checks a request's head and method; returns the outcome if the request goes no further.
pub(crate) fn request<'a, B>(
    request: &Request<B>,
    presence: &HeaderPresence<'_>,
) -> Option<Outcome<'a>> {
    if let Some(status) = head(request, presence) {
        return Some(Outcome::Refused(status));
    }
    match *request.method() {
        Method::GET | Method::HEAD => None,
        Method::OPTIONS => Some(Outcome::Options),
        Method::POST
        | Method::PUT
        | Method::DELETE
        | Method::PATCH
        | Method::TRACE
        | Method::CONNECT => Some(Outcome::MethodNotAllowed),
        _ => Some(Outcome::NotImplemented),
    }
}

/// Finds an error in a request's head. The connection is closed after it, because its framing cannot be trusted.
fn head<B>(request: &Request<B>, presence: &HeaderPresence<'_>) -> Option<StatusCode> {
    // RFC 9112, 3.2: exactly one `Host`, with a host and port only; HTTP/1.0 has none.
    let has_host = match presence.host {
        HostHeader::None => request.version() < Version::HTTP_11,
        HostHeader::One(host) => is_authority(host.as_bytes()),
        HostHeader::Several => false,
    };
    if !has_host {
        return Some(StatusCode::BAD_REQUEST);
    }
    // RFC 9112, 6.1: a coding that is not known is 501; chunked twice is an error. hyper has refused what does not end
    // in chunked, and the server's framing check a `Content-Length` beside it.
    if presence.transfer_encoding
        && let Some(status) = transfer_codings(request.headers())
    {
        return Some(status);
    }
    // RFC 3986, 2: a target is ASCII. Over HTTP/1.1 the framing check has refused others; HTTP/2 brings them here.
    let target = request.uri().path_and_query();
    if target.is_some_and(|target| !target.as_str().is_ascii()) {
        return Some(StatusCode::BAD_REQUEST);
    }
    let authority = request.uri().authority();
    let is_authority = authority.is_none_or(|host| is_authority(host.as_str().as_bytes()));
    (!is_authority).then_some(StatusCode::BAD_REQUEST)
}

/// The status of a refusal, unless the content is chunked once and nothing else.
fn transfer_codings(fields: &HeaderMap) -> Option<StatusCode> {
    let mut is_chunked = false;
    for line in fields.get_all(header::TRANSFER_ENCODING) {
        for coding in line.as_bytes().split(|byte| *byte == b',') {
            let is_known = coding.trim_ascii().eq_ignore_ascii_case(b"chunked");
            if !is_known && !coding.trim_ascii().is_empty() {
                return Some(StatusCode::NOT_IMPLEMENTED);
            }
            if is_known && is_chunked {
                return Some(StatusCode::BAD_REQUEST);
            }
            is_chunked |= is_known;
        }
    }
    None
}

/// The length of a request's path and query, in bytes.
pub(crate) fn target_length<B>(request: &Request<B>) -> usize {
    let target = request.uri().path_and_query();
    target.map_or(0, |target| target.as_str().len())
}

/// True if these bytes are a host and an optional port. Plain names and IPv4 addresses, nearly all of them, take the
/// short path.
fn is_authority(host: &[u8]) -> bool {
    // Four bytes at a time, which needs one branch instead of four.
    let quads = host.chunks_exact(4);
    let quads = quads.take_while(|quad| quad.iter().fold(true, |all, byte| all & is_plain(byte)));
    let rest = &host[4 * quads.count()..];
    let end = rest.iter().position(|byte| !is_plain(byte));
    match end.map(|end| &rest[end..]) {
        // RFC 9110, 4.2.1: an empty host is invalid in an http URI.
        None => !host.is_empty(),
        Some([b':', port @ ..]) => !host.starts_with(b":") && is_port(port),
        Some(_) => is_any_authority(host),
    }
}

fn is_plain(byte: &u8) -> bool {
    PLAIN[usize::from(*byte)]
}

/// The bytes of plain names and IPv4 addresses. A table, because every request has a host.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let c = byte as u8;
        plain[byte] = c.is_ascii_alphanumeric() || c == b'.' || c == b'-';
        byte += 1;
    }
    plain
};

/// A host and an optional port, without user information (RFC 3986, 3.2.2 and 3.2.3; RFC 9110, 4.2.4).
fn is_any_authority(host: &[u8]) -> bool {
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
    let has_port = rest.starts_with(':') || rest.is_empty();
    is_name && has_port && is_port(port.as_bytes())
}

/// True for an empty port, or one that TCP has. By hand, because every request has one and parsing text costs more.
fn is_port(mut port: &[u8]) -> bool {
    while port.len() > 5 {
        let Some(rest) = port.strip_prefix(b"0") else {
            return false;
        };
        port = rest;
    }
    let mut number = 0u32;
    for byte in port {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return false;
        }
        number = number * 10 + u32::from(digit);
    }
    number <= u32::from(u16::MAX)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_with_a_bad_host_or_transfer_coding_is_refused() {
        let (h11, h10) = (Version::HTTP_11, Version::HTTP_10);
        let refused = Some(StatusCode::BAD_REQUEST);
        let unknown = Some(StatusCode::NOT_IMPLEMENTED);
        for (version, target, fields, expected) in [
            (h11, "/", "host: localhost:8080", None),
            (h11, "/", "host: [::1]:8080", None),
            (h11, "/", "host: ", refused),
            (h11, "/", "host: :80", refused),
            (h11, "/", "host: a:65535", None),
            (h11, "/", "host: a:65536", refused),
            (h11, "/", "host: a:+80", refused),
            (h11, "/", "host: a:000080", None),
            (h11, "/", "host: a:99999999999", refused),
            (h11, "/", "host: [::1]:65536", refused),
            (h11, "http://x/a", "host: x", None),
            (h11, "http://x:80/a", "host: y", None),
            (h11, "http://u@x/a", "host: x", refused),
            (h11, "http://[::1]/", "host: x", None),
            (h11, "/", "x: y", refused),
            (h11, "/", "host: a\nhost: a", refused),
            (h11, "/", "host: a b", refused),
            (h11, "/", "host: ab/d", refused),
            (h11, "/", "host: abcd/fgh", refused),
            (h11, "/", "host: abcdefg h", refused),
            (h11, "/", "host: 192.168.1.10:80", None),
            (h11, "/", "host: example.org:8x", refused),
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
            (h11, "/", "host: a\ntransfer-encoding: chunked", None),
            (h11, "/", "host: a\ntransfer-encoding: , Chunked", None),
            (
                h11,
                "/",
                "host: a\ntransfer-encoding: chunked, chunked",
                refused,
            ),
            (
                h11,
                "/",
                "host: a\ntransfer-encoding: chunked\ntransfer-encoding: chunked",
                refused,
            ),
            (
                h11,
                "/",
                "host: a\ntransfer-encoding: gzip, chunked",
                unknown,
            ),
            (
                h11,
                "/",
                "host: a\ntransfer-encoding: identity, chunked",
                unknown,
            ),
        ] {
            let mut request = Request::builder().version(version).uri(target);
            for field in fields.lines() {
                let (name, value) = field.split_once(": ").unwrap_or((field, ""));
                request = request.header(name.trim_end_matches(':'), value);
            }
            let request = request.body(()).unwrap();
            let presence = HeaderPresence::scan(request.headers());
            assert_eq!(head(&request, &presence), expected, "{version:?} {fields}");
        }
    }
}
