//! `webserver PORT [GAME]`: serves games until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::runtime;
use tokio::sync::mpsc;

use crate::cli::arguments::{Cli, NamedGame};
use crate::cli::port;
use crate::commands::address_space;
use crate::commands::answer_players::answer_players;
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
use crate::control::console_link::ConsoleLink;
use crate::control::event::EventSources;
use crate::control::first_game::FirstGame;
use crate::control::game_ports::GamePorts;
use crate::control::library_source::{LibrarySource, bucket_place};
use crate::control::local_name::LocalName;
use crate::control::player_service::PlayerService;
use crate::control::replica::ReplicaHandle;
use crate::control::replica_event::ReplicaParts;
use crate::control::serve_metrics;
use crate::control::session::{Session, SessionParts};
use crate::control::socket::{ControlRequest, ControlSocket};
use crate::import::temporary::TemporaryGame;
use crate::web_console;
use webserver::config::Config;
use webserver::config::console_options::ConsoleAddress;
use webserver::http::secure_entry::TlsOffer;
use webserver::http::service::{Handler, RequestLimits};
use webserver::library::listing::Library;
use webserver::metrics::counters::Counters;
use webserver::sandbox::Sandbox;
use webserver::server::listener::{BindError, Listener};
use webserver::server::{Drained, Server};
use webserver::source::bucket::BucketPlace;
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
    if port::port_in(typed).is_some() {
        return failure;
    }
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
    let found = FoundLibrary::find(named, &config, (&input, port))?;
    let keeper = certificates(&config)?;
    let listener = bind(&config, port).await?;
    let listening = listener.address();
    let counters = Counters::start();
    let remote = RemoteControl::open(cli, &config, listening, (counters, keeper.as_ref()))?;
    let local_name = local_name(&config, listening);
    let server = Server::with_tls(config.limits.clone(), counters, keeper.clone());
    let players = PlayerService::start(server, counters);
    let (bound, game_listeners) = mpsc::unbounded_channel();
    let ports = GamePorts::new(listening, port != 0, bound);
    let (report_change, library_changed) = mpsc::channel(1);
    let mut arcade = ArcadeGames::new(&config, ports, counters, report_change);
    let catalog = Catalog {
        options: &cli.options,
        source: found.source,
        config,
        library: found.games,
    };
    let config = catalog.config.clone();
    if config.arcade {
        catalog.with_arcade_library(|library| arcade.open(library))?;
    }
    let replica = join_replicas(found.place, &players, &config)?;
    let answering = answer_players(
        players.clone(),
        handler(&players, &config, keeper),
        arcade.arcade(),
        (listener, game_listeners),
    );
    let name = local_name.as_ref().map(LocalName::announced);
    let session = Session::new(SessionParts {
        announcement: announcement(&config, port, &input),
        catalog,
        input,
        log,
        listening,
        players,
        arcade,
        web_console: remote.web_console,
        replica,
        name: name.unwrap_or_default(),
    });
    let events = EventSources::new(remote.asked, library_changed, signals);
    tokio::select! {
        drained = answering => end(drained?),
        exit = session.run(found.first, events) => exit,
    }
}

/// The library that is served, and the choice of its first game.
struct FoundLibrary {
    /// The place of a library in object storage.
    place: Option<Arc<BucketPlace>>,
    source: LibrarySource,
    games: Library,
    first: FirstGame,
}

impl FoundLibrary {
    /// Finds the library and the game that was named, if one was.
    ///
    /// # Errors
    /// If one of them is not found.
    fn find(
        named: Option<NamedGame>,
        config: &Config,
        (input, port): (&HostInput, u16),
    ) -> Result<Self, Failure> {
        let place = bucket_place(config)?.filter(|_| named.is_none());
        if place.is_some() {
            // The port answers before the library does, which may be away.
            return Ok(Self {
                place,
                source: LibrarySource::default(),
                games: Library::default(),
                first: FirstGame::of_replica(input),
            });
        }
        let (source, games) = LibrarySource::find(named.as_ref(), config)?;
        let named = named.filter(|_| !source.is_folder());
        let first = FirstGame::decide(named.as_ref(), &games, config, (input, port))?;
        Ok(Self {
            place: None,
            source,
            games,
            first,
        })
    }
}

