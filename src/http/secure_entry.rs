//! The way from plain http to a game that needs https: the page that leads there, and the authority's certificate.
//! Nobody is redirected: a game that runs on http never gets the page, and the visitor may decline it unless the host
//! forbids plain http.

use std::net::IpAddr;

use http::header::{self, HeaderMap, HeaderValue};
use http::{Request, StatusCode};

use crate::http::header_presence::HeaderPresence;
use crate::http::outcome::{CertificateDownload, Outcome, Purpose, SecureInvitation};
use crate::http::{accept_language, session, validate};
use crate::metrics::browser_id::cookies;
use crate::metrics::client::Client;
use crate::site::Site;
use crate::site::secure_page::{CERTIFICATE, OVER_HTTP, PROFILE, SecureVisit, WarningBrowser};
use crate::tls::keeper::Keeper;

/// The port that a URL of plain http without one means (RFC 9110, 4.2.1).
const HTTP_PORT: u16 = 80;

/// TLS as the server offers it on its port.
#[derive(Clone, Copy, Debug)]
pub struct TlsOffer {
    /// The keeper of the certificates.
    pub keeper: &'static Keeper,
    /// True if plain http is for this machine alone.
    pub is_only: bool,
}

impl TlsOffer {
    /// The page, if this request gets it in place of a page of the game.
    pub(crate) fn invitation<'a, B>(
        self,
        (request, client): (&'a Request<B>, &Client),
        site: &'a Site,
        outcome: &Outcome<'_>,
    ) -> Option<Outcome<'a>> {
        let purpose = outcome.selected()?.purpose;
        let is_page = matches!(purpose, Purpose::PageLoad | Purpose::Reload);
        let fields = request.headers();
        if !is_page || !site.secure.is_needed || is_secure(client, fields) || has_declined(request)
        {
            return None;
        }
        self.invite(request, site)
    }

    /// The answer to another machine where plain http is for this one alone: the page for browsers, else a refusal.
    pub(crate) fn refusal<'a, B>(self, request: &'a Request<B>, site: &'a Site) -> Outcome<'a> {
        let presence = HeaderPresence::scan(request.headers());
        let is_page = validate::request(request, &presence).is_none()
            && session::wants_page(request.headers());
        let invitation = is_page.then(|| self.invite(request, site)).flatten();
        invitation.unwrap_or(Outcome::Refused(StatusCode::FORBIDDEN))
    }

    fn invite<'a, B>(self, request: &'a Request<B>, site: &'a Site) -> Option<Outcome<'a>> {
        let fields = request.headers();
        let authority = authority_of(request)?;
        if is_trustworthy(authority) {
            return None;
        }
        let agent = fields.get(header::USER_AGENT);
        let agent = agent.map_or(&b""[..], HeaderValue::as_bytes);
        let is_own_authority = self.keeper.has_authority();
        if is_own_authority {
            // The visitor will need it in a moment.
            self.keeper.prepare();
        }
        Some(Outcome::SecureInvitation(Box::new(SecureInvitation {
            status: match self.is_only {
                true => StatusCode::FORBIDDEN,
                false => StatusCode::OK,
            },
            visit: SecureVisit {
                title: &site.title,
                secure: &site.secure,
                language: accept_language::preferred(fields),
                browser: WarningBrowser::of_agent(&String::from_utf8_lossy(agent)),
                authority: with_port(authority),
                path: request.uri().path(),
                query: request.uri().query(),
                is_own_authority,
                may_decline: !self.is_only,
            },
        })))
    }

    /// The download at a path, if one is there.
    pub(crate) fn download<B>(self, request: &Request<B>) -> Option<Outcome<'static>> {
        let path = request.uri().path();
        let is_path = path == CERTIFICATE || path == PROFILE;
        if !is_path || !self.keeper.has_authority() {
            return None;
        }
        let presence = HeaderPresence::scan(request.headers());
        if let Some(refused) = validate::request(request, &presence) {
            return Some(refused);
        }
        let Some(files) = self.keeper.authority() else {
            self.keeper.prepare();
            return Some(Outcome::Download(CertificateDownload::NotYet));
        };
        // No name for a file to save: some browsers offer to trust it at once.
        Some(Outcome::Download(match path {
            CERTIFICATE => CertificateDownload::File {
                content: files.certificate.clone(),
                media_type: HeaderValue::from_static("application/x-x509-ca-cert"),
            },
            _ => CertificateDownload::File {
                content: files.profile.clone(),
                media_type: HeaderValue::from_static("application/x-apple-aspen-config"),
            },
        }))
    }
}

