//! The status of this server, from its parts.

use std::net::SocketAddr;
use std::time::Instant;

use crate::control::addresses::{PlayerAddresses, Scheme};
use crate::control::build_job::BuildJob;
use crate::control::local_name::AnnouncedName;
use crate::control::publisher::{Publisher, title};
use crate::control::request_rate::RequestRate;
use crate::control::status::{
    BrowserProgress, MissingFile, RefusalCount, RequestCount, Status, Traffic,
};
use webserver::metrics::counters::Counters;
use webserver::site::Site;
use webserver::tls::options::TlsMode;

/// The limit of requested and of missing files in the status.
const MAX_FILES: usize = 10;

/// The counters, and what rates need.
pub(crate) struct StatusSource {
    counters: &'static Counters,
    listening: SocketAddr,
    tls: TlsMode,
    name: AnnouncedName,
    started: Instant,
    rate: RequestRate,
}

impl StatusSource {
    /// The source for a server that starts now and listens here.
    pub(crate) fn start(
        counters: &'static Counters,
        listening: SocketAddr,
        tls: TlsMode,
        name: AnnouncedName,
    ) -> Self {
        let started = Instant::now();
        Self {
            counters,
            listening,
            tls,
            name,
            started,
            rate: RequestRate::new(started),
        }
    }

    /// The port that the server listens on.
    pub(crate) fn port(&self) -> u16 {
        self.listening.port()
    }

    /// True if it listens on all addresses of the machine.
    pub(crate) fn listens_everywhere(&self) -> bool {
        self.listening.ip().is_unspecified()
    }

    /// The addresses at which players reach the server and play this site.
    pub(crate) fn addresses(&self, site: &Site) -> PlayerAddresses {
        let scheme = match self.tls {
            TlsMode::Off => Scheme::Http,
            TlsMode::Only => Scheme::Https,
            TlsMode::Auto if site.secure.is_needed => Scheme::Https,
            TlsMode::Auto => Scheme::Http,
        };
        PlayerAddresses::of_server(self.listening, scheme).with_name(
            self.name.get().as_deref(),
            self.port(),
            scheme,
        )
    }

    /// The number of browsers that have the game on the air.
    pub(crate) fn browsers(&self) -> u64 {
        self.counters.browsers.now().all
    }

    /// The status now.
    pub(crate) fn status(&mut self, publisher: &Publisher) -> Status {
        let now = Instant::now();
        let counts = self.counters.now();
        let (requests, bytes) = self.rate.record(now, counts.requests, counts.sent);
        let on_air = publisher.slot().load();
        let published = on_air.current();
        let top = published.top(MAX_FILES);
        let missing = published.counters.missing();
        let current = publisher.current();
        let browsers = self.counters.browsers.now();
        let addresses = self.addresses(published.site);
        Status {
            game: current.map(|current| current.game.slug.clone()),
            title: current.map(|current| title(&current.game)),
            addresses: addresses.urls(),
            share: addresses.shared().map(str::to_owned),
            on_the_air_seconds: current.map_or(0, |current| (now - current.since).as_secs()),
            uptime_seconds: (now - self.started).as_secs(),
            building: publisher.job().map(|job| title(&job.game)),
            build: publisher.job().map(BuildJob::status),
            traffic: Traffic {
                connections: counts.connections,
                requests: counts.requests,
                bytes: counts.sent,
                requests_per_second: requests,
                bytes_per_second: bytes,
                not_found: counts.not_found,
            },
            browsers: browsers.loaded,
            loading: browsers
                .loading
                .into_iter()
                .map(BrowserProgress::from)
                .collect(),
            refused: RefusalCount::all_in(&counts),
            top: top.into_iter().map(RequestCount::from).collect(),
            missing: missing
                .into_iter()
                .take(MAX_FILES)
                .map(MissingFile::from)
                .collect(),
        }
    }
}
