//! Properties of any request: a few thousand random ones, the same in every run, against small readings of
//! RFC 9110 that share nothing with the program.

mod methods;
pub(crate) mod multipart;
mod negotiation;
mod paths;
mod preconditions;
mod ranges;

use std::fs;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;
use webserver::library::game::Game;
use webserver::site::Site;
use webserver::site::last_modified::LastModified;
use webserver::site::options::BuildOptions;
use webserver::site::progress::BuildProgress;

use crate::support::respond;

/// The date that sites are published at here, the example of RFC 9110, 5.6.7, in its three formats.
pub(crate) const PUBLISHED: [&str; 3] = [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
];

/// [`PUBLISHED`] in seconds since 1970.
pub(crate) const PUBLISHED_SECONDS: u64 = 784_111_777;

/// Fields of a request: names and values.
pub(crate) type Fields = Vec<(&'static str, String)>;

/// So many cases, the same ones in every run; nothing is written down when one fails.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(9110),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The site of these files.
pub(crate) fn site<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    date: Option<LastModified>,
) -> Site {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files);
    let game = Game::from_folder(folder.path()).unwrap();
    let progress = BuildProgress::default();
    let mut site = Site::build(&game, BuildOptions::default(), None, &progress).unwrap();
    site.publish_at(date);
    site
}

/// Writes files and the folders that they need.
pub(crate) fn write<'a>(folder: &Path, files: impl IntoIterator<Item = (&'a str, &'a [u8])>) {
    for (name, content) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// An answer, its body read to the end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub fields: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// A field's value; empty when it has none.
    pub(crate) fn field(&self, name: &str) -> &str {
        let value = self.fields.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
}

/// The answer of a site to a request for this target with a `Host`.
pub(crate) fn ask(site: &Site, method: &str, target: &str, fields: &Fields) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header("host", "localhost");
    for (name, value) in fields {
        request = request.header(*name, value);
    }
    answer(site, &request.body(()).unwrap())
}

/// The answer of a site whose files are all in memory: its bodies never wait.
pub(crate) fn answer(site: &Site, request: &Request<()>) -> Answer {
    let (parts, body) = respond(site, request).into_parts();
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(body) = pin!(body.collect()).poll(&mut context) else {
        panic!("a body in memory waits");
    };
    Answer {
        status: parts.status.as_u16(),
        fields: parts.headers,
        body: body.unwrap().to_bytes().to_vec(),
    }
}
