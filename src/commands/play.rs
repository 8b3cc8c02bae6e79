//! `webserver check --play`: plays games in an installed browser, as this machine and as a phone.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::runtime;
use tokio::sync::oneshot;

use crate::cli::arguments::CheckOptions;
use crate::console::failure::{Exit, Failure};
use crate::console::findings::visitor_text;
use crate::console::locale;
use crate::console::message::t;
use crate::console::output::say;
use crate::console::printable::printable;
use crate::console::signals::{Signals, Stop};
use crate::control::build_job::{BuildBasis, BuildJob};
use crate::control::{publisher, sandbox, state};
use crate::play::browser::BrowserProcess;
use crate::play::installed;
use crate::play::visit::{VisitReport, visit};
use webserver::check::finding::Finding;
use webserver::check::play_fault::Visitor;
use webserver::check::played::{FaultsOfVisit, played_findings};
use webserver::http::service::{Handler, RequestLimits};
use webserver::library::game::Game;
use webserver::metrics::client::Client;
use webserver::metrics::counters::Counters;
use webserver::publish::slot::Slot;
use webserver::sandbox::Sandbox;
use webserver::server::Server;
use webserver::server::limits::Limits;
use webserver::server::listener::Listener;
use webserver::site::Site;
use webserver::site::options::BuildOptions;

/// The longest time for compressing a game before it is played.
const COMPRESSING: Duration = Duration::from_secs(60);

/// A game as it was played.
#[derive(Debug)]
pub(super) struct PlayedGame {
    /// The name and version of the browser.
    pub browser: String,
    pub visits: Vec<PlayedVisit>,
}

/// A visit, and the file with its last picture.
#[derive(Debug)]
pub(super) struct PlayedVisit {
    pub report: VisitReport,
    pub screenshot: Option<PathBuf>,
}

impl PlayedGame {
    /// The faults of all visits.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let visits = self.visits.iter().map(|visit| FaultsOfVisit {
            visitor: visit.report.visitor,
            has_picture: visit.report.has_picture,
            faults: &visit.report.faults,
        });
        played_findings(&visits.collect::<Vec<_>>())
    }
}

/// Plays games, one after another.
///
/// # Errors
/// If there is no browser, or it fails, or a game cannot be built, or the host interrupts.
pub(super) fn play(
    games: &[Game],
    options: &CheckOptions,
    build: BuildOptions,
) -> Result<Vec<PlayedGame>, Failure> {
    let program = match &options.browser {
        Some(program) => program.clone(),
        None => installed::find()
            .ok_or_else(|| Failure::failed(t!("play.no_browser")).hint(t!("play.install")))?,
    };
    if let Some(folder) = &options.out {
        fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    }
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .on_thread_start(|| Sandbox::serving().enter())
        .build()
        .map_err(Failure::failed)?;
    let played = runtime.block_on(async {
        let mut signals = Signals::listen()?;
        let player = Player::start(&program, options.out.as_deref(), build)?;
        tokio::select! {
            played = player.play_all(games) => played,
            stop = signals.next() => Err(interrupted(stop)),
        }
    });
    runtime.shutdown_background();
    played
}

fn interrupted(stop: Stop) -> Failure {
    Failure {
        exit: match stop {
            Stop::Interrupt => Exit::Interrupted,
            Stop::Terminate => Exit::Failed,
        },
        ..Failure::failed(t!("play.interrupted"))
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    Failure::failed(t!("play.unwritable", path = path, error = error))
}

/// A server of its own, and the browser to start.
struct Player<'a> {
    program: &'a Path,
    out: Option<&'a Path>,
    build: BuildOptions,
    slot: &'static Slot,
    port: u16,
}

impl<'a> Player<'a> {
    fn start(
        program: &'a Path,
        out: Option<&'a Path>,
        build: BuildOptions,
    ) -> Result<Self, Failure> {
        let slot = Slot::start(Site::waiting());
        let counters = Counters::start();
        let listener = Listener::bind(Some(IpAddr::V4(Ipv4Addr::LOCALHOST)), 0)?;
        let port = listener.address().port();
        let handler = Handler::new(slot, RequestLimits::default(), counters);
        let service_for = move |peer: SocketAddr| handler.for_client(Client::direct(peer.ip()));
        let server = Server::new(Limits::default(), counters);
        tokio::spawn(server.run(listener, service_for, std::future::pending()));
        // Players do not get a page that reloads itself.
        let mut build = build;
        build.live = false;
        Ok(Self {
            program,
            out,
            build,
            slot,
            port,
        })
    }

    async fn play_all(&self, games: &[Game]) -> Result<Vec<PlayedGame>, Failure> {
        let mut played = Vec::new();
        for game in games {
            let site = self.site(game).await?;
            self.slot.publish(site);
            self.slot.forget_earlier(Instant::now());
            played.push(self.play(game).await?);
        }
        Ok(played)
    }

    /// The game as players get it: with its content codings.
    async fn site(&self, game: &Game) -> Result<Site, Failure> {
        let mut job = BuildJob::start(game.clone(), self.build, BuildBasis::default());
        let site = job.finished().await;
        let site = site.map_err(|error| publisher::failure(game, &error.text()))?;
        let (done, compressed) = oneshot::channel();
        let confined = sandbox::for_building(game);
        std::thread::spawn(move || {
            confined.enter();
            let deadline = Instant::now() + COMPRESSING;
            let in_time = || Instant::now() < deadline;
            let coded = site.compressed(state::cache().as_ref(), &in_time);
            // Nobody waits after an interruption.
            let _ = done.send(coded.unwrap_or(site));
        });
        compressed
            .await
            .map_err(|_| publisher::failure(game, &t!("build.panicked")))
    }

    async fn play(&self, game: &Game) -> Result<PlayedGame, Failure> {
        let program = self.program.display();
        let failed = |error: &dyn std::fmt::Display| {
            Failure::failed(t!("play.failed", browser = program, error = error))
                .hint(t!("play.failed_hint", browser = program))
        };
        let mut browser = BrowserProcess::start(self.program)
            .await
            .map_err(|error| failed(&error))?;
        let mut visits = Vec::new();
        for visitor in [Visitor::ThisMachine, Visitor::Phone] {
            let title = game.title.get(locale::current());
            say(&format!(
                "{}\n",
                printable(&t!(
                    "play.begins",
                    title = title,
                    visitor = visitor_text(visitor)
                ))
            ));
            let report = visit(&mut browser, visitor, self.port).await;
            let mut report = report.map_err(|error| failed(&error))?;
            let screenshot = self.save(game, &mut report)?;
            visits.push(PlayedVisit { report, screenshot });
        }
        let product = browser.product.clone();
        browser.close().await;
        Ok(PlayedGame {
            browser: product,
            visits,
        })
    }

    fn save(&self, game: &Game, report: &mut VisitReport) -> Result<Option<PathBuf>, Failure> {
        let (Some(folder), Some(png)) = (self.out, report.screenshot.take()) else {
            return Ok(None);
        };
        let file = folder.join(format!("{}-{}.png", game.slug, report.visitor.token()));
        fs::write(&file, png).map_err(|error| unwritable(&file, &error))?;
        Ok(Some(file))
    }
}
