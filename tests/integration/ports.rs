//! The port and the addresses that the program listens on, and its messages when it cannot.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use if_addrs::get_if_addrs;
use rustix::process::geteuid;
use socket2::{Domain, Socket, Type};

use crate::support::{Client, Place, Running, Screen, WEBSERVER, in_time, not_tested};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

#[test]
fn a_free_port_is_chosen_and_printed() {
    let place = Place::with_three_games();
    let (_first, port) = place.serve(&["alpha"]);
    let (_second, other) = place.serve(&["beta"]);
    assert_ne!(port, other);
    assert_eq!(Client::connect(port).get("/").text(), "alpha");
    assert_eq!(Client::connect(other).get("/").text(), "beta");
}

#[test]
fn the_given_port_is_served() {
    let place = Place::with_three_games();
    let is_served = (0..5).any(|_| {
        let port = free_port();
        let running = Running::start(place.webserver(&[&port.to_string(), "alpha"]));
        running.serves_at(port) && Client::connect(port).get("/").status == 200
    });
    assert!(is_served);
}

#[test]
fn the_port_may_be_in_the_environment() {
    let place = Place::with_three_games_and("default_game = \"alpha\"");
    // A Service called `webserver` makes Kubernetes set the first of these.
    let link = ("WEBSERVER_PORT", "tcp://10.0.0.1:80");
    let cases: [&[(&str, &str)]; 5] = [
        &[("WEBSERVER_PORT", "0"), ("PORT", "x")],
        &[("PORT", "0")],
        &[("WEBSERVER_PORT", ""), ("PORT", "0")],
        &[link, ("PORT", "0")],
        &[("PORT", "0"), ("WEBSERVER_UNATTENDED", "true")],
    ];
    for variables in cases {
        let mut command = place.webserver(&[]);
        command.envs(variables.iter().copied());
        let running = Running::start(command);
        let port = running.port();
        assert_eq!(Client::connect(port).get("/").text(), "alpha");
        for (arguments, variable) in [
            (vec!["health"], port.to_string()),
            (vec!["health", "--port", &port.to_string()], "1".to_owned()),
        ] {
            let mut health = place.webserver(&arguments);
            health.env("WEBSERVER_PORT", variable);
            Running::start(health).exit().with_code(0);
        }
    }
    let mut wrong = place.webserver(&[]);
    wrong.env("PORT", "80a");
    let finished = Running::start(wrong).exit().with_code(2);
    assert!(finished.err.contains("PORT: "), "{}", finished.err);
    // What is typed comes first.
    let mut typed = place.webserver(&["0"]);
    typed.env("WEBSERVER_PORT", "80a");
    Running::start(typed).port();
    let mut none = place.webserver(&[]);
    none.envs([link]);
    let finished = Running::start(none).exit().with_code(2);
    assert!(finished.err.contains("missing port"), "{}", finished.err);
}

#[test]
fn a_program_that_cannot_print_still_serves() {
    let place = Place::with_three_games();
    let is_served = (0..5).any(|_| {
        let port = free_port();
        let script = "exec \"$0\" \"$1\" alpha 2>/dev/full";
        let arguments = ["-c", script, WEBSERVER, &port.to_string()];
        let mut running = Running::start(place.command("sh", &arguments));
        let is_served = in_time(|| {
            let is_over = (!running.is_alive()).then_some(false);
            let client = Client::to((Ipv4Addr::LOCALHOST, port).into());
            let status = client.map(|mut client| client.get("/").status);
            // Until the game is on the air, the waiting page answers 503.
            is_over.or_else(|| (status.ok()? == 200).then_some(true))
        });
        is_served == Some(true)
    });
    assert!(is_served);
}

/// A port that was free a moment ago. Another program may have taken it since, so callers must retry.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn all_addresses_are_served_by_default_and_one_with_host() {
    let place = Place::with_three_games();
    if !has_ipv6() {
        not_tested("IPv6 addresses: this machine has none");
    }
    let hosts: [(&[&str], bool, bool); 5] = [
        (&[], true, true),
        (&["--host", "127.0.0.1"], true, false),
        (&["--host", "::1"], false, true),
        (&["--host", "[::1]"], false, true),
        (&["--host", "localhost"], true, false),
    ];
    for (arguments, v4, v6) in hosts {
        if v6 && !v4 && !has_ipv6() {
            continue;
        }
        let (_running, port) = place.serve(&[&["alpha"], arguments].concat());
        assert_eq!(is_served(V4, port), v4, "{arguments:?}");
        // An address of this machine that was not asked for.
        let other = [127, 0, 0, 2].into();
        assert_eq!(is_served(other, port), v4 && v6, "{arguments:?}");
        assert_eq!(is_served(V6, port), v6 && has_ipv6(), "{arguments:?}");
    }
}

