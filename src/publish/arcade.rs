//! The games of an arcade: a slot and an origin for each, selected by the port that a connection came to or by the
//! authority of a request.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use http::{Request, header};
use tokio::sync::mpsc;

use crate::language::Language;
use crate::publish::arcade_game::ArcadeGame;
use crate::publish::slot::Slot;
use crate::site::Site;

/// The longest label of a domain name (RFC 1035, 2.3.4).
const LONGEST_LABEL: usize = 63;

/// The domain whose names lead to this machine (RFC 6761, 6.3).
const LOCALHOST: &str = "localhost";

/// The games at `SLUG.localhost`, at `SLUG.DOMAIN` and at ports of their own. The table of names is swapped whole, so
/// that selecting a slot is a look-up. While it is open, the server's own address shows its lobby.
#[derive(Debug)]
pub struct Arcade {
    is_open: AtomicBool,
    /// In the order of [`Language::ALL`].
    lobby: [&'static Slot; 2],
    domain: Option<Box<str>>,
    games: ArcSwap<HashMap<Box<str>, &'static ArcadeGame>>,
    wanted: mpsc::UnboundedSender<String>,
}

/// The port of a server that a connection came to.
#[derive(Clone, Copy, Debug)]
pub enum Entrance {
    /// The server's own, without an arcade.
    Single,
    /// The server's own: names lead to the games of an arcade.
    Main(&'static Arcade),
    /// That of one game.
    Game(&'static Arcade, &'static ArcadeGame),
}

/// The part of a server that a request is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ArcadeRoute {
    /// The game on the air.
    OnAir,
    /// The lobby of the arcade.
    Lobby(&'static Arcade),
    /// A game of the arcade.
    Game(&'static ArcadeGame),
    /// A name below the arcade's domains, or a port, that no game has any more.
    Unknown,
}

impl Entrance {
    /// The part of the server that a request is for. The first request for a game asks for its build.
    pub(crate) fn route<B>(self, request: &Request<B>) -> ArcadeRoute {
        match self {
            Self::Single => ArcadeRoute::OnAir,
            Self::Main(arcade) if arcade.is_open() => arcade.route(request),
            Self::Main(_) => ArcadeRoute::OnAir,
            Self::Game(arcade, game) => match arcade.is_open() && game.is_listed() {
                true => arcade.enter(game),
                false => ArcadeRoute::Unknown,
            },
        }
    }
}

impl Arcade {
    /// A closed arcade without games, and the receiver of the slugs of games that are requested and not built. Leaked on
    /// purpose: one for a server, read by every request.
    pub fn start(domain: Option<&str>) -> (&'static Self, mpsc::UnboundedReceiver<String>) {
        let (wanted, slugs) = mpsc::unbounded_channel();
        let arcade = Self {
            is_open: AtomicBool::new(false),
            lobby: Language::ALL.map(|_| Slot::start(Site::waiting())),
            domain: domain.map(|domain| domain.to_ascii_lowercase().into()),
            games: ArcSwap::default(),
            wanted,
        };
        (Box::leak(Box::new(arcade)), slugs)
    }

    /// True if the games and the lobby are served.
    pub fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }

    /// Serves the games and the lobby, or the game on the air alone.
    pub fn set_open(&self, is_open: bool) {
        self.is_open.store(is_open, Ordering::Relaxed);
    }

    /// The slot of the lobby in a language.
    pub fn lobby(&self, language: Language) -> &'static Slot {
        language.select::<&'static Slot>(&self.lobby)
    }

    /// True if a browser follows the news of the lobby.
    pub fn is_lobby_watched(&self) -> bool {
        self.lobby.iter().any(|slot| slot.has_followers())
    }

    /// Puts these games in place of the earlier ones.
    pub fn list(&self, games: impl IntoIterator<Item = &'static ArcadeGame>) {
        let games = games.into_iter();
        let named: HashMap<_, _> = games.map(|game| (game.slug().into(), game)).collect();
        let before = self.games.load();
        for game in before
            .values()
            .filter(|game| !named.contains_key(game.slug()))
        {
            game.set_listed(false);
        }
        for game in named.values() {
            game.set_listed(true);
        }
        self.games.store(Arc::new(named));
    }

