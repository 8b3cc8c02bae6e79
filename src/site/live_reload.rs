//! Pages that reload by themselves: a script tag inserted when the site is built with `live`.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};

use crate::compression::coding::Coding;
use crate::detect::engine::{Engine, Trait};
use crate::html::page::{Token, is_whole_page, tags, tokens};
use crate::html::tag::Tag;
use crate::site::asset::Asset;
use crate::site::content::Content;
use crate::site::id::SiteId;
use crate::site::representation::Representation;

/// The path of the script that reloads a page.
pub(crate) const SCRIPT: &str = ".webserver/live.js";

/// Endings of the names that engines and their tools give to service workers.
const WORKER_NAMES: [&str; 5] = [
    "sw.js",
    "service-worker.js",
    "service_worker.js",
    "service.worker.js",
    "serviceworker.js",
];

/// Inserts the script into every page that can take it, and logs the pages that cannot. `fields` are sent with every
/// response.
///
/// Some pages are left alone: all pages of a game with a service worker, which keeps copies and may check their hashes;
/// pages whose content security policy blocks the script or its connection; pages in UTF-16; pages on disk; parts of
/// pages, unless one is the entry page.
pub(crate) fn insert(
    (assets, entry): (&mut [Asset], &str),
    engine: &Engine,
    fields: &[(HeaderName, HeaderValue)],
    id: &SiteId,
) {
    let worker = assets.iter().find(|asset| is_worker(&asset.name));
    if worker.is_some() || engine.traits.contains(&Trait::Pwa) {
        tracing::warn!(event = "live_reload_service_worker");
        return;
    }
    let policies: Vec<_> = fields
        .iter()
        .filter(|(name, _)| *name == header::CONTENT_SECURITY_POLICY)
        .filter_map(|(_, value)| value.to_str().ok())
        .collect();
    let script = format!(
        "<script src=\"{SCRIPT}\" data-site=\"{}\"></script>",
        id.as_str()
    );
    for asset in assets.iter_mut().filter(|asset| is_page(&asset.name)) {
        let own = asset.representations.first();
        let own = own.filter(|page| page.coding == Coding::Identity);
        let Some(Content::Memory(bytes)) = own.map(|page| &page.content) else {
            continue;
        };
        if *asset.name != *entry && !is_whole_page(bytes) {
            continue;
        }
        if policies.iter().copied().any(blocks_script) || page_blocks_script(bytes) {
            tracing::warn!(event = "live_reload_blocked", file = &*asset.name);
            continue;
        }
        let Some(at) = insertion_point(bytes) else {
            continue;
        };
        let bytes = [&bytes[..at], script.as_bytes(), &bytes[at..]].concat();
        // Content in memory can always be read.
        if let Ok(page) =
            Representation::identity(&asset.name, Content::Memory(Bytes::from(bytes)), &|| true)
        {
            asset.representations = vec![page];
            asset.is_compressed = false;
            asset.fingerprint = None;
        }
    }
}

/// By the name alone: a compressed page is not text.
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
    WORKER_NAMES.iter().any(|ending| is(ending))
}

/// The position where a script runs before all others: after `<head>`, or where the head begins without a tag (HTML,
/// 13.1.2.4). `None` for an empty page and for one whose markup is not ASCII.
fn insertion_point(page: &[u8]) -> Option<usize> {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    if page.starts_with(b"\xff\xfe") || page.starts_with(b"\xfe\xff") || page.contains(&0) {
        return None;
    }
    let offset = match page.starts_with(BYTE_ORDER_MARK) {
        true => BYTE_ORDER_MARK.len(),
        false => 0,
    };
    let page = &page[offset..];
    let point = tokens(page).find_map(|token| match token {
        Token::Start(tag) if tag.name == "html" => None,
        Token::Start(tag) if tag.name == "head" => Some(tag.span.end),
        Token::Start(tag) => Some(tag.span.start),
        Token::End { start } => Some(start),
        Token::Text { start, .. } => {
            let blank = page[start..]
                .iter()
                .take_while(|byte| byte.is_ascii_whitespace());
            let start = start + blank.count();
            let is_text = page.get(start).is_some_and(|byte| *byte != b'<');
            is_text.then_some(start)
        }
    })?;
    Some(offset + point)
}

/// True if a policy in the page itself blocks the script or its connection.
fn page_blocks_script(page: &[u8]) -> bool {
    let is_policy = |tag: &&Tag| {
        let name = tag.attribute("http-equiv").unwrap_or_default();
        tag.name == "meta" && name.eq_ignore_ascii_case("content-security-policy")
    };
    tags(page)
        .iter()
        .filter(is_policy)
        .filter_map(|tag| tag.attribute("content"))
        .any(blocks_script)
}

/// True if one of a list of policies blocks scripts or connections of the page's own origin (Content Security Policy 3,
/// 6.8.2).
fn blocks_script(policies: &str) -> bool {
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
    fn the_script_is_inserted_before_all_others() {
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
            let at = insertion_point(page.as_bytes()).unwrap_or_else(|| panic!("{page}"));
            assert_eq!(format!("{}|{}", &page[..at], &page[at..]), expected);
        }
    }

    #[test]
    fn a_page_without_ascii_markup_or_content_is_left_alone() {
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
            assert_eq!(insertion_point(page), None, "{page:?}");
        }
        // GBK is ASCII where it is markup.
        assert_eq!(insertion_point(b"<head><title>\xd6\xd0"), Some(6));
    }

    #[test]
    fn a_policy_without_self_blocks_the_script() {
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
            assert_eq!(blocks_script(policy), expected, "{policy}");
            let page = format!("<META HTTP-EQUIV=content-security-policy content=\"{policy}\">");
            assert_eq!(page_blocks_script(page.as_bytes()), expected, "{page}");
            let page = format!("<!-- {page} --><meta name=x content=\"{policy}\">");
            assert!(!page_blocks_script(page.as_bytes()), "{page}");
        }
        let escaped =
            "<meta http-equiv=content-security-policy content='script-src &#39;self&#39;'>";
        assert!(!page_blocks_script(escaped.as_bytes()));
    }

    #[test]
    fn service_workers_are_recognised_by_name() {
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
