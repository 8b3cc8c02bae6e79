//! Choosing where there is no terminal: a line of input, the configuration, or nobody at all.

use std::io::Write;
use std::thread;

use rustix::process::Signal;

use crate::support::{Client, Finished, Place, Running, WEBSERVER};

/// More than this is no message.
const MOST_OUTPUT: usize = 4096;

#[test]
fn a_line_names_the_game() {
    let place = Place::with_three_games();
    for (input, page) in [
        ("2\n", "beta"),
        ("2", "beta"),
        ("gamma\n", "gamma"),
        ("Gamma Quest\n", "gamma"),
        ("第三关\r\n", "gamma"),
        ("  1  \n", "alpha"),
        ("2\n3\n", "beta"),
    ] {
        let running = Running::start_with_input(place.webserver(&["0"]), input);
        let served = Client::connect(running.port()).get("/").text();
        assert_eq!(served, page, "{input:?}");
        assert_listed_once(&running.err());
    }
}

#[test]
fn the_list_is_numbered() {
    let place = Place::with_three_games();
    let running = Running::start_with_input(place.webserver(&["0"]), "2\n");
    running.port();
    let err = running.err();
    for (number, title) in [
        ("1", "Alpha Quest"),
        ("2", "Beta Quest"),
        ("3", "Gamma Quest"),
    ] {
        let is_row = |line: &str| line.trim_start().starts_with(number) && line.contains(title);
        assert!(err.lines().any(is_row), "{err}");
    }
}

#[test]
fn a_wrong_line_is_reported_and_the_next_one_read() {
    let place = Place::with_three_games();
    let mut running = Running::start({
        let mut command = place.webserver(&["0"]);
        command.stdin(std::process::Stdio::piped());
        command
    });
    let mut input = running.stdin();
    running.until_err("list", |err| err.contains("Gamma Quest"));
    for (wrong, shown) in [
        ("nonsense", "nonsense"),
        ("4", "4"),
        ("0", "0"),
        ("\u{1b}[2J", "[2J"),
    ] {
        let before = running.err().len();
        writeln!(input, "{wrong}").unwrap();
        let err = running.until_err(shown, |err| err[before..].contains(shown));
        assert!(!err.contains('\u{1b}'), "{err:?}");
    }
    writeln!(input, "beta").unwrap();
    assert_eq!(Client::connect(running.port()).get("/").text(), "beta");
    assert_eq!(running.err().matches("Alpha Quest").count(), 1);
}

#[test]
fn the_end_of_the_input_without_a_choice_is_an_error() {
    let place = Place::with_three_games();
    for input in ["", "\n", "nonsense\n", "nonsense", "\0\0\0", "17\n\n\n"] {
        let running = Running::start_with_input(place.webserver(&["0"]), input);
        let finished = running.exit().with_code(2);
        assert_listed_once(&finished.err);
        assert_command_to_type(&place, &finished);
    }
}

#[test]
fn without_input_the_configured_game_is_published() {
    for (settings, variable, page) in [
        ("default_game = \"beta\"", None, "beta"),
        ("default_game = \"第三关\"", None, "gamma"),
        ("default_game = \"2\"", None, "beta"),
        ("", Some("gamma"), "gamma"),
        ("default_game = \"beta\"", Some("gamma"), "gamma"),
    ] {
        let place = Place::with_three_games_and(settings);
        let mut command = place.webserver(&["0"]);
        if let Some(game) = variable {
            command.env("WEBSERVER_GAME", game);
        }
        let running = Running::start(command);
        let served = Client::connect(running.port()).get("/").text();
        assert_eq!(served, page, "{settings} {variable:?}");
    }
}

#[test]
fn without_input_and_default_the_list_is_printed_and_the_exit_code_is_2() {
    let place = Place::with_three_games();
    let closed = place.command("sh", &["-c", "exec \"$0\" 0 <&-", WEBSERVER]);
    for command in [place.webserver(&["0"]), closed] {
        let finished = Running::start(command).exit().with_code(2);
        assert_listed_once(&finished.err);
        assert_command_to_type(&place, &finished);
    }
}

#[test]
fn unattended_the_first_game_is_published_and_the_log_says_how_to_choose() {
    for (settings, variable, page) in [
        ("", "true", "alpha"),
        ("", "1", "alpha"),
        ("unattended = true", "", "alpha"),
        ("default_game = \"beta\"", "true", "beta"),
    ] {
        let place = Place::with_three_games_and(settings);
        for input in [None, Some("")] {
            let mut command = place.webserver(&["0"]);
            command.env("WEBSERVER_UNATTENDED", variable);
            let running = match input {
                Some(input) => Running::start_with_input(command, input),
                None => Running::start(command),
            };
            let served = Client::connect(running.port()).get("/").text();
            assert_eq!(served, page, "{settings} {input:?}");
            let says_how = running.err().contains("webserver publish GAME");
            assert_eq!(says_how, page == "alpha", "{}", running.err());
        }
    }
    // A setting of the command line comes after that of the environment; a wrong answer is still a mistake.
    let place = Place::with_three_games();
    let mut command = place.webserver(&["0", "--unattended=false"]);
    command.env("WEBSERVER_UNATTENDED", "true");
    Running::start(command).exit().with_code(2);
    let wrong = place.webserver(&["0", "--unattended"]);
    Running::start_with_input(wrong, "nonsense\n")
        .exit()
        .with_code(2);
}

