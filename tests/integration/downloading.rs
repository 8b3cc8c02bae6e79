//! Downloading games, from a test server with correct and faulty responses.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{fs, thread};

use rustix::process::Signal;
use sha2::{Digest, Sha256};

use crate::content::{gzip, noise, tar_of_page};
use crate::importing::{games, kept, wait_for_handler};
use crate::support::{Client, Place, Running, Screen};

/// A request of the client.
#[derive(Clone, Debug)]
struct Asked {
    /// The number of earlier requests for this path.
    before: usize,
    fields: HashMap<String, String>,
}

impl Asked {
    fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// Answers one request.
type Answer = fn(&Asked, &mut TcpStream) -> std::io::Result<()>;

/// A server on a free port; it ends when dropped.
struct Web {
    port: u16,
    asked: Arc<Mutex<HashMap<String, Vec<Asked>>>>,
    is_over: Arc<AtomicBool>,
}

impl Web {
    fn open(answers: &'static [(&'static str, Answer)]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let web = Self {
            port: listener.local_addr().unwrap().port(),
            asked: Arc::default(),
            is_over: Arc::default(),
        };
        let (asked, is_over) = (Arc::clone(&web.asked), Arc::clone(&web.is_over));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let asked = Arc::clone(&asked);
                thread::spawn(move || answer(stream.unwrap(), answers, &asked));
            }
        });
        web
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn asked(&self, path: &str) -> Vec<Asked> {
        self.asked
            .lock()
            .unwrap()
            .get(path)
            .cloned()
            .unwrap_or_default()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

/// Serves one request per connection.
fn answer(
    stream: TcpStream,
    answers: &[(&str, Answer)],
    log: &Mutex<HashMap<String, Vec<Asked>>>,
) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let request = lines.next()?.ok()?;
    let path = request.split(' ').nth(1)?.to_owned();
    let fields = lines.map_while(|line| line.ok().filter(|line| !line.is_empty()));
    let fields = fields.filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        Some((name.to_ascii_lowercase(), value.to_owned()))
    });
    let fields = fields.collect();
    let asked = {
        let mut log = log.lock().unwrap();
        let earlier = log.entry(path.clone()).or_default();
        let asked = Asked {
            before: earlier.len(),
            fields,
        };
        earlier.push(asked.clone());
        asked
    };
    let (_, answer) = answers.iter().find(|(known, _)| *known == path)?;
    // An error means that the client has closed the connection.
    answer(&asked, &mut { stream }).ok()
}

/// The length of incompressible bytes, in which every part of an archive differs.
const NOISE: usize = 300_000;

/// The archive that is served.
fn archive(edition: u8) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [
        ("index.html", &b"page"[..]),
        ("noise.bin", &noise(edition.into(), NOISE)),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tarball() -> Vec<u8> {
    gzip(&tar_of_page())
}

fn send(stream: &mut TcpStream, status: &str, fields: &str, body: &[u8]) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{fields}Connection: close\r\n\r\n"
    )?;
    stream.write_all(body)
}

fn whole(stream: &mut TcpStream, fields: &str, body: &[u8]) -> std::io::Result<()> {
    send(
        stream,
        "200 OK",
        &format!("{fields}Content-Length: {}\r\n", body.len()),
        body,
    )
}

/// Sends half of the promised length.
fn half(stream: &mut TcpStream, fields: &str, body: &[u8]) -> std::io::Result<()> {
    let length = format!("{fields}Content-Length: {}\r\n", body.len());
    send(stream, "200 OK", &length, &body[..body.len() / 2])
}

/// Sends the requested part (RFC 9110, 14.2 and 13.1.5), but breaks off the first response.
fn after_a_break(
    asked: &Asked,
    stream: &mut TcpStream,
    validator: (&str, &str),
    body: &[u8],
) -> std::io::Result<()> {
    let (field, value) = validator;
    let fields = format!("Date: Fri, 20 Nov 2026 12:00:00 GMT\r\n{field}: {value}\r\n");
    if asked.before == 0 {
        return half(stream, &fields, body);
    }
    let start = asked
        .field("range")
        .strip_prefix("bytes=")
        .and_then(|range| range.strip_suffix('-'));
    match start.and_then(|start| start.parse::<usize>().ok()) {
        Some(start) if asked.field("if-range") == value => part(stream, &fields, body, start),
        _ => whole(stream, &fields, body),
    }
}

