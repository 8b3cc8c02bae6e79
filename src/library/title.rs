//! The title of a game that has none in the configuration: its page's, its project's, or its folder's or file's name.

use std::path::Path;

use serde_json::Value;

use crate::html::page::{Token, tokens};
use crate::names::stem::stem;
use crate::source::Source;

/// The bytes of a page or manifest that are read.
const HEAD: u64 = 64 << 10;
/// The longest title, in characters.
const LONGEST: usize = 80;
/// The folders above a source that are considered.
const MOST_FOLDERS: usize = 3;

/// Titles that engines, templates and packers write by themselves, in lower case.
const GENERIC_TITLES: &[&str] = &[
    "app",
    "canvas",
    "construct",
    "create next app",
    "document",
    "emscripten-generated code",
    "flutter demo",
    "game",
    "gamemaker",
    "home",
    "html5 game",
    "index",
    "index.html",
    "loading",
    "loading...",
    "my game",
    "my project",
    "new project",
    "new unity project",
    "page title",
    "parcel sandbox",
    "phaser",
    "phaser game",
    "play",
    "project",
    "react app",
    "svelte app",
    "test",
    "title",
    "turbowarp",
    "unity",
    "unity webgl player",
    "unnamed",
    "untitled",
    "untitled document",
    "untitled story",
    "vite app",
    "web app",
    "webpack app",
    "webgl",
];

/// Beginnings of titles before the name of the project.
const GENERIC_BEGINNINGS: &[&str] = &[
    "unity webgl player |",
    "unity web player |",
    "cocos creator |",
    "cocos2d |",
    "construct 3 |",
];

/// Beginnings of titles that frameworks write whole.
const GENERIC_FRAMEWORKS: &[&str] = &["vite +", "created with gamemaker", "created with construct"];

/// Names of files and folders that builds and packers choose, in lower case.
const GENERIC_NAMES: &[&str] = &[
    "bin",
    "build",
    "builds",
    "dist",
    "docs",
    "exports",
    "game",
    "html",
    "html5",
    "index",
    "out",
    "output",
    "public",
    "release",
    "src",
    "web",
    "web-build",
    "web_build",
    "webbuild",
    "webgl",
    "www",
];

/// Names of folders that hold anything, in lower case: no game has such a name.
const PLACES: &[&str] = &[
    "desktop",
    "documents",
    "downloads",
    "games",
    "home",
    "temp",
    "tmp",
    "users",
];

/// Finds the title that a game states itself: in its page, else in its project's manifest.
pub fn own_title(source: &Source, entry: &str) -> Option<String> {
    let page = source.head(entry, HEAD);
    page_title(&page).or_else(|| manifest_title(source, entry, &page))
}

/// The beginning of a page, decoded by the encoding that it declares.
pub(super) fn page_head(source: &Source, entry: &str) -> String {
    decoded(&source.head(entry, HEAD))
}

/// Chooses a title by the name of a folder or file: one that builds choose gives way to the folder's above.
pub fn title_by_name(path: &Path) -> String {
    let names = path.ancestors().take(MOST_FOLDERS + 1);
    let names = names.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let names = names.map(|name| stem(&name).trim().to_owned());
    let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
    let is_place = |name: &&String| PLACES.contains(&name.to_lowercase().as_str());
    let is_telling =
        |name: &&String| !GENERIC_NAMES.contains(&without_number(&name.to_lowercase()));
    let mut below_places = names.iter().take_while(|name| !is_place(name));
    let chosen = below_places.find(is_telling).or(names.first());
    chosen.map_or_else(|| "game".to_owned(), Clone::clone)
}

/// A name without the number of a copy: `web-build (2)`, `build-3`.
fn without_number(name: &str) -> &str {
    let is_number = |c: char| c.is_ascii_digit() || " -_().".contains(c);
    match name.trim_end_matches(is_number) {
        // A folder of digits, such as a year, is not a copy of anything.
        "" => name,
        name => name,
    }
}

fn page_title(page: &[u8]) -> Option<String> {
    let decoded = decoded(page);
    let mut tokens = tokens(decoded.as_bytes());
    loop {
        match tokens.next()? {
            Token::Start(tag) if tag.name == "title" => break,
            // The title of a picture is not that of the page.
            Token::Start(tag) if tag.name == "body" || tag.name == "svg" => return None,
            _ => {}
        }
    }
    match tokens.next()? {
        Token::Text { text, .. } => telling(&text),
        _ => None,
    }
}

/// Decodes a page by the encoding that it declares.
fn decoded(page: &[u8]) -> String {
    let head = String::from_utf8_lossy(page.get(..1024).unwrap_or(page)).to_ascii_lowercase();
    let label = head.split_once("charset=").map(|(_, label)| {
        let label = label.trim_start_matches(['"', '\'']);
        let is_label = |c: char| c.is_ascii_alphanumeric() || "-_:".contains(c);
        label.split(|c| !is_label(c)).next().unwrap_or(label)
    });
    let declared = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    let encoding = declared.unwrap_or(encoding_rs::UTF_8);
    encoding.decode(page).0.into_owned()
}

