//! A running server under its host's control: by keys, by lines of input, and from another terminal.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::importing::zip;
use crate::support::{
    Client, DOWN, ENTER, PATIENCE, Place, Running, Screen, in_time, is_selected, not_tested,
    numbers,
};

const USUAL: (u16, u16) = (24, 80);

/// The status line: the last row that is not empty.
fn status(rows: &[String]) -> Option<&String> {
    rows.iter().rfind(|row| !row.is_empty())
}

fn has_status(rows: &[String], title: &str) -> bool {
    status(rows).is_some_and(|row| row.starts_with(title) && row.contains(" · h help"))
}

fn until_on_air(screen: &Screen, title: &str) {
    screen.until(&format!("{title} in the status line"), |rows| {
        has_status(rows, title)
    });
}

fn served(port: u16) -> String {
    Client::connect(port).get("/").text()
}

fn on_air(place: &Place, game: &str) -> (Screen, u16) {
    let screen = Screen::open(place, USUAL, &["0", game, "--log", "text"]);
    let port = screen.port();
    screen.until("the status line", |rows| {
        status(rows).is_some_and(|row| row.contains(" · h help"))
    });
    (screen, port)
}

#[test]
fn the_menu_changes_nothing_until_a_game_is_picked() {
    let place = Place::with_three_games();
    let (mut screen, port) = on_air(&place, "alpha");
    screen.press("g");
    screen.until_selected("Alpha Quest");
    assert_eq!(served(port), "alpha", "nothing is picked yet");
    screen.press(DOWN);
    screen.until_selected("Beta Quest");
    assert_eq!(served(port), "alpha", "nothing is picked yet");
    screen.press("\u{1b}");
    until_on_air(&screen, "Alpha Quest");
    assert_eq!(served(port), "alpha", "after Esc");
    screen.press("g");
    screen.until_selected("Alpha Quest");
    screen.press("3");
    screen.until_selected("Gamma Quest");
    screen.press(ENTER);
    until_on_air(&screen, "Gamma Quest");
    assert_eq!(served(port), "gamma");
    assert!(
        !screen.rows().iter().any(|row| is_selected(row)),
        "{screen}"
    );
    screen.stop();
    assert_eq!(screen.exit(), 0);
}

#[test]
fn log_lines_wait_while_the_menu_is_open() {
    let place = Place::with_three_games();
    let (mut screen, port) = on_air(&place, "alpha");
    screen.press("g");
    screen.until_selected("Alpha Quest");
    let mut client = Client::connect(port);
    for number in 1..=3 {
        client.get(&format!("/held-{number}"));
    }
    screen.press(DOWN);
    screen.until_selected("Beta Quest");
    assert!(!screen.text().contains("held-"), "{screen}");
    assert_eq!(numbers(&screen.rows()), [1, 2, 3], "{screen}");
    screen.press("\u{1b}");
    for number in 1..=3 {
        screen.until_shows(&format!("/held-{number}"));
    }
    until_on_air(&screen, "Alpha Quest");
}

#[test]
fn the_log_scrolls_above_the_status_line() {
    let place = Place::with_three_games();
    let (screen, port) = on_air(&place, "alpha");
    let mut client = Client::connect(port);
    for number in 1..=100 {
        client.get(&format!("/page-{number}"));
    }
    screen.until_shows("/page-100 ");
    screen.until("one status line, below the log", |rows| {
        let is_status = |row: &&String| row.contains(" · h help");
        let lines = rows.iter().filter(is_status).count();
        lines == 1 && has_status(rows, "Alpha Quest")
    });
    let pages: Vec<usize> = screen
        .rows()
        .iter()
        .filter_map(|row| row.split_once("/page-")?.1.split_once(' ')?.0.parse().ok())
        .collect();
    let first = 101 - pages.len();
    assert!(pages.len() > 15, "{screen}");
    assert!(pages.iter().copied().eq(first..=100), "{screen}");
}

#[test]
fn the_keys_stand_in_as_many_columns_as_the_terminal_has_room_for() {
    let place = Place::with_three_games();
    let code = "c  QR code of the address";
    for (columns, expected) in [
        (80, format!("{:21}  {code}  s  status", "u  addresses")),
        (60, format!("{code}  s  status")),
        (40, code.to_owned()),
    ] {
        let mut screen = Screen::open(&place, (40, columns), &["0", "alpha"]);
        screen.until_shows("On the air: Alpha Quest");
        screen.press("h");
        screen.until("the keys", |rows| {
            rows.iter().any(|row| row.trim_end() == expected)
        });
        screen.stop();
        screen.exit();
    }
}

