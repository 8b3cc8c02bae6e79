//! The command line: what may be typed, and the messages about mistakes.

use crate::support::{Client, Finished, Place, Running, WEBSERVER};

/// A mistake on the command line, with the whole text about it in both languages.
struct WrongUse {
    arguments: &'static [&'static str],
    english: &'static str,
    chinese: &'static str,
    /// The usage line below it.
    usage: Usage,
}

#[derive(Clone, Copy)]
enum Usage {
    Serve,
    Of(&'static str),
    /// A line of its own.
    Hint(&'static str, &'static str),
}

const LIST: Usage = Usage::Of("webserver list [--json] [--why GAME]");
const HEALTH: Usage = Usage::Of("webserver health [--port N]");
const STATUS: Usage = Usage::Of("webserver status [--json] [--port N]");

const fn wrong(
    arguments: &'static [&'static str],
    english: &'static str,
    chinese: &'static str,
    usage: Usage,
) -> WrongUse {
    WrongUse {
        arguments,
        english,
        chinese,
        usage,
    }
}

const WRONG_USES: &[WrongUse] = &[
    wrong(&[], "missing port", "缺少端口号", Usage::Serve),
    wrong(
        &["abc"],
        "\"abc\" is not a port: a port is a number from 0 to 65535",
        "“abc”不是端口号（应为 0 到 65535 的整数）",
        Usage::Serve,
    ),
    wrong(
        &["-1"],
        "\"-1\" is not a port: a port is a number from 0 to 65535",
        "“-1”不是端口号（应为 0 到 65535 的整数）",
        Usage::Serve,
    ),
    wrong(
        &["65536"],
        "\"65536\" is not a port: a port is a number from 0 to 65535",
        "“65536”不是端口号（应为 0 到 65535 的整数）",
        Usage::Serve,
    ),
    wrong(
        &[" 80"],
        "\" 80\" is not a port: a port is a number from 0 to 65535",
        "“ 80”不是端口号（应为 0 到 65535 的整数）",
        Usage::Serve,
    ),
    wrong(
        &["stauts"],
        "\"stauts\" is not a port: a port is a number from 0 to 65535",
        "“stauts”不是端口号（应为 0 到 65535 的整数）",
        Usage::Hint("try: webserver status", "请输入：webserver status"),
    ),
    wrong(
        &["http://localhost:8080/"],
        "\"http://localhost:8080/\" is not a port: a port is a number from 0 to 65535",
        "“http://localhost:8080/”不是端口号（应为 0 到 65535 的整数）",
        Usage::Hint("try: webserver 8080", "请输入：webserver 8080"),
    ),
    wrong(
        &[":8080"],
        "\":8080\" is not a port: a port is a number from 0 to 65535",
        "“:8080”不是端口号（应为 0 到 65535 的整数）",
        Usage::Hint("try: webserver 8080", "请输入：webserver 8080"),
    ),
    wrong(
        &["0", "alpha", "third"],
        "unexpected argument \"third\"",
        "多余的参数“third”",
        Usage::Serve,
    ),
    wrong(
        &["0", "alpha", "--nonsense"],
        "unknown option --nonsense",
        "没有 --nonsense 这个选项",
        Usage::Serve,
    ),
    wrong(
        &["0", "-x"],
        "unknown option -x",
        "没有 -x 这个选项",
        Usage::Serve,
    ),
    wrong(
        &["0", "--hots", "::1"],
        "unknown option --hots; did you mean --host?",
        "没有 --hots 这个选项，是否想用 --host？",
        Usage::Serve,
    ),
    wrong(
        &["0", "--config"],
        "--config <FILE> needs a value",
        "--config <FILE> 需要一个值",
        Usage::Serve,
    ),
    wrong(
        &["0", "--lang", "fr"],
        "\"fr\" is not a valid value for --lang <en|zh-CN>",
        "“fr”不是 --lang <en|zh-CN> 的有效值",
        Usage::Serve,
    ),
    wrong(
        &["0", "--host", "127.0.0.1:80"],
        "\"127.0.0.1:80\" is not a valid value for --host <ADDR>",
        "“127.0.0.1:80”不是 --host <ADDR> 的有效值",
        Usage::Serve,
    ),
    wrong(
        &["0", "--isolation", "yes"],
        "\"yes\" is not a valid value for --isolation <auto|require-corp|credentialless|off>",
        "“yes”不是 --isolation <auto|require-corp|credentialless|off> 的有效值",
        Usage::Serve,
    ),
    wrong(
        &["list", "--json=yes"],
        "--json takes no value",
        "--json 后面不带值",
        LIST,
    ),
    wrong(
        &["list", "third"],
        "unexpected argument \"third\"",
        "多余的参数“third”",
        LIST,
    ),
    wrong(
        &["list", "--json", "--json"],
        "--json is given more than once",
        "--json 重复出现",
        LIST,
    ),
    wrong(
        &["status", "--json", "--metrics"],
        "--json and --metrics cannot be used together",
        "--json 与 --metrics 不能同时使用",
        STATUS,
    ),
    wrong(
        &["status", "--prot", "8080"],
        "unknown option --prot; did you mean --port?",
        "没有 --prot 这个选项，是否想用 --port？",
        STATUS,
    ),
    wrong(
        &["health", "--port"],
        "--port <N> needs a value",
        "--port <N> 需要一个值",
        HEALTH,
    ),
    wrong(
        &["publish"],
        "missing <GAME>...",
        "缺少 <GAME>...",
        Usage::Of("webserver publish <GAME> [--port N]"),
    ),
    wrong(
        &["add", "a", "b", "--as", "c"],
        "the number of --as (1) differs from the number of sources (2): give one for each, in the same order, or none",
        "--as 给了 1 个，而来源有 2 个；请按相同顺序各给一个，或都不给",
        Usage::Of("webserver add <SOURCE...> [--as SLUG] [--title TITLE] [--force] [--publish]"),
    ),
    wrong(
        &["alpha"],
        "\"alpha\" is not a port: a port is a number from 0 to 65535",
        "“alpha”不是端口号（应为 0 到 65535 的整数）",
        Usage::Hint("try: webserver 8080 alpha", "请输入：webserver 8080 alpha"),
    ),
    wrong(
        &["0", "alpha", "--entry", "play.html"],
        "--entry and --isolation apply to a folder or archive given by its path",
        "--entry 和 --isolation 只用于直接给出路径的文件夹或压缩包",
        Usage::Hint(
            "set `entry` and `isolation` of alpha in config.toml",
            "请在 config.toml 中设置 alpha 的 entry 和 isolation",
        ),
    ),
    wrong(
        &["status", "--port", "99999"],
        "\"99999\" is not a port: a port is a number from 0 to 65535",
        "“99999”不是端口号（应为 0 到 65535 的整数）",
        STATUS,
    ),
    wrong(
        &["help", "lsit"],
        "unknown command \"lsit\"",
        "没有“lsit”这个命令",
        Usage::Hint("try: webserver help list", "请输入：webserver help list"),
    ),
    wrong(
        &["help", "dance"],
        "unknown command \"dance\"",
        "没有“dance”这个命令",
        Usage::Serve,
    ),
];

