//! The health check for load balancers and container runtimes.

use std::time::Duration;

use http::Request;

use crate::http::header_presence::HeaderPresence;
use crate::http::outcome::{Health, Outcome};
use crate::http::validate;
use crate::metrics::replica_state::ReplicaCounts;
use crate::site::Site;

/// The path of the health check. No game has a file there, because dotfiles are never published.
const PATH: &str = "/.webserver/health";

/// True if a request is for the health check.
pub(crate) fn is_requested<B>(request: &Request<B>) -> bool {
    request.uri().path() == PATH
}

/// Answers the health check.
pub(crate) fn respond<'a, B>(
    site: &'a Site,
    (uptime, replica): (Duration, Option<ReplicaCounts>),
    request: &Request<B>,
) -> Outcome<'a> {
    let presence = HeaderPresence::scan(request.headers());
    match validate::request(request, &presence) {
        Some(Outcome::NotImplemented) => Outcome::MethodNotAllowed,
        Some(outcome) => outcome,
        None => Outcome::Health(Health {
            is_ready: site.waiting_pages().is_none(),
            game: site.is_game().then_some(&*site.slug),
            replica,
            uptime,
        }),
    }
}