/// The cookie for a visitor who goes on without https, if this request says so.
pub(crate) fn decline_cookie<B>(request: &Request<B>) -> Option<HeaderValue> {
    // Half a day: another game, tomorrow, may ask again.
    const COOKIE: HeaderValue =
        HeaderValue::from_static("over-http=1; Path=/; Max-Age=43200; SameSite=Lax; HttpOnly");
    says_no(request.uri().query()).then_some(COOKIE)
}

fn has_declined<B>(request: &Request<B>) -> bool {
    says_no(request.uri().query())
        || cookies(request.headers(), OVER_HTTP).any(|value| value == b"1")
}

fn says_no(query: Option<&str>) -> bool {
    let mut fields = query.unwrap_or_default().split('&');
    fields.any(|field| field.strip_prefix(OVER_HTTP) == Some("=1"))
}

/// True if the visitor's browser has a secure context already: it is on this machine, or speaks https and says so; or if
/// it came by a trusted proxy, at whose port no TLS of this server answers. A client that only pretends to skips a page.
/// Browsers send `Sec-Fetch-Mode` to trustworthy addresses alone (Fetch Metadata, 2.1).
fn is_secure(client: &Client, fields: &HeaderMap) -> bool {
    client.peer().is_loopback()
        || client.forwarded(fields).is_some()
        || fields.contains_key("sec-fetch-mode")
        || fields.contains_key("x-forwarded-proto")
        || fields.contains_key(header::FORWARDED)
}

/// The host and port that a request is for.
pub(crate) fn authority_of<B>(request: &Request<B>) -> Option<&str> {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    let authority = request.uri().authority();
    authority.map(|authority| authority.as_str()).or(host)
}

/// True for addresses that browsers trust over http (Secure Contexts, 3.1).
pub(crate) fn is_trustworthy(authority: &str) -> bool {
    let host = host(authority).to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_ok_and(|address| address.is_loopback())
}

/// The host of an authority without its port.
fn host(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => authority,
    }
}

/// The authority with an explicit port: https has another default.
pub(crate) fn with_port(authority: &str) -> String {
    let host = host(authority);
    match authority[host.len()..].strip_prefix(':') {
        Some(port) if !port.is_empty() => authority.to_owned(),
        _ => format!("{host}:{HTTP_PORT}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_that_which_was_asked() {
        for (authority, expected) in [
            ("192.168.1.5:8080", "192.168.1.5:8080"),
            ("192.168.1.5", "192.168.1.5:80"),
            ("games.local:", "games.local:80"),
            ("[fd00::5]:8080", "[fd00::5]:8080"),
            ("[fd00::5]", "[fd00::5]:80"),
        ] {
            assert_eq!(with_port(authority), expected);
        }
    }

    #[test]
    fn browsers_trust_this_machines_addresses_alone() {
        for (authority, expected) in [
            ("localhost:8080", true),
            ("LOCALHOST", true),
            ("2048.localhost:8080", true),
            ("127.0.0.9:80", true),
            ("[::1]:8080", true),
            ("192.168.1.5:8080", false),
            ("[fd00::1]:8080", false),
            ("games.local:8080", false),
            ("localhost.example:8080", false),
            ("notlocalhost", false),
        ] {
            assert_eq!(is_trustworthy(authority), expected, "{authority}");
        }
    }

    #[test]
    fn the_query_field_stands_anywhere_but_whole() {
        for (query, expected) in [
            (Some("over-http=1"), true),
            (Some("level=3&over-http=1"), true),
            (Some("over-http=10"), false),
            (Some("xover-http=1"), false),
            (Some(""), false),
            (None, false),
        ] {
            assert_eq!(says_no(query), expected, "{query:?}");
        }
    }

    #[test]
    fn nobody_behind_a_trusted_proxy_is_led_to_a_port_of_the_proxy_that_may_speak_no_tls() {
        let network: ipnet::IpNet = "10.0.0.0/8".parse().unwrap();
        let proxies: &'static [_] = vec![network].leak();
        let mut fields = HeaderMap::new();
        fields.insert("x-forwarded-for", HeaderValue::from_static("192.168.1.9"));
        for (peer, expected) in [("10.0.0.5", true), ("192.168.1.7", false)] {
            let client = Client::new(peer.parse().unwrap(), proxies);
            assert_eq!(is_secure(&client, &fields), expected, "{peer}");
        }
    }
}
