//! `config.toml`: its settings, the messages about mistakes, and the places where it is looked for.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value;

use crate::support::{Place, Running};

/// A correct entry, the first in each configuration.
const GOOD: &str = "[[games]]\nslug = \"alpha\"\npath = \"alpha\"\n";

#[test]
fn a_mistake_in_an_entry_rejects_only_its_game() {
    for (entry, line, words) in [
        // The text below `[[games]]`, the line of the mistake in it, and parts of the message.
        (
            "slug = \"x\"\npath = \"beta\"\ntitel = \"X\"",
            4,
            &["titel", "title"][..],
        ),
        (
            "slug = \"x\"\npath = \"beta\"\ncolour = 1",
            4,
            &["colour", "description"],
        ),
        (
            "slug = 5\npath = \"beta\"",
            2,
            &["slug cannot be 5", "text in quotes"],
        ),
        ("slug = \"x\"\npath = [\"beta\"]", 3, &["path"]),
        (
            "slug = \"x\"\npath = \"beta\"\ntitle = 2048",
            4,
            &["title cannot be 2048", "text in quotes"],
        ),
        (
            "slug = \"x\"\npath = \"beta\"\ntitle = { de = \"X\" }",
            4,
            &["de", "en"],
        ),
        ("slug = \"x\"", 1, &["path"]),
        ("path = \"beta\"", 1, &["slug"]),
        ("path = \"beta\"\nslug = \"alpha\"", 3, &["alpha"]),
        (
            "slug = \"x\"\n\n# a remark\npath = \"nowhere\"",
            5,
            &["nowhere"],
        ),
        (
            "slug = \"My Game\"\npath = \"beta\"",
            2,
            &["slug = \"my-game\""],
        ),
        ("slug = \"\"\npath = \"beta\"", 2, &["slug = \""]),
        (
            "slug = \"游戏\"\npath = \"beta\"",
            2,
            &["游戏", "slug = \""],
        ),
        (
            "slug = \"x\"\npath = \"empty\"",
            3,
            &["index.html", "entry = "],
        ),
        ("slug = \"x\"\npath = \"config.toml\"", 3, &["folder"]),
        (
            "slug = \"x\"\npath = \"beta\"\nentry = \"start.html\"",
            4,
            &["start.html"],
        ),
        (
            "slug = \"x\"\npath = \"beta\"\nentry = \"a.js\"",
            4,
            &["a.js is not a page"],
        ),
        (
            "slug = \"x\"\npath = \"beta\"\ntitle = { en = \"\", zh = \"甲\" }",
            4,
            &["title cannot be", "text in quotes"],
        ),
        (
            "slug = \"x\"\npath = \"beta\"\nentry = \"../alpha/index.html\"",
            4,
            &["../alpha"],
        ),
        (
            "slug = \"x\"\r\npath = \"beta\"\r\ntitel = \"X\"",
            4,
            &["title"],
        ),
    ] {
        let place = Place::new();
        for game in ["alpha", "beta", "gamma"] {
            place.game(game);
        }
        place.write("empty/readme.txt", "no page");
        let after = "[[games]]\nslug = \"gamma\"\npath = \"gamma\"\n";
        place.write("config.toml", format!("{GOOD}[[games]]\n{entry}\n{after}"));
        let line = GOOD.lines().count() + line;

        let finished = place.run(&["list", "--json"]).with_code(0);
        let library: Value = serde_json::from_str(&finished.out).unwrap();
        let games = library["games"].as_array().unwrap();
        let slugs: Vec<_> = games.iter().map(|game| &game["slug"]).collect();
        assert_eq!(slugs, ["alpha", "gamma"], "{entry}: {library}");
        let [rejected] = library["rejected"].as_array().unwrap().as_slice() else {
            panic!("{entry}: {library}");
        };
        assert_eq!(rejected["line"], line, "{entry}: {rejected}");
        assert!(rejected["file"].as_str().unwrap().ends_with("config.toml"));
        for word in words {
            let reason = rejected["reason"].as_str().unwrap();
            assert!(reason.contains(word), "{entry}: {word}: {reason}");
        }
        let text = place.run(&["list"]).with_code(0).out;
        assert!(text.contains(&format!("config.toml:{line}: ")), "{text}");
    }
}

