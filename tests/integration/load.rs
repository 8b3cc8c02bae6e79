//! Many players at once: every body right, none lost.

use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::content::noise;
use crate::support::{Place, head};

const CLIENTS: usize = 500;
const REQUESTS: usize = 100;

/// The sizes of the game's files: what fits into one packet, what does not, and what no buffer takes at once.
const SIZES: [usize; 8] = [0, 1, 100, 1_000, 4_000, 8_192, 10_000, 60_000];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_players_get_every_file_right() {
    let place = Place::new();
    place.game("game");
    let mut files = Vec::new();
    for (seed, size) in (1..).zip(SIZES) {
        let content = noise(seed, size);
        place.write(&format!("game/{size}.bin"), &content);
        files.push((head("GET", &format!("/{size}.bin"), &[]), content));
    }
    let files = Arc::new(files);
    let (running, port) = place.serve(&["./game", "--log", "off"]);
    let mut players = JoinSet::new();
    for player in 0..CLIENTS {
        players.spawn(play(port, player, Arc::clone(&files)));
    }
    let right = timeout(Duration::from_secs(150), players.join_all());
    let right: usize = right.await.expect("all are answered").into_iter().sum();
    assert_eq!(right, CLIENTS * REQUESTS);
    drop(running);
}

/// A browser's connections: one for the page and six for its files.
const CONNECTIONS: usize = 7;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_browsers_behind_one_address_all_play() {
    let (browsers, files) = (300, 12);
    raise_descriptor_limit(browsers as u64 * CONNECTIONS as u64 + 512);
    let place = Place::with_three_games_and("[limits]\ntrusted_proxies = []");
    for file in 0..files {
        place.write(&format!("alpha/{file}.bin"), noise(file, 20_000));
    }
    let (running, port) = place.serve(&["alpha", "--log", "off"]);
    let mut players = JoinSet::new();
    for _ in 0..browsers {
        players.spawn(async move {
            let page = "Accept: text/html";
            let (mut streams, mut right) = (Vec::new(), 0);
            for connection in 0..CONNECTIONS as u32 {
                let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                let mut stream = BufReader::new(stream);
                let (path, field) = match connection {
                    0 => ("/".to_owned(), page),
                    file => (format!("/{file}.bin"), "Accept: */*"),
                };
                let request = head("GET", &path, &[field]);
                stream.write_all(request.as_bytes()).await.unwrap();
                let (status, body) = answer(&mut stream).await;
                assert_eq!(status, "HTTP/1.1 200 OK");
                right += usize::from(connection == 0 || body == noise(connection, 20_000));
                // All stay open, as a browser keeps them.
                streams.push(stream);
            }
            (streams, right)
        });
    }
    let players = timeout(Duration::from_secs(150), players.join_all()).await;
    let players = players.expect("all play");
    assert!(players.iter().all(|(_, right)| *right == CONNECTIONS));
    let status = place.run(&["status", "--json"]).with_code(0).out;
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    let loading = status["loading"].as_array().unwrap().len();
    let counted = loading.max(status["browsers"].as_u64().unwrap() as usize);
    assert_eq!(counted, browsers, "{status}");
    assert_eq!(status["refused"].as_array().map(Vec::len), Some(0));
    drop((players, running));
}

/// This process holds the other end of each connection.
pub(crate) fn raise_descriptor_limit(needed: u64) {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: Some(limit.current.map_or(needed, |current| current.max(needed))),
        ..limit
    };
    setrlimit(Resource::Nofile, raised).unwrap();
}

/// Asks for one file after the other over one connection; says how many came as they should.
async fn play(port: u16, player: usize, files: Arc<Vec<(String, Vec<u8>)>>) -> usize {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::new(stream);
    let mut right = 0;
    for turn in 0..REQUESTS {
        let (request, content) = &files[(player + turn) % files.len()];
        stream.write_all(request.as_bytes()).await.unwrap();
        let (status, body) = answer(&mut stream).await;
        assert_eq!(status, "HTTP/1.1 200 OK");
        right += usize::from(body == *content);
    }
    right
}

async fn answer(stream: &mut BufReader<TcpStream>) -> (String, Vec<u8>) {
    let (mut status, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        let line = line.trim_end();
        match line.split_once(": ") {
            _ if status.is_empty() => status = line.to_owned(),
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().unwrap();
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    (status, body)
}
