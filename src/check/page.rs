//! References and scripts in pages.

use crate::check::manifest::{import_map, imports};
use crate::check::reference::{Reference, Role};
use crate::check::style_sheet::style_sheet;
use crate::html::page::{Token, tokens};
use crate::html::tag::Tag;

/// The relations of links to files of the game rather than to pages about it.
const FILE_LINKS: &[&str] = &[
    "stylesheet",
    "icon",
    "apple-touch-icon",
    "apple-touch-icon-precomposed",
    "mask-icon",
    "apple-touch-startup-image",
    "manifest",
    "preload",
    "modulepreload",
    "prefetch",
];

/// The relations of links that are loaded with the page.
const LOADED_LINKS: &[&str] = &["stylesheet", "modulepreload"];

/// The contents of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// The `href` of its `<base>`.
    pub base: Option<String>,
    /// True if it has a viewport for phones.
    pub has_viewport: bool,
    pub references: Vec<Reference>,
    /// Inline scripts, each with the line that it starts in.
    pub scripts: Vec<(usize, String)>,
    /// The module names that its import map defines, each with its target.
    pub imports: Vec<(String, String)>,
}

impl Page {
    pub(crate) fn parse(text: &str) -> Self {
        let mut page = Self::default();
        let lines = LineNumbers::new(text);
        let mut element = Element::Other;
        for token in tokens(text.as_bytes()) {
            match token {
                Token::Start(tag) => {
                    let line = lines.line_at(tag.span.start);
                    page.read_tag(&tag, line);
                    element = Element::from_tag(&tag);
                }
                Token::End { .. } => element = Element::Other,
                Token::Text { start, text } => {
                    let line = lines.line_at(start);
                    match element {
                        Element::Script => page.scripts.push((line, text)),
                        Element::Style => page.references.extend(style_sheet(&text, line)),
                        Element::ImportMap => {
                            page.references.extend(import_map(&text, line));
                            page.imports.extend(imports(&text));
                        }
                        Element::Other => {}
                    }
                }
            }
        }
        page
    }

    fn read_tag(&mut self, tag: &Tag, line: usize) {
        let mut refer = |target: Option<&str>, role| {
            self.references.extend(target.map(|target| Reference {
                target: target.to_owned(),
                line,
                role,
            }));
        };
        let source_role = match tag.attribute("loading") {
            Some("lazy") => Role::Linked,
            _ => Role::Loaded,
        };
        match tag.name.as_str() {
            "base" if self.base.is_none() => {
                self.base = tag.attribute("href").map(str::to_owned);
            }
            "meta" => self.has_viewport |= tag.attribute("name") == Some("viewport"),
            "link" if tag.has_word("rel", FILE_LINKS) => {
                let role = match tag.has_word("rel", LOADED_LINKS) {
                    true => Role::Loaded,
                    false => Role::Decoration,
                };
                refer(tag.attribute("href"), role);
            }
            "a" | "area" => {
                let is_page = |target: &&str| is_page_name(target);
                refer(tag.attribute("href").filter(is_page), Role::Linked);
            }
            "object" => refer(tag.attribute("data"), Role::Loaded),
            "script" | "img" | "iframe" | "embed" | "audio" | "video" | "source" | "track"
            | "input" => {
                refer(tag.attribute("src"), source_role);
                refer(tag.attribute("poster"), source_role);
                for candidate in candidates(tag) {
                    refer(Some(candidate), Role::Linked);
                }
            }
            "image" | "use" => refer(tag.attribute("href"), Role::Loaded),
            _ => {}
        }
        if let Some(style) = tag.attribute("style") {
            self.references.extend(style_sheet(style, line));
        }
    }
}

/// The element whose text is being read.
#[derive(Clone, Copy)]
enum Element {
    Script,
    Style,
    ImportMap,
    Other,
}

impl Element {
    fn from_tag(tag: &Tag) -> Self {
        match (tag.name.as_str(), tag.attribute("type").unwrap_or_default()) {
            ("style", _) => Self::Style,
            ("script", "importmap") => Self::ImportMap,
            ("script", "" | "module") => Self::Script,
            ("script", kind) if kind.contains("javascript") => Self::Script,
            _ => Self::Other,
        }
    }
}

/// The files of a `srcset`.
fn candidates(tag: &Tag) -> impl Iterator<Item = &str> {
    let srcset = tag.attribute("srcset").unwrap_or_default();
    let candidates = srcset.split(", ").map(str::trim);
    candidates.filter_map(|candidate| candidate.split_ascii_whitespace().next())
}

/// True for the name of a page, which a link leads to.
pub(crate) fn is_page_name(target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let path = path.to_ascii_lowercase();
    path.ends_with(".html") || path.ends_with(".htm")
}

/// The positions of a text's line breaks.
struct LineNumbers(Vec<usize>);

impl LineNumbers {
    fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn line_at(&self, position: usize) -> usize {
        1 + self.0.partition_point(|newline| *newline < position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::reference::summary;

    #[test]
    fn references_of_a_page_are_those_that_browsers_follow() {
        let text = r#"<!doctype html>
<!-- <img src="comment.png"> --><base href="sub/"><meta name=viewport content="width=device-width">
<LINK rel="shortcut icon" href=icon.png><link rel=canonical href="https://game.example/">
<link rel=manifest href=app.webmanifest><script src="a&amp;b.js"></script>
<script>document.write('<img src="no.png">'); load("level.json")</script>
<img src="hero.png" srcset="hero2.png 2x, hero3.png 3x"><img loading=lazy src=late.png>
<a href="https://example.com/">no</a><a href="credits.html#top">yes</a>
<div style="background: url('back ground.png')"></div>
<style>
  @import "more.css"; a { b: url(c.png) }
</style><script type="application/json">"no.json"</script>
<script type="importmap">{"imports":
 {"three": "./three.js"}}</script>"#;
        let page = Page::parse(text);
        assert_eq!(page.base.as_deref(), Some("sub/"));
        assert!(page.has_viewport);
        let expected = [
            ("icon.png", 3, false),
            ("app.webmanifest", 4, false),
            ("a&b.js", 4, true),
            ("hero.png", 6, true),
            ("hero2.png", 6, false),
            ("hero3.png", 6, false),
            ("late.png", 6, false),
            ("credits.html#top", 7, false),
            ("back ground.png", 8, false),
            ("more.css", 10, true),
            ("c.png", 10, false),
            ("./three.js", 13, false),
        ];
        assert_eq!(summary(&page.references), expected);
        assert_eq!(page.scripts.len(), 1);
        assert_eq!(page.scripts[0].0, 5);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_to_its_end(
            text in "([<>/='\"`{}()\\[\\]:;@,.!*#$\\\\ \n-]|script|style|importmap|type|src|a|é|中){0,60}",
        ) {
            Page::parse(&text);
        }
    }
}