#[test]
fn every_wrong_use_is_explained_in_two_lines_in_both_languages() {
    let place = Place::with_three_games();
    for case in WRONG_USES {
        let (english, chinese) = match case.usage {
            Usage::Serve => (
                "usage: webserver PORT [GAME], for example: webserver 8080".to_owned(),
                "正确格式：webserver 端口号 [游戏]，例如：webserver 8080".to_owned(),
            ),
            Usage::Of(line) => (format!("usage: {line}"), format!("正确格式：{line}")),
            Usage::Hint(english, chinese) => (english.to_owned(), chinese.to_owned()),
        };
        let lines = two_lines(&place.run(case.arguments), case.arguments);
        let expected = [format!("webserver: {}", case.english), english];
        assert_eq!(lines, expected, "{:?}", case.arguments);
        let mut command = place.webserver(case.arguments);
        command.env("LC_ALL", "zh_CN.UTF-8");
        let lines = two_lines(&Running::start(command).exit(), case.arguments);
        let start = match case.usage {
            Usage::Of(_) => "",
            Usage::Hint(..) if case.arguments.contains(&"help") => "",
            Usage::Serve | Usage::Hint(..) => "启动失败，",
        };
        let expected = [
            format!("webserver: {start}参数格式错误：{}", case.chinese),
            chinese,
        ];
        assert_eq!(lines, expected, "{:?}", case.arguments);
    }
}

