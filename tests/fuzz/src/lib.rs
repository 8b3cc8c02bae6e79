//! Shared by the targets: a site, its answers, and the rules that hold for each of them.

pub mod framing;

use std::fs;
use std::ops::Range;
use std::pin::pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use webserver::http::answer::answer;
use webserver::library::game::Game;
use webserver::publish::slot::Slot;
use webserver::site::Site;
use webserver::site::options::BuildOptions;
use webserver::site::progress::BuildProgress;
use webserver::site::last_modified::LastModified;

/// The files of the site; those of repeated text have codings.
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
        let progress = BuildProgress::default();
        let mut site = Site::build(&game, BuildOptions::default(), None, &progress).unwrap();
        site.publish_at(date);
        let site = site.compressed(None, &|| true).unwrap();
        Slot::start(site)
    })
}

/// An answer with its whole body.
pub struct Answer {
    pub status: StatusCode,
    pub fields: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// A field's value, if it is text.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.to_str().ok()
    }
}

/// The answer of the site. All its files are in memory, so no body waits.
pub fn ask(request: &Request<()>) -> Answer {
    let (parts, body) = answer(published().load().current(), request).into_parts();
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

/// The rules for any answer to any request.
pub fn check(request: &Request<()>, answer: &Answer) {
    for value in answer.fields.values() {
        let bytes = value.as_bytes();
        assert!(!bytes.iter().any(u8::is_ascii_control), "{value:?}");
        assert_eq!(bytes, bytes.trim_ascii());
    }
    check_length(request.method(), answer);
    let has_range = answer.fields.contains_key("content-range");
    match answer.status {
        StatusCode::OK | StatusCode::NO_CONTENT => assert!(!has_range),
        StatusCode::PARTIAL_CONTENT => {
            assert_eq!(request.method(), Method::GET);
            assert!(request.headers().contains_key("range"));
        }
        StatusCode::NOT_MODIFIED => {
            assert!(answer.fields.contains_key("etag") && !has_range);
            let conditions = ["if-none-match", "if-modified-since"];
            assert!(
                conditions
                    .iter()
                    .any(|name| request.headers().contains_key(*name))
            );
        }
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => {
            check_redirect(request, answer);
        }
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
            assert!(!has_range);
        }
    }
}

/// RFC 9110, 8.6: `Content-Length` of a response to HEAD is that of GET; 204 and 304 have none.
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

/// A redirect is relative and leads to a page of this site.
fn check_redirect(request: &Request<()>, answer: &Answer) {
    let location = answer.field("location").unwrap();
    let base = format!("http://localhost{}", request.uri().path());
    let base = url::Url::parse(&base).unwrap();
    let page = base.join(location).unwrap();
    assert_eq!(page.host_str(), Some("localhost"));
    let request = Request::get(page.path()).header("host", "a").body(()).unwrap();
    assert_eq!(ask(&request).status, StatusCode::OK);
}

/// The parts of a 206 with their ranges; `None` for another answer.
pub fn parts(answer: &Answer) -> Option<Vec<(Range<usize>, &[u8])>> {
    if answer.status != StatusCode::PARTIAL_CONTENT {
        return None;
    }
    let media_type = answer.field("content-type")?;
    let Some(boundary) = media_type.strip_prefix("multipart/byteranges; boundary=") else {
        let range = content_range(answer.field("content-range")?);
        return Some(vec![(range, &answer.body)]);
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
    (content_range(value.unwrap()), &piece[end + 4..])
}

/// Reads `bytes 0-1/10` as 0..2.
fn content_range(value: &str) -> Range<usize> {
    let (range, _length) = value
        .strip_prefix("bytes ")
        .unwrap()
        .split_once('/')
        .unwrap();
    let (first, last) = range.split_once('-').unwrap();
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
