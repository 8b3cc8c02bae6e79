//! For any `Range`, the bytes sent are the file's, each once, at the stated offset.
#![no_main]

use http::{HeaderValue, Request, StatusCode};
use libfuzzer_sys::{Corpus, fuzz_target};
use webserver_fuzz::{Answer, ask, check, files, parts};

fuzz_target!(|value: &[u8]| -> Corpus {
    let Ok(value) = HeaderValue::from_bytes(value) else {
        return Corpus::Reject;
    };
    for name in ["digits.txt", "empty.dat", "noise.png", "levels/index.html"] {
        let request = Request::get(format!("/{name}"))
            .header("host", "localhost")
            .header("range", &value);
        let request = request.body(()).unwrap();
        let answer = ask(&request);
        check(&request, &answer);
        check_range(&value, content(name), &answer);
    }
    Corpus::Keep
});

fn content(name: &str) -> &'static [u8] {
    let file = files().iter().find(|(known, _)| known == name);
    &file.unwrap().1
}

fn check_range(value: &HeaderValue, content: &[u8], answer: &Answer) {
    let unit = value.as_bytes().split(|byte| *byte == b'=').next();
    if !unit.unwrap().trim_ascii().eq_ignore_ascii_case(b"bytes") {
        assert_eq!(answer.status, StatusCode::OK);
    }
    let Some(mut parts) = parts(answer) else {
        let length = content.len();
        match answer.status {
            StatusCode::OK => assert_eq!(answer.body, content),
            StatusCode::RANGE_NOT_SATISFIABLE => {
                let expected = format!("bytes */{length}");
                assert_eq!(answer.field("content-range"), Some(expected.as_str()));
            }
            status => panic!("{status}"),
        }
        return;
    };
    assert!(!parts.is_empty() && parts.len() <= 16);
    for (range, bytes) in &parts {
        assert!(!bytes.is_empty());
        assert_eq!(&content[range.clone()], *bytes);
    }
    parts.sort_by_key(|(range, _)| range.start);
    let are_apart = |pair: &[(std::ops::Range<usize>, _)]| pair[0].0.end < pair[1].0.start;
    assert!(parts.windows(2).all(are_apart));
}
