//! `webserver PORT [GAME]`: serves games until it is told to stop.

use std::net::SocketAddr;
use std::path::Path;

use tokio::runtime;
use tokio::sync::mpsc;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::cli::arguments::{Cli, NamedGame};
use crate::cli::port;
use crate::commands::address_space;
use crate::commands::config::read_config;
use crate::commands::typed_game::unpack;
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::input::HostInput;
use crate::console::log::{self, RequestLog};
use crate::console::message::t;
use crate::console::signals::Signals;
use crate::control::addresses::is_container;
use crate::control::announce::Announcement;
use crate::control::arcade::ArcadeGames;
use crate::control::catalog::Catalog;
use crate::control::client;
use crate::control::event::EventSources;
use crate::control::first_game::FirstGame;
use crate::control::game_ports::{GameListener, GamePorts};
use crate::control::guest_watch::Guests;
use crate::control::library_source::{LibrarySource, bucket_place};
use crate::control::local_name::LocalName;
use crate::control::replica::ReplicaHandle;
use crate::control::replica_event::ReplicaParts;
use crate::control::session::{Session, SessionParts};
use crate::control::socket::ControlSocket;
use crate::control::{sandbox, serve_metrics};
use crate::import::temporary::TemporaryGame;
use crate::web_console;
use webserver::config::Config;
use webserver::config::console_options::ConsoleAddress;
use webserver::http::secure_entry::TlsOffer;
use webserver::http::service::{Handler, RequestLimits};
use webserver::library::listing::Library;
use webserver::metrics::access_log::observed;
use webserver::metrics::client::Client;
use webserver::metrics::counters::Counters;
use webserver::publish::arcade::{Arcade, Entrance};
use webserver::publish::join_board::JoinBoard;
use webserver::publish::slot::Slot;
use webserver::sandbox::Sandbox;
use webserver::server::listener::{BindError, Listener};
use webserver::server::workers::Workers;
use webserver::server::{Drained, Server};
use webserver::site::Site;
use webserver::tls::keeper::{CertificateSource, Keeper};
use webserver::tls::options::TlsMode;

/// The commands that may wait for the session.
const WAITING_COMMANDS: usize = 16;

/// Serves until the server is stopped.
///
/// # Errors
/// If the port cannot be bound, or the first game is not found or cannot be built.
pub(super) fn run(cli: &Cli) -> Result<Exit, Failure> {
    let port = port::port_or_variable(cli.port.as_deref());
    let port = port.map_err(|failure| without_port(failure, cli))?;
    address_space::check()?;
    let config = read_config(&cli.options)?;
    let verbosity = match config.quiet {
        true => log::Verbosity::Quiet,
        false => log::Verbosity::Usual,
    };
    let log = log::start(config.log, verbosity);
    let named = cli.game().map(|named| named.name());
    let temporary = match named.filter(|named| TemporaryGame::is_for(named)) {
        None => None,
        Some(named) => match unpack(named)? {
            (Exit::Done, game) => game,
            (exit, _) => return Ok(exit),
        },
    };
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_start(|| Sandbox::serving().enter())
        .build()
        .map_err(Failure::failed)?;
    let exit = runtime.block_on(serve(port, cli, config, (log, temporary)));
    // Do not wait for the thread that waits for a key.
    runtime.shutdown_background();
    exit
}

/// Names the whole command where a game was typed in place of the port.
fn without_port(failure: Failure, cli: &Cli) -> Failure {
    let Some(typed) = cli.port.as_deref() else {
        return failure;
    };
    let is_game = || {
        let config = read_config(&cli.options).ok()?;
        Library::open(&config.library_options())
            .find(typed)
            .map(drop)
    };
    match Path::new(typed).exists() || typed.contains("://") || is_game().is_some() {
        true => failure.hint(t!(
            "hint.command",
            command = format!("webserver 8080 {}", typed.escape_debug())
        )),
        false => failure,
    }
}