#[test]
fn a_mistake_outside_the_games_is_reported_with_file_and_line() {
    for (text, line, words) in [
        ("prot = 8080", 1, &["prot"][..]),
        (
            "\n\ndefault_gam = \"x\"",
            3,
            &["default_gam", "default_game"],
        ),
        ("log = \"loud\"", 1, &["loud", "text", "json", "off"]),
        ("log = 1", 1, &["log cannot be 1", "text in quotes"]),
        ("host = 5", 1, &["text in quotes", "host = \"127.0.0.1\""]),
        ("host = \"nonsense\"", 1, &["nonsense", "127.0.0.1"]),
        ("lang = \"fr\"", 1, &["fr", "en", "zh-CN"]),
        (
            "quiet = \"yes\"",
            1,
            &["\"yes\"", "true or false", "quiet = false"],
        ),
        ("# a remark\ndefault_game = = 1", 2, &[]),
        ("quiet = true\nquiet = true", 2, &[]),
        ("host = \"127.0.0.1", 1, &[]),
        ("games = 3", 1, &["[[games]]"]),
        (
            "[limits]\nconections = 4",
            2,
            &["conections", "connections"],
        ),
        (
            "[limits]\nconnections = 0",
            2,
            &["connections cannot be 0", "1 or more", "connections = 4096"],
        ),
        (
            "[limits]\nconnections = \"4\"",
            2,
            &["\"4\"", "a whole number"],
        ),
        (
            "[limits]\nidle_timeout = 0",
            2,
            &["seconds, 1 to 4294967295", "idle_timeout = 60"],
        ),
        ("[limits]\nidle_timeout = -1", 2, &["1"]),
        ("[limits]\nhead_bytes = 100", 2, &["8192"]),
        ("[server]\nport = 1", 1, &["server"]),
        ("limits = 3", 1, &["limits cannot be 3"]),
        (
            "[limits]\ntrusted_proxies = \"10.0.0.1\"",
            2,
            &["a list in square brackets", "trusted_proxies = ["],
        ),
        (
            "[limits]\ntrusted_proxies = [\"ten\"]",
            2,
            &["\"ten\"", "10.0.0.0/8"],
        ),
    ] {
        let place = Place::new();
        place.game("alpha");
        place.write("config.toml", text);
        for arguments in [&["list"][..], &["0", "alpha"]] {
            let finished = place.run(arguments).with_code(2);
            assert_eq!(finished.out, "", "{text}");
            let place = format!("config.toml:{line}: ");
            assert!(finished.err.contains(&place), "{text}: {}", finished.err);
            for word in words {
                assert!(finished.err.contains(word), "{word}: {}", finished.err);
            }
            for jargon in [
                "panicked", "struct", "map", "nonzero", "usize", "u32", "sequence",
            ] {
                assert!(!finished.err.contains(jargon), "{jargon}: {}", finished.err);
            }
        }
    }
}

