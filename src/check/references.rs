//! What a page, a style sheet or a manifest refers to, and where it says so.

use cssparser::{Parser, Token};
use html5gum::{DefaultEmitter, Token as Html, Tokenizer};
use serde_json::Value;

/// Something that a file refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// As it is written.
    pub target: String,
    /// Its line, counted from 1.
    pub line: usize,
    /// What becomes of it.
    pub(crate) role: Role,
}

/// What becomes of what is referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It is loaded at once.
    Loaded,
    /// It is loaded later, or gone to.
    Linked,
}

/// What was read of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Where its references start, when it says so.
    pub base: Option<String>,
    /// Whether it fits itself to a phone's screen.
    pub(crate) has_viewport: bool,
    /// What it refers to.
    pub(crate) references: Vec<Reference>,
    /// The scripts in it, each with the line that it begins in.
    pub scripts: Vec<(usize, String)>,
}

/// Reads a page.
pub(crate) fn page(text: &str) -> Page {
    let mut page = Page::default();
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let lines = LineNumbers::of(text);
    // What the text in an element is.
    let mut inside = Inside::Text;
    for token in Tokenizer::new_with_emitter(text, emitter) {
        let Ok(token) = token;
        match token {
            Html::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                let attributes = tag.attributes.iter().map(|(name, value)| {
                    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    (text(name), text(value))
                });
                let tag = OpenTag {
                    name: &name,
                    attributes: attributes.collect(),
                    line: lines.at(tag.span.start),
                };
                inside = tag.read(&mut page);
            }
            Html::EndTag(_) => inside = Inside::Text,
            Html::String(content) => {
                let line = lines.at(content.span.start);
                let content = String::from_utf8_lossy(&content);
                match inside {
                    Inside::Script => page.scripts.push((line, content.into_owned())),
                    Inside::Style => page.references.extend(style_sheet(&content, line)),
                    Inside::ImportMap => page.references.extend(import_map(&content, line)),
                    Inside::Text => {}
                }
            }
            _ => {}
        }
    }
    page
}

#[derive(Clone, Copy)]
enum Inside {
    Text,
    Script,
    Style,
    ImportMap,
}

struct OpenTag<'a> {
    name: &'a str,
    attributes: Vec<(String, String)>,
    line: usize,
}

impl OpenTag<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let (_, value) = attributes.find(|(known, _)| known == name)?;
        Some(value.trim())
    }

    fn read(&self, page: &mut Page) -> Inside {
        let mut refer = |target: Option<&str>, role| {
            page.references.extend(target.map(|target| Reference {
                target: target.to_owned(),
                line: self.line,
                role,
            }));
        };
        let at_once = match self.attribute("loading") {
            Some("lazy") => Role::Linked,
            _ => Role::Loaded,
        };
        match self.name {
            "base" => {
                page.base = page
                    .base
                    .take()
                    .or(self.attribute("href").map(str::to_owned))
            }
            "meta" => {
                page.has_viewport |= self
                    .attribute("name")
                    .is_some_and(|name| name == "viewport");
            }
            "link" => refer(
                self.attribute("href").filter(|_| self.is_file()),
                self.role_of_link(),
            ),
            "a" | "area" => {
                let is_page = |target: &&str| is_page_name(target);
                refer(self.attribute("href").filter(is_page), Role::Linked);
            }
            "object" => refer(self.attribute("data"), Role::Loaded),
            "script" | "img" | "iframe" | "embed" | "audio" | "video" | "source" | "track"
            | "input" => {
                refer(self.attribute("src"), at_once);
                refer(self.attribute("poster"), at_once);
                for candidate in self.candidates() {
                    refer(Some(candidate), Role::Linked);
                }
            }
            "image" | "use" => refer(self.attribute("href"), Role::Loaded),
            _ => {}
        }
        if let Some(style) = self.attribute("style") {
            page.references.extend(style_sheet(style, self.line));
        }
        match (self.name, self.attribute("type").unwrap_or_default()) {
            ("style", _) => Inside::Style,
            ("script", "importmap") => Inside::ImportMap,
            ("script", "" | "module") => Inside::Script,
            ("script", kind) if kind.contains("javascript") => Inside::Script,
            _ => Inside::Text,
        }
    }

    /// A link to a file, not to a page about this one.
    fn is_file(&self) -> bool {
        const FILES: &[&str] = &[
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
        let rel = self
            .attribute("rel")
            .unwrap_or_default()
            .to_ascii_lowercase();
        rel.split_ascii_whitespace()
            .any(|word| FILES.contains(&word))
    }

    fn role_of_link(&self) -> Role {
        let rel = self
            .attribute("rel")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let is_now = |word| ["stylesheet", "icon", "preload", "modulepreload"].contains(&word);
        match rel.split_ascii_whitespace().any(is_now) {
            true => Role::Loaded,
            false => Role::Linked,
        }
    }

    /// The files of a `srcset`.
    fn candidates(&self) -> impl Iterator<Item = &str> {
        let srcset = self.attribute("srcset").unwrap_or_default();
        let candidates = srcset.split(", ").map(str::trim);
        candidates.filter_map(|candidate| candidate.split_ascii_whitespace().next())
    }
}

fn is_page_name(target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let path = path.to_ascii_lowercase();
    path.ends_with(".html") || path.ends_with(".htm")
}

/// What a style sheet refers to, which begins in a line.
pub(crate) fn style_sheet(text: &str, first_line: usize) -> Vec<Reference> {
    let mut references = Vec::new();
    rules(&mut Parser::new(text), first_line, &mut references);
    references
}