#[test]
fn every_key_of_the_help_works() {
    let place = Place::with_three_games();
    let (mut screen, port) = on_air(&place, "alpha");
    screen.press("h");
    screen.until_shows("g  another game");
    screen.press("u");
    screen.until("the address twice", |rows| {
        let address = format!("http://localhost:{port}/");
        rows.iter().filter(|row| row.contains(&address)).count() == 2
    });
    Client::connect(port).get("/nothing-here");
    screen.until_shows("GET   /nothing-here");
    screen.press("s");
    screen.until_shows("Not found:");
    screen.until_shows("On the air: Alpha Quest (alpha)");
    screen.press("l");
    screen.until_shows("paused");
    Client::connect(port).get("/unseen");
    screen.press("l");
    screen.until_shows("resumed");
    Client::connect(port).get("/seen");
    screen.until_shows("/seen");
    assert!(!screen.text().contains("/unseen"), "{screen}");
    place.write("alpha/index.html", "alpha, again");
    screen.press("r");
    in_time(|| (served(port) == "alpha, again").then_some(())).expect("the new page");
    until_on_air(&screen, "Alpha Quest");
    screen.stop();
    assert_eq!(screen.exit(), 0);
}

#[test]
fn o_opens_the_hosts_browser() {
    let place = Place::with_three_games();
    // Browsers are started through a program on the path; this one records the address.
    let opened = place.path("opened");
    let script = format!("#!/bin/sh\necho \"$1\" > '{}'\n", opened.display());
    place.write("bin/xdg-open", script);
    let browser = place.path("bin/xdg-open");
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    let bin = place.path("bin");
    let script = format!("PATH={}:$PATH exec \"$0\" 0 alpha", bin.display());
    let mut screen = Screen::run(
        &place,
        USUAL,
        &["sh", "-c", &script, crate::support::WEBSERVER],
    );
    let port = screen.port();
    until_on_air(&screen, "Alpha Quest");
    screen.press("o");
    let address = in_time(|| {
        fs::read_to_string(&opened)
            .ok()
            .filter(|text| !text.is_empty())
    });
    assert_eq!(
        address.as_deref(),
        Some(format!("http://localhost:{port}/\n").as_str()),
        "{screen}"
    );
}

#[test]
fn o_without_a_browser_says_so() {
    let place = Place::with_three_games();
    // No launcher is on the path.
    place.write("bin/none", "");
    let bin = place.path("bin");
    let script = format!("PATH={} exec \"$0\" 0 alpha", bin.display());
    let words = ["/bin/sh", "-c", &script, crate::support::WEBSERVER];
    let mut screen = Screen::run(&place, (24, 120), &words);
    let port = screen.port();
    until_on_air(&screen, "Alpha Quest");
    screen.press("o");
    screen.until_shows("no browser on this machine could be started");
    screen.until_shows(&format!("open http://localhost:{port}/ yourself"));
}

/// A game that phones run over https only is announced and shared as such; any other over http, as long as there is TLS.
#[test]
fn a_game_that_needs_a_secure_context_is_announced_and_shared_over_https() {
    let place = Place::with_three_games();
    place.write(
        "beta/index.html",
        "<script>const GODOT_THREADS_ENABLED = true; GODOT_CONFIG = {};</script>",
    );
    place.write("beta/index.js", "new SharedArrayBuffer(1)");
    let needed = "This game needs https. Browsers warn once";
    let missing = "browsers run it at localhost or over https only, not on phones";
    for (first, tls, is_https) in [
        ("alpha", "auto", false),
        ("beta", "auto", true),
        ("beta", "off", false),
        ("alpha", "only", true),
    ] {
        let (running, port) = place.serve(&[first, "--tls", tls]);
        let err = running.until_err("the announcement", |err| err.contains("Ctrl-C"));
        let status = place.run(&["status", "--json", "--port", &port.to_string()]);
        let status: serde_json::Value = serde_json::from_str(&status.with_code(0).out).unwrap();
        let Some(share) = status["share"].as_str() else {
            not_tested("https in announcements: this machine has no address of a LAN");
            return;
        };
        assert_eq!(
            share.starts_with("https://"),
            is_https,
            "{first} {tls}: {share}"
        );
        assert!(err.contains(share), "{first} {tls}: {err}");
        let local = format!("http://localhost:{port}/");
        assert!(err.contains(&local), "loopback is secure: {err}");
        assert_eq!(status["addresses"][0], *local);
        assert_eq!(err.contains(needed), first == "beta" && is_https, "{err}");
        assert_eq!(err.contains(missing), first == "beta" && !is_https, "{err}");
        if (first, tls) == ("alpha", "auto") {
            // Each game has the address that it needs.
            place.run(&["publish", "beta"]).with_code(0);
            running.until_err("https", |err| {
                err.contains(&share.replace("http:", "https:"))
            });
            place.run(&["publish", "gamma"]).with_code(0);
            let err = running.until_err("gamma", |err| {
                let (_, after) = err.split_once("Gamma Quest").unwrap_or_default();
                after.contains(share)
            });
            assert_eq!(err.matches(needed).count(), 1, "{err}");
        }
    }
}