fn part(stream: &mut TcpStream, fields: &str, body: &[u8], start: usize) -> std::io::Result<()> {
    let fields = format!(
        "{fields}Content-Range: bytes {start}-{}/{}\r\nContent-Length: {}\r\n",
        body.len() - 1,
        body.len(),
        body.len() - start
    );
    send(stream, "206 Partial Content", &fields, &body[start..])
}

const OLD: &str = "Mon, 02 Nov 2026 12:00:00 GMT";

const GOOD: &[(&str, Answer)] = &[
    ("/plain.zip", |_, stream| whole(stream, "", &archive(1))),
    ("/named?id=7", |_, stream| {
        whole(
            stream,
            "Content-Disposition: attachment; filename=\"x.zip\"; filename*=UTF-8''My%20Game%20%E6%B8%B8.zip\r\n",
            &archive(1),
        )
    }),
    ("/evil-name", |_, stream| {
        whole(
            stream,
            "Content-Disposition: attachment; filename=\"../../.evil\\\\up.zip\"\r\n",
            &archive(1),
        )
    }),
    ("/without-length.zip", |_, stream| {
        send(stream, "200 OK", "", &archive(1))
    }),
    ("/slow.zip", |_, stream| {
        let body = archive(1);
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )?;
        for piece in body.chunks(10_000) {
            stream.write_all(piece)?;
            thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }),
    ("/moved.zip", |_, stream| {
        send(
            stream,
            "302 Found",
            "Location: /plain.zip\r\nContent-Length: 0\r\n",
            b"",
        )
    }),
    ("/coded.zip", |_, stream| {
        whole(
            stream,
            "Content-Encoding: gzip\r\nETag: \"coded\"\r\n",
            &gzip(&archive(1)),
        )
    }),
    // As a server with `AddEncoding x-gzip .gz` sends it.
    ("/labelled.tar.gz", |_, stream| {
        whole(stream, "Content-Encoding: x-gzip\r\n", &tarball())
    }),
    ("/cut.zip", |asked, stream| {
        after_a_break(asked, stream, ("ETag", "\"1\""), &archive(1))
    }),
    ("/cut-by-date.zip", |asked, stream| {
        after_a_break(asked, stream, ("Last-Modified", OLD), &archive(1))
    }),
    ("/cut-coded.zip", |asked, stream| {
        let fields = ("ETag", "\"1\"\r\nContent-Encoding: gzip\r\nX:");
        let body = gzip(&archive(1));
        match asked.before {
            0 => after_a_break(asked, stream, fields, &body),
            _ => part(
                stream,
                "ETag: \"1\"\r\nContent-Encoding: gzip\r\n",
                &body,
                body.len() / 2,
            ),
        }
    }),
    ("/cut-weak.zip", |asked, stream| {
        after_a_break(asked, stream, ("ETag", "W/\"1\""), &archive(1))
    }),
    ("/cut-young.zip", |asked, stream| {
        after_a_break(
            asked,
            stream,
            ("Last-Modified", "Fri, 20 Nov 2026 12:00:00 GMT"),
            &archive(1),
        )
    }),
    ("/busy.zip", |asked, stream| match asked.before {
        0 => send(
            stream,
            "503 Service Unavailable",
            "Content-Length: 0\r\n",
            b"",
        ),
        _ => whole(stream, "", &archive(1)),
    }),
    ("/changes.zip", |asked, stream| match asked.before {
        0 => after_a_break(asked, stream, ("ETag", "\"1\""), &archive(2)),
        _ => after_a_break(asked, stream, ("ETag", "\"2\""), &archive(1)),
    }),
    // A part of another version, although If-Range was sent.
    ("/splices.zip", |asked, stream| match asked.before {
        0 => half(stream, "ETag: \"1\"\r\n", &archive(2)),
        1 => part(stream, "ETag: \"2\"\r\n", &archive(1), 100),
        _ => whole(stream, "ETag: \"2\"\r\n", &archive(1)),
    }),
    ("/elsewhere.zip", |asked, stream| match asked.before {
        0 => half(stream, "ETag: \"1\"\r\n", &archive(1)),
        1 => part(stream, "ETag: \"1\"\r\n", &archive(1), 7),
        _ => whole(stream, "ETag: \"1\"\r\n", &archive(1)),
    }),
];

