//! Several games added at once: their slugs, their order, and none lost.

use std::fs;

use sha2::{Digest, Sha256};

use crate::content::tar_of_page;
use crate::importing::{games, kept, zip};
use crate::support::{Client, Place};

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
        (&["--as", "x"][..], "the number of --as (1) differs"),
        (&["--title", "X"], "the number of --title (1) differs"),
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

#[test]
fn a_folder_of_games_is_added_whole() {
    let place = Place::new();
    place.write("class/Pupil 10/game/index.html", "ten");
    place.write("class/Pupil 2/index.html", "two");
    place.write("class/empty/notes.txt", "nothing yet");
    place.write("class/marks.csv", "1,2");
    place.write("class/story.html", "<script>story</script>");
    fs::create_dir_all(place.path("class/Zoe")).unwrap();
    zip(
        &place,
        "class/Zoe/web-build.zip",
        &[("index.html", "zoe"), ("a.js", "a")],
    );
    let done = place.run(&["add", "class"]).with_code(1);
    let rows: Vec<_> = done
        .out
        .lines()
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    assert_eq!(rows, ["failed", "added", "added", "added", "added"]);
    assert!(done.out.contains("class/empty"), "{done:?}");
    let expected = ["pupil-2", "pupil-10", "web-build", "story"];
    let mut slugs = listed(&place);
    slugs.sort();
    let mut sorted = expected.map(str::to_owned);
    sorted.sort();
    assert_eq!(slugs, sorted);
    let all = games(&place);
    assert_eq!(all["pupil-10"]["index.html"], b"ten");
    assert_eq!(all["web-build"]["index.html"], b"zoe");
    assert_eq!(all["story"]["index.html"], b"<script>story</script>");
    let list = place.run(&["list"]).out;
    assert!(list.contains("Zoe"), "the folder names it: {list}");
    // Names are given one for each source.
    let named = place.run(&["add", "class", "--as", "x"]).with_code(1);
    assert!(named.err.contains("--as"), "{named:?}");
    // The folder of the library is passed over, which is said if nothing else is there.
    let nothing = place.run(&["add", "games"]).with_code(1);
    assert!(
        nothing.err.contains("in games are in the library already"),
        "{nothing:?}"
    );
    place.game("other");
    place.run(&["add", "games", "other"]).with_code(0);
}

