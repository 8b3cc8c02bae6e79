//! The library as `webserver list` shows it: games, rejected games with their reasons, and where games come from.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{Client, Place, resolve};

#[test]
fn the_list_has_one_numbered_line_per_game() {
    let place = Place::with_three_games();
    let finished = place.run(&["list"]).with_code(0);
    let lines: Vec<Vec<&str>> = finished
        .out
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines,
        [
            ["1", "Alpha", "Quest", "alpha"],
            ["2", "Beta", "Quest", "beta"],
            ["3", "Gamma", "Quest", "gamma"],
        ]
    );
    assert_eq!(finished.err, "");
}

#[test]
fn the_list_is_in_the_hosts_language() {
    let place = Place::with_three_games();
    let finished = place.run(&["list", "--lang", "zh-CN"]).with_code(0);
    assert!(finished.out.contains("第二关"), "{}", finished.out);
    assert!(!finished.out.contains("Beta Quest"), "{}", finished.out);
}

#[test]
fn the_list_is_printed_as_json() {
    let place = Place::with_three_games_and("library = \"more\"");
    place.write("more/empty/notes.txt", "no page");
    place.write("more/own/index.html", "own");
    let library = json(&place);
    let games = library["games"].as_array().unwrap();
    let slugs: Vec<_> = games.iter().map(|game| &game["slug"]).collect();
    assert_eq!(slugs, ["alpha", "beta", "gamma", "own"]);
    let titles: Vec<_> = games.iter().map(|game| &game["title"]).collect();
    assert_eq!(titles, ["Alpha Quest", "Beta Quest", "Gamma Quest", "own"]);
    let rejected = library["rejected"].as_array().unwrap();
    assert_eq!(rejected.len(), 1, "{library}");
    assert_eq!(rejected[0]["name"], "empty");
    let reason = rejected[0]["reason"].as_str().unwrap();
    assert!(reason.contains("index.html"), "{reason}");
}

#[test]
fn a_rejected_game_is_listed_with_reason_file_and_line() {
    let place = Place::with_three_games();
    place.write(
        "bad.toml",
        "[[games]]\nslug = \"alpha\"\npath = \"alpha\"\n\n[[games]]\nslug = \"lost\"\npath = \"nowhere\"\n",
    );
    let finished = place.run(&["list", "--config", "bad.toml"]).with_code(0);
    assert!(finished.out.contains("alpha"), "{}", finished.out);
    let line = finished.out.lines().find(|line| line.contains("lost"));
    let line = line.unwrap_or_else(|| panic!("{}", finished.out));
    assert!(
        line.contains("bad.toml:7") && line.contains("nowhere"),
        "{line}"
    );

    let finished = place.run(&["list", "--json", "--config", "bad.toml"]);
    let library: Value = serde_json::from_str(&finished.with_code(0).out).unwrap();
    let rejected = &library["rejected"][0];
    assert_eq!(rejected["name"], "lost");
    assert_eq!(rejected["line"], 7);
    assert!(rejected["file"].as_str().unwrap().ends_with("bad.toml"));
    assert!(rejected["reason"].as_str().unwrap().contains("nowhere"));
}

#[test]
fn a_cover_that_does_not_exist_is_told_and_a_game_that_lacks_a_page_is_explained() {
    let place = Place::with_three_games();
    let config = std::fs::read_to_string(place.path("config.toml")).unwrap();
    let extra = "cover = \"none.png\"\n[[games]]\nslug = \"delta\"\npath = \"alpha\"\ncover_file = \"gone.png\"\n";
    place.write(
        "config.toml",
        format!("library = \"more\"\n{config}{extra}"),
    );
    place.write("more/two/a.html", "a");
    place.write("more/two/b.html", "b");
    let out = place.run(&["list"]).with_code(0).out;
    let covers = "Covers that do not exist:\n  gamma  none.png\n  delta  gone.png\n";
    assert!(out.contains(covers), "{out}");
    assert!(out.contains("name its entry page index.html"), "{out}");
    let finished = place.run(&["check", "gamma"]).with_code(0);
    assert!(finished.out.contains("none.png"), "{}", finished.out);
    let long = "x".repeat(70);
    place.write(
        "config.toml",
        format!("[[games]]\nslug = \"a\"\ntitle = \"{long}\"\npath = \"alpha\"\n[[games]]\nslug = \"b\"\npath = \"beta\"\n"),
    );
    let out = place.run(&["list"]).with_code(0).out;
    let row = out.lines().nth(1).unwrap();
    assert!(row.len() < 60, "{row}");
    assert!(out.contains(&long), "{out}");
}

