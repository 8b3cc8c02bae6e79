//! Adding games from folders and archives, removing and renaming them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;
use rustix::process::Signal;
use tar::{EntryType, Header};
use webserver::config::Config;
use webserver::library::listing::Library;

use crate::support::{Client, Finished, Place, Running, Screen, not_tested};
use crate::zips::{Entry, archive};

/// Reads the games of a library, each with its files and their content. No game may be rejected.
pub(crate) fn games(place: &Place) -> BTreeMap<String, BTreeMap<String, Vec<u8>>> {
    let config = Config::find(Some(&place.path("config.toml"))).unwrap();
    let library = Library::open(&config.library_options());
    assert!(library.rejected.is_empty(), "{:?}", library.rejected);
    let bundled = |slug: &str| {
        ["garden", "carrot", "2048", "mind"]
            .iter()
            .any(|name| slug.starts_with(name))
    };
    let own = library
        .games
        .into_iter()
        .filter(|game| !bundled(&game.slug));
    own.map(|game| {
        let root = PathBuf::from(game.source.to_string());
        let files = game.source.files().unwrap().into_iter();
        let read = |path: String| (path.clone(), fs::read(root.join(path)).unwrap());
        (game.slug, files.map(|file| read(file.path)).collect())
    })
    .collect()
}

