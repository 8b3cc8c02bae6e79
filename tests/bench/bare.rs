//! The cost of hyper and tokio by themselves: answers that were put together beforehand, looked up by path and sent, with the
//! fields that webserver sends, but without its limits, counters and ranges, and with no condition but an equal tag.
//! `cargo bench --bench bare -- PORT FOLDER`
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs;
use std::future::ready;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use mimalloc::MiMalloc;
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The fields and bytes at each path.
struct Answers {
    found: HashMap<String, (HeaderMap, Bytes)>,
    missing: (HeaderMap, Bytes),
}

fn main() {
    let words: Vec<_> = std::env::args().skip(1).collect();
    // `cargo bench` and `cargo test` start it without a port.
    let Some((Ok(port), folder)) = words
        .first()
        .zip(words.get(1))
        .map(|(port, folder)| (port.parse(), folder))
    else {
        return;
    };
    let answers = Arc::new(answers(folder));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    // On a worker, where connections are served too.
    runtime
        .block_on(runtime.spawn(serve(port, answers)))
        .unwrap();
}

fn answers(folder: &str) -> Answers {
    let constant = HeaderValue::from_static;
    // What differs from file to file, and so is counted by its owners.
    let own = |value: &str| value.parse::<HeaderValue>().unwrap();
    let answer = |entry: fs::DirEntry| {
        let bytes = Bytes::from(fs::read(entry.path()).unwrap());
        let fields = [
            (header::CONTENT_TYPE, constant("text/html; charset=utf-8")),
            (header::CONTENT_LENGTH, HeaderValue::from(bytes.len())),
            (header::ETAG, own("\"af1349b9f5f9a1a6a0404dea36dcc949\"")),
            (header::LAST_MODIFIED, own("Sun, 06 Nov 1994 08:49:37 GMT")),
            (header::CACHE_CONTROL, constant("no-cache")),
            (header::VARY, constant("Accept-Encoding")),
            (header::ACCEPT_RANGES, constant("bytes")),
            (header::X_CONTENT_TYPE_OPTIONS, constant("nosniff")),
        ];
        let path = format!("/{}", entry.file_name().to_str().unwrap());
        (path, (fields.into_iter().collect(), bytes))
    };
    let bytes = Bytes::from("Nothing is here. On the air: Game\n".to_owned());
    let fields = [
        (header::CONTENT_TYPE, constant("text/plain; charset=utf-8")),
        (header::CONTENT_LENGTH, HeaderValue::from(bytes.len())),
        (header::CACHE_CONTROL, constant("no-cache")),
        (header::VARY, constant("Accept, Accept-Language")),
        (header::X_CONTENT_TYPE_OPTIONS, constant("nosniff")),
    ];
    let entries = fs::read_dir(folder).unwrap();
    Answers {
        found: entries.map(|entry| answer(entry.unwrap())).collect(),
        missing: (fields.into_iter().collect(), bytes),
    }
}

fn respond(answers: &Answers, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let (status, (fields, bytes)) = match answers.found.get(request.uri().path()) {
        Some(answer) => (StatusCode::OK, answer),
        None => (StatusCode::NOT_FOUND, &answers.missing),
    };
    let mut response = Response::new(Full::default());
    let tag = request.headers().get(header::IF_NONE_MATCH);
    if tag.is_some_and(|tag| Some(tag) == fields.get(header::ETAG)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        for name in [header::ETAG, header::CACHE_CONTROL, header::VARY] {
            let value = fields[&name].clone();
            response.headers_mut().insert(name, value);
        }
        return response;
    }
    *response.status_mut() = status;
    *response.headers_mut() = fields.clone();
    *response.body_mut() = Full::new(bytes.clone());
    response
}

async fn serve(port: u16, answers: Arc<Answers>) {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let answers = Arc::clone(&answers);
        let service =
            service_fn(move |request| ready(Ok::<_, Infallible>(respond(&answers, &request))));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}
