//! The frame of the program's own pages.

use crate::language::Language;

/// Renders a page with this heading as its title. `head` is what else belongs to the head: styles and scripts.
pub(crate) fn own_page(language: Language, heading: &str, head: &str, body: &str) -> String {
    let tag = language.tag();
    format!(
        r#"<!doctype html>
<html lang="{tag}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}</title>
{head}
{body}
</html>
"#
    )
}
