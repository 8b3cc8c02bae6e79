//! Paths in the files in which authors configure other hosts: `/Build/*.br`, `/play/:level`, `/(.*)\\.wasm`.

/// A path with wildcards, in the notations of Netlify, Cloudflare and Vercel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern(Vec<PatternPiece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum PatternPiece {
    Text(String),
    /// Any number of any characters.
    Any,
    /// Any number of characters other than slashes.
    Segment,
    /// One of several texts.
    OneOf(Vec<String>),
}

impl PathPattern {
    /// Reads a pattern; `None` if it has a regular expression beyond the usual ones.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // Cloudflare's may name the host.
        let text = match text.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => text,
        };
        let mut pieces = PatternPieces::default();
        if !text.starts_with('/') {
            pieces.text.push('/');
        }
        let body = text.trim_start_matches('^').trim_end_matches('$');
        let mut rest = body;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '*' => pieces.add(PatternPiece::Any),
                '\\' => {
                    let escaped = rest.chars().next()?;
                    rest = &rest[escaped.len_utf8()..];
                    pieces.text.push(escaped);
                }
                ':' => {
                    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                    let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                    rest = &rest[end..];
                    let piece = match rest.chars().next() {
                        _ if end == 0 => return None,
                        Some('*' | '+') => PatternPiece::Any,
                        Some('(') => group(&mut rest)?,
                        _ => PatternPiece::Segment,
                    };
                    pieces.add(piece);
                    rest = rest.trim_start_matches(['*', '+', '?']);
                }
                '(' => {
                    rest = &body[body.len() - rest.len() - 1..];
                    let piece = group(&mut rest)?;
                    pieces.add(piece);
                    rest = rest.trim_start_matches(['*', '+', '?']);
                }
                '?' | '+' | '[' | ']' | '{' | '}' | '|' | ')' => return None,
                c => pieces.text.push(c),
            }
        }
        Some(Self(pieces.finish()))
    }

    /// True if every path has the pattern.
    pub(crate) fn is_every_path(&self) -> bool {
        match self.0.as_slice() {
            [PatternPiece::Text(root), rest @ ..] if root == "/" => {
                !rest.is_empty() && rest.iter().all(|piece| *piece == PatternPiece::Any)
            }
            _ => false,
        }
    }

    /// True if a path, which begins with a slash, matches the pattern.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let path = path.as_bytes();
        // The positions that the pieces so far lead to.
        let mut ends = vec![false; path.len() + 1];
        ends[0] = true;
        for piece in &self.0 {
            let mut next = vec![false; path.len() + 1];
            let mut is_open = false;
            for at in 0..=path.len() {
                let mut follow = |text: &str| {
                    if ends[at] && path[at..].starts_with(text.as_bytes()) {
                        next[at + text.len()] = true;
                    }
                };
                match piece {
                    PatternPiece::Text(text) => follow(text),
                    PatternPiece::OneOf(texts) => texts.iter().for_each(|text| follow(text)),
                    PatternPiece::Any | PatternPiece::Segment => {
                        let is_slash = at > 0 && path[at - 1] == b'/';
                        is_open &= *piece == PatternPiece::Any || !is_slash;
                        is_open |= ends[at];
                        next[at] = is_open;
                    }
                }
            }
            ends = next;
        }
        ends[path.len()]
    }
}

/// The pieces so far, and the text since the last one.
#[derive(Default)]
struct PatternPieces {
    done: Vec<PatternPiece>,
    text: String,
}

impl PatternPieces {
    fn add(&mut self, piece: PatternPiece) {
        if !self.text.is_empty() {
            self.done
                .push(PatternPiece::Text(std::mem::take(&mut self.text)));
        }
        self.done.push(piece);
    }

    fn finish(mut self) -> Vec<PatternPiece> {
        if !self.text.is_empty() {
            self.done.push(PatternPiece::Text(self.text));
        }
        self.done
    }
}

/// Reads a group in parentheses, which `rest` begins with.
fn group(rest: &mut &str) -> Option<PatternPiece> {
    let mut depth = 0_usize;
    let end = rest.char_indices().find_map(|(at, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })?;
    let inner = &rest[1..end];
    *rest = &rest[end + 1..];
    let is_plain = |text: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./\\".contains(c);
        !text.is_empty() && text.chars().all(is_plain)
    };
    match inner {
        ".*" | ".+" | ".*?" => Some(PatternPiece::Any),
        "[^/]+" | "[^/]*" | "\\d+" | "\\w+" | "[^.]+" => Some(PatternPiece::Segment),
        // All but a few paths, which have no files in an export.
        other if other.starts_with("(?!") && other.ends_with(".*") => Some(PatternPiece::Any),
        other if other.split('|').all(is_plain) => {
            let texts = other.split('|').map(|text| text.replace('\\', ""));
            Some(PatternPiece::OneOf(texts.collect()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notations_of_three_hosts_are_read() {
        for (pattern, path, expected) in [
            ("/*", "/a/b.js", true),
            ("*", "/a", true),
            ("/Build/*.br", "/Build/game.wasm.br", true),
            ("/Build/*.br", "/Build/game.wasm.gz", false),
            ("/Build/*.br", "/other/Build/game.br", false),
            ("/*.wasm", "/a/b.wasm", true),
            ("/a.js", "/a.js", true),
            ("/a.js", "/a.jsx", false),
            ("/play/:level", "/play/3", true),
            ("/play/:level", "/play/3/4", false),
            ("/:path*", "/a/b", true),
            ("/(.*)\\.wasm", "/x.wasm", true),
            ("/(.*)\\.wasm", "/x_wasm", false),
            ("/(.*).(wasm|data)", "/b/x.data", true),
            ("/(.*).(wasm|data)", "/b/x.js", false),
            ("/((?!api/).*)", "/level/1", true),
            ("/:file(\\d+).json", "/12.json", true),
            ("https://game.example/x/*", "/x/1", true),
            ("https://game.example", "/", true),
            ("/caf\u{e9}/*", "/caf\u{e9}/a", true),
            ("/*.(js|css)", "/main.js", true),
            ("/*.(js|css)", "/a/b/main.css", true),
        ] {
            let pattern = PathPattern::parse(pattern).unwrap();
            assert_eq!(pattern.matches(path), expected, "{pattern:?} {path}");
        }
        for other in ["/[a-z]+", "/(a", "/a?", "/(\\d{2})", "/:", "/\\"] {
            assert_eq!(PathPattern::parse(other), None, "{other}");
        }
        for (pattern, expected) in [
            ("/*", true),
            ("/(.*)", true),
            ("/:p*", true),
            ("/a/*", false),
            ("/", false),
        ] {
            assert_eq!(
                PathPattern::parse(pattern).unwrap().is_every_path(),
                expected,
                "{pattern}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_pattern_is_read(pattern in "([/*:()|\\\\.^$?+a-c]|\u{e9}|https://){0,40}", path in "(/|a|b|\u{e9}|[.]){0,40}") {
            if let Some(pattern) = PathPattern::parse(&pattern) {
                pattern.matches(&path);
            }
        }
    }
}
