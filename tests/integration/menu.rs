//! The menu, on a terminal: what is drawn, what the keys do, and how the terminal is given back.

use std::fs;

use rustix::process::Signal;

use crate::support::{
    Client, DOWN, END, ENTER, HOME, Place, Screen, UP, WEBSERVER, is_selected, numbers,
};

const USUAL: (u16, u16) = (24, 80);

#[test]
fn arrows_and_enter_publish_a_game() {
    let place = Place::with_three_games();
    let mut screen = Screen::open(&place, USUAL, &["0"]);
    screen.until_selected("Alpha Quest");
    assert_eq!(numbers(&screen.rows()), [1, 2, 3], "{screen}");
    screen.press(DOWN);
    screen.until_selected("Beta Quest");
    screen.press(ENTER);
    let port = screen.port();
    assert_eq!(Client::connect(port).get("/").text(), "beta");
    assert!(!screen.text().contains("Alpha Quest"), "{screen}");
    screen.signal(Signal::TERM);
    assert_eq!(screen.exit(), 0);
}

#[test]
fn every_documented_key_moves_the_selection() {
    let place = Place::with_three_games();
    let mut screen = Screen::open(&place, USUAL, &["0"]);
    screen.until_selected("Alpha Quest");
    for (keys, title) in [
        (DOWN, "Beta"),
        (DOWN, "Gamma"),
        (UP, "Beta"),
        (UP, "Alpha"),
        (UP, "Gamma"),
        (DOWN, "Alpha"),
        (END, "Gamma"),
        (HOME, "Alpha"),
        ("3", "Gamma"),
        ("2", "Beta"),
        ("9", "Beta"),
        ("\u{1b}OQ", "Beta"),
        ("1", "Alpha"),
    ] {
        screen.until_asked();
        screen.press(keys);
        screen.until_selected(&format!("{title} Quest"));
        assert_eq!(numbers(&screen.rows()), [1, 2, 3], "{keys:?}\n{screen}");
    }
}

#[test]
fn the_menu_stays_closed_for_a_named_game() {
    let place = Place::with_three_games();
    let mut screen = Screen::open(&place, USUAL, &["0", "gamma"]);
    assert_eq!(Client::connect(screen.port()).get("/").text(), "gamma");
    assert!(!screen.text().contains("Alpha Quest"), "{screen}");
    screen.press("\u{3}");
    assert_eq!(screen.exit(), 0);
}

#[test]
fn the_game_published_last_is_preselected() {
    let place = Place::with_three_games();
    for (expected, keys, published) in [
        ("Alpha Quest", "3", "gamma"),
        ("Gamma Quest", UP, "beta"),
        ("Beta Quest", "", "beta"),
    ] {
        let mut screen = Screen::open(&place, USUAL, &["0"]);
        screen.until_selected(expected);
        screen.until_asked();
        screen.press_each(&[keys, ENTER]);
        assert_eq!(Client::connect(screen.port()).get("/").text(), published);
    }
    let (_running, _) = place.serve(&["gamma"]);
    Screen::open(&place, USUAL, &["0"]).until_selected("Gamma Quest");
}

#[test]
fn a_broken_state_file_is_ignored() {
    let place = Place::with_three_games();
    drop(place.serve(&["beta"]));
    let folder = place.home("state/webserver");
    let files: Vec<_> = fs::read_dir(&folder).unwrap().collect();
    assert!(!files.is_empty());
    let contents: [&[u8]; 5] = [
        b"",
        b"\xff\xfe\x00",
        b"a-game-that-is-gone\n",
        &[b'a'; 100_000],
        b"\x1b[2J\n\n",
    ];
    for content in contents {
        for file in fs::read_dir(&folder).unwrap() {
            fs::write(file.unwrap().path(), content).unwrap();
        }
        Screen::open(&place, USUAL, &["0"]).until_selected("Alpha Quest");
    }
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "a file where a folder should be").unwrap();
    let mut screen = Screen::open(&place, USUAL, &["0"]);
    screen.until_selected("Alpha Quest");
    screen.until_asked();
    screen.press(ENTER);
    assert_eq!(Client::connect(screen.port()).get("/").text(), "alpha");
}

#[test]
fn the_configured_game_is_preselected_when_none_was_published() {
    let place = Place::with_three_games_and("default_game = \"beta\"");
    Screen::open(&place, USUAL, &["0"]).until_selected("Beta Quest");
}

