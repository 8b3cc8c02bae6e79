//! The way of a phone on plain http to a game that needs https: the page, the way around it, and the authority's certificate.
//! The PROXY protocol states the phone's address.

use std::fs;

use crate::support::{Answer, Client, Place, Running, in_time};

/// As Chrome on Android sends them to an address that it does not trust: no `Sec-Fetch` fields, no br.
const PHONE: [&str; 4] = [
    "Accept: text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language: en-GB,en;q=0.9",
    "Accept-Encoding: gzip, deflate",
    "User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
];

fn place() -> Place {
    let place = Place::with_three_games_and("[limits]\nproxy_protocol = true\n");
    place.write("beta/index.html", "beta<script src=main.js></script>");
    place.write("beta/main.js", "new SharedArrayBuffer(1)");
    place.write("beta/frame.html", "frame");
    place
}

fn serve(place: &Place, arguments: &[&str]) -> (Running, u16) {
    place.serve(arguments)
}

/// A request from another machine, at the address of this one in its network.
fn ask(port: u16, path: &str, fields: &[&str]) -> Answer {
    let mut client = Client::connect(port);
    client.send("PROXY TCP4 192.168.1.7 192.168.1.5 4711 8080\r\n");
    client.send(format!(
        "GET {path} HTTP/1.1\r\nHost: 192.168.1.5:8080\r\n{}\r\n\r\n",
        fields.join("\r\n")
    ));
    client.answer()
}

