//! https on the same port: curl and OpenSSL as independent clients and judges.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

use crate::support::{Client, PATIENCE, Place, in_time};

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn openssl(place: &Place, arguments: &[&str]) -> Output {
    let mut command = Command::new("openssl");
    command.args(arguments).current_dir(place.path(""));
    command.stdin(Stdio::null()).output().unwrap()
}

/// A request by curl, which trusts the exported authority alone.
fn curl(place: &Place, arguments: &[&str]) -> Output {
    let mut command = Command::new("curl");
    command.args(["-sS", "--max-time", "20", "--cacert", "ca.crt"]);
    command.args(arguments).current_dir(place.path(""));
    command.env_clear().output().unwrap()
}

fn with_authority(arguments: &[&str]) -> (Place, crate::support::Running, u16) {
    let place = Place::with_three_games();
    place.run(&["ca", "--export", "ca.crt"]).with_code(0);
    let (running, port) = place.serve(&[&["alpha"], arguments].concat());
    (place, running, port)
}

#[test]
fn one_port_speaks_plain_http_and_https_in_both_versions() {
    let (place, _running, port) = with_authority(&[]);
    assert_eq!(Client::connect(port).get("/").text(), "alpha");
    for host in ["localhost", "127.0.0.1"] {
        for (option, version) in [("--http1.1", "1.1"), ("--http2", "2")] {
            let url = format!("https://{host}:{port}/");
            let answer = curl(&place, &[option, "-w", " %{http_version}", &url]);
            assert_eq!(text(&answer), format!("alpha {version}"), "{url}");
        }
    }
    for option in ["--tlsv1.3", "--tls-max=1.2"] {
        let option: Vec<_> = option.split('=').collect();
        let url = format!("https://localhost:{port}/");
        let answer = curl(&place, &[&option[..], &[&url]].concat());
        assert_eq!(text(&answer), "alpha", "{option:?}");
    }
    let url = format!("https://localhost:{port}/");
    let old = curl(&place, &["--tls-max", "1.1", &url]);
    assert!(!old.status.success(), "{old:?}");
}

/// wget of Debian stands on GnuTLS.
#[test]
fn gnutls_trusts_the_authority_as_well() {
    let (place, _running, port) = with_authority(&[]);
    for host in ["localhost", "127.0.0.1"] {
        let url = format!("https://{host}:{port}/");
        let mut command = Command::new("wget");
        command.args(["-q", "-O", "-", "--timeout=20", "--tries=1", &url]);
        let command = command
            .arg("--ca-certificate=ca.crt")
            .current_dir(place.path(""));
        let answer = command.env_clear().output().unwrap();
        assert_eq!(text(&answer), "alpha", "{url}: {answer:?}");
    }
}

#[test]
fn an_address_that_is_new_gets_a_certificate_of_the_same_authority() {
    let (place, _running, port) = with_authority(&[]);
    // 127.9.9.9 is no interface's address, as after a new lease.
    for host in ["127.0.0.1", "127.9.9.9", "127.0.0.1"] {
        let answer = curl(&place, &[&format!("https://{host}:{port}/")]);
        assert_eq!(text(&answer), "alpha", "{host}");
    }
}

