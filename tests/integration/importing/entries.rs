//! The entries of config.toml: edited, renamed and removed.

use std::fs;
use std::os::unix::fs::symlink;

use super::{config, games, kept};
use crate::support::{Place, Screen};

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
fn the_first_entry_is_below_all_comments() {
    let entry = "\n[[games]]\nslug = \"export\"\npath = \"games/export\"\n";
    for (before, expected) in [
        ("", entry.to_owned()),
        ("# lang = \"en\"\n", format!("# lang = \"en\"\n{entry}")),
        (
            "quiet = true\n\n# qr = false",
            format!("quiet = true\n\n# qr = false\n{entry}"),
        ),
        (
            "[site]\nlive = true\n# end\n",
            format!("[site]\nlive = true\n# end\n{entry}"),
        ),
        (
            "# a\r\nquiet = true\r\n",
            format!("# a\nquiet = true\n{entry}").replace('\n', "\r\n"),
        ),
    ] {
        let place = Place::new();
        place.game("export");
        place.write("config.toml", before);
        place.run(&["add", "export"]).with_code(0);
        assert_eq!(config(&place), expected);
        place.run(&["remove", "export", "--yes"]).with_code(0);
        assert_eq!(config(&place).trim_end(), before.trim_end());
    }
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
fn a_comment_behind_an_entry_of_an_array_in_lines_stays_with_it() {
    let first = "{ slug = \"a\", path = \"a\" }";
    for (before, added, removed) in [
        (
            format!("games = [\n  {first}, # about a\n]\n"),
            format!("games = [\n  {first}, # about a\n  NEW,\n]\n"),
            format!("games = [\n  {first}, # about a\n]\n"),
        ),
        (
            format!("games = [\n    {first} # about a\n]\n"),
            format!("games = [\n    {first}, # about a\n    NEW\n]\n"),
            format!("games = [\n    {first} # about a\n]\n"),
        ),
        (
            format!("games = [\n  # first\n  {first},\n  # more to come\n]\n"),
            format!("games = [\n  # first\n  {first},\n  NEW,\n  # more to come\n]\n"),
            format!("games = [\n  # first\n  {first},\n  # more to come\n]\n"),
        ),
        (
            "games = [ # all\n]\n".to_owned(),
            "games = [ # all\nNEW\n]\n".to_owned(),
            "games = [ # all\n]\n".to_owned(),
        ),
    ] {
        let place = Place::new();
        place.game("a");
        place.game("export");
        place.write("config.toml", &before);
        place.run(&["add", "export"]).with_code(0);
        let new = "{ slug = \"export\", path = \"games/export\" }";
        assert_eq!(config(&place), added.replace("NEW", new));
        place.run(&["remove", "export", "--yes"]).with_code(0);
        assert_eq!(config(&place), removed);
    }
}

#[test]
fn a_removed_entry_of_the_librarys_folder_is_said_to_stay_in_the_library() {
    let place = Place::new();
    place.game("more/star");
    place.game("apart");
    place.write(
        "config.toml",
        "library = \"more\"\n[[games]]\nslug = \"moon\"\npath = \"more/star\"\n\
         [[games]]\nslug = \"sun\"\npath = \"apart\"\n",
    );
    for (slug, words) in [
        ("moon", "it is still in the library, as star"),
        ("sun", "its files are kept in apart"),
    ] {
        let done = place.run(&["remove", slug, "--yes"]).with_code(0);
        assert!(done.out.contains(words), "{}", done.out);
    }
    assert_eq!(games(&place).keys().collect::<Vec<_>>(), ["star"]);
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
fn a_rename_says_what_changed() {
    let place = Place::with_three_games();
    for (arguments, english, chinese) in [
        (
            &["alpha", "--title", "新"][..],
            "the title of alpha is now \"新\"\n",
            "alpha 的名称已改为“新”\n",
        ),
        (
            &["alpha", "alpha"],
            "renamed to alpha\n",
            "代号已改为 alpha\n",
        ),
        (
            &["alpha", "alpha2", "--title", "X"],
            "renamed to alpha2\nthe title of alpha2 is now \"X\"\n",
            "代号已改为 alpha\nalpha 的名称已改为“X”\n",
        ),
    ] {
        let english_arguments = [&["rename"], arguments].concat();
        let out = place.run(&english_arguments).with_code(0).out;
        assert_eq!(out, english);
        let back = match arguments {
            ["alpha", "alpha2", rest @ ..] => [&["alpha2", "alpha"], rest].concat(),
            same => same.to_vec(),
        };
        let arguments = [&["--lang", "zh-CN", "rename"], &back[..]].concat();
        assert_eq!(place.run(&arguments).with_code(0).out, chinese);
    }
    // The library refuses a title of spaces, and the game would be lost to the menu.
    for title in ["", " "] {
        for command in [&["rename", "alpha"][..], &["add", "alpha"]] {
            let refused = place.run(&[command, &["--title", title]].concat());
            let refused = refused.with_code(2);
            assert!(refused.err.contains("--title"), "{refused:?}");
        }
    }
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
