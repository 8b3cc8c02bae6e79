//! The picture of a game: the one that the configuration names, else those that its page and its manifest name.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use serde_json::Value;
use url::Url;

use percent_encoding::percent_decode_str;

use crate::html::page::tags;
use crate::html::tag::Tag;
use crate::library::game::Game;

/// The bytes of a page or manifest that are read.
const HEAD: u64 = 64 << 10;

/// The largest picture, in bytes.
pub const MAX_PICTURE: u64 = 2 << 20;

/// The least width of an icon that is worth showing, in pixels.
const LEAST_ICON: u32 = 48;

/// Names of covers that need no mention.
const COVER_NAMES: [&str; 3] = ["cover.png", "cover.jpg", "cover.webp"];

/// The ends of the names of pictures.
const PICTURE_NAMES: [&str; 7] = ["png", "jpg", "jpeg", "webp", "gif", "avif", "svg"];

/// The most pictures to choose from: a game may have thousands of sprites.
const MAX_CHOICES: usize = 100;

/// A placeholder for the host that serves the game.
const HOST: &str = "http://game.invalid/";

/// A picture in a game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The bytes of the file.
    pub content: Bytes,
    /// The extension that tells its type.
    pub extension: &'static str,
    /// True if it is an icon, to be shown in its own size.
    pub is_icon: bool,
}

impl Cover {
    /// Finds the picture of a game; `None` if it has none, or none of a type that browsers show.
    pub fn find(game: &Game) -> Option<Self> {
        let read = |name: &str, is_icon: bool| Self::read(game, name, is_icon);
        if let Some(cover) = game.cover_file.as_deref().and_then(Self::in_file) {
            return Some(cover);
        }
        if let Some(cover) = game.cover.as_deref().and_then(|name| Self::at(game, name)) {
            return Some(cover);
        }
        let page = game.source.head(&game.entry, HEAD);
        let tags = tags(&page);
        let base = Url::parse(HOST).ok()?.join(&game.entry).ok()?;
        let pictures = previews(&tags).filter_map(|target| file_name(&base, target));
        let beside = COVER_NAMES.iter().filter_map(|name| file_name(&base, name));
        let cover = pictures.chain(beside).find_map(|name| read(&name, false));
        let icons = || {
            let mut icons = icons(&tags, &base);
            icons.extend(manifest_icons(game, &tags, &base));
            // The widest first, and among equals the one that is named first.
            icons.sort_by_key(|(width, _)| std::cmp::Reverse(*width));
            icons.into_iter().find_map(|(_, name)| read(&name, true))
        };
        cover.or_else(icons)
    }

    /// The picture at a path in a game; `None` if browsers cannot show it, or it is too large.
    pub fn at(game: &Game, name: &str) -> Option<Self> {
        Self::read(game, name, false)
    }

    fn read(game: &Game, name: &str, is_icon: bool) -> Option<Self> {
        let cover = Self::from_bytes(game.source.head(name, MAX_PICTURE + 1))?;
        let is_shown = !is_icon || is_large_enough(&cover.content);
        is_shown.then_some(Self { is_icon, ..cover })
    }

    /// The picture in a file outside the game.
    fn in_file(path: &Path) -> Option<Self> {
        // Opening a pipe would wait for its writer.
        if !fs::metadata(path).ok()?.is_file() {
            return None;
        }
        let mut content = Vec::new();
        let mut file = File::open(path).ok()?.take(MAX_PICTURE + 1);
        file.read_to_end(&mut content).ok()?;
        Self::from_bytes(content.into())
    }

    /// A picture of these bytes; `None` if browsers cannot show it, or it is too large.
    pub fn from_bytes(content: Bytes) -> Option<Self> {
        let extension = picture_type(&content).filter(|_| content.len() as u64 <= MAX_PICTURE)?;
        Some(Self {
            content,
            extension,
            is_icon: false,
        })
    }

