//! References in style sheets.

use crate::check::reference::{Reference, Role};
use crate::html::style_sheet::style_urls;

/// The references of a style sheet that starts at a line.
pub(crate) fn style_sheet(text: &str, first_line: usize) -> Vec<Reference> {
    let urls = style_urls(text).into_iter();
    urls.map(|url| Reference {
        target: url.target,
        line: first_line + url.line,
        // A rule may be unused, and a font has others to fall back on.
        role: match url.is_import {
            true => Role::Loaded,
            false => Role::Decoration,
        },
    })
    .collect()
}