#[test]
fn a_wrong_value_is_explained_in_both_languages() {
    const DOMAIN: [&str; 2] = [
        "write a domain name, without https://, port or *, for example: domain = \"games.example.org\"",
        "应为域名，不带 https://、端口或 *，例如：domain = \"games.example.org\"",
    ];
    const SECTION: [&str; 2] = [
        "write a section, with its settings in the lines below it, for example: [KEY]",
        "应为单独的一段，各项设置写在它下面的各行，例如：[KEY]",
    ];
    const METRICS: [&str; 2] = [
        "write an IP address and port in quotes, for example: metrics = \"127.0.0.1:9090\"",
        "应为引号中的 IP 地址和端口，例如：metrics = \"127.0.0.1:9090\"",
    ];
    const SECONDS: [&str; 2] = [
        "write a whole number of seconds, 1 to 4294967295, for example: head_timeout = 10",
        "应为 1 到 4294967295 之间的整数秒，例如：head_timeout = 10",
    ];
    for (text, key, found, expected) in [
        (
            "limits = [1, 1, [], true]",
            "limits",
            "[1, 1, [], true]",
            SECTION,
        ),
        ("console = [\"21160\"]", "console", "[\"21160\"]", SECTION),
        ("site = [1]", "site", "[1]", SECTION),
        ("tls = [\"off\"]", "tls", "[\"off\"]", SECTION),
        (
            "[[limits]]\nconnections = 1",
            "limits",
            "[[limits]]",
            SECTION,
        ),
        (
            "domain = \"http://x.y\"",
            "domain",
            "\"http://x.y\"",
            DOMAIN,
        ),
        ("domain = \"\"", "domain", "\"\"", DOMAIN),
        (
            "domain = \"192.168.1.1\"",
            "domain",
            "\"192.168.1.1\"",
            DOMAIN,
        ),
        (
            "name = \"a.b\"",
            "name",
            "\"a.b\"",
            [
                "write letters, digits and hyphens, at most 60, for example: name = \"games\"",
                "应为字母、数字和连字符，最多 60 个，例如：name = \"games\"",
            ],
        ),
        ("metrics = \"9090\"", "metrics", "\"9090\"", METRICS),
        (
            "metrics = [1]",
            "metrics",
            "[1]",
            [
                "write text in quotes, for example: metrics = \"127.0.0.1:9090\"",
                "应为引号中的文字，例如：metrics = \"127.0.0.1:9090\"",
            ],
        ),
        (
            "limits.head_timeout = \"x\"",
            "head_timeout",
            "\"x\"",
            SECONDS,
        ),
        ("limits.head_timeout = 0", "head_timeout", "0", SECONDS),
        (
            "limits.head_timeout = 99999999999",
            "head_timeout",
            "99999999999",
            SECONDS,
        ),
        (
            "limits.head_bytes = \"x\"",
            "head_bytes",
            "\"x\"",
            [
                "write a whole number, 8192 or more, for example: head_bytes = 65536",
                "应为不小于 8192 的整数，例如：head_bytes = 65536",
            ],
        ),
        (
            "limits.streams = 99999999999",
            "streams",
            "99999999999",
            [
                "write a whole number, 1 to 4294967295, for example: streams = 100",
                "应为 1 到 4294967295 之间的整数，例如：streams = 100",
            ],
        ),
    ] {
        let place = Place::new();
        place.write("config.toml", text);
        let [english, chinese] = expected.map(|words| words.replace("KEY", key));
        for (language, sentence) in [
            ("en", format!("{key} cannot be {found}: {english}")),
            ("zh-CN", format!("{key} 不能是 {found}；{chinese}")),
        ] {
            let finished = place.run(&["--lang", language, "list"]).with_code(2);
            let whole = format!("webserver: config.toml:1: {sentence}\n");
            assert_eq!(finished.err, whole, "{text}");
        }
    }
    let place = Place::new();
    place.write("config.toml", "[[game]]\nslug = \"a\"\n");
    let finished = place.run(&["list"]).with_code(2);
    assert!(
        finished.err.contains("did you mean \"games\"?"),
        "{finished:?}"
    );
}

#[test]
fn what_is_in_the_place_of_the_file_is_not_passed_over() {
    for (make, words) in [
        (
            (|path| fs::create_dir(path)) as fn(&Path) -> std::io::Result<()>,
            "rmdir config.toml",
        ),
        (|path| symlink("nowhere.toml", path), "rm config.toml"),
        (|path| symlink("config.toml", path), "rm config.toml"),
        (|path| fs::write(path, b"# \xc2\xdc\xb2\xb7\n"), "UTF-8"),
        (|path| fs::write(path, b"\xff\xfe#\0\n\0"), "UTF-8"),
    ] {
        let place = Place::new();
        place.game("export");
        let file = place.path("config.toml");
        make(&file).unwrap();
        for arguments in [&["list"][..], &["0", "2048"], &["add", "export"]] {
            let finished = place.run(arguments);
            assert_ne!(finished.code, Some(0), "{finished:?}");
            assert!(finished.err.contains("config.toml"), "{}", finished.err);
            assert!(finished.err.contains(words), "{}", finished.err);
        }
        assert!(!place.path("nowhere.toml").exists());
        assert!(file.symlink_metadata().is_ok());
    }
}