#[test]
fn q_and_ctrl_c_stop_the_server_and_restore_the_terminal() {
    let place = Place::with_three_games();
    for stop in [Screen::stop, |screen: &mut Screen| screen.press("\u{3}")] {
        let (mut screen, port) = on_air(&place, "beta");
        Client::connect(port).get("/");
        stop(&mut screen);
        assert_eq!(screen.exit(), 0, "{screen}");
        assert!(!screen.is_asked(), "the modes are as before");
        screen.until("no status line", |rows| {
            !rows.iter().any(|row| row.contains(" · h help"))
        });
    }
}

#[test]
fn a_second_ctrl_c_stops_without_waiting_for_downloads() {
    let place = Place::with_three_games_and("[limits]\ndrain_timeout = 60");
    place.write("alpha/large.bin", vec![7; 32 << 20]);
    let (mut screen, port) = on_air(&place, "alpha");
    let mut client = Client::connect(port);
    client.send(crate::support::head("GET", "/large.bin", &[]));
    client.answer_head().unwrap();
    screen.press("\u{3}");
    screen.until_shows("Stopping");
    screen.press("\u{3}");
    assert_eq!(screen.exit(), 130);
}

#[test]
fn a_failed_build_leaves_the_old_game_on_the_air() {
    let place = Place::with_three_games();
    let (mut screen, port) = on_air(&place, "alpha");
    screen.press("g");
    screen.until_selected("Alpha Quest");
    // A menu that is opened later says that it cannot be played.
    fs::remove_dir_all(place.path("beta")).unwrap();
    screen.press("2");
    screen.until_selected("Beta Quest");
    screen.press(ENTER);
    screen.until_shows("cannot publish Beta Quest");
    until_on_air(&screen, "Alpha Quest");
    assert_eq!(served(port), "alpha");
}

#[test]
fn a_long_build_shows_progress_and_is_cancelled_by_esc_or_a_newer_choice() {
    let place = Place::with_three_games();
    for number in 0..4000 {
        place.write(&format!("beta/file-{number}.bin"), vec![7; 20_000]);
    }
    // Enough to read for as long as the keys take, on any machine.
    let large = File::create(place.path("beta/large.bin")).unwrap();
    large.set_len(4_000_000_000).unwrap();
    let (mut screen, port) = on_air(&place, "alpha");
    for keys in ["\u{1b}", "g"] {
        screen.press("g");
        screen.until_selected("Alpha Quest");
        screen.press("2");
        screen.until_selected("Beta Quest");
        screen.press(ENTER);
        screen.until("the progress", |rows| {
            status(rows).is_some_and(|row| {
                row.starts_with("Building Beta Quest [") && row.contains("/4002 files")
            })
        });
        assert_eq!(served(port), "alpha", "until it is complete");
        screen.press(keys);
        if keys == "g" {
            // A newer choice cancels the older one.
            screen.until_selected("Alpha Quest");
            screen.press("3");
            screen.until_selected("Gamma Quest");
            screen.press(ENTER);
            until_on_air(&screen, "Gamma Quest");
        } else {
            screen.until_shows("Beta Quest was not published: cancelled");
            until_on_air(&screen, "Alpha Quest");
        }
    }
    assert_eq!(served(port), "gamma");
    assert!(
        !screen.text().contains("On the air: Beta Quest"),
        "{screen}"
    );
}

