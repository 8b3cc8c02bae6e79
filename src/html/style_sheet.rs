//! The files that style sheets name.

use cssparser::{Parser, Token};

/// A file that a style sheet names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StyleUrl {
    /// As written.
    pub target: String,
    /// Its line in the style sheet, counted from 0.
    pub line: usize,
    /// True for another style sheet.
    pub is_import: bool,
}

/// The files that a style sheet names, in order.
pub(crate) fn style_urls(text: &str) -> Vec<StyleUrl> {
    let mut urls = Vec::new();
    read_rules(&mut Parser::new(text), &mut urls);
    urls
}

/// Nesting depth is bounded by the parser.
fn read_rules(parser: &mut Parser<'_>, urls: &mut Vec<StyleUrl>) {
    let mut is_import = false;
    while let Ok(token) = parser.next().cloned() {
        let line = parser.current_source_location().line as usize;
        let mut refer = |target: &str| {
            urls.push(StyleUrl {
                target: target.trim().to_owned(),
                line,
                is_import,
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
                        read_rules(block, urls);
                        Ok(())
                    });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_a_style_sheet_are_found_and_broken_ones_end() {
        let text = "/* url(no.png) */\n@import url('a.css') screen;\n@import \"b.css\";\n\
            @font-face { font-family: \"c.css\"; src: url(d.woff2) format(\"woff2\"), url( \"e f.woff\" ) }\n\
            @media print { .x { background: image-set(url(g.png) 1x) } }\n.y { content: \"url(no.png)\" }";
        let expected = [
            ("a.css", 1, true),
            ("b.css", 2, true),
            ("d.woff2", 3, false),
            ("e f.woff", 3, false),
            ("g.png", 4, false),
        ];
        let found = style_urls(text);
        let found = found
            .iter()
            .map(|one| (one.target.as_str(), one.line, one.is_import));
        assert_eq!(found.collect::<Vec<_>>(), expected);
        for broken in ["url(", "@import", "{{{{{{", "a{b:url('", "\\", "/*"] {
            style_urls(broken);
            style_urls(&broken.repeat(10_000));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "([<>='\"`{}()\\[\\]:;@,.!*#\\\\ \n-]|url|import|a|é){0,60}") {
            style_urls(&text);
        }
    }
}