/// Lists the folder of imported games.
pub(crate) fn kept(place: &Place) -> Vec<String> {
    let children = fs::read_dir(place.path("games")).into_iter().flatten();
    let mut names: Vec<_> = children
        .map(|child| child.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn config(place: &Place) -> String {
    fs::read_to_string(place.path("config.toml")).unwrap()
}

pub(crate) fn zip(place: &Place, name: &str, files: &[(&str, &str)]) {
    let mut zip = zip::ZipWriter::new(File::create(place.path(name)).unwrap());
    for (path, content) in files {
        zip.start_file(*path, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

fn tar(files: &[(&[u8], EntryType, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, entry_type, content) in files {
        let mut header = Header::new_gnu();
        // The builder refuses some of these names.
        header.as_old_mut().name[..path.len()].copy_from_slice(path);
        header.set_entry_type(*entry_type);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, *content).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

const PAGE: (&[u8], EntryType, &[u8]) = (b"index.html", EntryType::Regular, b"page");

#[test]
fn every_kind_of_source_is_imported() {
    let place = Place::new();
    place.write("export/index.html", "page");
    place.write("export/sub/a.js", "a");
    place.write("export/.git/config", "secret");
    place.write("wrapped/Build 1.0/index.html", "page");
    zip(
        &place,
        "Some Game.zip",
        &[
            ("Some Game/index.html", "page"),
            ("Some Game/sub/a.js", "a"),
        ],
    );
    let tarball = tar(&[
        PAGE,
        (b"sub/a.js", EntryType::Regular, b"a"),
        (b".x", EntryType::Regular, b"x"),
    ]);
    place.write("one.tar", &tarball);
    place.write("two.tar.gz", gzip(&tarball));
    place.write(
        "three.tar.zst",
        zstd::encode_all(tarball.as_slice(), 1).unwrap(),
    );
    let done = place
        .run(&[
            "add",
            "export",
            "wrapped",
            "Some Game.zip",
            "one.tar",
            "two.tar.gz",
            "three.tar.zst",
        ])
        .with_code(0);
    assert_eq!(done.out.lines().count(), 6, "{done:?}");

    let games = games(&place);
    let slugs: Vec<_> = games.keys().collect();
    assert_eq!(
        slugs,
        ["export", "one", "some-game", "three", "two", "wrapped"]
    );
    for (slug, files) in &games {
        assert_eq!(files["index.html"], b"page", "{slug}");
        if slug != "wrapped" {
            assert_eq!(files["sub/a.js"], b"a", "{slug}");
            assert_eq!(files.len(), 2, "{slug}");
        }
    }
    assert!(!place.path("games/export/.git").exists());
    assert!(config(&place).contains("title = \"Some Game\""));
    // The bundled games are still in the library.
    assert!(place.run(&["list"]).out.contains("2048"));
}

#[test]
fn a_failed_source_does_not_stop_the_others() {
    let place = Place::new();
    place.game("good");
    place.game("better");
    fs::create_dir(place.path("empty")).unwrap();
    place.write("text.zip", "no archive at all");
    let done = place
        .run(&[
            "add",
            "good",
            "nowhere",
            "empty",
            "text.zip",
            "better",
            "ftp://a/b.zip",
        ])
        .with_code(1);
    let failed = done
        .out
        .lines()
        .filter(|line| line.starts_with("failed"))
        .count();
    assert_eq!(failed, 4, "{done:?}");
    for word in [
        "nowhere not found",
        "no entry page",
        "not an archive",
        "ftp is not supported",
    ] {
        assert!(done.out.contains(word), "{word}: {done:?}");
    }
    assert_eq!(games(&place).len(), 2);
    assert_eq!(kept(&place), ["better", "good"]);
}

#[test]
fn a_dry_run_changes_nothing() {
    let place = Place::new();
    place.game("export");
    zip(&place, "a.zip", &[("a/index.html", "page")]);
    place.write(
        "b.tar.gz",
        gzip(&tar(&[(b"readme.txt", EntryType::Regular, b"x")])),
    );
    let done = place
        .run(&["add", "--dry-run", "export", "a.zip", "b.tar.gz"])
        .with_code(1);
    assert_eq!(done.out.matches("would be added").count(), 2, "{done:?}");
    assert!(done.out.contains("no entry page"), "{done:?}");
    assert!(!place.path("config.toml").exists());
    assert!(!place.path("games").exists());
}

#[test]
fn a_slug_can_be_chosen_and_is_taken_once() {
    let place = Place::new();
    place.game("export");
    place
        .run(&[
            "add",
            "export",
            "--as",
            "my-game",
            "--title",
            "My \"Game\" 游戏",
        ])
        .with_code(0);
    let listed = place.run(&["list"]).out;
    assert!(listed.contains("My \"Game\" 游戏"), "{listed}");
    for (arguments, code, word) in [
        (&["add", "export", "--as", "my-game"][..], 1, "--force"),
        (&["add", "export", "--as", "2048"], 1, "--force"),
        (&["add", "export", "--as", "My Game"], 2, "my-game"),
        (&["add", "export", "export", "--as", "a"], 2, "1 of --as"),
        (&["add"], 2, "SOURCE"),
        (&["add", "export", "--jobs", "0"], 2, "--jobs"),
        (&["add", "export", "--max-size", "big"], 2, "--max-size"),
        (&["rename", "my-game"], 2, "NEW-SLUG"),
        (&["rename", "my-game", "2048"], 1, "already"),
        (&["rename", "mygame", "x"], 1, "my-game"),
        (&["rename", "nothing", "x"], 1, "webserver list"),
    ] {
        let done = place.run(arguments).with_code(code);
        assert!(
            format!("{}{}", done.out, done.err).contains(word),
            "{done:?}"
        );
    }
    assert_eq!(kept(&place), ["my-game"]);
}

#[test]
fn a_replaced_game_keeps_its_settings() {
    let place = Place::new();
    place.game("export");
    place.write("config.toml", "# mine\n[[games]]\nslug = \"a\" # short\ntitle = { en = \"A\", zh = \"甲\" }\npath = \"games/a\"\nentry = \"old.html\"\ncover = \"c.png\"\n");
    place.write("games/a/old.html", "old");
    place.write("new/index.html", "new");
    place.write("new/c.png", "picture");
    place
        .run(&["add", "new", "--as", "a", "--force"])
        .with_code(0);
    let expected = "# mine\n[[games]]\nslug = \"a\" # short\ntitle = { en = \"A\", zh = \"甲\" }\npath = \"games/a-2\"\ncover = \"c.png\"\n";
    assert_eq!(config(&place), expected);
    assert_eq!(games(&place)["a"]["index.html"], b"new");
    assert_eq!(kept(&place), ["a-2"]);
    // A failed import leaves it.
    place.write("bad.zip", "PK\x03\x04 and nothing");
    place
        .run(&["add", "bad.zip", "--as", "a", "--force"])
        .with_code(1);
    assert_eq!(config(&place), expected);
    assert_eq!(kept(&place), ["a-2"]);
}

#[test]
fn an_edit_keeps_comments_and_order() {
    let place = Place::new();
    for folder in ["a", "b", "export"] {
        place.game(folder);
    }
    let before = "# top\r\nlang = \"en\" # spoken\n\n# The games.\n[[games]]\nslug = \"a\"\npath = \"a\"\n# entry = \"x\"\n\n# about b\n[[games]]\nslug = \"b\" # b\npath = \"b\"\n\n# limits last\n[limits]\nconnections = 7\n# end\n";
    place.write("config.toml", before);
    place.run(&["add", "export"]).with_code(0);
    let added = "\n[[games]]\nslug = \"export\"\npath = \"games/export\"\n";
    let end = "\n# limits last\n";
    let expected = before
        .replace("\r\n", "\n")
        .replace(end, &format!("{added}{end}"));
    assert_eq!(config(&place), expected);
    place.run(&["remove", "export", "--yes"]).with_code(0);
    assert_eq!(config(&place), before.replace("\r\n", "\n"));
    place.run(&["remove", "a", "--yes"]).with_code(0);
    let comments = [
        "# top",
        "# spoken",
        "# The games.",
        "# entry",
        "# about b",
        "# b\n",
        "# limits last",
        "# end",
    ];
    let left = config(&place);
    for comment in comments {
        assert!(left.contains(comment), "{comment}: {left}");
    }
    assert_eq!(games(&place).keys().collect::<Vec<_>>(), ["b"]);
    // Its folder was not imported.
    assert!(place.path("a/index.html").exists());
}

#[test]
fn a_game_is_added_to_an_inline_array() {
    let place = Place::new();
    place.game("a");
    place.game("export");
    place.write(
        "config.toml",
        "games = [ { slug = \"a\", path = \"a\" } ] # all\n",
    );
    place.run(&["add", "export"]).with_code(0);
    assert_eq!(games(&place).len(), 2);
    assert!(config(&place).ends_with("] # all\n"));
    place.run(&["rename", "a", "z"]).with_code(0);
    place.run(&["remove", "export", "--yes"]).with_code(0);
    assert_eq!(games(&place).keys().collect::<Vec<_>>(), ["z"]);
}

#[test]
fn an_edit_of_a_linked_configuration_keeps_the_link() {
    let place = Place::new();
    place.game("export");
    place.write("elsewhere/real.toml", "lang = \"en\"\n");
    symlink("elsewhere/real.toml", place.path("config.toml")).unwrap();
    place.run(&["add", "export"]).with_code(0);
    assert!(place.path("config.toml").is_symlink());
    assert!(
        fs::read_to_string(place.path("elsewhere/real.toml"))
            .unwrap()
            .contains("export")
    );
    assert_eq!(games(&place).len(), 1);
}

#[test]
fn only_imported_files_are_deleted() {
    let place = Place::new();
    place.game("outside");
    place.game("games/shared");
    place.write("games/shared/other.html", "other");
    place.game("games/group/inner");
    place.game("export");
    symlink("../outside", place.path("games/linked")).unwrap();
    let entry =
        |slug: &str, path: &str| format!("[[games]]\nslug = \"{slug}\"\npath = \"{path}\"\n");
    let entries = [
        ("outside", "outside"),
        ("one", "games/shared"),
        ("two", "games/shared\"\nentry = \"other.html"),
        ("inner", "games/group/inner"),
        ("linked", "games/linked"),
        ("gone", "nowhere"),
    ];
    let text: String = entries
        .iter()
        .map(|(slug, path)| entry(slug, path))
        .collect();
    place.write("config.toml", format!("default_game = \"inner\"\n{text}"));
    place.run(&["add", "export"]).with_code(0);
    for (slug, left) in [
        ("outside", "outside/index.html"),
        ("one", "games/shared/index.html"),
        ("inner", "games/group/inner/index.html"),
        ("linked", "outside/index.html"),
        ("gone", "config.toml"),
    ] {
        let done = place.run(&["remove", slug, "--yes"]).with_code(0);
        assert!(place.path(left).exists(), "{done:?}");
        assert!(!config(&place).contains(&format!("\"{slug}\"")), "{done:?}");
    }
    assert!(!config(&place).contains("default_game"));
    // The last game in its folder.
    place.run(&["remove", "two", "--yes"]).with_code(0);
    place.run(&["remove", "export", "--yes"]).with_code(0);
    assert_eq!(kept(&place), ["group", "linked"]);
    place.run(&["remove", "export", "--yes"]).with_code(1);
}

#[test]
fn unlisted_games_are_renamed_and_removed_too() {
    let place = Place::new();
    for folder in ["games/a", "games/b", "other/c", "export"] {
        place.game(folder);
    }
    // Without a configuration the folder `games` is in the library, and must stay there.
    place.run(&["add", "export"]).with_code(0);
    assert_eq!(
        games(&place).keys().collect::<Vec<_>>(),
        ["a", "b", "export"]
    );
    place
        .run(&["rename", "a", "x", "--title", "X"])
        .with_code(0);
    place.run(&["remove", "b", "--yes"]).with_code(0);
    assert_eq!(games(&place).keys().collect::<Vec<_>>(), ["export", "x"]);
    place.run(&["remove", "2048", "--yes"]).with_code(1);
    place.write("config.toml", "library = \"other\"\n");
    let done = place.run(&["remove", "c", "--yes"]).with_code(1);
    assert!(done.err.contains("other"), "{done:?}");
    assert!(place.path("other/c/index.html").exists());
}

#[test]
fn renaming_the_default_game_updates_the_setting() {
    let place = Place::with_three_games_and("default_game = \"alpha\" # first");
    place
        .run(&["rename", "alpha", "omega", "--title", "Omega"])
        .with_code(0);
    let text = config(&place);
    assert!(text.contains("default_game = \"omega\" # first"), "{text}");
    assert!(text.contains("title = \"Omega\""), "{text}");
    assert!(place.path("alpha/index.html").exists());
}

#[test]
fn removing_asks_and_follows_the_answer() {
    let place = Place::new();
    place.game("export");
    place.run(&["add", "export"]).with_code(0);
    let done = place.run(&["remove", "export"]).with_code(2);
    assert!(done.err.contains("--yes"), "{done:?}");
    // Only `y` confirms.
    let stray = [
        "\r",
        "q",
        "\x1bOy",
        "y\r",
        "\x1b[200~y\r\x1b[201~",
        "y",
        "x",
        "\r",
    ];
    for (keys, code, stays) in [
        (&["n"][..], 0, true),
        (&["\x1b"], 0, true),
        (&["\x03"], 130, true),
        (&[&stray[..], &["n"]].concat(), 0, true),
        (&["y", "\r"], 0, false),
    ] {
        let mut screen = Screen::open(&place, (24, 80), &["remove", "export"]);
        screen.until_shows("delete games/export?");
        screen.press_each(keys);
        assert_eq!(screen.exit(), code, "{keys:?}: {screen}");
        assert_eq!(
            place.path("games/export").exists(),
            stays,
            "{keys:?}: {screen}"
        );
    }
}

#[test]
fn a_copied_folder_is_identical() {
    let place = Place::new();
    place.game("export");
    let sparse = File::create(place.path("export/sparse.bin")).unwrap();
    sparse.write_all_at(b"end", 64 << 20).unwrap();
    sparse.write_all_at(b"middle", 8 << 20).unwrap();
    sparse.set_len(80 << 20).unwrap();
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    sparse.set_modified(old).unwrap();
    place.write("export/big.bin", vec![7; 20 << 20]);
    place.write("export/empty", "");
    symlink("big.bin", place.path("export/same.bin")).unwrap();
    place.run(&["add", "export"]).with_code(0);
    let copied = |name: &str| place.path("games/export").join(name);
    let is_same = |name: &str| {
        fs::read(copied(name)).unwrap() == fs::read(place.path("export").join(name)).unwrap()
    };
    for name in ["sparse.bin", "big.bin", "empty", "same.bin"] {
        assert!(is_same(name), "{name}");
        assert!(!copied(name).is_symlink());
    }
    let metadata = fs::metadata(copied("sparse.bin")).unwrap();
    assert_eq!(metadata.modified().unwrap(), old);
    assert!(
        metadata.blocks() * 512 < 10 << 20,
        "{} blocks",
        metadata.blocks()
    );
}

/// Puts something into a game's folder.
type Spoil = fn(&Path);

#[test]
fn what_serving_leaves_out_is_left_out_and_said() {
    let spoil: [(&str, &str, Spoil); 6] = [
        ("out.js", "link-out", |game| {
            symlink("/etc/hostname", game.join("out.js")).unwrap()
        }),
        ("dead.js", "dead-link", |game| {
            symlink("nowhere", game.join("dead.js")).unwrap()
        }),
        ("loop", "dead-link", |game| {
            symlink(".", game.join("loop")).unwrap()
        }),
        ("pipe", "special", |game| {
            rustix::fs::mknodat(
                rustix::fs::CWD,
                game.join("pipe"),
                rustix::fs::FileType::Fifo,
                0o600.into(),
                0,
            )
            .unwrap();
        }),
        ("socket", "special", |game| {
            UnixListener::bind(game.join("socket")).unwrap();
        }),
        ("caf\u{fffd}.js", "name", |game| {
            fs::write(game.join(OsStr::from_bytes(b"caf\xe9.js")), "x").unwrap();
        }),
    ];
    for (path, reason, spoil) in spoil {
        let place = Place::new();
        place.game("export");
        spoil(&place.path("export"));
        let done = place.run(&["add", "export"]).with_code(0);
        assert!(done.err.contains(path), "{path}: {done:?}");
        assert_eq!(games(&place)["export"].len(), 1, "{path}");
        assert!(!place.path("games/export").join(path).exists(), "{path}");

        let why = place.run(&["list", "--json", "--why", "export/"]);
        let why: serde_json::Value = serde_json::from_str(&why.out).unwrap();
        let expected = serde_json::json!([{"file": path, "reason": reason}]);
        assert_eq!(why["left_out"], expected, "{path}");
        let why = place.run(&["list", "--why", "export/"]).with_code(0).out;
        assert!(why.contains("left out") && why.contains(path), "{why}");
        let check = place.run(&["check", "export/"]).out;
        assert!(
            check.contains(path) && check.contains("is not served"),
            "{check}"
        );
    }
}

#[test]
fn the_folder_of_the_library_is_not_added_to_itself() {
    let place = Place::new();
    place.game("export");
    fs::create_dir(place.path("export/games")).unwrap();
    let mut command = place.webserver(&["add", "."]);
    command.current_dir(place.path("export"));
    let done = Running::start(command).exit().with_code(1);
    assert!(done.out.contains("library itself"), "{done:?}");
    assert!(!place.path("config.toml").exists());
}

#[test]
fn backslashes_in_names_of_an_unpacked_folder_are_separators() {
    let place = Place::new();
    place.write("export/index.html", "page");
    place.write("export/assets\\hero.js", "hero");
    place.write("export/a\\b.js", "backslash");
    place.write("export/a/b.js", "slash");
    place.write("export/end\\", "no separator");
    let (_server, port) = place.serve(&["export"]);
    let mut client = Client::connect(port);
    assert_eq!(client.get("/assets/hero.js").text(), "hero");
    assert_eq!(client.get("/a/b.js").text(), "slash");
    assert_eq!(client.get("/a%5Cb.js").text(), "backslash");
    assert_eq!(client.get("/end%5C").text(), "no separator");
    place.run(&["add", "export"]).with_code(0);
    let files = &games(&place)["export"];
    assert_eq!(files["assets/hero.js"], b"hero");
    assert_eq!(files["a/b.js"], b"slash");
    assert_eq!(files["a\\b.js"], b"backslash");
}

#[test]
fn a_malicious_archive_leaves_nothing() {
    let long: Vec<u8> = vec![b'a'; 3 << 20];
    let whole = tar(&[PAGE, (b"a.bin", EntryType::Regular, &long)]);
    let regular = EntryType::Regular;
    for (name, archive, word) in [
        (
            "escape.tar",
            tar(&[PAGE, (b"../evil", regular, b"x")]),
            "leads out",
        ),
        (
            "deep.tar",
            tar(&[PAGE, (b"a/../../evil", regular, b"x")]),
            "leads out",
        ),
        (
            "hard.tar",
            tar(&[PAGE, (b"evil", EntryType::Link, b"")]),
            "link",
        ),
        (
            "name.tar",
            tar(&[
                PAGE,
                (b"././@LongLink", EntryType::GNULongName, &long),
                PAGE,
            ]),
            "not a complete archive",
        ),
        (
            "pax.tar",
            tar(&[PAGE, (b"pax", EntryType::XHeader, &long), PAGE]),
            "not a complete archive",
        ),
        (
            "torn.tar",
            whole[..whole.len() / 2].to_vec(),
            "not a complete archive",
        ),
        (
            "torn.tar.gz",
            gzip(&whole)[..1000].to_vec(),
            "not a complete archive",
        ),
        (
            "changed.tar.gz",
            changed(gzip(&whole)),
            "not a complete archive",
        ),
        ("torn.tar.zst", torn_zstd(&whole), "not a complete archive"),
        ("text.gz", gzip(b"no tar"), "not a complete archive"),
        ("nothing.gz", gzip(b""), "not a complete archive"),
        ("empty.zip", Vec::new(), "not an archive"),
    ] {
        let place = Place::new();
        place.write(name, archive);
        let done = place.run(&["add", name]).with_code(1);
        assert!(done.out.contains(word), "{name}: {done:?}");
        assert!(!place.path("games").exists(), "{name}");
        assert!(!place.path("config.toml").exists(), "{name}");
        assert!(
            !place.path("evil").exists() && !place.path("../evil").exists(),
            "{name}"
        );
    }
}

#[test]
fn links_in_an_archive_stand_for_the_files_that_they_lead_to() {
    let place = Place::new();
    place.game("game");
    place.write("game/art/hero.png", "hero");
    for (path, target) in [
        ("same.png", "art/hero.png"),
        ("pictures", "art"),
        ("art/page.html", "../index.html"),
        ("out", "/etc"),
        ("up.html", "../../game/index.html"),
        ("dead", "nowhere"),
        ("round", "."),
    ] {
        symlink(target, place.path("game").join(path)).unwrap();
    }
    let made = place.command("mkfifo", &["game/pipe"]);
    Running::start(made).exit().with_code(0);
    let packed = place.command("tar", &["-czf", "game.tar.gz", "game"]);
    Running::start(packed).exit().with_code(0);
    let page = fs::read(place.path("game/index.html")).unwrap();
    let link = |path: &str, target: &str| Entry {
        attributes: 0o120_777 << 16,
        ..Entry::stored(path, target)
    };
    let entries = [
        link("game/same.png", "art/hero.png"),
        link("game/pictures", "art"),
        link("game/art/page.html", "../index.html"),
        link("game/out", "/etc"),
        link("game/up.html", "../../game/index.html"),
        link("game/dead", "nowhere"),
        link("game/round", "."),
        Entry {
            attributes: 0o010_644 << 16,
            ..Entry::stored("game/pipe", "")
        },
        Entry::deflated("game/art/hero.png", "hero"),
        Entry::stored("game/index.html", &page),
    ];
    place.write("game.zip", archive(&entries));
    for source in ["game.tar.gz", "game.zip"] {
        let done = place.run(&["add", source, "--force"]).with_code(0);
        for left_out in ["out", "up.html", "dead", "round", "pipe"] {
            assert!(done.err.contains(left_out), "{source} {left_out}: {done:?}");
        }
        let files = &games(&place)["game"];
        let expected: [(&str, &[u8]); 6] = [
            ("art/hero.png", b"hero"),
            ("art/page.html", &page),
            ("index.html", &page),
            ("pictures/hero.png", b"hero"),
            ("pictures/page.html", &page),
            ("same.png", b"hero"),
        ];
        let files = files.iter().map(|(path, content)| (&**path, &**content));
        assert!(files.eq(expected), "{source}");
    }
    // Served from the archive as well.
    let (_server, port) = place.serve(&["game.zip"]);
    let mut client = Client::connect(port);
    assert_eq!(client.get("/pictures/hero.png").text(), "hero");
    assert_eq!(client.get("/art/page.html").body, page);
    assert_eq!(client.get("/out/hostname").status, 404);
}

/// Changes the checksum (RFC 1952, 2.3.1).
fn changed(mut gzip: Vec<u8>) -> Vec<u8> {
    let crc = gzip.len() - 8;
    gzip[crc] ^= 1;
    gzip
}

fn torn_zstd(bytes: &[u8]) -> Vec<u8> {
    let mut packed = zstd::encode_all(bytes, 1).unwrap();
    packed.truncate(packed.len() / 2);
    packed
}

#[test]
fn a_member_name_in_gbk_is_decoded() {
    let place = Place::new();
    // Encoded by Python's codec gbk.
    place.write(
        "a.tar",
        tar(&[
            PAGE,
            (
                b"\xd3\xce\xcf\xb7/\xbd\xc7\xc9\xab.png",
                EntryType::Regular,
                b"x",
            ),
        ]),
    );
    place.run(&["add", "a.tar"]).with_code(0);
    assert_eq!(games(&place)["a"]["游戏/角色.png"], b"x");
}

#[test]
fn a_full_disk_leaves_the_library_as_it_was() {
    let place = Place::new();
    place.game("first");
    place.run(&["add", "first"]).with_code(0);
    let before = config(&place);
    place.game("export");
    place.write("export/big.bin", vec![7; 3 << 20]);
    zip(
        &place,
        "export.zip",
        &[("index.html", "page"), ("big.bin", &"x".repeat(3 << 20))],
    );
    for source in ["export", "export.zip"] {
        // A file larger than 1 MB fails to be written, as on a full disk.
        let script = "ulimit -f 1024; trap '' XFSZ; exec \"$@\"";
        let program = env!("CARGO_BIN_EXE_webserver");
        let command = place.command("bash", &["-c", script, "bash", program, "add", source]);
        let done = Running::start(command).exit().with_code(1);
        assert!(
            done.out.contains("cannot write") && done.out.contains("big.bin"),
            "{done:?}"
        );
        assert_eq!(config(&place), before);
        assert_eq!(kept(&place), ["first"]);
    }
}

/// Runs a shell script where mounts can be made; `None` where only the administrator may.
fn with_mounts(place: &Place, script: &str) -> Option<Finished> {
    let program = env!("CARGO_BIN_EXE_webserver");
    let arguments = [
        "--mount",
        "--user",
        "--map-root-user",
        "bash",
        "-ec",
        script,
        "bash",
        program,
    ];
    let done = Running::start(place.command("unshare", &arguments)).exit();
    if done.err.contains("unshare: ") {
        not_tested(&format!("mounts: {}", done.err));
        return None;
    }
    Some(done)
}

#[test]
fn a_game_that_would_leave_little_of_the_disk_is_refused() {
    let place = Place::new();
    place.game("export");
    let big = vec![7; 40 << 20];
    let members = tar(&[PAGE, (b"big.bin", EntryType::Regular, &big)]);
    place.write("export.tar", members);
    place.write("export/big.bin", big);
    for source in ["export", "export.tar"] {
        // It would fit, but 64 MiB are left to others.
        let script = format!(
            "mkdir -p disk && mount -t tmpfs -o size=90m none disk && cd disk && \
             code=0; \"$1\" add ../{source} || code=$?; ls -A games >&2 || true; exit $code"
        );
        let Some(done) = with_mounts(&place, &script) else {
            return;
        };
        let done = done.with_code(1);
        assert!(
            done.out.contains("cannot write") && done.out.contains("big.bin"),
            "{done:?}"
        );
    }
}

#[test]
fn a_configuration_that_is_a_mount_is_overwritten_with_a_note() {
    let place = Place::new();
    for game in ["one", "two"] {
        place.game(game);
    }
    place.write("outside.toml", "lang = \"en\" # a comment\n");
    place.write("config.toml", "");
    let script =
        "mount --bind outside.toml config.toml; \"$1\" add one two; \"$1\" rename two second";
    let Some(done) = with_mounts(&place, script) else {
        return;
    };
    let done = done.with_code(0);
    assert!(done.err.contains("overwritten"), "{done:?}");
    let text = fs::read_to_string(place.path("outside.toml")).unwrap();
    assert!(text.contains("# a comment"), "{text}");
    assert!(text.contains("one") && text.contains("second"), "{text}");
    assert_eq!(config(&place), "", "the file below the mount");
    let names = fs::read_dir(place.path("")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<_> = names.filter(|name| name.ends_with(".new")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_configuration_in_a_read_only_folder_is_not_changed_and_nothing_is_lost() {
    let place = Place::new();
    place.game("export");
    place.write("config.toml", "lang = \"en\"\n");
    let script = "mount --bind . .; mount -o remount,ro,bind . .; cd \"$PWD\"; ! \"$1\" add export";
    let Some(done) = with_mounts(&place, script) else {
        return;
    };
    let done = done.with_code(0);
    assert!(done.out.contains("cannot write"), "{done:?}");
    assert_eq!(config(&place), "lang = \"en\"\n");
    assert!(kept(&place).is_empty());
}

#[test]
fn a_lost_and_found_folder_is_no_game_and_stays_behind() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("config.toml", "library = \"volume\"\n");
    for folder in ["volume", "volume/game"] {
        place.write(&format!("{folder}/lost+found/fragment"), "x");
    }
    place.game("volume/game");
    let locked = place.path("volume/game/lost+found");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    assert_eq!(games(&place).keys().collect::<Vec<_>>(), ["game"]);
    place
        .run(&["add", "volume/game", "--as", "copy"])
        .with_code(0);
    assert!(!place.path("games/copy/lost+found").exists());
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn ctrl_c_leaves_the_library_as_it_was() {
    let place = Place::new();
    place.game("export");
    // A locked library keeps the command waiting.
    let lock = File::open(place.path("")).unwrap();
    lock.lock().unwrap();
    let running = Running::start(place.webserver(&["add", "export"]));
    wait_for_handler(running.pid());
    running.signal(Signal::INT);
    let done = running.exit().with_code(130);
    assert!(done.out.contains("interrupted"), "{done:?}");
    assert!(!place.path("config.toml").exists());
    assert!(kept(&place).is_empty());
}

/// Waits until a process handles SIGINT.
pub(crate) fn wait_for_handler(pid: u32) {
    crate::support::in_time(|| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let caught = status
            .lines()
            .find_map(|line| line.strip_prefix("SigCgt:"))?;
        let caught = u64::from_str_radix(caught.trim(), 16).ok()?;
        (caught & 1 << (2 - 1) != 0).then_some(())
    })
    .expect("it does not listen");
}

#[test]
fn concurrent_commands_on_one_library_lose_nothing() {
    let place = Place::new();
    let names: Vec<_> = (0..6).map(|number| format!("game-{number}")).collect();
    for name in &names {
        place.game(name);
    }
    let running: Vec<_> = names
        .iter()
        .map(|name| Running::start(place.webserver(&["add", name])))
        .collect();
    for running in running {
        running.exit().with_code(0);
    }
    assert_eq!(games(&place).keys().cloned().collect::<Vec<_>>(), names);
    assert_eq!(kept(&place), names);
}

#[test]
fn an_added_game_is_published_on_request() {
    let place = Place::with_three_games();
    let (_running, port) = place.serve(&["alpha"]);
    let add = ["add", "export", "--force", "--publish"];
    for edition in ["first", "second"] {
        place.write("export/index.html", edition);
        place.run(&add).with_code(0);
        assert_eq!(Client::connect(port).get("/").text(), edition);
    }
    let (_other, other) = place.serve(&["beta"]);
    let done = place.run(&add).with_code(1);
    assert!(done.err.contains("--port"), "{done:?}");
    let done = place.run(&[&add[..], &["--port", &other.to_string()]].concat());
    assert_eq!(Client::connect(other).get("/").text(), "second", "{done:?}");
}

/// The next pseudo-random number.
fn next(seed: &mut u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[test]
fn a_kill_at_any_moment_leaves_complete_games() {
    const FILES: usize = 40;
    let place = Place::new();
    let write = |edition: &str| {
        for number in 0..FILES {
            place.write(
                &format!("{edition}/game/{number}.js"),
                edition.repeat(100 + number),
            );
        }
        place.write(&format!("{edition}/game/index.html"), edition);
    };
    ["old", "new"].into_iter().for_each(write);
    place.game("other");
    place.run(&["add", "other"]).with_code(0);
    // Sometimes longer than the command takes.
    let begun = std::time::Instant::now();
    place.run(&["add", "old/game"]).with_code(0);
    let whole = begun.elapsed().as_micros() as u64;
    let mut seed = 1;
    let mut was_there = [0; 3];
    for round in 0..400 {
        // On a busy machine it takes more kills to have met every state.
        if round >= 100 && was_there.iter().all(|count| *count > 0) {
            break;
        }
        let arguments: &[&str] = match round % 4 {
            0 => &["add", "new/game", "--force"],
            1 => &["add", "old/game", "--force"],
            2 => &["remove", "game", "--yes"],
            _ => &["add", "old/game"],
        };
        let running = Running::start(place.webserver(arguments));
        std::thread::sleep(Duration::from_micros(next(&mut seed) % (2 * whole)));
        running.signal(Signal::KILL);
        running.exit();

        let games = games(&place);
        assert_eq!(games["other"].len(), 1);
        let edition = match games.get("game") {
            Some(files) => {
                assert_eq!(files.len(), FILES + 1, "round {round}");
                let edition = String::from_utf8(files["index.html"].clone()).unwrap();
                for number in 0..FILES {
                    let expected = edition.repeat(100 + number);
                    assert_eq!(
                        files[&format!("{number}.js")],
                        expected.as_bytes(),
                        "round {round}"
                    );
                }
                1 + usize::from(edition == "new")
            }
            None => 0,
        };
        was_there[edition] += 1;
    }
    // The next complete run cleans up.
    place.run(&["add", "old/game", "--force"]).with_code(0);
    let kept = kept(&place);
    assert_eq!(kept.len(), 2, "{kept:?}, after {was_there:?}");
    assert_eq!(games(&place)["game"]["index.html"], b"old");
    assert!(!place.path(".config.toml.new").exists());
    assert!(was_there.iter().all(|count| *count > 0), "{was_there:?}");
}

#[test]
fn adding_needs_no_terminal() {
    let place = Place::new();
    place.game("export");
    let mut command = place.webserver(&["add", "export"]);
    command.stdout(File::options().write(true).open("/dev/full").unwrap());
    let status = command.stderr(io::stderr()).status().unwrap();
    // The result cannot be printed, but the game is added.
    assert_eq!(status.code(), Some(1));
    assert_eq!(games(&place).len(), 1);
}