#[test]
fn a_tiny_terminal_causes_no_panic() {
    let place = Place::with_three_games();
    for size in [(1, 1), (2, 10), (5, 20), (10, 40)] {
        let (mut screen, _) = on_air(&place, "alpha");
        screen.shrink(size.0, size.1);
        for key in ["h", "s", "g"] {
            screen.press(key);
        }
        screen.resize(24, 80);
        screen.until_selected("Alpha Quest");
        screen.press("\u{1b}");
        until_on_air(&screen, "Alpha Quest");
        screen.stop();
        assert_eq!(screen.exit(), 0, "{size:?}\n{screen}");
    }
}

#[test]
fn lines_of_standard_input_are_commands() {
    let place = Place::with_three_games();
    let mut command = place.webserver(&["0", "alpha"]);
    command.stdin(Stdio::piped());
    let mut running = Running::start(command);
    let mut input = running.stdin();
    let port = running.port();
    let mut enter = |line: &str| writeln!(input, "{line}").unwrap();
    enter("publish beta");
    running.until_err("switch", |err| err.contains("On the air: Beta Quest"));
    assert_eq!(served(port), "beta");
    enter("publish Gamma Quest");
    running.until_err("switch", |err| err.contains("On the air: Gamma Quest"));
    assert_eq!(served(port), "gamma");
    enter("publish nonsense");
    running.until_err("error", |err| err.contains("nonsense"));
    enter("dance");
    running.until_err("error", |err| err.contains("unknown command \"dance\""));
    enter("status");
    running.until_err("status", |err| {
        err.contains("On the air: Gamma Quest (gamma)")
    });
    assert_eq!(served(port), "gamma");
    enter("quit");
    running.exit().with_code(0);
}

#[test]
fn games_that_came_to_the_librarys_folder_can_be_chosen() {
    let place = Place::new();
    place.game("games/alpha");
    place.game("games/beta");
    let mut command = place.webserver(&["0", "games"]);
    command.stdin(Stdio::piped());
    let mut running = Running::start(command);
    let mut input = running.stdin();
    let mut enter = |line: &str| writeln!(input, "{line}").unwrap();
    enter("alpha");
    let port = running.port();
    // A number is that of the list at the start.
    place.game("games/alpine");
    enter("publish 2");
    running.until_err("switch", |err| err.contains("On the air: beta"));
    place.game("games/gamma");
    enter("publish gamma");
    running.until_err("switch", |err| err.contains("On the air: gamma"));
    assert_eq!(served(port), "games/gamma");

    // The menu opens at the game that was published last.
    let mut screen = Screen::open(&place, USUAL, &["0", "games"]);
    screen.until_selected("gamma");
    screen.press(ENTER);
    until_on_air(&screen, "gamma");
    place.game("games/delta");
    screen.press("g");
    screen.until_selected("gamma");
    screen.until_shows("delta");
    screen.press("\u{1b}");
    until_on_air(&screen, "gamma");
    screen.stop();
    assert_eq!(screen.exit(), 0);
}

#[test]
fn the_end_of_the_input_does_not_stop_the_server() {
    let place = Place::with_three_games();
    let running = Running::start_with_input(place.webserver(&["0"]), "2\npublish gamma\n");
    let port = running.port();
    running.until_err("switch", |err| err.contains("On the air: Gamma Quest"));
    assert_eq!(served(port), "gamma");
    running.signal(Signal::TERM);
    running.exit().with_code(0);
}

