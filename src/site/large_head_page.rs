//! The answer to a request whose fields are too large. In practice these are cookies, of all games at this address.

use std::sync::LazyLock;

use bytes::Bytes;
use http::HeaderValue;
use rust_i18n::t;

use crate::language::Language;
use crate::site::media_type::{PAGE, TEXT};
use crate::site::own_page::own_page;
use crate::site::page_style::STYLE;

static PAGES: LazyLock<[Bytes; 2]> = LazyLock::new(|| Language::ALL.map(|one| page(one).into()));

static TEXTS: LazyLock<[Bytes; 2]> = LazyLock::new(|| Language::ALL.map(|one| text(one).into()));

/// The type and content: a page for a browser, a line of text for a script.
pub(crate) fn large_head_page(language: Language, wants_page: bool) -> (HeaderValue, Bytes) {
    let (media_type, contents) = match wants_page {
        true => (PAGE, &*PAGES),
        false => (TEXT, &*TEXTS),
    };
    (media_type, language.select(contents).clone())
}

fn page(language: Language) -> String {
    let tag = language.tag();
    let title = t!("large_head.title", locale = tag);
    let reason = t!("large_head.reason", locale = tag);
    let remedy = t!("large_head.remedy", locale = tag);
    let saves = t!("large_head.saves", locale = tag);
    let body = format!(
        "<main>\n  <h1>{title}</h1>\n  <p>{reason}</p>\n  <p>{remedy}</p>\n  <p><small>{saves}</small></p>\n</main>"
    );
    own_page(language, &title, STYLE, &body)
}

fn text(language: Language) -> String {
    let tag = language.tag();
    let reason = t!("large_head.reason", locale = tag);
    let remedy = t!("large_head.remedy", locale = tag);
    format!("431 {reason} {remedy}\n")
}