#[test]
fn rows_wider_than_the_terminal_leave_no_ghosts() {
    let place = Place::new();
    let mut config = String::new();
    for (slug, title) in [
        ("a", "很长的中文游戏名称".repeat(8)),
        ("b", "A long title in English ".repeat(6)),
        ("c", "短".to_owned()),
        ("d", "mixed 混合 ".repeat(12)),
        ("e", "E".to_owned()),
    ] {
        place.game(slug);
        let description = "描述 and description, ".repeat(10);
        config += &format!(
            "[[games]]\nslug = \"{slug}\"\ntitle = \"{title}\"\npath = \"{slug}\"\ndescription = \"{description}\"\n"
        );
    }
    place.write("config.toml", config);
    for size in [USUAL, (10, 40), (12, 20), (50, 200)] {
        let mut screen = Screen::open(&place, size, &["0"]);
        screen.until_selected("很长的");
        let height = |rows: &[String]| rows.iter().filter(|row| !row.is_empty()).count();
        let before = height(&screen.rows());
        for _ in 0..3 {
            for selected in [2, 3, 4, 5, 1] {
                screen.until_asked();
                screen.press(DOWN);
                let is_drawn = |rows: &[String]| {
                    let rows_selected: Vec<_> = rows
                        .iter()
                        .filter(|row| is_selected(row))
                        .cloned()
                        .collect();
                    numbers(&rows_selected) == [selected] && height(rows) == before
                };
                screen.until(&format!("{selected} of 5"), is_drawn);
                assert_eq!(numbers(&screen.rows()), [1, 2, 3, 4, 5], "{screen}");
            }
        }
        screen.press("q");
        screen.exit();
        screen.assert_given_back();
    }
}

#[test]
fn a_description_without_room_is_left_out_rather_than_a_lone_ellipsis() {
    let place = Place::new();
    let mut config = String::new();
    for slug in ["a", "b"] {
        place.game(slug);
        config += &format!(
            "[[games]]\nslug = \"{slug}\"\ntitle = \"Twenty columns wide {slug}\"\npath = \"{slug}\"\ndescription = \"Some words\"\n"
        );
    }
    place.write("config.toml", config);
    for (columns, end) in [
        (80, "wide b  Some words"),
        (37, "wide b  Some wo…"),
        (30, "wide b"),
    ] {
        let mut screen = Screen::open(&place, (24, columns), &["0"]);
        screen.until_selected("Twenty columns");
        screen.until("the second game", |rows| {
            rows.iter().any(|row| row.trim_end().ends_with(end))
        });
        screen.press("q");
        screen.exit();
    }
}

#[test]
fn keys_typed_ahead_leave_no_ghosts() {
    let place = Place::with_three_games();
    let mut screen = Screen::open(&place, USUAL, &["0"]);
    screen.until_selected("Alpha Quest");
    screen.until_asked();
    for _ in 0..30 {
        screen.press(&DOWN.repeat(10)); // to the next row
        // A terminal that echoes even for a moment echoes what is typed in that moment.
        for _ in 0..50 {
            assert!(screen.is_asked(), "echoes between keys");
        }
    }
    screen.press("2");
    screen.until_selected("Beta Quest");
    screen.press(DOWN);
    screen.until_selected("Gamma Quest");
    let rows = screen.rows();
    assert_eq!(numbers(&rows), [1, 2, 3], "{screen}");
    assert!(!screen.text().contains("^["), "{screen}");
    let filled = rows.iter().filter(|row| !row.is_empty()).count();
    assert_eq!(
        filled, 5,
        "the question, three games and the keys:\n{screen}"
    );
}

#[test]
fn words_that_arrive_at_once_are_searched_for() {
    let place = Place::with_three_games();
    let mut screen = Screen::open(&place, USUAL, &["0"]);
    screen.until_selected("Alpha Quest");
    for (keys, title, found) in [
        ("第二", "Beta Quest", [2]),
        // A paste with Enter in it, and digits that arrive at once, do nothing.
        ("3\r", "Beta Quest", [2]),
        ("12", "Beta Quest", [2]),
    ] {
        screen.until_asked();
        screen.press(keys);
        screen.until_selected(title);
        assert_eq!(numbers(&screen.rows()), found, "{keys:?}\n{screen}");
    }
    screen.press("\u{1b}");
    screen.until_shows("Alpha Quest");
    screen.press("gam");
    screen.until_selected("Gamma Quest");
    assert_eq!(numbers(&screen.rows()), [3], "{screen}");
    screen.press(ENTER);
    let port = screen.port();
    assert_eq!(Client::connect(port).get("/").text(), "gamma");
}

