//! The command: pick a game, put it on the air.

mod cli;
mod operator;
mod report;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use mimalloc::MiMalloc;
use rust_i18n::t;
use tokio::runtime;
use tokio::task::spawn_blocking;
use webserver::config::Config;
use webserver::games::Library;
use webserver::handler::Handler;
use webserver::language::Language;
use webserver::observe::observed;
use webserver::published::Published;
use webserver::server::{self, Drained, Listener};
use webserver::site::Site;

use crate::cli::{Cli, Command};
use crate::operator::signals::Signals;
use crate::operator::{choice, control, list, log, memory};
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
    if let Some(Command::Health { port }) = &cli.command {
        return control::health(cli::port(Some(port))?);
    }
    let port = match &cli.command {
        None => Some(cli::port(cli.port.as_deref())?),
        Some(_) => None,
    };
    let mut config = Config::find(cli.options.config.as_deref())?;
    cli.options.apply(&mut config);
    config.lang.unwrap_or_else(Language::of_system).speak();
    let library = Library::open(&config.games());
    if let Some(Command::List { json }) = cli.command {
        return list::print(&library, json);
    }
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::failed)?;
    let exit = runtime.block_on(on_the_air(port.unwrap_or_default(), &cli, &config, library));
    // The thread that waits for a key is not waited for.
    runtime.shutdown_background();
    exit
}

async fn on_the_air(
    port: u16,
    cli: &Cli,
    config: &Config,
    library: Library,
) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()?;
    let log = log::start(config.log, config.quiet);
    let named = choice::named(&library, cli.game())?;
    let listener = Listener::bind(config.host.map(|host| host.0), port)?;
    let address = listener.address();
    let game = match named {
        Some(game) => game,
        None => match choice::asked(library, config, port, &mut signals).await? {
            Ok(game) => game,
            Err(exit) => return Ok(exit),
        },
    };
    let (building, options) = (game.clone(), config.site);
    let build = move || Site::build(&building, options, memory::publication_date());
    let site = tokio::select! {
        built = spawn_blocking(build) => built.map_err(Failure::failed)?,
        stop = signals.next() => return Ok(stop.exit()),
    };
    let site = site
        .map_err(|error| Failure::failed(t!("build.failed", title = game.title, error = error)))?;
    memory::remember_game(&game.slug);
    operator::announce(&game, &site, address, config.quiet, port == 0);

    let published = Arc::new(Published::new(site));
    let handler = Handler::new(Arc::clone(&published));
    // It may take longer than the server runs, so nobody waits for it.
    std::thread::spawn(move || published.compress(memory::cache().as_ref()));
    let service_for = move |peer: SocketAddr| observed(handler.clone(), peer.ip());
    let mut second = Signals::listen()?;
    let stopped = async move {
        signals.next().await;
    };
    // On a worker, where connections are served too: from here, each new one would have to change threads.
    let serving = tokio::spawn(server::run(listener, config.limits, service_for, stopped));
    let drained = tokio::select! {
        drained = serving => drained.map_err(Failure::failed)?,
        () = second.stop_twice() => return Ok(Exit::Interrupted),
    };
    if drained == Drained::Cut {
        tracing::warn!("{}", t!("server.cut"));
    }
    drop(log);
    Ok(Exit::Done)
}
