//! Files by which the author of an export configures a host of sites: `_headers` and `_redirects`, `netlify.toml`,
//! `vercel.json`. Rules for the whole site are read; others are ignored.

use http::{HeaderName, HeaderValue};
use serde::Deserialize;

use crate::detect::evidence::Evidence;
use crate::detect::isolation_mode::Isolation;
use crate::detect::scan::Scan;

/// The bytes of such a file that are read.
const MOST: u64 = 256 << 10;

/// Fields that a game may need and that cannot make an answer wrong.
const KNOWN: &[&str] = &[
    "access-control-allow-origin",
    "cross-origin-resource-policy",
    "document-policy",
    "origin-agent-cluster",
    "permissions-policy",
    "service-worker-allowed",
];

const EMBEDDER: &str = "cross-origin-embedder-policy";

/// The author's wishes.
#[derive(Debug, Default)]
pub(crate) struct HostFiles {
    /// The isolation, with the file that states it.
    pub(crate) isolation: Option<(Isolation, Evidence)>,
    /// Further fields of every answer.
    pub(crate) fields: Vec<(HeaderName, HeaderValue)>,
    /// The page for all paths without a file.
    pub(crate) deep_link_page: Option<String>,
}

/// Reads the files that the export has.
pub(crate) fn read_host_files(scan: &Scan<'_>) -> HostFiles {
    let mut wishes = HostFiles::default();
    let readers: [(&str, Reader); 4] = [
        ("_headers", headers_file),
        ("_redirects", redirects_file),
        ("netlify.toml", netlify),
        ("vercel.json", vercel),
    ];
    for (file, read) in readers {
        if !scan.has(file) {
            continue;
        }
        let rules = read(&String::from_utf8_lossy(&scan.start(file, MOST)));
        for (name, value) in &rules.fields {
            wishes.add(file, name, value);
        }
        let page = rules.page.map(|page| match page.trim_matches('/') {
            "" => "index.html".to_owned(),
            page => page.to_owned(),
        });
        let page = page.filter(|page| scan.has(page));
        wishes.deep_link_page = wishes.deep_link_page.take().or(page);
    }
    wishes
}

impl HostFiles {
    fn add(&mut self, file: &str, name: &str, value: &str) {
        let name = name.trim().to_ascii_lowercase();
        if name == EMBEDDER {
            let known = [Isolation::RequireCorp, Isolation::Credentialless];
            let isolation = known
                .into_iter()
                .find(|known| known.token() == value.trim());
            let evidence = Evidence::Says {
                file: file.to_owned(),
                words: format!("Cross-Origin-Embedder-Policy: {}", value.trim()),
            };
            self.isolation = isolation.map(|isolation| (isolation, evidence));
        } else if KNOWN.contains(&name.as_str())
            && let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(value.trim()),
            )
        {
            self.fields.push((name, value));
        }
    }
}

/// The rules of one file for the whole site.
#[derive(Debug, Default, PartialEq, Eq)]
struct Rules {
    fields: Vec<(String, String)>,
    page: Option<String>,
}

/// A reader of one kind of file.
type Reader = fn(&str) -> Rules;

/// True if a rule is for all pages of the game, or for its first.
fn is_whole_site(path: &str) -> bool {
    is_every_path(path) || matches!(path, "/" | "/index.html" | "/*.html")
}

/// True for every path, in the notations of the four files.
fn is_every_path(path: &str) -> bool {
    let is_parameter = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric());
    match path.trim_start_matches('/') {
        "*" | "**" | "(.*)" | "(.*)?" => true,
        // Vercel's: any name, for zero or more parts, or with a pattern.
        path => path.strip_prefix(':').is_some_and(|name| {
            let rest = name.strip_suffix('*').or(name.strip_suffix("(.*)"));
            rest.is_some_and(is_parameter)
        }),
    }
}

/// Netlify's and Cloudflare's: a path, then indented fields.
fn headers_file(text: &str) -> Rules {
    let mut rules = Rules::default();
    let mut is_for_all = false;
    for line in text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
    {
        if !line.starts_with([' ', '\t']) {
            is_for_all = is_whole_site(line.trim());
        } else if let (true, Some((name, value))) = (is_for_all, line.split_once(':')) {
            rules
                .fields
                .push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    rules
}

/// Netlify's and Cloudflare's: `/*  /index.html  200`.
fn redirects_file(text: &str) -> Rules {
    let page = text.lines().find_map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        match words.as_slice() {
            [path, page, status, ..] if is_every_path(path) && status.starts_with("200") => {
                Some((*page).to_owned())
            }
            _ => None,
        }
    });
    Rules {
        page,
        ..Rules::default()
    }
}

