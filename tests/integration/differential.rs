//! The same requests to `respond` and to tower-http's `ServeDir` over the same folder. Where RFC 9110 decides, they
//! agree; where they do not, there is a reason, and each is in [`Why`].

mod random;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};

use http::{Method, Request, Version};
use http_body_util::BodyExt;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower_http::services::ServeDir;
use tower_service::Service;
use webserver::library::game::Game;
use webserver::site::Site;
use webserver::site::last_modified::LastModified;
use webserver::site::options::BuildOptions;
use webserver::site::progress::BuildProgress;

use crate::properties::{Answer, PUBLISHED, PUBLISHED_SECONDS, answer, multipart, write};

/// The reason for a difference, with the section that permits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// RFC 9110, 14.2: `Range` is for `GET` alone.
    RangeOfHead,
    /// RFC 9110, 13.1.5: a range of what the client has not is the whole. `ServeDir` does not look at `If-Range`.
    IfRange,
    /// RFC 9110, 15.3.7.2: several ranges are several parts, or one when they touch; `ServeDir` refuses them.
    SeveralRanges,
    /// RFC 9110, 14.2: another unit must be ignored, and a set that cannot be read may be; `ServeDir` refuses both.
    UnreadableRange,
    /// RFC 9110, 14.1.1: positions are any number of digits, and the unit's name is of either case.
    UnusualRange,
    /// RFC 9110, 14.1.2: a suffix longer than the file is the whole file, also of an empty one.
    LongSuffix,
    /// RFC 9110, 14.1.2 and 15.5.17: an empty file has no part. `ServeDir` sends a first byte that is not there.
    EmptyFile,
    /// RFC 9110, 13.1.1: no tag is among none.
    EmptyIfMatch,
    /// RFC 9110, 5.3: lines of one field are one list. `ServeDir` reads the first.
    RepeatedField,
    /// RFC 9110, 13.1.3: a date that is several is ignored.
    RepeatedDate,
    /// RFC 9110, 12.5.3 and 15.5.7: what is refused is not sent.
    NotAcceptable,
    /// RFC 9110, 15.4.9: the address of a folder does not change, nor may the method.
    PermanentRedirect,
    /// A game made on Windows asks for its files in any case.
    AnotherCase,
    /// A folder without a page is nothing, with a slash or without.
    FolderWithoutPage,
    /// RFC 9110, 9.3.7: `OPTIONS` says what there is.
    BuildOptions,
    /// RFC 9110, 15.6.2: a method that nobody knows is not implemented, rather than not allowed here.
    UnknownMethod,
    /// RFC 9112, 3.2: a request without exactly one host is a bad one.
    Host,
    /// RFC 3986, 6.2.2.3: clients take dot segments out; one that is left, and a control character or what is not
    /// UTF-8, is a mistake of the client's (RFC 9110, 15.5.1), not the name of something missing.
    BadPath,
    /// Players may not have what is hidden or outside of the game's folder.
    NotPublished,
    /// RFC 9110, 8.3: the types that browsers and engines need, where the table of `ServeDir` has others.
    MediaType,
}

