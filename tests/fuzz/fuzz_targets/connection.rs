//! Whatever comes over a connection, what goes back is a row of whole answers, each the one that its request would get
//! alone, and the connection ends.
use webserver::http::service;
#![no_main]

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex, split};
use tokio::runtime;
use tower_service::Service;
use webserver::http as handler;
use webserver::http::service::Handler;
use webserver::metrics::counters::Counters;
use webserver::server::Server;
use webserver::server::limits::Limits;
use webserver_fuzz::{Answer, ask, check, published};

fuzz_target!(|sent: &[u8]| {
    let whole = exchange(sent, sent.len(), End::Silence);
    let pieces = exchange(sent, 1 + sent.len() % 16, End::Silence);
    assert_eq!(whole, pieces, "it matters how the bytes come");
    exchange(sent, sent.len(), End::Closed);
});

static SERVER: LazyLock<Server> =
    LazyLock::new(|| Server::new(Limits::default(), Counters::start()));

/// What the client does when it has sent everything.
#[derive(PartialEq)]
enum End {
    Silence,
    Closed,
}

/// Sends the bytes in pieces of this size, checks what comes back, and says which answers those were.
fn exchange(sent: &[u8], size: usize, end: End) -> Vec<(StatusCode, Vec<u8>)> {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let service = Seeing {
        handler: Handler::new(published(), service::RequestLimits::default()),
        seen: Rc::clone(&seen),
    };
    // Nothing moves but time: a limit that is waited for is over at once.
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
                // The server need not read what follows a request that it refuses.
                if sender.write_all(piece).await.is_err() {
                    break;
                }
            }
            if end == End::Closed {
                let _ = sender.shutdown().await;
            }
        };
        let receive = async {
            let mut received = Vec::new();
            receiver.read_to_end(&mut received).await.unwrap();
            received
        };
        tokio::join!(connection, send, receive).2
    });
    read_answers(&received, &seen.borrow())
}

/// The answers to requests one after the other, each checked.
fn read_answers(mut received: &[u8], requests: &[Request<()>]) -> Vec<(StatusCode, Vec<u8>)> {
    let mut requests = requests.iter();
    let mut answers = Vec::new();
    while !received.is_empty() {
        let Some((mut answer, length)) = read_head(received) else {
            // Where what follows cannot be read, hyper does not wait until the client has taken the refusal of it.
            assert!(requests.all(|last| ask(last).fields.contains_key("connection")));
            break;
        };
        received = &received[length..];
        if answer.status == StatusCode::CONTINUE {
            continue;
        }
        let Some(request) = requests.next() else {
            // What is no request never gets as far as a handler, and is the last that is read.
            assert!([400, 414, 431, 505].contains(&answer.status.as_u16()));
            assert_eq!(answer.field("connection"), Some("close"));
            // When it comes in pieces, hyper may wait for its end and never see one: it is not compared.
            assert!(received.is_empty());
            break;
        };
        let has_content =
            *request.method() != Method::HEAD && ![204, 304].contains(&answer.status.as_u16());
        if has_content {
            let length = answer.field("content-length").unwrap().parse().unwrap();
            let Some((content, rest)) = received.split_at_checked(length) else {
                assert_eq!(answer.field("connection"), Some("close"));
                break;
            };
            received = rest;
            answer.body = content.to_vec();
        }
        compare(request, &answer);
        if answer.field("connection") == Some("close") {
            assert!(received.is_empty());
        }
        answers.push((answer.status, answer.body));
    }
    answers
}

/// The next head and its length; `None` when it is cut off.
fn read_head(received: &[u8]) -> Option<(Answer, usize)> {
    let mut fields = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(length) = head.parse(received).unwrap() else {
        return None;
    };
    let fields = head.headers.iter().map(|field| {
        let name = http::HeaderName::from_bytes(field.name.as_bytes()).unwrap();
        let value = http::HeaderValue::from_bytes(field.value).unwrap();
        (name, value)
    });
    let answer = Answer {
        status: StatusCode::from_u16(head.code.unwrap()).unwrap(),
        fields: fields.collect(),
        body: Vec::new(),
    };
    Some((answer, length))
}

fn compare(request: &Request<()>, answer: &Answer) {
    check(request, answer);
    if request.uri().path() == "/.webserver/health" {
        return;
    }
    let alone = ask(request);
    // Content that has not come yet is no part of a request that is asked alone.
    if ![411, 413, 414, 417].contains(&answer.status.as_u16()) {
        assert_eq!(answer.status, alone.status);
        assert_eq!(answer.body, alone.body);
    }
}

/// A handler that remembers what it is asked.
#[derive(Clone)]
struct Seeing {
    handler: Handler,
    seen: Rc<RefCell<Vec<Request<()>>>>,
}

impl Service<Request<Incoming>> for Seeing {
    type Response = <Handler as Service<Request<Incoming>>>::Response;
    type Error = <Handler as Service<Request<Incoming>>>::Error;
    type Future = <Handler as Service<Request<Incoming>>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Service::<Request<Incoming>>::poll_ready(&mut self.handler, context)
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let mut head = Request::new(());
        *head.method_mut() = request.method().clone();
        *head.uri_mut() = request.uri().clone();
        *head.version_mut() = request.version();
        *head.headers_mut() = request.headers().clone();
        self.seen.borrow_mut().push(head);
        self.handler.call(request)
    }
}