fn manifest_title(source: &Source, entry: &str, page: &[u8]) -> Option<String> {
    let folder = entry.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = |name: &str| match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    };
    let read = |name: &str, keys: &[&str]| {
        let manifest: Value = serde_json::from_slice(&source.head(&beside(name), HEAD)).ok()?;
        let title = |key: &&str| telling(manifest.pointer(key)?.as_str()?);
        keys.iter().find_map(title)
    };
    let quoted = |mark: &str| {
        let text = String::from_utf8_lossy(page);
        let (_, after) = text.split_once(mark)?;
        let (_, value) = after.split_once('"')?;
        telling(value.split_once('"')?.0)
    };
    quoted("productName:")
        .or_else(|| read("manifest.webmanifest", &["/name", "/short_name"]))
        .or_else(|| read("manifest.json", &["/name", "/short_name"]))
        .or_else(|| read("appmanifest.json", &["/name", "/short_name"]))
        // RPG Maker.
        .or_else(|| read("data/System.json", &["/gameTitle"]))
        .or_else(|| {
            let keys = [
                "/window/title",
                "/productName",
                "/build/productName",
                "/name",
            ];
            read("package.json", &keys)
        })
}

/// Tidies a title; `None` if it says nothing.
fn telling(title: &str) -> Option<String> {
    let words: Vec<_> = title.split_whitespace().collect();
    let title = words.join(" ");
    let lower = title.to_lowercase();
    let title = { GENERIC_BEGINNINGS.iter() }
        .find(|beginning| lower.starts_with(**beginning))
        .and_then(|beginning| title.get(beginning.len()..))
        .unwrap_or(&title);
    let title: String = title.trim().chars().filter(|c| !c.is_control()).collect();
    let lower = title.to_lowercase();
    let is_generic = GENERIC_TITLES.contains(&lower.as_str())
        || GENERIC_FRAMEWORKS.iter().any(|known| lower.starts_with(known))
        // A placeholder that was not filled in: `$GODOT_PROJECT_NAME`, `{{title}}`, `%TITLE%`.
        || title.starts_with(['$', '{', '%', '<'])
        || !title.contains(char::is_alphanumeric);
    (!is_generic).then(|| title.chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_say_nothing_are_passed_over() {
        for (title, expected) in [
            ("Star Quest", Some("Star Quest")),
            ("  Star\n Quest ", Some("Star Quest")),
            ("植物大战", Some("植物大战")),
            ("2048", Some("2048")),
            ("Document", None),
            ("React App", None),
            ("Vite + React + TS", None),
            ("Unity WebGL Player | Star Quest", Some("Star Quest")),
            ("Unity WebGL Player | My project", None),
            ("Cocos Creator | Star Quest", Some("Star Quest")),
            ("$GODOT_PROJECT_NAME", None),
            ("{{ PROJECT }}", None),
            ("...", None),
            ("", None),
        ] {
            assert_eq!(telling(title).as_deref(), expected, "{title:?}");
        }
        let long = telling(&"a".repeat(500)).unwrap();
        assert_eq!(long.len(), LONGEST);
    }

    #[test]
    fn the_title_of_a_page_is_read_as_browsers_do() {
        for (page, expected) in [
            (&b"<title>A &amp; B</title>"[..], Some("A & B")),
            (b"<!doctype html><HEAD><TITLE>X</TITLE>", Some("X")),
            (b"<!-- <title>No</title> --><title>Yes</title>", Some("Yes")),
            (b"<svg><title>Icon</title></svg>", None),
            (b"<body><title>Late</title>", None),
            (
                b"<meta charset=\"gbk\"><title>\xd3\xce\xcf\xb7</title>",
                Some("游戏"),
            ),
            (
                b"<meta charset=Shift_JIS><title>\x89\xb9</title>",
                Some("音"),
            ),
            (b"<title></title>", None),
            (b"", None),
        ] {
            assert_eq!(page_title(page).as_deref(), expected);
        }
    }

    #[test]
    fn a_generic_name_gives_way_to_the_folder_above() {
        for (path, expected) in [
            ("/a/Star Quest.zip", "Star Quest"),
            ("/a/游戏/web-build.zip", "游戏"),
            ("/a/Star Quest/dist", "Star Quest"),
            ("/a/Star Quest/build/web", "Star Quest"),
            ("/a/Star Quest/build (2).tar.gz", "Star Quest"),
            ("/tmp/index.html", "index"),
            ("/home/me/Downloads/web-build.zip", "web-build"),
            ("/srv/2048", "2048"),
            ("/a/Star Quest / .zip", "Star Quest"),
            ("/ ", "game"),
            ("/", "game"),
        ] {
            assert_eq!(title_by_name(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn the_manifest_of_the_project_has_the_title() {
        let folder = tempfile::tempdir().unwrap();
        let source = Source::Folder(folder.path().to_owned());
        let write = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        };
        write("index.html", "<title>Document</title>");
        assert_eq!(own_title(&source, "index.html"), None);
        for (name, content, expected) in [
            ("package.json", r#"{"name":"star-quest"}"#, "star-quest"),
            (
                "package.json",
                r#"{"name":"x","window":{"title":"Star"}}"#,
                "Star",
            ),
            ("data/System.json", r#"{"gameTitle":"勇者"}"#, "勇者"),
            ("manifest.json", r#"{"short_name":"SQ"}"#, "SQ"),
            (
                "index.html",
                "<title>Unity WebGL Player | My project</title><script>config = { productName: \"Quest\" }",
                "Quest",
            ),
            ("index.html", "<title>Page</title>", "Page"),
        ] {
            write(name, content);
            let title = own_title(&source, "index.html");
            assert_eq!(title.as_deref(), Some(expected), "{name}");
        }
    }
}
