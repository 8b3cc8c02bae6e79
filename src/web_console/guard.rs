//! Refuses requests that another page could have made the host's browser send. Independent of tokens.
//!
//! A game at another port of the same host shares the console's site: `SameSite` does not tell it apart, `Origin` does.

use std::net::IpAddr;

use http::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderValue, ORIGIN};
use http::request::Parts;
use http::uri::Authority;
use http::{Method, StatusCode};

/// The kind of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestKind {
    /// The page, which a link or a typed address may lead to.
    Page,
    /// A part that the page loads.
    Part,
    /// A change.
    Action,
    /// A piece of a file.
    Upload,
}

impl RequestKind {
    /// The only media type of its content.
    fn media_type(self) -> &'static str {
        match self {
            Self::Upload => "application/octet-stream",
            _ => "application/json",
        }
    }
}

/// Checks where a request comes from.
///
/// # Errors
/// If it may come from another page: the status of the answer.
pub(crate) fn check(parts: &Parts, kind: RequestKind) -> Result<(), StatusCode> {
    let authority = authority(parts).ok_or(StatusCode::MISDIRECTED_REQUEST)?;
    match (kind, &parts.method) {
        (RequestKind::Action | RequestKind::Upload, &Method::POST) => {}
        (RequestKind::Page | RequestKind::Part, &Method::GET) => {}
        _ => return Err(StatusCode::METHOD_NOT_ALLOWED),
    }
    if kind == RequestKind::Page {
        return Ok(());
    }
    let site = only(&parts.headers, "sec-fetch-site");
    let is_own = |site: &HeaderValue| site == "same-origin" || site == "none";
    if !site?.is_none_or(is_own) {
        return Err(StatusCode::FORBIDDEN);
    }
    let origin = only(&parts.headers, ORIGIN.as_str())?;
    let is_own = |origin: &HeaderValue| is_origin_of(origin, &authority);
    match (kind, origin) {
        (_, Some(origin)) if !is_own(origin) => Err(StatusCode::FORBIDDEN),
        (RequestKind::Page | RequestKind::Part, _) => Ok(()),
        (_, None) => Err(StatusCode::FORBIDDEN),
        // No form can send these.
        (_, Some(_)) => match parts.headers.get(CONTENT_TYPE) {
            Some(media_type) if media_type == kind.media_type() => Ok(()),
            _ => Err(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        },
    }
}

/// The authority that the client asked for, if it is an IP address or `localhost`: no name that somebody else could
/// resolve to this machine.
fn authority(parts: &Parts) -> Option<Authority> {
    let mut hosts = parts.headers.get_all(HOST).iter();
    let (host, other) = (hosts.next(), hosts.next());
    let authority: Authority = match (host, parts.uri.authority()) {
        (Some(host), None) => host.to_str().ok()?.parse().ok()?,
        (None, Some(authority)) => authority.clone(),
        (Some(host), Some(authority)) if host == authority.as_str() => authority.clone(),
        _ => return None,
    };
    let host = authority.host();
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let is_known = host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok();
    (other.is_none() && is_known && !authority.as_str().contains('@')).then_some(authority)
}

/// The only value of a field.
fn only<'a>(fields: &'a HeaderMap, name: &str) -> Result<Option<&'a HeaderValue>, StatusCode> {
    let mut values = fields.get_all(name).iter();
    let first = values.next();
    match values.next() {
        None => Ok(first),
        Some(_) => Err(StatusCode::BAD_REQUEST),
    }
}