#[test]
fn publish_status_and_stop_reach_a_running_server() {
    let place = Place::with_three_games();
    let (running, port) = place.serve(&["alpha"]);
    let done = place.run(&["publish", "beta"]).with_code(0);
    assert_eq!(done.out, "On the air: Beta Quest\n");
    assert_eq!(served(port), "beta");
    // A path is relative to the folder of the client.
    place.write("elsewhere/games/delta/index.html", "delta");
    let mut command = place.webserver(&["publish", "games/delta"]);
    command.current_dir(place.path("elsewhere"));
    Running::start(command).exit().with_code(0);
    assert_eq!(served(port), "delta");

    let json = place.run(&["status", "--json"]).with_code(0).out;
    let status: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(status["game"], "delta");
    assert_eq!(status["addresses"][0], format!("http://localhost:{port}/"));
    assert!(status["requests"].as_u64().unwrap() >= 2, "{json}");
    let text = place.run(&["status"]).with_code(0).out;
    assert!(
        text.contains(&format!("http://localhost:{port}/")),
        "{text}"
    );

    let mut stranger = Client::connect(port);
    stranger.send("nonsense\r\n\r\n");
    stranger.rest();
    let text = place.run(&["status"]).with_code(0).out;
    assert!(text.contains("1  sent something other than HTTP"), "{text}");
    let metrics = place.run(&["status", "--metrics"]).with_code(0).out;
    let refused = "webserver_connections_refused_total{reason=\"malformed\"} 1\n";
    assert!(metrics.contains(refused), "{metrics}");
    assert!(metrics.ends_with("# EOF\n"), "{metrics}");

    for (typed, words) in [("bta", "beta"), ("games/none", "none"), ("", "game")] {
        let failed = place.run(&["publish", typed]).with_code(1);
        assert!(failed.err.contains(words), "{typed}: {}", failed.err);
        assert_eq!(served(port), "delta", "{typed}");
    }
    place.run(&["stop"]).with_code(0);
    running.exit().with_code(0);
}

#[test]
fn without_a_port_commands_need_exactly_one_server() {
    let place = Place::with_three_games();
    for arguments in [&["publish", "beta"] as &[&str], &["status"], &["stop"]] {
        let none = place.run(arguments).with_code(1);
        assert!(none.err.contains("no server is running"), "{}", none.err);
    }
    let (_one, first) = place.serve(&["alpha"]);
    let (_two, second) = place.serve(&["beta"]);
    let both = place.run(&["publish", "gamma"]).with_code(1);
    for port in [first, second] {
        assert!(both.err.contains(&port.to_string()), "{}", both.err);
    }
    let port = second.to_string();
    place
        .run(&["publish", "gamma", "--port", &port])
        .with_code(0);
    assert_eq!(
        (served(first), served(second)),
        ("alpha".into(), "gamma".into())
    );
    place.run(&["stop", "--port", &port]).with_code(0);
    let gone = place.run(&["status", "--port", &port]).with_code(1);
    assert!(gone.err.contains(&port), "{}", gone.err);
    place.run(&["publish", "--port", "x", "beta"]).with_code(2);
}

#[test]
fn the_socket_is_private_and_a_stale_one_is_replaced() {
    let place = Place::with_three_games();
    let (running, port) = place.serve(&["alpha"]);
    let folder = place.home("runtime/webserver");
    let socket = folder.join(format!("{port}.sock"));
    in_time(|| socket.exists().then_some(())).expect("a socket");
    for (path, mode) in [(&folder, 0o700), (&socket, 0o600)] {
        assert_eq!(fs::metadata(path).unwrap().mode() & 0o777, mode);
    }
    running.signal(Signal::KILL);
    running.exit();
    assert!(socket.exists());
    let none = place.run(&["status"]).with_code(1);
    assert!(none.err.contains("no server is running"), "{}", none.err);
    assert!(!socket.exists(), "the stale socket is removed");

    fs::write(&socket, "").unwrap();
    let _again = Running::start(place.webserver(&[&port.to_string(), "beta"]));
    in_time(|| {
        place
            .run(&["status"])
            .out
            .contains("Beta Quest")
            .then_some(())
    })
    .expect("its own socket");
}

#[test]
fn nonsense_on_the_socket_does_no_harm() {
    use std::io::Read;
    use std::os::unix::net::UnixStream;
    let place = Place::with_three_games();
    let (_running, port) = place.serve(&["alpha"]);
    let socket = place.home(&format!("runtime/webserver/{port}.sock"));
    in_time(|| socket.exists().then_some(())).expect("a socket");
    let long = "x".repeat(1 << 20);
    for nonsense in ["\n", "{}\n", "\"dance\"\n", "\u{0}\u{1}\n", &long] {
        let mut stream = UnixStream::connect(&socket).unwrap();
        // The server may have stopped reading.
        let _ = stream.write_all(nonsense.as_bytes());
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(!answer.contains("\"ok\""), "{answer}");
    }
    assert_eq!(served(port), "alpha");
    place.run(&["publish", "beta"]).with_code(0);
}

