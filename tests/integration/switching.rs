//! Switches of game while players are connected: nothing breaks, nothing is mixed, and a page load stays whole.

use std::collections::HashMap;
use std::io::Write;
use std::process::{ChildStdin, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use rustix::process::Signal;

use crate::content::noise;
use crate::support::{Answer, Client, Place, Running, head};

const SWITCHES: usize = 200;
const CLIENTS: usize = 64;

/// Of files in memory, and one that is too big for it.
const SIZES: [usize; 6] = [0, 1, 1_000, 10_000, 300_000, 3 << 20];

/// Two games with the same names, and what stands behind each.
struct Games {
    place: Place,
    /// By the file's name, the bodies of both games.
    files: HashMap<String, [Vec<u8>; 2]>,
}

impl Games {
    fn new() -> Self {
        let place = Place::new();
        let mut files = HashMap::new();
        for (number, size) in SIZES.into_iter().enumerate() {
            let name = format!("{number}.bin");
            let bodies = [1, 2].map(|game| noise(number as u32 * 2 + game, size));
            for (game, body) in ["alpha", "beta"].iter().zip(&bodies) {
                place.write(&format!("{game}/{name}"), body);
            }
            files.insert(name, bodies);
        }
        place.game("alpha");
        place.game("beta");
        let entries = ["alpha", "beta"].map(|game| {
            format!("[[games]]\nslug = \"{game}\"\ntitle = \"{game}\"\npath = \"{game}\"\n")
        });
        let settings = "[site]\nbig_file_mib = 2\n";
        place.write("config.toml", settings.to_owned() + &entries.concat());
        Self { place, files }
    }

    /// On the air with the first of them, and the host's input.
    fn serve(&self) -> (Running, u16, ChildStdin) {
        let mut command = self
            .place
            .webserver(&["0", "alpha", "--lang", "en", "--log", "off"]);
        command.stdin(Stdio::piped());
        let mut running = Running::start(command);
        let port = running.port();
        let input = running.stdin();
        (running, port, input)
    }

    /// The game that an answer is from, by index.
    fn game_of(&self, name: &str, answer: &Answer) -> Option<usize> {
        let bodies = self.files.get(name)?;
        bodies.iter().position(|body| *body == answer.body)
    }
}

/// Publishes a game and waits until the host is told that it is on the air for the `count`-th time.
fn publish(running: &Running, input: &mut impl Write, game: &str, count: usize) {
    writeln!(input, "publish {game}").unwrap();
    running.until_err(game, |err| err.matches("built in").count() >= count);
}

#[test]
fn two_hundred_switches_under_load_break_and_mix_nothing() {
    let games = Arc::new(Games::new());
    let (running, port, mut input) = games.serve();
    let is_over = Arc::new(AtomicBool::new(false));
    let answers = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (games, is_over, answers) = (
                Arc::clone(&games),
                Arc::clone(&is_over),
                Arc::clone(&answers),
            );
            thread::spawn(move || {
                let mut connection = Client::connect(port);
                let mut tags = HashMap::new();
                for turn in client.. {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    // A connection has a limit of requests, which is reached if switches take long.
                    if turn % 1000 == 0 {
                        connection = Client::connect(port);
                    }
                    let name = format!("{}.bin", turn % SIZES.len());
                    let answer = connection.get(&format!("/{name}"));
                    assert_eq!(answer.status, 200);
                    let game = games.game_of(&name, &answer);
                    assert!(
                        game.is_some() || answer.body.is_empty(),
                        "{name}: {answer:?}"
                    );
                    // The head is of the same game as the body.
                    let tag = answer.field("etag").unwrap().to_owned();
                    let known = tags.entry((name, game)).or_insert_with(|| tag.clone());
                    assert_eq!(*known, tag);
                    answers.fetch_add(1, Ordering::Relaxed);
                }
                tags
            })
        })
        .collect();
    for count in 1..=SWITCHES {
        publish(&running, &mut input, ["alpha", "beta"][count % 2], count);
    }
    is_over.store(true, Ordering::Relaxed);
    for client in clients {
        let tags = client.join().unwrap();
        let of_both = |name: &str| {
            let tag = |game| tags.get(&(name.to_owned(), Some(game)));
            tag(0).zip(tag(1)).is_none_or(|(one, other)| one != other)
        };
        assert!(
            games
                .files
                .keys()
                .filter(|name| *name != "0.bin")
                .all(|name| of_both(name))
        );
    }
    let answers = answers.load(Ordering::Relaxed);
    assert!(answers > SWITCHES, "{answers} answers");
    let mut last = Client::connect(port);
    assert_eq!(last.get("/").text(), "alpha");
}

