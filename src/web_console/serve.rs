//! The listener of the console. Nothing of the console is reachable from the players' port.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use tokio::sync::mpsc;

use crate::console::failure::Failure;
use crate::console::log_tail::tail;
use crate::control::addresses::Scheme;
use crate::control::console_access::ConsoleAccess;
use crate::control::console_link::ConsoleLink;
use crate::control::socket::ControlRequest;
use crate::web_console::action::Actor;
use crate::web_console::clerk::{Clerk, EditedLibrary};
use crate::web_console::feed::{Feed, FeedSources};
use crate::web_console::removals::Removals;
use crate::web_console::service::ConsoleService;
use crate::web_console::sign_in::SignIn;
use crate::web_console::uploads::Uploads;
use webserver::metrics::counters::Counters;
use webserver::server::Server;
use webserver::server::limits::Limits;
use webserver::server::listener::Listener;
use webserver::tls::keeper::Keeper;

/// The most connections at once: a browser opens six.
const MOST_CONNECTIONS: usize = 64;

/// Serves the console, which changes the library of this configuration, until the program ends. Must be called within
/// the runtime, on a thread that may open files.
///
/// # Errors
/// If the system has no random numbers.
pub(crate) fn serve(
    (listener, config): (Listener, Option<PathBuf>),
    requests: &mpsc::Sender<ControlRequest>,
    counters: &'static Counters,
    keeper: Option<Keeper>,
) -> Result<ConsoleLink, Failure> {
    let access = ConsoleAccess::new(listener.address(), scheme_for(keeper.as_ref()))?;
    let (link, library) = ConsoleLink::new(access.clone());
    tail().keep();
    let removals = Removals::default();
    let clerk = Clerk::start(EditedLibrary {
        config,
        requests: requests.clone(),
        removals: removals.clone(),
    });
    let feed = Feed::start(FeedSources {
        requests: requests.clone(),
        library: library.clone(),
        counters,
        removals,
    });
    let service = ConsoleService {
        sign_in: SignIn::new(access.clone()),
        access,
        actor: Actor {
            requests: requests.clone(),
            library,
            uploads: Uploads::new(feed.imports.clone(), clerk.clone()),
            clerk,
            feed,
        },
    };
    let most = NonZeroUsize::new(MOST_CONNECTIONS).unwrap_or(NonZeroUsize::MIN);
    let mut limits = Limits::default();
    (limits.connections, limits.connections_per_address) = (most, most);
    // What the host does is not counted among the players' requests.
    let server = Server::with_tls(limits, Counters::start(), keeper);
    tokio::spawn(async move {
        let service_for = move |_: SocketAddr| service.clone();
        server
            .run(listener, service_for, std::future::pending())
            .await;
    });
    Ok(link)
}

/// https for other machines, if there are certificates: a warning about an unknown certificate is better than a token
/// in the clear.
fn scheme_for(keeper: Option<&Keeper>) -> Scheme {
    match keeper {
        Some(_) => Scheme::Https,
        None => Scheme::Http,
    }
}