#[test]
fn help_with_a_command_is_that_commands_help() {
    let place = Place::new();
    for (words, same) in [
        (&["help"][..], &["--help"][..]),
        (&["help", "add"], &["add", "--help"]),
        (&["help", "list"], &["list", "--help"]),
    ] {
        let help = place.run(words).with_code(0).out;
        assert_eq!(help, place.run(same).with_code(0).out);
        assert!(help.contains("webserver"), "{help}");
    }
}

#[test]
fn a_title_of_several_words_needs_no_quotes() {
    let place = Place::with_three_games();
    let (_running, port) = place.serve(&["beta", "quest"]);
    assert_eq!(Client::connect(port).get("/").text(), "beta");
    place.run(&["publish", "Gamma", "Quest"]).with_code(0);
    assert_eq!(Client::connect(port).get("/").text(), "gamma");
    place.run(&["check", "Alpha", "Quest"]).with_code(0);
    let explained = place.run(&["list", "--why", "Alpha", "Quest"]).with_code(0);
    assert!(explained.out.contains("alpha"), "{}", explained.out);
    let arguments = ["0", "delta", "quest"];
    let [wrong, _] = two_lines(&place.run(&arguments), &arguments);
    assert_eq!(wrong, "webserver: no game is called \"delta quest\"");
}

#[test]
fn a_game_given_by_its_path_takes_its_page_and_isolation_from_the_command_line() {
    let place = Place::new();
    place.write("two/a.html", "a");
    place.write("two/b.html", "b");
    let finished = place.run(&["0", "./two"]).with_code(2);
    let lines: Vec<_> = finished.err.lines().collect();
    assert_eq!(
        lines,
        [
            "webserver: ./two has no index.html, and no games below it",
            "name the entry page, for example: --entry game.html"
        ]
    );
    let (_running, port) = place.serve(&[
        "./two",
        "--entry",
        "./b.html",
        "--isolation",
        "require-corp",
    ]);
    let answer = Client::connect(port).get("/b.html");
    assert_eq!(answer.text(), "b");
    let isolation = answer.field("cross-origin-embedder-policy");
    assert_eq!(isolation, Some("require-corp"));
}

#[test]
fn a_path_without_one_game_is_explained_by_what_can_be_typed() {
    let place = Place::new();
    place.write("two/a.html", "a");
    place.write("two/b.html", "b");
    place.write("two/main.js", "1");
    for folder in ["many/A", "many/B", "deep/x/A", "deep/x/B"] {
        place.game(folder);
    }
    let pages: [(&str, &[u8]); 2] = [("A/index.html", b"a"), ("B/index.html", b"b")];
    place.write("two.zip", crate::zips::zip(&pages));
    for (arguments, english, chinese) in [
        (
            &["check", "./two"][..],
            [
                "./two has no index.html, and no games below it",
                "name the page that starts the game index.html",
            ],
            [
                "./two 中没有 index.html，其下也没有游戏",
                "请把游戏的起始页命名为 index.html",
            ],
        ),
        (
            &["check", "./many"],
            [
                "./many holds several games: A, B",
                "give the path of one of them, for example: ./many/A",
            ],
            [
                "./many 中有多个游戏：A, B",
                "请给出其中一个的路径，例如：./many/A",
            ],
        ),
        (
            &["check", "./deep"],
            [
                "./deep holds several games: x/A, x/B",
                "give the path of one of them, for example: ./deep/x/A",
            ],
            [
                "./deep 中有多个游戏：x/A, x/B",
                "请给出其中一个的路径，例如：./deep/x/A",
            ],
        ),
        (
            &["0", "two.zip"],
            [
                "two.zip holds several games: A, B",
                "try: webserver add two.zip",
            ],
            [
                "two.zip 中有多个游戏：A, B",
                "请输入：webserver add two.zip",
            ],
        ),
        (
            &["0", "./two", "--entry", "main.js"],
            [
                "main.js is not a page; an entry page ends in .html, .htm, .xhtml or .xht",
                "name the entry page, for example: --entry game.html",
            ],
            [
                "main.js 不是网页；起始页的扩展名应为 .html、.htm、.xhtml 或 .xht",
                "请指定起始页，例如：--entry game.html",
            ],
        ),
    ] {
        for (language, [what, hint]) in [("en", english), ("zh-CN", chinese)] {
            let arguments = [&["--lang", language], arguments].concat();
            let finished = place.run(&arguments).with_code(2);
            assert_eq!(finished.err, format!("webserver: {what}\n{hint}\n"));
        }
    }
    place.run(&["add", "two.zip"]).with_code(0);
}