    /// The host name of a game; `None` if its slug cannot be part of one.
    pub fn host_name(&self, slug: &str) -> Option<String> {
        let is_label =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_label = !slug.is_empty()
            && slug.len() <= LONGEST_LABEL
            && slug.bytes().all(is_label)
            && !slug.starts_with('-')
            && !slug.ends_with('-');
        let domain = self.domain.as_deref().unwrap_or(LOCALHOST);
        is_label.then(|| format!("{slug}.{domain}"))
    }

    /// The part of the server that a request to its own port is for.
    fn route<B>(&'static self, request: &Request<B>) -> ArcadeRoute {
        let Some(label) = authority(request).and_then(|authority| self.label(authority)) else {
            return ArcadeRoute::Lobby(self);
        };
        let games = self.games.load();
        let game = match games.get(label) {
            Some(game) => Some(game),
            None => games.get(&*label.to_ascii_lowercase()),
        };
        match game {
            Some(game) => self.enter(game),
            None => ArcadeRoute::Unknown,
        }
    }

    /// Requests the build of a game, unless it was requested before.
    fn enter(&self, game: &'static ArcadeGame) -> ArcadeRoute {
        game.note_use();
        if game.want() {
            // The receiver goes away only when the server stops.
            let _ = self.wanted.send(game.slug().to_owned());
        }
        ArcadeRoute::Game(game)
    }

    /// The address of a game, without its scheme, for a visitor who came by this request: a name below the same domain, or
    /// the game's port at the same address.
    pub(crate) fn address<B>(&self, slug: &str, request: &Request<B>) -> Option<String> {
        let game = *self.games.load().get(slug)?;
        let authority = authority(request)?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        if authority.is_empty() || !authority.bytes().all(is_plain) {
            return None;
        }
        let host_end = match authority.rfind(':') {
            // An IPv6 address stands in brackets (RFC 3986, 3.2.2).
            Some(colon) if !authority[colon..].contains(']') => colon,
            _ => authority.len(),
        };
        let (host, port) = authority.split_at(host_end);
        let name = host.strip_suffix('.').unwrap_or(host);
        let domains = [Some(LOCALHOST), self.domain.as_deref()];
        let mut domains = domains.into_iter().flatten();
        Some(
            match domains.find(|domain| name.eq_ignore_ascii_case(domain)) {
                Some(domain) => format!("//{slug}.{domain}{port}/"),
                None => format!("//{host}:{}/", game.port()?),
            },
        )
    }

    /// The part of an authority below one of the arcade's domains.
    fn label<'a>(&self, authority: &'a str) -> Option<&'a str> {
        let colon = authority.bytes().position(|byte| byte == b':');
        let host = authority.get(..colon.unwrap_or(authority.len()))?;
        let host = host.strip_suffix('.').unwrap_or(host);
        let domains = [Some(LOCALHOST), self.domain.as_deref()];
        domains.into_iter().flatten().find_map(|domain| {
            let (label, suffix) = host.split_at_checked(host.len().checked_sub(domain.len())?)?;
            let label = label.strip_suffix('.')?;
            suffix.eq_ignore_ascii_case(domain).then_some(label)
        })
    }
}

