//! From the start to the end: what is under way is finished, and no client can keep the program from living or ending.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Signal, geteuid};

use crate::support::{Client, Place, Running, WEBSERVER, head, in_time, not_tested, send};

/// More than the buffers of a connection hold.
const LARGE: usize = 32 << 20;

/// Far longer than what is at once, and far shorter than the limits in these tests.
const AT_ONCE: Duration = Duration::from_secs(8);

/// A game with a file of [`LARGE`] bytes, each telling where it stands.
fn place_with_a_large_file(settings: &str) -> (Place, Vec<u8>) {
    let place = Place::with_three_games_and(settings);
    let content: Vec<u8> = (0..LARGE)
        .map(|at| (at % 251 + at / 65_536) as u8)
        .collect();
    place.write("alpha/large.bin", &content);
    (place, content)
}

#[test]
fn a_stopping_server_completes_downloads() {
    let (place, content) = place_with_a_large_file("");
    for signal in [Signal::TERM, Signal::INT] {
        let (running, port) = place.serve(&["alpha"]);
        let mut client = Client::connect(port);
        client.send(head("GET", "/large.bin", &[]));
        let answer = client.answer_head().unwrap();
        assert_eq!(answer.length(), LARGE);
        let mut body = client.read(10_000).unwrap();
        running.signal(signal);
        until_refused(port);
        while body.len() < LARGE {
            let piece = client.read(1 << 20).unwrap();
            assert!(!piece.is_empty(), "cut off after {} bytes", body.len());
            body.extend(piece);
            // A slow reader.
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(body == content, "{signal:?}");
        assert_eq!(client.rest(), b"");
        running.exit().with_code(0);
    }
}

#[test]
fn idle_connections_do_not_delay_the_end() {
    let place = Place::with_three_games_and("[limits]\nidle_timeout = 60\ndrain_timeout = 60");
    for signal in [Signal::TERM, Signal::INT] {
        let (running, port) = place.serve(&["alpha"]);
        let mut used = Client::connect(port);
        assert_eq!(used.get("/").text(), "alpha");
        let mut fresh = Client::connect(port);
        // Taken after `fresh`, so that both are known to the server when this is answered.
        assert_eq!(Client::connect(port).get("/").text(), "alpha");
        let start = Instant::now();
        running.signal(signal);
        running.exit().with_code(0);
        assert!(start.elapsed() < AT_ONCE);
        assert_eq!(used.rest(), b"");
        assert_eq!(fresh.rest(), b"");
    }
}

#[test]
fn downloads_are_cut_at_the_drain_timeout() {
    let (place, _) = place_with_a_large_file("[limits]\ndrain_timeout = 1");
    let (running, port) = place.serve(&["alpha"]);
    let mut client = Client::connect(port);
    client.send(head("GET", "/large.bin", &[]));
    client.answer_head().unwrap();
    running.signal(Signal::TERM);
    let start = Instant::now();
    let finished = running.exit().with_code(0);
    assert!(start.elapsed() < AT_ONCE);
    assert!(finished.err.contains("cut off"), "{}", finished.err);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let settings = "[limits]\nidle_timeout = 60\ndrain_timeout = 60";
    let (place, _) = place_with_a_large_file(settings);
    for (first, second) in [
        (Signal::INT, Signal::INT),
        (Signal::TERM, Signal::TERM),
        (Signal::TERM, Signal::INT),
    ] {
        let (mut running, port) = place.serve(&["alpha"]);
        let mut client = Client::connect(port);
        client.send(head("GET", "/large.bin", &[]));
        client.answer_head().unwrap();
        running.signal(first);
        until_refused(port);
        assert!(running.is_alive(), "a download is under way");
        let start = Instant::now();
        running.signal(second);
        running.exit();
        assert!(start.elapsed() < AT_ONCE, "{first:?}, {second:?}");
    }
}

#[test]
fn a_connection_beyond_the_limit_waits_until_a_busy_one_is_idle() {
    let place = Place::with_three_games_and("[limits]\nconnections = 4\nhead_timeout = 1000");
    let (_running, port) = place.serve(&["alpha"]);
    let mut four: Vec<_> = (0..4).map(|_| Client::connect(port)).collect();
    for client in &mut four {
        assert_eq!(client.get("/").text(), "alpha");
        client.send("GET / HTTP/1.1\r\n");
    }
    // The server reads what came before it accepts what comes now.
    std::thread::sleep(Duration::from_millis(300));
    let mut fifth = Client::connect(port);
    fifth.send(head("GET", "/", &[]));
    fifth.patience(Duration::from_millis(300));
    assert!(fifth.read(1).is_err(), "answered besides four others");
    // The others are served all the while, and the first idle one gives way.
    four[2].send("Host: localhost\r\n\r\n");
    assert_eq!(four[2].answer().text(), "alpha");
    fifth.patience(crate::support::PATIENCE);
    assert_eq!(fifth.answer().text(), "alpha");
}

#[test]
fn the_server_recovers_from_a_lack_of_descriptors() {
    let place = Place::with_three_games();
    let script = "ulimit -n 40; exec \"$0\" \"$@\"";
    let arguments = ["-c", script, WEBSERVER, "0", "alpha"];
    let mut running = Running::start(place.command("sh", &arguments));
    let port = running.port();
    let sixty: Vec<_> = (0..60).map(|_| Client::connect(port)).collect();
    running.until_err("complaint", |err| err.contains("Too many open files"));
    drop(sixty);
    assert_eq!(Client::connect(port).get("/").text(), "alpha");
    assert!(running.is_alive());
    let err = running.err();
    let said = err.lines().filter(|line| line.contains("cannot accept"));
    assert!((1..20).contains(&said.count()), "{err}");
}

#[test]
fn too_little_address_space_is_said_at_the_start() {
    let place = Place::with_three_games();
    let script = "ulimit -v 130000; exec \"$0\" \"$@\"";
    let arguments = ["-c", script, WEBSERVER, "0", "alpha"];
    let finished = Running::start(place.command("sh", &arguments)).exit();
    assert_eq!(finished.code, Some(1));
    let said = "webserver: the address space is limited to 126 MiB (ulimit -v)";
    assert!(finished.err.starts_with(said), "{}", finished.err);
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_and_not_the_end() {
    let place = Place::with_three_games();
    place.game("export");
    let limited = |arguments: &[&str]| {
        let script = ["-c", "ulimit -f 0; exec \"$0\" \"$@\"", WEBSERVER];
        place.command("sh", &[&script[..], arguments].concat())
    };
    let finished = Running::start(limited(&["add", "export"])).exit();
    let said = finished.out + &finished.err;
    assert_eq!(finished.code, Some(1), "{said}");
    assert!(said.contains("File too large"), "{said}");
    let mut running = Running::start(limited(&["0", "alpha"]));
    assert_eq!(Client::connect(running.port()).get("/").text(), "alpha");
    assert!(running.is_alive());
}

#[test]
fn a_system_that_refuses_threads_is_named_and_not_taken_for_a_bug() {
    let place = Place::with_three_games();
    let mut command = place.webserver(&["0", "alpha"]);
    // No stack of a thread can be so large.
    command.env("RUST_MIN_STACK", (1_u64 << 46).to_string());
    let finished = Running::start(command).exit();
    assert_ne!(finished.code, Some(0));
    assert_eq!(
        finished.err,
        "webserver: the system refuses another thread, or the memory for it; raise the limits (ulimit -u, ulimit -v)\n"
    );
}

#[test]
fn a_file_for_which_there_is_no_memory_is_served_from_disk() {
    let place = Place::with_three_games_and("[site]\nmemory_mib = 2000\nbig_file_mib = 2000");
    let big = std::fs::File::create(place.path("alpha/big.bin")).unwrap();
    big.set_len(900 << 20).unwrap();
    // Address space for the program and its threads, not for the file.
    let script = "ulimit -v 800000; exec \"$0\" \"$@\"";
    let arguments = ["-c", script, WEBSERVER, "0", "alpha"];
    let mut running = Running::start(place.command("sh", &arguments));
    let mut client = Client::connect(running.port());
    client.send("GET /big.bin HTTP/1.1\r\nHost: localhost\r\nRange: bytes=-5\r\n\r\n");
    assert_eq!(client.answer().status, 206);
    assert!(running.is_alive());
}

#[test]
fn silent_clients_and_dripping_heads_are_closed() {
    let place = Place::with_three_games_and(
        "[limits]\nfirst_byte_timeout = 1\nidle_timeout = 1\nhead_timeout = 1",
    );
    let (_running, port) = place.serve(&["alpha"]);
    let mut silent = Client::connect(port);
    let mut used = Client::connect(port);
    let start = Instant::now();
    assert_eq!(used.get("/").text(), "alpha");
    let mut dripping = Client::connect(port);
    dripping.send("GET / HTTP/1.1\r\nX: ");
    let is_left = in_time(|| {
        std::thread::sleep(Duration::from_millis(100));
        dripping.try_send("x").is_err().then_some(())
    });
    is_left.expect("the dripping head is read for ever");
    assert!(start.elapsed() > Duration::from_millis(900));
    assert!(start.elapsed() < AT_ONCE);
    silent.rest();
    used.rest();
    assert!(start.elapsed() < AT_ONCE);
    assert_eq!(Client::connect(port).get("/").text(), "alpha");
}

#[test]
fn a_client_that_does_not_read_is_closed() {
    let (place, _) = place_with_a_large_file("[limits]\nrate_window = 1\nconnections = 1");
    let (_running, port) = place.serve(&["alpha"]);
    let mut stuck = Client::connect(port);
    stuck.send(head("GET", "/large.bin", &[]));
    stuck.answer_head().unwrap();
    let start = Instant::now();
    assert_eq!(Client::connect(port).get("/").text(), "alpha");
    assert!(start.elapsed() < AT_ONCE);
}

#[test]
fn signals_stop_the_first_process_of_a_container() {
    let place = Place::with_three_games();
    let mut arguments = vec!["--pid", "--fork", "--kill-child"];
    if !geteuid().is_root() {
        arguments.insert(0, "--map-root-user");
    }
    arguments.extend([WEBSERVER, "0"]);
    for (game, signal, code) in [
        (Some("alpha"), Signal::TERM, 0),
        (Some("alpha"), Signal::INT, 0),
        (None, Signal::TERM, 0),
        (None, Signal::INT, 130),
    ] {
        let mut command = place.command("unshare", &arguments);
        command.args(game).stdin(std::process::Stdio::piped());
        let mut running = Running::start(command);
        let _input = running.stdin();
        // On the air, or asking.
        let err = running.until_err("start", |err| {
            err.contains("Ctrl-C") || err.contains("Gamma Quest") || err.contains("unshare: ")
        });
        if err.contains("unshare: ") && !geteuid().is_root() {
            not_tested(&format!("the first process of a container: {err}"));
            return;
        }
        send(only_child_of(running.pid()), signal);
        running.exit().with_code(code);
    }
}

fn only_child_of(pid: u32) -> u32 {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    children
        .trim()
        .parse()
        .unwrap_or_else(|_| panic!("children: {children:?}"))
}

/// Waits until nobody listens there any more.
fn until_refused(port: u16) {
    let address = ([127, 0, 0, 1], port).into();
    in_time(|| Client::to(address).is_err().then_some(())).expect("it takes new connections");
}

#[test]
fn what_another_server_answers_cannot_act_on_the_terminal() {
    let place = Place::with_three_games();
    let folder = place.home("runtime/webserver");
    std::fs::create_dir_all(&folder).unwrap();
    let private = |path: &Path, mode| {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    };
    private(&folder, 0o700);
    let socket = folder.join("8080.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    private(&socket, 0o600);
    let hostile = "\u{1b}[2J\u{9b}1m\u{202e}x";
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut question = String::new();
            BufReader::new(&stream).read_line(&mut question).unwrap();
            let answer = match question.contains("metrics") {
                true => serde_json::json!({ "metrics": hostile }),
                false => serde_json::json!({ "error": { "what": hostile, "hint": hostile } }),
            };
            // A command that only tries the socket asks nothing.
            let _ = writeln!(stream, "{answer}");
        }
    });
    for arguments in [
        &["status", "--port", "8080"][..],
        &["status", "--port", "8080", "--json"],
        &["status", "--port", "8080", "--metrics"],
        &["publish", "alpha", "--port", "8080"],
    ] {
        let finished = place.run(arguments);
        let shown = finished.out.clone() + &finished.err;
        let acts = |c: char| matches!(c, '\u{1b}' | '\u{9b}' | '\u{202e}');
        assert!(!shown.contains(acts), "{arguments:?}: {shown:?}");
        assert!(shown.contains("[2J"), "{arguments:?}: {shown:?}");
    }
}