/// Requests that both answer alike.
const AGREED: &[&str] = &[
    "GET /",
    "GET /digits.txt\ntransfer-encoding: chunked",
    "GET /index.html",
    "GET /?lang=zh",
    "GET /main.js?v=1.0&cachebust=%zz",
    "GET http://localhost/main.js",
    "GET /levels/",
    "GET /levels/?a=b",
    "GET /levels/1%20+%201%20=%20100%25.json",
    "GET /levels%2Findex.html",
    "GET /%E4%B8%AD%E6%96%87%20%231%3F.png",
    "GET //main.js",
    "GET /levels//index.html",
    "GET /empty.txt",
    "HEAD /",
    "HEAD /main.js",
    "HEAD /empty.txt",
    "GET /nothing",
    "HEAD /nothing",
    "GET /main.js/",
    "GET /100%.png",
    "GET /main.js%5C",
    "GET /assets/",
    "GET /main.js/more",
    "GET /digits.txt\nrange: bytes=0-0",
    "GET /digits.txt\nrange: bytes=3-6",
    "GET /digits.txt\nrange: bytes=3-99",
    "GET /digits.txt\nrange: bytes=9-",
    "GET /digits.txt\nrange: bytes=-3",
    "GET /digits.txt\nrange: bytes=-10",
    "GET /digits.txt\nrange: bytes=-0",
    "GET /digits.txt\nrange: bytes=10-",
    "GET /digits.txt\nrange: bytes=10-20",
    "GET /digits.txt\nrange: bytes=0-1\nif-range: {tag}",
    "GET /digits.txt\nif-none-match: {tag}",
    "HEAD /digits.txt\nif-none-match: {tag}",
    "GET /digits.txt\nif-none-match: W/{tag}",
    "GET /digits.txt\nif-none-match: \"a,b\", {tag}",
    "GET /digits.txt\nif-none-match: *",
    "GET /digits.txt\nif-none-match: \"x\"",
    "GET /digits.txt\nif-none-match: \"x\"\nif-modified-since: Sun, 06 Nov 1994 08:49:37 GMT",
    "GET /digits.txt\nif-match: {tag}",
    "GET /digits.txt\nif-match: *",
    "GET /digits.txt\nif-match: \"x\"",
    "GET /digits.txt\nif-match: W/{tag}",
    "GET /digits.txt\nif-match: \"x\"\nif-none-match: *",
    "GET /digits.txt\nif-modified-since: Sun, 06 Nov 1994 08:49:37 GMT",
    "GET /digits.txt\nif-modified-since: Sunday, 06-Nov-94 08:49:37 GMT",
    "GET /digits.txt\nif-modified-since: Sun Nov  6 08:49:36 1994",
    "GET /digits.txt\nif-modified-since: yesterday",
    "GET /digits.txt\nif-unmodified-since: Sun, 06 Nov 1994 08:49:36 GMT",
    "GET /digits.txt\nif-unmodified-since: Sun, 06 Nov 1994 08:49:37 GMT",
    "GET /digits.txt\nif-match: {tag}\nif-unmodified-since: Sun, 06 Nov 1994 08:49:36 GMT",
    "GET /digits.txt\nif-match: \"x\"\nrange: bytes=0-1",
    "GET /digits.txt\nif-none-match: {tag}\nrange: bytes=99-",
    "GET /nothing\nif-match: *",
    "GET /nothing\nrange: bytes=0-1",
];

