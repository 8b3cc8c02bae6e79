//! Below which path an export expects to be served.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;

use crate::compression::detect::inner_name;
use crate::detect::evidence::Evidence;
use crate::detect::scan::Scan;

/// The folders that an export's absolute references begin with although it does not have them: `repo/` for
/// `<base href="/repo/">`, or for `/repo/assets/x.js` where there is `assets/x.js`. Empty for the root.
pub(crate) fn prefix(look: &Scan<'_>) -> (String, Vec<Evidence>) {
    let file = &look.page.name;
    if let Some(href) = look.base() {
        let evidence = Evidence::Says {
            file: file.clone(),
            words: format!("<base href=\"{href}\">"),
        };
        let prefix = of_href(&href, file);
        return match is_free(look, &prefix) {
            true => (prefix, vec![evidence]),
            false => (String::new(), vec![evidence]),
        };
    }
    match of_references(look) {
        Some((prefix, reference)) => {
            let file = file.clone();
            (prefix, vec![Evidence::Absolute { file, reference }])
        }
        None => (String::new(), vec![Evidence::FitsAsItIs]),
    }
}

/// A path as the configuration gives it, as a prefix: `/repo` becomes `repo/`.
pub(crate) fn of_path(path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(|part| format!("{part}/")).collect()
}

/// Where a `<base>` leads to from the page; empty for another host.
fn of_href(href: &str, page: &str) -> String {
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
    of_path(&parts.join("/"))
}

/// The one prefix without which all absolute references that lead nowhere would lead to files.
fn of_references(look: &Scan<'_>) -> Option<(String, String)> {
    let inner = look.names.iter().filter_map(|name| inner_name(name));
    let files: HashSet<_> = look.names.iter().cloned().chain(inner).collect();
    let mut found: Option<(String, String)> = None;
    for reference in look.references() {
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
        let prefix = &path[..cut];
        match &found {
            Some((known, _)) if known != prefix => return None,
            _ => found = Some((prefix.to_owned(), reference.clone())),
        }
    }
    found.filter(|(prefix, _)| is_free(look, prefix))
}

fn is_free(look: &Scan<'_>, prefix: &str) -> bool {
    prefix.is_empty() || !look.names.iter().any(|name| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_resolved_as_browsers_do() {
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
            assert_eq!(of_href(href, page), expected, "{href} {page}");
        }
    }
}
