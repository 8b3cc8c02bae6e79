//! The page for the projector, as it is at the time of a request.

use http::Request;

use crate::http::accept_language;
use crate::http::header_presence::HeaderPresence;
use crate::http::outcome::{JoinAnswer, Outcome};
use crate::http::secure_entry::{authority_of, is_trustworthy, with_port};
use crate::http::validate;
use crate::metrics::client::Client;
use crate::metrics::counters::Counters;
use crate::publish::join_board::JoinBoard;
use crate::server::connection::OverTls;
use crate::site::Site;
use crate::site::join_page::{JOIN, JoinAddress, JoinView, NOW};

/// The longest authority that is drawn: no host name is longer (RFC 1035, 2.3.4).
const MAX_AUTHORITY: usize = 255 + 6;

/// True if a request is for the page or its changing part.
pub(crate) fn is_requested<B>(request: &Request<B>) -> bool {
    request.uri().path() == JOIN
}

/// Answers with the page, or its changing part.
pub(crate) fn respond<'a, B>(
    (request, client): (&Request<B>, &Client),
    site: &'a Site,
    (board, has_tls, counters): (&JoinBoard, bool, &Counters),
) -> Outcome<'a> {
    let fields = request.headers();
    let presence = HeaderPresence::scan(fields);
    if let Some(outcome) = validate::request(request, &presence) {
        return outcome;
    }
    let browsers = counters.browsers.now();
    let view = JoinView {
        title: &site.title,
        cover: site.cover.as_deref(),
        address: match own_url(request, client, has_tls && site.secure.is_needed) {
            Some(url) => JoinAddress::of_url(url, None),
            None => board.address(),
        },
        loaded: browsers.loaded,
        loading: browsers.loading.len() as u64,
        language: accept_language::preferred(fields),
    };
    Outcome::Join(Box::new(JoinAnswer {
        view,
        is_part: request.uri().query() == Some(NOW),
    }))
}

/// The URL that the page's visitor used, if other machines can use it, too: behind a proxy or in a container, nothing
/// else knows it. A game that needs https has it at the same port.
fn own_url<B>(request: &Request<B>, client: &Client, needs_https: bool) -> Option<String> {
    let authority = authority_of(request)?;
    if is_trustworthy(authority) || authority.len() > MAX_AUTHORITY {
        return None;
    }
    let is_secure = request.extensions().get::<OverTls>().is_some();
    Some(match client.scheme(request.headers()) {
        _ if is_secure => format!("https://{authority}/"),
        Some(scheme) => format!("{scheme}://{authority}/"),
        None if needs_https => format!("https://{}/", with_port(authority)),
        None => format!("http://{authority}/"),
    })
}
