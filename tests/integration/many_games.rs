//! Several games added at once: their slugs, their order, and none lost.

use std::fs;

use sha2::{Digest, Sha256};

use crate::importing::{games, kept, zip};
use crate::support::Place;

/// The slugs in the order of the configuration.
fn listed(place: &Place) -> Vec<String> {
    let config = fs::read_to_string(place.path("config.toml")).unwrap();
    let slugs = config
        .lines()
        .filter_map(|line| line.strip_prefix("slug = \""));
    slugs
        .map(|slug| slug.trim_end_matches('"').to_owned())
        .collect()
}

fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn games_of_one_name_are_numbered_in_the_order_given() {
    let place = Place::new();
    // The first takes longest.
    let big = "x".repeat(20_000_000);
    for (folder, content) in [("a", big.as_str()), ("b", "b"), ("c", "c")] {
        fs::create_dir(place.path(folder)).unwrap();
        zip(
            &place,
            &format!("{folder}/web-build.zip"),
            &[("index.html", content)],
        );
    }
    place.game("z");
    place.game("y");
    let sources = [
        "z",
        "a/web-build.zip",
        "y",
        "b/web-build.zip",
        "c/web-build.zip",
    ];
    let dry_run = [&["add", "--dry-run"][..], &sources].concat();
    let told = place.run(&dry_run).with_code(0).out;
    assert!(told.contains("web-build-3"), "{told}");
    let add = [&["add"][..], &sources].concat();
    place.run(&add).with_code(0);
    let expected = ["z", "web-build", "y", "web-build-2", "web-build-3"];
    assert_eq!(listed(&place), expected);
    let all = games(&place);
    assert_eq!(all["web-build"]["index.html"], big.as_bytes());
    assert_eq!(all["web-build-2"]["index.html"], b"b");
    assert_eq!(all["web-build-3"]["index.html"], b"c");
    // Now they were there before.
    let again = place.run(&add).with_code(1).out;
    assert_eq!(again.matches("--force").count(), 5, "{again}");
    assert_eq!(listed(&place), expected);
}

#[test]
fn only_games_of_before_are_replaced() {
    let place = Place::new();
    place.write("a/game/index.html", "a");
    place.write("b/game/index.html", "b");
    place.write("c/game/index.html", "c");
    place.run(&["add", "c/game"]).with_code(0);
    let done = place
        .run(&["add", "--force", "a/game", "b/game"])
        .with_code(0);
    let words: Vec<_> = done
        .out
        .lines()
        .map(|line| line.split_whitespace().take(2).collect::<Vec<_>>())
        .collect();
    assert_eq!(words, [["replaced", "game"], ["added", "game-2"]]);
    let all = games(&place);
    assert_eq!(all["game"]["index.html"], b"a");
    assert_eq!(all["game-2"]["index.html"], b"b");
    assert_eq!(kept(&place).len(), 2);
    // The same again replaces both by themselves.
    let again = place
        .run(&["add", "--force", "b/game", "a/game"])
        .with_code(0);
    assert_eq!(again.out.matches("replaced").count(), 2, "{again:?}");
    let all = games(&place);
    assert_eq!(all.len(), 2);
    assert_eq!(all["game"]["index.html"], b"b");
    assert_eq!(all["game-2"]["index.html"], b"a");
}

#[test]
fn each_source_may_have_a_name_of_its_own() {
    let place = Place::new();
    place.game("a");
    place.game("b");
    let names = [
        "--as", "one", "--title", "First", "--as", "two", "--title", "Second",
    ];
    place
        .run(&[&["add", "a", "b"][..], &names].concat())
        .with_code(0);
    assert_eq!(listed(&place), ["one", "two"]);
    let list = place.run(&["list"]).out;
    assert!(list.contains("First") && list.contains("Second"), "{list}");
    for (names, word) in [
        (&["--as", "x"][..], "1 of --as for 2 of SOURCE"),
        (&["--title", "X"], "1 of --title for 2 of SOURCE"),
        (&["--as", "x", "--as", "x"], "--as x is given twice"),
        (&["--as", "x", "--as", "Y"], "y"),
    ] {
        let refused = place
            .run(&[&["add", "a", "b"][..], names].concat())
            .with_code(2);
        assert!(refused.err.contains(word), "{refused:?}");
    }
}

#[test]
fn a_hundred_archives_of_one_name_are_a_hundred_games() {
    let place = Place::new();
    let names = ["游戏", "Игра", "لعبة", "🚀🎮", "植物 大战"];
    let mut sources = Vec::new();
    let mut expected = Vec::new();
    for number in 0..100 {
        let folder = format!("{}{number}", names[number % names.len()]);
        fs::create_dir(place.path(&folder)).unwrap();
        let title = match number % 2 {
            0 => "Same".to_owned(),
            _ => format!("Game {number}"),
        };
        let page = format!("<!doctype html><title>{title}</title><script src=a.js></script>");
        let script = format!("let number = {number}");
        let source = format!("{folder}/web-build.zip");
        zip(&place, &source, &[("index.html", &page), ("a.js", &script)]);
        expected.push((hash(page.as_bytes()), hash(script.as_bytes())));
        sources.push(source);
    }
    let mut add = vec!["add"];
    add.extend(sources.iter().map(String::as_str));
    let done = place.run(&add).with_code(0);
    assert_eq!(done.out.lines().count(), 100);
    let all = games(&place);
    assert_eq!(all.len(), 100);
    let slugs = listed(&place);
    let found: Vec<_> = slugs
        .iter()
        .map(|slug| {
            let files = &all[slug];
            (hash(&files["index.html"]), hash(&files["a.js"]))
        })
        .collect();
    assert_eq!(found, expected);
}
