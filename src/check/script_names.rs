//! File names in scripts. Most strings are not file names, so a string is only reported when it comes close to a file.

use url::Url;

use crate::check::finding::{Problem, Severity};
use crate::check::resolve::{Destination, FileNames, LookedUp};

/// Extensions of files that games load by name.
const EXTENSIONS: &[&str] = &[
    "png", "jpg", "jpeg", "webp", "gif", "avif", "svg", "ktx2", "basis", "mp3", "ogg", "wav",
    "m4a", "opus", "webm", "mp4", "json", "xml", "atlas", "fnt", "tmx", "tmj", "tsx", "ldtk",
    "glb", "gltf", "obj", "mtl", "fbx", "drc", "hdr", "woff", "woff2", "ttf", "otf", "wasm", "pck",
    "data", "js", "mjs", "css", "glsl", "frag", "vert", "wgsl", "csv", "txt", "bin", "html",
];

/// Extensions of code, which is reported when it comes from another host.
const CODE: &[&str] = &["js", "mjs", "css", "wasm"];

/// Checks a string constant that is not a file's name from any of the base URLs.
pub(crate) fn check_script_name(
    names: &FileNames,
    bases: &[Url],
    text: &str,
) -> Option<(Severity, Problem)> {
    if !looks_like_file_name(text) {
        return None;
    }
    for base in bases {
        match FileNames::resolve(base, text) {
            Destination::Game(name) => match names.find(&name) {
                LookedUp::OtherCase(found) => {
                    let found = found.to_owned();
                    return Some((Severity::Warning, Problem::Case { name, found }));
                }
                LookedUp::OtherForm(_) => return Some((Severity::Warning, Problem::Form { name })),
                LookedUp::File(_) => return None,
                LookedUp::Nothing => {}
            },
            Destination::Host(host) => {
                let reference = text.to_owned();
                let is_code = CODE.contains(&extension(&reference).as_str());
                // The page of a project: `https://github.com/schteppe/cannon.js`.
                return (is_code && host != "github.com")
                    .then_some((Severity::Note, Problem::NamesOtherHost { host, reference }));
            }
            Destination::NoFile => return None,
        }
    }
    check_missing(names, bases, text).map(|problem| (Severity::Warning, problem))
}

fn check_missing(names: &FileNames, bases: &[Url], text: &str) -> Option<Problem> {
    // The script adds the folder.
    if names.has_file_name(text) {
        return None;
    }
    let nearest = names.nearest(text).map(str::to_owned);
    // A page picks one of several formats of a picture or sound.
    let is_alternative = |nearest: &String| extension(nearest) != extension(text);
    if nearest.as_ref().is_some_and(is_alternative) {
        return None;
    }
    let (folder, _) = text.rsplit_once('/').unwrap_or_default();
    let in_folder = bases
        .iter()
        .find_map(|base| match FileNames::resolve(base, text) {
            Destination::Game(name) => {
                let (inner, _) = name.rsplit_once('/')?;
                (!folder.is_empty() && names.has_folder(inner)).then_some(name)
            }
            _ => None,
        });
    match (in_folder, nearest) {
        (None, None) => None,
        (name, nearest) => Some(Problem::Missing {
            name: name.unwrap_or_else(|| text.to_owned()),
            nearest,
        }),
    }
}

/// True if a text looks like the name of a file that games load.
pub(crate) fn looks_like_file_name(text: &str) -> bool {
    let last = text.rsplit('/').next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or("", |(stem, _)| stem);
    let is_odd = |c: char| c.is_control() || "<>\"|*(){}[]$,;=".contains(c);
    !stem.is_empty()
        && EXTENSIONS.contains(&extension(text).as_str())
        && !text.contains(is_odd)
        && !text.starts_with([' ', '.', '-', '%'])
        && !text.contains(". ")
        || is_relative(text)
}

fn is_relative(text: &str) -> bool {
    ["./", "../"].iter().any(|start| {
        let rest = text.strip_prefix(start);
        rest.is_some_and(looks_like_file_name)
    })
}

/// The extension of a name or URL, in lower case.
fn extension(text: &str) -> String {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    last.rsplit_once('.')
        .map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_reported_only_when_it_comes_close_to_a_file() {
        let files = [
            "index.html",
            "assets/img/Hero.png",
            "assets/img/boss-1.png",
            "assets/sound/jump.ogg",
            "js/main.js",
        ];
        let names = FileNames::new(files.into_iter(), [].into_iter(), "");
        let bases = ["js/main.js", "index.html"].map(|name| FileNames::base_url(name).unwrap());
        for (text, expected) in [
            ("assets/img/hero.png", Some("case")),
            ("../assets/img/hero.png", Some("case")),
            ("assets/img/gone.png", Some("missing")),
            ("./assets/img/gone.png", Some("missing")),
            ("boss1.png", Some("missing")),
            ("https://cdn.example/three.js", Some("names-other-host")),
            ("https://github.com/schteppe/cannon.js", None),
            ("https://example.com/about", None),
            ("https://example.com/hero.png", None),
            ("Hero.png", None), // below a folder that the script adds
            ("jump.mp3", None), // for browsers without ogg
            ("assets/sound/jump.mp3", None),
            ("elsewhere/gone.png", None),
            ("gone.png", None),
            (".png", None),
            ("Error in file a.js: sorry", None),
            ("Cannot read boss1.png", None),
            ("application/json", None),
            ("a.b.c", None),
            ("${name}.png", None),
        ] {
            let found = check_script_name(&names, &bases, text).map(|(_, problem)| problem.token());
            assert_eq!(found, expected, "{text}");
        }
    }
}
