//! A server with streams in memory and paused time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::metrics::counters::Counters;
use crate::server::framing::HeadTooLarge;
use crate::server::limits::Limits;
use crate::server::listener::Listener;
use crate::server::{Drained, Server};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::{Body, Incoming};
use std::convert::Infallible;
use std::future::Ready;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tower_service::Service;

#[derive(Clone)]
struct Hello(Bytes);

impl Service<Request<Incoming>> for Hello {
    type Response = Response<http_body_util::Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let mut response = Response::new(http_body_util::Full::new(self.0.clone()));
        if request.extensions().get::<HeadTooLarge>().is_some() {
            *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        }
        if !request.body().is_end_stream() {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        std::future::ready(Ok(response))
    }
}

fn connect(content: &'static [u8]) -> (DuplexStream, JoinHandle<()>) {
    connect_to(&Server::new(Limits::default(), Counters::start()), content)
}

fn connect_to(server: &Server, content: &'static [u8]) -> (DuplexStream, JoinHandle<()>) {
    let (client, stream) = duplex(1024);
    let connection = server.serve(stream, Hello(Bytes::from_static(content)));
    let task = tokio::spawn(async move {
        let _ = connection.await;
    });
    (client, task)
}

async fn seconds_until_closed(task: JoinHandle<()>) -> u64 {
    let start = Instant::now();
    task.await.unwrap();
    start.elapsed().as_secs()
}

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_closed_at_the_first_byte_timeout() {
    let (_client, task) = connect(b"");
    assert_eq!(seconds_until_closed(task).await, 10);
}

#[tokio::test(start_paused = true)]
async fn a_crowded_server_closes_idle_connections_at_a_tenth_of_their_timeout() {
    let few = Limits {
        connections: 8.try_into().unwrap(),
        ..Limits::default()
    };
    let server = Server::new(few, Counters::start());
    let permits: Vec<_> = (0..7).map(|_| server.try_acquire()).collect();
    let (_fresh, task) = connect_to(&server, b"");
    assert_eq!(seconds_until_closed(task).await, 1);

    let (mut idle, task) = connect_to(&server, b"hello");
    idle.write_all(REQUEST).await.unwrap();
    assert_eq!(seconds_until_closed(task).await, 6);

    // Half a request counts as under way.
    let (mut busy, task) = connect_to(&server, b"hello");
    busy.write_all(b"GET").await.unwrap();
    assert_eq!(seconds_until_closed(task).await, 10);

    // Whether the server is crowded counts at the moment of the check.
    let (mut idle, task) = connect_to(&server, b"hello");
    idle.write_all(REQUEST).await.unwrap();
    let start = Instant::now();
    sleep(Duration::from_secs(5)).await;
    drop(permits);
    sleep(Duration::from_secs(9)).await;
    let _permits: Vec<_> = (0..7).map(|_| server.try_acquire()).collect();
    task.await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 18);
}

#[tokio::test(start_paused = true)]
async fn a_dripping_head_is_closed_at_the_head_timeout() {
    let (mut client, task) = connect(b"");
    tokio::spawn(async move {
        for byte in b"GET / HTTP/1.1\r\nHost: a-very-long-name" {
            if client.write_all(&[*byte]).await.is_err() {
                break;
            }
            sleep(Duration::from_secs(1)).await;
        }
    });
    assert_eq!(seconds_until_closed(task).await, 10);
}

#[tokio::test(start_paused = true)]
async fn each_request_restarts_the_idle_timeout() {
    let (mut client, task) = connect(b"hello");
    for pause in [9, 59, 59] {
        sleep(Duration::from_secs(pause)).await;
        client.write_all(REQUEST).await.unwrap();
        let mut answer = [0; 1024];
        let length = client.read(&mut answer).await.unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK"));
    }
    assert_eq!(seconds_until_closed(task).await, 60);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_below_the_least_rate_is_closed() {
    // 500 bytes a second over 60 seconds are 30,000 bytes.
    for (bytes, seconds, expected) in [
        (1, 1, Some(60)),
        (1, 60, Some(60)),
        (1000, 3, Some(60)),
        (1000, 1, None),
        (30_000, 59, None),
    ] {
        let content: &[u8] = &[b'x'; 200_000];
        let (mut client, task) = connect(content);
        client.write_all(REQUEST).await.unwrap();
        let start = Instant::now();
        let reader = tokio::spawn(async move {
            let mut some = vec![0; bytes];
            for _ in 0..200_000 / bytes {
                sleep(Duration::from_secs(seconds)).await;
                if client.read_exact(&mut some).await.is_err() {
                    return None;
                }
            }
            drop(client);
            Some(())
        });
        task.await.unwrap();
        match expected {
            Some(seconds) => assert_eq!(start.elapsed().as_secs(), seconds, "{bytes}"),
            None => assert_eq!(reader.await.unwrap(), Some(()), "{bytes} in {seconds}"),
        }
    }
}

/// A service that reads a request's content before it answers.
#[derive(Clone)]
struct Swallow;

impl Service<Request<Incoming>> for Swallow {
    type Response = Response<http_body_util::Empty<Bytes>>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, hyper::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        Box::pin(async {
            http_body_util::BodyExt::collect(request.into_body()).await?;
            Ok(Response::default())
        })
    }
}