#[test]
fn players_never_see_a_mix_of_two_games() {
    let place = Place::with_three_games();
    for game in ["alpha", "beta"] {
        for number in 0..20 {
            place.write(
                &format!("{game}/file-{number}.txt"),
                game.repeat(1000 + number),
            );
        }
    }
    let (_running, port) = place.serve(&["alpha"]);
    let players: Vec<_> = (0..8)
        .map(|seed| {
            thread::spawn(move || {
                let mut client = Client::connect(port);
                for round in 0..200 {
                    let number = (round + seed) % 20;
                    let answer = client.get(&format!("/file-{number}.txt"));
                    assert_eq!(answer.status, 200);
                    let text = answer.text();
                    let game = match text.starts_with('a') {
                        true => "alpha",
                        false => "beta",
                    };
                    assert!(text == game.repeat(1000 + number), "{}", text.len());
                }
            })
        })
        .collect();
    for round in 0..10 {
        let game = ["beta", "alpha"][round % 2];
        place.run(&["publish", game]).with_code(0);
    }
    for player in players {
        player.join().unwrap();
    }
}

#[test]
fn sighup_reloads_the_library_and_rebuilds_the_game() {
    let place = Place::with_three_games();
    let (running, port) = place.serve(&["alpha", "--no-watch"]);
    place.game("delta");
    place.write("alpha/index.html", "alpha, again");
    let config = fs::read_to_string(place.path("config.toml")).unwrap();
    let delta = "[[games]]\nslug = \"delta\"\npath = \"delta\"\n";
    place.write("config.toml", format!("log = \"off\"\n{config}{delta}"));
    running.signal(Signal::HUP);
    running.until_err("a restart", |err| err.contains("only: log; restart"));
    in_time(|| (served(port) == "alpha, again").then_some(())).expect("the new page");
    place.run(&["publish", "delta"]).with_code(0);
    assert_eq!(served(port), "delta");
    // A mistake is reported, and the earlier library stays.
    place.write("config.toml", "[[games]\n");
    running.signal(Signal::HUP);
    running.until_err("mistake", |err| err.contains("config.toml:1"));
    place.run(&["publish", "beta"]).with_code(0);
    assert_eq!(served(port), "beta");
}

#[test]
fn an_export_under_another_name_is_found_on_request() {
    let place = Place::new();
    place.write("game/Game.html", "one");
    place.write("set/Game.html", "set");
    let (running, port) = place.serve(&["game", "--no-watch"]);
    assert_eq!(served(port), "one");
    fs::remove_file(place.path("game/Game.html")).unwrap();
    place.write("game/index.html", "two");
    running.signal(Signal::HUP);
    in_time(|| (served(port) == "two").then_some(())).expect("the new page");
    // An index beside the only page needs no request.
    place.write("beside/Game.html", "one");
    let (_running, port) = place.serve(&["beside"]);
    assert_eq!(served(port), "one");
    place.write("beside/index.html", "two");
    in_time(|| (served(port) == "two").then_some(())).expect("the index");
    // A page that somebody has set stays.
    let (running, port) = place.serve(&["set", "--entry", "Game.html", "--no-watch"]);
    place.write("set/index.html", "not asked for");
    place.write("set/Game.html", "set again");
    running.signal(Signal::HUP);
    in_time(|| (served(port) == "set again").then_some(())).expect("the same page, new");
}

#[test]
fn an_archive_whose_folder_has_another_name_is_published() {
    let place = Place::new();
    let pack = |archive: &str, folder: &str, page: &str| {
        let entry = format!("{folder}index.html");
        zip(&place, archive, &[(entry.as_str(), page)]);
    };
    for (archive, arguments) in [
        ("found.zip", &[][..]),
        ("set.zip", &["--entry", "index.html"]),
    ] {
        pack(archive, "quest-1.0/", "one");
        let (_running, port) = place.serve(&[&[archive][..], arguments].concat());
        assert_eq!(served(port), "one");
        for (folder, page) in [("quest-1.1/", "two"), ("", "three"), ("quest/", "four")] {
            pack(archive, folder, page);
            in_time(|| (served(port) == page).then_some(())).expect(page);
        }
    }
}

