//! The terminal of a running server: one that takes no output, keys that are none, and the shell's job control.

use std::time::Duration;

use rustix::process::Signal;

use crate::support::{
    Client, DOWN, ENTER, PATIENCE, Place, Screen, WEBSERVER, in_time, is_selected,
};

const USUAL: (u16, u16) = (24, 80);

fn published(place: &Place, arguments: &[&str]) -> (Screen, u16) {
    let screen = Screen::open(place, USUAL, &[&["0", "alpha"], arguments].concat());
    let port = screen.port();
    screen.until_shows("h help");
    (screen, port)
}

fn served(port: u16) -> String {
    Client::connect(port).get("/").text()
}

#[test]
fn a_terminal_that_takes_no_output_delays_nothing() {
    let place = Place::with_three_games();
    let (mut screen, port) = published(&place, &["--log", "text"]);
    screen.stall(true);
    let mut client = Client::connect(port);
    // Two megabytes of log: more than the terminal and the queue hold.
    let path = format!("/{}", "x".repeat(400));
    for _ in 0..5000 {
        assert_eq!(client.get(&path).status, 404);
    }
    let status = place.run(&["status"]).with_code(0).out;
    assert!(status.contains("Alpha Quest"), "{status}");
    place.run(&["publish", "beta"]).with_code(0);
    assert_eq!(served(port), "beta");
    // Keys are obeyed, although nothing shows it.
    place.write("beta/index.html", "beta, again");
    screen.press("r");
    in_time(|| (served(port) == "beta, again").then_some(())).expect("the new page");
    screen.press_each(&["g", "3", ENTER]);
    in_time(|| (served(port) == "gamma").then_some(())).expect("another game");
    screen.stall(false);
    screen.until_shows("lines of output were dropped");
    screen.until("the status line", |rows| {
        let last = rows.iter().rfind(|row| !row.is_empty());
        last.is_some_and(|row| row.starts_with("Gamma Quest"))
    });
    screen.signal(Signal::TERM);
    assert_eq!(screen.exit(), 0);
}

#[test]
fn a_terminal_that_takes_no_output_does_not_delay_the_end() {
    let place = Place::with_three_games();
    for keys in [&[][..], &["\u{3}"], &["q", "y"]] {
        let (mut screen, port) = published(&place, &["--log", "text"]);
        screen.stall(true);
        let mut client = Client::connect(port);
        let path = format!("/{}", "x".repeat(1000));
        for _ in 0..200 {
            client.get(&path);
        }
        match keys {
            [] => screen.signal(Signal::TERM),
            // An answer before the question does not count, and the question cannot be seen.
            keys => {
                let ends = (0..4).any(|_| {
                    screen.press_each(keys);
                    screen.ends_within(PATIENCE / 4)
                });
                assert!(ends, "{keys:?}");
            }
        }
        assert_eq!(screen.exit(), 0, "{keys:?}");
        screen.stall(false);
    }
}

#[test]
fn only_deliberate_keys_act() {
    let place = Place::with_three_games();
    let (mut screen, port) = published(&place, &[]);
    for bytes in [
        "\u{1b}OQ",                             // F2
        "\u{1b}[1;2Q",                          // Shift-F2
        "\u{1b}[[B",                            // F2 of the Linux console
        "\u{1b}Oq",                             // keypad 1
        "\u{1b}[M qq",                          // a click
        "\u{1b}[<0;12;3M",                      // a click
        "\u{1b}[I",                             // the window has the focus
        "\u{1b}]11;rgb:ffff/gggg/qqqq\u{1b}\\", // the background colour
        "\u{1b}P>|xterm(370)q\u{1b}\\",         // the terminal's version
        "\u{1b}[200~q\ny\n\u{1b}[201~",         // a marked paste
        "quit\ny\n",                            // a paste
    ] {
        screen.press(bytes);
    }
    assert_eq!(served(port), "alpha");
    let text = screen.text();
    assert!(!text.contains("Stop"), "{screen}");
    assert!(
        !screen.rows().iter().any(|row| is_selected(row)),
        "{screen}"
    );
    // A sequence that comes in two pieces is one.
    screen.press("\u{1b}");
    screen.press("g");
    screen.until_selected("Alpha Quest");
    screen.press(DOWN);
    screen.until_selected("Beta Quest");
}