async fn serve(
    port: u16,
    cli: &Cli,
    config: Config,
    (log, temporary): (RequestLog, Option<TemporaryGame>),
) -> Result<Exit, Failure> {
    let signals = Signals::listen()?;
    let input = HostInput::open();
    let named = named_game(cli, temporary.as_ref());
    let place = bucket_place(&config)?.filter(|_| named.is_none());
    let (library_source, library) = match &place {
        // The port answers before the library does, which may be away.
        Some(_) => Default::default(),
        None => LibrarySource::find(named.as_ref(), &config)?,
    };
    let named = named.filter(|_| !library_source.is_folder());
    let first = match &place {
        Some(_) => FirstGame::of_replica(&input),
        None => FirstGame::decide(named.as_ref(), &library, &config, (&input, port))?,
    };
    let keeper = certificates(&config)?;
    let listener = bind(&config, port).await?;
    let listening = listener.address();
    let counters = Counters::start();
    let (requests, asked) = mpsc::channel(WAITING_COMMANDS);
    let _socket = ControlSocket::open(listening.port(), &requests, counters).inspect_err(|error| {
        tracing::warn!(event = "control_socket_unavailable", error = error.text())
    });
    if let Some(address) = config.metrics {
        serve_metrics::serve(address, counters)?;
    }
    let web_console = config.console.listen.map(|ConsoleAddress(address)| {
        let file = cli.options.config.clone();
        web_console::serve::serve((address, file), &requests, counters, keeper.clone())
    });
    let web_console = web_console.transpose()?;
    let local_name = local_name(&config, listening);
    // The port answers at once: with the waiting page until there is a game.
    let slot = Slot::start(Site::waiting());
    let (bound, game_listeners) = mpsc::unbounded_channel();
    let ports = GamePorts::new(listening, port != 0, bound);
    let (report_change, library_changed) = mpsc::channel(1);
    let mut arcade = ArcadeGames::new(&config, ports, counters, report_change);
    let catalog = Catalog {
        options: &cli.options,
        source: library_source,
        config,
        library,
    };
    let config = catalog.config.clone();
    if config.arcade {
        catalog.with_arcade_library(|library| arcade.open(library))?;
    }
    let shutdown = CancellationToken::new();
    let limits = request_limits(&config);
    let server = Server::with_tls(config.limits.clone(), counters, keeper.clone());
    let tls = keeper.map(|keeper| tls_offer(keeper, &config));
    let board = JoinBoard::start();
    let guests = Guests::none();
    let parts = ReplicaParts {
        slot,
        counters,
        options: config.site,
    };
    let replica = place.map(|place| ReplicaHandle::start(place, parts));
    let replica = replica.transpose()?;
    if let Some(replica) = &replica {
        replica.read_library(config.clone());
    }
    let answering = answer_players(
        (listener, game_listeners),
        (slot, arcade.arcade()),
        (server.clone(), limits, tls, board),
        (shutdown.clone(), counters, guests),
    );
    let session = Session::new(SessionParts {
        announcement: announcement(&config, port, &input),
        catalog,
        input,
        log,
        listening,
        counters,
        arcade,
        web_console,
        replica,
        slot,
        server,
        name: local_name
            .as_ref()
            .map(LocalName::announced)
            .unwrap_or_default(),
        board,
        guests,
        shutdown,
    });
    tokio::select! {
        drained = answering => end(drained?),
        exit = session.run(first, EventSources::new(asked, library_changed, signals)) => exit,
    }
}

/// The game named on the command line; one that was downloaded or unpacked is played from its temporary folder.
fn named_game(cli: &Cli, temporary: Option<&TemporaryGame>) -> Option<NamedGame> {
    let mut named = cli.game()?;
    if let Some(game) = temporary {
        named.words = vec![game.path.display().to_string()];
        named.overrides.entry = named.overrides.entry.take().or(game.entry.clone());
    }
    Some(named)
}

fn request_limits(config: &Config) -> RequestLimits {
    RequestLimits {
        target: config.limits.target_bytes.get(),
        content: config.limits.content_bytes,
        per_client: config.limits.connections_per_address.get(),
    }
}

/// The keeper is leaked on purpose, once: each request is answered by a copy of the service.
fn tls_offer(keeper: Keeper, config: &Config) -> TlsOffer {
    TlsOffer {
        keeper: Box::leak(Box::new(keeper)),
        is_only: config.tls.mode == TlsMode::Only,
    }
}