/// The authority that a request is for.
fn authority<B>(request: &Request<B>) -> Option<&str> {
    // RFC 9112, 3.2.2: an authority in the target goes before the Host field.
    match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.headers().get(header::HOST)?.to_str().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::LocalizedText;

    #[test]
    fn a_link_leads_to_the_game_by_the_way_that_the_visitor_came() {
        let (arcade, _wanted) = Arcade::start(Some("games.example.org"));
        let title = LocalizedText::plain("Title");
        let [one, two] = ["one", "two"].map(|slug| ArcadeGame::start(slug, &title));
        arcade.list([one, two]);
        one.set_port(8081);
        for (host, expected) in [
            ("localhost:8080", Some("//one.localhost:8080/")),
            ("LOCALHOST:9000", Some("//one.localhost:9000/")),
            ("localhost", Some("//one.localhost/")),
            ("games.example.org", Some("//one.games.example.org/")),
            (
                "Games.Example.Org:8080",
                Some("//one.games.example.org:8080/"),
            ),
            ("192.168.1.7:8080", Some("//192.168.1.7:8081/")),
            ("127.0.0.1", Some("//127.0.0.1:8081/")),
            ("[::1]:8080", Some("//[::1]:8081/")),
            ("[fe80::1]", Some("//[fe80::1]:8081/")),
            ("laptop.local:8080", Some("//laptop.local:8081/")),
            ("a@b:8080", None),
            ("a/b", None),
            ("", None),
        ] {
            let request = Request::get("/play/one").header("host", host);
            let request = request.body(()).unwrap();
            let address = arcade.address("one", &request);
            assert_eq!(address.as_deref(), expected, "{host}");
            assert_eq!(arcade.address("three", &request), None);
        }
        let request = Request::get("/")
            .header("host", "10.0.0.1")
            .body(())
            .unwrap();
        assert_eq!(arcade.address("two", &request), None, "without a port");
    }

    #[test]
    fn the_authority_selects_the_game_and_the_first_request_asks_for_it() {
        let (arcade, mut wanted) = Arcade::start(Some("Games.example.org"));
        let title = LocalizedText::plain("Title");
        let [one, two] = ["one", "two-2"].map(|slug| ArcadeGame::start(slug, &title));
        arcade.list([one, two]);
        let request = Request::get("/").header("host", "one.localhost");
        let route = Entrance::Main(arcade).route(&request.body(()).unwrap());
        assert!(matches!(route, ArcadeRoute::OnAir), "closed");
        arcade.set_open(true);
        for (host, expected) in [
            ("localhost:8080", "lobby"),
            ("192.168.1.7:8080", "lobby"),
            ("[::1]:8080", "lobby"),
            ("games.example.org", "lobby"),
            ("notlocalhost", "lobby"),
            ("example.org", "lobby"),
            ("one.localhost:8080", "one"),
            ("ONE.LocalHost:8080", "one"),
            ("one.localhost.:8080", "one"),
            ("one.localhost", "one"),
            ("two-2.games.EXAMPLE.org:443", "two"),
            ("three.localhost", "unknown"),
            ("a.one.localhost", "unknown"),
            (".localhost", "unknown"),
            ("three.games.example.org", "unknown"),
            ("one.games.example.org.evil.example", "lobby"),
        ] {
            for request in [
                Request::get("/").header("host", host),
                Request::get(format!("http://{host}/")).header("host", "two-2.localhost"),
            ] {
                // Not every Host field can stand in a target.
                let Ok(request) = request.body(()) else {
                    continue;
                };
                let found = match Entrance::Main(arcade).route(&request) {
                    ArcadeRoute::OnAir => "on air",
                    ArcadeRoute::Lobby(_) => "lobby",
                    ArcadeRoute::Unknown => "unknown",
                    ArcadeRoute::Game(game) if std::ptr::eq(game, one) => "one",
                    ArcadeRoute::Game(game) if std::ptr::eq(game, two) => "two",
                    ArcadeRoute::Game(_) => "another",
                };
                assert_eq!(found, expected, "{request:?}");
            }
        }
        assert_eq!(wanted.try_recv().unwrap(), "one");
        assert_eq!(wanted.try_recv().unwrap(), "two-2");
        assert!(wanted.try_recv().is_err(), "each is asked for once");
        one.rest();
        let request = Request::get("/").header("host", "one.localhost");
        let request = request.body(()).unwrap();
        Entrance::Main(arcade).route(&request);
        assert_eq!(wanted.try_recv().unwrap(), "one");
        // At its own port the game is there whatever the Host field says, until it leaves the library.
        let route = || Entrance::Game(arcade, two).route(&request);
        assert!(matches!(route(), ArcadeRoute::Game(game) if std::ptr::eq(game, two)));
        arcade.list([one]);
        assert!(matches!(route(), ArcadeRoute::Unknown));
        arcade.list([two]);
        assert!(matches!(route(), ArcadeRoute::Game(_)));
    }

    #[test]
    fn only_labels_of_domain_names_become_host_names() {
        let (arcade, _wanted) = Arcade::start(None);
        assert_eq!(arcade.host_name("a-1").as_deref(), Some("a-1.localhost"));
        let (longest, too_long) = ("a".repeat(63), "a".repeat(64));
        assert!(arcade.host_name(&longest).is_some());
        for slug in ["", "-a", "a-", "a.b", "a_b", "é", &too_long] {
            assert_eq!(arcade.host_name(slug), None, "{slug}");
        }
    }
}
