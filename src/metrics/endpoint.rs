//! The service for Prometheus, which has a listener of its own.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use tower_service::Service;

use crate::metrics::counters::Counters;
use crate::metrics::exposition::MEDIA_TYPE;

/// A service that answers `GET /metrics` only.
#[derive(Clone, Copy, Debug)]
pub struct Metrics {
    counters: &'static Counters,
}

impl Metrics {
    /// A service for these counters.
    pub fn new(counters: &'static Counters) -> Self {
        Self { counters }
    }

    fn respond<B>(self, request: &Request<B>) -> Response<Full<Bytes>> {
        let (status, media_type, content) = match (request.method(), request.uri().path()) {
            (&Method::GET, "/metrics") => (StatusCode::OK, MEDIA_TYPE, self.counters.metrics()),
            (&Method::GET, _) => (
                StatusCode::NOT_FOUND,
                "text/plain; charset=utf-8",
                "404: /metrics\n".to_owned(),
            ),
            _ => (
                StatusCode::METHOD_NOT_ALLOWED,
                "text/plain; charset=utf-8",
                String::new(),
            ),
        };
        let mut response = Response::new(Full::from(content));
        *response.status_mut() = status;
        let fields = response.headers_mut();
        fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::METHOD_NOT_ALLOWED {
            fields.insert(header::ALLOW, HeaderValue::from_static("GET"));
        }
        response
    }
}

impl<B> Service<Request<B>> for Metrics {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        ready(Ok(self.respond(&request)))
    }
}