#[derive(Deserialize)]
struct Netlify {
    #[serde(default)]
    headers: Vec<NetlifyHeaders>,
    #[serde(default)]
    redirects: Vec<NetlifyRedirect>,
}

#[derive(Deserialize)]
struct NetlifyHeaders {
    r#for: String,
    values: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct NetlifyRedirect {
    from: String,
    to: String,
    status: Option<u16>,
}

fn netlify(text: &str) -> Rules {
    let Ok(file) = toml::from_str::<Netlify>(text) else {
        return Rules::default();
    };
    let headers = file
        .headers
        .into_iter()
        .filter(|rule| is_whole_site(&rule.r#for));
    let mut redirects = file.redirects.into_iter();
    let rewrite = redirects.find(|rule| is_every_path(&rule.from) && rule.status == Some(200));
    Rules {
        fields: headers.flat_map(|rule| rule.values).collect(),
        page: rewrite.map(|rule| rule.to),
    }
}

#[derive(Deserialize)]
struct Vercel {
    #[serde(default)]
    headers: Vec<VercelHeaders>,
    #[serde(default)]
    rewrites: Vec<VercelRewrite>,
}

#[derive(Deserialize)]
struct VercelHeaders {
    source: String,
    headers: Vec<VercelHeader>,
}

#[derive(Deserialize)]
struct VercelHeader {
    key: String,
    value: String,
}

#[derive(Deserialize)]
struct VercelRewrite {
    source: String,
    destination: String,
}

fn vercel(text: &str) -> Rules {
    let Ok(file) = serde_json::from_str::<Vercel>(text) else {
        return Rules::default();
    };
    let headers = { file.headers.into_iter() }.filter(|rule| is_whole_site(&rule.source));
    let fields = headers
        .flat_map(|rule| rule.headers)
        .map(|one| (one.key, one.value));
    let mut rewrites = file.rewrites.into_iter();
    let rewrite = rewrites.find(|rule| is_every_path(&rule.source));
    Rules {
        fields: fields.collect(),
        page: rewrite.map(|rule| rule.destination),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_notation_of_every_path_is_known() {
        for (path, is_every, is_whole) in [
            ("/*", true, true),
            ("*", true, true),
            ("/(.*)", true, true),
            ("/:path*", true, true),
            ("/:anything(.*)", true, true),
            ("/", false, true),
            ("/index.html", false, true),
            ("/*.html", false, true),
            ("/play/*", false, false),
            ("/:path", false, false),
            ("/*.wasm", false, false),
        ] {
            assert_eq!(is_every_path(path), is_every, "{path}");
            assert_eq!(is_whole_site(path), is_whole, "{path}");
        }
    }

    #[test]
    fn rules_for_the_whole_site_are_read() {
        let field = |value: &str| ("X-Field".to_owned(), value.to_owned());
        let page = || Some("/index.html".to_owned());
        let cases: [(Reader, &str, Vec<_>, Option<String>); 9] = [
            (
                headers_file,
                "# a\n/*\n  X-Field: 1\n",
                vec![field("1")],
                None,
            ),
            (headers_file, "/play/*\n  X-Field: 1\n", vec![], None),
            (
                redirects_file,
                "/a /b 301\n/* /index.html 200\n",
                vec![],
                page(),
            ),
            (redirects_file, "/* /index.html 301\n", vec![], None),
            (
                netlify,
                "[[headers]]\nfor = '/*'\n[headers.values]\nX-Field = '1'\n[[redirects]]\nfrom = '/*'\nto = '/index.html'\nstatus = 200",
                vec![field("1")],
                page(),
            ),
            (
                netlify,
                "[[redirects]]\nfrom = '/*'\nto = '/index.html'",
                vec![],
                None,
            ),
            (
                vercel,
                r#"{"headers":[{"source":"/(.*)","headers":[{"key":"X-Field","value":"1"}]}],
                    "rewrites":[{"source":"/(.*)","destination":"/index.html"}]}"#,
                vec![field("1")],
                page(),
            ),
            (
                vercel,
                r#"{"rewrites":[{"source":"/api/(.*)","destination":"/api"}]}"#,
                vec![],
                None,
            ),
            (vercel, "not json", vec![], None),
        ];
        for (read, text, fields, page) in cases {
            assert_eq!(read(text), Rules { fields, page }, "{text}");
        }
    }
}
