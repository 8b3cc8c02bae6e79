//! Answers requests of the console.

use std::borrow::Cow;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use tower_service::Service;

use crate::control::console_access::ConsoleAccess;
use crate::web_console::action::{Actor, ConsoleAction};
use crate::web_console::answer::{ConsoleBody, answer, events, json, picture, redirect, refusal};
use crate::web_console::clerk::CoverChoice;
use crate::web_console::guard::{self, RequestKind};
use crate::web_console::pages::{self, PAGE};
use crate::web_console::sign_in::SignIn;
use crate::web_console::stream::EventStream;
use crate::web_console::texts;
use crate::web_console::uploads::MOST_PIECE;
use webserver::library::cover::MAX_PICTURE;

/// The most bytes of an action's content.
const MOST_CONTENT: usize = 16 << 10;

/// The service of every connection.
#[derive(Clone, Debug)]
pub(crate) struct ConsoleService {
    pub access: ConsoleAccess,
    pub sign_in: SignIn,
    pub actor: Actor,
}

/// The thing that a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ConsoleRoute<'a> {
    Page,
    /// Chooses the language of the page.
    Language(&'a str),
    /// A file of the page, which is public.
    File(&'static str, &'static str),
    Texts(&'a str),
    Events,
    Cover(&'a str),
    /// The pictures of a game that may be its cover.
    Choices(&'a str),
    Do(ConsoleAction),
    /// A picture that becomes a game's cover.
    AddedCover(&'a str),
    /// A piece of an upload: the number of the import and the place of the piece.
    Piece(u64, u64),
}

impl<'a> ConsoleRoute<'a> {
    fn of(path: &'a str) -> Option<Self> {
        if path == "/" {
            return Some(Self::Page);
        }
        if let Some(action) = ConsoleAction::at(path) {
            return Some(Self::Do(action));
        }
        if let Some((media_type, content)) = pages::file(path) {
            return Some(Self::File(media_type, content));
        }
        match path.strip_prefix('/')?.split_once('/') {
            Some(("language", tag)) => Some(Self::Language(tag)),
            Some(("texts", tag)) => Some(Self::Texts(tag)),
            Some(("covers", slug)) => Some(Self::Cover(slug)),
            Some(("pictures", slug)) => Some(Self::Choices(slug)),
            Some(("added-covers", slug)) => Some(Self::AddedCover(slug)),
            Some(("pieces", place)) => {
                let (import, offset) = place.split_once('/')?;
                Some(Self::Piece(import.parse().ok()?, offset.parse().ok()?))
            }
            None if path == "/events" => Some(Self::Events),
            _ => None,
        }
    }

    fn kind(self) -> RequestKind {
        match self {
            Self::Page | Self::Language(_) => RequestKind::Page,
            Self::Do(_) => RequestKind::Action,
            Self::AddedCover(_) | Self::Piece(..) => RequestKind::Upload,
            _ => RequestKind::Part,
        }
    }

    fn is_public(self) -> bool {
        matches!(
            self,
            Self::Page | Self::Language(_) | Self::File(..) | Self::Texts(_)
        )
    }
}

impl ConsoleService {
    async fn respond(self, request: Request<Incoming>) -> Response<ConsoleBody> {
        let (parts, content) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let route = ConsoleRoute::of(&path);
        // The host first: a page at a name that leads here learns nothing.
        let kind = route.map_or(RequestKind::Page, ConsoleRoute::kind);
        if let Err(status) = guard::check(&parts, kind) {
            let mut refused = refusal(status);
            if status == StatusCode::METHOD_NOT_ALLOWED {
                let allowed = match kind {
                    RequestKind::Action | RequestKind::Upload => "POST",
                    RequestKind::Page | RequestKind::Part => "GET",
                };
                let allowed = HeaderValue::from_static(allowed);
                refused.headers_mut().insert(header::ALLOW, allowed);
            }
            return refused;
        }
        let Some(route) = route else {
            return refusal(StatusCode::NOT_FOUND);
        };
        if !route.is_public() && !self.sign_in.is_signed_in(&parts.headers) {
            return refusal(StatusCode::UNAUTHORIZED);
        }
        match route {
            ConsoleRoute::Page => self.page(&parts).await,
            ConsoleRoute::Language(tag) => choose_language(tag),
            ConsoleRoute::File(media_type, content) => answer(StatusCode::OK, media_type, content),
            ConsoleRoute::Texts(tag) => match tag.parse() {
                Ok(language) => json(StatusCode::OK, &texts::all(language)),
                Err(_) => refusal(StatusCode::NOT_FOUND),
            },
            ConsoleRoute::Events => {
                let ended = self.access.ended();
                // Ended meanwhile?
                match self.sign_in.is_signed_in(&parts.headers) {
                    true => events(EventStream::new(self.actor.feed.watch(), ended)),
                    false => refusal(StatusCode::UNAUTHORIZED),
                }
            }
            ConsoleRoute::Cover(slug) => self.cover(slug, parts.uri.query()).await,
            ConsoleRoute::Choices(slug) => self.choices(slug).await,
            ConsoleRoute::Do(action) => match read(content, MOST_CONTENT).await {
                Ok(content) => self.actor.act(action, &content).await,
                Err(refused) => refused,
            },
            ConsoleRoute::AddedCover(slug) => match read(content, MAX_PICTURE as usize).await {
                Ok(content) => self.actor.add_cover(slug, content).await,
                Err(refused) => refused,
            },
            ConsoleRoute::Piece(import, offset) => match read(content, MOST_PIECE).await {
                Ok(content) => self.take(import, offset, content).await,
                Err(refused) => refused,
            },
        }
    }

    /// The console for a browser that is signed in; the exchange of the token; or the page that asks for it.
    async fn page(&self, parts: &Parts) -> Response<ConsoleBody> {
        if let Some(token) = parts.uri.query().and_then(|query| field(query, "token"))
            && let Some(answer) = self.sign_in.exchange(&token).await
        {
            return answer;
        }
        let language = pages::language(&parts.headers);
        match self.sign_in.is_signed_in(&parts.headers) {
            true => answer(StatusCode::OK, PAGE, pages::console(language)),
            false => answer(StatusCode::UNAUTHORIZED, PAGE, pages::signed_out(language)),
        }
    }

    async fn cover(&self, slug: &str, query: Option<&str>) -> Response<ConsoleBody> {
        let Some(game) = self.actor.game(slug) else {
            return refusal(StatusCode::NOT_FOUND);
        };
        let asked = query.and_then(|query| field(query, "picture"));
        let choice = match asked.as_deref() {
            None => CoverChoice::Current,
            Some("") => CoverChoice::Own,
            Some(name) => CoverChoice::At(name.to_owned()),
        };
        match self.actor.clerk.cover(game, choice).await {
            Some((media_type, content)) => picture(media_type, content),
            None => refusal(StatusCode::NOT_FOUND),
        }
    }

    async fn choices(&self, slug: &str) -> Response<ConsoleBody> {
        let Some(game) = self.actor.game(slug) else {
            return refusal(StatusCode::NOT_FOUND);
        };
        match self.actor.clerk.choices(game).await {
            Some(names) => json(StatusCode::OK, &names),
            None => refusal(StatusCode::SERVICE_UNAVAILABLE),
        }
    }

    async fn take(&self, import: u64, offset: u64, content: Bytes) -> Response<ConsoleBody> {
        match self.actor.uploads.take(import, offset, content).await {
            Ok(written) => json(StatusCode::OK, &written),
            Err(status) => refusal(status),
        }
    }
}

/// The value of a field in a query.
fn field<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let mut fields = url::form_urlencoded::parse(query.as_bytes());
    fields.find_map(|(key, value)| (key == name).then_some(value))
}

async fn read(content: Incoming, most: usize) -> Result<Bytes, Response<ConsoleBody>> {
    match Limited::new(content, most).collect().await {
        Ok(content) => Ok(content.to_bytes()),
        Err(_) => Err(refusal(StatusCode::PAYLOAD_TOO_LARGE)),
    }
}

fn choose_language(tag: &str) -> Response<ConsoleBody> {
    match tag.parse() {
        Ok(language) => {
            let mut answer = redirect("/");
            let cookie = pages::language_cookie(language);
            answer.headers_mut().insert(header::SET_COOKIE, cookie);
            answer
        }
        Err(_) => refusal(StatusCode::NOT_FOUND),
    }
}

impl Service<Request<Incoming>> for ConsoleService {
    type Response = Response<ConsoleBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.respond(request).await) })
    }
}
