//! The service that answers requests on a connection from a slot.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{HeaderMap, Request, Response, StatusCode, header};
use tower_service::Service;

use crate::http::answer::{self, Answer};
use crate::http::body::Body;
use crate::http::client_limit::{ClientPermit, ClientRequests};
use crate::http::discard::{self, Discarded, Discarding, Treatment};
use crate::http::outcome::Outcome;
use crate::http::page_load::LoadStep;
use crate::http::page_report::ReportContent;
use crate::http::secure_entry::TlsOffer;
use crate::http::{
    accept_language, health, join, lobby, response, secure_entry, session, validate,
};
use crate::metrics::client::Client;
use crate::metrics::counters::{Counters, Refusal};
use crate::metrics::page_load::BrowserVisit;
use crate::publish::arcade::{ArcadeRoute, Entrance};
use crate::publish::join_board::JoinBoard;
use crate::publish::on_air::OnAir;
use crate::publish::slot::Slot;
use crate::server::connection::OverTls;
use crate::server::framing::HeadTooLarge;

/// Answers each request from the site that is on the air when it arrives.
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    slot: &'static Slot,
    entrance: Entrance,
    limits: RequestLimits,
    counters: &'static Counters,
    client: Client,
    tls: Option<TlsOffer>,
    join: Option<&'static JoinBoard>,
    clients: &'static ClientRequests,
}

/// Limits on the size of a request, and on the requests of a client.
#[derive(Clone, Copy, Debug)]
pub struct RequestLimits {
    /// The target, in bytes.
    pub target: usize,
    /// The content, in bytes, which is read and dropped; the connection is closed beyond it.
    pub content: u64,
    /// The requests at once of one client behind a trusted proxy.
    pub per_client: usize,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            target: 8 * 1024,
            content: 64 * 1024,
            per_client: 2048,
        }
    }
}

impl Handler {
    /// A service that answers this machine from this slot. Health checks state the uptime of the counters. Its counts of
    /// clients are leaked on purpose: one for a server.
    pub fn new(slot: &'static Slot, limits: RequestLimits, counters: &'static Counters) -> Self {
        Self {
            slot,
            entrance: Entrance::Single,
            limits,
            counters,
            client: Client::direct(Ipv4Addr::LOCALHOST.into()),
            tls: None,
            join: None,
            clients: Box::leak(Box::new(ClientRequests::new(limits.per_client))),
        }
    }

    /// The same service for connections to this port.
    pub fn at(self, entrance: Entrance) -> Self {
        Self { entrance, ..self }
    }

    /// The same service for the connection of a client, or of a proxy.
    pub fn for_client(self, client: Client) -> Self {
        Self { client, ..self }
    }

    /// The same service on a port that speaks TLS, too.
    pub fn with_tls(self, tls: Option<TlsOffer>) -> Self {
        Self { tls, ..self }
    }

    /// The same service with a page for the projector.
    pub fn with_join_board(self, board: &'static JoinBoard) -> Self {
        Self {
            join: Some(board),
            ..self
        }
    }

    /// The response to a request, and what is read of the request's content before it is sent.
    fn respond<B: http_body::Body>(&self, request: &Request<B>) -> (Response<Body>, UsedContent) {
        let Some(client) = self.client.forwarded(request.headers()) else {
            return self.respond_permitted(request, None);
        };
        match self.clients.try_begin(client) {
            Some(permit) => self.respond_permitted(request, Some(permit)),
            None => {
                self.counters.record_refusal(Refusal::Address);
                (
                    response::refusal(StatusCode::TOO_MANY_REQUESTS),
                    UsedContent::None,
                )
            }
        }
    }