/// Binds the port. If another of this user's servers has it, the hint is how to publish there.
async fn bind(config: &Config, port: u16) -> Result<Listener, Failure> {
    let host = config.host.map(|host| host.0);
    let error = match Listener::bind(host, port) {
        Ok(listener) => return Ok(listener),
        Err(error) => error,
    };
    let title = match error {
        BindError::InUse { port, .. } => client::title_on_air(port).await,
        _ => None,
    };
    Err(match title {
        Some(title) => {
            Failure::failed(t!("bind.in_use_by_us", port = port, title = title)).hint(t!(
                "hint.command",
                command = format!("webserver publish GAME --port {port}")
            ))
        }
        None => Failure::from(error),
    })
}

/// Registers the server's name in the local network. A container's network is not that of the players, unless the host
/// says so by choosing a name or an address.
fn local_name(config: &Config, listening: SocketAddr) -> Option<LocalName> {
    let is_reached = !is_container() || config.name.is_some() || config.host.is_some();
    let is_wanted = config.mdns && is_reached && !listening.ip().is_loopback();
    is_wanted
        .then(|| LocalName::register(config.local_label(), listening))
        .flatten()
}

/// The keeper of the certificates; `None` if TLS is off.
fn certificates(config: &Config) -> Result<Option<Keeper>, Failure> {
    let tls = &config.tls;
    let source = match (tls.mode, &tls.cert, &tls.key) {
        (TlsMode::Off, ..) => return Ok(None),
        (_, Some(cert), Some(key)) => CertificateSource::Files(cert.clone(), key.clone()),
        (_, None, None) => CertificateSource::Authority(config.local_names()),
        _ => return Err(Failure::usage(t!("tls.pair"))),
    };
    let keeper = Keeper::start(source).map_err(|error| Failure::failed(error.text()))?;
    Ok(Some(keeper))
}

fn announcement(config: &Config, port: u16, input: &HostInput) -> Announcement {
    match (config.quiet, port, &input.terminal) {
        (true, 0, _) => Announcement::AddressOnly,
        (true, ..) => Announcement::Silent,
        (false, _, Some(_)) => Announcement::WithKeys,
        (false, _, None) => Announcement::WithoutKeys,
    }
}

/// Answers players until `shutdown`, at the server's port and at those of games.
async fn answer_players(
    (listener, mut game_listeners): (Listener, UnboundedReceiver<GameListener>),
    (slot, arcade): (&'static Slot, &'static Arcade),
    (server, limits, tls, board): (Server, RequestLimits, Option<TlsOffer>, &'static JoinBoard),
    (shutdown, counters, guests): (CancellationToken, &'static Counters, Guests),
) -> Result<Drained, Failure> {
    let handler = Handler::new(slot, limits, counters)
        .with_tls(tls)
        .with_join_board(board);
    // Leaked on purpose, once: each request is answered by a copy of the service.
    let proxies: &'static [_] = server.trusted_proxies().leak();
    sandbox::log_if_unavailable();
    let workers = Workers::start(|| Sandbox::serving().enter()).map_err(Failure::failed)?;
    let mut ports = JoinSet::new();
    let serve = |ports: &mut JoinSet<Drained>, listener, entrance| {
        let handler = handler.at(entrance);
        let service_for = move |peer: SocketAddr| {
            guests.note(peer.ip());
            let client = Client::new(peer.ip(), proxies);
            observed(handler.for_client(client), client, counters)
        };
        let running = workers.run(&server, listener, service_for, &shutdown);
        ports.spawn(running.map_err(Failure::failed)?);
        Ok::<_, Failure>(())
    };
    serve(&mut ports, listener, Entrance::Main(arcade))?;
    let mut drained = Drained::Whole;
    loop {
        tokio::select! {
            Some((listener, game)) = game_listeners.recv() => {
                serve(&mut ports, listener, Entrance::Game(arcade, game))?;
            }
            ended = ports.join_next() => match ended {
                Some(ended) => {
                    if ended.map_err(Failure::failed)? == Drained::Cut {
                        drained = Drained::Cut;
                    }
                }
                None => return Ok(drained),
            },
        }
    }
}

fn end(drained: Drained) -> Result<Exit, Failure> {
    if drained == Drained::Cut {
        tracing::warn!(event = "downloads_cut");
    }
    Ok(Exit::Done)
}
