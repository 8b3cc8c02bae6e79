//! The command: pick a game, put it on the air.

mod cli;
mod import;
mod operator;
mod report;

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use mimalloc::MiMalloc;
use rust_i18n::t;
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};
use webserver::config::Config;
use webserver::confinement::Confinement;
use webserver::counters::Counters;
use webserver::games::Library;
use webserver::handler::{self, Handler};
use webserver::language::Language;
use webserver::observe::observed;
use webserver::published::Published;
use webserver::server::{Drained, Listener, Server};

use crate::cli::{Cli, Command};
use crate::import::Shelf;
use crate::operator::desk::{Desk, Setting};
use crate::operator::input::Console;
use crate::operator::signals::{self, Signals};
use crate::operator::switch::Building;
use crate::operator::watch::Watch;
use crate::operator::{
    changes, check, choice, confine, control, list, log, memory, metrics, switch, why,
};
use crate::report::{Exit, Failure};

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
        Some(Command::Health { port }) => return control::health(cli::port(Some(port))?),
        Some(Command::Publish { game, port }) => return control::publish(port.as_deref(), game),
        Some(Command::Status { metrics, port, .. }) if *metrics => {
            return control::metrics(port.as_deref());
        }
        Some(Command::Status { json, port, .. }) => return control::status(port.as_deref(), *json),
        Some(Command::Stop { port }) => return control::stop(port.as_deref()),
        _ => {}
    }
    let port = match &cli.command {
        None => Some(cli::port(cli.port.as_deref())?),
        Some(_) => None,
    };
    let mut config = Config::find(cli.options.config.as_deref())?;
    cli.options.apply(&mut config);
    config.lang.unwrap_or_else(Language::of_system).speak();
    let shelf = || Shelf::find(cli.options.config.as_deref()).map_err(Failure::usage);
    match &cli.command {
        Some(Command::Add(add)) => return changes::add(add, shelf()?),
        Some(Command::Remove { slug, yes }) => return changes::remove(&shelf()?, slug, *yes),
        Some(Command::Rename(rename)) => return changes::rename(&shelf()?, rename),
        _ => {}
    }
    let library = Library::open(&config.games());
    if let Some(Command::List { json, why }) = &cli.command {
        return match why {
            Some(game) => why::print(&library, game, *json),
            None => list::print(&library, *json),
        };
    }
    if let Some(Command::Check { game, json }) = &cli.command {
        return check::print(&library, game.as_deref(), *json);
    }
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_start(|| Confinement::serving().enter())
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
    let mut console = Console::open();
    let (_log, request_log) = log::start(config.log, config.quiet, console.terminal.clone());
    let named = cli
        .game()
        .map(|name| choice::named(&library, &name, Path::new("")));
    let named = named.transpose()?;
    let listener = Listener::bind(config.host.map(|host| host.0), port)?;
    let address = listener.address();
    let mut watch = Watch::default();
    let first = async {
        let game = match named {
            Some(game) => game,
            None => match choice::asked(&library, &config, port, &mut console).await? {
                Ok(game) => game,
                Err(exit) => return Ok(Err(exit)),
            },
        };
        if config.watch {
            watch.follow(&game.source, None, config.file());
        }
        switch::first(Building::begin(game, config.site, None), &mut console).await
    };
    let first = tokio::select! {
        first = first => first?,
        stop = signals.next() => return Ok(stop.exit()),
    };
    let (game, site) = match first {
        Ok(first) => first,
        Err(exit) => return Ok(exit),
    };
    memory::remember_game(&game.slug);
    // Who wants to hear nothing has the terminal back.
    let console = Some(console).filter(|console| !(config.quiet && console.terminal.is_some()));
    let has_keys = console
        .as_ref()
        .is_some_and(|console| console.terminal.is_some());
    let counters = Counters::start();
    let (requests, asked) = mpsc::channel(16);
    // Whoever reads the announcement may ask at once.
    let _socket = control::Socket::open(address.port(), requests, counters)
        .inspect_err(|error| tracing::warn!("{}", t!("control.closed", error = error)));
    operator::announce(&game, &site, address, (config.quiet, port == 0, has_keys));

    let published = Published::start(site);
    let limits = handler::Limits {
        target: config.limits.target_bytes.get(),
        content: config.limits.content_bytes,
    };
    let handler = Handler::new(published, limits);
    switch::compress(published);
    if let Some(address) = config.metrics {
        metrics::serve(address, counters)?;
    }
    confine::say_whether_possible();
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
    let desk = Desk::new(
        Setting {
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
