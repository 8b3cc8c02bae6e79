//! Any bytes on a connection are answered by whole responses, each the one that its request gets alone, and the
//! connection ends.
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
use webserver::http::service::{Handler, RequestLimits};
use webserver::metrics::counters::Counters;
use webserver::server::Server;
use webserver::server::limits::Limits;
use webserver_fuzz::{Answer, ask, check, published};

fuzz_target!(|sent: &[u8]| {
    let whole = exchange(sent, sent.len(), End::Silence);
    let pieces = exchange(sent, 1 + sent.len() % 16, End::Silence);
    assert_eq!(whole, pieces, "the answers depend on how the bytes arrive");
    exchange(sent, sent.len(), End::Closed);
});

// They last as long as the process: one of each for all exchanges.
static COUNTERS: LazyLock<&Counters> = LazyLock::new(Counters::start);
static SERVER: LazyLock<Server> = LazyLock::new(|| Server::new(Limits::default(), *COUNTERS));
static HANDLER: LazyLock<Handler> =
    LazyLock::new(|| Handler::new(published(), RequestLimits::default(), *COUNTERS));

/// The client's behaviour after it has sent everything.
#[derive(PartialEq)]
enum End {
    Silence,
    Closed,
}

/// Sends the bytes in pieces of this size, checks the answers, and returns them.
fn exchange(sent: &[u8], size: usize, end: End) -> Vec<(StatusCode, Vec<u8>)> {
    let recorded = Rc::new(RefCell::new(Vec::new()));
    let service = Recording {
        handler: *HANDLER,
        recorded: Rc::clone(&recorded),
    };
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
                // The server may leave the rest unread after it refuses a request.
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
    read_answers(&received, &recorded.borrow())
}

/// Reads and checks the answers to the requests, one after the other.
fn read_answers(mut received: &[u8], requests: &[Request<()>]) -> Vec<(StatusCode, Vec<u8>)> {
    let mut requests = requests.iter();
    let mut answers = Vec::new();
    while !received.is_empty() {
        let Some((mut answer, length)) = read_head(received) else {
            // hyper does not wait until the client has taken the refusal of a malformed request, or the answer before it.
            assert!(requests.count() <= 1);
            break;
        };
        received = &received[length..];
        if answer.status == StatusCode::CONTINUE {
            continue;
        }
        let Some(request) = requests.next() else {
            // A malformed request never reaches the handler, and is the last one read.
            assert!([400, 414, 431, 505].contains(&answer.status.as_u16()));
            assert_eq!(answer.field("connection"), Some("close"));
            // In pieces, hyper may wait for an end that never comes, so it is not compared.
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

/// The next head and its length; `None` if it is cut off.
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
    // A request that is asked alone has no content, so none that is broken or cut off.
    let fields = [http::header::TRANSFER_ENCODING, http::header::CONTENT_LENGTH];
    let is_broken = answer.status == StatusCode::BAD_REQUEST
        && fields.iter().any(|name| request.headers().contains_key(name));
    if !is_broken && ![411, 413, 414, 417].contains(&answer.status.as_u16()) {
        assert_eq!(answer.status, alone.status);
        assert_eq!(answer.body, alone.body);
    }
}

/// A handler that records its requests.
#[derive(Clone)]
struct Recording {
    handler: Handler,
    recorded: Rc<RefCell<Vec<Request<()>>>>,
}

impl Service<Request<Incoming>> for Recording {
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
        self.recorded.borrow_mut().push(head);
        self.handler.call(request)
    }
}
