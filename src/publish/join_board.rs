//! The address that the page for the projector shows, as the session knows it.

use arc_swap::ArcSwap;

use crate::site::join_page::JoinAddress;

/// The address to share now. Leaked on purpose, once for a server.
#[derive(Debug)]
pub struct JoinBoard(ArcSwap<JoinAddress>);

impl JoinBoard {
    /// An empty board.
    pub fn start() -> &'static Self {
        Box::leak(Box::new(Self(ArcSwap::from_pointee(JoinAddress::OnlyHere))))
    }

    /// Puts the address to share on the board; `None` if there is none.
    pub fn show(&self, url: Option<&str>, named: Option<&str>, is_container: bool) {
        let before = self.0.load();
        let is_same = match (&**before, url) {
            (
                JoinAddress::At {
                    url: shown,
                    named: shown_named,
                    ..
                },
                Some(url),
            ) => shown == url && shown_named.as_deref() == named && !is_container,
            _ => false,
        };
        if !is_same {
            self.0.store(std::sync::Arc::new(match url {
                _ if is_container => JoinAddress::InContainer,
                Some(url) => JoinAddress::of_url(url.to_owned(), named),
                None => JoinAddress::OnlyHere,
            }));
        }
    }

    pub(crate) fn address(&self) -> JoinAddress {
        JoinAddress::clone(&self.0.load())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "http://192.168.1.2:8080/";
    const THERE: &str = "http://10.0.0.2:8080/";
    const NAMED: Option<&str> = Some("http://games.local:8080/");

    #[test]
    fn the_board_shows_the_last_address_it_was_given() {
        let at = |url: &str, named| JoinAddress::of_url(url.to_owned(), named);
        for (before, after, expected) in [
            (
                (None, None, false),
                (None, None, false),
                JoinAddress::OnlyHere,
            ),
            (
                (None, None, false),
                (Some(HERE), None, false),
                at(HERE, None),
            ),
            (
                (Some(HERE), None, false),
                (Some(HERE), None, false),
                at(HERE, None),
            ),
            (
                (Some(HERE), None, false),
                (Some(HERE), NAMED, false),
                at(HERE, NAMED),
            ),
            (
                (Some(HERE), NAMED, false),
                (Some(THERE), NAMED, false),
                at(THERE, NAMED),
            ),
            (
                (Some(HERE), NAMED, false),
                (None, None, false),
                JoinAddress::OnlyHere,
            ),
            (
                (Some(HERE), NAMED, false),
                (Some(HERE), NAMED, true),
                JoinAddress::InContainer,
            ),
            (
                (None, None, true),
                (Some(HERE), None, false),
                at(HERE, None),
            ),
        ] {
            let board = JoinBoard::start();
            for (url, named, is_container) in [before, after] {
                board.show(url, named, is_container);
            }
            assert_eq!(board.address(), expected, "{before:?}, then {after:?}");
        }
    }

    #[test]
    fn the_code_of_an_address_is_drawn_once() {
        let board = JoinBoard::start();
        board.show(Some(HERE), NAMED, false);
        let shown = board.0.load_full();
        board.show(Some(HERE), NAMED, false);
        assert!(std::sync::Arc::ptr_eq(&shown, &board.0.load_full()));
    }
}