#[test]
fn correct_and_interrupted_responses_give_the_right_bytes() {
    let place = Place::new();
    let web = Web::open(GOOD);
    let urls: Vec<_> = GOOD.iter().map(|(path, _)| web.url(path)).collect();
    let mut arguments = vec!["add", "--jobs", "20"];
    arguments.extend(urls.iter().map(String::as_str));
    let arguments = [&arguments[..], &["--force"]].concat();
    let done = place.run(&arguments).with_code(0);
    assert!(done.err.contains("plain http"), "{done:?}");
    let games = games(&place);
    assert_eq!(games.len(), GOOD.len(), "{:?}", games.keys());
    for (slug, files) in &games {
        assert_eq!(files["index.html"], b"page", "{slug}");
        if slug != "labelled" {
            let is_right = files["noise.bin"] == noise(1, NOISE);
            assert!(is_right, "{slug}");
        }
    }
    assert!(
        games.contains_key("my-game-you") && games.contains_key("up"),
        "{:?}",
        games.keys()
    );
    for path in [
        "/cut.zip",
        "/cut-by-date.zip",
        "/cut-coded.zip",
        "/changes.zip",
    ] {
        let asked = web.asked(path);
        assert_eq!(asked.len(), 2, "{path}: {asked:?}");
        assert!(
            asked[1].field("range").starts_with("bytes=1"),
            "{path}: {asked:?}"
        );
    }
    for path in ["/cut-weak.zip", "/cut-young.zip"] {
        let asked = web.asked(path);
        assert_eq!(asked.len(), 2, "{path}: {asked:?}");
        assert_eq!(asked[1].field("range"), "", "{path}: {asked:?}");
    }
    for path in ["/splices.zip", "/elsewhere.zip"] {
        let asked = web.asked(path);
        assert_eq!(asked.len(), 3, "{path}: {asked:?}");
        assert_eq!(asked[2].field("range"), "", "{path}: {asked:?}");
    }
    assert_eq!(kept(&place).len(), GOOD.len());
}