#[test]
fn a_game_of_the_library_is_found_in_a_folder_of_another_name() {
    let place = Place::new();
    place.write("quest/quest-1.0/index.html", "one");
    place.write(
        "config.toml",
        "[[games]]\nslug = \"quest\"\npath = \"quest\"\n",
    );
    let (_running, port) = place.serve(&["quest"]);
    fs::remove_dir_all(place.path("quest/quest-1.0")).unwrap();
    place.write("quest/quest-1.1/index.html", "two");
    // After 30 s, in which the first folder may come back.
    in_time(|| (served(port) == "two").then_some(())).expect("the new page");
}

#[test]
fn changes_to_the_game_and_the_config_are_published() {
    let place = Place::with_three_games();
    let (running, port) = place.serve(&["alpha"]);
    for number in 0..50 {
        place.write(&format!("alpha/file-{number}.js"), format!("{number}"));
    }
    place.write("alpha/index.html", "alpha, exported anew");
    in_time(|| (served(port) == "alpha, exported anew").then_some(())).expect("the new page");
    let mut client = Client::connect(port);
    assert_eq!(client.get("/file-49.js").text(), "49");
    let switches = || running.err().matches("On the air: Alpha Quest").count();
    assert!(
        switches() <= 3,
        "one build for many files: {}",
        running.err()
    );

    // An export that is deleted and written again.
    fs::remove_dir_all(place.path("alpha")).unwrap();
    running.until_err("reason", |err| err.contains("index.html is missing"));
    assert_eq!(client.get("/").text(), "alpha, exported anew");
    place.write("alpha/index.html", "alpha is back");
    in_time(|| (served(port) == "alpha is back").then_some(())).expect("the new page");

    let config = fs::read_to_string(place.path("config.toml")).unwrap();
    place.write("config.toml", format!("{config}nonsense"));
    running.until_err("mistake", |err| err.contains("config.toml:"));
    place.game("delta");
    let delta = "[[games]]\nslug = \"delta\"\npath = \"delta\"\n";
    place.write("config.toml", format!("{config}{delta}"));
    running.until_err("library", |err| err.contains("4 games"));
    place.run(&["publish", "delta"]).with_code(0);
    assert_eq!(served(port), "delta");
}

#[test]
fn the_game_on_the_air_follows_its_entry_whatever_its_page_and_slug() {
    let place = Place::new();
    place.write("quest/Game.html", "one");
    let list = |title: &str| {
        let entry = format!("[[games]]\nslug = \"quest\"\ntitle = \"{title}\"\npath = \"quest\"\n");
        place.write("config.toml", entry);
    };
    list("First");
    let (running, port) = place.serve(&["quest"]);
    // Its page is chosen again.
    place.write("quest/index.html", "two");
    in_time(|| (served(port) == "two").then_some(())).expect("the index");
    list("Second");
    running.until_err("title", |err| err.contains("On the air: Second"));
    // A mistake is corrected.
    list("");
    running.until_err("mistake", |err| err.contains("0 games, 1 not playable"));
    list("Third");
    running.until_err("title", |err| err.contains("On the air: Third"));
    place.run(&["rename", "quest", "journey"]).with_code(0);
    let status = || place.run(&["status"]).with_code(0).out;
    in_time(|| status().contains("(journey)").then_some(())).expect("the new slug");
}

#[test]
fn changes_during_a_build_are_published_after_it() {
    let place = Place::with_three_games();
    // The build reads the pages early, and takes longer than their export.
    for game in ["alpha", "beta"] {
        let large = File::create(place.path(&format!("{game}/large.bin"))).unwrap();
        large.set_len(600_000_000).unwrap();
    }
    let export = |game: &str| {
        for round in 0..20 {
            place.write(&format!("{game}/index.html"), format!("{game} {round}"));
            thread::sleep(Duration::from_millis(20));
        }
    };
    let (_running, port) = thread::scope(|scope| {
        scope.spawn(|| export("alpha"));
        place.serve(&["alpha"])
    });
    in_time(|| (served(port) == "alpha 19").then_some(())).expect("the last page");
    thread::scope(|scope| {
        scope.spawn(|| export("beta"));
        place.run(&["publish", "beta"]).with_code(0);
    });
    in_time(|| (served(port) == "beta 19").then_some(())).expect("the last page");
}