#[test]
fn an_unreadable_file_is_named() {
    let place = Place::with_three_games();
    place.write("latin1.toml", b"# caf\xe9\n");
    for file in ["nowhere.toml", "alpha", "latin1.toml"] {
        let finished = place.run(&["list", "--config", file]).with_code(2);
        assert!(finished.err.contains(file), "{}", finished.err);
        assert_eq!(finished.out, "");
    }
}

#[test]
fn a_file_that_is_not_there_is_said_in_either_language_with_the_variable_that_names_it() {
    let place = Place::new();
    for (language, expected) in [
        ("en", "there is no file nope.toml"),
        ("zh-CN", "没有 nope.toml 这个文件"),
    ] {
        let typed = ["list", "--lang", language, "--config", "nope.toml"];
        for (arguments, variable, at) in [
            (&typed[..3], "nope.toml", "WEBSERVER_CONFIG: "),
            (&typed[..], "other.toml", ""),
            (&typed[..], "", ""),
        ] {
            let mut command = place.webserver(arguments);
            command.env("WEBSERVER_CONFIG", variable);
            let finished = Running::start(command).exit().with_code(2);
            assert_eq!(finished.err, format!("webserver: {at}{expected}\n"));
        }
    }
}

#[test]
fn the_first_file_found_is_used() {
    let place = Place::new();
    let write = |file: std::path::PathBuf, title: &str| {
        let folder = file.parent().unwrap();
        fs::create_dir_all(folder.join("game")).unwrap();
        fs::write(folder.join("game/index.html"), title).unwrap();
        let text = format!("[[games]]\nslug = \"{title}\"\npath = \"game\"\n");
        fs::write(file, text).unwrap();
    };
    let sees = |variables: &[(&str, &str)], arguments: &[&str], slug: &str| {
        let mut command = place.webserver(arguments);
        command.arg("list").envs(variables.iter().copied());
        let out = Running::start(command).exit().with_code(0).out;
        let is_listed = out.split_whitespace().any(|word| word == slug);
        assert!(is_listed, "{slug}: {variables:?} {arguments:?}: {out}");
    };
    let home = place.home("");
    let home = home.to_str().unwrap();

    sees(&[], &[], "2048");
    write(place.home(".config/webserver/config.toml"), "of-the-home");
    sees(&[], &[], "2048");
    sees(&[("XDG_CONFIG_HOME", "")], &[], "of-the-home");
    write(place.home("config/webserver/config.toml"), "of-the-user");
    sees(&[], &[], "of-the-user");
    write(place.path("config.toml"), "of-the-folder");
    sees(&[], &[], "of-the-folder");
    write(place.path("set/own.toml"), "set");
    sees(&[("WEBSERVER_CONFIG", "set/own.toml")], &[], "set");
    sees(&[("WEBSERVER_CONFIG", "")], &[], "of-the-folder");
    write(place.path("asked/own.toml"), "asked");
    let variables = [("WEBSERVER_CONFIG", "set/own.toml"), ("HOME", home)];
    sees(&variables, &["--config", "asked/own.toml"], "asked");
}

#[test]
fn an_empty_file_is_an_empty_library() {
    let place = Place::new();
    place.write("config.toml", "");
    let finished = place.run(&["list", "--json"]).with_code(0);
    let library: Value = serde_json::from_str(&finished.out).unwrap();
    assert_eq!(library, serde_json::json!({"games": [], "rejected": []}));
}
