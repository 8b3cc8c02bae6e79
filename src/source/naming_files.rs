//! The files of an export that name its other files: a hidden one that they name is part of the game.

use bytes::Bytes;
use memchr::memmem;

use crate::names::leftover::holds_secrets;

/// The maximum number of files that are read, and of their bytes, each and together.
const MAX_FILES: usize = 64;
const MOST: u64 = 4 << 20;
const MOST_TOGETHER: u64 = 32 << 20;

/// Lists that engines write, pages and scripts.
pub(crate) struct NamingFiles(Vec<NamingFile>);

struct NamingFile {
    path: String,
    content: Bytes,
    /// A list has nothing but files; a page or script may hold any words, so that only a whole string counts.
    is_list: bool,
}

impl NamingFiles {
    /// Reads those among the paths: lists first, then pages and scripts, those in the root before others.
    pub(crate) fn read<'a>(
        paths: impl Iterator<Item = &'a str>,
        head: impl Fn(&str, u64) -> Bytes,
    ) -> Self {
        let mut paths: Vec<_> = paths
            .filter(|path| is_list(path) || has_strings(path))
            .collect();
        paths.sort_by_key(|path| (!is_list(path), path.matches('/').count()));
        let mut left = MOST_TOGETHER;
        let read = |path: &str| {
            let content = head(path, MOST.min(left));
            left -= (content.len() as u64).min(left);
            NamingFile {
                path: path.to_owned(),
                content,
                is_list: is_list(path),
            }
        };
        Self(paths.into_iter().take(MAX_FILES).map(read).collect())
    }

    /// True if one of them has this part of a path anywhere, without which it names no file below it.
    pub(crate) fn mention(&self, part: &str) -> bool {
        let has_part = |file: &NamingFile| memmem::find(&file.content, part.as_bytes()).is_some();
        self.0.iter().any(has_part)
    }

    /// True if one of them names the file at a path, from the root or from its own folder.
    pub(crate) fn name(&self, path: &str) -> bool {
        self.0.iter().any(|file| file.names(path))
    }
}

impl NamingFile {
    fn names(&self, path: &str) -> bool {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let below = path.strip_prefix(folder);
        let below = below.map(|path| path.trim_start_matches('/'));
        let mut paths = [Some(path), below].into_iter().flatten();
        let may_count = self.is_list || !path.split('/').any(holds_secrets);
        may_count && paths.any(|path| self.has_whole(path))
    }

    /// True if a path occurs there as a whole, with `./` or `/` before it, or a query after it: `assets/.env` is not
    /// `.env`.
    fn has_whole(&self, path: &str) -> bool {
        let is_quote = |byte: &u8| b"\"'`".contains(byte);
        let is_in_path = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./%@".contains(byte);
        let is_end = |byte: &u8| match self.is_list {
            true => !is_in_path(byte),
            false => is_quote(byte),
        };
        memmem::find_iter(&self.content, path.as_bytes()).any(|at| {
            let before = &self.content[..at];
            let before = before.strip_suffix(b"/").unwrap_or(before);
            let before = before.strip_suffix(b".").unwrap_or(before);
            let after = self.content.get(at + path.len());
            before.last().map_or(self.is_list, is_end)
                && after.map_or(self.is_list, |byte| is_end(byte) || b"?#".contains(byte))
        })
    }
}

/// True if a file lists files of the export: `AssetManifest.json`, `archive_files.json`, `flutter_service_worker.js`.
fn is_list(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let known = [
        "archive_files.json",
        "flutter_service_worker.js",
        "assets.txt",
    ];
    name.contains("manifest") || known.contains(&name.as_str())
}

fn has_strings(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    ["html", "htm", "js", "mjs", "json"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::test_folder::test_folder;
    use crate::source::Source;

    #[test]
    fn a_hidden_file_is_listed_if_the_export_names_it() {
        let folder = test_folder(&[
            (
                "index.html",
                r#"<script src="/.boot.js?v=1"></script> .said .env"#,
            ),
            (
                "assets/AssetManifest.json",
                r#"{"assets":["assets/.env", ".git/x", ".key"]}"#,
            ),
            ("config.json", r#"{"url": "files/.cache/scene.json"}"#),
            (
                "js/game.js",
                "fetch(`./.level`); load('.env.local'); x = '.half' + n",
            ),
            ("assets/.env", ""),
            ("assets/.key", ""),
            ("assets/.secret", ""),
            ("assets/.git/x", ""),
            ("files/.cache/scene.json", ""),
            (".boot.js", ""),
            (".said", ""),
            (".env", ""),
            (".env.local", ""),
            (".half1", ""),
            ("js/.level", ""),
        ]);
        let files = Source::Folder(folder.path().to_owned()).files().unwrap();
        let paths: Vec<_> = files.into_iter().map(|file| file.path).collect();
        let expected = [
            ".boot.js",
            "assets/.env",
            "assets/.key",
            "assets/AssetManifest.json",
            "config.json",
            "files/.cache/scene.json",
            "index.html",
            "js/.level",
            "js/game.js",
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn a_part_of_a_path_is_mentioned_in_any_form() {
        let content = |path: &str, _: u64| match path {
            "index.html" => Bytes::from("the folder .cache, and some/.tool/x"),
            _ => Bytes::new(),
        };
        let naming = NamingFiles::read(["index.html", "game.js"].into_iter(), content);
        for (part, is_mentioned) in [(".cache", true), (".tool", true), (".venv", false)] {
            assert_eq!(naming.mention(part), is_mentioned, "{part}");
        }
    }
}