fn is_origin_of(origin: &HeaderValue, authority: &Authority) -> bool {
    let text = origin.to_str().unwrap_or_default();
    let stated = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    stated.is_some_and(|stated| stated.eq_ignore_ascii_case(authority.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    const OWN: &str = "127.0.0.1:9000";

    fn checked(kind: RequestKind, method: &str, fields: &[(&str, &str)]) -> u16 {
        let mut request = Request::builder().method(method).uri("/x");
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let parts = request.body(()).unwrap().into_parts().0;
        check(&parts, kind).map_or_else(|status| status.as_u16(), |()| 200)
    }

    #[test]
    fn a_name_that_others_can_resolve_is_no_host_of_the_console() {
        for (host, expected) in [
            (OWN, 200),
            ("127.0.0.1", 200),
            ("LOCALHOST:9000", 200),
            ("[::1]:9000", 200),
            ("192.168.1.5:9000", 200),
            ("rebound.example:9000", 421),
            ("127.0.0.1.nip.io:9000", 421),
            ("localhost.evil.example:9000", 421),
            ("game.localhost:9000", 421),
            ("user@127.0.0.1:9000", 421),
            ("127.1:9000", 421),
            ("", 421),
        ] {
            let status = checked(RequestKind::Page, "GET", &[("host", host)]);
            assert_eq!(status, expected, "{host}");
        }
        assert_eq!(checked(RequestKind::Page, "GET", &[]), 421);
        let two = [("host", OWN), ("host", OWN)];
        assert_eq!(checked(RequestKind::Page, "GET", &two), 421);
    }

    #[test]
    fn an_action_needs_the_own_origin_and_content_that_no_form_sends() {
        let own = "http://127.0.0.1:9000";
        let json = "application/json";
        for (origin, site, media_type, expected) in [
            (Some(own), None, json, 200),
            (
                Some("https://127.0.0.1:9000"),
                Some("same-origin"),
                json,
                200,
            ),
            (None, None, json, 403),
            (Some("null"), None, json, 403),
            (Some("http://127.0.0.1:8080"), None, json, 403),
            (Some("http://localhost:9000"), None, json, 403),
            (Some("http://evil.example"), None, json, 403),
            (Some("http://127.0.0.1:9000.evil.example"), None, json, 403),
            (Some(own), Some("same-site"), json, 403),
            (Some(own), Some("cross-site"), json, 403),
            (Some(own), None, "text/plain", 415),
            (Some(own), None, "application/x-www-form-urlencoded", 415),
            (Some(own), None, "multipart/form-data; boundary=x", 415),
        ] {
            let mut fields = vec![("host", OWN), ("content-type", media_type)];
            fields.extend(origin.map(|origin| ("origin", origin)));
            fields.extend(site.map(|site| ("sec-fetch-site", site)));
            let status = checked(RequestKind::Action, "POST", &fields);
            assert_eq!(status, expected, "{fields:?}");
        }
        let twice = [
            ("host", OWN),
            ("origin", own),
            ("origin", own),
            ("content-type", json),
        ];
        assert_eq!(checked(RequestKind::Action, "POST", &twice), 400);
    }

    #[test]
    fn each_kind_has_one_method() {
        let fields = [
            ("host", OWN),
            ("origin", "http://127.0.0.1:9000"),
            ("content-type", "application/json"),
        ];
        for (kind, only) in [
            (RequestKind::Page, "GET"),
            (RequestKind::Part, "GET"),
            (RequestKind::Action, "POST"),
        ] {
            for method in [
                "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "post",
            ] {
                let expected = if method == only { 200 } else { 405 };
                assert_eq!(
                    checked(kind, method, &fields),
                    expected,
                    "{kind:?} {method}"
                );
            }
        }
    }

    #[test]
    fn a_page_elsewhere_reads_no_part_even_of_the_same_site() {
        for (site, expected) in [
            ("same-origin", 200),
            ("none", 200),
            ("same-site", 403),
            ("cross-site", 403),
        ] {
            let fields = [("host", OWN), ("sec-fetch-site", site)];
            assert_eq!(
                checked(RequestKind::Part, "GET", &fields),
                expected,
                "{site}"
            );
        }
        let fields = [("host", OWN), ("origin", "http://127.0.0.1:8080")];
        assert_eq!(checked(RequestKind::Part, "GET", &fields), 403);
    }
}
