//! Requests and the answers they must get, with no port and no sleep.

mod dictionaries;
mod live_pages;
mod page_sessions;
mod parts;
mod representations;
mod targets;

use crate::fs::test_folder::test_folder;
use crate::http::answer::answer;
use crate::http::answer::decide;
use crate::http::body::Body;
use crate::library::game::Game;
use crate::metrics::site_counters::SiteCounters;
use crate::publish::on_air::OnAir;
use crate::publish::on_air::Published;
use crate::site::Site;
use crate::site::last_modified::LastModified;
use crate::site::options::BuildOptions;
use crate::site::progress::BuildProgress;
use http::HeaderMap;
use http::Method;
use http::Request;
use http::Response;
use http_body_util::BodyExt;
use std::fs;
use std::time::SystemTime;
use tempfile::TempDir;

const FILES: &[(&str, &str)] = &[
    ("index.html", "<!doctype html><title>t</title>"),
    ("main.js", "0123456789"),
    ("empty.txt", ""),
    ("levels/index.html", "levels"),
    ("levels/1 + 1 = 100%.json", "{}"),
    ("中文 #1?.png", "png"),
    (".env", "secret"),
];

fn site(files: &[(&str, &str)]) -> Site {
    build(
        &folder(files, SystemTime::now()),
        BuildOptions::default(),
        None,
    )
}

fn folder(files: &[(&str, &str)], modified: SystemTime) -> TempDir {
    let folder = test_folder(files);
    for (name, _) in files {
        let path = folder.path().join(name);
        let file = fs::File::options().append(true).open(path).unwrap();
        file.set_modified(modified).unwrap();
    }
    folder
}

fn folder_of(name: &str, content: &[u8]) -> TempDir {
    let folder = folder(&[("index.html", "")], SystemTime::now());
    fs::write(folder.path().join(name), content).unwrap();
    folder
}

fn build(folder: &TempDir, options: BuildOptions, date: Option<LastModified>) -> Site {
    let game = Game::from_folder(folder.path()).unwrap();
    let mut site = Site::build(&game, options, None, &BuildProgress::default()).unwrap();
    site.publish_at(date);
    site
}

fn compressed(files: &[(&str, &str)], modified: SystemTime, date: Option<LastModified>) -> Site {
    let site = build(&folder(files, modified), BuildOptions::default(), date);
    site.compressed(None, &|| true).unwrap()
}

/// The answer to `GET /main.js` and the like, fields given as `name: value` lines.
fn ask(site: &Site, request: &str) -> Response<Body> {
    let counters = SiteCounters::new([]);
    let published = Published {
        site,
        counters: &counters,
    };
    answer(published, &read(request))
}

/// The answer from the sites of a slot.
fn ask_slot(on_air: &OnAir, request: &str) -> Response<Body> {
    let request = read(request);
    decide(on_air, &request).into_response(&request)
}

fn read(request: &str) -> Request<()> {
    let mut lines = request.lines().map(str::trim);
    let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
    let mut request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(target)
        .header("host", "localhost");
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    request.body(()).unwrap()
}

fn bytes(response: Response<Body>) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let body = runtime.block_on(response.into_body().collect()).unwrap();
    body.to_bytes().to_vec()
}

fn text(response: Response<Body>) -> String {
    String::from_utf8(bytes(response)).unwrap()
}

fn field<'a>(fields: &'a HeaderMap, name: &str) -> &'a str {
    fields.get(name).map_or("", |value| value.to_str().unwrap())
}
