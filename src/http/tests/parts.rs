//! Range requests (RFC 9110, 14).

use crate::http::tests::{FILES, ask, field, site, text};
use http::StatusCode;

#[test]
fn one_part_is_sent_with_its_content_range() {
    let site = site(FILES);
    for (range, expected, place) in [
        ("bytes=0-1", "01", "bytes 0-1/10"),
        ("bytes=4-", "456789", "bytes 4-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"),
        ("bytes=-99", "0123456789", "bytes 0-9/10"),
    ] {
        let response = ask(&site, &format!("GET /main.js\nrange: {range}"));
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(field(response.headers(), "content-range"), place);
        let length = expected.len().to_string();
        assert_eq!(field(response.headers(), "content-length"), length);
        assert_eq!(text(response), expected);
    }
}

#[test]
fn unsatisfiable_ranges_get_416_and_malformed_ones_are_ignored() {
    let site = site(FILES);
    let response = ask(&site, "GET /main.js\nrange: bytes=10-");
    assert_eq!(response.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(field(response.headers(), "content-range"), "bytes */10");
    for request in [
        "GET /main.js\nrange: lines=0-1",
        "GET /main.js\nrange: bytes=x",
        "GET /main.js\nrange: bytes=0-1\nif-range: \"x\"",
        "HEAD /main.js\nrange: bytes=0-1", // RFC 9110, 14.2: for GET alone
    ] {
        let response = ask(&site, request);
        assert_eq!(response.status(), StatusCode::OK, "{request}");
        assert_eq!(field(response.headers(), "content-length"), "10");
    }
}

#[test]
fn several_parts_are_sent_as_multipart() {
    // The form of RFC 9110, 14.6.
    let response = ask(&site(FILES), "GET /main.js\nrange: bytes=0-1, -1");
    assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(field(response.headers(), "content-range"), "");
    let media_type = field(response.headers(), "content-type").to_owned();
    let boundary = media_type
        .strip_prefix("multipart/byteranges; boundary=")
        .unwrap();
    let length: usize = field(response.headers(), "content-length").parse().unwrap();
    let body = text(response);
    let part = "Content-Type: text/javascript; charset=utf-8\r\nContent-Range: bytes";
    assert_eq!(
        body,
        format!(
            "\r\n--{boundary}\r\n{part} 0-1/10\r\n\r\n01\
             \r\n--{boundary}\r\n{part} 9-9/10\r\n\r\n9\
             \r\n--{boundary}--\r\n"
        )
    );
    assert_eq!(length, body.len());
}
