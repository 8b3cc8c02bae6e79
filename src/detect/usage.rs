//! Mentions of files in the page and its scripts.

use aho_corasick::AhoCorasick;

use crate::detect::script::{ScannedText, excerpt};

/// The mentions of a file that are kept, at most.
const MAX_USAGES: usize = 16;

/// The bytes before a name that are read to classify its mention.
const CONTEXT: usize = 80;

/// A mention of a file.
#[derive(Clone, Debug)]
pub(crate) struct Usage {
    /// The text that mentions it.
    pub file: String,
    pub kind: UsageKind,
}

/// The way in which a file is used where it is mentioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UsageKind {
    /// Loaded by the browser itself: by a tag, as a worker or module, or streamed into WebAssembly.
    ReadByBrowser,
    /// Fetched by a script.
    Fetched,
    /// Only named.
    Named,
}

/// The mentions of each of the files, in order.
pub(crate) fn find_usages<'t>(
    texts: impl Iterator<Item = &'t ScannedText>,
    files: &[&str],
) -> Vec<Vec<Usage>> {
    let mut usages = vec![Vec::new(); files.len()];
    if files.is_empty() {
        return usages;
    }
    let Ok(automaton) = AhoCorasick::new(files) else {
        return usages;
    };
    for text in texts {
        let bytes = text.bytes();
        for hit in automaton.find_overlapping_iter(&bytes) {
            let of_file = &mut usages[hit.pattern()];
            if of_file.len() < MAX_USAGES {
                let start = hit.start().saturating_sub(CONTEXT);
                of_file.push(Usage {
                    file: text.name.clone(),
                    kind: classify(&excerpt(&bytes, start, hit.start() - start)),
                });
            }
        }
    }
    usages
}

/// Classifies a mention by the text before it.
fn classify(before: &str) -> UsageKind {
    // Back to the start of the string that holds the name, then to the start of the statement.
    let string = before.rfind(['"', '\'', '`', '=']).unwrap_or(0);
    let is_unquoted = before[string..].starts_with('=');
    let end = string + usize::from(is_unquoted);
    let before = before[..end].trim_end();
    let statement = &before[before.rfind([';', '{', '}', '\n']).map_or(0, |at| at + 1)..];
    let statement: String = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_read = [
        "src=",
        "src =",
        "href=",
        "href =",
        "from",
        "import",
        "import(",
        "importScripts(",
        "Worker(",
        "addModule(",
        "register(",
        "Streaming(fetch(",
        "Streaming( fetch(",
    ]
    .iter()
    .any(|word| statement.ends_with(word));
    if is_read {
        return UsageKind::ReadByBrowser;
    }
    let is_fetched = [
        "fetch(", "open(", "load(", "get(", "axios", "flate", "gunzip", "ungzip",
    ]
    .iter()
    .any(|word| statement.contains(word));
    match is_fetched {
        true => UsageKind::Fetched,
        false => UsageKind::Named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_is_classified_by_the_text_before_it() {
        for (before, expected) in [
            ("<script src=\"", UsageKind::ReadByBrowser),
            ("<script async src=lib/", UsageKind::ReadByBrowser),
            ("<link rel=stylesheet href='", UsageKind::ReadByBrowser),
            ("s.src = `", UsageKind::ReadByBrowser),
            ("import x from './", UsageKind::ReadByBrowser),
            ("await import(\"./", UsageKind::ReadByBrowser),
            ("new Worker('", UsageKind::ReadByBrowser),
            (
                "WebAssembly.instantiateStreaming(fetch(\"",
                UsageKind::ReadByBrowser,
            ),
            ("const r = await fetch('", UsageKind::Fetched),
            ("xhr.open('GET', \"", UsageKind::Fetched),
            ("fetch(base + '", UsageKind::Fetched),
            ("pako.ungzip(await bytes('", UsageKind::Fetched),
            ("dataUrl: buildUrl + \"/", UsageKind::Named),
            ("fetch('a'); const x = ['", UsageKind::Named),
            ("", UsageKind::Named),
        ] {
            assert_eq!(classify(before), expected, "{before}");
        }
    }
}