/// Requests that they answer differently: why, how we do, and how `ServeDir` does.
const DIFFERENCES: &[(Why, &str, &str, &str)] = &[
    (
        Why::RangeOfHead,
        "HEAD /digits.txt\nrange: bytes=0-1",
        "200 text/plain 10",
        "206 bytes 0-1/10 text/plain 2",
    ),
    (
        Why::RangeOfHead,
        "HEAD /digits.txt\nrange: bytes=10-",
        "200 text/plain 10",
        "416 bytes */10",
    ),
    (
        Why::IfRange,
        "GET /digits.txt\nrange: bytes=0-1\nif-range: \"x\"",
        "200 text/plain 10 0123456789",
        "206 bytes 0-1/10 text/plain 2 01",
    ),
    (
        Why::IfRange,
        "GET /digits.txt\nrange: bytes=0-1\nif-range: W/{tag}",
        "200 text/plain 10 0123456789",
        "206 bytes 0-1/10 text/plain 2 01",
    ),
    (
        Why::IfRange,
        "GET /digits.txt\nrange: bytes=10-\nif-range: \"x\"",
        "200 text/plain 10 0123456789",
        "416 bytes */10",
    ),
    (
        Why::SeveralRanges,
        "GET /digits.txt\nrange: bytes=0-1,-1",
        "206 parts 0-1/10 01 9-9/10 9",
        "416 bytes */10",
    ),
    (
        Why::SeveralRanges,
        "GET /digits.txt\nrange: bytes=2-3,0-1",
        "206 bytes 0-3/10 text/plain 4 0123",
        "416 bytes */10",
    ),
    (
        Why::UnreadableRange,
        "GET /digits.txt\nrange: lines=0-1",
        "200 text/plain 10 0123456789",
        "416 bytes */10",
    ),
    (
        Why::UnreadableRange,
        "GET /digits.txt\nrange: bytes=6-3",
        "200 text/plain 10 0123456789",
        "416 bytes */10",
    ),
    (
        Why::UnreadableRange,
        "GET /digits.txt\nrange: bytes=x",
        "200 text/plain 10 0123456789",
        "416 bytes */10",
    ),
    (
        Why::UnusualRange,
        "GET /digits.txt\nrange: bytes=00-01",
        "206 bytes 0-1/10 text/plain 2 01",
        "416 bytes */10",
    ),
    (
        Why::UnusualRange,
        "GET /digits.txt\nrange: bytes=8-99999999999999999999",
        "206 bytes 8-9/10 text/plain 2 89",
        "416 bytes */10",
    ),
    (
        Why::UnusualRange,
        "GET /digits.txt\nrange: Bytes=0-1",
        "206 bytes 0-1/10 text/plain 2 01",
        "416 bytes */10",
    ),
    (
        Why::LongSuffix,
        "GET /digits.txt\nrange: bytes=-11",
        "206 bytes 0-9/10 text/plain 10 0123456789",
        "416 bytes */10",
    ),
    (
        Why::LongSuffix,
        "GET /empty.txt\nrange: bytes=-5",
        "200 text/plain 0",
        "416 bytes */0",
    ),
    (
        Why::EmptyFile,
        "GET /empty.txt\nrange: bytes=0-",
        "416 bytes */0",
        "206 bytes 0-0/0 text/plain 0",
    ),
    (
        Why::EmptyIfMatch,
        "GET /digits.txt\nif-match: ",
        "412",
        "200 text/plain 10 0123456789",
    ),
    (
        Why::RepeatedField,
        "GET /digits.txt\nif-none-match: \"x\"\nif-none-match: {tag}",
        "304",
        "200 text/plain 10 0123456789",
    ),
    (
        Why::RepeatedField,
        "GET /digits.txt\nif-match: \"x\"\nif-match: {tag}",
        "200 text/plain 10 0123456789",
        "412",
    ),
    (
        Why::RepeatedField,
        "GET /digits.txt\nrange: bytes=0-1\nrange: bytes=4-5",
        "200 text/plain 10 0123456789",
        "206 bytes 0-1/10 text/plain 2 01",
    ),
    (
        Why::RepeatedDate,
        "GET /digits.txt\nif-modified-since: Sun, 06 Nov 1994 08:49:37 GMT\nif-modified-since: x",
        "200 text/plain 10 0123456789",
        "304",
    ),
    (
        Why::NotAcceptable,
        "GET /digits.txt\naccept-encoding: identity;q=0",
        "406",
        "200 text/plain 10 0123456789",
    ),
    (
        Why::PermanentRedirect,
        "GET /levels?a=1",
        "308 levels/?a=1",
        "307 /levels/?a=1",
    ),
    (
        Why::AnotherCase,
        "GET /Main.js",
        "200 text/javascript 10 let a = 0;",
        "404",
    ),
    (Why::FolderWithoutPage, "GET /assets", "404", "307 /assets/"),
    (
        Why::BuildOptions,
        "OPTIONS /",
        "204 GET, HEAD, OPTIONS",
        "405 GET,HEAD",
    ),
    (
        Why::BuildOptions,
        "POST /",
        "405 GET, HEAD, OPTIONS",
        "405 GET,HEAD",
    ),
    (Why::UnknownMethod, "BREW /", "501", "405 GET,HEAD"),
    (
        Why::Host,
        "GET /digits.txt\n-host",
        "400",
        "200 text/plain 10 0123456789",
    ),
    (
        Why::Host,
        "GET /digits.txt\nhost: two",
        "400",
        "200 text/plain 10 0123456789",
    ),
    (Why::BadPath, "GET /levels/../digits.txt", "400", "404"),
    (Why::BadPath, "GET /%2e%2e/secret", "400", "404"),
    (
        Why::BadPath,
        "GET /./digits.txt",
        "400",
        "200 text/plain 10 0123456789",
    ),
    (Why::BadPath, "GET /a%00b", "400", "404"),
    (Why::BadPath, "GET /a%0ab", "400", "404"),
    (Why::BadPath, "GET /%ff", "400", "404"),
    (
        Why::NotPublished,
        "GET /.env",
        "404",
        "200 application/octet-stream 6 hidden",
    ),
    (
        Why::NotPublished,
        "GET /outside.txt",
        "404",
        "200 text/plain 7 outside",
    ),
    (
        Why::MediaType,
        "HEAD /game.wasm.br",
        "200 application/wasm 4",
        "200 application/octet-stream 4",
    ),
    (
        Why::MediaType,
        "HEAD /song.m4a",
        "200 audio/mp4 4",
        "200 audio/m4a 4",
    ),
    (
        Why::MediaType,
        "HEAD /level.ts",
        "200 video/mp2t 4",
        "200 video/vnd.dlna.mpeg-tts 4",
    ),
];

