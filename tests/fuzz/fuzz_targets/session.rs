//! Requests with any cookies are answered from one game: page loads from the one on the air, all others from that or from
//! the game that a cookie names.
#![no_main]

use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use libfuzzer_sys::fuzz_target;
use tower_service::Service;
use webserver::http::service::{Handler, RequestLimits};
use webserver::library::game::Game;
use webserver::metrics::counters::Counters;
use webserver::publish::slot::Slot;
use webserver::site::Site;
use webserver::site::options::BuildOptions;
use webserver::site::progress::BuildProgress;

/// The games in the order in which they were on the air.
const GAMES: [&str; 3] = ["one", "two", "three"];

/// The fields that say what a browser loads; the bits of the first byte select them.
const FIELDS: [(&str, &str); 6] = [
    ("accept", "text/html,*/*;q=0.8"),
    ("service-worker", "script"),
    ("sec-fetch-dest", "iframe"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-dest", "document"),
    ("purpose", "prefetch"),
];

struct Played {
    handler: Handler,
    /// The cookie of each game's page session.
    cookies: Vec<String>,
}

static PLAYED: LazyLock<Played> = LazyLock::new(|| {
    let sites = GAMES.map(|name| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), name).unwrap();
        std::fs::write(folder.path().join("data.txt"), name).unwrap();
        let game = Game::from_folder(folder.path()).unwrap();
        Site::build(&game, BuildOptions::default(), None, &BuildProgress::default()).unwrap()
    });
    let cookies = sites.iter().map(|site| format!("on-air={}", site.id.as_str()));
    let cookies = cookies.collect();
    let mut sites = sites.into_iter();
    let slot = Slot::start(sites.next().unwrap());
    for site in sites {
        slot.publish(site);
    }
    let handler = Handler::new(slot, RequestLimits::default(), Counters::start());
    Played { handler, cookies }
});

fuzz_target!(|bytes: &[u8]| {
    let Some((selected, cookie)) = bytes.split_first() else {
        return;
    };
    // The ids are not known to whoever makes the input.
    let mut cookie = String::from_utf8_lossy(cookie).into_owned();
    for (number, known) in PLAYED.cookies.iter().enumerate() {
        cookie = cookie.replace(&format!("{{{number}}}"), known);
    }
    let Ok(value) = HeaderValue::from_bytes(cookie.as_bytes()) else {
        return;
    };
    for target in ["/", "/data.txt"] {
        let mut request = Request::get(target).header(header::HOST, "localhost");
        for (bit, (name, value)) in FIELDS.into_iter().enumerate() {
            if selected & (1 << bit) != 0 {
                request = request.header(name, value);
            }
        }
        let request = request.header(header::COOKIE, value.clone());
        let is_page_load = target == "/" && selected & 0b1_1111 == 1;
        let (status, text) = ask(request.body(Empty::new()).unwrap());
        if status == StatusCode::OK && GAMES.contains(&text.as_str()) {
            assert!(!is_page_load || text == "three", "{text}");
            let number = GAMES.iter().position(|name| *name == text).unwrap();
            let is_named = cookie.contains(PLAYED.cookies[number].trim_start_matches("on-air="));
            assert!(text == "three" || is_named, "{text} without its cookie");
            // One cookie alone decides.
            let only = PLAYED.cookies.iter().position(|known| *known == cookie);
            if let Some(only) = only.filter(|_| selected & 0b1_1111 == 0) {
                assert_eq!(number, only);
            }
        } else {
            // The script that takes over from another game's service worker.
            assert!(selected & 0b10 != 0, "{status} {text}");
        }
    }
});

fn ask(request: Request<Empty<Bytes>>) -> (StatusCode, String) {
    let mut context = Context::from_waker(Waker::noop());
    let mut handler = PLAYED.handler;
    let Poll::Ready(answer) = pin!(handler.call(request)).poll(&mut context) else {
        panic!("an answer waits");
    };
    let (parts, body) = answer.unwrap().into_parts();
    let Poll::Ready(body) = pin!(body.collect()).poll(&mut context) else {
        panic!("a body in memory waits");
    };
    let body = body.unwrap().to_bytes();
    (parts.status, String::from_utf8_lossy(&body).into_owned())
}
