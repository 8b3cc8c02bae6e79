//! The responses for missing files: a page for browsers and a line of text for scripts, with a link to the game.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use rust_i18n::t;

use crate::html::escape::escape;
use crate::language::{Language, LocalizedText};
use crate::site::media_type::{PAGE, TEXT};
use crate::site::own_page::own_page;
use crate::site::page_style::STYLE;
use crate::site::path::to_url;
use crate::site::representation::{NO_CACHE, NOSNIFF};

/// The 404 responses of a site, prepared in each language.
#[derive(Clone, Debug)]
pub struct NotFoundPages {
    pages: [Template; 2],
    texts: [Template; 2],
    is_lobby: bool,
}

/// A body with its fields.
#[derive(Clone, Debug)]
pub struct NotFoundBody {
    /// The fields, `Content-Length` included.
    pub fields: HeaderMap,
    /// The content.
    pub content: Bytes,
}

impl NotFoundPages {
    /// Prepares the responses for a game of this title.
    pub fn new(title: &LocalizedText) -> Self {
        Self::with_page(title, |language| page(title, language), false)
    }

    /// Prepares the responses for a lobby of this title, whose page leads to all games.
    pub(crate) fn of_lobby(title: &LocalizedText) -> Self {
        let page = |language| page_with_heading(&escape(title.get(language)), language);
        Self::with_page(title, page, true)
    }

    fn with_page(title: &LocalizedText, page: impl Fn(Language) -> String, is_lobby: bool) -> Self {
        Self {
            pages: Language::ALL.map(|language| Template::new(PAGE, &page(language))),
            texts: Language::ALL.map(|language| Template::new(TEXT, &text(title, language))),
            is_lobby,
        }
    }

    /// The page for browsers, with a link to the nearest name. Links are relative to a path in so many folders, so that
    /// they hold below any prefix of a proxy.
    pub fn page(&self, language: Language, nearest: Option<&str>, depth: usize) -> NotFoundBody {
        let root = match depth {
            0 => "./".to_owned(),
            depth => "../".repeat(depth),
        };
        let tag = language.tag();
        let near = nearest.map_or_else(String::new, |name| {
            let url = root.clone() + to_url(name).trim_start_matches('/');
            let link = format!("<a href=\"{}\">{}</a>", escape(&url), escape(name));
            let line = t!("not_found.near", locale = tag, name = link);
            format!("  <p class=\"near\">{line}</p>\n")
        });
        let play = match self.is_lobby {
            true => t!("lobby.all", locale = tag),
            false => t!("not_found.play", locale = tag),
        };
        let links = format!("{near}  <a href=\"{root}\">{play}</a>\n");
        language.select(&self.pages).fill(Some(links))
    }

    /// The text for scripts, with the nearest name.
    pub fn text(&self, language: Language, nearest: Option<&str>) -> NotFoundBody {
        language.select(&self.texts).fill(nearest.map(|name| {
            let line = t!("not_found.near", locale = language.tag(), name = name);
            format!("{line}\n")
        }))
    }
}

/// A response, and the position of the line with the nearest name.
#[derive(Clone, Debug)]
struct Template {
    body: NotFoundBody,
    gap: usize,
}

/// Marks the position in a text.
const GAP: char = '\0';

impl Template {
    fn new(media_type: HeaderValue, text: &str) -> Self {
        let content = Bytes::from(text.replace(GAP, ""));
        let fields = [
            (CONTENT_TYPE, media_type),
            (CONTENT_LENGTH, content.len().into()),
            (CACHE_CONTROL, NO_CACHE),
            (VARY, HeaderValue::from_static("Accept, Accept-Language")),
            (X_CONTENT_TYPE_OPTIONS, NOSNIFF),
        ];
        Self {
            gap: text.find(GAP).unwrap_or(text.len()),
            body: NotFoundBody {
                fields: fields.into_iter().collect(),
                content,
            },
        }
    }

    fn fill(&self, nearest: Option<String>) -> NotFoundBody {
        let mut body = self.body.clone();
        if let Some(nearest) = nearest {
            let (before, after) = body.content.split_at(self.gap.min(body.content.len()));
            body.content = [before, nearest.as_bytes(), after].concat().into();
            body.fields
                .insert(CONTENT_LENGTH, body.content.len().into());
        }
        body
    }
}

fn text(title: &LocalizedText, language: Language) -> String {
    let line = t!(
        "not_found.text",
        locale = language.tag(),
        title = title.get(language)
    );
    format!("{}\n{GAP}", line.replace(GAP, ""))
}

fn page(title: &LocalizedText, language: Language) -> String {
    let title = escape(title.get(language)).replace(GAP, "");
    let on_air = t!("not_found.on_air", locale = language.tag(), title = title);
    page_with_heading(&on_air, language)
}

fn page_with_heading(heading: &str, language: Language) -> String {
    let reason = t!("not_found.heading", locale = language.tag());
    let body = format!(
        "<main>\n  <p>{reason}</p>\n  <h1>{heading}</h1>\n{GAP}  <p><small>404</small></p>\n</main>"
    );
    own_page(language, &reason, STYLE, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_inject_html() {
        let not_found = NotFoundPages::new(&LocalizedText::plain("<script>alert(1)</script> & Co"));
        let page = not_found.page(Language::English, None, 0);
        let page = String::from_utf8_lossy(&page.content).into_owned();
        assert!(!page.contains("<script>"), "{page}");
        assert!(
            page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co"),
            "{page}"
        );
    }

    #[test]
    fn a_lobby_is_no_game_and_its_page_leads_to_all_of_them() {
        for (language, title, link) in [
            (Language::English, "Games", ">All games</a>"),
            (Language::Chinese, "游戏", ">全部游戏</a>"),
        ] {
            let pages = NotFoundPages::of_lobby(&LocalizedText::plain(title));
            let page = pages.page(language, None, 0);
            let page = String::from_utf8_lossy(&page.content).into_owned();
            assert!(page.contains(&format!("<h1>{title}</h1>")), "{page}");
            assert!(page.contains(link), "{page}");
        }
    }

    #[test]
    fn the_nearest_name_is_linked_and_cannot_inject_html() {
        let not_found = NotFoundPages::new(&LocalizedText::plain("Game"));
        for (name, html) in [
            (
                "a/Hero 1.png",
                "<a href=\"./a/Hero%201.png\">a/Hero 1.png</a>",
            ),
            (
                "\"<b>&.js",
                "<a href=\"./%22%3Cb%3E&amp;.js\">&quot;&lt;b&gt;&amp;.js</a>",
            ),
        ] {
            for language in Language::ALL {
                let page = not_found.page(language, Some(name), 0);
                let page = String::from_utf8_lossy(&page.content).into_owned();
                assert!(
                    page.contains(html) && page.ends_with("</main>\n</html>\n"),
                    "{page}"
                );
                let body = not_found.text(language, Some(name));
                let text = String::from_utf8_lossy(&body.content).into_owned();
                assert_eq!(body.fields[CONTENT_LENGTH], body.content.len().to_string());
                assert!(text.contains(name) && text.lines().count() == 2, "{text}");
                let none = not_found.page(language, None, 0);
                assert!(!String::from_utf8_lossy(&none.content).contains("class=\"near\""));
            }
        }
    }
}
