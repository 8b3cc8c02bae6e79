//! The address that the host shares, as a QR code.

use crate::console::foreground::TerminalSize;
use crate::console::layout;
use crate::console::message::t;
use crate::console::output::{is_json, say_drawn};
use crate::console::qr::Drawing;
use crate::console::screen_line::ScreenLine;
use crate::control::addresses::{PlayerAddresses, is_container};
use webserver::qr::QrModules;

/// The rows that the announcement and the status line need beside the code.
const OTHER_ROWS: usize = 8;

/// Prints the code below the announcement: if the host asked for it, or by default on a terminal with room for it.
/// Returns true if it was printed.
pub(crate) fn announce(
    wanted: Option<bool>,
    size: Option<TerminalSize>,
    addresses: &PlayerAddresses,
) -> bool {
    let Some(address) = addresses.shared() else {
        return false;
    };
    let fits = || {
        let room = size.map(|size| TerminalSize {
            rows: size.rows.saturating_sub(OTHER_ROWS),
            ..size
        });
        let code = QrModules::of(address).zip(room);
        code.is_some_and(|(code, room)| {
            Drawing::on_stderr().largest_scale(&code, room).is_some() && !is_container()
        })
    };
    let is_printed = wanted.unwrap_or_else(fits) && !is_json();
    if is_printed {
        print(address, Audience::Players);
    }
    is_printed
}

/// The people that a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    Players,
    /// The address opens the host's console.
    Host,
}

impl Audience {
    /// The line below the code.
    fn caption(self, address: &str) -> String {
        match self {
            Self::Players => t!("qr.scan", address = address),
            Self::Host => t!("console.scan", address = address),
        }
        .into_owned()
    }
}

/// Prints the code of an address.
pub(crate) fn print(address: &str, audience: Audience) {
    say_drawn(&lines(address, audience, Drawing::on_stderr()));
}

/// The smallest code of an address, with the address.
pub(crate) fn lines(address: &str, audience: Audience, drawing: Drawing) -> Vec<ScreenLine> {
    let code = QrModules::of(address);
    let mut lines = code.map_or_else(Vec::new, |code| drawing.lines(&code, 1));
    lines.push(ScreenLine::plain(&audience.caption(address)));
    lines
}

/// The largest code for a terminal, with the address.
pub(crate) fn screen(address: &str, audience: Audience, size: TerminalSize) -> Vec<ScreenLine> {
    let drawing = Drawing::on_stderr();
    let room = TerminalSize {
        rows: size.rows.saturating_sub(2),
        ..size
    };
    let text = |text: &str| ScreenLine::plain(&layout::fit(text, size.columns));
    let Some(code) = QrModules::of(address) else {
        return vec![text(&t!("qr.too_long", address = address))];
    };
    let mut lines = match drawing.largest_scale(&code, room) {
        Some(scale) => drawing.lines(&code, scale),
        None => vec![text(&t!(
            "qr.no_room",
            rows = code.width().div_ceil(2) + 2,
            columns = code.width()
        ))],
    };
    lines.push(text(&audience.caption(address)));
    lines.push(text(&t!("qr.close")));
    lines
}
