//! The look-up of a request's target in a site.

use http::{StatusCode, Uri};

use crate::http::outcome::{Misnamed, Redirection};
use crate::site::Site;
use crate::site::asset::Asset;
use crate::site::path::AssetPath;
use crate::site::resource::{Redirect, Resource};

/// The result of looking a target up.
#[derive(Debug)]
pub(crate) enum Route<'a> {
    Asset {
        asset: &'a Asset,
        misnamed: Option<Box<Misnamed<'a>>>,
    },
    Redirect(Redirection<'a>),
    NotFound(AssetPath<'a>),
    /// The target cannot be a path of any site.
    BadTarget,
}

/// Looks a target up by its path: the query never selects a file.
pub(crate) fn route<'a>(site: &'a Site, target: &'a Uri) -> Route<'a> {
    let Ok(path) = AssetPath::parse(target.path()) else {
        return Route::BadTarget;
    };
    let (resource, misnamed) = match site.resource(&path) {
        Some(resource) => (resource, None),
        // Files made on Windows or packed on a Mac may differ in case or Unicode form.
        None => match site.resource_like(&path) {
            Some((resource, similar)) => {
                let name = &similar.name;
                (resource, Some(Box::new(Misnamed { path, name })))
            }
            // Windows' separator, encoded by the game.
            None => match path.with_slashes().and_then(|path| site.resource(&path)) {
                Some(resource) => (resource, None),
                None => return Route::NotFound(path),
            },
        },
    };
    match resource {
        Resource::Asset(asset) => Route::Asset { asset, misnamed },
        Resource::Redirect(redirect) => Route::Redirect(Redirection {
            status: redirect.status,
            location: location(redirect, target),
            misnamed,
        }),
    }
}

/// The number of folders in a target's path, as a browser counts them.
pub(crate) fn depth(target: &Uri) -> usize {
    let slashes = target.path().bytes().filter(|byte| *byte == b'/');
    slashes.count().saturating_sub(1)
}

/// The way from a target to the entry page, which every site has at its root.
pub(crate) fn to_entry(target: &Uri) -> Redirection<'static> {
    Redirection {
        status: StatusCode::TEMPORARY_REDIRECT,
        location: relative_reference(target.path(), "/"),
        misnamed: None,
    }
}

/// A redirect's target relative to the request's (RFC 3986, 4.2), so that it holds below any prefix of a proxy.
fn location(redirect: &Redirect, request: &Uri) -> String {
    let mut reference = relative_reference(request.path(), &redirect.location);
    if let Some(query) = request.query() {
        reference.push('?');
        reference.push_str(query);
    }
    reference
}

/// The shortest relative reference that leads from one absolute path to another.
fn relative_reference(from: &str, to: &str) -> String {
    let same = from.bytes().zip(to.bytes()).take_while(|(a, b)| a == b);
    let same = &from.as_bytes()[..same.count()];
    let common = same.iter().rposition(|byte| *byte == b'/');
    let common = common.map_or(0, |slash| slash + 1);
    let up = from[common..].bytes().filter(|byte| *byte == b'/').count();
    let down = &to[common..];
    let first = down.split('/').next().unwrap_or_default();
    match up {
        // An empty reference would keep the file name; a colon would begin a scheme.
        0 if down.is_empty() || first.is_empty() || first.contains(':') => format!("./{down}"),
        _ => "../".repeat(up) + down,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_reference_leads_to_the_target_whatever_the_prefix() {
        for (from, to, expected) in [
            ("/levels", "/levels/", "levels/"),
            ("/a/b", "/a/b/", "b/"),
            ("/", "/web/index.html", "web/index.html"),
            ("/repo", "/repo/", "repo/"),
            ("/LEVELS", "/levels/", "levels/"),
            ("/A/B", "/a/b/", "../a/b/"),
            ("//levels", "/levels/", "../levels/"),
            ("/a//b", "/a/b/", "../b/"),
            ("/a:b", "/a:b/", "./a:b/"),
            ("/%61", "/a/", "a/"),
            ("/a/", "/", "../"),
            ("/a", "/", "./"),
        ] {
            assert_eq!(relative_reference(from, to), expected, "{from}");
            for prefix in ["", "/games/x"] {
                let resolved = resolve(&format!("{prefix}{from}"), expected);
                assert_eq!(resolved, format!("{prefix}{to}"), "{from}");
            }
        }
    }

    /// Resolves a relative path as a browser does (RFC 3986, 5.2).
    fn resolve(base: &str, reference: &str) -> String {
        let base = url::Url::parse(&format!("http://localhost{base}")).unwrap();
        base.join(reference).unwrap().path().to_owned()
    }
}
