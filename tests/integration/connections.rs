//! Connections: kept and closed as HTTP/1 says, whatever comes over them, and whatever happens in answering.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tower_service::Service;
use webserver::metrics::access_log::observed;
use webserver::metrics::client;
use webserver::metrics::counters::Counters;
use webserver::server::limits::Limits;
use webserver::server::listener::Listener;
use webserver::server::{Drained, Server};

use crate::support::{Client, Place, Running, head};

fn served() -> (Place, Running, u16) {
    let place = Place::with_three_games();
    for number in 0..3 {
        place.write(&format!("alpha/{number}.txt"), number.to_string());
    }
    let (running, port) = place.serve(&["alpha"]);
    (place, running, port)
}

#[test]
fn a_connection_serves_several_requests() {
    let (_place, _running, port) = served();
    let mut client = Client::connect(port);
    for number in [0, 1, 2, 1, 0] {
        let answer = client.get(&format!("/{number}.txt"));
        assert_eq!(answer.text(), number.to_string());
    }
    // A 404, a 405 and a 304 are no reason to close it.
    assert_eq!(client.get("/nothing").status, 404);
    assert_eq!(
        client.request("POST", "/", &["Content-Length: 0"]).status,
        405
    );
    assert_eq!(
        client.request("GET", "/", &["If-None-Match: *"]).status,
        304
    );
    assert_eq!(client.get("/2.txt").text(), "2");
}

#[test]
fn a_connection_that_pauses_within_or_between_requests_is_answered() {
    let (_place, _running, port) = served();
    let get = |number: usize| head("GET", &format!("/{number}.txt"), &[]);
    let post = head("POST", "/0.txt", &["Content-Length: 4"]);
    // The pieces sent between pauses, and the status of each answer.
    let table: [(&[String], &[u16]); 7] = [
        (&[get(0), get(1), get(2)], &[200, 200, 200]),
        (&[String::new(), get(0)], &[200]),
        (&[get(0)[..20].into(), get(0)[20..].into()], &[200]),
        // The second request has begun when the first is answered.
        (&[get(0) + &get(1)[..5], get(1)[5..].into()], &[200, 200]),
        (&[get(0) + "\r\n", "\r\n".to_owned() + &get(1)], &[200, 200]),
        (
            &[get(0) + &post + "ab", "cd".to_owned() + &get(1)],
            &[200, 405, 200],
        ),
        (&[head("HEAD", "/0.txt", &[]), get(9)], &[200, 404]),
    ];
    let clients = table.map(|(pieces, statuses)| {
        let mut client = Client::connect(port);
        let pieces: Vec<_> = pieces.to_vec();
        let statuses = statuses.to_vec();
        std::thread::spawn(move || {
            for (number, piece) in pieces.iter().enumerate() {
                if number > 0 {
                    // Longer than the server keeps buffers for a request that does not come.
                    std::thread::sleep(Duration::from_millis(1300));
                }
                client.send(piece);
            }
            let method = if pieces[0].starts_with("HEAD") {
                "HEAD"
            } else {
                "GET"
            };
            let first = client.answer_to(method).status;
            let rest = statuses[1..].iter().map(|_| client.answer().status);
            assert_eq!(
                [first].into_iter().chain(rest).collect::<Vec<_>>(),
                statuses,
                "{pieces:?}"
            );
        })
    });
    for client in clients {
        client.join().unwrap();
    }
}

#[test]
fn requests_sent_together_are_answered_in_order() {
    let (_place, _running, port) = served();
    let mut client = Client::connect(port);
    let numbers = [2, 0, 1].repeat(20);
    let requests = numbers
        .iter()
        .map(|number| head("GET", &format!("/{number}.txt"), &[]));
    client.send(requests.collect::<String>());
    for number in numbers {
        assert_eq!(client.answer().text(), number.to_string());
    }
    let mixed = [("HEAD", "/0.txt"), ("GET", "/nothing"), ("GET", "/1.txt")];
    client.send(mixed.map(|(method, path)| head(method, path, &[])).concat());
    assert_eq!(client.answer_to("HEAD").status, 200);
    assert_eq!(client.answer().status, 404);
    assert_eq!(client.answer().text(), "1");
}

#[test]
fn a_request_sent_byte_by_byte_is_answered() {
    let (_place, _running, port) = served();
    let mut client = Client::connect(port);
    for byte in head("GET", "/2.txt", &["Accept: */*"]).bytes() {
        client.send([byte]);
    }
    assert_eq!(client.answer().text(), "2");
}

#[test]
fn a_connection_is_closed_after_connection_close_and_http_1_0() {
    let (_place, _running, port) = served();
    for request in [
        "GET /1.txt HTTP/1.0\r\n\r\n".to_owned(),
        "GET /1.txt HTTP/1.0\r\nHost: localhost\r\n\r\n".to_owned(),
        head("GET", "/1.txt", &["Connection: close"]),
        head("GET", "/1.txt", &["Connection: Close"]),
    ] {
        let mut client = Client::connect(port);
        client.send(&request);
        assert_eq!(client.answer().text(), "1", "{request}");
        assert_eq!(client.rest(), b"", "{request}");
    }
}

#[test]
fn a_client_that_closes_its_sending_side_gets_its_answer() {
    let (_place, _running, port) = served();
    for request in ["GET /1.txt HTTP/1.0\r\n\r\n", &head("GET", "/1.txt", &[])] {
        for _ in 0..20 {
            let mut client = Client::connect(port);
            client.send(request);
            client.finish_sending();
            assert_eq!(client.answer().text(), "1", "{request}");
            assert_eq!(client.rest(), b"", "{request}");
        }
    }
}

