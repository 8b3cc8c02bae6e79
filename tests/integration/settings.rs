//! Each setting can be in the file, in the environment and on the command line; the later ones count.

use std::net::{Ipv4Addr, SocketAddr};

use rustix::process::Signal;

use crate::support::{Client, Finished, Place, Running};

/// The file's settings, variables and further arguments of one start.
type Said<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

#[test]
fn the_last_source_decides_the_host() {
    const HOSTS: [&str; 2] = ["127.0.0.1", "127.0.0.2"];
    let in_file = "host = \"127.0.0.1\"";
    let first = ("WEBSERVER_HOST", "127.0.0.1");
    let second = ("WEBSERVER_HOST", "127.0.0.2");
    let cases: [(Said<'_>, &[&str]); 7] = [
        (("", &[], &[]), &HOSTS),
        ((in_file, &[], &[]), &["127.0.0.1"]),
        (("", &[second], &[]), &["127.0.0.2"]),
        ((in_file, &[second], &[]), &["127.0.0.2"]),
        ((in_file, &[("WEBSERVER_HOST", "")], &[]), &["127.0.0.1"]),
        ((in_file, &[], &["--host", "127.0.0.2"]), &["127.0.0.2"]),
        (("", &[first], &["--host", "127.0.0.2"]), &["127.0.0.2"]),
    ];
    for (said, served) in cases {
        let place = Place::with_three_games_and(said.0);
        let running = start(&place, &said);
        let port = in_any_address(&running);
        for host in HOSTS {
            let address = SocketAddr::new(host.parse().unwrap(), port);
            let is_there = Client::to(address).is_ok();
            assert_eq!(is_there, served.contains(&host), "{said:?}: {host}");
        }
    }
}

#[test]
fn the_last_source_decides_the_log() {
    let text = ("WEBSERVER_LOG", "text");
    let json = ("WEBSERVER_LOG", "json");
    let off = ("WEBSERVER_LOG", "off");
    let cases: [(Said<'_>, &str); 9] = [
        (("", &[], &[]), "text"),
        (("log = \"json\"", &[], &[]), "json"),
        (("log = \"off\"", &[], &[]), "off"),
        (("", &[json], &[]), "json"),
        (("log = \"off\"", &[text], &[]), "text"),
        (("log = \"json\"", &[("WEBSERVER_LOG", "")], &[]), "json"),
        (("log = \"text\"", &[], &["--log", "json"]), "json"),
        (("log = \"text\"", &[off], &["--log=json"]), "json"),
        (("", &[json], &["--log", "off"]), "off"),
    ];
    for (said, expected) in cases {
        let place = Place::with_three_games_and(said.0);
        let err = after_one_request(start(&place, &said)).err;
        let line = err.lines().find(|line| line.contains("/index.html"));
        let form = match line {
            None => "off",
            Some(line) if line.starts_with('{') => "json",
            Some(_) => "text",
        };
        assert_eq!(form, expected, "{said:?}: {err}");
    }
}

#[test]
fn the_last_source_decides_the_language() {
    let chinese = ("WEBSERVER_LANG", "zh-CN");
    let english = ("WEBSERVER_LANG", "en");
    let locale = ("LC_ALL", "zh_CN.UTF-8");
    let cases: [(Said<'_>, &str); 10] = [
        (("", &[], &[]), "Alpha Quest"),
        (("", &[locale], &[]), "第一关"),
        (
            ("", &[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")], &[]),
            "第一关",
        ),
        (("lang = \"en\"", &[locale], &[]), "Alpha Quest"),
        (("lang = \"zh-CN\"", &[], &[]), "第一关"),
        (("lang = \"zh-CN\"", &[english], &[]), "Alpha Quest"),
        (
            ("lang = \"zh-CN\"", &[("WEBSERVER_LANG", "")], &[]),
            "第一关",
        ),
        (("", &[chinese], &[]), "第一关"),
        (("", &[english], &["--lang", "zh-CN"]), "第一关"),
        (
            ("lang = \"zh-CN\"", &[chinese], &["--lang", "en"]),
            "Alpha Quest",
        ),
    ];
    for (said, title) in cases {
        let place = Place::with_three_games_and(said.0);
        let running = start(&place, &said);
        running.port();
        assert!(running.err().contains(title), "{said:?}: {}", running.err());
    }
}

#[test]
fn the_last_source_decides_quiet() {
    let cases: [(Said<'_>, bool); 6] = [
        (("", &[], &[]), false),
        (("quiet = true", &[], &[]), true),
        (("", &[("WEBSERVER_QUIET", "1")], &[]), true),
        (("", &[("WEBSERVER_QUIET", "")], &[]), false),
        (("quiet = true", &[("WEBSERVER_QUIET", "0")], &[]), false),
        (
            ("quiet = false", &[("WEBSERVER_QUIET", "0")], &["--quiet"]),
            true,
        ),
    ];
    for (said, is_quiet) in cases {
        let place = Place::with_three_games_and(said.0);
        let err = after_one_request(start(&place, &said)).err;
        // The address and the request.
        assert_eq!(err.lines().count() == 2, is_quiet, "{said:?}: {err}");
    }
}

#[test]
fn the_command_line_decides_about_the_code_whatever_the_environment_says() {
    for value in ["true", "false", ""] {
        let place = Place::with_three_games();
        let running = start(&place, &("", &[("WEBSERVER_QR", value)], &["--no-qr"]));
        running.port();
        assert!(!running.err().contains('█'), "{value}: {}", running.err());
    }
    let place = Place::with_three_games();
    let both = start(&place, &("", &[], &["--qr", "--no-qr"]));
    both.exit().with_code(2);
}

#[test]
fn empty_variables_are_ignored() {
    let place = Place::with_three_games();
    let names = ["CONFIG", "HOST", "LANG", "LOG", "QUIET"].map(|name| format!("WEBSERVER_{name}"));
    let variables: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    let err = after_one_request(start(&place, &("", &variables, &[]))).err;
    assert!(err.contains("Alpha Quest"), "{err}");
    assert!(err.contains("/index.html"), "{err}");

    let mut command = place.webserver(&["0"]);
    command.env("WEBSERVER_GAME", "");
    Running::start(command).exit().with_code(2);
}

fn start(place: &Place, (_, variables, arguments): &Said<'_>) -> Running {
    let mut command = place.webserver(&["0", "alpha"]);
    command.args(*arguments).envs(variables.iter().copied());
    Running::start(command)
}

/// The port of the first address, whichever address that is.
fn in_any_address(running: &Running) -> u16 {
    let err = running.until_err("address", |err| err.contains("/\n"));
    let (_, address) = err.split_once("http://").unwrap();
    let (host_and_port, _) = address.split_once('/').unwrap();
    host_and_port.rsplit(':').next().unwrap().parse().unwrap()
}

/// The end of a server that answered one request and was stopped.
fn after_one_request(running: Running) -> Finished {
    let port = running.port();
    let address = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port);
    assert_eq!(Client::to(address).unwrap().get("/index.html").status, 200);
    running.signal(Signal::TERM);
    running.exit().with_code(0)
}