/// The ways to watch and command the server from elsewhere than its terminal.
struct RemoteControl {
    /// The socket of `webserver status`, `publish` and `stop`, as long as the server runs.
    _socket: Option<ControlSocket>,
    /// The console in the host's browser.
    web_console: Option<ConsoleLink>,
    /// The commands that arrive.
    asked: mpsc::Receiver<ControlRequest>,
}

impl RemoteControl {
    /// Opens the control socket, and the metrics and the console that are configured.
    ///
    /// # Errors
    /// If the port of the metrics or of the console cannot be bound.
    fn open(
        cli: &Cli,
        config: &Config,
        listening: SocketAddr,
        (counters, keeper): (&'static Counters, Option<&Keeper>),
    ) -> Result<Self, Failure> {
        let (requests, asked) = mpsc::channel(WAITING_COMMANDS);
        let socket = ControlSocket::open(listening.port(), &requests, counters);
        let socket = socket.inspect_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => {
                tracing::warn!(event = "control_socket_taken", port = listening.port());
            }
            _ => tracing::warn!(event = "control_socket_unavailable", error = error.text()),
        });
        let mut own = vec![listening.port()];
        if let Some(address) = config.metrics {
            let listener = bind_beside(address, "--metrics", &own)?;
            own.push(listener.address().port());
            serve_metrics::serve(listener, counters);
        }
        let web_console = config.console.listen.map(|ConsoleAddress(address)| {
            let listener = bind_beside(address, "--console", &own)?;
            let file = cli.options.config.clone();
            web_console::serve::serve((listener, file), &requests, counters, keeper.cloned())
        });
        Ok(Self {
            _socket: socket.ok(),
            web_console: web_console.transpose()?,
            asked,
        })
    }
}

/// Joins the other servers of a library in object storage, and begins to read it.
fn join_replicas(
    place: Option<Arc<BucketPlace>>,
    players: &PlayerService,
    config: &Config,
) -> Result<Option<ReplicaHandle>, Failure> {
    let Some(place) = place else {
        return Ok(None);
    };
    let parts = ReplicaParts {
        slot: players.slot,
        counters: players.counters,
        options: config.site,
    };
    let replica = ReplicaHandle::start(place, parts)?;
    replica.read_library(config.clone());
    Ok(Some(replica))
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

/// The service that answers the requests of players.
fn handler(players: &PlayerService, config: &Config, keeper: Option<Keeper>) -> Handler {
    let limits = RequestLimits {
        target: config.limits.target_bytes.get(),
        content: config.limits.content_bytes,
        per_client: config.limits.connections_per_address.get(),
    };
    let tls = keeper.map(|keeper| TlsOffer {
        // Leaked on purpose, once: each request is answered by a copy of the service.
        keeper: Box::leak(Box::new(keeper)),
        is_only: config.tls.mode == TlsMode::Only,
    });
    Handler::new(players.slot, limits, players.counters)
        .with_tls(tls)
        .with_join_board(players.board)
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

/// Binds the address of an option, beside these ports of the same server.
fn bind_beside(address: SocketAddr, option: &str, own: &[u16]) -> Result<Listener, Failure> {
    Listener::bind(Some(address.ip()), address.port()).map_err(|error| {
        let what = match error {
            BindError::InUse { port, .. } if own.contains(&port) => {
                t!("bind.in_use_by_itself", port = port).into_owned()
            }
            error => error.text(),
        };
        Failure::failed(what).at(option)
    })
}

/// Registers the server's name on the local network. A container's network is not that of the players, unless the host
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

fn end(drained: Drained) -> Result<Exit, Failure> {
    if drained == Drained::Cut {
        tracing::warn!(event = "downloads_cut");
    }
    Ok(Exit::Done)
}