/// Nesting is bounded by the parser.
fn rules(parser: &mut Parser<'_>, first_line: usize, references: &mut Vec<Reference>) {
    let mut is_import = false;
    while let Ok(token) = parser.next().cloned() {
        let line = first_line + parser.current_source_location().line as usize;
        let mut refer = |target: &str| {
            references.push(Reference {
                target: target.trim().to_owned(),
                line,
                role: Role::Loaded,
            });
        };
        match token {
            Token::AtKeyword(keyword) => is_import = keyword.eq_ignore_ascii_case("import"),
            Token::UnquotedUrl(url) => refer(&url),
            Token::QuotedString(url) if is_import => refer(&url),
            Token::Semicolon => is_import = false,
            Token::Function(name) if name.eq_ignore_ascii_case("url") => {
                let url =
                    parser.parse_nested_block(|block| -> Result<_, cssparser::ParseError<()>> {
                        Ok(block.expect_string()?.as_ref().to_owned())
                    });
                url.iter().for_each(|url| refer(url));
            }
            Token::Function(_)
            | Token::ParenthesisBlock
            | Token::SquareBracketBlock
            | Token::CurlyBracketBlock => {
                is_import = false;
                let _ =
                    parser.parse_nested_block(|block| -> Result<_, cssparser::ParseError<()>> {
                        rules(block, first_line, references);
                        Ok(())
                    });
            }
            _ => {}
        }
    }
}

/// The files of a web application's manifest: icons, screenshots, pages.
pub(crate) fn manifest(text: &str) -> Vec<Reference> {
    let Ok(manifest) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) else {
        return Vec::new();
    };
    let mut targets = vec![manifest.get("start_url")];
    for (list, key) in [
        ("icons", "src"),
        ("screenshots", "src"),
        ("shortcuts", "url"),
    ] {
        let items = manifest.get(list).and_then(Value::as_array);
        targets.extend(items.into_iter().flatten().map(|item| item.get(key)));
    }
    let targets = targets.into_iter().flatten().filter_map(Value::as_str);
    targets.map(|target| found_in(text, 1, target)).collect()
}

fn import_map(text: &str, first_line: usize) -> Vec<Reference> {
    let map = serde_json::from_str::<Value>(text).unwrap_or_default();
    let imports = map.get("imports").and_then(Value::as_object);
    let targets = imports.into_iter().flatten();
    let targets = targets.filter_map(|(_, target)| target.as_str());
    targets
        .filter(|target| !target.ends_with('/'))
        .map(|target| found_in(text, first_line, target))
        .collect()
}

/// A reference whose line is that in which its words stand first.
fn found_in(text: &str, first_line: usize, target: &str) -> Reference {
    let before = text.find(target).and_then(|at| text.get(..at));
    Reference {
        target: target.to_owned(),
        line: first_line + before.map_or(0, |before| before.matches('\n').count()),
        role: Role::Linked,
    }
}

/// Where the lines of a text begin.
struct LineNumbers(Vec<usize>);

impl LineNumbers {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn at(&self, place: usize) -> usize {
        1 + self.0.partition_point(|newline| *newline < place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(references: &[Reference]) -> Vec<(&str, usize, bool)> {
        let target = |one: &Reference| one.role == Role::Loaded;
        references
            .iter()
            .map(|one| (one.target.as_str(), one.line, target(one)))
            .collect()
    }

    #[test]
    fn a_page_is_read_as_browsers_read_it() {
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
        let page = page(text);
        assert_eq!(page.base.as_deref(), Some("sub/"));
        assert!(page.has_viewport);
        let expected = [
            ("icon.png", 3, true),
            ("app.webmanifest", 4, false),
            ("a&b.js", 4, true),
            ("hero.png", 6, true),
            ("hero2.png", 6, false),
            ("hero3.png", 6, false),
            ("late.png", 6, false),
            ("credits.html#top", 7, false),
            ("back ground.png", 8, true),
            ("more.css", 10, true),
            ("c.png", 10, true),
            ("./three.js", 13, false),
        ];
        assert_eq!(targets(&page.references), expected);
        assert_eq!(page.scripts.len(), 1);
        assert_eq!(page.scripts[0].0, 5);
    }

    #[test]
    fn a_style_sheet_is_read_as_browsers_read_it() {
        let text = "/* url(no.png) */\n@import url('a.css') screen;\n@import \"b.css\";\n\
            @font-face { font-family: \"c.css\"; src: url(d.woff2) format(\"woff2\"), url( \"e f.woff\" ) }\n\
            @media print { .x { background: image-set(url(g.png) 1x) } }\n.y { content: \"url(no.png)\" }";
        let expected = [
            ("a.css", 2, true),
            ("b.css", 3, true),
            ("d.woff2", 4, true),
            ("e f.woff", 4, true),
            ("g.png", 5, true),
        ];
        assert_eq!(targets(&style_sheet(text, 1)), expected);
        for broken in ["url(", "@import", "{{{{{{", "a{b:url('", "\\", "/*"] {
            style_sheet(broken, 1);
            style_sheet(&broken.repeat(10_000), 1);
        }
    }

    #[test]
    fn a_manifest_names_its_files() {
        let text =
            "{\n\"start_url\": \"./\",\n\"icons\": [{\"src\": \"i.png\"},\n{\"src\": \"j.png\"}]}";
        let expected = [("./", 2, false), ("i.png", 3, false), ("j.png", 4, false)];
        assert_eq!(targets(&manifest(text)), expected);
        for other in ["", "[]", "{\"icons\": 1}", "null"] {
            assert_eq!(manifest(other), []);
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_written_is_read_to_its_end(
            text in "([<>/='\"`{}()\\[\\]:;@,.!*#$\\\\ \n-]|script|style|url|import|src|a|é|中){0,60}",
        ) {
            page(&text);
            style_sheet(&text, 1);
            manifest(&text);
            crate::check::js_strings::constants(&text);
        }
    }
}
