//! The page that a game starts with.

use percent_encoding::percent_decode_str;

use crate::html::page::tags;
use crate::html::tag::Tag;

/// Finds the entry page among the files of one folder: the index, else the only page, else the only page that shares its
/// name with other files of an export (`Game.html`, `Game.pck`).
pub(crate) fn find_entry_page<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<_> = names.collect();
    let stem = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let stem = lower.strip_suffix(".html").or(lower.strip_suffix(".htm"));
        stem.map(str::to_owned)
    };
    // Godot's offline page, and the pages that hosts send for missing files.
    let is_other = |stem: &str| stem.ends_with(".offline") || ["404", "200"].contains(&stem);
    let mut pages: Vec<(String, &str)> = names
        .iter()
        .filter_map(|name| Some((stem(name)?, *name)))
        .filter(|(stem, _)| !is_other(stem))
        .collect();
    // The exact name before another case, `.html` before `.htm`.
    pages.sort_by_key(|(_, name)| {
        (
            *name != "index.html",
            name.to_ascii_lowercase().ends_with("htm"),
        )
    });
    if let Some((_, index)) = pages.iter().find(|(stem, _)| stem == "index") {
        return Some((*index).to_owned());
    }
    let has_export = |stem: &str| {
        ["pck", "wasm", "swf", "data", "js"]
            .iter()
            .any(|extension| {
                let other = format!("{stem}.{extension}");
                names.iter().any(|name| name.eq_ignore_ascii_case(&other))
            })
    };
    if pages.len() > 1 {
        pages.retain(|(stem, _)| has_export(stem));
    }
    match pages.as_slice() {
        [(_, only)] => Some((*only).to_owned()),
        [] => find_packed(&names),
        _ => None,
    }
}

/// The index that is there only as a compressed file: `index.html` for `index.html.br`.
fn find_packed(names: &[&str]) -> Option<String> {
    let packed = ["index.html.gz", "index.html.br", "index.html.zst"];
    let is_there = packed.iter().any(|packed| names.contains(packed));
    is_there.then(|| "index.html".to_owned())
}

/// True if a file has the name of a page, which a browser shows and does not download.
pub(crate) fn has_page_name(file: &str) -> bool {
    let ending = file.rsplit('.').next().unwrap_or_default();
    let pages = ["html", "htm", "xhtml", "xht"];
    pages.iter().any(|page| ending.eq_ignore_ascii_case(page))
}

/// True if a page is the index of its folder.
pub fn is_index(page: &str) -> bool {
    let name = page.rsplit('/').next().unwrap_or(page);
    let name = name.to_ascii_lowercase();
    name == "index.html" || name == "index.htm"
}

/// The files that the tags of a page load from its own folder or below, without query and fragment.
pub fn local_references(page: &[u8]) -> Vec<String> {
    let tags = tags(page);
    let loads = |tag: &&Tag| tag.name != "a" && tag.name != "base";
    let references = tags.iter().filter(loads).filter_map(Tag::reference);
    let path = |reference: &str| {
        let path = reference.split(['?', '#']).next()?;
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let is_local = !path.is_empty() && !path.starts_with('/') && !path.contains(':');
        (is_local && !path.contains("..")).then(|| path.trim_start_matches("./").to_owned())
    };
    references.filter_map(path).collect()
}

/// True for a page of Unity's templates, whose placeholders a build fills in.
pub(crate) fn is_template(page: &[u8]) -> bool {
    let page = String::from_utf8_lossy(page);
    page.contains("{{{ ") || page.contains("%UNITY_WEB")
}

/// True if a page runs scripts, as a game does and a licence does not.
pub(crate) fn runs_scripts(page: &[u8]) -> bool {
    let starts =
        |tag: &Tag| ["script", "canvas", "iframe", "embed", "object"].contains(&tag.name.as_str());
    tags(page).iter().any(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_page_is_chosen_by_file_names() {
        for (names, expected) in [
            (
                &["a.html", "index.html", "Index.html"][..],
                Some("index.html"),
            ),
            (&["a.html", "INDEX.HTML"], Some("INDEX.HTML")),
            (&["index.htm", "a.html"], Some("index.htm")),
            (&["index.htm", "Index.html"], Some("Index.html")),
            (&["Play Me.html", "a.js"], Some("Play Me.html")),
            (
                &["Game.html", "Game.offline.html", "Game.pck"],
                Some("Game.html"),
            ),
            (&["game.html", "about.html", "Game.wasm"], Some("game.html")),
            (&["main.html", "404.html"], Some("main.html")),
            (&["a.html", "b.html"], None),
            (&["a.html", "a.js", "b.html", "b.js"], None),
            (&["a.js"], None),
            (&["a.js", "index.html.br"], Some("index.html")),
            (&["a.html", "index.html.br"], Some("a.html")),
        ] {
            let page = find_entry_page(names.iter().copied());
            assert_eq!(page.as_deref(), expected, "{names:?}");
        }
    }
}
