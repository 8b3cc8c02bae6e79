//! References in style sheets.

use cssparser::{Parser, Token};

use crate::check::reference::{Reference, Role};

/// The references of a style sheet that starts at a line.
pub(crate) fn style_sheet(text: &str, first_line: usize) -> Vec<Reference> {
    let mut references = Vec::new();
    read_rules(&mut Parser::new(text), first_line, &mut references);
    references
}

/// Nesting depth is bounded by the parser.
fn read_rules(parser: &mut Parser<'_>, first_line: usize, references: &mut Vec<Reference>) {
    let mut is_import = false;
    while let Ok(token) = parser.next().cloned() {
        let line = first_line + parser.current_source_location().line as usize;
        // A rule may be unused, and a font has others to fall back on.
        let role = match is_import {
            true => Role::Loaded,
            false => Role::Decoration,
        };
        let mut refer = |target: &str| {
            references.push(Reference {
                target: target.trim().to_owned(),
                line,
                role,
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
                        read_rules(block, first_line, references);
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
    use crate::check::reference::summary;

    #[test]
    fn references_of_a_style_sheet_are_found_and_broken_ones_end() {
        let text = "/* url(no.png) */\n@import url('a.css') screen;\n@import \"b.css\";\n\
            @font-face { font-family: \"c.css\"; src: url(d.woff2) format(\"woff2\"), url( \"e f.woff\" ) }\n\
            @media print { .x { background: image-set(url(g.png) 1x) } }\n.y { content: \"url(no.png)\" }";
        let expected = [
            ("a.css", 2, true),
            ("b.css", 3, true),
            ("d.woff2", 4, false),
            ("e f.woff", 4, false),
            ("g.png", 5, false),
        ];
        assert_eq!(summary(&style_sheet(text, 1)), expected);
        for broken in ["url(", "@import", "{{{{{{", "a{b:url('", "\\", "/*"] {
            style_sheet(broken, 1);
            style_sheet(&broken.repeat(10_000), 1);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "([<>='\"`{}()\\[\\]:;@,.!*#\\\\ \n-]|url|import|a|é){0,60}") {
            style_sheet(&text, 1);
        }
    }
}
