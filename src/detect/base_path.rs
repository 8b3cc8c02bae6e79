//! The base path that an export expects to be served below.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;

use crate::compression::format::inner_name;
use crate::detect::evidence::Evidence;
use crate::detect::scan::Scan;

/// The base path, with the reasons: `repo/` for `<base href="/repo/">`, or for `/repo/assets/x.js` when the file is
/// `assets/x.js`; empty for the root.
pub(crate) fn find_base_path(scan: &Scan<'_>) -> (String, Vec<Evidence>) {
    let file = &scan.page.name;
    if let Some(href) = scan.base() {
        let evidence = Evidence::Says {
            file: file.clone(),
            words: format!("<base href=\"{href}\">"),
        };
        return (resolve_base(href, file), vec![evidence]);
    }
    match find_common_prefix(scan) {
        Some((prefix, reference)) => {
            let file = file.clone();
            (prefix, vec![Evidence::Absolute { file, reference }])
        }
        None => (String::new(), vec![Evidence::FitsAsItIs]),
    }
}

/// A configured path as a prefix: `/repo` becomes `repo/`.
pub(crate) fn normalize_base_path(path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(|part| format!("{part}/")).collect()
}

/// Resolves a `<base>` against the page; empty for another host.
fn resolve_base(href: &str, page: &str) -> String {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    if path.starts_with("//")
        || path
            .split('/')
            .next()
            .is_some_and(|first| first.contains(':'))
    {
        return String::new();
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let Ok(folder) = percent_decode_str(folder).decode_utf8() else {
        return String::new();
    };
    let from = match path.starts_with('/') {
        true => "",
        false => page.rsplit_once('/').map_or("", |(folder, _)| folder),
    };
    let mut parts = Vec::new();
    for part in from.split('/').chain(folder.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    normalize_base_path(&parts.join("/"))
}

/// The prefix whose removal makes every dangling absolute reference lead to a file, if it is the same for all. A file that the page
/// loads by a relative reference is not what an absolute one means: `/_vercel/insights/script.js` is its host's, not the game's
/// `script.js`.
fn find_common_prefix(scan: &Scan<'_>) -> Option<(String, String)> {
    let inner = scan.names.iter().filter_map(|name| inner_name(name));
    let files: HashSet<_> = scan.names.iter().cloned().chain(inner).collect();
    let references = scan.references();
    let mut found: Option<(String, String)> = None;
    for reference in &references {
        let Some(path) = reference.strip_prefix('/') else {
            continue;
        };
        if files.contains(path) {
            continue;
        }
        let mut cuts = path.match_indices('/').map(|(at, _)| at + 1);
        let Some(cut) = cuts.find(|at| files.contains(&path[*at..])) else {
            continue;
        };
        if references.iter().any(|relative| relative == &path[cut..]) {
            continue;
        }
        let prefix = &path[..cut];
        match &found {
            Some((known, _)) if known != prefix => return None,
            _ => found = Some((prefix.to_owned(), reference.clone())),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_resolved_as_in_browsers() {
        for (href, page, expected) in [
            ("/repo/", "index.html", "repo/"),
            ("/repo", "index.html", ""),
            ("/a/b/", "index.html", "a/b/"),
            ("/a/b/index.html", "index.html", "a/b/"),
            ("/my%20repo/", "index.html", "my repo/"),
            ("/", "index.html", ""),
            ("./", "index.html", ""),
            ("", "index.html", ""),
            ("repo/", "index.html", "repo/"),
            ("../", "a/b/index.html", "a/"),
            ("https://example.com/repo/", "index.html", ""),
            ("//example.com/repo/", "index.html", ""),
        ] {
            assert_eq!(resolve_base(href, page), expected, "{href} {page}");
        }
    }
}
