//! The pages and files of the console, which are part of the program.

use http::header::{HeaderMap, HeaderValue};

use crate::web_console::sign_in::cookies;
use crate::web_console::texts;
use webserver::http::accept_language;
use webserver::language::Language;

/// The media type of pages.
pub(crate) const PAGE: &str = "text/html; charset=utf-8";

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The cookie with the language that the host chose.
const LANGUAGE_COOKIE: &str = "webserver-console-language";

/// Path, media type and content of each file.
const FILES: [(&str, &str, &str); 13] = [
    (
        "/console.css",
        "text/css; charset=utf-8",
        include_str!("pages/console.css"),
    ),
    ("/icon.svg", "image/svg+xml", include_str!("pages/icon.svg")),
    ("/console.js", SCRIPT, include_str!("pages/console.js")),
    ("/actions.js", SCRIPT, include_str!("pages/actions.js")),
    ("/dom.js", SCRIPT, include_str!("pages/dom.js")),
    ("/edit.js", SCRIPT, include_str!("pages/edit.js")),
    ("/imports.js", SCRIPT, include_str!("pages/imports.js")),
    ("/library.js", SCRIPT, include_str!("pages/library.js")),
    ("/log.js", SCRIPT, include_str!("pages/log.js")),
    ("/panels.js", SCRIPT, include_str!("pages/panels.js")),
    ("/plots.js", SCRIPT, include_str!("pages/plots.js")),
    ("/stream.js", SCRIPT, include_str!("pages/stream.js")),
    ("/zip.js", SCRIPT, include_str!("pages/zip.js")),
];

/// Media type and content of the file at a path.
pub(crate) fn file(path: &str) -> Option<(&'static str, &'static str)> {
    let found = FILES.into_iter().find(|(known, ..)| *known == path);
    found.map(|(_, media_type, content)| (media_type, content))
}

/// The console.
pub(crate) fn console(language: Language) -> String {
    filled(include_str!("pages/console.html"), language)
}

/// The page for a browser that is not signed in.
pub(crate) fn signed_out(language: Language) -> String {
    filled(include_str!("pages/signed-out.html"), language)
}

/// The language that the host chose, else the one that the browser prefers.
pub(crate) fn language(fields: &HeaderMap) -> Language {
    let chosen = cookies(fields, LANGUAGE_COOKIE).find_map(|tag| tag.parse().ok());
    chosen.unwrap_or_else(|| accept_language::preferred(fields))
}

/// The field that keeps the chosen language for a year.
pub(crate) fn language_cookie(language: Language) -> HeaderValue {
    HeaderValue::from_static(match language {
        Language::English => {
            "webserver-console-language=en; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict"
        }
        Language::Chinese => {
            "webserver-console-language=zh-CN; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict"
        }
    })
}

/// Puts the texts in the place of `{{name}}`.
fn filled(page: &str, language: Language) -> String {
    let mut page = page.replace("{{lang}}", language.tag());
    for (name, text) in texts::all(language) {
        // Our own words, which contain no markup.
        page = page.replace(&format!("{{{{{name}}}}}"), &text);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_the_pages_is_there_and_has_no_markup() {
        for language in Language::ALL {
            for page in [console(language), signed_out(language)] {
                assert!(!page.contains("{{"), "{page}");
                assert!(page.contains(&format!("<html lang=\"{}\">", language.tag())));
            }
            for (name, text) in texts::all(language) {
                assert!(!text.contains(['<', '>', '&', '"']), "{name}: {text}");
            }
        }
    }

    #[test]
    fn every_text_that_the_scripts_ask_for_is_there() {
        let texts = texts::all(Language::English);
        let mut asked = 0;
        for (path, _, content) in FILES.iter().filter(|(_, kind, _)| *kind == SCRIPT) {
            for part in content.split("say('").skip(1) {
                let name = part.split('\'').next().unwrap();
                assert!(texts.contains_key(name), "{path}: {name}");
                asked += 1;
            }
        }
        assert!(asked > 20, "{asked}");
    }

    #[test]
    fn pages_have_no_inline_script_or_style() {
        let pages = [
            include_str!("pages/console.html"),
            include_str!("pages/signed-out.html"),
        ];
        for page in pages {
            assert!(
                !page.contains(" style=") && !page.contains("<style"),
                "{page}"
            );
            assert!(!page.contains(" onclick="), "{page}");
            for script in page.split("<script").skip(1) {
                assert!(
                    script.contains("src=\"/") && script.contains("></script>"),
                    "{script}"
                );
            }
        }
    }

    #[test]
    fn the_chosen_language_goes_before_the_preferred_one() {
        for (cookie, accepted, expected) in [
            ("", "zh-CN,zh;q=0.9", Language::Chinese),
            ("", "fr, en", Language::English),
            ("webserver-console-language=en", "zh-CN", Language::English),
            ("webserver-console-language=zh-CN", "en", Language::Chinese),
            ("webserver-console-language=xx", "zh", Language::Chinese),
        ] {
            let mut fields = HeaderMap::new();
            fields.insert("cookie", HeaderValue::from_static(cookie));
            fields.insert("accept-language", HeaderValue::from_static(accepted));
            assert_eq!(language(&fields), expected, "{cookie} {accepted}");
        }
    }
}