/// A folder and the two servers over it.
struct Both {
    site: Site,
    serve_dir: ServeDir,
    runtime: Runtime,
    _folder: TempDir,
}

impl Both {
    /// Over a game with files of all sorts, published on the date of all of them.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let game = folder.path().join("game");
        let files = [
            ("game/index.html", "<!doctype html>"),
            ("game/main.js", "let a = 0;"),
            ("game/digits.txt", "0123456789"),
            ("game/empty.txt", ""),
            ("game/levels/index.html", "levels"),
            ("game/levels/1 + 1 = 100%.json", "{}"),
            ("game/assets/hero.png", "png"),
            ("game/中文 #1?.png", "png"),
            ("game/.env", "hidden"),
            ("game/game.wasm.br", "wasm"),
            ("game/song.m4a", "song"),
            ("game/level.ts", "mpeg"),
            ("outside.txt", "outside"),
        ];
        write(
            folder.path(),
            files.map(|(name, content)| (name, content.as_bytes())),
        );
        symlink("../outside.txt", game.join("outside.txt")).unwrap();
        for (name, _) in files {
            set_date(&folder.path().join(name));
        }
        Self::over(
            folder,
            &game,
            LastModified::from_unix_seconds(PUBLISHED_SECONDS),
        )
    }

    fn over(folder: TempDir, game: &Path, date: Option<LastModified>) -> Self {
        let source = Game::from_folder(game).unwrap();
        let progress = BuildProgress::default();
        let mut site = Site::build(&source, BuildOptions::default(), None, &progress).unwrap();
        site.publish_at(date);
        Self {
            site,
            serve_dir: ServeDir::new(game),
            runtime: tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap(),
            _folder: folder,
        }
    }

    fn ours(&self, request: &str) -> Answer {
        answer(&self.site, &read(request, |target| self.ours(target)))
    }

    fn theirs(&self, request: &str) -> Answer {
        let request = read(request, |target| self.theirs(target));
        let answering = async {
            let response = self.serve_dir.clone().call(request).await.unwrap();
            let (parts, body) = response.into_parts();
            (parts, body.collect().await.unwrap().to_bytes())
        };
        let (parts, body) = self.runtime.block_on(answering);
        Answer {
            status: parts.status.as_u16(),
            fields: parts.headers,
            body: body.to_vec(),
        }
    }
}

fn set_date(path: &Path) {
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(PUBLISHED_SECONDS);
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(date).unwrap();
}

