//! What the targets share: a site, the answers it gives, and what must hold of every one of them.

use std::fs;
use std::ops::Range;
use std::pin::pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use webserver::http::respond;
use webserver::library::game::Game;
use webserver::publish::Slot;
use webserver::site::Site;
use webserver::site::build::BuildOptions;
use webserver::site::last_modified::LastModified;

/// Every file of the site; those of repeated text have codings.
pub fn files() -> &'static [(String, Vec<u8>)] {
    static FILES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let noise = (0..2000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8);
        [
            ("index.html", b"<!doctype html>".repeat(20)),
            ("main.js", b"let score = 0;\n".repeat(100)),
            ("digits.txt", b"0123456789".to_vec()),
            ("empty.dat", Vec::new()),
            ("noise.png", noise.collect()),
            ("levels/index.html", b"levels".to_vec()),
            ("100% \u{4e2d}/index.html", b"chapters".to_vec()),
        ]
        .map(|(name, content)| (name.to_owned(), content))
        .into()
    })
}

/// The slot that holds the site.
pub fn published() -> &'static Slot {
    static PUBLISHED: OnceLock<&'static Slot> = OnceLock::new();
    PUBLISHED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files() {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let game = Game::from_folder(folder.path()).unwrap();
        let date = LastModified::from_unix_seconds(784_111_777); // Sun, 06 Nov 1994 08:49:37 GMT
        let site = Site::build(&game, BuildOptions::default(), date).unwrap();
        let site = site.compressed(None, &|| true).unwrap();
        Slot::start(site)
    })
}

/// An answer, its body read to the end.
pub struct Answer {
    pub status: StatusCode,
    pub fields: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// A field's value, when there is one and it is text.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.to_str().ok()
    }
}

/// What the site answers. Everything it sends is in memory, so that no body ever waits.
pub fn ask(request: &Request<()>) -> Answer {
    let (parts, body) = respond(&published().load().site, request).into_parts();
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(body) = pin!(body.collect()).poll(&mut context) else {
        panic!("a body in memory waits");
    };
    Answer {
        status: parts.status,
        fields: parts.headers,
        body: body.unwrap().to_bytes().to_vec(),
    }
}

/// What must hold of any answer to any request.
pub fn check(request: &Request<()>, answer: &Answer) {
    for value in answer.fields.values() {
        let bytes = value.as_bytes();
        assert!(!bytes.iter().any(u8::is_ascii_control), "{value:?}");
        assert_eq!(bytes, bytes.trim_ascii());
    }
    check_length(request.method(), answer);
    let has_place = answer.fields.contains_key("content-range");
    match answer.status {
        StatusCode::OK | StatusCode::NO_CONTENT => assert!(!has_place),
        StatusCode::PARTIAL_CONTENT => {
            assert_eq!(request.method(), Method::GET);
            assert!(request.headers().contains_key("range"));
        }
        StatusCode::NOT_MODIFIED => {
            assert!(answer.fields.contains_key("etag") && !has_place);
            let conditions = ["if-none-match", "if-modified-since"];
            assert!(
                conditions
                    .iter()
                    .any(|name| request.headers().contains_key(*name))
            );
        }
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => check_redirect(answer),
        StatusCode::METHOD_NOT_ALLOWED => assert!(answer.fields.contains_key("allow")),
        StatusCode::RANGE_NOT_SATISFIABLE => {
            assert!(
                answer
                    .field("content-range")
                    .unwrap()
                    .starts_with("bytes */")
            );
        }
        status => {
            assert!(
                [400, 404, 406, 411, 412, 413, 414, 417, 501].contains(&status.as_u16()),
                "{status}"
            );
            assert!(!has_place);
        }
    }
}

/// RFC 9110, 8.6: what a `HEAD` is told is for `GET`; 204 and 304 are told nothing.
fn check_length(method: &Method, answer: &Answer) {
    let said = answer
        .field("content-length")
        .map(|length| length.parse().unwrap());
    let has_no_content = [204, 304].contains(&answer.status.as_u16());
    if method == Method::HEAD || has_no_content {
        assert!(answer.body.is_empty());
        assert_eq!(said.is_none(), has_no_content);
    } else {
        assert_eq!(said, Some(answer.body.len()));
    }
}

/// A redirect stays on this site and leads to a page.
fn check_redirect(answer: &Answer) {
    let location = answer.fields["location"].as_bytes();
    assert!(location.starts_with(b"/") && !location.starts_with(b"//"));
    let path = location.split(|byte| *byte == b'?').next().unwrap();
    let request = Request::get(path).header("host", "a").body(()).unwrap();
    assert_eq!(ask(&request).status, StatusCode::OK);
}

/// The parts of a 206 with their places; `None` for another answer.
pub fn parts(answer: &Answer) -> Option<Vec<(Range<usize>, &[u8])>> {
    if answer.status != StatusCode::PARTIAL_CONTENT {
        return None;
    }
    let media_type = answer.field("content-type")?;
    let Some(boundary) = media_type.strip_prefix("multipart/byteranges; boundary=") else {
        let place = place(answer.field("content-range")?);
        return Some(vec![(place, &answer.body)]);
    };
    assert!(!answer.fields.contains_key("content-range"));
    let delimiter = format!("\r\n--{boundary}");
    let mut pieces = split(&answer.body, delimiter.as_bytes());
    assert_eq!(pieces.remove(0), b"");
    assert_eq!(pieces.pop(), Some(&b"--\r\n"[..]));
    Some(pieces.into_iter().map(part).collect())
}

fn part(piece: &[u8]) -> (Range<usize>, &[u8]) {
    let end = piece
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = std::str::from_utf8(&piece[..end]).unwrap();
    let value = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Range: "));
    (place(value.unwrap()), &piece[end + 4..])
}

/// `bytes 0-1/10` as 0 to 2.
fn place(value: &str) -> Range<usize> {
    let (place, _length) = value
        .strip_prefix("bytes ")
        .unwrap()
        .split_once('/')
        .unwrap();
    let (first, last) = place.split_once('-').unwrap();
    first.parse().unwrap()..last.parse::<usize>().unwrap() + 1
}

fn split<'a>(mut bytes: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = bytes
        .windows(delimiter.len())
        .position(|window| window == delimiter)
    {
        pieces.push(&bytes[..at]);
        bytes = &bytes[at + delimiter.len()..];
    }
    pieces.push(bytes);
    pieces
}