#[test]
fn the_authority_vouches_for_private_names_alone() {
    let (place, _running, port) = with_authority(&[]);
    curl(&place, &[&format!("https://localhost:{port}/")]);
    let shown = text(&openssl(
        &place,
        &["x509", "-in", "ca.crt", "-noout", "-text"],
    ));
    for words in [
        "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0",
        "X509v3 Name Constraints: critical",
        "IP:192.168.0.0/255.255.0.0",
        "DNS:home.arpa",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let folder = place.home(".local/share/webserver");
    for file in ["authority.json", "server.json"] {
        let mode = fs::metadata(folder.join(file))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let leaf = fs::read_to_string(folder.join("server.json")).unwrap();
    let leaf: serde_json::Value = serde_json::from_str(&leaf).unwrap();
    place.write("leaf.crt", leaf["certificate"].as_str().unwrap());
    let verify = [
        "verify",
        "-CAfile",
        "ca.crt",
        "-purpose",
        "sslserver",
        "leaf.crt",
    ];
    assert!(openssl(&place, &verify).status.success());
    // Apple's refuse more than 398 days (support.apple.com/103214).
    let within = |days: u32| {
        let seconds = (days * 24 * 3600).to_string();
        let check = ["x509", "-in", "leaf.crt", "-noout", "-checkend", &seconds];
        openssl(&place, &check).status.success()
    };
    assert!(within(380) && !within(397));
    // What the authority's key signs for another name is refused by OpenSSL.
    let authority = fs::read_to_string(folder.join("authority.json")).unwrap();
    let authority: serde_json::Value = serde_json::from_str(&authority).unwrap();
    place.write("ca.key", authority["key"].as_str().unwrap());
    for (name, is_good) in [
        ("DNS:games.local", true),
        ("IP:192.168.1.5", true),
        ("DNS:example.com", false),
        ("IP:8.8.8.8", false),
    ] {
        place.write("ext", format!("subjectAltName={name}\n"));
        let request = "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -subj /CN=x -out r";
        openssl(&place, &request.split(' ').collect::<Vec<_>>());
        let sign = "x509 -req -in r -CA ca.crt -CAkey ca.key -extfile ext -days 9 -out forged.crt";
        let signed = openssl(&place, &sign.split(' ').collect::<Vec<_>>());
        assert!(signed.status.success(), "{signed:?}");
        let verified = openssl(&place, &["verify", "-CAfile", "ca.crt", "forged.crt"]);
        assert_eq!(verified.status.success(), is_good, "{name}: {verified:?}");
    }
}

#[test]
fn the_authority_and_the_certificate_outlive_the_server_until_they_are_removed() {
    let (place, running, port) = with_authority(&[]);
    let shown = place.run(&["ca"]).with_code(0).out;
    assert!(shown.contains("SHA-256"), "{shown}");
    curl(&place, &[&format!("https://localhost:{port}/")]);
    let kept = place.home(".local/share/webserver/server.json");
    let first = fs::read(&kept).unwrap();
    drop(running);
    let (_running, port) = place.serve(&["alpha"]);
    assert_eq!(
        text(&curl(&place, &[&format!("https://localhost:{port}/")])),
        "alpha"
    );
    assert_eq!(fs::read(&kept).unwrap(), first);
    place.run(&["ca", "--remove"]).with_code(0);
    assert!(!kept.exists());
    place.run(&["ca"]).with_code(1);
    place.run(&["ca", "--remove"]).with_code(1);
}

#[test]
fn a_certificate_of_the_hosts_own_is_read_again_and_a_bad_one_changes_nothing() {
    let place = Place::with_three_games_and("[tls]\ncert = \"own.crt\"\nkey = \"own.key\"\n");
    // Settings of a table must not come before others.
    let failed = place.run(&["0", "alpha"]).with_code(1);
    assert!(failed.err.contains("own.crt"), "{failed:?}");
    let make = |name: &str| {
        let request = format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout new.key -out new.crt -days 9 \
             -subj /CN={name} -addext subjectAltName=DNS:localhost"
        );
        let made = openssl(&place, &request.split_whitespace().collect::<Vec<_>>());
        assert!(made.status.success(), "{made:?}");
    };
    let put = || {
        fs::rename(place.path("new.key"), place.path("own.key")).unwrap();
        fs::rename(place.path("new.crt"), place.path("own.crt")).unwrap();
    };
    make("first");
    let lock = "pkcs8 -topk8 -in new.key -out own.key -passout pass:secret";
    openssl(&place, &lock.split(' ').collect::<Vec<_>>());
    fs::copy(place.path("new.crt"), place.path("own.crt")).unwrap();
    let failed = place.run(&["0", "alpha"]).with_code(1);
    let words = "own.key is protected by a password";
    assert!(failed.err.contains(words), "{failed:?}");
    put();
    let (running, port) = place.serve(&["alpha"]);
    let subject = || {
        let address = format!("localhost:{port}");
        text(&openssl(&place, &["s_client", "-connect", &address]))
    };
    assert!(subject().contains("CN = first"), "{}", subject());
    make("second");
    put();
    in_time(|| subject().contains("CN = second").then_some(())).expect("the new certificate");
    place.write("own.crt", "no certificate");
    running.until_err("the warning", |err| {
        err.contains("the earlier certificate stays in use")
    });
    assert!(subject().contains("CN = second"), "{}", subject());
}

#[test]
fn tls_is_off_or_alone_if_the_host_says_so() {
    let (place, _running, port) = with_authority(&["--tls", "off"]);
    let refused = curl(&place, &[&format!("https://localhost:{port}/")]);
    assert!(!refused.status.success(), "{refused:?}");
    let mut client = Client::connect(port);
    client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\xff\xfe\xfd\r\n\r\n");
    assert_eq!(client.answer_head().unwrap().status, 400);
    let (place, _running, port) = with_authority(&["--tls", "only"]);
    let plain = curl(
        &place,
        &["-w", "%{http_code}", &format!("http://localhost:{port}/")],
    );
    assert_eq!(text(&plain), "alpha200");
    assert_eq!(
        text(&curl(&place, &[&format!("https://localhost:{port}/")])),
        "alpha"
    );
}

#[test]
fn a_handshake_that_is_broken_ends_and_one_that_stands_still_ends_in_time() {
    let place =
        Place::with_three_games_and("[limits]\nhandshake_timeout = 1\nfirst_byte_timeout = 1\n");
    let (_running, port) = place.serve(&["alpha"]);
    for bytes in [
        &b"\x16\x03\x01\x00\x05hello"[..],
        b"\x16garbage, not TLS",
        b"\x16\x03\x01\x40\x00\x01",
        b"\x16",
    ] {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(bytes).unwrap();
        let mut rest = Vec::new();
        // The end, or a reset.
        let _ = stream.read_to_end(&mut rest);
        // An alert (RFC 8446, 6), or nothing.
        assert!(rest.is_empty() || rest[0] == 0x15, "{bytes:?}: {rest:?}");
    }
    assert_eq!(Client::connect(port).get("/").text(), "alpha");
}

#[test]
fn an_http2_connection_without_requests_ends_in_time_and_with_them_goes_away_in_order() {
    let place = Place::with_three_games_and(
        "[limits]\nfirst_byte_timeout = 1\nidle_timeout = 1\ndrain_timeout = 5\n",
    );
    place.run(&["ca", "--export", "ca.crt"]).with_code(0);
    let (running, port) = place.serve(&["alpha"]);
    let mut silent = Command::new("openssl")
        .args(["s_client", "-quiet", "-alpn", "h2", "-connect"])
        .arg(format!("localhost:{port}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    in_time(|| silent.try_wait().unwrap()).expect("the end of a silent connection");
    // A hundred requests at once, in one connection, while the server is told to stop.
    let urls = format!("https://localhost:{port}/?[1-100]");
    let many = curl(
        &place,
        &[
            "--http2",
            "-Z",
            "-w",
            "%{http_code}\n",
            "-o",
            "/dev/null",
            &urls,
        ],
    );
    assert_eq!(text(&many).matches("200").count(), 100, "{many:?}");
    running.signal(rustix::process::Signal::TERM);
    assert_eq!(running.exit().code, Some(0));
}

#[test]
fn a_head_that_is_too_large_is_refused_with_a_page_in_both_versions() {
    // curl sends no more than 64 KiB over HTTP/2.
    let place = Place::with_three_games_and("[limits]\nhead_bytes = 8192");
    place.run(&["ca", "--export", "ca.crt"]).with_code(0);
    let (_running, port) = place.serve(&["alpha"]);
    let url = format!("https://localhost:{port}/");
    let cookies = format!("Cookie: a={}", "x".repeat(9_000));
    for version in ["--http1.1", "--http2"] {
        let page = ["-H", "Accept: text/html", "-H", &cookies];
        let arguments = [&[version, "-w", " %{http_code}"][..], &page, &[&url]].concat();
        let answer = text(&curl(&place, &arguments));
        let is_page = answer.contains("too many cookies") && answer.ends_with(" 431");
        assert!(is_page, "{version}: {answer}");
    }
}

#[test]
fn a_slow_download_over_http2_is_not_taken_for_an_unused_connection() {
    let place = Place::with_three_games_and("[limits]\nidle_timeout = 1");
    let content = "0123456789abcdef".repeat(2 << 20);
    place.write("alpha/big.txt", &content);
    let (_running, port) = place.serve(&["alpha", "--log", "off"]);
    let url = format!("https://127.0.0.1:{port}/big.txt");
    // Four seconds.
    let loaded = Command::new("curl")
        .args([
            "--silent",
            "--insecure",
            "--http2",
            "--limit-rate",
            "8M",
            &url,
        ])
        .output()
        .unwrap();
    assert_eq!(loaded.status.code(), Some(0));
    assert!(
        loaded.stdout == content.as_bytes(),
        "{}",
        loaded.stdout.len()
    );
}
