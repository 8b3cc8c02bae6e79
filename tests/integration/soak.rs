//! Everything at once, for as long as `SOAK_SECONDS` says (5 when it says nothing): players, those who misbehave, switches,
//! rebuilds and faults. No body is wrong, and in the end the server is as it was. `tests/bench/soak` runs it for an hour.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::process::Signal;

use crate::support::{Answer, Client, PATIENCE, Place, Running, in_time_of};

const PLAYERS: usize = 12;

/// Files of each game: in memory, compressible, and left on disk.
const FILES: [(&str, usize); 5] = [
    ("index.html", 2_000),
    ("main.js", 30_000),
    ("empty.dat", 0),
    ("music.ogg", 300_000),
    ("world.bin", 3 << 20),
];

/// The possible contents of a path: the file as it is in any of the games.
type Bodies = HashMap<&'static str, Vec<blake3::Hash>>;

/// The answers up to now.
#[derive(Default)]
struct Tally {
    right: AtomicU64,
    wrong: AtomicU64,
    switches: AtomicU64,
    is_over: AtomicBool,
}

/// The resources that the server holds.
#[derive(Clone, Copy, Debug)]
struct Holding {
    memory_kib: u64,
    descriptors: usize,
    threads: usize,
}

#[test]
fn everything_at_once_leaves_nothing_behind() {
    let seconds = std::env::var("SOAK_SECONDS").ok();
    let seconds = seconds
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(5);
    let (place, bodies) = games();
    let (running, port) = place.serve(&["alpha", "--log", "off", "--metrics", "127.0.0.1:0"]);
    let tally = Tally::default();
    // It answers before it follows what changes on disk, and the host's commands after that.
    place.run(&["status"]).with_code(0);
    let fresh = holding(running.pid()).unwrap();
    // The sites of earlier games are kept for a while, so that it holds most only after some switches.
    let warm_up = Duration::from_secs(seconds.min(60) / 2 + 1);
    round(&place, port, (&bodies, &tally), warm_up);
    let before = settled(&running, &fresh);
    println!("after {warm_up:?}: {before:?}");
    round(
        &place,
        port,
        (&bodies, &tally),
        Duration::from_secs(seconds),
    );
    let after = settled(&running, &fresh);
    let [right, wrong, switches] =
        [&tally.right, &tally.wrong, &tally.switches].map(|count| count.load(Ordering::Relaxed));
    println!("after {seconds} s: {after:?}; right {right}, wrong {wrong}, switches {switches}");
    assert_eq!(wrong, 0);
    assert!(right > 100 && switches > 1, "{right} {switches}");
    // An allocator keeps what it may need again; each switch that left its site behind would take 4 MiB more.
    let most = before.memory_kib * 2 + 64 * 1024;
    assert!(after.memory_kib <= most, "{before:?} {after:?}");
    assert_eq!(Client::connect(port).get("/.webserver/health").status, 200);
    running.signal(Signal::TERM);
    running.exit().with_code(0);
}

fn games() -> (Place, Bodies) {
    let place = Place::with_three_games_and("[site]\nbig_file_mib = 1");
    let mut bodies = Bodies::new();
    for (seed, game) in (1..).zip(["alpha", "beta", "gamma"]) {
        for (name, length) in FILES {
            let content = content(seed, length);
            bodies.entry(name).or_default().push(blake3::hash(&content));
            place.write(&format!("{game}/{name}"), content);
        }
    }
    (place, bodies)
}

fn content(seed: u32, length: usize) -> Vec<u8> {
    let lines = (0..).map(|n: u32| format!("{seed} {}\n", n.wrapping_mul(2_654_435_761) >> 12));
    let bytes = lines.flat_map(String::into_bytes);
    bytes.take(length).collect()
}

/// All of them for a while.
fn round(place: &Place, port: u16, (bodies, tally): (&Bodies, &Tally), time: Duration) {
    tally.is_over.store(false, Ordering::Relaxed);
    thread::scope(|threads| {
        let mut parts: Vec<_> = (0..PLAYERS)
            .map(|number| threads.spawn(move || play(port, number, bodies, tally)))
            .collect();
        parts.push(threads.spawn(|| misbehave(port, tally)));
        parts.push(threads.spawn(|| operate(place, port, tally)));
        let end = Instant::now() + time;
        while Instant::now() < end && !parts.iter().any(thread::ScopedJoinHandle::is_finished) {
            thread::sleep(Duration::from_millis(50));
        }
        tally.is_over.store(true, Ordering::Relaxed);
    });
}