    fn respond_permitted<B: http_body::Body>(
        &self,
        request: &Request<B>,
        permit: Option<ClientPermit>,
    ) -> (Response<Body>, UsedContent) {
        let destination = self.entrance.route(request);
        let slot = match destination {
            ArcadeRoute::OnAir | ArcadeRoute::Unknown => self.slot,
            ArcadeRoute::Lobby(arcade) => arcade.lobby(lobby::language(request)),
            ArcadeRoute::Game(game) => game.slot,
        };
        let on_air = slot.load();
        let answer = match self.own_outcome(request, destination, &on_air) {
            Some(own) => Answer::apart(&on_air, own),
            None => self.site_answer(request, &on_air),
        };
        let load = self.page_load(request, &answer.outcome, destination, &on_air);
        let (mut response, content) = self.response(answer, request);
        if let Some(load) = load {
            load.count(&mut response);
            if let Some(cookie) = secure_entry::decline_cookie(request) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
        }
        if permit.is_some() {
            response.body_mut().watch(|watch| watch.permit = permit);
        }
        (response, content)
    }

    /// The server's own outcome, which comes before that of a site; `None` for the site to answer.
    #[inline]
    fn own_outcome<'a, B>(
        &self,
        request: &'a Request<B>,
        destination: ArcadeRoute,
        on_air: &'a OnAir,
    ) -> Option<Outcome<'a>> {
        if request.extensions().get::<HeadTooLarge>().is_some() {
            return Some(large_head(request.headers()));
        }
        if validate::target_length(request) > self.limits.target {
            return Some(Outcome::Refused(StatusCode::URI_TOO_LONG));
        }
        if let Some(file) = self.tls.and_then(|tls| tls.download(request)) {
            return Some(file);
        }
        let is_local = self.client.peer().is_loopback();
        let forbidden = |tls: &TlsOffer| tls.is_only && !is_local && is_plain(request);
        if let Some(tls) = self.tls.filter(forbidden) {
            return Some(tls.refusal(request, &on_air.site));
        }
        if let Some(board) = self.join.filter(|_| join::is_requested(request)) {
            let board = (board, self.tls.is_some(), self.counters);
            return Some(join::respond((request, &self.client), &on_air.site, board));
        }
        if health::is_requested(request) {
            let state = (self.counters.uptime(), self.counters.replica.now());
            return Some(health::respond(&on_air.site, state, request));
        }
        if let Some(elsewhere) = elsewhere(destination, request) {
            return Some(elsewhere);
        }
        let is_unknown = self.may_lack_site(destination)
            && session::is_of_unknown_site(on_air, request.headers());
        // Another replica has it; a file of another game would be worse than none.
        is_unknown.then_some(Outcome::Refused(StatusCode::SERVICE_UNAVAILABLE))
    }

    /// The answer of a site, or in place of its page the invitation to https.
    #[inline]
    fn site_answer<'a, B>(&self, request: &'a Request<B>, on_air: &'a OnAir) -> Answer<'a> {
        let answer = answer::decide(on_air, request);
        let tls = self.tls.filter(|_| is_plain(request));
        let visit = (request, &self.client);
        let invitation = tls.and_then(|tls| tls.invitation(visit, &on_air.site, &answer.outcome));
        match invitation {
            Some(page) => Answer::apart(on_air, page),
            None => answer,
        }
    }

    /// The page load that a request begins or continues. A browser's first one counts as a play of a game of the arcade.
    #[inline]
    fn page_load<B>(
        &self,
        request: &Request<B>,
        outcome: &Outcome<'_>,
        destination: ArcadeRoute,
        on_air: &OnAir,
    ) -> Option<LoadStep> {
        let visit = || {
            let (turn, place) = match destination {
                ArcadeRoute::OnAir | ArcadeRoute::Unknown => (on_air.turn, 0),
                // Their players are there now, whatever was on the air when they came.
                ArcadeRoute::Lobby(_) => (self.slot.load().turn, 0),
                ArcadeRoute::Game(game) => (self.slot.load().turn, game.number()),
            };
            BrowserVisit { turn, place }
        };
        let browsers = &self.counters.browsers;
        let load = LoadStep::of(outcome, request, (browsers, visit), &self.client)?;
        if let ArcadeRoute::Game(game) = destination
            && load.is_first()
        {
            game.add_plays(1);
        }
        Some(load)
    }

    /// True for a replica that may not know yet what is on the air on the others.
    fn may_lack_site(&self, destination: ArcadeRoute) -> bool {
        matches!(destination, ArcadeRoute::OnAir | ArcadeRoute::Unknown) && {
            self.counters.replica.now()
        }
        .is_some_and(|replica| replica.may_be_behind())
    }

    /// Writes the response, unless the request's content is refused.
    fn response<B: http_body::Body>(
        &self,
        answer: Answer<'_>,
        request: &Request<B>,
    ) -> (Response<Body>, UsedContent) {
        if request.body().is_end_stream() {
            return (answer.into_response(request), UsedContent::None);
        }
        match discard::treatment(request.headers(), &answer.outcome, self.limits.content) {
            Treatment::Discard => (answer.into_response(request), UsedContent::Discarded),
            Treatment::Report => (answer.into_response(request), UsedContent::Report),
            Treatment::LeaveUnread => (answer.closing().into_response(request), UsedContent::None),
            Treatment::TooLarge => (too_large(), UsedContent::None),
        }
    }
}

