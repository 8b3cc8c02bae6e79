//! Pages that reload by themselves: a script tag put into them when the site is built with `live`.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use rust_i18n::t;

use crate::compression::coding::Coding;
use crate::detect::engine::{Engine, Trait};
use crate::html::tags::{Tag, tags};
use crate::site::asset::Asset;
use crate::site::content::Content;
use crate::site::id::SiteId;
use crate::site::representation::Representation;

/// The path of the script that reloads a page.
pub(crate) const SCRIPT: &str = "/.webserver/live.js";

/// What the names of service workers end in that engines and their tools write.
const WORKERS: [&str; 5] = [
    "sw.js",
    "service-worker.js",
    "service_worker.js",
    "service.worker.js",
    "serviceworker.js",
];

/// Puts the script into every page that can have it, and says in the log which cannot. `fields` are what every answer
/// says.
///
/// Pages under a service worker stay as they are: it keeps copies, and may know them by their hash. So do those that a
/// content security policy would not let load the script or listen, those in UTF-16, and those too large for memory.
pub(crate) fn insert(
    assets: &mut [Asset],
    engine: &Engine,
    fields: &[(HeaderName, HeaderValue)],
    id: &SiteId,
) {
    let worker = assets.iter().find(|asset| is_worker(&asset.name));
    if worker.is_some() || engine.traits.contains(&Trait::Pwa) {
        tracing::warn!("{}", t!("live.worker"));
        return;
    }
    let policies: Vec<_> = fields
        .iter()
        .filter(|(name, _)| *name == header::CONTENT_SECURITY_POLICY)
        .filter_map(|(_, value)| value.to_str().ok())
        .collect();
    let tag = format!(
        "<script src=\"{SCRIPT}\" data-site=\"{}\"></script>",
        id.as_str()
    );
    for asset in assets.iter_mut().filter(|asset| is_page(&asset.name)) {
        let own = asset.representations.first();
        let own = own.filter(|page| page.coding == Coding::Identity);
        let Some(Content::Memory(bytes)) = own.map(|page| &page.content) else {
            continue;
        };
        let text = String::from_utf8_lossy(bytes);
        if policies.iter().copied().any(refuses) || refuses_by_itself(&text) {
            tracing::warn!("{}", t!("live.policy", file = asset.name));
            continue;
        }
        let Some(at) = place(bytes) else { continue };
        let bytes = [&bytes[..at], tag.as_bytes(), &bytes[at..]].concat();
        // What is in memory can be read.
        if let Ok(page) =
            Representation::identity(&asset.name, Content::Memory(Bytes::from(bytes)), &|| true)
        {
            asset.representations = vec![page];
            asset.is_compressed = false;
            asset.stamp = None;
        }
    }
}

