//! The formats of the files in which authors configure web hosts.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A reader of one kind of file.
pub(crate) type RulesReader = fn(&str) -> Rules;

/// The rules of one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) fields: Vec<FieldRule>,
    /// Paths without files, and the page that answers them.
    pub(crate) rewrites: Vec<(String, String)>,
    /// Rules of other kinds.
    pub(crate) ignored: Vec<String>,
}

/// A field of the answers for a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FieldRule {
    pub(crate) path: String,
    /// In lower case.
    pub(crate) name: String,
    pub(crate) value: String,
}

impl FieldRule {
    fn new(path: &str, name: &str, value: &str) -> Self {
        Self {
            path: path.to_owned(),
            name: name.trim().to_ascii_lowercase(),
            value: value.trim().to_owned(),
        }
    }
}

impl Rules {
    /// Adds a rule that answers a path with something else. 200 is a rewrite, which leaves the address as it is.
    fn answer(&mut self, from: &str, to: &str, status: u16) {
        let is_here = to.starts_with('/') && !to.starts_with("//");
        match status == 200 && is_here && !to.contains(':') {
            true => self.rewrites.push((from.to_owned(), to.to_owned())),
            false => self.ignored.push(format!("{from} {to}")),
        }
    }
}

/// Netlify's and Cloudflare's: a path, then indented fields.
pub(crate) fn headers_file(text: &str) -> Rules {
    let mut rules = Rules::default();
    let mut path = "";
    for line in text.lines() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        match line.trim_start().split_once(':') {
            _ if !line.starts_with([' ', '\t']) => path = line.trim(),
            Some((name, value)) if !path.is_empty() => {
                rules.fields.push(FieldRule::new(path, name, value));
            }
            _ => {}
        }
    }
    rules
}