    /// The paths of pictures in a game that may be its cover, by name: the largest ones if there are many.
    pub fn choices(game: &Game) -> Vec<String> {
        let mut files = game.source.files().unwrap_or_default();
        files.retain(|file| {
            let ending = file.path.rsplit('.').next().unwrap_or_default();
            let is_picture = |known: &&str| ending.eq_ignore_ascii_case(known);
            PICTURE_NAMES.iter().any(is_picture) && file.length <= MAX_PICTURE
        });
        files.sort_by_key(|file| std::cmp::Reverse(file.length));
        let names = files.into_iter().take(MAX_CHOICES).map(|file| file.path);
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

/// The pictures that a page names for previews of it.
fn previews(tags: &[Tag]) -> impl Iterator<Item = &str> {
    tags.iter().filter_map(|tag| {
        let is_picture = |attribute| tag.has_word(attribute, &["og:image", "twitter:image"]);
        let is_preview = tag.name == "meta" && (is_picture("property") || is_picture("name"));
        tag.attribute("content").filter(|_| is_preview)
    })
}

/// The icons of a page, with their widths.
fn icons(tags: &[Tag], base: &Url) -> Vec<(u32, String)> {
    let links = tags.iter().filter(|tag| tag.name == "link");
    let icons = links.filter_map(|tag| {
        let assumed = match () {
            () if tag.has_word("rel", &["apple-touch-icon"]) => 180,
            () if tag.has_word("rel", &["icon"]) => 0,
            () => return None,
        };
        let width = width(tag.attribute("sizes")).unwrap_or(assumed);
        Some((width, file_name(base, tag.attribute("href")?)?))
    });
    icons.collect()
}

fn manifest_icons(game: &Game, tags: &[Tag], base: &Url) -> Vec<(u32, String)> {
    let is_manifest = |tag: &&Tag| tag.name == "link" && tag.has_word("rel", &["manifest"]);
    let link = tags.iter().find(is_manifest);
    let target = link.and_then(|tag| tag.attribute("href"));
    let Some(url) = target.and_then(|target| base.join(target).ok()) else {
        return Vec::new();
    };
    let name = file_name(&url, "").unwrap_or_default();
    let manifest: Value =
        serde_json::from_slice(&game.source.head(&name, HEAD)).unwrap_or_default();
    let icons = manifest.get("icons").and_then(Value::as_array);
    let icons = icons.into_iter().flatten().filter_map(|icon| {
        let width = width(icon.get("sizes").and_then(Value::as_str));
        let target = icon.get("src").and_then(Value::as_str)?;
        Some((width.unwrap_or_default(), file_name(&url, target)?))
    });
    icons.collect()
}

/// The largest width in `sizes` (HTML, 4.6.7.8); `any` is that of a drawing.
fn width(sizes: Option<&str>) -> Option<u32> {
    let sizes = sizes?.split_ascii_whitespace();
    let widths = sizes.filter_map(|size| match size.eq_ignore_ascii_case("any") {
        true => Some(256),
        false => size.split(['x', 'X']).next()?.parse().ok(),
    });
    widths.max()
}

/// The name of the game's file that a reference leads to; `None` for another host. Only the page's own folder counts for
/// absolute references.
fn file_name(base: &Url, target: &str) -> Option<String> {
    let url = base.join(target).ok()?;
    let is_own = url.host_str() == base.host_str() && url.scheme() == base.scheme();
    let path = url.path().strip_prefix('/').filter(|_| is_own)?;
    let name = percent_decode_str(path).decode_utf8().ok()?;
    (!name.is_empty() && !name.ends_with('/')).then(|| name.into_owned())
}

/// The extension for a picture that browsers show, by its first bytes.
fn picture_type(content: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, mark: &[u8]| {
        content
            .get(offset..)
            .is_some_and(|rest| rest.starts_with(mark))
    };
    Some(match () {
        () if at(0, b"\x89PNG\r\n\x1a\n") => "png",
        () if at(0, b"\xff\xd8\xff") => "jpg",
        () if at(0, b"GIF8") => "gif",
        () if at(0, b"RIFF") && at(8, b"WEBP") => "webp",
        () if at(4, b"ftypavif") => "avif",
        () if is_svg(content) => "svg",
        () => return None,
    })
}

fn is_svg(content: &[u8]) -> bool {
    let start = content.get(..content.len().min(1024)).unwrap_or_default();
    let text = start.trim_ascii_start();
    text.starts_with(b"<") && tags(start).iter().any(|tag| tag.name == "svg")
}

/// False for a PNG that is known to be too small (PNG, 11.2.2).
fn is_large_enough(content: &[u8]) -> bool {
    let width = content.get(16..20).and_then(|width| width.try_into().ok());
    let is_png = picture_type(content) == Some("png");
    !is_png || width.is_some_and(|width| u32::from_be_bytes(width) >= LEAST_ICON)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::test_folder::test_folder;

    fn png(width: u32) -> Vec<u8> {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        png.extend(width.to_be_bytes());
        png.extend(width.to_be_bytes());
        png
    }

    /// The widths of the PNG that is found in these files, and whether it is an icon.
    fn found(files: &[(&str, Vec<u8>)], cover: Option<&str>) -> Option<(u32, bool)> {
        let folder = test_folder(files);
        let mut game = Game::from_folder(folder.path()).unwrap();
        game.cover = cover.map(str::to_owned);
        let cover = Cover::find(&game)?;
        let width = cover.content[16..20].try_into().unwrap();
        Some((u32::from_be_bytes(width), cover.is_icon))
    }

    #[test]
    fn the_cover_is_the_named_one_then_the_preview_then_the_widest_icon() {
        let page = |html: &str| ("index.html", html.as_bytes().to_vec());
        let icons = "<link rel='shortcut icon' href=a.png sizes=64x64><link rel=icon href='/b.png?v=1' sizes='16x16 128x128'>";
        let files = |html: &str| {
            let mut files = vec![page(html)];
            for (name, width) in [
                ("a.png", 64),
                ("b.png", 128),
                ("i/c d.png", 300),
                ("e.png", 16),
            ] {
                files.push((name, png(width)));
            }
            files.push((
                "m.json",
                br#"{"icons":[{"src":"i/c%20d.png","sizes":"300x300"}]}"#.to_vec(),
            ));
            files
        };
        let preview = "<meta property='og:image' content='./i/c%20d.png'>";
        for (html, cover, expected) in [
            (icons.to_owned(), None, Some((128, true))),
            (icons.to_owned(), Some("a.png"), Some((64, false))),
            (icons.to_owned(), Some("missing.png"), Some((128, true))),
            (icons.to_owned(), Some("../a.png"), Some((128, true))),
            (format!("{preview}{icons}"), None, Some((300, false))),
            (
                format!("<link rel=manifest href=m.json>{icons}"),
                None,
                Some((300, true)),
            ),
            ("<link rel=icon href=e.png>".to_owned(), None, None),
            (
                "<link rel=icon href=https://other.example/a.png>".to_owned(),
                None,
                None,
            ),
            (
                "<meta property=og:image content=index.html>".to_owned(),
                None,
                None,
            ),
            ("x".to_owned(), None, None),
        ] {
            assert_eq!(found(&files(&html), cover), expected, "{html} {cover:?}");
        }
        let beside = [page("x"), ("cover.png", png(600))];
        assert_eq!(found(&beside, None), Some((600, false)));
        let huge = [
            page("x"),
            ("cover.png", [png(600), vec![0; 2 << 20]].concat()),
        ];
        assert_eq!(found(&huge, None), None);
    }

    #[test]
    fn a_picture_outside_the_game_goes_before_all_others_if_it_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("game")).unwrap();
        std::fs::write(path("game/index.html"), "page").unwrap();
        std::fs::write(path("game/cover.png"), png(600)).unwrap();
        let mut game = Game::from_folder(&path("game")).unwrap();
        game.cover = Some("cover.png".to_owned());
        for (content, expected) in [
            (png(700), png(700)),
            (b"text".to_vec(), png(600)),
            ([png(700), vec![0; MAX_PICTURE as usize]].concat(), png(600)),
        ] {
            std::fs::write(path("outside"), content).unwrap();
            game.cover_file = Some(path("outside"));
            assert_eq!(Cover::find(&game).unwrap().content, expected);
        }
        for other in ["missing", "game"] {
            game.cover_file = Some(path(other));
            assert_eq!(Cover::find(&game).unwrap().content, png(600), "{other}");
        }
    }

    #[test]
    fn the_bundled_games_have_their_covers() {
        let game = Path::new(env!("CARGO_MANIFEST_DIR")).join("games/2048");
        let cover = Cover::find(&Game::from_folder(&game).unwrap()).unwrap();
        assert_eq!((cover.extension, cover.is_icon), ("png", false));
    }

    #[test]
    fn only_pictures_that_browsers_show_are_covers() {
        for (content, expected) in [
            (
                &b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..],
                Some("svg"),
            ),
            (b"<?xml version='1.0'?>\n<!-- x --><svg>", Some("svg")),
            (b"<html><p>svg", None),
            (b"GIF89a", Some("gif")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("webp")),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"\0\0\0\x20ftypavif", Some("avif")),
            (b"", None),
        ] {
            assert_eq!(picture_type(content), expected, "{content:?}");
        }
    }
}
