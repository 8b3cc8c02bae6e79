//! The page for a visitor over plain http whose game needs https: one button, and the way past the browser's warning.

use rust_i18n::t;

use crate::detect::secure_context::SecureContext;
use crate::html::escape::escape;
use crate::language::{Language, LocalizedText};
use crate::site::own_page::own_page;
use crate::site::page_style::STYLE;
use crate::site::warning_drawing::{WarningDrawing, warning_drawing};

/// The field of the query, and the cookie, of a visitor who plays without https.
pub(crate) const OVER_HTTP: &str = "over-http";

/// The paths of the authority's certificate: for all, and for Apple's devices.
pub(crate) const CERTIFICATE: &str = "/.webserver/ca.crt";
pub(crate) const PROFILE: &str = "/.webserver/ca.mobileconfig";

/// The browser of a visitor, as far as its warning differs from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WarningBrowser {
    Chrome,
    Safari,
    Firefox,
    Samsung,
    Edge,
}

/// The parts of the page that differ.
#[derive(Clone, Debug)]
pub(crate) struct SecureVisit<'a> {
    /// The game's title; empty before there is a game.
    pub title: &'a LocalizedText,
    pub secure: &'a SecureContext,
    pub language: Language,
    pub browser: WarningBrowser,
    /// The host and port that the visitor asked.
    pub authority: String,
    pub path: &'a str,
    pub query: Option<&'a str>,
    /// True if the browser does not know who signed the certificate.
    pub is_own_authority: bool,
    /// True if the game may be played over http.
    pub may_decline: bool,
}

impl WarningBrowser {
    const ALL: [Self; 5] = [
        Self::Chrome,
        Self::Safari,
        Self::Firefox,
        Self::Samsung,
        Self::Edge,
    ];

    /// The browser that names itself so in `User-Agent`. Most add the names of others.
    pub(crate) fn of_agent(agent: &str) -> Self {
        let names = [
            ("SamsungBrowser/", Self::Samsung),
            ("Edg", Self::Edge),
            ("Firefox/", Self::Firefox),
            ("FxiOS/", Self::Firefox),
            ("CriOS/", Self::Chrome),
            ("Chrome/", Self::Chrome),
            ("Safari/", Self::Safari),
        ];
        let mut names = names.into_iter();
        let named = names.find(|(name, _)| agent.contains(name));
        named.map_or(Self::Chrome, |(_, browser)| browser)
    }

    fn name(self, language: Language) -> String {
        let tag = language.tag();
        match self {
            Self::Chrome => t!("secure.chrome", locale = tag),
            Self::Safari => t!("secure.safari", locale = tag),
            Self::Firefox => t!("secure.firefox", locale = tag),
            Self::Samsung => t!("secure.samsung", locale = tag),
            Self::Edge => t!("secure.edge", locale = tag),
        }
        .into_owned()
    }

    /// The words to tap: first, and then.
    fn taps(self, language: Language) -> [String; 2] {
        let tag = language.tag();
        let (first, then) = match self {
            Self::Chrome | Self::Samsung => (
                t!("secure.advanced", locale = tag),
                t!("secure.proceed", locale = tag),
            ),
            Self::Safari => (
                t!("secure.show_details", locale = tag),
                t!("secure.visit", locale = tag),
            ),
            Self::Firefox => (
                t!("secure.advanced", locale = tag),
                t!("secure.accept_risk", locale = tag),
            ),
            Self::Edge => (
                t!("secure.advanced", locale = tag),
                t!("secure.continue", locale = tag),
            ),
        };
        [first.into_owned(), then.into_owned()]
    }

    /// Its drawing: which button is tapped first, and whether a button or a line of text follows.
    fn drawing(self, taps: &[String; 2]) -> String {
        warning_drawing(&WarningDrawing {
            first: &taps[0],
            then: &taps[1],
            first_is_left: matches!(self, Self::Chrome | Self::Samsung | Self::Edge),
            then_is_button: self == Self::Firefox,
        })
    }
}

/// The page.
pub(crate) fn secure_page(visit: &SecureVisit<'_>) -> String {
    let tag = visit.language.tag();
    let title = visit.title.get(visit.language);
    let heading = match title.is_empty() {
        true => t!("secure.heading_untitled", locale = tag),
        false => t!("secure.heading", locale = tag, title = escape(title)),
    };
    let target = match visit.query {
        Some(query) => format!("{}?{query}", visit.path),
        None => visit.path.to_owned(),
    };
    let url = escape(&format!("https://{}{target}", visit.authority));
    let warning = match visit.is_own_authority {
        true => warning(visit) + &for_good(visit),
        false => String::new(),
    };
    let body = format!(
        r#"<main>
  <h1>{heading}</h1>
  <p>{why}</p>
  <a href="{url}">{button}</a>
{decline}{warning}</main>"#,
        why = escape(&why(visit)),
        button = t!("secure.button", locale = tag),
        decline = decline(visit),
    );
    let head = format!("{STYLE}\n{OWN_STYLE}");
    own_page(visit.language, &heading, &head, &body)
}

