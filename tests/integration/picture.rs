//! The moving picture of the README: what the terminal shows from the menu to the second game, beside a phone.
//!
//! `UPDATE_PICTURE=1 cargo test --test integration picture` draws it again.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Place, Screen, is_selected, port_in};

const ROWS: u16 = 17;
const COLUMNS: u16 = 80;

/// The size of a character, in units of the picture.
const CHARACTER: (f32, f32) = (7.8, 17.0);

/// A moment of the picture.
struct Moment {
    rows: Vec<String>,
    /// The game on the phone.
    game: Option<&'static str>,
    seconds: f32,
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Takes the moments from a real terminal. The port is the one that the README tells people to type.
fn moments() -> Vec<Moment> {
    let place = Place::new();
    let mut screen = Screen::open(
        &place,
        (ROWS, COLUMNS),
        &["0", "--no-qr", "--host", "127.0.0.1"],
    );
    let typed = |text: &str| vec![format!("$ {text}")];
    let mut moments = vec![
        Moment {
            rows: typed("▏"),
            game: None,
            seconds: 0.8,
        },
        Moment {
            rows: typed("webserver 8080"),
            game: None,
            seconds: 1.0,
        },
    ];
    let mut take = |screen: &Screen, game, seconds| {
        let port = port_in(&screen.text()).map(|port| port.to_string());
        // This machine may be a container; the reader's is not.
        let rows = { screen.rows().into_iter() }.filter(|row| !row.contains("In a container"));
        let rows = rows.map(|row| match &port {
            Some(port) => row.replace(port, "8080"),
            None => row,
        });
        moments.push(Moment {
            rows: rows.collect(),
            game,
            seconds,
        });
    };
    screen.until_selected("Garden Defense");
    take(&screen, None, 1.5);
    while !screen
        .rows()
        .iter()
        .any(|row| is_selected(row) && row.contains("2048"))
    {
        let before = screen.rows();
        screen.press("\x1b[B");
        screen.until("the next row", |rows| rows != before);
        take(&screen, None, 0.3);
    }
    screen.press("\r");
    screen.until_shows("http://");
    screen.until_shows("2048");
    take(&screen, None, 1.5);
    take(&screen, Some("2048"), 3.0);
    screen.press("g");
    screen.until_selected("2048");
    take(&screen, Some("2048"), 1.0);
    while !screen
        .rows()
        .iter()
        .any(|row| is_selected(row) && row.contains("1  Garden"))
    {
        let before = screen.rows();
        screen.press("\x1b[A");
        screen.until("the row above", |rows| rows != before);
        take(&screen, Some("2048"), 0.3);
    }
    screen.press("\r");
    screen.until("the menu is closed", |rows| {
        !rows.iter().any(|row| is_selected(row))
    });
    screen.until_shows("Garden Defense");
    take(&screen, Some("2048"), 1.0);
    take(&screen, Some("garden-defense"), 3.5);
    moments
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Draws the moments one after the other, each shown for its time.
fn draw(moments: &[Moment]) -> String {
    let all: f32 = moments.iter().map(|moment| moment.seconds).sum();
    let (width, height) = (
        f32::from(COLUMNS) * CHARACTER.0 + 24.0,
        f32::from(ROWS) * CHARACTER.1 + 24.0,
    );
    let phone = (height - 24.0) / 2.0;
    let mut style = String::new();
    let mut body = String::new();
    let mut start = 0.0;
    for (number, moment) in moments.iter().enumerate() {
        let (from, to) = (start / all * 100.0, (start + moment.seconds) / all * 100.0);
        start += moment.seconds;
        let _ = writeln!(
            style,
            "@keyframes m{number}{{0%,{from:.2}%{{opacity:0}}{from:.2}%,{to:.2}%{{opacity:1}}{to:.2}%,100%{{opacity:0}}}}\
             #m{number}{{opacity:0;animation:m{number} {all:.1}s step-end infinite}}"
        );
        let _ = write!(body, "<g id=\"m{number}\">");
        for (row, text) in moment
            .rows
            .iter()
            .enumerate()
            .filter(|(_, text)| !text.trim().is_empty())
        {
            let y = 24.0 + row as f32 * CHARACTER.1;
            let class = if is_selected(text) {
                " class=\"s\""
            } else {
                ""
            };
            let _ = writeln!(
                body,
                "<text x=\"12\" y=\"{y}\"{class}>{}</text>",
                escape(text.trim_end())
            );
        }
        if let Some(game) = moment.game {
            let _ = write!(body, "<use href=\"#{game}\"/>");
        }
        body.push_str("</g>\n");
    }
    let images = ["2048", "garden-defense"].map(|game| {
        let picture = fs::read(repository(&format!("tests/screenshots/phone-{game}.jpg"))).unwrap();
        format!(
            "<image id=\"{game}\" x=\"{}\" y=\"12\" width=\"{phone}\" height=\"{}\" href=\"data:image/jpeg;base64,{}\"/>\n",
            width + 12.0,
            height - 24.0,
            base64(&picture)
        )
    });
    let whole = width + phone + 36.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {height}\" role=\"img\">\n\
         <title>A game is chosen in the menu, appears on a phone, and another one takes its place</title>\n\
         <style>text{{font:13px/17px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d8dee9;white-space:pre}}\
         .s{{fill:#8fd3a8;font-weight:bold}}\n{style}</style>\n\
         <defs>\n{}</defs>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"10\" fill=\"#14181f\"/>\n\
         <rect x=\"{}\" y=\"4\" width=\"{}\" height=\"{}\" rx=\"14\" fill=\"#14181f\"/>\n\
         {body}</svg>\n",
        images.concat(),
        width + 4.0,
        phone + 16.0,
        height - 8.0,
    )
}

/// RFC 4648, 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| {
            bits << 8 | u32::from(group.get(at).copied().unwrap_or(0))
        });
        for at in 0..4 {
            text.push(match at <= group.len() {
                true => char::from(LETTERS[(bits >> (18 - 6 * at)) as usize & 63]),
                false => '=',
            });
        }
    }
    text
}

#[test]
fn the_picture_of_the_readme_shows_the_terminal_as_it_is() {
    let moments = moments();
    let path = repository("docs/demo.svg");
    if std::env::var_os("UPDATE_PICTURE").is_some() {
        fs::write(&path, draw(&moments)).unwrap();
    }
    let drawn = fs::read_to_string(path).unwrap();
    // Sizes and times differ between machines and runs; the menu does not.
    for row in moments
        .iter()
        .flat_map(|moment| &moment.rows)
        .filter(|row| is_selected(row))
    {
        assert!(
            drawn.contains(&escape(row.trim_end())),
            "not in docs/demo.svg: {row}"
        );
    }
}
