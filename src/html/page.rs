//! A page as a sequence of tokens, read as browsers read it.

use html5gum::{DefaultEmitter, Token as Html, Tokenizer};

use crate::html::tag::Tag;

/// A part of a page, with its position in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A start tag.
    Start(Tag),
    /// An end tag.
    End {
        /// The position of its `<`.
        start: usize,
    },
    /// Text, entities decoded; the content of a script or style element is one text.
    Text {
        /// The position of its first byte.
        start: usize,
        /// The text, with invalid UTF-8 replaced.
        text: String,
    },
}

/// The start tags of a page, those in comments and scripts left out.
pub(crate) fn tags(page: &[u8]) -> Vec<Tag> {
    let start = |token| match token {
        Token::Start(tag) => Some(tag),
        Token::End { .. } | Token::Text { .. } => None,
    };
    tokens(page).filter_map(start).collect()
}

/// True for a whole page. A part of one, which a script inserts into the page that it runs in, has neither a doctype nor a
/// tag of the frame of pages.
pub(crate) fn is_whole_page(page: &[u8]) -> bool {
    const DOCTYPE: &[u8] = b"<!doctype";
    const FRAME: [&str; 5] = ["html", "head", "title", "body", "frameset"];
    let mut beginnings = page.windows(DOCTYPE.len());
    beginnings.any(|bytes| bytes.eq_ignore_ascii_case(DOCTYPE))
        || tags(page)
            .iter()
            .any(|tag| FRAME.contains(&tag.name.as_str()))
}

/// The tags and texts of a page; comments and the doctype are left out. A tag that is cut off by the end of the page
/// does not count.
pub(crate) fn tokens(page: &[u8]) -> impl Iterator<Item = Token> + '_ {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(page, emitter).filter_map(|token| {
        let Ok(token) = token;
        match token {
            Html::StartTag(tag) => Some(Token::Start(Tag {
                name: lossy(&tag.name),
                attributes: tag
                    .attributes
                    .iter()
                    .map(|(name, value)| (lossy(name), lossy(value)))
                    .collect(),
                span: tag.span.start..tag.span.end,
            })),
            Html::EndTag(tag) => Some(Token::End {
                start: tag.span.start,
            }),
            Html::String(text) => Some(Token::Text {
                start: text.span.start,
                text: lossy(&text),
            }),
            Html::Comment(_) | Html::Doctype(_) | Html::Error(_) => None,
        }
    })
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_the_bytes() {
        let page = "<!doctype html><!-- <p> -->\n<p a='>'>é &amp; x</p><script>1<b;</script>";
        let at = |what: &str| page.find(what).unwrap();
        let mut found = Vec::new();
        for token in tokens(page.as_bytes()) {
            match token {
                Token::Start(tag) => found.push((tag.span.start, page[tag.span].to_owned())),
                Token::End { start } => found.push((start, "end".to_owned())),
                Token::Text { start, text } => found.push((start, text)),
            }
        }
        let expected = [
            (at("\n"), "\n"),
            (at("<p a"), "<p a='>'>"),
            (at("é"), "é & x"),
            (at("</p>"), "end"),
            (at("<script>"), "<script>"),
            (at("1<b"), "1<b;"),
            (at("</script>"), "end"),
        ];
        let expected = expected.map(|(at, text)| (at, text.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn references_are_those_that_browsers_load() {
        let page = r#"<!doctype html><!-- <script src="comment.js"> --><base target=_top href='/repo/'>
            <script>if (a<b) document.write('<img src="no.png">')</SCRIPT>
            <script async src = "a b.js?v=1&amp;w"></script><LINK rel=stylesheet href=style.css>
            <img alt="a > b" src=hero.png><a href="other.html">1 < 2</a><script type=module crossorigin src='m.js'>"#;
        let tags = tags(page.as_bytes());
        let found: Vec<_> = tags.iter().filter_map(Tag::reference).collect();
        assert_eq!(found, ["a b.js?v=1&w", "style.css", "hero.png", "m.js"]);
        let base = tags.iter().find(|tag| tag.name == "base").unwrap();
        assert_eq!(base.attribute("href"), Some("/repo/"));
        let mut modules = tags
            .iter()
            .filter(|tag| tag.attribute("type") == Some("module"));
        assert_eq!(modules.next().unwrap().attribute("crossorigin"), Some(""));
    }

    proptest::proptest! {
        #[test]
        fn any_page_is_read_to_its_end_and_spans_lie_within_it(
            page in "([<>/='\"`!\\-?& \n]|script|style|title|é|&amp;|a){0,60}",
        ) {
            for token in tokens(page.as_bytes()) {
                if let Token::Start(tag) = token {
                    let text = page.get(tag.span).unwrap_or_default();
                    proptest::prop_assert!(text.starts_with('<') && text.ends_with('>'));
                }
            }
        }
    }

    #[test]
    fn a_part_of_a_page_is_told_from_a_whole_one() {
        for (page, expected) in [
            ("<!DOCTYPE html><p>", true),
            ("<!-- by hand -->\n<!doctype html>", true),
            ("<title>t</title><script>", true),
            ("<BODY onload=start()>", true),
            ("<frameset cols=*>", true),
            ("<nav id=menu><button>Play</button></nav>", false),
            (
                "<!-- <html> --><template><header>x</header></template>",
                false,
            ),
            (
                "<style>p {}</style><p>{{ name }}</p><script>x = '<body>'</script>",
                false,
            ),
            ("words", false),
            ("", false),
        ] {
            assert_eq!(is_whole_page(page.as_bytes()), expected, "{page}");
        }
    }
}
