//! The page for the projector: the game's title and cover, the QR code as large as the window, and the address.

use rust_i18n::t;

use crate::html::escape::escape;
use crate::language::{Language, LocalizedText};
use crate::qr::QrModules;
use crate::site::own_page::own_page;

/// The page's path.
pub(crate) const JOIN: &str = "/.webserver/join";

/// The query with which the page asks for its changing part.
pub(crate) const NOW: &str = "now";

/// The address that the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum JoinAddress {
    /// A URL and its QR code as SVG.
    At {
        /// The URL.
        url: String,
        /// The picture; empty if the URL is too long for one.
        code: String,
        /// The URL with the name on the local network.
        named: Option<String>,
    },
    /// Other machines cannot open the server.
    OnlyHere,
    /// The addresses of a container are not those that players open.
    InContainer,
}

impl JoinAddress {
    /// The address with its code.
    pub(crate) fn of_url(url: String, named: Option<&str>) -> Self {
        let code = QrModules::of(&url).map(|code| code.svg());
        Self::At {
            code: code.unwrap_or_default(),
            named: named.map(str::to_owned),
            url,
        }
    }
}

/// The page's content at a moment.
#[derive(Clone, Debug)]
pub(crate) struct JoinView<'a> {
    /// The game's title; empty before there is a game.
    pub title: &'a LocalizedText,
    /// The path of a picture in the game.
    pub cover: Option<&'a str>,
    pub address: JoinAddress,
    /// The browsers that have loaded the game, and those that are loading it.
    pub loaded: u64,
    pub loading: u64,
    pub language: Language,
}

/// The page. Its script asks for the part every two seconds; without scripts, the page reloads.
pub(crate) fn join_page(view: &JoinView<'_>) -> String {
    let tag = view.language.tag();
    let heading = t!("join.heading", locale = tag);
    let head = format!(
        r#"<noscript><meta http-equiv="refresh" content="5"></noscript>
<link rel="icon" href="data:,">
{STYLE}"#
    );
    let part = join_part(view);
    let body = format!("<main>\n{part}</main>\n{SCRIPT}");
    own_page(view.language, &heading, &head, &body)
}

/// The part of the page that changes.
pub(crate) fn join_part(view: &JoinView<'_>) -> String {
    let tag = view.language.tag();
    let title = match view.title.get(view.language) {
        "" => t!("waiting.heading", locale = tag).into_owned(),
        title => title.to_owned(),
    };
    let cover = view.cover.map_or_else(String::new, |cover| {
        format!("<img src=\"{}\" alt=\"\">\n", escape(cover))
    });
    let (code, address) = match &view.address {
        JoinAddress::At { url, code, named } => {
            let short = short(url);
            let scan = t!("join.scan", locale = tag);
            // As wide as the text may be, whatever its length.
            let length = short.chars().count().max(8);
            let shown = escape(short);
            let named = named.as_deref().map_or_else(String::new, |named| {
                let name = self::short(named);
                note(&t!("join.or_name", locale = tag, name = name))
            });
            (
                format!("<div class=\"code\">{code}</div>\n"),
                format!(
                    "<p class=\"scan\">{scan}</p>\n<p class=\"address\" style=\"--n:{length}\">{shown}</p>\n{named}"
                ),
            )
        }
        JoinAddress::OnlyHere => (String::new(), note(&t!("join.only_here", locale = tag))),
        JoinAddress::InContainer => (String::new(), note(&t!("join.container", locale = tag))),
    };
    format!(
        "{code}<div class=\"text\">\n{cover}<h1>{title}</h1>\n{address}<p class=\"count\">{count}</p>\n</div>\n",
        title = escape(&title),
        count = count(view),
    )
}

fn note(text: &str) -> String {
    format!("<p class=\"scan\">{}</p>\n", escape(text))
}

fn count(view: &JoinView<'_>) -> String {
    let tag = view.language.tag();
    let loaded = match view.loaded {
        1 => t!("join.loaded_one", locale = tag),
        loaded => t!("join.loaded", locale = tag, loaded = loaded),
    };
    match view.loading {
        0 => loaded.into_owned(),
        loading => t!(
            "join.loading",
            locale = tag,
            loaded = loaded,
            loading = loading
        )
        .into_owned(),
    }
}