/// True for the page, which every browser shows whole.
fn is_invitation(answer: &Answer) -> bool {
    let is_it = answer.text().contains("https://192.168.1.5:8080/");
    if is_it {
        assert_eq!(
            answer.field("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(answer.field("cache-control"), Some("no-store"));
        assert_eq!(answer.field("strict-transport-security"), None);
        assert_eq!(answer.field("location"), None);
    }
    is_it
}

#[test]
fn only_a_page_load_over_plain_http_from_another_machine_meets_the_page() {
    let place = place();
    let (_running, port) = serve(&place, &["beta"]);
    let with = |field: &'static str| [&PHONE[..], &[field]].concat();
    for (path, fields, expected) in [
        ("/", PHONE.to_vec(), true),
        ("/index.html?level=3", PHONE.to_vec(), true),
        ("/frame.html", PHONE.to_vec(), true),
        // What scripts fetch, missing pages, programs.
        ("/", vec!["Accept: */*"], false),
        ("/main.js", PHONE.to_vec(), false),
        ("/nothing", PHONE.to_vec(), false),
        // Who speaks https already, or has a secure context otherwise.
        ("/", with("X-Forwarded-Proto: https"), false),
        ("/", with("Forwarded: for=1.2.3.4;proto=https"), false),
        ("/", with("Sec-Fetch-Mode: navigate"), false),
        // Who has gone on without.
        ("/?over-http=1", PHONE.to_vec(), false),
        ("/", with("Cookie: a=b; over-http=1"), false),
        ("/", with("Cookie: over-http=0"), true),
    ] {
        let answer = ask(port, path, &fields);
        assert_eq!(is_invitation(&answer), expected, "{path} {fields:?}");
        let status = if path == "/nothing" { 404 } else { 200 };
        assert_eq!(answer.status, status, "{path} {fields:?}");
    }
    let page = ask(port, "/index.html?level=3", &PHONE).text();
    for link in [
        "href=\"https://192.168.1.5:8080/index.html?level=3\"",
        "href=\"?level=3&amp;over-http=1\"",
    ] {
        assert!(page.contains(link), "{link}: {page}");
    }
    // A whole page, whatever the browser has of the game.
    let game = ask(port, "/?over-http=1", &PHONE);
    let condition = format!("If-None-Match: {}", game.field("etag").unwrap());
    assert!(is_invitation(&ask(
        port,
        "/",
        &[&PHONE[..], &[&condition]].concat()
    )));
    let mut client = Client::connect(port);
    client.send("PROXY UNKNOWN\r\n");
    let local = client.request("GET", "/", &PHONE);
    assert!(!is_invitation(&local), "this machine");
}

#[test]
fn whoever_goes_on_without_https_is_not_asked_again() {
    let place = place();
    let (_running, port) = serve(&place, &["beta"]);
    let game = ask(port, "/?over-http=1", &PHONE);
    assert!(game.text().starts_with("beta"), "{}", game.text());
    let cookies: Vec<_> = game.fields("set-cookie").collect();
    let declined = cookies
        .iter()
        .find(|cookie| cookie.starts_with("over-http="));
    let (pair, attributes) = declined.unwrap().split_once("; ").unwrap();
    // A cookie that browsers keep on plain http (RFC 6265bis, 5.7).
    assert!(!attributes.contains("Secure"), "{attributes}");
    let cookie = format!("Cookie: {pair}");
    let again = ask(port, "/", &[&PHONE[..], &[&cookie]].concat());
    assert!(again.text().starts_with("beta"), "{}", again.text());
    let none = ask(port, "/main.js?over-http=1", &["Accept: */*"]);
    assert_eq!(none.field("set-cookie"), None);
}

#[test]
fn a_game_that_runs_over_http_is_never_kept_from_anybody() {
    let place = place();
    let (_running, port) = serve(&place, &["alpha"]);
    assert!(ask(port, "/", &PHONE).text().starts_with("alpha"));
    let (_running, port) = serve(&place, &["beta", "--tls", "off"]);
    assert!(ask(port, "/", &PHONE).text().starts_with("beta"));
}

#[test]
fn the_page_speaks_the_visitors_language_and_shows_the_visitors_browser_first() {
    let place = place();
    let (_running, port) = serve(&place, &["beta"]);
    let mut fields = PHONE.to_vec();
    let english = ask(port, "/", &fields).text();
    let first = |page: &str, name: &str| page.contains(&format!("<details open><summary>{name}<"));
    assert!(
        english.contains("Beta Quest needs https") && first(&english, "Chrome"),
        "{english}"
    );
    fields[1] = "Accept-Language: zh-CN,zh;q=0.9";
    fields[3] = "User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
    let chinese = ask(port, "/", &fields).text();
    assert!(chinese.contains("第二关 需要 https"), "{chinese}");
    assert!(first(&chinese, "Safari（iPhone、iPad、Mac）"), "{chinese}");
}

#[test]
fn where_plain_http_is_refused_a_browser_is_told_the_way_and_a_program_no() {
    let place = place();
    let (_running, port) = serve(&place, &["alpha", "--tls", "only"]);
    let page = ask(port, "/", &PHONE);
    assert!(is_invitation(&page), "{}", page.text());
    assert_eq!(page.status, 403);
    assert!(!page.text().contains("over-http"), "no way around");
    for (path, fields) in [
        ("/?over-http=1", &PHONE[..]),
        ("/main.js", &["Accept: */*"]),
        ("/.webserver/health", &["Accept: */*"]),
    ] {
        let answer = ask(port, path, fields);
        assert_eq!(answer.status, 403, "{path}");
    }
    let certificate = in_time(|| {
        let answer = ask(port, "/.webserver/ca.crt", &["Accept: */*"]);
        (answer.status == 200).then_some(answer)
    });
    assert!(certificate.is_some(), "it leads to https");
}

#[test]
fn the_authority_is_downloaded_as_systems_expect_it() {
    let place = place();
    let (_running, port) = serve(&place, &["alpha"]);
    let folder = place.home(".local/share/webserver");
    assert!(!folder.exists(), "made when it is needed");
    let certificate = in_time(|| {
        let answer = ask(port, "/.webserver/ca.crt", &[]);
        assert!(
            answer.status == 200 || answer.field("retry-after") == Some("1"),
            "{}",
            answer.status
        );
        (answer.status == 200).then_some(answer)
    });
    let certificate = certificate.expect("the certificate");
    assert_eq!(
        certificate.field("content-type"),
        Some("application/x-x509-ca-cert")
    );
    place.write("ca.der", &certificate.body);
    place.run(&["ca", "--export", "ca.pem"]).with_code(0);
    let openssl = |words: &str| {
        let mut command = place.command("openssl", &words.split(' ').collect::<Vec<_>>());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let of_download = openssl("x509 -inform DER -in ca.der -noout -fingerprint -sha256");
    assert_eq!(
        of_download,
        openssl("x509 -in ca.pem -noout -fingerprint -sha256")
    );

    let profile = ask(port, "/.webserver/ca.mobileconfig", &[]);
    assert_eq!(
        profile.field("content-type"),
        Some("application/x-apple-aspen-config")
    );
    // Python's reader of property lists is an independent one.
    place.write("ca.mobileconfig", &profile.body);
    let script = "import plistlib, sys, uuid
profile = plistlib.load(open('ca.mobileconfig', 'rb'))
assert profile['PayloadType'] == 'Configuration' and profile['PayloadVersion'] == 1
inner, = profile['PayloadContent']
assert inner['PayloadType'] == 'com.apple.security.root' and inner['PayloadVersion'] == 1
assert inner['PayloadContent'] == open('ca.der', 'rb').read()
assert uuid.UUID(inner['PayloadUUID']) != uuid.UUID(profile['PayloadUUID'])
assert inner['PayloadIdentifier'] != profile['PayloadIdentifier']";
    let read = place.command("python3", &["-c", script]).output().unwrap();
    assert!(read.status.success(), "{read:?}");
    // One profile, however often it is downloaded.
    assert_eq!(
        ask(port, "/.webserver/ca.mobileconfig", &[]).body,
        profile.body
    );
    assert!(fs::metadata(folder.join("authority.json")).is_ok());
}

#[test]
fn a_certificate_of_the_hosts_own_has_no_authority_to_download_and_needs_no_explanation() {
    let place = Place::with_three_games_and(
        "[limits]\nproxy_protocol = true\n[tls]\ncert = \"own.crt\"\nkey = \"own.key\"\n",
    );
    place.write("beta/main.js", "new SharedArrayBuffer(1)");
    let request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout own.key -out own.crt -days 9 \
         -subj /CN=own";
    let words: Vec<_> = request.split_whitespace().collect();
    let made = place.command("openssl", &words).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let (_running, port) = serve(&place, &["beta"]);
    assert_eq!(ask(port, "/.webserver/ca.crt", &[]).status, 404);
    let page = ask(port, "/", &PHONE);
    assert!(is_invitation(&page), "{}", page.text());
    assert!(
        !page.text().contains("<svg") && !page.text().contains("ca.crt"),
        "{}",
        page.text()
    );
}