#[test]
fn stopping_by_key_is_confirmed_with_y_alone() {
    let place = Place::with_three_games();
    for (language, question, browsers) in [
        ("en", "Stop for everybody?", "1 browser has opened the game"),
        ("zh-CN", "确定要停止吗？", "有 1 个浏览器打开过游戏"),
    ] {
        let (mut screen, port) = {
            let screen = Screen::open(&place, USUAL, &["0", "alpha", "--lang", language]);
            let port = screen.port();
            (screen, port)
        };
        let mut player = Client::connect(port);
        player.request("GET", "/", &["Accept: text/html"]);
        screen.until_shows("· h ");
        screen.press("q");
        screen.until_shows(question);
        screen.until("the number of browsers", |rows| {
            rows.iter()
                .any(|row| row.contains(question) && row.contains(browsers))
        });
        screen.press_each(&[ENTER, "q", " ", "x", "\u{1b}OQ"]);
        screen.until_shows(question);
        screen.press("n");
        screen.until("the status line", |rows| {
            rows.iter().all(|row| !row.contains(question))
        });
        assert_eq!(player.get("/").text(), "alpha");
        screen.press("q");
        screen.until_shows(question);
        screen.press("y");
        assert_eq!(screen.exit(), 0, "{screen}");
    }
}

#[test]
fn q_in_the_menu_leaves_only_the_menu() {
    let place = Place::with_three_games();
    let (mut screen, port) = published(&place, &[]);
    screen.press("g");
    screen.until_selected("Alpha Quest");
    screen.press("q");
    screen.until("no menu", |rows| !rows.iter().any(|row| is_selected(row)));
    assert_eq!(served(port), "alpha");
    assert!(!screen.text().contains("Stop"), "{screen}");
}

/// A shell with job control.
#[test]
fn a_terminal_that_only_prints_lines_is_asked_in_lines() {
    let place = Place::with_three_games();
    let words = ["env", "TERM=dumb", WEBSERVER, "0", "--log", "off"];
    let mut screen = Screen::run(&place, USUAL, &words);
    screen.until_shows("Gamma Quest");
    screen.press("2\n");
    screen.until_shows("On the air: Beta Quest");
    let port = screen.port();
    assert_eq!(served(port), "beta");
    screen.press("publish gamma\n");
    in_time(|| (served(port) == "gamma").then_some(())).expect("another game");
    screen.signal(Signal::TERM);
    assert_eq!(screen.exit(), 0);
}

fn shell(place: &Place) -> Screen {
    let shell = Screen::run(place, (24, 200), &["bash", "--norc", "--noprofile", "-i"]);
    until_prompt(&shell);
    shell
}

/// Waits until the shell asks for a command: what is typed before may go to the program that ends.
fn until_prompt(shell: &Screen) {
    shell.until("a prompt", |rows| {
        let last = rows.iter().rfind(|row| !row.is_empty());
        last.is_some_and(|row| row.starts_with("bash-") && row.ends_with(['#', '$']))
    });
}

#[test]
fn a_background_job_serves_and_leaves_the_terminal_alone() {
    let place = Place::with_three_games();
    for modes in ["", "stty tostop; "] {
        for start in [
            format!("{WEBSERVER} 0 alpha &"),
            format!("{WEBSERVER} 0 alpha & disown"),
            format!("nohup {WEBSERVER} 0 alpha 2>log &"),
            format!("setsid {WEBSERVER} 0 alpha &"),
            format!("{WEBSERVER} 0 alpha </dev/null &"),
        ] {
            let mut shell = shell(&place);
            shell.press(&format!("{modes}{start}\n"));
            let listening = in_time(|| {
                let status = place.run(&["status", "--json"]);
                let status: serde_json::Value = serde_json::from_str(&status.out).ok()?;
                let address = status["addresses"][0].as_str()?.to_owned();
                status["game"].is_string().then_some(address)
            });
            let address = listening.unwrap_or_else(|| panic!("{start}\n{shell}"));
            let port = address.trim_end_matches('/').rsplit(':').next().unwrap();
            let port = port.parse().unwrap();
            for _ in 0..50 {
                assert_eq!(served(port), "alpha", "{start}\n{shell}");
            }
            // What is typed is the shell's.
            shell.press("echo $((41 + 1))q\n");
            shell.until_shows("42q");
            assert_eq!(served(port), "alpha", "{start}\n{shell}");
            assert!(!shell.text().contains("h help"), "{shell}");
            place.run(&["stop"]).with_code(0);
        }
    }
}

