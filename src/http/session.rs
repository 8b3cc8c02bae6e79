//! A page load stays whole: which site answers a request after the game was switched.
//!
//! The answer to a page load sets a cookie that names its site; what the page asks for later carries the cookie, and is
//! answered from that site as long as it is kept. A page load itself always sees the site on the air, and so does a
//! browser that asks whether a service worker has changed.
//!
//! A cookie belongs to a browser and a host, so this cannot cover a page that is left open in one tab while another
//! game is opened in a second one, players who refuse cookies, other servers on the same host's other ports, and
//! frames on plain `http` that are not this machine's own, where no `Sec-Fetch-Dest` tells them from page loads.

use http::header::{self, HeaderMap};
use http::{Response, StatusCode};

use crate::http::body::Body;
use crate::publish::OnAir;
use crate::site::Site;
use crate::site::asset::Asset;
use crate::site::id::SiteId;

/// The site that answers a request with these fields.
pub(crate) fn site_for<'a>(on_air: &'a OnAir, fields: &HeaderMap) -> &'a Site {
    if !on_air.has_earlier() || is_page_load(fields) || is_worker_script(fields) {
        return &on_air.site;
    }
    let mut earlier = on_air.earlier();
    let began_with = earlier.find(|site| names(fields, &site.id));
    began_with.unwrap_or(&on_air.site)
}

/// Has the rest of a page load say which site it began with, and a site remember that a worker came from it.
pub(crate) fn mark(response: &mut Response<Body>, site: &Site, asset: &Asset, fields: &HeaderMap) {
    if asset.is_script() && is_worker_script(fields) {
        site.note_worker();
    }
    let is_load = asset.is_page() && is_page_load(fields);
    if is_load && has_content(response) && !names(fields, &site.id) {
        set_cookie(response, site);
    }
}

/// Has what comes next say that it began with this site.
pub(crate) fn set_cookie(response: &mut Response<Body>, site: &Site) {
    let cookie = site.id.set_cookie().clone();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
}

/// Whether the answer has what was asked for, or says that the browser has it.
pub(crate) fn has_content(response: &Response<Body>) -> bool {
    response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED
}

/// Whether a browser looks for updates of a worker that is none of the site on the air, though that one may have a
/// worker at the same path, even the very same bytes: what it has cached is another game.
pub(crate) fn is_stale_worker(on_air: &OnAir, fields: &HeaderMap) -> bool {
    let mut before = on_air.before().iter();
    before.len() > 0 && is_worker_script(fields) && before.any(|id| names(fields, id))
}

/// Whether a person would read the answer.
pub(crate) fn wants_page(fields: &HeaderMap) -> bool {
    let accepts = |accept: &header::HeaderValue| {
        let mut ranges = accept.as_bytes().windows(b"text/html".len());
        ranges.any(|range| range == b"text/html")
    };
    fields.get(header::ACCEPT).is_some_and(accepts)
}

/// Whether a browser updates a service worker (Service Workers, 4.1.2, "Service-Worker").
pub(crate) fn is_worker_script(fields: &HeaderMap) -> bool {
    fields
        .get("service-worker")
        .is_some_and(|value| value == "script")
}

/// Whether a page load begins; a frame in a page of this server belongs to that page's.
fn is_page_load(fields: &HeaderMap) -> bool {
    let sent = |name| fields.get(name).map(header::HeaderValue::as_bytes);
    wants_page(fields)
        && match sent("sec-fetch-dest") {
            None | Some(b"document") => true,
            Some(b"iframe" | b"frame" | b"embed" | b"object") => {
                sent("sec-fetch-site") != Some(b"same-origin")
            }
            Some(_) => false,
        }
}

/// Whether the cookies name this site (RFC 6265, 4.2.1).
fn names(fields: &HeaderMap, id: &SiteId) -> bool {
    let mut cookies = fields.get_all(header::COOKIE).iter();
    cookies.any(|cookies| {
        let mut pairs = cookies.as_bytes().split(|byte| *byte == b';');
        pairs.any(|pair| {
            let value = pair.trim_ascii().strip_prefix(SiteId::COOKIE.as_bytes());
            let value = value.and_then(|value| value.strip_prefix(b"="));
            value == Some(id.as_str().as_bytes())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::game::Game;
    use crate::publish::Slot;
    use crate::site::build::BuildOptions;

    fn site(name: &str) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let game = folder.path().join(name);
        std::fs::create_dir(&game).unwrap();
        std::fs::write(game.join("index.html"), name).unwrap();
        Site::build(
            &Game::from_folder(&game).unwrap(),
            BuildOptions::default(),
            None,
        )
        .unwrap()
    }

    /// Fields as lines; `{a}` to `{d}` are the ids of those sites.
    fn fields(lines: &str) -> HeaderMap {
        let mut fields = HeaderMap::new();
        for line in lines.lines() {
            let (name, value) = line.split_once(": ").unwrap();
            let value = ["a", "b", "c", "d"]
                .iter()
                .fold(value.to_owned(), |value, name| {
                    value.replace(&format!("{{{name}}}"), site(name).id.as_str())
                });
            let name: header::HeaderName = name.parse().unwrap();
            fields.append(name, value.parse().unwrap());
        }
        fields
    }

    #[test]
    fn requests_are_answered_from_the_site_that_their_page_load_began_with() {
        // What Chromium 156 sends for a page and for a picture.
        let page =
            "accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        let frame = "sec-fetch-dest: iframe\nsec-fetch-site: same-origin";
        let embedded = "sec-fetch-dest: iframe\nsec-fetch-site: same-site";
        let picture = "accept: image/avif,image/webp,image/apng,*/*;q=0.8";
        let published = Slot::start(site("a"));
        let only = published.load();
        assert_eq!(site_for(&only, &fields("cookie: on-air={b}")).slug, "a");
        for name in ["b", "c"] {
            published.publish(site(name));
        }
        let on_air = published.load();
        for (lines, expected) in [
            ("x: no cookie", "c"),
            ("cookie: on-air={c}", "c"),
            ("cookie: on-air={b}", "b"),
            ("cookie: on-air={a}", "a"),
            ("cookie: on-air={d}", "c"),
            ("cookie: on-air=", "c"),
            ("cookie: on-air", "c"),
            ("cookie: xon-air={b}", "c"),
            ("cookie: on-air={b}x", "c"),
            ("cookie: x=y; on-air={b}; z=on-air", "b"),
            ("cookie: x=y;on-air={b}", "b"),
            ("cookie: x=y\ncookie: on-air={b}", "b"),
            (&format!("cookie: on-air={{b}}\n{picture}"), "b"),
            (&format!("cookie: on-air={{b}}\n{page}"), "c"),
            (
                &format!("cookie: on-air={{b}}\n{page}\nsec-fetch-dest: document"),
                "c",
            ),
            (&format!("cookie: on-air={{b}}\n{page}\n{frame}"), "b"),
            (&format!("cookie: on-air={{b}}\n{page}\n{embedded}"), "c"),
            (
                &format!("cookie: on-air={{b}}\n{page}\nsec-fetch-dest: empty"),
                "b",
            ),
            ("cookie: on-air={b}\nservice-worker: script", "c"),
            (
                "cookie: on-air={b}\nservice-worker: navigation-preload",
                "b",
            ),
            ("cookie: on-air={b}\nsec-fetch-dest: serviceworker", "b"),
        ] {
            let fields = fields(lines);
            assert_eq!(site_for(&on_air, &fields).slug, expected, "{lines}");
        }
    }
}