#[test]
fn malformed_requests_are_refused_and_the_next_client_is_served() {
    let (_place, _running, port) = served();
    let long_field = format!("X: {}", "x".repeat(80_000));
    let many_fields = vec!["X: x"; 1000];
    let garbage: Vec<u8> = (0..=255).cycle().skip(128).take(600).collect();
    let cases: [(&str, Vec<u8>, &[u16]); 11] = [
        ("a bad line", b"HELLO\r\n\r\n".into(), &[400]),
        ("no path", b"GET HTTP/1.1\r\n\r\n".into(), &[400]),
        (
            "a bad version",
            b"GET / HTTP/9.9\r\n\r\n".into(),
            &[400, 505],
        ),
        ("no version", b"GET / FTP\r\n\r\n".into(), &[400]),
        (
            "a bad field",
            b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n".into(),
            &[400],
        ),
        (
            "a name with a space",
            b"GET / HTTP/1.1\r\nHo st: x\r\n\r\n".into(),
            &[400],
        ),
        (
            "a control character",
            b"GET /\x1b[2J HTTP/1.1\r\n\r\n".into(),
            &[400],
        ),
        (
            "a bad length",
            head("POST", "/", &["Content-Length: x"]).into(),
            &[400],
        ),
        ("garbage", garbage, &[400]),
        (
            "a long field",
            head("GET", "/", &[&long_field]).into(),
            &[431],
        ),
        ("many fields", head("GET", "/", &many_fields).into(), &[431]),
    ];
    for (what, request, statuses) in cases {
        let mut client = Client::connect(port);
        client.send(&request);
        let answer = client.answer_head();
        let status = answer
            .unwrap_or_else(|error| panic!("{what}: {error}"))
            .status;
        assert!(statuses.contains(&status), "{what}: {status}");
        client.rest();
        assert_eq!(Client::connect(port).get("/1.txt").text(), "1", "{what}");
    }
}

#[test]
fn a_head_without_end_is_refused() {
    let (_place, _running, port) = served();
    let mut client = Client::connect(port);
    client.send("GET / HTTP/1.1\r\nX: ");
    let kilobyte = [b'x'; 1024];
    // Of 10 MB, only what fits into the sockets' buffers besides the limit can be sent.
    let is_sent = (0..10 * 1024).all(|_| client.try_send(kilobyte).is_ok());
    assert!(!is_sent);
    assert_eq!(Client::connect(port).get("/1.txt").text(), "1");
}

#[test]
fn the_limit_of_a_head_is_the_one_configured() {
    let place = Place::with_three_games_and("[limits]\nhead_bytes = 8192");
    let (_running, port) = place.serve(&["alpha"]);
    for (length, status) in [(7_000, 200), (9_000, 431)] {
        let field = format!("X: {}", "x".repeat(length));
        let mut client = Client::connect(port);
        client.send(head("GET", "/", &[&field]));
        assert_eq!(client.answer_head().unwrap().status, status, "{length}");
    }
}

/// Panics at `/panic` when it is called and at `/later` when its answer is awaited; says hello elsewhere.
#[derive(Clone)]
struct Shaky;

impl Service<Request<Incoming>> for Shaky {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let path = request.uri().path().to_owned();
        assert_ne!(path, "/panic");
        Box::pin(async move {
            assert_ne!(path, "/later");
            Ok(Response::new(Full::from("hello")))
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_ends_one_request_only() {
    let listener = Listener::bind(Some([127, 0, 0, 1].into()), 0).unwrap();
    let port = listener.address().port();
    let (stop, stopped) = oneshot::channel::<()>();
    let counters = Counters::start();
    let service_for =
        |peer: std::net::SocketAddr| observed(Shaky, client::Client::direct(peer.ip()), counters);
    let players = tokio::task::spawn_blocking(move || {
        let mut bystander = Client::connect(port);
        assert_eq!(bystander.get("/").text(), "hello");
        for path in ["/panic", "/later", "/panic"] {
            let mut client = Client::connect(port);
            assert_eq!(client.get("/").text(), "hello");
            assert_eq!(client.get(path).status, 500, "{path}");
            assert_eq!(client.get("/").text(), "hello", "after {path}");
            assert_eq!(bystander.get("/").text(), "hello", "besides {path}");
        }
        drop(stop);
    });
    let run = Server::new(Limits::default(), counters).run(listener, service_for, async {
        let _ = stopped.await;
    });
    let drained = tokio::time::timeout(Duration::from_secs(20), run).await;
    assert_eq!(drained.expect("it ends"), Drained::Whole);
    players.await.unwrap();
    let metrics = counters.metrics();
    for line in [
        "webserver_requests_total{status=\"200\"} 10",
        "webserver_requests_total{status=\"500\"} 3",
        "webserver_connections 0",
        "webserver_connections_accepted_total 4",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{metrics}");
    }
}

#[tokio::test]
async fn a_server_ends_with_its_shutdown() {
    let listener = Listener::bind(Some([127, 0, 0, 1].into()), 0).unwrap();
    let address = listener.address();
    let counters = Counters::start();
    let service_for =
        |peer: std::net::SocketAddr| observed(Shaky, client::Client::direct(peer.ip()), counters);
    let run = Server::new(Limits::default(), counters).run(listener, service_for, async {});
    let drained = tokio::time::timeout(Duration::from_secs(20), run).await;
    assert_eq!(drained.expect("it ends"), Drained::Whole);
    assert!(TcpStream::connect(address).await.is_err());
}
