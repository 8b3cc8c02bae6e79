//! The server finds the same requests and contents in any bytes as a second reader does. Where one sees one request and the
//! other two, or another content, this fails.
#![no_main]

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex, split};
use tokio::runtime;
use tower_service::Service;
use webserver::metrics::counters::Counters;
use webserver::server::Server;
use webserver::server::limits::Limits;
use webserver_fuzz::framing::{Message, messages};

fuzz_target!(|sent: &[u8]| {
    let expected = messages(sent);
    for size in [sent.len(), 1 + sent.len() % 7] {
        let (found, received) = exchange(sent, size);
        let known: Vec<_> = expected.iter().take(found.len()).map(seen).collect();
        assert_eq!(found, known, "in pieces of {size}");
        // What the second reader takes and the server does not comes after an end that was asked for, or is refused.
        let is_kept = found.is_empty() || !expected[found.len() - 1].is_last;
        if found.len() < expected.len() && is_kept {
            assert!(
                is_refusal(&received),
                "{} of {expected:?}: {received}",
                found.len()
            );
        }
    }
});

/// True if the last answer refuses a request: fields and versions are judged more strictly than by the second reader.
fn is_refusal(received: &str) -> bool {
    let last = received
        .rfind("HTTP/1.")
        .and_then(|at| received.get(at + 9..at + 12));
    last.is_some_and(|status| ["400", "414", "431", "501", "505"].contains(&status))
}

/// Method, target and content.
type Found = (String, String, Vec<u8>);

/// A message as a service sees it: with a target that was parsed, and a method cut to the length passed on.
fn seen(message: &Message) -> Found {
    let target = message.target.parse::<Uri>();
    let target = target.map_or_else(|_| message.target.clone(), |target| target.to_string());
    (
        message.method.chars().take(64).collect(),
        target,
        message.content.clone(),
    )
}

static SERVER: LazyLock<Server> =
    LazyLock::new(|| Server::new(Limits::default(), Counters::start()));

/// Sends the bytes in pieces of this size and ends. Returns the requests whose content arrived, and the answers.
fn exchange(sent: &[u8], size: usize) -> (Vec<Found>, String) {
    let service = Reading::default();
    let found = Rc::clone(&service.found);
    // Time is paused, so timeouts fire at once.
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let received = runtime.block_on(async {
        let (client, stream) = duplex(1000);
        let (mut receiver, mut sender) = split(client);
        let connection = async {
            let _ = SERVER.serve(stream, service).await;
        };
        let send = async {
            for piece in sent.chunks(size.max(1)) {
                if sender.write_all(piece).await.is_err() {
                    break;
                }
            }
            let _ = sender.shutdown().await;
        };
        let receive = async {
            let mut received = Vec::new();
            receiver.read_to_end(&mut received).await.unwrap();
            received
        };
        tokio::join!(connection, send, receive).2
    });
    (
        found.take(),
        String::from_utf8_lossy(&received).into_owned(),
    )
}

/// Reads the content of each request and records both.
#[derive(Clone, Default)]
struct Reading {
    found: Rc<RefCell<Vec<Found>>>,
}

impl Service<Request<Incoming>> for Reading {
    type Response = Response<Empty<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let found = Rc::clone(&self.found);
        Box::pin(async move {
            let (head, content) = request.into_parts();
            let mut response = Response::new(Empty::new());
            let content = content.collect().await;
            // hyper would take a success of CONNECT for a tunnel.
            if head.method == Method::CONNECT {
                *response.status_mut() = StatusCode::NOT_FOUND;
            }
            match content {
                Ok(content) => {
                    let target = head.uri.to_string();
                    let content = content.to_bytes().to_vec();
                    found
                        .borrow_mut()
                        .push((head.method.to_string(), target, content));
                }
                Err(_) => {
                    *response.status_mut() = StatusCode::BAD_REQUEST;
                    let close = http::HeaderValue::from_static("close");
                    response.headers_mut().insert("connection", close);
                }
            }
            Ok(response)
        })
    }
}
