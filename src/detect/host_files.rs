//! Files in which the author of an export configures a web host: `_headers` and `_redirects`, `netlify.toml`,
//! `vercel.json`, `serve.json`, `firebase.json`, `200.html`. Rules that a game may need are applied, by path; the
//! others are reported.

use std::collections::{BTreeMap, BTreeSet};

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue};

use crate::compression::coding::Coding;
use crate::detect::evidence::Evidence;
use crate::detect::host_rules::{
    FieldRule, RulesReader, firebase, headers_file, netlify, redirects_file, serve, vercel,
};
use crate::detect::isolation_mode::Isolation;
use crate::detect::path_pattern::PathPattern;
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

/// Comes with the embedder policy.
const OPENER: &str = "cross-origin-opener-policy";

/// The author's wishes.
#[derive(Debug, Default)]
pub(crate) struct HostFiles {
    /// The isolation, with the file that states it.
    pub(crate) isolation: Option<(Isolation, Evidence)>,
    /// Further fields of every answer.
    pub(crate) fields: Vec<(HeaderName, HeaderValue)>,
    /// The wishes for single files, by path.
    pub(crate) files: BTreeMap<String, FileWishes>,
    /// The pages for paths without a file, in order of precedence.
    pub(crate) deep_links: Vec<(PathPattern, String)>,
    /// The rules without effect here, by file.
    pub(crate) ignored: BTreeMap<String, BTreeSet<String>>,
}

/// The author's wishes for a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileWishes {
    /// Its `Content-Type`.
    pub media_type: Option<HeaderValue>,
    /// The content coding that its bytes are said to have.
    pub(crate) coding: Option<(Coding, Evidence)>,
    /// Further fields.
    pub fields: Vec<(HeaderName, HeaderValue)>,
}

/// Reads the files that the export has.
pub(crate) fn read_host_files(scan: &Scan<'_>) -> HostFiles {
    let mut wishes = HostFiles::default();
    let readers: [(&str, RulesReader); 6] = [
        ("_headers", headers_file),
        ("_redirects", redirects_file),
        ("netlify.toml", netlify),
        ("vercel.json", vercel),
        ("serve.json", serve),
        ("firebase.json", firebase),
    ];
    for (file, read) in readers {
        if !scan.has(file) {
            continue;
        }
        let rules = read(&String::from_utf8_lossy(&scan.start(file, MOST)));
        let mut ignored: BTreeSet<_> = rules.ignored.into_iter().collect();
        for rule in &rules.fields {
            if !wishes.add(scan, file, rule) {
                ignored.insert(rule.name.clone());
            }
        }
        for (path, page) in rules.rewrites {
            match (PathPattern::parse(&path), page_file(scan, &page)) {
                (Some(pattern), Some(page)) => wishes.deep_links.push((pattern, page)),
                _ => {
                    ignored.insert(format!("{path} {page}"));
                }
            }
        }
        if !ignored.is_empty() {
            wishes.ignored.insert(file.to_owned(), ignored);
        }
    }
    // Surge's equivalent.
    if let (true, Some(pattern)) = (scan.has("200.html"), PathPattern::parse("/*")) {
        wishes.deep_links.push((pattern, "200.html".to_owned()));
    }
    wishes
}

impl HostFiles {
    /// Adds a rule; false if it has no effect here.
    fn add(&mut self, scan: &Scan<'_>, file: &str, rule: &FieldRule) -> bool {
        let (name, value) = (rule.name.as_str(), rule.value.as_str());
        let Some(pattern) = PathPattern::parse(&rule.path) else {
            return false;
        };
        let is_of_page = pattern.is_every_path()
            || pattern.matches("/")
            || pattern.matches(&format!("/{}", scan.page.name));
        if name == EMBEDDER && is_of_page {
            let known = [Isolation::RequireCorp, Isolation::Credentialless];
            let isolation = known.into_iter().find(|known| known.token() == value);
            let evidence = Evidence::Says {
                file: file.to_owned(),
                words: format!("Cross-Origin-Embedder-Policy: {value}"),
            };
            self.isolation = isolation.map(|isolation| (isolation, evidence));
            return true;
        }
        let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) else {
            return false;
        };
        let is_known = KNOWN.contains(&name.as_str());
        if is_known && is_of_page {
            self.fields.push((name, value));
            return true;
        }
        let is_policy = is_known || [EMBEDDER, OPENER].contains(&name.as_str());
        let is_of_file = is_policy || [CONTENT_TYPE, CONTENT_ENCODING].contains(&name);
        // One type or coding for every file would be wrong for most.
        if !is_of_file || pattern.is_every_path() {
            return name == OPENER;
        }
        for path in &scan.names {
            if pattern.matches(&format!("/{path}")) {
                let wishes = self.files.entry(path.clone()).or_default();
                wishes.add(file, &name, &value);
            }
        }
        true
    }
}

impl FileWishes {
    fn add(&mut self, file: &str, name: &HeaderName, value: &HeaderValue) {
        let text = value.to_str().unwrap_or_default();
        if name == CONTENT_TYPE {
            self.media_type = text.contains('/').then(|| value.clone());
        } else if name == CONTENT_ENCODING {
            let coding = Coding::PREPARED.into_iter();
            let coding = coding.into_iter().find(|coding| coding.token() == text);
            let evidence = Evidence::Says {
                file: file.to_owned(),
                words: format!("Content-Encoding: {text}"),
            };
            self.coding = coding.map(|coding| (coding, evidence));
        } else {
            self.fields.push((name.clone(), value.clone()));
        }
    }
}

/// The file of a page that a rule names: `/`, `/play/`, `/play`, `/play.html`.
fn page_file(scan: &Scan<'_>, page: &str) -> Option<String> {
    let page = page.split(['?', '#']).next().unwrap_or_default();
    let name = page.trim_start_matches('/');
    let candidates = match name {
        "" => [
            "index.html".to_owned(),
            scan.page.name.clone(),
            String::new(),
        ],
        name if name.ends_with('/') => [format!("{name}index.html"), String::new(), String::new()],
        name => [
            name.to_owned(),
            format!("{name}.html"),
            format!("{name}/index.html"),
        ],
    };
    let is_page = |name: &String| name.ends_with(".html") || name.ends_with(".htm");
    candidates
        .into_iter()
        .find(|name| is_page(name) && scan.has(name))
}