#[tokio::test(start_paused = true)]
async fn request_content_has_the_head_timeout_and_does_not_affect_the_next_request() {
    const POST: &[u8] = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
    // It counts from where the content is first waited for, which is after its first byte here.
    for (pause, expected) in [(2, 8 + 60), (4, 4 + 10)] {
        let (mut client, stream) = duplex(1024);
        let server = Server::new(Limits::default(), Counters::start());
        let connection = server.serve(stream, Swallow);
        let task = tokio::spawn(async move {
            let _ = connection.await;
            Instant::now()
        });
        let start = Instant::now();
        client.write_all(POST).await.unwrap();
        for byte in b"hello" {
            if client.write_all(&[*byte]).await.is_err() {
                break;
            }
            sleep(Duration::from_secs(pause)).await;
        }
        let took = task.await.unwrap() - start;
        assert_eq!(took.as_secs(), expected, "{pause}");
    }
}

#[tokio::test(start_paused = true)]
async fn unread_content_is_drained_for_a_while_so_that_the_answer_arrives() {
    const POST: &[u8] = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
    // A client that comes to its end, one that stops, and one that goes on for ever.
    for (pieces, pause, expected) in [(5, 1, 5), (5, 0, 10), (1000, 1, 10)] {
        let (mut client, task) = connect(&[]);
        client.write_all(POST).await.unwrap();
        let sending = async {
            for _ in 0..pieces {
                sleep(Duration::from_secs(pause)).await;
                if client.write_all(&[b'x'; 100]).await.is_err() {
                    return;
                }
            }
            if pause > 0 {
                client.shutdown().await.unwrap();
            }
        };
        let (seconds, ()) = tokio::join!(seconds_until_closed(task), sending);
        assert_eq!(seconds, expected, "{pieces} {pause}");
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_answer_of_a_connection_says_close() {
    let three = Limits {
        requests: 3.try_into().unwrap(),
        ..Limits::default()
    };
    let (mut client, task) = connect_to(&Server::new(three, Counters::start()), b"hello");
    client.write_all(&REQUEST.repeat(5)).await.unwrap();
    let mut answers = String::new();
    client.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 3);
    let (before, last) = answers.rsplit_once("HTTP/1.1 200").unwrap();
    assert!(!before.contains("close"), "{before}");
    assert!(last.contains("connection: close"), "{last}");
    task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn refusals_are_counted_by_reason() {
    let counters = Counters::start();
    let server = Server::new(Limits::default(), counters);
    let (_silent, silent) = connect_to(&server, b"");
    let (mut slow, head) = connect_to(&server, b"");
    slow.write_all(b"GET").await.unwrap();
    let (mut stalled, body) = connect_to(&server, &[b'x'; 2000]);
    stalled.write_all(REQUEST).await.unwrap();
    let (mut idle, next) = connect_to(&server, b"");
    idle.write_all(REQUEST).await.unwrap();
    for task in [silent, head, body, next] {
        task.await.unwrap();
    }
    let metrics = counters.metrics();
    for (reason, count) in [
        ("first_byte", 1),
        ("head", 1),
        ("stalled", 1),
        ("address", 0),
    ] {
        let line = format!("webserver_connections_refused_total{{reason=\"{reason}\"}} {count}");
        assert!(metrics.contains(&line), "{line}\n{metrics}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_beyond_the_limit_is_marked_and_cut() {
    for (fields, expected) in [(65_000, "HTTP/1.1 200"), (66_000, "HTTP/1.1 431")] {
        let (mut client, _task) = connect(b"");
        let head = format!(
            "GET / HTTP/1.1\r\nHost: x\r\nA: {}\r\n\r\n",
            "x".repeat(fields)
        );
        // The server may stop reading beyond the limit.
        let _ = client.write_all(head.as_bytes()).await;
        let mut answer = [0; 12];
        client.read_exact(&mut answer).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), expected, "{fields}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_half_closed_client_gets_its_answer() {
    let (mut client, _task) = connect(b"hello");
    client.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
}

#[tokio::test]
async fn stopping_closes_idle_connections_at_once() {
    let listener = Listener::bind(Some([127, 0, 0, 1].into()), 0).unwrap();
    let address = listener.address();
    let server = Server::new(Limits::default(), Counters::start());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let service = |_| Hello(Bytes::from_static(b"hello"));
    let running = tokio::spawn(server.run(listener, service, async move {
        let _ = stopped.await;
    }));
    let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
    client.write_all(REQUEST).await.unwrap();
    let mut answer = [0; 1024];
    let length = client.read(&mut answer).await.unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK"));
    drop(stop);
    assert_eq!(running.await.unwrap(), Drained::Whole);
    assert_eq!(client.read(&mut answer).await.unwrap(), 0);
}