#[test]
fn the_most_useful_addresses_are_printed_and_all_on_request() {
    let place = Place::with_three_games();
    let interfaces = get_if_addrs().unwrap();
    let lan: Vec<_> = interfaces
        .iter()
        .filter(|interface| !interface.is_loopback() && interface.ip().is_ipv4())
        .filter(|interface| !interface.is_link_local())
        .map(|interface| interface.ip())
        .collect();
    if lan.is_empty() {
        not_tested("addresses of a LAN: this machine has none");
    }

    let mut command = place.webserver(&["0", "alpha"]);
    command.stdin(std::process::Stdio::piped());
    let mut running = Running::start(command);
    let port = running.port();
    let err = running.until_err("last line", |err| err.contains("Ctrl-C"));
    assert!((1..=4).contains(&err.matches("http://").count()), "{err}");
    // The command for all of them.
    std::io::Write::write_all(&mut running.stdin(), b"addresses\n").unwrap();
    running.until_err("second list", |err| {
        err.matches("http://localhost:").count() == 2
    });
    for address in &lan {
        let url = format!("http://{address}:{port}/");
        running.until_err(&url, |err| err.contains(&url));
        assert!(is_served(*address, port), "{address}");
    }
    let (running, port) = place.serve(&["alpha", "--host", "127.0.0.1"]);
    let err = running.until_err("last line", |err| err.contains("Ctrl-C"));
    assert_eq!(err.matches("http://").count(), 1, "{err}");
    for address in lan {
        assert!(!is_served(address, port), "{address}");
    }
}

#[test]
fn every_address_that_is_printed_answers() {
    let place = Place::with_three_games();
    for host in [
        "127.0.0.1",
        "127.0.0.2",
        "::1",
        "localhost",
        "0.0.0.0",
        "::",
    ] {
        if host.contains(':') && !has_ipv6() {
            not_tested(&format!("--host {host}: this machine has no IPv6"));
            continue;
        }
        let arguments = ["0", "alpha", "--host", host];
        let running = Running::start(place.webserver(&arguments));
        let err = running.until_err("last line", |err| err.contains("Ctrl-C"));
        let addresses = err.split("http://").skip(1);
        let addresses: Vec<_> = addresses
            .filter_map(|rest| rest.split('/').next())
            .collect();
        assert!(!addresses.is_empty(), "{host}: {err}");
        for address in addresses {
            // What browsers take localhost for, whatever the machine's own table says (RFC 6761, 6.3).
            let addresses: Vec<SocketAddr> = match address.strip_prefix("localhost:") {
                Some(port) => [V4, V6]
                    .map(|loopback| SocketAddr::new(loopback, port.parse().unwrap()))
                    .into(),
                None => vec![address.parse().unwrap()],
            };
            let mut addresses = addresses.iter();
            let is_served = addresses.any(|address| is_served(address.ip(), address.port()));
            assert!(is_served, "--host {host}: {address}");
        }
    }
}

#[test]
fn an_address_of_another_machine_is_refused() {
    let place = Place::with_three_games();
    // RFC 5737: an address that no machine has.
    let finished = place
        .run(&["0", "alpha", "--host", "203.0.113.7"])
        .with_code(1);
    assert!(finished.err.contains("203.0.113.7"), "{}", finished.err);
    assert!(finished.err.contains("--host"), "{}", finished.err);
}

#[test]
fn a_port_in_use_is_named_and_a_free_one_offered() {
    let place = Place::with_three_games();
    for address in ["127.0.0.1:0", "0.0.0.0:0", "[::]:0"] {
        let Ok(holder) = TcpListener::bind(address) else {
            assert!(!has_ipv6(), "{address}");
            not_tested(&format!(
                "a port in use at {address}: this machine has no IPv6"
            ));
            continue;
        };
        let taken = holder.local_addr().unwrap().port();
        // Another program may take the free port before this test tries it.
        let is_free = (0..3).any(|_| {
            let finished = place.run(&[&taken.to_string(), "alpha"]).with_code(1);
            assert_eq!(finished.out, "");
            let lines: Vec<_> = finished.err.lines().collect();
            assert_eq!(lines.len(), 2, "{lines:?}");
            assert!(lines[0].contains(&taken.to_string()), "{lines:?}");
            let (_, free) = lines[1].split_once("webserver ").expect(lines[1]);
            let free: u16 = free.split(' ').next().unwrap().parse().expect(lines[1]);
            assert_ne!(free, taken);
            TcpListener::bind(("0.0.0.0", free)).is_ok()
        });
        assert!(is_free, "{address}");
    }
}

#[test]
fn a_port_in_use_is_reported_before_the_menu_opens() {
    let place = Place::with_three_games();
    let holder = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = holder.local_addr().unwrap().port().to_string();
    let mut screen = Screen::open(&place, (24, 80), &[&port]);
    assert_eq!(screen.exit(), 1);
    screen.until_shows(&port);
    assert!(!screen.text().contains("Quest"), "{screen}");
}

