//! Any well-formed head gets a consistent answer.
#![no_main]

use http::{HeaderName, HeaderValue, Method, Request, Version};
use libfuzzer_sys::{Corpus, fuzz_target};
use webserver_fuzz::{ask, check};

fuzz_target!(|head: &[u8]| -> Corpus {
    let Some(mut request) = read(head) else {
        return Corpus::Reject;
    };
    check(&request, &ask(&request));
    request.headers_mut().remove("range");
    // HEAD states the size of the file, whatever codings the client takes.
    request.headers_mut().remove("accept-encoding");
    check_head(request);
    Corpus::Keep
});

/// RFC 9110, 9.3.2: HEAD gets the fields of GET.
fn check_head(mut request: Request<()>) {
    *request.method_mut() = Method::GET;
    let get = ask(&request);
    check(&request, &get);
    *request.method_mut() = Method::HEAD;
    let head = ask(&request);
    check(&request, &head);
    assert_eq!(head.status, get.status);
    assert_eq!(head.fields, get.fields);
}

fn read(head: &[u8]) -> Option<Request<()>> {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut fields);
    parsed.parse(head).ok()?;
    let mut request = Request::new(());
    *request.method_mut() = Method::from_bytes(parsed.method?.as_bytes()).ok()?;
    *request.uri_mut() = parsed.path?.parse().ok()?;
    *request.version_mut() = match parsed.version? {
        0 => Version::HTTP_10,
        _ => Version::HTTP_11,
    };
    for field in parsed.headers.iter() {
        let name = HeaderName::from_bytes(field.name.as_bytes()).ok()?;
        let value = HeaderValue::from_bytes(field.value).ok()?;
        request.headers_mut().append(name, value);
    }
    Some(request)
}