#[test]
fn a_resized_terminal_is_drawn_again() {
    let place = Place::with_three_games();
    let mut screen = Screen::open(&place, USUAL, &["0"]);
    screen.until_selected("Alpha Quest");
    for (rows, columns) in [(24, 120), (24, 40), (12, 40), (30, 100), (24, 80)] {
        screen.until_asked();
        screen.resize(rows, columns);
        for title in ["Beta Quest", "Gamma Quest", "Alpha Quest"] {
            screen.until_asked();
            screen.press(DOWN);
            screen.until_selected(title);
        }
        assert_eq!(
            numbers(&screen.rows()),
            [1, 2, 3],
            "{rows}x{columns}\n{screen}"
        );
    }
    screen.press("q");
    assert_eq!(screen.exit(), 0);
    screen.assert_given_back();
}

#[test]
fn sixty_games_scroll_in_ten_rows() {
    let place = Place::new();
    place.write("config.toml", "library = \"games\"");
    for number in 1..=60 {
        place.game(&format!("games/game-{number:02}"));
    }
    let mut screen = Screen::open(&place, (10, 80), &["0"]);
    screen.until_selected("game-01");
    for (keys, title) in [
        (UP, "game-60"),
        (DOWN, "game-01"),
        (END, "game-60"),
        (UP, "game-59"),
        (HOME, "game-01"),
        ("4", "game-04"),
        ("2", "game-42"),
        (DOWN, "game-43"),
        ("7", "game-07"),
    ] {
        screen.until_asked();
        screen.press(keys);
        screen.until_selected(title);
        let numbers = numbers(&screen.rows());
        let one_after_the_other = numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        assert!(one_after_the_other && numbers.len() > 3, "{screen}");
    }
    for _ in 0..53 {
        screen.press(DOWN);
    }
    screen.until_selected("game-60");
    screen.until_asked();
    screen.press(ENTER);
    assert_eq!(
        Client::connect(screen.port()).get("/").text(),
        "games/game-60"
    );
}

#[test]
fn a_terminal_too_small_for_the_menu_causes_no_panic() {
    let place = Place::with_three_games();
    for size in [(1, 1), (1, 80), (2, 3), (3, 5), (24, 2)] {
        let mut screen = Screen::open(&place, size, &["0"]);
        screen.until_asked();
        screen.press("2");
        screen.until_asked();
        screen.press("q");
        assert_eq!(screen.exit(), 0, "{size:?}\n{screen}");
    }
}

#[test]
fn rejected_games_are_listed_below_with_their_reason() {
    let place = Place::with_three_games();
    let config = fs::read_to_string(place.path("config.toml")).unwrap();
    let lost = "[[games]]\nslug = \"lost\"\npath = \"nowhere\"\n";
    place.write("config.toml", format!("{config}{lost}"));
    let line = config.lines().count() + 3;
    let mut screen = Screen::open(&place, (24, 200), &["0"]);
    screen.until_selected("Alpha Quest");
    let is_it = |row: &&String| row.contains("lost");
    let rows = screen.rows();
    let at = |found: &dyn Fn(&&String) -> bool| rows.iter().position(|row| found(&row));
    let row = rows
        .iter()
        .find(is_it)
        .unwrap_or_else(|| panic!("{screen}"));
    assert!(row.contains("nowhere"), "{row}");
    assert!(row.contains(&format!("config.toml:{line}")), "{row}");
    assert!(
        at(&is_it) > at(&|row| row.contains("Gamma Quest")),
        "{screen}"
    );
    screen.press(END);
    screen.until_selected("Gamma Quest");
}

#[test]
fn the_menu_is_chinese_in_a_chinese_locale() {
    let place = Place::with_three_games();
    let mut screen = Screen::open(&place, USUAL, &["0", "--lang", "zh-CN"]);
    screen.until_selected("第一关");
    screen.until_asked();
    screen.press(DOWN);
    screen.until_selected("第二关");
    assert_eq!(numbers(&screen.rows()), [1, 2, 3], "{screen}");
    assert!(!screen.text().contains("Quest"), "{screen}");
}