/// Rules of this page alone.
const OWN_STYLE: &str = "<style>
  main { max-width: 32rem; }
  .plain a, .good a { margin: 0; padding: .5rem; background: none; color: inherit; text-decoration: underline; }
  .plain { margin: .5rem 0 0; } .plain small { display: block; }
  section { margin-top: 2rem; padding-top: 1.5rem; border-top: 1px solid #8886; text-align: start; }
  h2 { margin: 0 0 .5rem; font-size: 1.25rem; }
  details { border-radius: .75rem; padding: 0 1rem; background: #8882; margin: .5rem 0; }
  summary { padding: .75rem 0; cursor: pointer; font-weight: 600; }
  ol, ul { margin: 0; padding: 0 0 1rem 1.5rem; }
  svg { display: block; width: 100%; max-width: 22rem; height: auto; margin: 0 auto; padding-bottom: 1rem; }
  .b, .l { fill: currentColor; stroke: none; opacity: .3; } .t { fill: #2f6b4f; stroke: #8fd0ae; stroke-width: 2; }
  .w { fill: #fff; stroke: none; font: 600 11px system-ui, sans-serif; text-anchor: middle; }
  .good p a { display: inline-block; overflow-wrap: anywhere; padding: .5rem 0; }
</style>";

fn why(visit: &SecureVisit<'_>) -> String {
    let tag = visit.language.tag();
    let names = visit.secure.features.iter();
    let names: Vec<_> = names.map(|name| feature(name, visit.language)).collect();
    match (names.is_empty(), visit.may_decline) {
        (true, true) => t!("secure.why", locale = tag).into_owned(),
        (true, false) => t!("secure.why_only", locale = tag).into_owned(),
        (false, _) => {
            let features = names.join(&t!("secure.comma", locale = tag));
            t!("secure.why_features", locale = tag, features = features).into_owned()
        }
    }
}

/// The name of a feature in the visitor's language.
fn feature(name: &str, language: Language) -> String {
    let tag = language.tag();
    match name {
        "threads" => t!("secure.feature.threads", locale = tag).into_owned(),
        "service workers" => t!("secure.feature.workers", locale = tag).into_owned(),
        "gamepads" => t!("secure.feature.gamepads", locale = tag).into_owned(),
        "microphone and camera" => t!("secure.feature.camera", locale = tag).into_owned(),
        "motion sensors" => t!("secure.feature.motion", locale = tag).into_owned(),
        "geolocation" => t!("secure.feature.location", locale = tag).into_owned(),
        name => name.to_owned(),
    }
}

/// The link for those who play without https. The query lets browsers through that keep no cookies.
fn decline(visit: &SecureVisit<'_>) -> String {
    if !visit.may_decline {
        return String::new();
    }
    let tag = visit.language.tag();
    let before = visit
        .query
        .map_or_else(String::new, |query| format!("{query}&"));
    format!(
        "  <p class=\"plain\"><a href=\"{}\">{}</a><small>{}</small></p>\n",
        escape(&format!("?{before}{OVER_HTTP}=1")),
        t!("secure.decline", locale = tag),
        t!("secure.decline_note", locale = tag),
    )
}

/// The warning of each browser, and where to tap: the visitor's own first.
fn warning(visit: &SecureVisit<'_>) -> String {
    let tag = visit.language.tag();
    let others = WarningBrowser::ALL.into_iter();
    let others = others.filter(|browser| *browser != visit.browser);
    let all = std::iter::once(visit.browser).chain(others);
    let steps = all.map(|browser| {
        let taps = browser.taps(visit.language);
        let open = if browser == visit.browser { " open" } else { "" };
        let then = match browser {
            WarningBrowser::Safari => t!("secure.tap_twice", locale = tag, words = taps[1]),
            _ => t!("secure.tap", locale = tag, words = taps[1]),
        };
        format!(
            "  <details{open}><summary>{name}</summary>\n  <ol><li>{first}</li><li>{then}</li></ol>\n  {drawing}</details>\n",
            name = browser.name(visit.language),
            first = t!("secure.tap", locale = tag, words = taps[0]),
            drawing = browser.drawing(&taps),
        )
    });
    format!(
        "<section>\n  <h2>{}</h2>\n  <p>{}</p>\n{}</section>\n",
        t!("secure.warning_heading", locale = tag),
        t!("secure.warning", locale = tag),
        steps.collect::<String>(),
    )
}

/// The way to trust the authority.
fn for_good(visit: &SecureVisit<'_>) -> String {
    let tag = visit.language.tag();
    let workers = match visit.secure.has_worker {
        true => format!(
            "  <p><strong>{}</strong></p>\n",
            t!("secure.good_workers", locale = tag)
        ),
        false => String::new(),
    };
    format!(
        r#"<section class="good">
  <h2>{heading}</h2>
{workers}  <p>{text}</p>
  <p><a href="{PROFILE}">{apple}</a><br><a href="{CERTIFICATE}">{others}</a></p>
  <ul><li>{ios}</li><li>{android}</li><li>{windows}</li><li>{mac}</li><li>{linux}</li></ul>
  <p><small>{fingerprint}</small></p>
</section>
"#,
        heading = t!("secure.good_heading", locale = tag),
        text = t!("secure.good", locale = tag),
        apple = t!("secure.for_apple", locale = tag),
        others = t!("secure.for_others", locale = tag),
        ios = t!("secure.trust_ios", locale = tag),
        android = t!("secure.trust_android", locale = tag),
        windows = t!("secure.trust_windows", locale = tag),
        mac = t!("secure.trust_mac", locale = tag),
        linux = t!("secure.trust_linux", locale = tag),
        fingerprint = t!("secure.fingerprint", locale = tag),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::page::tags;

    fn visit<'a>(title: &'a LocalizedText, secure: &'a SecureContext) -> SecureVisit<'a> {
        SecureVisit {
            title,
            secure,
            language: Language::English,
            browser: WarningBrowser::Firefox,
            authority: "192.168.1.5:8080".to_owned(),
            path: "/play/",
            query: Some("level=3&x=\"><script>"),
            is_own_authority: true,
            may_decline: true,
        }
    }

    #[test]
    fn the_button_leads_to_https_and_the_link_to_the_game_and_nothing_is_injected() {
        let title = LocalizedText::plain("<b>Tom & Jerry</b>");
        let secure = SecureContext {
            is_needed: true,
            features: vec!["threads", "AudioWorklet"],
            has_worker: true,
        };
        for language in Language::ALL {
            let page = secure_page(&SecureVisit {
                language,
                ..visit(&title, &secure)
            });
            let tags = tags(page.as_bytes());
            let links: Vec<_> = { tags.iter() }
                .filter(|tag| tag.name == "a")
                .filter_map(|tag| tag.attribute("href"))
                .collect();
            let query = "level=3&amp;x=&quot;&gt;&lt;script&gt;";
            assert!(page.contains(&format!("\"https://192.168.1.5:8080/play/?{query}\"")));
            assert!(page.contains(&format!("\"?{query}&amp;over-http=1\"")));
            assert_eq!(links.len(), 4, "{links:?}");
            assert_eq!(links[2..], [PROFILE, CERTIFICATE]);
            assert!(
                page.contains("&lt;b&gt;Tom &amp; Jerry&lt;/b&gt;"),
                "{page}"
            );
            assert!(!page.contains("<b>") && !page.contains("<script"), "{page}");
            assert!(page.contains("AudioWorklet"), "{page}");
            assert_eq!(page.matches("<strong>").count(), 1, "its service worker");
        }
    }

    #[test]
    fn the_visitors_browser_comes_first_and_is_open() {
        let (title, secure) = (LocalizedText::plain("Game"), SecureContext::default());
        for browser in WarningBrowser::ALL {
            let page = secure_page(&SecureVisit {
                browser,
                ..visit(&title, &secure)
            });
            let open = format!("<details open><summary>{}", browser.name(Language::English));
            assert_eq!(page.find("<details"), page.find(&open), "{page}");
            assert_eq!(page.matches("<details").count(), 5);
            assert_eq!(page.matches("<svg").count(), 5);
        }
    }

    #[test]
    fn a_certificate_of_the_hosts_own_needs_no_explanation_and_https_alone_no_way_around() {
        let (title, secure) = (LocalizedText::plain(""), SecureContext::default());
        let page = secure_page(&SecureVisit {
            is_own_authority: false,
            may_decline: false,
            ..visit(&title, &secure)
        });
        assert_eq!(page.matches("<a ").count(), 1, "{page}");
        assert!(
            !page.contains("<svg") && !page.contains(OVER_HTTP),
            "{page}"
        );
    }

    #[test]
    fn the_browser_is_the_one_that_names_itself_last() {
        // As sent by Chrome 140, Safari 18, Firefox 143, Samsung Internet 28 and Edge 140, and by Chrome on iOS.
        let chrome = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)";
        let ios = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
        for (agent, expected) in [
            (
                format!("{chrome} Chrome/140.0.0.0 Mobile Safari/537.36"),
                WarningBrowser::Chrome,
            ),
            (
                format!("{ios} Version/18.5 Mobile/15E148 Safari/604.1"),
                WarningBrowser::Safari,
            ),
            (
                format!("{ios} CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1"),
                WarningBrowser::Chrome,
            ),
            (
                "Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0".to_owned(),
                WarningBrowser::Firefox,
            ),
            (
                format!("{chrome} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"),
                WarningBrowser::Samsung,
            ),
            (
                format!("{chrome} Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0"),
                WarningBrowser::Edge,
            ),
            (String::new(), WarningBrowser::Chrome),
        ] {
            assert_eq!(WarningBrowser::of_agent(&agent), expected, "{agent}");
        }
    }
}
