//! `HEAD` (RFC 9110, 9.3.2): it is told what `GET` in no coding is told, unless that is refused, and sent nothing.

use std::sync::OnceLock;

use http::{HeaderName, HeaderValue, Method, Request, Version};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use webserver::site::Site;
use webserver::site::last_modified::LastModified;

use super::{PUBLISHED, PUBLISHED_SECONDS, answer, config, site};

fn served() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| {
        let script = "let score = 0;\n".repeat(100);
        let files = [
            ("index.html", "page"),
            ("main.js", &script),
            ("empty.txt", ""),
            ("levels/index.html", "levels"),
        ];
        let date = LastModified::from_unix_seconds(PUBLISHED_SECONDS);
        let site = site(
            files.map(|(name, content)| (name, content.as_bytes())),
            date,
        );
        site.compressed(None, &|| true).unwrap()
    })
}

fn target() -> impl Strategy<Value = String> {
    let known = [
        "/",
        "/main.js",
        "/main.js?v=1",
        "/empty.txt",
        "/levels",
        "/levels/",
        "/nothing",
        "/a/../b",
        "/a%00",
        "http://localhost/main.js",
    ];
    prop_oneof![
        6 => select(known.to_vec()).prop_map(str::to_owned),
        1 => "/[!-;=@-Z_a-z~]{0,12}",
        1 => (8190..8200_usize).prop_map(|length| format!("/{}", "x".repeat(length))),
    ]
}

fn field() -> impl Strategy<Value = (HeaderName, HeaderValue)> {
    let known = [
        ("accept-encoding", "gzip, br"),
        ("accept-encoding", "*;q=0"),
        ("accept", "text/html"),
        ("accept-language", "zh-CN"),
        ("if-match", "\"x\""),
        ("if-none-match", "*"),
        ("if-modified-since", PUBLISHED[0]),
        ("if-unmodified-since", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("transfer-encoding", "chunked"),
        ("host", "two"),
    ];
    let names = known.map(|(name, _)| name);
    let known = select(known.to_vec()).prop_map(|(name, value)| (name, value.as_bytes().to_vec()));
    let any_value = vec(any::<u8>(), 0..12);
    prop_oneof![3 => known, 2 => (select(names.to_vec()), any_value)].prop_filter_map(
        "not a value",
        |(name, value)| {
            Some((
                HeaderName::from_static(name),
                HeaderValue::from_bytes(&value).ok()?,
            ))
        },
    )
}

proptest! {
    #![proptest_config(config(10_000))]

    #[test]
    fn head_has_the_fields_of_get(
        target in target(),
        version in select(&[Version::HTTP_10, Version::HTTP_11, Version::HTTP_11]),
        fields in vec(field(), 0..4),
    ) {
        let mut request = Request::builder().version(version).uri(&target).header("host", "localhost");
        for (name, value) in fields {
            request = request.header(name, value);
        }
        let mut request = request.body(()).unwrap();
        *request.method_mut() = Method::HEAD;
        let head = answer(served(), &request);
        *request.method_mut() = Method::GET;
        let mut get = answer(served(), &request);
        prop_assert_eq!(head.status, get.status);
        if head.field("etag") != get.field("etag") {
            let identity = HeaderValue::from_static("identity");
            request.headers_mut().insert("accept-encoding", identity);
            get = answer(served(), &request);
        }
        prop_assert_eq!(head.status, get.status);
        prop_assert_eq!(&head.fields, &get.fields);
        prop_assert_eq!(&head.body, b"", "{}", head.status);
        if get.status != 304 {
            prop_assert_eq!(get.field("content-length"), get.body.len().to_string());
        }
    }
}
