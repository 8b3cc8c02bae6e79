//! Files of a game with any content: it is detected, built and checked without a panic.
#![no_main]

use std::fs;

use libfuzzer_sys::{Corpus, fuzz_target};
use webserver::check::report::check;
use webserver::library::game::Game;
use webserver::site::Site;
use webserver::site::options::BuildOptions;
use webserver::site::progress::BuildProgress;

/// The files whose content is read: the first byte of the input selects one.
const FILES: [&str; 10] = [
    "index.html",
    "style.css",
    "main.js",
    "game.wasm",
    "game.wasm.br",
    "game.wasm.gz",
    "data/list.json",
    "manifest.webmanifest",
    "icon.svg",
    "worker.js",
];

const PAGE: &str = "<!doctype html><title>t</title><link rel=stylesheet href=style.css>\
    <link rel=manifest href=manifest.webmanifest><img src=icon.svg><script src=main.js></script>";
const SCRIPT: &str = "new Worker('worker.js'); fetch('game.wasm'); fetch('data/list.json');";

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some((selected, content)) = bytes.split_first() else {
        return Corpus::Reject;
    };
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let selected = FILES[usize::from(*selected) % FILES.len()];
    for (name, text) in [("index.html", PAGE), ("main.js", SCRIPT), (selected, "")] {
        let content = match name == selected {
            true => content,
            false => text.as_bytes(),
        };
        fs::write(folder.path().join(name), content).unwrap();
    }
    let game = Game::from_folder(folder.path()).unwrap();
    let progress = BuildProgress::default();
    let site = Site::build(&game, BuildOptions::default(), None, &progress).unwrap();
    assert!(site.files >= 2);
    check(&game).unwrap();
    Corpus::Keep
});