/// The content of a request that is still to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UsedContent {
    None,
    Discarded,
    Report,
}

/// True for a request that came without TLS.
fn is_plain<B>(request: &Request<B>) -> bool {
    request.extensions().get::<OverTls>().is_none()
}

/// The outcome of a request that no site answers: for a link of the lobby, or for a game that there is not.
fn elsewhere<B>(destination: ArcadeRoute, request: &Request<B>) -> Option<Outcome<'static>> {
    match destination {
        ArcadeRoute::OnAir | ArcadeRoute::Game(_) => None,
        ArcadeRoute::Lobby(arcade) => lobby::redirect(arcade, request),
        ArcadeRoute::Unknown => Some(Outcome::Refused(StatusCode::NOT_FOUND)),
    }
}

fn large_head(fields: &HeaderMap) -> Outcome<'static> {
    Outcome::LargeHead {
        language: accept_language::preferred(fields),
        wants_page: session::wants_page(fields),
    }
}

fn too_large() -> Response<Body> {
    response::refusal(StatusCode::PAYLOAD_TOO_LARGE)
}

impl<B: http_body::Body + Unpin> Service<Request<B>> for Handler {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering<B>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answering<B> {
        let (response, content) = self.respond(&request);
        let limit = self.limits.content;
        let discarding = match content {
            UsedContent::None => None,
            UsedContent::Discarded => Some(Discarding::new(request.into_body(), limit)),
            UsedContent::Report => {
                let client = self.client.address(request.headers());
                let report = ReportContent::new(client, &self.counters.page_reports);
                Some(Discarding::reporting(request.into_body(), limit, report))
            }
        };
        Answering {
            response: Some(response),
            discarding: discarding.map(Box::new),
        }
    }
}

/// A response that waits until the request's content has been discarded.
#[derive(Debug)]
pub struct Answering<B> {
    response: Option<Response<Body>>,
    // Boxed because it is rare, and the future is moved several times.
    discarding: Option<Box<Discarding<B>>>,
}

impl<B: http_body::Body + Unpin> Future for Answering<B> {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let discarded = match &mut self.discarding {
            None => Discarded::Whole,
            Some(discarding) => std::task::ready!(discarding.poll(context)),
        };
        Poll::Ready(Ok(match discarded {
            Discarded::Whole => self.response.take().unwrap_or_default(),
            Discarded::TooLarge => too_large(),
            Discarded::Malformed => response::refusal(StatusCode::BAD_REQUEST),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Site;
    use crate::site::join_page::JOIN;

    #[test]
    fn only_a_service_with_a_board_has_the_page_for_the_projector() {
        let slot = Slot::start(Site::waiting());
        let handler = Handler::new(slot, RequestLimits::default(), Counters::start());
        let request = Request::builder()
            .uri(JOIN)
            .header(header::HOST, "192.168.1.2:8080")
            .body(String::new())
            .unwrap();
        let status = |handler: Handler| handler.respond(&request).0.status();
        assert_eq!(status(handler), StatusCode::SERVICE_UNAVAILABLE);
        let with_board = handler.with_join_board(JoinBoard::start());
        assert_eq!(status(with_board), StatusCode::OK);
    }
}
