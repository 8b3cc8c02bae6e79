//! Page sessions: a page load stays with one site, even when another game is published meanwhile.
//!
//! The response to a page load sets a cookie that names its site. Later requests of the page carry the cookie and are
//! answered from that site as long as it is kept. Page loads themselves, and checks for a new service worker, always get
//! the site on the air.
//!
//! Cookies belong to a browser and a host name, so four cases are not covered: a page left open in one tab while another
//! game is opened in a second one; players who refuse cookies; servers on other ports of the same host name; and frames
//! on plain `http` from another machine, where no `Sec-Fetch-Dest` tells them from page loads.

use http::header::{self, HeaderMap};

use crate::http::header_presence::HeaderPresence;
use crate::http::outcome::Purpose;
use crate::metrics::browser_id::cookies;
use crate::publish::on_air::{OnAir, Published};
use crate::site::Site;
use crate::site::asset::Asset;
use crate::site::id::SiteId;

/// The site that answers a request with these fields.
pub(crate) fn site_for<'a>(on_air: &'a OnAir, fields: &HeaderMap) -> Published<'a> {
    if !on_air.has_others() || is_page_load(fields) || is_worker_script(fields) {
        return on_air.current();
    }
    let cookies = SessionCookies::of(fields);
    let mut others = on_air.others();
    // A service worker keeps page loads consistent with its own cache, and must see the new game.
    let session = others.find(|other| cookies.name(&other.site.id, false));
    session.unwrap_or(on_air.current())
}

/// True if a request belongs to a page session of a site that this server does not have.
pub(crate) fn is_of_unknown_site(on_air: &OnAir, fields: &HeaderMap) -> bool {
    if is_page_load(fields) || is_worker_script(fields) {
        return false;
    }
    let cookies = SessionCookies::of(fields);
    let current = on_air.current();
    let mut known = std::iter::once(current).chain(on_air.others());
    cookies.0[0].is_some() && !known.any(|known| cookies.name(&known.site.id, true))
}

/// The part that a request for an asset plays in a page session.
#[inline]
pub(crate) fn purpose(
    site: &Site,
    asset: &Asset,
    fields: &HeaderMap,
    presence: &HeaderPresence<'_>,
) -> Purpose {
    // Most requests of programs have none of these fields; browsers send `Accept`.
    match presence.worker || presence.accept || presence.cookie {
        true => browser_purpose(site, asset, fields, presence),
        false => Purpose::Ordinary,
    }
}

fn browser_purpose(
    site: &Site,
    asset: &Asset,
    fields: &HeaderMap,
    presence: &HeaderPresence<'_>,
) -> Purpose {
    if asset.is_script() && is_worker_script(fields) {
        return Purpose::Worker;
    }
    match presence.accept && asset.is_page() && is_page_load(fields) {
        true if presence.cookie && SessionCookies::of(fields).name(&site.id, true) => {
            Purpose::Reload
        }
        true => Purpose::PageLoad,
        false if presence.cookie => Purpose::WithCookie,
        false => Purpose::Ordinary,
    }
}

/// True if a browser checks for a new version of an earlier game's service worker. The site on the air may have a worker
/// at the same path, even with the same bytes, but the old one's caches hold another game.
pub(crate) fn is_stale_worker(on_air: &OnAir, fields: &HeaderMap) -> bool {
    !on_air.before().is_empty() && is_worker_script(fields) && is_of_earlier_site(on_air, fields)
}

/// True if a browser loads a page after one of an earlier game, or of an earlier build of this one. Its path may be one
/// that only that game has: its entry page in a folder, or an address that its scripts made.
pub(crate) fn is_refresh_of_earlier_site(on_air: &OnAir, fields: &HeaderMap) -> bool {
    !on_air.before().is_empty() && is_page_load(fields) && is_of_earlier_site(on_air, fields)
}

/// True if a request's page session is with a site that was on the air before.
fn is_of_earlier_site(on_air: &OnAir, fields: &HeaderMap) -> bool {
    let cookies = SessionCookies::of(fields);
    let mut before = on_air.before().iter();
    before.any(|id| cookies.name(id, true))
}

/// True if the browser has fetched a service worker of the site that its page session is with.
pub(crate) fn has_worker(fields: &HeaderMap) -> bool {
    let sessions = SessionCookies::of(fields).0;
    let mut sessions = sessions.iter().flatten();
    sessions.any(|session| session.ends_with(SiteId::WORKER.as_bytes()))
}

