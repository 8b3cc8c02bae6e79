//! Requests to the lobby of an arcade: the visitor's language, and the links to the games.

use http::{Method, Request, StatusCode};

use crate::http::accept_language;
use crate::http::outcome::{Outcome, Redirection};
use crate::language::Language;
use crate::publish::arcade::Arcade;

/// The paths of links to games.
const PLAY: &str = "/play/";

/// The language that the query asks for (`?lang=zh-CN`), else the one that the browser prefers.
pub(crate) fn language<B>(request: &Request<B>) -> Language {
    let query = request.uri().query().unwrap_or_default();
    let mut settings = query.split('&');
    let chosen = settings.find_map(|setting| setting.strip_prefix("lang=")?.parse().ok());
    chosen.unwrap_or_else(|| accept_language::preferred(request.headers()))
}

/// The redirect of a link to a game's own origin, which depends on the way by which the visitor came; `None` for any other
/// request.
pub(crate) fn redirect<B>(arcade: &Arcade, request: &Request<B>) -> Option<Outcome<'static>> {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return None;
    }
    let slug = request.uri().path().strip_prefix(PLAY)?;
    let location = arcade.address(slug, request)?;
    Some(Outcome::Redirect(Redirection {
        status: StatusCode::TEMPORARY_REDIRECT,
        location,
        misnamed: None,
    }))
}