/// Netlify's and Cloudflare's: `/*  /index.html  200`.
pub(crate) fn redirects_file(text: &str) -> Rules {
    let mut rules = Rules::default();
    for line in text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
    {
        let words: Vec<_> = line.split_whitespace().collect();
        if let [from, to, rest @ ..] = words.as_slice() {
            let status = rest
                .first()
                .map_or("301", |status| status.trim_end_matches('!'));
            rules.answer(from, to, status.parse().unwrap_or_default());
        }
    }
    rules
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
    values: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct NetlifyRedirect {
    from: String,
    to: String,
    status: Option<u16>,
}

pub(crate) fn netlify(text: &str) -> Rules {
    let mut rules = Rules::default();
    let Ok(file) = toml::from_str::<Netlify>(text) else {
        return rules;
    };
    for rule in &file.headers {
        let fields = rule.values.iter();
        rules
            .fields
            .extend(fields.map(|(name, value)| FieldRule::new(&rule.r#for, name, value)));
    }
    for rule in &file.redirects {
        rules.answer(&rule.from, &rule.to, rule.status.unwrap_or(301));
    }
    rules
}

/// The shape that three hosts share: lists of sources with their destinations.
#[derive(Default, Deserialize)]
struct Sources {
    #[serde(default)]
    headers: Vec<SourceHeaders>,
    #[serde(default)]
    rewrites: Vec<SourceAnswer>,
    #[serde(default)]
    redirects: Vec<SourceAnswer>,
}

#[derive(Deserialize)]
struct SourceHeaders {
    #[serde(alias = "regex")]
    source: String,
    headers: Vec<SourceHeader>,
}

#[derive(Deserialize)]
struct SourceHeader {
    key: String,
    value: String,
}

#[derive(Deserialize)]
struct SourceAnswer {
    #[serde(alias = "regex")]
    source: String,
    /// Firebase's rules may lead to a function instead.
    #[serde(default)]
    destination: String,
}

impl Sources {
    /// `path` turns the host's notation of paths into that of [`crate::detect::path_pattern::PathPattern`].
    fn into_rules(self, path: impl Fn(&str) -> String) -> Rules {
        let mut rules = Rules::default();
        for rule in &self.headers {
            let fields = rule.headers.iter();
            let source = path(&rule.source);
            rules
                .fields
                .extend(fields.map(|one| FieldRule::new(&source, &one.key, &one.value)));
        }
        for (answers, status) in [(&self.rewrites, 200), (&self.redirects, 308)] {
            for rule in answers {
                rules.answer(&path(&rule.source), &rule.destination, status);
            }
        }
        rules
    }
}

pub(crate) fn vercel(text: &str) -> Rules {
    let file = serde_json::from_str::<Sources>(text).unwrap_or_default();
    file.into_rules(str::to_owned)
}

/// The format of `serve`, the server of many tutorials.
pub(crate) fn serve(text: &str) -> Rules {
    let file = serde_json::from_str::<Sources>(text).unwrap_or_default();
    file.into_rules(of_glob)
}

#[derive(Deserialize)]
struct Firebase {
    hosting: FirebaseHosting,
}

/// One site, or several, of which the first is assumed to be this one.
#[derive(Deserialize)]
#[serde(untagged)]
enum FirebaseHosting {
    One(Sources),
    Several(Vec<Sources>),
}

pub(crate) fn firebase(text: &str) -> Rules {
    let hosting = serde_json::from_str::<Firebase>(text).map(|file| file.hosting);
    let sources = match hosting {
        Ok(FirebaseHosting::One(sources)) => sources,
        Ok(FirebaseHosting::Several(sites)) => sites.into_iter().next().unwrap_or_default(),
        Err(_) => return Rules::default(),
    };
    sources.into_rules(of_glob)
}

/// A path with globs: `**/*.@(wasm|data)`.
fn of_glob(path: &str) -> String {
    let mut path = path.replace("**/", "**").replace("@(", "(");
    if path.starts_with("**") {
        path.insert(0, '/');
    }
    path.replace("***", "*").replace("**", "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_is_read() {
        let field = |path: &str| FieldRule::new(path, "X-Field", "1");
        let page = |path: &str| vec![(path.to_owned(), "/index.html".to_owned())];
        let cases: [(RulesReader, &str, Vec<_>, Vec<_>, usize); 13] = [
            (
                headers_file,
                "# a\n/*\n  X-Field: 1\n",
                vec![field("/*")],
                vec![],
                0,
            ),
            (
                headers_file,
                "/a.js\n\n  # b\n\tX-Field:1\n/b\n  X-Field: 1",
                vec![field("/a.js"), field("/b")],
                vec![],
                0,
            ),
            (headers_file, "  X-Field: 1", vec![], vec![], 0),
            (
                redirects_file,
                "/a /b 301\n/* /index.html 200!\n",
                vec![],
                page("/*"),
                1,
            ),
            (
                redirects_file,
                "/* /index.html\n/api/* https://api.example/:splat 200\n/x/* /y/:splat 200",
                vec![],
                vec![],
                3,
            ),
            (
                netlify,
                "[[headers]]\nfor = '/*'\n[headers.values]\nX-Field = '1'\n[[redirects]]\nfrom = '/*'\nto = '/index.html'\nstatus = 200",
                vec![field("/*")],
                page("/*"),
                0,
            ),
            (
                netlify,
                "[[redirects]]\nfrom = '/*'\nto = '/index.html'",
                vec![],
                vec![],
                1,
            ),
            (
                vercel,
                r#"{"headers":[{"source":"/(.*)","headers":[{"key":"X-Field","value":"1"}]}],
                    "rewrites":[{"source":"/(.*)","destination":"/index.html"}],
                    "redirects":[{"source":"/old","destination":"/"}]}"#,
                vec![field("/(.*)")],
                page("/(.*)"),
                1,
            ),
            (vercel, "not json", vec![], vec![], 0),
            (
                serve,
                r#"{"cleanUrls":true,"headers":[{"source":"**/*.@(js|css)","headers":[{"key":"X-Field","value":"1"}]}],
                    "rewrites":[{"source":"**","destination":"/index.html"}]}"#,
                vec![field("/*.(js|css)")],
                page("/*"),
                0,
            ),
            (
                firebase,
                r#"{"hosting":{"public":"dist","headers":[{"source":"/a/**","headers":[{"key":"X-Field","value":"1"}]}],
                    "rewrites":[{"source":"/api","function":"api"},{"source":"**","destination":"/index.html"}]}}"#,
                vec![field("/a/*")],
                page("/*"),
                1,
            ),
            (
                firebase,
                r#"{"hosting":[{"target":"a","rewrites":[{"source":"**","destination":"/index.html"}]},{"target":"b"}]}"#,
                vec![],
                page("/*"),
                0,
            ),
            (firebase, r#"{"functions":{}}"#, vec![], vec![], 0),
        ];
        for (read, text, fields, rewrites, ignored) in cases {
            let rules = read(text);
            assert_eq!((rules.fields, rules.rewrites), (fields, rewrites), "{text}");
            assert_eq!(rules.ignored.len(), ignored, "{text}");
        }
    }
}
