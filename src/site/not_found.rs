//! What a player sees where there is nothing: which game is on the air, and the way to it.

use bytes::Bytes;
use rust_i18n::t;

use crate::language::{Language, Text};

/// The bodies of a 404, made once for each site.
#[derive(Clone, Debug)]
pub struct NotFound {
    pages: [Bytes; 2],
    texts: [Bytes; 2],
}

impl NotFound {
    /// The bodies that name this game.
    pub fn new(title: &Text) -> Self {
        Self {
            pages: Language::ALL.map(|language| page(title, language).into()),
            texts: Language::ALL.map(|language| text(title, language).into()),
        }
    }

    /// A page for a browser.
    pub fn page(&self, language: Language) -> &Bytes {
        of(&self.pages, language)
    }

    /// One line for a script or a loader.
    pub fn text(&self, language: Language) -> &Bytes {
        of(&self.texts, language)
    }
}

fn of(bodies: &[Bytes; 2], language: Language) -> &Bytes {
    let [english, chinese] = bodies;
    match language {
        Language::English => english,
        Language::Chinese => chinese,
    }
}

fn text(title: &Text, language: Language) -> String {
    let line = t!(
        "not_found.text",
        locale = language.tag(),
        title = title.to(language)
    );
    format!("{line}\n")
}

fn page(title: &Text, language: Language) -> String {
    let tag = language.tag();
    let title = escape(title.to(language));
    format!(
        r#"<!doctype html>
<html lang="{tag}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; text-align: center;
    font: 1.125rem/1.6 system-ui, sans-serif; background: #f6f4ef; color: #2b2a27; }}
  main {{ padding: 2rem; max-width: 28rem; }}
  p {{ margin: 0 0 1rem; }}
  h1 {{ margin: 0 0 .5rem; font-size: 1.75rem; line-height: 1.25; overflow-wrap: anywhere; }}
  a {{ display: inline-block; margin-top: .5rem; padding: .75rem 2rem; border-radius: 2rem; font-weight: 600;
    background: #2f6b4f; color: #fff; text-decoration: none; }}
  a:focus-visible {{ outline: 3px solid #8fd0ae; outline-offset: 3px; }}
  small {{ opacity: .75; }}
  @media (prefers-color-scheme: dark) {{ body {{ background: #1d1f1e; color: #eceae4; }} }}
</style>
<main>
  <p>{heading}</p>
  <h1>{on_air}</h1>
  <a href="/">{play}</a>
  <p><small>404</small></p>
</main>
</html>
"#,
        heading = t!("not_found.heading", locale = tag),
        on_air = t!("not_found.on_air", locale = tag, title = title),
        play = t!("not_found.play", locale = tag),
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_write_html() {
        let not_found = NotFound::new(&Text::plain("<script>alert(1)</script> & Co"));
        let page = String::from_utf8_lossy(not_found.page(Language::English)).into_owned();
        assert!(!page.contains("<script>"), "{page}");
        assert!(
            page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co"),
            "{page}"
        );
    }
}