#[test]
fn unattended_with_an_empty_library_the_server_waits_for_a_game() {
    let place = Place::new();
    place.write("config.toml", "");
    let running = Running::start(place.webserver(&["0", "--unattended", "--host", "127.0.0.1"]));
    let err = running.until_err("note", |err| err.contains("webserver publish FOLDER"));
    assert!(!err.contains("On the air"), "{err}");
    place.game("late");
    place.run(&["publish", "./late"]).with_code(0);
    assert_eq!(Client::connect(running.port()).get("/").text(), "late");
}

#[test]
fn a_library_that_is_not_there_is_named_where_its_games_are_missed() {
    let place = Place::new();
    place.write("config.toml", "library = \"gone\"\n");
    let named = place.run(&["0", "alpha"]).with_code(2);
    assert!(named.err.contains("cannot read"), "{}", named.err);
    assert!(named.err.contains("gone"), "{}", named.err);
    let running = Running::start(place.webserver(&["0", "--unattended", "--host", "127.0.0.1"]));
    let err = running.until_err("note", |err| err.contains("webserver publish FOLDER"));
    assert!(err.contains("gone"), "{err}");
}

#[test]
fn a_default_game_that_is_not_in_the_library_is_an_error() {
    let place = Place::with_three_games_and("default_game = \"alpa\"");
    let finished = place.run(&["0"]).with_code(2);
    assert!(finished.err.contains("alpa"), "{}", finished.err);
    assert!(finished.err.contains("alpha"), "{}", finished.err);
}

#[test]
fn endless_wrong_input_is_an_error() {
    let place = Place::with_three_games();
    for (what, piece) in [
        ("lines", "y\n".repeat(1000)),
        ("empty lines", "\n".repeat(1000)),
        ("one line", "x".repeat(8192)),
        ("nothing", "\0".repeat(8192)),
    ] {
        let mut command = place.webserver(&["0"]);
        command.stdin(std::process::Stdio::piped());
        let mut running = Running::start(command);
        let mut input = running.stdin();
        // Ends when the program does, as nobody is left to read.
        let writer =
            thread::spawn(move || (0..100_000).all(|_| input.write_all(piece.as_bytes()).is_ok()));
        let finished = running.exit().with_code(2);
        assert_short(&finished);
        assert!(!writer.join().unwrap(), "{what}: all of it was read");
    }
    let zero = place.command("sh", &["-c", "exec \"$0\" 0 </dev/zero", WEBSERVER]);
    assert_short(&Running::start(zero).exit().with_code(2));
}

#[test]
fn a_line_of_a_megabyte_is_refused() {
    let place = Place::with_three_games();
    let line = "x".repeat(1 << 20) + "\n";
    let finished = Running::start_with_input(place.webserver(&["0"]), line).exit();
    assert_short(&finished.with_code(2));
}

#[test]
fn a_library_of_three_hundred_games_is_printed_in_part() {
    let place = Place::new();
    place.write("config.toml", "library = \"games\"");
    for number in 0..300 {
        place.game(&format!("games/一个名字很长的游戏 {number}"));
    }
    for input in ["", "nonsense\n", "y\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\n"] {
        let finished = Running::start_with_input(place.webserver(&["0"]), input).exit();
        assert_short(&finished.with_code(2));
    }
    assert_short(&place.run(&["0"]).with_code(2));
    let running = Running::start_with_input(place.webserver(&["0"]), "300\n");
    let page = Client::connect(running.port()).get("/").text();
    assert!(page.contains("一个名字很长的游戏"), "{page}");
}

#[test]
fn signals_end_the_wait_for_a_line() {
    let place = Place::with_three_games();
    for (signal, code) in [(Signal::TERM, 0), (Signal::INT, 130)] {
        let mut command = place.webserver(&["0"]);
        command.stdin(std::process::Stdio::piped());
        let mut running = Running::start(command);
        let _input = running.stdin();
        running.until_err("list", |err| err.contains("Gamma Quest"));
        running.signal(signal);
        running.exit().with_code(code);
    }
}

fn assert_listed_once(err: &str) {
    for title in ["Alpha Quest", "Gamma Quest"] {
        // Once in the list; again where the game that is on the air is announced.
        let rows = err.lines().filter(|line| !line.starts_with("On the air"));
        let rows = rows.filter(|line| line.contains(title));
        assert_eq!(rows.count(), 1, "{title}: {err}");
    }
}

/// The last line says what to type, and that puts a game of this library on the air.
fn assert_command_to_type(place: &Place, finished: &Finished) {
    assert_short(finished);
    let line = finished.err.lines().last().unwrap();
    let (_, words) = line
        .split_once("webserver ")
        .unwrap_or_else(|| panic!("{line}"));
    let words: Vec<_> = words.split_whitespace().collect();
    let running = Running::start(place.webserver(&words));
    assert_eq!(Client::connect(running.port()).get("/").status, 200);
}

fn assert_short(finished: &Finished) {
    let length = finished.out.len() + finished.err.len();
    assert!(length < MOST_OUTPUT, "{length} bytes: {}", finished.err);
}