#[test]
fn without_a_configuration_the_bundled_games_are_the_library() {
    let place = Place::new();
    let finished = place.run(&["list"]).with_code(0);
    for slug in ["2048", "mind-reader"] {
        assert!(finished.out.contains(slug), "{}", finished.out);
    }
    for slug in ["2048", "mind-reader"] {
        let (_running, port) = place.serve(&[slug]);
        let mut client = Client::connect(port);
        let page = client.get("/");
        assert_eq!(page.status, 200);
        assert_eq!(page.field("content-type"), Some("text/html; charset=utf-8"));
        assert!(page.text().contains("<script"), "{}", page.text());
        assert_eq!(client.get("/style.css").status, 200);
        assert_eq!(
            client.get("/style.css").field("content-type"),
            Some("text/css; charset=utf-8")
        );
        assert_eq!(
            client.get("/cover.png").field("content-type"),
            Some("image/png")
        );
        assert!(client.get("/cover.png").body.starts_with(b"\x89PNG"));
    }
}

#[test]
fn the_folder_games_is_added_to_the_bundled_games() {
    let place = Place::new();
    place.game("games/dropped-in");
    let slugs = slugs(&place);
    assert!(slugs.contains(&"2048".to_owned()), "{slugs:?}");
    assert!(slugs.contains(&"dropped-in".to_owned()), "{slugs:?}");
    let (_running, port) = place.serve(&["dropped-in"]);
    assert_eq!(Client::connect(port).get("/").text(), "games/dropped-in");
}

#[test]
fn every_folder_with_a_page_is_in_the_library_once() {
    let place = Place::with_three_games_and("library = \".\"");
    place.game("own");
    place.game(".hidden");
    place.write("no-game/readme.txt", "nothing to play");
    place.write("loose.html", "not in a folder");
    assert_eq!(slugs(&place), ["alpha", "beta", "gamma", "own"]);
}

#[test]
fn every_game_of_a_library_has_a_unique_slug() {
    let place = Place::new();
    place.write("config.toml", "library = \"games\"");
    let folders = ["游戏一", "游戏二", "My Game", "my-game", "2048"];
    for folder in folders {
        place.game(&format!("games/{folder}"));
    }
    let slugs = slugs(&place);
    assert_eq!(slugs.len(), folders.len());
    let mut served: Vec<_> = slugs
        .iter()
        .map(|slug| {
            let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(!slug.is_empty() && slug.chars().all(is_slug), "{slug}");
            let (_running, port) = place.serve(&[slug]);
            Client::connect(port).get("/").text()
        })
        .collect();
    served.sort();
    let mut expected = folders.map(|folder| format!("games/{folder}"));
    expected.sort();
    assert_eq!(served, expected);
}

#[test]
fn the_entry_page_is_found_where_exports_put_it() {
    let place = Place::new();
    place.write("config.toml", "library = \"games\"");
    place.write("games/index/index.html", "index");
    place.write("games/index/other.html", "not this");
    place.write("games/single/Play Me.html", "single");
    place.write("games/nested/build/index.html", "nested");
    place.write("games/nested/build/game.js", "nested script");
    place.write("games/two-pages/a.html", "undecided");
    place.write("games/two-pages/b.html", "undecided");
    place.write("games/two-folders/a/index.html", "undecided");
    place.write("games/two-folders/b/index.html", "undecided");
    assert_eq!(slugs(&place), ["index", "nested", "single"]);
    for slug in ["index", "nested", "single"] {
        let (_running, port) = place.serve(&[slug]);
        let answer = Client::connect(port).get("/");
        assert_eq!((answer.status, answer.text()), (200, slug.to_owned()));
    }
    let (_running, port) = place.serve(&["nested"]);
    assert_eq!(
        Client::connect(port).get("/game.js").text(),
        "nested script"
    );
}

#[test]
fn the_configured_entry_page_is_served() {
    let place = Place::new();
    place.write("game/index.html", "not this");
    place.write("game/pages/start.html", "start");
    place.write(
        "config.toml",
        "[[games]]\nslug = \"game\"\npath = \"game\"\nentry = \"pages/start.html\"\n",
    );
    let (_running, port) = place.serve(&["game"]);
    let mut client = Client::connect(port);
    let answer = client.get("/");
    let page = match answer.status {
        200 => answer,
        _ => client.get(&resolve("/", answer.field("location").unwrap())),
    };
    assert_eq!(page.text(), "start");
}

