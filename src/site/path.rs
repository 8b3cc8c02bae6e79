//! Paths of URLs: the only way from a URL to an asset.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// The characters that must be escaped in a path (RFC 3986, 3.3) for browsers to request the same name.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A decoded path below the site's root: `assets/hero 1.png`, `levels/`, or empty for the root.
///
/// It has no empty, `.` or `..` segment and no control character, so traversal cannot be expressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetPath<'a>(Cow<'a, str>);

/// A path that cannot name a file of a game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPath;

impl<'a> AssetPath<'a> {
    /// Parses the path of a URL: decodes it once, and merges repeated slashes, which pages send that join a base and a
    /// name.
    ///
    /// # Errors
    /// When it has a `.` or `..` segment or a control character, or is not UTF-8.
    pub fn parse(path: &'a str) -> Result<Self, BadPath> {
        let path = path.strip_prefix('/').ok_or(BadPath)?;
        if is_plain(path) {
            return Ok(Self(Cow::Borrowed(path)));
        }
        let decoded = percent_decode_str(path)
            .decode_utf8()
            .map_err(|_| BadPath)?;
        if decoded.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(BadPath);
        }
        if decoded.split('/').any(|part| part == "." || part == "..") {
            return Err(BadPath);
        }
        if decoded.starts_with('/') || decoded.contains("//") {
            return Ok(Self(Cow::Owned(merge_slashes(&decoded))));
        }
        Ok(Self(decoded))
    }

    /// The path with its backslashes as slashes; `None` if it has none, or would lead up.
    pub(crate) fn with_slashes(&self) -> Option<AssetPath<'static>> {
        let path = self.0.contains('\\').then(|| self.0.replace('\\', "/"))?;
        let leads_up = path.split('/').any(|part| part == "." || part == "..");
        (!leads_up).then(|| AssetPath(Cow::Owned(merge_slashes(&path))))
    }

    /// The decoded path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// True if a path needs no decoding, merging or rejection, as is usual.
fn is_plain(path: &str) -> bool {
    let mut before = b'/';
    path.bytes().all(|byte| {
        let begins_part = std::mem::replace(&mut before, byte) == b'/';
        match byte {
            b'/' | b'.' => !begins_part,
            b'%' => false,
            byte => byte.is_ascii_graphic(),
        }
    })
}

/// The URL path of a name.
pub(crate) fn to_url(name: &str) -> String {
    format!("/{}", utf8_percent_encode(name, ESCAPED))
}

fn merge_slashes(path: &str) -> String {
    let folder = if path.ends_with('/') { "/" } else { "" };
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [] => String::new(),
        parts => parts.join("/") + folder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_once_and_its_slashes_are_merged() {
        for (path, expected) in [
            ("/", ""),
            ("/index.html", "index.html"),
            ("/levels/", "levels/"),
            ("/a%20b.png", "a b.png"),
            ("/a+b.png", "a+b.png"),
            ("/100%25.png", "100%.png"),
            ("/100%2525.png", "100%25.png"), // decoded once
            ("/%23boss.png", "#boss.png"),
            ("/%E4%B8%AD%E6%96%87.js", "中文.js"),
            ("/中文.js", "中文.js"),
            ("/assets%2Fhero.png", "assets/hero.png"),
            ("/100%.png", "100%.png"),
            ("//a///b.js", "a/b.js"),
            ("/a//", "a/"),
            ("//", ""),
            ("/..hidden", "..hidden"),
            ("/a..b/c", "a..b/c"),
        ] {
            let parsed = AssetPath::parse(path);
            assert_eq!(
                parsed.as_ref().map(AssetPath::as_str),
                Ok(expected),
                "{path}"
            );
        }
    }

    #[test]
    fn a_path_with_traversal_or_control_characters_is_refused() {
        for path in [
            "",
            "*",
            "a",
            "/..",
            "/../a",
            "/a/../b",
            "/a/..",
            "/./a",
            "/a/.",
            "/%2e%2e/a",
            "/%2E%2e%2Fa",
            "/a%2F..%2Fb",
            "/a%00b",
            "/a%0d%0ab",
            "/%ff",
            "/a%7f",
        ] {
            assert_eq!(AssetPath::parse(path), Err(BadPath), "{path}");
        }
    }

    #[test]
    fn backslashes_are_read_as_slashes_and_lead_nowhere_else() {
        for (path, expected) in [
            ("/a%5Cb.png", Some("a/b.png")),
            ("/a%5C%5Cb.png", Some("a/b.png")),
            ("/a%5C..%5Cb", None),
            ("/..%5Cb", None),
            ("/a/b", None),
        ] {
            let parsed = AssetPath::parse(path).unwrap().with_slashes();
            assert_eq!(parsed.as_ref().map(AssetPath::as_str), expected, "{path}");
        }
    }

    #[test]
    fn a_name_is_parsed_back_from_its_url() {
        for name in [
            "a b",
            "100%",
            "#1?",
            "中文/ü.png",
            "a+b&c!$'()*,;=:@",
            "\\ ^`{|}\"<>",
        ] {
            let url = to_url(name);
            let parsed = AssetPath::parse(&url).map(|path| path.as_str().to_owned());
            assert_eq!(parsed, Ok(name.to_owned()), "{url}");
        }
    }
}
