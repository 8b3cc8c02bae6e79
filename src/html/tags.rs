//! What the tags of a page refer to.

/// One tag of a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag<'a> {
    /// As written: `script`, `LINK`.
    pub name: &'a str,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// The value of an attribute as it is written, without its quotes.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'a str> {
        attributes(self.attributes)
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// What it loads: the `src` of anything, the `href` of a `<link>`.
    pub(crate) fn reference(&self) -> Option<&'a str> {
        let reference = match self.is("link") {
            true => self.attribute("href"),
            false => self.attribute("src"),
        };
        reference.map(str::trim)
    }

    /// Whether it has this name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The opening tags of a page, but for those in comments and scripts.
pub(crate) fn tags(page: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = page;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[rest.find('<')? + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.find("-->").map_or("", |end| &comment[end..]);
                continue;
            }
            let length = rest
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                .unwrap_or(rest.len());
            let (name, after) = rest.split_at(length);
            if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                continue;
            }
            let end = end_of_tag(after);
            let tag = Tag {
                name,
                attributes: &after[..end],
            };
            rest = &after[end..];
            if tag.is("script") {
                rest = &rest[end_of_script(rest)..];
            }
            return Some(tag);
        }
    })
}

/// Where the `>` is that is in no quotes.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn end_of_script(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_end = |at: &usize| {
        let end = bytes.get(*at..*at + "</script".len());
        end.is_some_and(|end| end.eq_ignore_ascii_case(b"</script"))
    };
    text.match_indices('<')
        .map(|(at, _)| at)
        .find(is_end)
        .unwrap_or(text.len())
}

fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let is_end = |c: char| c.is_ascii_whitespace() || c == '=' || c == '/';
        let length = rest.find(is_end).unwrap_or(rest.len()).max(1);
        let length = (length..=rest.len()).find(|at| rest.is_char_boundary(*at))?;
        let (name, after) = rest.split_at(length);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let value = &value[1..];
                value.split_once(quote).unwrap_or((value, ""))
            }
            _ => value.split_at(
                value
                    .find(|c: char| c.is_ascii_whitespace())
                    .unwrap_or(value.len()),
            ),
        };
        rest = after;
        Some((name, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_as_browsers_read_them() {
        let page = r#"<!doctype html><!-- <script src="comment.js"> --><base target=_top href='/repo/'>
            <script>if (a<b) document.write('<img src="no.png">')</SCRIPT>
            <script async src = "a b.js?v=1"></script><LINK rel=stylesheet href=style.css>
            <img alt="a > b" src=hero.png><a href="other.html">1 < 2</a><script type=module crossorigin src='m.js'>"#;
        let found: Vec<_> = tags(page).filter_map(|tag| tag.reference()).collect();
        assert_eq!(found, ["a b.js?v=1", "style.css", "hero.png", "m.js"]);
        let base = tags(page).find(|tag| tag.is("base")).unwrap();
        assert_eq!(base.attribute("HREF"), Some("/repo/"));
        let module = tags(page).find(|tag| tag.attribute("type") == Some("module"));
        assert_eq!(module.unwrap().attribute("crossorigin"), Some(""));
    }

    #[test]
    fn broken_pages_end() {
        for page in [
            "<",
            "<a",
            "<a b=",
            "<a b='",
            "<!--",
            "<script",
            "<script>",
            "<a =>",
            "<ü ü=1>",
            "<a ü>",
            "<a /",
            "< a>",
            "<a \"",
            "<a b=\"'>",
        ] {
            tags(page).for_each(|tag| {
                tag.reference();
            });
        }
    }
}