#[test]
fn a_folder_of_games_is_sorted_as_people_do() {
    let place = Place::new();
    place.write("config.toml", "library = \"more\"");
    for name in ["Level 10", "level 9", "Zebra", "\u{c4}rger", "apple"] {
        place.write(&format!("more/{name}/index.html"), "page");
    }
    let expected = ["apple", "arger", "level-9", "level-10", "zebra"];
    assert_eq!(slugs(&place), expected);
}

#[test]
fn a_slug_of_the_librarys_folder_stays_when_a_neighbour_comes_or_goes() {
    let place = Place::new();
    place.write("config.toml", "library = \"more\"");
    let add = |name: &str| place.write(&format!("more/{name}/index.html"), "page");
    let by_path = || {
        let games = json(&place)["games"].as_array().unwrap().clone();
        let pair = |game: &Value| (game["source"].to_string(), game["slug"].to_string());
        games.iter().map(pair).collect::<BTreeMap<_, _>>()
    };
    ["pong", "Pong!", "PONG", "other"].into_iter().for_each(add);
    let before = by_path();
    assert_eq!(before.values().collect::<BTreeSet<_>>().len(), 4);
    assert!(
        before
            .iter()
            .any(|(path, slug)| path.ends_with("/pong\"") && slug == "\"pong\"")
    );
    ["(pong)", "aaa", "zzz", "2 pong"].into_iter().for_each(add);
    // A neighbour that is no game yet has its slug already.
    place.write("more/.Pong/index.html", "page");
    place.write("more/PoNg/notes.txt", "no page");
    let with_more = by_path();
    assert!(before.iter().all(|(path, slug)| with_more[path] == *slug));
    for gone in ["(pong)", "PONG", "other"] {
        std::fs::remove_dir_all(place.path("more").join(gone)).unwrap();
        let now = by_path();
        assert!(
            now.iter().all(|(path, slug)| with_more[path] == *slug),
            "{gone}"
        );
    }
}

#[test]
fn a_slug_in_the_configuration_stays_whatever_joins_the_librarys_folder() {
    let place = Place::new();
    place.write("config.toml", "library = \"more\"");
    place.write("more/Star!/index.html", "page");
    assert_eq!(slugs(&place), ["star"]);
    place
        .run(&["rename", "star", "--title", "Star"])
        .with_code(0);
    place.write("more/star/index.html", "page");
    let games = json(&place)["games"].as_array().unwrap().clone();
    let mut found = games.iter();
    let game = found.find(|game| game["source"].to_string().ends_with("/Star!\""));
    let game = game.unwrap();
    assert_eq!((games.len(), &game["slug"]), (2, &Value::from("star")));
}

#[test]
fn a_title_is_that_of_the_page_else_of_the_project_else_of_the_folder() {
    let place = Place::new();
    place.write("config.toml", "library = \"more\"");
    place.write("more/a/index.html", "<title>Star Quest &amp; Co</title>");
    place.write("more/b/index.html", "<title>Document</title>");
    place.write("more/b/package.json", "{\"productName\":\"Moon\"}");
    place.write("more/c/index.html", "<title>React App</title>");
    let games = json(&place)["games"].as_array().unwrap().clone();
    let titles: Vec<_> = games.iter().map(|game| &game["title"]).collect();
    assert_eq!(titles, ["Star Quest & Co", "Moon", "c"]);

    place.write("star/index.html", "<title>Star Quest &amp; Co</title>");
    for folder in ["\u{6e38}\u{620f}/dist", "Sun/build"] {
        place.write(&format!("{folder}/index.html"), "<title>Document</title>");
    }
    place
        .run(&["add", "star", "\u{6e38}\u{620f}/dist", "Sun/build"])
        .with_code(0);
    let config = std::fs::read_to_string(place.path("config.toml")).unwrap();
    for title in ["Star Quest & Co", "\u{6e38}\u{620f}", "Sun"] {
        assert!(config.contains(&format!("title = \"{title}\"")), "{config}");
    }
}

fn json(place: &Place) -> Value {
    let finished = place.run(&["list", "--json"]).with_code(0);
    assert_eq!(finished.err, "");
    serde_json::from_str(&finished.out).unwrap()
}

fn slugs(place: &Place) -> Vec<String> {
    let library = json(place);
    let games = library["games"].as_array().unwrap();
    let slug = |game: &Value| game["slug"].as_str().unwrap().to_owned();
    games.iter().map(slug).collect()
}
