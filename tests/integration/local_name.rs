//! The server's name on the local network: a resolver of its own asks for it, in a network namespace.

use rustix::process::geteuid;

use crate::support::{Place, Running, WEBSERVER, not_tested};

const RESOLVER: &str = include_str!("local_name.py");

#[test]
fn the_name_is_found_follows_addresses_gives_way_and_says_goodbye() {
    let place = Place::with_three_games();
    place.write("resolver.py", RESOLVER);
    let namespace = match geteuid().is_root() {
        true => vec!["--net"],
        false => vec!["--map-root-user", "--net"],
    };
    let python = ["python3", "resolver.py", WEBSERVER];
    let mut command = place.command("unshare", &[&namespace[..], &python].concat());
    command.env_remove("WEBSERVER_NO_MDNS");
    let seen = Running::start(command).exit();
    if seen.err.contains("unshare: ") || seen.err.contains("'ip', 'link', 'add'") {
        return not_tested("the name in the local network: this machine has no network namespaces");
    }
    assert_eq!(seen.code, Some(0), "{}\n{}", seen.out, seen.err);
    for words in [
        "address 192.168.77.5",
        "https alpha",
        "new address 192.168.78.9",
        "goodbye",
        "second name 192.168.77.5",
        "silent",
    ] {
        assert!(
            seen.out.contains(words),
            "{words}: {}\n{}",
            seen.out,
            seen.err
        );
    }
}

#[test]
fn a_name_has_letters_digits_and_hyphens() {
    let place = Place::with_three_games();
    for name in ["a_b", "a-", "a.b", "ä"] {
        let failed = place.run(&["0", "alpha", "--name", name]).with_code(2);
        assert!(failed.err.contains("--name"), "{name}: {}", failed.err);
    }
    place.write("config.toml", "name = \"a_b\"\n");
    let failed = place.run(&["0"]).with_code(2);
    assert!(failed.err.contains("config.toml:1"), "{}", failed.err);
}
