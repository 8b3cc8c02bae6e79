//! The page shown while no game is published. It loads the game as soon as there is one.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use rust_i18n::t;

use crate::html::escape::escape;
use crate::language::{Language, LocalizedText};
use crate::site::id::SiteId;
use crate::site::media_type::{PAGE, TEXT};
use crate::site::own_page::own_page;
use crate::site::page_style::STYLE;
use crate::site::representation::{NO_CACHE, NOSNIFF};

/// The time after which a client should ask again, in seconds.
const RETRY_SECONDS: u16 = 5;

/// The time after which the page of a game that could not be built asks for it again, in seconds.
const AGAIN_SECONDS: u16 = 30;

/// The responses of status 503 while no game is published.
#[derive(Clone, Debug)]
pub struct WaitingPages {
    pages: [WaitingBody; 2],
    texts: [WaitingBody; 2],
}

/// Content with its fields.
#[derive(Clone, Debug)]
pub(crate) struct WaitingBody {
    pub(crate) fields: HeaderMap,
    pub(crate) content: Bytes,
}

/// The words of a placeholder in one language.
struct WaitingWords {
    heading: String,
    /// The line below the heading.
    note: String,
    /// The answer to scripts and loaders.
    line: String,
}

impl WaitingPages {
    /// The pages of the waiting site with this id.
    pub(crate) fn new(id: &SiteId) -> Self {
        Self::with_words(id, &without_scripts(), |language| {
            let tag = language.tag();
            WaitingWords {
                heading: t!("waiting.heading", locale = tag).into(),
                note: t!("waiting.soon", locale = tag).into(),
                line: t!("waiting.text", locale = tag).into(),
            }
        })
    }

    /// The pages of a site that waits for the first build of the game with this title.
    pub(crate) fn opening(id: &SiteId, title: &LocalizedText) -> Self {
        Self::with_words(id, &without_scripts(), |language| {
            let (tag, title) = (language.tag(), title.get(language));
            WaitingWords {
                heading: t!("waiting.opening", locale = tag, title = title).into(),
                note: t!("waiting.soon", locale = tag).into(),
                line: t!("waiting.opening_text", locale = tag, title = title).into(),
            }
        })
    }

    /// The pages of a site after the game with this title could not be built. Only a request has it built again.
    pub(crate) fn unopened(id: &SiteId, title: &LocalizedText) -> Self {
        let again = format!("<meta http-equiv=\"refresh\" content=\"{AGAIN_SECONDS}\">");
        Self::with_words(id, &again, |language| {
            let (tag, title) = (language.tag(), title.get(language));
            WaitingWords {
                heading: t!("waiting.unopened", locale = tag, title = title).into(),
                note: t!("waiting.again", locale = tag).into(),
                line: t!("waiting.unopened_text", locale = tag, title = title).into(),
            }
        })
    }

    fn with_words(id: &SiteId, refresh: &str, words: impl Fn(Language) -> WaitingWords) -> Self {
        let page = |language| page(id, language, refresh, &words(language));
        // One line, whatever a title contains.
        let line = |language| format!("{}\n", words(language).line.replace(['\r', '\n'], " "));
        Self {
            pages: Language::ALL.map(|language| WaitingBody::new(PAGE, page(language))),
            texts: Language::ALL.map(|language| WaitingBody::new(TEXT, line(language))),
        }
    }

    /// The page for a browser, or the line of text for a script or loader.
    pub(crate) fn select(&self, language: Language, wants_page: bool) -> &WaitingBody {
        let bodies = match wants_page {
            true => &self.pages,
            false => &self.texts,
        };
        language.select(bodies)
    }
}

impl WaitingBody {
    fn new(media_type: HeaderValue, text: String) -> Self {
        let content = Bytes::from(text);
        let fields = [
            (CONTENT_TYPE, media_type),
            (CONTENT_LENGTH, content.len().into()),
            (CACHE_CONTROL, NO_CACHE),
            (RETRY_AFTER, RETRY_SECONDS.into()),
            (VARY, HeaderValue::from_static("Accept, Accept-Language")),
            (X_CONTENT_TYPE_OPTIONS, NOSNIFF),
        ];
        Self {
            fields: fields.into_iter().collect(),
            content,
        }
    }
}

