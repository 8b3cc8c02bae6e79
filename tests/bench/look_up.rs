//! Requests to one game, and to one of 300 games of an arcade by its name and by its port, without a network, for a program
//! that counts instructions: `tests/bench/instructions`. `cargo bench --bench look_up -- ROW REQUESTS`
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::fs;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::Request;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower_service::Service;
use webserver::http::service::{Handler, RequestLimits};
use webserver::language::LocalizedText;
use webserver::library::game::Game;
use webserver::metrics::counters::Counters;
use webserver::publish::arcade::{Arcade, Entrance};
use webserver::publish::arcade_game::ArcadeGame;
use webserver::publish::slot::Slot;
use webserver::site::Site;
use webserver::site::options::BuildOptions;
use webserver::site::progress::BuildProgress;

const GAMES: usize = 300;
const MIDDLE: usize = GAMES / 2;
const TARGET: &str = "/42.js";

/// The fields of a request by Chromium.
const FIELDS: &[(&str, &str)] = &[
    ("connection", "keep-alive"),
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    ),
    ("accept", "*/*"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-mode", "no-cors"),
    ("sec-fetch-dest", "script"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-US,en;q=0.9"),
];

fn site() -> Site {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    for number in 0..50 {
        let script = format!("let n{number} = {number};\n").repeat(60);
        fs::write(folder.path().join(format!("{number}.js")), script).unwrap();
    }
    let game = Game::from_folder(folder.path()).unwrap();
    let (options, progress) = (BuildOptions::default(), BuildProgress::default());
    let site = Site::build(&game, options, None, &progress).unwrap();
    site.compressed(None, &|| true).unwrap()
}

/// An open arcade, in which the game in the middle is built.
fn arcade() -> (&'static Arcade, &'static ArcadeGame) {
    let (arcade, _wanted) = Arcade::start(None);
    let title = LocalizedText::plain("Title");
    let games: Vec<_> = (0..GAMES)
        .map(|number| ArcadeGame::start(&format!("game-{number}"), &title))
        .collect();
    arcade.list(games.iter().copied());
    arcade.set_open(true);
    games[MIDDLE].slot.publish(site());
    (arcade, games[MIDDLE])
}

fn main() {
    let words: Vec<_> = std::env::args().skip(1).collect();
    // `cargo bench` and `cargo test` start it without a row.
    let Some((row, Ok(requests))) = words.first().zip(words.get(1).map(|word| word.parse())) else {
        return;
    };
    let slot = Slot::start(site());
    let (arcade, game) = arcade();
    let handler = Handler::new(slot, RequestLimits::default(), Counters::start());
    let (way, row) = row.split_once('-').unwrap();
    let (handler, host) = match row {
        "name" => (
            handler.at(Entrance::Main(arcade)),
            format!("game-{MIDDLE}.localhost:8080"),
        ),
        "port" => (
            handler.at(Entrance::Game(arcade, game)),
            "192.168.100.17:8081".to_owned(),
        ),
        _ => (handler, "192.168.100.17:8080".to_owned()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    match way {
        "connection" => runtime.block_on(over_connection(handler, &host, requests)),
        _ => runtime.block_on(directly(handler, &host, requests, row != "nothing")),
    }
}

/// Calls the service with requests that are there already. Without answers, it costs what making the requests does.
async fn directly(mut handler: Handler, host: &str, requests: u32, is_answered: bool) {
    for _ in 0..requests {
        let request = Request::get(TARGET).header("host", host);
        let request = FIELDS.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        if is_answered {
            let response = handler.call(request).await.unwrap();
            assert_eq!(response.status(), 200);
        }
    }
}

/// Sends requests through hyper, one after the other, over a pipe in memory.
async fn over_connection(handler: Handler, host: &str, requests: u32) {
    let (mut client, server) = tokio::io::duplex(64 << 10);
    let service = hyper::service::service_fn(move |request| {
        let mut handler = handler;
        handler.call(request)
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(server), service);
    let fields: String = FIELDS
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let request = format!("GET {TARGET} HTTP/1.1\r\nhost: {host}\r\n{fields}\r\n");
    let exchange = async move {
        let mut length = None;
        let mut answer = vec![0; 64 << 10];
        for _ in 0..requests {
            client.write_all(request.as_bytes()).await.unwrap();
            let mut got = 0;
            while got == 0 || length.is_some_and(|length| got < length) {
                got += client.read(&mut answer[got..]).await.unwrap();
            }
            assert!(answer.starts_with(b"HTTP/1.1 200"));
            // The head and the content may come one after the other.
            if length.is_none() {
                tokio::task::yield_now().await;
                length = Some(got);
            }
        }
    };
    let (served, ()) = tokio::join!(connection, exchange);
    served.unwrap();
}