#[test]
fn a_privileged_port_is_refused_with_the_command_to_type() {
    let place = Place::with_three_games();
    let words = [without_the_right(), &[WEBSERVER, "80", "alpha"]].concat();
    let finished = Running::start(place.command(words[0], &words[1..])).exit();
    let finished = finished.with_code(1);
    let lines: Vec<_> = finished.err.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("port 80"), "{lines:?}");
    assert!(lines[1].contains("webserver 8080"), "{lines:?}");
}

/// The words before a command that is to have no right to port 80. Where everybody has it, as in most containers, they
/// make a network that begins with the kernel's defaults. Where they are not allowed to, what they say stands in the
/// failure of the test.
fn without_the_right() -> &'static [&'static str] {
    const GIVE_UP: &str = "--bounding-set=-net_bind_service";
    let first = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    let is_guarded = first.trim().parse::<u32>().unwrap() > 80;
    match (geteuid().is_root(), is_guarded) {
        (true, true) => &["setpriv", GIVE_UP],
        (true, false) => &["unshare", "--net", "setpriv", GIVE_UP],
        (false, true) => &["env"],
        (false, false) => &["unshare", "--map-root-user", "--net", "setpriv", GIVE_UP],
    }
}

/// True if a server answers at this address.
fn is_served(address: IpAddr, port: u16) -> bool {
    Client::to(SocketAddr::new(address, port)).is_ok_and(|mut client| client.get("/").status == 200)
}

fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

#[test]
fn health_succeeds_if_a_server_answers() {
    let place = Place::with_three_games();
    place.write("deep/pages/start.html", "deep");
    for (name, limits) in [
        ("deep.toml", ""),
        ("balanced.toml", "[limits]\nproxy_protocol = true\n"),
        (
            "elsewhere.toml",
            "[limits]\nproxy_protocol = true\ntrusted_proxies = [\"192.0.2.9\"]\n",
        ),
    ] {
        let game = "[[games]]\nslug = \"deep\"\npath = \"deep\"\nentry = \"pages/start.html\"\n";
        place.write(name, format!("{limits}{game}"));
    }
    let served: [&[&str]; 6] = [
        &["alpha"],
        &["alpha", "--host", "127.0.0.1"],
        &["deep", "--config", "deep.toml"],
        &["deep", "--config", "balanced.toml"],
        &["deep", "--config", "elsewhere.toml"],
        &["alpha", "--log", "off"],
    ];
    for arguments in served {
        let (_running, port) = place.serve(arguments);
        let finished = place.run(&["health", "--port", &port.to_string()]);
        assert_eq!(finished.with_code(0).err, "", "{arguments:?}");
        let status = place.run(&["status", "--port", &port.to_string()]);
        let status = status.with_code(0).out;
        assert!(status.contains(" 0 refused"), "{arguments:?}: {status}");
    }
}

#[test]
fn health_fails_if_nothing_or_no_web_server_listens() {
    let place = Place::new();
    // Bound, so that nobody else gets the port; not listening, so that nobody answers.
    let silent = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: SocketAddr = (Ipv4Addr::UNSPECIFIED, 0).into();
    silent.bind(&any.into()).unwrap();
    let port = silent.local_addr().unwrap().as_socket().unwrap().port();
    let finished = place
        .run(&["health", "--port", &port.to_string()])
        .with_code(1);
    assert!(finished.err.contains(&port.to_string()), "{}", finished.err);

    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = mute.local_addr().unwrap().port();
    place
        .run(&["health", "--port", &port.to_string()])
        .with_code(1);
}

#[test]
fn a_port_of_another_webserver_is_named_with_its_game() {
    let place = Place::with_three_games();
    let (_running, port) = place.serve(&["alpha"]);
    let port = port.to_string();
    let finished = in_time(|| {
        let finished = place.run(&[&port, "beta"]);
        finished.err.contains("Alpha Quest").then_some(finished)
    });
    let finished = finished.expect("the game of the other server").with_code(1);
    let lines: Vec<_> = finished.err.lines().collect();
    assert_eq!(
        lines,
        [
            &*format!(
                "webserver: this program already serves port {port}, with Alpha Quest on the air"
            ),
            &*format!("try: webserver publish GAME --port {port}"),
        ]
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_second_server_on_a_port_at_another_address_says_that_commands_reach_the_first() {
    let place = Place::with_three_games();
    let (_first, port) = place.serve(&["alpha", "--host", "127.0.0.1"]);
    let port = port.to_string();
    let command = place.webserver(&[&port, "beta", "--host", "127.0.0.2"]);
    let second = Running::start(command);
    let expected = format!("another of your servers has port {port} at another address");
    second.until_err("note or refusal", |err| {
        // Another program may have the port there.
        err.contains(&expected) || err.contains("webserver: port")
    });
}
