//! Escaping of untrusted text.

/// Escapes text for HTML content and for quoted attribute values.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::page::tags;

    #[test]
    fn escaped_text_is_content_and_attribute_value_and_nothing_else() {
        let untrusted = "\"'><script>alert(1)</script> & Co";
        for quote in ['"', '\''] {
            let page = format!("<p title={quote}{0}{quote}>{0}</p>", escape(untrusted));
            let tags = tags(page.as_bytes());
            assert_eq!(tags.len(), 1, "{page}");
            assert_eq!(tags[0].attribute("title"), Some(untrusted));
        }
    }
}
