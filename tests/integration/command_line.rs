//! What may be typed after `webserver`, and what is said about anything else.

use crate::support::{Client, Finished, Place, Running, WEBSERVER};

/// Bad input and a word that the line about it must have.
const BAD: &[(&[&str], &str)] = &[
    (&[], "port"),
    (&["abc"], "abc"),
    (&["-1"], "-1"),
    (&["65536"], "65536"),
    (&["99999999999999999999"], "99999999999999999999"),
    (&["8080x"], "8080x"),
    (&["+80"], "+80"),
    (&["0x50"], "0x50"),
    (&[" 80"], " 80"),
    (&["80.5"], "80.5"),
    (&[""], "port"),
    (&["0", "alpha", "third"], "third"),
    (&["0", "alpha", "--nonsense"], "--nonsense"),
    (&["0", "-x"], "-x"),
    (&["0", "--hots", "::1"], "--host"),
    (&["0", "--config"], "--config"),
    (&["0", "--host"], "--host"),
    (&["0", "--lang"], "--lang"),
    (&["0", "--log"], "--log"),
    (&["0", "--log="], "--log"),
    (&["0", "--log", "loud"], "loud"),
    (&["0", "--lang", "fr"], "fr"),
    (&["0", "--host", "nonsense"], "nonsense"),
    (&["0", "--host", "127.0.0.1:80"], "127.0.0.1:80"),
    (&["list", "--json=yes"], "--json"),
    (&["list", "third"], "third"),
    (&["list", "--json", "--json"], "--json is given twice"),
    (&["status", "--json", "--metrics"], "exclude each other"),
    (&["health", "--port", "65536"], "65536"),
    (&["health", "--port"], "--port"),
];

#[test]
fn bad_input_is_said_in_two_lines() {
    let place = Place::with_three_games();
    for (arguments, word) in BAD {
        let finished = place.run(arguments);
        let [wrong, right] = two_lines(&finished, arguments);
        assert!(wrong.contains(word), "{arguments:?}: {wrong}");
        assert!(right.contains("webserver 8080"), "{arguments:?}: {right}");
    }
}

#[test]
fn bad_input_is_said_in_chinese_to_those_who_speak_it() {
    let place = Place::with_three_games();
    for (arguments, _) in BAD {
        let mut command = place.webserver(arguments);
        command.env("LC_ALL", "zh_CN.UTF-8");
        let [wrong, right] = two_lines(&Running::start(command).exit(), arguments);
        let is_right = wrong.contains("启动失败，参数格式错误")
            && right.contains("正确格式：webserver 端口号");
        assert!(is_right, "{arguments:?}: {wrong}\n{right}");
    }
}

#[test]
fn every_way_to_ask_for_chinese_counts() {
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
fn full_width_digits_are_named_with_the_command_to_type() {
    let place = Place::with_three_games();
    for language in ["en", "zh-CN"] {
        let arguments = ["８０８０", "--lang", language];
        let [_, right] = two_lines(&place.run(&arguments), &arguments);
        assert!(right.contains("webserver 8080"), "{right}");
    }
}

#[test]
fn arguments_that_are_no_text_are_refused() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::with_three_games();
    let mut command = place.webserver(&[]);
    command.arg(std::ffi::OsStr::from_bytes(b"80\xff"));
    two_lines(&Running::start(command).exit(), &["80\\xff"]);
}

#[test]
fn variables_that_make_no_sense_are_refused() {
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
fn a_game_is_found_by_any_of_its_names() {
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
fn the_game_may_be_named_in_the_environment() {
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
fn a_name_that_fits_nothing_brings_the_nearest() {
    let place = Place::with_three_games();
    for (name, nearest) in [
        ("alpa", "alpha"),
        ("gama", "gamma"),
        ("第二", "beta"),
        ("4", "alpha"),
        ("0", "alpha"),
        ("", "alpha"),
    ] {
        let arguments = ["0", name];
        let [wrong, right] = two_lines(&place.run(&arguments), &arguments);
        assert!(wrong.contains(name), "{wrong}");
        assert!(right.contains(nearest), "{name}: {right}");
    }
}

#[test]
fn a_folder_that_is_no_game_is_refused_with_the_reason() {
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
fn nobody_who_reads_the_help_is_no_reason_to_panic() {
    let place = Place::new();
    for arguments in ["--help", "list", "abc"] {
        let script = format!("exec \"$0\" {arguments} >/dev/full 2>/dev/full");
        let command = place.command("sh", &["-c", &script, WEBSERVER]);
        let code = Running::start(command).exit().code;
        assert!(code.is_some_and(|code| code < 100), "{arguments}: {code:?}");
    }
}

/// What is wrong and what to write instead, of a program that ended as it does when it was called wrongly.
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
