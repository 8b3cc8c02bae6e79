//! The announcement of a game on the air.

use serde_json::json;

use crate::console::detection::engine_text;
use crate::console::format::size;
use crate::console::locale;
use crate::console::message::t;
use crate::console::output::{self, say};
use crate::console::plural;
use crate::console::record::Level;
use crate::control::addresses::PlayerAddresses;
use webserver::library::game::Game;
use webserver::site::Site;

/// The kind of announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Announcement {
    /// Game, addresses and the keys of the terminal.
    WithKeys,
    /// Game and addresses.
    WithoutKeys,
    /// The address only: the system chose the port, and nothing else would show it.
    AddressOnly,
    Silent,
}

impl Announcement {
    /// Prints the game on the air and the addresses.
    pub(crate) fn print(self, game: &Game, site: &Site, addresses: &PlayerAddresses) {
        if self != Self::Silent && output::is_json() {
            let fields = json!({
                "game": game.slug,
                "title": game.title.get(locale::current()),
                "engine": engine_text(&site.engine),
                "files": site.files,
                "bytes": site.bytes,
                "addresses": addresses.urls(),
            });
            return output::print_record(Level::Info, "listening", fields);
        }
        let last = match self {
            Self::Silent => return,
            Self::AddressOnly => return say(&format!("{}\n", addresses.first())),
            Self::WithKeys => t!("on_air.keys"),
            Self::WithoutKeys => t!("on_air.stop"),
        };
        let title = game.title.get(locale::current());
        let mut lines = vec![
            t!("on_air.title", title = title).into_owned(),
            t!(
                "on_air.size",
                engine = engine_text(&site.engine),
                files = plural::files(site.files as u64),
                size = size(site.bytes)
            )
            .into_owned(),
        ];
        lines.extend(addresses.short_list());
        lines.extend(secure_context_note(site, addresses));
        lines.push(last.into_owned());
        say(&(lines.join("\n") + "\n"));
    }
}

/// Prints the addresses of a game that replaced another. Logs it if the game needs a secure context.
pub(crate) fn announce_replacement(site: &Site, addresses: &PlayerAddresses) {
    if output::is_json() {
        let fields = json!({ "addresses": addresses.urls() });
        output::print_record(Level::Info, "addresses", fields);
    } else {
        say(&(addresses.short_list().join("\n") + "\n"));
    }
    if let Some(note) = secure_context_note(site, addresses) {
        match addresses
            .shared()
            .is_some_and(|url| url.starts_with("https:"))
        {
            true => tracing::info!(event = "secure_context", message = note),
            false => tracing::warn!(event = "secure_context", message = note),
        }
    }
}

/// The note about a game that browsers run at localhost or over https only, if other machines can open it.
fn secure_context_note(site: &Site, addresses: &PlayerAddresses) -> Option<String> {
    let shared = addresses.shared()?;
    let note = || match shared.starts_with("https:") {
        true => t!("on_air.https"),
        false => t!("on_air.secure_context"),
    };
    site.secure.is_needed.then(|| note().into_owned())
}
