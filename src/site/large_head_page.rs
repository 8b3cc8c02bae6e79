//! The answer to a request whose fields are too large, which are its cookies: those of all games at this address.

use std::sync::LazyLock;

use bytes::Bytes;
use http::HeaderValue;
use rust_i18n::t;

use crate::language::Language;
use crate::site::media_type::{PAGE, TEXT};
use crate::site::page_style::STYLE;

static PAGES: LazyLock<[Bytes; 2]> = LazyLock::new(|| Language::ALL.map(|one| page(one).into()));

static TEXTS: LazyLock<[Bytes; 2]> = LazyLock::new(|| Language::ALL.map(|one| text(one).into()));

/// The type and content: a page for a browser, a line of text for a script.
pub(crate) fn large_head_page(language: Language, wants_page: bool) -> (HeaderValue, Bytes) {
    let (media_type, [english, chinese]) = match wants_page {
        true => (PAGE, &*PAGES),
        false => (TEXT, &*TEXTS),
    };
    let content = match language {
        Language::English => english,
        Language::Chinese => chinese,
    };
    (media_type, content.clone())
}

fn page(language: Language) -> String {
    let tag = language.tag();
    let title = t!("large_head.title", locale = tag);
    let reason = t!("large_head.reason", locale = tag);
    let remedy = t!("large_head.remedy", locale = tag);
    let saves = t!("large_head.saves", locale = tag);
    format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n{STYLE}\n\
         <main>\n  <h1>{title}</h1>\n  <p>{reason}</p>\n  <p>{remedy}</p>\n  <p><small>{saves}</small></p>\n\
         </main>\n</html>\n"
    )
}

fn text(language: Language) -> String {
    let tag = language.tag();
    let reason = t!("large_head.reason", locale = tag);
    let remedy = t!("large_head.remedy", locale = tag);
    format!("431 {reason} {remedy}\n")
}
