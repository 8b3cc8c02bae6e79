//! Requests to the lobby of an arcade: the visitor's language, and the links to the games.

use http::{Method, Request, StatusCode};

use crate::http::accept_language;
use crate::http::outcome::{Outcome, Redirection};
use crate::language::Language;
use crate::publish::arcade::Arcade;
use crate::server::connection::OverTls;

/// The paths of links to games.
const PLAY: &str = "/play/";

/// The language that the query asks for (`?lang=zh-CN`), else the one that the browser prefers.
pub(crate) fn language<B>(request: &Request<B>) -> Language {
    let query = request.uri().query().unwrap_or_default();
    let mut settings = query.split('&');
    let chosen = settings.find_map(|setting| setting.strip_prefix("lang=")?.parse().ok());
    chosen.unwrap_or_else(|| accept_language::preferred(request.headers()))
}

/// The redirect of a link to a game's own origin, which depends on the address that the visitor used; `None` for any
/// other request.
pub(crate) fn redirect<B>(arcade: &Arcade, request: &Request<B>) -> Option<Outcome<'static>> {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return None;
    }
    let slug = request.uri().path().strip_prefix(PLAY)?;
    let address = arcade.address(slug, request)?;
    let is_over_tls = request.extensions().get::<OverTls>().is_some();
    let location = match is_over_tls && is_below_localhost(&address) {
        // Browsers accept no certificate for `*.localhost`, and http to their own machine is as secure to them.
        true => format!("http:{address}"),
        false => address,
    };
    Some(Outcome::Redirect(Redirection {
        status: StatusCode::TEMPORARY_REDIRECT,
        location,
        misnamed: None,
    }))
}

/// True for an address such as `//slug.localhost:8080/`.
fn is_below_localhost(address: &str) -> bool {
    let authority = address.trim_start_matches('/');
    let host = authority.split([':', '/']).next().unwrap_or_default();
    host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::LocalizedText;
    use crate::publish::arcade_game::ArcadeGame;

    #[test]
    fn a_visitor_over_tls_goes_on_where_a_certificate_can_be_good() {
        let (arcade, _wanted) = Arcade::start(Some("games.example.org"));
        let game = ArcadeGame::start("one", &LocalizedText::plain("One"));
        game.set_port(8081);
        arcade.list([game]);
        for (host, plain, over_tls) in [
            (
                "localhost:8080",
                "//one.localhost:8080/",
                "http://one.localhost:8080/",
            ),
            (
                "games.example.org",
                "//one.games.example.org/",
                "//one.games.example.org/",
            ),
            (
                "192.168.1.7:8080",
                "//192.168.1.7:8081/",
                "//192.168.1.7:8081/",
            ),
        ] {
            let mut request = Request::get("/play/one")
                .header("host", host)
                .body(())
                .unwrap();
            for expected in [plain, over_tls] {
                match redirect(arcade, &request) {
                    Some(Outcome::Redirect(to)) => assert_eq!(to.location, expected),
                    other => panic!("{other:?}"),
                }
                request.extensions_mut().insert(OverTls);
            }
        }
    }
}
