//! The processor time of the most expensive requests: small whatever a game holds and a client sends.

use std::convert::Infallible;
use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Empty;
use rustix::time::{ClockId, clock_gettime};
use tower_service::Service;
use webserver::http::body::Body;
use webserver::http::service::{Handler, RequestLimits};
use webserver::library::game::Game;
use webserver::metrics::counters::Counters;
use webserver::publish::slot::Slot;
use webserver::site::Site;
use webserver::site::options::BuildOptions;
use webserver::site::progress::BuildProgress;

use crate::support::Place;

/// The most for a request. Tests are built without optimization, which costs several times as much as what is shipped.
const MOST: Duration = match cfg!(debug_assertions) {
    true => Duration::from_micros(1500),
    false => Duration::from_micros(500),
};

/// The processor time of [`reference`] on the machine for which [`MOST`] is meant. A slower one has more.
const REFERENCE: Duration = match cfg!(debug_assertions) {
    true => Duration::from_micros(150),
    false => Duration::from_micros(6),
};

/// The number of tries, of which the fastest counts: others pay for what else runs.
const TRIES: u32 = 50;

/// The sites that a browser may have met before.
const SWITCHES: usize = 64;

/// A game with many names that are alike, and a page that takes a session.
fn game(place: &Place, name: &str) -> Site {
    place.write(&format!("{name}/index.html"), name);
    for number in 0..300 {
        place.write(&format!("{name}/tile-a{}b.png", letters(number)), "x");
        place.write(&format!("{name}/data/{number}/level.json"), "x");
    }
    place.write(&format!("{name}/big.bin"), "0123456789".repeat(100_000));
    let game = Game::from_folder(&place.path(name)).unwrap();
    let (options, progress) = (BuildOptions::default(), BuildProgress::default());
    Site::build(&game, options, None, &progress).unwrap()
}

/// A number in letters: names that differ in digits are not alike.
fn letters(number: u32) -> String {
    let digit = |power| char::from(b'a' + (number / 26_u32.pow(power) % 26) as u8);
    [digit(1), digit(0)].iter().collect()
}

/// The processor time of a fixed number of steps, measured beside the requests: it tells how fast the machine is just then.
fn reference() -> Duration {
    let start = thread_time();
    black_box((0..20_000_u64).fold(0, |sum, number| black_box(sum ^ number)));
    thread_time() - start
}

fn request(target: &str, fields: &[(&str, String)]) -> Request<Empty<Bytes>> {
    let mut request = Request::get(target).header("host", "localhost");
    for (name, value) in fields {
        request = request.header(*name, value);
    }
    request.body(Empty::new()).unwrap()
}

/// Polls the answer of a handler, which is ready at once.
fn answer(handler: &mut Handler, request: Request<Empty<Bytes>>) -> Response<Body> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let answering = std::pin::pin!(handler.call(request));
    match answering.poll(&mut context) {
        std::task::Poll::Ready(answer) => answer.unwrap_or_else(|never: Infallible| match never {}),
        std::task::Poll::Pending => panic!("an answer waits"),
    }
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The fields of requests that cost the most, with their targets.
fn expensive() -> Vec<(&'static str, u16, Request<Empty<Bytes>>)> {
    let long = |start: &str, part: &str, most: usize| {
        let mut text = start.to_owned();
        while text.len() + part.len() <= most {
            text.push_str(part);
        }
        text
    };
    let cookies = (0..SWITCHES).map(|number| format!("on-air={number:032x}"));
    let cookies: Vec<_> = cookies.collect();
    let page = ("accept", "text/html".to_owned());
    let worker = ("service-worker", "script".to_owned());
    let ranges = (0..1000).map(|number| format!("{}-{}", number * 900, number * 900 + 9));
    let ranges: Vec<_> = ranges.collect();
    let codings = long("gzip;q=0.001", ", gzip;q=0.001", 8000);
    let tags = long("\"0\"", ", \"0123456789abcdef\"", 60_000);
    vec![
        (
            "a miss among alike names",
            404,
            request("/tile-aNEWb.pnq", &[]),
        ),
        (
            "the same for a browser",
            404,
            request("/img/tile-zNEWb.png", std::slice::from_ref(&page)),
        ),
        (
            "a miss among equal names",
            404,
            request("/data/NEW/Levell.json", &[]),
        ),
        (
            "a miss with a long name",
            404,
            request(&format!("/{}NEW", "tile-aab".repeat(15)), &[]),
        ),
        (
            "a long target",
            404,
            request(&long("/", "%E4%B8%AD/", 8000), &[]),
        ),
        (
            "a long query",
            200,
            request(&long("/?", "a=%20&", 8000), &[]),
        ),
        (
            "many session cookies",
            200,
            request("/", &[("cookie", cookies.join("; ")), page]),
        ),
        (
            "many for a worker",
            200,
            request("/big.bin", &[("cookie", cookies.join("; ")), worker]),
        ),
        (
            "a long Accept-Encoding",
            200,
            request("/", &[("accept-encoding", codings)]),
        ),
        (
            "a long If-None-Match",
            200,
            request("/", &[("if-none-match", tags)]),
        ),
        (
            "many ranges",
            200,
            request(
                "/big.bin",
                &[("range", format!("bytes={}", ranges.join(",")))],
            ),
        ),
        (
            "a long set of no ranges",
            200,
            request("/big.bin", &[("range", long("bytes=", ", ", 60_000))]),
        ),
    ]
}

#[test]
fn no_request_takes_more_than_its_share_of_processor_time() {
    let place = Place::new();
    let slot = Slot::start(game(&place, "game-0"));
    for number in 1..SWITCHES {
        place.write(&format!("small-{number}/index.html"), number.to_string());
        let small = Game::from_folder(&place.path(&format!("small-{number}"))).unwrap();
        let (options, progress) = (BuildOptions::default(), BuildProgress::default());
        slot.publish(Site::build(&small, options, None, &progress).unwrap());
    }
    slot.publish(game(&place, "game-1"));
    let mut handler = Handler::new(slot, RequestLimits::default(), Counters::start());
    let mut too_slow = Vec::new();
    for (name, status, request) in expensive() {
        let (mut fastest, mut steps) = (Duration::MAX, Duration::MAX);
        for number in 0..TRIES {
            steps = steps.min(reference());
            let mut request = request.clone();
            // A path that is missed again is known already.
            let path = request.uri().to_string().replace("NEW", &letters(number));
            *request.uri_mut() = path.parse().unwrap();
            let start = thread_time();
            let answer = black_box(answer(&mut handler, request));
            fastest = fastest.min(thread_time() - start);
            assert_eq!(answer.status(), status, "{name}");
        }
        println!("{name}: {fastest:?}, reference {steps:?}");
        let slowness = steps.div_duration_f64(REFERENCE).max(1.0);
        if fastest > MOST.mul_f64(slowness) {
            too_slow.push((name, fastest));
        }
    }
    assert!(too_slow.is_empty(), "{too_slow:?}");
}