/// True if the client accepts HTML, as browsers do for a page.
pub(crate) fn wants_page(fields: &HeaderMap) -> bool {
    let accepts = |accept: &header::HeaderValue| {
        let mut ranges = accept.as_bytes().windows(b"text/html".len());
        ranges.any(|range| range == b"text/html")
    };
    fields.get(header::ACCEPT).is_some_and(accepts)
}

/// True if a browser fetches a service worker's script (Service Workers, 4.1.2, "Service-Worker").
pub(crate) fn is_worker_script(fields: &HeaderMap) -> bool {
    fields
        .get("service-worker")
        .is_some_and(|value| value == "script")
}

/// True if a request is a page load. A frame within a page of this server belongs to that page's load.
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

/// The page sessions that a request's cookies name. Browsers send one; more than a few are not read, so
/// that the cost does not grow with the cookies times the sites.
struct SessionCookies<'a>([Option<&'a [u8]>; 4]);

impl<'a> SessionCookies<'a> {
    fn of(fields: &'a HeaderMap) -> Self {
        let mut values = cookies(fields, SiteId::COOKIE);
        Self(std::array::from_fn(|_| values.next()))
    }

    /// True if one names this site; or, `with_worker`, this site and a service worker of it.
    fn name(&self, id: &SiteId, with_worker: bool) -> bool {
        self.0.iter().flatten().any(|value| {
            let mark = value.strip_prefix(id.as_str().as_bytes());
            mark.is_some_and(|mark| {
                mark.is_empty() || (with_worker && mark == SiteId::WORKER.as_bytes())
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::slot::Slot;
    use crate::site::options::BuildOptions;
    use crate::site::test_site::test_site;

    fn site(name: &str) -> Site {
        test_site(name, &[("index.html", name)], BuildOptions::default())
    }

    /// Reads fields, one a line; `{a}` to `{d}` stand for the ids of those sites.
    fn fields(lines: &str) -> HeaderMap {
        let mut fields = HeaderMap::new();
        for line in lines.lines() {
            let (name, value) = line.split_once(": ").unwrap();
            let value = ["a", "b", "c", "d", "e"]
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
    fn a_request_gets_the_site_of_its_page_load_and_a_page_load_the_one_on_the_air() {
        // As Chromium 156 sends them for a page and for a picture.
        let page =
            "accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        let frame = "sec-fetch-dest: iframe\nsec-fetch-site: same-origin";
        let embedded = "sec-fetch-dest: iframe\nsec-fetch-site: same-site";
        let picture = "accept: image/avif,image/webp,image/apng,*/*;q=0.8";
        let slot = Slot::start(site("a"));
        let only = slot.load();
        assert_eq!(
            site_for(&only, &fields("cookie: on-air={b}")).site.slug,
            "a"
        );
        for name in ["b", "c"] {
            slot.publish(site(name));
        }
        // Another replica may have swapped before.
        slot.prepare(Some(site("e")));
        let on_air = slot.load();
        for (lines, expected) in [
            ("cookie: on-air={e}", "e"),
            (&format!("cookie: on-air={{e}}\n{page}"), "c"),
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
            ("cookie: on-air={b}.worker", "c"),
            ("cookie: on-air={b}.other", "c"),
            ("cookie: on-air=0; on-air=; on-air={b}", "b"),
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
            assert_eq!(site_for(&on_air, &fields).site.slug, expected, "{lines}");
        }
    }

    #[test]
    fn a_request_plays_its_part_by_asset_and_fields() {
        let files = [("index.html", "page"), ("sw.js", "code")];
        let site = test_site("game", &files, BuildOptions::default());
        let cookie = format!("accept: text/html\ncookie: on-air={}", site.id.as_str());
        for (name, lines, expected) in [
            ("index.html", "accept: text/html", Purpose::PageLoad),
            ("index.html", cookie.as_str(), Purpose::Reload),
            ("index.html", &format!("{cookie}.worker"), Purpose::Reload),
            ("index.html", "accept: */*", Purpose::Ordinary),
            ("index.html", "service-worker: script", Purpose::Ordinary),
            ("sw.js", "service-worker: script", Purpose::Worker),
            ("sw.js", "service-worker: other", Purpose::Ordinary),
            ("sw.js", "accept: text/html", Purpose::Ordinary),
            ("sw.js", "range: bytes=0-1", Purpose::Ordinary),
            ("sw.js", "cookie: a=b", Purpose::WithCookie),
            ("sw.js", cookie.as_str(), Purpose::WithCookie),
        ] {
            let (fields, asset) = (fields(lines), site.asset(name).unwrap());
            let found = purpose(&site, asset, &fields, &HeaderPresence::scan(&fields));
            assert_eq!(found, expected, "{name} {lines}");
        }
    }
}
