//! The cost of answering a request without a network, and of building a site: `cargo bench --bench respond`.
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::fs;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use http::Request;
use tempfile::TempDir;
use webserver::http::answer::answer;
use webserver::library::game::Game;
use webserver::metrics::site_counters::SiteCounters;
use webserver::publish::on_air::Published;
use webserver::site::Site;
use webserver::site::options::BuildOptions;
use webserver::site::progress::BuildProgress;

/// A game of 500 files of 10 kB.
fn game() -> (TempDir, Game) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    for number in 0..500 {
        let script = format!("let n{number} = {number};\n").repeat(600);
        fs::write(folder.path().join(format!("{number}.js")), script).unwrap();
    }
    let game = Game::from_folder(folder.path()).unwrap();
    (folder, game)
}

fn request(fields: &[(&str, &str)], target: &str) -> Request<()> {
    let mut request = Request::get(target).header("host", "localhost:8080");
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap()
}

fn answers(criterion: &mut Criterion) {
    let (_folder, game) = game();
    let site = Site::build(
        &game,
        BuildOptions::default(),
        None,
        &BuildProgress::default(),
    )
    .unwrap();
    let site = site.compressed(None, &|| true).unwrap();
    let counters = SiteCounters::new(std::iter::repeat_n(0, site.files));
    let published = Published {
        site: &site,
        counters: &counters,
    };
    let tag = answer(published, &request(&[], "/42.js")).headers()["etag"].clone();
    let tag = tag.to_str().unwrap();
    for (name, request) in [
        ("hit", request(&[], "/42.js")),
        (
            "br",
            request(&[("accept-encoding", "gzip, deflate, br, zstd")], "/42.js"),
        ),
        ("304", request(&[("if-none-match", tag)], "/42.js")),
        ("range", request(&[("range", "bytes=100-199")], "/42.js")),
        ("miss", request(&[], "/nope.js")),
    ] {
        criterion.bench_function(name, |bench| {
            bench.iter(|| black_box(answer(published, black_box(&request))));
        });
    }
}

fn building(criterion: &mut Criterion) {
    let (_folder, game) = game();
    criterion.bench_function("build 500 files", |bench| {
        bench.iter(|| {
            Site::build(
                black_box(&game),
                BuildOptions::default(),
                None,
                &BuildProgress::default(),
            )
            .unwrap()
        });
    });
}

criterion_group!(benches, answers, building);
criterion_main!(benches);