/// By its name: what is compressed inside another name is not text.
fn is_page(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default();
    ["html", "htm"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

fn is_worker(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let is = |ending: &str| match name.strip_suffix(ending) {
        Some(before) => before.is_empty() || ending != "sw.js" || before.ends_with(['-', '.']),
        None => false,
    };
    WORKERS.iter().any(|ending| is(ending))
}

/// Where a script comes before all others: behind `<head>`, or where the head begins without its tag (HTML, 13.1.2.4).
/// `None` for a page that has nothing, or whose text is not ASCII where it is markup.
fn place(page: &[u8]) -> Option<usize> {
    if page.starts_with(b"\xff\xfe") || page.starts_with(b"\xfe\xff") || page.contains(&0) {
        return None;
    }
    let mut at = if page.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    loop {
        let rest = &page[at..];
        let text = rest.trim_ascii_start();
        let start = at + rest.len() - text.len();
        let length = if text.starts_with(b"<!--") {
            // `<!-->` is a whole comment.
            2 + find(&text[2..], b"-->")? + 3
        } else if text.starts_with(b"<!") || text.starts_with(b"<?") {
            find(text, b">")? + 1
        } else if is_tag(text, b"<html") {
            end_of_tag(text)?
        } else if is_tag(text, b"<head") {
            return Some(start + end_of_tag(text)?);
        } else {
            return (!text.is_empty()).then_some(start);
        };
        at = start + length;
    }
}

fn is_tag(text: &[u8], tag: &[u8]) -> bool {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"/>".contains(byte);
    text.len() > tag.len()
        && text[..tag.len()].eq_ignore_ascii_case(tag)
        && is_end(&text[tag.len()])
}

/// Behind the `>` that is in no quotes.
fn end_of_tag(text: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// Whether a policy in the page would not let the script do its work.
fn refuses_by_itself(page: &str) -> bool {
    let is_policy = |tag: &Tag<'_>| {
        let name = tag.attribute("http-equiv").unwrap_or_default().trim();
        tag.is("meta") && name.eq_ignore_ascii_case("content-security-policy")
    };
    tags(page)
        .filter(is_policy)
        .filter_map(|tag| tag.attribute("content"))
        .any(|policy| refuses(&policy.replace("&#39;", "'").replace("&apos;", "'")))
}

/// Whether one of the policies of a list does not allow scripts, or connections, of the page's own origin
/// (Content Security Policy 3, 6.8.2).
fn refuses(policies: &str) -> bool {
    policies.split(',').any(|policy| {
        let sources = |name: &str| {
            policy.split(';').find_map(|directive| {
                let mut words = directive.split_ascii_whitespace();
                let is_it = words.next()?.eq_ignore_ascii_case(name);
                is_it.then(|| words.collect::<Vec<_>>())
            })
        };
        let allows = |directives: &[&str]| {
            let sources = directives.iter().find_map(|name| sources(name));
            sources.is_none_or(|sources| {
                let is = |word: &str| {
                    sources
                        .iter()
                        .any(|source| source.eq_ignore_ascii_case(word))
                };
                (is("'self'") || is("*")) && !is("'strict-dynamic'")
            })
        };
        !allows(&["script-src-elem", "script-src", "default-src"])
            || !allows(&["connect-src", "default-src"])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_comes_before_all_others() {
        for (page, expected) in [
            (
                "<!doctype html><html><head><script>",
                "<!doctype html><html><head>|<script>",
            ),
            (
                "<!DOCTYPE HTML>\n<HTML LANG='>'>\n<HEAD a=\">\">\n<SCRIPT>",
                "<!DOCTYPE HTML>\n<HTML LANG='>'>\n<HEAD a=\">\">|\n<SCRIPT>",
            ),
            ("<title>t</title>", "|<title>t</title>"),
            ("<!doctype html>\n<title>", "<!doctype html>\n|<title>"),
            ("<html><body>", "<html>|<body>"),
            ("<html><header>", "<html>|<header>"),
            (
                "<!-- <script> > --><!doctype html><script>",
                "<!-- <script> > --><!doctype html>|<script>",
            ),
            ("<!--><script>", "<!-->|<script>"),
            (
                "<!doctype html><!-- a --> <!-- b --><html><!-- c --><head/><base>",
                "<!doctype html><!-- a --> <!-- b --><html><!-- c --><head/>|<base>",
            ),
            (
                "<?xml version='1.0'?><!doctype html><html><head>",
                "<?xml version='1.0'?><!doctype html><html><head>|",
            ),
            (
                "\u{feff}<!doctype html><script>",
                "\u{feff}<!doctype html>|<script>",
            ),
            ("\u{feff}<script>", "\u{feff}|<script>"),
            ("text", "|text"),
            (
                "<!--[if IE]> <html> <![endif]--><p>",
                "<!--[if IE]> <html> <![endif]-->|<p>",
            ),
        ] {
            let at = place(page.as_bytes()).unwrap_or_else(|| panic!("{page}"));
            assert_eq!(format!("{}|{}", &page[..at], &page[at..]), expected);
        }
    }

    #[test]
    fn what_has_no_place_is_left_alone() {
        for page in [
            &b""[..],
            b" \n",
            b"<!doctype html>",
            b"<!-- open <script>",
            b"<!doctype html",
            b"<head a='>",
            b"\xff\xfe<\0h\0",
            b"\xfe\xff\0<\0h",
            b"<\0h\0t\0m\0l\0>\0",
        ] {
            assert_eq!(place(page), None, "{page:?}");
        }
        // GBK is ASCII where it is markup.
        assert_eq!(place(b"<head><title>\xd6\xd0"), Some(6));
    }

    #[test]
    fn policies_are_respected() {
        for (policy, expected) in [
            ("", false),
            ("img-src 'none'", false),
            ("default-src 'self'", false),
            (
                "default-src 'self' data: blob:; script-src 'self' 'unsafe-eval'",
                false,
            ),
            ("default-src *", false),
            ("default-src 'none'", true),
            ("script-src 'none'", true),
            ("script-src", true),
            ("script-src 'nonce-abc'", true),
            ("script-src 'self' 'strict-dynamic' 'nonce-abc'", true),
            ("script-src https://cdn.example", true),
            ("SCRIPT-SRC 'SELF'", false),
            ("default-src 'none'; script-src 'self'", true),
            (
                "default-src 'none'; script-src 'self'; connect-src 'self'",
                false,
            ),
            ("script-src 'self'; connect-src 'none'", true),
            ("connect-src https://api.example", true),
            ("script-src-elem 'self'; script-src 'none'", false),
            ("default-src 'self', script-src 'none'", true),
            ("script-src 'self'; script-src 'none'", false), // the first counts
        ] {
            assert_eq!(refuses(policy), expected, "{policy}");
            let page = format!("<META HTTP-EQUIV=content-security-policy content=\"{policy}\">");
            assert_eq!(refuses_by_itself(&page), expected, "{page}");
            let page = format!("<!-- {page} --><meta name=x content=\"{policy}\">");
            assert!(!refuses_by_itself(&page), "{page}");
        }
        let escaped =
            "<meta http-equiv=content-security-policy content='script-src &#39;self&#39;'>";
        assert!(!refuses_by_itself(escaped));
    }

    #[test]
    fn workers_are_known_by_their_names() {
        for (name, expected) in [
            ("sw.js", true),
            ("a/SW.js", true),
            ("my-sw.js", true),
            ("index.service.worker.js", true),
            ("flutter_service_worker.js", true),
            ("ServiceWorker.js", true),
            ("ngsw.js", false),
            ("glsw.js", false),
            ("index.worker.js", false),
            ("sw.json", false),
        ] {
            assert_eq!(is_worker(name), expected, "{name}");
        }
    }
}