const BAD: &[(&str, Answer, usize, &str)] = &[
    (
        "/404.zip",
        |_, stream| send(stream, "404 Not Found", "Content-Length: 0\r\n", b""),
        1,
        "404",
    ),
    (
        "/500.zip",
        |_, stream| send(stream, "500 Oops", "Content-Length: 0\r\n", b""),
        3,
        "500",
    ),
    (
        "/loop.zip",
        |_, stream| {
            send(
                stream,
                "302 Found",
                "Location: /loop.zip\r\nContent-Length: 0\r\n",
                b"",
            )
        },
        11,
        "redirects",
    ),
    (
        "/page.zip",
        |_, stream| whole(stream, "Content-Type: text/html\r\n", b"<p>Sign in"),
        1,
        "a web page",
    ),
    (
        "/page",
        |_, stream| {
            whole(
                stream,
                "Content-Type: application/zip\r\n",
                b"\n<!DOCTYPE html><p>Sign in",
            )
        },
        1,
        "a web page",
    ),
    (
        "/coded-page",
        |_, stream| {
            whole(
                stream,
                "Content-Type: text/html\r\nContent-Encoding: gzip\r\n",
                &gzip(b"<!doctype html>"),
            )
        },
        1,
        "a web page",
    ),
    (
        "/text.zip",
        |_, stream| whole(stream, "", b"hello"),
        1,
        "not an archive",
    ),
    (
        "/nothing.zip",
        |_, stream| whole(stream, "", b""),
        1,
        "not an archive",
    ),
    (
        "/brotli.zip",
        |_, stream| whole(stream, "Content-Encoding: br\r\n", &archive(1)),
        1,
        "not an archive",
    ),
    // Promises more than it sends, every time.
    (
        "/short.zip",
        |_, stream| half(stream, "", &archive(1)),
        3,
        "download failed",
    ),
    // Promises less than it sends.
    (
        "/long.zip",
        |_, stream| send(stream, "200 OK", "Content-Length: 1000\r\n", &archive(1)),
        1,
        "not a complete archive",
    ),
    (
        "/parts.zip",
        |_, stream| part(stream, "", &archive(1), 100),
        1,
        "different part",
    ),
    (
        "/big.zip",
        |_, stream| {
            send(
                stream,
                "200 OK",
                "Content-Length: 20000001\r\n",
                &archive(1),
            )
        },
        1,
        "larger than",
    ),
    (
        "/endless.zip",
        |_, stream| {
            send(stream, "200 OK", "", &archive(1))?;
            // More than the limit, and far less than fits.
            (0..1_000).try_for_each(|_| stream.write_all(&[0; 65_536]))
        },
        1,
        "larger than",
    ),
    (
        "/deep.zip",
        |_, stream| {
            whole(
                stream,
                "Content-Encoding: gzip\r\n",
                &gzip(&[&archive(1)[..], &vec![0; 21_000_000]].concat()),
            )
        },
        1,
        "larger than",
    ),
    (
        "/wrong-sum.zip",
        |_, stream| whole(stream, "", &archive(1)),
        1,
        "checksum is",
    ),
];

#[test]
fn faulty_responses_are_reported_and_leave_nothing() {
    static ANSWERS: std::sync::LazyLock<Vec<(&str, Answer)>> = std::sync::LazyLock::new(|| {
        BAD.iter()
            .map(|(path, answer, _, _)| (*path, *answer))
            .collect()
    });
    let place = Place::new();
    let web = Web::open(&ANSWERS);
    let urls: Vec<_> = BAD.iter().map(|(path, ..)| web.url(path)).collect();
    let urls: Vec<_> = urls
        .into_iter()
        .map(|url| match url.contains("sum") {
            true => format!("{url}#sha256={}", "0".repeat(64)),
            false => url,
        })
        .collect();
    let mut arguments = vec!["add", "--jobs", "20", "--max-size", "20MB"];
    arguments.extend(urls.iter().map(String::as_str));
    let done = place.run(&arguments).with_code(1);
    let rows: Vec<_> = done.out.lines().collect();
    assert_eq!(rows.len(), BAD.len(), "{done:?}");
    for ((path, _, tries, word), row) in BAD.iter().zip(rows) {
        assert!(
            row.starts_with("failed") && row.contains(word),
            "{path}: {row}"
        );
        assert_eq!(web.asked(path).len(), *tries, "{path}");
    }
    assert!(!place.path("games").exists() && !place.path("config.toml").exists());
}

#[test]
fn three_failures_do_not_affect_seven_downloads() {
    let place = Place::new();
    let web = Web::open(GOOD);
    for number in 0..4 {
        place.game(&format!("folder-{number}"));
    }
    let plain = web.url("/plain.zip");
    let sum: String = Sha256::digest(archive(1))
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let sources = [
        "folder-0",
        "nowhere",
        "folder-1",
        &format!("{plain}#sha256={sum}"),
        &web.url("/unknown.zip"),
        "folder-2",
        &web.url("/cut.zip"),
        &web.url("/slow.zip"),
        "http://127.0.0.1:1/x.zip",
        "folder-3",
    ];
    let done = place.run(&[&["add"][..], &sources].concat()).with_code(1);
    let words: Vec<_> = done
        .out
        .lines()
        .map(|row| row.split(' ').next().unwrap())
        .collect();
    let expected = sources.map(|source| {
        match ["nowhere", "unknown", ":1/"]
            .iter()
            .any(|bad| source.contains(bad))
        {
            true => "failed",
            false => "added",
        }
    });
    assert_eq!(words, expected, "{done:?}");
    assert_eq!(games(&place).len(), 7);
    assert_eq!(kept(&place).len(), 7);
}