/// Reads `GET /main.js` and fields as `name: value` lines. The tag that `ask` is answered with stands for `{tag}`, and
/// there is a `Host` unless a line `-host` says that there is none.
fn read(request: &str, ask: impl Fn(&str) -> Answer) -> Request<()> {
    let mut lines = request.lines();
    let first = lines.next().unwrap();
    let (method, target) = first.split_once(' ').unwrap();
    let mut building = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(target)
        .version(Version::HTTP_11);
    if !request.contains("\n-host") {
        building = building.header("host", "localhost");
    }
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let value = match value.contains("{tag}") {
            true => value.replace("{tag}", ask(&format!("GET {target}")).field("etag")),
            false => value.to_owned(),
        };
        building = building.header(name, value);
    }
    building.body(()).unwrap()
}

/// The part of an answer that both must agree on: status, location and range; of the content, its type's essence,
/// its length and its bytes. The words of an error are the server's own (RFC 9110, 15.5).
fn summary(answer: &Answer) -> String {
    let mut words = vec![answer.status.to_string()];
    if let Some(parts) = multipart::read(answer) {
        words.push("parts".to_owned());
        words.extend(parts.into_iter().flat_map(|part| {
            let place = format!("{}-{}/{}", part.first, part.last, part.length);
            [place, String::from_utf8(part.content).unwrap()]
        }));
        return words.join(" ");
    }
    for name in ["content-range", "location", "allow"] {
        words.extend(
            answer
                .fields
                .contains_key(name)
                .then(|| answer.field(name).to_owned()),
        );
    }
    if [200, 206].contains(&answer.status) {
        let media_type = answer.field("content-type");
        let essence = media_type.split(';').next().unwrap();
        words.extend([essence, answer.field("content-length")].map(str::to_owned));
    }
    if [200, 206, 304].contains(&answer.status) && !answer.body.is_empty() {
        words.push(String::from_utf8(answer.body.clone()).unwrap());
    }
    words.join(" ")
}

#[test]
fn answers_agree_where_the_rfc_decides() {
    let both = Both::new();
    for request in AGREED {
        let (ours, theirs) = (both.ours(request), both.theirs(request));
        assert_eq!(summary(&ours), summary(&theirs), "{request}");
    }
}

#[test]
fn every_difference_has_its_reason() {
    let both = Both::new();
    for (why, request, ours, theirs) in DIFFERENCES {
        assert_eq!(summary(&both.ours(request)), *ours, "{why:?}: {request}");
        assert_eq!(
            summary(&both.theirs(request)),
            *theirs,
            "{why:?}: {request}"
        );
    }
}

/// RFC 9110, 15.5: an error explains itself. `ServeDir` says nothing.
#[test]
fn an_error_page_names_the_error() {
    let both = Both::new();
    for request in [
        "GET /nothing",
        "POST /",
        "GET /digits.txt\nif-match: \"x\"",
        "GET /digits.txt\nrange: bytes=10-",
    ] {
        let (ours, theirs) = (both.ours(request), both.theirs(request));
        assert_eq!(ours.field("content-length"), ours.body.len().to_string());
        assert!(ours.body.len() > 10, "{request}");
        assert_eq!(theirs.body, b"", "{request}");
    }
}

/// RFC 9110, 8.8.1: a strong tag changes with the bytes. That of `ServeDir` is a file's date and length.
#[test]
fn validators_of_another_game_are_never_confirmed() {
    let [before, after] = ["first", "other"].map(|content| {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("index.html");
        fs::write(&page, content).unwrap();
        set_date(&page);
        let game = folder.path().to_owned();
        // Its date cannot be vouched for.
        Both::over(folder, &game, None)
    });
    let ours = format!(
        "GET /\nif-none-match: {}",
        before.ours("GET /").field("etag")
    );
    let theirs = format!(
        "GET /\nif-none-match: {}",
        before.theirs("GET /").field("etag")
    );
    assert_eq!(summary(&after.ours(&ours)), "200 text/html 5 other");
    assert_eq!(summary(&after.theirs(&theirs)), "304");

    let dated = format!("GET /\nif-modified-since: {}", PUBLISHED[0]);
    assert_eq!(summary(&after.ours(&dated)), "200 text/html 5 other");
    assert_eq!(summary(&after.theirs(&dated)), "304");
}