#[test]
fn every_way_to_leave_restores_the_terminal() {
    let place = Place::with_three_games();
    for (keys, code) in [("\u{1b}", 0), ("q", 0), ("\u{4}", 0), ("\u{3}", 130)] {
        for moves in ["", DOWN] {
            let mut screen = Screen::open(&place, USUAL, &["0"]);
            screen.until_selected("Alpha Quest");
            screen.until_asked();
            if !moves.is_empty() {
                screen.press(moves);
                screen.until_selected("Beta Quest");
                screen.until_asked();
            }
            screen.press(keys);
            assert_eq!(screen.exit(), code, "{keys:?}\n{screen}");
            screen.assert_given_back();
        }
    }
}

#[test]
fn lines_above_the_menu_stay() {
    let place = Place::with_three_games();
    let script = "echo first; echo second; exec \"$0\" 0";
    for (keys, code) in [("q", 0), ("\u{3}", 130)] {
        for size in [USUAL, (8, 30), (7, 12)] {
            let mut screen = Screen::run(&place, size, &["sh", "-c", script, WEBSERVER]);
            screen.until_selected("Alpha");
            for title in ["Beta", "Gamma", "Alpha"] {
                screen.until_asked();
                screen.press(DOWN);
                screen.until_selected(title);
            }
            screen.until_asked();
            screen.press(keys);
            assert_eq!(screen.exit(), code, "{size:?}\n{screen}");
            // In seven rows, the first has scrolled away.
            match size {
                (7, _) => screen.assert_given_back_below(&["second"]),
                _ => screen.assert_given_back_below(&["first", "second"]),
            }
        }
    }
}

#[test]
fn signals_close_the_menu_and_end_the_program() {
    let place = Place::with_three_games();
    for (signal, code) in [(Signal::TERM, 0), (Signal::INT, 130)] {
        let mut screen = Screen::open(&place, USUAL, &["0"]);
        screen.until_selected("Alpha Quest");
        screen.until_asked();
        screen.signal(signal);
        assert_eq!(screen.exit(), code, "{signal:?}\n{screen}");
        screen.assert_given_back();
    }
}

#[test]
fn the_terminal_is_restored_before_the_game_is_published() {
    let place = Place::with_three_games();
    let mut screen = Screen::open(&place, USUAL, &["0", "--quiet"]);
    screen.until_selected("Alpha Quest");
    screen.until_asked();
    screen.press(ENTER);
    let port = screen.port();
    let filled = screen.rows().into_iter().filter(|row| !row.is_empty());
    let address = format!("http://localhost:{port}/");
    assert_eq!(filled.collect::<Vec<_>>(), [address], "{screen}");
    // Ctrl-C is a signal again.
    screen.press("\u{3}");
    assert_eq!(screen.exit(), 0);
}

#[test]
fn an_empty_library_says_so_and_is_left_with_q() {
    let place = Place::new();
    place.write("config.toml", "");
    let mut screen = Screen::open(&place, USUAL, &["0"]);
    screen.until_asked();
    screen.until_shows("The library is empty.");
    // Whole, on 80 columns.
    assert!(screen.text().contains("webserver add SOURCE"), "{screen}");
    assert!(
        screen.text().contains("webserver 8080 ./my-game"),
        "{screen}"
    );
    for keys in [DOWN, UP, END, "5", ENTER] {
        screen.press(keys);
    }
    screen.press("q");
    assert_eq!(screen.exit(), 0);
    screen.assert_given_back();
}

#[test]
fn a_game_that_is_added_while_the_first_menu_is_open_can_be_chosen() {
    let place = Place::new();
    place.write("config.toml", "");
    place.write("new/index.html", "<title>New Quest</title>");
    let mut screen = Screen::open(&place, USUAL, &["0"]);
    screen.until_asked();
    screen.until_shows("The library is empty.");
    place.run(&["add", "new"]).with_code(0);
    screen.until_selected("New Quest");
    screen.press(ENTER);
    let page = Client::connect(screen.port()).get("/").text();
    assert!(page.contains("New Quest"), "{page}");
    screen.signal(Signal::TERM);
    assert_eq!(screen.exit(), 0);
}