#[test]
fn a_folder_of_games_is_a_library() {
    let place = Place::with_three_games();
    place.game("mine/one");
    place.game("mine/two");
    let mut screen = crate::support::Screen::open(&place, (24, 80), &["0", "mine"]);
    screen.until_selected("one");
    assert!(!screen.text().contains("Alpha Quest"), "{screen}");
    screen.press("2");
    screen.until_selected("two");
    screen.press(crate::support::ENTER);
    assert_eq!(Client::connect(screen.port()).get("/").text(), "mine/two");
}

#[test]
fn an_error_names_where_the_wrong_game_was_given() {
    let place = Place::with_three_games_and("default_game = \"alpah\"");
    let finished = place.run(&["0"]).with_code(2);
    let line = finished.err.lines().next().unwrap();
    assert_eq!(
        line,
        "webserver: config.toml: default_game: no game is called \"alpah\""
    );
    let mut command = place.webserver(&["0"]);
    command.env("WEBSERVER_GAME", "betta");
    let finished = Running::start(command).exit().with_code(2);
    let line = finished.err.lines().next().unwrap();
    assert_eq!(
        line,
        "webserver: WEBSERVER_GAME: no game is called \"betta\""
    );
    let mut command = place.webserver(&["0", "alpha"]);
    command.env("WEBSERVER_HOST", "nonsense");
    let finished = Running::start(command).exit().with_code(2);
    let line = finished.err.lines().next().unwrap();
    assert_eq!(
        line,
        "webserver: \"nonsense\" is not a valid value for WEBSERVER_HOST"
    );
}

/// The hints about a game that is not found: for a command that plays any source, and for one that plays what lies in a
/// folder or a zip file.
const ANY: [&str; 2] = [
    "`webserver list` shows all games; the path of a folder, archive or .html page, or a URL, works too",
    "“webserver list” 可查看全部游戏；也可以给出文件夹、压缩包、.html 网页的路径或网址",
];
const IN_PLACE: [&str; 2] = [
    "`webserver list` shows all games; the path of a folder or .zip works too; `webserver add` takes other archives, .html pages and URLs",
    "“webserver list” 可查看全部游戏；也可以给出文件夹或 .zip 的路径；其他压缩包、.html 网页和网址可用“webserver add”添加",
];

#[test]
fn the_hint_about_an_unknown_game_names_all_sources_that_the_command_takes() {
    let place = Place::with_three_games();
    place.write("notes.txt", "no game");
    // `publish` shows what the server says, in the server's language.
    let servers = ["en", "zh-CN"].map(|language| place.serve(&["alpha", "--lang", language]));
    let ports = servers.each_ref().map(|(_, port)| port.to_string());
    for (arguments, hint) in [
        (&["0", "zzz"][..], ANY),
        (&["0", "./none.7z"], ANY),
        (&["check", "zzz"], ANY),
        (&["publish", "zzz"], IN_PLACE),
        (&["publish", "./none.7z"], IN_PLACE),
        (
            &["publish", "https://example.org/a.zip?x=1&y=2"],
            [
                "try: webserver add 'https://example.org/a.zip?x=1&y=2' --publish",
                "请输入：webserver add 'https://example.org/a.zip?x=1&y=2' --publish",
            ],
        ),
        (
            &["0", "alpah"],
            [
                &format!("did you mean: alpha? {}", ANY[0]),
                &format!("是否想用：alpha？{}", ANY[1]),
            ],
        ),
        (
            &["0", "notes.txt"],
            [
                "webserver: notes.txt is neither a folder, an archive nor an .html page; give the folder or archive (.zip, .7z, .tar.gz, ...) with the game's index.html",
                "webserver: notes.txt 既不是文件夹、压缩包，也不是 .html 网页；应给出含有 index.html 的文件夹或压缩包（.zip、.7z、.tar.gz 等）",
            ],
        ),
    ] {
        for ((language, port), line) in ["en", "zh-CN"].into_iter().zip(&ports).zip(hint) {
            let mut command = place.webserver(arguments);
            command.env("WEBSERVER_LANG", language);
            if arguments[0] == "publish" {
                command.args(["--port", port]);
            }
            let finished = Running::start(command).exit();
            assert_ne!(finished.code, Some(0), "{finished:?}");
            let lines: Vec<_> = finished.err.lines().collect();
            assert!(lines.contains(&line), "{arguments:?}: {lines:#?}");
        }
    }
}