#[test]
fn a_dry_run_requests_but_does_not_download() {
    let place = Place::new();
    let web = Web::open(GOOD);
    let done = place
        .run(&[
            "add",
            "--dry-run",
            &web.url("/named?id=7"),
            &web.url("/unknown"),
        ])
        .with_code(1);
    assert!(done.out.contains("would be added  my-game"), "{done:?}");
    assert!(!place.path("games").exists() && !place.path("config.toml").exists());
}

/// Sends half an archive, and then nothing.
const STUCK: &[(&str, Answer)] = &[("/stuck.zip", |_, stream| {
    half(stream, "", &archive(1))?;
    thread::sleep(Duration::from_secs(3600));
    Ok(())
})];

#[test]
fn progress_is_drawn_on_a_terminal_and_wiped() {
    let place = Place::new();
    place.game("export");
    let web = Web::open(STUCK);
    for sources in [
        &["add", &web.url("/stuck.zip")][..],
        &["add", "export", &web.url("/stuck.zip"), "--force"],
    ] {
        let mut screen = Screen::open(&place, (24, 120), sources);
        screen.until_shows("downloading");
        screen.until_shows("/ 300.3 kB");
        screen.signal(Signal::INT);
        assert_eq!(screen.exit(), 130, "{screen}");
        screen.until_shows("interrupted");
        let text = screen.text();
        assert!(text.contains("plain http"), "{screen}");
        let is_wiped = !text.contains("downloading") && !text.contains("[#");
        assert!(is_wiped, "{screen}");
    }
}

#[test]
fn progress_is_printed_in_lines_without_a_terminal() {
    let place = Place::new();
    let web = Web::open(STUCK);
    let running =
        Running::start(place.webserver(&["add", &web.url("/stuck.zip"), "--lang", "zh-CN"]));
    running.until_err("progress", |err| {
        err.contains("下载中，150.1 kB / 300.3 kB")
    });
    running.signal(Signal::INT);
    assert!(!running.exit().with_code(130).err.contains('\x1b'));
}

#[test]
fn ctrl_c_ends_downloads_and_keeps_the_library() {
    let place = Place::new();
    place.game("export");
    let web = Web::open(STUCK);
    let running = Running::start(place.webserver(&["add", "export", &web.url("/stuck.zip")]));
    crate::support::in_time(|| {
        (kept(&place).iter().any(|name| name == "export") && web.asked("/stuck.zip").len() == 1)
            .then_some(())
    });
    wait_for_handler(running.pid());
    running.signal(Signal::INT);
    let done = running.exit().with_code(130);
    assert!(done.out.contains("interrupted"), "{done:?}");
    assert_eq!(kept(&place), ["export"]);
    assert_eq!(games(&place).len(), 1);
}

/// Sends half an archive and then nothing; the rest to whoever asks for it.
const RESUMED: &[(&str, Answer)] = &[("/resumed.zip", |asked, stream| {
    let tag = ("ETag", "\"1\"");
    after_a_break(asked, stream, tag, &archive(1))?;
    if asked.before == 0 {
        thread::sleep(Duration::from_secs(3600));
    }
    Ok(())
})];

