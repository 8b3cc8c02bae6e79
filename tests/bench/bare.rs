//! What hyper and tokio cost by themselves: answers that were put together beforehand, looked up by path and sent, without
//! limits, without a log, without conditions or ranges. `cargo bench --bench bare -- PORT FOLDER`
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
type Answers = HashMap<String, (HeaderMap, Bytes)>;

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
    let answer = |entry: fs::DirEntry| {
        let bytes = Bytes::from(fs::read(entry.path()).unwrap());
        let constant = HeaderValue::from_static;
        let fields = [
            (header::CONTENT_TYPE, constant("text/html; charset=utf-8")),
            (header::CONTENT_LENGTH, HeaderValue::from(bytes.len())),
            (
                header::ETAG,
                constant("\"af1349b9f5f9a1a6a0404dea36dcc949\""),
            ),
            (
                header::LAST_MODIFIED,
                constant("Sun, 06 Nov 1994 08:49:37 GMT"),
            ),
            (header::CACHE_CONTROL, constant("no-cache")),
            (header::VARY, constant("Accept-Encoding")),
            (header::ACCEPT_RANGES, constant("bytes")),
            (header::X_CONTENT_TYPE_OPTIONS, constant("nosniff")),
        ];
        let path = format!("/{}", entry.file_name().to_str().unwrap());
        (path, (fields.into_iter().collect(), bytes))
    };
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| answer(entry.unwrap())).collect()
}

async fn serve(port: u16, answers: Arc<Answers>) {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let answers = Arc::clone(&answers);
        let service = service_fn(move |request: Request<Incoming>| {
            let mut response = Response::new(Full::default());
            match answers.get(request.uri().path()) {
                Some((fields, bytes)) => {
                    *response.headers_mut() = fields.clone();
                    *response.body_mut() = Full::new(bytes.clone());
                }
                None => *response.status_mut() = StatusCode::NOT_FOUND,
            }
            ready(Ok::<_, Infallible>(response))
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}
