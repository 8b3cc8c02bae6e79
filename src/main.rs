//! The command: pick a game, put it on the air.

mod cli;
mod commands;
mod console;
mod control;
mod import;

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use mimalloc::MiMalloc;
use rust_i18n::t;
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};

use crate::cli::{Action, Cli};
use crate::commands::{add, check, explain, list, remove, rename};
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::input::HostInput;
use crate::console::signals::Signals;
use crate::console::{locale, log, signals};
use crate::control::build_job::BuildJob;
use crate::control::session::{Session, SessionStart};
use crate::control::watch::Watcher;
use crate::control::{
    announce, build_job, client, first_game, sandbox, serve_metrics, socket, state,
};
use crate::import::store::Store;
use webserver::config::Config;
use webserver::http::service;
use webserver::http::service::Handler;
use webserver::language::Language;
use webserver::library::listing::Library;
use webserver::metrics::access_log::observed;
use webserver::metrics::counters::Counters;
use webserver::publish::Slot;
use webserver::sandbox::Sandbox;
use webserver::server::listener::Listener;
use webserver::server::{Drained, Server};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

rust_i18n::i18n!("src/locales", fallback = "en");

fn main() -> ExitCode {
    let exit = run().unwrap_or_else(|failure| {
        failure.print();
        failure.exit
    });
    ExitCode::from(exit as u8)
}

fn run() -> Result<Exit, Failure> {
    let Some(cli) = cli::parse(std::env::args_os().collect())? else {
        return Ok(Exit::Done);
    };
    match &cli.command {
        Some(Action::Health { port }) => return client::health(cli::port(Some(port))?),
        Some(Action::Publish { game, port }) => return client::publish(port.as_deref(), game),
        Some(Action::Status { metrics, port, .. }) if *metrics => {
            return client::metrics(port.as_deref());
        }
        Some(Action::Status { json, port, .. }) => return client::status(port.as_deref(), *json),
        Some(Action::Stop { port }) => return client::stop(port.as_deref()),
        _ => {}
    }
    let port = match &cli.command {
        None => Some(cli::port(cli.port.as_deref())?),
        Some(_) => None,
    };
    let mut config = Config::find(cli.options.config.as_deref())?;
    cli.options.apply(&mut config);
    locale::set(config.lang.unwrap_or_else(Language::from_environment));
    let shelf =
        || Store::find(cli.options.config.as_deref()).map_err(|error| Failure::usage(error.text()));
    match &cli.command {
        Some(Action::Add(add)) => return add::add(add, shelf()?),
        Some(Action::Remove { slug, yes }) => return remove::remove(&shelf()?, slug, *yes),
        Some(Action::Rename(rename)) => return rename::rename(&shelf()?, rename),
        _ => {}
    }
    let library = Library::open(&config.games());
    if let Some(Action::List { json, why }) = &cli.command {
        return match why {
            Some(game) => explain::print(&library, game, *json),
            None => list::print(&library, *json),
        };
    }
    if let Some(Action::Check { game, json }) = &cli.command {
        return check::print(&library, game.as_deref(), *json);
    }
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_start(|| Sandbox::serving().enter())
        .build()
        .map_err(Failure::failed)?;
    let exit = runtime.block_on(on_the_air(port.unwrap_or_default(), &cli, config, library));
    // The thread that waits for a key is not waited for.
    runtime.shutdown_background();
    exit
}

async fn on_the_air(
    port: u16,
    cli: &Cli,
    config: Config,
    library: Library,
) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()?;
    let mut console = HostInput::open();
    let (_log, request_log) = log::start(config.log, config.quiet, console.terminal.clone());
    let named = cli
        .game()
        .map(|name| first_game::named(&library, &name, Path::new("")));
    let named = named.transpose()?;
    let listener = Listener::bind(config.host.map(|host| host.0), port)?;
    let address = listener.address();
    let mut watch = Watcher::default();
    let first = async {
        let game = match named {
            Some(game) => game,
            None => match first_game::asked(&library, &config, port, &mut console).await? {
                Ok(game) => game,
                Err(exit) => return Ok(Err(exit)),
            },
        };
        if config.watch {
            watch.follow(&game.source, None, config.file());
        }
        build_job::first(BuildJob::begin(game, config.site, None), &mut console).await
    };
    let first = tokio::select! {
        first = first => first?,
        stop = signals.next() => return Ok(stop.exit()),
    };
    let (game, site) = match first {
        Ok(first) => first,
        Err(exit) => return Ok(exit),
    };
    state::remember_game(&game.slug);
    // Who wants to hear nothing has the terminal back.
    let console = Some(console).filter(|console| !(config.quiet && console.terminal.is_some()));
    let has_keys = console
        .as_ref()
        .is_some_and(|console| console.terminal.is_some());
    let counters = Counters::start();
    let (requests, asked) = mpsc::channel(16);
    // Whoever reads the announcement may ask at once.
    let _socket = socket::Socket::open(address.port(), requests, counters)
        .inspect_err(|error| tracing::warn!("{}", t!("control.closed", error = error.text())));
    announce::announce(&game, &site, address, (config.quiet, port == 0, has_keys));

    let published = Slot::start(site);
    let limits = service::RequestLimits {
        target: config.limits.target_bytes.get(),
        content: config.limits.content_bytes,
    };
    let handler = Handler::new(published, limits);
    build_job::compress(published);
    if let Some(address) = config.metrics {
        serve_metrics::serve(address, counters)?;
    }
    sandbox::say_whether_possible();
    let service_for = move |peer: SocketAddr| observed(handler, peer.ip(), counters);
    let (stop, told_to_stop) = oneshot::channel();
    let (stopping, told_again) = oneshot::channel();
    let stopped = async move {
        tokio::select! {
            _ = signals.next() => {}
            Ok(()) = told_to_stop => {}
        }
        published.end_events();
        // Nobody listens when all is over already.
        let _ = stopping.send(signals);
    };
    // On a worker, where connections are served too: from here, each new one would have to change threads.
    let server = Server::new(config.limits.clone(), counters);
    let serving = tokio::spawn(server.run(listener, service_for, stopped));
    let desk = Session::new(
        SessionStart {
            options: &cli.options,
            config,
            library,
            game,
            published,
            listening: address,
            counters,
            watch,
        },
        console,
        request_log,
        stop,
    );
    let drained = tokio::select! {
        drained = serving => drained.map_err(Failure::failed)?,
        () = desk.work(asked) => return Ok(Exit::Interrupted),
        () = signals::after(told_again) => return Ok(Exit::Interrupted),
    };
    if drained == Drained::Cut {
        tracing::warn!("{}", t!("server.cut"));
    }
    Ok(Exit::Done)
}