fn goes_on(tally: &Tally) -> bool {
    !tally.is_over.load(Ordering::Relaxed)
}

/// A player loads games, with all kinds of requests that are right.
fn play(port: u16, number: usize, bodies: &Bodies, tally: &Tally) {
    while goes_on(tally) {
        let mut client = Client::connect(port);
        for turn in number..number + 20 {
            let (name, _) = FILES[turn % FILES.len()];
            let path = format!("/{name}");
            let is_right = match turn % 4 {
                0 => is_whole(&client.request("HEAD", &path, &[]), None),
                1 => is_revalidated(&mut client, &path),
                _ => is_whole(&client.get(&path), bodies.get(name)),
            };
            let count = if is_right { &tally.right } else { &tally.wrong };
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn is_whole(answer: &Answer, bodies: Option<&Vec<blake3::Hash>>) -> bool {
    let is_known = |known: &Vec<_>| known.contains(&blake3::hash(&answer.body));
    answer.status == 200 && bodies.is_none_or(is_known)
}

/// True if a tag is confirmed for the content it was given for, or for another game's.
fn is_revalidated(client: &mut Client, path: &str) -> bool {
    let first = client.get(path);
    let tag = format!("If-None-Match: {}", first.field("etag").unwrap_or_default());
    let second = client.request("GET", path, &[&tag]);
    match second.status {
        304 => second.field("etag") == first.field("etag"),
        200 => second.body != first.body,
        _ => false,
    }
}

/// Connections that end in the middle of something.
fn misbehave(port: u16, tally: &Tally) {
    for turn in 0.. {
        if !goes_on(tally) {
            break;
        }
        let mut client = Client::connect(port);
        let sent = match turn % 6 {
            0 => client.try_send("GET /world.bin HTTP/1.1\r\nHost: x\r\n\r\n"),
            1 => client.try_send("GET / HT"),
            2 => client.try_send("\u{0}\u{1}garbage\r\n\r\n"),
            3 => client.try_send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx"),
            4 => client
                .try_send("GET /world.bin HTTP/1.1\r\nHost: x\r\nRange: bytes=5-9,0-0\r\n\r\n"),
            _ => Ok(()),
        };
        if sent.is_ok() && turn % 2 == 0 {
            let _ = client.read(100);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Switches, rebuilds, and a folder that is gone for a while.
fn operate(place: &Place, port: u16, tally: &Tally) {
    let port = port.to_string();
    let publish = |game| place.run(&["publish", game, "--port", &port]).code;
    while goes_on(tally) {
        for game in ["beta", "gamma", "gamma", "alpha"] {
            assert_eq!(publish(game), Some(0), "{game}");
            tally.switches.fetch_add(1, Ordering::Relaxed);
            thread::sleep(Duration::from_millis(100));
        }
        fs::rename(place.path("beta"), place.path("aside")).unwrap();
        assert_eq!(publish("beta"), Some(1));
        fs::rename(place.path("aside"), place.path("beta")).unwrap();
    }
}

/// The server's resources when nobody is connected any more: no more descriptors than earlier sites have files on disk, and
/// no threads but those that it began with, when those that wait for work have ended.
fn settled(running: &Running, fresh: &Holding) -> Holding {
    let mut last = *fresh;
    // On a busy machine, codings of the last game take minutes: they give way to all other programs.
    let is_settled = in_time_of(PATIENCE * 5, || {
        last = holding(running.pid())?;
        let is_settled =
            last.descriptors <= fresh.descriptors + 8 && last.threads <= fresh.threads + 2;
        is_settled.then_some(last)
    });
    is_settled.unwrap_or_else(|| panic!("it does not settle: {fresh:?} {last:?}"))
}

/// proc(5).
fn holding(pid: u32) -> Option<Holding> {
    let count = |what: &str| Some(fs::read_dir(format!("/proc/{pid}/{what}")).ok()?.count());
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let memory = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(Holding {
        memory_kib: memory.split_whitespace().next()?.parse().ok()?,
        descriptors: count("fd")?,
        threads: count("task")?,
    })
}