#[test]
fn changes_are_ignored_with_no_watch() {
    let place = Place::with_three_games();
    let (_running, port) = place.serve(&["alpha", "--no-watch"]);
    place.write("alpha/index.html", "alpha, exported anew");
    place.run(&["publish", "beta"]).with_code(0);
    assert_eq!(served(port), "beta");
    place.run(&["publish", "alpha"]).with_code(0);
    assert_eq!(served(port), "alpha, exported anew");
}

#[test]
fn a_server_is_found_without_the_environment_it_was_started_in() {
    let place = Place::with_three_games();
    let mut command = place.webserver(&["0", "alpha"]);
    command.env_remove("WEBSERVER_CONTROL_DIR");
    let running = Running::start(command);
    let port = running.port().to_string();
    for (variables, work) in [
        (&["XDG_RUNTIME_DIR"][..], "ssh"),
        (&["XDG_RUNTIME_DIR", "HOME", "XDG_STATE_HOME"], "cron"),
    ] {
        let mut command = place.webserver(&["status", "--port", &port]);
        command.env_remove("WEBSERVER_CONTROL_DIR");
        for variable in variables {
            command.env_remove(variable);
        }
        // A temporary folder of its own, as a unit with PrivateTmp has.
        command.env("TMPDIR", place.path(work));
        let status = Running::start(command).exit().with_code(0);
        assert!(status.out.contains("Alpha Quest"), "{work}: {status:?}");
    }
}

#[test]
fn status_without_a_port_lists_several_servers() {
    let place = Place::with_three_games();
    let (_one, first) = place.serve(&["alpha"]);
    let (_two, second) = place.serve(&["beta"]);
    let table = place.run(&["status"]).with_code(0).out;
    for (port, title) in [(first, "Alpha Quest"), (second, "Beta Quest")] {
        let is_row = |line: &str| line.contains(&port.to_string()) && line.contains(title);
        assert!(table.lines().any(is_row), "{table}");
    }
    assert_eq!(table.lines().count(), 3, "{table}");
}

#[test]
fn a_server_that_does_not_answer_is_given_up_after_five_seconds() {
    use std::os::unix::net::UnixListener;
    use std::time::Instant;
    let place = Place::with_three_games();
    let folder = place.home("runtime/webserver");
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let socket = folder.join("8080.sock");
    let silent = UnixListener::bind(&socket).unwrap();
    silent.set_nonblocking(true).unwrap();
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o600)).unwrap();
    let start = Instant::now();
    place.run(&["status", "--port", "8080"]).with_code(1);
    assert!(start.elapsed() < PATIENCE / 2);
    silent.accept().expect("it was asked");
    // A socket that others may write to is not trusted.
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o666)).unwrap();
    place.run(&["status"]).with_code(1);
    assert!(silent.accept().is_err(), "it was not asked");
}

#[test]
fn an_export_with_pauses_is_published_once_its_page_has_all_files() {
    let place = Place::with_three_games();
    let page = |version: &str| {
        // Long enough to be compressed.
        let filler = "filler ".repeat(500);
        format!(
            "<!doctype html><script src=a.js></script><script src=z.js></script><!--{filler}-->{version}"
        )
    };
    place.write("alpha/index.html", page("one"));
    place.write("alpha/a.js", "one");
    place.write("alpha/z.js", "one");
    let (running, port) = place.serve(&["alpha"]);
    let mut client = Client::connect(port);
    // The files that the page lacks now are known once the site has been crawled.
    let coded = in_time(|| {
        let answer = client.request("GET", "/", &["Accept-Encoding: gzip"]);
        (answer.field("content-encoding") == Some("gzip")).then_some(())
    });
    coded.expect("the site is compressed");
    fs::remove_dir_all(place.path("alpha")).unwrap();
    for (name, content) in [
        ("alpha/index.html", page("two")),
        ("alpha/a.js", "two".to_owned()),
        ("alpha/z.js", "two".to_owned()),
    ] {
        thread::sleep(Duration::from_millis(900));
        let one = client.get("/").text();
        assert!(one.ends_with("one"), "{name}: {one}");
        assert_eq!(client.get("/z.js").text(), "one", "{name}");
        place.write(name, content);
    }
    in_time(|| served(port).ends_with("two").then_some(())).expect("the new version");
    assert_eq!(client.get("/z.js").text(), "two");
    let err = running.err();
    assert_eq!(err.matches("export is not finished").count(), 1, "{err}");
}