#[test]
fn a_download_across_a_switch_keeps_its_bytes() {
    let games = Games::new();
    let (running, port, mut input) = games.serve();
    let mut downloads: Vec<_> = ["4.bin", "5.bin"]
        .into_iter()
        .map(|name| {
            let mut client = Client::connect(port);
            client.send(head("GET", &format!("/{name}"), &[]));
            let answer = client.answer_head().unwrap();
            (name, client, answer)
        })
        .collect();
    for count in 1..=5 {
        publish(&running, &mut input, ["alpha", "beta"][count % 2], count);
    }
    for (name, client, answer) in &mut downloads {
        let mut body = Vec::new();
        while body.len() < answer.length() {
            let more = client.read(answer.length() - body.len()).unwrap();
            assert!(!more.is_empty(), "{name} ends after {}", body.len());
            body.extend(more);
        }
        assert!(body == games.files[*name][0], "{name}");
    }
}

#[test]
fn a_page_load_across_a_switch_keeps_its_game() {
    let games = Games::new();
    let (running, port, mut input) = games.serve();
    let mut client = Client::connect(port);
    let page = "Accept: text/html,*/*;q=0.8";
    let first = client.request("GET", "/", &[page]);
    let cookie = first
        .field("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let cookie = format!("Cookie: {cookie}");
    let mut ask = |fields: &[&str]| {
        let answer = client.request("GET", "/3.bin", fields);
        games.game_of("3.bin", &answer).unwrap()
    };
    assert_eq!(ask(&[&cookie]), 0);
    publish(&running, &mut input, "beta", 1);
    assert_eq!(ask(&[&cookie]), 0, "the rest of the page load");
    assert_eq!(ask(&[]), 1, "anybody else");
    assert_eq!(ask(&[&cookie, page]), 1, "a page load");
    assert_eq!(
        ask(&["Cookie: on-air=0123456789abcdef"]),
        1,
        "of another server"
    );
    let second = client.request("GET", "/", &[page, &cookie]);
    assert_eq!(second.text(), "beta");
    let new = second
        .field("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let new = format!("Cookie: {new}; on-air-browser=00000000000000ff");
    let again = client.request("GET", "/", &[page, &new]);
    assert!(again.field("set-cookie").is_none());
    let worker = client.request("GET", "/3.bin", &[&cookie, "Service-Worker: script"]);
    assert!(worker.text().contains("unregister()"));
    let worker = client.request("GET", "/3.bin", &[&new, "Service-Worker: script"]);
    assert_eq!(games.game_of("3.bin", &worker), Some(1));
}

#[test]
fn event_streams_do_not_delay_the_end() {
    let place = Place::new();
    place.game("alpha");
    let settings = "[site]\nlive = true\n[limits]\ndrain_timeout = 600\n";
    place.write("config.toml", settings);
    let (running, port) = place.serve(&["./alpha"]);
    let mut client = Client::connect(port);
    let page = client.get("/").text();
    let id = page.split("data-site=\"").nth(1).unwrap().split('"').next();
    client.send(head("GET", "/.webserver/events", &[]));
    let answer = client.answer_head().unwrap();
    assert_eq!(answer.field("content-type"), Some("text/event-stream"));
    let mut stream = String::new();
    while !stream.contains(&format!("data: {}\n\n", id.unwrap())) {
        let more = client.read(1000).unwrap();
        assert!(!more.is_empty(), "{stream}");
        stream += &String::from_utf8_lossy(&more);
    }
    running.signal(Signal::TERM);
    running.exit().with_code(0);
    assert!(String::from_utf8_lossy(&client.rest()).ends_with("0\r\n\r\n"));
}