#[test]
fn a_source_around_one_game_may_have_a_name() {
    let place = Place::new();
    fs::create_dir_all(place.path("upload")).unwrap();
    zip(&place, "upload/game.zip", &[("index.html", "zip")]);
    let mut outer = zip::ZipWriter::new(fs::File::create(place.path("upload.zip")).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    outer.start_file("upload/game.zip", options).unwrap();
    let inner = fs::read(place.path("upload/game.zip")).unwrap();
    std::io::Write::write_all(&mut outer, &inner).unwrap();
    outer.finish().unwrap();
    for (source, slug) in [("upload", "one"), ("upload.zip", "two")] {
        place
            .run(&["add", source, "--as", slug, "--title", "Named"])
            .with_code(0);
        assert_eq!(games(&place)[slug]["index.html"], b"zip", "{source}");
    }
    assert_eq!(place.run(&["list"]).out.matches("Named").count(), 2);
}

#[test]
fn an_archive_of_archives_is_added_whole() {
    let place = Place::new();
    fs::create_dir_all(place.path("in")).unwrap();
    for name in ["a", "b", "c"] {
        let inner = format!("in/{name}.zip");
        zip(&place, &inner, &[("index.html", name)]);
    }
    let read = |name: &str| fs::read(place.path(name)).unwrap();
    let mut jam = zip::ZipWriter::new(fs::File::create(place.path("jam.zip")).unwrap());
    for (path, content) in [
        ("jam/Ann/web-build.zip", read("in/a.zip")),
        ("jam/Ben/web-build.zip", read("in/b.zip")),
        ("jam/Cid/broken.zip", read("in/c.zip")[..60].to_vec()),
        ("jam/Dan/game/index.html", b"dan".to_vec()),
        ("jam/rules.txt", b"be kind".to_vec()),
    ] {
        let options = zip::write::SimpleFileOptions::default();
        jam.start_file(path, options).unwrap();
        std::io::Write::write_all(&mut jam, &content).unwrap();
    }
    jam.finish().unwrap();
    let dry = place.run(&["add", "--dry-run", "jam.zip"]).with_code(1);
    assert_eq!(dry.out.matches("would be added").count(), 3, "{dry:?}");
    assert!(kept(&place).is_empty());
    let done = place.run(&["add", "jam.zip"]).with_code(1);
    assert_eq!(done.out.matches("added ").count(), 3, "{done:?}");
    assert!(
        done.out.contains("failed") && done.out.contains("broken.zip"),
        "{done:?}"
    );
    let all = games(&place);
    assert_eq!(all["web-build"]["index.html"], b"a");
    assert_eq!(all["web-build-2"]["index.html"], b"b");
    assert_eq!(all["dan"]["index.html"], b"dan");
    assert_eq!(all.len(), 3);
    assert_eq!(kept(&place).len(), 3);
    let list = place.run(&["list"]).out;
    assert!(list.contains("Ann") && list.contains("Ben"), "{list}");
}

#[test]
fn a_single_page_is_a_game() {
    let place = Place::new();
    let page = "<!doctype html><title>The Cave</title><script>play()</script>";
    place.write("cave.html", page);
    place.run(&["add", "cave.html"]).with_code(0);
    assert_eq!(games(&place)["cave"]["index.html"], page.as_bytes());
    assert!(place.run(&["list"]).out.contains("The Cave"));
    let (_page, port) = place.serve(&["cave.html"]);
    assert_eq!(Client::connect(port).get("/").text(), page);
    // A page of an export is not.
    place.write("export/index.html", "<script src=\"./a.js?v=1\"></script>");
    place.write("export/a.js", "a");
    let refused = place.run(&["add", "export/index.html"]).with_code(1);
    assert!(
        refused.out.contains("give its folder: export"),
        "{refused:?}"
    );
    let (_export, port) = place.serve(&["export/index.html"]);
    assert_eq!(Client::connect(port).get("/a.js").text(), "a");
}

#[test]
fn what_is_no_web_export_is_told_with_the_export_that_plays() {
    let place = Place::new();
    for (name, word) in [
        ("Cat.sb3", "packager.turbowarp.org"),
        ("old.swf", "Ruffle"),
        ("pong.love", "love.js"),
        ("keen.jsdos", "js-dos"),
        ("tetris.gb", "EmulatorJS"),
        ("quest/project.godot", "Export > Web"),
        ("quest2/ProjectSettings/ProjectVersion.txt", "WebGL"),
        ("quest3/package.json", "npm run build"),
        ("quest4/Game.exe", "for the web"),
        ("quest5/pubspec.yaml", "flutter build web"),
        ("quest6/assets/main.scene", "Cocos Creator"),
        ("quest7/Cargo.toml", "trunk"),
        ("quest8/main.py", "pygbag"),
        ("quest9.tic", "export html"),
        ("story.twee", "Publish to File"),
        ("pong.rar", "unpack it"),
        ("pong.exe", "for the web"),
    ] {
        place.write(name, "content");
        let source = name.split('/').next().unwrap();
        let added = place.run(&["add", source]).with_code(1);
        assert!(added.out.contains(word), "{added:?}");
        let served = place.run(&["0", &format!("./{source}")]);
        assert_ne!(served.code, Some(0), "{served:?}");
        assert!(served.err.contains(word), "{served:?}");
    }
    zip(&place, "project.zip", &[("a/project.godot", "")]);
    let added = place.run(&["add", "project.zip"]).with_code(1);
    assert!(added.out.contains("Godot project"), "{added:?}");
    zip(&place, "pong.apk", &[("classes.dex", "")]);
    let added = place.run(&["add", "pong.apk"]).with_code(1);
    assert!(added.out.contains("for the web"), "{added:?}");
    let served = place.run(&["0", "pong.apk"]);
    assert!(served.err.contains("for the web"), "{served:?}");
    assert!(kept(&place).is_empty());
}

#[test]
fn an_archive_that_unpacks_itself_or_has_a_wrong_name_is_a_game() {
    let place = Place::new();
    zip(&place, "pong.zip", &[("index.html", "page")]);
    let bytes = fs::read(place.path("pong.zip")).unwrap();
    place.write("wrong.rar", &bytes);
    place.write("self.exe", [&b"MZ program"[..], &bytes].concat());
    place.write("tar.zip", tar_of_page());
    for name in ["wrong.rar", "self.exe", "tar.zip"] {
        place.run(&["add", name]).with_code(0);
        let (_server, port) = place.serve(&[name]);
        assert_eq!(Client::connect(port).get("/").text(), "page", "{name}");
    }
}

#[test]
fn what_can_be_added_can_be_played_and_checked_at_once() {
    let place = Place::new();
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in [("game/index.html", "page"), ("game/a.js", "a")] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, content.as_bytes())
            .unwrap();
    }
    let tar = tar.into_inner().unwrap();
    place.write("pong.tar", &tar);
    place.write("pong.tar.zst", zstd::encode_all(tar.as_slice(), 1).unwrap());
    for name in ["pong.tar", "pong.tar.zst"] {
        let (_server, port) = place.serve(&[name]);
        let mut client = Client::connect(port);
        assert_eq!(client.get("/").text(), "page", "{name}");
        assert_eq!(client.get("/a.js").text(), "a", "{name}");
        for words in [&["check"][..], &["list", "--why"]] {
            let report = place.run(&[words, &[name]].concat()).with_code(0);
            assert!(report.out.contains("pong"), "{words:?} {name}: {report:?}");
        }
    }
    place.write("torn.tar.zst", b"\x28\xb5\x2f\xfd and nothing");
    let refused = place.run(&["0", "torn.tar.zst"]);
    assert_ne!(refused.code, Some(0));
    assert!(refused.err.contains("torn.tar.zst"), "{refused:?}");
}