#[test]
fn a_download_that_was_stopped_or_killed_is_continued_by_the_next_run() {
    for signal in [Signal::INT, Signal::KILL] {
        let place = Place::new();
        let web = Web::open(RESUMED);
        let url = web.url("/resumed.zip");
        let running = Running::start(place.webserver(&["add", &url]));
        let half = archive(1).len() / 2;
        let arrived = || {
            let children = fs::read_dir(place.path("games")).ok()?.flatten();
            let mut files = children.map(|child| child.path().join("download"));
            files.find(|file| file.metadata().is_ok_and(|file| file.len() == half as u64))
        };
        crate::support::in_time(arrived).expect("half of it arrives");
        running.signal(signal);
        running.exit();
        let [name] = &kept(&place)
            .into_iter()
            .filter(|name| !name.starts_with(".adding-"))
            .collect::<Vec<_>>()[..]
        else {
            panic!("{:?}", kept(&place));
        };
        assert!(name.starts_with(".downloading-"), "{name}");
        let done = place.run(&["add", &url]).with_code(0);
        assert!(done.err.contains("resuming an earlier"), "{done:?}");
        assert_eq!(kept(&place), ["resumed"]);
        assert_eq!(games(&place)["resumed"]["noise.bin"], noise(1, NOISE));
        let asked = web.asked("/resumed.zip");
        assert_eq!(asked.len(), 2);
        assert_eq!(asked[1].field("range"), format!("bytes={half}-"));
    }
}

#[test]
fn a_url_is_played_without_being_added() {
    let place = Place::new();
    let web = Web::open(GOOD);
    for (path, has_noise) in [("/named?id=7", true), ("/labelled.tar.gz", false)] {
        let (_server, port) = place.serve(&[&web.url(path)]);
        let mut client = Client::connect(port);
        assert_eq!(client.get("/").text(), "page", "{path}");
        let noise_is_there = client.get("/noise.bin").body == noise(1, NOISE);
        assert_eq!(noise_is_there, has_noise, "{path}");
    }
    assert!(!place.path("games").exists() && !place.path("config.toml").exists());
    let refused = place.run(&["0", &web.url("/unknown")]).with_code(1);
    assert!(refused.err.contains("/unknown"), "{refused:?}");
}

#[test]
fn ctrl_c_ends_the_download_of_a_game_to_play_and_leaves_nothing() {
    let place = Place::new();
    let temporary = place.path("temporary");
    fs::create_dir(&temporary).unwrap();
    let web = Web::open(STUCK);
    let mut command = place.webserver(&["0", &web.url("/stuck.zip")]);
    command.env("TMPDIR", &temporary);
    let running = Running::start(command);
    running.until_err("progress", |err| err.contains("of 300.3 kB"));
    running.signal(Signal::INT);
    running.exit().with_code(130);
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
}

#[test]
fn passwords_are_sent_but_not_displayed() {
    const ASKS: &[(&str, Answer)] = &[("/a.zip", |asked, stream| {
        match asked.field("authorization") {
            // RFC 7617, of me:secret.
            "Basic bWU6c2VjcmV0" => whole(stream, "", &archive(1)),
            _ => send(stream, "401 Unauthorized", "Content-Length: 0\r\n", b""),
        }
    })];
    let place = Place::new();
    let web = Web::open(ASKS);
    let url = web.url("/a.zip").replace("http://", "http://me:secret@");
    let done = place.run(&["add", &url]).with_code(0);
    assert!(!format!("{done:?}").contains("secret"), "{done:?}");
    let done = place
        .run(&["add", &url.replace("secret", "wrong")])
        .with_code(1);
    assert!(
        done.out.contains("401") && !format!("{done:?}").contains("wrong"),
        "{done:?}"
    );
    assert_eq!(fs::read(place.path("games/a/index.html")).unwrap(), b"page");
}

#[test]
fn a_proxy_from_the_environment_is_used() {
    const PROXY: &[(&str, Answer)] = &[("http://games.example/a.zip", |_, stream| {
        whole(stream, "", &archive(1))
    })];
    let place = Place::new();
    let web = Web::open(PROXY);
    let mut command = place.webserver(&["add", "http://games.example/a.zip"]);
    command.env("http_proxy", web.url(""));
    Running::start(command).exit().with_code(0);
    assert_eq!(games(&place).len(), 1);
}