#[test]
fn a_job_can_be_sent_to_the_background_and_fetched_back() {
    let place = Place::with_three_games();
    let mut shell = shell(&place);
    shell.press(&format!("{WEBSERVER} 0 alpha\n"));
    let port = shell.port();
    shell.until_shows("h help");
    shell.press("\u{1a}");
    shell.until_shows("Stopped");
    shell.press("bg\n");
    in_time(|| (served(port) == "alpha").then_some(())).expect("it serves in the background");
    shell.press("echo $((41 + 1))q\n");
    shell.until_shows("42q");
    assert_eq!(served(port), "alpha");
    shell.press("fg\n");
    shell.until("the status line", |rows| {
        let last = rows.iter().rfind(|row| !row.is_empty());
        last.is_some_and(|row| row.contains("h help"))
    });
    shell.press("g");
    shell.until_selected("Alpha Quest");
    shell.press("q");
    shell.stop();
    until_prompt(&shell);
    shell.press("echo $((41 + 2))\n");
    shell.until_shows("43");
}

#[test]
fn a_terminal_that_goes_away_does_not_end_the_game() {
    let place = Place::with_three_games();
    let mut shell = shell(&place);
    shell.press(&format!("{WEBSERVER} 0 alpha\n"));
    let port = shell.port();
    shell.until_shows("h help");
    // The terminal goes with the shell that owns it.
    shell.signal(Signal::KILL);
    shell.exit();
    for _ in 0..20 {
        assert_eq!(served(port), "alpha");
        std::thread::sleep(Duration::from_millis(20));
    }
    place.run(&["publish", "beta"]).with_code(0);
    assert_eq!(served(port), "beta");
    place.run(&["stop"]).with_code(0);
}

#[test]
fn after_a_switch_the_addresses_are_printed_again() {
    let place = Place::with_three_games();
    let (screen, port) = published(&place, &[]);
    place.run(&["publish", "beta"]).with_code(0);
    let address = format!("  http://localhost:{port}/");
    screen.until("the addresses twice", |rows| {
        rows.iter().filter(|row| **row == address).count() == 2
    });
}

#[test]
fn a_long_title_is_shortened_before_browsers_and_keys_go() {
    let place = Place::new();
    place.game("long");
    let title = "The Very Long Adventures of a Small Carrot in a High Tower";
    place.write(
        "config.toml",
        format!("[[games]]\nslug = \"long\"\ntitle = \"{title}\"\npath = \"long\"\n"),
    );
    let screen = Screen::open(&place, (24, 60), &["0", "long"]);
    screen.until("the status line", |rows| {
        let last = rows.iter().rfind(|row| !row.is_empty());
        last.is_some_and(|row| {
            row.starts_with("The V")
                && row.contains("… · http://")
                && row.contains(" · 0 browsers · h help")
        })
    });
}

#[test]
fn the_menu_searches_by_typing() {
    let place = Place::new();
    place.write("config.toml", "library = \"games\"");
    for number in 1..=60 {
        let name = if number == 33 { "carrot-tower" } else { "game" };
        place.game(&format!("games/{name}-{number:02}"));
    }
    let mut screen = Screen::open(&place, (12, 60), &["0"]);
    screen.until_shows("(60 games)");
    screen.until("a mark below", |rows| {
        rows.iter().any(|row| row.starts_with('↓'))
    });
    screen.press_each(&["3", "0"]);
    screen.until("marks", |rows| {
        let marks = |mark| rows.iter().any(|row: &String| row.starts_with(mark));
        marks('↓') && marks('↑')
    });
    for (key, search) in [
        ("t", "t▏"),
        ("o", "to▏"),
        ("w", "tow▏"),
        ("\u{7f}", "to▏"),
        ("w", "tow▏"),
    ] {
        screen.press(key);
        screen.until_shows(search);
    }
    screen.until_shows("1 of 60");
    screen.until_selected("carrot-tower");
    screen.press("\u{1b}");
    screen.until_shows("(60 games)");
    screen.press_each(&["c", "a", "r"]);
    screen.until_shows("car▏");
    screen.press(ENTER);
    let port = screen.port();
    assert_eq!(served(port), "games/carrot-tower-33");
}