/// The element that has a page ask again where no script does.
fn without_scripts() -> String {
    format!("<noscript><meta http-equiv=\"refresh\" content=\"{RETRY_SECONDS}\"></noscript>")
}

/// The script reloads the page when a game is published; without scripts, the page reloads every few seconds. A game that
/// is published between the page and its script has no such script: then the page reloads soon.
fn page(id: &SiteId, language: Language, refresh: &str, words: &WaitingWords) -> String {
    let head = format!(
        r#"{refresh}
<script src=".webserver/live.js" data-site="{id}" data-waits onerror="setTimeout(() => location.reload(), 1000)"></script>
{STYLE}"#,
        id = id.as_str(),
    );
    let heading = escape(&words.heading);
    let note = &words.note;
    let body = format!("<main>\n  <h1>{heading}</h1>\n  <p>{note}</p>\n</main>");
    own_page(language, &heading, &head, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waiting_page_is_there_in_both_languages_and_reloads_by_itself() {
        let id = SiteId::of_waiting();
        let pages = WaitingPages::new(&id);
        for (language, heading) in [
            (Language::English, "The host is choosing a game"),
            (Language::Chinese, "主持人正在选择游戏"),
        ] {
            let page = pages.select(language, true);
            let html = String::from_utf8_lossy(&page.content);
            assert!(html.contains(&format!("<h1>{heading}</h1>")), "{html}");
            assert!(
                html.contains(&format!("data-site=\"{}\"", id.as_str())),
                "{html}"
            );
            assert!(html.contains("http-equiv=\"refresh\""), "{html}");
            // The script is gone if the game came meanwhile.
            assert!(html.contains("data-waits onerror=\"setTimeout("), "{html}");
            let text = pages.select(language, false);
            let line = String::from_utf8_lossy(&text.content);
            assert!(
                line.contains(heading) && line.lines().count() == 1,
                "{line}"
            );
            for body in [page, text] {
                assert_eq!(body.fields[RETRY_AFTER], "5");
                assert_eq!(body.fields[CONTENT_LENGTH], body.content.len().to_string());
            }
        }
    }

    #[test]
    fn the_page_of_a_game_that_is_opened_names_it_and_contains_no_tag_of_its_title() {
        let title = LocalizedText::plain("<b>Tom & Jerry</b>\n2");
        let pages = WaitingPages::opening(&SiteId::of_waiting(), &title);
        for (language, heading) in [
            (Language::English, "is starting"),
            (Language::Chinese, "正在启动"),
        ] {
            let page = pages.select(language, true);
            let html = String::from_utf8_lossy(&page.content);
            assert!(
                html.contains("&lt;b&gt;Tom &amp; Jerry&lt;/b&gt;"),
                "{html}"
            );
            assert!(html.contains(heading) && !html.contains("<b>"), "{html}");
            let line = &pages.select(language, false).content;
            let line = String::from_utf8_lossy(line);
            assert!(
                line.contains(heading) && line.lines().count() == 1,
                "{line}"
            );
        }
    }

    #[test]
    fn the_page_of_a_game_that_could_not_be_built_says_so_and_asks_again() {
        let title = LocalizedText::plain("Tom & Jerry");
        let id = SiteId::of_unopened();
        assert_ne!(id, SiteId::of_waiting(), "open pages notice");
        let pages = WaitingPages::unopened(&id, &title);
        for (language, heading) in [
            (Language::English, "Tom &amp; Jerry cannot be opened"),
            (Language::Chinese, "Tom &amp; Jerry 无法打开"),
        ] {
            let page = pages.select(language, true);
            let html = String::from_utf8_lossy(&page.content);
            assert!(html.contains(&format!("<h1>{heading}</h1>")), "{html}");
            let again = "<meta http-equiv=\"refresh\" content=\"30\">";
            assert!(
                html.contains(again) && !html.contains("<noscript>"),
                "{html}"
            );
        }
    }
}