/// The address as people type it: browsers add `http://` and the slash.
fn short(url: &str) -> &str {
    url.strip_prefix("http://")
        .unwrap_or(url)
        .trim_end_matches('/')
}

const SCRIPT: &str = r#"<script>
  const main = document.querySelector('main');
  let shown;
  setInterval(async () => {
    try {
      const answer = await fetch('?now', { cache: 'no-store', signal: AbortSignal.timeout(5000) });
      if (!answer.ok) throw new Error(answer.status);
      const part = await answer.text();
      if (part !== shown) main.innerHTML = shown = part;
      delete document.body.dataset.lost;
    } catch {
      document.body.dataset.lost = '';
    }
  }, 2000);
</script>"#;

/// The code takes the height of a wide window, and the width of a high one; letters take what is left.
const STYLE: &str = "<style>
  :root { color-scheme: light dark; --code: min(92vh, 58vw); --text: calc(100vw - var(--code) - 12vh); }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f6f4ef; color: #2b2a27;
    font: max(2.6vmin, .9rem)/1.4 system-ui, sans-serif; }
  main { display: flex; align-items: center; justify-content: center; gap: 4vh; padding: 4vh; }
  .code { flex: none; width: var(--code); line-height: 0; }
  .code svg { width: 100%; height: auto; border-radius: 2vmin; }
  .text { width: var(--text); text-align: center; }
  img { max-width: 100%; max-height: 30vh; border-radius: 2vmin; }
  h1 { margin: 2vh 0; font-size: 5vmin; line-height: 1.2; overflow-wrap: anywhere; }
  p { margin: 1vh 0; }
  .address { font-size: min(calc(1.55 * var(--text) / var(--n)), 14vmin); font-weight: 700; line-height: 1.3; white-space: nowrap;
    font-variant-numeric: tabular-nums; }
  .count { opacity: .75; }
  [data-lost] { opacity: .4; }
  @media (max-aspect-ratio: 11/10) {
    :root { --code: min(92vw, 62vh); --text: 92vw; }
    main { flex-direction: column; gap: 2vh; padding: 2vh 0; }
    img { max-height: 14vh; }
  }
  @media (prefers-color-scheme: dark) { body { background: #1d1f1e; color: #eceae4; } }
</style>";

#[cfg(test)]
mod tests {
    use super::*;

    fn view<'a>(title: &'a LocalizedText, language: Language) -> JoinView<'a> {
        JoinView {
            title,
            cover: Some("/a%20\"b.png"),
            address: JoinAddress::At {
                url: "http://192.168.1.5:8080/".to_owned(),
                code: "<svg></svg>".to_owned(),
                named: Some("http://games.local:8080/".to_owned()),
            },
            loaded: 1,
            loading: 0,
            language,
        }
    }

    #[test]
    fn the_page_holds_its_part_and_nothing_is_injected() {
        let title = LocalizedText::plain("<b>Tom & Jerry</b>");
        for language in Language::ALL {
            let view = view(&title, language);
            let (page, part) = (join_page(&view), join_part(&view));
            assert!(page.contains(&part), "{page}");
            assert!(
                part.contains("<h1>&lt;b&gt;Tom &amp; Jerry&lt;/b&gt;</h1>"),
                "{part}"
            );
            assert!(part.contains("src=\"/a%20&quot;b.png\""), "{part}");
            assert!(part.contains(">192.168.1.5:8080</p>"), "{part}");
            assert!(part.contains("games.local:8080</p>"), "{part}");
        }
    }

    #[test]
    fn the_count_is_in_words_of_both_languages() {
        let title = LocalizedText::plain("");
        for (language, loaded, loading, expected) in [
            (Language::English, 1, 0, "1 player has loaded it"),
            (
                Language::English,
                0,
                2,
                "0 players have loaded it, 2 loading",
            ),
            (Language::Chinese, 23, 1, "23 位玩家已加载，1 位正在加载"),
        ] {
            let view = JoinView {
                loaded,
                loading,
                ..view(&title, language)
            };
            assert_eq!(count(&view), expected);
        }
    }

    #[test]
    fn https_is_shown_because_it_must_be_typed() {
        for (url, expected) in [
            ("http://games.local:8080/", "games.local:8080"),
            ("https://192.168.1.5:8080/", "https://192.168.1.5:8080"),
        ] {
            assert_eq!(short(url), expected);
        }
    }
}