#[test]
fn messages_are_chinese_by_option_variable_or_locale() {
    let place = Place::with_three_games();
    for (variables, arguments) in [
        (&[][..], &["abc", "--lang", "zh-CN"][..]),
        (&[], &["--lang=zh-CN", "abc"]),
        (&[], &["--lang", "zh-CN"]),
        (&[("WEBSERVER_LANG", "zh-CN")], &["abc"]),
        (
            &[("WEBSERVER_LANG", ""), ("LC_ALL", "zh_CN.UTF-8")],
            &["abc"],
        ),
        (&[("LC_ALL", "zh_CN.UTF-8")], &["abc"]),
        (&[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")], &["abc"]),
        (&[("WEBSERVER_LANG", "en")], &["abc", "--lang", "zh-CN"]),
    ] {
        let mut command = place.webserver(arguments);
        command.envs(variables.iter().copied());
        let [wrong, _] = two_lines(&Running::start(command).exit(), arguments);
        assert!(
            wrong.contains("启动失败，参数格式错误"),
            "{variables:?} {arguments:?}: {wrong}"
        );
    }
    let mut command = place.webserver(&["abc", "--lang", "en"]);
    command.env("WEBSERVER_LANG", "zh-CN");
    let [wrong, _] = two_lines(&Running::start(command).exit(), &["abc"]);
    assert!(wrong.is_ascii(), "{wrong}");
}

#[test]
fn a_port_in_full_width_digits_is_answered_with_the_command_to_type() {
    let place = Place::with_three_games();
    for language in ["en", "zh-CN"] {
        let arguments = ["８０８０", "--lang", language];
        let [_, right] = two_lines(&place.run(&arguments), &arguments);
        assert!(right.contains("webserver 8080"), "{right}");
    }
}

#[test]
fn arguments_that_are_not_utf8_are_refused() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::with_three_games();
    let mut command = place.webserver(&[]);
    command.arg(std::ffi::OsStr::from_bytes(b"80\xff"));
    two_lines(&Running::start(command).exit(), &["80\\xff"]);
}

#[test]
fn invalid_variables_are_refused() {
    let place = Place::with_three_games();
    for (name, value) in [
        ("WEBSERVER_HOST", "nonsense"),
        ("WEBSERVER_LOG", "loud"),
        ("WEBSERVER_LANG", "fr"),
    ] {
        let mut command = place.webserver(&["0", "alpha"]);
        command.env(name, value);
        let [wrong, _] = two_lines(&Running::start(command).exit(), &[name, value]);
        assert!(wrong.contains(value), "{wrong}");
    }
}

#[test]
fn a_game_is_found_by_slug_title_number_or_path() {
    let place = Place::with_three_games();
    place.game("elsewhere/own game");
    let absolute = place.path("elsewhere/own game");
    for (name, page) in [
        ("beta", "beta"),
        ("BETA", "beta"),
        ("Beta Quest", "beta"),
        ("beta quest", "beta"),
        ("第二关", "beta"),
        ("1", "alpha"),
        ("3", "gamma"),
        ("./beta", "beta"),
        ("elsewhere/own game", "elsewhere/own game"),
        ("./elsewhere/own game/", "elsewhere/own game"),
        (absolute.to_str().unwrap(), "elsewhere/own game"),
    ] {
        let (running, port) = place.serve(&[name]);
        assert_eq!(Client::connect(port).get("/").text(), page, "{name}");
        assert!(!running.err().contains("Which game"), "{}", running.err());
    }
}

#[test]
fn the_game_may_be_named_by_a_variable() {
    let place = Place::with_three_games();
    for (variable, argument, page) in [
        ("beta", None, "beta"),
        ("第三关", None, "gamma"),
        ("beta", Some("gamma"), "gamma"),
    ] {
        let mut command = place.webserver(&["0"]);
        command.args(argument).env("WEBSERVER_GAME", variable);
        let running = Running::start(command);
        let served = Client::connect(running.port()).get("/").text();
        assert_eq!(served, page, "{variable} {argument:?}");
    }
}

#[test]
fn an_unknown_name_is_answered_with_similar_names_only() {
    let place = Place::with_three_games();
    for (name, nearest) in [
        ("alpa", "alpha"),
        ("gama", "gamma"),
        ("第二", "beta"),
        ("alpha q", "alpha"),
        ("4", "webserver list"),
        ("nothing-like-it", "webserver list"),
        ("", "webserver list"),
    ] {
        let arguments = ["0", name];
        let [wrong, right] = two_lines(&place.run(&arguments), &arguments);
        assert!(wrong.contains(name), "{wrong}");
        assert!(right.contains(nearest), "{name}: {right}");
    }
}

#[test]
fn a_path_that_leads_to_no_game_is_refused_with_the_reason() {
    let place = Place::with_three_games();
    place.write("notes/readme.txt", "nothing to play");
    for (name, word) in [
        ("./nowhere", "nowhere"),
        ("notes", "index.html"),
        ("config.toml", "config.toml"),
    ] {
        let finished = place.run(&["0", name]).with_code(2);
        assert!(finished.err.contains(word), "{name}: {}", finished.err);
        assert_clean(&finished);
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    let place = Place::new();
    let help: [&[&str]; 4] = [
        &["--help"],
        &["-h"],
        &["list", "--help"],
        &["--lang", "zh-CN", "--help"],
    ];
    for arguments in help {
        let finished = place.run(arguments).with_code(0);
        assert!(finished.out.contains("webserver"), "{}", finished.out);
        assert_eq!(finished.err, "");
    }
    let help = place.run(&["--help"]).out;
    for option in [
        "--config",
        "--host",
        "--lang",
        "--log",
        "--quiet",
        "--version",
        "list",
        "health",
    ] {
        assert!(help.contains(option), "{option}: {help}");
    }
    for argument in ["--version", "-V"] {
        let finished = place.run(&[argument]).with_code(0);
        let version = format!("webserver {}\n", env!("CARGO_PKG_VERSION"));
        assert_eq!((finished.out, finished.err), (version, String::new()));
    }
}

#[test]
fn the_help_fits_in_a_terminal_of_80_columns() {
    let place = Place::new();
    let commands = [
        "",
        "list",
        "check",
        "add",
        "remove",
        "rename",
        "publish",
        "status",
        "qr",
        "ca",
        "stop",
        "health",
        "completions",
        "man",
    ];
    for language in ["en", "zh-CN"] {
        for command in commands {
            let arguments = ["help", command, "--lang", language];
            let arguments = arguments.iter().filter(|word| !word.is_empty());
            let arguments: Vec<_> = arguments.copied().collect();
            let help = place.run(&arguments).with_code(0).out;
            let width = |line: &&str| unicode_width::UnicodeWidthStr::width(*line);
            let wide = help.lines().filter(|line| width(line) > 80);
            assert_eq!(wide.collect::<Vec<_>>(), [""; 0], "{arguments:?}");
        }
    }
}

#[test]
fn a_closed_output_causes_no_panic() {
    let place = Place::new();
    for arguments in ["--help", "list", "abc"] {
        let script = format!("exec \"$0\" {arguments} >/dev/full 2>/dev/full");
        let command = place.command("sh", &["-c", &script, WEBSERVER]);
        let code = Running::start(command).exit().code;
        assert!(code.is_some_and(|code| code < 100), "{arguments}: {code:?}");
    }
}

/// The message and the hint of a program that ended with a usage error.
fn two_lines(finished: &Finished, arguments: &[&str]) -> [String; 2] {
    assert_eq!(finished.code, Some(2), "{arguments:?}: {finished:?}");
    assert_eq!(finished.out, "", "{arguments:?}");
    assert_clean(finished);
    let lines: Vec<_> = finished.err.lines().map(str::to_owned).collect();
    lines
        .try_into()
        .unwrap_or_else(|lines| panic!("{arguments:?}: {lines:#?}"))
}

fn assert_clean(finished: &Finished) {
    for word in ["panicked", "backtrace", "\u{1b}"] {
        assert!(!finished.err.contains(word), "{}", finished.err);
    }
}
