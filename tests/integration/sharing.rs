//! The address as a QR code: on the terminal, and in files. zbar, an independent reader, says what a phone would see.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Client, Place, Running, Screen, not_tested};

/// An address that is not called localhost, on every machine: Linux answers on all of 127.0.0.0/8.
const HOST: [&str; 2] = ["--host", "127.0.0.2"];

/// The text of the codes in a picture; `None` without zbar.
fn decoded(file: &Path) -> Option<String> {
    let Ok(output) = Command::new("zbarimg")
        .args(["-q", "--raw"])
        .arg(file)
        .output()
    else {
        not_tested("QR codes: this machine has no zbarimg (zbar-tools)");
        return None;
    };
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The same for a picture of the screen, each half cell eight pixels wide and high.
fn decoded_picture(place: &Place, picture: &[Vec<u8>]) -> Option<String> {
    const PIXELS: usize = 8;
    let (width, height) = (picture[0].len() * PIXELS, picture.len() * PIXELS);
    let mut pgm = format!("P5 {width} {height} 255\n").into_bytes();
    for row in picture {
        let row: Vec<u8> = row.iter().flat_map(|pixel| [*pixel; PIXELS]).collect();
        pgm.extend(row.repeat(PIXELS));
    }
    place.write("screen.pgm", pgm);
    decoded(&place.path("screen.pgm"))
}

/// The address below a code.
fn scanned(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("Scan to play: ")?;
    Some(rest.lines().next()?.trim_end().to_owned())
}

fn served(place: &Place, arguments: &[&str]) -> (Running, String) {
    let running = Running::start(place.webserver(&[&["0", "alpha"], arguments].concat()));
    let err = running.until_err("the end of the announcement", |err| err.contains("stops."));
    let (_, rest) = err.split_once("  http://").unwrap();
    let address = rest.split_whitespace().next().unwrap();
    (running, format!("http://{address}"))
}

#[test]
fn the_code_below_the_announcement_is_the_address_on_dark_and_light_terminals() {
    let place = Place::with_three_games();
    let arguments = ["0", "alpha", "--qr", HOST[0], HOST[1]];
    let screen = Screen::open(&place, (40, 80), &arguments);
    screen.until_shows("Scan to play");
    let address = scanned(&screen.text()).unwrap();
    assert!(address.starts_with("http://127.0.0.2:"), "{address}");
    for is_dark in [true, false] {
        let picture = screen.picture(is_dark);
        if let Some(text) = decoded_picture(&place, &picture) {
            assert_eq!(text, address, "is_dark: {is_dark}\n{screen}");
        }
    }
}

#[test]
fn the_key_c_shows_the_code_as_large_as_the_terminal_until_another_key() {
    let place = Place::with_three_games();
    let arguments = ["0", "alpha", "--no-qr", HOST[0], HOST[1]];
    let mut screen = Screen::open(&place, (70, 140), &arguments);
    screen.until_shows("h all keys");
    assert!(!screen.text().contains('▀'), "{screen}");
    screen.press("c");
    screen.until_shows("Press any key to go back");
    let address = scanned(&screen.text()).unwrap();
    let picture = screen.picture(false);
    if let Some(text) = decoded_picture(&place, &picture) {
        assert_eq!(text, address, "{screen}");
    }
    // The first row of the code's dark modules: seven of a finder pattern, four times as wide.
    let dark = picture
        .iter()
        .map(|row| row.iter().take_while(|pixel| **pixel != 0).count());
    assert_eq!(dark.min(), Some(4 * 4), "{screen}");
    screen.press("x");
    screen.until("a screen without the code", |rows| {
        !rows
            .iter()
            .any(|row| row.contains("Press any key to go back"))
    });
    screen.resize(12, 60);
    screen.press("c");
    screen.until_shows("The code needs a terminal of 19 rows and 33");
    screen.press_each(&["\u{3}"]);
    assert_eq!(screen.exit(), 0);
}

#[test]
fn the_code_is_written_as_png_and_svg() {
    let place = Place::with_three_games();
    let (_running, address) = served(&place, &HOST);
    let picture = ["qr", "--png", "code.png", "--svg", "code.svg"];
    place.run(&picture).with_code(0);
    let png = fs::read(place.path("code.png")).unwrap();
    // PNG, 5.2 (signature), 11.2.2 (IHDR).
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
    if let Some(text) = decoded(&place.path("code.png")) {
        assert_eq!(text, address);
    }
    let svg = fs::read_to_string(place.path("code.svg")).unwrap();
    assert!(svg.contains("viewBox=\"0 0 33 33\""), "{svg}");
    place
        .run(&["qr", "--png", "no/such/folder.png"])
        .with_code(1);
    // Without colours, as on a pipe: what is drawn shines.
    let code = place.run(&["qr"]).with_code(0).out;
    let rows: Vec<&str> = code.lines().collect();
    assert_eq!(rows[0].chars().count(), 33, "{code}");
    let picture: Vec<Vec<u8>> = rows[..17].iter().flat_map(|row| halves(row)).collect();
    if let Some(text) = decoded_picture(&place, &picture) {
        assert_eq!(text, address, "{code}");
    }
}

/// The brightness of the half cells of a row of light characters.
fn halves(row: &str) -> [Vec<u8>; 2] {
    let upper = row.chars().map(|c| if "█▀".contains(c) { 255 } else { 0 });
    let lower = row.chars().map(|c| if "█▄".contains(c) { 255 } else { 0 });
    [upper.collect(), lower.collect()]
}

#[test]
fn no_code_is_shown_of_an_address_that_only_this_machine_can_open() {
    let place = Place::with_three_games();
    let (running, _) = served(&place, &["--host", "localhost", "--qr"]);
    assert!(!running.err().contains("Scan to play"), "{}", running.err());
    let failed = place.run(&["qr"]).with_code(1);
    assert!(failed.err.contains("omit --host"), "{failed:?}");
}

/// The address on the page for the projector, for a visitor who came by this one.
fn joined(port: u16, host: &str, fields: &str) -> String {
    let mut client = Client::connect(port);
    let head = format!("GET /.webserver/join?now HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n");
    client.send(head);
    let page = client.answer().text();
    let address = page
        .split_once("class=\"address\"")
        .map_or("", |(_, rest)| rest);
    let address = address.split_once('>').map_or("", |(_, rest)| rest);
    address.split('<').next().unwrap().to_owned()
}

#[test]
fn the_page_for_the_projector_shows_the_address_that_leads_to_the_game() {
    let place = Place::with_three_games();
    place.write("beta/main.js", "new SharedArrayBuffer(1)");
    let (_running, address) = served(&place, &HOST);
    let shared = address.trim_start_matches("http://").trim_end_matches('/');
    let port = shared.rsplit(':').next().unwrap().parse().unwrap();
    let to = |host: &str, fields: &str| {
        let stream = std::net::TcpStream::connect(("127.0.0.2", port)).unwrap();
        let mut client = Client::over(stream).unwrap();
        client.send(format!(
            "GET /.webserver/join?now HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n"
        ));
        client.answer()
    };
    // This machine's own address leads nobody else here; any other does.
    for (host, fields, expected) in [
        ("localhost:8080", "", shared),
        ("127.0.0.1:8080", "", shared),
        ("192.168.1.5:8080", "", "192.168.1.5:8080"),
        ("games.example.org", "", "games.example.org"),
        (
            "games.example.org",
            "X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: https\r\n",
            "https://games.example.org",
        ),
    ] {
        let page = to(host, fields).text();
        assert!(
            page.contains(&format!(">{expected}</p>")),
            "{host} {fields}: {page}"
        );
        assert!(
            page.contains("<svg") && page.contains("<h1>Alpha Quest</h1>"),
            "{page}"
        );
    }
    let long = to(&format!("{}.example", "a".repeat(300)), "").text();
    assert!(long.contains(&format!(">{shared}</p>")), "{long}");
    let page = to("localhost", "Accept-Language: zh\r\n");
    assert_eq!(page.field("cache-control"), Some("no-store"));
    assert!(page.text().contains("0 位玩家已加载"), "{}", page.text());
    let (_running, port) = place.serve(&["beta"]);
    assert_eq!(
        joined(port, "192.168.1.5:8080", ""),
        "https://192.168.1.5:8080"
    );
    let (_running, port) = place.serve(&["beta", "--tls", "off"]);
    assert_eq!(joined(port, "192.168.1.5:8080", ""), "192.168.1.5:8080");
    let (_running, port) = place.serve(&["alpha", "--host", "127.0.0.1"]);
    let mut client = Client::connect(port);
    let page = client.get("/.webserver/join").text();
    assert!(
        page.contains("Only this machine can open the game"),
        "{page}"
    );
    assert_eq!(client.request("POST", "/.webserver/join", &[]).status, 405);
}
