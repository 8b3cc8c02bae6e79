//! Sites built with `live`: their script and their events.

use crate::http::tests::{FILES, ask, ask_slot, build, field, folder, site, text};
use crate::publish::slot::Slot;
use crate::site::Site;
use http_body::Body as _;
use http_body_util::BodyExt;
use std::time::Duration;
use std::time::SystemTime;
use tempfile::TempDir;

fn live(files: &[(&str, &str)]) -> Site {
    live_in(&folder(files, SystemTime::now()))
}

fn live_in(folder: &TempDir) -> Site {
    build(folder, toml::from_str("live = true").unwrap(), None)
}

#[test]
fn pages_of_a_live_site_have_the_script_and_nothing_else_changes() {
    let (plain, live) = (site(FILES), live(FILES));
    assert_ne!(plain.id, live.id);
    let tag = format!(
        "<script src=\".webserver/live.js\" data-site=\"{}\"></script>",
        live.id.as_str()
    );
    for (target, expected) in [
        ("/", format!("<!doctype html>{tag}<title>t</title>")),
        (
            "/index.html",
            format!("<!doctype html>{tag}<title>t</title>"),
        ),
        // A part of a page, which a script may insert into another.
        ("/levels/", "levels".to_owned()),
    ] {
        let response = ask(&live, &format!("GET {target}"));
        let fields = response.headers().clone();
        let etag = crate::site::etag::EntityTag::from_content(expected.as_bytes());
        assert_eq!(fields.get("etag"), Some(etag.value()), "{target}");
        assert_eq!(field(&fields, "content-length"), expected.len().to_string());
        assert_eq!(text(response), expected, "{target}");
    }
    for (target, _) in FILES
        .iter()
        .filter(|(name, _)| !name.ends_with(".html") && !name.starts_with('.'))
    {
        let target = target
            .replace('%', "%25")
            .replace(' ', "%20")
            .replace('#', "%23");
        let request = format!("GET /{}", target.replace('?', "%3F"));
        let ask = |site: &Site| {
            let response = ask(site, &request);
            (
                response.headers().clone(),
                text(response).replace(live.id.as_str(), ""),
            )
        };
        assert_eq!(ask(&plain), ask(&live), "{request}");
    }
    assert_eq!(ask(&plain, "GET /.webserver/live.js").status(), 404);
    let script = ask(&live, "GET /.webserver/live.js");
    assert_eq!(
        field(script.headers(), "content-type"),
        "text/javascript; charset=utf-8"
    );
    assert!(text(script).contains("new URL('events', script.src)"));
}

#[test]
fn pages_under_a_worker_or_a_policy_stay_as_they_are() {
    let policy = "<meta http-equiv=content-security-policy content=\"script-src 'none'\">";
    for (files, has_script) in [
        (&[("index.html", "a")][..], true),
        (&[("index.html", "a"), ("a/sw.js", "")], false),
        (
            &[(
                "index.html",
                "<script>navigator.serviceWorker.register('x.js')</script>",
            )],
            false,
        ),
        (&[("index.html", policy)], false),
        (&[("index.html", ""), ("a.html.gz", "<html>")], false),
        (&[("index.html", "a"), ("other.html", policy)], true),
    ] {
        let site = live(files);
        let sent = text(ask(&site, "GET /"));
        assert_eq!(sent.contains(".webserver/live.js"), has_script, "{files:?}");
        assert!(has_script || sent == files[0].1, "{files:?}");
        for (name, content) in &files[1..] {
            assert_eq!(text(ask(&site, &format!("GET /{name}"))), *content);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn events_state_the_published_site_until_the_server_stops() {
    let slot = Slot::start(live(&[("index.html", "a")]));
    let id = || slot.load().site.id.as_str().to_owned();
    let mut response = ask_slot(&slot.load(), "GET /.webserver/events");
    assert_eq!(
        field(response.headers(), "content-type"),
        "text/event-stream"
    );
    assert_eq!(field(response.headers(), "content-length"), "");
    let mut piece = async || {
        let frame = response.body_mut().frame().await?;
        Some(String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap())
    };
    let event = |id: String| Some(format!("retry: 1000\ndata: {id}\n\n"));
    assert_eq!(piece().await, event(id()));
    let began = tokio::time::Instant::now();
    assert_eq!(piece().await.as_deref(), Some(":\n\n"));
    assert_eq!(began.elapsed(), Duration::from_secs(15));
    let folder = folder(&[("index.html", "b")], SystemTime::now());
    slot.publish(live_in(&folder));
    assert_eq!(piece().await, event(id()));
    slot.publish(live_in(&folder));
    assert_eq!(piece().await.as_deref(), Some(":\n\n"), "the same site");
    slot.end_events();
    assert_eq!(piece().await, None);
    assert_eq!(piece().await, None);
    slot.publish(live(&[("index.html", "c")]));
    let late = ask_slot(&slot.load(), "GET /.webserver/events");
    assert_eq!(late.into_body().collect().await.unwrap().to_bytes(), "");

    let head = ask_slot(&slot.load(), "HEAD /.webserver/events");
    assert_eq!(field(head.headers(), "content-type"), "text/event-stream");
    assert!(head.body().is_end_stream());
    let plain = Slot::start(site(FILES));
    let none = ask_slot(&plain.load(), "GET /.webserver/events");
    assert_eq!(none.status(), 404);
}
