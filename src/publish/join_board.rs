//! The address that the page for the projector shows, as the session knows it.

use arc_swap::ArcSwap;

use crate::site::join_page::JoinAddress;

/// The address to share now. Leaked on purpose, once for a server.
#[derive(Debug)]
pub struct JoinBoard(ArcSwap<JoinAddress>);

impl JoinBoard {
    /// A board on which nothing stands yet.
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
